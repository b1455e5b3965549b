//===- RandomProgram.cpp - Seeded random programs -------------------------===//

#include "systemc-models/Random/RandomProgram.h"
#include "systemc-models/Functional/Collective.h"
#include "systemc-models/Random/Assembler.h"
#include "systemc-models/Random/RandomCommands.h"
#include "systemc-models/Random/Semaphores.h"

#include <array>
#include <cassert>
#include <cstring>

using namespace acc;
using isa::Opcode;

namespace {

/// Registers above those of commands: four for anything, three count loops.
constexpr unsigned firstScratch = RandomCommands::numRegisters + 1;
constexpr unsigned firstCounter = firstScratch + 4;

/// The loops around a group of commands, outermost first.
struct LoopPlan {
  enum class Form { Immediate, Register, Branch };
  struct Level {
    Form form;
    unsigned count;
  };
  std::vector<Level> levels;
  unsigned times = 1;
};

class Generator {
public:
  Generator(const Target &target, uint64_t seed,
            const RandomProgramOptions &options)
      : t(target), options(options), choose(seed), shared(seed),
        faults(options.faults), commands(target, choose, faults) {}
  /// A slice of a chip; slices whose `chipSeed` is the same meet.
  Generator(const Target &target, uint64_t seed, uint64_t chipSeed,
            const SliceId &id, const RandomProgramOptions &options)
      : t(target), options(options), choose(seed), shared(chipSeed), id(id),
        isInChip(true), faults(false), commands(target, choose, faults) {}

  RandomProgram run();

private:
  const Target &t;
  const RandomProgramOptions &options;
  Choices choose;
  Choices shared; ///< the same choices in all slices of a chip
  SliceId id;
  bool isInChip = false;
  bool faults; ///< some fields are wrong in the present phase
  RandomCommands commands;
  Assembler a;
  RandomProgram program;
  std::optional<SemaphorePlan> semaphores;
  std::optional<LoopPlan> loops;
  Assembler body;      ///< of the group that is being made
  bool serial = false; ///< one engine at a time
  unsigned phaseNumber = 0;

  // Layout of HBM: read-only data; two areas that phases store to in turn, the
  // second up to the end of HBM; the dump.
  Region loadArea() const { return {0, 2 * t.spmBytes(), 0}; }
  Region storeArea(unsigned i) const {
    uint64_t low = i % 2 ? t.hbm.bytes - 2 * t.spmBytes() : 2 * t.spmBytes();
    return {low, low + 2 * t.spmBytes(), 0};
  }
  uint32_t dumpArea() const { return uint32_t(8 * t.spmBytes()); }
  Region banks(unsigned first, unsigned last) const;
  Region half(unsigned bank, bool upper) const;
  unsigned indexBank() const { return t.spm.banks - 1; }

  void makeImage();
  void initialise();
  void dump();
  void phase();
  void serialPhase();
  void parallelPhase();
  void collectivePhase();
  void setFaults(bool mayBeWrong) {
    faults = mayBeWrong;
    commands.setFaults(mayBeWrong);
  }
  void disagree(isa::Collective &c);
  void drain();
  LoopPlan planLoops(Choices &choose);
  void beginGroup() { beginGroup(choose); }
  void beginGroup(Choices &ofLoops);
  void endGroup();
  void emitLoops(size_t level);
  void step();
  void scalarNoise();
  unsigned scratch() {
    return choose.oneIn(6) ? 0 : firstScratch + choose.upTo(3);
  }
  void arithmetic(Assembler &into);
  template <typename Command> void push(Command c, isa::Engine engine);
  void pushSync();
  void products(Region activations, Region weights);
};

} // namespace

Region Generator::banks(unsigned first, unsigned last) const {
  return {uint64_t(first) * t.spm.bankBytes,
          uint64_t(last + 1) * t.spm.bankBytes,
          uint16_t((2u << last) - (1u << first))};
}

