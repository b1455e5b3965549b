//===- Printer.cpp - From an object to text -------------------------------===//

#include "compiler-driver/Assembler/Assembler.h"
#include "compiler-driver/Assembler/Fields.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/Format.h"

using namespace llvm;

namespace xpu {

//===----------------------------------------------------------------------===//
// Micro-operations
//===----------------------------------------------------------------------===//

/// A float that reads back as `bits`, or nothing.
static std::optional<std::string> printFloat(uint32_t bits) {
  APFloat value(APFloat::IEEEsingle(), APInt(32, bits));
  if (!value.isFinite()) {
    return std::nullopt;
  }
  for (int precision = 6; precision <= 9; ++precision) {
    std::string text;
    raw_string_ostream(text)
        << format("%.*g", precision, double(value.convertToFloat()));
    APFloat again(APFloat::IEEEsingle());
    if (auto status =
            again.convertFromString(text, APFloat::rmNearestTiesToEven);
        !status) {
      consumeError(status.takeError());
    } else if (again.bitcastToAPInt() == bits) {
      bool plain = text.find_first_of(".e") == std::string::npos;
      return text + (plain ? ".0f" : "f");
    }
  }
  return std::nullopt;
}

static std::string printImmediate(StringRef op, uint32_t bits) {
  bool isFloat = (op.starts_with("F") && op != "F2I") || op.starts_with("CVT");
  if (isFloat) {
    if (auto text = printFloat(bits)) {
      return *text;
    }
  }
  auto value = static_cast<int32_t>(bits);
  if (!isFloat && std::abs(static_cast<int64_t>(value)) < 4096) {
    return std::to_string(value);
  }
  return "0x" + utohexstr(bits, /*LowerCase=*/true);
}

std::string printUop(uint64_t bits) {
  isa::UopInstr uop = isa::UopInstr::decode(bits);
  std::string raw = "0x" + utohexstr(bits, /*LowerCase=*/true);
  if (!isa::isValidUop(static_cast<unsigned>(uop.op)) || uop.encode() != bits) {
    return raw;
  }
  StringRef name = isa::stringify(uop.op);
  unsigned sources = getNumSources(uop.op);
  const uint8_t registers[3] = {uop.a, uop.b, uop.c};
  std::string text = (name + " r" + Twine(unsigned(uop.dst))).str();
  for (unsigned i = 0; i < 3; ++i) {
    bool isImmediate = uop.immSel == i + 1;
    if (i >= sources ? isImmediate || registers[i] != 0
                     : isImmediate && registers[i] != 0) {
      return raw;
    }
    if (i < sources) {
      text += isImmediate ? ", " + printImmediate(name, uop.imm)
                          : ", r" + std::to_string(registers[i]);
    }
  }
  return uop.immSel == 0 && uop.imm != 0 ? raw : text;
}

//===----------------------------------------------------------------------===//
// The printer
//===----------------------------------------------------------------------===//

namespace {
class Printer {
public:
  Printer(const Object &object, raw_ostream &os, const AssemblyOptions &options)
      : object(object), os(os), options(options) {}

  void print();

private:
  const isa::InstrInfo *decode(size_t pc, unsigned &words) const;
  void findLabels();
  void printString(StringRef text);
  void printTarget();
  void printTensor(StringRef directive, const ObjectTensor &tensor);
  void printValue(const isa::FieldInfo &field, const isa::Word *words,
                  unsigned index);
  void printField(const isa::FieldInfo &field, const isa::Word *words);
  void printInstruction(const isa::InstrInfo &info, const isa::Word *words);
  void printText();
  void printHostCall(const HostCall &call);
  void printPlaces();
  void printBytes(StringRef directive, StringRef bytes);
  void printData();

