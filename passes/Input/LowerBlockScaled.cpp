//===- LowerBlockScaled.cpp - TOSA's block-scaled operations --------------===//

#include "passes/Input/Passes.h"

#include "dialects/XPU/IR/XPU.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "passes/Input/Quantize.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace xpu {
#define GEN_PASS_DEF_LOWERBLOCKSCALEDPASS
#include "passes/Input/Passes.h.inc"
} // namespace xpu

namespace {

constexpr int64_t kBlock = xpu::isa::kScaleBlock;

SmallVector<int64_t> concat(ArrayRef<int64_t> a, ArrayRef<int64_t> b) {
  SmallVector<int64_t> result(a);
  llvm::append_range(result, b);
  return result;
}

class Lowering {
public:
  explicit Lowering(RewriterBase &rewriter)
      : rewriter(rewriter), quantizer(rewriter) {}

  LogicalResult lower(tosa::MatmulTBlockScaledOp op) {
    if (failed(check(op, op.getAData()))) {
      return failure();
    }
    rewriter.setInsertionPoint(op);
    auto output = cast<RankedTensorType>(op.getOutputData().getType());
    Value a = makeBlocks(op.getLoc(), op.getAData());
    Value b = makeBlocks(op.getLoc(), op.getBData());
    // Loops: n, h, w, block. One matrix b may serve all n.
    auto loop = [&](unsigned i) { return rewriter.getAffineDimExpr(i); };
    AffineExpr matrix = loop(0);
    if (cast<RankedTensorType>(b.getType()).getDimSize(0) == 1) {
      matrix = rewriter.getAffineConstantExpr(0);
    }
    MLIRContext *context = rewriter.getContext();
    AffineMap aMap = AffineMap::get(4, 0, {loop(0), loop(1), loop(3)}, context);
    AffineMap bMap = AffineMap::get(4, 0, {matrix, loop(2), loop(3)}, context);
    AffineMap outMap =
        AffineMap::get(4, 0, {loop(0), loop(1), loop(2)}, context);
    constexpr auto parallel = utils::IteratorType::parallel;
    Value zero = arith::ConstantOp::create(rewriter, op.getLoc(),
                                           rewriter.getF32FloatAttr(0));
    Value empty = tensor::EmptyOp::create(
        rewriter, op.getLoc(), output.getShape(), rewriter.getF32Type());
    Value start =
        linalg::FillOp::create(rewriter, op.getLoc(), zero, empty).getResult(0);
    auto product = linalg::GenericOp::create(
        rewriter, op.getLoc(), start.getType(),
        ValueRange{a, b, op.getAScale(), op.getBScale()}, start,
        ArrayRef<AffineMap>{aMap, bMap, aMap, bMap, outMap},
        ArrayRef<utils::IteratorType>{parallel, parallel, parallel,
                                      utils::IteratorType::reduction},
        [](OpBuilder &builder, Location loc, ValueRange args) {
          Value sum =
              xpu::BlockDotOp::create(builder, loc, args[4].getType(), args[4],
                                      args[0], args[1], args[2], args[3]);
          linalg::YieldOp::create(builder, loc, sum);
        });
    rewriter.replaceOp(op, product.getResult(0));
    return success();
  }

  LogicalResult lower(tosa::CastFromBlockScaledOp op) {
    if (failed(check(op, op.getInputData()))) {
      return failure();
    }
    Location loc = op.getLoc();
    rewriter.setInsertionPoint(op);
    auto type = cast<RankedTensorType>(op.getInputData().getType());
    auto output = cast<RankedTensorType>(op.getOutputData().getType());
    Value numbers = xpu::widenCodes(rewriter, loc, op.getInputData());
    Value scales = xpu::widenScales(rewriter, loc, op.getInputScale());
    int64_t rank = type.getRank();
    Value split = splitLast(loc, numbers, {kBlock});
    AffineMap all = rewriter.getMultiDimIdentityMap(rank + 1);
    Value result = xpu::makeElementwise(
        rewriter, loc, {split, scales}, {all, all.dropResult(rank)},
        output.getElementType(), [&](ImplicitLocOpBuilder &b, ValueRange args) {
          Value number = arith::MulFOp::create(b, args[0], args[1]);
          return output.getElementType().isF32()
                     ? number
                     : arith::TruncFOp::create(b, output.getElementType(),
                                               number)
                           .getResult();
        });
    rewriter.replaceOp(op, mergeLast(loc, result, output.getShape()));
    return success();
  }

