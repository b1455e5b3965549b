//===- Memories.cpp - What hbm_dpi.sv calls -------------------------------===//

#include "rtl/tb/Memories.h"

#include "svdpi.h"

#include <cstring>

using namespace acc;

static constexpr unsigned wordBytes = HbmErrors::wordBytes;

extern "C" void acc_hbm_request(long long bench, int slice, long long cycle,
                                int addr, int bytes, int isWrite) {
  Memories::of(bench)
      .timing(unsigned(slice))
      .request(uint64_t(cycle), uint32_t(addr), uint32_t(bytes), isWrite != 0);
}

/// The cycle of the oldest answer that was not taken, as far as it is certain
/// in `cycle`, else -1. All requests of `cycle` have been made.
extern "C" long long acc_hbm_take(long long bench, int slice, long long cycle,
                                  int isWrite) {
  HbmModel &timing = Memories::of(bench).timing(unsigned(slice));
  timing.advance(uint64_t(cycle));
  auto answer = timing.take(isWrite != 0);
  return answer ? static_cast<long long>(*answer) : -1;
}

/// The line of the packet as the AXI data bus carries it, byte lane = address
/// modulo line length, and its check bits; both with their errors. Words
/// without payload are not driven.
extern "C" void acc_bench_read(long long bench, int slice, int addr, int bytes,
                               svBitVecVal *line, svBitVecVal *checkBits) {
  Memories &memories = Memories::of(bench);
  uint32_t lineBytes = memories.lineBytes();
  uint32_t base = uint32_t(addr) / lineBytes * lineBytes;
  auto *data = reinterpret_cast<uint8_t *>(line);
  auto *check = reinterpret_cast<uint8_t *>(checkBits);
  std::memset(data, 0, lineBytes);
  // Whole words of 32 bits.
  std::memset(check, 0, (lineBytes / wordBytes + 3) / 4 * 4);
  uint64_t first = uint32_t(addr) / wordBytes;
  uint64_t last = (uint64_t(uint32_t(addr)) + unsigned(bytes) - 1) / wordBytes;
  const HbmErrors &errors = memories.errors(unsigned(slice));
  for (uint64_t word = first; word <= last; ++word) {
    uint64_t value;
    memories.contents(unsigned(slice))
        .read(word * wordBytes, &value, wordBytes);
    HbmErrors::Bits bits = errors.of(word);
    uint64_t at = word * wordBytes - base;
    check[at / wordBytes] =
        uint8_t(Secded<isa::HbmCode>::encode(value) ^ bits.check);
    value ^= bits.data;
    std::memcpy(data + at, &value, wordBytes);
  }
}

/// What is stored with check bits of the slice's making, which are those of the
/// data if its encoder is right.
static void keepCheckBits(HbmErrors &errors, uint64_t word, uint64_t value,
                          uint8_t check) {
  errors.set(word, {0, Secded<isa::HbmCode>::encode(value) ^ check});
}

/// Returns what BUSER says: of the first and the last word that was merged,
/// bits 0 and 1 that it was corrected, 2 and 3 that it cannot be.
extern "C" int acc_bench_write(long long bench, int slice, int addr,
                               const svBitVecVal *line,
                               const svBitVecVal *strobes,
                               const svBitVecVal *checkBits) {
  Memories &memories = Memories::of(bench);
  uint32_t lineBytes = memories.lineBytes();
  uint32_t base = uint32_t(addr) / lineBytes * lineBytes;
  const auto *data = reinterpret_cast<const uint8_t *>(line);
  const auto *check = reinterpret_cast<const uint8_t *>(checkBits);
  HbmErrors &errors = memories.errors(unsigned(slice));
  int user = 0;
  auto enabled = [&](unsigned i) { return strobes[i / 32] >> i % 32 & 1; };
  for (unsigned i = 0; i < lineBytes; ++i) {
    unsigned first = i;
    while (i < lineBytes && enabled(i)) {
      ++i;
    }
    if (i == first) {
      continue;
    }
    memories.contents(unsigned(slice))
        .write(base + first, data + first, i - first);
    // A packet has one run of bytes: words that it has a part of are its first
    // and its last.
    for (unsigned word = first / wordBytes; word * wordBytes < i; ++word) {
      unsigned at = word * wordBytes;
      uint64_t number = base / wordBytes + word;
      if (at >= first && at + wordBytes <= i) {
        uint64_t value;
        std::memcpy(&value, data + at, wordBytes);
        keepCheckBits(errors, number, value, check[word]);
        continue;
      }
      unsigned place = at <= first ? 0 : 1;
      switch (errors.of(number).status()) {
      case CodeStatus::Clean:
        break;
      case CodeStatus::Corrected:
        user |= 1 << place;
        errors.set(number, {});
        break;
      case CodeStatus::Error:
        user |= 4 << place;
        break;
      }
    }
  }
  return user;
}
