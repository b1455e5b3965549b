//===- AllocateMemory.cpp - Addresses of all buffers ----------------------===//

#include "passes/XPU/Passes.h"

#include "dialects/XPU/IR/XPU.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/SymbolTable.h"
#include "passes/Analysis/LoadTarget.h"
#include "passes/Analysis/ScratchpadRegions.h"
#include "passes/Partition/Division.h"

#include <map>
#include <optional>
#include <tuple>

using namespace mlir;

namespace xpu {
#define GEN_PASS_DEF_ALLOCATEMEMORYPASS
#include "passes/XPU/Passes.h.inc"
} // namespace xpu

namespace {
/// Numbers of the first and the last operation in program order.
struct LiveInterval {
  int64_t first = 0;
  int64_t last = 0;
};

/// A buffer with its life in program order.
struct Buffer {
  Value value;
  int64_t size = 0; ///< Bytes, or rows of accumulators.
  int64_t firstUse = 0;
  int64_t lastUse = 0;
  int64_t address = -1;
  LiveInterval loop; ///< The innermost that it lives in; 0 to 0: none.
};

/// Whether two buffers are live at the same time in the same place.
bool collide(const Buffer &a, const Buffer &b) {
  return a.firstUse <= b.lastUse && b.firstUse <= a.lastUse &&
         a.address < b.address + b.size && b.address < a.address + a.size;
}

/// Used space of one memory.
class Memory {
public:
  Memory() = default;
  /// Commands that use the same bank of `bankBytes` wait for each other.
  explicit Memory(int64_t bankBytes) : bankBytes(bankBytes) {}

  /// Places a buffer in [begin, end), beside what is live, where memory was not
  /// used for longest: what used it last has then most likely ended. Banks in
  /// which nothing lives come first, unless the buffer `sharesBanks`; then
  /// places beside which most buffers of the size `unit`, and of its own, have
  /// room: the next one could not take turns with it otherwise. Returns false
  /// if there is no gap.
  bool place(Buffer &buffer, int64_t alignment, int64_t begin, int64_t end,
             bool sharesBanks, int64_t unit) {
    retire(buffer.firstUse);
    const int64_t bank =
        !sharesBanks && avoidsBanks(buffer.size, end - begin) ? bankBytes : 0;
    // Behind something or, as the size is rounded up to the alignment, before.
    SmallVector<int64_t> candidates = {begin};
    const int64_t length = llvm::alignTo(buffer.size, alignment);
    auto addBefore = [&](int64_t at) {
      if (at - length >= begin) {
        candidates.push_back(at / alignment * alignment - length);
      }
    };
    addBefore(end);
    for (const Buffer *other : live) {
      candidates.push_back(other->address + other->size);
      addBefore(other->address);
    }
    for (const Past &past : history) {
      candidates.push_back(past.begin);
      candidates.push_back(past.end);
      addBefore(past.begin);
    }
    if (bank > 0) {
      for (int64_t at = llvm::alignTo(begin, bank); at < end; at += bank) {
        candidates.push_back(at);
      }
    }
    Rank best;
    for (int64_t candidate : candidates) {
      int64_t address = llvm::alignTo(candidate, alignment);
      if (address < begin || address + buffer.size > end ||
          !isFree(buffer, address)) {
        continue;
      }
      auto [banks, memory, spanned] = lastUse(buffer, address, bank);
      Rank use = {banks,
                  -countBeside(buffer, address, unit, alignment, begin, end),
                  -countBeside(buffer, address, length, alignment, begin, end),
                  memory, spanned};
      if (buffer.address < 0 || use < best ||
          (use == best && address < buffer.address)) {
        best = use;
        buffer.address = address;
      }
    }
    if (buffer.address < 0) {
      return false;
    }
    insert(buffer);
    return true;
  }

