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

/// Columns of sums that are exchanged together.
struct Piece {
  xpu::ExchangeOp exchange;
  int64_t begin = 0, size = 0;
};

/// Work on sums, element by element, whose results slices gather.
struct GatheredWork {
  linalg::LinalgOp work;
  xpu::ExchangeOp exchange;
  Value part;  ///< What the work makes.
  Value whole; ///< What is gathered of it.
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
    SmallVector<Piece> pieces;
    if (columns <= width || !split(*sum, width, pieces)) {
      return;
    }
    remark::passed(sum->product.getLoc(), options)
        << "added up piece by piece" << remark::metric("columns", width);
    if (std::optional<GatheredWork> next = matchNext(sum->sums, pieces)) {
      remark::passed(next->work.getLoc(), options)
          << "done, and gathered, with the pieces of the sums before";
      splitNext(*next, pieces);
    }
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

  bool split(PartialSum sum, int64_t width, SmallVectorImpl<Piece> &pieces) {
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
      pieces.push_back({exchangePiece(sum, piece, begin, size), begin, size});
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
  xpu::ExchangeOp exchangePiece(PartialSum sum, linalg::LinalgOp piece,
                                int64_t begin, int64_t size) {
    Location loc = sum.exchange.getLoc();
    SmallVector<int64_t> shape(typeOf(sum.terms).getShape());
    shape.back() = size;
    rewriter.setInsertionPoint(piece);
    Operation *alloc = rewriter.clone(*sum.terms.getDefiningOp());
    auto type = MemRefType::Builder(typeOf(sum.terms));
    alloc->getResult(0).setType(MemRefType(type.setShape(shape)));
    Operation *place = piece.getDpsInits()[0].getDefiningOp();
    piece.getDpsInitsMutable()[0].set(alloc->getResult(0));
    rewriter.eraseOp(place);

    rewriter.setInsertionPointAfter(piece);
    Value source = collapseRows(rewriter, loc, alloc->getResult(0));
    Value dest = columnsOf(loc, sum.sums, begin, size);
    xpu::ExchangeOp exchange = sum.exchange;
    if (exchange.getKind() == xpu::CollectiveKind::ReduceScatter) {
      source = rowsOfParts(loc, source, exchange.getMembers());
    }
    return xpu::ExchangeOp::create(rewriter, loc, exchange.getKind(),
                                   exchange.getReductionAttr(),
                                   exchange.getGroup(), exchange.getMembers(),
                                   source, dest, exchange.getChips());
  }

  /// Some columns of a buffer, as rows.
  Value columnsOf(Location loc, Value whole, int64_t begin, int64_t size) {
    MLIRContext *context = rewriter.getContext();
    SmallVector<int64_t> shape(typeOf(whole).getShape());
    SmallVector<int64_t> offsets(shape.size(), 0), ones(shape.size(), 1);
    shape.back() = size;
    offsets.back() = begin;
    Value columns = memref::SubViewOp::create(
        rewriter, loc, whole, getAsIndexOpFoldResult(context, offsets),
        getAsIndexOpFoldResult(context, shape),
        getAsIndexOpFoldResult(context, ones));
    return collapseRows(rewriter, loc, columns);
  }

  /// Rows of all members, one member's behind those of another, as rows of a
  /// part for each.
  Value rowsOfParts(Location loc, Value rows, int64_t members) {
    MemRefType type = typeOf(rows);
    SmallVector<int64_t> shape = {members, type.getDimSize(0) / members,
                                  type.getDimSize(1)};
    Value parts = memref::ExpandShapeOp::create(
        rewriter, loc, shape, rows,
        ArrayRef<ReassociationIndices>{{0, 1}, {2}});
    AffineMap order = AffineMap::getPermutationMap(ArrayRef<unsigned>{1, 0, 2},
                                                   rewriter.getContext());
    return memref::TransposeOp::create(rewriter, loc, parts,
                                       AffineMapAttr::get(order));
  }

  //===--- Work behind sums -----------------------------------------------===//

  /// What is done straight behind the last piece, if it can be done piece by
  /// piece: elementwise work of which a column needs that column only, and the
  /// exchange that gathers rows of its result, or columns.
  std::optional<GatheredWork> matchNext(Value sums, ArrayRef<Piece> pieces) {
    GatheredWork next;
    Operation *last = pieces.back().exchange;
    next.work = dyn_cast_or_null<linalg::LinalgOp>(findNextWork(last));
    if (!next.work || !isByColumns(next.work, sums)) {
      return std::nullopt;
    }
    next.exchange = dyn_cast_or_null<xpu::ExchangeOp>(findNextWork(next.work));
    next.part = next.work.getDpsInits()[0];
    if (!next.exchange ||
        next.exchange.getKind() != xpu::CollectiveKind::AllGather ||
        findReshaped(next.exchange.getSource()) != next.part) {
      return std::nullopt;
    }
    next.whole = findReshaped(next.exchange.getDest());
    MemRefType part = typeOf(next.part);
    if (!next.whole || part.getRank() < 2 || typeOf(next.whole).getRank() < 2 ||
        !isFirstUsedBy(next.part, next.work) ||
        !isFirstUsedBy(next.whole, next.exchange)) {
      return std::nullopt;
    }
    const int64_t columns = part.getShape().back();
    ArrayRef<int64_t> dest =
        cast<MemRefType>(next.exchange.getDest().getType()).getShape();
    bool isByRows = dest[0] == 1 &&
                    typeOf(next.whole).getShape().back() == columns &&
                    countRows(typeOf(next.whole)) == dest[1] * countRows(part);
    if (!isByRows && dest[2] != columns) {
      return std::nullopt;
    }
    return next;
  }

  static Operation *findNextWork(Operation *op) {
    do {
      op = op->getNextNode();
    } while (op && xpu::isBufferNeutral(op));
    return op;
  }

  /// Whether a column of the result needs the same column of `sums` only, and
  /// of others.
  static bool isByColumns(linalg::LinalgOp work, Value sums) {
    if (work.getNumDpsInits() != 1 || work.getNumReductionLoops() != 0 ||
        xpu::readsByIndex(work) || work.hasIndexSemantics()) {
      return false;
    }
    auto columnOf = [&](OpOperand &operand) -> AffineExpr {
      AffineMap map = work.getMatchingIndexingMap(&operand);
      return map.getNumResults() == 0 ? AffineExpr() : map.getResults().back();
    };
    OpOperand &init = work.getDpsInitsMutable()[0];
    AffineExpr column = columnOf(init);
    bool readsSums = false;
    for (OpOperand *input : work.getDpsInputOperands()) {
      Value root = xpu::getViewRoot(input->get());
      if (root == sums) {
        readsSums = true;
        if (input->get() != sums || columnOf(*input) != column) {
          return false;
        }
      } else if (root == xpu::getViewRoot(init.get())) {
        return false;
      }
    }
    return llvm::isa_and_present<AffineDimExpr>(column) && readsSums &&
           work.getMatchingIndexingMap(&init).isProjectedPermutation() &&
           !xpu::readsOperand(work, init);
  }

  /// Whether a buffer is made between operations and has no users before this
  /// one.
  static bool isFirstUsedBy(Value buffer, Operation *first) {
    return buffer.getDefiningOp<memref::AllocOp>() && areLater(buffer, first);
  }
  static bool areLater(Value buffer, Operation *first) {
    return llvm::all_of(buffer.getUsers(), [&](Operation *user) {
      if (xpu::isView(user)) {
        return areLater(user->getResult(0), first);
      }
      Operation *op = first->getBlock()->findAncestorOpInBlock(*user);
      return op && (op == first || first->isBeforeInBlock(op));
    });
  }

  void splitNext(GatheredWork next, ArrayRef<Piece> pieces) {
    // Views and buffers come before the first piece.
    Operation *first = pieces.front().exchange;
    for (Operation *op = pieces.back().exchange->getNextNode();
         op != next.exchange;) {
      Operation *following = op->getNextNode();
      if (op != next.work) {
        rewriter.moveOpBefore(op, first);
      }
      op = following;
    }
    Location loc = next.exchange.getLoc();
    AffineMap map = next.work.getIndexingMapsArray().back();
    const unsigned dim =
        cast<AffineDimExpr>(map.getResults().back()).getPosition();
    for (Piece piece : pieces) {
      SmallVector<int64_t> sizes = next.work.getStaticLoopRanges();
      SmallVector<OpFoldResult> offsets(sizes.size(), rewriter.getIndexAttr(0));
      offsets[dim] = rewriter.getIndexAttr(piece.begin);
      sizes[dim] = piece.size;
      rewriter.setInsertionPointAfter(piece.exchange);
      FailureOr<TilingResult> tiled =
          cast<TilingInterface>(next.work.getOperation())
              .getTiledImplementation(
                  rewriter, offsets,
                  getAsIndexOpFoldResult(rewriter.getContext(), sizes));
      assert(succeeded(tiled) && tiled->tiledOps.size() == 1);
      rewriter.setInsertionPointAfter(tiled->tiledOps.front());
      gatherPiece(loc, next, piece);
    }
    rewriter.eraseOp(next.exchange);
    rewriter.eraseOp(next.work);
  }

  void gatherPiece(Location loc, GatheredWork next, Piece piece) {
    xpu::ExchangeOp exchange = next.exchange;
    MLIRContext *context = rewriter.getContext();
    Value source = columnsOf(loc, next.part, piece.begin, piece.size);
    SmallVector<int64_t> shape(typeOf(exchange.getDest()).getShape());
    Value dest;
    if (shape[2] == typeOf(next.part).getShape().back()) {
      // Columns of members side by side.
      shape[2] = piece.size;
      SmallVector<int64_t> from = {0, 0, piece.begin}, ones = {1, 1, 1};
      dest = memref::SubViewOp::create(rewriter, loc, exchange.getDest(),
                                       getAsIndexOpFoldResult(context, from),
                                       getAsIndexOpFoldResult(context, shape),
                                       getAsIndexOpFoldResult(context, ones));
    } else {
      dest = rowsOfParts(
          loc, columnsOf(loc, next.whole, piece.begin, piece.size), shape[1]);
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
