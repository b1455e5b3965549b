//===- CutStages.cpp - Layers of a graph on different chips ---------------===//

#include "passes/Partition/Passes.h"

#include "dialects/Rack/IR/Rack.h"
#include "dialects/XPU/IR/XPU.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Remarks.h"
#include "mlir/Transforms/RegionUtils.h"
#include "passes/Analysis/LoadTarget.h"
#include "passes/Analysis/TransferCost.h"
#include "passes/Partition/DivisionCost.h"
#include "passes/Partition/Parallelism.h"
#include "passes/Partition/Stages.h"
#include "passes/Rack/Passes.h"
#include "llvm/ADT/SetVector.h"

#include <limits>

using namespace mlir;

namespace xpu {
#define GEN_PASS_DEF_CUTSTAGESPASS
#include "passes/Partition/Passes.h.inc"
} // namespace xpu

using namespace xpu;

static constexpr double kImpossible = std::numeric_limits<double>::infinity();
/// Stages may take so much longer than the best cuts allow, if less crosses.
static constexpr double kSlack = 1.1;

/// What an operation and its regions use of the block around it.
static SmallVector<Value> usedBy(Operation *op) {
  llvm::SetVector<Value> values;
  values.insert(op->operand_begin(), op->operand_end());
  getUsedValuesDefinedAbove(op->getRegions(), values);
  return values.takeVector();
}

namespace {
/// The operations of a graph in their order: those that are work, each for one
/// stage, and the others, which every stage makes that needs them.
class Work {
public:
  Work(Block &block, const acc::Machine &machine) {
    Grid grid(llvm::to_vector_of<int64_t>(machine.mesh()));
    for (Operation &op : block.without_terminator()) {
      if (isMadeWhereUsed(&op)) {
        free.insert(&op);
        continue;
      }
      numbers[&op] = ops.size();
      ops.push_back(&op);
      cycles.push_back(estimate(&op, machine, grid));
    }
    // What is used behind a cut, in bytes.
    crossing.assign(ops.size(), 0);
    for (auto [number, op] : llvm::enumerate(ops)) {
      size_t last = number;
      for (Operation *user : op->getUsers()) {
        auto it = numbers.find(block.findAncestorOpInBlock(*user));
        last = it == numbers.end() ? last : std::max(last, it->second);
      }
      double bytes = 0;
      for (Value result : op->getResults()) {
        bytes += bytesOf(result);
      }
      for (size_t cut = number; cut < last; ++cut) {
        crossing[cut] += bytes;
      }
    }
  }

  size_t size() const { return ops.size(); }
  bool isFree(Value value) const {
    Operation *op = value.getDefiningOp();
    return !op || free.contains(op);
  }
  /// The number of the work that makes a value.
  size_t numberOf(Value value) const {
    return numbers.find(value.getDefiningOp())->second;
  }
  std::optional<size_t> numberOf(Operation *op) const {
    auto it = numbers.find(op);
    return it == numbers.end() ? std::nullopt : std::optional(it->second);
  }

  double cyclesOf(size_t first, size_t end) const {
    double sum = 0;
    for (size_t i = first; i < end; ++i) {
      sum += cycles[i];
    }
    return sum;
  }

  /// The ends of the stages: such that the longest one is short, and of these
  /// within kSlack such that least crosses. Nothing if there is no way to cut.
  std::optional<SmallVector<size_t>> cut(size_t stages) const {
    double shortest = kImpossible;
    search(
        stages, kImpossible,
        [](double before, double stage, double) {
          return std::max(before, stage);
        },
        shortest);
    double least = kImpossible;
    return search(
        stages, shortest * kSlack,
        [](double before, double, double bytes) { return before + bytes; },
        least);
  }

private:
  /// As of DivisionPlan: what lies in HBM before the start, and elementwise
  /// work on it.
  bool isMadeWhereUsed(Operation *op) const {
    if (acc::rack::isRematerializable(op)) {
      return true;
    }
    if (isDividedView(op)) {
      return isFree(op->getOperand(0));
    }
    std::optional<LoopForm> form = getLoopForm(op);
    return form && llvm::isa<linalg::LinalgOp>(op) &&
           form->maps.back().isPermutation() &&
           llvm::all_of(usedBy(op), [&](Value value) { return isFree(value); });
  }

