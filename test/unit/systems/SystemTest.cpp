//===- SystemTest.cpp - Shipped systems, and files that are refused -------===//

#include "compiler-driver/Baselines/System.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

#include <gtest/gtest.h>

#include <set>

using namespace acc::systems;

namespace {

/// A correct system file; its lines count from 1.
const char *const correct = R"(name: x1
title: "X1"
vendor: X
architecture: one
sources:
  sheet: "X1 data sheet"
figures:
  peak_bf16:
    value: 100
    unit: TFLOP/s
    basis: dense
    source: [sheet]
    confidence: official
  memory_capacity:
    value: 80
    unit: GB
    source: [sheet]
    confidence: official
  memory_bandwidth:
    value: 2
    unit: TB/s
    source: [sheet]
    confidence: official
  scaleup_one_way:
    value: 300
    unit: GB/s
    basis: one-way
    source: [sheet]
    confidence: official
  scaleup_devices:
    value: 8
    unit: "1"
    source: [sheet]
    confidence: official
  tdp:
    value: 400
    unit: W
    source: [sheet]
    confidence: official
)";

std::string replaced(llvm::StringRef text, llvm::StringRef from,
                     llvm::StringRef to) {
  size_t at = text.find(from);
  EXPECT_NE(at, llvm::StringRef::npos) << from.str();
  return (text.take_front(at) + to + text.drop_front(at + from.size())).str();
}

/// Writes a file and loads it: the path is that of a user's own system.
class SystemFile : public testing::Test {
protected:
  void SetUp() override {
    ASSERT_FALSE(llvm::sys::fs::createTemporaryFile("system", "yaml", path));
  }
  void TearDown() override { llvm::sys::fs::remove(path); }

  llvm::Expected<System> load(llvm::StringRef text) {
    std::error_code code;
    llvm::raw_fd_ostream(path, code) << text;
    return loadSystem(path);
  }
  /// The error without the folder: "x.yaml:LINE:COLUMN: error: …".
  std::string errorOf(llvm::StringRef from, llvm::StringRef to) {
    llvm::Expected<System> system = load(replaced(correct, from, to));
    if (system) {
      return "";
    }
    std::string error = llvm::toString(system.takeError());
    llvm::StringRef rest = error;
    EXPECT_TRUE(rest.consume_front(path)) << error;
    EXPECT_EQ(llvm::StringRef(error).find('\n'), llvm::StringRef::npos);
    return "x.yaml" + rest.str();
  }

  llvm::SmallString<64> path;
};

TEST_F(SystemFile, GivesQuantitiesAndTheirSources) {
  System system = llvm::cantFail(load(correct));
  EXPECT_EQ(system.vendor(), "X");
  EXPECT_EQ(system.architecture(), "one");
  auto peak = system.peak(Precision::BF16);
  ASSERT_TRUE(bool(peak));
  EXPECT_EQ((*peak).value(), 100e12);
  EXPECT_EQ(peak.figure().id, "peak_bf16");
  EXPECT_EQ(peak.figure().source, "X1 data sheet");
  EXPECT_EQ(peak.figure().at.line, 8u);
  EXPECT_EQ(*system.memoryBandwidth(), BytesPerSecond(2e12));
  EXPECT_EQ(*system.tdp(), Watts(400));
  EXPECT_FALSE(bool(system.peak(Precision::FP8)));
  EXPECT_FALSE(bool(system.sparsePeak(Precision::BF16)));
  EXPECT_FALSE(bool(system.clock()));
  EXPECT_EQ(system.clock().valueOr(Hertz(1)), Hertz(1));
  // A copy shares the figures and outlives the original.
  auto copy = std::make_unique<System>(system);
  system = llvm::cantFail(load(correct));
  EXPECT_EQ(copy->tdp().figure().source, "X1 data sheet");
}

TEST_F(SystemFile, RefusesAMissingUnit) {
  EXPECT_EQ(errorOf("    unit: TB/s\n", ""),
            "x.yaml:19:3: error: figure 'memory_bandwidth' has no unit; "
            "expects, for example, 'unit: pJ/B'");
}

TEST_F(SystemFile, RefusesAMissingSource) {
  EXPECT_EQ(errorOf("    unit: W\n    source: [sheet]\n", "    unit: W\n"),
            "x.yaml:35:3: error: figure 'tdp' has no source; expects the "
            "document that states it, or 'judgement'");
  EXPECT_NE(errorOf("unit: W\n    source: [sheet]", "unit: W\n    source: []"),
            "");
}

TEST_F(SystemFile, RefusesAnUnknownSource) {
  EXPECT_EQ(
      errorOf("source: [sheet]", "source: [sheet, hearsay]"),
      "x.yaml:12:14: error: unknown source 'hearsay'; expects a name under "
      "'sources' above the figures or in targets/sources/documents.yaml");
}