  /// Places a buffer at the first gap from `begin` on; returns false if it does
  /// not fit before `end`.
  bool placeFirst(Buffer &buffer, int64_t alignment, int64_t begin,
                  int64_t end) {
    retire(buffer.firstUse);
    int64_t address = llvm::alignTo(begin, alignment);
    for (const Buffer *other : live) {
      if (other->address + other->size <= address ||
          other->firstUse > buffer.lastUse) {
        continue;
      }
      if (other->address >= address + buffer.size) {
        break;
      }
      address = llvm::alignTo(other->address + other->size, alignment);
    }
    if (address + buffer.size > end) {
      return false;
    }
    buffer.address = address;
    insert(buffer);
    return true;
  }

  /// A buffer that has a place and lives next.
  void add(Buffer &buffer) {
    retire(buffer.firstUse);
    insert(buffer);
  }

  /// A buffer that has a place; it may begin to live later.
  void insert(Buffer &buffer) {
    live.insert(llvm::upper_bound(live, &buffer,
                                  [](const Buffer *a, const Buffer *b) {
                                    return a->address < b->address;
                                  }),
                &buffer);
  }

  ArrayRef<Buffer *> getLive() const { return live; }

private:
  /// Memory that was used up to a point of the program.
  struct Past {
    int64_t begin = 0;
    int64_t end = 0;
    int64_t firstUse = 0; ///< In the loop in which it was used last.
    int64_t lastUse = 0;
    LiveInterval loop;

    /// When it was used last as `buffer` sees it. In a loop it will be used
    /// again in the next iteration: what is soon is as if it had just been.
    int64_t seenBy(const Buffer &buffer) const {
      if (loop.last == 0 || loop.first != buffer.loop.first) {
        return lastUse;
      }
      int64_t again = firstUse + (loop.last - loop.first);
      return std::max(lastUse, buffer.firstUse - (again - buffer.lastUse));
    }
  };

  /// Buffers that are dead at `now` leave.
  void retire(int64_t now) {
    llvm::erase_if(live, [&](const Buffer *other) {
      if (other->lastUse >= now) {
        return false;
      }
      Past past{other->address, other->address + other->size, other->firstUse,
                other->lastUse, other->loop};
      llvm::erase_if(history, [&](const Past &older) {
        if (older.begin < past.begin || older.end > past.end ||
            older.lastUse > past.lastUse) {
          return false;
        }
        if (older.loop.first == past.loop.first) {
          past.firstUse = std::min(past.firstUse, older.firstUse);
        }
        return true;
      });
      history.push_back(past);
      return true;
    });
  }

  /// Whether buffers of this size are better off in banks of their own. If
  /// fewer of them fit then, a third one that shares a bank hides more.
  bool avoidsBanks(int64_t size, int64_t region) const {
    if (bankBytes == 0) {
      return false;
    }
    int64_t spread = region / int64_t(llvm::alignTo(size, bankBytes));
    return spread > 2 || spread == region / size;
  }

  bool isFree(const Buffer &buffer, int64_t address) const {
    return llvm::none_of(live, [&](const Buffer *other) {
      return other->firstUse <= buffer.lastUse &&
             other->address < address + buffer.size &&
             address < other->address + other->size;
    });
  }

  /// When the banks and the memory itself were used last, and by how many
  /// buffers that are dead: one that spans two of them keeps the next from both
  /// places.
  using Use = std::tuple<int64_t, int64_t, int64_t>;

  Use lastUse(const Buffer &buffer, int64_t begin, int64_t bank) const {
    int64_t end = begin + buffer.size;
    int64_t memory = -1, banks = -1, spanned = 0;
    for (const Past &past : history) {
      if (past.begin < end && begin < past.end) {
        memory = std::max(memory, past.seenBy(buffer));
        ++spanned;
      }
    }
    if (bank > 0) {
      begin -= begin % bank;
      end = llvm::alignTo(end, bank);
      for (const Past &past : history) {
        if (past.begin < end && begin < past.end) {
          banks = std::max(banks, past.seenBy(buffer));
        }
      }
      for (const Buffer *other : live) {
        // A resident that begins to live later has not used them yet.
        if (other->firstUse <= buffer.lastUse && other->address < end &&
            begin < other->address + other->size) {
          banks = std::max(banks, other->lastUse);
        }
      }
    }
    return {banks, memory, spanned};
  }

