//===- Measurement.cpp - Rows of published measurements -------------------===//

#include "compiler-driver/Baselines/Measurement.h"

#include "compiler-driver/Data/JsonFile.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>
#include <map>

using namespace llvm;

namespace acc::systems {

std::optional<double> Measurement::number(StringRef key) const {
  return workload.getNumber(key);
}

StringRef Measurement::text(StringRef key) const {
  return workload.getString(key).value_or("");
}

std::string Measurement::workloadKey() const {
  // An object prints its keys in order.
  std::string key;
  raw_string_ostream stream(key);
  stream << family << ' ' << json::Value(json::Object(workload)) << ' ' << gpus;
  return key;
}

namespace {

class Reader {
public:
  Reader(StringRef path) : path(path) {}

  Expected<std::vector<Measurement>> read(const json::Value &file) {
    const json::Array *entries = file.getAsArray();
    if (const json::Object *object = file.getAsObject()) {
      entries = object->getArray("entries");
      if (!entries) {
        return makeError("no 'entries'; expects a list of measurements");
      }
    }
    if (!entries) {
      return makeError("expects an object with 'entries', or a list");
    }
    std::vector<Measurement> rows;
    for (auto [index, value] : enumerate(*entries)) {
      Measurement row;
      if (Error error = readRow(value, index, row)) {
        return std::move(error);
      }
      rows.push_back(std::move(row));
    }
    return std::move(rows);
  }

  Error makeError(const Twine &message) const {
    return createStringError(inconvertibleErrorCode(),
                             path + ": error: " + message);
  }

private:
  StringRef path;

  Error readRow(const json::Value &value, size_t index, Measurement &row) {
    const json::Object *object = value.getAsObject();
    if (!object) {
      return makeError("entry " + Twine(index) + " is not an object");
    }
    row.row = *object;
    row.id = object->getString("id").value_or("").str();
    if (row.id.empty()) {
      row.id = "entry-" + utostr(index);
    }
    struct {
      StringRef key;
      std::string &to;
    } needed[] = {{"family", row.family},
                  {"gpu", row.gpu},
                  {"metric", row.metric},
                  {"unit", row.unit}};
    for (auto &[key, to] : needed) {
      std::optional<StringRef> found = object->getString(key);
      if (!found || found->empty()) {
        return makeError("entry '" + row.id + "' has no '" + key +
                         "'; expects a text");
      }
      to = found->str();
    }
    row.precision = object->getString("precision").value_or("").str();
    row.source = object->getString("source").value_or("").str();
    const json::Object *workload = object->getObject("workload");
    if (!workload) {
      return makeError("entry '" + row.id +
                       "' has no 'workload'; expects an object");
    }
    row.workload = *workload;
    if (const json::Value *gpus = object->get("gpus")) {
      std::optional<double> number = gpus->getAsNumber();
      if (!number || !(*number >= 1 && *number <= 1e6)) {
        return makeError("entry '" + row.id +
                         "': 'gpus' must be a number from 1 to 1e6");
      }
      row.gpus = *number;
    }
    if (const json::Value *measured = object->get("value")) {
      row.value = measured->getAsNumber();
      if (measured->kind() != json::Value::Null &&
          (!row.value || !(*row.value > 0) || !std::isfinite(*row.value))) {
        return makeError("entry '" + row.id +
                         "': 'value' must be a positive number");
      }
    }
    return Error::success();
  }
};

} // namespace

Expected<std::vector<Measurement>> parseMeasurements(StringRef text,
                                                     StringRef path) {
  Expected<json::Value> file = json::parse(text);
  Reader reader(path);
  if (!file) {
    return reader.makeError("not JSON: " + toString(file.takeError()));
  }
  return reader.read(*file);
}

Expected<std::vector<Measurement>> loadMeasurements(StringRef path) {
  Expected<json::Value> file = data::loadJson(path);
  if (!file) {
    return file.takeError();
  }
  return Reader(path).read(*file);
}

Expected<std::vector<Measurement>>
loadMeasurementFiles(ArrayRef<std::string> paths) {
  std::vector<Measurement> rows;
  for (const std::string &path : paths) {
    Expected<std::vector<Measurement>> more = loadMeasurements(path);
    if (!more) {
      return more.takeError();
    }
    std::move(more->begin(), more->end(), std::back_inserter(rows));
  }
  return std::move(rows);
}

std::string describeWorkload(const json::Object &workload) {
  std::map<StringRef, const json::Value *> sizes;
  for (const auto &[key, value] : workload) {
    sizes[key] = &value;
  }
  std::string text;
  raw_string_ostream os(text);
  for (auto [key, value] : sizes) {
    os << (text.empty() ? "" : ", ") << key << " ";
    if (auto string = value->getAsString()) {
      os << *string;
    } else {
      os << *value;
    }
  }
  return text;
}

} // namespace acc::systems
