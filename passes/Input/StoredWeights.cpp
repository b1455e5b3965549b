//===- StoredWeights.cpp - Weights that are arguments, in blocks ----------===//

#include "passes/Input/BlockProduct.h"

#include "dialects/XPU/IR/XPU.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "passes/Analysis/Contraction.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/MapVector.h"

using namespace mlir;

namespace xpu {

namespace {

/// A matrix that is one of a stack.
struct Matrix {
  BlockArgument stack;
  int64_t number = 0;
  SmallVector<Operation *> path; ///< from its use to the stack
};

/// A product with such a matrix as its second operand.
struct Product {
  linalg::GenericOp op;
  Matrix matrix;
  unsigned loop = 0; ///< of its blocks
};

/// What takes the place of a stack.
struct Blocks {
  BlockArgument bytes, scales;
};

class WeightStore {
public:
  WeightStore(func::FuncOp func, const Precision &precision)
      : func(func), rewriter(func.getContext()),
        quantizer(rewriter, rewriter.getBF16Type()),
        weights(cast<FloatType>(precision.weights)),
        activations(cast<FloatType>(precision.activations)) {}

  void run() {
    SmallVector<Product> products = findProducts();
    for (const Product &product : products) {
      rewrite(product);
    }
    eraseStacks();
  }

private:
  func::FuncOp func;
  IRRewriter rewriter;
  Quantizer quantizer;
  FloatType weights, activations;
  llvm::MapVector<BlockArgument, Blocks> stored;

  static bool isWidening(Operation *op) {
    auto generic = dyn_cast<linalg::GenericOp>(op);
    if (!generic || generic.getNumDpsInputs() != 1 ||
        !llvm::all_of(generic.getIndexingMapsArray(),
                      [](AffineMap map) { return map.isIdentity(); })) {
      return false;
    }
    auto body = generic.getBody()->without_terminator();
    return llvm::hasSingleElement(body) &&
           llvm::isa<arith::ExtFOp>(*body.begin());
  }

  /// Nothing if the value is not a whole matrix of an argument's.
  static std::optional<Matrix> findMatrix(Value value) {
    auto type = cast<RankedTensorType>(value.getType());
    Matrix matrix;
    bool isOne = false;
    while (Operation *op = value.getDefiningOp()) {
      matrix.path.push_back(op);
      if (auto slice = dyn_cast<tensor::ExtractSliceOp>(op)) {
        auto from = slice.getSourceType();
        ArrayRef<int64_t> offsets = slice.getStaticOffsets();
        if (isOne || from.getRank() != type.getRank() + 1 ||
            ShapedType::isDynamic(offsets[0]) ||
            slice.getStaticSizes()[0] != 1 ||
            slice.getStaticSizes().drop_front() != type.getShape() ||
            !slice.hasUnitStride()) {
          return std::nullopt;
        }
        isOne = true;
        matrix.number = offsets[0];
        value = slice.getSource();
      } else if (auto collapse = dyn_cast<tensor::CollapseShapeOp>(op)) {
        value = collapse.getSrc();
      } else if (isWidening(op)) {
        value = op->getOperand(0);
      } else {
        return std::nullopt;
      }
    }
    matrix.stack = dyn_cast<BlockArgument>(value);
    auto stack = dyn_cast<RankedTensorType>(value.getType());
    bool isStack = matrix.stack && stack && stack.getElementType().isBF16() &&
                   stack.getRank() == type.getRank() + 1 &&
                   (isOne || stack.getDimSize(0) == 1) &&
                   stack.getShape().drop_front() == type.getShape();
    return isStack ? std::optional(matrix) : std::nullopt;
  }

  SmallVector<Product> findProducts() {
    SmallVector<linalg::MatmulOp> ops;
    func.walk([&](linalg::MatmulOp op) {
      if (findMatrix(op.getDpsInputs()[1])) {
        ops.push_back(op);
      }
    });
    SmallVector<Product> products;
    for (linalg::MatmulOp op : ops) {
      rewriter.setInsertionPoint(op);
      FailureOr<linalg::GenericOp> generic =
          linalg::generalizeNamedOp(rewriter, op);
      if (failed(generic)) {
        continue;
      }
      auto loop = findBlockLoop(*generic);
      auto matrix = findMatrix(generic->getDpsInputs()[1]);
      if (loop && matrix) {
        products.push_back({*generic, *matrix, *loop});
      }
    }
    return products;
  }

