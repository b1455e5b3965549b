//===- HostFallback.cpp - What the host did, and its price ----------------===//

#include "compiler-driver/Report/HostFallback.h"

#include "llvm/ADT/STLExtras.h"

namespace acc::report {

std::vector<HostOp> priceHostCalls(const ::xpu::Object &object,
                                   const Target &target, size_t steps) {
  std::vector<HostOp> result;
  for (const ::xpu::HostCall &call : object.hostCalls) {
    HostOp op;
    op.op = call.source;
    op.why = call.because;
    op.operations = double(call.operations);
    for (const ::xpu::ObjectTensor &tensor :
         llvm::concat<const ::xpu::ObjectTensor>(call.inputs, call.outputs)) {
      op.bytes += double(tensor.bytes);
    }
    op.seconds = 2 * target.host.linkLatencyS +
                 op.bytes / target.host.linkBytesPerSecond +
                 op.operations / target.host.operationsPerSecond;
    op.bytes *= double(steps);
    op.operations *= double(steps);
    op.seconds *= double(steps);
    op.joules = op.seconds * target.host.watts;
    result.push_back(std::move(op));
  }
  return result;
}

} // namespace acc::report
