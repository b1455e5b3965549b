//===- Pack.h - Packing of transactions into frames -------------*- C++ -*-===//
//
// As rtl/fabric/xpu_fab_pack.sv.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_FABRIC_PACK_H
#define ACC_SYSTEMC_MODELS_FABRIC_PACK_H

#include "systemc-models/Fabric/Types.h"

#include <deque>

namespace acc::fabric {

class Pack {
public:
  Pack(const PortConfig &config, unsigned channel)
      : config(config), channel(channel) {}

  bool ready() const { return queue.size() < config.port.queueWords; }
  /// A frame may start, if its chip's window and the room behind allow it.
  bool wantsStart() const { return state == State::Idle && whole != 0; }
  /// The chip that it would go to.
  uint32_t chip() const { return queue.empty() ? 0 : queue.front().chip; }

  /// The word that leaves in this cycle.
  bool valid() const {
    return state == State::Flush ||
           (state != State::Idle && count >= config.wordUnits());
  }
  FrameWord frame() const;

  /// Ends the cycle; whether a transaction has been taken.
  bool clock(const Beat *beat, bool start, uint16_t psn);

private:
  enum class State { Idle, Header, Body, Flush };

  const PortConfig &config;
  unsigned channel;
  std::deque<Beat> queue;
  unsigned whole = 0; ///< transactions whose last beat is in the queue
  State state = State::Idle;
  uint32_t chipOfFrame = 0;
  std::array<uint64_t, kMostLead> lead{};
  unsigned leadDone = 0, units = 0, left = 0;
  bool isInside = false, isFirst = false;
  std::array<uint64_t, 2 * kMostUnits + 1> buffer{};
  unsigned count = 0;

  void feed(uint64_t unit) { buffer[count++] = unit; }
};

} // namespace acc::fabric

#endif // ACC_SYSTEMC_MODELS_FABRIC_PACK_H
