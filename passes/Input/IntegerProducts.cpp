//===- IntegerProducts.cpp - Work on what a graph has quantised -----------===//

#include "passes/Input/Dequantised.h"
#include "passes/Input/Passes.h"
#include "passes/Input/Quantisation.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"
#include "passes/Analysis/ConstantData.h"
#include "passes/Analysis/Contraction.h"
#include "passes/Analysis/Reduction.h"
#include "passes/Input/Quantize.h"

using namespace mlir;

namespace xpu {
#define GEN_PASS_DEF_INTEGERPRODUCTSPASS
#include "passes/Input/Passes.h.inc"
} // namespace xpu

namespace {

using xpu::Dequantised;

class IntegerRewriter {
public:
  explicit IntegerRewriter(MLIRContext *context) : rewriter(context) {}

  void rewrite(linalg::GenericOp op) {
    if (!op.hasPureTensorSemantics() || op.getNumDpsInits() != 1) {
      return;
    }
    if (succeeded(xpu::matchFloatContraction(op))) {
      multiplyCodes(op);
    } else if (op.getNumReductionLoops() != 0) {
      compareCodes(op);
    } else if (std::optional<xpu::Quantisation> q =
                   xpu::matchQuantisation(op)) {
      if (!dropIdentity(op, *q)) {
        xpu::shortenQuantisation(rewriter, op, *q);
      }
    }
  }

  void fold(linalg::GenericOp op) {
    if (!op->use_empty()) {
      xpu::foldDequantised(rewriter, op);
    }
  }

private:
  IRRewriter rewriter;

  Value makeConstant(Location loc, ArrayRef<int64_t> shape, Type type,
                     AsmResourceBlob blob) {
    auto attr = DenseResourceElementsAttr::get(
        RankedTensorType::get(shape, type), "quantized", std::move(blob));
    return arith::ConstantOp::create(rewriter, loc, cast<TypedAttr>(attr));
  }

  static ElementsAttr getCodes(Value codes) {
    ElementsAttr constant;
    bool isKnown = matchPattern(codes, m_Constant(&constant)) &&
                   xpu::hasConstantData(constant);
    return isKnown ? constant : nullptr;
  }

  static int64_t getCode(ArrayRef<char> data, int64_t i, bool isUnsigned) {
    char byte = data[data.size() == 1 ? 0 : i];
    return isUnsigned ? int64_t(static_cast<uint8_t>(byte))
                      : int64_t(static_cast<int8_t>(byte));
  }

  /// Codes of a constant without a zero point, if they are integers of 8 bits.
  void centre(Dequantised &operand) {
    ElementsAttr constant =
        operand.zero != 0 ? getCodes(operand.codes) : nullptr;
    if (!constant) {
      return;
    }
    ArrayRef<char> data = xpu::getConstantData(constant);
    ArrayRef<int64_t> shape = constant.getShapedType().getShape();
    int64_t count = ShapedType::getNumElements(shape);
    AsmResourceBlob blob = xpu::allocateZeros(count);
    int64_t least = 0, largest = 0;
    for (int64_t i = 0; i < count; ++i) {
      int64_t code = getCode(data, i, operand.isUnsigned) - operand.zero;
      least = std::min(least, code);
      largest = std::max(largest, code);
      blob.getMutableData()[i] = static_cast<char>(code);
    }
    bool fitsSigned = least >= -128 && largest <= 127;
    bool fitsUnsigned = least >= 0 && largest <= 255;
    if (!fitsSigned && !fitsUnsigned) {
      return;
    }
    operand.isUnsigned = !fitsSigned;
    operand.zero = 0;
    operand.codes = makeConstant(operand.codes.getLoc(), shape,
                                 rewriter.getI8Type(), std::move(blob));
  }

  /// Something of the result, by some of its dimensions.
  struct Factor {
    Value value;
    AffineMap map;
  };

