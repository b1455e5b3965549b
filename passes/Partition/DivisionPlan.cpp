//===- DivisionPlan.cpp - Which division of each operation ----------------===//

#include "passes/Partition/DivisionPlan.h"

#include "dialects/Rack/IR/Rack.h"
#include "dialects/XPU/IR/XPU.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Transforms/RegionUtils.h"
#include "passes/Partition/DivisionCost.h"
#include "passes/Rack/Passes.h"
#include "llvm/ADT/MapVector.h"

#include <limits>
#include <tuple>

using namespace mlir;

namespace xpu {

static constexpr double kImpossible = std::numeric_limits<double>::infinity();
/// Ways of lying that are followed at a time. A layer of a decoder has the same
/// plan with a quarter as many; two layers with latent attention are 3 % slower
/// with half as many.
static constexpr size_t kStates = 128;
/// With those that are kept for one of their divisions.
static constexpr size_t kMostStates = 4 * kStates;

/// How everything lies that is still needed, and what it took.
struct DivisionPlan::State {
  double cycles = 0;
  llvm::MapVector<Value, Division> made;
  std::set<DivisionKey> gathered;
  int64_t step = -1; ///< What was chosen last.
};

/// A choice, and the one before it.
struct DivisionPlan::Step {
  int64_t before = -1;
  Operation *op = nullptr;
  DivisionChoice choice;
};

DivisionPlan::DivisionPlan(func::FuncOp func, const acc::Machine &machine,
                           const Grid &grid, const Parallelism &parallelism,
                           Received received)
    : context(func.getContext()), machine(machine), grid(grid),
      parallel(parallelism.loops), received(std::move(received)) {
  if (auto placed = placeParallelism(parallelism, machine)) {
    chips = std::move(*placed);
  } else {
    llvm::consumeError(placed.takeError()); // Said before.
  }
  for (BlockArgument argument : func.getArguments()) {
    if (func.getArgAttr(argument.getArgNumber(), kFedByAttr)) {
      fedArguments.insert(argument);
    }
  }
  SmallVector<Operation *> ops;
  for (Operation &op : func.getBody().front().without_terminator()) {
    ops.push_back(&op);
  }
  if (!ops.empty()) {
    search(ops);
  }
}

//===--- What there is ----------------------------------------------------===//

bool DivisionPlan::isGiven(Value value) const {
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    return !fedArguments.contains(argument);
  }
  return acc::rack::isRematerializable(value.getDefiningOp());
}

Division DivisionPlan::divisionOf(Value value) const {
  auto it = now->made.find(value);
  return it == now->made.end() ? Division(rankOf(value)) : it->second;
}

LoopCuts DivisionPlan::loopsOf(const LoopForm &form, const Division &result) {
  LoopCuts loops(form.ranges.size());
  for (auto [expr, cut] :
       llvm::zip(form.maps.back().getResults(), result.dims)) {
    loops[cast<AffineDimExpr>(expr).getPosition()] = cut;
  }
  return loops;
}

const LoopForm *DivisionPlan::formOf(Operation *op) {
  auto [it, isNew] = forms.try_emplace(op);
  if (isNew) {
    it->second = getLoopForm(op);
  }
  return it->second ? &*it->second : nullptr;
}

/// Numbers that tell cuts apart.
static void appendKey(std::vector<int64_t> &key, ArrayRef<Cut> cuts) {
  for (const Cut &cut : cuts) {
    int64_t axes = 0;
    for (int16_t axis : cut.axes) {
      axes |= int64_t(1) << axis;
    }
    key.push_back(cut.part);
    key.push_back(axes);
  }
}

DivisionPlan::DivisionKey DivisionPlan::keyOf(Value value,
                                              const Division &division) {
  std::vector<int64_t> key;
  appendKey(key, division.dims);
  return {value.getAsOpaquePointer(), std::move(key)};
}

//===--- What it takes ----------------------------------------------------===//

