//===- PageTimeline.h - The timeline on the page ----------------*- C++ -*-===//

#ifndef COMPILER_DRIVER_SCENARIO_PAGETIMELINE_H
#define COMPILER_DRIVER_SCENARIO_PAGETIMELINE_H

#include "compiler-driver/Scenario/Timeline.h"
#include "llvm/Support/raw_ostream.h"

namespace acc::scenario {

/// The place of the charts, what chooses the part that they show, and their
/// data: the first steps of each system, as many as a page has room for.
void writePageTimeline(const AnswerSheet &sheet, llvm::raw_ostream &os);

} // namespace acc::scenario

#endif // COMPILER_DRIVER_SCENARIO_PAGETIMELINE_H
