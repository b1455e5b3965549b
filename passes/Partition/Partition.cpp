//===- Partition.cpp - The program of one slice, which all run ------------===//

#include "passes/Partition/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/IRMapping.h"
#include "passes/Partition/DivisionCost.h"
#include "passes/Partition/LoopForm.h"
#include "passes/Rack/Passes.h"

using namespace mlir;

namespace xpu {
#define GEN_PASS_DEF_PARTITIONPASS
#include "passes/Partition/Passes.h.inc"
} // namespace xpu

using namespace xpu;

namespace {
/// What every slice has of a tensor.
struct Part {
  Value value;
  Division division;
};

class Partitioner {
public:
  Partitioner(func::FuncOp func, const Grid &grid)
      : func(func), grid(grid), builder(func.getContext()) {}

  LogicalResult run() {
    Block &old = func.getBody().front();
    findDividedConstants(old);
    body = new Block;
    func.getBody().push_back(body);
    builder.setInsertionPointToStart(body);
    for (BlockArgument argument : old.getArguments()) {
      places.push_back(
          {body->addArgument(argument.getType(), argument.getLoc()),
           Division(rankOf(argument))});
      attributes.push_back(func.getArgAttrDict(argument.getArgNumber()));
      isPlaced.push_back(false);
    }
    for (Operation &op : old.without_terminator()) {
      if (failed(visit(&op))) {
        return failure();
      }
    }
    if (failed(visitReturn(old.getTerminator()))) {
      return failure();
    }
    // Backwards, so that no value is used when it goes.
    for (Operation &op : llvm::make_early_inc_range(llvm::reverse(old))) {
      op.dropAllUses();
      op.erase();
    }
    old.erase();
    setSignature();
    return success();
  }

private:
  static int64_t rankOf(Value value) {
    return cast<RankedTensorType>(value.getType()).getRank();
  }
  static bool isTensor(Value value) {
    return llvm::isa<RankedTensorType>(value.getType());
  }

  //===--- Values that lie in HBM -----------------------------------------===//

  /// A constant of which slices have parts somewhere is an argument everywhere:
  /// nobody frees its data before the object has it.
  void findDividedConstants(Block &old) {
    for (auto op : old.getOps<shard::ShardOp>()) {
      auto constant = op.getSrc().getDefiningOp<arith::ConstantOp>();
      if (constant && !llvm::isa<SplatElementsAttr>(constant.getValue())) {
        dividedConstants.insert(constant.getValue());
      }
    }
  }

  /// The attributes of an argument that is divided.
  DictionaryAttr withSplit(DictionaryAttr attrs, const Division &division) {
    NamedAttrList list(attrs);
    if (!division.isWhole()) {
      list.set(kSplitAttr, toAttribute(builder.getContext(), division));
    }
    return list.getDictionary(builder.getContext());
  }

  Value addPlace(Type whole, const Division &division, Location loc,
                 NamedAttribute origin) {
    attributes.push_back(
        withSplit(builder.getDictionaryAttr(origin), division));
    return body->addArgument(grid.partType(whole, division), loc);
  }

  /// An input where it is divided so: its own argument the first time.
  Value getInput(BlockArgument argument, const Division &division) {
    unsigned number = argument.getArgNumber();
    if (!isPlaced[number]) {
      isPlaced[number] = true;
      places[number].division = division;
      places[number].value.setType(grid.partType(argument.getType(), division));
      attributes[number] = withSplit(attributes[number], division);
    }
    if (places[number].division == division) {
      return places[number].value;
    }
    return addPlace(
        argument.getType(), division, argument.getLoc(),
        builder.getNamedAttr(kCopyOfAttr, builder.getI64IntegerAttr(number)));
  }

