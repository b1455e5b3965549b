//===- KeepResident.cpp - Values that stay in the scratchpad --------------===//
//
// Works on blocks of operations on whole buffers, before they are tiled. A
// value is resident as a whole or not at all; its life is from its first to its
// last operation, so that places can be given away here, with certainty, before
// there are commands.
//
//===----------------------------------------------------------------------===//

#include "passes/Tiling/Passes.h"

#include "dialects/XPU/IR/XPU.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/Remarks.h"
#include "passes/Analysis/AttentionPlan.h"
#include "passes/Analysis/BufferAccess.h"
#include "passes/Analysis/BufferViews.h"
#include "passes/Analysis/Contraction.h"
#include "passes/Analysis/LoadTarget.h"
#include "passes/Analysis/ScoreBody.h"
#include "passes/Analysis/ScratchpadRegions.h"
#include "passes/Analysis/TransferCost.h"
#include "passes/Tiling/Tiling.h"
#include "systemc-models/Timing/Timing.h"

using namespace mlir;

namespace xpu {
#define GEN_PASS_DEF_KEEPRESIDENTPASS
#include "passes/Tiling/Passes.h.inc"
} // namespace xpu

namespace {

/// One use of a buffer by an operation, through views of its own.
struct Use {
  OpOperand *operand = nullptr;
  int64_t position = 0; ///< Of the operation in the block.
  bool isRead = false;
  bool isWritten = false;
};

/// Bytes of the elements of a view.
int64_t viewBytes(Value memref) {
  return xpu::getByteSize(cast<MemRefType>(memref.getType()));
}

/// A buffer in HBM: an argument, a constant, or made between operations.
struct Candidate {
  Value root;
  SmallVector<Use> uses; ///< In program order; without the return.
  bool isReturned = false;
  bool isFixed = false; ///< Something needs it in HBM.
  int64_t bytes = 0;
  /// Where padding pays: an element behind those of the dimensions from here
  /// on.
  unsigned padFrom = 0;
  int64_t padding = 0;  ///< Bytes of padding in all.
  int64_t saved = 0;    ///< Bytes of HBM traffic that residency avoids.
  int64_t address = -1; ///< In the scratchpad, if it is resident.
  int64_t size = 0;     ///< There, with padding.

  /// Whether it is little that slices exchange: the network reads it beside the
  /// operation behind that, too.
  bool isExchanged = false;

  int64_t firstUse() const { return uses.front().position; }
  int64_t lastUse() const {
    // The last of several pieces is one of many.
    bool isPiece = viewBytes(uses.back().operand->get()) < bytes;
    return uses.back().position + (isExchanged && !isPiece ? 1 : 0);
  }
  bool isMade() const { return root.getDefiningOp<memref::AllocOp>(); }
};

/// Operations between the lives of two values in one place, if there is room:
/// what comes next need not wait for the readers of what was there. A tile of a
/// chain lives a little longer, so that two of them take turns.
constexpr int64_t kDistance = 4;

/// Of so many banks, two more may have the little that slices exchange: it is
/// there for a moment, and products beside it are of few rows, which need
/// little room.
constexpr int64_t kBanksOfExchange = 16;

/// Decides and rewrites for one block; loops in it have been done before.
class Residency {
public:
  /// Lowest scratchpad address of residents in each loop.
  using Reserved = llvm::DenseMap<Operation *, int64_t>;

  Residency(Block &body, const acc::Target &target, Reserved &reserved)
      : body(body), target(target), reserved(reserved),
        rewriter(body.getParentOp()->getContext()) {}

