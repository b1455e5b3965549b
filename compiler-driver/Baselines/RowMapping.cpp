//===- RowMapping.cpp - From measured rows to kernels and back -----------===//

#include "compiler-driver/Baselines/RowMapper.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"

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

Expected<MappedRow> RowMapper::map() {
  using Method = Error (RowMapper::*)();
  Method method = StringSwitch<Method>(row.family)
                      .Case("gemm", &RowMapper::gemm)
                      .Case("grouped_gemm", &RowMapper::groupedGemm)
                      .Case("moe_expert_gemm", &RowMapper::moe)
                      .Case("attention_prefill", &RowMapper::prefill)
                      .Case("attention_decode", &RowMapper::decode)
                      .Case("collective", &RowMapper::collective)
                      .Case("memory_bandwidth", &RowMapper::memoryBandwidth)
                      .Case("vector_op", &RowMapper::vectorOp)
                      .Case("model_op", &RowMapper::modelOp)
                      .Case("transformer_layer_op", &RowMapper::layerOp)
                      .Case("energy_serving", &RowMapper::servingLoop)
                      .Default(nullptr);
  for (StringRef word : {"serving", "inference", "mlperf"}) {
    if (!method && StringRef(row.family).contains_insensitive(word)) {
      method = &RowMapper::servingLoop;
    }
  }
  if (!method) {
    return fail("family '", row.family, "' is not modelled");
  }
  if (Error error = checkNumbers()) {
    return std::move(error);
  }
  if (Error error = (this->*method)()) {
    return std::move(error);
  }
  if (Error error = metric()) {
    return std::move(error);
  }
  return std::move(mapped);
}

Error RowMapper::checkNumbers() {
  for (const auto &[key, value] : row.workload) {
    std::optional<double> number = value.getAsNumber();
    bool none = key == "window" && number == 0.0;
    if (number && !none && !(*number > 1e-3 && *number < 1e15)) {
      return fail("workload's '", StringRef(key), "' must be positive");
    }
  }
  return Error::success();
}

Error RowMapper::need(StringRef key, double &to) {
  std::optional<double> value = row.number(key);
  if (!value) {
    return fail("workload has no '", key, "'");
  }
  to = *value;
  return Error::success();
}

Error RowMapper::need(
    std::initializer_list<std::pair<StringRef, double *>> wanted) {
  for (auto [key, to] : wanted) {
    if (Error error = need(key, *to)) {
      return error;
    }
  }
  return Error::success();
}

Format RowMapper::format(Format other) {
  return parseFormat(row.precision).value_or(other);
}

void RowMapper::set(decltype(Kernel::work) work, ErrorClass errorClass) {
  Kernel kernel;
  kernel.name = row.id;
  kernel.work = std::move(work);
  mapped.work = std::move(kernel);
  mapped.errorClass = errorClass;
}

bool RowMapper::profiled() {
  return StringRef(row.source).contains_insensitive("DeepGEMM");
}

bool RowMapper::singleCalls() {
  return StringRef(row.source).contains_insensitive("LLMCompass");
}

void RowMapper::setGemm(double m, double n, double k, double batch,
                        Format operands) {
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
  } else if (profiled()) {
    mapped.harness = Harness::Profiler;
  }
}

void RowMapper::setVector(VectorKind kind, double read, double written,
                          double perElement, double operationsPerElement,
                          double rows) {
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

Error RowMapper::metric() {
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

Expected<MappedRow> mapRow(const Measurement &row,
                           ArrayRef<ModelShape> models) {
  return RowMapper(row, models).map();
}

} // namespace acc::systems