Region Generator::half(unsigned bank, bool upper) const {
  Region r = banks(bank, bank);
  (upper ? r.low : r.high) = r.low + t.spm.bankBytes / 2;
  return r;
}

/// Numbers near one, special ones, pairs of 16-bit numbers; stretches of bytes
/// that are finite in every small format, or block scales near one; an index
/// list in what becomes the last bank.
void Generator::makeImage() {
  program.hbm.resize(2 * t.spmBytes());
  unsigned stretch = 0;
  for (size_t i = 0; i < program.hbm.size(); i += 4) {
    uint32_t x = choose.next();
    if (!choose.oneIn(8)) {
      x = (x & 0x807FFFFF) | (120 + choose.next() % 14) << 23;
    }
    if (choose.oneIn(64)) {
      x = choose.pick<uint32_t>({0, 0x80000000, 0x7F800000, 0xFF800000,
                                 0x7FC00001, 1, 0x80000001, 0x3F800000});
    }
    if (choose.oneIn(4)) {
      x = (x & 0x80FF80FF) | 0x3C003C00 | (choose.next() & 0x03000300);
    }
    if (i % 128 == 0) {
      stretch = choose.next() % 4;
    }
    if (stretch == 1) {
      x = choose.next() & 0xBFBFBFBF;
    } else if (stretch == 2) {
      x = 0x7C7C7C7C + (choose.next() & 0x07070707);
    }
    std::memcpy(&program.hbm[i], &x, 4);
  }
  for (uint32_t i = 0; i < t.spm.bankBytes; i += 4) {
    uint32_t index = choose.next() % RandomCommands::indexLimit;
    std::memcpy(&program.hbm[t.spmBytes() - t.spm.bankBytes + i], &index, 4);
  }
}

/// Fills scratchpad, accumulators and vector registers.
void Generator::initialise() {
  a.push(load(0, 0, uint32_t(t.spmBytes() / 4), 0xFFFF)).fence();
  isa::Matmul m;
  m.aFmt = m.wFmt = isa::Format::BF16;
  m.ncols = uint16_t(t.mxuCols());
  m.msize = {1, 1, t.mxu.accRows};
  m.ksize = {1, 1, t.mxu.rows};
  m.aMstride = {0, 0, 64};
  m.aKstride = {0, 0, 2};
  m.wKstride = {0, 0, 64};
  m.wNstride = 2;
  m.wBase = t.spm.bankBytes;
  m.rdBanks = 1;
  m.auxBanks = 2;
  a.push(m);
  isa::Vpurun v;
  v.size = {1, 1, 1, 1, 1, uint32_t(t.vectorLength())};
  v.inFmt = {isa::Format::Iota, isa::Format::None, isa::Format::None,
             isa::Format::None};
  v.inStride[5] = 3;
  v.outFmt = isa::Format::None;
  v.firstRed = 5;
  v.nuops = isa::kNumVpuRegs;
  for (unsigned r = 0; r < isa::kNumVpuRegs; ++r) {
    isa::UopInstr u;
    u.op = isa::Uop::IADD;
    u.dst = uint8_t((r + 1) % isa::kNumVpuRegs); // register 0 last
    u.immSel = 2;
    u.imm = r * 1000;
    v.uops[r] = u.encode();
  }
  a.push(v).fence();
}

