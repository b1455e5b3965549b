//===- FuseRows.cpp - Chains of vector work, row by row -------------------===//

#include "passes/Tiling/Passes.h"
#include "passes/Tiling/Tiling.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/Remarks.h"
#include "passes/Analysis/BufferAccess.h"
#include "passes/Analysis/BufferViews.h"
#include "passes/Analysis/LoadTarget.h"
#include "passes/Analysis/ScratchpadRegions.h"

using namespace mlir;

namespace xpu {
#define GEN_PASS_DEF_FUSEROWSPASS
#include "passes/Tiling/Passes.h.inc"
} // namespace xpu

namespace {

/// A buffer that operations of a chain use.
struct Shared {
  Value buffer;
  /// For each dimension of the chain the subscript that it is; -1 if it is
  /// none.
  SmallVector<int64_t> positions;
  /// All accesses have these positions and otherwise whole dimensions.
  bool isConsistent = true;
  unsigned accesses = 0;
  bool startsRead = false; ///< The first access reads what was there before.
  bool isWritten = false;
  bool isUsedLater = false;
};

/// Consecutive operations that are parallel in the same dimensions.
struct Chain {
  SmallVector<linalg::GenericOp> ops;
  SmallVector<int64_t> ranges; ///< Of the dimensions.
  SmallVector<bool> isCut;     ///< Dimensions that all operations have.
  /// For each operation the loop that a dimension is.
  SmallVector<SmallVector<int64_t>> loops;
  llvm::MapVector<Value, Shared> buffers;
};

/// Which subscript of an operand is a loop by itself.
struct Subscripts {
  SmallVector<int64_t> ofLoop;               ///< -1: none is.
  llvm::SmallDenseSet<unsigned> windowLoops; ///< In one with another loop.
};

/// Fails on subscripts that are no sums of loops, or a loop twice.
FailureOr<Subscripts> getSubscripts(AffineMap map) {
  Subscripts result;
  result.ofLoop.assign(map.getNumDims(), -1);
  for (auto [i, expr] : llvm::enumerate(map.getResults())) {
    int64_t constant = 0;
    auto coefficients = xpu::getCoefficients(expr, map.getNumDims(), constant);
    if (failed(coefficients)) {
      return failure();
    }
    if (auto dim = dyn_cast<AffineDimExpr>(expr)) {
      if (std::exchange(result.ofLoop[dim.getPosition()], i) >= 0) {
        return failure();
      }
      continue;
    }
    for (auto [loop, coefficient] : llvm::enumerate(*coefficients)) {
      if (coefficient != 0) {
        result.windowLoops.insert(loop);
      }
    }
  }
  return result;
}

bool isCandidate(Operation *op, const acc::Target &target) {
  auto generic = dyn_cast<linalg::GenericOp>(op);
  return generic && generic.hasPureBufferSemantics() &&
         generic.getNumDpsInits() == 1 && generic.getNumParallelLoops() != 0 &&
         !op->hasAttr(xpu::kEpilogueAttr) &&
         !op->hasAttr(xpu::kSecondEpilogueAttr) &&
         !llvm::is_contained(generic.getStaticLoopRanges(),
                             ShapedType::kDynamic) &&
         failed(xpu::matchMatrixWork(generic, target)) &&
         !xpu::readsByIndex(op);
}

/// Adds an operation to a chain; returns false, with the chain unchanged, if it
/// does not belong there.
bool join(Chain &chain, linalg::GenericOp op) {
  Chain next = chain;
  size_t dims = next.ranges.size();
  SmallVector<utils::IteratorType> iterators = op.getIteratorTypesArray();
  SmallVector<int64_t> opRanges = op.getStaticLoopRanges();
  SmallVector<int64_t> loops(dims, -1);

  auto find = [&](OpOperand &operand) {
    return next.buffers.find(xpu::getViewRoot(operand.get()));
  };
  // Dimensions by what the chain has written, then by what it has read.
  for (bool byWritten : {true, false}) {
    for (OpOperand &operand : op->getOpOperands()) {
      auto it = find(operand);
      if (it == next.buffers.end() || it->second.isWritten != byWritten ||
          it->first != operand.get() || !it->second.isConsistent) {
        continue;
      }
      auto subscripts = getSubscripts(op.getMatchingIndexingMap(&operand));
      if (failed(subscripts)) {
        continue;
      }
      for (size_t dim = 0; dim < dims; ++dim) {
        for (size_t loop = 0; loops[dim] < 0 && loop < opRanges.size();
             ++loop) {
          if (subscripts->ofLoop[loop] >= 0 &&
              subscripts->ofLoop[loop] == it->second.positions[dim]) {
            loops[dim] = loop;
          }
        }
      }
    }
  }
  if (!next.ops.empty()) {
    for (size_t dim = 0; dim < dims; ++dim) {
      next.isCut[dim] =
          next.isCut[dim] && loops[dim] >= 0 &&
          iterators[loops[dim]] == utils::IteratorType::parallel &&
          opRanges[loops[dim]] == next.ranges[dim];
    }
  } else {
    loops.clear();
    for (auto [loop, iterator] : llvm::enumerate(iterators)) {
      if (iterator == utils::IteratorType::parallel) {
        loops.push_back(loop);
        next.ranges.push_back(opRanges[loop]);
        next.isCut.push_back(true);
      }
    }
    dims = loops.size();
  }

  for (OpOperand &operand : op->getOpOperands()) {
    if (!llvm::isa<MemRefType>(operand.get().getType())) {
      continue;
    }
    Value root = xpu::getViewRoot(operand.get());
    bool reads = xpu::readsOperand(op, operand);
    bool writes = xpu::writesOperand(op, operand);
    if (!reads && !writes) {
      continue;
    }
    auto subscripts = getSubscripts(op.getMatchingIndexingMap(&operand));
    // Windows over a dimension that is cut reach into other tiles.
    bool isPlain = succeeded(subscripts) && root == operand.get();
    for (size_t dim = 0; isPlain && dim < dims; ++dim) {
      isPlain = loops[dim] < 0 || !next.isCut[dim] ||
                !subscripts->windowLoops.contains(loops[dim]);
    }
    SmallVector<int64_t> positions(dims, -1);
    for (size_t dim = 0; succeeded(subscripts) && dim < dims; ++dim) {
      positions[dim] = loops[dim] < 0 ? -1 : subscripts->ofLoop[loops[dim]];
    }
    // Of rows that windows are in, all is read: tiles would be of short ones.
    const int64_t innermost =
        op.getMatchingIndexingMap(&operand).getNumResults() - 1;
    for (size_t dim = 0; isPlain && dim < dims; ++dim) {
      next.isCut[dim] &=
          subscripts->windowLoops.empty() || positions[dim] != innermost;
    }
    auto [it, isNew] = next.buffers.insert({root, Shared()});
    Shared &shared = it->second;
    if (isNew) {
      shared.buffer = root;
      shared.positions = positions;
      shared.isConsistent = isPlain;
      shared.startsRead = reads;
    } else if (!isPlain) {
      shared.isConsistent = false;
    } else {
      for (size_t dim = 0; dim < dims; ++dim) {
        if (shared.positions[dim] == positions[dim]) {
          continue;
        }
        if (!next.isCut[dim]) {
          continue; // Whole in any case.
        }
        if (shared.isWritten || writes) {
          next.isCut[dim] = false;
        } else {
          shared.isConsistent = false;
        }
      }
    }
    ++shared.accesses;
    shared.isWritten |= writes;
    // A view may be written if nothing else uses its buffer.
    bool isOnlyAccess = shared.accesses == 1 && succeeded(subscripts);
    if (shared.isWritten && !shared.isConsistent && !isOnlyAccess) {
      return false;
    }
  }
  // What is written has every dimension that is cut: a tile is written by the
  // iterations of that tile.
  for (auto &[root, shared] : next.buffers) {
    for (size_t dim = 0; shared.isWritten && dim < dims; ++dim) {
      if (shared.positions[dim] < 0) {
        next.isCut[dim] = false;
      }
    }
  }
  bool hasRows = false;
  for (size_t dim = 0; dim < dims; ++dim) {
    hasRows |= next.isCut[dim] && next.ranges[dim] > 1;
  }
  if (!hasRows) {
    return false;
  }
  next.ops.push_back(op);
  next.loops.push_back(loops);
  chain = next;
  return true;
}

/// Bytes of the part of a buffer that a tile of the chain's dimensions has.
int64_t partBytes(const Chain &chain, const Shared &shared,
                  ArrayRef<int64_t> tile) {
  int64_t bytes = xpu::getByteSize(cast<MemRefType>(shared.buffer.getType()));
  for (auto [dim, position] : llvm::enumerate(shared.positions)) {
    if (position >= 0) {
      bytes = xpu::ceilDiv(bytes, chain.ranges[dim]) * tile[dim];
    }
  }
  return bytes;
}

/// Cuts one chain.
class RowTiler {
public:
  RowTiler(RewriterBase &rewriter, Chain &chain, const acc::Target &target,
           int64_t bodyCommands)
      : rewriter(rewriter), chain(chain), target(target),
        bodyCommands(bodyCommands) {}

