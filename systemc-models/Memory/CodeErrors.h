//===- CodeErrors.h - Code words that have errors ---------------*- C++ -*-===//
//
// Memories hold data as they were written; what differs from them in the code
// words that would be stored is kept here, so that a memory without errors
// costs nothing. Codes are linear: whether a word can be corrected depends on
// its errors alone.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_MEMORY_CODEERRORS_H
#define ACC_SYSTEMC_MODELS_MEMORY_CODEERRORS_H

#include "systemc-models/Memory/Secded.h"

#include <map>
#include <optional>

namespace acc {

/// Errors by the number of the code word.
template <typename Code> class CodeErrors {
public:
  /// The bits that are not what was written.
  struct Bits {
    uint64_t data = 0, check = 0;
    bool any() const { return data != 0 || check != 0; }
    CodeStatus status() const {
      return Secded<Code>::decode(data, check).status;
    }
  };
  using Map = std::map<uint64_t, Bits>;

  bool empty() const { return words.empty(); }
  const Map &all() const { return words; }

  Bits of(uint64_t word) const {
    auto it = words.find(word);
    return it == words.end() ? Bits() : it->second;
  }
  void set(uint64_t word, Bits bits) {
    if (bits.any()) {
      words[word] = bits;
    } else {
      words.erase(word);
    }
  }
  /// Turns over a bit; check bits come behind those of the data.
  void flip(uint64_t word, unsigned bit) {
    Bits bits = of(word);
    if (bit < Code::dataBits) {
      bits.data ^= uint64_t(1) << bit;
    } else {
      bits.check ^= uint64_t(1) << (bit - Code::dataBits);
    }
    set(word, bits);
  }

private:
  Map words;
};

/// The words of HBM, which is accessed in packets.
class HbmErrors : public CodeErrors<isa::HbmCode> {
public:
  static constexpr uint64_t wordBytes = isa::HbmCode::dataBits / 8;

  /// What an access finds.
  struct Found {
    uint64_t corrected = 0;        ///< words
    std::optional<uint64_t> error; ///< address of the first that cannot be
  };

  Found read(uint64_t address, uint64_t bytes) const;
  /// Words that are written as a whole are not looked at; of others the rest is
  /// read. What can be corrected is right afterwards.
  Found write(uint64_t address, uint64_t bytes);
};

} // namespace acc

#endif // ACC_SYSTEMC_MODELS_MEMORY_CODEERRORS_H