  void run() {
    collect();
    Placing best;
    int64_t most = std::numeric_limits<int64_t>::min();
    auto consider = [&](Placing how) {
      if (int64_t saved = place(how); saved > most) {
        most = saved;
        best = how;
      }
    };
    // Of two that save the same: products beside attention have few rows, and
    // lose more by banks than by waits for what was in a place before.
    SmallVector<int64_t> distances = {kDistance, 0};
    if (!attentions.empty()) {
      std::swap(distances[0], distances[1]);
    }
    for (int64_t distance : distances) {
      consider({distance, /*isAttentionFirst=*/false});
      if (isAttentionSlower) {
        consider({distance, /*isAttentionFirst=*/true});
      }
    }
    place(best);
    setBanks();
    for (Candidate &candidate : candidates) {
      report(candidate);
      if (candidate.address >= 0) {
        makeResident(candidate);
      }
    }
    for (Candidate &candidate : candidates) {
      if (candidate.address < 0) {
        dropCopy(candidate);
      }
    }
  }

private:
  /// How values get places.
  struct Placing {
    int64_t distance = kDistance; ///< Operations between two in one place.
    /// Those that live while attention runs come first: they lie at the end,
    /// and leave it all that is below them.
    bool isAttentionFirst = false;
  };

  void collect() {
    llvm::DenseMap<Value, size_t> indexOf;
    auto candidateOf = [&](Value value) -> Candidate & {
      Value root = xpu::getViewRoot(value);
      auto [it, isNew] = indexOf.try_emplace(root, candidates.size());
      if (isNew) {
        Candidate candidate;
        candidate.root = root;
        auto type = cast<MemRefType>(root.getType());
        candidate.isFixed = !type.hasStaticShape() ||
                            !type.getLayout().isIdentity() ||
                            (isLoopBody() && root.getParentBlock() != &body) ||
                            xpu::getSpace(type) != xpu::Space::HBM;
        if (!candidate.isFixed) {
          candidate.bytes = std::max<int64_t>(1, xpu::getByteSize(type));
        }
        candidates.push_back(candidate);
      }
      return candidates[it->second];
    };
    int64_t position = 0;
    SmallVector<int64_t> launches; // The scratchpad does not outlive one.
    for (Operation &op : body) {
      // A contraction and its epilogue take turns: what one reads is live while
      // the other writes.
      auto linalgOp = dyn_cast<linalg::LinalgOp>(op);
      if (!xpu::isBufferNeutral(&op) && !op.hasAttr(xpu::kSecondEpilogueAttr) &&
          !(linalgOp && xpu::findContraction(linalgOp))) {
        ++position;
      }
      if (llvm::isa<xpu::HostCallOp>(op)) {
        launches.push_back(position);
      }
      if (xpu::isBufferWork(&op)) {
        positions.push_back({&op, position});
      } else if (reserved.contains(&op)) {
        loops.push_back({&op, position});
      }
      if (xpu::isView(&op)) {
        continue;
      }
      for (OpOperand &operand : op.getOpOperands()) {
        if (!llvm::isa<MemRefType>(operand.get().getType())) {
          continue;
        }
        Candidate &candidate = candidateOf(operand.get());
        if (llvm::isa<func::ReturnOp>(op)) {
          candidate.isReturned = true;
        } else if (xpu::isBufferWork(&op)) {
          candidate.uses.push_back({&operand, position,
                                    xpu::readsOperand(&op, operand),
                                    xpu::writesOperand(&op, operand)});
          candidate.isFixed |= isGatheredLater(op, operand) ||
                               isGatheredBeside(op, operand) ||
                               isLargeSum(op, operand);
        } else {
          candidate.isFixed = true;
        }
      }
      // What an epilogue reads has no place in memory.
      if (linalgOp && xpu::findContraction(linalgOp)) {
        candidateOf(xpu::findContraction(linalgOp).getDpsInits()[0]).isFixed =
            true;
      }
      // Tables are read by index where they are.
      for (Region &region : op.getRegions()) {
        region.walk([&](Operation *inner) {
          for (Value operand : inner->getOperands()) {
            if (llvm::isa<MemRefType>(operand.getType())) {
              candidateOf(operand).isFixed = true;
            }
          }
        });
      }
    }
    findStreamed();
    for (auto [operation, at] : positions) {
      if (auto attention = dyn_cast<acc::model::AttentionOp>(operation)) {
        attentions.push_back({attention, at});
      }
    }
    for (Candidate &candidate : candidates) {
      candidate.isFixed |= llvm::any_of(launches, [&](int64_t at) {
        return !candidate.uses.empty() && candidate.firstUse() <= at &&
               at < candidate.lastUse();
      });
      candidate.isExchanged = isExchanged(candidate);
      candidate.saved = savedBytes(candidate);
      if (candidate.saved > 0) {
        candidate.saved -= costBytes(candidate);
      }
      if (candidate.saved > 0) {
        choosePadding(candidate);
      }
    }
  }

