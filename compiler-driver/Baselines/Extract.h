//===- Extract.h - The kernels of a graph -----------------------*- C++ -*-===//
//
// What a framework that compiles graphs (TensorRT, torch.compile, XLA) would
// launch on a GPU for the graph that is compiled for our machine: the same
// operators on the same shapes.
//
// - A contraction is one matrix multiplication; a convolution is one with
//   implicit im2col.
// - Two contractions with a softmax between them are one attention.
// - Elementwise operations, reductions, gathers and copies between the same
//   contractions become one kernel where data flows between them, which reads
//   its inputs and writes its results once.
// - What only adds a bias to a product or bends it is part of the product.
// - Products of one tensor with several matrices of weights are one.
// - What depends on constants alone was computed before.
// - Tensors that are only extended (a cache: the old one is an input, the new
//   one a result) are extended in place.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_WORKLOAD_EXTRACT_H
#define COMPILER_DRIVER_WORKLOAD_EXTRACT_H

#include "compiler-driver/Baselines/Workload.h"
#include "mlir/IR/BuiltinOps.h"

namespace xpu {

/// The workload of the function `main` of a module of stage graph (linalg on
/// tensors). `precision` (`fp32`, `bf16`, …) is the format of f32 tensors and
/// of their products; other tensors keep their types. Fails on dynamic shapes.
llvm::Expected<acc::systems::Workload>
extractWorkload(mlir::ModuleOp graph, llvm::StringRef precision);

} // namespace xpu

#endif // COMPILER_DRIVER_WORKLOAD_EXTRACT_H
