//===- Economics.cpp - Power to the grid, and money -----------------------===//

#include "compiler-driver/Scenario/Economics.h"

#include "compiler-driver/Baselines/SharedPower.h"
#include "compiler-driver/Tensor/Errors.h"
#include "llvm/ADT/StringExtras.h"

#include <cmath>

using namespace llvm;
using namespace acc;
using namespace acc::scenario;
using data::DataFile;
using data::Figure;

Expected<Site> Site::load() {
  auto facility = data::loadDataFile("facility", "hyperscale", "facility");
  if (!facility) {
    return facility.takeError();
  }
  auto cost = data::loadDataFile("cost", "deployment", "cost");
  if (!cost) {
    return cost.takeError();
  }
  Site site;
  for (auto [key, to] : {std::pair("pue", &site.pue),
                         std::pair("psu.efficiency", &site.supply)}) {
    auto figure = facility->get(key, "1");
    if (!figure) {
      return figure.takeError();
    }
    *to = (*figure)->range;
  }
  for (auto [key, unit] :
       {std::pair("years", "year"), std::pair("capital.rate", "1/year"),
        std::pair("upkeep", "1/year"), std::pair("facility.capital", "USD/W"),
        std::pair("facility.years", "year"),
        std::pair("electricity", "USD/kWh"), std::pair("network.part", "1"),
        std::pair("published.band", "1")}) {
    if (Error error = cost->get(key, unit).takeError()) {
      return std::move(error);
    }
  }
  site.cost = std::move(*cost);
  return site;
}

static void setFacility(Economics &result, const Site &site) {
  result.facility = result.rackIt * site.pue;
  result.facilityBasis =
      "IT power x PUE of targets/facility/hyperscale.yaml, while the scenario "
      "runs";
}

/// An hour of a device of this price: capital is repaid over the years with
/// interest on the half of it that is out on average.
static RangeOf<DollarsPerSecond> buildUp(const RangeOf<Dollars> &price,
                                         const Economics &economics,
                                         const Site &site) {
  auto of = [&](StringRef key) { return site.cost.find(key)->range; };
  Range one = exactly(1);
  Range device = (one + of("network.part")) *
                 (one / of("years") + of("capital.rate") * 0.5 + of("upkeep"));
  RangeOf<Dollars> building =
      in(of("facility.capital"), Dollars(1) / Watts(1)) * economics.rackIt;
  Range repaid = one / of("facility.years") + of("capital.rate") * 0.5;
  RangeOf<DollarsPerSecond> electricity =
      in(of("electricity"), Dollars(1) / (1e3 * kWattHour)) *
      economics.facility;
  return (price * device + building * repaid) / kYear + electricity;
}

/// Dies of a wafer that work, for spare parts save some.
static RangeOf<Dollars> dieCost(const DataFile &file) {
  const Range &area = file.find("die.area")->range;
  const Range &density = file.find("defect.density")->range;
  const Range &harvest = file.find("harvest")->range;
  const Range &wafer = file.find("wafer.price")->range;
  auto cost = [](double price, double mm2, double defects, double saved) {
    constexpr double kDiameter = 300, kPi = 3.14159265358979;
    // Whole squares of a circle, less those that its edge cuts.
    double dies = kPi * kDiameter * kDiameter / 4 / mm2 -
                  kPi * kDiameter / std::sqrt(2 * mm2);
    // Murphy's model of yield.
    double x = defects * mm2 * 1e-2;
    double yield = std::pow((1 - std::exp(-x)) / x, 2);
    return price / (dies * (yield + (1 - yield) * saved));
  };
  Range each{cost(wafer.value, area.value, density.value, harvest.value),
             cost(wafer.low, area.low, density.low, harvest.high),
             cost(wafer.high, area.high, density.high, harvest.low)};
  return in(each, Dollars(1));
}

