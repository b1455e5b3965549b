//===- Bufferize.cpp - One-shot bufferization into memory spaces ----------===//

#include "passes/Tiling/Passes.h"

#include "dialects/XPU/IR/XPU.h"
#include "mlir/Dialect/Bufferization/IR/BufferizableOpInterface.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Bufferization/Transforms/OneShotAnalysis.h"
#include "mlir/Dialect/Bufferization/Transforms/OneShotModuleBufferize.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;

namespace xpu {
#define GEN_PASS_DEF_BUFFERIZETOSPACESPASS
#include "passes/Tiling/Passes.h.inc"
} // namespace xpu

namespace {
struct BufferizeToSpacesPass final
    : xpu::impl::BufferizeToSpacesPassBase<BufferizeToSpacesPass> {
  using Base::Base;

  void runOnOperation() override {
    bufferization::OneShotBufferizationOptions options;
    options.bufferizeFunctionBoundaries = true;
    options.setFunctionBoundaryTypeConversion(
        bufferization::LayoutMapOption::IdentityLayoutMap);
    options.defaultMemorySpaceFn =
        [](TensorType type) -> std::optional<Attribute> {
      return xpu::SpaceAttr::get(type.getContext(), xpu::Space::HBM);
    };
    bufferization::BufferizationState state;
    if (failed(bufferization::runOneShotModuleBufferize(getOperation(), options,
                                                        state))) {
      signalPassFailure();
    }
  }
};
} // namespace
