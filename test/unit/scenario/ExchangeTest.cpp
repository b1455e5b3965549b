//===- ExchangeTest.cpp - Exchanges between chips -------------------------===//

#include "compiler-driver/Scenario/Exchange.h"
#include "compiler-driver/Scenario/Collectives.h"

#include <gtest/gtest.h>

using namespace acc;
using namespace acc::scenario;
using huggingface::Collective;

namespace {

Collective collectiveOf(Collective::Kind kind, int64_t ways, double bytes) {
  Collective c;
  c.kind = kind;
  c.scope = Collective::Scope::TensorGroup;
  c.ways = ways;
  c.elements = bytes / 2;
  return c;
}

/// The closed form knows nothing of headers, packing, acknowledgements and the
/// ports' cycles: it is never too slow and at most 35 % too quick (256 B of 32
/// chips; 21 % from 16 KiB on).
TEST(Exchange, ClosedFormIsNear) {
  Machine rack = llvm::cantFail(loadBuiltInMachine("jx1-rack"));
  using Kind = Collective::Kind;
  for (Kind kind : {Kind::AllReduce, Kind::AllGather, Kind::AllToAll}) {
    for (int64_t ways : {2, 7, 8, 32}) {
      for (double bytes : {256.0, 16384.0, 1e6, 2e7}) {
        Collective c = collectiveOf(kind, ways, bytes);
        auto model = simulateExchange(c, rack);
        ASSERT_TRUE(model);
        double ratio = closedFormOf(c, rack).time.value() / model->time.value();
        EXPECT_GT(ratio, bytes < 16384 ? 0.65 : 0.79)
            << int(kind) << ", " << ways << ", " << bytes;
        EXPECT_LT(ratio, 1) << int(kind) << ", " << ways << ", " << bytes;
        EXPECT_EQ(costOf(c, rack).time.value(), model->time.value());
      }
    }
  }
}

/// Switches that add make large sums in half of the time, and no other
/// exchange quicker.
TEST(Exchange, SwitchesAdd) {
  Machine rack = llvm::cantFail(loadBuiltInMachine("jx1-rack"));
  Machine sums = llvm::cantFail(loadBuiltInMachine("jx1-rack-sums"));
  using Kind = Collective::Kind;
  for (Kind kind : {Kind::AllReduce, Kind::AllGather, Kind::AllToAll}) {
    Collective c = collectiveOf(kind, 8, 2e7);
    auto before = simulateExchange(c, rack), now = simulateExchange(c, sums);
    ASSERT_TRUE(before && now);
    double ratio = now->time.value() / before->time.value();
    if (kind == Kind::AllReduce) {
      EXPECT_NEAR(ratio, 4.0 / 7, 0.02); // Once each way, not 7/4 times.
    } else {
      EXPECT_EQ(ratio, 1);
    }
  }
}

/// What is not simulated goes on as before: within 2 %.
TEST(Exchange, LargeOnesGoOn) {
  Machine rack = llvm::cantFail(loadBuiltInMachine("jx1-rack"));
  for (auto kind : {Collective::Kind::AllReduce, Collective::Kind::AllToAll}) {
    for (int64_t ways : {4, 16}) {
      Collective c = collectiveOf(kind, ways, 5e6 * double(ways));
      auto exact = simulateExchange(c, rack, 1e12);
      auto less = simulateExchange(c, rack, 6e7);
      ASSERT_TRUE(exact && less);
      EXPECT_NEAR(less->time.value() / exact->time.value(), 1, 0.02);
      EXPECT_NEAR(less->sent.value() / exact->sent.value(), 1, 0.02);
    }
  }
}

/// Machines and groups that the model does not have.
TEST(Exchange, OnlyWhatTheModelHas) {
  Machine chip = llvm::cantFail(loadBuiltInMachine("jx1"));
  Machine pod = llvm::cantFail(loadBuiltInMachine("jx1-pod"));
  Collective c = collectiveOf(Collective::Kind::AllToAll, 256, 1e6);
  EXPECT_FALSE(simulateExchange(c, pod));
  EXPECT_GT(costOf(c, pod).time.value(), 0);
  c.ways = 4;
  EXPECT_FALSE(simulateExchange(c, chip));
  EXPECT_GT(costOf(c, chip).time.value(), 0);
  c.scope = Collective::Scope::Chip;
  EXPECT_FALSE(simulateExchange(c, pod));
}

} // namespace
