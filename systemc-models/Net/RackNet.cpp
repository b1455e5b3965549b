//===- RackNet.cpp - Where the chips of a rack meet -----------------------===//

#include "systemc-models/Net/RackNet.h"

#include "llvm/ADT/STLExtras.h"

using namespace acc;
using isa::Fault;

/// Collectives of chips are in a channel of their own (docs/fabric.md, section
/// 13).
static constexpr unsigned kChannel = 2;
/// Cycles from the last message of a round until slices know that chips
/// disagree.
static constexpr uint64_t kMismatchLatency = 3;

RackNet::RackNet(sc_core::sc_module_name name, const Machine &machine,
                 bool values, std::unique_ptr<fabric::Network> network)
    : sc_module(name), machine(machine), values(values),
      network(std::move(network)), clock(machine) {
  SC_HAS_PROCESS(RackNet);
  SC_METHOD(run);
  sensitive << wake.get();
  dont_initialize();
  // Nothing is known before the cycle in which it is delivered.
  uint64_t core = std::max<uint64_t>(1, fabric::delaysOf(machine).core);
  this->network->onDelivered([this, core](uint32_t number, uint64_t cycle) {
    // Held: it may be the last message.
    Message m = std::exchange(messages[number], Message());
    received(m.exchange, m.from, m.to, m.round, clock.toCore(cycle + core));
  });
  this->network->onFault(
      [this](uint32_t number, uint64_t cycle) { sendAgain(number, cycle); });
}

void RackNet::run() {
  ++activationCount;
  wake.happened();
  uint64_t now = currentCycle();
  sendPosted(now);
  for (uint64_t next = network->nextCycle();
       next < fabric::kNever && clock.toCore(next) <= now;
       next = network->nextCycle()) {
    network->run(next + 1);
  }
  schedule();
}

void RackNet::schedule() {
  uint64_t next = network->nextCycle();
  if (!posted.empty()) {
    next = std::min(next, std::get<0>(posted.begin()->first));
  }
  if (next < fabric::kNever) {
    wake.notifyAt(clock.toCore(next));
  }
}

void RackNet::arrive(uint32_t chip, uint32_t place, std::vector<NetPart> parts,
                     uint64_t lastStart) {
  const Collective &c = collectiveOf(*parts.front().command);
  std::vector<uint32_t> chips = chipsOf(machine, c.chips, chip);
  std::shared_ptr<Exchange> &slot =
      open[{uint32_t(c.group), uint32_t(c.chips), chips.front(), place}];
  if (!slot) {
    slot =
        std::make_shared<Exchange>(Exchange{RackTiming(machine, c), {}, place});
    slot->sides.resize(chips.size());
    for (Side &side : slot->sides) {
      side.there.fill(std::vector<uint64_t>(chips.size()));
    }
  }
  std::shared_ptr<Exchange> exchange = slot;
  uint32_t own = uint32_t(llvm::find(chips, chip) - chips.begin());
  exchange->disagrees |= !c.agreesWith(exchange->timing.collective());
  Side &side = exchange->sides[own];
  side.chip = chip;
  side.parts = std::move(parts);
  uint64_t ready = RackTiming(machine, c).atEdge(own, lastStart);
  if (++exchange->arrived == chips.size()) {
    open.erase({uint32_t(c.group), uint32_t(c.chips), chips.front(), place});
    meet(*exchange);
  }
  post(exchange, own, 0, ready);
  received(exchange, own, own, 0, ready);
}

/// All have come: what each gets is known, though nobody has it yet.
void RackNet::meet(Exchange &exchange) {
  if (exchange.disagrees) {
    return;
  }
  std::vector<Participant> all;
  for (Side &side : exchange.sides) {
    llvm::append_range(all, makeParticipants(machine, side.parts, side.faults));
  }
  if (values) {
    runCollective(all, machine.grid());
  }
}

