//===- Assembler.h - Programs from code ---------------------------*- C++
//-*-===//
//
// Collects instructions, for programs that tests and generators make.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_RANDOM_ASSEMBLER_H
#define ACC_SYSTEMC_MODELS_RANDOM_ASSEMBLER_H

#include "systemc-models/Timing/Command.h"

#include <vector>

namespace acc {

class Assembler {
public:
  std::vector<isa::Word> words;

  uint32_t pc() const { return uint32_t(words.size()); }

  Assembler &scalar(isa::Opcode op, unsigned rd = 0, unsigned rs1 = 0,
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
    return scalar(isa::Opcode::LI, rd, 0, 0, imm);
  }
  Assembler &addi(unsigned rd, unsigned rs1, int32_t imm) {
    return scalar(isa::Opcode::ADDI, rd, rs1, 0, imm);
  }
  Assembler &wait(uint32_t mask) {
    return scalar(isa::Opcode::WAIT, 0, 0, 0, 0, 0, mask);
  }
  Assembler &signal(uint32_t mask) {
    return scalar(isa::Opcode::SIGNAL, 0, 0, 0, 0, 0, mask);
  }
  Assembler &fence() { return scalar(isa::Opcode::FENCE); }
  Assembler &halt() { return scalar(isa::Opcode::HALT); }
  template <typename Instr> Assembler &push(const Instr &c) {
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

/// `Instr` is the SYNC of an engine.
template <typename Instr> Instr sync(uint32_t wait = 0, uint32_t signal = 0) {
  Instr i;
  i.waitMask = wait;
  i.signalMask = signal;
  return i;
}

} // namespace acc

#endif // ACC_SYSTEMC_MODELS_RANDOM_ASSEMBLER_H
