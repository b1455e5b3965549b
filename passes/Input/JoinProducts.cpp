//===- JoinProducts.cpp - A sum of products as one product ----------------===//

#include "passes/Input/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Dominance.h"
#include "mlir/IR/Matchers.h"
#include "passes/Analysis/ConstantData.h"
#include "passes/Analysis/Contraction.h"

using namespace mlir;

namespace xpu {
#define GEN_PASS_DEF_JOINPRODUCTSPASS
#include "passes/Input/Passes.h.inc"
} // namespace xpu

namespace {

/// The two values that each element of the result is the sum of: arguments of
/// the body, or a number; nothing if it is something else.
std::optional<std::array<Value, 2>> matchAddition(linalg::GenericOp op) {
  auto body = op.getBody()->without_terminator();
  if (!op.hasPureTensorSemantics() ||
      op.getNumParallelLoops() != op.getNumLoops() ||
      op.getNumDpsInits() != 1 ||
      !op.getMatchingIndexingMap(op.getDpsInitOperand(0)).isIdentity() ||
      !llvm::hasSingleElement(body)) {
    return std::nullopt;
  }
  auto add = dyn_cast<arith::AddFOp>(*body.begin());
  if (!add || op.getBody()->getTerminator()->getOperand(0) != add) {
    return std::nullopt;
  }
  return std::array<Value, 2>{add.getLhs(), add.getRhs()};
}

/// The input that a value of the body is an element of, the one for which the
/// body is computed; null if it is another, or no input's.
OpOperand *findWholeInput(linalg::GenericOp op, Value value) {
  auto argument = dyn_cast<BlockArgument>(value);
  if (!argument || argument.getOwner() != op.getBody() ||
      argument.getArgNumber() >= op.getNumDpsInputs()) {
    return nullptr;
  }
  OpOperand *input = op.getDpsInputOperand(argument.getArgNumber());
  return op.getMatchingIndexingMap(input).isIdentity() ? input : nullptr;
}

/// A term of a sum: a product, and what is added to it alone.
struct Term {
  linalg::GenericOp product;
  /// From the product to the sum: the operands with the product's side.
  SmallVector<OpOperand *> additions;
};

/// The term that `value` is, if the sum is its only reader.
std::optional<Term> findTerm(Value value) {
  Term term;
  while (value.hasOneUse()) {
    auto op = value.getDefiningOp<linalg::GenericOp>();
    if (!op) {
      return std::nullopt;
    }
    if (op.hasPureTensorSemantics() && succeeded(xpu::matchContraction(op))) {
      term.product = op;
      std::reverse(term.additions.begin(), term.additions.end());
      return term;
    }
    auto added = matchAddition(op);
    if (!added) {
      return std::nullopt;
    }
    // Something small is added: a number, or a tensor that is repeated.
    OpOperand *first = findWholeInput(op, (*added)[0]);
    OpOperand *second = findWholeInput(op, (*added)[1]);
    if (!first == !second) {
      return std::nullopt;
    }
    term.additions.push_back(first ? first : second);
    value = term.additions.back()->get();
  }
  return std::nullopt;
}

/// A product of a matrix, or of an image by single elements, with a constant.
struct Product {
  linalg::GenericOp op;
  /// The input's subscripts without what is passed over, and with the windows.
  AffineMap plain, map;
  bool isStrided = false;
  unsigned inputDim = 0;  ///< of the input, with the terms of a sum
  unsigned filterDim = 0; ///< of the constant
  int64_t depth = 0;      ///< terms of a sum
  ElementsAttr filter;

  RankedTensorType getInputType() const {
    linalg::GenericOp product = op;
    return cast<RankedTensorType>(product.getDpsInputs()[0].getType());
  }

