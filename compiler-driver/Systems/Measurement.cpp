//===- Measurement.cpp - Rows of published measurements -------------------===//

#include "compiler-driver/Systems/Measurement.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>

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
      if (!number || !(*number >= 1) || !std::isfinite(*number)) {
        return makeError("entry '" + row.id +
                         "': 'gpus' must be a number of at least 1");
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
  ErrorOr<std::unique_ptr<MemoryBuffer>> file = MemoryBuffer::getFile(path);
  if (!file) {
    return createStringError(file.getError(),
                             path + ": error: " + file.getError().message());
  }
  return parseMeasurements((*file)->getBuffer(), path);
}

} // namespace acc::systems
