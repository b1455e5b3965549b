//===- ProductTerms.cpp - Products of wide numbers in bf16 terms ----------===//

#include "passes/Analysis/ProductTerms.h"

using namespace mlir;

namespace xpu {

FailureOr<ProductTerms> getProductTerms(Type a, Type w) {
  using F = FormatKind;
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
  return failure();
}

} // namespace xpu
