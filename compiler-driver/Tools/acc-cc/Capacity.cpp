//===- Capacity.cpp - What a target is too small for ----------------------===//

#include "compiler-driver/Tools/acc-cc/Capacity.h"

#include "compiler-driver/Report/Format.h"
#include "compiler-driver/Tensor/Errors.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "passes/Analysis/SourceName.h"
#include "llvm/ADT/SmallPtrSet.h"
#include <cmath>

using namespace mlir;

namespace xpu {

/// Tensors that the message lists.
static constexpr size_t kListed = 8;

namespace {
/// A tensor that lies in HBM for the whole run.
struct Resident {
  std::string name;
  const char *kind;
  double bytes; ///< may exceed any integer
};
} // namespace

static Resident describe(const acc::BoundaryTensor &tensor, const char *kind) {
  double bytes = acc::getByteSize(tensor.machineType);
  for (int64_t size : tensor.shape) {
    bytes *= static_cast<double>(size);
  }
  return {tensor.name, kind, bytes};
}

/// Results that may be arguments, constants or one another are none of their
/// own.
static void addOutputs(ModuleOp graph, const acc::Boundary &boundary,
                       std::vector<Resident> &residents) {
  llvm::SmallPtrSet<const void *, 8> seen;
  graph.walk([&](func::ReturnOp op) {
    for (auto [value, tensor] : llvm::zip(op.getOperands(), boundary.outputs)) {
      Operation *producer = value.getDefiningOp();
      if (producer && !llvm::isa<arith::ConstantOp>(producer) &&
          seen.insert(value.getAsOpaquePointer()).second) {
        residents.push_back(describe(tensor, "output"));
      }
    }
    return WalkResult::interrupt();
  });
}

/// Each value once. One number that repeats is written into the commands, and
/// weights of products may be stored in the precision of the products.
static void addConstants(ModuleOp graph, bool isNarrow,
                         std::vector<Resident> &residents) {
  llvm::SmallPtrSet<const void *, 32> seen;
  graph.walk([&](arith::ConstantOp op) {
    auto type = dyn_cast<RankedTensorType>(op.getType());
    auto dense = dyn_cast<DenseElementsAttr>(op.getValue());
    if (!type || op.use_empty() || (dense && dense.isSplat()) ||
        !seen.insert(op.getValue().getAsOpaquePointer()).second) {
      return;
    }
    double bits =
        type.getElementType().isIndex() ? 32 : type.getElementTypeBitWidth();
    if (isNarrow && type.getElementType().isF32()) {
      bits = 16;
    }
    double bytes = std::ceil(bits / 8);
    residents.push_back({getSourceName(op.getLoc()), "constant",
                         bytes * static_cast<double>(type.getNumElements())});
  });
}

/// The built-in target with the smallest memory that is large enough.
static std::string findTarget(double bytes) {
  std::string best;
  uint64_t size = UINT64_MAX;
  for (const std::string &name : acc::listTargets()) {
    llvm::Expected<acc::Target> target = acc::loadBuiltInTarget(name);
    if (!target) {
      llvm::consumeError(target.takeError());
    } else if (static_cast<double>(target->hbm.bytes) >= bytes &&
               target->hbm.bytes < size) {
      size = target->hbm.bytes;
      best = name;
    }
  }
  return best.empty() ? "no built-in target has as much"
                      : "the smallest built-in target with as much is " + best;
}

llvm::Error checkCapacity(ModuleOp graph, const acc::Boundary &boundary,
                          const acc::Machine &machine,
                          const CompileOptions &options) {
  const double memory =
      static_cast<double>(machine.slice.hbm.bytes) * machine.slices();
  std::vector<Resident> residents;
  for (const acc::BoundaryTensor &tensor : boundary.inputs) {
    residents.push_back(describe(tensor, "input"));
  }
  addOutputs(graph, boundary, residents);
  addConstants(graph, options.precision != "fp32", residents);
  double total = 0;
  for (const Resident &resident : residents) {
    total += resident.bytes;
  }
  if (total <= memory) {
    return llvm::Error::success();
  }
  llvm::stable_sort(residents, [](const Resident &a, const Resident &b) {
    return a.bytes > b.bytes;
  });
  auto inBytes = [](double bytes) { return acc::report::formatSi(bytes, "B"); };
  std::string text = options.input + ": inputs, outputs and constants take " +
                     inBytes(total) + ", but target " + machine.name() +
                     " has " + inBytes(memory) + " of HBM; " +
                     findTarget(total);
  for (const Resident &resident : ArrayRef(residents).take_front(kListed)) {
    text += "\n  " + inBytes(resident.bytes) + "  " + resident.kind + " '" +
            resident.name + "'";
  }
  if (residents.size() > kListed) {
    text += "\n  and " + std::to_string(residents.size() - kListed) +
            " smaller ones";
  }
  return acc::makeInputError(text);
}

} // namespace xpu
