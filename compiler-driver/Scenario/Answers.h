//===- Answers.h - The question on one machine ------------------*- C++ -*-===//

#ifndef COMPILER_DRIVER_SCENARIO_ANSWERS_H
#define COMPILER_DRIVER_SCENARIO_ANSWERS_H

#include "compiler-driver/Baselines/KernelModel.h"
#include "compiler-driver/Scenario/Question.h"

namespace acc::scenario {

/// Adds the layers to the sheet. Errors name what does not fit.
llvm::Expected<Answer> answerOurs(const Question &question, const Site &site,
                                  AnswerSheet &sheet);

/// Nothing if the model does not fit all devices of the system, and nobody
/// asked for a number of them.
llvm::Expected<std::optional<Answer>>
answerOf(const report::SystemRequest &request, const Question &question,
         const systems::KernelModel &kernels, const Site &site,
         std::vector<std::string> &absent);

/// A training job on one system; nothing if no number of its devices holds it.
llvm::Expected<std::optional<Answer>>
trainOn(const report::SystemRequest &request, const Question &question,
        const systems::KernelModel &kernels, const Site &site,
        std::vector<std::string> &absent);

} // namespace acc::scenario

#endif // COMPILER_DRIVER_SCENARIO_ANSWERS_H
