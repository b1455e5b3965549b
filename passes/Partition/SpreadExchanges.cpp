//===- SpreadExchanges.cpp - Exchanges between the loads of others --------===//
//
// Engines work in program order: a LOAD for the network that waits for a place
// keeps all loads behind it waiting, also those of products that have nothing
// to do with it.
//
// Tiles that take longer than the products up to the next exchange wait for
// products behind that one, if nothing needs them before.
//
//===----------------------------------------------------------------------===//

#include "passes/Partition/Passes.h"

#include "dialects/XPU/IR/XPU.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "passes/Analysis/LoadTarget.h"
#include "passes/Analysis/ScratchpadRegions.h"
#include "passes/Partition/ExchangeCost.h"
#include <array>
#include <numeric>

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

  std::array<Operation *, 3> commands() {
    return {load.getOperation(), collective.getOperation(),
            store.getOperation()};
  }
};

/// An exchange's tiles, and what is behind them up to the next exchange.
struct Section {
  SmallVector<Tile> tiles;
  ArrayRef<Operation *> work;
};

class Spreader {
public:
  Spreader(Block &block, const acc::Machine &machine)
      : block(block), machine(machine), target(machine.slice) {}

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
    SmallVector<Section> sections;
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
      size_t end = i;
      while (end < commands.size() && !match(commands.drop_front(end))) {
        ++end;
      }
      sections.push_back({std::move(tiles), commands.slice(i, end - i)});
      i = end;
    }
    for (size_t i = 0; i < sections.size(); ++i) {
      handOn(MutableArrayRef<Section>(sections).drop_front(i));
      spread(sections[i].tiles, sections[i].work);
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

  /// Cycles in which the matrix unit computes what is there, with all of it at
  /// work and nothing that holds it up.
  double productCycles(ArrayRef<Operation *> work) const {
    double cycles = 0;
    for (Operation *op : work) {
      auto product = dyn_cast<MatmulOp>(op);
      if (!product) {
        continue;
      }
      auto volume = [](ArrayRef<int64_t> sizes) {
        return std::accumulate(sizes.begin(), sizes.end(), int64_t(1),
                               std::multiplies<int64_t>());
      };
      const int64_t products =
          int64_t(target.mxu.rows) * target.mxu.unitCols * target.mxu.units *
          isa::matrixGroup(static_cast<isa::Format>(product.getAFormat()),
                           static_cast<isa::Format>(product.getWFormat()));
      cycles += double(volume(product.getMSize()) * volume(product.getKSize()) *
                       int64_t(product.getColumns())) /
                double(products);
    }
    return cycles;
  }

  double cyclesOf(Tile tile) const {
    return estimateAtOnce(machine, describeExchange(machine, tile.collective));
  }

  double cyclesOf(ArrayRef<Tile> tiles) const {
    double cycles = 0;
    for (Tile tile : tiles) {
      cycles += cyclesOf(tile);
    }
    return cycles;
  }

  /// Leaves the first section no more tiles than its products hide, and gives
  /// the others to the next one with room for more than its own.
  void handOn(MutableArrayRef<Section> sections) {
    Section &own = sections.front();
    size_t kept = 0;
    for (double left = productCycles(own.work); kept < own.tiles.size();
         ++kept) {
      left -= cyclesOf(own.tiles[kept]);
      if (left < 0) {
        break;
      }
    }
    auto next = llvm::find_if(sections.drop_front(), [&](Section &section) {
      return productCycles(section.work) > cyclesOf(section.tiles);
    });
    if (next == sections.end()) {
      return;
    }
    auto isFree = [&](Tile tile) {
      for (Section &section :
           sections.take_front(next - sections.begin() + 1)) {
        auto isOrdered = [&](Operation *op) { return areOrdered(tile, op); };
        if (llvm::any_of(section.work, isOrdered) ||
            (&section != &own && llvm::any_of(section.tiles, [&](Tile &other) {
              return isOrdered(other.load) || isOrdered(other.store);
            }))) {
          return false;
        }
      }
      const auto regions = ScratchpadRegions::of(
          target, next->tiles.back().load.getDest().getDefiningOp());
      // Two at a time, beside what is there.
      return bytesOf(tile) <= regions.inputBytes() / 3;
    };
    // The last ones, as tiles keep their order.
    while (kept < own.tiles.size() &&
           !llvm::all_of(ArrayRef(own.tiles).drop_front(kept), isFree)) {
      ++kept;
    }
    Operation *place = next->tiles.back().store;
    Operation *like = next->tiles.back().load.getDest().getDefiningOp();
    for (Tile &tile : MutableArrayRef(own.tiles).drop_front(kept)) {
      for (Value buffer : {tile.load.getDest(), tile.store.getSource()}) {
        setRegions(buffer.getDefiningOp(), like);
        buffer.getDefiningOp()->moveAfter(place);
        place = buffer.getDefiningOp();
      }
      for (Operation *op : tile.commands()) {
        op->moveAfter(place);
        place = op;
      }
      next->tiles.push_back(tile);
    }
    own.tiles.truncate(kept);
  }

  int64_t bytesOf(Tile tile) const {
    auto bytes = [&](Value buffer) {
      return int64_t(
          llvm::alignTo(getByteSize(cast<MemRefType>(buffer.getType())),
                        target.spm.rowBytes));
    };
    return bytes(tile.load.getDest()) + bytes(tile.store.getSource());
  }

  /// The buffer lies where `like` may.
  static void setRegions(Operation *alloc, Operation *like) {
    for (StringRef name :
         {kResidentBanksAttr, kStationaryBanksAttr, kResultBanksAttr}) {
      alloc->removeAttr(name);
    }
    ScratchpadRegions::copyAttributes(like, alloc);
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
    if (!other ||
        bytesOf(tile) > ScratchpadRegions::of(target, other).resultBytes()) {
      return false;
    }
    // Where results of the product will be, later: the array reads the banks of
    // its rows, and LOAD writes them.
    for (Value buffer : {tile.load.getDest(), tile.store.getSource()}) {
      Operation *alloc = buffer.getDefiningOp();
      setRegions(alloc, other);
      alloc->setAttr(kAmongResultsAttr, UnitAttr::get(alloc->getContext()));
      alloc->moveBefore(load);
    }
    for (Operation *op : tile.commands()) {
      op->moveBefore(load);
    }
    return true;
  }

  Block &block;
  const acc::Machine &machine;
  const acc::Target &target;
};

struct SpreadExchangesPass final
    : xpu::impl::SpreadExchangesPassBase<SpreadExchangesPass> {
  using Base::Base;

  void runOnOperation() override {
    FailureOr<acc::Machine> machine =
        loadMachineFor(getOperation(), target.getValue());
    if (failed(machine)) {
      return signalPassFailure();
    }
    getOperation().walk(
        [&](Block *block) { Spreader(*block, *machine).run(); });
  }
};
} // namespace
