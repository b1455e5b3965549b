//===- Partition.cpp - The program of one slice, which all run ------------===//

#include "passes/Partition/Passes.h"

#include "dialects/Rack/IR/Rack.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/IRMapping.h"
#include "passes/Partition/DivisionCost.h"
#include "passes/Partition/LoopForm.h"
#include "passes/Partition/MaskTails.h"
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

  /// The attributes of an argument or a result that is divided.
  DictionaryAttr withSplit(DictionaryAttr attrs, Type whole,
                           const Division &division) {
    NamedAttrList list(attrs);
    if (!division.isWhole()) {
      list.set(kSplitAttr, toAttribute(builder.getContext(), division));
    }
    auto shape = cast<RankedTensorType>(whole).getShape();
    for (auto [size, cut] : llvm::zip_equal(shape, division.dims)) {
      if (grid.isPadded(size, cut)) {
        list.set(kWholeAttr, builder.getDenseI64ArrayAttr(shape));
      }
    }
    return list.getDictionary(builder.getContext());
  }

  Value addPlace(Type whole, const Division &division, Location loc,
                 NamedAttribute origin) {
    attributes.push_back(
        withSplit(builder.getDictionaryAttr(origin), whole, division));
    return body->addArgument(grid.partType(whole, division), loc);
  }

  /// An input where it is divided so: its own argument the first time.
  Value getInput(BlockArgument argument, const Division &division) {
    unsigned number = argument.getArgNumber();
    if (!isPlaced[number]) {
      isPlaced[number] = true;
      places[number].division = division;
      places[number].value.setType(grid.partType(argument.getType(), division));
      attributes[number] =
          withSplit(attributes[number], argument.getType(), division);
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
    Value &found =
        given[{value.getAsOpaquePointer(),
               toKey(builder.getContext(), division).getAsOpaquePointer()}];
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

  /// Parts of members next to each other.
  Value gather(Value whole, Value part, unsigned dim, const Axes &axes) {
    auto type = cast<RankedTensorType>(part.getType());
    SmallVector<int64_t> shape(type.getShape());
    shape[dim] *= grid.count(axes);
    return shard::AllGatherOp::create(builder, whole.getLoc(),
                                      type.clone(shape), kGridName, axes, part,
                                      APInt(64, dim));
  }

  /// Without what the last parts have beyond the whole.
  Value trim(Value whole, Value gathered, unsigned dim) {
    auto type = cast<RankedTensorType>(gathered.getType());
    SmallVector<int64_t> shape(type.getShape());
    shape[dim] = cast<RankedTensorType>(whole.getType()).getDimSize(dim);
    if (type.getShape() == ArrayRef(shape)) {
      return gathered;
    }
    SmallVector<OpFoldResult> offsets(type.getRank(), builder.getIndexAttr(0));
    SmallVector<OpFoldResult> strides(type.getRank(), builder.getIndexAttr(1));
    return tensor::ExtractSliceOp::create(
        builder, whole.getLoc(), type.clone(shape), gathered, offsets,
        getAsIndexOpFoldResult(builder.getContext(), shape), strides);
  }

  FailureOr<Value> reshard(Operation *op, Value value, const Division &to) {
    if (isGiven(value) && !parts.contains(value)) {
      return findGiven(value, to);
    }
    Part part = partOf(value);
    // Dimensions from the last one on: parts of rows are then longest.
    for (size_t dim = to.dims.size(); dim > 0; --dim) {
      Cut &now = part.division.dims[dim - 1];
      if (now == to.dims[dim - 1]) {
        continue;
      }
      std::optional<Axes> axes = gatheredAxes(now, to.dims[dim - 1], grid);
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
      part.value = gather(value, part.value, dim - 1, *axes);
      now = to.dims[dim - 1];
      if (now.isWhole()) {
        part.value = trim(value, part.value, dim - 1);
      }
    }
    return part.value;
  }

  FailureOr<Value> wholeOf(Operation *op, Value value) {
    return reshard(op, value, Division(rankOf(value)));
  }

  /// What is said of a result.
  std::optional<Division> annotationOf(Value value) {
    for (Operation *user : value.getUsers()) {
      auto op = dyn_cast<shard::ShardOp>(user);
      auto sharding = op && !op.getAnnotateForUsers()
                          ? op.getSharding().getDefiningOp<shard::ShardingOp>()
                          : shard::ShardingOp();
      if (sharding) {
        return readSharding(
            sharding, cast<RankedTensorType>(value.getType()).getShape(), grid);
      }
    }
    return std::nullopt;
  }

  LogicalResult visitShard(shard::ShardOp op) {
    auto sharding = op.getSharding().getDefiningOp<shard::ShardingOp>();
    auto type = cast<RankedTensorType>(op.getSrc().getType());
    std::optional<Division> division =
        sharding ? readSharding(sharding, type.getShape(), grid) : std::nullopt;
    if (!division || !sharding.getStaticHaloSizes().empty() ||
        sharding.getGrid() != kGridName) {
      return op.emitError()
             << "expects axes 0 to " << grid.getShape().size() - 1
             << " of the grid '" << kGridName
             << "', each once and in order, and equal parts or "
                "offsets of parts of which only the last are "
                "smaller";
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
  FailureOr<LoopCuts> findLoops(const LoopForm &form) {
    LoopCuts loops(form.ranges.size());
    for (auto [i, operand] : llvm::enumerate(form.op->getOperands())) {
      if (!isTensor(operand) ||
          (isGiven(operand) && !parts.contains(operand))) {
        continue;
      }
      Division division = partOf(operand).division;
      for (auto [expr, cut] :
           llvm::zip(form.maps[i].getResults(), division.dims)) {
        auto dim = dyn_cast<AffineDimExpr>(expr);
        if (!cut.isWhole() && dim) {
          loops[dim.getPosition()] = cut;
        }
      }
    }
    if (!isPossible(form, loops, grid)) {
      return form.op->emitError(
          "expects operands divided along loops that can be");
    }
    return loops;
  }

  /// Leaves what is beyond loops that are summed up out of the sums.
  Operation *mask(const LoopForm &form, const LoopCuts &loops,
                  Operation *copy) {
    SmallVector<LoopMask> masks;
    for (auto [loop, cut] : llvm::enumerate(loops)) {
      if (form.isReduced(loop) && grid.isPadded(form.ranges[loop], cut)) {
        masks.push_back({unsigned(loop), getMask(form.ranges[loop], cut)});
      }
    }
    if (masks.empty()) {
      return copy;
    }
    return maskTails(builder, cast<linalg::LinalgOp>(copy), masks);
  }

  /// Whether elements of a dimension are inside: the host writes zeros beyond.
  Value getMask(int64_t size, const Cut &cut) {
    Division division(1);
    division.dims[0] = cut;
    auto type = RankedTensorType::get({size}, builder.getI1Type());
    Value &mask = given[{
        nullptr, builder
                     .getArrayAttr({toKey(builder.getContext(), division),
                                    TypeAttr::get(type)})
                     .getAsOpaquePointer()}];
    if (!mask) {
      mask = addPlace(
          type, division, func.getLoc(),
          builder.getNamedAttr(kValueAttr, DenseElementsAttr::get(type, true)));
    }
    return mask;
  }

  static shard::ReductionKindAttr kindOf(const LoopForm &form) {
    return shard::ReductionKindAttr::get(form.op->getContext(),
                                         *form.reduction);
  }

  LogicalResult visitLoops(const LoopForm &form) {
    Operation *op = form.op;
    FailureOr<LoopCuts> loops = findLoops(form);
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
    (*copy)->getResult(0).setType(
        grid.partType(op->getResult(0).getType(), division));
    Value result = mask(form, *loops, *copy)->getResult(0);
    if (Axes axes = reducedAxes(form, *loops); !axes.empty()) {
      auto chip = FlatSymbolRefAttr::get(builder.getContext(), kGridName);
      auto members = builder.getDenseI16ArrayAttr(axes);
      Division wanted = annotationOf(op->getResult(0)).value_or(division);
      if (std::optional<unsigned> dim =
              scatteredDim(form, *loops, wanted, grid)) {
        division = wanted;
        result = shard::ReduceScatterOp::create(
            builder, op->getLoc(),
            grid.partType(op->getResult(0).getType(), division), chip, members,
            result, kindOf(form), builder.getIndexAttr(*dim));
      } else {
        result =
            shard::AllReduceOp::create(builder, op->getLoc(), result.getType(),
                                       chip, members, result, kindOf(form));
      }
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
    if (auto send = dyn_cast<acc::rack::SendOp>(op)) {
      Operation *copy = builder.clone(*op);
      copy->setOperand(0, partOf(send.getValue()).value);
      return success();
    }
    if (auto receive = dyn_cast<acc::rack::ReceiveOp>(op)) {
      Value whole = receive.getResult();
      Division division = annotationOf(whole).value_or(Division(rankOf(whole)));
      Value result = builder.clone(*op)->getResult(0);
      result.setType(grid.partType(whole.getType(), division));
      parts[whole] = {result, division};
      return success();
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
      results.push_back({value.getType(), part.division});
    }
    func::ReturnOp::create(builder, end->getLoc(), values);
    return success();
  }

  void setSignature() {
    Operation *end = body->getTerminator();
    func.setType(builder.getFunctionType(body->getArgumentTypes(),
                                         end->getOperandTypes()));
    func.setAllArgAttrs(attributes);
    for (auto [i, part] : llvm::enumerate(results)) {
      func.setResultAttrs(
          i, withSplit(func.getResultAttrDict(i), part.first, part.second));
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
  SmallVector<std::pair<Type, Division>> results; ///< The whole, its parts.
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
    if (!Grid(gridOp.getShape()).isOfSlices() ||
        llvm::any_of(gridOp.getShape(), [](int64_t n) { return n < 1; })) {
      gridOp.emitError("expects rows and columns of slices, of a rack behind "
                       "trays and chips of a tray");
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