  LogicalResult lower(tosa::CastToBlockScaledOp op) {
    if (failed(check(op, op.getOutputData()))) {
      return failure();
    }
    Location loc = op.getLoc();
    rewriter.setInsertionPoint(op);
    auto data = cast<RankedTensorType>(op.getOutputData().getType());
    auto type = cast<FloatType>(data.getElementType());
    Value input = op.getInputData();
    int64_t rank = data.getRank();
    if (!getElementTypeOrSelf(input.getType()).isF32()) {
      AffineMap all = rewriter.getMultiDimIdentityMap(rank);
      input = xpu::makeElementwise(
          rewriter, loc, {input}, {all}, rewriter.getF32Type(),
          [](ImplicitLocOpBuilder &b, ValueRange args) {
            return arith::ExtFOp::create(b, b.getF32Type(), args[0]);
          });
    }
    xpu::Quantizer::Blocks blocks = quantizer.makeBlocks(input, rank - 1, type);
    rewriter.setInsertionPoint(op);
    Value codes = unpack(loc, blocks.bytes, type);
    rewriter.replaceOp(op,
                       {mergeLast(loc, codes, data.getShape()), blocks.scales});
    return success();
  }

private:
  template <typename Op> LogicalResult check(Op op, Value data) {
    auto type = dyn_cast<RankedTensorType>(data.getType());
    if (!type || !type.hasStaticShape() ||
        !llvm::isa<FloatType>(type.getElementType())) {
      return op.emitError()
             << "unsupported: block-scaled data of type " << data.getType();
    }
    if (tosa::BlockSizeAttr::getBlockSizeValue(op.getBlockSize()) !=
        unsigned(kBlock)) {
      return op.emitError()
             << "unsupported: blocks of other than " << kBlock << " elements";
    }
    return success();
  }

  /// The last dimension as one of `inner` and one before it.
  Value splitLast(Location loc, Value value, ArrayRef<int64_t> inner) {
    auto type = cast<RankedTensorType>(value.getType());
    int64_t rank = type.getRank();
    int64_t count = type.getShape().back() / ShapedType::getNumElements(inner);
    SmallVector<int64_t> shape(type.getShape().drop_back());
    shape.push_back(count);
    llvm::append_range(shape, inner);
    SmallVector<ReassociationIndices> groups;
    for (int64_t dim = 0; dim < rank; ++dim) {
      groups.push_back({dim});
    }
    for (size_t i = 0; i < inner.size(); ++i) {
      groups.back().push_back(rank + int64_t(i));
    }
    return tensor::ExpandShapeOp::create(
        rewriter, loc, RankedTensorType::get(shape, type.getElementType()),
        value, groups);
  }

  /// The reverse: dimensions behind the last of `shape` are part of it.
  Value mergeLast(Location loc, Value value, ArrayRef<int64_t> shape) {
    auto type = cast<RankedTensorType>(value.getType());
    SmallVector<ReassociationIndices> groups;
    for (int64_t dim = 0; dim < type.getRank(); ++dim) {
      if (dim < int64_t(shape.size())) {
        groups.push_back({dim});
      } else {
        groups.back().push_back(dim);
      }
    }
    return tensor::CollapseShapeOp::create(
        rewriter, loc, RankedTensorType::get(shape, type.getElementType()),
        value, groups);
  }

