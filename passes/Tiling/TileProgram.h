//===- TileProgram.h - Commands of the tiles of one operation ---*- C++ -*-===//
//
// What engines would be given for a row of tiles, as far as time goes: which
// engine, for how long or which bytes, and behind what. For the choice between
// mappings; nothing of it is emitted.
//
//===----------------------------------------------------------------------===//

#ifndef PASSES_TILING_TILEPROGRAM_H
#define PASSES_TILING_TILEPROGRAM_H

#include "llvm/ADT/SmallVector.h"
#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

namespace xpu {

/// Bytes in HBM that a command moves: runs of consecutive ones, in loops.
struct TileTransfer {
  int64_t address = 0;
  int64_t run = 0; ///< Bytes.
  struct Loop {
    int64_t size, stride; ///< Of bytes.
  };
  llvm::SmallVector<Loop, 3> loops; ///< Over runs, the outermost first.
};

struct TileCommand {
  enum Engine : uint8_t { Load, Store, Matrix, Drain, Vector };
  static constexpr unsigned kEngines = 5;

  Engine engine = Load;
  /// Comes when all engines are idle.
  bool isFenced = false;
  /// Commands that end before it starts; negative: none.
  std::array<int32_t, 3> after = {-1, -1, -1};
  /// Of the memory's data bus; of a MATMUL, what it adds to a row of its like;
  /// of ACCST and VPURUN, all.
  double cycles = 0;
  int32_t transfer = -1; ///< Number of what it moves.
};

struct TileProgram {
  std::vector<TileCommand> commands; ///< In program order.
  std::vector<TileTransfer> transfers;

  int32_t add(const TileCommand &command) {
    commands.push_back(command);
    return int32_t(commands.size()) - 1;
  }
};

/// Places that buffers of one kind take turns in. Readers of one kind of buffer
/// are of one engine, so the last one of a place ends last.
class BufferRing {
public:
  explicit BufferRing(int64_t places)
      : readers(std::clamp<int64_t>(places, 1, 16), -1) {}
  /// Goes on to the next place; returns its last reader.
  int32_t next() {
    current = (current + 1) % readers.size();
    return readers[current];
  }
  /// `command` reads what is in the current place, or in one `back` before it.
  void use(int32_t command, size_t back = 0) {
    readers[(current + back * (readers.size() - 1)) % readers.size()] = command;
  }
  /// The same for places by number.
  size_t getPlace() const { return current; }
  size_t countPlaces() const { return readers.size(); }
  void useAt(size_t place, int32_t command) { readers[place] = command; }
  int32_t writer = -1; ///< Of what is in the current place.

private:
  llvm::SmallVector<int32_t, 16> readers;
  size_t current = 0;
};

} // namespace xpu

#endif // PASSES_TILING_TILEPROGRAM_H
