//===- RandomProgram.cpp - Valid random programs --------------------------===//

#include "systemc-models/Random/RandomProgram.h"
#include "systemc-models/Random/RandomCommands.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <functional>

using namespace acc;
using isa::Opcode;

namespace {

/// Semaphores: 4 i + j goes from engine i to engine j between phases; those
/// from 16 on go between the sequencer and engines within a phase.
constexpr unsigned phaseSemaphores = 16;

class Generator {
public:
  Generator(const Target &target, uint64_t seed,
            const RandomProgramOptions &options)
      : target(target), options(options), choose(seed),
        commands(target, choose) {}

  RandomProgram run();

private:
  const Target &target;
  const RandomProgramOptions &options;
  Chooser choose;
  RandomCommands commands;
  RandomProgram program;
  unsigned phaseNumber = 0;
  bool afterFence = true; ///< the phase begins with idle engines

  void fillHbm();
  void loadIndexLists();
  BankPlan planBanks();
  void phase(bool last, bool fenceAfter);
  void pushCommand(unsigned engine, const BankPlan &plan, uint32_t waitMask,
                   uint32_t signalMask);
  void pushSync(unsigned engine, uint32_t waitMask, uint32_t signalMask);
  void scalars();
  void lds();
  void scalar(Opcode op, unsigned rd = 0, unsigned rs1 = 0, unsigned rs2 = 0,
              uint32_t imm = 0, uint32_t target = 0, uint32_t mask = 0);
  uint32_t pc() const { return uint32_t(program.words.size()); }
};

} // namespace

void Generator::scalar(Opcode op, unsigned rd, unsigned rs1, unsigned rs2,
                       uint32_t imm, uint32_t target, uint32_t mask) {
  isa::Scalar s;
  s.opcode = op;
  s.rd = uint8_t(rd);
  s.rs1 = uint8_t(rs1);
  s.rs2 = uint8_t(rs2);
  s.imm = int32_t(imm);
  s.target = target;
  s.mask = mask;
  s.encode(program.words);
}

/// Numbers of every kind: moderate floats, small integers, raw bits, halves.
void Generator::fillHbm() {
  program.hbm.resize(fuzzIndexAddress + fuzzIndexBytes);
  for (uint32_t i = 0; i < fuzzAreaBytes; i += 4) {
    uint32_t word = choose.bits();
    switch (choose.below(6)) {
    case 0:
    case 1:
      word = (word & 0x807FFFFF) | choose.between(120, 134) << 23;
      break;
    case 2:
      word = uint32_t(int32_t(word) >> choose.below(31));
      break;
    case 3:
      word = (word & 0x83FF83FF) | choose.between(12, 18) << 26 |
             choose.between(12, 18) << 10;
      break;
    case 4:
      word = (word & 0x807F807F) | choose.between(120, 134) << 23 |
             choose.between(120, 134) << 7;
      break;
    default:
      break;
    }
    std::memcpy(&program.hbm[i], &word, 4);
  }
  for (uint32_t i = 0; i < fuzzIndexBytes; i += 4) {
    uint32_t index = choose.below(fuzzIndexLimit);
    std::memcpy(&program.hbm[fuzzIndexAddress + i], &index, 4);
  }
}

void Generator::loadIndexLists() {
  for (uint32_t bank = 0; bank < target.spm.banks; ++bank) {
    isa::Load l;
    l.wrBanks = uint16_t(1u << bank);
    l.esize = 4;
    l.size = {1, 1, 1, 1, 1, fuzzIndexBytes / 4};
    l.hbmBase = fuzzIndexAddress;
    l.spmBase = (bank + 1) * target.spm.bankBytes - fuzzIndexBytes;
    l.hbmStride[5] = l.spmStride[5] = 4;
    l.encode(program.words);
  }
  scalar(Opcode::FENCE);
}

BankPlan Generator::planBanks() {
  uint32_t banks[isa::kMaxBanks];
  for (uint32_t i = 0; i < target.spm.banks; ++i) {
    banks[i] = i;
  }
  for (uint32_t i = target.spm.banks; i-- > 1;) {
    std::swap(banks[i], banks[choose.below(i + 1)]);
  }
  return {banks[0], banks[1], banks[2], banks[3],
          banks[4], banks[5], banks[6], banks[7]};
}

/// Straight-line arithmetic, a counted branch loop or hardware loops. Registers
/// 1 to 7 are those that commands use; others are scratch.
void Generator::scalars() {
  switch (choose.below(5)) {
  case 0: {
    unsigned r = choose.between(1, 7);
    commands.registers[r] =
        choose.oneIn(2) ? choose.bits() : choose.below(4096);
    scalar(Opcode::LI, r, 0, 0, commands.registers[r]);
    break;
  }
  case 1: {
    const Opcode ops[] = {Opcode::ADD,  Opcode::SUB,  Opcode::MUL,
                          Opcode::SAND, Opcode::SOR,  Opcode::SXOR,
                          Opcode::SSHL, Opcode::SSHR, Opcode::SLT};
    scalar(choose.pick(ops), choose.between(8, 20), choose.below(21),
           choose.below(21));
    break;
  }
  case 2: {
    scalar(Opcode::LI, 21, 0, 0, choose.between(1, 5));
    uint32_t begin = pc();
    scalar(Opcode::ADDI, 21, 21, 0, uint32_t(-1));
    scalar(choose.oneIn(2) ? Opcode::BNE : Opcode::BLT, 0, 0, 21, 0, begin);
    break;
  }
  case 3: {
    uint32_t outer = pc();
    scalar(Opcode::LOOP, 0, 0, 0, choose.between(1, 4), outer + 4);
    scalar(Opcode::LOOP, 0, 0, 0, choose.between(1, 4), outer + 3);
    scalar(Opcode::ADDI, 22, 22, 0, 3);
    scalar(Opcode::ADDI, 23, 23, 0, 5);
    break;
  }
  default:
    scalar(Opcode::JMP, 0, 0, 0, 0, pc() + 1);
    break;
  }
}