/// What it takes to have a value in a division.
double DivisionPlan::costOf(Value value, const Division &wanted) {
  if (!isTensor(value)) {
    return 0;
  }
  auto type = cast<RankedTensorType>(value.getType());
  if (!grid.partShape(type.getShape(), wanted)) {
    return kImpossible;
  }
  if (isGiven(value)) {
    return 0;
  }
  Operation *op = value.getDefiningOp();
  Division has = divisionOf(value);
  bool isLazyValue = lazy.contains(op);
  if (!isLazyValue && has == wanted) {
    return 0;
  }
  if (now->gathered.count(keyOf(value, wanted))) {
    return 0;
  }
  if (!isLazyValue) {
    return estimateGather(machine, type, has, wanted, grid);
  }
  // What is made where it is used may be used more than once on the way, so
  // that without memory the ways would double with each operation.
  auto [known, isNew] = lazyCosts.try_emplace(keyOf(value, wanted), 0.0);
  if (!isNew) {
    return known->second;
  }
  double cost = kImpossible;
  if (!isDividedView(op)) {
    cost = costOfWork(*formOf(op), loopsOf(*formOf(op), wanted), wanted);
  } else if (auto source = sourceDivision(op, wanted, grid)) {
    cost = costOf(op->getOperand(0), *source);
  }
  return known->second = cost;
}

void DivisionPlan::setState(const State *state) {
  now = state;
  lazyCosts.clear();
}

double DivisionPlan::workOf(const LoopForm &form, const LoopCuts &loops,
                            const Division &result) {
  std::vector<int64_t> key;
  appendKey(key, loops);
  appendKey(key, result.dims);
  auto [it, isNew] = works.try_emplace({form.op, std::move(key)});
  if (isNew) {
    it->second = estimateWork(machine, form, loops, result, grid);
  }
  return it->second;
}

double DivisionPlan::costOfWork(const LoopForm &form, const LoopCuts &loops,
                                const Division &result) {
  if (!isPossible(form, loops, grid)) {
    return kImpossible;
  }
  double cost = 0;
  for (auto [i, operand] : llvm::enumerate(form.op->getOperands())) {
    cost += costOf(operand, operandDivision(form, i, loops));
    if (cost == kImpossible) {
      return cost;
    }
  }
  return cost + workOf(form, loops, result);
}

//===--- Choices ----------------------------------------------------------===//

/// All ways to divide loops or dimensions, those that divide most first, and of
/// these by few; `cut` says how large parts of one over some axes are.
SmallVector<LoopCuts> DivisionPlan::listChoices(size_t loops,
                                                CutFunction cut) const {
  // Chips of all trays go together where there would be four axes.
  SmallVector<Axes> units;
  for (int16_t axis : grid.dividedAxes()) {
    bool joins = grid.dividedAxes().size() > 3 && grid.isOverChips(axis) &&
                 !units.empty() &&
                 (chips.empty() || chips[axis] == chips[units.back().back()]);
    if (joins) {
      units.back().push_back(axis);
    } else {
      units.push_back({axis});
    }
  }
  struct Way {
    size_t unused = 0, divided = 0;
    SmallVector<size_t> loopsOfUnits; ///< Of those that are used.
    SmallVector<size_t> used;
    SmallVector<Axes> axes; ///< By loop.
  };
  std::vector<Way> ways(1);
  ways[0].axes.resize(loops);
  for (auto [number, unit] : llvm::enumerate(units)) {
    std::vector<Way> next;
    for (const Way &way : ways) {
      next.push_back(way);
      ++next.back().unused;
      for (size_t loop = 0; loop < loops; ++loop) {
        next.push_back(way);
        Way &more = next.back();
        more.divided += more.axes[loop].empty();
        more.loopsOfUnits.push_back(loop);
        more.used.push_back(number);
        llvm::append_range(more.axes[loop], unit);
      }
    }
    ways = std::move(next);
  }
  llvm::stable_sort(ways, [](const Way &a, const Way &b) {
    return std::tie(a.unused, a.divided, a.loopsOfUnits, a.used) <
           std::tie(b.unused, b.divided, b.loopsOfUnits, b.used);
  });
  SmallVector<LoopCuts> choices;
  for (const Way &way : ways) {
    choices.emplace_back(loops);
    for (auto [loop, axes] : llvm::enumerate(way.axes)) {
      if (!axes.empty()) {
        choices.back()[loop] = cut(loop, axes);
      }
    }
  }
  return choices;
}