  /// Which dimensions of the result those of an operand are that it shares with
  /// it; nothing if there are others among `dims`.
  static std::optional<AffineMap>
  getResultMap(linalg::GenericOp op, unsigned input, ArrayRef<int64_t> dims) {
    SmallVector<AffineMap> maps = op.getIndexingMapsArray();
    SmallVector<AffineExpr> results;
    for (int64_t dim : dims) {
      auto loop = dyn_cast<AffineDimExpr>(maps[input].getResult(dim));
      auto position = loop ? maps.back().getResultPosition(loop) : std::nullopt;
      if (!position) {
        return std::nullopt;
      }
      results.push_back(getAffineDimExpr(*position, op.getContext()));
    }
    return AffineMap::get(maps.back().getNumResults(), 0, results,
                          op.getContext());
  }

  /// What the zero point of the other operand adds to the sums: its product
  /// with the sums of `weights`.
  std::optional<Factor> makeCorrection(linalg::GenericOp op, unsigned input,
                                       const Dequantised &weights,
                                       int64_t zero) {
    ElementsAttr constant = getCodes(weights.codes);
    if (!constant || weights.zero != 0) {
      return std::nullopt;
    }
    AffineMap map = op.getIndexingMapsArray()[input];
    ArrayRef<int64_t> shape = constant.getShapedType().getShape();
    SmallVector<int64_t> dims, sizes, strides(shape.size(), 0);
    SmallVector<utils::IteratorType> iterators = op.getIteratorTypesArray();
    for (auto [dim, expr] : llvm::enumerate(map.getResults())) {
      auto loop = dyn_cast<AffineDimExpr>(expr);
      if (!loop) {
        return std::nullopt;
      }
      if (iterators[loop.getPosition()] == utils::IteratorType::parallel) {
        dims.push_back(int64_t(dim));
        sizes.push_back(shape[dim]);
      }
    }
    // Loops over what the weights do not have would add it again.
    for (auto [loop, iterator] : llvm::enumerate(iterators)) {
      if (iterator == utils::IteratorType::reduction &&
          !map.isFunctionOfDim(loop)) {
        return std::nullopt;
      }
    }
    std::optional<AffineMap> resultMap = getResultMap(op, input, dims);
    if (!resultMap) {
      return std::nullopt;
    }
    int64_t count = 1;
    for (size_t i = dims.size(); i-- > 0;) {
      strides[dims[i]] = count;
      count *= sizes[i];
    }
    std::vector<int32_t> sums(count, 0);
    ArrayRef<char> data = xpu::getConstantData(constant);
    SmallVector<int64_t> index(shape.size(), 0);
    int64_t at = 0;
    for (int64_t i = 0, end = ShapedType::getNumElements(shape); i < end; ++i) {
      sums[at] -=
          static_cast<int32_t>(zero * getCode(data, i, weights.isUnsigned));
      for (size_t dim = shape.size(); dim-- > 0;) {
        at += strides[dim];
        if (++index[dim] < shape[dim]) {
          break;
        }
        at -= strides[dim] * index[dim];
        index[dim] = 0;
      }
    }
    AsmResourceBlob blob = xpu::allocateZeros(4 * count);
    memcpy(blob.getMutableData().data(), sums.data(), 4 * count);
    Value value = makeConstant(op.getLoc(), sizes, rewriter.getI32Type(),
                               std::move(blob));
    return Factor{value, *resultMap};
  }

  /// Scales of sums: those of one operand times those of the other.
  std::optional<Factor> makeScale(linalg::GenericOp op,
                                  ArrayRef<Dequantised> operands) {
    Location loc = op.getLoc();
    std::optional<Factor> result;
    float number = operands[0].scale * operands[1].scale;
    for (unsigned i = 0; i < 2; ++i) {
      if (!operands[i].scales) {
        continue;
      }
      std::optional<AffineMap> map = getResultMap(op, i, {operands[i].dim});
      if (!map || result) {
        return std::nullopt;
      }
      float other = operands[1 - i].scale;
      AffineMap identity = rewriter.getMultiDimIdentityMap(1);
      DenseElementsAttr known;
      Value scales = operands[i].scales;
      if (matchPattern(scales, m_Constant(&known))) {
        auto product =
            known.mapValues(rewriter.getF32Type(), [&](const APFloat &scale) {
              return APFloat(scale.convertToFloat() * other).bitcastToAPInt();
            });
        scales = arith::ConstantOp::create(rewriter, loc, product);
      } else {
        scales = xpu::makeElementwise(
            rewriter, loc, {scales}, {identity}, rewriter.getF32Type(),
            [&](ImplicitLocOpBuilder &b, ValueRange args) {
              Value factor =
                  arith::ConstantOp::create(b, b.getF32FloatAttr(other));
              return arith::MulFOp::create(b, args[0], factor);
            });
      }
      result = Factor{scales, *map};
    }
    if (!result) {
      unsigned rank = op.getIndexingMapsArray().back().getNumResults();
      Value scale = arith::ConstantOp::create(rewriter, loc,
                                              rewriter.getF32FloatAttr(number));
      result = Factor{scale, AffineMap::get(rank, 0, op.getContext())};
    }
    return result;
  }

