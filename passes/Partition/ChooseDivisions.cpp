//===- ChooseDivisions.cpp - What each slice has of every tensor ----------===//

#include "passes/Partition/Passes.h"

#include "dialects/XPU/IR/XPU.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/Remarks.h"
#include "mlir/Transforms/RegionUtils.h"
#include "passes/Analysis/LoadTarget.h"
#include "passes/Partition/DivisionCost.h"
#include "passes/Rack/Passes.h"

#include <limits>
#include <map>

using namespace mlir;

namespace xpu {
#define GEN_PASS_DEF_CHOOSEDIVISIONSPASS
#include "passes/Partition/Passes.h.inc"
} // namespace xpu

using namespace xpu;

namespace {
constexpr double kImpossible = std::numeric_limits<double>::infinity();

enum class Parallel { Auto, None, Rows, Columns, Grid, Sums };

std::optional<Parallel> parseParallel(StringRef name) {
  return llvm::StringSwitch<std::optional<Parallel>>(name)
      .Case("auto", Parallel::Auto)
      .Case("none", Parallel::None)
      .Case("rows", Parallel::Rows)
      .Case("columns", Parallel::Columns)
      .Case("grid", Parallel::Grid)
      .Case("sums", Parallel::Sums)
      .Default(std::nullopt);
}

} // namespace

bool xpu::isDivisionName(StringRef name) {
  return parseParallel(name).has_value();
}

namespace {
class Chooser {
public:
  Chooser(func::FuncOp func, const acc::Machine &machine, const Grid &grid,
          Parallel parallel)
      : func(func), machine(machine), grid(grid), parallel(parallel),
        builder(func.getContext()) {}

  void run() {
    for (BlockArgument argument : func.getArguments()) {
      if (auto number = func.getArgAttrOfType<IntegerAttr>(
              argument.getArgNumber(), kFedByAttr)) {
        fedArguments.insert(argument);
        fedResults.insert(number.getInt());
      }
    }
    SmallVector<Operation *> ops;
    for (Operation &op : func.getBody().front().without_terminator()) {
      ops.push_back(&op);
    }
    for (Operation *op : ops) {
      visit(op);
    }
    visitReturn(func.getBody().front().getTerminator());
    for (Operation *op : llvm::reverse(ops)) {
      if (lazy.contains(op) && op->use_empty()) {
        op->erase();
      }
    }
  }

private:
  //===--- What there is --------------------------------------------------===//

  /// Whether a value may lie in HBM in any division before the program starts.
  bool isGiven(Value value) const {
    if (auto argument = dyn_cast<BlockArgument>(value)) {
      return !fedArguments.contains(argument);
    }
    return acc::rack::isRematerializable(value.getDefiningOp());
  }
  bool isFree(Value value) const {
    return isGiven(value) || lazy.contains(value.getDefiningOp());
  }

  static int64_t rankOf(Value value) {
    return cast<RankedTensorType>(value.getType()).getRank();
  }
  static bool isTensor(Value value) {
    return llvm::isa<RankedTensorType>(value.getType());
  }

  Division divisionOf(Value value) const {
    auto it = made.find(value);
    return it == made.end() ? Division(rankOf(value)) : it->second;
  }

  /// The loops of an elementwise operation whose result is divided so.
  static LoopCuts loopsOf(const LoopForm &form, const Division &result) {
    LoopCuts loops(form.ranges.size());
    for (auto [expr, cut] :
         llvm::zip(form.maps.back().getResults(), result.dims)) {
      loops[cast<AffineDimExpr>(expr).getPosition()] = cut;
    }
    return loops;
  }

  /// What it takes to have a value in a division.
  double costOf(Value value, const Division &wanted) const {
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
    if (!lazy.contains(op)) {
      return estimateGather(machine, type, divisionOf(value), wanted, grid);
    }
    if (isDividedView(op)) {
      std::optional<Division> source = sourceDivision(op, wanted, grid);
      return source ? costOf(op->getOperand(0), *source) : kImpossible;
    }
    LoopForm form = *getLoopForm(op);
    return costOfWork(form, loopsOf(form, wanted));
  }

  double costOfWork(const LoopForm &form, const LoopCuts &loops) const {
    if (!isPossible(form, loops, grid)) {
      return kImpossible;
    }
    double cost = estimateWork(machine, form, loops, grid);
    for (auto [i, operand] : llvm::enumerate(form.op->getOperands())) {
      cost += costOf(operand, operandDivision(form, i, loops));
    }
    return cost;
  }