/// Divisions of a tensor by some of its dimensions, and the whole.
SmallVector<Division> DivisionPlan::listDivisions(RankedTensorType type) const {
  const int64_t rank = type.getRank();
  if (parallel == Parallel::None) {
    return {Division(rank)};
  }
  SmallVector<Division> divisions;
  auto cut = [&](unsigned dim, const Axes &axes) {
    return type.isDynamicDim(dim) ? Cut{axes, 1}
                                  : grid.cut(type.getDimSize(dim), axes);
  };
  for (const LoopCuts &loops : listChoices(rank, cut)) {
    bool isUseful = llvm::all_of(llvm::enumerate(loops), [&](auto dim) {
      return dim.value().isWhole() || type.getDimSize(dim.index()) > 1;
    });
    if (isUseful) {
      divisions.emplace_back(rank);
      llvm::copy(loops, divisions.back().dims.begin());
    }
  }
  return divisions;
}

/// Elements of a loop that have to stay together: a head, if the result is then
/// seen as heads, and there are enough for all slices.
int64_t DivisionPlan::unitOf(const LoopForm &form, unsigned loop,
                             const Axes &axes) const {
  for (auto [dim, expr] : llvm::enumerate(form.maps.back().getResults())) {
    if (expr != getAffineDimExpr(loop, context)) {
      continue;
    }
    for (Operation *user : form.op->getUsers()) {
      auto expand = dyn_cast<tensor::ExpandShapeOp>(user);
      if (!expand || !expand.getType().hasStaticShape()) {
        continue;
      }
      ReassociationIndices group = expand.getReassociationIndices()[dim];
      for (int64_t part : group) {
        int64_t count = expand.getType().getDimSize(part);
        if (count != 1) {
          return count >= grid.count(axes) ? form.ranges[loop] / count : 1;
        }
      }
    }
  }
  return 1;
}

/// Parts of a loop: those that an operand has, else the least.
Cut DivisionPlan::cutOf(const LoopForm &form, unsigned loop,
                        const Axes &axes) const {
  for (auto [i, operand] : llvm::enumerate(form.op->getOperands())) {
    if (!isTensor(operand) || isFree(operand)) {
      continue;
    }
    Division division = divisionOf(operand);
    for (auto [expr, cut] :
         llvm::zip(form.maps[i].getResults(), division.dims)) {
      auto dim = dyn_cast<AffineDimExpr>(expr);
      std::optional<Cut> gathered =
          dim && dim.getPosition() == loop && !cut.isWhole()
              ? grid.gathered(cut, axes)
              : std::nullopt;
      if (gathered) {
        return *gathered;
      }
    }
  }
  return grid.cut(form.ranges[loop], axes, unitOf(form, loop, axes));
}

/// Whether the user asks for choices like this one; smaller numbers come first.
/// Nothing for those that are not asked for.
std::optional<int64_t> DivisionPlan::rankOfChoice(const LoopForm &form,
                                                  const LoopCuts &loops) const {
  SmallVector<unsigned> divided;
  for (auto [loop, cut] : llvm::enumerate(loops)) {
    if (!cut.isWhole()) {
      divided.push_back(loop);
    }
  }
  if (divided.empty()) {
    return parallel == Parallel::Auto ? 0 : 1000;
  }
  if (parallel == Parallel::Auto) {
    return 0;
  }
  if (parallel == Parallel::None) {
    return std::nullopt;
  }
  bool overAll = loops[divided[0]].axes == grid.dividedAxes();
  bool sums = !reducedAxes(form, loops).empty();
  if (parallel == Parallel::Grid) {
    return divided.size() == 2 && !sums ? std::optional(0) : std::nullopt;
  }
  if (!overAll || (sums && parallel != Parallel::Sums)) {
    return std::nullopt;
  }
  if (sums) {
    return 0;
  }
  ArrayRef<AffineExpr> results = form.maps.back().getResults();
  int64_t dim = llvm::find(results, getAffineDimExpr(divided[0], context)) -
                results.begin();
  return parallel == Parallel::Columns ? int64_t(results.size()) - dim
                                       : 1 + dim;
}

