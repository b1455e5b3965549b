//===- Energy.h - Energy of a run -------------------------------*- C++ -*-===//
//
// Events times a sourced constant each, and static power times time, then the
// losses on the way from the wall. The band of a sum assumes that all constants
// are low together or high together: a bound, not a confidence interval.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_REPORT_ENERGY_H
#define COMPILER_DRIVER_REPORT_ENERGY_H

#include "compiler-driver/Data/DataFile.h"
#include "compiler-driver/Energy/Activity.h"

namespace acc::report {

using data::DataFile;
using data::Figure;
using data::Range;

/// An amount of energy in joules.
struct Joules : Range {
  Joules() = default;
  explicit Joules(const Range &range) : Range(range) {}
};

struct EnergyPart {
  std::string name; ///< key of the report
  Joules energy;
  std::string method;                 ///< how it is computed from the events
  std::vector<std::string> constants; ///< figures of the data file
};

struct EnergyReport {
  std::vector<EnergyPart> parts; ///< add up to `board`
  Joules chip;                   ///< package: die and HBM
  Joules board; ///< with voltage regulation; what a module's TDP limits
  Joules wall;  ///< with power supply, cooling and PUE
};

/// What a run extends over, beside its events.
struct Extent {
  double seconds = 0;
  double slices = 1;        ///< whose events these are, of all chips
  double slicesPerChip = 1; ///< network between them
  double networkBytes = 0;  ///< on the network between slices, of all of them
  double hostJoules = 0; ///< what the host has used for its part of the program
};

/// Constants that have been checked to be there, in the right units.
class EnergyModel {
public:
  static llvm::Expected<EnergyModel> create(DataFile constants,
                                            const Target &target);

  EnergyReport estimate(const Activity &activity, const Extent &extent) const;

  /// What a board's energy takes at the wall: power supply, cooling and PUE.
  Range atWall(const Range &board) const;

  const DataFile &constants() const { return file; }
  /// Area of the slice's logic and memories, without HBM PHY, in mm².
  Range areaMm2() const;
  /// Energy of a byte read from a bank of this size, in pJ.
  Range sramReadPj(double bankBytes) const;

private:
  DataFile file;
  Target target;

  EnergyModel(DataFile file, const Target &target)
      : file(std::move(file)), target(target) {}
  const Range &of(llvm::StringRef key) const;
  Range logicAreaMm2() const;
  double sramMegabytes() const;
};

} // namespace acc::report

#endif // COMPILER_DRIVER_REPORT_ENERGY_H
