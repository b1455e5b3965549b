//===- LinkPort.h - The link layer of a port, frame by frame ---*- C++ -*-===//
//
// Arbiter, retry, credits and control ordered sets of a port, of a chip or a
// switch, without what makes them go on (Network).
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_FABRIC_LINKPORT_H
#define ACC_SYSTEMC_MODELS_FABRIC_LINKPORT_H

#include "systemc-models/Fabric/Frames.h"
#include "systemc-models/Fabric/UnpackTimes.h"

#include <set>

namespace acc::fabric {

/// From the cycle in which a chip's arbiter takes a word to that in which it is
/// chosen for the link: checks, and the ring of the retry.
inline constexpr Cycle kGrantToLink = kCheckLatency + 2;
/// From there to the end of the far port's checks, without the wire.
inline constexpr Cycle kLinkToVerdict = kCheckLatency + 2;

struct LinkPort {
  const PortConfig *config = nullptr;
  bool isChip = true;
  uint32_t node = 0;   ///< chip or switch
  uint32_t number = 0; ///< of its ports
  uint8_t reach = 0;   ///< Network::Reach
  uint32_t peer = 0;   ///< the port at the other end
  Cycle wire = 1;      ///< to it
  uint32_t limit = 0;  ///< words of the far buffer, of each channel
  uint64_t wordsSent = 0;
  bool isDead = false; ///< what is sent is lost
  bool isDown = false; ///< ... and nothing more is sent
  bool isUsed = false; ///< control ordered sets may matter

  // The arbiter.
  Cycle busyUntil = 0;
  unsigned turn = 0;
  Cycle arbiterAt = kNever; ///< the event that is to come

  // Credits, in words from the start on.
  std::array<uint64_t, kChannels> consumed{};
  std::array<uint64_t, kChannels> freedThere{};
  std::array<Freed, kChannels> freedHere;

  // Frames that are kept for a retry.
  struct Kept {
    uint32_t frame;
    Cycle granted;
    uint32_t words;
    Cycle freed = kNever; ///< from which cycle on it takes no room
  };
  std::deque<Kept> kept;
  uint64_t keptWords = 0, keptFirst = 0, acked = 0; ///< frames, counted
  Cycle lastFree = 0;
  Cycle linkFree = 0;  ///< behind the last word on the link
  bool isFull = false; ///< a frame waits for room
  bool accepts(Cycle cycle);
  Cycle acceptsAt() const;
  void acknowledgeTo(uint64_t number, Cycle cycle);

  // What has been sent before a replay and leaves no more because of it.
  uint32_t replays = 0;
  std::vector<Cycle> cuts;   ///< by replay: the first cycle that is void
  std::set<uint64_t> script; ///< frames on the link that are damaged
  uint64_t framesSent = 0;
  Cycle retryFrom = 0; ///< the timer's last zero, while frames are kept
  bool hasRetry = false;

  // Frames on the link, for the slots of control ordered sets.
  struct Leaving {
    Cycle from, to;
  };
  std::deque<Leaving> leaving;
  /// The first cycle from this one on in which a set may leave.
  Cycle slotAt(Cycle cycle) const;

  // Control ordered sets: LLR_ACK and CF_Update of two pairs of channels.
  std::array<Cycle, 3> due = {kNever, kNever, kNever};
  unsigned controlTurn = 0;
  Cycle controlFree = 0; ///< spacing
  Cycle controlAt = kNever;
  uint64_t accepted = 0; ///< frames
  bool wantsNack = false, nackSent = false;
  std::array<std::array<uint64_t, 2>, 3> told{};
};

} // namespace acc::fabric

#endif // ACC_SYSTEMC_MODELS_FABRIC_LINKPORT_H
