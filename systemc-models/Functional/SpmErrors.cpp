//===- SpmErrors.cpp - Errors in the scratchpad ---------------------------===//

#include "systemc-models/Functional/SpmErrors.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>

using namespace acc;

using Wide = __int128;

/// Bytes from the base on that the stream spans, as exact integers.
static std::pair<Wide, Wide> spanOf(llvm::ArrayRef<StreamDim> dims,
                                    uint32_t elementBytes) {
  Wide low = 0, high = elementBytes - 1;
  for (const StreamDim &d : dims) {
    Wide span = Wide(d.size - 1) * d.strideBytes;
    (span < 0 ? low : high) += span;
  }
  return {low, high};
}

/// How often a stream that does not wrap meets the byte `offset` behind its
/// base.
static uint64_t countNear(llvm::ArrayRef<StreamDim> dims, uint32_t elementBytes,
                          Wide offset) {
  if (dims.empty()) {
    return offset >= 0 && offset < elementBytes;
  }
  const StreamDim &d = dims.front();
  llvm::ArrayRef<StreamDim> rest = dims.drop_front();
  if (d.strideBytes == 0) {
    return d.size * countNear(rest, elementBytes, offset);
  }
  // Indices whose rest spans the byte.
  auto [low, high] = spanOf(rest, elementBytes);
  Wide step = d.strideBytes, from = offset - high, to = offset - low;
  if (step < 0) {
    step = -step;
    std::tie(from, to) = std::pair(-to, -from);
  }
  Wide first = from <= 0 ? 0 : (from + step - 1) / step;
  Wide last = to < 0 ? -1 : std::min(to / step, Wide(d.size) - 1);
  uint64_t count = 0;
  for (Wide i = first; i <= last; ++i) {
    count += countNear(rest, elementBytes, offset - i * d.strideBytes);
  }
  return count;
}

/// The same modulo 2^32, access by access.
static uint64_t countWrapped(uint32_t base, llvm::ArrayRef<StreamDim> dims,
                             uint32_t elementBytes, uint32_t address) {
  if (dims.empty()) {
    return address - base < elementBytes;
  }
  uint64_t count = 0;
  for (uint64_t i = 0; i < dims.front().size; ++i) {
    count +=
        countWrapped(base + uint32_t(i) * uint32_t(dims.front().strideBytes),
                     dims.drop_front(), elementBytes, address);
  }
  return count;
}

static uint64_t countAccesses(const SpmStream &s, uint32_t address) {
  std::vector<StreamDim> dims(s.dims.begin(), s.dims.end());
  if (!dims.empty() && dims.back().strideBytes == 0) {
    dims.back().size = llvm::divideCeil(dims.back().size, s.together);
  }
  auto [low, high] = spanOf(dims, s.elementBytes);
  if (Wide(s.base) + low >= 0 && Wide(s.base) + high <= UINT32_MAX) {
    return countNear(dims, s.elementBytes, Wide(address) - s.base);
  }
  return countWrapped(s.base, dims, s.elementBytes, address);
}

void SpmErrors::read(const SpmStream &stream) {
  for (const auto &[address, bits] : errors.all()) {
    CodeStatus status = bits.status();
    if (status == CodeStatus::Error && badAddress) {
      continue;
    }
    uint64_t count = countAccesses(stream, uint32_t(address));
    if (status == CodeStatus::Corrected) {
      correctedBytes += count;
    } else if (count != 0) {
      badAddress = uint32_t(address);
    }
  }
}

void SpmErrors::write(const SpmStream &stream) {
  std::vector<uint64_t> written;
  for (const auto &[address, bits] : errors.all()) {
    if (countAccesses(stream, uint32_t(address)) != 0) {
      written.push_back(address);
    }
  }
  for (uint64_t address : written) {
    errors.set(address, {});
  }
}
