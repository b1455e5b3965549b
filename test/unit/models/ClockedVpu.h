//===- ClockedVpu.h - The vector unit simulated cycle by cycle ----*- C++
//-*-===//
//
// An oracle for the times of VPURUN: the rules of "T of VPU" in section 5 of
// docs/machine.md, one group of elements at a time. The distance of programs is
// the first at which three of them, one behind the other, break no rule.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_TEST_UNIT_MODELS_CLOCKEDVPU_H
#define ACC_TEST_UNIT_MODELS_CLOCKEDVPU_H

#include "systemc-models/Timing/Timing.h"

#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <vector>

namespace acc::test {

/// When the groups of a program are issued.
class ClockedProgram {
public:
  ClockedProgram(const Target &target, const isa::Vpurun &command)
      : target(target), command(command),
        groups((std::min<uint64_t>(target.vectorLength(), command.size[5]) +
                target.vpu.lanes - 1) /
               target.vpu.lanes) {
    issueAll();
    while (!fits(distance)) {
      ++distance;
    }
  }

  /// Cycles from one program to the next (B).
  uint64_t getDistance() const { return distance; }
  /// Cycles from there to the last result (D).
  uint64_t getDrain() const { return takenAt(distance) - distance; }

private:
  /// A group at the entry of the lanes.
  struct Issue {
    uint64_t cycle;
    isa::UopInstr uop;
    uint64_t group;
  };
  /// From when on the newest value of each group of each register can be read.
  using Landings = std::vector<std::vector<uint64_t>>;

  uint64_t latency(const isa::UopInstr &uop) const {
    static constexpr isa::Uop sums[] = {isa::Uop::FADD, isa::Uop::FADDRELU,
                                        isa::Uop::FSUB, isa::Uop::FMUL,
                                        isa::Uop::FMA,  isa::Uop::I2F};
    if (uop.op >= isa::Uop::EXP2 && uop.op <= isa::Uop::COSPI2) {
      return target.vpu.sfuLatency;
    }
    bool isSum =
        std::find(std::begin(sums), std::end(sums), uop.op) != std::end(sums);
    return isSum || target.vpu.aluLatency < 2 ? target.vpu.aluLatency : 2;
  }
  Landings none() const {
    return Landings(isa::kNumVpuRegs, std::vector<uint64_t>(groups, 0));
  }
  /// Whether a group may enter the lanes in a cycle.
  bool mayIssue(const Landings &landings, const Issue &i) const {
    const unsigned sources[] = {i.uop.a, i.uop.b, i.uop.c};
    for (unsigned s = 0; s < 3; ++s) {
      if (i.uop.immSel != s + 1 && landings[sources[s]][i.group] > i.cycle) {
        return false;
      }
    }
    return landings[i.uop.dst][i.group] < i.cycle + latency(i.uop);
  }

  /// The clock runs, and a group enters whenever it may.
  void issueAll() {
    Landings landings = none();
    uint64_t cycle = 0;
    for (unsigned u = 0; u < command.nuops; ++u) {
      isa::UopInstr uop = isa::UopInstr::decode(command.uops[u]);
      for (uint64_t group = 0; group < groups; ++cycle) {
        Issue issue{cycle, uop, group};
        if (!mayIssue(landings, issue)) {
          continue;
        }
        landings[uop.dst][group] = cycle + latency(uop);
        end = std::max(end, cycle + latency(uop));
        issues.push_back(issue);
        ++group;
      }
    }
    distance = cycle;
  }

  /// When the output of a program is taken, if the next begins at `next`.
  uint64_t takenAt(uint64_t next) const { return std::max(next, end); }

