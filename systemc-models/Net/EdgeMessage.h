//===- EdgeMessage.h - What the edges of chips tell each other --*- C++ -*-===//
//
// A message of a collective over chips (docs/machine.md, section 11) as beats
// of a port: as rtl/net/xpu_edge_tx.sv cuts it, and xpu_edge_lane.sv puts it
// together. Layouts are EdgeTransaction and EdgeHeader of Fabric.td.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_NET_EDGEMESSAGE_H
#define ACC_SYSTEMC_MODELS_NET_EDGEMESSAGE_H

#include "systemc-models/Fabric/Types.h"
#include "systemc-models/Timing/Command.h"

namespace acc {

/// Collectives of chips are in a channel of their own (docs/fabric.md, section
/// 13).
inline constexpr unsigned kEdgeChannel = 2;

struct EdgeMessage {
  uint32_t place = 0; ///< first slice of the group
  Collective collective;
  std::vector<uint8_t> data;

  /// Units of eight bytes, the header among them.
  uint64_t units() const { return 1 + (data.size() + 7) / 8; }
  /// The beat that begins with this unit, in words of so many units.
  fabric::Beat beat(uint64_t unit, unsigned width, uint32_t toChip) const;
};

/// Puts a message together from beats.
class EdgeReceiver {
public:
  /// Whether the beat is the last one of its message.
  bool take(const fabric::Beat &beat, unsigned width);
  /// Its message; data may end with up to seven bytes that are none.
  EdgeMessage takeMessage() { return std::move(message); }

private:
  EdgeMessage message;
  uint64_t unit = 0; ///< of the message, with which the next beat begins
};

} // namespace acc

#endif // ACC_SYSTEMC_MODELS_NET_EDGEMESSAGE_H