/// Scalar and vector registers go to the scratchpad behind the accumulators.
void Generator::dump() {
  uint32_t at = dumpArea();
  a.push(store(at, 0, uint32_t(t.spmBytes() / 4), 0xFFFF)).fence();
  at += uint32_t(t.spmBytes());
  isa::Accst c;
  c.oFmt = isa::Format::F32;
  c.ncols = uint16_t(t.mxuCols());
  c.msize = {1, 1, t.mxu.accRows};
  c.oMstride = {0, 0, int32_t(4 * t.mxuCols())};
  c.oNstride = 4;
  c.wrBanks = 0xFFFF;
  a.push(c).fence();
  auto words = uint32_t(t.mxu.accRows * t.mxuCols());
  a.push(store(at, 0, words, 0xFFFF)).fence();
  at += 4 * words;
  isa::Vpurun v;
  v.wrBanks = 1;
  v.outFmt = isa::Format::I32;
  v.outStride[5] = 4;
  v.firstRed = 5;
  v.inFmt.fill(isa::Format::None);
  v.size = {1, 1, 1, 1, 1, uint32_t(t.vectorLength())};
  for (unsigned r = 0; r < isa::kNumVpuRegs; ++r) {
    v.outReg = uint8_t(r);
    a.push(v);
    v.outBase += uint32_t(4 * t.vectorLength());
  }
  v.inFmt[0] = isa::Format::Iota;
  v.size[5] = 1;
  v.outReg = 0;
  for (unsigned r = 0; r < isa::kNumScalarRegs; ++r) {
    v.inReg[0] = uint8_t(r);
    a.push(v);
    v.outBase += 4;
  }
  a.fence();
  a.push(store(at, 0, v.outBase / 4, 1));
}

//===----------------------------------------------------------------------===//
// Groups of commands in loops
//===----------------------------------------------------------------------===//

LoopPlan Generator::planLoops(Choices &choose) {
  LoopPlan plan;
  while (plan.levels.size() < 3 && choose.oneIn(2)) {
    auto form = LoopPlan::Form(choose.next() % 3);
    unsigned count = 1 + choose.upTo(3);
    if (plan.times * count <= 12) {
      plan.levels.push_back({form, count});
      plan.times *= count;
    }
  }
  return plan;
}

void Generator::beginGroup(Choices &ofLoops) {
  loops = planLoops(ofLoops);
  body = {};
  commands.begin(loops->times, serial);
}

/// Moves the base registers on.
void Generator::step() {
  for (const SteppedRegister &r : commands.registers()) {
    if (r.toggles) {
      a.scalar(Opcode::SXOR, r.reg, r.reg, r.maskReg);
    } else if (r.step != 0) {
      a.addi(r.reg, r.reg, r.step);
    }
  }
}

void Generator::emitLoops(size_t level) {
  if (level == loops->levels.size()) {
    a.words.insert(a.words.end(), body.words.begin(), body.words.end());
    step();
    // A loop needs a body.
    a.addi(firstScratch, firstScratch, 1);
    return;
  }
  LoopPlan::Level l = loops->levels[level];
  unsigned counter = firstCounter + unsigned(level);
  if (l.form == LoopPlan::Form::Branch) {
    a.li(counter, int32_t(l.count));
    uint32_t begin = a.pc();
    emitLoops(level + 1);
    a.addi(counter, counter, -1);
    if (choose.oneIn(2)) {
      a.scalar(Opcode::BNE, 0, counter, 0, 0, begin);
    } else {
      a.scalar(Opcode::BLT, 0, 0, counter, 0, begin);
    }
    return;
  }
  // The count is the sum of both; below one counts as one.
  int32_t inRegister = 0;
  auto count = int32_t(l.count);
  if (count == 1 && choose.oneIn(2)) {
    count = -int32_t(choose.upTo(3));
  }
  if (l.form == LoopPlan::Form::Register) {
    inRegister = choose.oneIn(2) ? count : int32_t(choose.next());
  }
  a.li(counter, inRegister);
  uint32_t at = a.pc();
  auto imm = int32_t(uint32_t(count) - uint32_t(inRegister));
  a.scalar(Opcode::LOOP, 0, counter, 0, imm);
  emitLoops(level + 1);
  // The last instruction must not be the end of another loop.
  a.addi(firstScratch, firstScratch, 1);
  Assembler loop;
  loop.scalar(Opcode::LOOP, 0, counter, 0, imm, a.pc());
  a.words[at] = loop.words[0];
}

void Generator::endGroup() {
  for (const SteppedRegister &r : commands.registers()) {
    a.li(r.reg, int32_t(r.start));
    if (r.toggles) {
      a.li(r.maskReg, r.step);
    }
  }
  emitLoops(0);
  loops.reset();
}

