//===- SpecTest.cpp - Scenarios as text -----------------------------------===//

#include "compiler-driver/Scenario/Spec.h"
#include "gtest/gtest.h"

using namespace acc;
using namespace acc::scenario;

namespace {

Scenario parse(llvm::StringRef text) {
  auto scenario = parseScenario(text);
  EXPECT_TRUE(bool(scenario)) << llvm::toString(scenario.takeError());
  return *scenario;
}

TEST(Spec, ImagesAreRequestsOfSteps) {
  systems::Network network;
  network.steps = 20;
  Scenario s = parse("image:concurrency=3,latency=500");
  ASSERT_FALSE(bool(fitScenario(s, &network)));
  EXPECT_EQ(s.kind, Scenario::Kind::Serve);
  EXPECT_EQ(s.output, 21);
  EXPECT_EQ(s.batch, 3);
  EXPECT_TRUE(s.countsRequests);
  EXPECT_EQ(s.perToken, 0.5);
  Scenario fewer = parse("image:steps=4");
  ASSERT_FALSE(bool(fitScenario(fewer, &network)));
  EXPECT_EQ(fewer.output, 5);
}

TEST(Spec, SoundIsAPromptAndTokens) {
  systems::Network network;
  network.unit = "token";
  network.inputTokens = 1500;
  Scenario s = parse("transcribe:out=40,concurrency=2");
  ASSERT_FALSE(bool(fitScenario(s, &network)));
  EXPECT_EQ(s.input, 1500);
  EXPECT_EQ(s.output, 40);
  EXPECT_GE(s.chunk, s.input);
  EXPECT_FALSE(s.countsRequests);
}

TEST(Spec, OtherModelsAreErrors) {
  systems::Network network;
  Scenario s = parse("serve:in=8");
  EXPECT_TRUE(bool(errorToBool(fitScenario(s, &network))));
  Scenario image = parse("image:steps=8");
  EXPECT_TRUE(bool(errorToBool(fitScenario(image, nullptr))));
  Scenario text = parse("serve:in=8");
  EXPECT_FALSE(errorToBool(fitScenario(text, nullptr)));
}

} // namespace