  /// What is better comes first: banks, room, memory, and places spanned.
  using Rank = std::tuple<int64_t, int64_t, int64_t, int64_t, int64_t>;

  /// How many buffers of `size` have room beside `buffer` at `address` and what
  /// lives while it does.
  int64_t countBeside(const Buffer &buffer, int64_t address, int64_t size,
                      int64_t alignment, int64_t begin, int64_t end) const {
    int64_t count = 0, free = llvm::alignTo(begin, alignment);
    auto closeAt = [&](int64_t from, int64_t to) {
      count += std::max<int64_t>(0, from - free) / size;
      free = std::max<int64_t>(free, llvm::alignTo(to, alignment));
    };
    bool isOpen = true;
    for (const Buffer *other : live) {
      if (other->firstUse > buffer.lastUse) {
        continue;
      }
      if (isOpen && other->address >= address) {
        closeAt(address, address + buffer.size);
        isOpen = false;
      }
      closeAt(std::min(other->address, end), other->address + other->size);
    }
    if (isOpen) {
      closeAt(address, address + buffer.size);
    }
    closeAt(end, end);
    return count;
  }

  int64_t bankBytes = 0;
  SmallVector<Buffer *> live;
  std::vector<Past> history;
};

struct AllocateMemoryPass final
    : xpu::impl::AllocateMemoryPassBase<AllocateMemoryPass> {
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
    Block &body = func.getBody().front();
    llvm::DenseMap<Operation *, LiveInterval> position;
    int64_t count = 0;
    number(body, position, count);
    const int64_t line = machine->hbm.lineBytes;
    Builder builder(&getContext());

    // Arguments and constants come first and stay.
    int64_t fixedEnd = 0;
    std::vector<Fixed> fixed;
    auto placeFixed = [&](MemRefType type, std::string name) {
      int64_t address = fixedEnd;
      fixedEnd = llvm::alignTo(address + xpu::getByteSize(type), line);
      fixed.push_back({address, xpu::getByteSize(type), std::move(name)});
      return address;
    };
    for (BlockArgument argument : body.getArguments()) {
      auto type = dyn_cast<MemRefType>(argument.getType());
      if (!type || !type.hasStaticShape()) {
        func.emitError()
            << "expects buffers of static shape as arguments, but got "
            << argument.getType();
        return signalPassFailure();
      }
      func.setArgAttr(argument.getArgNumber(), "xpu.address",
                      builder.getI64IntegerAttr(
                          placeFixed(type, describe(func, argument))));
    }
    llvm::StringMap<int64_t> globals;
    func.walk([&](memref::GetGlobalOp get) {
      auto [it, isNew] = globals.try_emplace(get.getName(), 0);
      if (isNew) {
        it->second =
            placeFixed(get.getType(), "constant '" + get.getName().str() + "'");
      }
      get->setAttr("xpu.address", builder.getI64IntegerAttr(it->second));
    });

    std::vector<Buffer> buffers;
    buffers.reserve(count);
    func.walk([&](memref::AllocOp alloc) {
      Buffer buffer;
      buffer.value = alloc.getResult();
      buffer.size =
          xpu::getSpace(alloc.getType()) == xpu::Space::ACC
              ? alloc.getType().getShape()[0]
              : std::max<int64_t>(1, xpu::getByteSize(alloc.getType()));
      buffer.firstUse = std::numeric_limits<int64_t>::max();
      buffer.lastUse = -1;
      collectUses(alloc.getResult(), alloc->getBlock(), position, count,
                  buffer);
      if (Operation *parent = alloc->getParentOp();
          !llvm::isa<func::FuncOp>(parent)) {
        buffer.loop = position.lookup(parent);
      }
      if (buffer.lastUse >= 0) {
        buffers.push_back(buffer);
      }
    });
    llvm::sort(buffers, [](const Buffer &a, const Buffer &b) {
      return a.firstUse < b.firstUse;
    });

    if (fixedEnd > int64_t(machine->hbm.bytes)) {
      InFlightDiagnostic diag = func.emitError();
      diag << "needs " << fixedEnd
           << " bytes of HBM for arguments and constants, but target "
           << machine->name << " has " << machine->hbm.bytes;
      noteMap(diag, std::move(fixed));
      return signalPassFailure();
    }
    if (std::optional<Full> full = placeAll(buffers, *machine, fixedEnd)) {
      if (full->buffer) {
        reportFull(*full->buffer, full->live, full->size);
      }
      return signalPassFailure();
    }
    for (const Buffer &buffer : buffers) {
      buffer.value.getDefiningOp()->setAttr(
          "xpu.address", builder.getI64IntegerAttr(buffer.address));
    }
  }