  /// Whether programs may begin `next` cycles behind each other.
  bool fits(uint64_t next) const {
    Landings landings = none();
    for (uint64_t begin = 0, n = 0; n < 3; ++n, begin += next) {
      for (Issue issue : issues) {
        issue.cycle += begin;
        if (!mayIssue(landings, issue)) {
          return false;
        }
        uint64_t lands = issue.cycle + latency(issue.uop);
        if (n != 0 && isTaken(issue.uop.dst) &&
            lands <= begin - next + takenAt(next)) {
          return false;
        }
        landings[issue.uop.dst][issue.group] = lands;
      }
      for (unsigned i = 0; i < isa::kNumVpuInputs; ++i) {
        bool isUsed = command.inFmt[i] != isa::Format::None;
        if (isUsed && *std::max_element(landings[i].begin(),
                                        landings[i].end()) > begin + next) {
          return false;
        }
      }
    }
    return true;
  }

  /// Whether a register is stored, or set anew, behind a program.
  bool isTaken(unsigned reg) const {
    bool reduces = command.laneRed || command.firstRed < 5;
    return reg == command.outReg || (reg == 15 && reduces);
  }

  const Target &target;
  const isa::Vpurun &command;
  const uint64_t groups;
  std::vector<Issue> issues;
  uint64_t end = 0; ///< when all has landed
  uint64_t distance = 0;
};

/// A command from its start on.
class ClockedVpu {
public:
  ClockedVpu(const Target &target, const isa::Vpurun &v)
      : setup(target.vpu.setup), toLoad(1) {
    uint64_t width = std::min<uint64_t>(target.vectorLength(), v.size[5]);
    for (unsigned i = 0; i < isa::kNumVpuInputs; ++i) {
      if (uint32_t bytes = formatBytes(v.inFmt[i])) {
        uint64_t cycles = conflictDegree(width, v.inStride[6 * i + 5], bytes,
                                         target.spm.rowBytes);
        firstLoad += cycles;
        load += isHeldInput(target, v, i) ? 0 : cycles;
      }
    }
    if (uint32_t bytes = formatBytes(v.outFmt)) {
      store = v.laneRed ? 1
                        : conflictDegree(width, v.outStride[5], bytes,
                                         target.spm.rowBytes);
    }
    for (unsigned d = 0; d < 5; ++d) {
      toLoad *= v.size[d];
    }
    toLoad *= (v.size[5] + target.vectorLength() - 1) / target.vectorLength();
    ClockedProgram timing(target, v);
    program = timing.getDistance();
    behind = timing.getDrain() + target.vpu.tail;
    if (v.laneRed) {
      behind += llvm::Log2_64(target.vectorLength()) * target.vpu.reduceLatency;
    }
  }

  /// One cycle; true if it is the last.
  bool step() {
    if (setup != 0) {
      --setup;
      if (setup == 0) {
        isLoading = true;
        loadLeft = firstLoad;
      }
      return false;
    }
    if (!isLoading && !isComputing && !isStoring) {
      return --behind == 0;
    }
    loadLeft -= loadLeft != 0;
    programLeft -= programLeft != 0;
    storeLeft -= storeLeft != 0;
    if (loadLeft == 0 && programLeft == 0 && storeLeft == 0) {
      nextSlot();
    }
    return false;
  }

private:
  /// Each iteration in the unit goes on to its next stage.
  void nextSlot() {
    isStoring = isComputing;
    storeLeft = isStoring ? store : 0;
    isComputing = isLoading;
    programLeft = isComputing ? program : 0;
    toLoad -= isLoading;
    isLoading = toLoad != 0;
    loadLeft = isLoading ? load : 0;
  }

  uint64_t setup;
  uint64_t firstLoad = 0, load = 0, program = 0, store = 0; ///< of an iteration
  uint64_t behind = 0; ///< cycles behind the last slot that are left
  uint64_t toLoad;     ///< iterations, with the one that loads
  bool isLoading = false, isComputing = false, isStoring = false;
  uint64_t loadLeft = 0, programLeft = 0, storeLeft = 0;
};

} // namespace acc::test

#endif // ACC_TEST_UNIT_MODELS_CLOCKEDVPU_H
