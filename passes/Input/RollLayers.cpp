//===- RollLayers.cpp - Repeated layers become one body in a loop ---------===//
//
// A model is a list of operations, in which layers repeat: the same operations
// on the results of the layer before, with weights of their own. The pass looks
// for the shift of the list onto itself that matches longest, proves operand by
// operand that the copies do the same, stacks their constants and makes a loop.
//
//===----------------------------------------------------------------------===//

#include "passes/Input/Passes.h"

#include "dialects/Model/IR/Model.h"
#include "dialects/XPU/IR/XPU.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/Remarks.h"
#include "passes/Analysis/ConstantData.h"
#include "passes/Partition/Division.h"
#include "passes/Support/Pages.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"
#include <map>

using namespace mlir;

namespace xpu {
#define GEN_PASS_DEF_ROLLLAYERSPASS
#include "passes/Input/Passes.h.inc"
} // namespace xpu

using namespace xpu;

namespace {

/// Not part of a layer, but around it.
bool isShared(Operation *op) {
  return op->hasTrait<OpTrait::ConstantLike>() ||
         llvm::isa<tensor::EmptyOp>(op);
}

/// A slice of a stack, or its insertion: layers may differ by its place.
OffsetSizeAndStrideOpInterface getSlice(Operation *op) {
  auto slice = llvm::isa<tensor::ExtractSliceOp, tensor::InsertSliceOp>(op)
                   ? cast<OffsetSizeAndStrideOpInterface>(op)
                   : OffsetSizeAndStrideOpInterface();
  auto isStatic = [](ArrayRef<int64_t> numbers) {
    return llvm::none_of(numbers, ShapedType::isDynamic);
  };
  return slice && isStatic(slice.getStaticOffsets()) &&
                 isStatic(slice.getStaticSizes()) &&
                 isStatic(slice.getStaticStrides())
             ? slice
             : OffsetSizeAndStrideOpInterface();
}

/// What two operations of different layers have in common, operands aside.
llvm::hash_code hashOf(Operation *op) {
  if (OffsetSizeAndStrideOpInterface slice = getSlice(op)) {
    return llvm::hash_combine(
        op->getName(), llvm::hash_combine_range(op->getResultTypes()),
        llvm::hash_combine_range(slice.getStaticSizes()),
        llvm::hash_combine_range(slice.getStaticStrides()));
  }
  auto ignore = [](Value) { return llvm::hash_code(0); };
  llvm::hash_code hash = 0;
  op->walk([&](Operation *inner) {
    hash = llvm::hash_combine(hash, OperationEquivalence::computeHash(
                                        inner, ignore,
                                        OperationEquivalence::ignoreHashValue,
                                        OperationEquivalence::IgnoreLocations));
  });
  return hash;
}

/// The values from outside that an operation uses, also in its regions, place
/// by place.
SmallVector<Value> getUsedValues(Operation *op) {
  SmallVector<Value> values;
  op->walk<WalkOrder::PreOrder>([&](Operation *inner) {
    for (Value operand : inner->getOperands()) {
      Region *home = operand.getParentRegion();
      if (home == op->getParentRegion() ||
          home->isProperAncestor(op->getParentRegion())) {
        values.push_back(operand);
      }
    }
  });
  return values;
}

/// Whether two operations are the same but for the values from outside.
bool isSameButOperands(Operation *a, Operation *b) {
  OffsetSizeAndStrideOpInterface left = getSlice(a), right = getSlice(b);
  if (left && right) {
    return a->getName() == b->getName() &&
           a->getResultTypes() == b->getResultTypes() &&
           llvm::equal(a->getOperandTypes(), b->getOperandTypes()) &&
           left.getStaticSizes() == right.getStaticSizes() &&
           left.getStaticStrides() == right.getStaticStrides();
  }
  llvm::DenseMap<Value, Value> inside;
  auto check = [&](Value left, Value right) -> LogicalResult {
    Region *home = left.getParentRegion();
    bool isOutside = home == a->getParentRegion() ||
                     home->isProperAncestor(a->getParentRegion());
    return success(isOutside ? left.getType() == right.getType()
                             : inside.lookup(left) == right);
  };
  auto mark = [&](Value left, Value right) { inside[left] = right; };
  return OperationEquivalence::isEquivalentTo(
             a, b, check, mark, OperationEquivalence::IgnoreLocations) &&
         getUsedValues(a).size() == getUsedValues(b).size();
}

/// Layers in a list of operations: `count` times `period` from `begin` on.
struct Layers {
  size_t begin = 0;
  size_t period = 0;
  size_t count = 0;