  /// Pieces that are gathered while a product reads others are loaded when
  /// their turn comes: their place would be taken until then.
  static bool isGatheredLater(Operation &op, OpOperand &source) {
    auto exchange = dyn_cast<xpu::ExchangeOp>(op);
    Operation *whole =
        exchange ? xpu::getViewRoot(exchange.getDest()).getDefiningOp()
                 : nullptr;
    return whole && whole->hasAttr(xpu::kInPiecesAttr) &&
           source.get() == exchange.getSource();
  }

  /// Much that is gathered while a product before its first reader runs: tiles
  /// that begin with a load find their turn between that product's loads
  /// (xpu-spread-exchanges), and those of a value that stays would all come
  /// first.
  bool isGatheredBeside(Operation &op, OpOperand &source) const {
    auto exchange = dyn_cast<xpu::ExchangeOp>(op);
    if (!exchange || exchange.getKind() != xpu::CollectiveKind::AllGather ||
        source.get() != exchange.getSource() ||
        viewBytes(exchange.getDest()) <=
            xpu::ScratchpadRegions::residentRoom(target) / 4) {
      return false;
    }
    Value whole = xpu::getViewRoot(exchange.getDest());
    for (Operation *next = op.getNextNode(); next; next = next->getNextNode()) {
      if (xpu::isView(next)) {
        continue;
      }
      if (llvm::any_of(next->getOperands(), [&](Value operand) {
            return xpu::getViewRoot(operand) == whole;
          })) {
        return false;
      }
      auto linalgOp = dyn_cast<linalg::LinalgOp>(next);
      if (linalgOp && succeeded(xpu::matchContraction(linalgOp))) {
        return true;
      }
    }
    return false;
  }

  /// Sums of many rows: their product has better tiles if these need not stay.
  bool isLargeSum(Operation &op, OpOperand &source) const {
    auto exchange = dyn_cast<xpu::ExchangeOp>(op);
    return exchange && exchange.getReduction() &&
           source.get() == exchange.getSource() &&
           viewBytes(source.get()) >
               xpu::ScratchpadRegions::residentRoom(target) / 4;
  }

  bool isExchanged(const Candidate &candidate) const {
    const int64_t most = xpu::ScratchpadRegions::residentRoom(target) / 4;
    return !candidate.uses.empty() && candidate.uses.back().isRead &&
           candidate.bytes <= most &&
           llvm::isa<xpu::ExchangeOp>(
               candidate.uses.back().operand->getOwner());
  }

  static int64_t savedBytes(const Candidate &candidate) {
    if (candidate.isFixed || candidate.uses.empty()) {
      return 0;
    }
    int64_t read = 0;
    int64_t written = 0;
    for (const Use &use : candidate.uses) {
      int64_t bytes = viewBytes(use.operand->get());
      read += use.isRead ? bytes : 0;
      written += use.isWritten ? bytes : 0;
    }
    if (!candidate.isMade()) {
      // Read once from HBM; an argument that is also written stays there.
      return written != 0 ? 0 : read - candidate.bytes;
    }
    return read + (candidate.isReturned ? 0 : written);
  }

