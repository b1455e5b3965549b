//===- SystemTest.cpp - Shipped systems, and files that are refused -------===//

#include "compiler-driver/Systems/System.h"

#include <gtest/gtest.h>

using namespace acc::systems;

namespace {

TEST(System, AllShippedSystemsLoad) {
  std::vector<System> systems = llvm::cantFail(loadSystems());
  EXPECT_GE(systems.size(), 18u);
}

} // namespace