  static double bytesOf(Value value) {
    auto type = dyn_cast<RankedTensorType>(value.getType());
    if (!type || !type.hasStaticShape() || !isCarried(type.getElementType())) {
      return kImpossible;
    }
    return double(type.getNumElements()) *
           double(getElementBytes(type.getElementType()));
  }

  double estimate(Operation *op, const acc::Machine &machine,
                  const Grid &grid) const {
    if (std::optional<LoopForm> form = getLoopForm(op)) {
      return estimateWork(machine, *form, LoopCuts(form->ranges.size()),
                          Division(int64_t(form->maps.back().getNumResults())),
                          grid);
    }
    // Moved, or seen in another way.
    double bytes = 0;
    for (Value value : op->getResults()) {
      double size = bytesOf(value);
      bytes += size == kImpossible || isDividedView(op) ? 0 : size;
    }
    const acc::Target &slice = machine.slice;
    return bytes == 0 ? 0
                      : double(estimateTransferCycles(slice, 1, int64_t(bytes),
                                                      slice.hbm.lineBytes));
  }

  using Score =
      llvm::function_ref<double(double before, double stage, double bytes)>;

  /// Least score over the cuts whose stages take at most `most` cycles each:
  /// dynamic programming over stages and their ends.
  std::optional<SmallVector<size_t>> search(size_t stages, double most,
                                            Score score, double &best) const {
    const size_t count = ops.size();
    std::vector<double> sums(count + 1, 0);
    for (size_t i = 0; i < count; ++i) {
      sums[i + 1] = sums[i] + cycles[i];
    }
    std::vector<std::vector<double>> scores(
        stages + 1, std::vector<double>(count + 1, kImpossible));
    std::vector<std::vector<size_t>> begins(stages + 1,
                                            std::vector<size_t>(count + 1, 0));
    scores[0][0] = 0;
    for (size_t stage = 1; stage <= stages; ++stage) {
      for (size_t end = stage; end <= count; ++end) {
        // What crosses the last end is nothing.
        double bytes = end == count ? 0 : crossing[end - 1];
        if (bytes == kImpossible || (end == count && stage != stages)) {
          continue;
        }
        for (size_t begin = end; begin-- > stage - 1;) {
          double length = sums[end] - sums[begin];
          if (length > most) {
            break;
          }
          if (scores[stage - 1][begin] == kImpossible) {
            continue;
          }
          double now = score(scores[stage - 1][begin], length, bytes);
          if (now < scores[stage][end]) {
            scores[stage][end] = now;
            begins[stage][end] = begin;
          }
        }
      }
    }
    best = scores[stages][count];
    if (best == kImpossible) {
      return std::nullopt;
    }
    SmallVector<size_t> ends(stages);
    size_t end = count;
    for (size_t stage = stages; stage > 0; --stage) {
      ends[stage - 1] = end;
      end = begins[stage][end];
    }
    return ends;
  }

  std::vector<Operation *> ops;
  std::vector<double> cycles;
  std::vector<double> crossing; ///< Of a cut behind an operation, in bytes.
  llvm::DenseSet<Operation *> free;
  llvm::DenseMap<Operation *, size_t> numbers;
};

/// Makes the modules of the stages.
class Cutter {
public:
  Cutter(func::FuncOp func, const Work &work, ArrayRef<size_t> ends,
         ChipsKind chips)
      : func(func), block(func.getBody().front()), work(work), ends(ends),
        chips(chips) {
    findCrossing();
    for (size_t stage = 0; stage < ends.size(); ++stage) {
      ops.push_back(findOps(stage));
      for (Operation *op : ops.back()) {
        used.insert_range(usedBy(op));
      }
    }
  }

  void run() {
    for (size_t stage = 0; stage < ends.size(); ++stage) {
      makeStage(stage);
    }
    func.erase();
  }

private:
  size_t stageOf(size_t number) const {
    return llvm::upper_bound(ends, number) - ends.begin();
  }
  /// What has no stage of its own and is returned is of the first.
  size_t stageOf(Value value) const {
    return work.isFree(value) ? 0 : stageOf(work.numberOf(value));
  }