  /// Data of TOSA, whose elements have a byte each, as blocks.
  Value makeBlocks(Location loc, Value data) {
    auto type = cast<FloatType>(getElementTypeOrSelf(data.getType()));
    Value split = splitLast(loc, data, {kBlock});
    auto from = cast<RankedTensorType>(split.getType());
    auto block = VectorType::get({kBlock}, type);
    int64_t perByte = kBlock / xpu::getElementBytes(block);
    if (type.getWidth() < 8) {
      SmallVector<AffineMap> maps;
      SmallVector<AffineExpr> dims;
      for (int64_t dim = 0; dim < from.getRank(); ++dim) {
        dims.push_back(rewriter.getAffineDimExpr(dim));
      }
      for (int64_t i = 0; i < perByte; ++i) {
        SmallVector<AffineExpr> results(dims);
        results.back() = dims.back() * perByte + i;
        maps.push_back(
            AffineMap::get(from.getRank(), 0, results, rewriter.getContext()));
      }
      SmallVector<int64_t> shape(from.getShape());
      shape.back() /= perByte;
      split = xpu::makeElementwise(
          rewriter, loc, SmallVector<Value>(perByte, split), maps,
          rewriter.getI8Type(),
          [&](ImplicitLocOpBuilder &b, ValueRange args) {
            Value byte;
            for (int64_t i = 0; i < perByte; ++i) {
              Value code = xpu::getCode(b, args[i]);
              if (i != 0) {
                Value shift = arith::ConstantOp::create(
                    b, b.getI32IntegerAttr(int32_t(i) * type.getWidth()));
                code = arith::ShLIOp::create(b, code, shift);
                code = arith::OrIOp::create(b, byte, code);
              }
              byte = code;
            }
            return arith::TruncIOp::create(b, b.getI8Type(), byte);
          },
          shape);
    }
    return xpu::BlocksOp::create(
        rewriter, loc,
        RankedTensorType::get(from.getShape().drop_back(), block), split);
  }

  /// The bytes of blocks with an element each.
  Value unpack(Location loc, Value bytes, FloatType type) {
    auto from = cast<RankedTensorType>(bytes.getType());
    if (from.getElementType() == type) {
      return bytes;
    }
    int64_t perByte = kBlock / from.getShape().back();
    int64_t rank = from.getRank();
    AffineMap all = rewriter.getMultiDimIdentityMap(rank + 1);
    return xpu::makeElementwise(
        rewriter, loc, {bytes}, {all.dropResult(rank)}, type,
        [&](ImplicitLocOpBuilder &b, ValueRange args) {
          Value index = arith::IndexCastOp::create(
              b, b.getI32Type(), linalg::IndexOp::create(b, rank));
          Value width = arith::ConstantOp::create(
              b, b.getI32IntegerAttr(int32_t(type.getWidth())));
          Value code = arith::ExtUIOp::create(b, b.getI32Type(), args[0]);
          code = arith::ShRUIOp::create(b, code,
                                        arith::MulIOp::create(b, index, width));
          code = arith::TruncIOp::create(b, b.getIntegerType(type.getWidth()),
                                         code);
          return arith::BitcastOp::create(b, type, code);
        },
        concat(from.getShape(), {perByte}));
  }

  RewriterBase &rewriter;
  xpu::Quantizer quantizer;
};

struct LowerBlockScaledPass final
    : xpu::impl::LowerBlockScaledPassBase<LowerBlockScaledPass> {
  using Base::Base;

  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    Lowering lowering(rewriter);
    SmallVector<Operation *> ops;
    getOperation().walk([&](Operation *op) {
      if (llvm::isa<tosa::MatmulTBlockScaledOp, tosa::CastFromBlockScaledOp,
                    tosa::CastToBlockScaledOp>(op)) {
        ops.push_back(op);
      }
    });
    for (Operation *op : ops) {
      LogicalResult done =
          llvm::TypeSwitch<Operation *, LogicalResult>(op)
              .Case<tosa::MatmulTBlockScaledOp, tosa::CastFromBlockScaledOp,
                    tosa::CastToBlockScaledOp>(
                  [&](auto known) { return lowering.lower(known); })
              .Default([](Operation *) { return failure(); });
      if (failed(done)) {
        return signalPassFailure();
      }
    }
  }
};

} // namespace
