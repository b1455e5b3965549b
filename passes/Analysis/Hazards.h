//===- Hazards.h - What a command must come after ---------------*- C++ -*-===//
//
// Commands of one engine run in program order. Between engines, a command must
// come after every earlier one that touches the same bytes (unless both read)
// or claims the same bank port.
//
//===----------------------------------------------------------------------===//

#ifndef PASSES_ANALYSIS_HAZARDS_H
#define PASSES_ANALYSIS_HAZARDS_H

#include "dialects/Target/Target.h"
#include "dialects/XPU/IR/XPU.h"
#include <array>
#include <map>
#include <vector>

namespace xpu {

/// Engines with a queue; values of isa::Engine below it.
inline constexpr unsigned kQueueEngines = 4;

/// For each engine the number of its first commands that are meant.
using EngineClock = std::array<int64_t, kQueueEngines>;

/// The address of a placed buffer: of an argument or of an allocation, not of
/// what loops shift.
std::optional<int64_t> getBufferAddress(mlir::Value buffer);

/// Semaphore by which `producer` tells `consumer` that a command has ended.
inline unsigned semaphoreOf(unsigned producer, unsigned consumer) {
  return producer * kQueueEngines + consumer;
}

/// Signals of one semaphore that may be given and not taken, in program order,
/// without it counting too far: commands in the queue may be behind.
inline int64_t signalLimit(const acc::Target &target) {
  return int64_t(isa::kSemaphoreMax) - int64_t(target.seq.queueDepth);
}

/// Stretches of commands in program order that begin and end with idle engines
/// and without signals: a fence, a call of the host, and the begin and the end
/// of a loop's body bound them.
std::vector<std::vector<CommandOpInterface>> getStretches(mlir::Block &program);

/// Follows the commands of one stretch in program order.
class HazardTracker {
public:
  explicit HazardTracker(const acc::Target &target);

  /// The commands of each engine that `command`, the `index`-th (from 1) of its
  /// engine, must come after. Fails if a buffer is not placed.
  mlir::FailureOr<EngineClock> add(CommandOpInterface command, int64_t index);

private:
  /// Last accesses of one stretch of memory, as the index of the command of
  /// each engine (0: none).
  struct Stretch {
    EngineClock writer{};
    EngineClock reader{};
  };
  /// Stretches by their first address; one reaches to the next.
  using AccessMap = std::map<int64_t, Stretch>;

  static void split(AccessMap &stretches, int64_t at);
  void access(Space space, int64_t begin, int64_t end, bool isWrite,
              unsigned engine, int64_t index, EngineClock &needed);

  int64_t bankBytes;
  std::map<Space, AccessMap> memory;
  /// Last claim of each bank's ports.
  std::vector<EngineClock> readPort;
  std::vector<EngineClock> writePort;
};

} // namespace xpu

#endif // PASSES_ANALYSIS_HAZARDS_H
