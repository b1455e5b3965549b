//===- Fourier.cpp - Discrete Fourier transforms --------------------------===//
//
// A transform is a product with a matrix of cosines and sines that is computed
// at import, on the matrix unit; real and imaginary parts are its last index.
//
//===----------------------------------------------------------------------===//

#include "compiler-driver/Import/Onnx/Lowering.h"

#include <cmath>

using namespace mlir;

namespace acc {

namespace {

constexpr double kTwoPi = 6.283185307179586476925286766559;

/// What a transform along one dimension does.
struct Transform {
  int64_t length = 0;
  bool inverse = false;
  bool onesided = false;
};

/// [out, out parts, in, in parts]: a part is real or imaginary.
HostTensor makeMatrix(ImportContext &context, const Transform &form, int64_t in,
                      int64_t inParts) {
  int64_t length = form.length;
  bool toReal = form.inverse && form.onesided;
  int64_t out = form.onesided && !form.inverse ? length / 2 + 1 : length;
  int64_t outParts = toReal ? 1 : 2;
  // A dense matrix bounds what is sensible.
  constexpr int64_t kMostWeights = int64_t(1) << 24;
  if (in > 0 && out > kMostWeights / in / 4) {
    context.unsupported("a transform of " + Twine(length) + " elements");
  }
  HostTensor matrix =
      context.makeZeros(context.node->getLabel() + "_transform", DType::F32,
                        {out, outParts, in, inParts});
  for (int64_t k = 0; k < out; ++k) {
    for (int64_t i = 0; i < in; ++i) {
      double angle = kTwoPi * static_cast<double>(k * i % length) /
                     static_cast<double>(length);
      double real = std::cos(angle), imaginary = std::sin(angle);
      double scale = form.inverse ? 1.0 / static_cast<double>(length) : 1.0;
      // What is not given is the conjugate of what is.
      scale *= toReal && i != 0 && 2 * i != length ? 2.0 : 1.0;
      double sign = form.inverse ? 1.0 : -1.0;
      auto set = [&](int64_t to, int64_t from, double value) {
        if (to < outParts && from < inParts) {
          matrix.setDouble(((k * outParts + to) * in + i) * inParts + from,
                           value * scale);
        }
      };
      set(0, 0, real);
      set(1, 1, real);
      set(1, 0, sign * imaginary);
      set(0, 1, -sign * imaginary);
    }
  }
  return matrix;
}

/// Transforms x [..., n, ..., parts] along `axis`.
OnnxValue transform(ImportContext &context, const OnnxValue &x, int64_t axis,
                    const Transform &form) {
  // Of what is longer the beginning counts; zeros follow what is shorter.
  int64_t needed =
      form.inverse && form.onesided ? form.length / 2 + 1 : form.length;
  int64_t in = std::min(x.shape[axis], needed);
  OnnxValue used = sliceAxis(context, x, axis, 0, in);
  OnnxValue matrix =
      makeConstant(makeMatrix(context, form, in, x.shape.back()));
  SmallVector<unsigned> from, to;
  for (unsigned i = 0; i < x.rank(); ++i) {
    from.push_back(i);
    to.push_back(i);
  }
  unsigned last = x.rank() - 1, out = x.rank(), part = x.rank() + 1;
  to[axis] = out;
  to[last] = part;
  unsigned loops[] = {out, part, static_cast<unsigned>(axis), last};
  return cast(context, contract(context, used, from, matrix, loops, to),
              x.dtype);
}

void requireParts(ImportContext &context, const OnnxValue &x, int64_t rank) {
  context.require(x.rank() >= rank &&
                      (x.shape.back() == 1 || x.shape.back() == 2) &&
                      isFloat(x.dtype),
                  "the signal is " + getName(x.dtype) + formatShape(x.shape) +
                      "; floats of a shape that ends in 1 or 2 are expected");
}

void importDFT(ImportContext &context) {
  OnnxValue x = context.in(0);
  requireParts(context, x, 2);
  int64_t axis = context.opset() < 20 ? context.intAttr("axis", 1)
                 : context.has(2)     ? context.constantInt(2, "axis")
                                      : -2;
  axis = context.normalizeAxis(axis, x.rank());
  context.require(axis < x.rank() - 1,
                  "the last dimension has real and imaginary parts");
  Transform form;
  form.inverse = context.intAttr("inverse", 0) != 0;
  form.onesided = context.intAttr("onesided", 0) != 0;
  form.length = context.has(1) ? context.constantInt(1, "dft_length")
                : form.inverse && form.onesided ? 2 * (x.shape[axis] - 1)
                                                : x.shape[axis];
  context.require(form.length > 0 && form.length < INT32_MAX,
                  "the length of the transform is " + Twine(form.length));
  context.require(!form.onesided || form.inverse || x.shape.back() == 1,
                  "half of a spectrum is that of a real signal only");
  context.out(transform(context, x, axis, form));
}

/// Signal [n, length, parts] into [n, frames, frequencies, 2].
void importSTFT(ImportContext &context) {
  OnnxValue x = context.in(0);
  requireParts(context, x, 3);
  context.require(x.rank() == 3, "the signal has shape " +
                                     formatShape(x.shape) +
                                     "; [n, length, 1 or 2] is expected");
  int64_t step = context.constantInt(1, "frame_step");
  bool windowed = context.has(2);
  int64_t length = context.has(3) ? context.constantInt(3, "frame_length")
                   : windowed     ? context.in(2).numElements()
                                  : 0;
  context.require(step > 0 && length > 0 && length <= x.shape[1],
                  "frames of " + Twine(length) + " elements, " + Twine(step) +
                      " apart, do not fit a signal of " + Twine(x.shape[1]));
  Transform form;
  form.length = length;
  form.onesided = context.intAttr("onesided", 1) != 0;
  context.require(!form.onesided || x.shape[2] == 1,
                  "half of a spectrum is that of a real signal only");
  int64_t frames = (x.shape[1] - length) / step + 1;
  // A convolution of the signal with the rows of the matrix, windowed.
  HostTensor matrix = makeMatrix(context, form, length, x.shape[2]);
  int64_t outputs = matrix.shape[0], parts = x.shape[2];
  OnnxValue filters =
      transpose(context, makeConstant(std::move(matrix)), {0, 1, 3, 2});
  if (windowed) {
    OnnxValue window = context.in(2);
    context.require(window.shape == Shape{length},
                    "the window has shape " + formatShape(window.shape) + "; " +
                        formatShape({length}) + " is expected");
    OnnxValue operands[] = {filters, window};
    filters = elementwise(context, operands, DType::F32,
                          [](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
                            return v[0] * toFloat(v[1]);
                          });
  }
  Window window{{step}, {1}, {length}, {frames}};
  OnnxValue signal = reshape(context, transpose(context, x, {0, 2, 1}),
                             {x.shape[0], 1, parts, x.shape[1]});
  OnnxValue result = convolve(
      context, cast(context, signal, DType::F32),
      reshape(context, filters, {1, outputs * 2, parts, length}), window);
  // [n, 1, frequencies * 2, frames].
  result = reshape(context, result, {x.shape[0], outputs, 2, frames});
  context.out(cast(context, transpose(context, result, {0, 3, 1, 2}), x.dtype));
}

} // namespace

void registerFourierOps(OpTable &table) {
  table["DFT"] = importDFT;
  table["STFT"] = importSTFT;
}

} // namespace acc