  static std::optional<Product> match(linalg::GenericOp op);
};

std::optional<Product> Product::match(linalg::GenericOp op) {
  Product product;
  product.op = op;
  FailureOr<xpu::ContractionDims> dims = xpu::matchContraction(op);
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  TypedAttr start;
  auto fill = op.getDpsInits()[0].getDefiningOp<linalg::FillOp>();
  ElementsAttr filter;
  if (xpu::isBlockProduct(op) || op.getNumDpsInputs() != 2 ||
      llvm::any_of(ranges, ShapedType::isDynamic) ||
      !isa<FloatType>(product.getInputType().getElementType()) || !fill ||
      !matchPattern(fill.getInputs()[0], m_Constant(&start)) ||
      !xpu::isZeroStart(start) ||
      !matchPattern(op.getDpsInputs()[1], m_Constant(&filter)) ||
      !xpu::hasConstantData(filter)) {
    return std::nullopt;
  }
  product.filter = filter;
  // One loop over the sum; windows are of one element.
  SmallVector<unsigned> sums;
  for (unsigned dim : dims->k) {
    if (ranges[dim] != 1) {
      sums.push_back(dim);
    }
  }
  if (sums.size() != 1) {
    return std::nullopt;
  }
  product.depth = ranges[sums[0]];
  MLIRContext *context = op.getContext();
  SmallVector<AffineExpr> plain, subscripts;
  AffineMap input = op.getMatchingIndexingMap(op.getDpsInputOperand(0));
  for (auto [i, expr] : llvm::enumerate(input.getResults())) {
    int64_t constant = 0;
    auto coefficients = xpu::getCoefficients(expr, ranges.size(), constant);
    if (failed(coefficients) || constant != 0) {
      return std::nullopt;
    }
    std::optional<unsigned> loop;
    AffineExpr windows = getAffineConstantExpr(0, context);
    for (auto [dim, coefficient] : llvm::enumerate(*coefficients)) {
      if (coefficient == 0) {
        continue;
      }
      if (ranges[dim] == 1 && llvm::is_contained(dims->k, dim)) {
        windows = windows + getAffineDimExpr(dim, context);
        continue;
      }
      if (loop || coefficient < 0) {
        return std::nullopt;
      }
      loop = dim;
      product.isStrided |= coefficient != 1;
    }
    if (!loop) {
      return std::nullopt;
    }
    product.isStrided |= product.getInputType().getDimSize(i) != ranges[*loop];
    plain.push_back(getAffineDimExpr(*loop, context));
    subscripts.push_back(plain.back() + windows);
    if (*loop == sums[0]) {
      product.inputDim = i;
    }
  }
  product.plain = AffineMap::get(ranges.size(), 0, plain, context);
  product.map = AffineMap::get(ranges.size(), 0, subscripts, context);
  AffineMap map = op.getMatchingIndexingMap(op.getDpsInputOperand(1));
  AffineExpr sum = getAffineDimExpr(sums[0], context);
  for (auto [i, expr] : llvm::enumerate(map.getResults())) {
    if (!isa<AffineDimExpr>(expr)) {
      return std::nullopt;
    }
    if (expr == sum) {
      product.filterDim = i;
    }
  }
  return product;
}

/// Whether two products are one with a longer sum.
bool canJoin(const Product &a, const Product &b) {
  auto getMap = [](const Product &product, unsigned operand) {
    linalg::GenericOp op = product.op;
    return op.getIndexingMapsArray()[operand];
  };
  linalg::GenericOp first = a.op, second = b.op;
  return a.op != b.op && a.op->getBlock() == b.op->getBlock() &&
         a.map == b.map && a.inputDim == b.inputDim &&
         a.filterDim == b.filterDim && getMap(a, 1) == getMap(b, 1) &&
         getMap(a, 2) == getMap(b, 2) &&
         first.getDpsInits()[0].getType() ==
             second.getDpsInits()[0].getType() &&
         a.getInputType().getElementType() ==
             b.getInputType().getElementType() &&
         a.filter.getElementType() == b.filter.getElementType() &&
         OperationEquivalence::isRegionEquivalentTo(
             &first.getRegion(), &second.getRegion(),
             OperationEquivalence::IgnoreLocations);
}

class ProductJoiner {
public:
  explicit ProductJoiner(func::FuncOp func)
      : rewriter(func.getContext()), dominance(func) {}

