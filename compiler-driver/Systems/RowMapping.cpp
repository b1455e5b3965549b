//===- RowMapping.cpp - From measured rows to kernels and back ------------===//

#include "compiler-driver/Systems/RowMapping.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/ADT/Twine.h"

#include <cmath>

using namespace llvm;

namespace acc::systems {

StringRef errorClassName(ErrorClass errorClass) {
  switch (errorClass) {
  case ErrorClass::Gemm:
    return "gemm";
  case ErrorClass::Moe:
    return "moe";
  case ErrorClass::Prefill:
    return "attention_prefill";
  case ErrorClass::Decode:
    return "attention_decode";
  case ErrorClass::Memory:
    return "memory";
  case ErrorClass::Collective:
    return "collective";
  case ErrorClass::Energy:
    return "energy";
  }
  return "";
}

namespace {

/// Shorter than a sentence: the caller says which row.
template <typename... Parts> Error fail(const Parts &...parts) {
  std::string message;
  (message.append(StringRef(parts).str()), ...);
  return createStringError(inconvertibleErrorCode(), message);
}

class Mapper {
public:
  Mapper(const Measurement &row, ArrayRef<ModelShape> models)
      : row(row), models(models) {}

  Expected<MappedRow> map() {
    using Method = Error (Mapper::*)();
    Method method = StringSwitch<Method>(row.family)
                        .Case("gemm", &Mapper::gemm)
                        .Case("grouped_gemm", &Mapper::groupedGemm)
                        .Case("moe_expert_gemm", &Mapper::moe)
                        .Case("attention_prefill", &Mapper::prefill)
                        .Case("attention_decode", &Mapper::decode)
                        .Case("collective", &Mapper::collective)
                        .Case("memory_bandwidth", &Mapper::memoryBandwidth)
                        .Case("vector_op", &Mapper::vectorOp)
                        .Case("model_op", &Mapper::modelOp)
                        .Case("transformer_layer_op", &Mapper::layerOp)
                        .Case("energy_serving", &Mapper::servingLoop)
                        .Default(nullptr);
    for (StringRef word : {"serving", "inference", "mlperf"}) {
      if (!method && StringRef(row.family).contains_insensitive(word)) {
        method = &Mapper::servingLoop;
      }
    }
    if (!method) {
      return fail("family '", row.family, "' is not modelled");
    }
    if (Error error = (this->*method)()) {
      return std::move(error);
    }
    if (Error error = metric()) {
      return std::move(error);
    }
    return std::move(mapped);
  }

private:
  const Measurement &row;
  ArrayRef<ModelShape> models;
  MappedRow mapped;
  /// What the row's rates count, if they count anything.
  double operations = 0, bytes = 0, elements = 0;

  //===--------------------------------------------------------------------===//
  // Pieces
  //===--------------------------------------------------------------------===//

  Error need(StringRef key, double &to) {
    std::optional<double> value = row.number(key);
    if (!value) {
      return fail("workload has no '", key, "'");
    }
    if (!(*value > 0) || *value > 1e15) {
      return fail("workload's '", key, "' must be positive");
    }
    to = *value;
    return Error::success();
  }

  Error need(std::initializer_list<std::pair<StringRef, double *>> wanted) {
    for (auto [key, to] : wanted) {
      if (Error error = need(key, *to)) {
        return error;
      }
    }
    return Error::success();
  }

  Format format(Format other = Format::Bf16) {
    return parseFormat(row.precision).value_or(other);
  }

  void set(decltype(Kernel::work) work, ErrorClass errorClass) {
    Kernel kernel;
    kernel.name = row.id;
    kernel.work = std::move(work);
    mapped.work = std::move(kernel);
    mapped.errorClass = errorClass;
  }

  /// LLMCompass' harness waits for every call.
  bool singleCalls() {
    return StringRef(row.source).contains_insensitive("LLMCompass");
  }