  /// A value in HBM, or one that is made on the spot.
  Value getGiven(Value value, const Division &division) {
    if (auto argument = dyn_cast<BlockArgument>(value)) {
      return getInput(argument, division);
    }
    Operation *op = value.getDefiningOp();
    Location loc = value.getLoc();
    auto constant = dyn_cast<arith::ConstantOp>(op);
    if (constant && !dividedConstants.contains(constant.getValue()) &&
        division.isWhole()) {
      return builder.clone(*op)->getResult(0);
    }
    RankedTensorType type = grid.partType(value.getType(), division);
    if (llvm::isa<tensor::EmptyOp>(op)) {
      return tensor::EmptyOp::create(builder, loc, type.getShape(),
                                     type.getElementType());
    }
    if (auto fill = dyn_cast<linalg::FillOp>(op)) {
      Value number =
          builder.clone(*fill.getInputs()[0].getDefiningOp())->getResult(0);
      Value empty = tensor::EmptyOp::create(builder, loc, type.getShape(),
                                            type.getElementType());
      return linalg::FillOp::create(builder, loc, number, empty).getResult(0);
    }
    if (auto dense = dyn_cast<SplatElementsAttr>(constant.getValue())) {
      return arith::ConstantOp::create(builder, loc, dense.resizeSplat(type));
    }
    return addPlace(value.getType(), division, loc,
                    builder.getNamedAttr(kValueAttr, constant.getValue()));
  }

  static bool isGiven(Value value) {
    Operation *op = value.getDefiningOp();
    return !op || acc::rack::isRematerializable(op);
  }

  Value findGiven(Value value, const Division &division) {
    Value &found = given[{
        value.getAsOpaquePointer(),
        toAttribute(builder.getContext(), division).getAsOpaquePointer()}];
    if (!found) {
      found = getGiven(value, division);
    }
    return found;
  }

  //===--- Operands -------------------------------------------------------===//

  /// What a slice has of a value that is not asked for in a division.
  Part partOf(Value value) {
    auto it = parts.find(value);
    if (it != parts.end()) {
      return it->second;
    }
    Division whole(rankOf(value));
    return {findGiven(value, whole), whole};
  }

  FailureOr<Value> reshard(Operation *op, Value value, const Division &to) {
    if (isGiven(value) && !parts.contains(value)) {
      return findGiven(value, to);
    }
    Part part = partOf(value);
    // Dimensions from the last one on: parts of rows are then longest.
    for (size_t dim = to.dims.size(); dim > 0; --dim) {
      Axes &now = part.division.dims[dim - 1];
      if (now == to.dims[dim - 1]) {
        continue;
      }
      std::optional<Axes> axes = gatheredAxes(now, to.dims[dim - 1]);
      if (!axes) {
        op->emitError() << "unsupported: a value that all slices have, or have "
                           "other parts of, to be divided in dimension "
                        << dim - 1;
        return failure();
      }
      if (!isCarried(getElementTypeOrSelf(value.getType()))) {
        op->emitError() << "unsupported: elements of type "
                        << getElementTypeOrSelf(value.getType())
                        << " on the network between slices";
        return failure();
      }
      now = to.dims[dim - 1];
      part.value = shard::AllGatherOp::create(
          builder, value.getLoc(),
          grid.partType(value.getType(), part.division), kGridName, *axes,
          part.value, APInt(64, dim - 1));
    }
    return part.value;
  }

  FailureOr<Value> wholeOf(Operation *op, Value value) {
    return reshard(op, value, Division(rankOf(value)));
  }

  LogicalResult visitShard(shard::ShardOp op) {
    auto sharding = op.getSharding().getDefiningOp<shard::ShardingOp>();
    std::optional<Division> division =
        sharding ? fromAttribute(sharding.getSplitAxes().getAxes(),
                                 rankOf(op.getSrc()))
                 : std::nullopt;
    auto type = cast<RankedTensorType>(op.getSrc().getType());
    if (!division || !sharding.getStaticHaloSizes().empty() ||
        !sharding.getStaticShardedDimsOffsets().empty() ||
        sharding.getGrid() != kGridName) {
      return op.emitError() << "expects axes 0 and 1 of the grid '" << kGridName
                            << "', each once and in order, and equal parts";
    }
    if (!grid.partShape(type.getShape(), *division)) {
      return op.emitError("expects dimensions that can be divided into equal "
                          "parts");
    }
    if (!op.getAnnotateForUsers() && !isGiven(op.getSrc())) {
      Part part = partOf(op.getSrc());
      if (part.division != *division) {
        return op.emitError("expects the division that the operands give the "
                            "result");
      }
      parts[op.getResult()] = part;
      return success();
    }
    FailureOr<Value> value = reshard(op, op.getSrc(), *division);
    if (failed(value)) {
      return failure();
    }
    parts[op.getResult()] = {*value, *division};
    return success();
  }

