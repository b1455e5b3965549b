//===- RandomCommands.h - Random commands within given banks ------*- C++
//-*-===//

#ifndef ACC_SYSTEMC_MODELS_RANDOM_RANDOMCOMMANDS_H
#define ACC_SYSTEMC_MODELS_RANDOM_RANDOMCOMMANDS_H

#include "dialects/Target/Target.h"
#include "systemc-models/Timing/Command.h"

#include <random>

namespace acc {

/// Layout of HBM: read-only data, two areas that phases write in turn, indices.
inline constexpr uint32_t fuzzAreaBytes = 0x40000;
inline constexpr uint32_t fuzzIndexAddress = 3 * fuzzAreaBytes;
/// Bytes at the top of every bank, and of the index list in HBM.
inline constexpr uint32_t fuzzIndexBytes = 256;
/// Indices are below this.
inline constexpr uint32_t fuzzIndexLimit = 16;

/// A seeded source of choices; the same on every host.
class Chooser {
public:
  explicit Chooser(uint64_t seed) : rng(seed) {}
  uint32_t below(uint32_t n) { return uint32_t(rng() % n); }
  uint32_t between(uint32_t low, uint32_t high) {
    return low + below(high - low + 1);
  }
  bool oneIn(uint32_t n) { return below(n) == 0; }
  uint32_t bits() { return uint32_t(rng()); }
  template <typename T, size_t N> T pick(const T (&choices)[N]) {
    return choices[below(uint32_t(N))];
  }

private:
  std::mt19937_64 rng;
};

/// Banks that the engines have in a phase.
struct BankPlan {
  uint32_t load;
  uint32_t storeData, storeIndex;
  uint32_t mxuA, mxuW, mxuOut;
  uint32_t vpuIn, vpuOut;
};

/// Makes commands that stay inside their banks. Base registers are random; the
/// caller sets `registers` to what the sequencer will hold.
class RandomCommands {
public:
  RandomCommands(const Target &target, Chooser &choose)
      : target(target), choose(choose) {}

  Registers registers{};

  isa::Load load(const BankPlan &plan, uint32_t readArea);
  isa::Store store(const BankPlan &plan, uint32_t writeArea);
  isa::Matmul matmul(const BankPlan &plan);
  isa::Accst accst(const BankPlan &plan);
  isa::Vpurun vpu(const BankPlan &plan);

private:
  const Target &target;
  Chooser &choose;

  uint32_t stream(uint32_t low, uint32_t bytes, uint32_t elementBytes,
                  const uint32_t *sizes, int32_t *strides, unsigned dims);
  uint32_t bankStream(uint32_t bank, uint32_t elementBytes,
                      const uint32_t *sizes, int32_t *strides, unsigned dims);
  template <typename Instr>
  Instr dma(uint32_t dataBank, uint32_t indexBank, uint32_t area);
  uint8_t reg(uint32_t &base);
  void uops(isa::Vpurun &v);
};

} // namespace acc

#endif // ACC_SYSTEMC_MODELS_RANDOM_RANDOMCOMMANDS_H