  void setGemm(double m, double n, double k, double batch, Format operands) {
    Gemm work;
    work.m = m;
    work.n = n;
    work.k = k;
    work.batch = batch;
    work.a = work.b = operands;
    work.out = bytesPerElement(operands) > 2 ? operands : Format::Bf16;
    // Latencies of 8 and 4 bits are of a framework's operator, rates of the
    // multiplication alone.
    work.quantiseA = needsQuantisation(operands) &&
                     StringRef(row.metric).contains_insensitive("latency");
    operations = 2 * batch * m * n * k;
    bytes = batch * ((m * k + n * k) * bytesPerElement(operands) +
                     m * n * bytesPerElement(work.out));
    set(work, ErrorClass::Gemm);
    if (singleCalls()) {
      mapped.harness = Harness::HostCall;
    }
  }

  void setVector(VectorKind kind, double read, double written,
                 double perElement, double operationsPerElement,
                 double rows = 0) {
    Vector work;
    work.rows = rows;
    work.kind = kind;
    work.read = Bytes(read * perElement);
    work.written = Bytes(written * perElement);
    work.operations = Operations(written * operationsPerElement);
    elements = written;
    bytes = (read + written) * perElement;
    operations = work.operations.value();
    set(work, ErrorClass::Memory);
  }

  //===--------------------------------------------------------------------===//
  // Families
  //===--------------------------------------------------------------------===//

  Error gemm() {
    double m, n, k;
    if (Error error = need({{"m", &m}, {"n", &n}, {"k", &k}})) {
      return error;
    }
    setGemm(m, n, k, row.numberOr("batch", 1), format());
    return Error::success();
  }

  Error groupedGemm() {
    GroupedGemm work;
    if (Error error = need({{"groups", &work.groups},
                            {"m_per_group", &work.rowsPerGroup},
                            {"n", &work.n},
                            {"k", &work.k}})) {
      return error;
    }
    work.a = work.b = format(Format::Fp8Block);
    operations = 2 * work.groups * work.rowsPerGroup * work.n * work.k;
    set(work, ErrorClass::Moe);
    return Error::success();
  }

  Error moe() {
    MoeExperts work;
    if (Error error = need({{"tokens", &work.tokens},
                            {"hidden", &work.hidden},
                            {"inter", &work.intermediate},
                            {"topk", &work.topK},
                            {"experts", &work.experts}})) {
      return error;
    }
    work.tensorParallel = std::max(1.0, row.numberOr("tp", 1));
    work.expertParallel = std::max(1.0, row.numberOr("ep", 1));
    work.activations = work.weights = format();
    if (StringRef(row.precision).contains_insensitive("w4a16") ||
        work.weights == Format::Mxfp4) {
      work.activations = Format::Bf16;
    }
    StringRef routing = row.text("routing");
    work.routing = routing.empty() || routing == "balanced" ? Routing::Balanced
                   : routing.contains_insensitive("power")  ? Routing::Skewed
                                                            : Routing::Uniform;
    operations = 6 * work.tokens * work.topK * work.hidden * work.intermediate /
                 work.tensorParallel / work.expertParallel;
    set(work, ErrorClass::Moe);
    return Error::success();
  }

  Library library() {
    std::string name = row.text("impl").lower();
    StringRef impl(name);
    if (impl.empty()) {
      return Library::Framework;
    }
    if (impl.contains("cudnn")) {
      return Library::CuDnn;
    }
    if (impl.contains("fa2") || impl.contains("attention 2") ||
        impl.contains("attention2") || impl.contains("triton")) {
      return Library::FlashAttention2;
    }
    if (impl.contains("standard") || impl.contains("unfused") ||
        impl.contains("pytorch")) {
      return Library::Unfused;
    }
    return Library::FlashAttention3;
  }

  Error prefill() {
    Attention work;
    StringRef text = row.text("desc");
    std::string description = text.lower();
    if (!text.empty() && !row.number("seq")) {
      return describedAttention(description, 8192);
    }
    if (Error error = need("seq", work.queryLength)) {
      return error;
    }
    double dim = row.numberOr("head_dim", 128);
    work.keyDim = work.valueDim = dim;
    double seq = work.queryLength;
    // FlashAttention's benchmark keeps the tokens and the width.
    work.batch = std::max(1.0, row.number("batch").value_or(std::floor(
                                   row.numberOr("total_tokens", 16384) / seq)));
    work.queryHeads = row.number("heads").value_or(
        std::max(1.0, std::floor(row.numberOr("hidden", 2048) / dim)));
    work.kvHeads = row.numberOr("kv_heads", work.queryHeads);
    work.contextLength = std::max(seq, row.numberOr("kv_len", seq));
    // Frameworks' rows are causal; figures of kernels that do not say are not.
    std::optional<bool> causal = row.workload.getBoolean("causal");
    work.causal = causal.value_or(row.text("impl").empty());
    work.window = row.numberOr("window", 0);
    work.library = library();
    setAttention(work, ErrorClass::Prefill);
    return Error::success();
  }

