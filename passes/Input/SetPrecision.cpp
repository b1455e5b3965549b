//===- SetPrecision.cpp - Formats of matrix work --------------------------===//

#include "passes/Input/Passes.h"

#include "dialects/Model/IR/Model.h"
#include "dialects/XPU/IR/XPU.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"
#include "passes/Analysis/Contraction.h"
#include "passes/Analysis/Reduction.h"
#include "passes/Input/BlockProduct.h"

#include <limits>

using namespace mlir;
using xpu::Precision;

namespace xpu {
#define GEN_PASS_DEF_SETPRECISIONPASS
#include "passes/Input/Passes.h.inc"
} // namespace xpu

namespace {

/// Makes the contractions of a function ones of other formats.
class PrecisionRewriter {
public:
  PrecisionRewriter(MLIRContext *context, const Precision &precision)
      : rewriter(context), quantizer(rewriter, rewriter.getBF16Type()),
        precision(precision) {}

  void rewrite(linalg::GenericOp op) {
    bool done = false;
    if (precision.kind == Precision::Kind::Scale) {
      done = makeScaled(op);
    } else if (precision.kind == Precision::Kind::Blocks) {
      done = makeBlocks(op);
    }
    if (!done) {
      auto type = precision.kind == Precision::Kind::Round
                      ? cast<FloatType>(precision.activations)
                      : FloatType(rewriter.getBF16Type());
      roundInputs(op, type);
    }
  }

  /// Attention multiplies no constants, and has no blocks.
  void rewrite(acc::model::AttentionOp op) {
    auto type = precision.kind == Precision::Kind::Round
                    ? cast<FloatType>(precision.activations)
                    : FloatType(rewriter.getBF16Type());
    for (OpOperand &operand : op->getOpOperands().take_front(3)) {
      if (getElementTypeOrSelf(operand.get().getType()).isF32()) {
        Value narrow = quantizer.round(operand.get(), type);
        rewriter.modifyOpInPlace(op, [&] { operand.set(narrow); });
      }
    }
  }

  /// What was rounded for a product is read rounded by other operations too, so
  /// that it is kept once. The largest of numbers, rounded, is the largest of
  /// rounded ones: they are rounded first.
  void shareRounded() {
    // Grows by what is rounded first.
    for (size_t i = 0; i < quantizer.getRounded().size(); ++i) {
      auto [value, narrow] = quantizer.getRounded()[i];
      SmallVector<OpOperand *> uses;
      for (OpOperand &use : value.getUses()) {
        auto user = dyn_cast<linalg::GenericOp>(use.getOwner());
        if (user && user != narrow.getDefiningOp() && user.isDpsInput(&use)) {
          uses.push_back(&use);
        }
      }
      for (OpOperand *use : uses) {
        readNarrow(cast<linalg::GenericOp>(use->getOwner()), use, narrow);
      }
      auto largest = value.getDefiningOp<linalg::GenericOp>();
      if (largest && value.hasOneUse() && isSelection(largest)) {
        roundInputs(largest, cast<FloatType>(getElementTypeOrSelf(narrow)));
      }
    }
  }

private:
  /// Whether `op` is a reduction to the largest or the smallest number.
  static bool isSelection(linalg::GenericOp op) {
    FailureOr<xpu::Reduction> reduction = xpu::matchReduction(op);
    return succeeded(reduction) &&
           llvm::isa<arith::MaximumFOp, arith::MinimumFOp>(
               reduction->combiner) &&
           llvm::isa<BlockArgument>(reduction->element);
  }

  /// Reads `narrow` where `input` was read, and widens it.
  void readNarrow(linalg::GenericOp op, OpOperand *input, Value narrow) {
    BlockArgument argument = op.getMatchingBlockArgument(input);
    rewriter.modifyOpInPlace(op, [&] {
      input->set(narrow);
      argument.setType(getElementTypeOrSelf(narrow));
    });
    rewriter.setInsertionPointToStart(op.getBlock());
    auto widen = arith::ExtFOp::create(rewriter, op.getLoc(),
                                       rewriter.getF32Type(), argument);
    rewriter.replaceAllUsesExcept(argument, widen, widen);
  }

