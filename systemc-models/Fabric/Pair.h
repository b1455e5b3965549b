//===- Pair.h - Two ports and the wires between them ------------*- C++ -*-===//
//
// Chips 0 and 1, back to back, with traffic both ways. `PortType` is the model
// or the RTL. What each port gives and gets in a cycle can be looked at:
// `link`, and the port's own outputs, before `clock`.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_FABRIC_PAIR_H
#define ACC_SYSTEMC_MODELS_FABRIC_PAIR_H

#include "systemc-models/Fabric/Port.h"
#include "systemc-models/Fabric/Traffic.h"
#include "systemc-models/Fabric/Wire.h"

namespace acc::fabric {

struct PairOptions {
  Chip::Port port;
  Framing framing = Framing::Sue;
  std::array<uint32_t, 2> chips = {0, 1};
  std::array<WireOptions, 2> wires;      ///< from each port
  std::array<TrafficOptions, 2> traffic; ///< from each port
};

/// A port with its traffic.
template <typename PortType> class End {
public:
  End(const PairOptions &options, unsigned side)
      : config{options.port, options.framing, options.chips[side]},
        port(config),
        source(config, options.traffic[side], options.chips[1 - side]),
        sink(config, options.traffic[1 - side], options.chips[1 - side]) {}

  /// The inputs of the cycle.
  PortInputs inputs(const Wire &from, uint64_t cycle) const {
    PortInputs in;
    for (unsigned v = 0; v < kChannels; ++v) {
      in.txValid[v] = source.valid(v);
      if (in.txValid[v]) {
        in.txBeat[v] = source.beat(v);
      }
      in.rxReady[v] = sink.ready(v);
    }
    in.locked = from.locked(cycle);
    in.link = from.read(cycle);
    return in;
  }
  void clock(const PortInputs &in) {
    std::array<bool, kChannels> taken{};
    for (unsigned v = 0; v < kChannels; ++v) {
      taken[v] = in.txValid[v] && port.txReady(v);
      if (in.rxReady[v] && port.rxValid(v)) {
        sink.take(v, port.rxBeat(v));
      }
    }
    port.clock(in);
    source.clock(taken);
    sink.clock();
  }

  PortConfig config;
  PortType port;
  Source source;
  Sink sink;
};

template <typename PortType> class Pair {
public:
  explicit Pair(const PairOptions &options)
      : ends{End<PortType>(options, 0), End<PortType>(options, 1)},
        wires{Wire(ends[0].config, options.wires[0]),
              Wire(ends[1].config, options.wires[1])} {}

  void clock() {
    std::array<PortInputs, 2> in = {ends[0].inputs(wires[1], cycle),
                                    ends[1].inputs(wires[0], cycle)};
    for (unsigned side = 0; side < 2; ++side) {
      wires[side].write(cycle, ends[side].port.link());
    }
    for (unsigned side = 0; side < 2; ++side) {
      ends[side].clock(in[side]);
    }
    ++cycle;
  }
  bool done() const { return ends[0].sink.done() && ends[1].sink.done(); }
  /// Runs until all has come, or so many cycles have gone by.
  void run(uint64_t limit) {
    while (!done() && cycle < limit) {
      clock();
    }
  }

  std::array<End<PortType>, 2> ends;
  std::array<Wire, 2> wires;
  uint64_t cycle = 0;
};

} // namespace acc::fabric

#endif // ACC_SYSTEMC_MODELS_FABRIC_PAIR_H
