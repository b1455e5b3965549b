//===- VectorOps.cpp - Micro-operations over arrays of lanes --------------===//

#include "systemc-models/Functional/VectorOps.h"
#include "systemc-models/Arithmetic/Convert.h"
#include "systemc-models/Arithmetic/Host.h"
#include "systemc-models/Arithmetic/Multiversion.h"
#include "systemc-models/Arithmetic/SmallFloat.h"
#include "systemc-models/Arithmetic/Special.h"

#include <algorithm>
#include <cstring>

using namespace acc;
using isa::Format;
using isa::Uop;

namespace {

/// The arrays are equal or disjoint, so no iteration depends on another.
template <typename F>
ACC_INLINE void map(uint32_t *dst, const uint32_t *a, const uint32_t *b,
                    uint32_t count, F f) {
#if defined(__clang__)
#pragma clang loop vectorize(assume_safety)
#endif
  for (uint32_t i = 0; i < count; ++i) {
    dst[i] = f(a[i], b[i]);
  }
}

template <typename F>
ACC_INLINE void map3(uint32_t *dst, const uint32_t *a, const uint32_t *b,
                     const uint32_t *c, uint32_t count, F f) {
#if defined(__clang__)
#pragma clang loop vectorize(assume_safety)
#endif
  for (uint32_t i = 0; i < count; ++i) {
    dst[i] = f(a[i], b[i], c[i]);
  }
}

} // namespace

ACC_MULTIVERSION void acc::runUop(Uop op, uint32_t *dst, const uint32_t *a,
                                  const uint32_t *b, const uint32_t *c,
                                  uint32_t n) {
  using W = uint32_t;
  using arith::host::toFloat;
  auto two = [&](auto f) { map(dst, a, b, n, f); };
  switch (op) {
  case Uop::MOV:
    if (dst != a) {
      std::memcpy(dst, a, size_t(n) * 4);
    }
    return;
  case Uop::FADD:
    return two([](W x, W y) { return arith::host::fadd(x, y); });
  case Uop::FSUB:
    return two([](W x, W y) { return arith::host::fsub(x, y); });
  case Uop::FMUL:
    return two([](W x, W y) { return arith::host::fmul(x, y); });
  case Uop::FMA:
    return arith::host::fmaArrays(a, b, c, dst, int(n));
  case Uop::FMIN:
    return two([](W x, W y) { return arith::fmin(x, y); });
  case Uop::FMAX:
    return two([](W x, W y) { return arith::fmax(x, y); });
  case Uop::FNEG:
    return two([](W x, W) { return x ^ arith::signBit; });
  case Uop::FABS:
    return two([](W x, W) { return x & ~arith::signBit; });
  case Uop::FFLOOR:
    return two([](W x, W) { return arith::ffloor(x); });
  case Uop::FROUND:
    return two([](W x, W) { return arith::fround(x); });
  case Uop::FEQ:
    return two([](W x, W y) { return W(toFloat(x) == toFloat(y)); });
  case Uop::FLT:
    return two([](W x, W y) { return W(toFloat(x) < toFloat(y)); });
  case Uop::FLE:
    return two([](W x, W y) { return W(toFloat(x) <= toFloat(y)); });
  case Uop::FUNO:
    return two([](W x, W y) { return W(arith::isNaN(x) || arith::isNaN(y)); });
  case Uop::FNUM:
    return two([](W x, W y) { return arith::isNaN(x) ? y : x; });
  case Uop::FADDRELU:
    return two([](W x, W y) {
      W sum = arith::host::fadd(x, y);
      return sum & arith::signBit ? 0 : sum;
    });
  case Uop::F2I:
    return two([](W x, W) { return W(arith::f2i(x)); });
  case Uop::I2F:
    return two([](W x, W) { return arith::host::toBits(float(int32_t(x))); });
  case Uop::CVTBF16:
    return two([](W x, W) { return W(arith::f32ToBf16(x)) << 16; });
  case Uop::CVTF16:
    return two([](W x, W) { return arith::f16ToF32(arith::f32ToF16(x)); });
  case Uop::IADD:
    return two([](W x, W y) { return x + y; });
  case Uop::ISUB:
    return two([](W x, W y) { return x - y; });
  case Uop::IMUL:
    return two([](W x, W y) { return x * y; });
  case Uop::IMIN:
    return two([](W x, W y) { return W(std::min(int32_t(x), int32_t(y))); });
  case Uop::IMAX:
    return two([](W x, W y) { return W(std::max(int32_t(x), int32_t(y))); });
  case Uop::AND:
    return two([](W x, W y) { return x & y; });
  case Uop::OR:
    return two([](W x, W y) { return x | y; });
  case Uop::XOR:
    return two([](W x, W y) { return x ^ y; });
  case Uop::SHL:
    return two([](W x, W y) { return x << (y & 31); });
  case Uop::SHR:
    return two([](W x, W y) { return x >> (y & 31); });
  case Uop::SAR:
    return two([](W x, W y) { return W(int32_t(x) >> (y & 31)); });
  case Uop::IEQ:
    return two([](W x, W y) { return W(x == y); });
  case Uop::ILT:
    return two([](W x, W y) { return W(int32_t(x) < int32_t(y)); });
  case Uop::ULT:
    return two([](W x, W y) { return W(x < y); });
  case Uop::SEL:
    return map3(dst, a, b, c, n, [](W x, W y, W z) { return x ? y : z; });
  case Uop::EXP2:
    return two([](W x, W) { return arith::exp2(x); });
  case Uop::LOG2:
    return two([](W x, W) { return arith::log2(x); });
  case Uop::RCP:
    return two([](W x, W) { return arith::rcp(x); });
  case Uop::RSQRT:
    return two([](W x, W) { return arith::rsqrt(x); });
  case Uop::TANH:
    return two([](W x, W) { return arith::tanh(x); });
  case Uop::SINPI2:
    return two([](W x, W) { return arith::sinpi2(x); });
  case Uop::COSPI2:
    return two([](W x, W) { return arith::cospi2(x); });
  }
}

