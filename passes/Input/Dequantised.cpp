//===- Dequantised.cpp - Tensors that are codes times a scale -------------===//

#include "passes/Input/Dequantised.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"
#include "passes/Analysis/ConstantData.h"
#include "passes/Input/Quantize.h"

using namespace mlir;

namespace xpu {

/// Takes `value - zero` apart.
static Value takeZero(Value value, int64_t &zero) {
  IntegerAttr number;
  if (auto difference = value.getDefiningOp<arith::SubIOp>();
      difference && matchPattern(difference.getRhs(), m_Constant(&number))) {
    zero = number.getInt();
    return difference.getLhs();
  }
  if (auto sum = value.getDefiningOp<arith::AddIOp>();
      sum && matchPattern(sum.getRhs(), m_Constant(&number))) {
    zero = -number.getInt();
    return sum.getLhs();
  }
  return value;
}

std::optional<Dequantised> matchDequantised(linalg::GenericOp op) {
  if (op.getNumReductionLoops() != 0 || op.getNumDpsInits() != 1 ||
      !op.hasPureTensorSemantics() || op.getNumDpsInputs() == 0 ||
      !op.getIndexingMapsArray().back().isIdentity()) {
    return std::nullopt;
  }
  auto isInput = [&](Value value) -> OpOperand * {
    auto argument = dyn_cast<BlockArgument>(value);
    return argument && argument.getOwner() == op.getBody() &&
                   argument.getArgNumber() < op.getNumDpsInputs()
               ? op.getDpsInputOperand(argument.getArgNumber())
               : nullptr;
  };
  Dequantised result;
  Value number = op.getBody()->getTerminator()->getOperand(0);
  if (!number.getType().isF32()) {
    return std::nullopt;
  }
  if (auto product = number.getDefiningOp<arith::MulFOp>()) {
    FloatAttr scale;
    OpOperand *scales = isInput(product.getRhs());
    if (matchPattern(product.getRhs(), m_Constant(&scale))) {
      result.scale = scale.getValue().convertToFloat();
    } else if (scales) {
      AffineMap map = op.getMatchingIndexingMap(scales);
      if (map.getNumResults() != 1 || !map.isProjectedPermutation()) {
        return std::nullopt;
      }
      result.scales = scales->get();
      result.dim = map.getDimPosition(0);
    } else {
      return std::nullopt;
    }
    number = product.getLhs();
  }
  if (auto convert = number.getDefiningOp<arith::UIToFPOp>()) {
    result.isUnsigned = true;
    number = convert.getIn();
  } else if (auto convert = number.getDefiningOp<arith::SIToFPOp>()) {
    number = takeZero(convert.getIn(), result.zero);
    if (auto widen = number.getDefiningOp<arith::ExtUIOp>()) {
      result.isUnsigned = true;
      number = widen.getIn();
    } else if (auto widen = number.getDefiningOp<arith::ExtSIOp>()) {
      number = widen.getIn();
    }
  } else {
    return std::nullopt;
  }
  OpOperand *codes = isInput(number);
  if (!codes || !op.getMatchingIndexingMap(codes).isIdentity() ||
      op.getNumDpsInputs() != (result.scales ? 2 : 1) ||
      !llvm::isa<RankedTensorType>(codes->get().getType())) {
    return std::nullopt;
  }
  result.codes = codes->get();
  return result;
}

/// `x`, but a number if it is NaN, which it is not here.
static bool replacesNaN(linalg::GenericOp op) {
  auto select = op.getBody()
                    ->getTerminator()
                    ->getOperand(0)
                    .getDefiningOp<arith::SelectOp>();
  auto test =
      select ? select.getCondition().getDefiningOp<arith::CmpFOp>() : nullptr;
  return test && test.getPredicate() == arith::CmpFPredicate::OEQ &&
         test.getLhs() == test.getRhs() &&
         test.getLhs() == select.getTrueValue() &&
         select.getTrueValue() == op.getBody()->getArgument(0);
}

namespace {
class Tracer {
public:
  Tracer(RewriterBase &rewriter, float padding)
      : rewriter(rewriter), padding(padding) {}

