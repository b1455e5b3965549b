//===- SequencerCore.cpp - The scalar machine of the sequencer ------------===//

#include "systemc-models/Functional/SequencerCore.h"

using namespace acc;
using isa::Fault;
using isa::Opcode;

SequencerCore::SequencerCore(const Target &target,
                             std::shared_ptr<DecodedProgram> program,
                             uint32_t entry, const SliceId &id)
    : target(target), program(std::move(program)), id(id), pc(entry) {}

SequencerCore::SequencerCore(const Target &target,
                             llvm::ArrayRef<isa::Word> program, uint32_t entry)
    : SequencerCore(target, std::make_shared<DecodedProgram>(target, program),
                    entry, SliceId()) {}

const DecodedProgram::Instruction &DecodedProgram::at(uint32_t pc) {
  using Decoded = Instruction;
  static const Decoded range = [] {
    Decoded d;
    d.state = Decoded::State::Fault;
    d.fault = Fault::ImemRange;
    return d;
  }();
  static const Decoded zeroWord = [] {
    Decoded d;
    d.state = Decoded::State::Fault;
    d.fault = Fault::BadOpcode;
    return d;
  }();
  if (pc >= program.size()) {
    return pc >= imemWords ? range : zeroWord;
  }
  Decoded &d = cache[pc];
  if (d.state != Decoded::State::Unknown) {
    return d;
  }
  d.state = Decoded::State::Fault;
  unsigned opcode = isa::opcodeOf(program[pc]);
  if (!isa::lookupOpcode(opcode)) {
    d.fault = Fault::BadOpcode;
    return d;
  }
  if (!hasValidLength(&program[pc])) {
    d.fault = Fault::BadOperand;
    return d;
  }
  d.words = uint8_t(isa::numWordsOf(program[pc]));
  if (uint64_t(pc) + d.words > imemWords) {
    d.fault = Fault::ImemRange;
    return d;
  }
  if (!isCommand(opcode)) {
    d.state = Decoded::State::Scalar;
    d.scalar = isa::Scalar::decode(&program[pc]);
    return d;
  }
  // Words that the program does not have are zero.
  std::vector<isa::Word> words(d.words);
  for (unsigned i = 0; i < d.words && pc + i < program.size(); ++i) {
    words[i] = program[pc + i];
  }
  d.state = Decoded::State::Command;
  d.command = std::make_unique<Command>(decodeCommand(words.data(), pc));
  return d;
}

/// Goes on at `next`, or back to the begin of the innermost loop if it ends
/// there.
void SequencerCore::fallThrough(uint32_t next) {
  pc = next;
  if (loops.empty() || loops.back().end != next) {
    return;
  }
  if (--loops.back().left == 0) {
    loops.pop_back();
  } else {
    pc = loops.back().begin;
  }
}

Step SequencerCore::step() {
  using Decoded = DecodedProgram::Instruction;
  const Decoded &d = program->at(pc);
  Step step;
  step.pc = pc;
  switch (d.state) {
  case Decoded::State::Command:
    step.kind = Step::Kind::Push;
    step.cycles = d.words;
    pushed = *d.command;
    addBaseRegisters(pushed, regs);
    placeInGroup(pushed, id);
    fallThrough(pc + d.words);
    break;
  case Decoded::State::Scalar:
    executeScalar(d.scalar, step);
    break;
  default:
    step.kind = Step::Kind::Fault;
    step.fault = d.fault;
    break;
  }
  return step;
}

void SequencerCore::executeScalar(const isa::Scalar &s, Step &step) {
  uint32_t a = regs[s.rs1], b = regs[s.rs2];
  uint32_t imm = uint32_t(s.imm);
  bool taken = false;
  switch (s.opcode) {
  case Opcode::HALT:
    step.kind = Step::Kind::Halt;
    return;
  case Opcode::FENCE:
    step.kind = Step::Kind::Fence;
    break;
  case Opcode::WAIT:
    step.kind = Step::Kind::Wait;
    step.mask = s.mask;
    break;
  case Opcode::SIGNAL:
    step.kind = Step::Kind::Signal;
    step.mask = s.mask;
    break;
  case Opcode::LI:
    writeRegister(s.rd, imm);
    break;
  case Opcode::ADDI:
    writeRegister(s.rd, a + imm);
    break;
  case Opcode::ADD:
    writeRegister(s.rd, a + b);
    break;
  case Opcode::SUB:
    writeRegister(s.rd, a - b);
    break;
  case Opcode::MUL:
    writeRegister(s.rd, a * b);
    break;
  case Opcode::SAND:
    writeRegister(s.rd, a & b);
    break;
  case Opcode::SOR:
    writeRegister(s.rd, a | b);
    break;
  case Opcode::SXOR:
    writeRegister(s.rd, a ^ b);
    break;
  case Opcode::SSHL:
    writeRegister(s.rd, a << (b & 31));
    break;
  case Opcode::SSHR:
    writeRegister(s.rd, a >> (b & 31));
    break;
  case Opcode::SLT:
    writeRegister(s.rd, int32_t(a) < int32_t(b));
    break;
  case Opcode::LDS:
    step.kind = Step::Kind::Lds;
    step.address = a + imm;
    step.rd = s.rd;
    step.cycles = 1 + target.seq.loadLatency;
    break;
  case Opcode::RDID: {
    std::optional<uint32_t> number = id.read(imm);
    if (!number) {
      step.kind = Step::Kind::Fault;
      step.fault = Fault::BadOperand;
      return;
    }
    writeRegister(s.rd, *number);
    break;
  }
  case Opcode::BEQ:
    taken = a == b;
    break;
  case Opcode::BNE:
    taken = a != b;
    break;
  case Opcode::BLT:
    taken = int32_t(a) < int32_t(b);
    break;
  case Opcode::BGE:
    taken = int32_t(a) >= int32_t(b);
    break;
  case Opcode::JMP:
    taken = true;
    break;
  case Opcode::LOOP: {
    int32_t count = int32_t(a + imm);
    if (s.target <= pc + 1) {
      step.kind = Step::Kind::Fault;
      step.fault = Fault::BadOperand;
    } else if (loops.size() == isa::kLoopDepth) {
      step.kind = Step::Kind::Fault;
      step.fault = Fault::LoopDepth;
    } else {
      loops.push_back({pc + 1, s.target, count < 1 ? 1u : uint32_t(count)});
      pc += 1;
    }
    return;
  }
  default:
    break;
  }
  if (taken) {
    step.cycles = 1 + target.seq.branchPenalty;
    pc = s.target;
  } else {
    fallThrough(pc + 1);
  }
}