  /// Cycles for which the matrix unit's contractions of `candidate` read one
  /// element, at best, if it had these strides.
  double contractionCost(const Candidate &candidate,
                         ArrayRef<int64_t> strides) const {
    double total = 0;
    for (const Use &use : candidate.uses) {
      auto op = dyn_cast<linalg::LinalgOp>(use.operand->getOwner());
      if (!op || !use.isRead) {
        continue;
      }
      FailureOr<xpu::ContractionDims> dims = xpu::matchContraction(op);
      AffineMap map = op.getMatchingIndexingMap(use.operand);
      if (failed(dims) || map.getNumResults() != strides.size()) {
        continue;
      }
      SmallVector<int64_t> ranges = op.getStaticLoopRanges();
      double best = std::numeric_limits<double>::max();
      for (unsigned k : dims->k) {
        int64_t stride = 0;
        for (auto [expr, step] : llvm::zip(map.getResults(), strides)) {
          int64_t constant = 0;
          auto factors = xpu::getCoefficients(expr, map.getNumDims(), constant);
          stride += succeeded(factors) ? (*factors)[k] * step : 0;
        }
        int64_t rows = std::min<int64_t>(ranges[k], target.mxu.rows);
        uint64_t cycles = acc::conflictDegree(
            rows, stride, elementBytesOf(candidate), target.spm.rowBytes);
        best = std::min(best, double(cycles) / double(rows));
      }
      total += best;
    }
    return total;
  }

  static int64_t elementBytesOf(const Candidate &candidate) {
    return xpu::getElementBytes(
        cast<MemRefType>(candidate.root.getType()).getElementType());
  }

  /// Strides that are multiples of the scratchpad's row let the matrix unit
  /// wait for one column of a bank, as with the channels of an image whose size
  /// is a power of two. An element of padding between them helps. Reshapes
  /// cannot be views of a padded buffer.
  void choosePadding(Candidate &candidate) const {
    for (const Use &use : candidate.uses) {
      for (Value view = use.operand->get(); view != candidate.root;
           view = view.getDefiningOp()->getOperand(0)) {
        if (!view.getDefiningOp<memref::SubViewOp>()) {
          return;
        }
      }
    }
    auto type = cast<MemRefType>(candidate.root.getType());
    ArrayRef<int64_t> shape = type.getShape();
    int64_t elementBytes = elementBytesOf(candidate);
    double bestCost = 0;
    int64_t inner = 1;
    for (unsigned from = shape.size(); from > 0; --from) {
      bool isPadded = from < shape.size();
      inner *= isPadded ? shape[from] : 1;
      SmallVector<int64_t> strides(shape.size());
      int64_t stride = elementBytes;
      for (unsigned d = shape.size(); d > 0; --d) {
        strides[d - 1] = stride;
        stride *= shape[d - 1];
        if (isPadded && d - 1 == from) {
          stride += elementBytes;
        }
      }
      double cost = contractionCost(candidate, strides);
      if (!isPadded) {
        bestCost = cost;
        continue;
      }
      // Halving it is worth an eighth more of memory and shorter vectors.
      if (cost < bestCost / 2 && inner >= 8) {
        bestCost = cost;
        candidate.padFrom = from;
        candidate.padding = type.getNumElements() / inner * elementBytes;
      }
    }
  }

  int64_t scratchpadBytes() const {
    return int64_t(target.spm.banks) * int64_t(target.spm.bankBytes);
  }

  static bool lives(const Candidate &candidate, int64_t at) {
    return candidate.firstUse() <= at && at <= candidate.lastUse();
  }

  /// Banks from an address to the end of the scratchpad.
  int64_t banksFrom(int64_t address) const {
    return xpu::ceilDiv(scratchpadBytes() - address, target.spm.bankBytes);
  }