  Error decode() {
    Attention work;
    if (!row.text("desc").empty() && !row.number("kv_len")) {
      return describedAttention(row.text("desc").lower(), 1);
    }
    if (Error error = need("kv_len", work.contextLength)) {
      return error;
    }
    work.batch = row.numberOr("batch", 1);
    work.keyDim = work.valueDim = row.numberOr("head_dim", 128);
    work.queryHeads = row.numberOr("heads", 32);
    work.kvHeads = row.numberOr("kv_heads", work.queryHeads);
    work.window = row.numberOr("window", 0);
    setAttention(work, ErrorClass::Decode);
    return Error::success();
  }

  /// "up to" figures that name an algorithm and no shape: a large one.
  Error describedAttention(const std::string &description, double queries) {
    StringRef text(description);
    Attention work;
    work.queryLength = queries;
    work.batch = queries > 1 ? 4 : 128;
    work.contextLength = 8192;
    work.queryHeads = work.kvHeads = 32;
    if (text.contains("mla") || text.contains("latent")) {
      work.latent = queries == 1;
      work.queryHeads = 128;
      work.kvHeads = work.latent ? 1 : 128;
      work.keyDim = work.latent ? 576 : 192;
      work.valueDim = work.latent ? 512 : 128;
    }
    work.causal = false;
    work.library = Library::FlashAttention3;
    setAttention(work, queries > 1 ? ErrorClass::Prefill : ErrorClass::Decode);
    return Error::success();
  }

  void setAttention(Attention &work, ErrorClass errorClass) {
    // "q bf16 / kv fp8", "bf16 math/fp8 kv", or one format for all.
    work.q = work.kv = format();
    auto [first, second] = StringRef(row.precision).split('/');
    if (!second.empty()) {
      for (StringRef part : {first, second}) {
        bool isCache = part.contains("kv");
        for (StringRef word : split(part, ' ')) {
          if (std::optional<Format> found = parseFormat(word)) {
            (isCache ? work.kv : work.q) = *found;
          }
        }
      }
    }
    double pairs = work.queryLength * work.contextLength;
    if (work.causal && work.queryLength > 1) {
      pairs /= 2;
    }
    operations = 2 * work.batch * work.queryHeads * pairs *
                 (work.keyDim + work.valueDim);
    bytes = work.batch * work.kvHeads * work.contextLength *
            (work.keyDim + work.valueDim) * bytesPerElement(work.kv);
    set(work, errorClass);
  }

  Error collective() {
    Collective work;
    std::string lower = row.text("op").lower();
    StringRef op(lower);
    work.ranks = std::max(2.0, row.gpus);
    if (op.contains("dispatch") || op.contains("combine")) {
      return expertExchange(op, work);
    }
    std::optional<CollectiveKind> kind =
        StringSwitch<std::optional<CollectiveKind>>(op)
            .Cases({"all_reduce", "allreduce"}, CollectiveKind::AllReduce)
            .Cases({"all_gather", "allgather"}, CollectiveKind::AllGather)
            .Cases({"reduce_scatter", "reducescatter"},
                   CollectiveKind::ReduceScatter)
            .Cases({"alltoall", "all_to_all", "all2all"},
                   CollectiveKind::AllToAll)
            .Cases({"sendrecv", "send_recv", "p2p", "send"},
                   CollectiveKind::SendReceive)
            .Default(std::nullopt);
    if (!kind) {
      return fail("collective '", op, "' is not modelled");
    }
    work.kind = *kind;
    double size;
    if (Error error = need("bytes", size)) {
      return error;
    }
    work.bytes = Bytes(size);
    work.withinScaleUp = row.workload.getBoolean("intra_node").value_or(true);
    std::string library = row.text("library").lower();
    if (StringRef(library).contains("custom")) {
      work.library = CollectiveLibrary::OneShot;
    } else if (StringRef(library).contains("in-place")) {
      mapped.harness = Harness::HostCollective;
    }
    bytes = size;
    if (StringRef(row.metric).contains_insensitive("bus")) {
      double n = work.ranks;
      bytes *= *kind == CollectiveKind::AllReduce     ? 2 * (n - 1) / n
               : *kind == CollectiveKind::SendReceive ? 1
                                                      : (n - 1) / n;
    }
    set(work, ErrorClass::Collective);
    return Error::success();
  }

