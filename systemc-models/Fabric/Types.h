//===- Types.h - What the parts of a fabric port exchange -------*- C++ -*-===//
//
// As rtl/fabric/xpu_fab_pkg.sv. A word has as many units of eight bytes as the
// port's lanes carry in a cycle.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_FABRIC_TYPES_H
#define ACC_SYSTEMC_MODELS_FABRIC_TYPES_H

#include "dialects/ISA/Fabric.h"
#include "dialects/Target/Machine.h"

#include <array>
#include <cstdint>

namespace acc::fabric {

using namespace xpu::fabric;

/// Units of the widest word.
inline constexpr unsigned kMostUnits = kMostLanes * kLaneBytes / 8;
/// Units in front of the header: gap and preamble.
inline constexpr unsigned kLead = 2;
inline constexpr unsigned kMostLead = kLead + 4;

using Units = std::array<uint64_t, kMostUnits>;

/// A part of a transaction; see docs/fabric.md, section 3.
struct Beat {
  bool first = false;
  bool last = false;
  uint32_t chip = 0;   ///< destination, or source
  uint64_t header = 0; ///< a Transaction, in each beat
  Units data{};

  unsigned units() const { return Transaction::decode(&header).units; }
};

/// A word of a frame. Unit 0 of the first one is the gap, unit 1 the preamble.
struct FrameWord {
  bool sop = false;
  bool eop = false;
  bool bad = false; ///< received: the word was lost; with eop
  unsigned count = 0;
  Units data{};
};

/// A word on the wire.
struct LinkWord {
  bool valid = false;
  bool os = false;    ///< unit 0 is a control ordered set
  bool error = false; ///< the PCS gives the word up
  FrameWord frame;
};

/// What does not change while a port runs.
struct PortConfig {
  Chip::Port port;
  Framing framing = Framing::Sue;
  uint32_t own = 0; ///< number of the chip

  unsigned wordUnits() const { return port.lanes * kLaneBytes / 8; }
  unsigned pduUnits() const { return port.pduBytes / 8; }
  /// Units of gap, preamble and header; RH is the last of them.
  unsigned leadUnits() const {
    switch (framing) {
    case Framing::Sue:
      return kLead + 2;
    case Framing::Esun:
      return kLead + 4;
    default:
      return kLead + 3;
    }
  }
  unsigned rhUnit() const { return leadUnits() - 1; }
  /// Words of the largest frame of any framing.
  unsigned frameWords() const {
    return (kMostLead + pduUnits() + wordUnits()) / wordUnits();
  }
};

/// Gap and preamble, which are filled in later, and the header.
std::array<uint64_t, kMostLead> leadOf(const PortConfig &config, uint32_t chip,
                                       unsigned channel, FrameOp op,
                                       uint16_t psn, uint16_t apsn);
/// The destination that a header names, from its first unit.
uint32_t destinationOf(Framing framing, uint64_t unit);

/// The unit with its last byte the check of the others.
uint64_t guarded(uint64_t unit);
inline bool isGuarded(uint64_t unit) { return guarded(unit) == unit; }

/// a before b, of numbers that wrap.
inline bool isBefore(uint16_t a, uint16_t b) { return uint16_t(a - b) >> 15; }

inline constexpr uint32_t kSequenceMask = (1u << kSequenceBits) - 1;
inline constexpr uint32_t kCreditMask = (1u << kCreditBits) - 1;

} // namespace acc::fabric

#endif // ACC_SYSTEMC_MODELS_FABRIC_TYPES_H
