//===- MachineType.cpp - Types of elements in the machine's memory --------===//

#include "compiler-driver/Tensor/MachineType.h"

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace acc {

static std::optional<DType> getIntegerType(unsigned width) {
  switch (width) {
  case 1:
    return DType::Bool;
  case 8:
    return DType::I8;
  case 16:
    return DType::I16;
  case 32:
    return DType::I32;
  case 64:
    return DType::I64;
  default:
    return std::nullopt;
  }
}

std::optional<DType> getMachineType(Type type) {
  using Result = std::optional<DType>;
  return llvm::TypeSwitch<Type, Result>(type)
      .Case<Float32Type>([](auto) { return DType::F32; })
      .Case<Float16Type>([](auto) { return DType::F16; })
      .Case<BFloat16Type>([](auto) { return DType::BF16; })
      .Case<Float64Type>([](auto) { return DType::F64; })
      .Case<Float8E4M3FNType>([](auto) { return DType::F8E4M3FN; })
      .Case<Float8E5M2Type>([](auto) { return DType::F8E5M2; })
      .Case<Float8E4M3FNUZType>([](auto) { return DType::F8E4M3FNUZ; })
      .Case<Float8E5M2FNUZType>([](auto) { return DType::F8E5M2FNUZ; })
      .Case<Float8E8M0FNUType>([](auto) { return DType::F8E8M0; })
      .Case<Float4E2M1FNType>([](auto) { return DType::F4E2M1; })
      .Case<IntegerType>([](IntegerType integer) {
        return getIntegerType(integer.getWidth());
      })
      .Default([](Type) { return Result(); });
}

} // namespace acc
