//===- ProductTerms.cpp - Products of wide numbers in bf16 terms ----------===//

#include "passes/Analysis/ProductTerms.h"

#include "passes/Analysis/Contraction.h"

using namespace mlir;

namespace xpu {

/// The format of an operand that the matrix unit takes as it is.
static std::optional<FormatKind> getSmallFormat(linalg::LinalgOp op,
                                                unsigned input, Type type) {
  if (llvm::isa<Float8E4M3FNType>(type)) {
    return FormatKind::F8E4M3;
  }
  if (llvm::isa<Float8E5M2Type>(type)) {
    return FormatKind::F8E5M2;
  }
  if (llvm::isa<Float6E2M3FNType>(type)) {
    return FormatKind::F6E2M3;
  }
  if (llvm::isa<Float6E3M2FNType>(type)) {
    return FormatKind::F6E3M2;
  }
  if (llvm::isa<Float4E2M1FNType>(type)) {
    return FormatKind::F4E2M1;
  }
  if (type.isInteger(8)) {
    return widensUnsigned(op, input) ? FormatKind::U8 : FormatKind::I8;
  }
  return std::nullopt;
}

FailureOr<ProductTerms> getProductTerms(linalg::LinalgOp op,
                                        unsigned stationary) {
  using F = FormatKind;
  auto typeOf = [&](unsigned input) {
    Type type =
        getElementTypeOrSelf(op.getDpsInputOperand(input)->get().getType());
    return getElementTypeOrSelf(type); // Of a block.
  };
  Type a = typeOf(1 - stationary), w = typeOf(stationary);
  if (a.isBF16() && w.isBF16()) {
    return ProductTerms{{F::BF16, F::BF16}};
  }
  if (a.isF32() && w.isF32()) {
    return ProductTerms{{F::F32T2, F::F32T0}, {F::F32T1, F::F32T1},
                        {F::F32T0, F::F32T2}, {F::F32T1, F::F32T0},
                        {F::F32T0, F::F32T1}, {F::F32T0, F::F32T0}};
  }
  if (a.isF16() && w.isF16()) {
    return ProductTerms{{F::F16T1, F::F16T1},
                        {F::F16T1, F::F16T0},
                        {F::F16T0, F::F16T1},
                        {F::F16T0, F::F16T0}};
  }
  std::optional<F> aFormat = getSmallFormat(op, 1 - stationary, a);
  std::optional<F> wFormat = getSmallFormat(op, stationary, w);
  if (aFormat && wFormat && a.isInteger() == w.isInteger()) {
    return ProductTerms{{*aFormat, *wFormat}};
  }
  return failure();
}

} // namespace xpu
