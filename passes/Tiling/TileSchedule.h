//===- TileSchedule.h - Engines that work on tiles, in time -----*- C++ -*-===//
//
// A model of the slice at the granularity of tiles: what a row of commands
// takes whose engines wait for each other's buffers. It is for the choice
// between mappings; exact times are the simulation's.
//
//===----------------------------------------------------------------------===//

#ifndef PASSES_TILING_TILESCHEDULE_H
#define PASSES_TILING_TILESCHEDULE_H

#include "dialects/Target/Target.h"
#include "llvm/ADT/SmallVector.h"
#include <algorithm>
#include <array>

namespace xpu {

/// Places that buffers of one kind take turns in.
class BufferRing {
public:
  explicit BufferRing(int64_t places)
      : freeAt(std::clamp<int64_t>(places, 1, 16), 0.0) {}
  /// Goes on to the next place; returns when its last reader ends.
  double next() {
    current = (current + 1) % freeAt.size();
    return freeAt[current];
  }
  /// Someone reads what is in the current place, or in one `back` before it.
  void use(double end, size_t back = 0) {
    double &free =
        freeAt[(current + back * (freeAt.size() - 1)) % freeAt.size()];
    free = std::max(free, end);
  }
  double ready = 0; ///< When what is in the current place has arrived.

private:
  llvm::SmallVector<double, 8> freeAt;
  size_t current = 0;
};

/// The clocks of the engines. Commands come in program order.
class TileSchedule {
public:
  explicit TileSchedule(const acc::Target &target);

  /// Each returns the cycle in which the command ends. A transfer has `cycles`
  /// of the memory's data bus, and starts at `from` or later.
  double load(double from, double cycles);
  double store(double from, double cycles);
  /// `cycles` are what a MATMUL adds to a row of its like.
  double multiply(double from, double cycles);
  double drain(double from, double cycles);

  /// The sequencer goes on when all engines are idle.
  void fence() { sequencer = end; }

  double getEnd() const { return end; }

private:
  /// An in-order engine, with its queue and its active commands.
  struct Engine {
    llvm::SmallVector<double, 16> starts; ///< Of the last ones, for the queue.
    llvm::SmallVector<double, 4> ends;    ///< The same, of active ones.
    size_t count = 0;
    double portFree = 0; ///< When the next may begin its own work.
  };
  Engine makeEngine(unsigned commands) const;
  /// When a command that is pushed now can start.
  double begin(Engine &engine, double from);
  void finish(Engine &engine, double start, double end);
  /// The end of a transfer of `cycles` that has the bus from `start` on.
  double moveData(double start, double cycles) const;

  const acc::Target &target;
  double latency = 0;    ///< Of memory, from a request to its data.
  double fill = 0;       ///< From a MATMUL's last row to its end.
  double turnaround = 1; ///< Time of a store with the bus's turns.
  double bus = 0;        ///< When it has done all transfers, without gaps.
  double sequencer = 0;  ///< When it pushed the last command.
  double end = 0;
  Engine loads, stores, matrix, drains;
  /// When the last stores had the bus.
  std::array<std::pair<double, double>, 8> storing{};
};

} // namespace xpu

#endif // PASSES_TILING_TILESCHEDULE_H
