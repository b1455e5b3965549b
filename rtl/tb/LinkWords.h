//===- LinkWords.h - Words of a link as the RTL packs them ------*- C++ -*-===//

#ifndef ACC_RTL_TB_LINKWORDS_H
#define ACC_RTL_TB_LINKWORDS_H

#include "systemc-models/Fabric/Types.h"

#include "llvm/Support/MathExtras.h"

namespace acc {

/// Reads the members of a packed structure, the lowest first.
class BitReader {
public:
  explicit BitReader(const uint32_t *words, unsigned at)
      : words(words), at(at) {}
  uint64_t take(unsigned width) {
    uint64_t value = 0;
    for (unsigned i = 0; i < width; ++i, ++at) {
      value |= uint64_t(words[at / 32] >> at % 32 & 1) << i;
    }
    return value;
  }
  uint64_t unit() {
    if (at % 32 != 0) {
      return take(64);
    }
    uint64_t value = words[at / 32] | uint64_t(words[at / 32 + 1]) << 32;
    at += 64;
    return value;
  }

private:
  const uint32_t *words;
  unsigned at;
};

/// Writes them.
class BitWriter {
public:
  explicit BitWriter(uint32_t *words, unsigned at) : words(words), at(at) {}
  void put(uint64_t value, unsigned width) {
    for (unsigned i = 0; i < width; ++i, ++at) {
      words[at / 32] = (words[at / 32] & ~(1u << at % 32)) |
                       uint32_t(value >> i & 1) << at % 32;
    }
  }
  void unit(uint64_t value) {
    if (at % 32 != 0) {
      put(value, 64);
      return;
    }
    words[at / 32] = uint32_t(value);
    words[at / 32 + 1] = uint32_t(value >> 32);
    at += 64;
  }

private:
  uint32_t *words;
  unsigned at;
};

/// `xpu_fab_pkg::link_t` of words of so many units.
inline fabric::LinkWord readLink(const uint32_t *bits, unsigned units) {
  BitReader reader(bits, 0);
  fabric::LinkWord word;
  for (unsigned u = 0; u < units; ++u) {
    word.frame.data[u] = reader.unit();
  }
  word.frame.count = unsigned(reader.take(llvm::Log2_32_Ceil(units + 1)));
  word.frame.bad = reader.take(1);
  word.frame.eop = reader.take(1);
  word.frame.sop = reader.take(1);
  word.error = reader.take(1);
  word.os = reader.take(1);
  word.valid = reader.take(1);
  return word;
}

inline void writeLink(uint32_t *bits, unsigned units,
                      const fabric::LinkWord &word) {
  BitWriter writer(bits, 0);
  for (unsigned u = 0; u < units; ++u) {
    writer.unit(word.frame.data[u]);
  }
  writer.put(word.frame.count, llvm::Log2_32_Ceil(units + 1));
  writer.put(word.frame.bad, 1);
  writer.put(word.frame.eop, 1);
  writer.put(word.frame.sop, 1);
  writer.put(word.error, 1);
  writer.put(word.os, 1);
  writer.put(word.valid, 1);
}

} // namespace acc

#endif // ACC_RTL_TB_LINKWORDS_H
