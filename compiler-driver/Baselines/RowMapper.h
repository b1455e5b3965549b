//===- RowMapper.h - One row on its way to a kernel -------------*- C++ -*-===//
//
// The steps of mapRow, a method for each family of rows: RowKernels.cpp has
// products and attention, RowTraffic.cpp collectives and memory, RowModels.cpp
// operators of models and serving loops.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_SYSTEMS_ROWMAPPER_H
#define COMPILER_DRIVER_SYSTEMS_ROWMAPPER_H

#include "compiler-driver/Baselines/RowMapping.h"

namespace acc::systems {

/// Errors are shorter than a sentence: the caller says which row.
class RowMapper {
public:
  RowMapper(const Measurement &row, llvm::ArrayRef<ModelShape> models)
      : row(row), models(models) {}

  llvm::Expected<MappedRow> map();

private:
  const Measurement &row;
  llvm::ArrayRef<ModelShape> models;
  MappedRow mapped;
  /// What the row's rates count, if they count anything.
  double operations = 0, bytes = 0, elements = 0;

  // RowMapping.cpp: what all rows need.

  /// All sizes, needed or not, are ones that a kernel may have.
  llvm::Error checkNumbers();
  llvm::Error need(llvm::StringRef key, double &to);
  llvm::Error
  need(std::initializer_list<std::pair<llvm::StringRef, double *>> wanted);
  Format format(Format other = Format::Bf16);
  void set(decltype(Kernel::work) work, ErrorClass errorClass);
  /// DeepGEMM's harness reads a kernel's time from a profiler.
  bool profiled();
  /// LLMCompass' harness waits for every call.
  bool singleCalls();
  void setGemm(double m, double n, double k, double batch, Format operands);
  void setVector(VectorKind kind, double read, double written,
                 double perElement, double operationsPerElement,
                 double rows = 0);
  llvm::Error metric();

  // RowKernels.cpp

  llvm::Error gemm();
  llvm::Error groupedGemm();
  llvm::Error moe();
  Library library();
  llvm::Error prefill();
  llvm::Error decode();
  /// "up to" figures that name an algorithm and no shape: a large one.
  llvm::Error describedAttention(const std::string &description,
                                 double queries);
  void setAttention(Attention &work, ErrorClass errorClass);

  // RowTraffic.cpp

  llvm::Error collective();
  llvm::Error expertExchange(llvm::StringRef op, Collective &work);
  llvm::Error memoryBandwidth();
  /// A copy over a link.
  llvm::Error transfer(double size, bool host);
  /// Product of the shape's sizes, and the last one.
  llvm::Expected<std::pair<double, double>> shape();
  llvm::Error vectorOp();

  // RowModels.cpp

  llvm::Error modelOp();
  llvm::Error layerOp();
  llvm::Error servingLoop();
  /// The first of several keys that the workload has.
  std::optional<double> firstOf(std::initializer_list<llvm::StringRef> keys);
  llvm::Error servingMetric();

  template <typename... Parts> static llvm::Error fail(const Parts &...parts) {
    std::string message;
    (message.append(llvm::StringRef(parts).str()), ...);
    return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
  }
};

} // namespace acc::systems

#endif // COMPILER_DRIVER_SYSTEMS_ROWMAPPER_H
