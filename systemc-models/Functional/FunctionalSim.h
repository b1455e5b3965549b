//===- FunctionalSim.h - Programs without time --------------------*- C++
//-*-===//
//
// Runs the slices of a machine in an order that their semaphores and
// collectives allow: engines run as soon as they can. Right for programs whose
// data hazards are all ordered by semaphores.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_FUNCTIONAL_FUNCTIONALSIM_H
#define ACC_SYSTEMC_MODELS_FUNCTIONAL_FUNCTIONALSIM_H

#include "dialects/Target/Machine.h"
#include "systemc-models/Functional/SliceProgram.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

namespace acc {

struct FunctionalResult {
  isa::Fault fault = isa::Fault::None;
  uint32_t faultPc = 0;
  Counters counters{}; ///< without cycles and busy times
};

/// Runs one program a slice of the machine. An error is a deadlock, or
/// more than `maxInstructions` instructions of a slice, packets or cycles of
/// one command.
llvm::Expected<std::vector<FunctionalResult>>
simulateFunctional(const Machine &machine, uint32_t chip,
                   llvm::ArrayRef<SliceProgram> slices,
                   uint64_t maxInstructions);

} // namespace acc

#endif // ACC_SYSTEMC_MODELS_FUNCTIONAL_FUNCTIONALSIM_H
