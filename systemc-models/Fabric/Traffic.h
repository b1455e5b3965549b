//===- Traffic.h - Random transactions for a pair of ports ------*- C++ -*-===//
//
// A source offers transactions of random sizes with random pauses; a sink takes
// them with random pauses and checks that each comes once, in the order of its
// channel, with all its bytes.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_FABRIC_TRAFFIC_H
#define ACC_SYSTEMC_MODELS_FABRIC_TRAFFIC_H

#include "systemc-models/Fabric/Types.h"

#include <random>

namespace acc::fabric {

struct TrafficOptions {
  /// Of each channel, in one direction.
  std::array<uint64_t, kChannels> transactions{};
  /// Units that a transaction carries.
  unsigned fewestUnits = 0, mostUnits = kTransactionUnits;
  double pause = 0; ///< cycles in which the source has nothing
  double stall = 0; ///< cycles in which the sink takes nothing
  uint64_t seed = 0;
};

/// The transactions of a channel, made one after the other from a seed; source
/// and sink make the same.
class Transactions {
public:
  Transactions(const TrafficOptions &options, unsigned channel)
      : options(options), random(options.seed * kChannels + channel),
        left(options.transactions[channel]) {
    advance();
  }
  bool empty() const { return left == 0; }
  uint64_t remaining() const { return left; }
  /// The next beat of a word of this many units, for or from `chip`.
  Beat beat(unsigned width, uint32_t chip) const;
  /// Goes to the beat behind it.
  void next(unsigned width);

private:
  TrafficOptions options;
  std::mt19937_64 random;
  uint64_t left;
  uint64_t header = 0;
  std::array<uint64_t, kTransactionUnits> data{};
  unsigned units = 0, done = 0;

  void advance();
};

class Source {
public:
  Source(const PortConfig &config, const TrafficOptions &options,
         uint32_t destination);

  /// Of the cycle, for a channel.
  bool valid(unsigned channel) const {
    return offers[channel] && !channels[channel].empty();
  }
  Beat beat(unsigned channel) const {
    return channels[channel].beat(config.wordUnits(), destination);
  }
  /// Ends the cycle.
  void clock(const std::array<bool, kChannels> &taken);

private:
  PortConfig config;
  TrafficOptions options;
  uint32_t destination;
  std::mt19937_64 random;
  std::vector<Transactions> channels;
  std::array<bool, kChannels> offers{};
};

class Sink {
public:
  Sink(const PortConfig &config, const TrafficOptions &options,
       uint32_t source);

  bool ready(unsigned channel) const { return takes[channel]; }
  void take(unsigned channel, const Beat &beat);
  void clock();

  /// All have come.
  bool done() const;
  /// Beats that are not the next of their channel.
  uint64_t wrong() const { return wrongCount; }
  uint64_t taken() const { return takenCount; }
  uint64_t takenUnits() const { return unitCount; }

private:
  PortConfig config;
  TrafficOptions options;
  uint32_t source;
  std::mt19937_64 random;
  std::vector<Transactions> channels;
  std::array<bool, kChannels> takes{};
  uint64_t wrongCount = 0, takenCount = 0, unitCount = 0;
};

} // namespace acc::fabric

#endif // ACC_SYSTEMC_MODELS_FABRIC_TRAFFIC_H
