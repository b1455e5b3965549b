//===- Boundary.cpp - Types at the border of the machine ------------------===//

#include "compiler-driver/Runtime/Boundary.h"

#include "compiler-driver/Tensor/Errors.h"
#include "compiler-driver/Tensor/MachineType.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "passes/Partition/Division.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using llvm::Expected;

namespace acc {

namespace {

Expected<BoundaryTensor> readTensor(Type type, DictionaryAttr attributes,
                                    ArrayRef<int64_t> grid,
                                    const Twine &fallback) {
  BoundaryTensor tensor;
  tensor.name = fallback.str();
  // A placed program has its tensors in a memory of the machine.
  auto buffer = dyn_cast<MemRefType>(type);
  bool isPlaced = buffer && buffer.getMemorySpace();
  auto ranked = dyn_cast<ShapedType>(type);
  if ((!isPlaced && !isa<RankedTensorType>(type)) || !ranked.hasStaticShape()) {
    return makeUnsupportedError("function 'main': " + fallback +
                                " is not a tensor of static shape");
  }
  std::optional<DType> element = getMachineType(ranked.getElementType());
  if (!element) {
    std::string spelling;
    llvm::raw_string_ostream(spelling) << ranked.getElementType();
    return makeUnsupportedError(
        "function 'main': " + fallback + " has elements of type " + spelling +
        ", which tensor files do not have; cast it inside the function, from "
        "or to f32, f16, bf16, f64, an fp8 format, f8E8M0FNU, f4E2M1FN, i1, "
        "i8, i16, i32 or i64");
  }
  tensor.machineType = tensor.dtype = *element;
  tensor.shape.assign(ranked.getShape().begin(), ranked.getShape().end());
  if (attributes) {
    // A divided program has a part of it in each slice.
    if (auto split =
            attributes.getAs<shard::GridAxesArrayAttr>(::xpu::kSplitAttr)) {
      for (auto [size, axes] : llvm::zip(tensor.shape, split.getAxes())) {
        for (int16_t axis : axes.asArrayRef()) {
          size *= axis >= 0 && size_t(axis) < grid.size() ? grid[axis] : 1;
        }
      }
    }
    if (auto name = attributes.getAs<StringAttr>("acc.name")) {
      tensor.name = name.str();
    }
    if (auto name = attributes.getAs<StringAttr>("acc.dtype")) {
      std::optional<DType> type = parseDType(name.getValue());
      if (!type) {
        return makeInputError("function 'main': " + fallback +
                              " has acc.dtype '" + name.getValue() +
                              "', which is not a type");
      }
      tensor.dtype = *type;
    }
    if (auto value = attributes.getAs<DenseIntElementsAttr>("acc.value")) {
      auto range = value.getValues<APInt>();
      tensor.requiredValues.emplace();
      for (const APInt &number : range) {
        tensor.requiredValues->push_back(number.getSExtValue());
      }
    }
  }
  return tensor;
}

} // namespace

std::string getArgumentName(func::FuncOp func, unsigned index) {
  auto name = func.getArgAttrOfType<StringAttr>(index, "acc.name");
  return name ? name.str() : "input_" + std::to_string(index);
}

func::FuncOp findMain(ModuleOp module) {
  if (auto func = module.lookupSymbol<func::FuncOp>("main")) {
    return func;
  }
  auto all = module.getOps<func::FuncOp>();
  return llvm::hasSingleElement(all) ? *all.begin() : func::FuncOp();
}

Expected<Boundary> readBoundary(ModuleOp module) {
  func::FuncOp func = findMain(module);
  if (!func) {
    return makeInputError("the module has no function 'main'");
  }
  Boundary boundary;
  FunctionType type = func.getFunctionType();
  auto gridOp = module.lookupSymbol<shard::GridOp>(::xpu::kGridName);
  ArrayRef<int64_t> grid = gridOp ? gridOp.getShape() : ArrayRef<int64_t>();
  for (auto [i, input] : llvm::enumerate(type.getInputs())) {
    if (func.getArgAttr(i, ::xpu::kCopyOfAttr) ||
        func.getArgAttr(i, ::xpu::kValueAttr)) {
      continue; // Another place of an input, or a constant.
    }
    Expected<BoundaryTensor> tensor = readTensor(
        input, func.getArgAttrDict(i), grid, getArgumentName(func, i));
    if (!tensor) {
      return tensor.takeError();
    }
    boundary.inputs.push_back(std::move(*tensor));
  }
  for (auto [i, output] : llvm::enumerate(type.getResults())) {
    Expected<BoundaryTensor> tensor = readTensor(
        output, func.getResultAttrDict(i), grid, "output_" + Twine(i));
    if (!tensor) {
      return tensor.takeError();
    }
    boundary.outputs.push_back(std::move(*tensor));
  }
  return boundary;
}

Expected<HostTensor> toMachine(const HostTensor &tensor,
                               const BoundaryTensor &spec) {
  if (tensor.dtype != spec.dtype) {
    return makeInputError("input '" + spec.name + "' has type " +
                          getName(tensor.dtype) + "; " + getName(spec.dtype) +
                          " is expected");
  }
  if (tensor.shape != spec.shape) {
    return makeInputError("input '" + spec.name + "' has shape " +
                          formatShape(tensor.shape) + "; " +
                          formatShape(spec.shape) + " is expected");
  }
  if (spec.requiredValues && tensor.toKeys() != *spec.requiredValues) {
    return makeInputError("input '" + spec.name + "' is " +
                          formatKeys(tensor.dtype, tensor.toKeys()) +
                          "; shapes depend on it, and the program was "
                          "compiled for " +
                          formatKeys(spec.dtype, *spec.requiredValues));
  }
  if (std::optional<double> number = tensor.findBeyondFloat();
      number && spec.machineType == DType::F32) {
    return makeUnsupportedError("input '" + spec.name + "' contains " +
                                llvm::formatv("{0:e}", *number).str() +
                                "; the machine's floats have 32 bits");
  }
  if (spec.machineType == DType::I32 && isInteger(tensor.dtype)) {
    int64_t count = tensor.getNumElements();
    for (int64_t i = 0; i < count; ++i) {
      int64_t value = tensor.getInteger(i);
      if (value < INT32_MIN || value > INT32_MAX) {
        return makeUnsupportedError("input '" + spec.name + "' contains " +
                                    Twine(value) +
                                    "; the machine's integers have 32 bits");
      }
    }
  }
  return tensor.convertTo(spec.machineType);
}

HostTensor fromMachine(const HostTensor &tensor, const BoundaryTensor &spec) {
  HostTensor result = tensor;
  // uint8 is stored as i8: the bits are right, only their name is not.
  if (getByteSize(spec.dtype) == getByteSize(tensor.dtype) &&
      isFloat(spec.dtype) == isFloat(tensor.dtype)) {
    result.dtype = spec.dtype;
  } else {
    result = tensor.convertTo(spec.dtype);
  }
  result.name = spec.name;
  return result;
}

} // namespace acc
