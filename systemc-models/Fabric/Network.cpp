//===- Network.cpp - Chips, links and switches, frame by frame ------------===//

#include "systemc-models/Fabric/Network.h"

#include "llvm/ADT/STLExtras.h"

using namespace acc;
using namespace acc::fabric;

Network::Network(const Options &options)
    : options(options), random(options.seed) {}

uint32_t Network::addChip() {
  chips.emplace_back();
  return uint32_t(chips.size() - 1);
}

uint32_t Network::addSwitch() {
  switches.emplace_back();
  return uint32_t(switches.size() - 1);
}

const PortConfig &Network::configOf(unsigned lanes) {
  for (auto &config : configs) {
    if (config->port.lanes == lanes) {
      return *config;
    }
  }
  PortConfig config{options.port, options.framing, 0};
  config.port.lanes = lanes;
  configs.push_back(std::make_unique<PortConfig>(config));
  return *configs.back();
}

uint32_t Network::link(End first, End second, Cycle delay, unsigned lanes,
                       Reach reach) {
  uint32_t result = uint32_t(ports.size());
  for (unsigned side = 0; side < 2; ++side) {
    const End &own = side == 0 ? first : second;
    const End &other = side == 0 ? second : first;
    LinkPort port;
    port.config = &configOf(lanes);
    port.isChip = own.isChip;
    port.node = own.node;
    port.peer = result + 1 - side;
    port.wire = delay;
    port.reach = uint8_t(reach);
    port.limit = other.isChip ? options.port.bufferWords : options.switchWords;
    uint32_t number = result + side;
    if (own.isChip) {
      std::vector<uint32_t> &siblings = chips[own.node].ports[unsigned(reach)];
      port.number = uint32_t(siblings.size());
      siblings.push_back(number);
      transports.push_back(std::make_unique<Transport>(*port.config));
    } else {
      SwitchState &state = switches[own.node];
      port.number = uint32_t(state.ports.size());
      state.ports.push_back(number);
      state.outputs.emplace_back();
      transports.push_back(nullptr);
    }
    ports.push_back(std::move(port));
  }
  return result;
}

void Network::route(uint32_t switchId, uint32_t chip, uint32_t port) {
  std::vector<uint32_t> &routes = switches[switchId].routes;
  if (chip >= routes.size()) {
    routes.resize(chip + 1, kNone);
  }
  routes[chip] = ports[port].number;
}

uint32_t Network::chipOf(uint32_t port, uint32_t peer) const {
  uint32_t own = ports[port].node, width = options.chipsPerRack;
  if (options.units != 0 && peer == own % width) {
    return isUnit(own) ? peer : unitOf(own); // Its number is the chip's own.
  }
  return ports[port].reach == unsigned(Reach::Near)
             ? own - own % width + peer
             : peer * width + own % width;
}

uint32_t Network::send(Cycle from, uint32_t source, uint32_t destination,
                       uint64_t bytes, unsigned channel) {
  uint32_t message = uint32_t(messages.size());
  uint64_t most = 8 * kTransactionUnits;
  uint64_t whole = bytes / most, rest = bytes % most;
  messages.emplace_back();
  messages.back().left = uint32_t(whole + (rest != 0 || whole == 0));
  from = std::max(from, time);
  ++undelivered;
  lastStep = std::max(lastStep, from); // Until then nothing is stuck.
  bool reach = isFar(source, destination);
  std::vector<uint32_t> over;
  for (uint32_t port : chips[source].ports[reach]) {
    if (isOpen(port, destination, channel)) {
      over.push_back(port);
    }
  }
  uint32_t &turn = chips[source].turn[reach];
  uint64_t width = over.size();
  if (width == 0) {
    fault(TransactionRun{message, 0, 0});
    return message;
  }
  for (uint64_t i = 0; i < width; ++i) {
    uint32_t port = over[(turn + i) % width];
    bool isLast = i == whole % width && (rest != 0 || whole == 0);
    offer(port, channel, destination,
          {{message, kTransactionUnits,
            uint32_t(whole / width + (i < whole % width))},
           {message, uint16_t((rest + 7) / 8), uint32_t(isLast)}},
          from);
  }
  turn = uint32_t((turn + messages[message].left) % width);
  return message;
}

bool Network::isOpen(uint32_t port, uint32_t destination, unsigned channel) {
  return !ports[port].isDown && !transports[port]
                                     ->channels[channel]
                                     .peer(peerOf(port, destination))
                                     .isDead;
}

/// Runs without transactions are passed by.
void Network::offer(uint32_t port, unsigned channel, uint32_t destination,
                    llvm::ArrayRef<TransactionRun> runs, Cycle from) {
  for (const TransactionRun &run : runs) {
    if (run.count != 0) {
      transports[port]->channels[channel].pack.offer(destination, run, from);
      kickStart(port, channel, from);
      ports[port].isUsed = ports[ports[port].peer].isUsed = true;
    }
  }
}

Cycle Network::run(Cycle limit) {
  if (!ticks) {
    ticks = true;
    Cycle period = options.port.ctlRefresh;
    events.add((time + period) / period * period, Half::Visible, {Kind::Tick});
  }
  Events<Payload>::Event event;
  // Nothing that a timer would not end lasts as long.
  Cycle patience = 4 * Cycle(options.port.gbnTimeout) + (1u << 20);
  while (undelivered != 0 && events.pop(limit, event)) {
    time = event.cycle();
    ++count.events;
    if (time > lastStep + patience) {
      break;
    }
    handle(event.payload);
  }
  return lastDelivery;
}

void Network::idle(Cycle limit) {
  Events<Payload>::Event event;
  while (undelivered == 0 && events.pop(limit, event)) {
    time = event.cycle();
    ++count.events;
    handle(event.payload);
  }
  if (undelivered == 0 && limit > 0) {
    time = std::max(time, limit - 1);
  }
}

void Network::handle(const Payload &event) {
  switch (event.kind) {
  case Kind::Arbitrate:
    if (ports[event.port].arbiterAt == time) {
      ports[event.port].arbiterAt = kNever;
      arbitrate(event.port);
    }
    return;
  case Kind::Start:
    start(event.port, event.channel);
    return;
  case Kind::Pack:
    pack(event.port, event.channel);
    return;
  case Kind::Header:
    header(event.port, event.channel, event.a);
    return;
  case Kind::Arrive:
    lastStep = std::max(lastStep, time);
    arrive(event);
    return;
  case Kind::Control:
    receiveControl(event);
    return;
  case Kind::ControlSlot:
    if (ports[event.port].controlAt == time) {
      ports[event.port].controlAt = kNever;
      sendControl(event.port);
    }
    return;
  case Kind::Scan:
    scan(event.port, event.channel, event.a);
    return;
  case Kind::Forward:
    forward(event.port, event.a);
    return;
  case Kind::Tick:
    tick();
    return;
  case Kind::Timeout:
    timeout(event.port, event.channel);
    return;
  case Kind::Retry:
    retry(event.port);
    return;
  case Kind::Cut:
    ports[event.port].isDead = ports[ports[event.port].peer].isDead = true;
    return;
  case Kind::Flush:
    flush(event.port);
    return;
  case Kind::HandOver:
    handOver(event.port, event.a, event.b);
    return;
  case Kind::Deliver:
    if (messages[event.a].isFaulted) {
      return;
    }
    --undelivered;
    lastDelivery = time - 1;
    lastStep = std::max(lastStep, time);
    if (delivered) {
      delivered(event.a, time - 1);
    }
    return;
  }
}