  //===--- Operations -----------------------------------------------------===//

  /// A copy that reads these values; regions see whole tensors.
  FailureOr<Operation *> clone(Operation *op, ArrayRef<Value> operands) {
    IRMapping mapping;
    WalkResult result = op->walk([&](Operation *inner) {
      for (Value value : inner->getOperands()) {
        if (inner == op || value.getParentBlock() != op->getBlock()) {
          continue;
        }
        if (!isTensor(value)) {
          mapping.map(value, scalars.lookupOrDefault(value));
          continue;
        }
        FailureOr<Value> whole = wholeOf(op, value);
        if (failed(whole)) {
          return WalkResult::interrupt();
        }
        mapping.map(value, *whole);
      }
      return WalkResult::advance();
    });
    if (result.wasInterrupted()) {
      return failure();
    }
    Operation *copy = builder.clone(*op, mapping);
    copy->setOperands(operands);
    return copy;
  }

  /// The axes that operands give the loops of an operation.
  FailureOr<LoopAxes> findLoops(const LoopForm &form) {
    LoopAxes loops(form.ranges.size());
    for (auto [i, operand] : llvm::enumerate(form.op->getOperands())) {
      if (!isTensor(operand) ||
          (isGiven(operand) && !parts.contains(operand))) {
        continue;
      }
      Division division = partOf(operand).division;
      for (auto [expr, axes] :
           llvm::zip(form.maps[i].getResults(), division.dims)) {
        auto dim = dyn_cast<AffineDimExpr>(expr);
        if (!axes.empty() && dim) {
          loops[dim.getPosition()] = axes;
        }
      }
    }
    if (!isPossible(form, loops, grid)) {
      return form.op->emitError(
          "expects operands divided along loops that can be");
    }
    return loops;
  }

  static shard::ReductionKindAttr kindOf(const LoopForm &form) {
    return shard::ReductionKindAttr::get(form.op->getContext(),
                                         *form.reduction);
  }

  LogicalResult visitLoops(const LoopForm &form) {
    Operation *op = form.op;
    FailureOr<LoopAxes> loops = findLoops(form);
    if (failed(loops)) {
      return failure();
    }
    SmallVector<Value> operands;
    for (auto [i, operand] : llvm::enumerate(op->getOperands())) {
      if (!isTensor(operand)) {
        operands.push_back(scalars.lookupOrDefault(operand));
        continue;
      }
      Division wanted = operandDivision(form, i, *loops);
      bool isSettled = parts.contains(operand) || !isGiven(operand);
      if (isSettled && partOf(operand).division != wanted) {
        return op->emitError()
               << "expects operand " << i << " to be divided as the others are";
      }
      FailureOr<Value> value = reshard(op, operand, wanted);
      if (failed(value)) {
        return failure();
      }
      operands.push_back(*value);
    }
    FailureOr<Operation *> copy = clone(op, operands);
    if (failed(copy)) {
      return failure();
    }
    Division division = operandDivision(form, form.maps.size() - 1, *loops);
    Value result = (*copy)->getResult(0);
    result.setType(grid.partType(op->getResult(0).getType(), division));
    if (Axes axes = reducedAxes(form, *loops); !axes.empty()) {
      result = shard::AllReduceOp::create(
          builder, op->getLoc(), result.getType(),
          FlatSymbolRefAttr::get(builder.getContext(), kGridName),
          builder.getDenseI16ArrayAttr(axes), result, kindOf(form));
    }
    parts[op->getResult(0)] = {result, division};
    return success();
  }

  LogicalResult visitView(Operation *op) {
    Part source = partOf(op->getOperand(0));
    Division result = viewDivision(op, source.division, grid);
    if (sourceDivision(op, result, grid) != source.division) {
      return op->emitError("expects a division that the view keeps");
    }
    parts[op->getResult(0)] = {
        clonePartView(builder, op, source.value, result, grid), result};
    return success();
  }

