//===- MicroProgram.h - Bodies of linalg operations as micro-programs -*- C++
//-*-===//

#ifndef PASSES_LINALGTOXPU_MICROPROGRAM_H
#define PASSES_LINALGTOXPU_MICROPROGRAM_H

#include "dialects/ISA/Isa.h"
#include "dialects/XPU/IR/XPU.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Value.h"
#include "passes/Analysis/MicroOps.h"
#include "llvm/ADT/DenseMap.h"
#include <optional>
#include <string>

namespace xpu {

/// Translates scalar code (arith and math operations of one block) into
/// micro-operations. Registers are taken as values become live and given back
/// after their last use. Every value lives in a 32-bit lane: floats as fp32,
/// integers and booleans as int32.
class MicroProgram {
public:
  explicit MicroProgram(mlir::MLIRContext *context);

  /// Why a scalar operation has no form on the vector unit, if so.
  static std::optional<std::string> whyNot(mlir::Operation *op);

  /// Declares that `value` is in `reg` before the program runs.
  void bindInput(mlir::Value value, unsigned reg);
  /// Keeps a register out of allocation (the accumulator of a reduction).
  void reserve(unsigned reg);

  /// Emits what computes `value`; returns its register. On failure `error()`
  /// says why. `uses` counts how often the caller will read the result.
  std::optional<unsigned> compute(mlir::Value value);

  /// Combines the inputs in registers 0 to count - 1, in pairs: no result waits
  /// for more of the others than it has to. Returns the register of the result.
  std::optional<unsigned> combine(isa::Uop op, unsigned count);

  /// dst = op(a, b); for the last step of a reduction.
  void emitInto(isa::Uop op, unsigned dst, unsigned a, unsigned b);

  llvm::ArrayRef<mlir::Attribute> getUops() const { return uops; }
  llvm::StringRef error() const { return message; }

private:
  /// A source operand: a register or a constant.
  struct Operand {
    std::optional<uint32_t> imm;
    unsigned reg = 0;
    bool temporary = false; ///< The register is given back after the use.
  };

  std::optional<Operand> operand(mlir::Value value);
  /// All operands of an operation. Values are computed before any is taken, so
  /// that the last use of one is not inside the computation of another.
  std::optional<llvm::SmallVector<Operand>> operands(mlir::Operation *op);
  std::optional<Operand> expand(mlir::Operation *op);
  static Operand immediate(float value);
  static Operand immediate(int32_t value);
  /// Emits one micro-operation into a new register; gives back temporaries.
  std::optional<Operand> emit(isa::Uop op, llvm::ArrayRef<Operand> sources);
  void append(isa::Uop op, unsigned dst, llvm::ArrayRef<Operand> sources);
  std::optional<unsigned> takeRegister();
  void release(const Operand &operand);
  std::nullopt_t fail(const llvm::Twine &why);

  std::optional<Operand> replaceNaN(const NaNReplacement &replaced);
  std::optional<Operand> compare(mlir::Operation *op);

  // SmallFloats.cpp
  static std::optional<std::string> whyNotSmall(mlir::Operation *op);
  std::optional<Operand> moveCode(mlir::arith::BitcastOp op);
  std::optional<Operand> roundToSmall(mlir::arith::TruncFOp op);

  // Quotient.cpp
  /// The same operand, read once more before it is given back.
  static Operand keep(Operand value);
  /// Emits if all sources are there.
  std::optional<Operand> chain(isa::Uop op,
                               llvm::ArrayRef<std::optional<Operand>> sources);
  std::optional<Operand> halfScale(Operand magnitude);
  std::optional<Operand> divide(Operand a, Operand b);
  std::optional<Operand> power(Operand x, Operand y);

  /// Wraps to `width` bits and extends by the sign (booleans by zero).
  std::optional<Operand> narrow(std::optional<Operand> value, unsigned width);
  std::optional<Operand> special(mlir::Operation *op);

  mlir::MLIRContext *context;
  llvm::SmallVector<mlir::Attribute> uops;
  llvm::DenseMap<mlir::Value, unsigned> registers;
  llvm::DenseMap<mlir::Value, unsigned> remainingUses;
  uint32_t freeRegisters = (1u << isa::kNumVpuRegs) - 1;
  uint32_t inputRegisters = 0;
  unsigned nextRegister = 0; ///< where the search for a free one begins
  std::string message;
};

} // namespace xpu

#endif // PASSES_LINALGTOXPU_MICROPROGRAM_H
