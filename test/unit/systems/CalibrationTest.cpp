//===- CalibrationTest.cpp - Rows, and the kernels that they are ----------===//

#include "compiler-driver/Baselines/Calibration.h"
#include "compiler-driver/Baselines/KernelModel.h"

#include <gtest/gtest.h>

#include <set>

using namespace acc::systems;

namespace {

std::string messageOf(llvm::StringRef text) {
  auto rows = parseMeasurements(text, "rows.json");
  return rows ? "" : llvm::toString(rows.takeError());
}

TEST(Measurement, RefusesWhatIsNoMeasurement) {
  EXPECT_NE(messageOf("{").find("rows.json: error: not JSON"),
            std::string::npos);
  EXPECT_EQ(messageOf("{}"),
            "rows.json: error: no 'entries'; expects a list of measurements");
  EXPECT_EQ(messageOf("3"), "rows.json: error: expects an object with "
                            "'entries', or a list");
  EXPECT_EQ(messageOf("[1]"), "rows.json: error: entry 0 is not an object");
  EXPECT_EQ(messageOf(R"([{"id": "a", "family": "gemm"}])"),
            "rows.json: error: entry 'a' has no 'gpu'; expects a text");
  EXPECT_EQ(messageOf(R"([{"family": "gemm", "gpu": "g", "metric": "latency",
                           "unit": "ms"}])"),
            "rows.json: error: entry 'entry-0' has no 'workload'; expects an "
            "object");
  const char *const row = R"([{"family": "gemm", "gpu": "g", "unit": "ms",
      "metric": "latency", "workload": {}, %s}])";
  auto with = [&](const char *field) {
    std::string text = row;
    return messageOf(text.replace(text.find("%s"), 2, field));
  };
  EXPECT_NE(with(R"("value": -1)").find("'value' must be a positive number"),
            std::string::npos);
  EXPECT_NE(with(R"("value": "x")").find("'value' must be a positive number"),
            std::string::npos);
  EXPECT_NE(with(R"("gpus": 0)").find("'gpus' must be a number from 1 to 1e6"),
            std::string::npos);
  EXPECT_EQ(with(R"("value": null)"), "");
}

/// One row from its fields.
Measurement makeRow(llvm::StringRef fields) {
  std::string text = ("[{\"gpu\": \"H100-SXM-80GB\", " + fields + "}]").str();
  return llvm::cantFail(parseMeasurements(text, "row")).front();
}

const std::vector<ModelShape> &models() {
  static const auto shapes = llvm::cantFail(loadModelShapes());
  return shapes;
}

template <typename Work> Work workOf(const MappedRow &mapped) {
  return std::get<Work>(std::get<Kernel>(mapped.work).work);
}

TEST(RowMapping, GemmLatencyIncludesQuantisation) {
  MappedRow mapped =
      llvm::cantFail(mapRow(makeRow(R"("family": "gemm", "precision": "fp8",
          "workload": {"m": 128, "n": 4096, "k": 2048},
          "metric": "latency", "unit": "us")"),
                            models()));
  Gemm gemm = workOf<Gemm>(mapped);
  EXPECT_EQ(gemm.m, 128);
  EXPECT_EQ(gemm.n, 4096);
  EXPECT_EQ(gemm.k, 2048);
  EXPECT_EQ(gemm.a, Format::Fp8);
  EXPECT_TRUE(gemm.quantiseA);
  EXPECT_DOUBLE_EQ(mapped.metric.ofTime(Seconds(3e-6)), 3);
}

TEST(RowMapping, GemmRateIsOfTheProductAlone) {
  MappedRow mapped = llvm::cantFail(mapRow(makeRow(R"x("family": "gemm",
          "precision": "fp8 (1x128/128x128 scaled)",
          "workload": {"m": 1000, "n": 1000, "k": 1000},
          "metric": "tflops", "unit": "TFLOP/s")x"),
                                           models()));
  EXPECT_EQ(workOf<Gemm>(mapped).a, Format::Fp8Block);
  EXPECT_FALSE(workOf<Gemm>(mapped).quantiseA);
  // 2e9 operations in a millisecond.
  EXPECT_DOUBLE_EQ(mapped.metric.ofTime(Seconds(1e-3)), 2);
}

TEST(RowMapping, DecodeFormatsOfQueriesAndCache) {
  MappedRow mapped = llvm::cantFail(mapRow(
      makeRow(R"("family": "attention_decode", "precision": "q bf16 / kv fp8",
          "workload": {"batch": 2, "kv_len": 100, "heads": 64, "kv_heads": 8,
                       "head_dim": 128}, "metric": "latency", "unit": "ms")"),
      models()));
  Attention attention = workOf<Attention>(mapped);
  EXPECT_EQ(attention.q, Format::Bf16);
  EXPECT_EQ(attention.kv, Format::Fp8);
  EXPECT_EQ(attention.queryLength, 1);
  EXPECT_EQ(attention.contextLength, 100);
}

