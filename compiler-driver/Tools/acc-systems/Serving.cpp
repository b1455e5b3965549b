//===- Serving.cpp - acc-systems serving ----------------------------------===//
//
// Measured throughput of serving beside the loop that scenarios use, for rows
// on which nothing was fitted. A row of an offline benchmark is the most over
// numbers of requests; ours is the most over the powers of two that fit.
//
//===----------------------------------------------------------------------===//

#include "compiler-driver/Baselines/Calibration.h"
#include "compiler-driver/Scenario/Serve.h"
#include "compiler-driver/Scenario/SystemPricer.h"
#include "compiler-driver/Tools/acc-systems/Commands.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

#include <cmath>

using namespace llvm;
using namespace acc;
using namespace acc::systems;

static cl::SubCommand
    subcommand("serving",
               "Measured rows of serving beside the scenarios' loop");
static cl::opt<std::string> input(cl::Positional, cl::Required,
                                  cl::desc("ROWS.json"), cl::sub(subcommand),
                                  cl::cat(optionCategory()));

/// Most requests at a time that are tried.
static constexpr int64_t kMostRequests = 2048;

/// Devices of `TP2` or `TP4EP4`; 0 without the word.
static int64_t waysOf(StringRef parallel, StringRef word) {
  size_t at = parallel.find(word);
  int64_t ways = 0;
  if (at != StringRef::npos) {
    parallel.substr(at + word.size())
        .take_while([](char c) { return isDigit(c); })
        .getAsInteger(10, ways);
  }
  return ways;
}

namespace {
/// What all rows need.
struct Data {
  std::vector<System> systems;
  std::vector<ModelShape> models;
  KernelModel kernels;
};
} // namespace

/// Output tokens a second of one device; a reason where there is none.
static Expected<double> predict(const Measurement &row, const Data &data) {
  auto fail = [](const Twine &reason) {
    return createStringError(inconvertibleErrorCode(), reason);
  };
  const System *system = findMeasuredSystem(data.systems, row.gpu);
  const ModelShape *model = findModel(data.models, row.text("model"));
  std::optional<Format> format = parseFormat(row.precision);
  if (row.precision == "fp4") {
    format = Format::Nvfp4;
  }
  if (!system || !model || !format) {
    return fail(!system  ? "no such system"
                : !model ? "no such model"
                         : "no such format");
  }
  scenario::Scenario scenario;
  scenario.input = int64_t(row.numberOr("isl", 0));
  scenario.output = int64_t(row.numberOr("osl", 0));
  // Of such benchmarks: as many tokens in a step as pay.
  scenario.chunk = 8192;
  if (scenario.input < 1 || scenario.output < 1) {
    return fail("no lengths");
  }
  scenario::Layout layout;
  layout.tensor = std::max<int64_t>(
      {1, waysOf(row.text("parallel"), "TP"), int64_t(row.gpus)});
  layout.expert = std::max<int64_t>(1, waysOf(row.text("parallel"), "EP"));
  layout.weights = *format;
  scenario::SystemPricer pricer(data.kernels, *system, *model, layout);
  double best = 0;
  int64_t most = std::min(
      kMostRequests, pricer.mostSequences(scenario.input + scenario.output));
  for (int64_t requests = 1; requests <= most; requests *= 2) {
    Expected<scenario::Served> served =
        scenario::serve(scenario, requests, pricer);
    if (!served) {
      return served.takeError();
    }
    best = std::max(best, served->outputRatePerChip());
  }
  return best > 0 ? Expected<double>(best) : fail("does not fit");
}

static double medianOf(std::vector<double> values) {
  sort(values);
  size_t half = values.size() / 2;
  return values.size() % 2 ? values[half]
                           : (values[half - 1] + values[half]) / 2;
}

static void printGroup(StringRef title,
                       const std::map<std::string, std::vector<double>> &all) {
  outs() << formatv("\n{0,-18} {1,5} {2,17} {3,14}\n", title, "rows",
                    "median |error| %", "median bias %");
  for (auto &[name, errors] : all) {
    std::vector<double> sizes;
    for (double error : errors) {
      sizes.push_back(std::abs(error));
    }
    outs() << formatv("{0,-18} {1,5} {2,17:F1} {3,14:F1}\n", name,
                      errors.size(), 100 * medianOf(std::move(sizes)),
                      100 * medianOf(errors));
  }
}

static Error run() {
  Expected<std::vector<Measurement>> rows = loadMeasurements(input);
  if (!rows) {
    return rows.takeError();
  }
  Data data;
  if (Error error = loadSystems().moveInto(data.systems)) {
    return error;
  }
  if (Error error = loadModelShapes().moveInto(data.models)) {
    return error;
  }
  Expected<KernelModel> kernels = KernelModel::load();
  if (!kernels) {
    return kernels.takeError();
  }
  data.kernels = std::move(*kernels);
  std::map<std::string, std::vector<double>> byGpu, byModel, all;
  std::map<std::string, unsigned> without;
  for (const Measurement &row : *rows) {
    Expected<double> rate = predict(row, data);
    if (!rate || !row.value || *row.value <= 0) {
      ++without[rate ? "no value" : toString(rate.takeError())];
      continue;
    }
    bool isPerDevice = StringRef(row.unit).ends_with("/GPU");
    double measured = *row.value / (isPerDevice ? 1 : std::max(1.0, row.gpus));
    double error = *rate / measured - 1;
    byGpu[row.gpu].push_back(error);
    byModel[row.text("model").str()].push_back(error);
    all["all"].push_back(error);
  }
  printGroup("system", byGpu);
  printGroup("model", byModel);
  printGroup("", all);
  for (auto &[reason, count] : without) {
    outs() << formatv("{0} rows are not predicted: {1}\n", count, reason);
  }
  return Error::success();
}

const Command acc::systems::servingCommand = {subcommand, run};
