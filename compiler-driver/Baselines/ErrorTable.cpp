//===- ErrorTable.cpp - Errors of the model, by class and system ----------===//

#include "compiler-driver/Baselines/ErrorTable.h"

#include "compiler-driver/Data/JsonFile.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/FormatVariadic.h"

#include <cmath>

using namespace llvm;
using namespace acc::systems;

/// Fewer rows of a system than this say too little about its error.
static constexpr unsigned enoughRows = 5;

ErrorTable ErrorTable::of(const Validation &validation) {
  struct Ratios {
    std::map<std::string, std::vector<double>> systems;
    std::vector<double> leftOut, transferred;
  };
  std::map<std::string, Ratios> classes;
  for (const Validated &row : validation.rows) {
    Ratios &ratios = classes[errorClassName(row.row->mapped.errorClass).str()];
    double measured = *row.row->row->value;
    ratios.systems[row.row->device.system].push_back(row.crossed / measured);
    ratios.leftOut.push_back(row.leftOut / measured);
    ratios.transferred.push_back(row.transferred / measured);
  }
  ErrorTable table;
  for (auto &[name, ratios] : classes) {
    Entry &entry = table.classes[name];
    for (auto &[system, values] : ratios.systems) {
      entry.systems[system] = summarise(values);
    }
    entry.leftOut = summarise(ratios.leftOut);
    entry.transferred = summarise(ratios.transferred);
  }
  return table;
}

static json::Object write(const ErrorStatistics &statistics) {
  auto round = [](double value) { return std::round(value * 1e4) / 1e4; };
  return json::Object{{"rows", statistics.rows},
                      {"mean_absolute", round(statistics.meanAbsolute)},
                      {"median_absolute", round(statistics.median)},
                      {"bias", round(statistics.bias)},
                      {"low", round(statistics.low)},
                      {"high", round(statistics.high)}};
}

json::Value ErrorTable::toJson() const {
  json::Object all;
  for (const auto &[name, entry] : classes) {
    json::Object systems;
    for (const auto &[system, statistics] : entry.systems) {
      systems[system] = write(statistics);
    }
    all[name] = json::Object{{"systems", std::move(systems)},
                             {"device_left_out", write(entry.leftOut)},
                             {"generation_left_out", write(entry.transferred)}};
  }
  return json::Object{
      {"note", "Written by acc-systems fit --write. Errors of predictions "
               "that the fit had not seen; low and high: measured over "
               "predicted in the middle 80 % of the rows."},
      {"classes", std::move(all)}};
}

static Error read(const json::Object *object, ErrorStatistics &to) {
  std::optional<int64_t> rows =
      object ? object->getInteger("rows") : std::nullopt;
  struct {
    StringRef key;
    double &to;
  } numbers[] = {{"mean_absolute", to.meanAbsolute},
                 {"median_absolute", to.median},
                 {"bias", to.bias},
                 {"low", to.low},
                 {"high", to.high}};
  bool good = rows && *rows >= 0;
  for (auto &[key, number] : numbers) {
    std::optional<double> value = good ? object->getNumber(key) : std::nullopt;
    good = value.has_value();
    number = value.value_or(0);
  }
  if (!good) {
    return createStringError(inconvertibleErrorCode(),
                             "an error has no rows, mean_absolute, "
                             "median_absolute, bias, low or high");
  }
  to.rows = *rows;
  return Error::success();
}

Expected<ErrorTable> ErrorTable::load() {
  std::string path = data::dataPath("systems/model/errors.json");
  auto fail = [&](const Twine &message) {
    return createStringError(inconvertibleErrorCode(),
                             path + ": error: " + message +
                                 "; 'acc-systems fit --write' writes the file");
  };
  Expected<json::Value> file = data::loadJson(path);
  if (!file) {
    return file.takeError();
  }
  const json::Object *root = file->getAsObject();
  const json::Object *all = root ? root->getObject("classes") : nullptr;
  if (!all) {
    return fail("no 'classes'");
  }
  ErrorTable table;
  for (const auto &[name, value] : *all) {
    Entry &entry = table.classes[name.str()];
    const json::Object *object = value.getAsObject();
    const json::Object *systems =
        object ? object->getObject("systems") : nullptr;
    if (!systems) {
      return fail("class '" + StringRef(name) + "' has no 'systems'");
    }
    Error error = read(object->getObject("device_left_out"), entry.leftOut);
    if (!error) {
      error = read(object->getObject("generation_left_out"), entry.transferred);
    }
    for (const auto &[system, statistics] : *systems) {
      if (!error) {
        error = read(statistics.getAsObject(), entry.systems[system.str()]);
      }
    }
    if (error) {
      return fail(toString(std::move(error)));
    }
  }
  return std::move(table);
}

ErrorBand ErrorTable::find(ErrorClass errorClass, StringRef system,
                           bool measuredGeneration) const {
  ErrorBand band;
  auto found = classes.find(errorClassName(errorClass).str());
  if (found == classes.end()) {
    // Nothing was measured: a factor of two, an estimate.
    band.meanAbsolute = 1;
    band.low = 0.5;
    band.high = 2;
    band.meaning = "no measurement of this class; estimate";
    return band;
  }
  const Entry &entry = found->second;
  auto own = entry.systems.find(system.str());
  const ErrorStatistics *statistics = &entry.transferred;
  StringRef how = "each generation predicted from the others";
  if (own != entry.systems.end() && own->second.rows >= enoughRows) {
    statistics = &own->second;
    band.measuredSystem = true;
    how = "cross-validated by workload on this system";
  } else if (measuredGeneration) {
    statistics = &entry.leftOut;
    how = "each system predicted without its own rows";
  }
  band.meanAbsolute = statistics->meanAbsolute;
  // The prediction itself stays inside its range.
  band.low = std::min(1.0, statistics->low);
  band.high = std::max(1.0, statistics->high);
  band.rows = statistics->rows;
  band.meaning = formatv("{0}: mean {1:f1} % over {2} rows, {3}",
                         errorClassName(errorClass),
                         100 * statistics->meanAbsolute, statistics->rows, how);
  return band;
}