  size_t saved() const { return count < 2 ? 0 : period * (count - 1); }
};

/// A value from outside that a layer uses.
struct Source {
  /// The result of an operation of the same layer or of the one before: its
  /// number in the layer, and of the result.
  enum Kind { Same, Carried, Invariant, Constant } kind = Invariant;
  size_t op = 0;
  unsigned result = 0;
  Value first;                ///< What the first layer uses.
  SmallVector<Value> weights; ///< Of each layer, if constant.
};

/// What is carried from layer to layer; also the results that are used later.
struct Carried {
  size_t op; ///< Its number in the layer.
  unsigned result;
  Value first; ///< What the first layer finds; null if it finds nothing.
  RankedTensorType type;
};

/// A loop that can be made.
struct Plan {
  Layers layers;
  /// Every place where the operations of a layer use a value from outside: by
  /// the number of the operation and of the place in it.
  llvm::MapVector<std::pair<size_t, size_t>, Source> sources;
  SmallVector<Carried> carried;
  llvm::MapVector<Value, size_t> escaping; ///< Results; what carries them.

  double carriedBytes() const {
    double bytes = 0;
    for (const Carried &entry : carried) {
      Type element = entry.type.getElementType();
      bytes += double(entry.type.getNumElements()) *
               (element.isIntOrFloat() ? element.getIntOrFloatBitWidth() : 64) /
               8;
    }
    return bytes;
  }
};

/// The layers of one block.
class Roller {
public:
  Roller(func::FuncOp func, int64_t minSaved, bool releaseConstants)
      : func(func), block(func.getBody().front()), rewriter(func.getContext()),
        minSaved(minSaved), releaseConstants(releaseConstants) {}

  void run() {
    while (rollOnce()) {
    }
  }

private:
  bool rollOnce() {
    ops.clear();
    SmallVector<size_t> hashes;
    for (Operation &op : block.without_terminator()) {
      if (isShared(&op)) {
        continue;
      }
      ops.push_back(&op);
      bool isLayerOp =
          llvm::isa<linalg::LinalgOp, BlocksOp, acc::model::AttentionOp>(op) ||
          llvm::isa<tensor::TensorDialect, shard::ShardDialect>(
              op.getDialect());
      // Others match nothing.
      hashes.push_back(isLayerOp ? size_t(hashOf(&op)) : size_t(&op));
    }
    index.clear();
    for (auto [i, op] : llvm::enumerate(ops)) {
      index[op] = i;
    }
    // Of those that save as much, the one that carries least: at most what is
    // between two layers, and no weights or caches that the next layer reads.
    std::optional<Plan> best;
    for (const Layers &layers : findCandidates(hashes)) {
      if (best && layers.saved() < best->layers.saved()) {
        break;
      }
      std::optional<Plan> plan = planLoop(layers);
      if (plan && (!best || plan->carriedBytes() < best->carriedBytes())) {
        best = std::move(plan);
      }
    }
    if (best) {
      build(*best);
    }
    return best.has_value();
  }