  void run() {
    findShared();
    int64_t room = xpu::ScratchpadRegions::residentRoom(target);
    if (local.empty() || footprint(chain.ranges) <= room / 2) {
      return; // Nothing to gain: all of it can stay as it is.
    }
    auto options = remark::RemarkOpts::name("rows").category("xpu-fuse");
    SmallVector<int64_t> tile(chain.ranges);
    // Three tiles: one that comes, one that is worked on, one that leaves.
    while (footprint(tile) > room / 3) {
      size_t dim = 0;
      while (dim < tile.size() && (!chain.isCut[dim] || tile[dim] == 1)) {
        ++dim;
      }
      if (dim == tile.size()) {
        remark::missed(chain.ops[0].getLoc(), options)
            << "a row of this chain does not fit in the scratchpad"
            << remark::metric("bytes", footprint(tile))
            << remark::metric("room", room / 3);
        return;
      }
      tile[dim] = xpu::ceilDiv(tile[dim], 2);
    }
    remark::passed(chain.ops[0].getLoc(), options)
        << "chain of vector work is done row by row"
        << remark::metric("operations", chain.ops.size())
        << remark::metric("bytes_per_tile", footprint(tile));
    SmallVector<unsigned> dims;
    for (unsigned dim = 0; dim < tile.size(); ++dim) {
      if (chain.isCut[dim]) {
        dims.push_back(dim);
      }
    }
    llvm::SmallDenseSet<unsigned> counted;
    for (auto [op, loops] : llvm::zip(chain.ops, chain.loops)) {
      llvm::SmallDenseSet<unsigned> opCounted = xpu::getCountedDims(op);
      for (unsigned dim : dims) {
        if (opCounted.contains(loops[dim])) {
          counted.insert(dim);
        }
      }
    }
    // A program for each operation, and transfers.
    int64_t commands = 3 * chain.ops.size();
    xpu::TileLoops loops(chain.ranges, tile, dims, bodyCommands / commands,
                         counted);
    Operation *anchor = chain.ops.back();
    (void)loops.emit(
        rewriter, chain.ops[0].getLoc(), anchor,
        [&](const xpu::TileOffsets &offsets, ArrayRef<int64_t> sizes) {
          emitTile(offsets, sizes, anchor);
          return success();
        });
    for (linalg::GenericOp op : llvm::reverse(chain.ops)) {
      rewriter.eraseOp(op);
    }
  }

private:
  /// Buffers of which a tile is worth a copy of its own.
  void findShared() {
    Operation *last = chain.ops.back();
    for (auto &[root, shared] : chain.buffers) {
      auto type = cast<MemRefType>(root.getType());
      if (!shared.isConsistent || shared.accesses < 2 ||
          !type.getLayout().isIdentity() ||
          xpu::getSpace(type) != xpu::Space::HBM) {
        continue;
      }
      // Small values that no dimension is in are the same for all tiles.
      if (llvm::all_of(llvm::zip(shared.positions, chain.isCut), [](auto pair) {
            return std::get<0>(pair) < 0 || !std::get<1>(pair);
          })) {
        continue;
      }
      shared.isUsedLater =
          !root.getDefiningOp<memref::AllocOp>() || isUsedOutside(root, last);
      local.push_back(&shared);
    }
  }

