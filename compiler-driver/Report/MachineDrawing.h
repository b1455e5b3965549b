//===- MachineDrawing.h - A machine as a picture ----------------*- C++ -*-===//
//
// From the target file alone: another target is another picture. Every part
// says its figures, and what they rest on, when it is pointed at or has the
// keyboard's focus.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_REPORT_MACHINEDRAWING_H
#define COMPILER_DRIVER_REPORT_MACHINEDRAWING_H

#include "compiler-driver/Energy/Area.h"
#include "dialects/Target/Machine.h"
#include "llvm/Support/raw_ostream.h"

namespace acc::report {

/// For openPage.
llvm::StringRef machineStyle();

/// The levels from the machine's own down to the chip, each of which shows what
/// one of the level above is made of, and the engines and memories of a slice.
void drawMachine(const Machine &machine, llvm::raw_ostream &os);

/// The blocks of a slice and, if it is the chip that was measured, the chip in
/// its reticle, all to scale.
void drawArea(const Machine &machine, const AreaReport &area,
              llvm::raw_ostream &os);

} // namespace acc::report

#endif // COMPILER_DRIVER_REPORT_MACHINEDRAWING_H