TEST(RowMapping, FlashAttentionRowsKeepTokensAndWidth) {
  MappedRow mapped = llvm::cantFail(
      mapRow(makeRow(R"("family": "attention_prefill", "precision": "fp16",
          "workload": {"seq": 1024, "total_tokens": 16384, "hidden": 2048,
                       "head_dim": 64, "causal": false, "impl": "FA2"},
          "metric": "tflops", "unit": "TFLOP/s")"),
             models()));
  Attention attention = workOf<Attention>(mapped);
  EXPECT_EQ(attention.batch, 16);
  EXPECT_EQ(attention.queryHeads, 32);
  EXPECT_FALSE(attention.causal);
  EXPECT_EQ(attention.library, Library::FlashAttention2);
  // 4·batch·heads·seq²·dim operations.
  EXPECT_DOUBLE_EQ(mapped.metric.ofTime(Seconds(1)),
                   4.0 * 16 * 32 * 1024 * 1024 * 64 * 1e-12);
}

TEST(RowMapping, BusBandwidthCountsWhatARingSends) {
  MappedRow mapped =
      llvm::cantFail(mapRow(makeRow(R"("family": "collective", "gpus": 8,
          "workload": {"op": "all_reduce", "bytes": 8e9}, "metric": "busbw",
          "unit": "GB/s")"),
                            models()));
  EXPECT_EQ(workOf<Collective>(mapped).ranks, 8);
  EXPECT_DOUBLE_EQ(mapped.metric.ofTime(Seconds(1)), 14);
}

TEST(RowMapping, NormsKnowTheirRows) {
  Vector vector = workOf<Vector>(llvm::cantFail(
      mapRow(makeRow(R"("family": "vector_op", "precision": "fp16",
          "workload": {"op": "layernorm", "shape": [100, 2048]},
          "metric": "throughput", "unit": "Gelement/s")"),
             models())));
  EXPECT_EQ(vector.kind, VectorKind::Norm);
  EXPECT_EQ(vector.rows, 100);
  EXPECT_EQ(vector.read.value(), 2.0 * 100 * 2048);
}

