//===- TimelineTest.cpp - Steps as they were taken ------------------------===//

#include "compiler-driver/Scenario/Timeline.h"
#include "gtest/gtest.h"

using namespace acc;
using namespace acc::scenario;

namespace {

/// A step of 10 ms with all that a step can be made of.
class Parts : public StepPricer {
public:
  llvm::Expected<PricedStep> price(const StepWork &) override {
    PricedStep step;
    step.time = Seconds(0.01);
    step.joules = exactly(Joules(2));
    step.secondsByPart = {{"layers", Seconds(0.004)},
                          {"exchange on chip", Seconds(0.003)},
                          {"exchange between chips", Seconds(0.001)},
                          {"hops between stages", Seconds(0.0005)},
                          {"waiting for other passes", Seconds(0.0015)},
                          {"nothing", Seconds()}};
    step.secondsByUnit = {{"HBM", Seconds(0.002)}};
    return step;
  }
  int64_t chips() const override { return 1; }
  int64_t mostSequences(int64_t) const override { return 1000; }
  std::string placement() const override { return "tp=1"; }
};

AnswerSheet sheetOf(const char *text, bool keepsSteps) {
  AnswerSheet sheet;
  sheet.question.scenario = llvm::cantFail(parseScenario(text));
  sheet.question.scenario.keepsSteps = keepsSteps;
  Parts pricer;
  Answer answer;
  answer.id = "ours";
  answer.best = llvm::cantFail(serve(sheet.question.scenario, 4, pricer));
  sheet.answers.push_back(std::move(answer));
  return sheet;
}

TEST(Timeline, PartsLieOnTheirTracksOneAfterTheOther) {
  AnswerSheet sheet = sheetOf("serve:in=8,out=16,concurrency=4", true);
  std::vector<Timeline> timelines = timelinesOf(sheet);
  ASSERT_EQ(timelines.size(), 1u);
  EXPECT_EQ(timelines[0].name, "ours, tp=1, 1 chip");
  ASSERT_GT(timelines[0].steps.size(), 10u);
  std::map<std::string, Track> tracks = {
      {"layers", Track::Compute},
      {"exchange on chip", Track::OnChip},
      {"exchange between chips", Track::Links},
      {"hops between stages", Track::Links},
      {"waiting for other passes", Track::Waiting}};
  Seconds at;
  for (const TimelineStep &step : timelines[0].steps) {
    EXPECT_NEAR(step.whole.start.value(), at.value(), 1e-9);
    ASSERT_EQ(step.parts.size(), tracks.size());
    for (const TimelineEvent &part : step.parts) {
      EXPECT_EQ(part.track, tracks.at(part.title)) << part.title;
      EXPECT_NEAR(part.start.value(), at.value(), 1e-9);
      at += part.seconds;
    }
    EXPECT_NEAR((at - step.whole.start).value(), 0.01, 1e-12);
    std::map<std::string, double> counters(step.counters.begin(),
                                           step.counters.end());
    EXPECT_NEAR(counters.at("power of the packages, W"), 200, 1e-9);
    EXPECT_NEAR(counters.at("use of HBM, %"), 20, 1e-9);
    EXPECT_EQ(counters.at("sequences"), double(step.taken->work.sequences));
  }
}

TEST(Timeline, StepsAreKeptIfTheScenarioSaysSo) {
  AnswerSheet sheet = sheetOf("serve:in=8,out=16,concurrency=4", false);
  EXPECT_TRUE(timelinesOf(sheet).at(0).steps.empty());
}

TEST(Timeline, UseOfUnitsAddsUpAndScales) {
  PricedStep step = llvm::cantFail(Parts().price({}));
  PricedStep sum = step;
  sum *= 3;
  sum += step;
  EXPECT_NEAR(sum.secondsByUnit.at("HBM").value(), 0.008, 1e-12);
}

} // namespace
