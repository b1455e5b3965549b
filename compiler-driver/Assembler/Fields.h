//===- Fields.h - How fields look in text -----------------------*- C++ -*-===//
//
// What the printer and the parser of assembly must agree on, beyond the tables
// of the ISA.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_ASSEMBLER_FIELDS_H
#define COMPILER_DRIVER_ASSEMBLER_FIELDS_H

#include "dialects/ISA/Isa.h"
#include <optional>
#include <string>

namespace xpu {

enum class FieldStyle {
  Implied,  ///< Not in the text: opcode and lengths.
  Number,   ///< Decimal.
  Hex,      ///< Masks, addresses and bit patterns.
  Register, ///< r0, r1, ...
  Enum,     ///< Name of a case.
  Target,   ///< Label.
  Program,  ///< Micro-operations.
};

FieldStyle getStyle(const isa::FieldInfo &field);

/// Null if the instruction has no such field in its text.
const isa::FieldInfo *lookupField(const isa::InstrInfo &info,
                                  llvm::StringRef name);

/// Words of an instruction with `uops` micro-operations.
unsigned getNumWords(const isa::InstrInfo &info, unsigned uops);

/// Largest value of an unsigned field, or of a signed one.
uint64_t getMaximum(const isa::FieldInfo &field);

/// Bytes of an element of the tensor type `name`; 0 if unknown.
unsigned getTypeBytes(llvm::StringRef name);

/// Bytes of a tensor; nothing if a size is negative or the product is beyond 64
/// bits.
std::optional<uint64_t> getTensorBytes(llvm::StringRef type,
                                       llvm::ArrayRef<int64_t> shape);

/// Operands that a micro-operation reads.
unsigned getNumSources(isa::Uop op);

/// The text of a micro-operation: `FMUL r4, r0, 1.5f`, or the bits in hex if it
/// is none, or has bits that the text does not show.
std::string printUop(uint64_t bits);

} // namespace xpu

#endif // COMPILER_DRIVER_ASSEMBLER_FIELDS_H