  //===--- What is written down -------------------------------------------===//

  Value shardingOf(Value value, const Division &division) {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(&func.getBody().front());
    auto type = cast<RankedTensorType>(value.getType());
    auto op =
        createSharding(builder, func.getLoc(), type.getShape(), division, grid);
    Value &sharding = shardings[op->getAttrDictionary()];
    if (sharding) {
      op.erase();
    } else {
      sharding = op;
    }
    return sharding;
  }

  /// The value in a division, for the operation at the insertion point.
  Value want(Value value, const Division &wanted) {
    if (!isTensor(value)) {
      return value;
    }
    if (!isFree(value) ? divisionOf(value) == wanted
                       : isGiven(value) && wanted.isWhole()) {
      return value;
    }
    Value &result = wantedBefore[{
        value.getAsOpaquePointer(),
        toKey(builder.getContext(), wanted).getAsOpaquePointer()}];
    Operation *op = value.getDefiningOp();
    if (!result && op && lazy.contains(op)) {
      result = makeAgain(op, wanted);
    } else if (!result) {
      result = shard::ShardOp::create(builder, value.getLoc(), value,
                                      shardingOf(value, wanted),
                                      /*annotate_for_users=*/true);
    }
    return result;
  }

  Value makeAgain(Operation *op, const Division &wanted) {
    SmallVector<Value> operands(op->getOperands());
    if (isDividedView(op)) {
      operands[0] = want(operands[0], *sourceDivision(op, wanted, grid));
    } else {
      LoopForm form = *getLoopForm(op);
      LoopCuts loops = loopsOf(form, wanted);
      for (auto [i, operand] : llvm::enumerate(operands)) {
        operand = want(operand, operandDivision(form, i, loops));
      }
    }
    Operation *copy = builder.clone(*op);
    copy->setOperands(operands);
    return annotate(copy->getResult(0), wanted);
  }

  /// Says how a result is divided, and returns what its users take.
  Value annotate(Value result, const Division &division) {
    made[result] = division;
    if (division.isWhole()) {
      return result;
    }
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointAfterValue(result);
    auto op = shard::ShardOp::create(builder, result.getLoc(), result,
                                     shardingOf(result, division));
    result.replaceAllUsesExcept(op.getResult(), op);
    made[op.getResult()] = division;
    return op.getResult();
  }

  /// What an operation's region uses is whole.
  void wantCaptured(Operation *op) {
    llvm::SetVector<Value> captured;
    getUsedValuesDefinedAbove(op->getRegions(), captured);
    for (Value value : captured) {
      if (!isTensor(value)) {
        continue;
      }
      Value whole = want(value, Division(rankOf(value)));
      for (Region &region : op->getRegions()) {
        replaceAllUsesInRegionWith(value, whole, region);
      }
    }
  }

  //===--- Choices --------------------------------------------------------===//

  /// All ways to divide loops or dimensions, those that divide most first;
  /// `cut` says how large parts of one over some axes are.
  SmallVector<LoopCuts>
  listChoices(size_t loops,
              llvm::function_ref<Cut(unsigned, const Axes &)> cut) const {
    SmallVector<LoopCuts> choices;
    Axes all = grid.usedAxes();
    for (size_t a = 0; a < loops; ++a) {
      choices.emplace_back(loops);
      choices.back()[a] = cut(a, all);
    }
    if (all.size() == 2) {
      for (size_t a = 0; a < loops; ++a) {
        for (size_t b = 0; b < loops; ++b) {
          if (a != b) {
            choices.emplace_back(loops);
            choices.back()[a] = cut(a, {0});
            choices.back()[b] = cut(b, {1});
          }
        }
      }
      for (size_t a = 0; a < loops; ++a) {
        for (int16_t axis : {0, 1}) {
          choices.emplace_back(loops);
          choices.back()[a] = cut(a, {axis});
        }
      }
    }
    choices.emplace_back(loops);
    return choices;
  }

