//===- Question.h - A scenario from the command line ------------*- C++ -*-===//

#ifndef COMPILER_DRIVER_ACC_CC_QUESTION_H
#define COMPILER_DRIVER_ACC_CC_QUESTION_H

#include "compiler-driver/Tools/acc-cc/Options.h"

namespace acccc {

/// Answers --workload on a chip, rack or pod: reports, or a summary on stdout.
llvm::Error answerQuestion(const Options &options);

} // namespace acccc

#endif // COMPILER_DRIVER_ACC_CC_QUESTION_H
