//===- ShapeRules.h - Shapes that operators produce -------------*- C++ -*-===//
//
// Shared by the importer of run-time tensors and by the constant evaluator.
// All look at the node at hand and check it.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_COMPILER_DRIVER_ONNX_SHAPERULES_H
#define ACC_COMPILER_DRIVER_ONNX_SHAPERULES_H

#include "compiler-driver/Import/Onnx/ImportContext.h"

namespace acc {

Shape reshapedShape(ImportContext &context);
Shape flattenedShape(ImportContext &context);
Shape expandedShape(ImportContext &context);
std::vector<int64_t> squeezedAxes(ImportContext &context);
std::vector<int64_t> unsqueezedAxes(ImportContext &context);
std::vector<int64_t> permutationOf(ImportContext &context);

/// A slice in normal form: for each dimension the first index, the number of
/// elements and the (possibly negative) step.
struct SliceRange {
  Shape starts, sizes, steps;
};
SliceRange sliceRange(ImportContext &context);

/// The sizes into which Split cuts its axis.
std::vector<int64_t> splitSizes(ImportContext &context, int64_t axis);

} // namespace acc

#endif // ACC_COMPILER_DRIVER_ONNX_SHAPERULES_H