/// Gives a command its semaphores and appends it to the group.
template <typename Command>
void Generator::push(Command c, isa::Engine engine) {
  unsigned times = loops->times;
  c.waitMask = semaphores->take(unsigned(engine), times);
  c.signalMask = semaphores->signal(times);
  if (faults && choose.oneIn(8)) {
    // Beside others only faults of the start: when a fault inside a command is
    // raised is not part of the contract.
    auto spoil = [&](uint16_t &mask) {
      uint32_t bit = choose.next() & 1u << choose.next() % 16;
      mask = uint16_t(serial ? bit : mask | bit);
    };
    switch (choose.next() % 6) {
    case 0:
      spoil(c.rdBanks);
      break;
    case 1:
      spoil(c.wrBanks);
      break;
    case 2:
      spoil(c.auxBanks);
      break;
    case 3:
      c.waitMask |= 1u << choose.next() % 32 & semaphores->usedMask();
      break;
    case 4:
      c.signalMask |= 1u << choose.next() % 32;
      break;
    default:
      break;
    }
  }
  size_t at = body.words.size();
  body.push(c);
  if (faults && serial && choose.oneIn(48)) {
    body.words[at].lo ^= uint64_t(1) << choose.upTo(15); // opcode, length
  }
}

void Generator::pushSync() {
  auto make = [&](auto c, isa::Engine engine) {
    c.rdBanks = c.auxBanks = c.wrBanks = uint16_t(choose.next());
    push(c, engine);
  };
  switch (choose.next() % numEngines) {
  case 0:
    return make(isa::Loadsync(), isa::Engine::Load);
  case 1:
    return make(isa::Storesync(), isa::Engine::Store);
  case 2:
    return make(isa::Mxusync(), isa::Engine::Mxu);
  case 3:
    return make(isa::Drainsync(), isa::Engine::Drain);
  case 4:
    return make(isa::Netsync(), isa::Engine::Net);
  default:
    return make(isa::Vpusync(), isa::Engine::Vpu);
  }
}

/// One product or several in a row, which overlap; not so where one reads its
/// weights from the banks of the activations of the one before it.
void Generator::products(Region activations, Region weights) {
  for (unsigned i = 0, n = choose.oneIn(2) ? 1 : choose.size(5); i < n; ++i) {
    if (choose.oneIn(6)) {
      std::swap(activations, weights);
    }
    if (choose.oneIn(3)) {
      push(commands.matmulmx(activations, weights), isa::Engine::Mxu);
    } else if (choose.oneIn(3)) {
      push(commands.matmulrs(activations, weights), isa::Engine::Mxu);
    } else {
      push(commands.matmul(activations, weights), isa::Engine::Mxu);
    }
  }
}

//===----------------------------------------------------------------------===//
// Scalar instructions
//===----------------------------------------------------------------------===//

void Generator::arithmetic(Assembler &into) {
  switch (choose.next() % 4) {
  case 3:
    into.scalar(Opcode::RDID, scratch(), 0, 0,
                int32_t(choose.next() % isa::kNumIdValues));
    break;
  case 0:
    into.li(scratch(), int32_t(choose.next()) >> choose.upTo(31));
    break;
  case 1:
    into.addi(scratch(), scratch(), int32_t(choose.next()) >> choose.upTo(31));
    break;
  default:
    into.scalar(Opcode(0x12 + choose.next() % 9), scratch(), scratch(),
                scratch());
    break;
  }
}

