//===- Rows.cpp -----------------------------------------------------------===//

#include "compiler-driver/Tools/acc-systems/Rows.h"

#include "compiler-driver/Baselines/Measurement.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>

using namespace llvm;
using namespace acc::systems;

/// Seconds of a unit of time, 0 for other units.
static double secondsOf(StringRef unit) {
  return StringSwitch<double>(unit)
      .Case("s", 1)
      .Case("ms", 1e-3)
      .Case("us", 1e-6)
      .Case("ns", 1e-9)
      .Default(0);
}

/// The number under a key, if there is one; false if it is none to plot.
static bool readPositive(const json::Object &entry, StringRef key,
                         std::optional<double> &to) {
  const json::Value *value = entry.get(key);
  if (!value || value->kind() == json::Value::Null) {
    return true;
  }
  to = value->getAsNumber();
  return to && std::isfinite(*to) && *to > 0;
}

Expected<PredictedRows> acc::systems::parsePredictedRows(StringRef text,
                                                         StringRef path) {
  auto makeError = [&](const Twine &message) {
    return createStringError(inconvertibleErrorCode(), path + ": " + message);
  };
  Expected<json::Value> root = json::parse(text);
  if (!root) {
    return makeError(toString(root.takeError()));
  }
  const json::Object *object = root->getAsObject();
  const json::Array *entries = object ? object->getArray("entries") : nullptr;
  if (!entries) {
    return makeError("has no 'entries'; expects what 'acc-systems predict "
                     "ROWS.json --report=OUT.json' writes");
  }
  PredictedRows result;
  for (auto [i, item] : enumerate(*entries)) {
    const json::Object *entry = item.getAsObject();
    if (!entry) {
      return makeError("entry " + Twine(i) + " is no object");
    }
    PredictedRow row;
    std::optional<double> value, prediction;
    for (auto [key, to] :
         {std::pair<StringRef, std::string *>{"family", &row.family},
          {"gpu", &row.gpu},
          {"precision", &row.precision},
          {"unit", &row.unit}}) {
      std::optional<StringRef> string = entry->getString(key);
      if (!string) {
        return makeError("entry " + Twine(i) + " has no '" + key +
                         "'; expects a string");
      }
      *to = string->str();
    }
    for (auto [key, to] :
         {std::pair<StringRef, std::optional<double> *>{"value", &value},
          {"prediction", &prediction}}) {
      if (!readPositive(*entry, key, *to)) {
        return makeError("entry " + Twine(i) + ": '" + key +
                         "' is no number above 0");
      }
    }
    result.withoutPrediction += !prediction;
    result.withoutValue += prediction && !value;
    if (!value || !prediction) {
      continue;
    }
    row.id = entry->getString("id").value_or("").str();
    row.limit = entry->getString("limit").value_or("").str();
    if (const json::Object *workload = entry->getObject("workload")) {
      row.workload = describeWorkload(*workload);
    }
    double scale = secondsOf(row.unit);
    if (scale != 0) {
      row.unit = "s";
    }
    row.measured = *value * (scale != 0 ? scale : 1);
    row.predicted = *prediction * (scale != 0 ? scale : 1);
    result.rows.push_back(std::move(row));
  }
  if (result.rows.empty()) {
    return makeError("no entry has both a value and a prediction; expects what "
                     "'acc-systems predict ROWS.json --report=OUT.json' "
                     "writes");
  }
  return std::move(result);
}

ErrorSummary acc::systems::summarize(ArrayRef<const PredictedRow *> rows) {
  ErrorSummary summary;
  summary.rows = rows.size();
  if (rows.empty()) {
    return summary;
  }
  std::vector<double> errors;
  double logs = 0;
  for (const PredictedRow *row : rows) {
    double error = std::fabs(row->relativeError());
    errors.push_back(error);
    summary.meanAbsolute += error / double(rows.size());
    summary.within20 += (error < 0.2) / double(rows.size());
    double log = std::log(row->predicted / row->measured);
    logs += log / double(rows.size());
    if (!summary.worst ||
        std::fabs(log) > std::fabs(std::log(summary.worst->predicted /
                                            summary.worst->measured))) {
      summary.worst = row;
    }
  }
  summary.bias = std::exp(logs);
  llvm::sort(errors);
  size_t middle = errors.size() / 2;
  summary.medianAbsolute = errors.size() % 2
                               ? errors[middle]
                               : (errors[middle - 1] + errors[middle]) / 2;
  return summary;
}
