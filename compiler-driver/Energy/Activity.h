//===- Activity.h - What a run did, in events -------------------*- C++ -*-===//
//
// The events of a program or of one layer: the machine's counters, and what
// the counters cannot tell apart (micro-operations by kind, useful products)
// from the commands that ran.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_REPORT_ACTIVITY_H
#define COMPILER_DRIVER_REPORT_ACTIVITY_H

#include "compiler-driver/Object/Object.h"
#include "systemc-models/Sim/Sim.h"

#include <array>

namespace acc::report {

/// Micro-operations that cost alike.
enum class UopKind { IntAlu, IntMul, FpAdd, FpMul, FpFma, Special };
inline constexpr unsigned numUopKinds = 6;

UopKind classifyUop(isa::Uop op);
/// Floating-point operations that a micro-operation stands for: two for FMA,
/// none for moves, selections, conversions and integers.
unsigned flopOf(isa::Uop op);

/// Products of the matrix unit that cost alike, by the formats multiplied.
enum class MacKind { Wide, Integer, Narrow, NarrowTiny, Tiny };
inline constexpr unsigned numMacKinds = 5;

/// Products of a kind that a processing element makes in a cycle.
unsigned macsPerCycle(MacKind kind);
/// The formats, those of as many bits by the best known: "fp8 x fp4".
llvm::StringRef getName(MacKind kind);

struct Activity {
  uint64_t macs = 0; ///< products of the matrix unit, as counted
  std::array<uint64_t, numMacKinds> macsByKind{};
  uint64_t scaledMacs = 0; ///< of blocks with scales
  /// Products of the model: of the terms into which a wide format is split,
  /// only leading times leading counts, and of columns those with results.
  uint64_t usefulMacs = 0;
  uint64_t fp32TermMacs = 0; ///< with a trailing term of an fp32 number
  uint64_t fp16TermMacs = 0; ///< with a trailing term of an fp16 number
  uint64_t vectorFlop = 0;
  std::array<uint64_t, numUopKinds> uops{};
  uint64_t accBytes = 0;
  uint64_t spmReadBytes = 0;
  uint64_t spmWriteBytes = 0;
  uint64_t hbmReadBytes = 0;  ///< payload
  uint64_t hbmWriteBytes = 0; ///< payload
  uint64_t hbmBurstBytes = 0; ///< whole bursts; 0 if not known
  uint64_t hbmActivates = 0;
  uint64_t instructionWords = 0;

  uint64_t vectorOps() const;
  uint64_t hbmBytes() const { return hbmReadBytes + hbmWriteBytes; }
  /// Products weighted by what they take: those that processing elements could
  /// have made in wide formats.
  double macSlots() const;
  /// Products that a processing element makes in a cycle, of these formats in
  /// these shares; 1 without products.
  double macsPerSlot() const;
  /// Format that most products have the accuracy of: "fp32" or "fp16" if split
  /// into all terms, or that of the operands; empty without products.
  llvm::StringRef matrixFormat() const;
  /// 2 a useful product, and those of the vector unit.
  uint64_t flop() const { return 2 * usefulMacs + vectorFlop; }
  Activity &operator+=(const Activity &other);
};

/// Events of the command at word `pc` if it runs once.
Activity activityOfCommand(const Target &target, const ::xpu::Object &object,
                           uint32_t pc);

/// Events of a whole run, from its counters and its commands.
Activity activityOfRun(const Target &target, const ::xpu::Object &object,
                       const SimOutput &run);

} // namespace acc::report

#endif // COMPILER_DRIVER_REPORT_ACTIVITY_H
