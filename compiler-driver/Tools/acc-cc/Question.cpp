//===- Question.cpp - A scenario from the command line --------------------===//

#include "compiler-driver/Tools/acc-cc/Question.h"

#include "compiler-driver/Import/HuggingFace/Config.h"
#include "compiler-driver/Report/Writers.h"
#include "compiler-driver/Scenario/Report.h"

using namespace llvm;
using namespace acc;

Error acccc::answerQuestion(const Options &options) {
  auto model = readModelConfig(options.input);
  if (!model) {
    return model.takeError();
  }
  auto machine = loadMachine(*options.target);
  if (!machine) {
    return machine.takeError();
  }
  scenario::Question question;
  question.input = options.input;
  question.model = std::move(*model);
  question.machine = std::move(*machine);
  question.scenario = *options.scenario;
  question.placement = options.placement;
  question.precision = options.precision;
  question.energy = options.energy;
  question.compare = options.compare;
  question.fleet = options.fleet;
  auto sheet = scenario::answer(question);
  if (!sheet) {
    return sheet.takeError();
  }
  if (options.reports.empty()) {
    return scenario::writeReport(*sheet, "-");
  }
  for (const std::string &name : options.reports) {
    if (Error error = scenario::writeReport(*sheet, name)) {
      return error;
    }
  }
  return Error::success();
}