static Expected<RangeOf<Dollars>> priceOf(const DataFile &file,
                                          const Machine &machine) {
  for (auto [key, unit] :
       {std::pair("wafer.price", "USD"), std::pair("die.area", "mm2"),
        std::pair("defect.density", "1/cm2"), std::pair("harvest", "1"),
        std::pair("hbm.price", "USD/GB"), std::pair("package.price", "USD"),
        std::pair("board.price", "USD"), std::pair("host.price", "USD"),
        std::pair("switch.price", "USD"), std::pair("optics.price", "USD"),
        std::pair("margin", "1")}) {
    if (Error error = file.get(key, unit).takeError()) {
      return std::move(error);
    }
  }
  auto of = [&](StringRef key) { return file.find(key)->range; };
  double gigabytes =
      double(machine.slice.hbm.bytes) * machine.slicesPerChip() * 1e-9;
  auto priceOf = [&](StringRef key) { return in(of(key), Dollars(1)); };
  RangeOf<Dollars> price =
      (dieCost(file) + priceOf("package.price")) * of("margin") +
      priceOf("hbm.price") * gigabytes + priceOf("board.price") +
      priceOf("host.price");
  if (machine.rack) {
    double chips = machine.rack->chips();
    price = price * (1 + machine.rack->spares.chips / chips);
    price += priceOf("switch.price") * (machine.rack->switches.count / chips);
    price += priceOf("optics.price") * (machine.rack->optics.count / chips);
  }
  return price;
}

/// The file of targets/cost for this chip, if there is one.
static Expected<std::optional<DataFile>> costFileOf(StringRef chip) {
  if (!is_contained(data::listDataFiles("cost"), chip.str())) {
    return std::nullopt;
  }
  auto file = data::loadDataFile("cost", chip, "cost");
  if (!file) {
    return file.takeError();
  }
  return std::optional(std::move(*file));
}

static Error addCost(Economics &result, const Machine &machine,
                     const Site &site) {
  auto file = costFileOf(machine.chip->name);
  if (!file) {
    return file.takeError();
  }
  if (!*file) {
    result.costBasis =
        "not known: there is no targets/cost/" + machine.chip->name + ".yaml";
    return Error::success();
  }
  auto price = priceOf(**file, machine);
  if (!price) {
    return price.takeError();
  }
  result.price = *price;
  result.priceBasis = "die by area and yield (Murphy), package, HBM, board, "
                      "host, switches and optics of targets/cost/" +
                      (*file)->name + ".yaml";
  RangeOf<DollarsPerSecond> built = buildUp(*price, result, site);
  if (const Figure *figure = (*file)->find("cost_per_device_hour")) {
    result.cost = in(figure->range, Dollars(1) / kHour);
    result.costBasis = figure->source + " (" + figure->confidence +
                       "); built up from parts it would be " +
                       std::to_string((built * kHour).value).substr(0, 4) +
                       " USD/h";
    return Error::success();
  }
  result.cost = built;
  result.costBasis = "built up from the price of the parts";
  return Error::success();
}

Expected<Economics> scenario::economicsOf(const Machine &machine,
                                          const RangeOf<Watts> &package,
                                          const Site &site) {
  Economics result;
  result.package = package;
  result.packageBasis = "events x energy constants, voltage regulators and "
                        "links of the package included";
  if (machine.rack) {
    const Rack &rack = *machine.rack;
    double chips = rack.chips();
    double beside = rack.trays.count * rack.trays.watts +
                    rack.switches.count * rack.switches.watts +
                    rack.optics.count * rack.optics.watts;
    result.rackIt =
        (package + exactly(Watts(beside / chips))) / rack.supply.efficiency +
        exactly(Watts(rack.hosts.watts / chips));
    result.rackBasis = "packages, trays, switches and optics over the supply's "
                       "efficiency, and hosts in production (" +
                       rack.name + ")";
  } else {
    result.rackIt = package / site.supply;
    result.rackBasis = "packages over the efficiency of supplies alone: the "
                       "target has no rack";
  }
  setFacility(result, site);
  if (Error error = addCost(result, machine, site)) {
    return std::move(error);
  }
  return result;
}