  LogicalResult visitInsertion(tensor::InsertSliceOp op) {
    Part dest = partOf(op.getDest());
    Part source = partOf(op.getSource());
    if (insertedDivision(op, dest.division) != source.division) {
      return op.emitError("expects both divided alike, in dimensions that are "
                          "inserted as a whole");
    }
    parts[op.getResult()] = {
        clonePartInsertion(builder, op, source.value, dest.value),
        dest.division};
    return success();
  }

  LogicalResult visit(Operation *op) {
    if (llvm::isa<shard::ShardingOp>(op)) {
      return success();
    }
    if (auto shardOp = dyn_cast<shard::ShardOp>(op)) {
      return visitShard(shardOp);
    }
    if (acc::rack::isRematerializable(op)) {
      if (!isTensor(op->getResult(0))) {
        scalars.map(op->getResult(0), builder.clone(*op)->getResult(0));
      }
      return success();
    }
    if (isDividedView(op)) {
      return visitView(op);
    }
    if (std::optional<LoopForm> form = getLoopForm(op)) {
      return visitLoops(*form);
    }
    auto insert = dyn_cast<tensor::InsertSliceOp>(op);
    if (insert && insert.getType().hasStaticShape() &&
        insert.getSourceType().hasStaticShape()) {
      return visitInsertion(insert);
    }
    SmallVector<Value> operands;
    for (Value operand : op->getOperands()) {
      if (!isTensor(operand)) {
        operands.push_back(scalars.lookupOrDefault(operand));
        continue;
      }
      FailureOr<Value> whole = wholeOf(op, operand);
      if (failed(whole)) {
        return failure();
      }
      operands.push_back(*whole);
    }
    FailureOr<Operation *> copy = clone(op, operands);
    if (failed(copy)) {
      return failure();
    }
    for (auto [result, made] :
         llvm::zip(op->getResults(), (*copy)->getResults())) {
      if (isTensor(result)) {
        parts[result] = {made, Division(rankOf(result))};
      } else {
        scalars.map(result, made);
      }
    }
    return success();
  }

  LogicalResult visitReturn(Operation *end) {
    SmallVector<Value> values;
    for (Value value : end->getOperands()) {
      Part part = partOf(value);
      values.push_back(part.value);
      results.push_back(part.division);
    }
    func::ReturnOp::create(builder, end->getLoc(), values);
    return success();
  }

  void setSignature() {
    Operation *end = body->getTerminator();
    func.setType(builder.getFunctionType(body->getArgumentTypes(),
                                         end->getOperandTypes()));
    func.setAllArgAttrs(attributes);
    for (auto [i, division] : llvm::enumerate(results)) {
      func.setResultAttrs(i, withSplit(func.getResultAttrDict(i), division));
    }
  }

  func::FuncOp func;
  const Grid &grid;
  OpBuilder builder;
  Block *body = nullptr;
  /// Inputs, where they are; the argument is that of the first use.
  std::vector<Part> places;
  std::vector<bool> isPlaced;
  SmallVector<DictionaryAttr> attributes; ///< Of all arguments.
  std::map<std::pair<const void *, const void *>, Value> given;
  llvm::DenseMap<Value, Part> parts;
  IRMapping scalars;
  llvm::DenseSet<Attribute> dividedConstants;
  SmallVector<Division> results;
};

struct PartitionPass final : xpu::impl::PartitionPassBase<PartitionPass> {
  using Base::Base;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto gridOp = module.lookupSymbol<shard::GridOp>(kGridName);
    auto func = module.lookupSymbol<func::FuncOp>("main");
    if (!gridOp || !func || func.isExternal()) {
      return;
    }
    if (gridOp.getShape().size() != 2 ||
        llvm::any_of(gridOp.getShape(), [](int64_t n) { return n < 1; })) {
      gridOp.emitError("expects rows and columns of slices");
      return signalPassFailure();
    }
    if (!llvm::hasSingleElement(func.getBody())) {
      func.emitError("expects a function of one block");
      return signalPassFailure();
    }
    if (llvm::any_of(func.getArgumentTypes(), [](Type type) {
          auto tensor = dyn_cast<RankedTensorType>(type);
          return !tensor || !tensor.hasStaticShape();
        })) {
      func.emitError("expects tensors of static shape as arguments");
      return signalPassFailure();
    }
    if (failed(Partitioner(func, Grid(gridOp.getShape())).run())) {
      signalPassFailure();
    }
  }
};
} // namespace