  /// What is in HBM from the start.
  struct Fixed {
    int64_t address = 0, bytes = 0;
    std::string name;
  };

  /// An argument, and what slices of a chip have of it.
  static std::string describe(func::FuncOp func, BlockArgument argument) {
    const unsigned number = argument.getArgNumber();
    std::string name = "argument " + std::to_string(number);
    if (auto known = func.getArgAttrOfType<StringAttr>(number, "acc.name")) {
      name += " ('" + known.str() + "')";
    }
    if (auto copy =
            func.getArgAttrOfType<IntegerAttr>(number, xpu::kCopyOfAttr)) {
      name += ", argument " + std::to_string(copy.getInt()) + " once more";
    }
    if (func.getArgAttr(number, xpu::kValueAttr)) {
      name += ", a constant";
    }
    bool isChip =
        func->getParentOfType<ModuleOp>() &&
        func->getParentOfType<ModuleOp>().lookupSymbol(xpu::kGridName);
    if (isChip) {
      name += func.getArgAttr(number, xpu::kSplitAttr)
                  ? ", a part in every slice"
                  : ", whole in every slice";
    }
    return name;
  }

  /// The largest of what lies in the memory of a slice.
  static void noteMap(InFlightDiagnostic &diag, std::vector<Fixed> fixed) {
    constexpr size_t kListed = 8;
    llvm::stable_sort(fixed, [](const Fixed &a, const Fixed &b) {
      return a.bytes > b.bytes;
    });
    for (const Fixed &entry : ArrayRef(fixed).take_front(kListed)) {
      diag.attachNote() << entry.bytes << " bytes at " << entry.address << ": "
                        << entry.name;
    }
    if (fixed.size() > kListed) {
      diag.attachNote() << "and " << fixed.size() - kListed << " smaller ones";
    }
  }

  /// A buffer that found no place, and what is live beside it.
  struct Full {
    const Buffer *buffer = nullptr; ///< Null: an error has been said.
    int64_t size = 0;               ///< Of the region that it has to be in.
    SmallVector<Buffer *> live;
  };

  /// Where a buffer of scratchpad or accumulators has to be.
  struct Room {
    int64_t begin = 0, end = 0, alignment = 1;
  };

  /// `isSplit`: whether rows and what an epilogue reads have banks of their
  /// own.
  static Room roomOf(const acc::Target &machine, const Buffer &buffer,
                     bool isSplit) {
    Room room;
    if (xpu::getSpace(buffer.value.getType()) == xpu::Space::ACC) {
      room.end = machine.mxu.accRows;
      return room;
    }
    Operation *alloc = buffer.value.getDefiningOp();
    auto regions = xpu::ScratchpadRegions::of(machine, alloc);
    auto readBanks = alloc->getAttrOfType<IntegerAttr>(xpu::kReadBanksAttr);
    if (isStationary(buffer.value)) {
      room.begin = regions.resultsEnd;
      room.end = regions.stationaryEnd;
    } else if (isResult(buffer.value)) {
      room.begin = regions.inputsEnd;
      room.end = regions.resultsEnd;
    } else {
      room.end = regions.inputsEnd;
      if (readBanks && isSplit) {
        const int64_t between =
            room.end - readBanks.getInt() * int64_t(machine.spm.bankBytes);
        (isOperand(buffer.value) ? room.end : room.begin) = between;
      }
    }
    room.alignment = machine.spm.rowBytes;
    return room;
  }

