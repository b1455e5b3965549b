//===- TileSchedule.h - Engines that work on tiles, in time -----*- C++ -*-===//
//
// A model of the slice at the granularity of tiles: what a row of commands
// takes whose engines wait for each other's buffers. It finds the few mappings
// that are worth a simulation of the memory (TileSimulation.h).
//
//===----------------------------------------------------------------------===//

#ifndef PASSES_TILING_TILESCHEDULE_H
#define PASSES_TILING_TILESCHEDULE_H

#include "dialects/Target/Target.h"
#include "passes/Tiling/TileProgram.h"

namespace xpu {

/// Words of a command in the sequencer, about.
inline constexpr double kCommandWords = 7;

/// The clocks of the engines.
class TileSchedule {
public:
  explicit TileSchedule(const acc::Target &target);

  /// Goes on with the commands that `program` has by now.
  void follow(const TileProgram &program);
  /// The end of the last command so far.
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
  /// Each returns the cycle in which the command ends. A transfer has `cycles`
  /// of the memory's data bus, and starts at `from` or later.
  double load(double from, double cycles);
  double store(double from, double cycles);
  double multiply(double from, double cycles);
  /// One command at a time.
  double work(Engine &engine, double from, double cycles);

  const acc::Target &target;
  double latency = 0;    ///< Of memory, from a request to its data.
  double fill = 0;       ///< From a MATMUL's last row to its end.
  double turnaround = 1; ///< Time of a store with the bus's turns.
  double bus = 0;        ///< When it has done all transfers, without gaps.
  double sequencer = 0;  ///< When it pushed the last command.
  double end = 0;
  std::vector<double> ends; ///< Of the commands so far.
  Engine loads, stores, matrix, drains, vectors;
  /// When the last stores had the bus.
  std::array<std::pair<double, double>, 8> storing{};
};

} // namespace xpu

#endif // PASSES_TILING_TILESCHEDULE_H