  /// Repetitions by hash, those that save most first.
  SmallVector<Layers> findCandidates(ArrayRef<size_t> hashes) const {
    SmallVector<Layers> result;
    size_t size = hashes.size();
    for (size_t period = 1; 3 * period <= size; ++period) {
      size_t run = 0;
      for (size_t i = period; i <= size; ++i) {
        if (i < size && hashes[i] == hashes[i - period]) {
          ++run;
          continue;
        }
        // The last `run` operations repeat those a period before.
        if (run >= 2 * period) {
          Layers layers;
          layers.period = period;
          layers.count = run / period + 1;
          layers.begin = i - run - period;
          // Where a layer begins is not known: from any place on.
          size_t slack = run % period;
          for (size_t skip = 0; skip <= std::min(slack, period - 1); ++skip) {
            Layers moved = layers;
            moved.begin += skip;
            result.push_back(moved);
          }
        }
        run = 0;
      }
    }
    llvm::erase_if(result, [&](const Layers &layers) {
      return int64_t(layers.saved()) < minSaved;
    });
    llvm::stable_sort(result, [](const Layers &a, const Layers &b) {
      // Of one saving, the shorter layer repeats within the longer one.
      return std::make_pair(b.saved(), a.period) <
             std::make_pair(a.saved(), b.period);
    });
    constexpr size_t kMostTries = 64;
    if (result.size() > kMostTries) {
      result.resize(kMostTries);
    }
    return result;
  }

  /// A number of an operation among those of `layer`; nothing if it is in
  /// another.
  std::optional<size_t> numberIn(const Layers &layers, size_t layer,
                                 Value value) const {
    auto it = index.find(value.getDefiningOp());
    size_t first = layers.begin + layer * layers.period;
    if (it == index.end() || it->second < first ||
        it->second >= first + layers.period) {
      return std::nullopt;
    }
    return it->second - first;
  }

  /// What the layers use in one place; `values` are those of each layer.
  std::optional<Source> classify(const Layers &layers,
                                 ArrayRef<Value> values) const {
    Source source;
    source.first = values[0];
    if (std::optional<size_t> op = numberIn(layers, 0, values[0])) {
      source.kind = Source::Same;
      source.op = *op;
      source.result = cast<OpResult>(values[0]).getResultNumber();
      for (size_t layer = 1; layer < values.size(); ++layer) {
        auto result = dyn_cast<OpResult>(values[layer]);
        if (!result || result.getResultNumber() != source.result ||
            numberIn(layers, layer, result) != op) {
          return std::nullopt;
        }
      }
      return source;
    }
    if (llvm::all_equal(values)) {
      return source;
    }
    if (std::optional<size_t> op = numberIn(layers, 0, values[1])) {
      source.kind = Source::Carried;
      source.op = *op;
      source.result = cast<OpResult>(values[1]).getResultNumber();
      for (size_t layer = 1; layer < values.size(); ++layer) {
        auto result = dyn_cast<OpResult>(values[layer]);
        if (!result || result.getResultNumber() != source.result ||
            numberIn(layers, layer - 1, result) != op) {
          return std::nullopt;
        }
      }
      return source;
    }
    source.kind = Source::Constant;
    for (Value value : values) {
      if (!hasConstantData(getConstant(value)) ||
          getDivision(value) != getDivision(values[0])) {
        return std::nullopt;
      }
      source.weights.push_back(value);
    }
    return source;
  }

  /// The constant that defines a value, or of which an argument is a slice's
  /// part; null if there is none.
  Attribute getConstant(Value value) const {
    if (auto argument = dyn_cast<BlockArgument>(value)) {
      return argument.getOwner() == &block
                 ? func.getArgAttr(argument.getArgNumber(), kValueAttr)
                 : Attribute();
    }
    auto constant = value.getDefiningOp<arith::ConstantOp>();
    return constant ? Attribute(constant.getValue()) : Attribute();
  }

  /// How the constant of an argument is divided; null for other values.
  DictionaryAttr getDivision(Value value) const {
    auto argument = dyn_cast<BlockArgument>(value);
    if (!argument) {
      return DictionaryAttr();
    }
    NamedAttrList attributes(func.getArgAttrDict(argument.getArgNumber()));
    attributes.erase(kValueAttr);
    return attributes.getDictionary(func.getContext());
  }