void Generator::scalarNoise() {
  switch (choose.next() % 8) {
  case 0:
    arithmetic(a);
    break;
  case 1: // over words that are no instructions
    a.scalar(Opcode::JMP, 0, 0, 0, 0, a.pc() + 3);
    a.words.resize(a.words.size() + 2);
    a.words.back().lo = choose.next();
    break;
  case 2: // may be taken
    a.scalar(Opcode(0x20 + choose.next() % 4), 0, scratch(), scratch(), 0,
             a.pc() + 2);
    arithmetic(a);
    break;
  case 3: { // backwards: at least once, until the counter is below zero
    a.li(firstCounter, int32_t(choose.upTo(4)));
    uint32_t begin = a.pc();
    arithmetic(a);
    a.addi(firstCounter, firstCounter, -1);
    a.scalar(Opcode::BGE, 0, firstCounter, 0, 0, begin);
    break;
  }
  case 4: // to the next word
    a.scalar(Opcode::BEQ, 0, 0, 0, 0, a.pc() + 1);
    break;
  case 5:
    a.signal(semaphores->signal(1));
    break;
  default:
    a.wait(semaphores->take(SemaphorePlan::sequencer, 1));
    break;
  }
}

//===----------------------------------------------------------------------===//
// Phases
//===----------------------------------------------------------------------===//

void Generator::serialPhase() {
  Region low = banks(0, 3), high = banks(4, 6);
  Region index = banks(indexBank(), indexBank());
  bool mayFollow = options.only == CommandKind::Load ||
                   options.only == CommandKind::Store ||
                   options.only == CommandKind::Matmul;
  commands.setRows({0, t.mxu.accRows}, {0, t.mxu.accRows});
  for (unsigned i = 0, n = 1 + choose.next() % (mayFollow ? 12 : 4); i < n;
       ++i) {
    scalarNoise();
    beginGroup();
    CommandKind kind =
        options.only.value_or(CommandKind(choose.next() % numCommandKinds));
    const Region *indexed = choose.oneIn(3) ? &index : nullptr;
    switch (kind) {
    case CommandKind::Load: {
      // Also what a phase before has stored.
      Region from = choose.pick({loadArea(), storeArea(0), storeArea(1)});
      push(commands.load(low, from, indexed), isa::Engine::Load);
      break;
    }
    case CommandKind::Store:
      push(commands.store(low, storeArea(phaseNumber), indexed),
           isa::Engine::Store);
      break;
    case CommandKind::Matmul:
      products(low, high);
      break;
    case CommandKind::Accst:
      push(commands.accst(high), isa::Engine::Drain);
      break;
    case CommandKind::Vpu:
      push(commands.vpu(low, high), isa::Engine::Vpu);
      break;
    }
    endGroup();
    // Commands of one kind may follow each other.
    if (mayFollow && !faults && !choose.oneIn(4)) {
      continue;
    }
    a.fence();
    if (choose.oneIn(2)) {
      a.scalar(Opcode::LDS, scratch(), 0, 0,
               int32_t(4 * choose.upTo(uint32_t(t.spmBytes() / 4) - 1)));
    }
  }
}