  /// Places what saves most a byte first, unless attention loses more by the
  /// banks that it takes; returns the bytes saved.
  int64_t place(Placing how) {
    int64_t room = xpu::ScratchpadRegions::residentRoom(target);
    SmallVector<Candidate *> order;
    for (Candidate &candidate : candidates) {
      candidate.address = -1;
      if (candidate.saved > 0 && candidate.bytes <= room) {
        order.push_back(&candidate);
      }
    }
    llvm::stable_sort(order, [](const Candidate *a, const Candidate *b) {
      // saved / bytes, without rounding.
      return a->saved * b->bytes > b->saved * a->bytes;
    });
    if (how.isAttentionFirst) {
      llvm::stable_sort(order, [&](const Candidate *a, const Candidate *b) {
        auto livesThere = [&](const Candidate *candidate) {
          return llvm::any_of(attentions, [&](auto &attention) {
            return lives(*candidate, attention.second);
          });
        };
        return livesThere(a) && !livesThere(b);
      });
    }
    // Banks of residents while each attention runs.
    SmallVector<int64_t> taken(attentions.size(), 0);
    isAttentionSlower = false;
    int64_t saved = 0;
    SmallVector<Candidate *> placed;
    for (Candidate *candidate : order) {
      // With padding, if there is room for it.
      for (int64_t padding : {candidate->padding, int64_t(0)}) {
        candidate->size = candidate->bytes + padding;
        candidate->address = findPlace(*candidate, placed, how.distance);
        if (candidate->address >= 0) {
          break;
        }
      }
      if (candidate->address < 0) {
        continue;
      }
      SmallVector<int64_t> then(taken);
      int64_t slower = 0;
      for (auto [i, attention] : llvm::enumerate(attentions)) {
        int64_t banks = banksFrom(candidate->address);
        if (lives(*candidate, attention.second) && banks > taken[i]) {
          slower += slowdownBytes(attention.first, banks) -
                    slowdownBytes(attention.first, taken[i]);
          then[i] = banks;
        }
      }
      isAttentionSlower |= slower > 0;
      if (slower >= candidate->saved) {
        candidate->address = -1;
        continue;
      }
      placed.push_back(candidate);
      saved += candidate->saved - slower;
      taken = then;
    }
    return saved;
  }

  /// The highest address that no candidate whose life is within `distance`
  /// operations has; apart from the banks of what the matrix unit reads beside
  /// it, if possible. -1 if there is none.
  int64_t findPlace(const Candidate &candidate, ArrayRef<Candidate *> placed,
                    int64_t distance) const {
    int64_t lowest =
        scratchpadBytes() - xpu::ScratchpadRegions::residentRoom(target);
    if (candidate.isExchanged) {
      lowest -= int64_t(target.spm.banks / kBanksOfExchange) * 2 *
                int64_t(target.spm.bankBytes);
    }
    for (bool avoidsPartners : {true, false}) {
      SmallVector<std::pair<int64_t, int64_t>> taken; // End, begin.
      for (const Candidate *other : placed) {
        if (other->firstUse() > candidate.lastUse() + distance ||
            candidate.firstUse() > other->lastUse() + distance) {
          continue;
        }
        int64_t begin = other->address;
        int64_t end = begin + other->size;
        if (avoidsPartners && arePartners(candidate, *other)) {
          begin = begin / target.spm.bankBytes * target.spm.bankBytes;
          end = llvm::alignTo(end, target.spm.bankBytes);
        }
        taken.push_back({end, begin});
      }
      for (auto [loop, at] : loops) {
        if (candidate.firstUse() <= at && at <= candidate.lastUse()) {
          taken.push_back({scratchpadBytes(), reserved.lookup(loop)});
        }
      }
      llvm::sort(taken, std::greater<>());
      int64_t row = target.spm.rowBytes;
      int64_t address = (scratchpadBytes() - candidate.size) / row * row;
      for (auto [end, begin] : taken) {
        if (end <= address) {
          break;
        }
        // A number below 0 stays below `lowest`.
        address = std::min(address, (begin - candidate.size) / row * row);
      }
      if (address >= lowest) {
        return address;
      }
    }
    return -1;
  }

