//===- NetworkControl.cpp - Control ordered sets --------------------------===//

#include "systemc-models/Fabric/Network.h"

#include "llvm/ADT/STLExtras.h"

using namespace acc;
using namespace acc::fabric;

void Network::kickControl(uint32_t number, Cycle cycle) {
  LinkPort &port = ports[number];
  cycle = std::max({cycle, port.controlFree, time});
  if (cycle >= port.controlAt) {
    return;
  }
  cycle = port.slotAt(cycle);
  if (cycle < port.controlAt) {
    port.controlAt = cycle;
    events.add(cycle, Half::Decide, {Kind::ControlSlot, 0, number});
  }
}

void Network::sendControl(uint32_t number) {
  LinkPort &port = ports[number];
  Cycle first = *llvm::min_element(port.due);
  if (port.wantsNack) {
    first = 0;
  }
  if (first == kNever) {
    return;
  }
  Cycle cycle = std::max({first, port.controlFree, time});
  cycle = cycle == time ? port.slotAt(time) : cycle;
  if (cycle > time) {
    kickControl(number, cycle);
    return;
  }
  port.controlFree = time + port.config->port.ctlSpacing;
  Payload event{Kind::Control, 0, port.peer};
  Cycle arrival = time + kLinkToVerdict + port.wire + 1;
  if (port.wantsNack) {
    port.wantsNack = false;
    port.nackSent = true;
    event.channel = 3;
    event.wide = port.accepted;
    events.add(arrival, Half::Visible, event);
    kickControl(number, *llvm::min_element(port.due));
    return;
  }
  unsigned turn = port.controlTurn;
  while (port.due[turn] > time) {
    turn = (turn + 1) % 3;
  }
  port.controlTurn = (turn + 1) % 3;
  port.due[turn] = kNever;
  std::array<uint64_t, 2> says{};
  if (turn == 0) {
    says[0] = port.accepted;
  } else {
    for (unsigned i = 0; i < 2; ++i) {
      Freed &freed = port.freedHere[2 * (turn - 1) + i];
      says[i] = freed.before(time);
      port.due[turn] = std::min(port.due[turn], freed.next(time) + 1);
    }
  }
  // What the other end knows already changes nothing there.
  if (port.told[turn] != says) {
    port.told[turn] = says;
    event.channel = uint8_t(turn);
    event.wide = says[0];
    event.a = uint32_t(says[1]);
    event.b = uint32_t(says[1] >> 32);
    events.add(arrival, Half::Visible, event);
  }
  kickControl(number, *llvm::min_element(port.due));
}

void Network::receiveControl(const Payload &event) {
  LinkPort &port = ports[event.port];
  if (port.isDead) {
    return;
  }
  if (event.channel == 0 || event.channel == 3) {
    if (port.acked < event.wide) {
      port.retryFrom = time;
    }
    while (port.acked < event.wide) {
      frames.release(port.kept[port.acked - port.keptFirst].frame);
      port.acknowledgeTo(port.acked + 1, time);
    }
    if (event.channel == 3) {
      replay(event.port);
    }
    if (port.isFull && port.acceptsAt() < kNever) {
      kickArbiter(event.port, port.acceptsAt());
    }
    return;
  }
  unsigned first = 2 * (event.channel - 1);
  port.freedThere[first] = event.wide;
  port.freedThere[first + 1] = event.a | uint64_t(event.b) << 32;
  kickArbiter(event.port, time);
}

/// All that is known is said again.
void Network::tick() {
  for (uint32_t number = 0; number < ports.size(); ++number) {
    LinkPort &port = ports[number];
    if (!port.isUsed || port.isDown) {
      continue;
    }
    for (Cycle &due : port.due) {
      due = std::min(due, time);
    }
    kickControl(number, time);
  }
  events.add(time + options.port.ctlRefresh, Half::Visible, {Kind::Tick});
}
