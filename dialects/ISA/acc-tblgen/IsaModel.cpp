//===- IsaModel.cpp - Reading of the ISA records --------------------------===//

#include "IsaModel.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/bit.h"
#include "llvm/TableGen/Error.h"
#include <algorithm>
#include <set>

using namespace llvm;

namespace isagen {

std::vector<Field> readFields(const Record *record) {
  std::vector<Field> fields;
  unsigned offset = 0;
  std::set<std::string> names;
  for (const Record *fieldRecord : record->getValueAsListOfDefs("Fields")) {
    Field field;
    field.name = fieldRecord->getValueAsString("Name").str();
    field.doc = fieldRecord->getValueAsString("Doc").str();
    field.enumName = fieldRecord->getValueAsString("Enum").str();
    field.width = fieldRecord->getValueAsInt("Width");
    field.count = fieldRecord->getValueAsInt("Count");
    field.isSigned = fieldRecord->getValueAsBit("IsSigned");
    field.offset = offset;
    offset += field.bits();
    if (field.width == 0 || field.width > 64) {
      PrintFatalError(record, "field '" + field.name +
                                  "' expects a width of 1 to 64 bits");
    }
    if (!names.insert(field.name).second) {
      PrintFatalError(record, "field '" + field.name + "' appears twice");
    }
    fields.push_back(field);
  }
  return fields;
}

static Instruction readInstruction(const Record *record, unsigned wordBits) {
  Instruction instr;
  instr.record = record->getName().str();
  instr.mnemonic = record->getValueAsString("Mnemonic").str();
  instr.engine = record->getValueAsString("Engine").str();
  instr.description = record->getValueAsString("Description").str();
  instr.opcode = record->getValueAsInt("Opcode");
  instr.variableTail = record->getValueAsBit("VariableTail");
  instr.fields = readFields(record);
  if (instr.variableTail && (instr.fields.back().offset % wordBits != 0 ||
                             wordBits % instr.fields.back().width != 0)) {
    PrintFatalError(record, "a variable tail must start at a word and its "
                            "elements must divide a word");
  }
  return instr;
}

static void readFormats(Isa &isa, const RecordKeeper &records) {
  std::set<std::string> classes;
  for (const Enumeration &e : isa.enumerations) {
    if (e.name == "MatrixClass") {
      for (const Case &c : e.cases) {
        classes.insert(c.name);
      }
    }
  }
  auto classOf = [&](const Record *record, StringRef field) {
    std::string name = record->getValueAsString(field).str();
    if (!classes.count(name)) {
      PrintFatalError(record, "'" + name + "' is no matrix class");
    }
    return name;
  };
  for (const Record *record : records.getAllDerivedDefinitions("FormatCase")) {
    Format format;
    format.name = record->getValueAsString("Name").str();
    format.bytes = record->getValueAsInt("Bytes");
    format.elements = record->getValueAsInt("Elements");
    format.matrixClass = classOf(record, "MatrixClass");
    isa.formats.push_back(format);
  }
  for (const Record *record : records.getAllDerivedDefinitions("MatrixPair")) {
    MatrixPair pair;
    pair.a = classOf(record, "A");
    pair.w = classOf(record, "W");
    pair.group = record->getValueAsInt("Group");
    pair.scales = record->getValueAsBit("Scales");
    isa.matrixPairs.push_back(pair);
  }
}

/// A code corrects single errors and detects double ones if its columns, those
/// of the check bits included, are distinct and of odd weight.
static ErrorCode readErrorCode(const Record *record) {
  ErrorCode code;
  code.name = record->getValueAsString("Name").str();
  code.doc = record->getValueAsString("Doc").str();
  code.dataBits = record->getValueAsInt("DataBits");
  code.checkBits = record->getValueAsInt("CheckBits");
  code.rows.resize(code.checkBits);
  std::set<int64_t> known;
  for (int64_t column : record->getValueAsListOfInts("Columns")) {
    if (column < 0 || uint64_t(column) >> code.checkBits ||
        popcount(uint64_t(column)) % 2 == 0 || popcount(uint64_t(column)) < 3) {
      PrintFatalError(record, "column " + Twine(column) + " expects " +
                                  Twine(code.checkBits) +
                                  " bits, an odd number of them 1, from 3 on");
    }
    if (!known.insert(column).second) {
      PrintFatalError(record, "column " + Twine(column) + " appears twice");
    }
    for (unsigned row = 0; row < code.checkBits; ++row) {
      code.rows[row] |= (uint64_t(column) >> row & 1) << code.columns.size();
    }
    code.columns.push_back(uint64_t(column));
  }
  if (code.columns.size() != code.dataBits || code.dataBits > 64) {
    PrintFatalError(record, "expects a column for each of up to 64 data bits");
  }
  return code;
}

std::vector<Constant> readConstants(const RecordKeeper &records) {
  std::vector<Constant> constants;
  for (const Record *record : records.getAllDerivedDefinitions("Constant")) {
    constants.push_back({record->getValueAsString("Name").str(),
                         record->getValueAsString("Doc").str(),
                         record->getValueAsInt("Value")});
  }
  return constants;
}

std::vector<Enumeration> readEnumerations(const RecordKeeper &records) {
  std::vector<Enumeration> enumerations;
  for (const Record *record : records.getAllDerivedDefinitions("Enumeration")) {
    Enumeration enumeration;
    enumeration.name = record->getValueAsString("Name").str();
    enumeration.doc = record->getValueAsString("Doc").str();
    enumeration.width = record->getValueAsInt("Width");
    std::set<int64_t> values;
    for (const Record *item : record->getValueAsListOfDefs("Cases")) {
      Case c{item->getValueAsString("Name").str(),
             item->getValueAsString("Doc").str(), item->getValueAsInt("Value")};
      if (!values.insert(c.value).second) {
        PrintFatalError(record, "value of '" + c.name + "' is used twice");
      }
      if (c.value < 0 || (uint64_t)c.value >> enumeration.width) {
        PrintFatalError(record, "value of '" + c.name + "' does not fit in " +
                                    Twine(enumeration.width) + " bits");
      }
      enumeration.cases.push_back(c);
    }
    enumerations.push_back(enumeration);
  }
  return enumerations;
}

Isa readIsa(const RecordKeeper &records) {
  Isa isa;
  isa.constants = readConstants(records);
  for (const Constant &constant : isa.constants) {
    if (constant.name == "WordBits") {
      isa.wordBits = constant.value;
    }
  }
  isa.enumerations = readEnumerations(records);
  readFormats(isa, records);
  for (const Record *record : records.getAllDerivedDefinitions("ErrorCode")) {
    isa.errorCodes.push_back(readErrorCode(record));
  }
  std::set<unsigned> opcodes;
  for (const Record *record : records.getAllDerivedDefinitions("Instr")) {
    Instruction instr = readInstruction(record, isa.wordBits);
    if (instr.isUop()) {
      isa.uop = instr;
      continue;
    }
    if (!opcodes.insert(instr.opcode).second) {
      PrintFatalError(record, "opcode is used twice");
    }
    isa.instructions.push_back(instr);
  }
  std::sort(isa.instructions.begin(), isa.instructions.end(),
            [](const Instruction &a, const Instruction &b) {
              return a.opcode < b.opcode;
            });
  return isa;
}

std::string toCamel(StringRef name) {
  return convertToCamelFromSnakeCase(name, /*capitalizeFirst=*/false);
}

std::string toTypeName(StringRef record) {
  std::string lower = record.lower();
  lower[0] = toUpper(lower[0]);
  return lower;
}

} // namespace isagen
