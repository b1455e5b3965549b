//===- RandomCommands.h - Random commands within given regions ----*- C++
//-*-===//

#ifndef ACC_SYSTEMC_MODELS_RANDOM_RANDOMCOMMANDS_H
#define ACC_SYSTEMC_MODELS_RANDOM_RANDOMCOMMANDS_H

#include "dialects/Target/Target.h"
#include "systemc-models/Random/Choices.h"
#include "systemc-models/Timing/Command.h"

#include <vector>

namespace acc {

/// Bytes of a memory, and the banks that a command must claim for them.
struct Region {
  uint64_t low, high;
  uint16_t banks;
};

/// A base register of a command that runs several times: it starts with a value
/// and is stepped between two runs, by addition or by exclusive or.
struct SteppedRegister {
  unsigned reg;
  uint32_t start;
  int32_t step;
  bool toggles;
  unsigned maskReg; ///< holds `step` if it toggles
};

/// Makes commands that stay inside their regions in each of their runs.
class RandomCommands {
public:
  /// Registers that commands use; others are free for the rest of a program.
  static constexpr unsigned numRegisters = 24;
  /// Indices of indirect streams are below this.
  static constexpr uint32_t indexLimit = 16;

  RandomCommands(const Target &target, Choices &choose, bool faults)
      : t(target), choose(choose), faults(faults) {}

  /// Commands made from here on run `times` times; with `alone`, nothing runs
  /// beside them, so that faults inside them are part of the contract.
  void begin(unsigned times, bool alone);
  /// Whether fields of commands made from here on may be wrong.
  void setFaults(bool mayBeWrong) { faults = mayBeWrong; }
  /// Of products in what follows, and of what goes to the scratchpad: commands
  /// that run beside each other use rows of their own.
  struct Rows {
    uint32_t begin, end;
  };
  void setRows(Rows ofProducts, Rows ofDrains) {
    productRows = ofProducts;
    drainRows = ofDrains;
  }
  /// What the registers hold before the first run, and how they step.
  const std::vector<SteppedRegister> &registers() const { return stepped; }

  /// Indirect if there is an index list.
  isa::Load load(Region spm, Region hbm, const Region *index);
  isa::Store store(Region spm, Region hbm, const Region *index);
  /// Of wide formats, integers or small formats.
  isa::Matmul matmul(Region activations, Region weights);
  /// Scales lie among the weights.
  isa::Matmulmx matmulmx(Region activations, Region weights);
  isa::Matmulrs matmulrs(Region activations, Region weights);
  isa::Accst accst(Region out);
  isa::Vpurun vpu(Region in, Region out);
  /// What members of a group agree on comes from `shared`, which makes the same
  /// choices in all slices; where parts lie is this slice's. Regions are of at
  /// least 8 KiB.
  isa::Collective collective(Choices &shared, const SliceId &id, Region from,
                             Region to);

private:
  const Target &t;
  Choices &choose;
  bool faults;
  bool alone = false;
  Rows productRows{}, drainRows{};
  unsigned times = 1;
  std::vector<unsigned> freeRegisters;
  std::vector<SteppedRegister> stepped;

  struct Placed {
    uint32_t base;
    int32_t step;
    bool toggles;
  };
  template <typename Sizes, typename Strides>
  Placed place(const Sizes &sizes, Strides &strides, uint32_t element,
               Region region);
  template <typename Field>
  void setBase(Placed placed, uint32_t &base, Field &reg);
  int32_t stride(uint32_t element);
  void matrixFormats(isa::Format &a, isa::Format &w, bool scaled);
  template <typename Instr>
  Instr multiply(Region activations, Region weights, bool scaled);
  void makeUops(isa::Vpurun &v);
  template <typename Instr>
  Instr dma(Region spm, Region hbm, const Region *index);
  template <typename Array>
  uint16_t accumulators(const Rows &rows, Array &msize);
  template <typename Array> void spoil(Array &array);
};

} // namespace acc

#endif // ACC_SYSTEMC_MODELS_RANDOM_RANDOMCOMMANDS_H