  static bool startsFromZero(linalg::GenericOp op) {
    auto fill = op.getDpsInits()[0].getDefiningOp<linalg::FillOp>();
    Attribute number;
    return fill && matchPattern(fill.getInputs()[0], m_Constant(&number)) &&
           xpu::isZeroStart(number);
  }

  void multiplyCodes(linalg::GenericOp op) {
    SmallVector<int64_t> ranges = op.getStaticLoopRanges();
    SmallVector<unsigned> sums;
    op.getReductionDims(sums);
    int64_t terms = 1;
    for (unsigned dim : sums) {
      terms *= ranges[dim];
    }
    constexpr int64_t kLargestProduct = 255 * 255;
    if (!startsFromZero(op) || llvm::any_of(ranges, ShapedType::isDynamic) ||
        terms > std::numeric_limits<int32_t>::max() / kLargestProduct) {
      return;
    }
    rewriter.setInsertionPoint(op);
    SmallVector<Dequantised> operands;
    for (Value input : op.getDpsInputs()) {
      std::optional<Dequantised> found =
          xpu::traceDequantised(rewriter, input, /*padding=*/0);
      if (!found) {
        return;
      }
      centre(*found);
      operands.push_back(*found);
    }
    std::optional<Factor> scale = makeScale(op, operands);
    if (!scale) {
      return;
    }
    SmallVector<Factor> corrections;
    for (unsigned i = 0; i < 2; ++i) {
      if (operands[i].zero == 0) {
        continue;
      }
      std::optional<Factor> correction =
          makeCorrection(op, 1 - i, operands[1 - i], operands[i].zero);
      if (!correction) {
        return;
      }
      corrections.push_back(*correction);
    }
    Location loc = op.getLoc();
    Type sum = rewriter.getI32Type();
    auto type = cast<RankedTensorType>(op.getResult(0).getType());
    Value zero =
        arith::ConstantOp::create(rewriter, loc, rewriter.getZeroAttr(sum));
    Value empty = tensor::EmptyOp::create(rewriter, loc, type.getShape(), sum);
    Value start =
        linalg::FillOp::create(rewriter, loc, zero, empty).getResult(0);
    auto product = linalg::GenericOp::create(
        rewriter, loc, start.getType(),
        ValueRange{operands[0].codes, operands[1].codes}, start,
        op.getIndexingMapsArray(), op.getIteratorTypesArray(),
        [&](OpBuilder &b, Location where, ValueRange args) {
          auto widen = [&](unsigned i) -> Value {
            if (operands[i].isUnsigned) {
              return arith::ExtUIOp::create(b, where, sum, args[i]);
            }
            return arith::ExtSIOp::create(b, where, sum, args[i]);
          };
          Value a = widen(0), w = widen(1);
          Value term = arith::MulIOp::create(b, where, a, w);
          Value result = arith::AddIOp::create(b, where, args[2], term);
          linalg::YieldOp::create(b, where, result);
        });
    AffineMap identity = rewriter.getMultiDimIdentityMap(type.getRank());
    SmallVector<Value> inputs = {product.getResult(0)};
    SmallVector<AffineMap> maps = {identity};
    bool hasScales = llvm::isa<TensorType>(scale->value.getType());
    if (hasScales) {
      inputs.push_back(scale->value);
      maps.push_back(scale->map);
    }
    for (const Factor &correction : corrections) {
      inputs.push_back(correction.value);
      maps.push_back(correction.map);
    }
    rewriter.replaceOp(
        op, xpu::makeElementwise(
                rewriter, loc, inputs, maps, rewriter.getF32Type(),
                [&](ImplicitLocOpBuilder &b, ValueRange args) {
                  Value number = args[0];
                  for (Value correction :
                       args.drop_back().drop_front(hasScales ? 2 : 1)) {
                    number = arith::AddIOp::create(b, number, correction);
                  }
                  number = arith::SIToFPOp::create(b, b.getF32Type(), number);
                  Value factor = hasScales ? args[1] : scale->value;
                  return arith::MulFOp::create(b, number, factor);
                }));
  }