/// Whether chips that share work in this way may have parts of a loop.
bool DivisionPlan::fits(ChipParallel kind, int16_t axis, const LoopForm &form,
                        unsigned loop) const {
  ArrayRef<AffineExpr> results = form.maps.back().getResults();
  const AffineExpr expr = getAffineDimExpr(loop, context);
  // Weights are what lies in HBM before the start. The result is no operand
  // here: it begins as a fill.
  const unsigned last = form.maps.size() - 1;
  auto weights = [&](auto isOf) {
    for (unsigned i = 0; i < last && i < form.op->getNumOperands(); ++i) {
      Value operand = form.op->getOperand(i);
      if (isTensor(operand) && isFree(operand) && isOf(i)) {
        return true;
      }
    }
    return false;
  };
  const bool isOfWeights = weights([&](unsigned operand) {
    return form.maps[operand].isFunctionOfDim(loop);
  });
  switch (kind) {
  case ChipParallel::Pipeline:
    return false;
  case ChipParallel::Tensor:
    return results.empty() || results.front() != expr || isOfWeights;
  case ChipParallel::Data:
    for (AffineExpr result : results) {
      if (result == expr) {
        return true;
      }
      auto dim = dyn_cast<AffineDimExpr>(result);
      if (!dim || form.ranges[dim.getPosition()] != 1) {
        return false;
      }
    }
    return false;
  case ChipParallel::Expert:
    break;
  }
  // A stack of matrices, or what has been made of one already.
  const bool isOfStack = weights([&](unsigned operand) {
    ArrayRef<AffineExpr> dims = form.maps[operand].getResults();
    return dims.size() >= 3 && dims.front() == expr;
  });
  for (unsigned i = 0; i < last && i < form.op->getNumOperands(); ++i) {
    Value operand = form.op->getOperand(i);
    if (!isTensor(operand) || isFree(operand)) {
      continue;
    }
    Division division = divisionOf(operand);
    for (auto [dim, cut] :
         llvm::zip(form.maps[i].getResults(), division.dims)) {
      if (dim == expr && llvm::is_contained(cut.axes, axis)) {
        return true;
      }
    }
  }
  return isOfStack;
}

/// Axes that share something come before those that do not; nothing for
/// choices that chips are not asked for.
std::optional<int64_t> DivisionPlan::rankOfChips(const LoopForm &form,
                                                 const LoopCuts &loops) const {
  int64_t unused = 0;
  for (auto [axis, kind] : llvm::enumerate(chips)) {
    if (!kind || kind == ChipParallel::Pipeline) {
      continue;
    }
    bool isUsed = false;
    for (auto [loop, cut] : llvm::enumerate(loops)) {
      if (!llvm::is_contained(cut.axes, int16_t(axis))) {
        continue;
      }
      isUsed = true;
      if (!fits(*kind, int16_t(axis), form, unsigned(loop))) {
        return std::nullopt;
      }
    }
    unused += !isUsed;
  }
  return unused;
}

SmallVector<DivisionChoice> DivisionPlan::listLoops(const LoopForm &form) {
  SmallVector<std::pair<int64_t, DivisionChoice>> ranked;
  auto cut = [&](unsigned loop, const Axes &axes) {
    return cutOf(form, loop, axes);
  };
  const unsigned last = form.maps.size() - 1;
  for (const LoopCuts &loops : listChoices(form.ranges.size(), cut)) {
    std::optional<int64_t> rank = rankOfChoice(form, loops);
    std::optional<int64_t> ofChips = rankOfChips(form, loops);
    if (rank && ofChips) {
      constexpr int64_t kMoreThanLoops = 10000;
      rank = *rank + kMoreThanLoops * *ofChips;
    }
    if (!rank || !ofChips || !isPossible(form, loops, grid)) {
      continue;
    }
    for (const Division &result : listResults(form, loops, grid)) {
      DivisionChoice choice;
      choice.kind = DivisionChoice::Kind::Loops;
      choice.cycles = costOfWork(form, loops, result);
      if (choice.cycles == kImpossible) {
        continue;
      }
      choice.loops = loops;
      choice.result = result;
      for (unsigned i = 0; i <= last && i < form.op->getNumOperands(); ++i) {
        choice.operands.push_back(operandDivision(form, i, loops));
      }
      ranked.push_back({*rank, std::move(choice)});
    }
  }
  llvm::stable_sort(ranked, [](const auto &a, const auto &b) {
    return std::pair(a.first, a.second.cycles) <
           std::pair(b.first, b.second.cycles);
  });
  SmallVector<DivisionChoice> choices;
  for (auto &[rank, choice] : ranked) {
    if (rank == ranked.front().first) {
      choices.push_back(std::move(choice));
    }
  }
  // What needs something in a way in which nobody can have it is whole.
  return choices.empty() ? SmallVector<DivisionChoice>{keepWhole(form.op)}
                         : choices;
}

