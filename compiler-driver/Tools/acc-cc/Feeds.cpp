//===- Feeds.cpp - Outputs that are the next inputs -----------------------===//

#include "compiler-driver/Tools/acc-cc/Feeds.h"

#include "compiler-driver/Tensor/Errors.h"
#include "dialects/XPU/IR/XPU.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;

namespace xpu {

/// The number of a tensor, or an error that lists the names.
static llvm::Expected<size_t> findTensor(ArrayRef<acc::BoundaryTensor> tensors,
                                         StringRef name, StringRef kind,
                                         const std::string &feed) {
  std::string names;
  for (auto [i, tensor] : llvm::enumerate(tensors)) {
    if (tensor.name == name) {
      return i;
    }
    if (i < 8) {
      names += (i ? ", " : "") + tensor.name;
    }
  }
  return acc::makeInputError("--feed=" + feed + ": the model has no " + kind +
                             " '" + name + "'; its " + kind + "s are " + names +
                             (tensors.size() > 8 ? ", …" : ""));
}

static std::string describe(const acc::BoundaryTensor &tensor) {
  return "'" + tensor.name + "' is " + acc::getName(tensor.dtype).str() + " " +
         acc::formatShape(tensor.shape);
}

llvm::Error markFeeds(ModuleOp module, const acc::Boundary &boundary,
                      ArrayRef<Feed> feeds) {
  if (feeds.empty()) {
    return llvm::Error::success();
  }
  func::FuncOp func = acc::findMain(module);
  Builder builder(module.getContext());
  llvm::SmallDenseSet<size_t> outputs;
  for (const Feed &feed : feeds) {
    std::string text = feed.output + ":" + feed.input;
    auto output = findTensor(boundary.outputs, feed.output, "output", text);
    if (!output) {
      return output.takeError();
    }
    auto input = findTensor(boundary.inputs, feed.input, "input", text);
    if (!input) {
      return input.takeError();
    }
    const acc::BoundaryTensor &from = boundary.outputs[*output];
    const acc::BoundaryTensor &to = boundary.inputs[*input];
    if (from.dtype == to.dtype && from.shape == to.shape &&
        from.machineType != to.machineType) {
      return acc::makeUnsupportedError(
          "--feed=" + text + ": the output may need 64 bits, of which the " +
          "machine's input has 32");
    }
    if (from.dtype != to.dtype || from.shape != to.shape) {
      return acc::makeInputError("--feed=" + text + ": output " +
                                 describe(from) + ", but input " +
                                 describe(to));
    }
    if (to.requiredValues) {
      return acc::makeInputError(
          "--feed=" + text + ": input '" + to.name +
          "' decides shapes, which cannot change from step to step");
    }
    if (!outputs.insert(*output).second) {
      return acc::makeInputError("--feed=" + text + ": output '" + from.name +
                                 "' is fed to another input already; give the "
                                 "model an output for each");
    }
    if (func.getArgAttr(*input, kFedByAttr)) {
      return acc::makeInputError("--feed=" + text + ": input '" + to.name +
                                 "' is fed by another output already");
    }
    func.setArgAttr(*input, kFedByAttr,
                    builder.getI64IntegerAttr(static_cast<int64_t>(*output)));
  }
  return llvm::Error::success();
}

} // namespace xpu