uint32_t acc::reduceOp(isa::ReduceOp op, uint32_t a, uint32_t b) {
  switch (op) {
  case isa::ReduceOp::FAdd:
    return arith::host::fadd(a, b);
  case isa::ReduceOp::FMax:
    return arith::fmax(a, b);
  case isa::ReduceOp::FMin:
    return arith::fmin(a, b);
  case isa::ReduceOp::IAdd:
    return a + b;
  case isa::ReduceOp::IMax:
    return uint32_t(std::max(int32_t(a), int32_t(b)));
  case isa::ReduceOp::IMin:
    return uint32_t(std::min(int32_t(a), int32_t(b)));
  }
  return a;
}

template <typename T, typename F>
static void gather(const uint8_t *memory, uint32_t address, int32_t stride,
                   uint32_t count, uint32_t *lanes, F convert) {
  for (uint32_t i = 0; i < count; ++i) {
    T raw;
    std::memcpy(&raw, memory + address, sizeof(T));
    lanes[i] = convert(raw);
    address += uint32_t(stride);
  }
}

void acc::loadLanes(Format format, const uint8_t *memory, uint32_t address,
                    int32_t stride, uint32_t count, uint32_t *lanes) {
  switch (format) {
  case Format::BF16:
    return gather<uint16_t>(memory, address, stride, count, lanes,
                            arith::bf16ToF32);
  case Format::F16:
    return gather<uint16_t>(memory, address, stride, count, lanes,
                            arith::f16ToF32);
  case Format::I8:
    return gather<int8_t>(memory, address, stride, count, lanes,
                          [](int8_t x) { return uint32_t(int32_t(x)); });
  case Format::U8:
    return gather<uint8_t>(memory, address, stride, count, lanes,
                           [](uint8_t x) { return uint32_t(x); });
  case Format::F8E4M3:
    return gather<uint8_t>(
        memory, address, stride, count, lanes,
        [](uint8_t x) { return arith::smallToF32(arith::f8E4M3, x); });
  case Format::F8E5M2:
    return gather<uint8_t>(
        memory, address, stride, count, lanes,
        [](uint8_t x) { return arith::smallToF32(arith::f8E5M2, x); });
  default:
    if (stride == 4) {
      std::memcpy(lanes, memory + address, size_t(count) * 4);
      return;
    }
    return gather<uint32_t>(memory, address, stride, count, lanes,
                            [](uint32_t x) { return x; });
  }
}

template <typename T, typename F>
static void scatter(uint8_t *memory, uint32_t address, int32_t stride,
                    uint32_t count, const uint32_t *lanes, F convert) {
  for (uint32_t i = 0; i < count; ++i) {
    T raw = T(convert(lanes[i]));
    std::memcpy(memory + address, &raw, sizeof(T));
    address += uint32_t(stride);
  }
}

void acc::storeLanes(Format format, uint8_t *memory, uint32_t address,
                     int32_t stride, uint32_t count, const uint32_t *lanes) {
  switch (format) {
  case Format::BF16:
    return scatter<uint16_t>(memory, address, stride, count, lanes,
                             arith::f32ToBf16);
  case Format::F16:
    return scatter<uint16_t>(memory, address, stride, count, lanes,
                             arith::f32ToF16);
  case Format::I8:
  case Format::U8:
    return scatter<uint8_t>(memory, address, stride, count, lanes,
                            [](uint32_t x) { return x; });
  case Format::F8E4M3:
    return scatter<uint8_t>(
        memory, address, stride, count, lanes,
        [](uint32_t x) { return arith::f32ToF8(arith::f8E4M3, x); });
  case Format::F8E5M2:
    return scatter<uint8_t>(
        memory, address, stride, count, lanes,
        [](uint32_t x) { return arith::f32ToF8(arith::f8E5M2, x); });
  default:
    if (stride == 4) {
      std::memcpy(memory + address, lanes, size_t(count) * 4);
      return;
    }
    return scatter<uint32_t>(memory, address, stride, count, lanes,
                             [](uint32_t x) { return x; });
  }
}
