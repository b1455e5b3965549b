//===- Assembler.h - Small programs for model tests ---------------*- C++
//-*-===//

#ifndef ACC_TEST_UNIT_MODELS_ASSEMBLER_H
#define ACC_TEST_UNIT_MODELS_ASSEMBLER_H

#include "systemc-models/Sim/Sim.h"

#include <cstring>

namespace acc::test {

using isa::Opcode;

/// Collects instructions.
class Assembler {
public:
  std::vector<isa::Word> words;

  uint32_t pc() const { return uint32_t(words.size()); }

  Assembler &scalar(Opcode op, unsigned rd = 0, unsigned rs1 = 0,
                    unsigned rs2 = 0, int32_t imm = 0, uint32_t target = 0,
                    uint32_t mask = 0) {
    isa::Scalar s;
    s.opcode = op;
    s.rd = uint8_t(rd);
    s.rs1 = uint8_t(rs1);
    s.rs2 = uint8_t(rs2);
    s.imm = imm;
    s.target = target;
    s.mask = mask;
    s.encode(words);
    return *this;
  }
  Assembler &li(unsigned rd, int32_t imm) {
    return scalar(Opcode::LI, rd, 0, 0, imm);
  }
  Assembler &wait(uint32_t mask) {
    return scalar(Opcode::WAIT, 0, 0, 0, 0, 0, mask);
  }
  Assembler &signal(uint32_t mask) {
    return scalar(Opcode::SIGNAL, 0, 0, 0, 0, 0, mask);
  }
  Assembler &fence() { return scalar(Opcode::FENCE); }
  Assembler &halt() { return scalar(Opcode::HALT); }
  template <typename Command> Assembler &push(const Command &c) {
    c.encode(words);
    return *this;
  }
};

/// A contiguous copy of 32-bit words. `Instr` is isa::Load or isa::Store.
template <typename Instr>
Instr copy(uint32_t hbm, uint32_t spm, uint32_t count) {
  Instr i;
  i.hbmBase = hbm;
  i.spmBase = spm;
  i.esize = 4;
  i.size = {1, 1, 1, 1, 1, count};
  i.hbmStride[5] = i.spmStride[5] = 4;
  return i;
}

inline isa::Load load(uint32_t hbm, uint32_t spm, uint32_t count,
                      uint16_t banks) {
  auto i = copy<isa::Load>(hbm, spm, count);
  i.wrBanks = banks;
  return i;
}

inline isa::Store store(uint32_t hbm, uint32_t spm, uint32_t count,
                        uint16_t banks) {
  auto i = copy<isa::Store>(hbm, spm, count);
  i.rdBanks = banks;
  return i;
}

/// out[i] = op(in0[i], in1[i]) on fp32 or int32 words.
inline isa::Vpurun elementwise(isa::Uop op, uint32_t in0, uint32_t in1,
                               uint32_t out, uint32_t count) {
  isa::Vpurun v;
  v.size = {1, 1, 1, 1, 1, count};
  v.inBase = {in0, in1, 0, 0};
  v.inFmt = {isa::Format::F32, isa::Format::F32, isa::Format::None,
             isa::Format::None};
  v.inStride[5] = v.inStride[11] = 4;
  v.outBase = out;
  v.outFmt = isa::Format::F32;
  v.outStride[5] = 4;
  v.outReg = 2;
  v.firstRed = 5;
  v.nuops = 1;
  isa::UopInstr u;
  u.op = op;
  u.dst = 2;
  u.a = 0;
  u.b = 1;
  v.uops[0] = u.encode();
  return v;
}

inline std::vector<uint8_t> floatsToBytes(const std::vector<float> &values) {
  std::vector<uint8_t> bytes(values.size() * 4);
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

inline std::vector<float> readFloats(const SparseMemory &memory,
                                     uint64_t address, size_t count) {
  std::vector<float> values(count);
  memory.read(address, values.data(), count * 4);
  return values;
}

} // namespace acc::test

#endif // ACC_TEST_UNIT_MODELS_ASSEMBLER_H
