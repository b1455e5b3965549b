//===- ConstantData.h - Bytes of constants ----------------------*- C++ -*-===//

#ifndef PASSES_ANALYSIS_CONSTANTDATA_H
#define PASSES_ANALYSIS_CONSTANTDATA_H

#include "mlir/IR/AsmState.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/ADT/StringSet.h"

namespace xpu {

/// Whether the bytes of a constant are at hand, and every element has whole
/// bytes.
bool hasConstantData(mlir::Attribute value);

/// The bytes of its elements in row-major order; of a splat, one element.
llvm::ArrayRef<char> getConstantData(mlir::Attribute value);

/// Frees the bytes of a constant that nobody is going to read any more: weights
/// are most of what the compiler holds. What the context keeps otherwise
/// lives as long as it does.
void releaseConstantData(mlir::Attribute value);

/// Frees constants that a context has got since, for programs that are made and
/// thrown away: attributes of them are not read any more. Nothing else is
/// compiled in that context meanwhile.
class ConstantScope {
public:
  explicit ConstantScope(mlir::MLIRContext &context);
  void release();

private:
  mlir::MLIRContext &context;
  llvm::StringSet<> before; ///< Names of resources.
};

/// Memory of zeros that is taken when it is written to.
mlir::AsmResourceBlob allocateZeros(size_t bytes);

} // namespace xpu

#endif // PASSES_ANALYSIS_CONSTANTDATA_H
