//===- ParametersTest.cpp - Parameters of a machine by their names --------===//

#include "dialects/Target/Parameters.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"

#include <gtest/gtest.h>

#include <map>

using namespace acc;

namespace {

llvm::Expected<Machine> load(llvm::StringRef text) {
  llvm::SmallString<128> path;
  EXPECT_FALSE(llvm::sys::fs::createTemporaryFile("variant", "yaml", path));
  llvm::FileRemover remover(path);
  std::error_code code;
  {
    llvm::raw_fd_ostream os(path, code);
    os << text;
  }
  return loadMachine(path);
}

std::map<std::string, std::string> valuesOf(const Machine &machine) {
  std::map<std::string, std::string> values;
  for (const Parameter &parameter : listParameters(machine)) {
    EXPECT_TRUE(values.emplace(parameter.name, parameter.value).second)
        << parameter.name << " belongs to two levels";
  }
  return values;
}

/// Each of all parameters can be named, is written where it is read, and the
/// others stay.
TEST(Parameters, EachCanBeChanged) {
  for (const std::string &name : listTargets()) {
    auto machine = loadMachine(name);
    ASSERT_TRUE(bool(machine)) << name;
    const std::map<std::string, std::string> before = valuesOf(*machine);
    EXPECT_GT(before.size(), 30u);
    size_t changed = 0;
    for (const auto &[parameter, value] : before) {
      EXPECT_FALSE(bool(checkParameter(*machine, parameter, value)));
      // Rules allow most numbers to be twice as large.
      double number = 0;
      ASSERT_FALSE(llvm::StringRef(value).getAsDouble(number));
      std::string text = std::to_string(uint64_t(2 * number));
      auto variant = load(printVariant(*machine, {{parameter, text}}));
      if (!variant) {
        llvm::consumeError(variant.takeError());
        continue;
      }
      std::map<std::string, std::string> after = valuesOf(*variant);
      EXPECT_EQ(after[parameter], text) << name << " " << parameter;
      after[parameter] = value;
      EXPECT_EQ(after, before) << name << " " << parameter;
      ++changed;
    }
    EXPECT_GT(changed, before.size() * 2 / 3) << name;
  }
}

TEST(Parameters, SeveralAtOnce) {
  auto machine = loadMachine("jx1-pod");
  ASSERT_TRUE(bool(machine));
  auto variant = load(printVariant(*machine, {{"mxu.units", "7"},
                                              {"racks.count", "3"},
                                              {"clock_hz", "1.25e9"},
                                              {"trays.chips", "4"},
                                              {"grid.rows", "2"}}));
  ASSERT_TRUE(bool(variant)) << llvm::toString(variant.takeError());
  EXPECT_EQ(variant->slice.mxu.units, 7u);
  EXPECT_EQ(variant->pod->racks.count, 3u);
  EXPECT_EQ(variant->slice.clockHz, 1.25e9);
  EXPECT_EQ(variant->rack->trays.chips, 4u);
  EXPECT_EQ(variant->chip->grid.rows, 2u);
}

/// What a file leaves out cannot be changed: the line is not there.
TEST(Parameters, OfGroupsThatAreThere) {
  auto has = [](llvm::StringRef name) {
    auto machine = loadMachine(name);
    EXPECT_TRUE(bool(machine));
    return valuesOf(*machine).count("switches.reduction.window") != 0;
  };
  EXPECT_TRUE(has("jx1-rack-sums"));
  EXPECT_FALSE(has("jx1-rack"));
}

TEST(Parameters, WhatIsWrong) {
  auto machine = loadMachine("jx1-slice");
  ASSERT_TRUE(bool(machine));
  auto message = [&](llvm::StringRef name, llvm::StringRef value) {
    return llvm::toString(checkParameter(*machine, name, value));
  };
  EXPECT_EQ(message("hbm.chanels", "1"),
            "'jx1-slice' has no parameter 'hbm.chanels'; did you mean "
            "'hbm.channels'?");
  EXPECT_EQ(message("grid.rows", "1"),
            "'jx1-slice' has no parameter 'grid.rows'; did you mean "
            "'mxu.rows'?");
  EXPECT_EQ(message("hbm.channels", "4294967296"),
            "'4294967296' is no value of hbm.channels; expects a whole number "
            "of at least 0 that fits 32 bits");
  EXPECT_EQ(message("clock_hz", "fast"),
            "'fast' is no value of clock_hz; expects a number");
  EXPECT_EQ(message("clock_hz", "nan"),
            "'nan' is no value of clock_hz; expects a number");
}

} // namespace