  /// Whether anything but the chain may see what is in `buffer` after it.
  bool isUsedOutside(Value buffer, Operation *last) const {
    return llvm::any_of(buffer.getUsers(), [&](Operation *user) {
      Operation *op = last->getBlock()->findAncestorOpInBlock(*user);
      return !op || xpu::isView(op) || last->isBeforeInBlock(op);
    });
  }

  int64_t footprint(ArrayRef<int64_t> tile) const {
    int64_t bytes = 0;
    for (const Shared *shared : local) {
      bytes += partBytes(chain, *shared, tile);
    }
    return bytes;
  }

  void emitTile(const xpu::TileOffsets &offsets, ArrayRef<int64_t> sizes,
                Operation *anchor) {
    rewriter.setInsertionPoint(anchor);
    MLIRContext *context = rewriter.getContext();
    llvm::SmallDenseMap<Value, Value> copies;
    SmallVector<std::pair<Value, Value>> stores;
    for (Shared *shared : local) {
      auto type = cast<MemRefType>(shared->buffer.getType());
      xpu::TileOffsets at(type.getRank(), rewriter.getIndexAttr(0));
      SmallVector<int64_t> shape(type.getShape());
      SmallVector<int64_t> ones(type.getRank(), 1);
      for (auto [dim, position] : llvm::enumerate(shared->positions)) {
        if (position >= 0 && chain.isCut[dim]) {
          at[position] = offsets[dim];
          shape[position] = sizes[dim];
        }
      }
      Location loc = chain.ops[0].getLoc();
      Value copy = memref::AllocOp::create(
          rewriter, loc,
          MemRefType::get(shape, type.getElementType(),
                          MemRefLayoutAttrInterface(), type.getMemorySpace()));
      auto part = [&]() -> Value {
        return memref::SubViewOp::create(rewriter, loc, shared->buffer, at,
                                         getAsIndexOpFoldResult(context, shape),
                                         getAsIndexOpFoldResult(context, ones));
      };
      if (shared->startsRead) {
        auto load = memref::CopyOp::create(rewriter, loc, part(), copy);
        if (!shared->isWritten) {
          load->setAttr(xpu::kTileCopyAttr, rewriter.getUnitAttr());
        }
      }
      if (shared->isWritten && shared->isUsedLater) {
        stores.push_back({copy, part()});
      }
      copies[shared->buffer] = copy;
    }
    for (auto [index, op] : llvm::enumerate(chain.ops)) {
      xpu::TileOffsets opOffsets(op.getNumLoops(), rewriter.getIndexAttr(0));
      SmallVector<int64_t> opSizes = op.getStaticLoopRanges();
      for (size_t dim = 0; dim < sizes.size(); ++dim) {
        if (chain.isCut[dim]) {
          opOffsets[chain.loops[index][dim]] = offsets[dim];
          opSizes[chain.loops[index][dim]] = sizes[dim];
        }
      }
      rewriter.setInsertionPoint(anchor);
      FailureOr<TilingResult> tiled =
          cast<TilingInterface>(op.getOperation())
              .getTiledImplementation(rewriter, opOffsets,
                                      getAsIndexOpFoldResult(context, opSizes));
      // linalg.generic always has one.
      Operation *tile = tiled->tiledOps.front();
      for (auto [before, after] :
           llvm::zip(op->getOpOperands(), tile->getOpOperands())) {
        if (Value copy = copies.lookup(before.get())) {
          after.set(copy);
        }
      }
    }
    rewriter.setInsertionPoint(anchor);
    for (auto [copy, part] : stores) {
      memref::CopyOp::create(rewriter, chain.ops.back().getLoc(), copy, part);
    }
  }

