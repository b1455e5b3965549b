//===- MessagePort.h - A port with messages, cycle by cycle -----*- C++ -*-===//
//
// The side of a port (fabric::Port) that the edge of a chip is on: it offers
// the beats of messages and hands over those that have come. Chips whose slices
// are the SystemC model are this in a CycleRack.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_NET_MESSAGEPORT_H
#define ACC_SYSTEMC_MODELS_NET_MESSAGEPORT_H

#include "systemc-models/Fabric/Port.h"
#include "systemc-models/Net/CycleRack.h"
#include "systemc-models/Net/EdgeMessage.h"

#include <functional>
#include <map>

namespace acc {

class MessagePort final : public CycleChip {
public:
  using Arrived = std::function<void(EdgeMessage, uint64_t portCycle)>;
  /// `arrived` is called in the cycle of the ports in which the last beat
  /// comes.
  MessagePort(const Machine &machine, uint32_t chip, Arrived arrived);

  /// The edge knows in the ports' cycle, which is to come, that the message is
  /// ready.
  void post(uint64_t portCycle, uint32_t toChip, EdgeMessage message);

  uint64_t messages() const { return messageCount; }
  uint64_t bytes() const { return byteCount; }

  void resetPort() override;
  void start() override { cycle = UINT64_MAX; }
  fabric::LinkWord link() const override { return port->link(); }
  void receive(const fabric::LinkWord &word, bool locked) override {
    in.link = word;
    in.locked = locked;
  }
  void clock(bool core, bool port) override;
  bool observe(uint64_t) override { return false; }
  bool isBusy() const override {
    return !waiting.empty() || port->rxValid(kEdgeChannel);
  }

private:
  struct Waiting {
    uint32_t toChip;
    EdgeMessage message;
  };
  fabric::PortConfig config;
  uint64_t core;
  Arrived arrived;
  std::unique_ptr<fabric::Port> port;
  fabric::PortInputs in;
  uint64_t cycle = 0;
  /// By the cycle in which they are ready and the place of their group; the
  /// first one has been sent up to a unit.
  std::map<std::pair<uint64_t, uint32_t>, Waiting> waiting;
  std::map<std::pair<uint64_t, uint32_t>, Waiting>::iterator current;
  uint64_t unit = 0;
  EdgeReceiver receiver;
  uint64_t messageCount = 0, byteCount = 0;
};

} // namespace acc

#endif // ACC_SYSTEMC_MODELS_NET_MESSAGEPORT_H
