//===- FitTest.cpp - Optimiser, fit, statistics ---------------------------===//

#include "compiler-driver/Baselines/ErrorTable.h"
#include "compiler-driver/Baselines/Optimiser.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace acc::systems;

namespace {

TEST(Optimiser, FindsTheBottomOfABentValley) {
  // Rosenbrock's function of (4x-2, 4y-2).
  unsigned calls = 0;
  auto valley = [&](llvm::ArrayRef<double> at) {
    ++calls;
    double x = 4 * at[0] - 2, y = 4 * at[1] - 2;
    return 100 * (y - x * x) * (y - x * x) + (1 - x) * (1 - x);
  };
  std::vector<double> best = minimise(valley, {0.1, 0.9}, 4000);
  EXPECT_NEAR(best[0], 0.75, 2e-3);
  EXPECT_NEAR(best[1], 0.75, 4e-3);
  EXPECT_LE(calls, 4100u);
}

TEST(Optimiser, StaysInTheBox) {
  auto slope = [](llvm::ArrayRef<double> at) {
    EXPECT_GE(at[0], 0);
    EXPECT_LE(at[0], 1);
    return -at[0];
  };
  EXPECT_NEAR(minimise(slope, {0.3}, 500)[0], 1, 1e-6);
}

TEST(Optimiser, TheSameEveryTime) {
  auto bowl = [](llvm::ArrayRef<double> at) {
    return std::abs(at[0] - 0.3) + std::abs(at[1] - 0.6) * at[0];
  };
  EXPECT_EQ(minimise(bowl, {0.5, 0.5}, 300), minimise(bowl, {0.5, 0.5}, 300));
}

TEST(Statistics, OfKnownRatios) {
  ErrorStatistics summary = summarise({1.1, 0.9, 1.0, 1.4});
  EXPECT_EQ(summary.rows, 4u);
  EXPECT_NEAR(summary.meanAbsolute, 0.15, 1e-12);
  EXPECT_NEAR(summary.bias, 0.1, 1e-12);
  // Measured over predicted.
  EXPECT_NEAR(summary.low, 1 / 1.4, 1e-12);
  EXPECT_NEAR(summary.high, 1 / 0.9, 1e-12);
  EXPECT_EQ(summarise({}).rows, 0u);
}

Device makeDevice() {
  Device device;
  device.system = "made-up";
  device.generation = "made-up";
  device.matrixPeaks[Format::Bf16] = OperationsPerSecond(5e14);
  device.memoryBandwidth = BytesPerSecond(2e12);
  device.cache = Bytes(5e7);
  device.cores = 100;
  device.clock = Hertz(1.5e9);
  device.scaleUp = BytesPerSecond(3e11);
  device.scaleUpDevices = 8;
  device.power = Watts(500);
  return device;
}

/// Rows of vector kernels that a machine with these parameters would give.
struct Synthetic {
  std::vector<Measurement> measurements;
  std::vector<FitRow> rows;

