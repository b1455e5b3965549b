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

#include "llvm/ADT/STLFunctionalExtras.h"

#include <gtest/gtest.h>

namespace acc::test {

/// The machine whose RTL is linked in.
inline const Machine &machine() {
  static const Machine m = llvm::cantFail(loadMachine(rtlTargetName()));
  return m;
}

/// As tile(), with the banks of that machine.
inline isa::Collective ownTile(isa::CollectiveKind kind, isa::Group group) {
  return tile(kind, group, machine().slice.spm.bankBytes);
}

using RunRtl =
    llvm::function_ref<llvm::Expected<ChipOutput>(const ChipInput &)>;

/// Runs on SystemC and on what has RTL, and expects equality, also of
/// deadlocks.
inline std::optional<ChipOutput> both(const ChipInput &input, RunRtl runRtl) {
  auto s = runSystemCChip(input);
  auto r = runRtl(input);
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

/// With all in RTL.
inline std::optional<ChipOutput> both(const ChipInput &input) {
  return both(input, [](const ChipInput &in) { return runRtlChip(in); });
}

inline std::optional<ChipOutput> both(const ChipPrograms &programs) {
  return both(programs.input(machine()));
}

} // namespace acc::test

#endif // TEST_UNIT_RTL_MODELANDRTL_H