TEST(RowMapping, ModelOperatorsTakeTheShapeOfTheModel) {
  auto map = [](const char *op) {
    std::string fields = std::string(R"("family": "model_op", "precision":
        "fp16", "metric": "latency", "unit": "ms", "workload": {"model":
        "Llama-2-70b-hf", "tokens": 32, "tp": 4, "op": ")") +
                         op + "\"}";
    return mapRow(makeRow(fields), models());
  };
  Gemm qkv = workOf<Gemm>(llvm::cantFail(map("attn_pre_proj")));
  EXPECT_EQ(qkv.n, (64 + 2 * 8) * 128 / 4);
  EXPECT_EQ(qkv.k, 8192);
  Gemm down = workOf<Gemm>(llvm::cantFail(map("mlp_down_proj")));
  EXPECT_EQ(down.n, 8192);
  EXPECT_EQ(down.k, 28672 / 4);
  Vector norm = workOf<Vector>(llvm::cantFail(map("input_layernorm")));
  EXPECT_EQ((norm.read + norm.written).value(), 4.0 * 32 * 8192 * 2);
  EXPECT_EQ(llvm::toString(map("warp").takeError()),
            "operator 'warp' is not modelled");
}

TEST(RowMapping, ServingLoopsInSeveralMetrics) {
  auto map = [](const char *metric, const char *unit) {
    std::string fields =
        std::string(R"("family": "serving", "gpus": 4, "precision": "fp8",
        "workload": {"model": "llama-3.1-70b", "concurrency": 64, "isl": 1000,
                     "osl": 200}, "metric": ")") +
        metric + R"(", "unit": ")" + unit + "\"";
    return mapRow(makeRow(fields), models());
  };
  MappedRow rate = llvm::cantFail(map("throughput", "tokens/s/GPU"));
  Serving serving = std::get<Serving>(rate.work);
  EXPECT_EQ(serving.batch, 64);
  EXPECT_EQ(serving.promptLength, 1000);
  EXPECT_EQ(serving.outputLength, 200);
  EXPECT_EQ(serving.devices, 4);
  EXPECT_EQ(serving.weights, Format::Fp8);
  EXPECT_EQ(rate.servingMetric.kind, ServingMetric::TokensPerSecond);
  EXPECT_DOUBLE_EQ(rate.servingMetric.scale, 0.25);
  // Four numbers about the same loop.
  FitRow row;
  row.device = makeDevice(llvm::cantFail(loadSystem("h200")));
  auto value = [&](const char *metric, const char *unit) {
    row.mapped = llvm::cantFail(map(metric, unit));
    return predictRow(row, Parameters());
  };
  double perSecond = value("throughput", "tok/s");
  EXPECT_NEAR(value("power", "kW") * 1000,
              value("energy", "J/token") * perSecond, 1e-6);
  EXPECT_NEAR(value("median ITL", "ms"), 64 / perSecond * 1000, 1e-6);
  EXPECT_EQ(llvm::toString(map("TTFT", "ms").takeError()),
            "metric 'TTFT' in 'ms' of a serving loop is not modelled");
}

TEST(Serving, TheLargestBatchFillsTheMemory) {
  Serving serving;
  serving.model = *findModel(models(), "llama-3.1-8b");
  serving.promptLength = 1000;
  serving.outputLength = 1000;
  Device device = makeDevice(llvm::cantFail(loadSystem("h100")));
  // 128 KiB of cache per token.
  double bytes = 0.9 * 80e9 - 8.03e9 * 2;
  EXPECT_NEAR(largestBatch(serving, device), bytes / (2000 * 131072.0), 1);
}

TEST(RowMapping, NamesWhatIsMissingOrUnknown) {
  auto message = [](const char *fields) {
    auto mapped = mapRow(makeRow(fields), models());
    return mapped ? "" : llvm::toString(mapped.takeError());
  };
  EXPECT_EQ(message(R"("family": "gemm", "workload": {"m": 1, "n": 2},
                       "metric": "latency", "unit": "ms")"),
            "workload has no 'k'");
  EXPECT_EQ(message(R"("family": "gemm", "workload": {"m": 1, "n": 2, "k": -3},
                       "metric": "latency", "unit": "ms")"),
            "workload's 'k' must be positive");
  EXPECT_EQ(message(R"("family": "gemm", "workload": {"m": 1, "n": 2, "k": 3},
                       "metric": "latency", "unit": "parsec")"),
            "unit 'parsec' is not known");
  EXPECT_EQ(message(R"("family": "haiku", "workload": {}, "metric": "m",
                       "unit": "ms")"),
            "family 'haiku' is not modelled");
  EXPECT_EQ(message(R"("family": "energy_serving", "metric": "m",
                       "unit": "J/token", "workload": {"model": "x/Y"})"),
            "model 'x/Y' is not in targets/systems/models.json; expects one of "
            "these, or the path of a config.json");
}

TEST(ModelShape, FoundByAnyOfItsNames) {
  ASSERT_TRUE(findModel(models(), "meta-llama/Llama-3.1-8B-Instruct"));
  EXPECT_EQ(findModel(models(), "Llama-2-70b-hf")->name, "llama-2-70b");
  EXPECT_EQ(findModel(models(), "Qwen/Qwen3-32B-FP8")->name, "qwen3-32b");
  EXPECT_EQ(findModel(models(), "unheard-of"), nullptr);
}

/// Totals as their publishers give them.
TEST(ModelShape, ParametersAgreeWithPublishedTotals) {
  struct {
    const char *name;
    double total, active;
  } published[] = {
      {"llama-3.1-8b", 8.03e9, 8.03e9},     {"llama-3.1-70b", 70.6e9, 70.6e9},
      {"qwen3-30b-a3b", 30.5e9, 3.3e9},     {"qwen3-235b-a22b", 235e9, 22e9},
      {"gpt-oss-20b", 20.9e9, 3.6e9},       {"gpt-oss-120b", 116.8e9, 5.1e9},
      {"deepseek-v3", 671e9, 37e9},         {"mixtral-8x7b", 46.7e9, 12.9e9},
      {"nemotron-nano-9b-v2", 8.9e9, 8.9e9}};
  for (auto &[name, total, active] : published) {
    const ModelShape *model = findModel(models(), name);
    ASSERT_TRUE(model) << name;
    EXPECT_NEAR(model->parameters() / total, 1, 0.03) << name;
    // Publishers count the embedding or not.
    EXPECT_NEAR(model->activeParameters() / active, 1, 0.18) << name;
  }
}

TEST(Calibration, SystemsByNamesOfMeasurements) {
  auto systems = llvm::cantFail(loadSystems());
  auto find = [&](llvm::StringRef gpu) {
    const System *system = findMeasuredSystem(systems, gpu);
    return system ? system->name() : "";
  };
  EXPECT_EQ(find("H100-SXM-80GB"), "h100");
  EXPECT_EQ(find("h200"), "h200");
  EXPECT_EQ(find("GB200"), "gb200-nvl72");
  EXPECT_EQ(find("GB300"), "gb300-nvl72");
  // Nearby devices.
  EXPECT_EQ(find("NVIDIA H100 NVL"), "h100");
  EXPECT_EQ(find("A100-PCIe"), "a100-pcie");
  EXPECT_EQ(find("AMD MI300X OAM"), "mi300x");
  EXPECT_EQ(find("RTX 4090"), "");
  EXPECT_EQ(find("H1000"), "");
}

TEST(Calibration, EveryShippedRowIsMapped) {
  auto sets = llvm::cantFail(ParameterSets::load());
  auto rows = llvm::cantFail(loadAllMeasurements());
  EXPECT_EQ(rows.size(), 1313u);
  std::set<std::string> ids;
  for (const Measurement &row : rows) {
    EXPECT_TRUE(ids.insert(row.id).second) << row.id;
    EXPECT_FALSE(row.source.empty()) << row.id;
  }
  auto calibration = llvm::cantFail(Calibration::create(std::move(rows), sets));
  for (const UnmappedRow &row : calibration.unmapped()) {
    ADD_FAILURE() << row.row->id << ": " << row.reason;
  }
}

} // namespace