  Error expertExchange(StringRef op, Collective &work) {
    double tokens, hidden, topK;
    if (Error error =
            need({{"tokens", &tokens}, {"hidden", &hidden}, {"topk", &topK}})) {
      return error;
    }
    bool combine = op.contains("combine");
    double element =
        combine || !StringRef(row.precision).contains("fp8") ? 2 : 1;
    work.kind = CollectiveKind::SendReceive;
    work.library = CollectiveLibrary::Expert;
    work.withinScaleUp = !op.contains("rdma") && !op.contains("internode");
    // A token goes once to every expert's rank.
    work.bytes = Bytes(tokens * hidden * element * topK);
    // Figures of the first version count what leaves a server of eight.
    bool remoteOnly = op.contains("internode");
    bytes = work.bytes.value() *
            (remoteOnly ? 1 - std::min(1.0, 8 / work.ranks) : 1);
    set(work, ErrorClass::Collective);
    return Error::success();
  }

  Error memoryBandwidth() {
    std::string lower = row.text("kernel").lower();
    StringRef kernel(lower);
    if (kernel.empty()) {
      return fail("workload has no 'kernel'");
    }
    // Arrays far larger than the cache: BabelStream's default of 2^25 doubles
    // is enough, and the size hardly matters then.
    double array = row.numberOr("bytes", 8.0 * (1 << 28));
    if (kernel.contains("host")) {
      return transfer(array, true);
    }
    if (kernel.contains("device to device")) {
      return transfer(array, false);
    }
    double read = kernel.contains("add") || kernel.contains("triad") ? 2
                  : kernel.contains("dot")                           ? 2
                                                                     : 1;
    double written = kernel.contains("dot") ? 0 : 1;
    Vector work;
    work.kind = VectorKind::Stream;
    work.read = Bytes(array * read);
    work.written = Bytes(array * written);
    bytes = array * (read + written);
    set(work, ErrorClass::Memory);
    return Error::success();
  }

  /// A copy over a link.
  Error transfer(double size, bool host) {
    Collective work;
    work.kind = CollectiveKind::SendReceive;
    work.library = CollectiveLibrary::Copy;
    work.toHost = host;
    work.bytes = Bytes(size);
    // Figures between devices add both directions.
    std::string kernel = row.text("kernel").lower();
    bool both = !host || StringRef(kernel).contains("bidirectional");
    bytes = both ? 2 * size : size;
    set(work, ErrorClass::Memory);
    return Error::success();
  }

  /// Product of the shape's sizes, and the last one.
  Expected<std::pair<double, double>> shape() {
    const json::Array *sizes = row.workload.getArray("shape");
    if (!sizes || sizes->empty()) {
      return fail("workload has no 'shape'");
    }
    double product = 1, last = 1;
    for (const json::Value &size : *sizes) {
      std::optional<double> number = size.getAsNumber();
      if (!number || !(*number >= 1)) {
        return fail("workload's 'shape' must be positive numbers");
      }
      last = *number;
      product *= last;
    }
    return std::make_pair(product, last);
  }

