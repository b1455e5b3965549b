//===- ChakraTrace.h - A plan as execution traces ---------------*- C++ -*-===//
//
// The messages and sums of a plan, one trace for each rank, in the format of
// MLCommons Chakra (schema/protobuf/et_def.proto): a GlobalMetadata and then
// Nodes, each behind its length. Other simulators read it.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_FABRIC_CHAKRATRACE_H
#define ACC_SYSTEMC_MODELS_FABRIC_CHAKRATRACE_H

#include "systemc-models/Fabric/CollectiveRun.h"

#include "llvm/Support/raw_ostream.h"

namespace acc::fabric {

/// The rank's side of a plan that has been run: what it sends, receives and
/// adds, when that ended, and what had to be there before.
void writeChakraTrace(const Machine &machine, const Plan &plan,
                      const PlanTimes &times, unsigned elementBytes,
                      uint32_t rank, llvm::raw_ostream &os);

} // namespace acc::fabric

#endif // ACC_SYSTEMC_MODELS_FABRIC_CHAKRATRACE_H
