//===- BlockProduct.cpp - Products of block-scaled operands ---------------===//

#include "passes/Input/BlockProduct.h"

#include "dialects/XPU/IR/XPU.h"
#include "passes/Analysis/Contraction.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;

namespace xpu {

static constexpr int64_t kBlock = isa::kScaleBlock;

std::optional<Precision> parsePrecision(MLIRContext *context, StringRef name) {
  using Kind = Precision::Kind;
  auto both = [](Kind kind, Type type) { return Precision{kind, type, type}; };
  auto fp8 = Float8E4M3FNType::get(context);
  auto fp4 = Float4E2M1FNType::get(context);
  return llvm::StringSwitch<std::optional<Precision>>(name)
      .Case("fp32", Precision())
      .Case("bf16", both(Kind::Round, BFloat16Type::get(context)))
      .Case("fp16", both(Kind::Round, Float16Type::get(context)))
      .Case("fp8", both(Kind::Scale, fp8))
      .Case("int8", both(Kind::Scale, IntegerType::get(context, 8)))
      .Case("mxfp8", both(Kind::Blocks, fp8))
      .Case("mxfp6", both(Kind::Blocks, Float6E2M3FNType::get(context)))
      .Case("mxfp4", both(Kind::Blocks, fp4))
      .Case("mixed", Precision{Kind::Blocks, fp8, fp4})
      .Default(std::nullopt);
}

std::optional<int64_t> findPlainDim(AffineMap map, unsigned dim) {
  std::optional<int64_t> found;
  for (auto [i, expr] : llvm::enumerate(map.getResults())) {
    if (!expr.isFunctionOfDim(dim)) {
      continue;
    }
    if (found || !llvm::isa<AffineDimExpr>(expr)) {
      return std::nullopt;
    }
    found = int64_t(i);
  }
  return found;
}

std::optional<unsigned> findBlockLoop(linalg::GenericOp op) {
  FailureOr<ContractionDims> dims = matchContraction(op);
  if (failed(dims) || (dims->m.empty() && dims->n.empty())) {
    return std::nullopt;
  }
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  std::optional<unsigned> best;
  // With fewer, zeros would be most of a block.
  constexpr int64_t fewest = kBlock / 2;
  auto rank = [&](unsigned loop) {
    return std::pair(ranges[loop] % kBlock == 0, ranges[loop]);
  };
  for (unsigned loop : dims->k) {
    if (ranges[loop] >= fewest && findPlainDim(maps[0], loop) &&
        findPlainDim(maps[1], loop) && (!best || rank(loop) > rank(*best))) {
      best = loop;
    }
  }
  return best;
}

Value makeBlockProduct(OpBuilder &builder, linalg::GenericOp op, unsigned loop,
                       const std::array<BlockOperand, 2> &operands,
                       Value start) {
  SmallVector<Value> inputs(4);
  SmallVector<AffineMap> maps(4);
  AffineExpr block = builder.getAffineDimExpr(loop);
  for (unsigned i = 0; i < 2; ++i) {
    AffineMap map = op.getIndexingMapsArray()[i];
    inputs[i] = viewBlocks(builder, op.getLoc(), operands[i].blocks.bytes,
                           operands[i].type);
    inputs[2 + i] = operands[i].blocks.scales;
    AffineMap others = map.dropResult(*findPlainDim(map, loop));
    maps[i] = others.insertResult(block, others.getNumResults());
    maps[2 + i] = maps[i];
  }
  maps.push_back(op.getIndexingMapsArray().back());
  return linalg::GenericOp::create(
             builder, op.getLoc(), start.getType(), inputs, start, maps,
             op.getIteratorTypesArray(),
             [](OpBuilder &b, Location where, ValueRange args) {
               Value sum =
                   BlockDotOp::create(b, where, args[4].getType(), args[4],
                                      args[0], args[1], args[2], args[3]);
               linalg::YieldOp::create(b, where, sum);
             })
      .getResult(0);
}

} // namespace xpu
