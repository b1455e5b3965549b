//===- Symmetry.cpp - Slices that do the same -----------------------------===//

#include "systemc-models/Chip/Symmetry.h"

#include "llvm/ADT/STLExtras.h"

using namespace acc;

using Instruction = DecodedProgram::Instruction;

/// Whether `holds` for what is at every word: more than the program executes,
/// as branches may go anywhere.
template <typename Predicate>
static bool allInstructions(DecodedProgram &program, Predicate holds) {
  for (uint32_t pc = 0; pc < program.size(); ++pc) {
    if (!holds(program.at(pc))) {
      return false;
    }
  }
  return true;
}

static bool isOpcode(const Instruction &i, isa::Opcode opcode) {
  return i.state == Instruction::State::Scalar && i.scalar.opcode == opcode;
}

bool acc::ignoresData(DecodedProgram &program) {
  return allInstructions(program, [](const Instruction &i) {
    auto *dma = i.command ? std::get_if<Dma>(&i.command->body) : nullptr;
    return !isOpcode(i, isa::Opcode::LDS) && !(dma && dma->idxEn);
  });
}

bool acc::areAllSame(llvm::ArrayRef<SliceProgram> slices) {
  DecodedProgram &program = *slices.front().program;
  return llvm::all_of(slices,
                      [&](const SliceProgram &s) {
                        return s.program.get() == &program &&
                               s.entry == slices.front().entry;
                      }) &&
         ignoresData(program) &&
         allInstructions(program, [](const Instruction &i) {
           auto *c =
               i.command ? std::get_if<Collective>(&i.command->body) : nullptr;
           // Groups of a chip take turns on its links to others.
           bool isOneOfSeveral =
               c && c->isOverChips() && c->group != isa::Group::Chip;
           return !isOpcode(i, isa::Opcode::RDID) && !isOneOfSeveral &&
                  !(c && c->kind == isa::CollectiveKind::Broadcast);
         });
}
