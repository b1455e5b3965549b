//===- ScratchpadRegions.h - Which banks hold what --------------*- C++ -*-===//
//
// Commands of different engines that claim the same port of a bank wait for
// each other. Buffers are therefore kept apart by who writes and reads them:
//
//   inputs      written by LOAD, read by the matrix unit (rows) and the VPU
//   results     written by the matrix unit and the VPU, read by STORE
//   stationary  written by LOAD, read by the matrix unit's second port
//   resident    whole values between operations, read and written by all
//
// The first three hold tiles, for a moment each; residents grow from the end,
// and the banks that they leave are for the tiles of the moment.
//
//===----------------------------------------------------------------------===//

#ifndef PASSES_ANALYSIS_SCRATCHPADREGIONS_H
#define PASSES_ANALYSIS_SCRATCHPADREGIONS_H

#include "dialects/Target/Target.h"
#include "mlir/IR/Operation.h"
#include <algorithm>

namespace xpu {

/// Name of the attribute with the number of banks, the last ones, that hold
/// residents: on an operation while it runs, and on the tiles that it makes.
inline constexpr llvm::StringLiteral kResidentBanksAttr = "xpu.resident_banks";

/// Name of the attribute with the number of banks for stationary operands, on
/// an operation that needs others than are usual and on its tiles.
inline constexpr llvm::StringLiteral kStationaryBanksAttr =
    "xpu.stationary_banks";

/// The same for results.
inline constexpr llvm::StringLiteral kResultBanksAttr = "xpu.result_banks";

/// Name of the attribute on a copy that may as well be left out: its target is
/// not written otherwise and its source not while the target is live.
inline constexpr llvm::StringLiteral kTileCopyAttr = "xpu.tile_copy";

/// Name of the attribute with the scratchpad address of a resident value, or
/// with the first row of accumulators that have a place, on its allocation.
inline constexpr llvm::StringLiteral kResidentAttr = "xpu.resident";

/// Name of the attribute on the allocation of a value in HBM that slices gather
/// in pieces, which lie one behind the other, while a product reads it.
inline constexpr llvm::StringLiteral kInPiecesAttr = "xpu.in_pieces";

/// Name of the attribute on a tile that lies where results do, whoever writes
/// it.
inline constexpr llvm::StringLiteral kAmongResultsAttr = "xpu.among_results";

/// Name of the attribute with the number of banks at the end of those for
/// inputs that are for what an epilogue reads; the rows of the contraction are
/// in the others. Loads come in order: one that waits for a place among rows
/// keeps those behind it from filling the next.
inline constexpr llvm::StringLiteral kReadBanksAttr = "xpu.read_banks";

/// Byte addresses at which the regions end; inputs start at 0.
struct ScratchpadRegions {
  int64_t inputsEnd = 0;
  int64_t resultsEnd = 0;
  int64_t stationaryEnd = 0;
  int64_t residentEnd = 0;

  /// Bytes for resident values, at most: half of the scratchpad stays for
  /// tiles.
  static int64_t residentRoom(const acc::Target &target) {
    return int64_t(target.spm.banks) / 2 * int64_t(target.spm.bankBytes);
  }

  /// The regions while `op` runs, or for the allocation `op`.
  static ScratchpadRegions of(const acc::Target &target, mlir::Operation *op) {
    int64_t banks = tileBanks(target, op);
    auto banksOr = [&](llvm::StringRef name, int64_t usual) {
      auto own = op->getAttrOfType<mlir::IntegerAttr>(name);
      return own ? own.getInt() : usual;
    };
    return ScratchpadRegions(
        target, banks,
        banksOr(kStationaryBanksAttr, usualStationaryBanks(banks)),
        banksOr(kResultBanksAttr, usualResultBanks(banks)));
  }

  /// Banks that residents leave while `op` runs.
  static int64_t tileBanks(const acc::Target &target, mlir::Operation *op) {
    auto banks = op->getAttrOfType<mlir::IntegerAttr>(kResidentBanksAttr);
    return target.spm.banks - (banks ? banks.getInt() : 0);
  }

  /// Three eighths of the banks for weights, three sixteenths for results: the
  /// proportions of a large matrix product, whose row and weight tiles are of
  /// similar size and whose results leave in pieces.
  static int64_t usualStationaryBanks(int64_t banks) {
    return std::max<int64_t>(1, banks * 3 / 8);
  }
  static int64_t usualResultBanks(int64_t banks) {
    return std::max<int64_t>(1, (banks * 3 + 8) / 16);
  }

  /// What `from` says about regions holds for `to`, too.
  static void copyAttributes(mlir::Operation *from, mlir::Operation *to) {
    for (llvm::StringRef name : {kResidentBanksAttr, kStationaryBanksAttr,
                                 kResultBanksAttr, kReadBanksAttr}) {
      if (mlir::Attribute banks = from->getAttr(name)) {
        to->setAttr(name, banks);
      }
    }
  }

  /// Regions in the first `banks` banks.
  ScratchpadRegions(const acc::Target &target, int64_t banks,
                    int64_t stationaryBanks, int64_t resultBanks) {
    int64_t bankBytes = target.spm.bankBytes;
    stationaryEnd = banks * bankBytes;
    resultsEnd = stationaryEnd - stationaryBanks * bankBytes;
    inputsEnd = std::max<int64_t>(0, resultsEnd - resultBanks * bankBytes);
    residentEnd = target.spm.banks * bankBytes;
  }

  int64_t inputBytes() const { return inputsEnd; }
  int64_t resultBytes() const { return resultsEnd - inputsEnd; }
  int64_t stationaryBytes() const { return stationaryEnd - resultsEnd; }
  int64_t residentBytes() const { return residentEnd - stationaryEnd; }
};

} // namespace xpu

#endif // PASSES_ANALYSIS_SCRATCHPADREGIONS_H
