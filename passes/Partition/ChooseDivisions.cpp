//===- ChooseDivisions.cpp - What each slice has of every tensor ----------===//

#include "passes/Partition/Passes.h"

#include "dialects/Rack/IR/Rack.h"
#include "dialects/XPU/IR/XPU.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/Remarks.h"
#include "mlir/Transforms/RegionUtils.h"
#include "passes/Analysis/LoadTarget.h"
#include "passes/Partition/DivisionPlan.h"
#include "passes/Partition/Stages.h"
#include "passes/Rack/Passes.h"
#include "systemc-models/Fabric/Topology.h"

#include <deque>
#include <map>

using namespace mlir;

namespace xpu {
#define GEN_PASS_DEF_CHOOSEDIVISIONSPASS
#include "passes/Partition/Passes.h.inc"
} // namespace xpu

using namespace xpu;

namespace {
/// Writes down what a plan chooses.
class Chooser {
public:
  Chooser(func::FuncOp func, const acc::Machine &machine, const Grid &grid,
          const Parallelism &parallel, Received received = Received())
      : func(func), grid(grid), builder(func.getContext()),
        plan(func, machine, grid, parallel, std::move(received)) {}

  void run() {
    for (unsigned i = 0; i < func.getNumArguments(); ++i) {
      if (auto number = func.getArgAttrOfType<IntegerAttr>(i, kFedByAttr)) {
        fedResults.insert(number.getInt());
      }
    }
    SmallVector<Operation *> ops;
    for (Operation &op : func.getBody().front().without_terminator()) {
      ops.push_back(&op);
    }
    for (Operation *op : ops) {
      divide(op, plan.choiceOf(op));
    }
    visitReturn(func.getBody().front().getTerminator());
    for (Operation *op : llvm::reverse(ops)) {
      if (plan.isLazy(op) && op->use_empty()) {
        op->erase();
      }
    }
  }

  /// How a value lies whose operation has been visited.
  Division divisionOf(Value value) const {
    auto it = made.find(value);
    return it == made.end() ? Division(plan.rankOf(value)) : it->second;
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

private:
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
    if (!plan.isTensor(value)) {
      return value;
    }
    if (!plan.isFree(value) ? divisionOf(value) == wanted
                            : plan.isGiven(value) && wanted.isWhole()) {
      return value;
    }
    Value &result = wantedBefore[{
        value.getAsOpaquePointer(),
        toKey(builder.getContext(), wanted).getAsOpaquePointer()}];
    Operation *op = value.getDefiningOp();
    if (!result && op && plan.isLazy(op)) {
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
      LoopCuts loops = plan.loopsOf(form, wanted);
      for (auto [i, operand] : llvm::enumerate(operands)) {
        operand = want(operand, operandDivision(form, i, loops));
      }
    }
    Operation *copy = builder.clone(*op);
    copy->setOperands(operands);
    return annotate(copy->getResult(0), wanted);
  }

  /// What an operation's region uses is whole.
  void wantCaptured(Operation *op) {
    llvm::SetVector<Value> captured;
    getUsedValuesDefinedAbove(op->getRegions(), captured);
    for (Value value : captured) {
      if (!plan.isTensor(value)) {
        continue;
      }
      Value whole = want(value, Division(plan.rankOf(value)));
      for (Region &region : op->getRegions()) {
        replaceAllUsesInRegionWith(value, whole, region);
      }
    }
  }

