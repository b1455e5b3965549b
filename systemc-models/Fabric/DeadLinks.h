//===- DeadLinks.h - Links of a rack that die -------------------*- C++ -*-===//

#ifndef ACC_SYSTEMC_MODELS_FABRIC_DEADLINKS_H
#define ACC_SYSTEMC_MODELS_FABRIC_DEADLINKS_H

#include "dialects/Target/Machine.h"
#include "systemc-models/Fabric/Network.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <optional>

namespace acc::fabric {

/// Links between chips and switches that are dead from a cycle on
/// (docs/fabric.md, section 15): one, all of a switch, or all of a chip.
struct DeadLinks {
  std::optional<uint32_t> chip, plane; ///< none: all
  uint64_t cycle = 0;                  ///< of the chips' cores

  bool isChip() const { return chip && !plane; }
};

/// Whether a fault is one of these.
bool namesDeadLinks(llvm::StringRef text);

/// "link:CHIP:PLANE@CYCLE", "switch:PLANE@CYCLE" or "chip:CHIP@CYCLE". An error
/// says what is wrong, also that the machine has none of them.
llvm::Expected<DeadLinks> parseDeadLinks(llvm::StringRef text,
                                         const Machine &machine);

/// Cuts them, from a cycle of the ports on.
void cutLinks(Network &network, const Machine &machine, const DeadLinks &dead,
              Cycle cycle);

} // namespace acc::fabric

#endif // ACC_SYSTEMC_MODELS_FABRIC_DEADLINKS_H