  /// Gives every buffer an address.
  static std::optional<Full> placeAll(std::vector<Buffer> &buffers,
                                      const acc::Target &machine,
                                      int64_t fixedEnd) {
    Memory hbm;
    Memory scratchpad(machine.spm.bankBytes);
    Memory accumulators;
    if (failed(placeResidents(buffers, machine, scratchpad, accumulators))) {
      return Full();
    }
    std::vector<Buffer *> residents, tiles;
    for (Buffer &buffer : buffers) {
      if (xpu::getSpace(buffer.value.getType()) != xpu::Space::HBM) {
        (buffer.address >= 0 ? residents : tiles).push_back(&buffer);
      } else if (int64_t end = int64_t(machine.hbm.bytes); !hbm.placeFirst(
                     buffer, machine.hbm.lineBytes, fixedEnd, end)) {
        return Full{&buffer, end - fixedEnd,
                    SmallVector<Buffer *>(hbm.getLive())};
      }
    }
    // Groups of tiles whose lives touch, in most cases those of one operation:
    // one that is tight makes no other one so.
    for (ArrayRef<Buffer *> rest = tiles; !rest.empty();) {
      int64_t end = rest.front()->lastUse;
      size_t count = 1;
      for (; count < rest.size() && rest[count]->firstUse <= end; ++count) {
        end = std::max(end, rest[count]->lastUse);
      }
      if (auto full = placeGroup(rest.take_front(count), residents, machine,
                                 scratchpad, accumulators)) {
        return full;
      }
      rest = rest.drop_front(count);
    }
    return std::nullopt;
  }

  /// Places tiles of scratchpad and of accumulators, each by itself: where one
  /// of the two is tight, buffers of the other still take turns.
  static std::optional<Full> placeGroup(ArrayRef<Buffer *> tiles,
                                        ArrayRef<Buffer *> residents,
                                        const acc::Target &machine,
                                        Memory &scratchpad,
                                        Memory &accumulators) {
    std::vector<Buffer *> inRows, inBanks;
    for (Buffer *tile : tiles) {
      (isInRows(*tile) ? inRows : inBanks).push_back(tile);
    }
    if (auto full = placeInSpace(inBanks, residents, machine, scratchpad)) {
      return full;
    }
    return placeInSpace(inRows, residents, machine, accumulators);
  }

  static bool isInRows(const Buffer &buffer) {
    return xpu::getSpace(buffer.value.getType()) == xpu::Space::ACC;
  }

  /// Places tiles of one memory so that they take turns; if small ones in banks
  /// of their own leave no room for a large one, with no regard to banks; then
  /// in each other's banks; and if what is left between them is not enough, by
  /// their sizes.
  static std::optional<Full> placeInSpace(ArrayRef<Buffer *> tiles,
                                          ArrayRef<Buffer *> residents,
                                          const acc::Target &machine,
                                          Memory &memory) {
    const Memory before = memory;
    std::optional<Full> full;
    for (bool isSplit : {true, false}) {
      for (bool sharesBanks : {false, true}) {
        memory = before;
        full = placeInTurn(tiles, machine, isSplit, sharesBanks, memory);
        if (!full) {
          return std::nullopt;
        }
      }
    }
    if (!placeBySize(tiles, residents, machine)) {
      return full;
    }
    memory = before;
    for (Buffer *tile : tiles) {
      memory.add(*tile);
    }
    return std::nullopt;
  }

