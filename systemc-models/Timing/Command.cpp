//===- Command.cpp - A decoded engine command -----------------------------===//

#include "systemc-models/Timing/Command.h"

using namespace acc;

bool acc::isCommand(unsigned opcode) {
  switch (isa::Opcode(opcode)) {
  case isa::Opcode::LOAD:
  case isa::Opcode::STORE:
  case isa::Opcode::MATMUL:
  case isa::Opcode::ACCST:
  case isa::Opcode::VPURUN:
    return true;
  default:
    return false;
  }
}

bool acc::hasValidLength(const isa::Word *code) {
  const isa::InstrInfo *info = isa::lookupOpcode(isa::opcodeOf(*code));
  unsigned n = isa::numWordsOf(*code);
  return info && n >= info->minWords && n <= info->maxWords;
}

static Dma toDma(const isa::Store &s) {
  Dma d;
  d.hbmBase = s.hbmBase;
  d.spmBase = s.spmBase;
  d.idxBase = s.idxBase;
  d.idxLimit = s.idxLimit;
  d.hbmReg = s.hbmReg;
  d.spmReg = s.spmReg;
  d.esize = s.esize;
  d.idxEn = s.idxEn;
  d.size = s.size;
  d.hbmStride = s.hbmStride;
  d.spmStride = s.spmStride;
  return d;
}

template <typename Instr>
static void setHeader(Command &command, isa::Engine engine, const Instr &i) {
  command.engine = engine;
  command.rdBanks = i.rdBanks;
  command.auxBanks = i.auxBanks;
  command.wrBanks = i.wrBanks;
  command.waitMask = i.waitMask;
  command.signalMask = i.signalMask;
}

Command acc::decodeCommand(const isa::Word *code, uint32_t pc) {
  Command command;
  command.pc = pc;
  command.words = uint8_t(isa::numWordsOf(*code));
  switch (isa::Opcode(isa::opcodeOf(*code))) {
  case isa::Opcode::LOAD: {
    auto i = isa::Load::decode(code);
    setHeader(command, isa::Engine::Load, i);
    command.body = i;
    break;
  }
  case isa::Opcode::STORE: {
    auto i = isa::Store::decode(code);
    setHeader(command, isa::Engine::Store, i);
    command.body = toDma(i);
    break;
  }
  case isa::Opcode::MATMUL: {
    auto i = isa::Matmul::decode(code);
    setHeader(command, isa::Engine::Mxu, i);
    command.body = i;
    break;
  }
  case isa::Opcode::ACCST: {
    auto i = isa::Accst::decode(code);
    setHeader(command, isa::Engine::Mxu, i);
    command.body = i;
    break;
  }
  default: {
    auto i = isa::Vpurun::decode(code);
    setHeader(command, isa::Engine::Vpu, i);
    command.body = i;
    break;
  }
  }
  return command;
}

void acc::addBaseRegisters(Command &command, const Registers &regs) {
  if (auto *d = std::get_if<Dma>(&command.body)) {
    d->hbmBase += regs[d->hbmReg];
    d->spmBase += regs[d->spmReg];
  } else if (auto *m = std::get_if<isa::Matmul>(&command.body)) {
    m->aBase += regs[m->aReg];
    m->wBase += regs[m->wReg];
  } else if (auto *a = std::get_if<isa::Accst>(&command.body)) {
    a->oBase += regs[a->oReg];
  } else {
    auto &v = std::get<isa::Vpurun>(command.body);
    for (unsigned i = 0; i < isa::kNumVpuInputs; ++i) {
      v.inBase[i] += regs[v.inReg[i]];
    }
    v.outBase += regs[v.outBaseReg];
  }
}
