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
#include "passes/Analysis/ProductBound.h"
#include "passes/Partition/ExchangeCost.h"
#include "passes/Partition/OperandInPieces.h"
#include "passes/Partition/PieceWidth.h"

using namespace mlir;

namespace xpu {
#define GEN_PASS_DEF_SPLITEXCHANGESPASS
#include "passes/Partition/Passes.h.inc"
} // namespace xpu

using namespace xpu;

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

class Splitter {
public:
  Splitter(RewriterBase &rewriter, const acc::Machine &machine)
      : rewriter(rewriter), machine(machine), target(machine.slice) {}

  void run(xpu::ExchangeOp exchange) {
    if (gone.contains(exchange)) {
      return;
    }
    std::optional<PartialSum> sum = match(exchange);
    if (!sum) {
      return;
    }
    auto options = remark::RemarkOpts::name("sum").category("xpu-partition");
    const int64_t columns = memRefTypeOf(sum->terms).getShape().back();
    int64_t width = xpu::pieceWidth(
        target, countRows(memRefTypeOf(sum->terms)), columns,
        xpu::getElementBytes(memRefTypeOf(sum->terms).getElementType()));
    if (width == 0) {
      remark::missed(sum->product.getLoc(), options)
          << "added up behind the product: as many columns as the array has "
             "are too large to stay in the scratchpad";
      return;
    }
    const double cycles = cyclesOf(sum->product);
    if (exchange.getChips() != ChipsKind::Own) {
      width = widthOverChips(exchange, cycles, columns, width);
    }
    SmallVector<Piece> pieces;
    // The product is gone when it is in pieces.
    const Location loc = sum->product.getLoc();
    if (columns <= width || !split(*sum, width, pieces)) {
      return;
    }
    remark::passed(loc, options)
        << "added up piece by piece" << remark::metric("columns", width);
    splitBetweenChips(sum->sums, pieces, cycles, columns);
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
    MemRefType terms = memRefTypeOf(sum.terms), sums = memRefTypeOf(sum.sums);
    if (terms.getRank() < 2 || sums.getRank() < 2 ||
        !sums.getLayout().isIdentity() || !terms.getLayout().isIdentity() ||
        terms.getShape().back() != sums.getShape().back()) {
      return false;
    }
    if (sum.exchange.getKind() == xpu::CollectiveKind::AllReduce) {
      return countRows(terms) == countRows(sums);
    }
    // A part of several rows for each member; xpu-exchange-in-steps has such
    // parts for each chip.
    auto source = cast<MemRefType>(sum.exchange.getSource().getType());
    return source.getDimSize(2) % terms.getShape().back() == 0 &&
           countRows(terms) ==
               int64_t(sum.exchange.getMembers()) * countRows(sums);
  }

  /// Columns of an operation's result, at the insertion point.
  linalg::LinalgOp cutColumns(linalg::LinalgOp op, int64_t begin,
                              int64_t size) {
    AffineMap map = op.getIndexingMapsArray().back();
    const unsigned dim =
        cast<AffineDimExpr>(map.getResults().back()).getPosition();
    SmallVector<int64_t> sizes = op.getStaticLoopRanges();
    SmallVector<OpFoldResult> offsets(sizes.size(), rewriter.getIndexAttr(0));
    offsets[dim] = rewriter.getIndexAttr(begin);
    sizes[dim] = size;
    FailureOr<TilingResult> tiled =
        cast<TilingInterface>(op.getOperation())
            .getTiledImplementation(
                rewriter, offsets,
                getAsIndexOpFoldResult(rewriter.getContext(), sizes));
    // Projected permutations have tiles.
    assert(succeeded(tiled) && tiled->tiledOps.size() == 1);
    return cast<linalg::LinalgOp>(tiled->tiledOps.front());
  }