  /// The shape of a stack's scales, or with the bytes of a block, of its bytes.
  SmallVector<int64_t> shapeOf(BlockArgument stack, int64_t dim) {
    SmallVector<int64_t> shape(
        cast<RankedTensorType>(stack.getType()).getShape());
    int64_t blocks = llvm::divideCeil(shape[dim], int64_t(isa::kScaleBlock));
    shape.erase(shape.begin() + dim);
    shape.push_back(blocks);
    return shape;
  }

  BlockArgument addArgument(BlockArgument stack, StringRef part,
                            ArrayRef<int64_t> shape, Type element) {
    auto type = RankedTensorType::get(shape, element);
    unsigned index = func.getNumArguments();
    SmallVector<NamedAttribute> attributes;
    if (auto name = func.getArgAttrOfType<StringAttr>(stack.getArgNumber(),
                                                      "acc.name")) {
      attributes.push_back(rewriter.getNamedAttr(
          "acc.name", rewriter.getStringAttr(name.getValue() + "." + part)));
    }
    LogicalResult done = func.insertArgument(
        index, type, rewriter.getDictionaryAttr(attributes), stack.getLoc());
    (void)done;
    assert(succeeded(done) && "functions of tensors take further ones");
    return func.getArgument(index);
  }

  Blocks &store(BlockArgument stack, int64_t dim) {
    auto [it, isNew] = stored.insert({stack, Blocks()});
    if (isNew) {
      SmallVector<int64_t> shape = shapeOf(stack, 1 + dim);
      BlockArgument scales = addArgument(stack, "scales", shape,
                                         rewriter.getType<Float8E8M0FNUType>());
      auto block = VectorType::get({int64_t(isa::kScaleBlock)}, weights);
      shape.push_back(getElementBytes(block));
      BlockArgument bytes =
          addArgument(stack, "bytes", shape, rewriter.getI8Type());
      it->second = {bytes, scales};
    }
    return it->second;
  }

  /// One of a stack's.
  Value take(Location loc, BlockArgument stack, int64_t number) {
    auto type = cast<RankedTensorType>(stack.getType());
    int64_t rank = type.getRank();
    SmallVector<OpFoldResult> offsets(rank, rewriter.getIndexAttr(0));
    SmallVector<OpFoldResult> strides(rank, rewriter.getIndexAttr(1));
    SmallVector<OpFoldResult> sizes;
    for (int64_t size : type.getShape()) {
      sizes.push_back(rewriter.getIndexAttr(size));
    }
    offsets[0] = rewriter.getIndexAttr(number);
    sizes[0] = rewriter.getIndexAttr(1);
    Value slice = tensor::ExtractSliceOp::create(rewriter, loc, stack, offsets,
                                                 sizes, strides);
    SmallVector<ReassociationIndices> groups = {{0, 1}};
    for (int64_t dim = 2; dim < rank; ++dim) {
      groups.push_back({dim});
    }
    return tensor::CollapseShapeOp::create(rewriter, loc, slice, groups);
  }

  void rewrite(const Product &product) {
    linalg::GenericOp op = product.op;
    SmallVector<AffineMap> maps = op.getIndexingMapsArray();
    std::array<BlockOperand, 2> operands;
    operands[0].type = activations;
    operands[0].blocks =
        quantizer.makeBlocks(op.getDpsInputs()[0],
                             *findPlainDim(maps[0], product.loop), activations);
    const Blocks &blocks =
        store(product.matrix.stack, *findPlainDim(maps[1], product.loop));
    rewriter.setInsertionPoint(op);
    int64_t number = product.matrix.number;
    operands[1].type = weights;
    operands[1].blocks.bytes = take(op.getLoc(), blocks.bytes, number);
    operands[1].blocks.scales = take(op.getLoc(), blocks.scales, number);
    rewriter.replaceOp(op, makeBlockProduct(rewriter, op, product.loop,
                                            operands, op.getDpsInits()[0]));
    for (Operation *step : product.matrix.path) {
      if (step->use_empty()) {
        rewriter.eraseOp(step);
      }
    }
  }

  void eraseStacks() {
    llvm::BitVector erased(func.getNumArguments());
    for (auto &[stack, blocks] : stored) {
      if (stack.use_empty()) {
        erased.set(stack.getArgNumber());
      }
    }
    LogicalResult done = func.eraseArguments(erased);
    (void)done;
    assert(succeeded(done) && "arguments without uses");
  }
};

} // namespace

void storeWeightsInBlocks(func::FuncOp func, StringRef precision) {
  std::optional<Precision> formats =
      parsePrecision(func.getContext(), precision);
  if (formats && formats->kind == Precision::Kind::Blocks) {
    WeightStore(func, *formats).run();
  }
}

} // namespace xpu