  std::optional<Dequantised> trace(Value value) {
    Operation *def = value.getDefiningOp();
    auto type = dyn_cast<RankedTensorType>(value.getType());
    if (!def || !type || !type.hasStaticShape()) {
      return std::nullopt;
    }
    OpBuilder::InsertionGuard guard(rewriter);
    if (auto generic = dyn_cast<linalg::GenericOp>(def)) {
      std::optional<Dequantised> found = matchDequantised(generic);
      if (found) {
        return getElementTypeOrSelf(found->codes.getType()).isInteger(8)
                   ? found
                   : std::nullopt;
      }
      return traceMove(generic);
    }
    if (auto insert = dyn_cast<tensor::InsertSliceOp>(def)) {
      return traceInsertion(insert);
    }
    Value source;
    if (llvm::isa<tensor::ExpandShapeOp, tensor::CollapseShapeOp,
                  tensor::ExtractSliceOp>(def)) {
      source = def->getOperand(0);
    }
    std::optional<Dequantised> found =
        source && def->getNumOperands() == 1 ? trace(source) : std::nullopt;
    if (!found || (found->scales && !followDim(def, *found))) {
      return std::nullopt;
    }
    rewriter.setInsertionPoint(def);
    Operation *moved = rewriter.clone(*def);
    moved->setOperand(0, found->codes);
    moved->getResult(0).setType(type.clone(rewriter.getI8Type()));
    found->codes = moved->getResult(0);
    return found;
  }

private:
  RewriterBase &rewriter;
  float padding;

  /// Where dimension `dim` is behind a reshape; false if nowhere.
  static bool followDim(Operation *op, Dequantised &found) {
    SmallVector<ReassociationIndices> groups;
    ArrayRef<int64_t> wide, narrow;
    auto expand = dyn_cast<tensor::ExpandShapeOp>(op);
    auto collapse = dyn_cast<tensor::CollapseShapeOp>(op);
    if (expand) {
      groups = expand.getReassociationIndices();
      wide = expand.getResultType().getShape();
      narrow = expand.getSrcType().getShape();
    } else if (collapse) {
      groups = collapse.getReassociationIndices();
      wide = collapse.getSrcType().getShape();
      narrow = collapse.getResultType().getShape();
    } else {
      return false;
    }
    for (auto [i, group] : llvm::enumerate(groups)) {
      for (int64_t dim : group) {
        bool isIt = expand ? int64_t(i) == found.dim && wide[dim] == narrow[i]
                           : dim == found.dim && wide[dim] == narrow[i];
        if (isIt) {
          found.dim = expand ? dim : int64_t(i);
          return true;
        }
      }
    }
    return false;
  }

  std::optional<Dequantised> traceMove(linalg::GenericOp op) {
    if (op.getNumReductionLoops() != 0 || op.getNumDpsInputs() != 1 ||
        op.getNumDpsInits() != 1 || !op.hasPureTensorSemantics()) {
      return std::nullopt;
    }
    SmallVector<AffineMap> maps = op.getIndexingMapsArray();
    bool isCopy = op.getBody()->getTerminator()->getOperand(0) ==
                  op.getBody()->getArgument(0);
    if (!maps[0].isPermutation() || !maps[1].isPermutation() ||
        !(isCopy || replacesNaN(op))) {
      return std::nullopt;
    }
    std::optional<Dequantised> found = trace(op.getDpsInputs()[0]);
    if (!found || (maps[0].isIdentity() && maps[1].isIdentity())) {
      return found;
    }
    if (found->scales) {
      found->dim = *maps[1].getResultPosition(maps[0].getResult(found->dim));
    }
    rewriter.setInsertionPoint(op);
    auto type = cast<RankedTensorType>(op.getResult(0).getType());
    Value empty = tensor::EmptyOp::create(
        rewriter, op.getLoc(), type.getShape(), rewriter.getI8Type());
    found->codes = linalg::GenericOp::create(
                       rewriter, op.getLoc(), empty.getType(), found->codes,
                       empty, maps, op.getIteratorTypesArray(),
                       [](OpBuilder &b, Location where, ValueRange args) {
                         linalg::YieldOp::create(b, where, args[0]);
                       })
                       .getResult(0);
    return found;
  }

