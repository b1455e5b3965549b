//===- ParseDirective.cpp - Everything that is no instruction -------------===//

#include "compiler-driver/Assembler/Parser.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"

using namespace llvm;

namespace xpu {

/// HBM addresses have 32 bits.
constexpr uint64_t kMaxHbm = uint64_t(1) << 32;
/// A line of text must not make a file of gigabytes.
constexpr uint64_t kMaxZeros = uint64_t(1) << 28;

static const StringRef kDirectives[] = {".target",      ".target_parameters",
                                        ".input",       ".output",
                                        ".text",        ".loc",
                                        ".raw",         ".hbm",
                                        ".byte",        ".word",
                                        ".float",       ".zero",
                                        ".launch",      ".host_call",
                                        ".host_input",  ".host_output",
                                        ".host_module", ".graph_of_chip",
                                        ".copy",        ".part",
                                        ".parts",       ".stages"};

bool Parser::parseTarget(Token name) {
  if (hasTarget) {
    return error(name.text, "second .target; a program has one");
  }
  hasTarget = true;
  targetAt = token.text;
  if (token.kind == TokenKind::Word) {
    targetName = token.text.str();
    advance();
    return true;
  }
  return parseString(targetName, "the target, or its bare name");
}

bool Parser::parseTargetParameters(Token name) {
  if (!hasTarget || hasParameters) {
    return error(name.text, "expects one .target_parameters, after .target");
  }
  hasParameters = true;
  std::string text;
  Token at = token;
  if (!parseString(text, "the text of a target file")) {
    return false;
  }
  Expected<acc::Machine> machine =
      acc::parseMachine(text, ".target_parameters");
  if (!machine) {
    return error(at.text, toString(machine.takeError()));
  }
  if (machine->name() != targetName) {
    return error(at.text, "parameters of '" + machine->name() +
                              "'; expects those of '" + targetName + "'");
  }
  object.machine = std::move(*machine);
  return true;
}

bool Parser::finishTarget() {
  if (!hasTarget) {
    return error(token.text, "no target; expects '.target NAME'");
  }
  if (hasParameters) {
    return true;
  }
  Expected<acc::Machine> machine = acc::loadBuiltInMachine(targetName);
  if (!machine) {
    return error(targetAt, toString(machine.takeError()));
  }
  if (machine->level > acc::TargetLevel::Rack) {
    return error(targetAt, "'" + targetName + "' is a " +
                               acc::getName(machine->level) +
                               "; expects a slice, a chip or a rack");
  }
  object.machine = std::move(*machine);
  return true;
}

bool Parser::parseList(std::vector<int64_t> &list, StringRef what) {
  uint64_t value;
  while (!accept(']')) {
    if (!parseInteger(INT64_MIN, INT64_MAX, value, what)) {
      return false;
    }
    list.push_back(static_cast<int64_t>(value));
    if (!token.is(']') && !expect(',', "or ']' in a list")) {
      return false;
    }
  }
  return true;
}

bool Parser::parseTensor(std::vector<ObjectTensor> &tensors) {
  ObjectTensor tensor;
  if (!parseString(tensor.name, "the name of a tensor")) {
    return false;
  }
  for (std::string *type : {&tensor.type, &tensor.machineType}) {
    if (!expect(',', "in 'name, type, machine type, [shape], address'")) {
      return false;
    }
    if (token.kind == TokenKind::Word && getTypeBytes(token.text) != 0) {
      *type = token.text.str();
      advance();
    } else if (token.kind != TokenKind::String) {
      return error(
          token.text,
          "unknown type; expects float32, float16, bfloat16, int32, int8, "
          "bool, ... or another name in quotes");
    } else if (!parseString(*type, "a type")) {
      return false;
    }
  }
  if (!expect(',', "and the shape after the types") ||
      !expect('[', "before the shape")) {
    return false;
  }
  if (!parseList(tensor.shape, "a size")) {
    return false;
  }
  if (!expect(',', "and the address after the shape") ||
      !parseInteger(0, INT64_MAX, tensor.address, "an address")) {
    return false;
  }
  if (accept(',')) {
    if (!parseInteger(0, INT64_MAX, tensor.bytes, "a size in bytes")) {
      return false;
    }
  } else if (auto bytes = getTensorBytes(tensor.machineType, tensor.shape)) {
    tensor.bytes = *bytes;
  } else {
    return error(
        token.text,
        "shape has no size; expects sizes of at least 0, and a product "
        "below 2^64");
  }
  if (token.kind == TokenKind::Word && token.text == "fed") {
    tensor.isFed = true;
    advance();
  }
  if (token.kind == TokenKind::Word && token.text == "stage") {
    advance();
    uint64_t stage;
    if (!parseInteger(0, UINT32_MAX, stage, "the number of a stage")) {
      return false;
    }
    tensor.stage = static_cast<uint32_t>(stage);
  }
  if (token.kind == TokenKind::Word && token.text == "split") {
    advance();
    if (!expect('[', "before the axes of each dimension")) {
      return false;
    }
    while (!accept(']')) {
      std::vector<int64_t> axes;
      if (!expect('[', "before the axes of a dimension") ||
          !parseList(axes, "an axis") ||
          (!token.is(']') && !expect(',', "or ']' in a list"))) {
        return false;
      }
      tensor.split.emplace_back(axes.begin(), axes.end());
    }
  }
  if (token.kind == TokenKind::Word && token.text == "part") {
    advance();
    if (!expect('[', "before the shape of a part") ||
        !parseList(tensor.part, "a size")) {
      return false;
    }
  }
  if (accept('=')) {
    tensor.requiredValues.emplace();
    if (!expect('[', "before the values that are required") ||
        !parseList(*tensor.requiredValues, "a value")) {
      return false;
    }
  }
  tensors.push_back(std::move(tensor));
  return true;
}

bool Parser::parseLoc() {
  ObjectLine line;
  uint64_t pc = object.code.size();
  if (!parseString(line.source, "a source") ||
      (accept(',') && !parseInteger(0, UINT32_MAX, pc, "a word address"))) {
    return false;
  }
  uint64_t used = 0;
  if (accept(',') &&
      !parseInteger(0, UINT32_MAX, used, "a number of columns")) {
    return false;
  }
  line.pc = pc;
  line.usedColumns = used;
  object.lines.push_back(std::move(line));
  return true;
}

bool Parser::parseLaunch(Token name) {
  uint64_t pc = object.code.size();
  if (!token.endsLine() && !parseInteger(0, UINT32_MAX, pc, "a word address")) {
    return false;
  }
  // The first launch is there from the begin, at word 0.
  if (object.launches.size() == object.hostCalls.size()) {
    object.launches.push_back(static_cast<uint32_t>(pc));
    return true;
  }
  if (object.launches.size() != 1) {
    return error(name.text, "a launch after a launch; put what the host does "
                            "between them first: .host_call");
  }
  object.launches[0] = static_cast<uint32_t>(pc);
  return true;
}

bool Parser::parseHostCall(Token name) {
  if (object.launches.size() == object.hostCalls.size()) {
    return error(name.text, "second .host_call after a launch; put '.launch' "
                            "between them");
  }
  HostCall call;
  uint64_t operations;
  if (!parseString(call.function, "the name of a function") ||
      !expect(',', "in 'function, reason, source, operations'") ||
      !parseString(call.because, "the reason") ||
      !expect(',', "in 'function, reason, source, operations'") ||
      !parseString(call.source, "the source") ||
      !expect(',', "in 'function, reason, source, operations'") ||
      !parseInteger(0, INT64_MAX, operations, "a number of operations")) {
    return false;
  }
  call.operations = static_cast<int64_t>(operations);
  object.hostCalls.push_back(std::move(call));
  return true;
}

bool Parser::parseHex(Token name, std::string &bytes) {
  std::string digits;
  if (!parseString(digits, "hexadecimal digits")) {
    return false;
  }
  if (digits.size() % 2 != 0 || !tryGetFromHex(digits, bytes)) {
    return error(name.text, "expects an even number of hexadecimal digits");
  }
  return true;
}

bool Parser::parseHostModule(Token name) {
  std::string bytes;
  if (!parseHex(name, bytes)) {
    return false;
  }
  object.hostModule += bytes;
  return true;
}

bool Parser::parseParts(Token name) {
  std::string bytes;
  if (!parseHex(name, bytes)) {
    return false;
  }
  object.parts.insert(object.parts.end(), bytes.begin(), bytes.end());
  return true;
}

bool Parser::parsePlace(Token name) {
  uint64_t number;
  std::vector<ObjectTensor> tensors;
  if (!parseInteger(0, INT64_MAX, number,
                    "the number of an input, or where a "
                    "constant begins") ||
      !expect(',', "and a tensor after the number") || !parseTensor(tensors)) {
    return false;
  }
  ObjectPlace place{std::move(tensors.front()), std::nullopt, 0};
  if (name.text == ".part") {
    place.offset = number;
  } else if (number < object.inputs.size()) {
    place.input = number;
  } else {
    return error(name.text, "no input " + Twine(number) +
                                "; put its '.input' before its copies");
  }
  object.places.push_back(std::move(place));
  return true;
}

bool Parser::parseStages() {
  std::vector<int64_t> axes, entries;
  if (!expect('[', "before the axes along which stages lie") ||
      !parseList(axes, "an axis") ||
      !expect(',', "and the first words of the stages") ||
      !expect('[', "before the first words") ||
      !parseList(entries, "a word address")) {
    return false;
  }
  object.stageAxes.assign(axes.begin(), axes.end());
  object.stageEntries.assign(entries.begin(), entries.end());
  return true;
}

bool Parser::parseRaw() {
  do {
    StringRef digits = token.text;
    if (token.kind != TokenKind::Number || !digits.consume_front("0x") ||
        digits.size() > 32 || !all_of(digits, isHexDigit) || digits.empty()) {
      return error(token.text,
                   "expects an instruction word, 0x and up to 32 hex digits");
    }
    isa::Word word;
    if (digits.size() > 16) {
      digits.drop_back(16).getAsInteger(16, word.hi);
      digits = digits.take_back(16);
    }
    digits.getAsInteger(16, word.lo);
    object.code.push_back(word);
    advance();
  } while (accept(','));
  return true;
}

bool Parser::appendData(StringRef at, const void *data, uint64_t bytes) {
  if (object.constantsAddress + object.constants.size() + bytes > kMaxHbm) {
    return error(at, "constants beyond the 32-bit address space of HBM");
  }
  if (!data) {
    zeroBytes += bytes;
    if (zeroBytes > kMaxZeros) {
      return error(at, "more than " + Twine(kMaxZeros >> 20) +
                           " MiB of zeros between constants; a program that "
                           "needs them has to write them");
    }
    object.constants.resize(object.constants.size() + bytes);
    return true;
  }
  auto *begin = static_cast<const uint8_t *>(data);
  object.constants.insert(object.constants.end(), begin, begin + bytes);
  return true;
}

bool Parser::parseHbm(Token name) {
  uint64_t address;
  StringRef at = token.text;
  if (!parseInteger(0, kMaxHbm - 1, address, "an address")) {
    return false;
  }
  inData = true;
  if (!hasHbm) {
    hasHbm = true;
    object.constantsAddress = address;
    return true;
  }
  uint64_t end = object.constantsAddress + object.constants.size();
  if (address < end) {
    return error(at, "constants go upwards; expects an address of at least 0x" +
                         utohexstr(end, true));
  }
  return appendData(at, nullptr, address - end);
}

bool Parser::parseData(Token name) {
  if (!inData) {
    return error(name.text,
                 "'" + name.text +
                     "' outside of .hbm; put '.hbm ADDRESS' before it");
  }
  uint64_t value;
  StringRef at = token.text;
  if (name.text == ".zero") {
    return parseInteger(0, kMaxHbm, value, "a number of bytes") &&
           appendData(at, nullptr, value);
  }
  do {
    at = token.text;
    uint32_t bits;
    if (name.text == ".float") {
      if (!parseFloatBits(bits)) {
        return false;
      }
    } else if (name.text == ".word") {
      if (!parseInteger(INT32_MIN, UINT32_MAX, value, "a word")) {
        return false;
      }
      bits = static_cast<uint32_t>(value);
    } else {
      if (!parseInteger(INT8_MIN, UINT8_MAX, value, "a byte")) {
        return false;
      }
      bits = static_cast<uint32_t>(value);
    }
    support::ulittle32_t little(bits);
    if (!appendData(at, &little, name.text == ".byte" ? 1 : 4)) {
      return false;
    }
  } while (accept(','));
  return true;
}

bool Parser::parseDirective(Token name) {
  StringRef text = name.text;
  if (text == ".target") {
    return parseTarget(name);
  }
  if (text == ".target_parameters") {
    return parseTargetParameters(name);
  }
  if (text == ".input" || text == ".output") {
    return parseTensor(text == ".input" ? object.inputs : object.outputs);
  }
  if (text == ".host_input" || text == ".host_output") {
    if (object.hostCalls.empty()) {
      return error(text, "'" + text +
                             "' outside of a call; put .host_call "
                             "before it");
    }
    HostCall &call = object.hostCalls.back();
    return parseTensor(text == ".host_input" ? call.inputs : call.outputs);
  }
  if (text == ".launch") {
    return parseLaunch(name);
  }
  if (text == ".host_call") {
    return parseHostCall(name);
  }
  if (text == ".host_module") {
    return parseHostModule(name);
  }
  if (text == ".parts") {
    return parseParts(name);
  }
  if (text == ".copy" || text == ".part") {
    return parsePlace(name);
  }
  if (text == ".graph_of_chip") {
    object.isGraphOfChip = true;
    return true;
  }
  if (text == ".stages") {
    return parseStages();
  }
  if (text == ".text") {
    inData = false;
    return true;
  }
  if (text == ".hbm") {
    return parseHbm(name);
  }
  if (text == ".byte" || text == ".word" || text == ".float" ||
      text == ".zero") {
    return parseData(name);
  }
  if (text != ".loc" && text != ".raw") {
    return error(
        text, "unknown directive '" + text + "'" + suggest(text, kDirectives) +
                  (suggest(text, kDirectives).empty()
                       ? "; expects " + join(ArrayRef(kDirectives), ", ")
                       : ""));
  }
  if (inData) {
    return error(text, "'" + text + "' in .hbm; put '.text' before it");
  }
  return text == ".loc" ? parseLoc() : parseRaw();
}

} // namespace xpu
