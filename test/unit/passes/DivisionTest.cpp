//===- DivisionTest.cpp - How tensors lie on the slices of a rack ---------===//

#include "passes/Partition/DivisionPlan.h"

#include "mlir/IR/OwningOpRef.h"
#include "mlir/IR/Verifier.h"

#include <gtest/gtest.h>

using namespace mlir;
using namespace xpu;

namespace {

const Grid &rack() {
  static const Grid grid(ArrayRef<int64_t>{2, 3, 1, 4});
  return grid;
}

TEST(Division, AxesOfSlicesAndChips) {
  EXPECT_EQ(rack().usedAxes(), (Axes{0, 1, 3}));
  EXPECT_EQ(rack().count({0, 1, 3}), 24);
  EXPECT_TRUE(rack().isOverChips(1));
  EXPECT_FALSE(rack().isOverChips(2));
  EXPECT_EQ(rack().usedOf({0, 2, 3}, true), (Axes{0}));
  EXPECT_EQ(rack().usedOf({0, 2, 3}, false), (Axes{3}));
  EXPECT_EQ(rack().describe({0, 1, 3}), "all slices");
  EXPECT_EQ(rack().describe({0, 1}), "chips");
  EXPECT_EQ(rack().describe({0}), "trays");
  EXPECT_EQ(rack().describe({1}), "chips of trays");
  EXPECT_EQ(rack().describe({1, 3}), "chips of trays and columns of slices");
  Grid chip(ArrayRef<int64_t>{2, 2});
  EXPECT_EQ(chip.describe({0}), "rows of slices");
  EXPECT_EQ(chip.describe({1}), "columns of slices");
  EXPECT_EQ(chip.describe({0, 1}), "all slices");
}

/// Every cut over any axes has a key of its own.
TEST(Division, KeysTellCutsApart) {
  std::set<DivisionPlan::DivisionKey> keys;
  unsigned count = 0;
  for (unsigned mask = 1; mask < 16; ++mask) {
    for (int64_t part = 1; part < 20; ++part) {
      Division division(1);
      division.dims[0].part = part;
      for (int16_t axis = 0; axis < 4; ++axis) {
        if (mask >> axis & 1) {
          division.dims[0].axes.push_back(axis);
        }
      }
      keys.insert(DivisionPlan::keyOf(Value(), division));
      ++count;
    }
  }
  EXPECT_EQ(keys.size(), count);
}

/// A sharding is read back as it was made, whatever axes its dimensions have.
TEST(Division, ShardingsOfUnequalParts) {
  MLIRContext context;
  context.loadDialect<shard::ShardDialect>();
  OpBuilder builder(&context);
  OwningOpRef<ModuleOp> module = ModuleOp::create(builder.getUnknownLoc());
  builder.setInsertionPointToStart(module->getBody());
  shard::GridOp::create(builder, module->getLoc(), kGridName,
                        rack().getShape());
  for (const Axes &first : {Axes{0}, Axes{0, 1}, Axes{0, 1, 3}}) {
    for (const Axes &second : {Axes{}, Axes{1}, Axes{3}, Axes{1, 3}}) {
      Division division(2);
      division.dims[0] = rack().cut(29, first);
      division.dims[1] = rack().cut(31, second);
      bool isOnce = llvm::none_of(second, [&](int16_t axis) {
        return llvm::is_contained(first, axis);
      });
      if (!isOnce) {
        continue;
      }
      shard::ShardingOp op =
          createSharding(builder, module->getLoc(), {29, 31}, division, rack());
      EXPECT_EQ(readSharding(op, {29, 31}, rack()), division);
    }
  }
  EXPECT_TRUE(succeeded(verify(*module)));
}

} // namespace
