//===- SplitExchanges.cpp - Sums between slices, piece by piece -----------===//

#include "passes/Partition/Passes.h"

#include "dialects/XPU/IR/XPU.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/Remarks.h"
#include "mlir/Interfaces/TilingInterface.h"
#include "passes/Analysis/BufferAccess.h"
#include "passes/Analysis/BufferViews.h"
#include "passes/Analysis/Contraction.h"
#include "passes/Analysis/LoadTarget.h"
#include "passes/Partition/PieceWidth.h"

using namespace mlir;

namespace xpu {
#define GEN_PASS_DEF_SPLITEXCHANGESPASS
#include "passes/Partition/Passes.h.inc"
} // namespace xpu

namespace {
/// A product whose results slices add up.
struct PartialSum {
  linalg::LinalgOp product;
  xpu::ExchangeOp exchange;
  Value terms; ///< The buffer that the product makes.
  Value sums;  ///< The one that the exchange makes.
};

MemRefType typeOf(Value buffer) { return cast<MemRefType>(buffer.getType()); }

/// The buffer that is seen here in another shape, with its elements in order;
/// null if it is seen in part or in another order.
Value findReshaped(Value view) {
  Operation *def = view.getDefiningOp();
  while (llvm::isa_and_present<memref::CollapseShapeOp, memref::ExpandShapeOp>(
      def)) {
    view = def->getOperand(0);
    def = view.getDefiningOp();
  }
  return def && xpu::isView(def) ? Value() : view;
}

/// Rows of the last dimension.
int64_t countRows(MemRefType type) {
  return type.getNumElements() / type.getShape().back();
}

/// The leading dimensions as one.
Value collapseRows(RewriterBase &rewriter, Location loc, Value buffer) {
  const int64_t rank = typeOf(buffer).getRank();
  if (rank == 2) {
    return buffer;
  }
  SmallVector<ReassociationIndices> groups(2);
  llvm::append_range(groups[0], llvm::seq<int64_t>(0, rank - 1));
  groups[1].push_back(rank - 1);
  return memref::CollapseShapeOp::create(rewriter, loc, buffer, groups);
}

class Splitter {
public:
  Splitter(RewriterBase &rewriter, const acc::Target &target)
      : rewriter(rewriter), target(target) {}

  void run(xpu::ExchangeOp exchange) {
    std::optional<PartialSum> sum = match(exchange);
    if (!sum) {
      return;
    }
    auto options = remark::RemarkOpts::name("sum").category("xpu-partition");
    const int64_t columns = typeOf(sum->terms).getShape().back();
    const int64_t width = xpu::pieceWidth(
        target, countRows(typeOf(sum->terms)), columns,
        xpu::getElementBytes(typeOf(sum->terms).getElementType()));
    if (width == 0) {
      remark::missed(sum->product.getLoc(), options)
          << "added up behind the product: as many columns as the array has "
             "are too large to stay in the scratchpad";
      return;
    }
    if (columns <= width || !split(*sum, width)) {
      return;
    }
    remark::passed(sum->product.getLoc(), options)
        << "added up piece by piece" << remark::metric("columns", width);
  }

private:
  std::optional<PartialSum> match(xpu::ExchangeOp exchange) {
    if (exchange.getKind() == xpu::CollectiveKind::AllGather) {
      return std::nullopt;
    }
    PartialSum sum;
    sum.exchange = exchange;
    sum.terms = findReshaped(exchange.getSource());
    sum.sums = findReshaped(exchange.getDest());
    if (!sum.terms || !sum.sums ||
        !sum.terms.getDefiningOp<memref::AllocOp>()) {
      return std::nullopt;
    }
    sum.product = findProduct(sum);
    if (!sum.product || !areRowsOfEqualLength(sum)) {
      return std::nullopt;
    }
    return sum;
  }

  /// The only operation that works on what the exchange reads, straight before
  /// it.
  static linalg::LinalgOp findProduct(PartialSum sum) {
    linalg::LinalgOp product;
    for (Operation *user : sum.terms.getUsers()) {
      auto op = dyn_cast<linalg::LinalgOp>(user);
      if (op && !product) {
        product = op;
      } else if (op || !xpu::isView(user) || !isOnlyFor(user, sum.exchange)) {
        if (user != sum.exchange) {
          return nullptr;
        }
      }
    }
    if (!product || product->getBlock() != sum.exchange->getBlock() ||
        product.getNumDpsInits() != 1 ||
        product.getDpsInits()[0] != sum.terms ||
        failed(xpu::matchContraction(product)) ||
        !product->isBeforeInBlock(sum.exchange)) {
      return nullptr;
    }
    for (Operation *op = product->getNextNode(); op != sum.exchange;
         op = op->getNextNode()) {
      if (!xpu::isBufferNeutral(op)) {
        return nullptr;
      }
    }
    return product;
  }

  static bool isOnlyFor(Operation *view, Operation *reader) {
    return llvm::all_of(view->getUsers(), [&](Operation *user) {
      return user == reader || (xpu::isView(user) && isOnlyFor(user, reader));
    });
  }

  /// Whether a column of terms becomes a column of sums: slices have all
  /// columns of the same rows, or of the rows that are theirs.
  static bool areRowsOfEqualLength(PartialSum sum) {
    MemRefType terms = typeOf(sum.terms), sums = typeOf(sum.sums);
    if (terms.getRank() < 2 || sums.getRank() < 2 ||
        !sums.getLayout().isIdentity() || !terms.getLayout().isIdentity() ||
        terms.getShape().back() != sums.getShape().back()) {
      return false;
    }
    if (sum.exchange.getKind() == xpu::CollectiveKind::AllReduce) {
      return countRows(terms) == countRows(sums);
    }
    auto source = cast<MemRefType>(sum.exchange.getSource().getType());
    return source.getDimSize(0) == 1 &&
           countRows(terms) ==
               int64_t(sum.exchange.getMembers()) * countRows(sums);
  }