  static std::optional<Full> placeInTurn(ArrayRef<Buffer *> tiles,
                                         const acc::Target &machine,
                                         bool isSplit, bool sharesBanks,
                                         Memory &memory) {
    // The largest tile of each room, by where that begins.
    std::map<int64_t, int64_t> largest;
    for (const Buffer *tile : tiles) {
      const Room room = roomOf(machine, *tile, isSplit);
      int64_t &size = largest[room.begin];
      size = std::max<int64_t>(size, llvm::alignTo(tile->size, room.alignment));
    }
    for (Buffer *tile : tiles) {
      tile->address = -1;
      const Room room = roomOf(machine, *tile, isSplit);
      const int64_t most = largest[room.begin];
      auto placeIn = [&](int64_t alignment) {
        return memory.place(*tile, alignment, room.begin, room.end,
                            sharesBanks || isOperand(tile->value), most);
      };
      // Accumulators that are live together are mostly of one size, or a few
      // rows apart where a tile was cut into equal parts: in places that are
      // multiples of it, they leave no gaps between them.
      const int64_t grid = tile->size * 4 > most * 3 ? most : tile->size;
      if (!(isInRows(*tile) && (placeIn(grid) || placeIn(tile->size))) &&
          !placeIn(room.alignment)) {
        return Full{tile, room.end - room.begin,
                    SmallVector<Buffer *>(memory.getLive())};
      }
    }
    return std::nullopt;
  }

  /// Gives tiles addresses by their sizes: the largest ones first, at the
  /// lowest gap that no other has while they live. That is as tight as it gets,
  /// with no regard to what waits for what. False if it does not do, either.
  static bool placeBySize(ArrayRef<Buffer *> tiles,
                          ArrayRef<Buffer *> residents,
                          const acc::Target &machine) {
    auto isBelow = [](const Buffer *a, const Buffer *b) {
      return a->address < b->address;
    };
    std::vector<Buffer *> order = tiles, placed = residents;
    llvm::stable_sort(order, [](const Buffer *a, const Buffer *b) {
      return a->size > b->size;
    });
    llvm::sort(placed, isBelow);
    for (Buffer *tile : order) {
      const Room room = roomOf(machine, *tile, /*isSplit=*/false);
      tile->address = llvm::alignTo(room.begin, room.alignment);
      for (const Buffer *other : placed) {
        if (xpu::getSpace(other->value.getType()) ==
                xpu::getSpace(tile->value.getType()) &&
            collide(*tile, *other)) {
          tile->address =
              llvm::alignTo(other->address + other->size, room.alignment);
        }
      }
      if (tile->address + tile->size > room.end) {
        return false;
      }
      placed.insert(llvm::upper_bound(placed, tile, isBelow), tile);
    }
    return true;
  }

  /// Residents come with addresses; nothing else may be live there.
  static LogicalResult placeResidents(std::vector<Buffer> &buffers,
                                      const acc::Target &machine,
                                      Memory &scratchpad,
                                      Memory &accumulators) {
    const int64_t scratchpadEnd =
        int64_t(machine.spm.banks) * int64_t(machine.spm.bankBytes);
    SmallVector<const Buffer *> placed;
    for (Buffer &buffer : buffers) {
      Operation *alloc = buffer.value.getDefiningOp();
      auto address = alloc->getAttrOfType<IntegerAttr>(xpu::kResidentAttr);
      if (!address) {
        continue;
      }
      buffer.address = address.getInt();
      auto type = cast<MemRefType>(buffer.value.getType());
      const xpu::Space space = xpu::getSpace(type);
      const bool isInRows = space == xpu::Space::ACC;
      const int64_t end = isInRows ? machine.mxu.accRows : scratchpadEnd;
      if (space == xpu::Space::HBM || buffer.address < 0 ||
          buffer.address + buffer.size > end) {
        return alloc->emitError()
               << "expects a resident value in the "
               << (isInRows ? "accumulators" : "scratchpad") << " of " << end
               << (isInRows ? " rows" : " bytes") << ", but it has "
               << buffer.size << (isInRows ? " rows" : " bytes") << " at "
               << buffer.address;
      }
      for (const Buffer *other : placed) {
        if (xpu::getSpace(other->value.getType()) == space &&
            collide(buffer, *other)) {
          InFlightDiagnostic diag = alloc->emitError(
              "expects resident values that are live together in different "
              "places");
          diag.attachNote(other->value.getLoc()) << "the other one";
          return failure();
        }
      }
      placed.push_back(&buffer);
      (isInRows ? accumulators : scratchpad).insert(buffer);
    }
    return success();
  }

