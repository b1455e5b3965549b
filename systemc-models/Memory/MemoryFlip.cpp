//===- MemoryFlip.cpp - Bits of memories that turn over -------------------===//

#include "systemc-models/Memory/MemoryFlip.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"

#include <map>
#include <random>
#include <set>
#include <tuple>

using namespace acc;
using Where = MemoryFlip::Where;

static constexpr unsigned spmBits = Secded<isa::SpmCode>::bits;
static constexpr unsigned hbmBits = Secded<isa::HbmCode>::bits;

static llvm::Error makeError(const llvm::Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

static llvm::Error malformed(llvm::StringRef text) {
  return makeError(
      "'" + text +
      "': expects [sliceN:]scratchpad:BANK:ROW:BIT@CYCLE, "
      "[sliceN:]hbm:ADDRESS:BIT@CYCLE or random:N@CYCLES[,seed=S]");
}

static std::vector<MemoryFlip> makeRandom(uint64_t count, uint64_t cycles,
                                          uint64_t seed, const Machine &machine,
                                          uint64_t hbmBytes) {
  std::mt19937_64 random(seed);
  std::vector<MemoryFlip> flips;
  std::set<std::tuple<uint32_t, Where, uint64_t>> taken;
  uint64_t hbmWords = hbmBytes / HbmErrors::wordBytes;
  while (flips.size() < count) {
    MemoryFlip f;
    f.slice = uint32_t(random() % machine.slicesPerChip());
    f.where = random() % 2 && hbmWords != 0 ? Where::Hbm : Where::Scratchpad;
    f.address = f.where == Where::Hbm
                    ? random() % hbmWords * HbmErrors::wordBytes
                    : random() % machine.slice.spmBytes();
    f.bit = unsigned(random() % (f.where == Where::Hbm ? hbmBits : spmBits));
    f.cycle = random() % cycles;
    if (taken.insert({f.slice, f.where, f.address}).second) {
      flips.push_back(f);
    }
  }
  return flips;
}

llvm::Expected<std::vector<MemoryFlip>> acc::parseFlips(llvm::StringRef text,
                                                        const Machine &machine,
                                                        uint64_t hbmBytes) {
  llvm::StringRef rest = text;
  MemoryFlip flip;
  auto number = [](llvm::StringRef digits, auto &value) {
    return !digits.getAsInteger(0, value);
  };
  auto [place, cycle] = rest.split('@');
  if (place.consume_front("random:")) {
    uint64_t count = 0, cycles = 0, seed = 1;
    auto [before, option] = cycle.split(',');
    bool isSeed = option.empty() ||
                  (option.consume_front("seed=") && number(option, seed));
    if (!number(place, count) || !number(before, cycles) || cycles == 0 ||
        !isSeed) {
      return malformed(text);
    }
    // At most one in a code word: there have to be many more words.
    uint64_t words =
        machine.slicesPerChip() * uint64_t(machine.slice.spmBytes());
    if (count > words / 2) {
      return makeError("'" + text + "': expects at most " +
                       llvm::Twine(words / 2) + " flips on this machine");
    }
    return makeRandom(count, cycles, seed, machine, hbmBytes);
  }
  if (place.consume_front("slice")) {
    llvm::StringRef digits = place.take_while(llvm::isDigit);
    place = place.drop_front(digits.size());
    if (!number(digits, flip.slice) || !place.consume_front(":")) {
      return malformed(text);
    }
  }
  llvm::SmallVector<llvm::StringRef, 4> parts;
  place.split(parts, ':');
  uint64_t values[3] = {};
  if (parts.size() > 4 || !number(cycle, flip.cycle)) {
    return malformed(text);
  }
  for (size_t i = 1; i < parts.size(); ++i) {
    if (!number(parts[i], values[i - 1])) {
      return malformed(text);
    }
  }
  const Target &t = machine.slice;
  if (parts[0] == "hbm" && parts.size() == 3) {
    flip.where = Where::Hbm;
    flip.address = values[0];
    flip.bit = unsigned(std::min<uint64_t>(values[1], UINT32_MAX));
  } else if (parts[0] == "scratchpad" && parts.size() == 4) {
    uint64_t rows = t.spm.bankBytes / t.spm.rowBytes;
    if (values[0] >= t.spm.banks || values[1] >= rows ||
        values[2] >= uint64_t(spmBits) * t.spm.rowBytes) {
      return makeError("'" + text + "': expects a bank below " +
                       llvm::Twine(t.spm.banks) + ", a row below " +
                       llvm::Twine(rows) + " and a bit below " +
                       llvm::Twine(spmBits * t.spm.rowBytes));
    }
    flip.where = Where::Scratchpad;
    flip.address = values[0] * t.spm.bankBytes + values[1] * t.spm.rowBytes +
                   values[2] / spmBits;
    flip.bit = unsigned(values[2] % spmBits);
  } else {
    return malformed(text);
  }
  if (llvm::Error e = checkFlips(flip, machine)) {
    return std::move(e);
  }
  return std::vector<MemoryFlip>{flip};
}

std::string acc::describe(const MemoryFlip &flip, const Machine &machine) {
  std::string text;
  if (machine.slicesPerChip() > 1) {
    text = "slice" + std::to_string(flip.slice) + ":";
  }
  if (flip.where == Where::Hbm) {
    text +=
        "hbm:" + std::to_string(flip.address) + ":" + std::to_string(flip.bit);
  } else {
    const Target::Spm &s = machine.slice.spm;
    uint64_t column = flip.address % s.rowBytes;
    text += "scratchpad:" + std::to_string(flip.address / s.bankBytes) + ":" +
            std::to_string(flip.address % s.bankBytes / s.rowBytes) + ":" +
            std::to_string(column * spmBits + flip.bit);
  }
  return text + "@" + std::to_string(flip.cycle);
}

void acc::sortFlips(std::vector<MemoryFlip> &flips) {
  llvm::sort(flips, [](const MemoryFlip &a, const MemoryFlip &b) {
    return std::tie(a.cycle, a.slice, a.where, a.address, a.bit) <
           std::tie(b.cycle, b.slice, b.where, b.address, b.bit);
  });
}

std::vector<MemoryFlip> acc::asFlips(const HbmErrors &errors, uint32_t slice) {
  std::vector<MemoryFlip> flips;
  for (const auto &[word, bits] : errors.all()) {
    for (unsigned bit = 0; bit < hbmBits; ++bit) {
      bool isWrong = bit < isa::HbmCode::dataBits
                         ? bits.data >> bit & 1
                         : bits.check >> (bit - isa::HbmCode::dataBits) & 1;
      if (isWrong) {
        flips.push_back(
            {slice, Where::Hbm, word * HbmErrors::wordBytes, bit, 0});
      }
    }
  }
  return flips;
}

llvm::Error acc::checkFlips(llvm::ArrayRef<MemoryFlip> flips,
                            const Machine &machine) {
  std::map<std::tuple<uint32_t, Where, uint64_t>, std::vector<unsigned>> words;
  for (const MemoryFlip &f : flips) {
    bool isHbm = f.where == Where::Hbm;
    uint64_t size = isHbm ? machine.slice.hbm.bytes : machine.slice.spmBytes();
    unsigned bits = isHbm ? hbmBits : spmBits;
    std::string text = "'" + describe(f, machine) + "': ";
    if (f.slice >= machine.slicesPerChip()) {
      return makeError(text + "expects a slice below " +
                       llvm::Twine(machine.slicesPerChip()));
    }
    if (f.address >= size || f.bit >= bits ||
        (isHbm && f.address % HbmErrors::wordBytes != 0)) {
      return makeError(text + "expects an address below " + llvm::Twine(size) +
                       (isHbm ? ", a multiple of 8," : "") +
                       " and a bit below " + llvm::Twine(bits));
    }
    std::vector<unsigned> &word = words[{f.slice, f.where, f.address}];
    if (llvm::is_contained(word, f.bit)) {
      return makeError(text + "the bit turns over twice; expects another");
    }
    word.push_back(f.bit);
    if (word.size() > 2) {
      return makeError(text + "expects at most two flips in a code word: the "
                              "code says nothing of three");
    }
  }
  return llvm::Error::success();
}