  /// Elements of a loop that have to stay together: a head, if the result is
  /// then seen as heads, and there are enough for all slices.
  int64_t unitOf(const LoopForm &form, unsigned loop, const Axes &axes) const {
    for (auto [dim, expr] : llvm::enumerate(form.maps.back().getResults())) {
      if (expr != getAffineDimExpr(loop, builder.getContext())) {
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
  Cut cutOf(const LoopForm &form, unsigned loop, const Axes &axes) const {
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

  /// Whether the user asks for choices like this one; smaller numbers come
  /// first. Nothing for those that are not asked for.
  std::optional<int64_t> rankOfChoice(const LoopForm &form,
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
    bool overAll = loops[divided[0]].axes == grid.usedAxes();
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
    int64_t dim = llvm::find(results, getAffineDimExpr(divided[0],
                                                       builder.getContext())) -
                  results.begin();
    return parallel == Parallel::Columns ? int64_t(results.size()) - dim
                                         : 1 + dim;
  }

  LoopCuts chooseLoops(const LoopForm &form) const {
    LoopCuts best(form.ranges.size());
    std::pair<int64_t, double> least = {std::numeric_limits<int64_t>::max(),
                                        kImpossible};
    auto cut = [&](unsigned loop, const Axes &axes) {
      return cutOf(form, loop, axes);
    };
    for (const LoopCuts &loops : listChoices(form.ranges.size(), cut)) {
      std::optional<int64_t> rank = rankOfChoice(form, loops);
      if (!rank) {
        continue;
      }
      double cost = costOfWork(form, loops);
      if (cost < kImpossible && std::pair(*rank, cost) < least) {
        least = {*rank, cost};
        best = loops;
      }
    }
    report(form, best, least.second);
    return best;
  }

  void report(const LoopForm &form, const LoopCuts &loops, double cost) const {
    std::string text;
    llvm::raw_string_ostream os(text);
    for (auto [loop, cut] : llvm::enumerate(loops)) {
      if (!cut.isWhole()) {
        os << (text.empty() ? "" : ", ") << "loop " << loop << " of "
           << form.ranges[loop] << " over "
           << (cut.axes.size() == 2 ? "all slices"
               : cut.axes[0] == 0   ? "rows of slices"
                                    : "columns of slices");
        if (grid.isPadded(form.ranges[loop], cut)) {
          os << " (up to " << cut.part << " each)";
        }
      }
    }
    auto name = remark::RemarkOpts::name("division").category("xpu-partition");
    if (text.empty()) {
      remark::missed(form.op->getLoc(), name) << "whole in every slice";
    } else {
      remark::passed(form.op->getLoc(), name)
          << text << remark::metric("cycles", int64_t(cost));
    }
  }

  void divide(const LoopForm &form, const LoopCuts &loops) {
    Operation *op = form.op;
    builder.setInsertionPoint(op);
    for (unsigned i = 0; i < op->getNumOperands(); ++i) {
      op->setOperand(i,
                     want(op->getOperand(i), operandDivision(form, i, loops)));
    }
    wantCaptured(op);
    annotate(op->getResult(0),
             operandDivision(form, form.maps.size() - 1, loops));
  }

  /// Divisions of a tensor by one or two of its dimensions, and the whole.
  SmallVector<Division> listDivisions(RankedTensorType type) const {
    const int64_t rank = type.getRank();
    SmallVector<Division> divisions;
    auto cut = [&](unsigned dim, const Axes &axes) {
      return type.isDynamicDim(dim) ? Cut{axes, 1}
                                    : grid.cut(type.getDimSize(dim), axes);
    };
    for (const LoopCuts &loops : listChoices(rank, cut)) {
      bool isUseful = llvm::all_of(llvm::enumerate(loops), [&](auto dim) {
        return dim.value().isWhole() || type.getDimSize(dim.index()) > 1;
      });
      if (!isUseful) {
        continue;
      }
      divisions.emplace_back(rank);
      llvm::copy(loops, divisions.back().dims.begin());
      if (parallel == Parallel::None) {
        divisions = {Division(rank)};
      }
    }
    return divisions;
  }

  void divideInsertion(tensor::InsertSliceOp insert) {
    Value source = insert.getSource(), dest = insert.getDest();
    SmallVector<Division> choices;
    if (!isFree(source)) {
      choices.push_back(insertionDivision(insert, divisionOf(source)));
    }
    if (!isFree(dest)) {
      choices.push_back(divisionOf(dest));
    }
    if (choices.empty()) {
      choices = listDivisions(insert.getType());
    }
    choices.push_back(Division(rankOf(dest)));
    Division best = choices.back();
    double least = kImpossible;
    for (const Division &division : choices) {
      std::optional<Division> inserted = insertedDivision(insert, division);
      double cost = inserted
                        ? costOf(dest, division) + costOf(source, *inserted)
                        : kImpossible;
      if (cost < least) {
        least = cost;
        best = division;
      }
    }
    builder.setInsertionPoint(insert);
    insert.getSourceMutable().assign(
        want(source, *insertedDivision(insert, best)));
    insert.getDestMutable().assign(want(dest, best));
    annotate(insert.getResult(), best);
  }

  bool hasCaptured(Operation *op) const {
    llvm::SetVector<Value> captured;
    getUsedValuesDefinedAbove(op->getRegions(), captured);
    return llvm::any_of(captured, isTensor);
  }

  /// Elementwise work on what lies in HBM is done as its readers want it.
  bool isLazy(const LoopForm &form) const {
    return llvm::isa<linalg::LinalgOp>(form.op) &&
           form.maps.back().isPermutation() && !hasCaptured(form.op) &&
           llvm::all_of(form.op->getOperands(), [&](Value operand) {
             return !isTensor(operand) || isFree(operand);
           });
  }

  void visit(Operation *op) {
    if (acc::rack::isRematerializable(op) ||
        llvm::none_of(op->getResultTypes(), llvm::IsaPred<TensorType>)) {
      return;
    }
    if (isDividedView(op)) {
      Value source = op->getOperand(0);
      if (isFree(source)) {
        lazy.insert(op);
        return;
      }
      Division result = viewDivision(op, divisionOf(source), grid);
      builder.setInsertionPoint(op);
      op->setOperand(0, want(source, *sourceDivision(op, result, grid)));
      annotate(op->getResult(0), result);
      return;
    }
    if (std::optional<LoopForm> form = getLoopForm(op)) {
      if (isLazy(*form)) {
        lazy.insert(op);
      } else {
        divide(*form, chooseLoops(*form));
      }
      return;
    }
    if (auto insert = dyn_cast<tensor::InsertSliceOp>(op);
        insert && insert.getType().hasStaticShape() &&
        insert.getSourceType().hasStaticShape()) {
      divideInsertion(insert);
      return;
    }
    builder.setInsertionPoint(op);
    for (OpOperand &operand : op->getOpOperands()) {
      if (isTensor(operand.get())) {
        operand.set(want(operand.get(), Division(rankOf(operand.get()))));
      }
    }
    wantCaptured(op);
  }

  void visitReturn(Operation *end) {
    builder.setInsertionPoint(end);
    for (OpOperand &operand : end->getOpOperands()) {
      Value value = operand.get();
      Division best(rankOf(value));
      if (!fedResults.contains(operand.getOperandNumber()) && !isGiven(value)) {
        best = isFree(value) ? chooseDivision(value) : divisionOf(value);
      }
      operand.set(want(value, best));
    }
  }

  /// Where nobody else wants a value.
  Division chooseDivision(Value value) const {
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
    return best;
  }

  func::FuncOp func;
  const acc::Machine &machine;
  const Grid &grid;
  Parallel parallel;
  mutable OpBuilder builder;
  /// What one run leaves for the next is whole.
  llvm::DenseSet<Value> fedArguments;
  llvm::DenseSet<int64_t> fedResults;
  llvm::DenseMap<Value, Division> made; ///< Divisions that values have.
  /// What is made where it is used, of what lies in HBM.
  llvm::DenseSet<Operation *> lazy;
  std::map<std::pair<const void *, const void *>, Value> wantedBefore;
  llvm::DenseMap<Attribute, Value> shardings;
};

struct ChooseDivisionsPass final
    : xpu::impl::ChooseDivisionsPassBase<ChooseDivisionsPass> {
  using Base::Base;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    FailureOr<acc::Machine> machine = loadMachineFor(module, target.getValue());
    if (failed(machine)) {
      return signalPassFailure();
    }
    std::optional<Parallel> how = parseParallel(parallel);
    if (!how) {
      module.emitError() << "unknown division '" << parallel << "'; expects "
                         << kDivisionNames;
      return signalPassFailure();
    }
    if (machine->slicesPerChip() == 1) {
      return;
    }
    auto func = module.lookupSymbol<func::FuncOp>("main");
    if (!func || func.isExternal() || !llvm::hasSingleElement(func.getBody())) {
      module.emitError("expects a function 'main' of one block");
      return signalPassFailure();
    }
    if (module.lookupSymbol<shard::GridOp>(kGridName)) {
      return; // What is divided already stays so.
    }
    SmallVector<int64_t> shape = {machine->grid().rows,
                                  machine->grid().columns};
    OpBuilder builder = OpBuilder::atBlockBegin(module.getBody());
    shard::GridOp::create(builder, module.getLoc(), kGridName, shape);
    Grid grid(shape);
    Chooser(func, *machine, grid, *how).run();
  }
};
} // namespace
