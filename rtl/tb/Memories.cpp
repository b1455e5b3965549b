//===- Memories.cpp - What hbm_dpi.sv calls -------------------------------===//

#include "rtl/tb/Memories.h"

#include "svdpi.h"

#include <cstring>

using namespace acc;

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

/// Bytes of a line as the AXI data bus carries them: byte lane = address modulo
/// line length.
extern "C" void acc_bench_read(long long bench, int slice, int addr, int bytes,
                               svBitVecVal *line) {
  Memories &memories = Memories::of(bench);
  auto *data = reinterpret_cast<uint8_t *>(line);
  std::memset(data, 0, memories.lineBytes());
  memories.contents(unsigned(slice))
      .read(uint32_t(addr), data + uint32_t(addr) % memories.lineBytes(),
            unsigned(bytes));
}

extern "C" void acc_bench_write(long long bench, int slice, int addr,
                                const svBitVecVal *line,
                                const svBitVecVal *strobes) {
  Memories &memories = Memories::of(bench);
  uint32_t lineBytes = memories.lineBytes();
  uint32_t base = uint32_t(addr) / lineBytes * lineBytes;
  const auto *data = reinterpret_cast<const uint8_t *>(line);
  auto enabled = [&](unsigned i) { return strobes[i / 32] >> i % 32 & 1; };
  for (unsigned i = 0; i < lineBytes; ++i) {
    unsigned first = i;
    while (i < lineBytes && enabled(i)) {
      ++i;
    }
    if (i > first) {
      memories.contents(unsigned(slice))
          .write(base + first, data + first, i - first);
    }
  }
}
