//===- Symmetry.h - Slices that do the same -----------------------*- C++
//-*-===//

#ifndef ACC_SYSTEMC_MODELS_CHIP_SYMMETRY_H
#define ACC_SYSTEMC_MODELS_CHIP_SYMMETRY_H

#include "systemc-models/Functional/SliceProgram.h"

#include "llvm/ADT/ArrayRef.h"

namespace acc {

/// Whether times and counters of a program are the same whatever the data are:
/// it reads no word of the scratchpad and no index list.
bool ignoresData(DecodedProgram &program);

/// Whether all slices of a chip provably take the same time, if values are of
/// no interest: they run the same program, which ignores data, does not ask
/// which slice it runs on, and has no collective in which one member is
/// special, or over chips one group of several.
bool areAllSame(llvm::ArrayRef<SliceProgram> slices);

} // namespace acc

#endif // ACC_SYSTEMC_MODELS_CHIP_SYMMETRY_H