  explicit Synthetic(const Parameters &truth) {
    for (double bytes = 1e4; bytes < 1e10; bytes *= 3) {
      Measurement measurement;
      measurement.family = "vector_op";
      measurement.id = std::to_string(measurements.size());
      measurement.workload["bytes"] = bytes;
      measurements.push_back(std::move(measurement));
    }
    for (Measurement &measurement : measurements) {
      Vector work;
      work.read = Bytes(*measurement.number("bytes"));
      Kernel kernel;
      kernel.work = work;
      FitRow row;
      row.row = &measurement;
      row.mapped.work = kernel;
      row.mapped.errorClass = ErrorClass::Memory;
      row.device = makeDevice();
      row.parameterSet = "made-up";
      measurement.value = predictRow(row, truth);
      rows.push_back(std::move(row));
    }
  }
};

TEST(Fit, RecoversWhatMadeTheRows) {
  Parameters truth;
  truth.set(Parameter::VectorStart, 5e-6);
  truth.set(Parameter::VectorStream, 0.7);
  Synthetic synthetic(truth);
  std::vector<const FitRow *> rows;
  for (const FitRow &row : synthetic.rows) {
    rows.push_back(&row);
  }
  FittedSets sets = fitParameters(rows);
  ASSERT_TRUE(sets.count("made-up"));
  const FittedSet &set = sets["made-up"];
  EXPECT_NEAR(set.values[Parameter::VectorStart] / 5e-6, 1, 0.02);
  EXPECT_NEAR(set.values[Parameter::VectorStream] / 0.7, 1, 0.01);
  EXPECT_EQ(set.rows.at(Parameter::VectorStart), rows.size());
  EXPECT_GT(set.rows.at(Parameter::VectorStream), 5u);
  // What no row determines stays where it was.
  for (Parameter id : {Parameter::GemmTile, Parameter::VectorSoftmax}) {
    EXPECT_EQ(set.values[id], Parameters()[id]);
    EXPECT_EQ(set.rows.at(id), 0u);
  }
}

TEST(Validation, LeavesEachWorkloadOutOnce) {
  Parameters truth;
  truth.set(Parameter::VectorStart, 5e-6);
  Synthetic synthetic(truth);
  // One row that does not fit the others shows in its own error alone.
  synthetic.measurements[6].value = *synthetic.measurements[6].value * 3;
  Validation validation = validate(synthetic.rows);
  ASSERT_EQ(validation.rows.size(), synthetic.rows.size());
  for (const Validated &row : validation.rows) {
    double ratio = row.crossed / *row.row->row->value;
    bool odd = row.row->row == &synthetic.measurements[6];
    EXPECT_NEAR(ratio, odd ? 1.0 / 3 : 1, odd ? 0.1 : 0.15);
    // The only device left out leaves the priors.
    EXPECT_GT(row.leftOut, 0);
  }
}

TEST(Validation, ALeftOutRowDoesNotTeach) {
  Parameters truth;
  truth.set(Parameter::VectorSoftmax, 0.3);
  Synthetic synthetic{Parameters()};
  // The only row that a softmax's share follows from.
  FitRow &only = synthetic.rows.back();
  Vector softmax;
  softmax.kind = VectorKind::Softmax;
  softmax.read = Bytes(1e9);
  std::get<Kernel>(only.mapped.work).work = softmax;
  synthetic.measurements.back().value = predictRow(only, truth);
  double prior = predictRow(only, Parameters());
  Validation validation = validate(synthetic.rows);
  const Validated &row = validation.rows.back();
  EXPECT_NEAR(row.fitted / *row.row->row->value, 1, 0.1);
  EXPECT_NEAR(row.crossed / prior, 1, 0.05);
  EXPECT_NEAR(row.leftOut / prior, 1, 0.05);
  EXPECT_NEAR(row.transferred / prior, 1, 0.05);
}

TEST(ErrorTable, ChoosesTheErrorThatApplies) {
  Synthetic synthetic{Parameters()};
  Validation validation;
  for (const FitRow &row : synthetic.rows) {
    double value = *row.row->value;
    validation.rows.push_back(
        {&row, value, value * 1.1, value * 1.2, value * 1.5});
  }
  ErrorTable table = ErrorTable::of(validation);
  ErrorBand own = table.find(ErrorClass::Memory, "made-up", true);
  EXPECT_TRUE(own.measuredSystem);
  EXPECT_NEAR(own.meanAbsolute, 0.1, 1e-9);
  EXPECT_NEAR(own.low, 1 / 1.1, 1e-9);
  EXPECT_EQ(own.high, 1);
  ErrorBand sibling = table.find(ErrorClass::Memory, "another", true);
  EXPECT_FALSE(sibling.measuredSystem);
  EXPECT_NEAR(sibling.meanAbsolute, 0.2, 1e-9);
  ErrorBand stranger = table.find(ErrorClass::Memory, "another", false);
  EXPECT_NEAR(stranger.meanAbsolute, 0.5, 1e-9);
  ErrorBand unknown = table.find(ErrorClass::Gemm, "made-up", true);
  EXPECT_EQ(unknown.rows, 0u);
  EXPECT_EQ(unknown.high, 2);
}

} // namespace