  void roundInputs(linalg::GenericOp op, FloatType type) {
    for (OpOperand *input : op.getDpsInputOperands()) {
      auto from = dyn_cast<RankedTensorType>(input->get().getType());
      if (from && from.getElementType().isF32() &&
          op.payloadUsesValueFromOperand(input)) {
        readNarrow(op, input, quantizer.round(input->get(), type));
      }
    }
  }

  bool areInputsF32(linalg::GenericOp op) {
    return llvm::all_of(op.getDpsInputs(), [](Value input) {
      auto type = dyn_cast<RankedTensorType>(input.getType());
      return type && type.getElementType().isF32() && type.hasStaticShape();
    });
  }

  bool isConstant(Value value) { return matchPattern(value, m_Constant()); }

  Value makeZeros(Location loc, Value like, Type element) {
    ArrayRef<int64_t> shape = cast<RankedTensorType>(like.getType()).getShape();
    Value zero =
        arith::ConstantOp::create(rewriter, loc, rewriter.getZeroAttr(element));
    Value empty = tensor::EmptyOp::create(rewriter, loc, shape, element);
    return linalg::FillOp::create(rewriter, loc, zero, empty).getResult(0);
  }

  static bool startsFromZero(linalg::GenericOp op) {
    auto fill = op.getDpsInits()[0].getDefiningOp<linalg::FillOp>();
    Attribute number;
    return fill && matchPattern(fill.getInputs()[0], m_Constant(&number)) &&
           xpu::isZeroStart(number);
  }

  /// Scales of sums, by dimensions of the result.
  struct Factor {
    Value value;
    AffineMap map;
  };

  /// The product of sums with their scales, and what they start from.
  Value finish(linalg::GenericOp op, Value sums, ArrayRef<Factor> scales) {
    Location loc = op.getLoc();
    Value start = op.getDpsInits()[0];
    unsigned rank = cast<RankedTensorType>(start.getType()).getRank();
    AffineMap identity = rewriter.getMultiDimIdentityMap(rank);
    SmallVector<Value> inputs = {sums};
    SmallVector<AffineMap> maps = {identity};
    for (const Factor &scale : scales) {
      inputs.push_back(scale.value);
      maps.push_back(scale.map);
    }
    bool adds = !startsFromZero(op);
    if (adds) {
      inputs.push_back(start);
      maps.push_back(identity);
    }
    maps.push_back(identity);
    Value empty = tensor::EmptyOp::create(
        rewriter, loc, cast<RankedTensorType>(start.getType()).getShape(),
        rewriter.getF32Type());
    SmallVector<utils::IteratorType> parallel(rank,
                                              utils::IteratorType::parallel);
    return linalg::GenericOp::create(
               rewriter, loc, empty.getType(), inputs, empty, maps, parallel,
               [&](OpBuilder &b, Location where, ValueRange args) {
                 Value number = args[0];
                 if (number.getType().isInteger()) {
                   number = arith::SIToFPOp::create(b, where, b.getF32Type(),
                                                    number);
                 }
                 for (size_t i = 0; i < scales.size(); ++i) {
                   number =
                       arith::MulFOp::create(b, where, number, args[1 + i]);
                 }
                 if (adds) {
                   number = arith::AddFOp::create(b, where, number,
                                                  args[1 + scales.size()]);
                 }
                 linalg::YieldOp::create(b, where, number);
               })
        .getResult(0);
  }