  /// Makes one product of the two that `sum` adds, if it is one of products.
  void rewrite(linalg::GenericOp sum) {
    auto added = matchAddition(sum);
    if (!added) {
      return;
    }
    std::array<std::optional<Term>, 2> terms;
    std::array<std::optional<Product>, 2> products;
    for (unsigned i = 0; i < 2; ++i) {
      OpOperand *input = findWholeInput(sum, (*added)[i]);
      terms[i] = input ? findTerm(input->get()) : std::nullopt;
      products[i] = terms[i] ? Product::match(terms[i]->product) : std::nullopt;
      if (!products[i]) {
        return;
      }
    }
    Product &a = *products[0], &b = *products[1];
    // One input twice would have to be copied.
    if (a.op.getDpsInputs()[0] == b.op.getDpsInputs()[0] || !canJoin(a, b) ||
        !isWorthwhile(a, b)) {
      return;
    }
    rewriter.setInsertionPoint(sum);
    Value result = join(a, b);
    // What was added to either is added to both.
    for (std::optional<Term> &term : terms) {
      for (OpOperand *addition : term->additions) {
        IRMapping mapping;
        mapping.map(addition->get(), result);
        result = rewriter.clone(*addition->getOwner(), mapping)->getResult(0);
      }
    }
    rewriter.replaceOp(sum, result);
  }

private:
  /// Whether a product's input has to be copied beside that of the other: what
  /// an operation makes is made there.
  static bool isCopied(const Product &product) {
    linalg::GenericOp op = product.op;
    Value input = op.getDpsInputs()[0];
    return product.isStrided || !input.getDefiningOp<linalg::GenericOp>();
  }

  /// A result in f32 that is written and read against inputs that are.
  static bool isWorthwhile(const Product &a, const Product &b) {
    auto countBytes = [](RankedTensorType type) {
      return type.getNumElements() * type.getElementTypeBitWidth() / 8;
    };
    int64_t copied = 0;
    for (const Product *product : {&a, &b}) {
      if (isCopied(*product)) {
        copied += product->getInputType().getElementTypeBitWidth() / 8;
        for (AffineExpr expr : product->plain.getResults()) {
          linalg::GenericOp op = product->op;
          copied *=
              op.getStaticLoopRanges()[cast<AffineDimExpr>(expr).getPosition()];
        }
      }
    }
    linalg::GenericOp op = a.op;
    return copied <
           countBytes(cast<RankedTensorType>(op.getResult(0).getType()));
  }

  Value join(Product &a, Product &b) {
    Location loc = a.op.getLoc();
    SmallVector<int64_t> shape;
    for (AffineExpr expr : a.plain.getResults()) {
      shape.push_back(
          a.op.getStaticLoopRanges()[cast<AffineDimExpr>(expr).getPosition()]);
    }
    SmallVector<int64_t> part(shape);
    shape[a.inputDim] = a.depth + b.depth;
    Type type = a.getInputType().getElementType();
    std::array<Product *, 2> products = {&a, &b};
    std::array<Value, 2> inputs;
    for (unsigned i = 0; i < 2; ++i) {
      inputs[i] = products[i]->isStrided ? copyStrided(*products[i])
                                         : products[i]->op.getDpsInputs()[0];
    }
    // Each is put there as soon as it is made.
    std::array<unsigned, 2> order = {0, 1};
    Operation *first = inputs[0].getDefiningOp();
    Operation *second = inputs[1].getDefiningOp();
    if (!second || (first && dominance.properlyDominates(second, first))) {
      order = {1, 0};
    }
    OpBuilder::InsertionGuard guard(rewriter);
    Block *block = a.op->getBlock();
    rewriter.setInsertionPointToStart(block);
    Value joined = tensor::EmptyOp::create(rewriter, loc, shape, type);
    for (unsigned i : order) {
      SmallVector<OpFoldResult> offsets, sizes, strides;
      for (unsigned dim = 0; dim < shape.size(); ++dim) {
        bool isSum = dim == a.inputDim;
        offsets.push_back(rewriter.getIndexAttr(isSum && i == 1 ? a.depth : 0));
        sizes.push_back(
            rewriter.getIndexAttr(isSum ? products[i]->depth : part[dim]));
        strides.push_back(rewriter.getIndexAttr(1));
      }
      // Of two results of one operation the second comes behind the first.
      if (Operation *maker = inputs[i].getDefiningOp();
          maker && maker->getBlock() == block &&
          (i == order[0] || first != second)) {
        rewriter.setInsertionPointAfter(maker);
      }
      joined = tensor::InsertSliceOp::create(rewriter, loc, inputs[i], joined,
                                             offsets, sizes, strides);
    }
    Operation *last = a.op->isBeforeInBlock(b.op) ? b.op : a.op;
    rewriter.setInsertionPointAfter(last);
    Value filter = arith::ConstantOp::create(
        rewriter, loc, cast<TypedAttr>(joinFilters(a, b)));
    SmallVector<AffineMap> maps = a.op.getIndexingMapsArray();
    maps[0] = a.map;
    IRMapping mapping;
    mapping.map(a.op.getDpsInputs()[0], joined);
    mapping.map(a.op.getDpsInputs()[1], filter);
    auto product = cast<linalg::GenericOp>(rewriter.clone(*a.op, mapping));
    product.setIndexingMapsAttr(rewriter.getAffineMapArrayAttr(maps));
    return product.getResult(0);
  }

