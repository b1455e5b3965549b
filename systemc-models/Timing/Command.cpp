//===- Command.cpp - A decoded engine command -----------------------------===//

#include "systemc-models/Timing/Command.h"

using namespace acc;

bool acc::isCommand(unsigned opcode) {
  switch (isa::Opcode(opcode)) {
  case isa::Opcode::LOAD:
  case isa::Opcode::STORE:
  case isa::Opcode::LOADSYNC:
  case isa::Opcode::STORESYNC:
  case isa::Opcode::MATMUL:
  case isa::Opcode::MATMULMX:
  case isa::Opcode::MATMULRS:
  case isa::Opcode::ACCST:
  case isa::Opcode::MXUSYNC:
  case isa::Opcode::DRAINSYNC:
  case isa::Opcode::VPURUN:
  case isa::Opcode::VPUSYNC:
  case isa::Opcode::COLLECTIVE:
  case isa::Opcode::NETSYNC:
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

Matmul::Matmul(const isa::Matmulrs &fields)
    : rescales(true), rsBase(fields.rsBase), rsReg(fields.rsReg) {
  aBase = fields.aBase;
  wBase = fields.wBase;
  aReg = fields.aReg;
  wReg = fields.wReg;
  aFmt = fields.aFmt;
  wFmt = fields.wFmt;
  accumulate = fields.accumulate;
  wByCol = fields.wByCol;
  accBase = fields.accBase;
  ncols = fields.ncols;
  msize = fields.msize;
  ksize = fields.ksize;
  aMstride = fields.aMstride;
  aKstride = fields.aKstride;
  wKstride = fields.wKstride;
  wNstride = fields.wNstride;
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

/// `Instr` is that of any engine: they have the same layout, and no claims.
template <typename Instr>
static void setSync(Command &command, isa::Engine engine,
                    const isa::Word *code) {
  auto i = Instr::decode(code);
  i.rdBanks = i.auxBanks = i.wrBanks = 0;
  setHeader(command, engine, i);
  command.body = Sync{};
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
  case isa::Opcode::MATMUL:
  case isa::Opcode::MATMULMX: {
    // The fields that a MATMUL does not have are 0.
    auto i = isa::Matmulmx::decode(code);
    setHeader(command, isa::Engine::Mxu, i);
    command.body =
        Matmul(i, isa::opcodeOf(*code) == unsigned(isa::Opcode::MATMULMX));
    break;
  }
  case isa::Opcode::MATMULRS: {
    auto i = isa::Matmulrs::decode(code);
    setHeader(command, isa::Engine::Mxu, i);
    command.body = Matmul(i);
    break;
  }
  case isa::Opcode::ACCST: {
    auto i = isa::Accst::decode(code);
    setHeader(command, isa::Engine::Drain, i);
    command.body = i;
    break;
  }
  case isa::Opcode::LOADSYNC:
    setSync<isa::Loadsync>(command, isa::Engine::Load, code);
    break;
  case isa::Opcode::STORESYNC:
    setSync<isa::Storesync>(command, isa::Engine::Store, code);
    break;
  case isa::Opcode::MXUSYNC:
    setSync<isa::Mxusync>(command, isa::Engine::Mxu, code);
    break;
  case isa::Opcode::DRAINSYNC:
    setSync<isa::Drainsync>(command, isa::Engine::Drain, code);
    break;
  case isa::Opcode::VPUSYNC:
    setSync<isa::Vpusync>(command, isa::Engine::Vpu, code);
    break;
  case isa::Opcode::NETSYNC:
    setSync<isa::Netsync>(command, isa::Engine::Net, code);
    break;
  case isa::Opcode::COLLECTIVE: {
    auto i = isa::Collective::decode(code);
    setHeader(command, isa::Engine::Net, i);
    command.body = Collective(i);
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

std::optional<uint32_t> SliceId::read(uint32_t id) const {
  switch (isa::Id(id)) {
  case isa::Id::Slice:
    return slice;
  case isa::Id::Chip:
    return chip;
  case isa::Id::Row:
    return row;
  case isa::Id::Column:
    return column;
  case isa::Id::Rows:
    return rows;
  case isa::Id::Columns:
    return columns;
  }
  return std::nullopt;
}

uint32_t Collective::parts() const {
  switch (kind) {
  case isa::CollectiveKind::AllGather:
  case isa::CollectiveKind::ReduceScatter:
    return members;
  case isa::CollectiveKind::Barrier:
    return 0;
  default:
    return 1;
  }
}

bool Collective::gives(uint32_t part) const {
  switch (kind) {
  case isa::CollectiveKind::AllGather:
    return part == member;
  case isa::CollectiveKind::Broadcast:
    return root == member;
  default:
    return true;
  }
}

bool Collective::gets(uint32_t part) const {
  return kind != isa::CollectiveKind::ReduceScatter || part == member;
}

bool Collective::agreesWith(const Collective &o) const {
  return kind == o.kind && op == o.op && fmt == o.fmt && root == o.root &&
         rows == o.rows && columns == o.columns;
}

void acc::placeInGroup(Command &command, const SliceId &id) {
  auto *c = std::get_if<Collective>(&command.body);
  if (!c) {
    return;
  }
  switch (c->group) {
  case isa::Group::Row:
    c->members = id.columns;
    c->member = id.column;
    break;
  case isa::Group::Column:
    c->members = id.rows;
    c->member = id.row;
    break;
  case isa::Group::Chip:
    c->members = id.rows * id.columns;
    c->member = id.slice;
    break;
  case isa::Group::Slice:
    c->members = 1;
    c->member = 0;
    break;
  }
  c->hasFabric = id.trays * id.chipsOfTray > 1;
  uint32_t number = 0;
  switch (c->chips) {
  case isa::Chips::Own:
    break;
  case isa::Chips::Rack:
    c->chipsOfGroup = id.trays * id.chipsOfTray;
    number = id.chip;
    break;
  case isa::Chips::Tray:
    c->chipsOfGroup = id.chipsOfTray;
    number = id.chip % id.chipsOfTray;
    break;
  case isa::Chips::Peers:
    c->chipsOfGroup = id.trays;
    number = id.chip / id.chipsOfTray;
    break;
  }
  c->member += number * c->members;
  c->members *= c->chipsOfGroup;
}

void acc::addBaseRegisters(Command &command, const Registers &regs) {
  if (auto *d = std::get_if<Dma>(&command.body)) {
    d->hbmBase += regs[d->hbmReg];
    d->spmBase += regs[d->spmReg];
  } else if (auto *m = std::get_if<Matmul>(&command.body)) {
    m->aBase += regs[m->aReg];
    m->wBase += regs[m->wReg];
    m->asBase += regs[m->asReg];
    m->wsBase += regs[m->wsReg];
    m->rsBase += regs[m->rsReg];
  } else if (auto *a = std::get_if<isa::Accst>(&command.body)) {
    a->oBase += regs[a->oReg];
  } else if (auto *v = std::get_if<isa::Vpurun>(&command.body)) {
    for (unsigned i = 0; i < isa::kNumVpuInputs; ++i) {
      v->inBase[i] += regs[v->inReg[i]];
    }
    v->outBase += regs[v->outBaseReg];
  } else if (auto *c = std::get_if<Collective>(&command.body)) {
    c->srcBase += regs[c->srcReg];
    c->dstBase += regs[c->dstReg];
  }
}