  /// Values that other stages need, by the stage that makes them.
  void findCrossing() {
    sent.resize(ends.size());
    for (Operation &op : block.without_terminator()) {
      std::optional<size_t> number = work.numberOf(&op);
      if (!number) {
        continue;
      }
      for (Value value : usedBy(&op)) {
        if (!work.isFree(value) && stageOf(value) != stageOf(*number)) {
          sent[stageOf(value)].insert(value);
        }
      }
    }
  }

  /// What a stage makes: its own work, and what that is made of.
  llvm::DenseSet<Operation *> findOps(size_t stage) const {
    llvm::DenseSet<Operation *> ops;
    SmallVector<Operation *> pending;
    auto add = [&](Operation *op) {
      if (ops.insert(op).second) {
        pending.push_back(op);
      }
    };
    for (Operation &op : block.without_terminator()) {
      std::optional<size_t> number = work.numberOf(&op);
      if (number && stageOf(*number) == stage) {
        add(&op);
      }
    }
    for (Value value : block.getTerminator()->getOperands()) {
      if (stageOf(value) == stage && value.getDefiningOp()) {
        add(value.getDefiningOp());
      }
    }
    while (!pending.empty()) {
      for (Value value : usedBy(pending.pop_back_val())) {
        if (value.getDefiningOp() && work.isFree(value)) {
          add(value.getDefiningOp());
        }
      }
    }
    return ops;
  }

  void makeStage(size_t stage) {
    auto module = func->getParentOfType<ModuleOp>();
    OpBuilder builder(module.getContext());
    builder.setInsertionPointToEnd(module.getBody());
    auto inner = ModuleOp::create(builder, func.getLoc(),
                                  "stage_" + std::to_string(stage));
    for (NamedAttribute attr : module->getDiscardableAttrs()) {
      inner->setAttr(attr.getName(), attr.getValue());
    }
    inner->setAttr(kStageAttr, builder.getI64IntegerAttr(int64_t(stage)));

    llvm::DenseSet<Value> needed;
    for (Operation *op : ops[stage]) {
      needed.insert_range(usedBy(op));
    }
    Operation *end = block.getTerminator();
    SmallVector<unsigned> results;
    for (OpOperand &operand : end->getOpOperands()) {
      if (stageOf(operand.get()) == stage) {
        results.push_back(operand.getOperandNumber());
        needed.insert(operand.get());
      }
    }
    SmallVector<BlockArgument> arguments;
    SmallVector<Type> inputTypes, outputTypes;
    for (BlockArgument argument : block.getArguments()) {
      // The first has what nobody needs.
      if (needed.contains(argument) ||
          (stage == 0 && !used.contains(argument))) {
        arguments.push_back(argument);
        inputTypes.push_back(argument.getType());
      }
    }
    for (unsigned number : results) {
      outputTypes.push_back(end->getOperand(number).getType());
    }
    builder.setInsertionPointToStart(inner.getBody());
    auto made =
        func::FuncOp::create(builder, func.getLoc(), func.getName(),
                             builder.getFunctionType(inputTypes, outputTypes));
    for (NamedAttribute attr : func->getDiscardableAttrs()) {
      made->setAttr(attr.getName(), attr.getValue());
    }
    Block *body = made.addEntryBlock();
    builder.setInsertionPointToStart(body);
    auto withNumber = [&](DictionaryAttr attrs, unsigned number) {
      NamedAttrList list(attrs);
      list.set(kOfGraphAttr, builder.getI64IntegerAttr(number));
      return list.getDictionary(builder.getContext());
    };
    IRMapping mapping;
    for (auto [i, argument] : llvm::enumerate(arguments)) {
      mapping.map(argument, body->getArgument(i));
      body->getArgument(i).setLoc(argument.getLoc());
      made.setArgAttrs(i,
                       withNumber(func.getArgAttrDict(argument.getArgNumber()),
                                  argument.getArgNumber()));
    }
    for (size_t from = 0; from < stage; ++from) {
      receive(builder, from, mapping);
    }
    for (Operation &op : block.without_terminator()) {
      if (ops[stage].contains(&op)) {
        builder.clone(op, mapping);
      }
    }
    for (Value value : sent[stage]) {
      acc::rack::SendOp::create(builder, value.getLoc(), mapping.lookup(value),
                                stage, ends.size(), chips);
    }
    for (size_t from = stage + 1; from < ends.size(); ++from) {
      receive(builder, from, mapping);
    }
    SmallVector<Value> values;
    for (auto [i, number] : llvm::enumerate(results)) {
      values.push_back(mapping.lookup(end->getOperand(number)));
      made.setResultAttrs(i,
                          withNumber(func.getResultAttrDict(number), number));
    }
    func::ReturnOp::create(builder, end->getLoc(), values);
  }

