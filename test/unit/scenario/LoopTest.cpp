//===- LoopTest.cpp - The serving loop against arithmetic -----------------===//

#include "compiler-driver/Scenario/Serve.h"
#include "gtest/gtest.h"

using namespace acc;
using namespace acc::scenario;

namespace {

/// A machine whose steps take the same time whatever they do.
class Steady : public StepPricer {
public:
  Steady(double step, double prompt) : step(step), prompt(prompt) {}

  llvm::Expected<PricedStep> price(const StepWork &work) override {
    PricedStep result;
    double seconds = (work.sequences > 0 ? step : 0) +
                     prompt * double(work.prompts * work.promptTokens);
    result.time = Seconds(seconds);
    result.joules = {Joules(seconds), Joules(0.5 * seconds),
                     Joules(2 * seconds)};
    result.standing = {Joules(0.5 * seconds), Joules(0.5 * seconds),
                       Joules(0.5 * seconds)};
    return result;
  }
  int64_t chips() const override { return 2; }
  int64_t mostSequences(int64_t) const override { return 1000; }
  std::string placement() const override { return "tp=2"; }

private:
  double step, prompt;
};

Served run(llvm::StringRef text, StepPricer &pricer) {
  auto scenario = parseScenario(text);
  EXPECT_TRUE(bool(scenario));
  auto served = serve(*scenario, scenario->batch, pricer);
  EXPECT_TRUE(bool(served));
  return std::move(*served);
}

} // namespace

TEST(LoopTest, freePromptsLeaveTheStepsOfGeneration) {
  Steady pricer(0.01, 0);
  Served s = run("serve:in=100,out=50,concurrency=8", pricer);
  // Eight users, a token each in 10 ms. The first token of a request comes with
  // its prompt, in a step of others.
  EXPECT_NEAR(s.outputRate(), 8 / 0.01, 8);
  EXPECT_NEAR(s.outputRatePerChip(), 4 / 0.01, 4);
  EXPECT_NEAR(s.perToken.p50, 0.01, 1e-9);
  EXPECT_NEAR(s.interactivity(), 100, 1e-6);
}

TEST(LoopTest, promptsTakeTheirTimeFromGeneration) {
  // A prompt of 100 tokens takes 20 ms, and every user's request one of them
  // and 50 tokens.
  Steady pricer(0.01, 2e-4);
  Served s = run("serve:in=100,out=50,concurrency=1", pricer);
  EXPECT_NEAR(s.firstToken.p50, 0.02, 1e-9);
  EXPECT_NEAR(s.latency.p50, 0.02 + 49 * 0.01, 1e-9);
  EXPECT_NEAR(s.outputRate(), 50 / 0.51, 0.01);
}

TEST(LoopTest, littleLawHoldsWithArrivalsByChance) {
  Steady pricer(0.01, 0);
  Served s = run("serve:in=10,out=20,concurrency=200,rate=50", pricer);
  // Requests in the system are those that arrive while one is there.
  EXPECT_NEAR(s.outputRate(), 50 * 20, 0.15 * 50 * 20);
  EXPECT_NEAR(s.latency.mean, 0.2, 0.02);
}

TEST(LoopTest, cachedInputIsNotWorkedOffAgain) {
  Steady pricer(0.01, 2e-4);
  Served s = run("serve:in=100,out=50,concurrency=1,cached=0.75", pricer);
  EXPECT_NEAR(s.firstToken.p50, 25 * 2e-4, 1e-9);
}

TEST(LoopTest, powerIsEnergyOverTime) {
  Steady pricer(0.01, 0);
  Served s = run("serve:in=100,out=50,concurrency=4", pricer);
  EXPECT_NEAR(s.watts().value, 1, 1e-9);
  EXPECT_NEAR(s.watts().low, 0.5, 1e-9);
  EXPECT_NEAR(s.joulesPerToken().value * s.outputRate(), s.watts().value, 1e-9);
}

TEST(LoopTest, chipsDrawStandingPowerBetweenArrivals) {
  Steady pricer(0.01, 0);
  auto scenario = parseScenario("serve:trace=x,rate=recorded,concurrency=4");
  ASSERT_TRUE(bool(scenario));
  // Three requests in 2 s and a gap of two thirds: 0.2 s in every 0.889.
  scenario->setRequests({{10, 21, 0}, {10, 21, 1}, {10, 21, 2}});
  auto served = serve(*scenario, 4, pricer);
  ASSERT_TRUE(bool(served));
  EXPECT_NEAR(served->watts().value, 0.225 * 1 + 0.775 * 0.5, 0.005);
  EXPECT_NEAR(served->joulesByPart["waiting"].value / served->seconds.value(),
              0.775 * 0.5, 0.005);
  EXPECT_NEAR(served->secondsByPart["waiting for requests"] / served->seconds,
              0.775, 0.01);
}