  Error vectorOp() {
    Expected<std::pair<double, double>> sizes = shape();
    if (!sizes) {
      return sizes.takeError();
    }
    double count = sizes->first;
    double element = bytesPerElement(format(Format::Fp16));
    std::string lower = row.text("op").lower();
    StringRef op(lower);
    bool norm = op.contains("norm");
    bool softmax = op.contains("softmax");
    setVector(norm      ? VectorKind::Norm
              : softmax ? VectorKind::Softmax
                        : VectorKind::Elementwise,
              count, count, element, softmax || norm ? 6 : 10,
              softmax || norm ? count / sizes->second : 0);
    if (singleCalls()) {
      mapped.harness = softmax ? Harness::HostCall : Harness::HostComposite;
    }
    return Error::success();
  }

  Error modelOp() {
    const ModelShape *model = findModel(models, row.text("model"));
    if (!model) {
      return fail("model '", row.text("model"),
                  "' is not in targets/systems/models.json");
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

  Error layerOp() {
    StringRef text = row.text("model"), phase = row.text("phase");
    double hidden = numberAfter(text, "d_model").value_or(0);
    // "96 heads": the number before the word.
    StringRef before = text.substr(0, text.find(" heads"));
    double heads = 0;
    if (before.substr(before.rfind(' ') + 1).getAsDouble(heads) ||
        hidden <= 0 || heads <= 0) {
      return fail("workload's 'model' must say d_model and heads");
    }
    double tp = numberAfter(text, "TP").value_or(row.gpus);
    double batch = numberAfter(phase, "batch").value_or(1);
    double context =
        numberAfter(phase, "seq")
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

  /// The first of several keys that the workload has.
  std::optional<double> firstOf(std::initializer_list<StringRef> keys) {
    for (StringRef key : keys) {
      if (std::optional<double> value = row.number(key); value && *value > 0) {
        return value;
      }
    }
    return std::nullopt;
  }

  Error servingLoop() {
    Serving serving;
    const ModelShape *model = findModel(models, row.text("model"));
    if (!model) {
      return fail("model '", row.text("model"),
                  "' is not in targets/systems/models.json");
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

  Error servingMetric() {
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
      mapped.servingMetric = {ServingMetric::SecondsPerStep, text == "ms" ? 1e3
                                                             : text == "s"
                                                                 ? 1
                                                                 : 1e6};
    } else {
      return fail("metric '", row.metric, "' in '", row.unit,
                  "' of a serving loop is not modelled");
    }
    return Error::success();
  }

  //===--------------------------------------------------------------------===//
  // Metric
  //===--------------------------------------------------------------------===//

  Error metric() {
    StringRef unit = StringRef(row.unit).split(' ').first;
    if (mapped.errorClass == ErrorClass::Energy) {
      return Error::success();
    }
    double seconds = StringSwitch<double>(unit)
                         .Case("s", 1)
                         .Case("ms", 1e3)
                         .Case("us", 1e6)
                         .Case("ns", 1e9)
                         .Default(0);
    if (seconds > 0) {
      mapped.metric = {seconds, false};
      return Error::success();
    }
    if (unit == "%") {
      mapped.shareOfPeak = true;
      mapped.metric = {100 * operations, true};
      return operations > 0 ? Error::success()
                            : fail("a share of the peak of no operations");
    }
    struct {
      StringRef suffix;
      double counted;
    } rates[] = {{"FLOP/s", operations},
                 {"OP/s", operations},
                 {"B/s", bytes},
                 {"element/s", elements},
                 {"FLOPS", operations}};
    for (auto [suffix, counted] : rates) {
      if (!unit.ends_with(suffix)) {
        continue;
      }
      std::optional<double> prefix =
          StringSwitch<std::optional<double>>(unit.drop_back(suffix.size()))
              .Case("", 1)
              .Case("k", 1e-3)
              .Case("M", 1e-6)
              .Case("G", 1e-9)
              .Case("T", 1e-12)
              .Case("P", 1e-15)
              .Default(std::nullopt);
      if (!prefix) {
        continue;
      }
      if (counted <= 0) {
        return fail("unit '", row.unit, "' counts nothing that this work has");
      }
      mapped.metric = {counted * *prefix, true};
      return Error::success();
    }
    return fail("unit '", row.unit, "' is not known");
  }
};

} // namespace

Expected<MappedRow> mapRow(const Measurement &row,
                           ArrayRef<ModelShape> models) {
  return Mapper(row, models).map();
}

} // namespace acc::systems
