//===- RowModels.cpp - Rows of models' operators and of serving loops ----===//

#include "compiler-driver/Baselines/RowMapper.h"

#include "llvm/ADT/StringExtras.h"

using namespace llvm;

namespace acc::systems {

/// The number after a word of a text, such as 8 of "batch 8".
static std::optional<double> numberAfter(StringRef text, StringRef word) {
  size_t at = text.find_insensitive(word);
  if (at == StringRef::npos) {
    return std::nullopt;
  }
  StringRef rest = text.drop_front(at + word.size()).ltrim(" =:_");
  StringRef digits = rest.take_while(isDigit);
  double value;
  return digits.empty() || digits.getAsDouble(value)
             ? std::nullopt
             : std::optional<double>(value);
}

std::optional<double>
RowMapper::firstOf(std::initializer_list<StringRef> keys) {
  for (StringRef key : keys) {
    if (std::optional<double> value = row.number(key); value && *value > 0) {
      return value;
    }
  }
  return std::nullopt;
}

Error RowMapper::modelOp() {
  const ModelShape *model = findModel(models, row.text("model"));
  if (!model) {
    return fail(
        "model '", row.text("model"),
        "' is not in targets/systems/models.json; expects one of these, or "
        "the path of a config.json");
  }
  double tokens;
  if (Error error = need("tokens", tokens)) {
    return error;
  }
  double tp = std::max(1.0, row.numberOr("tp", 1));
  double q = model->queryHeads * model->headDim / tp;
  double kv = std::max(1.0, model->kvHeads / tp) * model->headDim;
  double inner = model->intermediate / tp;
  double widths = model->gated ? 2 : 1;
  double element = bytesPerElement(format(Format::Fp16));
  std::string lower = row.text("op").lower();
  StringRef op(lower);
  if (op == "attn_pre_proj") {
    setGemm(tokens, q + 2 * kv, model->hidden, 1, format(Format::Fp16));
  } else if (op == "attn_post_proj") {
    setGemm(tokens, model->hidden, q, 1, format(Format::Fp16));
  } else if (op == "mlp_up_proj") {
    setGemm(tokens, widths * inner, model->hidden, 1, format(Format::Fp16));
  } else if (op == "mlp_down_proj") {
    setGemm(tokens, model->hidden, inner, 1, format(Format::Fp16));
  } else if (op == "lm_head" || op == "lm_head_linear") {
    setGemm(tokens, model->vocabulary / tp, model->hidden, 1,
            format(Format::Fp16));
  } else if (op == "mlp_act") {
    setVector(VectorKind::Activation, widths * tokens * inner, tokens * inner,
              element, 6, tokens);
  } else if (op.contains("norm")) {
    setVector(VectorKind::ResidualNorm, 2 * tokens * model->hidden,
              2 * tokens * model->hidden, element, 4, tokens);
  } else if (op == "attn_rope") {
    setVector(VectorKind::Activation, tokens * (q + kv), tokens * (q + kv),
              element, 6, tokens);
  } else if (op == "add") {
    setVector(VectorKind::Elementwise, 2 * tokens * model->hidden,
              tokens * model->hidden, element, 1);
  } else if (op == "emb" || op == "embedding") {
    setVector(VectorKind::Gather, tokens * model->hidden,
              tokens * model->hidden, element, 0);
  } else {
    return fail("operator '", op, "' is not modelled");
  }
  return Error::success();
}

Error RowMapper::layerOp() {
  StringRef text = row.text("model"), phase = row.text("phase");
  double hidden = numberAfter(text, "d_model").value_or(0);
  // "96 heads": the number before the word.
  StringRef before = text.substr(0, text.find(" heads"));
  double heads = 0;
  if (before.substr(before.rfind(' ') + 1).getAsDouble(heads) || hidden <= 0 ||
      heads <= 0) {
    return fail("workload's 'model' must say d_model and heads");
  }
  double tp = numberAfter(text, "TP").value_or(row.gpus);
  double batch = numberAfter(phase, "batch").value_or(1);
  double context = numberAfter(phase, "seq")
                       .value_or(numberAfter(phase, "context").value_or(2048));
  bool prompt = phase.contains_insensitive("prefill");
  double queries = prompt ? context : 1;
  double tokens = batch * queries;
  double dim = hidden / heads;
  double local = heads / tp;
  std::string lower = row.text("op").lower();
  StringRef op(lower);
  Format operands = format(Format::Fp16);
  double element = bytesPerElement(operands);
  if (op == "qkv_proj") {
    setGemm(tokens, 3 * hidden / tp, hidden, 1, operands);
  } else if (op == "q_mul_k") {
    setGemm(queries, context, dim, batch * local, operands);
  } else if (op == "a_mul_v") {
    setGemm(queries, dim, context, batch * local, operands);
  } else if (op.starts_with("h_matmul0")) {
    setGemm(tokens, hidden, hidden / tp, 1, operands);
  } else if (op.starts_with("h1_matmul1")) {
    setGemm(tokens, 4 * hidden / tp, hidden, 1, operands);
  } else if (op.starts_with("h2_matmul2")) {
    setGemm(tokens, hidden, 4 * hidden / tp, 1, operands);
  } else if (op == "softmax") {
    double count = batch * local * queries * context;
    setVector(VectorKind::Softmax, count, count, element, 5, count / context);
  } else if (op.contains("norm")) {
    setVector(VectorKind::Norm, tokens * hidden, tokens * hidden, element, 7,
              tokens);
  } else if (op.contains("gelu")) {
    double count = tokens * 4 * hidden / tp;
    setVector(VectorKind::Elementwise, count, count, element, 10);
  } else if (op.contains("allreduce") || op.contains("all_reduce")) {
    Collective work;
    work.bytes = Bytes(tokens * hidden * element);
    work.ranks = std::max(2.0, tp);
    set(work, ErrorClass::Collective);
    return Error::success();
  } else {
    return fail("operator '", op, "' is not modelled");
  }
  mapped.harness = op.contains("norm") || op.contains("gelu")
                       ? Harness::HostComposite
                       : Harness::HostCall;
  return Error::success();
}

Error RowMapper::servingLoop() {
  Serving serving;
  const ModelShape *model = findModel(models, row.text("model"));
  if (!model) {
    return fail(
        "model '", row.text("model"),
        "' is not in targets/systems/models.json; expects one of these, or "
        "the path of a config.json");
  }
  serving.model = *model;
  // 0: as many as the memory holds.
  serving.batch = firstOf({"avg_batch", "concurrency", "batch", "batch_size",
                           "max_num_seqs"})
                      .value_or(0);
  std::string task = row.text("task").lower();
  // Tokens of a prompt with its template and of an answer, where the row
  // does not say: estimates.
  bool reasoning = StringRef(task).contains("gpqa");
  serving.promptLength =
      firstOf({"avg_input_len", "input_len", "isl", "prompt_len"})
          .value_or(reasoning ? 300 : 250);
  serving.outputLength = firstOf({"avg_output_len", "output_len", "osl"})
                             .value_or(reasoning ? 6000 : 600);
  serving.devices = row.gpus;
  serving.tensorParallel = firstOf({"tp"}).value_or(row.gpus);
  serving.expertParallel = firstOf({"ep"}).value_or(1);
  serving.dataParallel = firstOf({"dp"}).value_or(1);
  serving.weights = format();
  if (serving.weights == Format::Mxfp4) {
    serving.weights = Format::Bf16; // the experts' format is the model's own
  }
  // Chat runs of the same models are faster by a constant 0.3 to 0.5 ms per
  // layer on B200: as without graphs. An inference from the rows themselves.
  serving.eager = reasoning && StringRef(row.gpu).starts_with("B200") &&
                  !model->expertFormat;
  mapped.work = std::move(serving);
  mapped.errorClass = ErrorClass::Energy;
  return servingMetric();
}

Error RowMapper::servingMetric() {
  std::string unit = StringRef(row.unit).lower();
  StringRef text(unit);
  double devices = text.contains("/gpu") ? row.gpus : 1;
  text = text.split("/gpu").first;
  std::string metric = StringRef(row.metric).lower();
  bool first = StringRef(metric).contains("ttft") ||
               StringRef(metric).contains("first token");
  if (text == "j/token" || text == "j/tok") {
    mapped.servingMetric = {ServingMetric::EnergyPerToken, 1 / devices};
  } else if (text == "token/s" || text == "tokens/s" || text == "tok/s") {
    mapped.servingMetric = {ServingMetric::TokensPerSecond, 1 / devices};
  } else if (text == "w" || text == "kw") {
    mapped.servingMetric = {ServingMetric::Power,
                            (text == "w" ? 1 : 1e-3) / devices};
  } else if ((text == "ms" || text == "s" || text == "us") && !first) {
    mapped.servingMetric = {ServingMetric::SecondsPerStep, text == "ms"  ? 1e3
                                                           : text == "s" ? 1
                                                                         : 1e6};
  } else {
    return fail("metric '", row.metric, "' in '", row.unit,
                "' of a serving loop is not modelled");
  }
  return Error::success();
}

} // namespace acc::systems
