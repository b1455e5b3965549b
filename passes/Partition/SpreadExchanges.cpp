//===- SpreadExchanges.cpp - Exchanges between the loads of others --------===//
//
// Engines work in program order: a LOAD for the network that waits for a place
// keeps all loads behind it waiting, also those of products that have nothing
// to do with it.
//
//===----------------------------------------------------------------------===//

#include "passes/Partition/Passes.h"

#include "dialects/XPU/IR/XPU.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "passes/Analysis/LoadTarget.h"
#include "passes/Analysis/ScratchpadRegions.h"

using namespace mlir;

namespace xpu {
#define GEN_PASS_DEF_SPREADEXCHANGESPASS
#include "passes/Partition/Passes.h.inc"
} // namespace xpu

using namespace xpu;

namespace {
/// What slices exchange of a value in HBM: a load, a collective and a store,
/// with buffers of their own between them.
struct Tile {
  LoadOp load;
  CollectiveOp collective;
  StoreOp store;
  /// By number of the commands behind all tiles, the first one that the tile
  /// has to be before.
  size_t due = 0;
};

class Spreader {
public:
  Spreader(Block &block, const acc::Target &target)
      : block(block), target(target) {}

  void run() {
    SmallVector<Operation *> commands;
    for (Operation &op : block) {
      if (llvm::isa<CommandOpInterface>(op)) {
        commands.push_back(&op);
      } else if (!isMemoryEffectFree(&op) && !llvm::isa<memref::AllocOp>(op)) {
        spreadAll(std::exchange(commands, {}));
      }
    }
    spreadAll(commands);
  }

private:
  /// Commands without anything between them that could be another.
  void spreadAll(ArrayRef<Operation *> commands) {
    for (size_t i = 0; i < commands.size();) {
      SmallVector<Tile> tiles;
      while (std::optional<Tile> tile = match(commands.drop_front(i))) {
        tiles.push_back(*tile);
        i += 3;
      }
      if (tiles.empty()) {
        ++i;
        continue;
      }
      // Up to the next exchange: its tiles come in their turn.
      size_t end = i;
      while (end < commands.size() && !match(commands.drop_front(end))) {
        ++end;
      }
      spread(tiles, commands.slice(i, end - i));
      i = end;
    }
  }

  static std::optional<Tile> match(ArrayRef<Operation *> commands) {
    if (commands.size() < 3) {
      return std::nullopt;
    }
    Tile tile{dyn_cast<LoadOp>(commands[0]),
              dyn_cast<CollectiveOp>(commands[1]),
              dyn_cast<StoreOp>(commands[2])};
    if (!tile.load || !tile.collective || !tile.store) {
      return std::nullopt;
    }
    // Nobody else uses the buffers.
    auto isOwn = [&](Value buffer) {
      return buffer.getDefiningOp<memref::AllocOp>() &&
             llvm::all_of(buffer.getUsers(), [&](Operation *user) {
               return user == tile.load || user == tile.collective ||
                      user == tile.store;
             });
    };
    Value source = tile.load.getDest(), dest = tile.store.getSource();
    if (tile.collective.getSource() != source ||
        tile.collective.getDest() != dest || !isOwn(source) || !isOwn(dest)) {
      return std::nullopt;
    }
    return tile;
  }

  /// Whether the tile has to be before the command, or behind it.
  static bool areOrdered(Tile tile, Operation *command) {
    for (Operation *own :
         {tile.load.getOperation(), tile.store.getOperation()}) {
      for (const BufferAccess &a :
           cast<CommandOpInterface>(own).getAccesses()) {
        for (const BufferAccess &b :
             cast<CommandOpInterface>(command).getAccesses()) {
          if (a.buffer == b.buffer && (a.isWrite || b.isWrite) &&
              a.begin < b.end && b.begin < a.end) {
            return true;
          }
        }
      }
    }
    return false;
  }

  void spread(MutableArrayRef<Tile> tiles, ArrayRef<Operation *> work) {
    // Tiles keep their order.
    size_t due = work.size();
    for (Tile &tile : llvm::reverse(tiles)) {
      auto first = llvm::find_if(work.take_front(due), [&](Operation *command) {
        return areOrdered(tile, command);
      });
      due = size_t(first - work.begin());
      tile.due = due;
    }
    // What is needed together goes between the loads behind what is needed
    // before.
    for (size_t begin = 0, from = 0; begin < tiles.size();) {
      const size_t to = tiles[begin].due;
      size_t end = begin;
      while (end < tiles.size() && tiles[end].due == to) {
        ++end;
      }
      SmallVector<Operation *> loads;
      for (Operation *command : work.slice(from, to - from)) {
        if (llvm::isa<LoadOp>(command)) {
          loads.push_back(command);
        }
      }
      if (!loads.empty()) {
        place(tiles.slice(begin, end - begin), loads, from == 0,
              to < work.size() ? 3 : 4);
      }
      begin = end;
      from = to;
    }
  }

  /// The last one early enough to be there when it is needed. `isAtLoads`: they
  /// lie before the first of the loads.
  void place(MutableArrayRef<Tile> tiles, ArrayRef<Operation *> loads,
             bool isAtLoads, size_t quarters) {
    for (auto &&[number, tile] : llvm::enumerate(tiles)) {
      const size_t at = number * loads.size() * quarters / (4 * tiles.size());
      if (at == 0 && isAtLoads) {
        continue;
      }
      // Those behind it come no earlier.
      if (!move(tile, cast<LoadOp>(loads[at]))) {
        return;
      }
    }
  }

  /// Before a load of a product; false if there is no room for it.
  bool move(Tile tile, LoadOp load) {
    Operation *other = load.getDest().getDefiningOp();
    Value source = tile.load.getDest(), dest = tile.store.getSource();
    auto bytesOf = [&](Value buffer) {
      return int64_t(
          llvm::alignTo(getByteSize(cast<MemRefType>(buffer.getType())),
                        target.spm.rowBytes));
    };
    if (!other || bytesOf(source) + bytesOf(dest) >
                      ScratchpadRegions::of(target, other).resultBytes()) {
      return false;
    }
    // Where results of the product will be, later: the array reads the banks of
    // its rows, and LOAD writes them.
    for (Operation *alloc : {source.getDefiningOp(), dest.getDefiningOp()}) {
      for (StringRef name :
           {kResidentBanksAttr, kStationaryBanksAttr, kResultBanksAttr}) {
        alloc->removeAttr(name);
      }
      ScratchpadRegions::copyAttributes(other, alloc);
      alloc->setAttr(kAmongResultsAttr, UnitAttr::get(alloc->getContext()));
      alloc->moveBefore(load);
    }
    for (Operation *op :
         {tile.load.getOperation(), tile.collective.getOperation(),
          tile.store.getOperation()}) {
      op->moveBefore(load);
    }
    return true;
  }

  Block &block;
  const acc::Target &target;
};

struct SpreadExchangesPass final
    : xpu::impl::SpreadExchangesPassBase<SpreadExchangesPass> {
  using Base::Base;

  void runOnOperation() override {
    FailureOr<acc::Target> machine =
        loadTargetFor(getOperation(), target.getValue());
    if (failed(machine)) {
      return signalPassFailure();
    }
    getOperation().walk(
        [&](Block *block) { Spreader(*block, *machine).run(); });
  }
};
} // namespace
