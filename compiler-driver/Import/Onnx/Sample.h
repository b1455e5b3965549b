//===- Sample.h - Elements between the points of a grid ---------*- C++ -*-===//
//
// Internal to the importer: reads an image at coordinates that are data. An
// element is a sum over a few points ("taps") near each coordinate, of the
// element there times a weight for each dimension.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_COMPILER_DRIVER_ONNX_SAMPLE_H
#define ACC_COMPILER_DRIVER_ONNX_SAMPLE_H

#include "compiler-driver/Import/Onnx/Lowering.h"

namespace acc {

/// A point along one dimension: where it is (int32, in range) and what it
/// counts (f32).
struct Tap {
  OnnxValue position, weight;
};

/// `share`, or 0 where `at`, a whole number, is none of `size` elements.
Scalar countInside(Scalar share, Scalar at, int64_t size);

/// The two points around each of `coordinates` (f32) among `size`, linearly
/// weighted; one outside of the dimension counts nothing.
std::vector<Tap> linearTaps(ImportContext &context,
                            const OnnxValue &coordinates, int64_t size);

/// Weighted elements, summed (or the largest taken) over all combinations of a
/// tap for each spatial dimension. `read` gives the elements at a position for
/// each dimension, in any float type; the result, f32, has the shape of what it
/// gives, to which weights are broadcast.
OnnxValue
combineTaps(ImportContext &context, llvm::ArrayRef<std::vector<Tap>> taps,
            Reduction kind,
            llvm::function_ref<OnnxValue(llvm::ArrayRef<OnnxValue>)> read);

/// Elements of `table` for a result of shape `shape`: the first dimensions of
/// the table follow the result's first ones, but the first of all is indexed by
/// `first` if there is one; its last dimensions are indexed by `positions`.
/// Positions are broadcast to the result.
OnnxValue readAt(ImportContext &context, const OnnxValue &table,
                 llvm::ArrayRef<OnnxValue> positions, const Shape &shape,
                 const OnnxValue *first = nullptr);

} // namespace acc

#endif // ACC_COMPILER_DRIVER_ONNX_SAMPLE_H
