//===- ObjectWriter.cpp - Writes the ELF file -----------------------------===//

#include "compiler-driver/Object/Object.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Object/ELFTypes.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/xxhash.h"

using namespace llvm;

namespace xpu {
namespace {
using Elf = object::ELF64LE;

struct Section {
  explicit Section(std::string name, uint32_t type = ELF::SHT_PROGBITS,
                   uint64_t flags = 0)
      : name(std::move(name)), type(type), flags(flags) {}

  std::string name;
  uint32_t type;
  uint64_t flags;
  uint64_t address = 0;
  std::string data;
  ArrayRef<uint8_t> outside; ///< Data that need no copy, behind `data`.
  uint32_t link = 0;
  uint32_t info = 0;
  uint64_t entrySize = 0;
  uint64_t alignment = 1;

  uint64_t size() const { return data.size() + outside.size(); }
};

json::Object toJson(const ObjectTensor &tensor) {
  json::Array shape;
  for (int64_t size : tensor.shape) {
    shape.push_back(size);
  }
  json::Object entry{{"name", tensor.name},
                     {"type", tensor.type},
                     {"machine_type", tensor.machineType},
                     {"shape", std::move(shape)},
                     {"address", tensor.address},
                     {"bytes", tensor.bytes}};
  if (tensor.isFed) {
    entry["fed"] = true;
  }
  if (tensor.stage) {
    entry["stage"] = int64_t(*tensor.stage);
  }
  if (!tensor.split.empty()) {
    json::Array split;
    for (const std::vector<uint32_t> &axes : tensor.split) {
      split.push_back(json::Array(axes));
    }
    entry["split"] = std::move(split);
  }
  if (!tensor.part.empty()) {
    entry["part"] = json::Array(tensor.part);
  }
  if (tensor.requiredValues) {
    entry["required_values"] = json::Array(*tensor.requiredValues);
  }
  return entry;
}

json::Array toJson(ArrayRef<ObjectTensor> tensors) {
  json::Array result;
  for (const ObjectTensor &tensor : tensors) {
    result.push_back(toJson(tensor));
  }
  return result;
}

json::Array toJson(ArrayRef<ObjectPlace> places) {
  json::Array result;
  for (const ObjectPlace &place : places) {
    json::Object entry = toJson(place.tensor);
    if (place.input) {
      entry["input"] = int64_t(*place.input);
    } else {
      entry["offset"] = place.offset;
    }
    result.push_back(std::move(entry));
  }
  return result;
}

std::string print(json::Value value) {
  std::string text;
  raw_string_ostream os(text);
  os << value;
  return text;
}

template <typename T> void appendRaw(std::string &data, const T &value) {
  data.append(reinterpret_cast<const char *>(&value), sizeof(value));
}
} // namespace

std::string digestHostModule(StringRef bytecode) {
  return utohexstr(xxh3_64bits(bytecode), /*LowerCase=*/true);
}

void writeObject(const Object &object, raw_ostream &os) {
  std::vector<Section> sections;
  sections.emplace_back("", ELF::SHT_NULL);
  sections[0].alignment = 0;

  Section text(".text", ELF::SHT_PROGBITS, ELF::SHF_ALLOC | ELF::SHF_EXECINSTR);
  text.alignment = 16;
  for (const isa::Word &word : object.code) {
    for (uint64_t half : {word.lo, word.hi}) {
      support::ulittle64_t little(half);
      appendRaw(text.data, little);
    }
  }
  sections.push_back(std::move(text));

  Section hbm(".hbm", ELF::SHT_PROGBITS, ELF::SHF_ALLOC);
  hbm.address = object.constantsAddress;
  hbm.outside = object.constants;
  sections.push_back(hbm);
  const uint32_t hbmIndex = sections.size() - 1;

  Section strings(".strtab", ELF::SHT_STRTAB);
  strings.data.push_back('\0');
  Section symbols(".symtab", ELF::SHT_SYMTAB);
  symbols.entrySize = sizeof(Elf::Sym);
  symbols.alignment = 8;
  symbols.info = 1;
  Elf::Sym null = {};
  appendRaw(symbols.data, null);
  for (const ObjectTensor &tensor :
       concat<const ObjectTensor>(object.inputs, object.outputs)) {
    Elf::Sym symbol = {};
    symbol.st_name = strings.data.size();
    symbol.st_value = tensor.address;
    symbol.st_size = tensor.bytes;
    symbol.st_info = ELF::STB_GLOBAL << 4 | ELF::STT_OBJECT;
    symbol.st_shndx = hbmIndex;
    appendRaw(symbols.data, symbol);
    strings.data += tensor.name;
    strings.data.push_back('\0');
  }
  symbols.link = sections.size() + 1;
  sections.push_back(symbols);
  sections.push_back(strings);

  Section target(".acc.target");
  raw_string_ostream targetText(target.data);
  acc::printMachine(acc::inlineMachine(object.machine), targetText);
  sections.push_back(target);

  Section meta(".acc.meta");
  json::Array launches;
  for (uint32_t entry : object.launches) {
    launches.push_back(entry);
  }
  json::Array hostCalls;
  for (const HostCall &call : object.hostCalls) {
    hostCalls.push_back(json::Object{{"function", call.function},
                                     {"because", call.because},
                                     {"source", call.source},
                                     {"operations", call.operations},
                                     {"inputs", toJson(call.inputs)},
                                     {"outputs", toJson(call.outputs)}});
  }
  json::Object description{{"inputs", toJson(object.inputs)},
                           {"outputs", toJson(object.outputs)},
                           {"launches", std::move(launches)},
                           {"host_digest", digestHostModule(object.hostModule)},
                           {"host_calls", std::move(hostCalls)}};
  if (object.isGraphOfChip) {
    description["graph_of_chip"] = true;
    description["places"] = toJson(object.places);
  }
  if (!object.stageEntries.empty()) {
    description["stage_axes"] = json::Array(object.stageAxes);
    description["stages"] = json::Array(object.stageEntries);
  }
  meta.data = print(std::move(description));
  sections.push_back(meta);
  if (!object.parts.empty()) {
    Section parts(".acc.parts");
    parts.outside = object.parts;
    sections.push_back(parts);
  }
  Section lines(".acc.lines");
  json::Array lineTable;
  for (const ObjectLine &line : object.lines) {
    json::Array entry{static_cast<int64_t>(line.pc), line.source};
    if (line.usedColumns != 0) {
      entry.push_back(static_cast<int64_t>(line.usedColumns));
    }
    lineTable.push_back(std::move(entry));
  }
  lines.data = print(std::move(lineTable));
  sections.push_back(lines);
  if (!object.hostModule.empty()) {
    Section host(".acc.host");
    host.data = object.hostModule;
    sections.push_back(host);
  }

  Section names(".shstrtab", ELF::SHT_STRTAB);
  names.data.push_back('\0');
  sections.push_back(names);
  std::vector<uint32_t> nameOffsets(sections.size(), 0);
  for (size_t i = 1; i < sections.size(); ++i) {
    nameOffsets[i] = sections.back().data.size();
    sections.back().data += sections[i].name;
    sections.back().data.push_back('\0');
  }

  std::vector<uint64_t> offsets(sections.size(), 0);
  uint64_t offset = sizeof(Elf::Ehdr);
  for (size_t i = 1; i < sections.size(); ++i) {
    offset = alignTo(offset, std::max<uint64_t>(1, sections[i].alignment));
    offsets[i] = offset;
    offset += sections[i].size();
  }
  offset = alignTo(offset, 8);

  Elf::Ehdr header = {};
  std::copy_n(ELF::ElfMagic, 4, header.e_ident);
  header.e_ident[ELF::EI_CLASS] = ELF::ELFCLASS64;
  header.e_ident[ELF::EI_DATA] = ELF::ELFDATA2LSB;
  header.e_ident[ELF::EI_VERSION] = ELF::EV_CURRENT;
  header.e_ident[ELF::EI_OSABI] = ELF::ELFOSABI_STANDALONE;
  header.e_type = ELF::ET_EXEC;
  header.e_machine = ELF::EM_NONE;
  header.e_version = ELF::EV_CURRENT;
  header.e_ehsize = sizeof(Elf::Ehdr);
  header.e_shentsize = sizeof(Elf::Shdr);
  header.e_shoff = offset;
  header.e_shnum = sections.size();
  header.e_shstrndx = sections.size() - 1;
  os.write(reinterpret_cast<const char *>(&header), sizeof(header));
  uint64_t written = sizeof(header);
  auto padTo = [&](uint64_t position) {
    os.write_zeros(position - written);
    written = position;
  };
  for (size_t i = 1; i < sections.size(); ++i) {
    padTo(offsets[i]);
    os << sections[i].data << toStringRef(sections[i].outside);
    written += sections[i].size();
  }
  padTo(offset);
  for (size_t i = 0; i < sections.size(); ++i) {
    Elf::Shdr entry = {};
    entry.sh_name = nameOffsets[i];
    entry.sh_type = sections[i].type;
    entry.sh_flags = sections[i].flags;
    entry.sh_addr = sections[i].address;
    entry.sh_offset = offsets[i];
    entry.sh_size = sections[i].size();
    entry.sh_link = sections[i].link;
    entry.sh_info = sections[i].info;
    entry.sh_addralign = sections[i].alignment;
    entry.sh_entsize = sections[i].entrySize;
    os.write(reinterpret_cast<const char *>(&entry), sizeof(entry));
  }
}

} // namespace xpu