  /// Whether integer sums may not fit in 32 bits.
  bool mayOverflow(linalg::GenericOp op) {
    SmallVector<int64_t> ranges = op.getStaticLoopRanges();
    SmallVector<unsigned> sums;
    op.getReductionDims(sums);
    int64_t terms = 1;
    for (unsigned dim : sums) {
      terms *= ranges[dim];
    }
    constexpr int64_t kLargestProduct = 127 * 127;
    return precision.activations.isInteger() &&
           terms > std::numeric_limits<int32_t>::max() / kLargestProduct;
  }

  /// Whether each number is multiplied by those of its own channel only, as in
  /// a depthwise convolution: quantising it takes longer than its products.
  bool isOneByOne(linalg::GenericOp op) {
    FailureOr<xpu::ContractionDims> dims = xpu::matchContraction(op);
    bool hasConstant = llvm::any_of(
        op.getDpsInputs(), [&](Value input) { return isConstant(input); });
    SmallVector<int64_t> ranges = op.getStaticLoopRanges();
    auto isOne = [&](ArrayRef<unsigned> loops) {
      return llvm::all_of(loops,
                          [&](unsigned loop) { return ranges[loop] == 1; });
    };
    return succeeded(dims) && hasConstant && !isOne(dims->batch) &&
           (isOne(dims->m) || isOne(dims->n));
  }

  /// One scale for each index of the result; for a whole operand if windows go
  /// over it.
  bool makeScaled(linalg::GenericOp op) {
    if (!areInputsF32(op) || mayOverflow(op) || isOneByOne(op)) {
      return false;
    }
    SmallVector<AffineMap> maps = op.getIndexingMapsArray();
    AffineMap resultMap = maps.back();
    SmallVector<xpu::Quantizer::Scaled> operands;
    SmallVector<Factor> factors;
    for (unsigned i = 0; i < 2; ++i) {
      Value input = op.getDpsInputs()[i];
      Type type = isConstant(input) ? precision.weights : precision.activations;
      bool isPlain = maps[i].isProjectedPermutation();
      SmallVector<int64_t> shared;
      SmallVector<AffineExpr> scaleDims;
      for (auto [dim, expr] : llvm::enumerate(maps[i].getResults())) {
        auto loop = dyn_cast<AffineDimExpr>(expr);
        auto position = loop ? resultMap.getResultPosition(loop) : std::nullopt;
        if (isPlain && position) {
          scaleDims.push_back(rewriter.getAffineDimExpr(*position));
        } else {
          shared.push_back(int64_t(dim));
        }
      }
      operands.push_back(quantizer.scale(input, shared, type));
      factors.push_back({operands.back().scales,
                         AffineMap::get(resultMap.getNumResults(), 0, scaleDims,
                                        rewriter.getContext())});
    }
    rewriter.setInsertionPoint(op);
    Location loc = op.getLoc();
    bool isInteger = precision.activations.isInteger();
    Type sum =
        isInteger ? Type(rewriter.getI32Type()) : Type(rewriter.getF32Type());
    Value zeros = makeZeros(loc, op.getDpsInits()[0], sum);
    auto product = linalg::GenericOp::create(
        rewriter, loc, zeros.getType(),
        ValueRange{operands[0].values, operands[1].values}, zeros, maps,
        op.getIteratorTypesArray(),
        [&](OpBuilder &b, Location where, ValueRange args) {
          Value result;
          if (isInteger) {
            Value a = arith::ExtSIOp::create(b, where, sum, args[0]);
            Value w = arith::ExtSIOp::create(b, where, sum, args[1]);
            Value term = arith::MulIOp::create(b, where, a, w);
            result = arith::AddIOp::create(b, where, args[2], term);
          } else {
            Value a = arith::ExtFOp::create(b, where, sum, args[0]);
            Value w = arith::ExtFOp::create(b, where, sum, args[1]);
            Value term = arith::MulFOp::create(b, where, a, w);
            result = arith::AddFOp::create(b, where, args[2], term);
          }
          linalg::YieldOp::create(b, where, result);
        });
    combineScales(op.getLoc(), factors);
    rewriter.replaceOp(op, finish(op, product.getResult(0), factors));
    return true;
  }