/// A data-dependent base register; only while the engines are idle. The word is
/// an index, so the value in the register is not known here: it is not used as
/// a base but decides a branch.
void Generator::lds() {
  uint32_t bank = choose.below(target.spm.banks);
  scalar(Opcode::LDS, 24, 0, 0,
         (bank + 1) * target.spm.bankBytes - 4 * choose.between(1, 16));
  const Opcode branches[] = {Opcode::BEQ, Opcode::BNE, Opcode::BLT,
                             Opcode::BGE};
  scalar(Opcode::LI, 25, 0, 0, choose.below(fuzzIndexLimit));
  scalar(choose.pick(branches), 0, 24, 25, 0, pc() + 3);
  scalar(Opcode::ADDI, 26, 26, 0, 1);
  scalar(Opcode::ADDI, 27, 26, 0, 1);
}

/// A SYNC, whose bank fields mean nothing.
void Generator::pushSync(unsigned engine, uint32_t waitMask,
                         uint32_t signalMask) {
  auto push = [&](auto c) {
    c.rdBanks = c.auxBanks = c.wrBanks = uint16_t(choose.bits());
    c.waitMask = waitMask;
    c.signalMask = signalMask;
    c.encode(program.words);
  };
  switch (isa::Engine(engine)) {
  case isa::Engine::Load:
    return push(isa::Loadsync());
  case isa::Engine::Store:
    return push(isa::Storesync());
  case isa::Engine::Mxu:
    return push(isa::Mxusync());
  default:
    return push(isa::Vpusync());
  }
}

void Generator::pushCommand(unsigned engine, const BankPlan &plan,
                            uint32_t waitMask, uint32_t signalMask) {
  uint32_t written = fuzzAreaBytes * (1 + phaseNumber % 2);
  uint32_t readable =
      choose.oneIn(2) ? 0 : fuzzAreaBytes * (1 + (phaseNumber + 1) % 2);
  auto push = [&](auto c) {
    c.waitMask = waitMask;
    c.signalMask = signalMask;
    c.encode(program.words);
  };
  if (choose.oneIn(6)) {
    return pushSync(engine, waitMask, signalMask);
  }
  switch (isa::Engine(engine)) {
  case isa::Engine::Load:
    return push(commands.load(plan, readable));
  case isa::Engine::Store:
    return push(commands.store(plan, written));
  case isa::Engine::Mxu:
    return choose.oneIn(3) ? push(commands.accst(plan))
                           : push(commands.matmul(plan));
  default:
    return push(commands.vpu(plan));
  }
}

void Generator::phase(bool last, bool fenceAfter) {
  BankPlan plan = planBanks();
  unsigned left[numEngines], total[numEngines];
  for (unsigned e = 0; e < numEngines; ++e) {
    left[e] = total[e] = choose.between(1, options.maxCommandsPerPhase);
  }
  for (unsigned remaining = left[0] + left[1] + left[2] + left[3];
       remaining > 0; --remaining) {
    unsigned e;
    do {
      e = choose.below(numEngines);
    } while (left[e] == 0);
    uint32_t waitMask = 0, signalMask = 0;
    if (left[e] == total[e] && !afterFence) {
      for (unsigned from = 0; from < numEngines; ++from) {
        waitMask |= 1u << (4 * from + e);
      }
    }
    if (--left[e] == 0 && !last && !fenceAfter) {
      signalMask |= 15u << (4 * e);
    }
    while (choose.oneIn(2)) {
      scalars();
    }
    // A word from the sequencer before or after the push, or one back to it.
    uint32_t own = 1u << (phaseSemaphores + e);
    unsigned kind = choose.below(6);
    if (kind == 0) {
      scalar(Opcode::SIGNAL, 0, 0, 0, 0, 0, own);
    }
    if (kind <= 1) {
      waitMask |= own;
    } else if (kind == 2) {
      signalMask |= own << numEngines;
    }
    pushCommand(e, plan, waitMask, signalMask);
    if (kind == 1) {
      scalar(Opcode::SIGNAL, 0, 0, 0, 0, 0, own);
    } else if (kind == 2) {
      scalar(Opcode::WAIT, 0, 0, 0, 0, 0, own << numEngines);
    }
  }
  if (fenceAfter && !last) {
    scalar(Opcode::FENCE);
    if (choose.oneIn(2)) {
      lds();
    }
  }
  afterFence = fenceAfter;
}

RandomProgram Generator::run() {
  assert(target.spm.banks >= 8 && target.spm.bankBytes >= 8192 &&
         "the target is too small for random programs");
  fillHbm();
  loadIndexLists();
  for (phaseNumber = 0; phaseNumber < options.phases; ++phaseNumber) {
    phase(phaseNumber + 1 == options.phases, choose.oneIn(3));
  }
  scalar(Opcode::HALT);
  return std::move(program);
}

RandomProgram acc::makeRandomProgram(const Target &target, uint64_t seed,
                                     const RandomProgramOptions &options) {
  return Generator(target, seed, options).run();
}
