//===- PackConstants.cpp - Constants in the order of their loads ----------===//
//
// A constant may lie in HBM in any order. Tile after tile, as the loads take
// them, every load is one run: it opens a DRAM page once and all channels get
// the same share, which rows of a tile, a matrix row apart, do not achieve.
//
//===----------------------------------------------------------------------===//

#include "passes/XPU/Passes.h"

#include "dialects/XPU/IR/XPU.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/Remarks.h"
#include "mlir/IR/SymbolTable.h"
#include "passes/Analysis/ConstantData.h"
#include "passes/Analysis/LoadTarget.h"
#include "passes/Analysis/StaticView.h"
#include "passes/Support/Pages.h"

#include <utility>

using namespace mlir;

namespace xpu {
#define GEN_PASS_DEF_PACKCONSTANTSPASS
#include "passes/XPU/Passes.h.inc"
} // namespace xpu

using namespace xpu;

namespace {
/// The parts of a constant that some load reads, one for each iteration of the
/// loops around that shift it, as the load walks them, and their place in the
/// packed constant.
struct Block {
  LoopNest walk;  ///< Byte strides in the constant; broadcasts left out.
  LoopNest loops; ///< Of the shifts, outermost first: in the constant, packed.
  int64_t offset = 0;
  int64_t elementBytes = 0; ///< Of the load.
  int64_t bytes = 0;        ///< Of all parts.
  int64_t packedOffset = 0;
};

/// The loops that shift the source of `load`, outermost first: trip counts and
/// steps.
LoopNest getShiftLoops(LoadOp load, SmallVectorImpl<Value> &counters) {
  LoopNest loops{{}, {{}, {}}};
  auto shift = load.getSource().getDefiningOp<ShiftOp>();
  if (!shift) {
    return loops;
  }
  SmallVector<std::pair<Value, int64_t>> terms;
  for (auto [counter, step] :
       llvm::zip(shift.getCounters(), shift.getSteps())) {
    terms.push_back({counter, step});
  }
  llvm::sort(terms, [](auto a, auto b) {
    return a.first.getParentBlock()->getParentOp()->isProperAncestor(
        b.first.getParentBlock()->getParentOp());
  });
  for (auto [counter, step] : terms) {
    counters.push_back(counter);
    loops.sizes.push_back(
        *getTripCount(counter.getParentBlock()->getParentOp()));
    loops.strides[0].push_back(step);
    loops.strides[1].push_back(0);
  }
  return loops;
}

/// All blocks of one constant, in the order of their first load.
struct Packing {
  std::vector<Block> blocks;
  llvm::DenseMap<Operation *, size_t> blockOf;
  int64_t bytes = 0;
  bool anyScattered = false;
};

struct PackConstantsPass final
    : xpu::impl::PackConstantsPassBase<PackConstantsPass> {
  using Base::Base;

  void runOnOperation() override {
    FailureOr<acc::Target> machine =
        loadTargetFor(getOperation(), target.getValue());
    if (failed(machine)) {
      return signalPassFailure();
    }
    // Uses of each constant in program order.
    llvm::MapVector<StringAttr, SmallVector<memref::GetGlobalOp>> users;
    getOperation().walk([&](memref::GetGlobalOp get) {
      users[get.getNameAttr().getAttr()].push_back(get);
    });
    SymbolTable symbols(getOperation());
    for (auto &[name, gets] : users) {
      auto global = symbols.lookup<memref::GlobalOp>(name);
      if (!global || !global.getConstant() ||
          !hasConstantData(global.getInitialValue().value_or(Attribute()))) {
        continue;
      }
      FailureOr<Packing> packing =
          plan(global, gets, int64_t(machine->hbm.atomBytes));
      if (succeeded(packing) && packing->anyScattered) {
        apply(global, gets, *packing, symbols);
      }
    }
  }

  /// Fails if a use is not a plain load, if loads overlap, or if the blocks are
  /// so small that their alignment doubles the constant.
  static FailureOr<Packing> plan(memref::GlobalOp global,
                                 ArrayRef<memref::GetGlobalOp> gets,
                                 int64_t alignment) {
    Packing packing;
    SmallVector<LoadOp> loads;
    for (memref::GetGlobalOp get : gets) {
      if (failed(collectLoads(get, loads))) {
        return failure();
      }
    }
    // Users of a value are not in program order.
    auto func = gets.front()->getParentOfType<func::FuncOp>();
    llvm::DenseMap<Operation *, int64_t> position;
    func.walk([&](LoadOp load) { position.insert({load, position.size()}); });
    llvm::sort(loads, [&](LoadOp a, LoadOp b) {
      return position.lookup(a) < position.lookup(b);
    });
    std::map<std::vector<int64_t>, size_t> known;
    int64_t payload = 0;
    for (LoadOp load : loads) {
      Block block;
      block.offset = load.getSourceStream().getOffset();
      block.elementBytes = load.getElementBytes();
      block.bytes = block.elementBytes;
      block.walk.strides.resize(1);
      std::vector<int64_t> key = {block.offset, block.bytes};
      for (auto [size, stride] :
           llvm::zip(load.getSize(), load.getSourceStream().getStrides())) {
        if (size != 1 && stride != 0) {
          block.walk.sizes.push_back(size);
          block.walk.strides[0].push_back(stride);
          block.bytes *= size;
        }
      }
      block.walk.simplify();
      SmallVector<Value> counters;
      block.loops = getShiftLoops(load, counters);
      llvm::append_range(key, block.walk.sizes);
      llvm::append_range(key, block.walk.strides[0]);
      key.push_back(-1);
      llvm::append_range(key, block.loops.sizes);
      llvm::append_range(key, block.loops.strides[0]);
      auto [it, isNew] = known.try_emplace(key, packing.blocks.size());
      packing.blockOf[load] = it->second;
      if (!isNew) {
        continue;
      }
      packing.anyScattered |=
          block.walk.sizes.size() > 1 ||
          (block.walk.sizes.size() == 1 &&
           block.walk.strides[0][0] != int64_t(load.getElementBytes()));
      // Parts follow each other in the order of the loops.
      int64_t step = block.loops.sizes.empty()
                         ? block.bytes
                         : int64_t(llvm::alignTo(block.bytes, alignment));
      payload += block.bytes * product(block.loops.sizes);
      for (size_t d = block.loops.sizes.size(); d-- > 0;) {
        block.loops.strides[1][d] = step;
        step *= block.loops.sizes[d];
      }
      block.packedOffset = llvm::alignTo(packing.bytes, alignment);
      packing.bytes = block.packedOffset + step;
      packing.blocks.push_back(block);
    }
    int64_t whole = getByteSize(global.getType());
    if (payload > whole || packing.bytes > 2 * whole + alignment) {
      return failure();
    }
    return packing;
  }

  static int64_t product(ArrayRef<int64_t> sizes) {
    int64_t result = 1;
    for (int64_t size : sizes) {
      result *= size;
    }
    return result;
  }

  /// The loads of a constant, also those behind shifts; fails if it has other
  /// uses.
  static LogicalResult collectLoads(Value source, SmallVector<LoadOp> &loads) {
    for (Operation *user : source.getUsers()) {
      if (auto shift = dyn_cast<ShiftOp>(user)) {
        if (failed(collectLoads(shift.getResult(), loads))) {
          return failure();
        }
        continue;
      }
      auto load = dyn_cast<LoadOp>(user);
      if (!load || load.getIndices()) {
        return failure();
      }
      loads.push_back(load);
    }
    return success();
  }

  /// Calls `copy(from, to)` for every element of `block`.
  static void forEachElement(const Block &block,
                             function_ref<void(int64_t, int64_t)> copy) {
    forEachPoint(block.loops, [&](int64_t from, int64_t to) {
      forEachElementOfPart(block, block.offset + from, block.packedOffset + to,
                           copy);
    });
  }

  /// Calls `body` with the two offsets of each point of `nest`.
  static void forEachPoint(const LoopNest &nest,
                           function_ref<void(int64_t, int64_t)> body) {
    SmallVector<int64_t> index(nest.sizes.size(), 0);
    while (true) {
      int64_t first = 0;
      int64_t second = 0;
      for (size_t d = 0; d < index.size(); ++d) {
        first += index[d] * nest.strides[0][d];
        second += index[d] * nest.strides[1][d];
      }
      body(first, second);
      int64_t d = static_cast<int64_t>(index.size()) - 1;
      while (d >= 0 && ++index[d] == nest.sizes[d]) {
        index[d--] = 0;
      }
      if (d < 0) {
        return;
      }
    }
  }

  static void forEachElementOfPart(const Block &block, int64_t from, int64_t to,
                                   function_ref<void(int64_t, int64_t)> copy) {
    SmallVector<int64_t> index(block.walk.sizes.size(), 0);
    while (true) {
      copy(from, to);
      to += block.elementBytes;
      int64_t d = static_cast<int64_t>(index.size()) - 1;
      for (; d >= 0; --d) {
        from += block.walk.strides[0][d];
        if (++index[d] < block.walk.sizes[d]) {
          break;
        }
        from -= block.walk.strides[0][d] * index[d];
        index[d] = 0;
      }
      if (d < 0) {
        return;
      }
    }
  }

  /// Blocks, taken apart by the loop that goes furthest in the constant, in the
  /// order of the first byte that they read.
  static std::vector<std::pair<int64_t, Block>>
  getPieces(const Packing &packing) {
    std::vector<std::pair<int64_t, Block>> pieces;
    for (const Block &block : packing.blocks) {
      Block piece = block;
      int64_t count = 1, from = 0, to = 0;
      ArrayRef<int64_t> strides = block.loops.strides[0];
      if (!strides.empty()) {
        size_t outer = llvm::max_element(strides) - strides.begin();
        count = std::exchange(piece.loops.sizes[outer], 1);
        from = strides[outer];
        to = block.loops.strides[1][outer];
      }
      for (int64_t i = 0; i < count; ++i) {
        pieces.push_back({piece.offset + getLowest(piece), piece});
        piece.offset += from;
        piece.packedOffset += to;
      }
    }
    llvm::stable_sort(pieces, llvm::less_first());
    return pieces;
  }

  /// The lowest of the offsets that the nests of `block` add to its own.
  static int64_t getLowest(const Block &block) {
    int64_t lowest = 0;
    for (const LoopNest *nest : {&block.loops, &block.walk}) {
      for (auto [size, stride] : llvm::zip(nest->sizes, nest->strides[0])) {
        lowest += std::min<int64_t>(0, (size - 1) * stride);
      }
    }
    return lowest;
  }

  static Attribute permute(memref::GlobalOp global, const Packing &packing,
                           ShapedType type, int64_t elementBytes, bool last) {
    Attribute value = *global.getInitialValue();
    if (auto splat = dyn_cast<SplatElementsAttr>(value)) {
      return splat.resizeSplat(type);
    }
    ArrayRef<char> from = getConstantData(value);
    AsmResourceBlob blob = allocateZeros(type.getNumElements() * elementBytes);
    MutableArrayRef<char> to = blob.getMutableData();
    // What the context keeps is not ours to drop.
    last &= llvm::isa<DenseResourceElementsAttr>(value);
    // What lies before the first byte of a piece has been read.
    int64_t dropped = 0;
    for (const auto &[low, block] : getPieces(packing)) {
      if (low - dropped >= acc::kPagesChunk) {
        acc::dropPages(from.slice(dropped, low - dropped), last);
        dropped = low;
      }
      forEachElement(
          block, [&, bytes = block.elementBytes](int64_t source, int64_t dest) {
            memcpy(to.data() + dest, from.data() + source, bytes);
          });
    }
    if (!llvm::isa<DenseResourceElementsAttr>(value)) {
      return DenseElementsAttr::getFromRawBuffer(type, blob.getData());
    }
    return DenseResourceElementsAttr::get(type, global.getSymName(),
                                          std::move(blob));
  }

  void apply(memref::GlobalOp global, ArrayRef<memref::GetGlobalOp> gets,
             const Packing &packing, SymbolTable &symbols) {
    OpBuilder builder(global);
    MemRefType oldType = global.getType();
    Type element = oldType.getElementType();
    int64_t elementBytes = getElementBytes(element);
    int64_t elements = llvm::divideCeil(packing.bytes, elementBytes);
    Attribute value =
        permute(global, packing, RankedTensorType::get({elements}, element),
                elementBytes, releaseConstants);
    auto type =
        MemRefType::get({elements}, element, MemRefLayoutAttrInterface(),
                        oldType.getMemorySpace());
    auto packed = memref::GlobalOp::create(
        builder, global.getLoc(), (global.getSymName() + "_packed").str(),
        global.getSymVisibilityAttr(), type, value, /*constant=*/true,
        global.getAlignmentAttr());
    symbols.insert(packed);
    for (memref::GetGlobalOp get : gets) {
      builder.setInsertionPoint(get);
      Value source = memref::GetGlobalOp::create(builder, get.getLoc(), type,
                                                 packed.getSymName());
      SmallVector<LoadOp> loads;
      (void)collectLoads(get, loads);
      for (LoadOp load : loads) {
        redirect(load, source, packing.blocks[packing.blockOf.at(load)]);
      }
      for (Operation *user : llvm::make_early_inc_range(get->getUsers())) {
        user->erase(); // A shift without users.
      }
      get.erase();
    }
    remark::passed(
        packed.getLoc(),
        remark::RemarkOpts::name("constant").category("xpu-pack-constants"))
        << "packed" << remark::metric("blocks", packing.blocks.size())
        << remark::metric("bytes", packing.bytes);
    if (releaseConstants) {
      releaseConstantData(*global.getInitialValue());
    }
    symbols.erase(global);
  }

  /// Makes `load` read its block.
  static void redirect(LoadOp load, Value source, const Block &block) {
    LoopNest nest{SmallVector<int64_t>(load.getSize()), {{}, {}}};
    llvm::append_range(nest.strides[1], load.getDestStream().getStrides());
    nest.strides[0].assign(nest.sizes.size(), 0);
    int64_t step = load.getElementBytes();
    for (int64_t d = static_cast<int64_t>(nest.sizes.size()) - 1; d >= 0; --d) {
      if (nest.sizes[d] != 1 && load.getSourceStream().getStrides()[d] != 0) {
        nest.strides[0][d] = step;
        step *= nest.sizes[d];
      }
    }
    nest.simplify();
    nest.padTo(isa::kNumDims);
    MLIRContext *context = load.getContext();
    SmallVector<Value> counters;
    (void)getShiftLoops(load, counters);
    if (!counters.empty()) {
      OpBuilder builder(load);
      source = ShiftOp::create(builder, load.getLoc(), source.getType(), source,
                               counters, block.loops.strides[1]);
    }
    load.getSourceMutable().assign(source);
    load.setSize(nest.sizes);
    load.setSourceStreamAttr(
        StreamAttr::get(context, block.packedOffset, nest.strides[0]));
    load.setDestStreamAttr(StreamAttr::get(
        context, load.getDestStream().getOffset(), nest.strides[1]));
  }
};
} // namespace
