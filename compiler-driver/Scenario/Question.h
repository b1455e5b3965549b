//===- Question.h - A model, a scenario, and machines -----------*- C++ -*-===//
//
// The architect's question: what does this model in this scenario on our
// machine, beside other systems, with the best placement found for each?
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_SCENARIO_QUESTION_H
#define COMPILER_DRIVER_SCENARIO_QUESTION_H

#include "compiler-driver/Energy/Area.h"
#include "compiler-driver/Report/Comparison.h"
#include "compiler-driver/Scenario/Economics.h"
#include "compiler-driver/Scenario/MachinePricer.h"
#include "compiler-driver/Scenario/Serve.h"

#include <vector>

namespace acc::scenario {

struct Question {
  std::string input; ///< file of the model
  systems::ModelShape model;
  /// Of images or sound, instead of `model`.
  std::optional<systems::Network> network;
  Machine machine;
  Scenario scenario;
  Placement placement;
  std::string precision = "mixed";
  std::string energy = "n3";
  std::vector<report::SystemRequest> compare;
  std::string fleet; ///< as --fleet, or empty

  const std::string &modelName() const {
    return network ? network->name : model.name;
  }
  double parameters() const {
    return network ? network->parameters() : model.parameters();
  }
  /// What is counted: "token" or "image".
  std::string unit() const { return network ? network->unit : "token"; }
};

/// One machine's answer.
struct Answer {
  std::string id, title;
  bool isOurs = false;
  double domain = 1; ///< chips that the scale-up network joins
  double chipsPerRack = 0;
  std::string format;         ///< of weights
  Served best;                ///< of the placements, by the question's rule
  std::vector<Served> others; ///< the other placements at this concurrency
  std::string choice;         ///< why this placement
  /// Placements that cannot be compiled so far, and why.
  std::vector<std::string> skipped;
  std::vector<Served> frontier; ///< none is better in both axes
  std::pair<double, double> timeBand{1, 1};
  std::string bandMeaning;
  /// Of steps, in percent of their exact time, as published cases have it.
  struct StepError {
    double mean = 0, worst = 0;
    std::string source;
  };
  std::optional<StepError> stepError;
  Economics economics;
  std::optional<RangeOf<Dollars>> dollarsPerMillion; ///< output tokens
  RangeOf<Hertz> tokensPerSecondPerMegawatt;         ///< of the site
  std::optional<Fleet> fleet;
  std::optional<double> utilisation; ///< of matrix units, in training

  /// Of a training job over so many tokens, if the scenario says how many.
  struct WholeJob {
    Seconds time;
    RangeOf<Joules> energy; ///< at the grid
    std::optional<RangeOf<Dollars>> dollars;
  };
  std::optional<WholeJob> wholeJob(const Scenario &scenario) const;

  /// Output tokens a second of a chip with the band of the time.
  RangeOf<Hertz> tokensPerChip() const;
};

struct AnswerSheet {
  Question question;
  /// Ours first, but for training.
  std::vector<Answer> answers;
  /// Systems that the model does not fit, however many devices they join.
  std::vector<std::string> absent;
  std::vector<PricedLayer> decodeLayers, promptLayers;
  /// A second, of the chips that share a layer: products in bf16, and bytes.
  double peakProducts = 0, peakBytes = 0;
  /// Products a second at most, of the formats that the layers have.
  std::vector<std::pair<std::string, double>> roofs;
  std::optional<report::AreaReport> area; ///< of our slice, if measured
  std::string deployment;
  /// What our steps of generation rest on.
  MachinePricer::Basis basis = MachinePricer::Basis::Shares;
  size_t exactSteps = 0; ///< that the answer rests on
  double wallSeconds = 0;

  bool isTraining() const {
    return question.scenario.kind == Scenario::Kind::Train;
  }
};

/// Errors name what does not fit, and the smallest machine on which it would.
llvm::Expected<AnswerSheet> answer(const Question &question);

} // namespace acc::scenario

#endif // COMPILER_DRIVER_SCENARIO_QUESTION_H