  /// The largest of dequantised numbers is that of the codes.
  void compareCodes(linalg::GenericOp op) {
    FailureOr<xpu::Reduction> reduction = xpu::matchReduction(op);
    auto fill = op.getDpsInits()[0].getDefiningOp<linalg::FillOp>();
    FloatAttr start;
    if (failed(reduction) ||
        !llvm::isa<arith::MaximumFOp>(reduction->combiner) || !fill ||
        !matchPattern(fill.getInputs()[0], m_Constant(&start)) ||
        !start.getValue().isInfinity() || !start.getValue().isNegative()) {
      return;
    }
    auto argument = dyn_cast<BlockArgument>(reduction->element);
    if (!argument || argument.getArgNumber() >= op.getNumDpsInputs()) {
      return;
    }
    rewriter.setInsertionPoint(op);
    unsigned at = argument.getArgNumber();
    Value input = op.getDpsInputs()[at];
    std::optional<Dequantised> found = xpu::traceDequantised(
        rewriter, input, -std::numeric_limits<float>::infinity());
    if (!found || found->scales || !(found->scale > 0)) {
      return;
    }
    Location loc = op.getLoc();
    Type i8 = rewriter.getI8Type();
    auto type = cast<RankedTensorType>(op.getResult(0).getType());
    Value least = arith::ConstantOp::create(
        rewriter, loc,
        rewriter.getIntegerAttr(i8, found->isUnsigned ? 0 : -128));
    Value empty = tensor::EmptyOp::create(rewriter, loc, type.getShape(), i8);
    Value first =
        linalg::FillOp::create(rewriter, loc, least, empty).getResult(0);
    SmallVector<Value> inputs(op.getDpsInputs());
    inputs[at] = found->codes;
    auto largest = linalg::GenericOp::create(
        rewriter, loc, first.getType(), inputs, first,
        op.getIndexingMapsArray(), op.getIteratorTypesArray(),
        [&](OpBuilder &b, Location where, ValueRange args) {
          Value result =
              found->isUnsigned
                  ? arith::MaxUIOp::create(b, where, args.back(), args[at])
                        .getResult()
                  : arith::MaxSIOp::create(b, where, args.back(), args[at])
                        .getResult();
          linalg::YieldOp::create(b, where, result);
        });
    found->codes = largest.getResult(0);
    rewriter.replaceOp(op, xpu::makeDequantised(rewriter, loc, *found));
  }

  /// What is dequantised and quantised alike is what it was.
  bool dropIdentity(linalg::GenericOp op, const xpu::Quantisation &q) {
    rewriter.setInsertionPoint(op);
    auto source = op.getDpsInputs()[0].getDefiningOp<linalg::GenericOp>();
    std::optional<Dequantised> found =
        source ? xpu::matchDequantised(source) : std::nullopt;
    if (!found || found->scales || found->isUnsigned != q.isUnsigned) {
      return false;
    }
    for (int64_t code = q.least(); code <= q.largest(); ++code) {
      float number = float(code - found->zero) * found->scale;
      if (q.apply(number) != code) {
        return false;
      }
    }
    rewriter.replaceOp(op, found->codes);
    return true;
  }
};

struct IntegerProductsPass final
    : xpu::impl::IntegerProductsPassBase<IntegerProductsPass> {
  using Base::Base;

  void runOnOperation() override {
    SmallVector<linalg::GenericOp> ops;
    getOperation().walk([&](linalg::GenericOp op) { ops.push_back(op); });
    IntegerRewriter rewriter(&getContext());
    for (linalg::GenericOp op : ops) {
      rewriter.rewrite(op);
    }
    ops.clear();
    getOperation().walk([&](linalg::GenericOp op) { ops.push_back(op); });
    for (linalg::GenericOp op : ops) {
      rewriter.fold(op);
    }
  }
};

} // namespace