/// Chip `from` has what it sends to the others from the cycle on.
void RackNet::post(const std::shared_ptr<Exchange> &exchange, uint32_t from,
                   unsigned round, uint64_t cycle) {
  // To the next chip first, so that they do not all begin with the same one.
  uint64_t chips = exchange->sides.size();
  for (uint32_t step = 1; step < chips; ++step) {
    auto to = uint32_t((from + step) % chips);
    posted[{clock.toPort(cycle), exchange->sides[from].chip, exchange->place,
            step}] = {exchange, from, to, round};
  }
  schedule();
}

/// A port was given up, or the far chip did not answer over one: the chip knows
/// it in the cycle, and sends the message over the planes that are left. What
/// is there of it already is written once more.
void RackNet::sendAgain(uint32_t number, uint64_t cycle) {
  if (number >= messages.size() || !messages[number].exchange) {
    isRefused = true;
    return;
  }
  ++total.resent;
  // In their own order, behind what is sent for the first time.
  auto turn = uint32_t(machine.chips() + total.resent);
  Message message = std::exchange(messages[number], Message());
  posted[{cycle + 1, message.source, message.exchange->place, turn}] =
      std::move(message);
}

/// Of the port cycles before this one all is known.
void RackNet::sendPosted(uint64_t now) {
  while (!posted.empty()) {
    auto [turn, message] = *posted.begin();
    uint64_t cycle = std::get<0>(turn);
    if (clock.toCore(cycle) > now) {
      return;
    }
    posted.erase(posted.begin());
    if (message.bytes == 0) {
      const Side &side = message.exchange->sides[message.from];
      // What a chip that disagrees sends has the size that it believes in.
      const Collective &c = collectiveOf(*side.parts.front().command);
      std::vector<uint32_t> chips = chipsOf(machine, c.chips, side.chip);
      message.source = chips[message.from];
      message.destination = chips[message.to];
      message.bytes =
          RackTiming(machine, c)
              .messageBytes(message.from, message.to, message.round);
    }
    // What died while nothing was on its way is known before a message leaves,
    // or it would be sent again from a cycle before its first one.
    network->idle(cycle);
    uint32_t number =
        network->send(cycle + fabric::delaysOf(machine).core, message.source,
                      message.destination, message.bytes, kChannel);
    if (isRefused) {
      isRefused = false;
      total.unreachable.insert({message.source, message.destination});
      continue;
    }
    total.bytes += message.bytes;
    messages.resize(std::max<size_t>(messages.size(), number + 1));
    messages[number] = std::move(message);
    ++total.messages;
  }
}

/// What chip `from` has for `to` is there in `cycle`.
void RackNet::received(const std::shared_ptr<Exchange> &exchange, uint32_t from,
                       uint32_t to, unsigned round, uint64_t cycle) {
  Side &side = exchange->sides[to];
  side.there[round][from] = cycle;
  if (++side.count[round] < exchange->sides.size()) {
    return;
  }
  if (exchange->disagrees) {
    uint64_t last = *llvm::max_element(side.there[round]);
    for (const NetPart &part : side.parts) {
      part.member->disagreed(last + kMismatchLatency);
    }
    return;
  }
  uint64_t complete = exchange->timing.combined(to, round, side.there[round]);
  if (round + 1 < exchange->timing.rounds()) {
    post(exchange, to, round + 1, complete);
    received(exchange, to, to, round + 1, complete);
    return;
  }
  uint64_t end = exchange->timing.end(complete);
  for (auto [part, fault] : llvm::zip_equal(side.parts, side.faults)) {
    part.member->agreed(end, fault);
  }
}

RackTraffic RackNet::traffic() const {
  RackTraffic result = total;
  result.frames = network->counters().frames;
  for (uint32_t chip = 0; chip < machine.chips(); ++chip) {
    uint64_t words = 0;
    for (uint32_t port : network->portsOf(chip, fabric::Network::Reach::Near)) {
      words += network->wordsSent(port);
    }
    result.sentBytes.push_back(words * fabric::kLaneBytes *
                               machine.chip->fabric.port.lanes);
  }
  return result;
}