  const Object &object;
  raw_ostream &os;
  const AssemblyOptions &options;
  DenseSet<uint64_t> starts; ///< Word addresses at which a label can stand.
  DenseSet<uint64_t> labels;
};
} // namespace

/// Whether the bits of the last word that no field has are not all zero.
static bool hasBitsBehindFields(const isa::InstrInfo &info,
                                const isa::Word *code, unsigned words,
                                unsigned uops) {
  unsigned end = 0;
  for (const isa::FieldInfo &field : info.fields) {
    bool isProgram = getStyle(field) == FieldStyle::Program;
    unsigned count = isProgram ? uops : field.count;
    end = std::max(end, field.offset + count * field.width);
  }
  while (end < words * isa::kWordBits) {
    unsigned width = 64 - end % 64;
    if (isa::extractBits(code, end, width) != 0) {
      return true;
    }
    end += width;
  }
  return false;
}

/// The instruction at `pc` and its length, or null if its text would not give
/// the same bits.
const isa::InstrInfo *Printer::decode(size_t pc, unsigned &words) const {
  const isa::Word *code = &object.code[pc];
  const isa::InstrInfo *info = isa::lookupOpcode(isa::opcodeOf(*code));
  words = isa::numWordsOf(*code);
  if (!info || words < info->minWords || words > info->maxWords ||
      words > object.code.size() - pc) {
    return nullptr;
  }
  unsigned uops = 0;
  for (const isa::FieldInfo &field : info->fields) {
    if (field.name == "nuops") {
      uops = isa::extractBits(code, field.offset, field.width);
    }
  }
  if (words != getNumWords(*info, uops)) {
    return nullptr;
  }
  return hasBitsBehindFields(*info, code, words, uops) ? nullptr : info;
}

void Printer::findLabels() {
  DenseSet<uint64_t> targets;
  for (size_t pc = 0; pc < object.code.size();) {
    starts.insert(pc);
    unsigned words;
    const isa::InstrInfo *info = decode(pc, words);
    if (!info) {
      ++pc;
      continue;
    }
    for (const isa::FieldInfo &field : info->fields) {
      uint64_t value =
          getStyle(field) == FieldStyle::Target
              ? isa::extractBits(&object.code[pc], field.offset, field.width)
              : 0;
      if (value != 0) {
        targets.insert(value);
      }
    }
    pc += words;
  }
  starts.insert(object.code.size());
  for (uint64_t target : targets) {
    if (starts.contains(target)) {
      labels.insert(target);
    }
  }
}

void Printer::printString(StringRef text) {
  os << '"';
  for (char c : text) {
    if (c == '"' || c == '\\') {
      os << '\\' << c;
    } else if (c == '\n') {
      os << "\\n";
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      os << "\\x" << hexdigit(c >> 4 & 15, true) << hexdigit(c & 15, true);
    } else {
      os << c;
    }
  }
  os << '"';
}

void Printer::printTensor(StringRef directive, const ObjectTensor &tensor) {
  os << directive << " ";
  printString(tensor.name);
  for (StringRef type : {tensor.type, tensor.machineType}) {
    os << ", ";
    if (getTypeBytes(type) != 0) {
      os << type;
    } else {
      printString(type);
    }
  }
  os << ", [";
  interleaveComma(tensor.shape, os);
  os << "], 0x" << utohexstr(tensor.address, true);
  // The size follows from type and shape, unless somebody wanted another.
  if (getTensorBytes(tensor.machineType, tensor.shape) != tensor.bytes) {
    os << ", " << tensor.bytes;
  }
  if (tensor.isFed) {
    os << " fed";
  }
  if (tensor.stage) {
    os << " stage " << *tensor.stage;
  }
  if (!tensor.split.empty()) {
    os << " split [";
    interleaveComma(tensor.split, os, [&](const std::vector<uint32_t> &axes) {
      os << "[";
      interleaveComma(axes, os);
      os << "]";
    });
    os << "]";
  }
  if (!tensor.part.empty()) {
    os << " part [";
    interleaveComma(tensor.part, os);
    os << "]";
  }
  if (tensor.requiredValues) {
    os << " = [";
    interleaveComma(*tensor.requiredValues, os);
    os << "]";
  }
  os << "\n";
}

void Printer::printValue(const isa::FieldInfo &field, const isa::Word *words,
                         unsigned index) {
  unsigned offset = field.offset + index * field.width;
  uint64_t value = isa::extractBits(words, offset, field.width);
  switch (getStyle(field)) {
  case FieldStyle::Register:
    os << "r" << value;
    return;
  case FieldStyle::Hex:
    os << "0x" << utohexstr(value, true);
    return;
  case FieldStyle::Enum:
    if (StringRef name = isa::enumCaseName(field.enumName, value);
        !name.empty()) {
      os << name;
      return;
    }
    break;
  case FieldStyle::Target:
    if (labels.contains(value)) {
      os << "L" << value;
      return;
    }
    break;
  default:
    break;
  }
  if (field.isSigned) {
    os << isa::extractSigned(words, offset, field.width);
  } else {
    os << value;
  }
}

void Printer::printField(const isa::FieldInfo &field, const isa::Word *words) {
  os << field.name << "=";
  if (field.count == 1) {
    printValue(field, words, 0);
    return;
  }
  unsigned count = field.count;
  while (count > 1 && field.enumName.empty() &&
         isa::extractBits(words, field.offset + (count - 1) * field.width,
                          field.width) == 0) {
    --count;
  }
  os << "[";
  for (unsigned i = 0; i < count; ++i) {
    os << (i == 0 ? "" : ", ");
    printValue(field, words, i);
  }
  os << "]";
}

void Printer::printInstruction(const isa::InstrInfo &info,
                               const isa::Word *words) {
  os << "  " << info.mnemonic;
  unsigned uops = 0;
  StringRef separator = " ";
  for (const isa::FieldInfo &field : info.fields) {
    FieldStyle style = getStyle(field);
    if (field.name == "nuops") {
      uops = isa::extractBits(words, field.offset, field.width);
    }
    if (style == FieldStyle::Program && uops != 0) {
      os << separator << field.name << "={";
      for (unsigned i = 0; i < uops; ++i) {
        os << (i == 0 ? " " : "; ")
           << printUop(isa::extractBits(words, field.offset + i * field.width,
                                        field.width));
      }
      os << " }";
    }
    if (style == FieldStyle::Program || style == FieldStyle::Implied) {
      continue;
    }
    // Always shown is what has a zero that means something: F32, AllReduce.
    bool show = field.enumName == "Format" ||
                field.enumName == "CollectiveKind" || field.enumName == "Group";
    for (unsigned i = 0; i < field.count && !show; ++i) {
      show = isa::extractBits(words, field.offset + i * field.width,
                              field.width) != 0;
    }
    if (show) {
      os << separator;
      printField(field, words);
      separator = ", ";
    }
  }
}

void Printer::printText() {
  findLabels();
  auto line = object.lines.begin();
  auto printLines = [&](uint64_t pc) {
    for (; line != object.lines.end() && line->pc <= pc; ++line) {
      os << ".loc ";
      printString(line->source);
      if (line->pc != pc || line->usedColumns != 0) {
        os << ", " << line->pc;
      }
      if (line->usedColumns != 0) {
        os << ", " << line->usedColumns;
      }
      os << "\n";
    }
  };
  size_t launch = 0;
  auto printLaunches = [&](uint64_t pc) {
    for (; launch != object.launches.size() && object.launches[launch] <= pc;
         ++launch) {
      if (launch != 0) {
        printHostCall(object.hostCalls[launch - 1]);
      } else if (object.launches[0] == 0) {
        continue;
      }
      os << ".launch";
      if (object.launches[launch] != pc) {
        os << " " << object.launches[launch];
      }
      os << "\n";
    }
  };
  os << ".text\n";
  for (size_t pc = 0; pc <= object.code.size();) {
    printLaunches(pc);
    if (options.source) {
      printLines(pc);
    }
    if (labels.contains(pc)) {
      os << "L" << pc << ":\n";
    }
    if (pc == object.code.size()) {
      break;
    }
    unsigned words;
    if (const isa::InstrInfo *info = decode(pc, words)) {
      printInstruction(*info, &object.code[pc]);
    } else {
      words = 1;
      os << "  .raw "
         << format("0x%016llx%016llx", (unsigned long long)object.code[pc].hi,
                   (unsigned long long)object.code[pc].lo);
    }
    if (options.addresses) {
      os << "  // " << pc;
    }
    os << "\n";
    pc += words;
  }
  for (; options.source && line != object.lines.end(); ++line) {
    os << ".loc ";
    printString(line->source);
    os << ", " << line->pc;
    if (line->usedColumns != 0) {
      os << ", " << line->usedColumns;
    }
    os << "\n";
  }
}

void Printer::printHostCall(const HostCall &call) {
  os << ".host_call ";
  printString(call.function);
  os << ", ";
  printString(call.because);
  os << ", ";
  printString(call.source);
  os << ", " << call.operations << "\n";
  for (const ObjectTensor &tensor : call.inputs) {
    printTensor(".host_input", tensor);
  }
  for (const ObjectTensor &tensor : call.outputs) {
    printTensor(".host_output", tensor);
  }
}

/// What the slices of a chip have beside inputs.
void Printer::printPlaces() {
  if (object.isGraphOfChip) {
    os << ".graph_of_chip\n";
  }
  if (!object.stageEntries.empty()) {
    os << ".stages [";
    interleaveComma(object.stageAxes, os);
    os << "], [";
    interleaveComma(object.stageEntries, os);
    os << "]\n";
  }
  for (const ObjectPlace &place : object.places) {
    bool isCopy = place.input.has_value();
    std::string directive =
        (isCopy ? ".copy " : ".part ") +
        std::to_string(isCopy ? *place.input : place.offset) + ",";
    printTensor(directive, place.tensor);
  }
}

void Printer::printBytes(StringRef directive, StringRef bytes) {
  constexpr size_t kLine = 48;
  for (; !bytes.empty();
       bytes = bytes.drop_front(std::min(kLine, bytes.size()))) {
    os << directive << " \"" << toHex(bytes.take_front(kLine), true) << "\"\n";
  }
}

void Printer::printData() {
  ArrayRef<uint8_t> bytes = object.constants;
  if (bytes.empty() && object.constantsAddress == 0) {
    return;
  }
  os << ".hbm 0x" << utohexstr(object.constantsAddress, true) << "\n";
  constexpr size_t kLine = 32;
  for (size_t at = 0; at < bytes.size();) {
    size_t zeros = 0;
    while (at + zeros < bytes.size() && bytes[at + zeros] == 0) {
      ++zeros;
    }
    if (at + zeros != bytes.size()) {
      zeros -= zeros % kLine;
    }
    if (zeros >= kLine) {
      os << "  .zero " << zeros << "\n";
      at += zeros;
      continue;
    }
    size_t count = std::min(kLine, bytes.size() - at);
    if (count >= 4) {
      count -= count % 4;
      os << "  .word ";
      for (size_t i = 0; i < count; i += 4) {
        os << (i == 0 ? "" : ", ")
           << format("0x%08x", support::endian::read32le(&bytes[at + i]));
      }
    } else {
      os << "  .byte ";
      for (size_t i = 0; i < count; ++i) {
        os << (i == 0 ? "" : ", ") << format("0x%02x", bytes[at + i]);
      }
    }
    if (options.addresses) {
      os << "  // 0x" << utohexstr(object.constantsAddress + at, true);
    }
    os << "\n";
    at += count;
  }
}

/// The name is enough for the parameters of the built-in target.
void Printer::printTarget() {
  const std::string &name = object.machine.name();
  bool isWord = !name.empty() && isAlpha(name[0]) && all_of(name, [](char c) {
    return isAlnum(c) || c == '_' || c == '.' || c == '-';
  });
  os << ".target ";
  if (isWord) {
    os << name;
  } else {
    printString(name);
  }
  os << "\n";
  auto print = [](const acc::Machine &machine) {
    std::string text;
    raw_string_ostream os(text);
    acc::printMachine(acc::inlineMachine(machine), os);
    return text;
  };
  std::string text = print(object.machine);
  Expected<acc::Machine> builtIn = acc::loadBuiltInMachine(name);
  if (builtIn && print(*builtIn) == text) {
    return;
  }
  consumeError(builtIn.takeError());
  os << ".target_parameters ";
  printString(text);
  os << "\n";
}

void Printer::print() {
  if (options.tensors) {
    printTarget();
    for (const ObjectTensor &tensor : object.inputs) {
      printTensor(".input", tensor);
    }
    for (const ObjectTensor &tensor : object.outputs) {
      printTensor(".output", tensor);
    }
    printPlaces();
  }
  if (options.text) {
    printText();
  }
  if (options.data) {
    printBytes(".host_module", object.hostModule);
    printBytes(".parts", toStringRef(object.parts));
    printData();
  }
}

void printAssembly(const Object &object, raw_ostream &os,
                   const AssemblyOptions &options) {
  Printer(object, os, options).print();
}

} // namespace xpu