Economics scenario::economicsOf(const systems::System &system,
                                const RangeOf<Watts> &package,
                                const Site &site) {
  /// PUE that the table of all-in power assumes.
  constexpr double kPublishedPue = 1.15;
  Economics result;
  result.package = package;
  result.packageBasis = "fitted kernel model";
  result.rackIt = package;
  if (auto shared = systems::sharedPower(system)) {
    result.rackIt += exactly(shared->perDevice);
    result.rackBasis = "packages, and what the " +
                       systems::getName(shared->scope).str() +
                       " draws beside them at full load by its data sheet";
  } else if (auto power = system.allInPower()) {
    Watts beside = *power / kPublishedPue - *system.tdp();
    result.rackIt += exactly(std::max(Watts(), beside));
    result.rackBasis = "packages, and a published all-in power at a PUE of "
                       "1.15 less the limit of the package";
  } else {
    result.rackIt = package / site.supply;
    result.rackBasis = "packages over the efficiency of supplies alone: "
                       "nothing else is known";
  }
  setFacility(result, site);
  if (system.rackPrice() && system.rackDevices()) {
    result.price = exactly(*system.rackPrice() / *system.rackDevices());
    result.priceBasis = system.rackPrice().figure().source;
  }
  if (auto cost = system.costPerHour()) {
    result.cost = in(site.cost.find("published.band")->range, *cost);
    result.costBasis = cost.figure().source;
  } else if (result.price) {
    result.cost = buildUp(*result.price, result, site);
    result.costBasis = "built up from the price of a rack (" +
                       result.priceBasis + ") by targets/cost/deployment.yaml";
  } else {
    result.costBasis = "not known: the file gives neither a cost of ownership "
                       "nor the price of a rack";
  }
  return result;
}

Expected<FleetRequest> scenario::resolveFleet(StringRef text,
                                              std::string &deployment) {
  auto [name, rest] = text.split(',');
  if (name.empty() || isDigit(name.front()) || name.front() == '.') {
    return parseFleet(text);
  }
  auto file = data::loadDataFile("facility", "deployments", "facility");
  if (!file) {
    return file.takeError();
  }
  const Figure *figure = file->find(name);
  if (!figure) {
    std::string names;
    for (auto &[key, value] : file->figures) {
      names += (names.empty() ? "" : ", ") + key;
    }
    return makeInputError("--fleet=" + text +
                          ": expects a power such as 10GW, or an announced "
                          "deployment: " +
                          names);
  }
  if (Error error = file->get(name, "GW").takeError()) {
    return std::move(error);
  }
  deployment = figure->source;
  std::string power = std::to_string(figure->range.value) + "GW";
  return parseFleet(rest.empty() ? power : power + "," + rest.str());
}

Expected<Fleet> scenario::fleetOf(const FleetRequest &request,
                                  const Economics &economics,
                                  const RangeOf<Hertz> &tokens,
                                  double chipsPerRack) {
  auto grids = data::loadDataFile("facility", "grids", "facility");
  if (!grids) {
    return grids.takeError();
  }
  const Figure *grid = grids->find(request.grid);
  if (!grid) {
    std::string names;
    for (auto &[key, value] : grids->figures) {
      names += (names.empty() ? "" : ", ") + key;
    }
    return makeInputError("--fleet: unknown grid '" + request.grid +
                          "'; expects one of " + names);
  }
  if (Error error = grids->get(request.grid, "gCO2/kWh").takeError()) {
    return std::move(error);
  }
  Fleet fleet;
  fleet.watts = request.watts;
  fleet.grid = request.grid;
  fleet.chips = exactly(request.watts) / economics.facility;
  if (chipsPerRack > 0) {
    fleet.racks = fleet.chips * (1 / chipsPerRack);
  }
  fleet.tokensPerSecond = tokens * fleet.chips;
  fleet.energy = exactly(request.watts * kYear);
  // Grams a kilowatt-hour are tonnes a gigawatt-hour.
  fleet.tonnesCo2 = fleet.energy / (1e9 * kWattHour) * grid->range;
  if (economics.cost) {
    fleet.dollarsPerYear = *economics.cost * fleet.chips * kYear;
  }
  return fleet;
}
