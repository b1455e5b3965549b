//===- Crc.h - Checks of frames ---------------------------------*- C++ -*-===//
//
// As rtl/fabric/xpu_fab_crc.sv: both checks of a frame, a fixed number of
// cycles after its words. The values are those of byte-wise tables.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_FABRIC_CRC_H
#define ACC_SYSTEMC_MODELS_FABRIC_CRC_H

#include "systemc-models/Fabric/Types.h"

namespace acc::fabric {

/// A reflected check of 32 bits, eight bytes at a time.
class CrcTable {
public:
  explicit CrcTable(uint32_t polynomial);
  uint32_t add(uint32_t state, uint64_t unit) const {
    unit ^= state;
    uint32_t result = 0;
    for (unsigned i = 0; i < 8; ++i) {
      result ^= tables[7 - i][unit >> 8 * i & 0xff];
    }
    return result;
  }
  /// Four bytes.
  uint32_t addHalf(uint32_t state, uint32_t half) const {
    half ^= state;
    return tables[3][half & 0xff] ^ tables[2][half >> 8 & 0xff] ^
           tables[1][half >> 16 & 0xff] ^ tables[0][half >> 24];
  }

private:
  /// By the bytes that follow.
  std::array<std::array<uint32_t, 256>, 8> tables;
};

class Crc {
public:
  explicit Crc(const PortConfig &config) : config(config) {}

  struct Stage {
    bool valid = false;
    bool os = false; ///< received: unit 0 is a control ordered set
    FrameWord frame;
    unsigned channel = 0; ///< to be sent, as is `credits`
    bool credits = false;
    uint64_t check = 0; ///< a Trailer, with the last word
  };
  /// The last word of a frame is to be completed there.
  Stage &output() { return stages[at]; }
  /// Frames are inside.
  bool busy() const { return inside != 0; }

  /// The stage that a word is written to; `clock` computes its check.
  Stage &input() { return stages[kCheckLatency]; }
  void clock();

private:
  const PortConfig &config;
  std::array<Stage, kCheckLatency + 1> stages;
  unsigned at = 0;
  unsigned inside = 0;
  unsigned unit = 0; ///< of the frame, with which the next word begins
  uint32_t rcrc = 0, fcs = 0;
};

} // namespace acc::fabric

#endif // ACC_SYSTEMC_MODELS_FABRIC_CRC_H
