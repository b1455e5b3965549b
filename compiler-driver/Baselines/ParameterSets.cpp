//===- ParameterSets.cpp - Fitted parameters as data ----------------------===//

#include "compiler-driver/Baselines/ParameterSets.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace acc::systems {

static constexpr StringLiteral listKeys[] = {"architectures", "stand_in_for"};
static constexpr data::DataFileKeys keys = {{}, listKeys};

static Expected<ParameterSet> readSet(data::DataFile file, bool complete) {
  ParameterSet set;
  set.name = file.name;
  set.title = file.title;
  set.architectures = file.lists["architectures"];
  set.standInFor = file.lists["stand_in_for"];
  // A fit reads the names alone: it writes the values anew.
  for (auto &[key, figure] : file.figures) {
    if (!complete) {
      break;
    }
    std::optional<Parameter> id = findParameter(key);
    if (!id) {
      return file.makeError(figure.at, "unknown parameter '" + key + "'");
    }
    const ParameterInfo &info = parameterInfo(*id);
    if (figure.unit != info.unit) {
      return file.makeError(figure.at, "parameter '" + key + "' is in '" +
                                           figure.unit + "'; expects '" +
                                           info.unit + "'");
    }
    double value = figure.range.value;
    if (value < info.low * (1 - 1e-6) || value > info.high * (1 + 1e-6)) {
      return file.makeError(
          figure.at, "parameter '" + key + "' is out of its bounds; expects " +
                         formatv("{0} to {1}", format("%g", info.low),
                                 format("%g", info.high))
                             .str());
    }
    set.values.set(*id, value);
  }
  for (const ParameterInfo &info : allParameters()) {
    if (complete && !file.find(info.key)) {
      return file.makeError(file.nameAt, "parameter '" + info.key +
                                             "' is missing; 'acc-systems fit "
                                             "--write' writes all");
    }
  }
  set.file = std::move(file);
  return std::move(set);
}

Expected<ParameterSets> ParameterSets::load(bool complete) {
  Expected<std::vector<data::DataFile>> files =
      data::loadDataFiles("systems/model", "parameter", keys);
  if (!files) {
    return files.takeError();
  }
  ParameterSets result;
  for (data::DataFile &file : *files) {
    Expected<ParameterSet> set = readSet(std::move(file), complete);
    if (!set) {
      return set.takeError();
    }
    result.sets.push_back(std::move(*set));
  }
  if (none_of(result.sets,
              [](const ParameterSet &set) { return set.name == "pooled"; })) {
    return createStringError(inconvertibleErrorCode(),
                             data::dataPath("systems/model") +
                                 ": error: no pooled.yaml");
  }
  return std::move(result);
}

const ParameterSet &ParameterSets::pooled() const {
  return *find_if(sets,
                  [](const ParameterSet &set) { return set.name == "pooled"; });
}

const ParameterSet &ParameterSets::of(StringRef architecture) const {
  for (const ParameterSet &set : sets) {
    if (is_contained(set.architectures, architecture) ||
        is_contained(set.standInFor, architecture)) {
      return set;
    }
  }
  return pooled();
}

static void writeList(raw_ostream &os, StringRef key,
                      ArrayRef<std::string> items) {
  if (!items.empty()) {
    os << key << ": [" << join(items, ", ") << "]\n";
  }
}

std::string writeParameterSet(
    const ParameterSet &set, const FittedSet &fitted,
    const std::map<Parameter, std::pair<double, double>> &spread) {
  std::string text;
  raw_string_ostream os(text);
  os << "# Written by `acc-systems fit --write`; the meanings are in\n"
     << "# compiler-driver/Baselines/Parameters.def. low and high: over the "
        "folds "
        "of the\n# cross-validation.\n"
     << "name: " << set.name << "\ntitle: \"" << set.title << "\"\n";
  writeList(os, "architectures", set.architectures);
  writeList(os, "stand_in_for", set.standInFor);
  os << "figures:\n";
  for (const ParameterInfo &info : allParameters()) {
    auto rows = fitted.rows.find(info.id);
    unsigned count = rows == fitted.rows.end() ? 0 : rows->second;
    double value = fitted.values[info.id];
    double low = value, high = value;
    if (auto it = spread.find(info.id); it != spread.end()) {
      low = std::min(low, it->second.first);
      high = std::max(high, it->second.second);
    }
    os << "  " << info.key << ":\n"
       << format("    value: %.4g\n    low: %.4g\n    high: %.4g\n", value,
                 std::min(low, value * 0.9999), std::max(high, value * 1.0001))
       << "    unit: \"" << info.unit << "\"\n    source: \"";
    if (count > 0) {
      os << "fitted by acc-systems fit on " << count
         << " rows of targets/systems/measurements\"\n"
         << "    confidence: derived\n";
    } else if (set.name == "pooled" || !rows->second) {
      os << (set.name == "pooled" || rows == fitted.rows.end()
                 ? "prior of Parameters.def: no row determines it\"\n"
                 : "no rows of this generation: the pooled value\"\n")
         << "    confidence: estimate\n";
    }
  }
  return text;
}

} // namespace acc::systems