  /// What the loops of a product pass over, left out.
  Value copyStrided(Product &product) {
    OpBuilder::InsertionGuard guard(rewriter);
    rewriter.setInsertionPoint(product.op);
    linalg::GenericOp op = product.op;
    Location loc = op.getLoc();
    unsigned rank = product.plain.getNumResults();
    SmallVector<int64_t> shape, ranges = op.getStaticLoopRanges();
    AffineMap map = op.getMatchingIndexingMap(op.getDpsInputOperand(0));
    SmallVector<AffineExpr> strided;
    for (auto [to, from] :
         llvm::zip(product.plain.getResults(), map.getResults())) {
      unsigned dim = cast<AffineDimExpr>(to).getPosition();
      int64_t constant = 0;
      auto coefficients = xpu::getCoefficients(from, ranges.size(), constant);
      strided.push_back(rewriter.getAffineDimExpr(shape.size()) *
                        (*coefficients)[dim]);
      shape.push_back(ranges[dim]);
    }
    Value empty = tensor::EmptyOp::create(
        rewriter, loc, shape, product.getInputType().getElementType());
    SmallVector<AffineMap> maps = {
        AffineMap::get(rank, 0, strided, rewriter.getContext()),
        rewriter.getMultiDimIdentityMap(rank)};
    SmallVector<utils::IteratorType> parallel(rank,
                                              utils::IteratorType::parallel);
    return linalg::GenericOp::create(
               rewriter, loc, empty.getType(), op.getDpsInputs()[0], empty,
               maps, parallel,
               [](OpBuilder &b, Location loc, ValueRange args) {
                 linalg::YieldOp::create(b, loc, args[0]);
               })
        .getResult(0);
  }

  /// The constants of both, one behind the other along the sum.
  static ElementsAttr joinFilters(const Product &a, const Product &b) {
    auto type = cast<RankedTensorType>(a.filter.getType());
    SmallVector<int64_t> shape(type.getShape());
    shape[a.filterDim] = a.depth + b.depth;
    int64_t outer = 1, inner = type.getElementTypeBitWidth() / 8;
    for (auto [dim, size] : llvm::enumerate(shape)) {
      (dim < a.filterDim   ? outer
       : dim > a.filterDim ? inner
                           : outer) *= dim == a.filterDim ? 1 : size;
    }
    AsmResourceBlob blob =
        xpu::allocateZeros(outer * (a.depth + b.depth) * inner);
    char *to = blob.getMutableData().data();
    for (int64_t row = 0; row < outer; ++row) {
      for (const Product *product : {&a, &b}) {
        ArrayRef<char> data = xpu::getConstantData(product->filter);
        int64_t bytes = product->depth * inner;
        if (product->filter.isSplat()) {
          for (int64_t at = 0; at < bytes; at += data.size()) {
            memcpy(to + at, data.data(), data.size());
          }
        } else {
          memcpy(to, data.data() + row * bytes, bytes);
        }
        to += bytes;
      }
    }
    return DenseResourceElementsAttr::get(
        RankedTensorType::get(shape, type.getElementType()), "joined",
        std::move(blob));
  }

  IRRewriter rewriter;
  DominanceInfo dominance;
};

struct JoinProductsPass final
    : xpu::impl::JoinProductsPassBase<JoinProductsPass> {
  using Base::Base;

  void runOnOperation() override {
    SmallVector<linalg::GenericOp> sums;
    getOperation().walk([&](linalg::GenericOp op) { sums.push_back(op); });
    ProductJoiner joiner(getOperation());
    for (linalg::GenericOp op : sums) {
      joiner.rewrite(op);
    }
  }
};

} // namespace
