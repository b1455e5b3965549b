//===- Economics.h - Power to the grid, and money ---------------*- C++ -*-===//
//
// Three powers, each with its basis: packages as they run, what the rack draws
// with hosts and switches (IT), and what the site takes from the grid. Cost is
// a published cost of ownership where there is one, else built up from a price
// (targets/cost).
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_SCENARIO_ECONOMICS_H
#define COMPILER_DRIVER_SCENARIO_ECONOMICS_H

#include "compiler-driver/Baselines/System.h"
#include "compiler-driver/Data/DataFile.h"
#include "compiler-driver/Scenario/Spec.h"
#include "dialects/Target/Machine.h"

#include <optional>

namespace acc::scenario {

using data::Range;

/// Of one chip, in watts and dollars an hour.
struct Economics {
  Range package; ///< while the scenario runs
  Range rackIt;
  Range facility;
  std::string packageBasis, rackBasis, facilityBasis;
  std::optional<Range> dollarsPerHour;
  std::string costBasis;
  std::optional<Range> price; ///< of a chip with its share of the rack
  std::string priceBasis;
};

/// What all systems share: supplies, the site, money.
struct Site {
  Range pue, supply;
  data::DataFile cost;

  static llvm::Expected<Site> load();
};

/// `package`: watts of one chip.
llvm::Expected<Economics> economicsOf(const Machine &machine,
                                      const Range &package, const Site &site);
Economics economicsOf(const systems::System &system, const Range &package,
                      const Site &site);

/// What a site of this power holds and gives in a year.
struct Fleet {
  double watts = 0;
  std::string grid;
  std::string deployment; ///< its announcement, or empty
  Range chips, racks;
  Range tokensPerSecond;
  Range terawattHours; ///< a year, at full use
  Range tonnesCo2;     ///< a year
  std::optional<Range> dollarsPerYear;
};

/// The power of `request`, which may be the name of a deployment.
llvm::Expected<FleetRequest> resolveFleet(llvm::StringRef text,
                                          std::string &deployment);

/// `tokens`: a second, of one chip. 0 for `chipsPerRack`: not known.
llvm::Expected<Fleet> fleetOf(const FleetRequest &request,
                              const Economics &economics, const Range &tokens,
                              double chipsPerRack);

} // namespace acc::scenario

#endif // COMPILER_DRIVER_SCENARIO_ECONOMICS_H