  bool split(PartialSum sum, int64_t width, SmallVectorImpl<Piece> &pieces) {
    linalg::LinalgOp product = sum.product;
    AffineMap map = product.getIndexingMapsArray().back();
    if (!llvm::isa<AffineDimExpr>(map.getResults().back())) {
      return false;
    }
    const int64_t columns = memRefTypeOf(sum.terms).getShape().back();
    for (int64_t begin = 0; begin < columns; begin += width) {
      const int64_t size = std::min(width, columns - begin);
      rewriter.setInsertionPoint(sum.exchange);
      linalg::LinalgOp piece = cutColumns(product, begin, size);
      for (OpOperand *input : piece.getDpsInputOperands()) {
        dropWholeView(*input);
      }
      pieces.push_back({exchangePiece(sum, piece, begin, size), begin, size});
    }
    Value source = sum.exchange.getSource(), dest = sum.exchange.getDest();
    rewriter.eraseOp(sum.exchange);
    rewriter.eraseOp(product);
    eraseUnusedViews(rewriter, source, sum.terms);
    eraseUnusedViews(rewriter, dest, sum.sums);
    rewriter.eraseOp(sum.terms.getDefiningOp());
    return true;
  }

  /// A view of all of a buffer is the buffer.
  void dropWholeView(OpOperand &operand) {
    auto view = operand.get().getDefiningOp<memref::SubViewOp>();
    if (view && view.getType().getShape() == view.getSourceType().getShape()) {
      operand.set(view.getSource());
      rewriter.eraseOp(view);
    }
  }

  /// Gives a piece of the product a buffer of its own, and adds it up.
  xpu::ExchangeOp exchangePiece(PartialSum sum, linalg::LinalgOp piece,
                                int64_t begin, int64_t size) {
    Location loc = sum.exchange.getLoc();
    SmallVector<int64_t> shape(memRefTypeOf(sum.terms).getShape());
    shape.back() = size;
    rewriter.setInsertionPoint(piece);
    Operation *alloc = rewriter.clone(*sum.terms.getDefiningOp());
    auto type = MemRefType::Builder(memRefTypeOf(sum.terms));
    alloc->getResult(0).setType(MemRefType(type.setShape(shape)));
    Operation *place = piece.getDpsInits()[0].getDefiningOp();
    piece.getDpsInitsMutable()[0].set(alloc->getResult(0));
    rewriter.eraseOp(place);

    rewriter.setInsertionPointAfter(piece);
    Value source = collapseRows(rewriter, loc, alloc->getResult(0));
    Value dest = columnsOf(rewriter, loc, sum.sums, begin, size);
    ExchangeOp exchange = sum.exchange;
    auto create = [&](Value from, Value to) {
      return ExchangeOp::create(rewriter, loc, exchange.getKind(),
                                exchange.getReductionAttr(),
                                exchange.getGroup(), exchange.getMembers(),
                                from, to, exchange.getChips());
    };
    if (exchange.getKind() != CollectiveKind::ReduceScatter) {
      return create(source, dest);
    }
    const int64_t members = exchange.getMembers();
    const int64_t rows = memRefTypeOf(dest).getDimSize(0);
    const int64_t chips = memRefTypeOf(exchange.getSource()).getDimSize(0);
    if (chips == rows) {
      return create(rowsOfChips(loc, source, members), dest);
    }
    // Parts of several rows begin at no one distance from chip to chip.
    ExchangeOp last;
    for (int64_t chip = 0; chip < chips; ++chip) {
      const int64_t own = rows / chips;
      Value from = rowsOf(loc, source, chip * own * members, own * members);
      last = create(rowsOfParts(rewriter, loc, from, members),
                    rowsOf(loc, dest, chip * own, own));
    }
    return last;
  }

  Value rowsOf(Location loc, Value rows, int64_t begin, int64_t size) {
    MemRefType type = memRefTypeOf(rows);
    if (type.getDimSize(0) == size) {
      return rows;
    }
    MLIRContext *context = rewriter.getContext();
    SmallVector<int64_t> from = {begin, 0}, ones = {1, 1};
    SmallVector<int64_t> shape = {size, type.getDimSize(1)};
    return memref::SubViewOp::create(rewriter, loc, rows,
                                     getAsIndexOpFoldResult(context, from),
                                     getAsIndexOpFoldResult(context, shape),
                                     getAsIndexOpFoldResult(context, ones));
  }

  /// Rows of all members of one chip behind those of another.
  Value rowsOfChips(Location loc, Value rows, int64_t members) {
    MemRefType type = memRefTypeOf(rows);
    SmallVector<int64_t> shape = {type.getDimSize(0) / members, members,
                                  type.getDimSize(1)};
    return memref::ExpandShapeOp::create(
        rewriter, loc, shape, rows,
        ArrayRef<ReassociationIndices>{{0, 1}, {2}});
  }

