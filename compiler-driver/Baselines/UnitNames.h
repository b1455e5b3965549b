//===- UnitNames.h - Units as files write them ------------------*- C++ -*-===//

#ifndef COMPILER_DRIVER_SYSTEMS_UNITNAMES_H
#define COMPILER_DRIVER_SYSTEMS_UNITNAMES_H

#include "compiler-driver/Baselines/Units.h"
#include "llvm/ADT/StringRef.h"

#include <optional>

namespace acc::systems {

/// A unit as a multiple of a base unit: "TB/s" is 1e12 of "B/s", "USD/h" is
/// 1/3600 of "USD/s".
struct ScaledUnit {
  llvm::StringRef base;
  double scale = 1;
};

/// None if it is no unit that system files use.
std::optional<ScaledUnit> parseUnit(llvm::StringRef text);

/// Name of a quantity's base unit. Rates of operations are in FLOP/s, of
/// integers in OP/s.
template <typename Q> constexpr llvm::StringLiteral unitOf();
template <> constexpr llvm::StringLiteral unitOf<double>() { return "1"; }
template <> constexpr llvm::StringLiteral unitOf<Seconds>() { return "s"; }
template <> constexpr llvm::StringLiteral unitOf<Bytes>() { return "B"; }
template <> constexpr llvm::StringLiteral unitOf<Joules>() { return "J"; }
template <> constexpr llvm::StringLiteral unitOf<Watts>() { return "W"; }
template <> constexpr llvm::StringLiteral unitOf<Hertz>() { return "Hz"; }
template <> constexpr llvm::StringLiteral unitOf<Dollars>() { return "USD"; }
template <> constexpr llvm::StringLiteral unitOf<BytesPerSecond>() {
  return "B/s";
}
template <> constexpr llvm::StringLiteral unitOf<DollarsPerSecond>() {
  return "USD/s";
}
template <> constexpr llvm::StringLiteral unitOf<OperationsPerSecond>() {
  return "FLOP/s";
}

} // namespace acc::systems

#endif // COMPILER_DRIVER_SYSTEMS_UNITNAMES_H