  /// A scale for a whole operand and those of the other are one input: the
  /// vector unit has room for a bias and a residual beside the sums.
  void combineScales(Location loc, SmallVector<Factor> &factors) {
    auto isWhole = [](const Factor &factor) {
      return factor.map.getNumResults() == 0;
    };
    Factor *whole = llvm::find_if(factors, isWhole);
    if (factors.size() != 2 || whole == factors.end()) {
      return;
    }
    const Factor &other = factors[whole == factors.begin() ? 1 : 0];
    int64_t rank = other.map.getNumResults();
    AffineMap identity = rewriter.getMultiDimIdentityMap(rank);
    AffineMap none = AffineMap::get(rank, 0, rewriter.getContext());
    Value product = xpu::makeElementwise(
        rewriter, loc, {other.value, whole->value}, {identity, none},
        rewriter.getF32Type(), [](ImplicitLocOpBuilder &b, ValueRange args) {
          return arith::MulFOp::create(b, args[0], args[1]);
        });
    factors = {{product, other.map}};
  }

  bool makeBlocks(linalg::GenericOp op) {
    // Products of two activations, as in attention, are not quantised.
    std::optional<unsigned> loop = xpu::findBlockLoop(op);
    if (!areInputsF32(op) || !loop ||
        llvm::none_of(op.getDpsInputs(),
                      [&](Value input) { return isConstant(input); })) {
      return false;
    }
    SmallVector<AffineMap> maps = op.getIndexingMapsArray();
    std::array<xpu::BlockOperand, 2> operands;
    for (unsigned i = 0; i < 2; ++i) {
      Value input = op.getDpsInputs()[i];
      Type type = isConstant(input) ? precision.weights : precision.activations;
      operands[i].type = cast<FloatType>(type);
      operands[i].blocks = quantizer.makeBlocks(
          input, *xpu::findPlainDim(maps[i], *loop), operands[i].type);
    }
    // Beside the product, where a layer that repeats takes them along.
    rewriter.setInsertionPoint(op);
    bool isZero = startsFromZero(op);
    Value start = isZero ? op.getDpsInits()[0]
                         : makeZeros(op.getLoc(), op.getDpsInits()[0],
                                     rewriter.getF32Type());
    Value result = xpu::makeBlockProduct(rewriter, op, *loop, operands, start);
    rewriter.replaceOp(op, isZero ? result : finish(op, result, {}));
    return true;
  }

  IRRewriter rewriter;
  xpu::Quantizer quantizer;
  Precision precision;
};

struct SetPrecisionPass final
    : xpu::impl::SetPrecisionPassBase<SetPrecisionPass> {
  using Base::Base;

  void runOnOperation() override {
    std::optional<Precision> formats =
        xpu::parsePrecision(&getContext(), precision.getValue());
    if (!formats) {
      getOperation().emitError()
          << "unsupported: precision '" << precision << "'";
      return signalPassFailure();
    }
    if (formats->kind == Precision::Kind::Same) {
      return;
    }
    SmallVector<linalg::GenericOp> contractions;
    getOperation().walk([&](linalg::GenericOp op) {
      if (succeeded(xpu::matchContraction(op)) && !xpu::isBlockProduct(op)) {
        contractions.push_back(op);
      }
    });
    PrecisionRewriter rewriter(&getContext(), *formats);
    for (linalg::GenericOp op : contractions) {
      rewriter.rewrite(op);
    }
    SmallVector<acc::model::AttentionOp> attentions;
    getOperation().walk(
        [&](acc::model::AttentionOp op) { attentions.push_back(op); });
    for (acc::model::AttentionOp op : attentions) {
      rewriter.rewrite(op);
    }
    rewriter.shareRounded();
  }
};

} // namespace
