//===- RandomProgram.h - Seeded random programs -------------------*- C++
//-*-===//
//
// Programs on which all models must agree. They exercise all engines and end
// with a dump of scratchpad, accumulators, scalar and vector registers to HBM,
// so that a comparison of HBM sees every value.
//
// A program is a list of phases with a FENCE between them. In a phase every
// role (LOAD destination, STORE source, MXU activations, ...) has a bank or
// half a bank of its own, groups of commands run in hardware loops and branch
// loops with base registers that step, and some wait for semaphores that
// earlier commands or the sequencer signal. No result depends on time. With
// `faults` some fields are wrong.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_RANDOM_RANDOMPROGRAM_H
#define ACC_SYSTEMC_MODELS_RANDOM_RANDOMPROGRAM_H

#include "dialects/ISA/Isa.h"
#include "dialects/Target/Machine.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace acc {

struct RandomProgram {
  std::vector<xpu::isa::Word> words;
  std::vector<uint8_t> hbm; ///< from address 0
  uint32_t entry = 0;
};

enum class CommandKind { Load, Store, Matmul, Accst, Vpu };
inline constexpr unsigned numCommandKinds = 5;

struct RandomProgramOptions {
  unsigned phases = 3;
  /// Of commands in a phase that has no order of its own: from a quarter of
  /// this on, and fewer than that and this together.
  unsigned groups = 16;
  bool faults = false;
  /// Only this kind, one command or loop of it after the other.
  std::optional<CommandKind> only;
  /// Of a chip: all slices run the same words.
  bool same = false;
};

/// Needs a target with 8 banks and an HBM of 12 times the scratchpad. The
/// result depends only on the arguments.
RandomProgram makeRandomProgram(const Target &target, uint64_t seed,
                                const RandomProgramOptions &options = {});

/// A program for each slice of a machine, in the order of their numbers.
/// Between the phases are collectives beside commands of other engines; slices
/// come to them at times of their own. With `faults` some members disagree.
std::vector<RandomProgram>
makeRandomChip(const Machine &machine, uint64_t seed,
               const RandomProgramOptions &options = {});

} // namespace acc

#endif // ACC_SYSTEMC_MODELS_RANDOM_RANDOMPROGRAM_H
