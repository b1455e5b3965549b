//===- PairModule.h - Two ports as modules of SystemC -----------*- C++ -*-===//

#ifndef ACC_SYSTEMC_MODELS_FABRIC_PAIRMODULE_H
#define ACC_SYSTEMC_MODELS_FABRIC_PAIRMODULE_H

#include "systemc-models/Fabric/Pair.h"
#include "systemc-models/Slice/Cycles.h"

namespace acc::fabric {

/// A port with its traffic, clocked by SystemC. Modules that are connected by
/// wires may run in any order within a cycle.
class PortModule : public sc_core::sc_module {
public:
  SC_HAS_PROCESS(PortModule);
  PortModule(sc_core::sc_module_name name, End<Port> &end, const Wire &from,
             Wire &to);

private:
  End<Port> &end;
  const Wire &from;
  Wire &to;

  void run();
};

struct PairResult {
  uint64_t cycles = 0;
  bool done = false;
  struct Direction {
    uint64_t transactions = 0; ///< that came, each once and in order
    uint64_t bytes = 0;        ///< that they carried
    uint64_t missing = 0;      ///< that did not come
    uint64_t wrong = 0;        ///< beats that are not the next of their channel
    uint64_t flippedBits = 0, lostWords = 0;
  };
  std::array<Direction, 2> to; ///< from chip 0 to 1, and back
  std::array<std::array<uint64_t, kNumFabricCounterValues>, 2> counters{};
};

/// Runs until all transactions have come, or so many cycles have gone by.
PairResult simulatePair(const PairOptions &options, uint64_t maxCycles);

} // namespace acc::fabric

#endif // ACC_SYSTEMC_MODELS_FABRIC_PAIRMODULE_H
