//===- FunctionalSim.h - Programs without time --------------------*- C++
//-*-===//
//
// Runs a program in an order that its semaphores allow: engines run as soon as
// they can. Right for programs whose data hazards are all ordered by
// semaphores.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_FUNCTIONAL_FUNCTIONALSIM_H
#define ACC_SYSTEMC_MODELS_FUNCTIONAL_FUNCTIONALSIM_H

#include "dialects/Target/Target.h"
#include "systemc-models/Memory/SparseMemory.h"
#include "systemc-models/Timing/Command.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

namespace acc {

struct FunctionalResult {
  isa::Fault fault = isa::Fault::None;
  uint32_t faultPc = 0;
  Counters counters{}; ///< without cycles and busy times
};

/// Runs `program` on `hbm` from word `entry`. An error is a deadlock, or more
/// than `maxInstructions` instructions, packets or cycles of one command.
llvm::Expected<FunctionalResult>
simulateFunctional(const Target &target, llvm::ArrayRef<isa::Word> program,
                   SparseMemory &hbm, uint64_t maxInstructions,
                   uint32_t entry = 0);

} // namespace acc

#endif // ACC_SYSTEMC_MODELS_FUNCTIONAL_FUNCTIONALSIM_H
