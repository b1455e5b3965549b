//===- ModelAndRtl.h - Programs on SystemC and RTL --------------*- C++ -*-===//
//
// Of every slice are equal: fault, start, end and address of every command, all
// counters, cycles, and the memory.
//
//===----------------------------------------------------------------------===//

#ifndef TEST_UNIT_RTL_MODELANDRTL_H
#define TEST_UNIT_RTL_MODELANDRTL_H

#include "rtl/tb/RtlSim.h"
#include "test/unit/models/ChipPrograms.h"

#include <gtest/gtest.h>

namespace acc::test {

/// The machine whose RTL is linked in.
inline const Machine &machine() {
  static const Machine m = llvm::cantFail(loadMachine(rtlTargetName()));
  return m;
}

/// Runs on both and expects equality, also of deadlocks.
inline std::optional<ChipOutput> both(const ChipInput &input) {
  auto s = runSystemCChip(input);
  auto r = runRtlChip(input);
  if (!s || !r) {
    std::string left = llvm::toString(s.takeError());
    std::string right = llvm::toString(r.takeError());
    EXPECT_EQ(left.substr(0, 9), right.substr(0, 9)) << left << right;
    EXPECT_EQ(left.substr(0, 9), "deadlock:") << left;
    return std::nullopt;
  }
  llvm::Error e = compareChips(*s, *r);
  EXPECT_FALSE(bool(e)) << llvm::toString(std::move(e));
  return std::move(*r);
}

inline std::optional<ChipOutput> both(const ChipPrograms &programs) {
  return both(programs.input(machine()));
}

} // namespace acc::test

#endif // TEST_UNIT_RTL_MODELANDRTL_H
