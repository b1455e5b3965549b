//===- Quantize.cpp - Operands of matrix work in small formats ------------===//

#include "passes/Input/Quantize.h"

#include "dialects/XPU/IR/XPU.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/Matchers.h"
#include "passes/Analysis/ConstantData.h"
#include "passes/Analysis/NonNegative.h"
#include "systemc-models/Arithmetic/Convert.h"
#include "llvm/ADT/bit.h"

using namespace mlir;

namespace xpu {

static constexpr int64_t kBlock = isa::kScaleBlock;
static constexpr int kFractionBits = 23; ///< Of fp32.
static constexpr int kBias = 127;        ///< Of fp32.

namespace {
/// What there is to know of a small format.
struct SmallFormat {
  explicit SmallFormat(FloatType type)
      : width(type.getWidth()),
        fraction(int(APFloat::semanticsPrecision(type.getFloatSemantics())) -
                 1),
        minExponent(APFloat::semanticsMinExponent(type.getFloatSemantics())),
        maxExponent(APFloat::semanticsMaxExponent(type.getFloatSemantics())),
        largest(static_cast<float>(
            APFloat::getLargest(type.getFloatSemantics()).convertToDouble())),
        roundingFactor(std::ldexp(1.5F, kFractionBits - fraction)),
        smallestNormal(std::ldexp(1.0F, minExponent)),
        rebias(std::ldexp(1.0F, 1 - kBias - minExponent)) {}