  /// All stages meet for what one gives, also those that have no use for it.
  void receive(OpBuilder &builder, size_t from, IRMapping &mapping) const {
    for (Value value : sent[from]) {
      auto op =
          acc::rack::ReceiveOp::create(builder, value.getLoc(), value.getType(),
                                       from, ends.size(), chips, Value());
      mapping.map(value, op.getResult());
    }
  }

  func::FuncOp func;
  Block &block;
  const Work &work;
  ArrayRef<size_t> ends;
  ChipsKind chips;
  /// By stage: what it gives, and what it makes.
  std::vector<llvm::SetVector<Value>> sent;
  std::vector<llvm::DenseSet<Operation *>> ops;
  llvm::DenseSet<Value> used; ///< By any of these.
};

struct CutStagesPass final : xpu::impl::CutStagesPassBase<CutStagesPass> {
  using Base::Base;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    FailureOr<acc::Machine> machine = loadMachineFor(module, target.getValue());
    if (failed(machine)) {
      return signalPassFailure();
    }
    auto fail = [&](Operation *op, const llvm::Twine &why) {
      op->emitError() << why;
      signalPassFailure();
    };
    llvm::Expected<Parallelism> parallelism = parseParallelism(parallel);
    if (!parallelism) {
      return fail(module,
                  "parallel: " + llvm::toString(parallelism.takeError()));
    }
    auto placed = placeParallelism(*parallelism, *machine);
    if (!placed) {
      return fail(module, "parallel: " + llvm::toString(placed.takeError()));
    }
    const Axes axes = axesOf(*placed, ChipParallel::Pipeline);
    auto func = module.lookupSymbol<func::FuncOp>("main");
    if (axes.empty() || module->hasAttr(kStageAxesAttr)) {
      return;
    }
    if (!func || func.isExternal() || !llvm::hasSingleElement(func.getBody())) {
      return fail(module, "expects a function 'main' of one block");
    }
    for (unsigned i = 0; i < func.getNumArguments(); ++i) {
      if (func.getArgAttr(i, kFedByAttr)) {
        return fail(func, "unsupported: results that are inputs of the next "
                          "run (--feed) in a pipeline of chips");
      }
    }
    Block &block = func.getBody().front();
    for (Operation &op : block) {
      if (llvm::isa<HostCallOp>(op)) {
        return fail(&op, "unsupported: work of the host in a pipeline of "
                         "chips");
      }
    }
    const Grid grid(llvm::to_vector_of<int64_t>(machine->mesh()));
    const auto stages = size_t(grid.count(axes));
    const Work work(block, *machine);
    if (work.size() < stages) {
      return fail(func, "expects no more stages than there are operations to "
                        "divide, but got " +
                            llvm::Twine(stages) + " stages of " +
                            llvm::Twine(work.size()) + " operations");
    }
    std::optional<SmallVector<size_t>> ends = work.cut(stages);
    if (!ends) {
      return fail(func, "unsupported: values that are no tensors of numbers, "
                        "or have no size, between the stages of a pipeline");
    }
    module->setAttr(kStageAxesAttr,
                    OpBuilder(module).getDenseI16ArrayAttr(axes));
    report(func, work, *ends);
    // Chips of a stage are alike; those of different stages differ along axes.
    ChipsKind chips = axes == grid.usedOf(grid.usedAxes(), true)
                          ? ChipsKind::Rack
                      : axes[0] == 1 ? ChipsKind::Tray
                                     : ChipsKind::Peers;
    Cutter(func, work, *ends, chips).run();
  }

  static void report(func::FuncOp func, const Work &work,
                     ArrayRef<size_t> ends) {
    size_t begin = 0;
    for (size_t end : ends) {
      remark::passed(func.getLoc(), remark::RemarkOpts::name("stage").category(
                                        "xpu-partition"))
          << "operations " << std::to_string(begin) << " to "
          << std::to_string(end - 1)
          << remark::metric("cycles", int64_t(work.cyclesOf(begin, end)));
      begin = end;
    }
  }
};
} // namespace
