//===- Isa.cpp - Encoder, decoder and tables ------------------------------===//

#include "dialects/ISA/Isa.h"

#include "llvm/ADT/StringSwitch.h"
#include <type_traits>

namespace xpu::isa {

uint64_t extractBits(const Word *words, unsigned offset, unsigned width) {
  const Word &word = words[offset / kWordBits];
  unsigned bit = offset % kWordBits;
  uint64_t low;
  if (bit >= 64) {
    low = word.hi >> (bit - 64);
  } else {
    low = word.lo >> bit;
    if (bit != 0) {
      low |= word.hi << (64 - bit);
    }
  }
  unsigned available = kWordBits - bit;
  if (width > available) {
    low |= words[offset / kWordBits + 1].lo << available;
  }
  return width == 64 ? low : low & ((uint64_t(1) << width) - 1);
}

int64_t extractSigned(const Word *words, unsigned offset, unsigned width) {
  uint64_t bits = extractBits(words, offset, width);
  unsigned shift = 64 - width;
  return static_cast<int64_t>(bits << shift) >> shift;
}

void insertBits(Word *words, unsigned offset, unsigned width, uint64_t value) {
  for (unsigned done = 0; done < width;) {
    unsigned bit = offset + done;
    Word &word = words[bit / kWordBits];
    unsigned inWord = bit % kWordBits;
    uint64_t &half = inWord >= 64 ? word.hi : word.lo;
    unsigned inHalf = inWord % 64;
    unsigned n = std::min(width - done, 64 - inHalf);
    uint64_t mask = n == 64 ? ~uint64_t(0) : ((uint64_t(1) << n) - 1);
    half = (half & ~(mask << inHalf)) | ((value >> done & mask) << inHalf);
    done += n;
  }
}

#include "dialects/ISA/Isa.cpp.inc"

llvm::ArrayRef<InstrInfo> getInstructions() { return kInstructions; }

llvm::ArrayRef<FieldInfo> getUopFields() { return kUopFields; }

const InstrInfo *lookupOpcode(unsigned opcode) {
  for (const InstrInfo &info : kInstructions) {
    if (static_cast<unsigned>(info.opcode) == opcode) {
      return &info;
    }
  }
  return nullptr;
}

const InstrInfo *lookupMnemonic(llvm::StringRef mnemonic) {
  for (const InstrInfo &info : kInstructions) {
    if (info.mnemonic == mnemonic) {
      return &info;
    }
  }
  return nullptr;
}

namespace {
/// An enumeration for tools that know its name only.
struct NamedEnum {
  llvm::StringLiteral name;
  llvm::StringRef (*nameOf)(unsigned value); ///< Empty: no such value.
  std::optional<unsigned> (*valueOf)(llvm::StringRef name);
};
} // namespace

#define NAMED_ENUM(type)                                                       \
  NamedEnum {                                                                  \
    #type,                                                                     \
        [](unsigned value) {                                                   \
          return isValid##type(value) ? stringify(static_cast<type>(value))    \
                                      : llvm::StringRef();                     \
        },                                                                     \
        [](llvm::StringRef name) -> std::optional<unsigned> {                  \
          auto value = symbolize##type(name);                                  \
          return value                                                         \
                     ? std::optional<unsigned>(static_cast<unsigned>(*value))  \
                     : std::nullopt;                                           \
        }                                                                      \
  }

static constexpr NamedEnum namedEnums[] = {
    NAMED_ENUM(Format),         NAMED_ENUM(ReduceOp), NAMED_ENUM(Uop),
    NAMED_ENUM(CollectiveKind), NAMED_ENUM(Group),    NAMED_ENUM(Chips)};

llvm::StringRef enumCaseName(llvm::StringRef enumName, unsigned value) {
  for (const NamedEnum &e : namedEnums) {
    if (enumName == e.name) {
      return e.nameOf(value);
    }
  }
  return {};
}

std::optional<unsigned> enumCaseValue(llvm::StringRef enumName,
                                      llvm::StringRef name) {
  for (const NamedEnum &e : namedEnums) {
    if (enumName == e.name) {
      return e.valueOf(name);
    }
  }
  return std::nullopt;
}

} // namespace xpu::isa