TEST_F(SystemFile, RefusesAnUnknownUnit) {
  EXPECT_EQ(errorOf("unit: TB/s", "unit: TBps"),
            "x.yaml:19:3: error: figure 'memory_bandwidth' has the unknown "
            "unit 'TBps'; expects B/s or a multiple of it");
}

TEST_F(SystemFile, RefusesAnotherDimension) {
  EXPECT_EQ(errorOf("unit: TB/s", "unit: TB"),
            "x.yaml:19:3: error: figure 'memory_bandwidth' is in 'TB'; "
            "expects B/s or a multiple of it");
  // Integer operations are no floating-point operations.
  EXPECT_NE(errorOf("unit: TFLOP/s", "unit: TOP/s"), "");
}

TEST_F(SystemFile, RefusesSparseRatesAsDense) {
  EXPECT_EQ(errorOf("basis: dense", "basis: sparse"),
            "x.yaml:8:3: error: figure 'peak_bf16' is sparse; expects "
            "'basis: dense'");
  EXPECT_EQ(errorOf("    basis: dense\n", ""),
            "x.yaml:8:3: error: figure 'peak_bf16' does not say its basis; "
            "expects 'basis: dense'");
  EXPECT_EQ(errorOf("  memory_capacity:",
                    "  peak_bf16_sparse:\n    value: 100\n    unit: TFLOP/s\n"
                    "    basis: sparse\n    source: [sheet]\n"
                    "    confidence: official\n  memory_capacity:"),
            "x.yaml:14:3: error: figure 'peak_bf16_sparse' is not above the "
            "dense peak; expects the rate with sparsity");
}

TEST_F(SystemFile, RefusesTwoWayFiguresAsOneWay) {
  EXPECT_EQ(errorOf("basis: one-way", "basis: two-way"),
            "x.yaml:24:3: error: figure 'scaleup_one_way' is two-way; expects "
            "'basis: one-way'");
  EXPECT_EQ(errorOf("  scaleup_devices:",
                    "  scaleup_two_way:\n    value: 300\n    unit: GB/s\n"
                    "    basis: two-way\n    source: [sheet]\n"
                    "    confidence: official\n  scaleup_devices:"),
            "x.yaml:30:3: error: figure 'scaleup_two_way' is not twice "
            "'scaleup_one_way'; expects both directions added");
  EXPECT_NE(errorOf("basis: one-way", "basis: upward"), "");
}

TEST_F(SystemFile, RefusesUnknownKeysAndFigures) {
  EXPECT_EQ(errorOf("vendor: X", "vendour: X"),
            "x.yaml:3:1: error: unknown key 'vendour'; expects name, title, "
            "aliases, vendor, architecture, measured_as, sources or figures");
  EXPECT_EQ(errorOf("    unit: W\n", "    unit: W\n    when: 2020\n"),
            "x.yaml:38:5: error: unknown key 'when'; expects value, low, high, "
            "unit, basis, node, source, confidence or note");
  EXPECT_EQ(errorOf("  tdp:", "  tpd:"),
            "x.yaml:35:3: error: unknown figure 'tpd'; expects one of those "
            "that 'acc-systems figures' lists");
}

TEST_F(SystemFile, RefusesWhatIsMissingOrTwice) {
  EXPECT_EQ(errorOf("name: x1", "name: \"\""),
            "x.yaml:1:1: error: has no name; expects 'name: NAME'");
  EXPECT_EQ(errorOf("title: \"X1\"", "name: x2"),
            "x.yaml:2:1: error: 'name' is given twice; expects it once");
  EXPECT_EQ(errorOf("architecture: one\n", ""),
            "x.yaml:1:1: error: system 'x1' has no architecture; expects "
            "'architecture: NAME'");
  EXPECT_EQ(errorOf("  tdp:", "  memory_bandwidth:"),
            "x.yaml:35:3: error: figure 'memory_bandwidth' is given twice; "
            "expects it once");
  EXPECT_EQ(errorOf("  tdp:", "  idle_power:"),
            "x.yaml:1:1: error: figure 'tdp' is missing; expects it in W");
  EXPECT_EQ(errorOf("    unit: W\n", "    unit: W\n    unit: kW\n"),
            "x.yaml:38:5: error: 'unit' is given twice; expects it once");
}

TEST_F(SystemFile, RefusesImpossibleValues) {
  EXPECT_EQ(errorOf("value: 400", "value: 0"),
            "x.yaml:35:3: error: figure 'tdp' is 0; expects more");
  EXPECT_NE(errorOf("value: 400", "value: -1"), "");
  EXPECT_NE(errorOf("value: 400", "value: nan"), "");
  EXPECT_EQ(errorOf("  tdp:",
                    "  idle_power:\n    value: 500\n    unit: W\n"
                    "    source: [sheet]\n    confidence: low\n  tdp:"),
            "x.yaml:35:3: error: figure 'idle_power' is above 'tdp'; expects "
            "less");
}

