//===- Question.cpp - A scenario from the command line --------------------===//

#include "compiler-driver/Tools/acc-cc/Question.h"

#include "compiler-driver/Import/HuggingFace/Config.h"
#include "compiler-driver/Import/HuggingFace/NetworkConfig.h"
#include "compiler-driver/Report/OutputFile.h"
#include "compiler-driver/Report/Writers.h"
#include "compiler-driver/Scenario/Report.h"
#include "compiler-driver/Tensor/Errors.h"

using namespace llvm;
using namespace acc;

Error acccc::answerQuestion(const Options &options) {
  auto file = ConfigFile::read(options.input);
  if (!file) {
    return file.takeError();
  }
  scenario::Question question;
  question.precision = options.precision;
  if (isNetwork(*file)) {
    auto network = parseNetworkConfig(*file);
    if (!network) {
      return network.takeError();
    }
    question.network = std::move(*network);
  } else {
    auto model = parseModelConfig(*file);
    if (!model) {
      return model.takeError();
    }
    question.model = std::move(*model);
  }
  question.scenario = *options.scenario;
  if (Error error = scenario::loadTrace(question.scenario)) {
    return error;
  }
  if (Error error = scenario::fitScenario(
          question.scenario, question.network ? &*question.network : nullptr)) {
    return error;
  }
  // Images are made, and models trained, in more bits than text is.
  if (!options.hasPrecision &&
      (question.network ||
       question.scenario.kind == scenario::Scenario::Kind::Train)) {
    question.precision = "bf16";
  }
  auto machine = loadMachine(*options.target);
  if (!machine) {
    return machine.takeError();
  }
  bool isTraining = question.scenario.kind == scenario::Scenario::Kind::Train;
  if (!options.trace.empty() && isTraining) {
    return makeInputError("--trace: a training job has no timeline so far; "
                          "drop it");
  }
  question.scenario.keepsSteps =
      !isTraining &&
      (!options.trace.empty() || any_of(options.reports, [](StringRef name) {
        return name.ends_with(".html");
      }));
  question.input = options.input;
  question.machine = std::move(*machine);
  question.placement = options.placement;
  question.energy = options.energy;
  question.compare = options.compare;
  question.fleet = options.fleet;
  auto sheet = scenario::answer(question);
  if (!sheet) {
    return sheet.takeError();
  }
  if (!options.trace.empty()) {
    if (Error error = report::writeFile(options.trace, [&](raw_ostream &os) {
          scenario::writeTrace(*sheet, os);
        })) {
      return error;
    }
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