SmallVector<DivisionChoice>
DivisionPlan::listInsertions(tensor::InsertSliceOp insert) {
  Value source = insert.getSource(), dest = insert.getDest();
  SmallVector<Division> divisions;
  if (!isFree(source)) {
    divisions.push_back(insertionDivision(insert, divisionOf(source)));
  }
  if (!isFree(dest)) {
    divisions.push_back(divisionOf(dest));
  }
  if (divisions.empty()) {
    divisions = listDivisions(insert.getType());
  }
  const Division whole(rankOf(dest));
  divisions.push_back(whole);
  SmallVector<DivisionChoice> choices;
  for (const Division &division : divisions) {
    std::optional<Division> inserted = insertedDivision(insert, division);
    double cost = inserted ? costOf(dest, division) + costOf(source, *inserted)
                           : kImpossible;
    // If nobody can have it whole, partitioning says so.
    if (cost < kImpossible || division == whole) {
      choices.push_back({DivisionChoice::Kind::Other, {}, cost, {}, division});
      choices.back().operands = {*inserted, division};
    }
  }
  llvm::stable_sort(choices, [](const auto &a, const auto &b) {
    return a.cycles < b.cycles;
  });
  return choices;
}

DivisionChoice DivisionPlan::keepView(Operation *op) {
  Value source = op->getOperand(0);
  DivisionChoice choice;
  choice.kind = DivisionChoice::Kind::Other;
  choice.result = viewDivision(op, divisionOf(source), grid);
  choice.operands = {*sourceDivision(op, choice.result, grid)};
  choice.cycles = costOf(source, choice.operands[0]);
  return choice;
}

DivisionChoice DivisionPlan::keepWhole(Operation *op) {
  DivisionChoice choice;
  choice.kind = DivisionChoice::Kind::Other;
  for (Value operand : op->getOperands()) {
    choice.operands.emplace_back(isTensor(operand) ? rankOf(operand) : 0);
    choice.cycles += costOf(operand, choice.operands.back());
  }
  if (op->getNumResults() > 0 && isTensor(op->getResult(0))) {
    choice.result = Division(rankOf(op->getResult(0)));
  }
  return choice;
}

/// Elementwise work on what lies in HBM is done as its readers want it.
bool DivisionPlan::canBeLazy(const LoopForm &form) const {
  llvm::SetVector<Value> captured;
  getUsedValuesDefinedAbove(form.op->getRegions(), captured);
  return llvm::isa<linalg::LinalgOp>(form.op) &&
         form.maps.back().isPermutation() &&
         llvm::none_of(captured, isTensor) &&
         llvm::all_of(form.op->getOperands(), [&](Value operand) {
           return !isTensor(operand) || isFree(operand);
         });
}

SmallVector<DivisionChoice> DivisionPlan::list(Operation *op) {
  DivisionChoice skip, asNeeded;
  asNeeded.kind = DivisionChoice::Kind::Lazy;
  if (auto send = dyn_cast<acc::rack::SendOp>(op)) {
    skip.cycles =
        estimateSend(machine, send.getValue().getType(),
                     divisionOf(send.getValue()), grid, send.getStages());
    return {skip};
  }
  if (llvm::isa<acc::rack::ReceiveOp>(op)) {
    auto it = received.find(op);
    if (it == received.end()) {
      return {skip}; // Not looked at.
    }
    DivisionChoice choice;
    choice.kind = DivisionChoice::Kind::Other;
    choice.result = it->second;
    return {choice};
  }
  if (acc::rack::isRematerializable(op) ||
      llvm::none_of(op->getResultTypes(), llvm::IsaPred<TensorType>)) {
    return {skip};
  }
  if (isDividedView(op)) {
    return {isFree(op->getOperand(0)) ? asNeeded : keepView(op)};
  }
  if (const LoopForm *form = formOf(op)) {
    return canBeLazy(*form) ? SmallVector<DivisionChoice>{asNeeded}
                            : listLoops(*form);
  }
  auto insert = dyn_cast<tensor::InsertSliceOp>(op);
  if (insert && insert.getType().hasStaticShape() &&
      insert.getSourceType().hasStaticShape()) {
    return listInsertions(insert);
  }
  return {keepWhole(op)};
}