  //===--- Sums over chips ------------------------------------------------===//

  /// The least that a product takes.
  double cyclesOf(linalg::LinalgOp product) const {
    FailureOr<ContractionDims> dims = matchContraction(product);
    FailureOr<ProductShape> shape =
        failed(dims) ? FailureOr<ProductShape>(failure())
                     : describeProduct(target, product, *dims,
                                       product.getStaticLoopRanges());
    return failed(shape) ? 0 : double(boundProduct(target, *shape).cycles);
  }

  /// Some columns of all of an exchange.
  double cyclesOf(ExchangeOp exchange, int64_t columns, int64_t all) const {
    ExchangeShape shape = describeExchange(machine, exchange);
    shape.partBytes = shape.partBytes * columns / all;
    return estimateAtOnce(machine, shape);
  }

  /// Messages take their way whatever is in them, so that there are as many
  /// pieces as the last sums come earliest with: of about equal width, and at
  /// most as wide as `width`.
  int64_t widthOverChips(ExchangeOp exchange, double product, int64_t columns,
                         int64_t width) const {
    constexpr int64_t kMostPieces = 8, kAligned = 16;
    double least = std::numeric_limits<double>::infinity();
    int64_t best = width;
    for (int64_t count = llvm::divideCeil(columns, uint64_t(width));
         count <= kMostPieces; ++count) {
      const int64_t wide =
          llvm::alignTo(llvm::divideCeil(columns, uint64_t(count)), kAligned);
      // Passes over the array, of which the last may be narrow.
      const int64_t array = target.mxuCols();
      double made = 0, there = 0;
      for (int64_t begin = 0; begin < columns; begin += wide) {
        const int64_t size = std::min(wide, columns - begin);
        made += product * double(llvm::divideCeil(size, uint64_t(array))) /
                double(llvm::divideCeil(columns, uint64_t(array)));
        there = std::max(made, there) + cyclesOf(exchange, size, columns);
      }
      if (there < least) {
        least = there;
        best = std::min(wide, width);
      }
    }
    return best;
  }

  /// What slices of a chip have added up goes to other chips in parts of
  /// several pieces, while later pieces are computed.
  void splitBetweenChips(Value sums, ArrayRef<Piece> pieces, double product,
                         int64_t columns) {
    auto far =
        dyn_cast_or_null<ExchangeOp>(findNextWork(pieces.back().exchange));
    if (!far || far.getChips() == ChipsKind::Own ||
        far.getKind() != CollectiveKind::ReduceScatter ||
        findReshaped(far.getSource()) != sums) {
      return;
    }
    Value dest = findReshaped(far.getDest());
    const int64_t members = far.getMembers();
    if (!dest || !memRefTypeOf(dest).getLayout().isIdentity() ||
        memRefTypeOf(dest).getRank() < 2 ||
        memRefTypeOf(dest).getShape().back() != columns ||
        countRows(memRefTypeOf(sums)) !=
            members * countRows(memRefTypeOf(dest)) ||
        memRefTypeOf(far.getSource()).getDimSize(0) != 1) {
      return;
    }
    SmallVector<Piece> parts = chooseParts(far, pieces, product, columns);
    if (parts.size() < 2) {
      return;
    }
    remark::passed(far.getLoc(),
                   remark::RemarkOpts::name("sum").category("xpu-partition"))
        << "added up between chips while pieces are computed"
        << remark::metric("parts", int64_t(parts.size()));
    Location loc = far.getLoc();
    for (Piece part : parts) {
      rewriter.setInsertionPointAfter(part.exchange);
      Value source = rowsOfParts(
          rewriter, loc, columnsOf(rewriter, loc, sums, part.begin, part.size),
          members);
      ExchangeOp::create(rewriter, loc, far.getKind(), far.getReductionAttr(),
                         far.getGroup(), members, source,
                         columnsOf(rewriter, loc, dest, part.begin, part.size),
                         far.getChips());
    }
    Value source = far.getSource(), old = far.getDest();
    gone.insert(far);
    rewriter.eraseOp(far);
    eraseUnusedViews(rewriter, source, sums);
    eraseUnusedViews(rewriter, old, dest);
  }

