//===- RowKernels.cpp - Rows of products and attention -------------------===//

#include "compiler-driver/Baselines/RowMapper.h"

#include "llvm/ADT/StringExtras.h"

#include <cmath>

using namespace llvm;

namespace acc::systems {

Error RowMapper::gemm() {
  double m, n, k;
  if (Error error = need({{"m", &m}, {"n", &n}, {"k", &k}})) {
    return error;
  }
  setGemm(m, n, k, row.numberOr("batch", 1), format());
  return Error::success();
}

Error RowMapper::groupedGemm() {
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
  if (profiled()) {
    mapped.harness = Harness::Profiler;
  }
  return Error::success();
}

Error RowMapper::moe() {
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

Library RowMapper::library() {
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

Error RowMapper::prefill() {
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

Error RowMapper::decode() {
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

Error RowMapper::describedAttention(const std::string &description,
                                    double queries) {
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

void RowMapper::setAttention(Attention &work, ErrorClass errorClass) {
  work.warm = true;
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
  operations =
      2 * work.batch * work.queryHeads * pairs * (work.keyDim + work.valueDim);
  bytes = work.batch * work.kvHeads * work.contextLength *
          (work.keyDim + work.valueDim) * bytesPerElement(work.kv);
  set(work, errorClass);
}

} // namespace acc::systems