//===--- The search -------------------------------------------------------===//

/// Values that no operation after `index` uses are forgotten.
DivisionPlan::State DivisionPlan::after(const State &state, Operation *op,
                                        const DivisionChoice &choice,
                                        int64_t index) const {
  auto isLive = [&](Value value) {
    auto it = lastUses.find(value);
    return it != lastUses.end() && it->second > index;
  };
  State next;
  next.cycles = state.cycles + choice.cycles;
  for (const auto &[value, division] : state.made) {
    if (isLive(value)) {
      next.made.insert({value, division});
    }
  }
  for (const DivisionKey &key : state.gathered) {
    if (isLive(Value::getFromOpaquePointer(key.first))) {
      next.gathered.insert(key);
    }
  }
  for (auto [operand, division] :
       llvm::zip(op->getOperands(), choice.operands)) {
    if (isTensor(operand) && !isGiven(operand) && isLive(operand)) {
      next.gathered.insert(keyOf(operand, division));
    }
  }
  if (op->getNumResults() > 0 && isTensor(op->getResult(0)) &&
      isLive(op->getResult(0))) {
    next.made.insert({op->getResult(0), choice.result});
  }
  return next;
}

/// States with the same divisions are one, the cheapest. Of these the best are
/// kept, and the best with each division of each value: what is dear now may be
/// what a later operation needs.
static void prune(std::vector<DivisionPlan::State> &states) {
  llvm::stable_sort(
      states, [](const auto &a, const auto &b) { return a.cycles < b.cycles; });
  std::vector<DivisionPlan::State> kept;
  std::set<DivisionPlan::DivisionKey> seen;
  for (DivisionPlan::State &state : states) {
    bool isNew = false;
    for (const auto &[value, division] : state.made) {
      isNew |= seen.insert(DivisionPlan::keyOf(value, division)).second;
    }
    if (kept.size() >= (isNew ? kMostStates : kStates)) {
      continue;
    }
    bool isKnown = llvm::any_of(kept, [&](const DivisionPlan::State &other) {
      return llvm::equal(state.made, other.made) &&
             state.gathered == other.gathered;
    });
    if (!isKnown) {
      kept.push_back(std::move(state));
    }
  }
  states = std::move(kept);
}

void DivisionPlan::search(ArrayRef<Operation *> ops) {
  // How returned values lie is nobody's concern: to return is no use.
  for (auto [index, op] : llvm::enumerate(ops)) {
    op->walk([&, i = int64_t(index)](Operation *inner) {
      for (Value operand : inner->getOperands()) {
        lastUses[operand] = i;
      }
    });
  }
  std::vector<State> states(1);
  std::vector<Step> steps;
  for (auto [index, op] : llvm::enumerate(ops)) {
    std::vector<State> next;
    for (State &state : states) {
      setState(&state);
      SmallVector<DivisionChoice> choices = list(op);
      if (choices.front().kind == DivisionChoice::Kind::Lazy) {
        lazy.insert(op);
      }
      for (DivisionChoice &choice : choices) {
        next.push_back(after(state, op, choice, int64_t(index)));
        next.back().step = int64_t(steps.size());
        steps.push_back({state.step, op, std::move(choice)});
      }
    }
    prune(next);
    states = std::move(next);
  }
  for (int64_t step = states.front().step; step >= 0;
       step = steps[size_t(step)].before) {
    chosen[steps[size_t(step)].op] = std::move(steps[size_t(step)].choice);
  }
  setState(nullptr);
}

Division DivisionPlan::chooseDivision(Value value) {
  State none;
  setState(&none);
  Division best(rankOf(value));
  double least = kImpossible;
  for (const Division &division :
       listDivisions(cast<RankedTensorType>(value.getType()))) {
    double cost = costOf(value, division);
    if (cost < least) {
      least = cost;
      best = division;
    }
  }
  setState(nullptr);
  return best;
}

} // namespace xpu