  RewriterBase &rewriter;
  Chain &chain;
  const acc::Target &target;
  int64_t bodyCommands;
  SmallVector<Shared *> local;
};

struct FuseRowsPass final : xpu::impl::FuseRowsPassBase<FuseRowsPass> {
  using Base::Base;

  void runOnOperation() override {
    func::FuncOp func = getOperation();
    if (func.isExternal()) {
      return;
    }
    FailureOr<acc::Target> machine =
        xpu::loadTargetFor(func, target.getValue());
    if (failed(machine)) {
      return signalPassFailure();
    }
    std::vector<Chain> chains;
    Chain chain;
    auto finish = [&] {
      if (chain.ops.size() > 1) {
        chains.push_back(chain);
      }
      chain = Chain();
    };
    for (Block *block : xpu::getProgramBlocks(func)) {
      for (Operation &op : *block) {
        if (xpu::isBufferNeutral(&op)) {
          continue;
        }
        if (!isCandidate(&op, *machine)) {
          finish();
          continue;
        }
        auto generic = cast<linalg::GenericOp>(op);
        if (!join(chain, generic)) {
          finish();
          (void)join(chain, generic);
        }
      }
      finish();
    }
    IRRewriter rewriter(&getContext());
    for (Chain &cut : chains) {
      RowTiler(rewriter, cut, *machine, bodyCommands).run();
    }
  }
};

} // namespace