  bool split(PartialSum sum, int64_t width) {
    linalg::LinalgOp product = sum.product;
    AffineMap map = product.getIndexingMapsArray().back();
    auto dim = dyn_cast<AffineDimExpr>(map.getResults().back());
    if (!dim) {
      return false;
    }
    SmallVector<int64_t> ranges = product.getStaticLoopRanges();
    const int64_t columns = ranges[dim.getPosition()];
    for (int64_t begin = 0; begin < columns; begin += width) {
      const int64_t size = std::min(width, columns - begin);
      SmallVector<OpFoldResult> offsets(ranges.size(),
                                        rewriter.getIndexAttr(0));
      SmallVector<int64_t> sizes(ranges);
      offsets[dim.getPosition()] = rewriter.getIndexAttr(begin);
      sizes[dim.getPosition()] = size;
      rewriter.setInsertionPoint(sum.exchange);
      FailureOr<TilingResult> tiled =
          cast<TilingInterface>(product.getOperation())
              .getTiledImplementation(
                  rewriter, offsets,
                  getAsIndexOpFoldResult(rewriter.getContext(), sizes));
      // Projected permutations have tiles.
      assert(succeeded(tiled) && tiled->tiledOps.size() == 1);
      auto piece = cast<linalg::LinalgOp>(tiled->tiledOps.front());
      exchangePiece(sum, piece, begin, size);
    }
    Value source = sum.exchange.getSource(), dest = sum.exchange.getDest();
    rewriter.eraseOp(sum.exchange);
    rewriter.eraseOp(product);
    eraseViews(source, sum.terms);
    eraseViews(dest, sum.sums);
    rewriter.eraseOp(sum.terms.getDefiningOp());
    return true;
  }

  void eraseViews(Value view, Value root) {
    while (view != root && view.use_empty()) {
      Operation *op = view.getDefiningOp();
      view = op->getOperand(0);
      rewriter.eraseOp(op);
    }
  }

  /// Gives a piece of the product a buffer of its own, and adds it up.
  void exchangePiece(PartialSum sum, linalg::LinalgOp piece, int64_t begin,
                     int64_t size) {
    Location loc = sum.exchange.getLoc();
    MLIRContext *context = rewriter.getContext();
    auto shapeOf = [&](Value whole) {
      SmallVector<int64_t> shape(typeOf(whole).getShape());
      shape.back() = size;
      return shape;
    };
    rewriter.setInsertionPoint(piece);
    Operation *alloc = rewriter.clone(*sum.terms.getDefiningOp());
    auto type = MemRefType::Builder(typeOf(sum.terms));
    alloc->getResult(0).setType(MemRefType(type.setShape(shapeOf(sum.terms))));
    Operation *place = piece.getDpsInits()[0].getDefiningOp();
    piece.getDpsInitsMutable()[0].set(alloc->getResult(0));
    rewriter.eraseOp(place);

    rewriter.setInsertionPointAfter(piece);
    Value source = collapseRows(rewriter, loc, alloc->getResult(0));
    const int64_t rank = typeOf(sum.sums).getRank();
    SmallVector<int64_t> offsets(rank, 0), ones(rank, 1);
    offsets.back() = begin;
    Value dest = memref::SubViewOp::create(
        rewriter, loc, sum.sums, getAsIndexOpFoldResult(context, offsets),
        getAsIndexOpFoldResult(context, shapeOf(sum.sums)),
        getAsIndexOpFoldResult(context, ones));
    dest = collapseRows(rewriter, loc, dest);
    xpu::ExchangeOp exchange = sum.exchange;
    if (exchange.getKind() == xpu::CollectiveKind::ReduceScatter) {
      // Rows of parts, of which each member gets its own.
      const int64_t members = exchange.getMembers();
      SmallVector<int64_t> shape = {members, countRows(typeOf(dest)), size};
      source = memref::ExpandShapeOp::create(
          rewriter, loc, shape, source,
          ArrayRef<ReassociationIndices>{{0, 1}, {2}});
      AffineMap order =
          AffineMap::getPermutationMap(ArrayRef<unsigned>{1, 0, 2}, context);
      source = memref::TransposeOp::create(rewriter, loc, source,
                                           AffineMapAttr::get(order));
    }
    xpu::ExchangeOp::create(rewriter, loc, exchange.getKind(),
                            exchange.getReductionAttr(), exchange.getGroup(),
                            exchange.getMembers(), source, dest,
                            exchange.getChips());
  }

  RewriterBase &rewriter;
  const acc::Target &target;
};

struct SplitExchangesPass final
    : xpu::impl::SplitExchangesPassBase<SplitExchangesPass> {
  using Base::Base;

  void runOnOperation() override {
    FailureOr<acc::Target> machine =
        xpu::loadTargetFor(getOperation(), target.getValue());
    if (failed(machine)) {
      return signalPassFailure();
    }
    SmallVector<xpu::ExchangeOp> exchanges;
    getOperation().walk([&](xpu::ExchangeOp op) { exchanges.push_back(op); });
    IRRewriter rewriter(&getContext());
    for (xpu::ExchangeOp op : exchanges) {
      Splitter(rewriter, *machine).run(op);
    }
  }
};
} // namespace
