//===- WindowAttributes.h - Strides, pads, dilations ------------*- C++ -*-===//

#ifndef ACC_COMPILER_DRIVER_ONNX_WINDOWATTRIBUTES_H
#define ACC_COMPILER_DRIVER_ONNX_WINDOWATTRIBUTES_H

#include "compiler-driver/Import/Onnx/Lowering.h"

namespace acc {

/// The attributes that convolutions and pools share, checked.
struct WindowAttributes {
  Window window;
  /// Padding of the spatial dimensions as the model asks for it.
  Shape low, high;
  /// More padding (or less, if negative) at the end, so that the windows of
  /// the output cover the padded input exactly.
  Shape extra;
  bool ceilMode = false;
};

/// An attribute with a number of 32 bits for each of `length` places,
/// `byDefault` without it.
std::vector<int64_t> readPlaces(ImportContext &context, llvm::StringRef name,
                                int64_t length, int64_t byDefault);

/// Reads the attributes of the node at hand for an input [n, c, spatial...].
WindowAttributes readWindow(ImportContext &context,
                            llvm::ArrayRef<int64_t> inputShape, Shape kernel);

/// Pads the spatial dimensions with `number`, `extra` included.
OnnxValue padForWindow(ImportContext &context, const OnnxValue &input,
                       const WindowAttributes &attributes, double number);

/// Ends a convolution: `result`, of shape [batch, filters, ...], plus the bias
/// that may be the third input, in the type of the first.
void outWithBias(ImportContext &context, OnnxValue result, int64_t filters);

} // namespace acc

#endif // ACC_COMPILER_DRIVER_ONNX_WINDOWATTRIBUTES_H