  /// Numbers the operations in program order; a loop reaches from its first to
  /// its last.
  static void number(Block &block,
                     llvm::DenseMap<Operation *, LiveInterval> &position,
                     int64_t &count) {
    for (Operation &op : block) {
      LiveInterval interval;
      interval.first = count++;
      for (Region &region : op.getRegions()) {
        for (Block &inner : region) {
          number(inner, position, count);
        }
      }
      interval.last = op.getNumRegions() == 0 ? interval.first : count++;
      position[&op] = interval;
    }
  }

  /// Uses include those through views and the return. A use in a loop that the
  /// buffer is outside of takes all of the loop: iterations come again.
  static void
  collectUses(Value value, Block *home,
              const llvm::DenseMap<Operation *, LiveInterval> &position,
              int64_t count, Buffer &buffer) {
    for (Operation *user : value.getUsers()) {
      LiveInterval at = position.lookup(home->findAncestorOpInBlock(*user));
      if (llvm::isa<func::ReturnOp>(user)) {
        at.last = count;
      }
      buffer.firstUse = std::min(buffer.firstUse, at.first);
      buffer.lastUse = std::max(buffer.lastUse, at.last);
      if (!llvm::isa<xpu::CommandOpInterface>(user)) {
        for (Value result : user->getResults()) {
          collectUses(result, home, position, count, buffer);
        }
      }
    }
  }

  static bool isStationary(Value buffer) {
    return llvm::any_of(buffer.getUsers(), [&](Operation *user) {
      auto matmul = dyn_cast<xpu::MatmulOp>(user);
      auto shift = dyn_cast<xpu::ShiftOp>(user);
      return (matmul && matmul.getA() != buffer && matmul.getAcc() != buffer) ||
             (shift && isStationary(shift.getResult()));
    });
  }

  /// Written by LOAD and read by the matrix unit only: these use different
  /// ports of a bank, and neither waits for commands of its own engine.
  static bool isOperand(Value buffer) {
    return llvm::all_of(buffer.getUsers(), [&](Operation *user) {
      auto matmul = dyn_cast<xpu::MatmulOp>(user);
      auto shift = dyn_cast<xpu::ShiftOp>(user);
      return llvm::isa<xpu::LoadOp>(user) ||
             (matmul && matmul.getAcc() != buffer) ||
             (shift && isOperand(shift.getResult()));
    });
  }

  /// Written by the matrix unit or the vector unit.
  static bool isResult(Value buffer) {
    Operation *alloc = buffer.getDefiningOp();
    if (alloc && alloc->hasAttr(xpu::kAmongResultsAttr)) {
      return true;
    }
    return llvm::any_of(buffer.getUsers(), [&](Operation *user) {
      if (auto vpu = dyn_cast<xpu::VpuOp>(user)) {
        return vpu.getOutput() == buffer;
      }
      if (auto shift = dyn_cast<xpu::ShiftOp>(user)) {
        return isResult(shift.getResult());
      }
      return llvm::isa<xpu::AccStoreOp>(user);
    });
  }

  static void reportFull(const Buffer &buffer, SmallVector<Buffer *> live,
                         int64_t size) {
    InFlightDiagnostic diag = emitError(buffer.value.getLoc());
    diag << "needs " << buffer.size << " more of "
         << xpu::stringifySpace(xpu::getSpace(buffer.value.getType()))
         << " for a buffer of type " << buffer.value.getType()
         << ", but there is no such gap among " << size;
    llvm::sort(live, [](const Buffer *a, const Buffer *b) {
      return a->size > b->size;
    });
    for (const Buffer *other : ArrayRef<Buffer *>(live).take_front(8)) {
      diag.attachNote(other->value.getLoc())
          << "live here: " << other->size << " at " << other->address;
    }
  }
};
} // namespace