  /// Columns that go together, and the piece behind which they do: such that
  /// the last come earliest.
  SmallVector<Piece> chooseParts(ExchangeOp far, ArrayRef<Piece> pieces,
                                 double product, int64_t columns) const {
    double least = std::numeric_limits<double>::infinity();
    SmallVector<Piece> best;
    for (size_t count = 1; count <= pieces.size(); ++count) {
      SmallVector<Piece> parts;
      double there = 0;
      int64_t begin = 0;
      for (auto [number, piece] : llvm::enumerate(pieces)) {
        const int64_t end = piece.begin + piece.size;
        there = std::max(there, product * double(end) / double(columns)) +
                cyclesOf(piece.exchange, 1, 1);
        // About equal, the first ones larger.
        if ((number + 1) * count / pieces.size() >
            number * count / pieces.size()) {
          parts.push_back({piece.exchange, begin, end - begin});
          there += cyclesOf(far, end - begin, columns);
          begin = end;
        }
      }
      if (there < least) {
        least = there;
        best = std::move(parts);
      }
    }
    return best;
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
    MemRefType part = memRefTypeOf(next.part);
    if (!next.whole || part.getRank() < 2 ||
        memRefTypeOf(next.whole).getRank() < 2 ||
        !isFirstUsedBy(next.part, next.work) ||
        !isFirstUsedBy(next.whole, next.exchange)) {
      return std::nullopt;
    }
    const int64_t columns = part.getShape().back();
    ArrayRef<int64_t> dest =
        cast<MemRefType>(next.exchange.getDest().getType()).getShape();
    bool isByRows =
        dest[0] == 1 && memRefTypeOf(next.whole).getShape().back() == columns &&
        countRows(memRefTypeOf(next.whole)) == dest[1] * countRows(part);
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

  /// What the pieces gather, if they are equal and products read them.
  std::optional<OperandInPieces> matchOperand(GatheredWork next,
                                              ArrayRef<Piece> pieces) {
    bool areEqual = llvm::all_of(
        pieces, [&](Piece piece) { return piece.size == pieces[0].size; });
    if (!areEqual || !canStay(next.whole)) {
      return std::nullopt;
    }
    return OperandInPieces::match(
        next.whole, next.exchange,
        isSideBySide(next) ? next.exchange.getMembers() : 1,
        int64_t(pieces.size()));
  }

  /// Whether a row of the whole has columns of all members.
  static bool isSideBySide(GatheredWork next) {
    return memRefTypeOf(next.exchange.getDest()).getDimSize(2) ==
           memRefTypeOf(next.part).getShape().back();
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
    std::optional<OperandInPieces> operand = matchOperand(next, pieces);
    if (operand) {
      operand->create(rewriter, /*isInMemory=*/false);
    }
    for (auto [number, piece] : llvm::enumerate(pieces)) {
      rewriter.setInsertionPointAfter(piece.exchange);
      rewriter.setInsertionPointAfter(
          cutColumns(next.work, piece.begin, piece.size));
      Value source =
          columnsOf(rewriter, loc, next.part, piece.begin, piece.size);
      Value dest = operand ? operand->rowsOf(rewriter, loc, int64_t(number))
                           : placeOf(loc, next, piece);
      createGather(loc, next.exchange, source, dest, isSideBySide(next));
    }
    Value dest = next.exchange.getDest();
    rewriter.eraseOp(next.exchange);
    rewriter.eraseOp(next.work);
    if (operand) {
      eraseUnusedViews(rewriter, dest, next.whole);
      operand->replaceWhole(rewriter);
    }
  }

  /// Rows of what is gathered of a piece: of all members, or with the columns
  /// of the members side by side.
  Value placeOf(Location loc, GatheredWork next, Piece piece) {
    if (!isSideBySide(next)) {
      return columnsOf(rewriter, loc, next.whole, piece.begin, piece.size);
    }
    MLIRContext *context = rewriter.getContext();
    Value dest = next.exchange.getDest();
    SmallVector<int64_t> shape(memRefTypeOf(dest).getShape());
    shape[2] = piece.size;
    SmallVector<int64_t> from = {0, 0, piece.begin}, ones = {1, 1, 1};
    return memref::SubViewOp::create(rewriter, loc, dest,
                                     getAsIndexOpFoldResult(context, from),
                                     getAsIndexOpFoldResult(context, shape),
                                     getAsIndexOpFoldResult(context, ones));
  }

  /// Gathers rows into rows of all members, or into the columns of each row
  /// that the members have.
  void createGather(Location loc, ExchangeOp exchange, Value source, Value dest,
                    bool isSideBySide) {
    const int64_t members = exchange.getMembers();
    if (!isSideBySide) {
      dest = rowsOfParts(rewriter, loc, dest, members);
    } else if (memRefTypeOf(dest).getRank() == 2) {
      MemRefType type = memRefTypeOf(dest);
      SmallVector<int64_t> shape = {type.getDimSize(0), members,
                                    type.getDimSize(1) / members};
      dest = memref::ExpandShapeOp::create(
          rewriter, loc, shape, dest,
          ArrayRef<ReassociationIndices>{{0}, {1, 2}});
    }
    ExchangeOp::create(rewriter, loc, exchange.getKind(),
                       exchange.getReductionAttr(), exchange.getGroup(),
                       members, source, dest, exchange.getChips());
  }

  //===--- Operands of products -------------------------------------------===//

public:
  /// Gathers what a product reads piece by piece: the product begins with the
  /// first one.
  void splitGather(ExchangeOp exchange) {
    Value whole = findReshaped(exchange.getDest());
    if (exchange.getKind() != CollectiveKind::AllGather || !whole ||
        memRefTypeOf(whole).getRank() < 2) {
      return;
    }
    MemRefType type = memRefTypeOf(whole);
    ArrayRef<int64_t> dest = memRefTypeOf(exchange.getDest()).getShape();
    if (dest[0] == 1 && !canStay(whole) && splitWeights(exchange, whole)) {
      return;
    }
    const int64_t members = exchange.getMembers();
    const int64_t rows = countRows(type), columns = type.getShape().back();
    const bool isSideBySide = dest[0] == rows;
    const int64_t pieces = countPieces(
        isSideBySide ? columns / members : columns, getByteSize(type));
    // From HBM few rows are read as well in rows: their products take no longer
    // than the exchange. Of many, a tile has some only.
    const int64_t most = target.mxu.accRows;
    const bool isOneTile = 2 * rows >= most && rows <= most;
    if (pieces < 2 || (!canStay(whole) && !isOneTile) ||
        (!isSideBySide && (dest[0] != 1 || rows % members != 0))) {
      return;
    }
    std::optional<OperandInPieces> operand = OperandInPieces::match(
        whole, exchange, isSideBySide ? members : 1, pieces);
    if (!operand) {
      return;
    }
    remark::passed(exchange.getLoc(),
                   remark::RemarkOpts::name("gather").category("xpu-partition"))
        << "gathered piece by piece" << remark::metric("pieces", pieces);
    operand->create(rewriter, /*isInMemory=*/!canStay(whole));
    rewriter.setInsertionPoint(exchange);
    Location loc = exchange.getLoc();
    Value source = exchange.getSource();
    if (!isSideBySide) {
      SmallVector<int64_t> shape = {1, rows / members, columns};
      source = memref::ExpandShapeOp::create(
          rewriter, loc, shape, source,
          ArrayRef<ReassociationIndices>{{0}, {1, 2}});
    }
    const int64_t width = memRefTypeOf(source).getShape().back() / pieces;
    for (int64_t piece = 0; piece < pieces; ++piece) {
      Value part = columnsOf(rewriter, loc, source, piece * width, width);
      Value place = operand->rowsOf(rewriter, loc, piece);
      createGather(loc, exchange, part, place, isSideBySide);
    }
    Value old = exchange.getDest();
    rewriter.eraseOp(exchange);
    eraseUnusedViews(rewriter, old, whole);
    operand->replaceWhole(rewriter);
  }

private:
  //===--- Operands whose columns are those of the result -----------------===//

  /// A product of which a column needs the same column of what is gathered, and
  /// elementwise work on its results, if it is straight behind.
  struct ByColumns {
    linalg::LinalgOp product, work;
    unsigned input = 0;
  };

  std::optional<ByColumns> matchByColumns(ExchangeOp exchange, Value whole) {
    ByColumns match;
    Value seen = whole;
    while (seen.hasOneUse() || seen == whole) {
      SmallVector<Operation *> users;
      for (Operation *user : seen.getUsers()) {
        // The view that the exchange writes through.
        if (user != exchange && !(isView(user) && isOnlyFor(user, exchange))) {
          users.push_back(user);
        }
      }
      if (users.size() != 1) {
        return std::nullopt;
      }
      match.product = dyn_cast<linalg::LinalgOp>(users[0]);
      if (match.product || !isView(users[0])) {
        break;
      }
      seen = users[0]->getResult(0);
    }
    if (!match.product || failed(matchContraction(match.product)) ||
        match.product.getNumDpsInputs() != 2 || findReshaped(seen) != whole ||
        match.product->getBlock() != exchange->getBlock() ||
        !exchange->isBeforeInBlock(match.product) ||
        llvm::count(match.product->getOperands(), seen) != 1 ||
        match.product.getDpsInits()[0] == seen) {
      return std::nullopt;
    }
    match.input = match.product.getDpsInputOperand(0)->get() == seen ? 0 : 1;
    SmallVector<AffineMap> maps = match.product.getIndexingMapsArray();
    AffineMap own = maps[match.input];
    Value out = match.product.getDpsInits()[0];
    // Rows are terms, and columns those of the result.
    if (own.getNumResults() != 2 || !own.isProjectedPermutation() ||
        !maps.back().isProjectedPermutation() ||
        own.getResult(1) != maps.back().getResults().back() ||
        llvm::is_contained(maps.back().getResults(), own.getResult(0)) ||
        maps[1 - match.input].isFunctionOfDim(
            cast<AffineDimExpr>(own.getResult(1)).getPosition())) {
      return std::nullopt;
    }
    auto work = dyn_cast_or_null<linalg::LinalgOp>(findNextWork(match.product));
    bool isOwn = out.getDefiningOp<memref::AllocOp>() &&
                 llvm::all_of(out.getUsers(), [&](Operation *user) {
                   return user == match.product || user == work;
                 });
    if (work && isOwn && isByColumns(work, out)) {
      match.work = work;
    }
    return match;
  }

  /// Gathers columns of a large operand while the product with the columns
  /// before is computed. It is in the order of program that the next columns
  /// come before the product: xpu-spread-exchanges puts them between its loads.
  bool splitWeights(ExchangeOp exchange, Value whole) {
    MemRefType type = memRefTypeOf(whole);
    const int64_t rows = countRows(type), columns = type.getShape().back();
    const int64_t members = exchange.getMembers();
    std::optional<ByColumns> match = matchByColumns(exchange, whole);
    if (!match || rows % members != 0) {
      return false;
    }
    // As many as the accumulators have for all rows of the result.
    const int64_t tiles =
        int64_t(target.mxu.accRows) /
        countRows(memRefTypeOf(match->product.getDpsInits()[0]));
    const int64_t width = std::max<int64_t>(1, tiles) * target.mxuCols();
    if (columns < 2 * width) {
      return false;
    }
    remark::passed(exchange.getLoc(),
                   remark::RemarkOpts::name("gather").category("xpu-partition"))
        << "gathered column by column of the product"
        << remark::metric("columns", width);
    Location loc = exchange.getLoc();
    Operation *last = match->work ? match->work : match->product;
    rewriter.setInsertionPoint(last);
    SmallVector<int64_t> shape = {1, rows / members, columns};
    Value source = memref::ExpandShapeOp::create(
        rewriter, loc, shape, exchange.getSource(),
        ArrayRef<ReassociationIndices>{{0}, {1, 2}});
    SmallVector<Value> pieces;
    auto gather = [&](int64_t begin) {
      const int64_t size = std::min(width, columns - begin);
      auto alloc = memref::AllocOp::create(
          rewriter, loc,
          MemRefType::get({rows, size}, type.getElementType(),
                          MemRefLayoutAttrInterface(), type.getMemorySpace()));
      alloc->setAttr(kInPiecesAttr, rewriter.getUnitAttr());
      createGather(loc, exchange, columnsOf(rewriter, loc, source, begin, size),
                   alloc, /*isSideBySide=*/false);
      pieces.push_back(alloc);
    };
    gather(0);
    for (int64_t begin = 0; begin < columns; begin += width) {
      const int64_t size = std::min(width, columns - begin);
      if (begin + width < columns) {
        gather(begin + width);
      }
      linalg::LinalgOp piece = cutColumns(match->product, begin, size);
      replaceInput(*piece.getDpsInputOperand(match->input),
                   pieces[size_t(begin / width)]);
      dropWholeView(*piece.getDpsInputOperand(1 - match->input));
      if (!match->work) {
        continue;
      }
      // Work is done with the tiles of a product that nobody else reads.
      Operation *out = match->product.getDpsInits()[0].getDefiningOp();
      SmallVector<int64_t> part(
          memRefTypeOf(match->product.getDpsInits()[0]).getShape());
      part.back() = size;
      Operation *alloc;
      {
        OpBuilder::InsertionGuard guard(rewriter);
        rewriter.setInsertionPoint(piece);
        alloc = rewriter.clone(*out);
        auto builder =
            MemRefType::Builder(cast<MemRefType>(out->getResult(0).getType()));
        alloc->getResult(0).setType(MemRefType(builder.setShape(part)));
      }
      replaceInput(piece.getDpsInitsMutable()[0], alloc->getResult(0));
      linalg::LinalgOp work = cutColumns(match->work, begin, size);
      for (OpOperand *input : work.getDpsInputOperands()) {
        if (getViewRoot(input->get()) == out->getResult(0)) {
          replaceInput(*input, alloc->getResult(0));
        }
      }
    }
    Value seen = match->product.getDpsInputOperand(match->input)->get();
    Value out = match->product.getDpsInits()[0];
    Value dest = exchange.getDest();
    if (match->work) {
      rewriter.eraseOp(match->work);
    }
    rewriter.eraseOp(match->product);
    rewriter.eraseOp(exchange);
    if (seen != whole) {
      eraseUnusedViews(rewriter, seen, whole);
    }
    eraseUnusedViews(rewriter, dest, whole);
    rewriter.eraseOp(whole.getDefiningOp());
    if (match->work) {
      rewriter.eraseOp(out.getDefiningOp());
    }
    return true;
  }

  /// Puts another buffer in the place of a view.
  void replaceInput(OpOperand &operand, Value buffer) {
    Operation *view = operand.get().getDefiningOp();
    operand.set(buffer);
    if (view && isView(view) && view->use_empty()) {
      rewriter.eraseOp(view);
    }
  }

  /// Whether a gathered operand is likely to stay in the scratchpad.
  bool canStay(Value whole) const {
    return getByteSize(memRefTypeOf(whole)) <=
           ScratchpadRegions::residentRoom(target) / 2;
  }

  /// In how many pieces columns are gathered: few, of whole steps of the
  /// array, and each takes several times the network's latency.
  int64_t countPieces(int64_t columns, int64_t bytes) const {
    acc::Chip::Net net = machine.net();
    const int64_t latency = net.setup + 2 * net.stageLatency + net.tail;
    const int64_t beats = bytes / int64_t(net.bytesPerCycle);
    constexpr int64_t kLatencies = 2;
    for (int64_t pieces : {8, 4, 2}) {
      if (columns % (pieces * int64_t(target.mxu.rows)) == 0 &&
          beats >= pieces * kLatencies * latency) {
        return pieces;
      }
    }
    return 1;
  }

  RewriterBase &rewriter;
  const acc::Machine &machine;
  const acc::Target &target;
  /// Exchanges that went with those before them.
  llvm::DenseSet<Operation *> gone;
};

struct SplitExchangesPass final
    : xpu::impl::SplitExchangesPassBase<SplitExchangesPass> {
  using Base::Base;

  void runOnOperation() override {
    FailureOr<acc::Machine> machine =
        loadMachineFor(getOperation(), target.getValue());
    if (failed(machine)) {
      return signalPassFailure();
    }
    IRRewriter rewriter(&getContext());
    Splitter splitter(rewriter, *machine);
    auto visit = [&](CollectiveKind kind, bool isKind,
                     function_ref<void(ExchangeOp)> split) {
      SmallVector<ExchangeOp> exchanges;
      getOperation().walk([&](ExchangeOp op) {
        if ((op.getKind() == kind) == isKind) {
          exchanges.push_back(op);
        }
      });
      llvm::for_each(exchanges, split);
    };
    // A sum may take the gather behind it along, which is then in pieces.
    visit(CollectiveKind::AllGather, false,
          [&](ExchangeOp op) { splitter.run(op); });
    visit(CollectiveKind::AllGather, true,
          [&](ExchangeOp op) { splitter.splitGather(op); });
  }
};
} // namespace