void Generator::parallelPhase() {
  enum Role { LoadTo, StoreFrom, Acts, Weights, AccTo, VpuFrom, VpuTo, Roles };
  std::array<unsigned, Roles> bank;
  for (unsigned i = 0; i < Roles; ++i) {
    bank[i] = i;
  }
  for (unsigned i = Roles - 1; i > 0; --i) {
    std::swap(bank[i], bank[choose.upTo(i)]);
  }
  std::array<Region, Roles> region;
  for (unsigned i = 0; i < Roles; ++i) {
    region[i] = banks(bank[i], bank[i]);
  }
  // One engine writes to a half of a bank of which another reads the other.
  for (auto [writer, reader] :
       {std::pair(LoadTo, VpuFrom), std::pair(AccTo, StoreFrom),
        std::pair(VpuTo, Acts)}) {
    if (choose.oneIn(2)) {
      bool upper = choose.oneIn(2);
      region[writer] = half(bank[reader], upper);
      region[reader] = half(bank[reader], !upper);
    }
  }
  // Products and what stores accumulators share no rows.
  RandomCommands::Rows lower{0, 1 + choose.upTo(t.mxu.accRows - 2)};
  RandomCommands::Rows upper{lower.end, t.mxu.accRows};
  bool swapped = choose.oneIn(2);
  commands.setRows(swapped ? upper : lower, swapped ? lower : upper);
  // The read port of the index list: of LOAD, of STORE, or of LDS.
  unsigned reader = choose.next() % 3;
  Region index = banks(indexBank(), indexBank());
  Region from = choose.oneIn(2) ? loadArea() : storeArea(phaseNumber + 1);
  auto command = [&] {
    switch (choose.next() % 7) {
    case 0:
      return push(
          commands.load(region[LoadTo], from,
                        reader == 0 && choose.oneIn(2) ? &index : nullptr),
          isa::Engine::Load);
    case 1:
      return push(
          commands.store(region[StoreFrom], storeArea(phaseNumber),
                         reader == 1 && choose.oneIn(2) ? &index : nullptr),
          isa::Engine::Store);
    case 2:
      return products(region[Acts], region[Weights]);
    case 3:
      return push(commands.accst(region[AccTo]), isa::Engine::Drain);
    case 4:
      return pushSync();
    default:
      return push(commands.vpu(region[VpuFrom], region[VpuTo]),
                  isa::Engine::Vpu);
    }
  };
  for (unsigned i = 0, n = options.groups / 4 + choose.next() % options.groups;
       i < n; ++i) {
    if (choose.oneIn(3)) {
      scalarNoise();
    }
    if (reader == 2 && choose.oneIn(3)) {
      a.scalar(Opcode::LDS, scratch(), 0, 0,
               int32_t(index.low + 4 * choose.upTo(t.spm.bankBytes / 4 - 1)));
    }
    beginGroup();
    for (unsigned k = 0, m = choose.size(3); k < m; ++k) {
      if (choose.oneIn(3)) {
        arithmetic(body);
      }
      command();
    }
    endGroup();
  }
}

/// One member differs from the others in what they have to agree on, or cannot
/// take part.
void Generator::disagree(isa::Collective &c) {
  uint32_t member = shared.next() % (id.rows * id.columns);
  uint32_t field = shared.next() % 7;
  if (member != id.slice) {
    return;
  }
  switch (field) {
  case 0:
    c.rows = uint16_t(c.rows + 1);
    break;
  case 1:
    c.columns = uint16_t(c.columns ^ 1);
    break;
  case 2:
    c.op = c.op == isa::ReduceOp::FAdd ? isa::ReduceOp::FMax : c.op;
    break;
  case 3:
    c.root += 1;
    break;
  case 4:
    c.group = isa::Group(unsigned(c.group) + 1);
    break;
  case 5:
    c.srcStride += 1;
    break;
  default:
    c.kind = isa::CollectiveKind(unsigned(c.kind) + 1);
    break;
  }
}

/// Collectives, the same in all slices, and beside them what each slice
/// happens to do.
void Generator::collectivePhase() {
  enum Role { LoadTo, StoreFrom, VpuFrom, VpuTo, NetFrom, NetTo, Roles };
  unsigned first = choose.upTo(Roles - 1);
  auto bankOf = [&](Role role) {
    unsigned bank = (first + role) % Roles;
    return banks(bank, bank);
  };
  serial = false;
  for (unsigned i = 0, n = 1 + shared.upTo(4); i < n; ++i) {
    if (choose.oneIn(3)) {
      scalarNoise();
    }
    beginGroup();
    for (unsigned k = choose.upTo(3); k > 0; --k) {
      switch (choose.next() % 3) {
      case 0:
        push(commands.load(bankOf(LoadTo), loadArea(), nullptr),
             isa::Engine::Load);
        break;
      case 1:
        push(commands.store(bankOf(StoreFrom), storeArea(phaseNumber), nullptr),
             isa::Engine::Store);
        break;
      default:
        push(commands.vpu(bankOf(VpuFrom), bankOf(VpuTo)), isa::Engine::Vpu);
        break;
      }
    }
    endGroup();
    beginGroup(shared);
    for (unsigned k = shared.size(3); k > 0; --k) {
      isa::Collective c =
          commands.collective(shared, id, bankOf(NetFrom), bankOf(NetTo));
      if (faults && shared.oneIn(6)) {
        disagree(c);
      }
      push(c, isa::Engine::Net);
    }
    endGroup();
  }
}

