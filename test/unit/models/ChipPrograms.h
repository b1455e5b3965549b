//===- ChipPrograms.h - Programs of several slices ----------------*- C++
//-*-===//

#ifndef ACC_TEST_UNIT_MODELS_CHIPPROGRAMS_H
#define ACC_TEST_UNIT_MODELS_CHIPPROGRAMS_H

#include "systemc-models/Random/Assembler.h"
#include "systemc-models/Sim/Sim.h"

#include <cstring>

namespace acc::test {

/// 5 rows of 9 fp32 words from bank 0 to bank 2, parts 1 KiB apart.
inline isa::Collective tile(isa::CollectiveKind kind, isa::Group group,
                            uint32_t bankBytes = 32768) {
  isa::Collective c;
  c.kind = kind;
  c.group = group;
  c.op = isa::ReduceOp::FAdd;
  c.fmt = isa::Format::F32;
  c.rows = 5;
  c.columns = 9;
  c.srcStride = 64;
  c.dstStride = 48;
  c.partStride = 1024;
  c.dstBase = 2 * bankBytes;
  c.rdBanks = 1;
  c.wrBanks = 4;
  return c;
}

/// A program and a memory image for each slice.
class ChipPrograms {
public:
  explicit ChipPrograms(const Machine &machine)
      : programs(machine.slices()), images(machine.slices()),
        bankBytes(machine.slice.spm.bankBytes) {
    for (uint32_t s = 0; s < images.size(); ++s) {
      for (uint32_t i = 0; i < imageWords; ++i) {
        float x = value(s, i);
        uint32_t word;
        std::memcpy(&word, &x, 4);
        for (int byte = 0; byte < 4; ++byte) {
          images[s].push_back(uint8_t(word >> 8 * byte));
        }
      }
    }
  }

  static constexpr uint32_t imageWords = 2048;
  /// Sums of four are rounded, and depend on the order.
  static float value(uint32_t slice, uint32_t i) {
    float sign = (i + slice) % 3 == 0 ? -1.0f : 1.0f;
    float scale = slice == 0 ? 1e8f : slice == 1 ? 3.0f : 1e4f;
    return sign * scale * (1.0f + float((i * 37 + slice * 11) % 101) / 7.0f);
  }

  Assembler &of(uint32_t slice) { return programs[slice]; }
  void halt() {
    for (Assembler &a : programs) {
      a.halt();
    }
  }
  const std::vector<uint8_t> &image(uint32_t slice) const {
    return images[slice];
  }

  /// Loads bank 0, runs the command in all slices, stores bank 2 to HBM 65536,
  /// and halts.
  void exchange(const isa::Collective &c) {
    for (Assembler &a : programs) {
      a.push(load(0, 0, imageWords, 1));
      // Written before it is stored.
      a.push(load(32768, 2 * bankBytes, imageWords, 4)).fence();
      a.push(c).fence();
      a.push(store(65536, 2 * bankBytes, imageWords, 4)).halt();
    }
  }

  /// What RDID reads, from HBM 0 on.
  void storeIds() {
    for (Assembler &a : programs) {
      for (unsigned i = 0; i < isa::kNumIdValues; ++i) {
        a.scalar(isa::Opcode::RDID, 1, 0, 0, int32_t(i));
        isa::Vpurun v;
        v.size = {1, 1, 1, 1, 1, 1};
        v.inFmt = {isa::Format::Iota, isa::Format::None, isa::Format::None,
                   isa::Format::None};
        v.inReg[0] = 1;
        v.outFmt = isa::Format::I32;
        v.outBase = 4 * i;
        v.firstRed = 5;
        v.wrBanks = 1;
        a.push(v).fence();
      }
      a.push(store(0, 0, isa::kNumIdValues, 1)).halt();
    }
  }

  /// A view: this outlives it.
  ChipInput input(const Machine &machine) const {
    ChipInput in{machine, {}, {}};
    in.maxCycles = 100000;
    for (const Assembler &a : programs) {
      in.programs.push_back(a.words);
    }
    in.hbm.assign(images.begin(), images.end());
    return in;
  }

private:
  std::vector<Assembler> programs;
  std::vector<std::vector<uint8_t>> images;
  uint32_t bankBytes;
};

inline std::vector<uint32_t> words(const SparseMemory &hbm, uint64_t address,
                                   uint32_t count) {
  std::vector<uint32_t> result(count);
  hbm.read(address, result.data(), 4 * size_t(count));
  return result;
}

} // namespace acc::test

#endif // ACC_TEST_UNIT_MODELS_CHIPPROGRAMS_H
