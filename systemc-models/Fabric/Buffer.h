//===- Buffer.h - Frames that have come, and their transactions -*- C++ -*-===//
//
// As rtl/fabric/xpu_fab_buffer.sv and xpu_fab_unpack.sv.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_FABRIC_BUFFER_H
#define ACC_SYSTEMC_MODELS_FABRIC_BUFFER_H

#include "systemc-models/Fabric/Types.h"

#include <vector>

namespace acc::fabric {

class Buffer {
public:
  explicit Buffer(const PortConfig &config)
      : words(config.port.bufferWords), memory(words) {}

  bool valid() const { return outValid; }
  const FrameWord &frame() const { return out; }
  /// Credits that have been freed since the link's start.
  uint32_t count() const { return freedCount & kCreditMask; }
  /// Whether some are freed in this cycle.
  bool frees(bool pop, bool drop) const { return loads(pop) || drop; }

  /// `keep`: the frame that ends is there; `drop`: it is not, and its credits
  /// are freed.
  void clock(bool start, const FrameWord *write, bool keep, bool drop,
             bool pop) {
    bool load = loads(pop);
    uint32_t held = kept - rd;
    if (write) {
      uint32_t at = write->sop ? kept : wr;
      over = at - rd == words || (!write->sop && over);
      length = write->sop ? 1 : length + 1;
      if (!over) {
        memory[at % words] = *write;
        ++at;
      }
      wr = at;
    }
    if (load || pop) {
      outValid = load;
    }
    if (load) {
      out = memory[rd % words];
    }
    freedCount = start ? load - held : freedCount + load + (drop ? length : 0);
    rd += load;
    if (keep) {
      kept = wr;
    }
  }

private:
  uint32_t words;
  std::vector<FrameWord> memory;
  uint32_t wr = 0, rd = 0, kept = 0, length = 0, freedCount = 0;
  bool over = false, outValid = false;
  FrameWord out;

  bool loads(bool pop) const { return (!outValid || pop) && rd != kept; }
};

class Unpack {
public:
  explicit Unpack(const PortConfig &config) : config(config) {}

  bool valid() const { return (isInside || count != 0) && taken() <= count; }
  Beat beat() const;
  /// Whether the word is taken.
  bool pops(const FrameWord &word) const {
    return count <= 2 * config.wordUnits() && !(word.sop && isBounded);
  }
  /// `word`: it is taken; `done`: the beat is.
  void clock(const FrameWord *word, bool done);

private:
  const PortConfig &config;
  std::array<uint64_t, 3 * kMostUnits> buffer{};
  unsigned count = 0;
  bool isInside = false;
  unsigned left = 0;
  uint64_t header = 0;
  uint32_t chip = 0;      ///< of the units before `bound`
  uint32_t nextChip = 0;  ///< of those behind
  bool isBounded = false; ///< there are some behind
  unsigned bound = 0;
  unsigned skip = 0; ///< units of the lead that are still to come

  uint64_t currentHeader() const { return isInside ? header : buffer[0]; }
  unsigned want() const {
    uint64_t h = currentHeader();
    return isInside ? left : Transaction::decode(&h).units;
  }
  unsigned now() const { return std::min(want(), config.wordUnits()); }
  /// Units that the beat takes.
  unsigned taken() const { return now() + !isInside; }
};

} // namespace acc::fabric

#endif // ACC_SYSTEMC_MODELS_FABRIC_BUFFER_H