  /// By how much the offsets of a slice grow from layer to layer; nothing if
  /// not by the same each time.
  std::optional<SmallVector<int64_t>> findSteps(const Layers &layers,
                                                size_t number) const {
    auto offsets = [&](size_t layer) {
      return getSlice(ops[layers.begin + layer * layers.period + number])
          .getStaticOffsets();
    };
    SmallVector<int64_t> steps;
    for (auto [first, second] : llvm::zip_equal(offsets(0), offsets(1))) {
      steps.push_back(second - first);
    }
    for (size_t layer = 2; layer < layers.count; ++layer) {
      for (auto [first, step, now] :
           llvm::zip_equal(offsets(0), steps, offsets(layer))) {
        if (now != first + int64_t(layer) * step) {
          return std::nullopt;
        }
      }
    }
    return steps;
  }

  /// Nothing if the layers do not do the same.
  std::optional<Plan> planLoop(const Layers &layers) {
    Plan plan;
    plan.layers = layers;
    for (size_t number = 0; number < layers.period; ++number) {
      if (getSlice(ops[layers.begin + number]) && !findSteps(layers, number)) {
        return std::nullopt;
      }
    }
    for (size_t number = 0; number < layers.period; ++number) {
      Operation *first = ops[layers.begin + number];
      SmallVector<SmallVector<Value>> values;
      for (Value value : getUsedValues(first)) {
        values.push_back({value});
      }
      for (size_t layer = 1; layer < layers.count; ++layer) {
        Operation *other = ops[layers.begin + layer * layers.period + number];
        if (!isSameButOperands(first, other)) {
          return std::nullopt;
        }
        for (auto [place, value] : llvm::enumerate(getUsedValues(other))) {
          values[place].push_back(value);
        }
      }
      for (auto [place, used] : llvm::enumerate(values)) {
        std::optional<Source> source = classify(layers, used);
        // What the first layer uses twice is one value in the loop, too.
        bool isOther = llvm::any_of(
            ArrayRef(values).take_front(place),
            [&, now = ArrayRef<Value>(used)](ArrayRef<Value> before) {
              return before[0] == now[0] && before != now;
            });
        if (!source || isOther) {
          return std::nullopt;
        }
        plan.sources.insert({{number, place}, *source});
      }
    }
    if (!findCarried(plan)) {
      return std::nullopt;
    }
    return plan;
  }

  /// False if what is used behind the layers is not a result of the last one.
  bool findCarried(Plan &plan) {
    const Layers &layers = plan.layers;
    auto typeOf = [&](size_t op, unsigned result) {
      return dyn_cast<RankedTensorType>(
          ops[layers.begin + op]->getResult(result).getType());
    };
    for (const Source &source : llvm::make_second_range(plan.sources)) {
      bool isKnown = llvm::any_of(plan.carried, [&](const Carried &entry) {
        return entry.op == source.op && entry.result == source.result &&
               entry.first == source.first;
      });
      if (source.kind == Source::Carried && !isKnown) {
        plan.carried.push_back({source.op, source.result, source.first,
                                typeOf(source.op, source.result)});
      }
    }
    size_t end = layers.begin + layers.count * layers.period;
    for (size_t i = layers.begin; i < end; ++i) {
      bool isLast = i >= end - layers.period;
      for (OpResult result : ops[i]->getResults()) {
        bool escapes = llvm::any_of(result.getUsers(), [&](Operation *user) {
          auto it = index.find(block.findAncestorOpInBlock(*user));
          return it == index.end() || it->second < layers.begin ||
                 it->second >= end;
        });
        if (!escapes) {
          continue;
        }
        if (!isLast) {
          return false;
        }
        size_t number = i - (end - layers.period);
        auto it = llvm::find_if(plan.carried, [&](const Carried &entry) {
          return entry.op == number && entry.result == result.getResultNumber();
        });
        if (it == plan.carried.end()) {
          plan.carried.push_back({number, result.getResultNumber(), Value(),
                                  typeOf(number, result.getResultNumber())});
          it = plan.carried.end() - 1;
        }
        plan.escaping[result] = it - plan.carried.begin();
      }
    }
    return llvm::all_of(plan.carried, [](const Carried &entry) {
      return entry.type && entry.type.hasStaticShape();
    });
  }