  void report(const LoopForm &form, const DivisionChoice &choice) const {
    std::string text;
    llvm::raw_string_ostream os(text);
    for (auto [loop, cut] : llvm::enumerate(choice.loops)) {
      if (!cut.isWhole()) {
        os << (text.empty() ? "" : ", ") << "loop " << loop << " of "
           << form.ranges[loop] << " over " << grid.describe(cut.axes);
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
          << text << remark::metric("cycles", int64_t(choice.cycles));
    }
  }

  void divide(Operation *op, const DivisionChoice &choice) {
    if (op->getNumResults() > 0 && plan.isTensor(op->getResult(0))) {
      made[op->getResult(0)] = choice.result;
    }
    if (choice.kind == DivisionChoice::Kind::Skip ||
        choice.kind == DivisionChoice::Kind::Lazy) {
      return;
    }
    if (std::optional<LoopForm> form = getLoopForm(op)) {
      report(*form, choice);
    }
    builder.setInsertionPoint(op);
    for (auto [i, division] : llvm::enumerate(choice.operands)) {
      op->setOperand(i, want(op->getOperand(i), division));
    }
    wantCaptured(op);
    if (plan.isTensor(op->getResult(0))) {
      annotate(op->getResult(0), choice.result);
    }
  }

  void visitReturn(Operation *end) {
    builder.setInsertionPoint(end);
    for (OpOperand &operand : end->getOpOperands()) {
      Value value = operand.get();
      Division best(plan.rankOf(value));
      if (!fedResults.contains(operand.getOperandNumber()) &&
          !plan.isGiven(value)) {
        best =
            plan.isFree(value) ? plan.chooseDivision(value) : divisionOf(value);
      }
      operand.set(want(value, best));
    }
  }

  func::FuncOp func;
  const Grid &grid;
  OpBuilder builder;
  DivisionPlan plan;
  llvm::DenseMap<Value, Division> made; ///< Divisions that values have.
  llvm::DenseSet<int64_t> fedResults;   ///< What the next run takes is whole.
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
    llvm::Expected<Parallelism> how = parseParallelism(parallel);
    if (!how) {
      module.emitError() << "parallel: " << llvm::toString(how.takeError());
      return signalPassFailure();
    }
    if (llvm::Error error = placeParallelism(*how, *machine).takeError()) {
      module.emitError() << "parallel: " << llvm::toString(std::move(error));
      return signalPassFailure();
    }
    if (machine->slices() == 1) {
      return;
    }
    if (machine->chips() > 1) {
      if (llvm::Error error = acc::fabric::checkFabric(*machine)) {
        module.emitError() << llvm::toString(std::move(error));
        return signalPassFailure();
      }
    }
    if (SmallVector<ModuleOp> stages = findStages(module); !stages.empty()) {
      return divideStages(stages, *machine, *how);
    }
    auto func = findMain(module);
    if (!func) {
      return signalPassFailure();
    }
    if (module.lookupSymbol<shard::GridOp>(kGridName)) {
      return; // What is divided already stays so.
    }
    Grid grid = createGrid(module, *machine, {});
    Chooser(func, *machine, grid, *how).run();
  }

private:
  static func::FuncOp findMain(ModuleOp module) {
    auto func = module.lookupSymbol<func::FuncOp>("main");
    if (!func || func.isExternal() || !llvm::hasSingleElement(func.getBody())) {
      module.emitError("expects a function 'main' of one block");
      return nullptr;
    }
    return func;
  }

  static Grid createGrid(ModuleOp module, const acc::Machine &machine,
                         ArrayRef<int16_t> stages) {
    SmallVector<int64_t> shape(llvm::to_vector_of<int64_t>(machine.mesh()));
    OpBuilder builder = OpBuilder::atBlockBegin(module.getBody());
    shard::GridOp::create(builder, module.getLoc(), kGridName, shape);
    return Grid(shape, stages);
  }

  /// In their order, since a stage gets values as they lie where they are made.
  /// Those that come from later stages are of no use to it.
  void divideStages(ArrayRef<ModuleOp> stages, const acc::Machine &machine,
                    const Parallelism &how) {
    struct Stage {
      Grid grid;
      Received received;
      std::optional<Chooser> chooser;
      std::vector<SmallVector<acc::rack::ReceiveOp>> receives; ///< By stage.
    };
    std::deque<Stage> made;
    std::vector<SmallVector<Division>> sent;
    for (ModuleOp module : stages) {
      auto func = findMain(module);
      if (!func || module.lookupSymbol<shard::GridOp>(kGridName)) {
        return func ? void() : signalPassFailure();
      }
      Stage &stage = made.emplace_back();
      auto axes = module->getAttrOfType<DenseI16ArrayAttr>(kStageAxesAttr);
      stage.grid = createGrid(module, machine,
                              axes ? axes.asArrayRef() : ArrayRef<int16_t>());
      stage.receives.resize(stages.size());
      for (auto op : func.getOps<acc::rack::ReceiveOp>()) {
        const size_t from = op.getStage();
        if (from >= stages.size()) {
          op.emitError("expects a stage of the module");
          return signalPassFailure();
        }
        const size_t number = stage.receives[from].size();
        stage.receives[from].push_back(op);
        if (from < sent.size()) {
          if (number >= sent[from].size()) {
            op.emitError("expects as many values as the stage gives");
            return signalPassFailure();
          }
          stage.received.insert({op, sent[from][number]});
        }
      }
      stage.chooser.emplace(func, machine, stage.grid, how, stage.received);
      stage.chooser->run();
      SmallVector<Division> &divisions = sent.emplace_back();
      for (auto op : func.getOps<acc::rack::SendOp>()) {
        divisions.push_back(stage.chooser->divisionOf(op.getValue()));
      }
    }
    for (auto [number, stage] : llvm::enumerate(made)) {
      for (size_t from = number + 1; from < stages.size(); ++from) {
        if (stage.receives[from].size() != sent[from].size()) {
          ModuleOp module = stages[number];
          module.emitError("expects as many values as the stages give");
          return signalPassFailure();
        }
        for (auto [op, division] :
             llvm::zip_equal(stage.receives[from], sent[from])) {
          stage.chooser->annotate(op.getResult(), division);
        }
      }
    }
  }
};
} // namespace
