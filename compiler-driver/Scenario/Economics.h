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
#include "compiler-driver/Scenario/Quantities.h"
#include "compiler-driver/Scenario/Spec.h"
#include "dialects/Target/Machine.h"

#include <optional>

namespace acc::scenario {

/// Of one chip, in watts and dollars an hour.
struct Economics {
  RangeOf<Watts> package; ///< while the scenario runs
  RangeOf<Watts> rackIt;
  RangeOf<Watts> facility;
  std::string packageBasis, rackBasis, facilityBasis;
  std::optional<RangeOf<DollarsPerSecond>> cost;
  std::string costBasis;
  std::optional<RangeOf<Dollars>>
      price; ///< of a chip with its share of the rack
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
                                      const RangeOf<Watts> &package,
                                      const Site &site);
Economics economicsOf(const systems::System &system,
                      const RangeOf<Watts> &package, const Site &site);

/// What a site of this power holds and gives in a year.
struct Fleet {
  Watts watts;
  std::string grid;
  std::string deployment; ///< its announcement, or empty
  Range chips, racks;
  RangeOf<Hertz> tokensPerSecond;
  RangeOf<Joules> energy; ///< a year, at full use
  Range tonnesCo2;        ///< a year
  std::optional<RangeOf<Dollars>> dollarsPerYear;
};

/// The power of `request`, which may be the name of a deployment.
llvm::Expected<FleetRequest> resolveFleet(llvm::StringRef text,
                                          std::string &deployment);

/// `tokens`: a second, of one chip. 0 for `chipsPerRack`: not known.
llvm::Expected<Fleet> fleetOf(const FleetRequest &request,
                              const Economics &economics,
                              const RangeOf<Hertz> &tokens,
                              double chipsPerRack);

} // namespace acc::scenario

#endif // COMPILER_DRIVER_SCENARIO_ECONOMICS_H
