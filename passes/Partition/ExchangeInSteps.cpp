//===- ExchangeInSteps.cpp - In each chip, and then between chips ---------===//

#include "passes/Partition/Passes.h"

#include "dialects/XPU/IR/XPU.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/Remarks.h"
#include "passes/Analysis/LoadTarget.h"
#include "passes/Partition/ExchangeCost.h"
#include "passes/Partition/ExchangeViews.h"

using namespace mlir;

namespace xpu {
#define GEN_PASS_DEF_EXCHANGEINSTEPSPASS
#include "passes/Partition/Passes.h.inc"
} // namespace xpu

using namespace xpu;

namespace {
class Stepper {
public:
  Stepper(RewriterBase &rewriter, const acc::Machine &machine)
      : rewriter(rewriter), machine(machine) {}

  void run(ExchangeOp exchange) {
    ExchangeShape shape = describeExchange(machine, exchange);
    if (!shape.hasSteps() ||
        estimateInSteps(machine, shape) >= estimateAtOnce(machine, shape)) {
      return;
    }
    // Sums of 16 bits would be rounded behind the first step.
    MemRefType part = memRefTypeOf(exchange.getDest());
    if (part.getElementTypeBitWidth() != 32) {
      return;
    }
    chips = shape.chips;
    slices = shape.slices;
    rewriter.setInsertionPoint(exchange);
    // Members are numbered by chip, and then by slice.
    Value source = byChip(exchange);
    if (!source) {
      return;
    }
    remark::passed(exchange.getLoc(),
                   remark::RemarkOpts::name("steps").category("xpu-partition"))
        << "added up in each chip, and then between chips";
    Location loc = exchange.getLoc();
    const int64_t rows = part.getDimSize(0), columns = part.getDimSize(1);
    Value between = allocate(exchange);
    create(exchange, exchange.getGroup(), slices, source,
           viewAs(loc, between, {rows * chips, columns}), ChipsKind::Own);
    create(exchange, GroupKind::Slice, chips,
           viewAs(loc, between, {rows, chips, columns}), exchange.getDest(),
           exchange.getChips());
    rewriter.eraseOp(exchange);
  }

private:
  /// (rows, members, columns) as (rows of a slice's number in each chip,
  /// slices, columns); null if these are no rows at one distance.
  Value byChip(ExchangeOp exchange) {
    MemRefType type = memRefTypeOf(exchange.getSource());
    const int64_t rows = type.getDimSize(0), columns = type.getDimSize(2);
    const SmallVector<int64_t> shape = {rows, chips, slices, columns};
    const SmallVector<ReassociationIndices> split = {{0}, {1, 2}, {3}};
    const SmallVector<ReassociationIndices> join = {{0, 1}, {2}, {3}};
    FailureOr<MemRefType> expanded =
        memref::ExpandShapeOp::computeExpandedType(type, shape, split);
    if (failed(expanded) ||
        !memref::CollapseShapeOp::isGuaranteedCollapsible(*expanded, join)) {
      return Value();
    }
    Location loc = exchange.getLoc();
    Value four = memref::ExpandShapeOp::create(rewriter, loc, shape,
                                               exchange.getSource(), split);
    return memref::CollapseShapeOp::create(rewriter, loc, four, join);
  }

  /// A part for each chip, in the dimensions of the one that comes last, which
  /// xpu-split-exchanges cuts.
  Value allocate(ExchangeOp exchange) {
    MemRefType type = memRefTypeOf(exchange.getDest());
    SmallVector<int64_t> shape = {type.getDimSize(0), chips,
                                  type.getDimSize(1)};
    Value whole = findReshaped(exchange.getDest());
    if (shape[0] == 1 && whole) {
      shape.assign({chips});
      llvm::append_range(shape, memRefTypeOf(whole).getShape());
    }
    return memref::AllocOp::create(
        rewriter, exchange.getLoc(),
        MemRefType::get(shape, type.getElementType(),
                        MemRefLayoutAttrInterface(),
                        SpaceAttr::get(rewriter.getContext(), Space::HBM)));
  }

  /// A buffer without gaps in other dimensions.
  Value viewAs(Location loc, Value buffer, ArrayRef<int64_t> shape) {
    if (memRefTypeOf(buffer).getShape() == shape) {
      return buffer;
    }
    ReassociationIndices all(
        llvm::to_vector(llvm::seq<int64_t>(0, memRefTypeOf(buffer).getRank())));
    Value flat = memref::CollapseShapeOp::create(
        rewriter, loc, buffer, ArrayRef<ReassociationIndices>(all));
    ReassociationIndices groups(
        llvm::to_vector(llvm::seq<int64_t>(0, int64_t(shape.size()))));
    return memref::ExpandShapeOp::create(
        rewriter, loc, shape, flat, ArrayRef<ReassociationIndices>(groups));
  }

  void create(ExchangeOp exchange, GroupKind group, int64_t members,
              Value source, Value dest, ChipsKind chips) {
    ExchangeOp::create(rewriter, exchange.getLoc(), exchange.getKind(),
                       exchange.getReductionAttr(), group, members, source,
                       dest, chips);
  }

  RewriterBase &rewriter;
  const acc::Machine &machine;
  int64_t chips = 1, slices = 1;
};

struct ExchangeInStepsPass final
    : xpu::impl::ExchangeInStepsPassBase<ExchangeInStepsPass> {
  using Base::Base;

  void runOnOperation() override {
    FailureOr<acc::Machine> machine =
        loadMachineFor(getOperation(), target.getValue());
    if (failed(machine)) {
      return signalPassFailure();
    }
    IRRewriter rewriter(&getContext());
    Stepper stepper(rewriter, *machine);
    SmallVector<ExchangeOp> exchanges;
    getOperation().walk([&](ExchangeOp op) { exchanges.push_back(op); });
    llvm::for_each(exchanges, [&](ExchangeOp op) { stepper.run(op); });
  }
};
} // namespace