  std::optional<Dequantised> traceInsertion(tensor::InsertSliceOp op) {
    auto fill = op.getDest().getDefiningOp<linalg::FillOp>();
    FloatAttr number;
    if (!fill || !matchPattern(fill.getInputs()[0], m_Constant(&number)) ||
        number.getValue().convertToFloat() != padding) {
      return std::nullopt;
    }
    std::optional<Dequantised> found = trace(op.getSource());
    if (!found || found->scales) {
      return std::nullopt;
    }
    rewriter.setInsertionPoint(op);
    Type i8 = rewriter.getI8Type();
    int64_t code = padding == 0 ? found->zero : found->isUnsigned ? 0 : -128;
    Value around = arith::ConstantOp::create(
        rewriter, op.getLoc(),
        rewriter.getIntegerAttr(i8, static_cast<int8_t>(code)));
    Value empty = tensor::EmptyOp::create(rewriter, op.getLoc(),
                                          op.getDestType().getShape(), i8);
    Value filled = linalg::FillOp::create(rewriter, op.getLoc(), around, empty)
                       .getResult(0);
    found->codes = tensor::InsertSliceOp::create(
        rewriter, op.getLoc(), found->codes, filled, op.getMixedOffsets(),
        op.getMixedSizes(), op.getMixedStrides());
    return found;
  }
};
} // namespace

std::optional<Dequantised> traceDequantised(RewriterBase &rewriter, Value value,
                                            float padding) {
  return Tracer(rewriter, padding).trace(value);
}

Value makeDequantised(OpBuilder &builder, Location loc,
                      const Dequantised &from) {
  assert(!from.scales && "one scale");
  auto type = cast<RankedTensorType>(from.codes.getType());
  AffineMap identity = builder.getMultiDimIdentityMap(type.getRank());
  return makeElementwise(
      builder, loc, {from.codes}, {identity}, builder.getF32Type(),
      [&](ImplicitLocOpBuilder &b, ValueRange args) {
        Type i32 = b.getI32Type();
        Value code = from.isUnsigned
                         ? arith::ExtUIOp::create(b, i32, args[0]).getResult()
                         : arith::ExtSIOp::create(b, i32, args[0]).getResult();
        Value zero = arith::ConstantOp::create(
            b, b.getI32IntegerAttr(static_cast<int32_t>(from.zero)));
        Value number = arith::SIToFPOp::create(
            b, b.getF32Type(), arith::SubIOp::create(b, code, zero));
        Value scale =
            arith::ConstantOp::create(b, b.getF32FloatAttr(from.scale));
        return arith::MulFOp::create(b, number, scale);
      });
}

void foldDequantised(RewriterBase &rewriter, linalg::GenericOp op) {
  std::optional<Dequantised> found = matchDequantised(op);
  DenseElementsAttr scales;
  ElementsAttr codes;
  if (!found || !matchPattern(found->codes, m_Constant(&codes)) ||
      !hasConstantData(codes) ||
      (found->scales && !matchPattern(found->scales, m_Constant(&scales)))) {
    return;
  }
  auto type = cast<RankedTensorType>(op.getResult(0).getType());
  ArrayRef<char> data = getConstantData(codes);
  unsigned width = codes.getElementType().getIntOrFloatBitWidth();
  if (width != 8 && width != 32) {
    return;
  }
  int64_t count = type.getNumElements();
  int64_t inner = 1;
  SmallVector<float> numbers;
  if (scales) {
    numbers = llvm::to_vector(scales.getValues<float>());
    inner =
        ShapedType::getNumElements(type.getShape().drop_front(found->dim + 1));
  }
  AsmResourceBlob blob = allocateZeros(4 * count);
  for (int64_t i = 0; i < count; ++i) {
    int64_t at = codes.isSplat() ? 0 : i;
    int64_t code;
    if (width == 32) {
      int32_t word;
      memcpy(&word, data.data() + 4 * at, 4);
      code = word;
    } else {
      code = found->isUnsigned ? int64_t(static_cast<uint8_t>(data[at]))
                               : int64_t(static_cast<int8_t>(data[at]));
    }
    float scale = scales ? numbers[i / inner % numbers.size()] : found->scale;
    // Differences are of 32 bits.
    float number =
        static_cast<float>(static_cast<int32_t>(code - found->zero)) * scale;
    memcpy(blob.getMutableData().data() + 4 * i, &number, 4);
  }
  rewriter.setInsertionPoint(op);
  auto attr =
      DenseResourceElementsAttr::get(type, "dequantised", std::move(blob));
  rewriter.replaceOp(op, arith::ConstantOp::create(rewriter, op.getLoc(),
                                                   cast<TypedAttr>(attr)));
}

} // namespace xpu
