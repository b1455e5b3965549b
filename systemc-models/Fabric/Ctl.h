//===- Ctl.h - Bring-up, control ordered sets and credits -------*- C++ -*-===//
//
// As rtl/fabric/xpu_fab_link.sv, xpu_fab_ctl.sv and xpu_fab_credits.sv.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_FABRIC_CTL_H
#define ACC_SYSTEMC_MODELS_FABRIC_CTL_H

#include "systemc-models/Fabric/Types.h"

#include <optional>

namespace acc::fabric {

class Link {
public:
  explicit Link(const PortConfig &config) : port(config.port) {}

  bool up() const { return state == LinkState::Up; }
  LinkState getState() const { return state; }

  /// `locked`: all lanes are. Whether the link goes down.
  bool clock(bool locked) {
    LinkState next = state;
    if (state == LinkState::Down) {
      next = LinkState::Hold;
    } else if (state == LinkState::Hold && hold == port.lockHold - 1) {
      next = LinkState::Up;
    }
    if (!locked) {
      next = LinkState::Down;
    }
    bool isDown = up() && !locked;
    hold = state == LinkState::Hold ? hold + 1 : 0;
    state = next;
    return isDown;
  }

private:
  const Chip::Port &port;
  LinkState state = LinkState::Down;
  uint32_t hold = 0;
};

class Ctl {
public:
  explicit Ctl(const PortConfig &config) : port(config.port) {}

  /// What is so in this cycle.
  struct Inputs {
    bool slot = false;      ///< the word that leaves has room for a set
    bool init = false;      ///< LLR_INIT is sent until its echo comes
    bool initStart = false; ///< ... from the next cycle on
    uint8_t epoch = 0;
    bool echo = false; ///< LLR_INIT has come
    uint8_t echoEpoch = 0;
    bool on = false; ///< the receiving side is
    bool nack = false;
    bool ack = false;
    uint32_t last = 0;
    std::array<bool, kChannels> freed{};
    std::array<uint32_t, kChannels> count{};
  };
  struct Output {
    ControlOp op{};
    uint64_t unit = 0;
    unsigned turn = 0; ///< of those that take turns
  };
  /// The set that leaves, without regard to initStart, echo, ack and freed.
  std::optional<Output> output(const Inputs &in) const;
  void clock(const Inputs &in, const std::optional<Output> &sent);

private:
  const Chip::Port &port;
  uint32_t spacing = 0, refresh = 0;
  bool init = false, echo = false;
  std::array<bool, 3> due{}; ///< LLR_ACK, CF_Update of two pairs of channels
  uint8_t echoEpoch = 0;
  unsigned turn = 0;
};

class Credits {
public:
  explicit Credits(const PortConfig &config) : port(config.port) {}

  bool enough(uint32_t words) const {
    uint32_t left =
        (port.bufferWords - ((consumed - freed) & kCreditMask)) & kCreditMask;
    return isKnown && words <= left;
  }
  void clock(bool start, uint32_t taken, std::optional<uint32_t> update) {
    if (start) {
      consumed = freed = 0;
      isKnown = false;
      return;
    }
    consumed += taken;
    if (update) {
      freed = *update;
      isKnown = true;
    }
  }

private:
  const Chip::Port &port;
  uint32_t consumed = 0, freed = 0;
  bool isKnown = false;
};

} // namespace acc::fabric

#endif // ACC_SYSTEMC_MODELS_FABRIC_CTL_H
