//===- SharedPowerTest.cpp - What a node or rack draws beside devices -----===//

#include "compiler-driver/Baselines/SharedPower.h"

#include <gtest/gtest.h>

using namespace acc::systems;

namespace {

TEST(SharedPower, OfRackNodeOrNeither) {
  auto load = [](const char *name) { return llvm::cantFail(loadSystem(name)); };
  // 120 kW over 72 devices of 1200 W.
  auto rack = sharedPower(load("gb200-nvl72"));
  ASSERT_TRUE(rack);
  EXPECT_EQ(rack->scope, Scope::Rack);
  EXPECT_NEAR(rack->perDevice.value(), 120e3 / 72 - 1200, 1e-6);
  EXPECT_EQ(rack->basis.front().id, "gb200-nvl72/rack_power");
  EXPECT_FALSE(rack->basis.front().source.empty());
  // 10.2 kW over 8 devices of 700 W.
  auto node = sharedPower(load("h100"));
  ASSERT_TRUE(node);
  EXPECT_EQ(node->scope, Scope::Node);
  EXPECT_NEAR(node->perDevice.value(), 10.2e3 / 8 - 700, 1e-6);
  EXPECT_FALSE(sharedPower(load("h200")));
}

TEST(SharedPower, IsPositiveWhereItIsKnown) {
  for (const System &system : llvm::cantFail(loadSystems())) {
    if (auto shared = sharedPower(system)) {
      EXPECT_GT(shared->perDevice, Watts(0)) << system.name();
      EXPECT_LT(shared->perDevice, *system.tdp() * 2) << system.name();
    }
  }
}

} // namespace