  void build(Plan &plan) {
    const Layers &layers = plan.layers;
    auto &sources = plan.sources;
    ArrayRef<Carried> carried = plan.carried;
    const size_t end = layers.begin + layers.count * layers.period;
    Operation *firstOp = ops[layers.begin];
    Location loc = firstOp->getLoc();
    // What is shared may stand among the layers.
    for (auto &[place, source] : sources) {
      Operation *def = source.first.getDefiningOp();
      if (def && isShared(def) && def->getBlock() == &block &&
          firstOp->isBeforeInBlock(def)) {
        rewriter.moveOpBefore(def, firstOp);
      }
    }
    rewriter.setInsertionPoint(firstOp);
    SmallVector<Value> inits;
    for (const Carried &entry : carried) {
      if (llvm::isa_and_nonnull<BlockArgument>(entry.first)) {
        // Layers write to what is carried; an input stays what it is.
        inits.push_back(bufferization::AllocTensorOp::create(
            rewriter, loc, entry.type, ValueRange(), entry.first));
        continue;
      }
      if (entry.first) {
        inits.push_back(entry.first);
        continue;
      }
      inits.push_back(tensor::EmptyOp::create(
          rewriter, loc, entry.type.getShape(), entry.type.getElementType()));
    }
    std::map<std::vector<void *>, Value> stacks; // By the constants.
    llvm::DenseMap<Value, unsigned> reads;
    for (auto &[place, source] : sources) {
      if (source.kind == Source::Constant &&
          stacks.try_emplace(keyOf(source)).second) {
        for (Value weight : source.weights) {
          ++reads[weight];
        }
      }
    }
    auto isLastRead = [&](Value weight) {
      return releaseConstants && reads[weight] == 1 &&
             llvm::all_of(weight.getUsers(), [&](Operation *user) {
               auto at = index.find(block.findAncestorOpInBlock(*user));
               return at != index.end() && at->second >= layers.begin &&
                      at->second < end;
             });
    };
    for (auto &[place, source] : sources) {
      if (source.kind == Source::Constant) {
        Value &stack = stacks[keyOf(source)];
        if (!stack) {
          stack = stackConstants(loc, source.weights, isLastRead);
        }
      }
    }
    auto constant = [&](int64_t value) -> Value {
      return arith::ConstantIndexOp::create(rewriter, loc, value);
    };
    auto loop = scf::ForOp::create(rewriter, loc, constant(0),
                                   constant(layers.count), constant(1), inits);
    fillBody(layers, sources, carried, stacks, loop);
    for (auto [value, number] : plan.escaping) {
      Value replacement = loop.getResult(number);
      value.replaceUsesWithIf(replacement, [&](OpOperand &use) {
        return !loop->isAncestor(use.getOwner());
      });
    }
    llvm::SetVector<Value> weights;
    remark::passed(loc, remark::RemarkOpts::name("layers").category("xpu-roll"))
        << "layers that repeat are a loop"
        << remark::metric("layers", layers.count)
        << remark::metric("operations", layers.period)
        << remark::metric("carried", carried.size());
    for (size_t i = end; i-- > layers.begin;) {
      rewriter.eraseOp(ops[i]);
    }
    for (auto &[place, source] : sources) {
      weights.insert(source.weights.begin(), source.weights.end());
    }
    llvm::BitVector erased(func.getNumArguments());
    for (Value weight : weights) {
      if (!weight.use_empty()) {
        continue;
      }
      if (releaseConstants) {
        releaseConstantData(getConstant(weight));
      }
      if (auto argument = dyn_cast<BlockArgument>(weight)) {
        erased.set(argument.getArgNumber());
      } else {
        rewriter.eraseOp(weight.getDefiningOp());
      }
    }
    (void)func.eraseArguments(erased);
  }

