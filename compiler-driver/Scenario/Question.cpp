//===- Question.cpp - A model, a scenario, and machines -------------------===//

#include "compiler-driver/Scenario/Question.h"

#include "compiler-driver/Scenario/Answers.h"
#include "compiler-driver/Tensor/Errors.h"

#include <chrono>

using namespace llvm;
using namespace acc;
using namespace acc::scenario;

RangeOf<Hertz> Answer::tokensPerChip() const {
  Hertz rate(best.outputRatePerChip());
  return {rate, rate / timeBand.second, rate / timeBand.first};
}

std::optional<Answer::WholeJob>
Answer::wholeJob(const Scenario &scenario) const {
  if (!utilisation || scenario.trainingTokens <= 0) {
    return std::nullopt;
  }
  double chips = double(best.chips);
  RangeOf<Seconds> time = in(
      exactly(scenario.trainingTokens) / (tokensPerChip() * chips), Seconds(1));
  WholeJob job;
  job.time = Seconds(time.value);
  job.energy = economics.facility * time * chips;
  if (economics.cost) {
    job.dollars = *economics.cost * time * chips;
  }
  return job;
}

static void addMoney(Answer &answer) {
  RangeOf<Hertz> tokens = answer.tokensPerChip();
  answer.tokensPerSecondPerMegawatt =
      tokens / numbersOf(answer.economics.facility / Watts(1e6));
  if (answer.economics.cost) {
    answer.dollarsPerMillion = *answer.economics.cost / tokens * 1e6;
  }
}

/// Ours, if it is asked for what it is for.
static Error addOurs(const Question &question, const Site &site,
                     AnswerSheet &sheet) {
  if (question.scenario.kind != Scenario::Kind::Train) {
    auto ours = answerOurs(question, site, sheet);
    if (!ours) {
      return ours.takeError();
    }
    sheet.answers.insert(sheet.answers.begin(), std::move(*ours));
    return Error::success();
  }
  sheet.absent.push_back(question.machine.name() +
                         " is for inference: it has no answer to training");
  if (sheet.answers.empty()) {
    return makeUnsupportedError(
        "--workload=" + question.scenario.text + ": " +
        question.machine.name() +
        " is for inference; expects systems that train and hold the job, such "
        "as --compare=gb300-nvl72");
  }
  return Error::success();
}

Expected<AnswerSheet> scenario::answer(const Question &question) {
  auto begin = std::chrono::steady_clock::now();
  AnswerSheet sheet;
  sheet.question = question;
  // What can be wrong with little work is found first.
  std::optional<FleetRequest> fleet;
  if (!question.fleet.empty()) {
    auto request = resolveFleet(question.fleet, sheet.deployment);
    if (!request) {
      return request.takeError();
    }
    fleet = *request;
  }
  auto site = Site::load();
  if (!site) {
    return site.takeError();
  }
  auto kernels = systems::KernelModel::load();
  if (!kernels) {
    return kernels.takeError();
  }
  auto area = report::loadArea(question.machine.slice);
  if (!area) {
    return area.takeError();
  }
  sheet.area = std::move(*area);
  auto ask =
      question.scenario.kind == Scenario::Kind::Train ? trainOn : answerOf;
  for (const report::SystemRequest &request : question.compare) {
    auto other = ask(request, question, *kernels, *site, sheet.absent);
    if (!other) {
      return other.takeError();
    }
    if (*other) {
      sheet.answers.push_back(std::move(**other));
    }
  }
  if (Error error = addOurs(question, *site, sheet)) {
    return std::move(error);
  }
  for (Answer &answer : sheet.answers) {
    addMoney(answer);
    if (fleet) {
      auto result = fleetOf(*fleet, answer.economics, answer.tokensPerChip(),
                            answer.chipsPerRack);
      if (!result) {
        return result.takeError();
      }
      result->deployment = sheet.deployment;
      answer.fleet = std::move(*result);
    }
  }
  sheet.wallSeconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin)
          .count();
  return std::move(sheet);
}