//===----------------------------------------------------------------------===//
// targets/systems
//===----------------------------------------------------------------------===//

TEST(Systems, AllAreThere) {
  std::vector<System> systems = llvm::cantFail(loadSystems());
  for (const char *name :
       {"a100", "h100", "h200", "b200", "b300", "gb200-nvl72", "gb300-nvl72",
        "vera-rubin-nvl72", "mi300x", "mi325x", "mi355x", "mi455x-helios",
        "tpu-v5e", "tpu-v5p", "tpu-v6e", "ironwood", "trainium2",
        "trainium3"}) {
    auto system = llvm::find_if(
        systems, [&](const System &s) { return s.name() == name; });
    ASSERT_NE(system, systems.end()) << name;
    EXPECT_TRUE(bool(system->peak(Precision::BF16))) << name;
    EXPECT_TRUE(bool(system->scaleupOneWay())) << name;
  }
  EXPECT_EQ(llvm::cantFail(loadSystem("mi450-helios")).name(), "mi455x-helios");
}

/// Where a rack and its devices are both given, they must agree: a sparse rack
/// figure or a misplaced prefix does not.
TEST(Systems, RacksAreTheirDevices) {
  for (const System &system : llvm::cantFail(loadSystems())) {
    auto devices = system.rackDevices();
    auto expectSum = [&](auto rack, auto device) {
      if (rack && device && devices) {
        double ratio = *rack / (*device * *devices);
        EXPECT_NEAR(ratio, 1, 0.035)
            << system.name() << ": " << rack.figure().id;
      }
    };
    for (Precision precision : allPrecisions) {
      expectSum(system.rackPeak(precision), system.peak(precision));
    }
    expectSum(system.rackMemory(), system.memoryCapacity());
    expectSum(system.rackMemoryBandwidth(), system.memoryBandwidth());
    expectSum(system.rackScaleupTwoWay(), system.scaleupTwoWay());
    expectSum(system.rackScaleoutTwoWay(), [&] {
      auto one = system.scaleoutOneWay();
      return one ? Sourced<BytesPerSecond>(*one * 2, one.figure())
                 : Sourced<BytesPerSecond>();
    }());
    if (auto power = system.rackPower(); power && devices) {
      EXPECT_GT(*power, *system.tdp() * *devices) << system.name();
    }
    if (auto power = system.nodePower()) {
      EXPECT_GT(*power, *system.tdp() * *system.nodeDevices());
    }
    if (auto power = system.allInPower()) {
      EXPECT_GT(*power, *system.tdp()) << system.name();
    }
  }
}

/// Units that a factor of 1000 off would not survive.
TEST(Systems, FiguresArePlausible) {
  for (const System &system : llvm::cantFail(loadSystems())) {
    auto expectIn = [&](auto figure, double low, double high) {
      if (figure) {
        EXPECT_GE((*figure).value(), low) << system.name();
        EXPECT_LE((*figure).value(), high) << system.name();
      }
    };
    expectIn(system.memoryCapacity(), 16e9, 1e12);
    expectIn(system.memoryBandwidth(), 0.8e12, 50e12);
    expectIn(system.tdp(), 200, 3000);
    expectIn(system.clock(), 1e9, 3e9);
    expectIn(system.peak(Precision::BF16), 1e14, 1e16);
    expectIn(system.l2Capacity(), 4e6, 256e6);
    expectIn(system.costPerHour(), 0.5 / 3600, 10.0 / 3600);
    auto fp8 = system.peak(Precision::FP8), bf16 = system.peak(Precision::BF16);
    if (fp8 && bf16) {
      EXPECT_GE(*fp8, *bf16) << system.name();
    }
  }
}

TEST(Systems, MeasurementsNameOneSystemEach) {
  std::map<std::string, std::string> owners;
  for (const System &system : llvm::cantFail(loadSystems())) {
    for (const std::string &name : system.measuredAs()) {
      EXPECT_TRUE(owners.emplace(name, system.name()).second) << name;
    }
  }
  EXPECT_EQ(owners["H200-SXM-141GB"], "h200");
}

TEST(Systems, KindsOfFiguresHaveDistinctKeys) {
  std::set<std::string> keys;
  for (const FigureKind &kind : getFigureKinds()) {
    EXPECT_TRUE(keys.insert(kind.key).second) << kind.key;
    EXPECT_EQ(kind.basis == "sparse",
              llvm::StringRef(kind.key).ends_with("_sparse"));
    EXPECT_EQ(kind.basis == "one-way",
              llvm::StringRef(kind.key).ends_with("_one_way"));
    EXPECT_EQ(kind.basis == "two-way",
              llvm::StringRef(kind.key).ends_with("_two_way"));
  }
}

} // namespace