  void fillBody(const Layers &layers,
                llvm::MapVector<std::pair<size_t, size_t>, Source> &sources,
                ArrayRef<Carried> carried,
                const std::map<std::vector<void *>, Value> &stacks,
                scf::ForOp loop) {
    Block *body = loop.getBody();
    rewriter.setInsertionPointToStart(body);
    if (!body->empty()) {
      rewriter.setInsertionPoint(body->getTerminator());
    }
    llvm::DenseMap<Value, Value> weights; // By their stack.
    SmallVector<Operation *> clones;
    for (size_t number = 0; number < layers.period; ++number) {
      Operation *op = ops[layers.begin + number];
      IRMapping mapping;
      for (size_t place = 0;; ++place) {
        auto entry = sources.find({number, place});
        if (entry == sources.end()) {
          break;
        }
        const Source &source = entry->second;
        Value value = source.first;
        if (source.kind == Source::Same) {
          value = clones[source.op]->getResult(source.result);
        } else if (source.kind == Source::Carried) {
          auto it = llvm::find_if(carried, [&](const Carried &entry) {
            return entry.op == source.op && entry.result == source.result &&
                   entry.first == source.first;
          });
          value = loop.getRegionIterArg(it - carried.begin());
        } else if (source.kind == Source::Constant) {
          Value stack = stacks.at(keyOf(source));
          Value &part = weights[stack];
          if (!part) {
            part = takeLayer(stack, loop.getInductionVar(), op->getLoc());
          }
          value = part;
        }
        mapping.map(source.first, value);
      }
      clones.push_back(rewriter.clone(*op, mapping));
      if (getSlice(op)) {
        clones.back() = moveSlice(clones.back(), *findSteps(layers, number),
                                  loop.getInductionVar());
      }
    }
    SmallVector<Value> yielded;
    for (auto [number, entry] : llvm::enumerate(carried)) {
      yielded.push_back(bufferization::MaterializeInDestinationOp::create(
                            rewriter, loop.getLoc(),
                            clones[entry.op]->getResult(entry.result),
                            loop.getRegionIterArg(number))
                            .getResult());
    }
    if (!body->empty() && body->back().hasTrait<OpTrait::IsTerminator>()) {
      rewriter.eraseOp(body->getTerminator());
      rewriter.setInsertionPointToEnd(body);
    }
    scf::YieldOp::create(rewriter, loop.getLoc(), yielded);
  }

  /// The slice of a layer instead of that of the first one.
  Operation *moveSlice(Operation *op, ArrayRef<int64_t> steps, Value layer) {
    if (llvm::all_of(steps, [](int64_t step) { return step == 0; })) {
      return op;
    }
    OffsetSizeAndStrideOpInterface slice = getSlice(op);
    SmallVector<OpFoldResult> offsets = slice.getMixedOffsets();
    rewriter.setInsertionPoint(op);
    for (auto [offset, first, step] :
         llvm::zip_equal(offsets, slice.getStaticOffsets(), steps)) {
      if (step != 0) {
        offset = affine::makeComposedFoldedAffineApply(
            rewriter, op->getLoc(), rewriter.getAffineDimExpr(0) * step + first,
            {layer});
      }
    }
    Operation *moved = nullptr;
    if (auto insert = dyn_cast<tensor::InsertSliceOp>(op)) {
      moved = tensor::InsertSliceOp::create(
          rewriter, op->getLoc(), insert.getSource(), insert.getDest(), offsets,
          slice.getMixedSizes(), slice.getMixedStrides());
    } else {
      auto extract = cast<tensor::ExtractSliceOp>(op);
      moved = tensor::ExtractSliceOp::create(
          rewriter, op->getLoc(), extract.getType(), extract.getSource(),
          offsets, slice.getMixedSizes(), slice.getMixedStrides());
    }
    rewriter.replaceOp(op, moved);
    rewriter.setInsertionPointAfter(moved);
    return moved;
  }

  static std::vector<void *> keyOf(const Source &source) {
    std::vector<void *> key;
    for (Value value : source.weights) {
      key.push_back(value.getAsOpaquePointer());
    }
    return key;
  }

