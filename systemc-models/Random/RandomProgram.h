//===- RandomProgram.h - Valid random programs --------------------*- C++
//-*-===//
//
// Programs on which all models must agree. They are valid by construction:
// a program is a sequence of phases; in a phase every engine has banks of its
// own, so nothing conflicts and no result depends on time; phases are separated
// by FENCE or by semaphores from every engine to every engine. The top of every
// bank holds an index list that is never written again.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_RANDOM_RANDOMPROGRAM_H
#define ACC_SYSTEMC_MODELS_RANDOM_RANDOMPROGRAM_H

#include "dialects/ISA/Isa.h"
#include "dialects/Target/Target.h"

#include <cstdint>
#include <vector>

namespace acc {

struct RandomProgram {
  std::vector<xpu::isa::Word> words;
  std::vector<uint8_t> hbm;
};

struct RandomProgramOptions {
  unsigned phases = 6;
  unsigned maxCommandsPerPhase = 4; ///< of each engine
};

/// Needs a target with 8 banks of at least 8 KiB and 1 MiB of HBM. The result
/// depends only on the arguments.
RandomProgram makeRandomProgram(const Target &target, uint64_t seed,
                                const RandomProgramOptions &options = {});

} // namespace acc

#endif // ACC_SYSTEMC_MODELS_RANDOM_RANDOMPROGRAM_H
