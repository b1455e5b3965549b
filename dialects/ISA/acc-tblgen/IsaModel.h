//===- IsaModel.h - The ISA records in a form that emitters like -*- C++
//-*-===//
//
// Reads the TableGen records of IsaBase.td into plain structures, lays out the
// fields and checks what TableGen cannot.
//
//===----------------------------------------------------------------------===//

#ifndef DIALECTS_ISA_ACC_TBLGEN_ISAMODEL_H
#define DIALECTS_ISA_ACC_TBLGEN_ISAMODEL_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/TableGen/Record.h"
#include <string>
#include <vector>

namespace isagen {

struct Field {
  std::string name;
  std::string doc;
  std::string enumName;
  unsigned width = 0;
  unsigned count = 1;
  unsigned offset = 0; ///< Bit 0 of the instruction is bit 0 of word 0.
  bool isSigned = false;

  unsigned bits() const { return width * count; }
  /// Bits that are zero and that no program names; assembly does, as a word of
  /// other bits has to be printed.
  bool isPadding() const {
    return name == "pad" || name.compare(0, 8, "reserved") == 0;
  }
};

struct Instruction {
  std::string record; ///< Name of the TableGen record, for example MATMUL.
  std::string mnemonic;
  std::string engine;
  std::string description;
  unsigned opcode = 0;
  bool variableTail = false;
  std::vector<Field> fields;

  unsigned bits() const {
    return fields.empty() ? 0 : fields.back().offset + fields.back().bits();
  }
  bool isScalar() const { return engine == "seq"; }
  bool isUop() const { return engine == "uop"; }
};

struct Case {
  std::string name;
  std::string doc;
  int64_t value = 0;
};

/// What an element format is beside its name and value.
struct Format {
  std::string name;
  unsigned bytes = 0;
  unsigned elements = 1;
  std::string matrixClass;
};

struct MatrixPair {
  std::string a, w;
  unsigned group = 1;
  bool scales = false;
};

struct Enumeration {
  std::string name;
  std::string doc;
  unsigned width = 0;
  std::vector<Case> cases;
};

struct Constant {
  std::string name;
  std::string doc;
  int64_t value = 0;
};

/// Columns of the parity-check matrix, and its rows over the data bits.
struct ErrorCode {
  std::string name;
  std::string doc;
  unsigned dataBits = 0;
  unsigned checkBits = 0;
  std::vector<uint64_t> columns;
  std::vector<uint64_t> rows;
};

struct Isa {
  unsigned wordBits = 128;
  std::vector<Constant> constants;
  std::vector<Enumeration> enumerations;
  std::vector<Format> formats;
  std::vector<MatrixPair> matrixPairs;
  std::vector<ErrorCode> errorCodes;
  std::vector<Instruction> instructions; ///< Without the micro-operation.
  Instruction uop;
};

/// Reads and checks all records; reports through PrintFatalError.
Isa readIsa(const llvm::RecordKeeper &records);

/// What every description has; also reported through PrintFatalError.
std::vector<Constant> readConstants(const llvm::RecordKeeper &records);
std::vector<Enumeration> readEnumerations(const llvm::RecordKeeper &records);
/// Fields of a record in the order of its bits.
std::vector<Field> readFields(const llvm::Record *record);

void emitConstantsCpp(llvm::ArrayRef<Constant> constants,
                      llvm::raw_ostream &os);
void emitConstantsSystemVerilog(llvm::ArrayRef<Constant> constants,
                                llvm::raw_ostream &os);
void emitEnumerationSystemVerilog(const Enumeration &enumeration,
                                  llvm::raw_ostream &os);
void emitEnumerationManual(const Enumeration &enumeration,
                           llvm::raw_ostream &os);
void emitConstantsManual(llvm::ArrayRef<Constant> constants,
                         llvm::raw_ostream &os);

void emitCppDecls(const Isa &isa, llvm::raw_ostream &os);
void emitCppDefs(const Isa &isa, llvm::raw_ostream &os);
void emitSystemVerilog(const Isa &isa, llvm::raw_ostream &os);
void emitManual(const Isa &isa, llvm::raw_ostream &os);

/// rd_banks -> rdBanks.
std::string toCamel(llvm::StringRef name);
/// MATMUL -> Matmul, the name of the C++ struct.
std::string toTypeName(llvm::StringRef record);

} // namespace isagen

#endif // DIALECTS_ISA_ACC_TBLGEN_ISAMODEL_H