  int width, fraction;
  int minExponent; ///< Of normal numbers.
  int maxExponent; ///< Of the largest number.
  float largest;
  /// What is added to a magnitude and taken away again to round it to nearest
  /// even, relative to its power of two.
  float roundingFactor;
  float smallestNormal;
  /// Makes the exponent field of fp32 that of the format.
  float rebias;
};
} // namespace

/// The code of `x`, which saturates; as emitCode computes it.
static uint8_t encode(const SmallFormat &format, float x) {
  float clamped = std::min(std::max(x, -format.largest), format.largest);
  uint32_t bits = llvm::bit_cast<uint32_t>(clamped);
  float power =
      std::max(llvm::bit_cast<float>(bits & 0x7F800000), format.smallestNormal);
  float shift = power * format.roundingFactor;
  float rounded = (std::fabs(clamped) + shift) - shift;
  uint32_t code = llvm::bit_cast<uint32_t>(rounded * format.rebias) >>
                  (kFractionBits - format.fraction);
  return static_cast<uint8_t>(code | bits >> 31 << (format.width - 1));
}

//===----------------------------------------------------------------------===//
// Builders
//===----------------------------------------------------------------------===//

/// An elementwise operation, or a reduction if the result's map leaves
/// dimensions out.
static Value
makeGeneric(OpBuilder &builder, Location loc, ValueRange inputs, Value init,
            ArrayRef<AffineMap> maps,
            function_ref<Value(ImplicitLocOpBuilder &, ValueRange)> body) {
  AffineMap out = maps.back();
  SmallVector<utils::IteratorType> iterators;
  for (unsigned dim = 0; dim < out.getNumDims(); ++dim) {
    iterators.push_back(out.isFunctionOfDim(dim)
                            ? utils::IteratorType::parallel
                            : utils::IteratorType::reduction);
  }
  return linalg::GenericOp::create(
             builder, loc, init.getType(), inputs, init, maps, iterators,
             [&](OpBuilder &inner, Location where, ValueRange args) {
               ImplicitLocOpBuilder b(where, inner);
               linalg::YieldOp::create(b, body(b, args));
             })
      .getResult(0);
}

static Value floatConstant(ImplicitLocOpBuilder &b, float value) {
  return arith::ConstantOp::create(b, b.getF32FloatAttr(value));
}

static Value intConstant(ImplicitLocOpBuilder &b, int32_t value) {
  return arith::ConstantOp::create(b, b.getI32IntegerAttr(value));
}

static Value makeEmpty(OpBuilder &builder, Location loc,
                       ArrayRef<int64_t> shape, Type type) {
  return tensor::EmptyOp::create(builder, loc, shape, type);
}

static Value makeFilled(OpBuilder &builder, Location loc,
                        ArrayRef<int64_t> shape, Type type) {
  Value zero =
      arith::ConstantOp::create(builder, loc, builder.getZeroAttr(type));
  Value empty = makeEmpty(builder, loc, shape, type);
  return linalg::FillOp::create(builder, loc, zero, empty).getResult(0);
}

static Value clamp(ImplicitLocOpBuilder &b, Value value, float largest) {
  Value above = arith::MaximumFOp::create(b, value, floatConstant(b, -largest));
  return arith::MinimumFOp::create(b, above, floatConstant(b, largest));
}

/// A float of 16 or 32 bits as f32.
static Value widen(ImplicitLocOpBuilder &b, Value value) {
  return value.getType().isF32()
             ? value
             : arith::ExtFOp::create(b, b.getF32Type(), value);
}

/// What the largest magnitude is combined from, of elements of `tensor`.
static std::function<Value(ImplicitLocOpBuilder &, ValueRange)>
largerMagnitude(Value tensor) {
  return [isMagnitude = isNonNegative(tensor)](ImplicitLocOpBuilder &b,
                                               ValueRange args) -> Value {
    Value number = widen(b, args[0]);
    return arith::MaximumFOp::create(
        b, isMagnitude ? number : math::AbsFOp::create(b, number), args[1]);
  };
}

static Value asInteger(ImplicitLocOpBuilder &b, Value value) {
  return arith::BitcastOp::create(b, b.getI32Type(), value);
}

static Value asFloat(ImplicitLocOpBuilder &b, Value value) {
  return arith::BitcastOp::create(b, b.getF32Type(), value);
}

Value roundToInteger(ImplicitLocOpBuilder &b, Value number) {
  // Sums of that size are whole numbers, whose lowest bits are the result's.
  const float shift = std::ldexp(1.5F, kFractionBits);
  return asInteger(b,
                   arith::AddFOp::create(b, number, floatConstant(b, shift)));
}

/// The code of an f32 number, as i32; what `encode` does.
static Value emitCode(ImplicitLocOpBuilder &b, const SmallFormat &format,
                      Value value) {
  Value clamped = clamp(b, value, format.largest);
  Value bits = asInteger(b, clamped);
  Value power =
      asFloat(b, arith::AndIOp::create(b, bits, intConstant(b, 0x7F800000)));
  power = arith::MaximumFOp::create(b, power,
                                    floatConstant(b, format.smallestNormal));
  Value shift =
      arith::MulFOp::create(b, power, floatConstant(b, format.roundingFactor));
  Value rounded = math::AbsFOp::create(b, clamped);
  rounded = arith::AddFOp::create(b, rounded, shift);
  rounded = arith::SubFOp::create(b, rounded, shift);
  rounded = arith::MulFOp::create(b, rounded, floatConstant(b, format.rebias));
  Value code =
      arith::ShRUIOp::create(b, asInteger(b, rounded),
                             intConstant(b, kFractionBits - format.fraction));
  Value sign = arith::ShRUIOp::create(b, bits, intConstant(b, 31));
  sign = arith::ShLIOp::create(b, sign, intConstant(b, format.width - 1));
  return arith::OrIOp::create(b, code, sign);
}

Value makeElementwise(
    OpBuilder &builder, Location loc, ValueRange inputs,
    ArrayRef<AffineMap> maps, Type element,
    function_ref<Value(ImplicitLocOpBuilder &, ValueRange)> body,
    ArrayRef<int64_t> shape) {
  if (shape.empty()) {
    shape = cast<RankedTensorType>(inputs[0].getType()).getShape();
  }
  SmallVector<AffineMap> all(maps);
  all.push_back(builder.getMultiDimIdentityMap(shape.size()));
  return makeGeneric(builder, loc, inputs,
                     makeEmpty(builder, loc, shape, element), all, body);
}

Value getCode(ImplicitLocOpBuilder &b, Value number) {
  unsigned width = number.getType().getIntOrFloatBitWidth();
  Value code = arith::BitcastOp::create(b, b.getIntegerType(width), number);
  return arith::ExtUIOp::create(b, b.getI32Type(), code);
}

Value widenCodes(OpBuilder &builder, Location loc, Value tensor) {
  auto from = cast<RankedTensorType>(tensor.getType());
  auto type = cast<FloatType>(from.getElementType());
  SmallFormat format(type);
  AffineMap all = builder.getMultiDimIdentityMap(from.getRank());
  return makeElementwise(
      builder, loc, {tensor}, {all}, builder.getF32Type(),
      [&](ImplicitLocOpBuilder &b, ValueRange args) -> Value {
        if (format.width == 8) {
          return arith::ExtFOp::create(b, b.getF32Type(), args[0]);
        }
        // Neither infinities nor NaN.
        Value code = getCode(b, args[0]);
        Value magnitude = arith::AndIOp::create(
            b, code, intConstant(b, (1 << (format.width - 1)) - 1));
        Value bits = arith::ShLIOp::create(
            b, magnitude, intConstant(b, kFractionBits - format.fraction));
        Value number = arith::MulFOp::create(
            b, asFloat(b, bits), floatConstant(b, 1 / format.rebias));
        Value sign =
            arith::ShRUIOp::create(b, code, intConstant(b, format.width - 1));
        sign = arith::ShLIOp::create(b, sign, intConstant(b, 31));
        return asFloat(b, arith::OrIOp::create(b, asInteger(b, number), sign));
      });
}

Value widenScales(OpBuilder &builder, Location loc, Value tensor) {
  auto from = cast<RankedTensorType>(tensor.getType());
  AffineMap all = builder.getMultiDimIdentityMap(from.getRank());
  return makeElementwise(
      builder, loc, {tensor}, {all}, builder.getF32Type(),
      [&](ImplicitLocOpBuilder &b, ValueRange args) {
        // The code is the exponent of fp32; 2^-127 has none of its own.
        constexpr int32_t kLeast = 0x00400000;
        constexpr int32_t kNaN = 0x7FC00000;
        Value code = getCode(b, args[0]);
        Value bits =
            arith::ShLIOp::create(b, code, intConstant(b, kFractionBits));
        auto isCode = [&](int32_t number) {
          return arith::CmpIOp::create(b, arith::CmpIPredicate::eq, code,
                                       intConstant(b, number));
        };
        bits =
            arith::SelectOp::create(b, isCode(0), intConstant(b, kLeast), bits);
        bits = arith::SelectOp::create(b, isCode(2 * kBias + 1),
                                       intConstant(b, kNaN), bits);
        return asFloat(b, bits);
      });
}

Value viewBlocks(OpBuilder &builder, Location loc, Value bytes,
                 FloatType type) {
  auto block = VectorType::get({kBlock}, type);
  auto from = cast<RankedTensorType>(bytes.getType());
  return BlocksOp::create(
      builder, loc, RankedTensorType::get(from.getShape().drop_back(), block),
      bytes);
}

static Value makeConstant(OpBuilder &builder, Location loc,
                          RankedTensorType type, AsmResourceBlob blob) {
  auto attr =
      DenseResourceElementsAttr::get(type, "quantized", std::move(blob));
  return arith::ConstantOp::create(builder, loc, cast<TypedAttr>(attr));
}

/// The constant behind `value`, if its numbers are at hand.
static ElementsAttr getConstant(Value value) {
  ElementsAttr constant;
  bool isKnown =
      matchPattern(value, m_Constant(&constant)) && hasConstantData(constant);
  return isKnown ? constant : nullptr;
}

namespace {
/// The numbers of an f32 constant.
class Numbers {
public:
  explicit Numbers(ElementsAttr constant)
      : data(getConstantData(constant)), isSplat(constant.isSplat()) {}
  float operator[](int64_t i) const {
    float number;
    memcpy(&number, data.data() + (isSplat ? 0 : 4 * i), sizeof(number));
    return number;
  }

private:
  ArrayRef<char> data;
  bool isSplat;
};
} // namespace

static SmallVector<int64_t> without(ArrayRef<int64_t> shape,
                                    ArrayRef<int64_t> dims) {
  SmallVector<int64_t> result;
  for (auto [dim, size] : llvm::enumerate(shape)) {
    if (!llvm::is_contained(dims, int64_t(dim))) {
      result.push_back(size);
    }
  }
  return result;
}

//===----------------------------------------------------------------------===//
// Rounding
//===----------------------------------------------------------------------===//

/// The values of an f32 constant rounded to a type of 16 bits.
static ElementsAttr roundConstant(ElementsAttr constant,
                                  RankedTensorType type) {
  ArrayRef<char> from = getConstantData(constant);
  bool isBf16 = type.getElementType().isBF16();
  auto roundTo = [&](char *to) {
    for (size_t at = 0; at < from.size(); at += 4, to += 2) {
      uint32_t wide;
      memcpy(&wide, from.data() + at, 4);
      uint16_t narrow =
          isBf16 ? acc::arith::f32ToBf16(wide) : acc::arith::f32ToF16(wide);
      memcpy(to, &narrow, 2);
    }
  };
  if (constant.isSplat()) {
    char value[2];
    roundTo(value);
    return DenseElementsAttr::getFromRawBuffer(type, value);
  }
  AsmResourceBlob blob = allocateZeros(from.size() / 2);
  roundTo(blob.getMutableData().data());
  return DenseResourceElementsAttr::get(type, "rounded", std::move(blob));
}

Value Quantizer::round(Value value, FloatType type) {
  Value &result = rounded[{value, type}];
  if (result) {
    return result;
  }
  rewriter.setInsertionPointAfterValue(value);
  Location loc = value.getLoc();
  auto from = cast<RankedTensorType>(value.getType());
  if (ElementsAttr constant = getConstant(value)) {
    ElementsAttr attr =
        roundConstant(constant, RankedTensorType::get(from.getShape(), type));
    result = arith::ConstantOp::create(rewriter, loc, cast<TypedAttr>(attr));
    return result;
  }
  AffineMap identity = rewriter.getMultiDimIdentityMap(from.getRank());
  result = makeGeneric(
      rewriter, loc, value, makeEmpty(rewriter, loc, from.getShape(), type),
      {identity, identity}, [&](ImplicitLocOpBuilder &b, ValueRange args) {
        return arith::TruncFOp::create(b, type, args[0]);
      });
  roundedAtRunTime.push_back({value, result});
  return result;
}

Value Quantizer::keep(Value value) {
  if (!kept) {
    return value;
  }
  Value narrow = round(value, kept);
  rewriter.setInsertionPointAfterValue(narrow);
  return narrow;
}

//===----------------------------------------------------------------------===//
// One scale for several dimensions
//===----------------------------------------------------------------------===//

/// A magnitude below which numbers count as zero, so that no scale is infinite.
static constexpr float kTiny = 1e-30F;

static float getLargest(Type type) {
  constexpr float kLargestInteger = 127; // Symmetric.
  auto number = dyn_cast<FloatType>(type);
  return number ? SmallFormat(number).largest : kLargestInteger;
}

Quantizer::Scaled Quantizer::scale(Value value, ArrayRef<int64_t> shared,
                                   Type type) {
  Scaled &result = scaled[{value, rewriter.getDenseI64ArrayAttr(shared), type}];
  if (!result.values) {
    rewriter.setInsertionPointAfterValue(value);
    ElementsAttr constant = getConstant(value);
    result = constant ? scaleConstant(value.getLoc(), constant, shared, type)
                      : scaleAtRunTime(keep(value), shared, type);
  }
  return result;
}

Quantizer::Scaled Quantizer::scaleConstant(Location loc, ElementsAttr constant,
                                           ArrayRef<int64_t> shared,
                                           Type type) {
  ArrayRef<int64_t> shape = constant.getShapedType().getShape();
  SmallVector<int64_t> scaleShape = without(shape, shared);
  int64_t elements = ShapedType::getNumElements(shape);
  Numbers numbers(constant);
  // Strides in the scales, of the source's dimensions.
  SmallVector<int64_t> strides(shape.size(), 0);
  int64_t scaleCount = 1;
  for (int64_t dim = int64_t(shape.size()) - 1; dim >= 0; --dim) {
    if (!llvm::is_contained(shared, dim)) {
      strides[dim] = scaleCount;
      scaleCount *= shape[dim];
    }
  }
  auto forEach = [&](function_ref<void(int64_t, int64_t)> body) {
    SmallVector<int64_t> index(shape.size(), 0);
    int64_t at = 0;
    for (int64_t i = 0; i < elements; ++i) {
      body(i, at);
      for (int64_t dim = int64_t(shape.size()) - 1; dim >= 0; --dim) {
        at += strides[dim];
        if (++index[dim] < shape[dim]) {
          break;
        }
        at -= strides[dim] * index[dim];
        index[dim] = 0;
      }
    }
  };
  std::vector<float> largest(scaleCount, 0);
  forEach([&](int64_t from, int64_t scale) {
    float magnitude = std::fabs(numbers[from]);
    // A NaN stays.
    largest[scale] = magnitude <= largest[scale] ? largest[scale] : magnitude;
  });
  float limit = getLargest(type);
  AsmResourceBlob values = allocateZeros(elements);
  MutableArrayRef<char> codes = values.getMutableData();
  auto format = dyn_cast<FloatType>(type);
  forEach([&](int64_t from, int64_t scale) {
    float number = numbers[from] * (limit / std::max(largest[scale], kTiny));
    codes[from] =
        static_cast<char>(format ? encode(SmallFormat(format), number)
                                 : static_cast<uint8_t>(static_cast<int8_t>(
                                       std::nearbyint(number))));
  });
  AsmResourceBlob scales = allocateZeros(scaleCount * 4);
  for (int64_t i = 0; i < scaleCount; ++i) {
    float scale = largest[i] * (1 / limit);
    memcpy(scales.getMutableData().data() + 4 * i, &scale, 4);
  }
  return {makeConstant(rewriter, loc, RankedTensorType::get(shape, type),
                       std::move(values)),
          makeConstant(rewriter, loc,
                       RankedTensorType::get(scaleShape, rewriter.getF32Type()),
                       std::move(scales))};
}

Quantizer::Scaled
Quantizer::scaleAtRunTime(Value value, ArrayRef<int64_t> shared, Type type) {
  Location loc = value.getLoc();
  ArrayRef<int64_t> shape = cast<RankedTensorType>(value.getType()).getShape();
  SmallVector<int64_t> scaleShape = without(shape, shared);
  AffineMap identity = rewriter.getMultiDimIdentityMap(shape.size());
  AffineMap scaleMap = identity;
  for (int64_t dim : llvm::reverse(shared)) {
    scaleMap = scaleMap.dropResult(dim);
  }
  Value largest =
      makeGeneric(rewriter, loc, value,
                  makeFilled(rewriter, loc, scaleShape, rewriter.getF32Type()),
                  {identity, scaleMap}, largerMagnitude(value));
  AffineMap scaleIdentity = rewriter.getMultiDimIdentityMap(scaleShape.size());
  Value emptyScales =
      makeEmpty(rewriter, loc, scaleShape, rewriter.getF32Type());
  float limit = getLargest(type);
  Value scales = makeGeneric(
      rewriter, loc, largest, emptyScales, {scaleIdentity, scaleIdentity},
      [&](ImplicitLocOpBuilder &b, ValueRange args) {
        return arith::MulFOp::create(b, args[0], floatConstant(b, 1 / limit));
      });
  Value factors = makeGeneric(
      rewriter, loc, largest, emptyScales, {scaleIdentity, scaleIdentity},
      [&](ImplicitLocOpBuilder &b, ValueRange args) {
        Value divisor =
            arith::MaximumFOp::create(b, args[0], floatConstant(b, kTiny));
        return arith::DivFOp::create(b, floatConstant(b, limit), divisor);
      });
  Value values = makeGeneric(
      rewriter, loc, {value, factors}, makeEmpty(rewriter, loc, shape, type),
      {identity, scaleMap, identity},
      [&](ImplicitLocOpBuilder &b, ValueRange args) -> Value {
        Value number = arith::MulFOp::create(b, widen(b, args[0]), args[1]);
        if (llvm::isa<FloatType>(type)) {
          return arith::TruncFOp::create(b, type, clamp(b, number, limit));
        }
        return arith::TruncIOp::create(b, type, roundToInteger(b, number));
      });
  return {values, scales};
}

//===----------------------------------------------------------------------===//
// Blocks
//===----------------------------------------------------------------------===//

Quantizer::Blocks Quantizer::makeBlocks(Value value, int64_t dim,
                                        FloatType type) {
  Blocks &result = blocks[{value, dim, type}];
  if (!result.bytes) {
    rewriter.setInsertionPointAfterValue(value);
    ElementsAttr constant = getConstant(value);
    result = constant ? makeConstantBlocks(value.getLoc(), constant, dim, type)
                      : makeBlocksAtRunTime(keep(value), dim, type);
  }
  return result;
}

static int64_t getBlockBytes(FloatType type) {
  return getElementBytes(VectorType::get({kBlock}, type));
}

/// The shapes of bytes and scales.
static std::pair<SmallVector<int64_t>, SmallVector<int64_t>>
getBlockShapes(ArrayRef<int64_t> shape, int64_t dim, FloatType type) {
  int64_t count = llvm::divideCeil(shape[dim], kBlock);
  SmallVector<int64_t> scales = without(shape, dim);
  scales.push_back(count);
  SmallVector<int64_t> bytes(scales);
  bytes.push_back(getBlockBytes(type));
  return {bytes, scales};
}

/// The scale of a block, a code of E8M0, from the bits of its largest
/// magnitude; NaN if that is no number. As emitted below.
static uint8_t getScale(const SmallFormat &format, uint32_t largest) {
  constexpr int kNaN = 255;
  int exponent = static_cast<int>(largest >> kFractionBits);
  return static_cast<uint8_t>(
      exponent == kNaN ? kNaN : std::max(exponent - format.maxExponent, 0));
}

/// The bits of 2^(bias - scale).
static uint32_t getInverse(uint32_t scale) {
  return (2 * kBias - scale) << kFractionBits;
}

Quantizer::Blocks Quantizer::makeConstantBlocks(Location loc,
                                                ElementsAttr constant,
                                                int64_t dim, FloatType type) {
  ArrayRef<int64_t> shape = constant.getShapedType().getShape();
  auto [byteShape, scaleShape] = getBlockShapes(shape, dim, type);
  int64_t depth = shape[dim];
  int64_t count = scaleShape.back();
  int64_t outer = ShapedType::getNumElements(shape.take_front(dim));
  int64_t inner = ShapedType::getNumElements(shape.drop_front(dim + 1));
  int64_t blockBytes = byteShape.back();
  int64_t perByte = kBlock / blockBytes;
  SmallFormat format(type);
  Numbers numbers(constant);
  AsmResourceBlob bytes = allocateZeros(ShapedType::getNumElements(byteShape));
  AsmResourceBlob scales =
      allocateZeros(ShapedType::getNumElements(scaleShape));
  char *to = bytes.getMutableData().data();
  char *scaleTo = scales.getMutableData().data();
  // Few neighbours at a time: both sides then stay in the cache.
  constexpr int64_t kWidth = 64;
  for (int64_t o = 0; o < outer; ++o) {
    for (int64_t block = 0; block < count; ++block) {
      int64_t begin = block * kBlock;
      int64_t end = std::min(depth, begin + kBlock);
      for (int64_t first = 0; first < inner; first += kWidth) {
        int64_t width = std::min(kWidth, inner - first);
        uint32_t largest[kWidth] = {};
        for (int64_t k = begin; k < end; ++k) {
          int64_t row = (o * depth + k) * inner + first;
          for (int64_t i = 0; i < width; ++i) {
            uint32_t bits = llvm::bit_cast<uint32_t>(numbers[row + i]);
            largest[i] = std::max(largest[i], bits & 0x7FFFFFFF);
          }
        }
        float inverse[kWidth];
        for (int64_t i = 0; i < width; ++i) {
          uint8_t scale = getScale(format, largest[i]);
          inverse[i] = llvm::bit_cast<float>(getInverse(scale));
          scaleTo[(o * inner + first + i) * count + block] =
              static_cast<char>(scale);
        }
        for (int64_t k = begin; k < end; ++k) {
          int64_t row = (o * depth + k) * inner + first;
          int64_t shift = (k - begin) % perByte * format.width;
          for (int64_t i = 0; i < width; ++i) {
            int64_t at =
                ((o * inner + first + i) * count + block) * blockBytes +
                (k - begin) / perByte;
            to[at] |= static_cast<char>(
                encode(format, numbers[row + i] * inverse[i]) << shift);
          }
        }
      }
    }
  }
  Value codes = makeConstant(
      rewriter, loc, RankedTensorType::get(byteShape, rewriter.getI8Type()),
      std::move(bytes));
  Value scale = makeConstant(
      rewriter, loc,
      RankedTensorType::get(scaleShape,
                            Float8E8M0FNUType::get(rewriter.getContext())),
      std::move(scales));
  return {codes, scale};
}

/// `value` with zeros behind dimension `dim`, which becomes one of blocks and
/// one of their elements.
static Value splitIntoBlocks(OpBuilder &builder, Location loc, Value value,
                             int64_t dim) {
  auto type = cast<RankedTensorType>(value.getType());
  SmallVector<int64_t> shape(type.getShape());
  int64_t count = llvm::divideCeil(shape[dim], kBlock);
  if (shape[dim] != count * kBlock) {
    SmallVector<int64_t> whole(shape);
    whole[dim] = count * kBlock;
    SmallVector<int64_t> zeros(shape.size(), 0), ones(shape.size(), 1);
    MLIRContext *context = builder.getContext();
    value = tensor::InsertSliceOp::create(
        builder, loc, value,
        makeFilled(builder, loc, whole, type.getElementType()),
        getAsIndexOpFoldResult(context, zeros),
        getAsIndexOpFoldResult(context, shape),
        getAsIndexOpFoldResult(context, ones));
    shape = whole;
  }
  SmallVector<ReassociationIndices> groups;
  SmallVector<int64_t> split;
  for (auto [i, size] : llvm::enumerate(shape)) {
    groups.emplace_back();
    groups.back().push_back(int64_t(split.size()));
    if (int64_t(i) != dim) {
      split.push_back(size);
      continue;
    }
    groups.back().push_back(int64_t(split.size()) + 1);
    split.append({count, kBlock});
  }
  return tensor::ExpandShapeOp::create(
      builder, loc, RankedTensorType::get(split, type.getElementType()), value,
      groups);
}

Quantizer::Blocks Quantizer::makeBlocksAtRunTime(Value value, int64_t dim,
                                                 FloatType type) {
  Location loc = value.getLoc();
  MLIRContext *context = rewriter.getContext();
  auto from = cast<RankedTensorType>(value.getType());
  int64_t rank = from.getRank();
  auto [byteShape, scaleShape] = getBlockShapes(from.getShape(), dim, type);
  SmallFormat format(type);
  Value source = splitIntoBlocks(rewriter, loc, value, dim);

  // Loops: the other dimensions, the block, what is in it.
  unsigned blockDim = rank - 1;
  AffineExpr block = rewriter.getAffineDimExpr(blockDim);
  auto sourceMap = [&](AffineExpr element) {
    SmallVector<AffineExpr> results;
    for (int64_t d = 0, other = 0; d < rank; ++d) {
      if (d == dim) {
        results.append({block, element});
      } else {
        results.push_back(rewriter.getAffineDimExpr(other++));
      }
    }
    return AffineMap::get(rank + 1, 0, results, context);
  };
  AffineMap bytesMap = rewriter.getMultiDimIdentityMap(rank + 1);
  AffineMap scaleMap = bytesMap.dropResult(rank);
  AffineExpr last = rewriter.getAffineDimExpr(rank);

  Value largest =
      makeGeneric(rewriter, loc, source,
                  makeFilled(rewriter, loc, scaleShape, rewriter.getF32Type()),
                  {sourceMap(last), scaleMap}, largerMagnitude(value));
  // The code of the scale is that of its exponent in fp32.
  AffineMap identity = rewriter.getMultiDimIdentityMap(rank);
  auto emitScale = [&](ImplicitLocOpBuilder &b, Value magnitude) -> Value {
    Value exponent = arith::ShRUIOp::create(b, asInteger(b, magnitude),
                                            intConstant(b, kFractionBits));
    Value scale =
        arith::SubIOp::create(b, exponent, intConstant(b, format.maxExponent));
    return arith::MaxSIOp::create(b, scale, intConstant(b, 0));
  };
  Type scaleType = Float8E8M0FNUType::get(context);
  Value scales = makeGeneric(
      rewriter, loc, largest, makeEmpty(rewriter, loc, scaleShape, scaleType),
      {identity, identity}, [&](ImplicitLocOpBuilder &b, ValueRange args) {
        constexpr int kNaN = 255;
        Value exponent = arith::ShRUIOp::create(b, asInteger(b, args[0]),
                                                intConstant(b, kFractionBits));
        Value isNaN = arith::CmpIOp::create(b, arith::CmpIPredicate::eq,
                                            exponent, intConstant(b, kNaN));
        Value scale = arith::SelectOp::create(b, isNaN, intConstant(b, kNaN),
                                              emitScale(b, args[0]));
        Value code = arith::TruncIOp::create(b, b.getI8Type(), scale);
        return arith::BitcastOp::create(b, scaleType, code);
      });
  Value inverse = makeGeneric(
      rewriter, loc, largest,
      makeEmpty(rewriter, loc, scaleShape, rewriter.getF32Type()),
      {identity, identity}, [&](ImplicitLocOpBuilder &b, ValueRange args) {
        Value bits = arith::SubIOp::create(b, intConstant(b, 2 * kBias),
                                           emitScale(b, args[0]));
        return asFloat(
            b, arith::ShLIOp::create(b, bits, intConstant(b, kFractionBits)));
      });

  bool isFp8 = format.width == 8;
  Value bytes = makeEmpty(rewriter, loc, byteShape,
                          isFp8 ? Type(type) : Type(rewriter.getI8Type()));
  if (isFp8) {
    bytes = makeGeneric(
        rewriter, loc, {source, inverse}, bytes,
        {sourceMap(last), scaleMap, bytesMap},
        [&](ImplicitLocOpBuilder &b, ValueRange args) {
          Value number = arith::MulFOp::create(b, widen(b, args[0]), args[1]);
          return arith::TruncFOp::create(b, type,
                                         clamp(b, number, format.largest));
        });
    return {bytes, scales};
  }
  // Codes of what shares a byte, the first in the low bits.
  int64_t perByte = kBlock / byteShape.back();
  SmallVector<Value> inputs;
  SmallVector<AffineMap> maps;
  for (int64_t i = 0; i < perByte; ++i) {
    inputs.push_back(source);
    maps.push_back(sourceMap(last * perByte + i));
  }
  inputs.push_back(inverse);
  maps.append({scaleMap, bytesMap});
  bytes =
      makeGeneric(rewriter, loc, inputs, bytes, maps,
                  [&](ImplicitLocOpBuilder &b, ValueRange args) {
                    Value byte;
                    for (int64_t i = 0; i < perByte; ++i) {
                      Value number = arith::MulFOp::create(b, widen(b, args[i]),
                                                           args[perByte]);
                      Value code = emitCode(b, format, number);
                      if (i != 0) {
                        code = arith::ShLIOp::create(
                            b, code, intConstant(b, int32_t(i) * format.width));
                        code = arith::OrIOp::create(b, byte, code);
                      }
                      byte = code;
                    }
                    return arith::TruncIOp::create(b, b.getI8Type(), byte);
                  });
  return {bytes, scales};
}

} // namespace xpu