  /// One layer's part of stacked constants.
  Value takeLayer(Value stack, Value layer, Location loc) {
    auto type = cast<RankedTensorType>(stack.getType());
    SmallVector<OpFoldResult> offsets(type.getRank(), rewriter.getIndexAttr(0));
    SmallVector<OpFoldResult> sizes =
        getAsIndexOpFoldResult(rewriter.getContext(), type.getShape());
    SmallVector<OpFoldResult> ones(type.getRank(), rewriter.getIndexAttr(1));
    offsets[0] = layer;
    sizes[0] = rewriter.getIndexAttr(1);
    auto part = RankedTensorType::get(type.getShape().drop_front(),
                                      type.getElementType());
    return tensor::ExtractSliceOp::create(rewriter, loc, part, stack, offsets,
                                          sizes, ones);
  }

  /// The constants one behind the other, as one with a dimension for the layer.
  /// Those that are read for the last time take no memory afterwards.
  Value stackConstants(Location loc, ArrayRef<Value> constants,
                       function_ref<bool(Value)> isLastRead) {
    // Of a constant of which slices have parts: the whole.
    auto type = cast<RankedTensorType>(
        cast<TypedAttr>(getConstant(constants[0])).getType());
    RankedTensorType stacked = stackOf(type, constants.size());
    size_t bytes = type.getNumElements() *
                   type.getElementType().getIntOrFloatBitWidth() / 8;
    AsmResourceBlob blob = allocateZeros(bytes * constants.size());
    char *to = blob.getMutableData().data();
    for (Value constant : constants) {
      ArrayRef<char> data = getConstantData(getConstant(constant));
      for (size_t at = 0; at < bytes; at += data.size()) {
        memcpy(to + at, data.data(), data.size()); // Once, or a splat's value.
      }
      if (data.size() == bytes) {
        acc::dropPages(data, isLastRead(constant));
      }
      to += bytes;
    }
    auto value =
        DenseResourceElementsAttr::get(stacked, "layers", std::move(blob));
    if (!llvm::isa<BlockArgument>(constants[0])) {
      return arith::ConstantOp::create(rewriter, loc, value);
    }
    return addArgument(loc, constants[0], constants.size(), value);
  }

  static RankedTensorType stackOf(Type layer, size_t count) {
    auto type = cast<RankedTensorType>(layer);
    SmallVector<int64_t> shape = {int64_t(count)};
    llvm::append_range(shape, type.getShape());
    return RankedTensorType::get(shape, type.getElementType());
  }

  /// An argument for the stack, divided as one layer is.
  Value addArgument(Location loc, Value layer, size_t count, Attribute value) {
    NamedAttrList attributes(getDivision(layer));
    attributes.set(kValueAttr, value);
    if (auto split = dyn_cast_or_null<shard::GridAxesArrayAttr>(
            attributes.get(kSplitAttr))) {
      SmallVector<shard::GridAxesAttr> axes = {
          shard::GridAxesAttr::get(func.getContext(), {})};
      llvm::append_range(axes, split.getAxes());
      attributes.set(kSplitAttr,
                     shard::GridAxesArrayAttr::get(func.getContext(), axes));
    }
    if (auto whole =
            dyn_cast_or_null<DenseI64ArrayAttr>(attributes.get(kWholeAttr))) {
      SmallVector<int64_t> shape = {int64_t(count)};
      llvm::append_range(shape, whole.asArrayRef());
      attributes.set(kWholeAttr, rewriter.getDenseI64ArrayAttr(shape));
    }
    const unsigned number = func.getNumArguments();
    (void)func.insertArgument(number, stackOf(layer.getType(), count),
                              attributes.getDictionary(func.getContext()), loc);
    return func.getArgument(number);
  }

  mutable func::FuncOp func; // Its accessors are not const.
  Block &block;
  IRRewriter rewriter;
  int64_t minSaved;
  bool releaseConstants;
  std::vector<Operation *> ops; ///< Without what is shared.
  llvm::DenseMap<Operation *, size_t> index;
};

struct RollLayersPass final : xpu::impl::RollLayersPassBase<RollLayersPass> {
  using Base::Base;

  void runOnOperation() override {
    func::FuncOp func = getOperation();
    if (func.isExternal()) {
      return;
    }
    Roller(func, minSaved, releaseConstants).run();
  }
};
} // namespace
