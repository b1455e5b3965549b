//===- Fabric.h - Formats and counters of the fabric in C++ -----*- C++ -*-===//
//
// What travels on a link of the scale-up Ethernet and what a port counts, made
// from Fabric.td. A layout is written to units of eight bytes, lowest bit
// first.
//
//===----------------------------------------------------------------------===//

#ifndef DIALECTS_ISA_FABRIC_H
#define DIALECTS_ISA_FABRIC_H

#include <cstdint>

namespace xpu::fabric {

/// Reads `width` (1 to 64) bits from bit `offset` of `units`.
inline uint64_t extractField(const uint64_t *units, unsigned offset,
                             unsigned width) {
  unsigned low = offset % 64;
  uint64_t value = units[offset / 64] >> low;
  if (low + width > 64) {
    value |= units[offset / 64 + 1] << (64 - low);
  }
  return width == 64 ? value : value & ((uint64_t(1) << width) - 1);
}

/// Replaces `width` (1 to 64) bits; higher bits of `value` are ignored.
inline void insertField(uint64_t *units, unsigned offset, unsigned width,
                        uint64_t value) {
  uint64_t ones = width == 64 ? ~uint64_t(0) : (uint64_t(1) << width) - 1;
  unsigned low = offset % 64;
  uint64_t &first = units[offset / 64];
  first = (first & ~(ones << low)) | (value & ones) << low;
  if (low + width > 64) {
    uint64_t &second = units[offset / 64 + 1];
    second = (second & ~(ones >> (64 - low))) | (value & ones) >> (64 - low);
  }
}

#include "dialects/ISA/Fabric.h.inc"

} // namespace xpu::fabric

#endif // DIALECTS_ISA_FABRIC_H
