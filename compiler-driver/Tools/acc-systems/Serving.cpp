//===- Serving.cpp - acc-systems serving ----------------------------------===//
//
// Measured throughput of serving beside the loop that scenarios use, for rows
// on which nothing was fitted. A row of an offline benchmark is the most over
// numbers of requests, and so is ours.
//
//===----------------------------------------------------------------------===//

#include "compiler-driver/Baselines/Calibration.h"
#include "compiler-driver/Scenario/Serve.h"
#include "compiler-driver/Scenario/SystemPricer.h"
#include "compiler-driver/Tools/acc-systems/Commands.h"
#include "compiler-driver/Tools/acc-systems/ServingTables.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

#include <tuple>

using namespace llvm;
using namespace acc;
using namespace acc::systems;

static cl::SubCommand
    subcommand("serving",
               "Measured rows of serving beside the scenarios' loop");
static cl::opt<std::string> input(cl::Positional, cl::Required,
                                  cl::desc("ROWS.json"), cl::sub(subcommand),
                                  cl::cat(optionCategory()));

static cl::opt<bool> listsRows("rows", cl::desc("Print every row"),
                               cl::sub(subcommand), cl::cat(optionCategory()));

// Defaults of trtllm-bench, with which the rows were measured.
/// Requests at a time.
static constexpr int64_t kMostRequests = 2048;
/// Tokens in a step.
static constexpr int64_t kMostTokens = 8192;

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

/// The formats of a row's weights and of its keys and values; nothing if its
/// precision is none.
static std::optional<std::pair<Format, Format>>
formatsOf(const Measurement &row, const ModelShape &model) {
  // Checkpoints that fix the format of experts (gpt-oss) have all else in bf16.
  if (model.expertFormat) {
    return {{Format::Bf16, Format::Bf16}};
  }
  std::optional<Format> weights = parseFormat(row.precision);
  if (row.precision == "fp4") {
    weights = Format::Nvfp4;
  }
  if (!weights) {
    return std::nullopt;
  }
  // NVIDIA's checkpoints in fp8 and nvfp4 have "kv_cache_quant_algo": "FP8" in
  // their hf_quant_config.json, which TensorRT-LLM follows (its documentation,
  // features/quantization).
  bool isNarrow = bytesPerElement(*weights) < bytesPerElement(Format::Bf16);
  return {{*weights, isNarrow ? Format::Fp8 : Format::Bf16}};
}

/// Output tokens a second of one device; a reason where there is none.
static Expected<double> predict(const Measurement &row, const Data &data) {
  auto fail = [](const Twine &reason) {
    return createStringError(inconvertibleErrorCode(), reason);
  };
  if (!StringRef(row.unit).starts_with("output tokens/s") &&
      row.unit != "tokens/s") {
    return fail("no rate of output tokens");
  }
  const System *system = findMeasuredSystem(data.systems, row.gpu);
  const ModelShape *model = findModel(data.models, row.text("model"));
  if (!system || !model) {
    return fail(!system ? "no such system" : "no such model");
  }
  auto formats = formatsOf(row, *model);
  if (!formats) {
    return fail("no such format");
  }
  scenario::Scenario scenario;
  scenario.input = int64_t(row.numberOr("isl", 0));
  scenario.output = int64_t(row.numberOr("osl", 0));
  scenario.chunk = kMostTokens;
  if (scenario.input < 1 || scenario.output < 1) {
    return fail("no lengths");
  }
  scenario::Layout layout;
  layout.tensor = std::max<int64_t>(
      {1, waysOf(row.text("parallel"), "TP"), int64_t(row.gpus)});
  layout.expert = std::max<int64_t>(1, waysOf(row.text("parallel"), "EP"));
  std::tie(layout.weights, layout.cache) = *formats;
  scenario::SystemPricer pricer(data.kernels, *system, *model, layout);
  // A request gets the memory of its whole length when it begins
  // (GUARANTEED_NO_EVICT, TensorRT-LLM's default).
  int64_t most = std::min(
      kMostRequests, pricer.mostSequences(scenario.input + scenario.output));
  double best = 0;
  int64_t fixed = int64_t(row.numberOr("batch", 0));
  if (fixed > most) {
    return fail("does not fit");
  }
  // As many as the row says, else powers of two, and as many as fit.
  most = fixed > 0 ? fixed : most;
  for (int64_t requests = fixed > 0 ? fixed : 1; requests < 2 * most;
       requests *= 2) {
    Expected<scenario::Served> served =
        scenario::serve(scenario, std::min(requests, most), pricer);
    if (!served) {
      return served.takeError();
    }
    best = std::max(best, served->outputRatePerChip());
  }
  return best > 0 ? Expected<double>(best) : fail("does not fit");
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
  std::vector<ServedRow> served;
  std::map<std::string, unsigned> without;
  for (const Measurement &row : *rows) {
    Expected<double> rate = predict(row, data);
    if (!rate || !row.value || *row.value <= 0) {
      ++without[rate ? "no value" : toString(rate.takeError())];
      continue;
    }
    bool isPerDevice = StringRef(row.unit).ends_with("/GPU");
    double measured = *row.value / (isPerDevice ? 1 : std::max(1.0, row.gpus));
    served.push_back({row.gpu, row.text("model").str(), row.precision,
                      int64_t(row.numberOr("isl", 0)),
                      int64_t(row.numberOr("osl", 0)),
                      int64_t(row.numberOr("batch", 0)),
                      row.text("scenario").str(), row.source, measured, *rate});
  }
  if (listsRows) {
    printRows(served);
  }
  printErrors(served);
  printWinners(served);
  for (auto &[reason, count] : without) {
    outs() << formatv("{0} rows are not predicted: {1}\n", count, reason);
  }
  return Error::success();
}

const Command acc::systems::servingCommand = {subcommand, run};
