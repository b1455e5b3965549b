//===- Prediction.cpp - Measured rows with predictions --------------------===//

#include "compiler-driver/Baselines/Prediction.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"

#include <cmath>

using namespace llvm;
using namespace acc::systems;

/// Six digits: more would pretend.
static double rounded(double value) {
  double result = value;
  to_float(formatv("{0}", format("%.6g", value)).str(), result);
  return result;
}

namespace {

class Report {
public:
  Report(const Calibration &calibration, const KernelModel &model)
      : calibration(calibration), model(model) {}

  json::Value write() {
    std::map<const Measurement *, const FitRow *> mapped;
    for (const FitRow &row : calibration.rows()) {
      mapped[row.row] = &row;
    }
    std::map<const Measurement *, StringRef> reasons;
    for (const UnmappedRow &row : calibration.unmapped()) {
      reasons[row.row] = row.reason;
    }
    json::Array entries;
    for (const Measurement &measurement : calibration.measurements()) {
      json::Object entry = measurement.row;
      if (const FitRow *row = mapped[&measurement]) {
        predict(*row, entry);
      } else {
        entry["unpredicted"] = reasons[&measurement];
        ++unpredicted;
      }
      entries.push_back(std::move(entry));
    }
    json::Object sources;
    for (auto &[id, source] : basis) {
      sources[id] = source;
    }
    return json::Object{
        {"schema", "acc-systems-prediction/1"},
        {"method", "compiler-driver/Baselines; docs/gpu-model.md"},
        {"entries", std::move(entries)},
        {"unpredicted", unpredicted},
        {"errors", json::Object{{"family", statistics(families)},
                                {"gpu", statistics(gpus)},
                                {"precision", statistics(precisions)},
                                {"all", statistics(all)}}},
        {"basis", std::move(sources)}};
  }

private:
  using Ratios = std::map<std::string, std::vector<double>>;

  const Calibration &calibration;
  const KernelModel &model;
  std::map<std::string, std::string> basis;
  int64_t unpredicted = 0;
  Ratios families, gpus, precisions, all;

  void predict(const FitRow &row, json::Object &entry) {
    const System &system = calibration.systemOf(row);
    const ParameterSet &set = model.parametersOf(system);
    double value = predictRow(row, set.values);
    if (!std::isfinite(value) || value <= 0) {
      entry["unpredicted"] = "its sizes are beyond what a double can hold";
      ++unpredicted;
      return;
    }
    ErrorBand band = model.errorOf(row.mapped.errorClass, system);
    // The band is that of what was measured over what was predicted.
    entry["prediction"] = rounded(value);
    entry["low"] = rounded(value * band.low);
    entry["high"] = rounded(value * band.high);
    entry["system"] = system.name();
    entry["error"] = band.meaning;
    json::Array ids;
    for (const Basis &used : basisOfRow(row, system, set)) {
      ids.push_back(used.id);
      basis[used.id] = used.source;
    }
    entry["basis"] = std::move(ids);
    entry["limit"] = resourceName(limitOf(row, set.values));
    if (row.row->value) {
      double ratio = value / *row.row->value;
      families[row.row->family].push_back(ratio);
      gpus[row.row->gpu].push_back(ratio);
      precisions[row.row->precision].push_back(ratio);
      all["all"].push_back(ratio);
    }
  }

  static Resource limitOf(const FitRow &row, const Parameters &parameters) {
    if (const auto *serving = std::get_if<Serving>(&row.mapped.work)) {
      StepCost step = servingStep(*serving, row.device, parameters);
      return step.host > step.decode.time ? Resource::Latency
                                          : step.decode.limit;
    }
    return costOf(std::get<Kernel>(row.mapped.work), row.device, parameters)
        .limit;
  }

  static std::vector<Basis> basisOfRow(const FitRow &row, const System &system,
                                       const ParameterSet &set) {
    if (const auto *kernel = std::get_if<Kernel>(&row.mapped.work)) {
      return basisOf(*kernel, system, set);
    }
    // A serving loop is all kinds of kernels.
    const Serving &serving = std::get<Serving>(row.mapped.work);
    std::vector<Basis> result = {
        {"models/" + serving.model.name, serving.model.source}};
    for (StringRef key : {"memory_bandwidth", "peak_bf16", "tdp"}) {
      if (const Figure *figure = system.find(key)) {
        result.push_back({system.name() + "/" + key.str(), figure->source});
      }
    }
    for (const ParameterInfo &info : allParameters()) {
      const Figure *figure = set.file.find(info.key);
      result.push_back({set.name + "/" + info.key.str(),
                        figure ? figure->source : "prior of Parameters.def"});
    }
    return result;
  }

  static json::Object statistics(const Ratios &ratios) {
    json::Object object;
    for (const auto &[name, values] : ratios) {
      ErrorStatistics summary = summarise(values);
      object[name] =
          json::Object{{"rows", summary.rows},
                       {"mean_absolute", rounded(summary.meanAbsolute)},
                       {"median_absolute", rounded(summary.median)},
                       {"bias", rounded(summary.bias)}};
    }
    return object;
  }
};

} // namespace

json::Value acc::systems::predictReport(const Calibration &calibration,
                                        const KernelModel &model) {
  return Report(calibration, model).write();
}