TEST(LoopTest, arrivalsThatAreTooFastAreSaid) {
  // Four at a time, 19 steps of 10 ms each: 21 in a second.
  Steady pricer(0.01, 0);
  EXPECT_TRUE(run("serve:in=10,out=20,concurrency=4,rate=17", pricer).keepsUp);
  for (llvm::StringRef rate : {"32", "1000", "1000000"}) {
    Served s =
        run(("serve:in=10,out=20,concurrency=4,rate=" + rate).str(), pricer);
    EXPECT_FALSE(s.keepsUp) << rate.str();
    EXPECT_NEAR(s.requestRate, 21, 2) << rate.str();
  }
}

TEST(LoopTest, aSingleTokenTakesTheWholeRequest) {
  Steady pricer(0.01, 2e-4);
  Served s = run("serve:in=100,out=1,concurrency=1", pricer);
  EXPECT_NEAR(s.perToken.p50, 0.02, 1e-9);
  EXPECT_NEAR(s.interactivity(), 50, 1e-6);
}

TEST(LoopTest, percentilesAreThoseThatSoManyDoNotExceed) {
  std::vector<double> sample;
  for (int i = 100; i >= 1; --i) {
    sample.push_back(i);
  }
  Percentiles p = percentilesOf(sample);
  EXPECT_EQ(p.p50, 50);
  EXPECT_EQ(p.p90, 90);
  EXPECT_EQ(p.p99, 99);
  EXPECT_EQ(p.mean, 50.5);
}

TEST(LoopTest, requestsOfDifferentLengthsShareTheSteps) {
  // Free prompts: the time of a request is its answer's, 10 to 90 tokens.
  Steady pricer(0.01, 0);
  Served s = run("serve:in=100..300,out=10..90,concurrency=50", pricer);
  EXPECT_NEAR(s.outputRate(), 50 / 0.01, 100);
  EXPECT_NEAR(s.perToken.p50, 0.01, 1e-9);
  // 400 requests of 50 steps, a token in each, give or take three standard
  // errors.
  EXPECT_NEAR(s.latency.mean, 0.5, 0.035);
  EXPECT_NEAR(s.inputTokens / s.requests, 200, 12);
}

TEST(LoopTest, promptsFillAStepTogether) {
  // Remembers what it was asked for.
  struct Recorder : Steady {
    using Steady::Steady;
    std::vector<StepWork> works;
    llvm::Expected<PricedStep> price(const StepWork &work) override {
      works.push_back(work);
      return Steady::price(work);
    }
  } pricer(0.01, 0);
  auto scenario = parseScenario("serve:in=1..2,out=1,concurrency=8,chunk=800");
  ASSERT_TRUE(bool(scenario));
  scenario->setRequests({{300, 1}, {700, 1}});
  auto served = serve(*scenario, 8, pricer);
  ASSERT_TRUE(bool(served));
  // Whole prompts and parts of them, 800 tokens: 300 and the first 500 of 700;
  // the first 300 look back at 150 tokens on average, the 500 at 250. A single
  // piece of 800 would look at 400.
  EXPECT_EQ(pricer.works.front().prompts, 1);
  EXPECT_EQ(pricer.works.front().promptTokens, 800);
  EXPECT_EQ(pricer.works.front().promptPast, 0);
  // Then 200 from 500 on, 300, and 300 of the next 700.
  EXPECT_EQ(pricer.works[1].promptTokens, 800);
  int64_t looks = (200 * 600 + 300 * 150 + 300 * 150) / 800;
  EXPECT_EQ(pricer.works[1].promptPast, std::max<int64_t>(0, looks - 400));
  double tokens = 0;
  for (const StepWork &work : pricer.works) {
    tokens += double(work.prompts * work.promptTokens);
  }
  EXPECT_NEAR(served->inputTokens / served->requests, 500, 20);
  EXPECT_GE(tokens, served->inputTokens);
}

TEST(LoopTest, recordedArrivalsComeAsTheyWere) {
  Steady pricer(0.01, 0);
  auto scenario = parseScenario("serve:trace=x,rate=recorded,concurrency=9");
  ASSERT_TRUE(bool(scenario));
  // Three requests in 1.5 s, and a gap of half a second: 2/s until the next.
  scenario->setRequests({{10, 20, 0}, {10, 20, 0.5}, {10, 20, 1.5}});
  auto served = serve(*scenario, 9, pricer);
  ASSERT_TRUE(bool(served));
  EXPECT_NEAR(served->requests / served->seconds.value(), 3 / 2.0, 0.1);
  EXPECT_NEAR(served->latency.mean, 0.19, 0.011);
}
