//===- Traffic.cpp - Random transactions for a pair of ports --------------===//

#include "systemc-models/Fabric/Traffic.h"

#include <algorithm>

using namespace acc::fabric;

static bool happens(std::mt19937_64 &random, double probability) {
  return probability > 0 && double(random() >> 11) * 0x1p-53 < probability;
}

void Transactions::advance() {
  done = 0;
  units = options.fewestUnits +
          random() % (options.mostUnits - options.fewestUnits + 1);
  Transaction t;
  t.units = units;
  t.command = random();
  t.encode(&header);
  for (unsigned u = 0; u < units; ++u) {
    data[u] = random();
  }
}

Beat Transactions::beat(unsigned width, uint32_t chip) const {
  Beat b;
  b.first = done == 0;
  b.last = done + width >= units;
  b.chip = chip;
  b.header = header;
  std::copy(data.begin() + done, data.begin() + std::min(done + width, units),
            b.data.begin());
  return b;
}

void Transactions::next(unsigned width) {
  done += width;
  if (done >= units) {
    --left;
    advance();
  }
}

Source::Source(const PortConfig &config, const TrafficOptions &options,
               uint32_t destination)
    : config(config), options(options), destination(destination),
      random(~options.seed) {
  for (unsigned v = 0; v < kChannels; ++v) {
    channels.emplace_back(options, v);
  }
  clock({});
}

void Source::clock(const std::array<bool, kChannels> &taken) {
  for (unsigned v = 0; v < kChannels; ++v) {
    if (taken[v]) {
      channels[v].next(config.wordUnits());
    }
    // What has been offered stays until it is taken.
    if (taken[v] || !offers[v]) {
      offers[v] = !happens(random, options.pause);
    }
  }
}

Sink::Sink(const PortConfig &config, const TrafficOptions &options,
           uint32_t source)
    : config(config), options(options), source(source),
      random(options.seed ^ 0x5eed) {
  for (unsigned v = 0; v < kChannels; ++v) {
    channels.emplace_back(options, v);
  }
  clock();
}

void Sink::take(unsigned channel, const Beat &beat) {
  Transactions &next = channels[channel];
  Beat expected = next.beat(config.wordUnits(), source);
  if (next.empty() || beat.first != expected.first ||
      beat.last != expected.last || beat.chip != expected.chip ||
      beat.header != expected.header || beat.data != expected.data) {
    ++wrongCount;
    return;
  }
  takenCount += beat.last;
  unitCount += beat.last ? beat.units() : 0;
  next.next(config.wordUnits());
}

void Sink::clock() {
  for (bool &t : takes) {
    t = !happens(random, options.stall);
  }
}

bool Sink::done() const {
  return std::all_of(channels.begin(), channels.end(),
                     [](const Transactions &t) { return t.empty(); });
}
