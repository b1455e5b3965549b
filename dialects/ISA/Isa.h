//===- Isa.h - The XPU instruction set in C++ -------------------*- C++ -*-===//
//
// Enumerations, instruction structs with encoder and decoder, and tables for
// generic tools (assembler, disassembler). Everything is generated from Xpu.td.
//
//===----------------------------------------------------------------------===//

#ifndef DIALECTS_ISA_ISA_H
#define DIALECTS_ISA_ISA_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace xpu::isa {

/// One instruction word of 128 bits.
struct Word {
  uint64_t lo = 0;
  uint64_t hi = 0;
  bool operator==(const Word &other) const {
    return lo == other.lo && hi == other.hi;
  }
  bool operator!=(const Word &other) const { return !(*this == other); }
};

/// Reads `width` (1 to 64) bits from bit `offset` of `words`.
uint64_t extractBits(const Word *words, unsigned offset, unsigned width);
/// The same, sign-extended.
int64_t extractSigned(const Word *words, unsigned offset, unsigned width);
/// Replaces `width` (1 to 64) bits; higher bits of `value` are ignored.
void insertBits(Word *words, unsigned offset, unsigned width, uint64_t value);

#include "dialects/ISA/Isa.h.inc"

/// One field of an instruction, for tools that treat all alike.
struct FieldInfo {
  llvm::StringLiteral name;
  unsigned offset;
  unsigned width;
  unsigned count;
  bool isSigned;
  llvm::StringLiteral enumName; ///< Empty, or the name of an enumeration.
};

struct InstrInfo {
  Opcode opcode;
  llvm::StringLiteral mnemonic;
  llvm::StringLiteral engine; ///< Its name in lower case.
  unsigned minWords;
  unsigned maxWords;
  llvm::ArrayRef<FieldInfo> fields;
};

/// All instructions, by opcode.
llvm::ArrayRef<InstrInfo> getInstructions();
/// The fields of a micro-operation.
llvm::ArrayRef<FieldInfo> getUopFields();
/// Null if no instruction has this opcode or mnemonic.
const InstrInfo *lookupOpcode(unsigned opcode);
const InstrInfo *lookupMnemonic(llvm::StringRef mnemonic);

/// Name of a value of the enumeration `enumName`, or empty.
llvm::StringRef enumCaseName(llvm::StringRef enumName, unsigned value);
std::optional<unsigned> enumCaseValue(llvm::StringRef enumName,
                                      llvm::StringRef name);

/// Opcode and length of the instruction at `word`.
inline unsigned opcodeOf(const Word &word) { return word.lo & 0xff; }
inline unsigned numWordsOf(const Word &word) { return word.lo >> 8 & 0xff; }

/// Bytes in memory of the smallest piece of a stream; 0 for Iota and None.
unsigned formatBytes(Format format);
/// Elements in these bytes; they are neighbours along a contraction.
unsigned formatElements(Format format);
/// What the matrix unit takes the format for.
MatrixClass matrixClass(Format format);
/// Products of a processing element per cycle; 0 if activations and weights of
/// these formats cannot be multiplied.
unsigned matrixGroup(Format a, Format w);
/// Whether such operands can have block scales.
bool takesScales(Format a, Format w);

} // namespace xpu::isa

#endif // DIALECTS_ISA_ISA_H
