//===- BlockProduct.h - Products of block-scaled operands -------*- C++ -*-===//
//
// The formats that a precision names, and the contraction over blocks
// (`xpu.block_dot`) that stands for one of f32 operands.
//
//===----------------------------------------------------------------------===//

#ifndef PASSES_INPUT_BLOCKPRODUCT_H
#define PASSES_INPUT_BLOCKPRODUCT_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "passes/Input/Quantize.h"

#include <array>
#include <optional>

namespace xpu {

/// The formats of a contraction's operands.
struct Precision {
  enum class Kind {
    Same,   ///< As they are.
    Round,  ///< To `activations`.
    Scale,  ///< To `activations`, with a scale for each row.
    Blocks, ///< With a scale for every 32 elements.
  } kind = Kind::Same;
  mlir::Type activations, weights;
};

/// Of a name as --precision has it; nothing if there is none of it.
std::optional<Precision> parsePrecision(mlir::MLIRContext *context,
                                        llvm::StringRef name);

/// The dimension of an operand that loop `dim` alone indexes; nothing if the
/// loop has another part in its subscripts.
std::optional<int64_t> findPlainDim(mlir::AffineMap map, unsigned dim);

/// The loop whose indices make blocks: one of the contraction that both
/// operands have a dimension for, best one of whole blocks.
std::optional<unsigned> findBlockLoop(mlir::linalg::GenericOp op);

struct BlockOperand {
  Quantizer::Blocks blocks;
  mlir::FloatType type; ///< of elements
};

/// What `op` sums up over blocks along `loop`, added to `start`, at the
/// builder's place. `op` stays.
mlir::Value makeBlockProduct(mlir::OpBuilder &builder,
                             mlir::linalg::GenericOp op, unsigned loop,
                             const std::array<BlockOperand, 2> &operands,
                             mlir::Value start);

/// Products of a matrix that is one of a stack, an argument of 16 bits, become
/// products of blocks. The stack is two arguments instead, bytes and scales, as
/// `precision` has weights; it is left alone if it has another use. Nothing
/// changes if `precision` has no blocks.
void storeWeightsInBlocks(mlir::func::FuncOp func, llvm::StringRef precision);

} // namespace xpu

#endif // PASSES_INPUT_BLOCKPRODUCT_H