/// Takes whatever was signalled and not waited for.
void Generator::drain() {
  while (uint32_t mask = semaphores->drain(unsigned(isa::Engine::Load))) {
    a.push(sync<isa::Loadsync>(mask));
  }
  while (uint32_t mask = semaphores->drain(unsigned(isa::Engine::Store))) {
    a.push(sync<isa::Storesync>(mask));
  }
  while (uint32_t mask = semaphores->drain(unsigned(isa::Engine::Mxu))) {
    a.push(sync<isa::Mxusync>(mask));
  }
  while (uint32_t mask = semaphores->drain(unsigned(isa::Engine::Drain))) {
    a.push(sync<isa::Drainsync>(mask));
  }
  while (uint32_t mask = semaphores->drain(unsigned(isa::Engine::Vpu))) {
    a.push(sync<isa::Vpusync>(mask));
  }
  while (uint32_t mask = semaphores->drain(unsigned(isa::Engine::Net))) {
    a.push(sync<isa::Netsync>(mask));
  }
  while (uint32_t mask = semaphores->drain(SemaphorePlan::sequencer)) {
    a.wait(mask);
  }
  a.fence();
}

void Generator::phase() {
  semaphores.emplace(choose);
  serial = options.only || choose.oneIn(3);
  if (serial) {
    serialPhase();
  } else {
    parallelPhase();
  }
  drain();
}

RandomProgram Generator::run() {
  assert(t.spm.banks >= 8 && t.hbm.bytes >= 12 * t.spmBytes() &&
         "the target is too small for random programs");
  makeImage();
  if (choose.oneIn(3)) { // words before the entry are not executed
    a.words.resize(1 + choose.upTo(6));
    program.entry = a.pc();
  }
  initialise();
  for (; phaseNumber < options.phases; ++phaseNumber) {
    phase();
    if (isInChip) {
      // Only here: what stops a slice before it keeps the others waiting.
      setFaults(options.faults);
      semaphores.emplace(choose);
      collectivePhase();
      drain();
      setFaults(false);
    }
  }
  bool isAtEnd = choose.oneIn(16); // with the last word of the memory
  dump();
  Assembler end;
  end.push(store(dumpArea(), 0, 64, 1)).halt();
  assert(a.pc() + end.pc() < t.seq.imemWords && "the program is too long");
  if (isAtEnd) {
    uint32_t at = t.seq.imemWords - end.pc();
    a.scalar(Opcode::JMP, 0, 0, 0, 0, at);
    a.words.resize(at);
    a.words.insert(a.words.end(), end.words.begin(), end.words.end());
  } else {
    a.halt();
  }
  program.words = std::move(a.words);
  return std::move(program);
}

RandomProgram acc::makeRandomProgram(const Target &target, uint64_t seed,
                                     const RandomProgramOptions &options) {
  return Generator(target, seed, options).run();
}

std::vector<RandomProgram>
acc::makeRandomChip(const Machine &machine, uint64_t seed,
                    const RandomProgramOptions &options) {
  std::vector<RandomProgram> programs;
  for (uint32_t i = 0; i < machine.slices(); ++i) {
    SliceId id = sliceIdOf(machine, 0, i);
    uint64_t own = seed * 4096 + i;
    if (options.same && i > 0) {
      // The words of slice 0, data of its own.
      RandomProgram other =
          Generator(machine.slice, own, seed, id, options).run();
      programs.push_back(programs.front());
      programs.back().hbm = std::move(other.hbm);
      continue;
    }
    programs.push_back(Generator(machine.slice, own, seed, id, options).run());
  }
  return programs;
}