  /// Tells every operation how many banks the residents of its moment have.
  void setBanks() {
    llvm::DenseMap<int64_t, int64_t> lowest; // Address by position.
    for (const Candidate &candidate : candidates) {
      for (int64_t at = candidate.address < 0 ? 0 : candidate.firstUse();
           candidate.address >= 0 && at <= candidate.lastUse(); ++at) {
        auto [it, isNew] = lowest.try_emplace(at, candidate.address);
        it->second = std::min(it->second, candidate.address);
      }
    }
    for (auto [op, at] : positions) {
      if (auto it = lowest.find(at); it != lowest.end()) {
        reserveBanks(op, it->second);
      }
    }
    // Operations in loops see the residents around, too.
    for (auto [loop, at] : loops) {
      if (auto it = lowest.find(at); it != lowest.end()) {
        loop->walk([&, address = it->second](Operation *inner) {
          if (xpu::isBufferWork(inner)) {
            reserveBanks(inner, address);
          }
        });
      }
    }
    if (isLoopBody()) {
      int64_t all = scratchpadBytes();
      for (auto [at, address] : lowest) {
        all = std::min(all, address);
      }
      for (auto [loop, at] : loops) {
        all = std::min(all, reserved.lookup(loop));
      }
      reserved[body.getParentOp()] = all;
    }
  }

  bool isLoopBody() const {
    return !llvm::isa<func::FuncOp>(body.getParentOp());
  }

  /// The banks from `address` on are not for what `op` tiles.
  void reserveBanks(Operation *op, int64_t address) {
    int64_t banks = banksFrom(address);
    if (auto attr = op->getAttrOfType<IntegerAttr>(xpu::kResidentBanksAttr)) {
      banks = std::max(banks, attr.getInt());
    }
    op->setAttr(xpu::kResidentBanksAttr, rewriter.getI64IntegerAttr(banks));
  }

  /// What the network reads of `exchanged` while a contraction behind that
  /// reads the other: a bank has one port for both. There may be an exchange
  /// between chips in front of the contraction.
  static bool areBeside(const Candidate &exchanged, const Candidate &other) {
    if (!exchanged.isExchanged) {
      return false;
    }
    const int64_t at = exchanged.uses.back().position;
    return llvm::any_of(other.uses, [&](const Use &use) {
      auto op = dyn_cast<linalg::LinalgOp>(use.operand->getOwner());
      return op && use.isRead && use.position > at && use.position <= at + 2 &&
             succeeded(xpu::matchContraction(op));
    });
  }

  /// The two inputs of one contraction, or what is read beside one.
  static bool arePartners(const Candidate &a, const Candidate &b) {
    return areBeside(a, b) || areBeside(b, a) ||
           llvm::any_of(a.uses, [&](const Use &use) {
             auto op = dyn_cast<linalg::LinalgOp>(use.operand->getOwner());
             return op && use.isRead && succeeded(xpu::matchContraction(op)) &&
                    llvm::any_of(b.uses, [&](const Use &other) {
                      return other.operand->getOwner() == op && other.isRead;
                    });
           });
  }

  /// Bytes that contractions read again and again, by position: those that
  /// stream both operands, each once for every tile of the other.
  void findStreamed() {
    int64_t half = scratchpadBytes() / 2;
    for (auto [operation, at] : positions) {
      auto op = dyn_cast<linalg::LinalgOp>(operation);
      if (!op || failed(xpu::matchContraction(op))) {
        continue;
      }
      int64_t a = viewBytes(op.getDpsInputOperand(0)->get());
      int64_t b = viewBytes(op.getDpsInputOperand(1)->get());
      if (a > half && b > half) {
        streamed.push_back(
            {at, 2 * std::max(a, b) * xpu::ceilDiv(std::min(a, b), half)});
      }
    }
  }

