//===- Transport.h - Go-back-N of a chip's port, frame by frame -*- C++ -*-===//

#ifndef ACC_SYSTEMC_MODELS_FABRIC_TRANSPORT_H
#define ACC_SYSTEMC_MODELS_FABRIC_TRANSPORT_H

#include "systemc-models/Fabric/Frames.h"
#include "systemc-models/Fabric/UnpackTimes.h"

namespace acc::fabric {

/// A virtual channel of a chip's port, both ways.
struct TransportChannel {
  explicit TransportChannel(const PortConfig &config)
      : pack(config), unpack(config) {}

  PackTimes pack;
  UnpackTimes unpack;

  // Sending.
  struct Kept {
    uint32_t frame;
    uint32_t peer;
    uint16_t psn;
    uint32_t words;
    Cycle ready;         ///< it may be sent
    Cycle sent = kNever; ///< all of it has been, and it can be freed
  };
  std::deque<Kept> ring;
  uint64_t ringFirst = 0, ringNext = 0; ///< frames, counted: kept, to be sent
  uint64_t ringWords = 0;
  std::deque<std::pair<Cycle, uint32_t>> freed; ///< that still count as words
  uint32_t freedFrames = 0;
  Cycle lastFree = 0;
  struct Peer {
    uint16_t next = 0, done = 0;
    uint16_t expected = 0;
    bool owed = false, scanned = false;
    bool isDead = false; ///< it does not answer over this port
  };
  std::vector<Peer> peers;
  bool isPacking = false;
  Cycle startAt = kNever; ///< the event that is to come
  Cycle progress = 0;     ///< the timer's last zero
  bool hasTimer = false;
  uint32_t timeouts = 0; ///< without progress

  Kept *toSend() {
    return ringNext - ringFirst < ring.size() ? &ring[ringNext - ringFirst]
                                              : nullptr;
  }
  Peer &peer(uint32_t chip) {
    if (chip >= peers.size()) {
      peers.resize(chip + 1);
    }
    return peers[chip];
  }

  // Acknowledgements by themselves: a pass over all chips, again and again.
  Cycle passBase = 0;
  uint32_t waiting = kNone; ///< the chip at which the pass waits
  Cycle waitsFrom = 0;
  std::vector<uint32_t> deferred;
  /// When the pass comes to the chip, not before the cycle.
  Cycle passAt(const Chip::Port &port, uint32_t chip, Cycle cycle) const {
    Cycle first = passBase + port.gbnAckDelay + chip;
    Cycle period = port.gbnAckDelay + port.peers;
    return first >= cycle
               ? first
               : first + (cycle - first + period - 1) / period * period;
  }
};

struct Transport {
  explicit Transport(const PortConfig &config)
      : channels{TransportChannel(config), TransportChannel(config),
                 TransportChannel(config), TransportChannel(config)} {}
  std::array<TransportChannel, kChannels> channels;
};

} // namespace acc::fabric

#endif // ACC_SYSTEMC_MODELS_FABRIC_TRANSPORT_H
