//===- Hazards.h - What a command must come after ---------------*- C++ -*-===//
//
// Commands of one engine run in program order. Between engines, a command must
// come after every earlier one that touches the same bytes (unless both read)
// or claims the same bank port.
//
// Iterations of a loop without loops in it overlap, if no fence is in its body.
// An iteration is then ordered after those before it, all alike: what it must
// come after is the same in each, so that one body holds for all of them.
//
//===----------------------------------------------------------------------===//

#ifndef PASSES_ANALYSIS_HAZARDS_H
#define PASSES_ANALYSIS_HAZARDS_H

#include "dialects/Target/Target.h"
#include "dialects/XPU/IR/XPU.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/ADT/DenseSet.h"
#include <array>
#include <map>
#include <set>
#include <tuple>
#include <vector>

namespace xpu {

/// Engines with a queue; values of isa::Engine below it.
inline constexpr unsigned kQueueEngines = isa::kNumEngines;
static_assert((kQueueEngines - 1) * kQueueEngines <= isa::kNumSemaphores,
              "each pair of engines has a semaphore");

/// For each engine the number of its first commands that are meant.
using EngineClock = std::array<int64_t, kQueueEngines>;

/// The address of a placed buffer: of an argument or of an allocation, not of
/// what loops shift.
std::optional<int64_t> getBufferAddress(mlir::Value buffer);

/// Semaphore by which `producer` tells `consumer` that a command has ended. No
/// engine tells itself: what the last engine is told is on the diagonal of a
/// table of the others.
inline unsigned semaphoreOf(unsigned producer, unsigned consumer) {
  constexpr unsigned last = kQueueEngines - 1;
  return producer * last + (consumer == last ? producer : consumer);
}

/// Signals of one semaphore that may be given and not taken, in program order,
/// without it counting too far: commands in the queue may be behind.
inline int64_t signalLimit(const acc::Target &target) {
  return int64_t(isa::kSemaphoreMax) - int64_t(target.seq.queueDepth);
}

/// Whether iterations of `loop` overlap: its body is commands alone, without a
/// fence or another loop.
bool isOverlapped(mlir::scf::ForOp loop);

/// Commands in program order that begin and end with idle engines and without
/// signals: a fence, a call of the host, and the begin and the end of a loop
/// bound them.
struct Stretch {
  std::vector<CommandOpInterface> commands;
  /// The loop whose iterations overlap, if `commands` are its body.
  mlir::scf::ForOp loop;
};
std::vector<Stretch> getStretches(mlir::Block &program);

/// Follows the commands of one stretch in program order.
class HazardTracker {
public:
  /// Fails if a buffer is not placed.
  static mlir::FailureOr<HazardTracker> create(const Stretch &stretch,
                                               const acc::Target &target);

  /// The commands of each engine that `command`, the `index`-th (from 1) of its
  /// engine, must come after. Fails if it leaves the scratchpad.
  mlir::FailureOr<EngineClock> add(CommandOpInterface command, int64_t index);

  /// The next iteration of the stretch's loop begins. From now on commands come
  /// after those of any iteration before it that they must come after; indices
  /// go on, and stand for the last iteration before.
  void endIteration();

private:
  explicit HazardTracker(const acc::Target &target);

  /// Last accesses of one run of bytes, as the index of the command of each
  /// engine (0: none).
  struct LastAccess {
    EngineClock writer{};
    EngineClock reader{};
  };
  /// Runs by their first address; one reaches to the next.
  using AccessMap = std::map<int64_t, LastAccess>;

  /// Addresses that are compared with each other: those of a space, or of a
  /// buffer whose parts are seen from another iteration than those of others;
  /// of the latter, those in the same columns of its rows.
  struct Home {
    Space space;
    const void *buffer = nullptr;
    int64_t column = 0;

    bool operator<(const Home &other) const {
      return std::tie(space, buffer, column) <
             std::tie(other.space, other.buffer, other.column);
    }
  };

  /// How commands see a buffer as rows: all those that touch more than one row
  /// have the pitch of these, or a multiple of it.
  struct Rows {
    int64_t pitch = 0;
    /// Where accesses begin and end in a row, from 0 to the pitch.
    std::set<int64_t> columns;
  };

  /// What one iteration, or all before it, did.
  struct State {
    std::map<Home, AccessMap> memory;
    /// Last claim of each bank's ports.
    std::vector<EngineClock> readPort;
    std::vector<EngineClock> writePort;
  };

  /// Where an access is while loops are in their first iteration, and what an
  /// iteration of the stretch's loop adds.
  struct Place {
    int64_t begin = 0;
    int64_t end = 0;
    int64_t step = 0;
  };
  /// An access for which the next iteration looks back.
  struct Past {
    Home home;
    Place place;
    bool isWrite;
    Port port;
    unsigned engine;
    int64_t index;
  };

  Place placeOf(const BufferAccess &access) const;
  /// The parts of an access that are compared with others, each at its home.
  llvm::SmallVector<std::pair<Home, Place>>
  partsOf(const BufferAccess &access) const;
  void findRows(const Stretch &stretch);
  static AccessMap::iterator split(AccessMap &runs, int64_t at);
  void access(const Past &access, EngineClock &needed);
  void claim(const Past &access, EngineClock &needed);
  void lookBack(const Past &access, EngineClock &needed) const;

  int64_t bankBytes;
  int64_t trips = 1;
  mlir::Operation *loop = nullptr;
  /// Buffers that all commands see shifted alike, and that share no memory with
  /// others: their parts are compared as in the first iteration.
  llvm::SmallDenseSet<mlir::Value> shiftedAlike;
  /// Of those, the ones that are seen as rows.
  llvm::DenseMap<mlir::Value, Rows> rows;
  State current;
  State past;
  std::vector<Past> iteration;
};

} // namespace xpu

#endif // PASSES_ANALYSIS_HAZARDS_H