  /// Bytes of HBM traffic that a candidate costs: those contractions read more
  /// often with smaller tiles, by half the share of the banks that are gone, as
  /// tiles shrink in two directions.
  int64_t costBytes(const Candidate &candidate) const {
    int64_t bytes = 0;
    for (auto [at, again] : streamed) {
      if (at >= candidate.firstUse() && at <= candidate.lastUse()) {
        bytes += again;
      }
    }
    int64_t banks = xpu::ceilDiv(candidate.bytes, target.spm.bankBytes);
    return bytes * banks / (2 * int64_t(target.spm.banks));
  }

  /// The bytes that memory moves in the time that attention takes longer with
  /// so many banks less: its blocks of keys become smaller.
  int64_t slowdownBytes(acc::model::AttentionOp attention, int64_t banks) {
    auto [it, isNew] = slowdowns.try_emplace({attention, banks}, 0);
    if (isNew && banks > 0) {
      it->second = findSlowdown(attention, banks);
    }
    return it->second;
  }

  int64_t findSlowdown(acc::model::AttentionOp attention, int64_t banks) const {
    xpu::ScoreBody body(attention);
    xpu::AttentionShape shape = xpu::getAttentionShape(attention, body);
    FailureOr<xpu::AttentionPlan> all =
        xpu::planAttention(shape, target, target.spm.banks, false);
    FailureOr<xpu::AttentionPlan> rest =
        xpu::planAttention(shape, target, target.spm.banks - banks, false);
    if (failed(all) || failed(rest)) {
      constexpr int64_t kNever = int64_t(1) << 50; // Of many, still a number.
      return failed(rest) ? kNever : 0;
    }
    const SmallVector<int64_t> ranges = attention.getLoopRanges();
    double scores = 1;
    for (int64_t size : ArrayRef(ranges).drop_back(2)) {
      scores *= double(size);
    }
    constexpr int64_t kSample = 1 << 20;
    double bytesPerCycle =
        double(kSample) / double(xpu::estimateTransferCycles(
                              target, 1, kSample, target.hbm.lineBytes));
    return int64_t((rest->cycles - all->cycles) * scores * bytesPerCycle);
  }

  void report(const Candidate &candidate) const {
    if (candidate.saved <= 0) {
      return;
    }
    Location loc = candidate.uses.front().operand->getOwner()->getLoc();
    auto options =
        remark::RemarkOpts::name("resident").category("xpu-resident");
    if (candidate.address >= 0) {
      remark::passed(loc, options)
          << "stays in the scratchpad"
          << remark::metric("bytes", candidate.bytes)
          << remark::metric("address", candidate.address)
          << remark::metric("saved_hbm_bytes", candidate.saved);
    } else {
      remark::missed(loc, options)
          << "goes through HBM: there is no room while it is live"
          << remark::metric("bytes", candidate.bytes)
          << remark::metric("saved_hbm_bytes", candidate.saved);
    }
  }

