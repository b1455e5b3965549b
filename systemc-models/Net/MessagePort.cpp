//===- MessagePort.cpp - A port with messages, cycle by cycle -------------===//

#include "systemc-models/Net/MessagePort.h"

#include "dialects/Target/FabricClock.h"

using namespace acc;

MessagePort::MessagePort(const Machine &machine, uint32_t chip, Arrived arrived)
    : config{machine.chip->fabric.port, fabric::Framing::Sue, chip},
      core(portCoreCycles(machine.chip->fabric)), arrived(std::move(arrived)),
      port(std::make_unique<fabric::Port>(config)), current(waiting.end()) {
  in.rxReady.fill(true);
}

void MessagePort::post(uint64_t portCycle, uint32_t toChip,
                       EdgeMessage message) {
  ++messageCount;
  byteCount += kMessageHeaderBytes + message.data.size();
  waiting.emplace(std::pair(portCycle + core, message.place),
                  Waiting{toChip, std::move(message)});
}

void MessagePort::resetPort() {
  port = std::make_unique<fabric::Port>(config);
  waiting.clear();
  current = waiting.end();
}

void MessagePort::clock(bool, bool isPort) {
  if (!isPort) {
    return;
  }
  unsigned width = config.wordUnits();
  if (current == waiting.end() && !waiting.empty() &&
      waiting.begin()->first.first <= cycle) {
    current = waiting.begin();
    unit = 0;
  }
  bool isOffered = current != waiting.end();
  in.txValid[kEdgeChannel] = isOffered;
  if (isOffered) {
    in.txBeat[kEdgeChannel] =
        current->second.message.beat(unit, width, current->second.toChip);
    if (port->txReady(kEdgeChannel)) {
      unit += width;
      if (unit >= current->second.message.units()) {
        waiting.erase(current);
        current = waiting.end();
      }
    }
  }
  if (port->rxValid(kEdgeChannel) &&
      receiver.take(port->rxBeat(kEdgeChannel), width)) {
    arrived(receiver.takeMessage(), cycle);
  }
  port->clock(in);
  ++cycle;
}
