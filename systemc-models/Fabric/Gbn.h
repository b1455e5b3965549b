//===- Gbn.h - Go-back-N transport of a virtual channel ---------*- C++ -*-===//
//
// As rtl/fabric/xpu_fab_gbn_tx.sv and xpu_fab_gbn_rx.sv.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_FABRIC_GBN_H
#define ACC_SYSTEMC_MODELS_FABRIC_GBN_H

#include "systemc-models/Fabric/Replay.h"

namespace acc::fabric {

/// What a chip says that it has.
struct GbnAck {
  bool valid = false;
  bool nack = false;
  uint32_t peer = 0;
  uint16_t psn = 0; ///< expected next
};

class GbnTx {
public:
  explicit GbnTx(const PortConfig &config)
      : config(config),
        ring(config.port.gbnWords, config.port.gbnFrames, config.frameWords(),
             /*whole=*/true, /*slack=*/0),
        next(config.port.peers), done(config.port.peers) {}

  bool isOpen(uint32_t chip) const {
    return chip < next.size() &&
           uint16_t(next[chip] - done[chip]) < config.port.gbnWindow;
  }
  uint16_t psn(uint32_t chip) const { return next[chip]; }
  bool room() const { return ring.room(); }

  bool valid() const { return ring.valid(isFreed()); }
  const FrameWord &frame() const { return ring.frame(); }
  uint32_t peer() const { return ring.tag().peer; }
  unsigned words() const { return ring.frameLength(); }

  struct Events {
    bool timeout = false;
    bool rewind = false;
  };
  /// `start`: a frame to `chip` begins.
  Events clock(bool start, uint32_t chip, const FrameWord *write, bool pop,
               const GbnAck &ack) {
    bool isSensible = false, isProgress = false;
    if (ack.valid) {
      uint16_t gain = ack.psn - done[ack.peer];
      isSensible = gain <= uint16_t(next[ack.peer] - done[ack.peer]);
      isProgress = isSensible && gain != 0;
    }
    bool head = ring.headValid();
    bool free = isFreed();
    Events events;
    events.timeout = head && timer == config.port.gbnTimeout;
    events.rewind = events.timeout || (isSensible && ack.nack);
    if (!head || isProgress || events.rewind || (free && ring.freeReady())) {
      timer = 0;
    } else {
      ++timer;
    }
    ring.clock(write, writing, pop, events.rewind, free);
    if (isSensible) {
      done[ack.peer] = ack.psn;
    }
    if (start) {
      writing = {chip, next[chip]++};
    }
    return events;
  }

private:
  struct Tag {
    uint32_t peer = 0;
    uint16_t psn = 0;
  };

  const PortConfig &config;
  Replay<Tag> ring;
  std::vector<uint16_t> next; ///< number of the next frame
  std::vector<uint16_t> done; ///< all before it have been acknowledged
  Tag writing;
  uint32_t timer = 0;

  bool isFreed() const {
    return ring.headValid() &&
           isBefore(ring.headTag().psn, done[ring.headTag().peer]);
  }
};

class GbnRx {
public:
  explicit GbnRx(const PortConfig &config)
      : config(config), expected(config.port.peers), owed(config.port.peers),
        asked(config.port.peers) {}

  enum class Verdict { None, Take, Duplicate, Gap };
  Verdict judge(uint32_t from, uint16_t psn) const {
    return psn == expected[from]           ? Verdict::Take
           : isBefore(psn, expected[from]) ? Verdict::Duplicate
                                           : Verdict::Gap;
  }
  uint16_t apsn(uint32_t peer) const { return expected[peer]; }

  /// What is to be sent in a frame of its own.
  GbnAck ack() const {
    GbnAck a;
    a.valid = nack || (isPass && owed[scan]);
    a.nack = nack;
    a.peer = nack ? nackPeer : scan;
    a.psn = expected[a.peer];
    return a;
  }

  /// `told`: a frame to `peer` has carried its apsn.
  void clock(Verdict verdict, uint32_t from, bool told, uint32_t peer,
             bool ackSent) {
    GbnAck own = ack();
    bool newNack = verdict == Verdict::Gap && !asked[from] && !nack;
    if (isPass) {
      if (!owed[scan] || (ackSent && !nack)) {
        isPass = ++scan != expected.size();
        scan = isPass ? scan : 0;
      }
    } else if (timer == config.port.gbnAckDelay - 1) {
      timer = 0;
      isPass = true;
    } else {
      ++timer;
    }
    if (told) {
      owed[peer] = false;
    }
    if (ackSent) {
      owed[own.peer] = false;
      nack = false;
    }
    if (verdict == Verdict::Take) {
      ++expected[from];
      asked[from] = false;
    }
    if (verdict == Verdict::Take || verdict == Verdict::Duplicate) {
      owed[from] = true;
    }
    if (newNack) {
      nack = true;
      nackPeer = from;
      asked[from] = true;
    }
  }

private:
  const PortConfig &config;
  std::vector<uint16_t> expected;
  std::vector<char> owed, asked;
  bool nack = false, isPass = false;
  uint32_t nackPeer = 0, scan = 0, timer = 0;
};

} // namespace acc::fabric

#endif // ACC_SYSTEMC_MODELS_FABRIC_GBN_H