  /// The buffer in the scratchpad, or the view of it that leaves out padding.
  Value allocate(const Candidate &candidate, Location loc) {
    auto type = cast<MemRefType>(candidate.root.getType());
    ArrayRef<int64_t> shape = type.getShape();
    auto space = xpu::SpaceAttr::get(rewriter.getContext(), xpu::Space::SPM);
    SmallVector<int64_t> sizes(shape);
    ReassociationIndices tail;
    bool isPadded = candidate.size != candidate.bytes;
    if (isPadded) {
      sizes.truncate(candidate.padFrom);
      int64_t inner = 1;
      for (size_t d = candidate.padFrom; d < shape.size(); ++d) {
        inner *= shape[d];
        tail.push_back(d);
      }
      sizes.push_back(inner + 1);
    }
    auto alloc = memref::AllocOp::create(
        rewriter, loc,
        MemRefType::get(sizes, type.getElementType(),
                        MemRefLayoutAttrInterface(), space));
    alloc->setAttr(xpu::kResidentAttr,
                   rewriter.getI64IntegerAttr(candidate.address));
    if (!isPadded) {
      return alloc;
    }
    --sizes.back();
    MLIRContext *context = rewriter.getContext();
    SmallVector<int64_t> zeros(sizes.size(), 0);
    SmallVector<int64_t> ones(sizes.size(), 1);
    Value part = memref::SubViewOp::create(
        rewriter, loc, alloc, getAsIndexOpFoldResult(context, zeros),
        getAsIndexOpFoldResult(context, sizes),
        getAsIndexOpFoldResult(context, ones));
    if (tail.size() == 1) {
      return part;
    }
    SmallVector<ReassociationIndices> groups;
    for (int64_t d = 0; d < int64_t(candidate.padFrom); ++d) {
      groups.push_back({d});
    }
    groups.push_back(tail);
    return memref::ExpandShapeOp::create(rewriter, loc, shape, part, groups);
  }

  /// A copy that was only made to be resident.
  void dropCopy(Candidate &candidate) {
    if (candidate.uses.empty()) {
      return;
    }
    auto copy =
        dyn_cast<memref::CopyOp>(candidate.uses.front().operand->getOwner());
    if (!copy || !copy->hasAttr(xpu::kTileCopyAttr) ||
        copy.getTarget() != candidate.root) {
      return;
    }
    rewriter.replaceAllUsesExcept(candidate.root, copy.getSource(), copy);
    rewriter.eraseOp(copy);
  }

  void makeResident(Candidate &candidate) {
    Operation *first = candidate.uses.front().operand->getOwner();
    Operation *last = nullptr;
    for (const Use &use : candidate.uses) {
      if (use.isWritten) {
        last = use.operand->getOwner();
      }
    }
    rewriter.setInsertionPoint(first);
    Value copy = allocate(candidate, first->getLoc());
    if (!candidate.isMade()) {
      memref::CopyOp::create(rewriter, first->getLoc(), candidate.root, copy);
    }
    for (const Use &use : candidate.uses) {
      rewriter.setInsertionPoint(use.operand->getOwner());
      use.operand->set(xpu::cloneView(rewriter, use.operand->get(), copy));
    }
    if (candidate.isReturned && last) {
      rewriter.setInsertionPointAfter(last);
      memref::CopyOp::create(rewriter, last->getLoc(), copy, candidate.root);
    }
  }

  Block &body;
  const acc::Target &target;
  Reserved &reserved;
  IRRewriter rewriter;
  std::vector<Candidate> candidates;
  /// Operations in program order; a contraction and its epilogue have one
  /// position.
  SmallVector<std::pair<Operation *, int64_t>> positions;
  SmallVector<std::pair<Operation *, int64_t>> loops;
  SmallVector<std::pair<int64_t, int64_t>> streamed;
  SmallVector<std::pair<acc::model::AttentionOp, int64_t>> attentions;
  bool isAttentionSlower = false; ///< By what was placed last, or would be.
  llvm::DenseMap<std::pair<Operation *, int64_t>, int64_t> slowdowns;
};

struct KeepResidentPass final
    : xpu::impl::KeepResidentPassBase<KeepResidentPass> {
  using Base::Base;

  void runOnOperation() override {
    func::FuncOp func = getOperation();
    if (func.isExternal()) {
      return;
    }
    if (!llvm::hasSingleElement(func.getBody())) {
      func.emitError("expects a function of one block");
      return signalPassFailure();
    }
    FailureOr<acc::Target> machine =
        xpu::loadTargetFor(func, target.getValue());
    if (failed(machine)) {
      return signalPassFailure();
    }
    Residency::Reserved reserved;
    for (Block *block : xpu::getProgramBlocks(func)) {
      Residency(*block, *machine, reserved).run();
    }
  }
};

} // namespace
