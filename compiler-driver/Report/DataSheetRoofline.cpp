//===- DataSheetRoofline.cpp - Systems from their data sheets -------------===//

#include "compiler-driver/Report/SystemModel.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>

using namespace llvm;
using namespace acc::report;

namespace {

class DataSheetRoofline : public SystemModel {
public:
  Expected<SystemEstimate> estimate(ArrayRef<Kernel> kernels,
                                    const DataFile &system) const override;
  std::string describe() const override {
    return "Data-sheet roofline, not measured: a kernel takes the longest of "
           "its matrix work, its vector work (fp32 peak; added to fp32 matrix "
           "work, which uses the same units) and its distinct bytes, each at "
           "the dense peak of the data sheet. No launch, no synchronisation, "
           "no "
           "cache: a lower bound of the time. Energy is TDP x that time.";
  }
};

} // namespace

Expected<SystemEstimate>
DataSheetRoofline::estimate(ArrayRef<Kernel> kernels,
                            const DataFile &system) const {
  auto bandwidth = system.get("memory_bandwidth", "B/s");
  if (!bandwidth) {
    return bandwidth.takeError();
  }
  auto power = system.get("tdp", "W");
  if (!power) {
    return power.takeError();
  }
  auto fp32 = system.get("peak_fp32", "FLOP/s");
  if (!fp32) {
    return fp32.takeError();
  }
  SystemEstimate result;
  result.limit = "memory_bandwidth";
  std::map<std::string, double> secondsBy;
  auto addFigure = [&](const std::string &key) {
    if (!is_contained(result.figures, key)) {
      result.figures.push_back(key);
    }
  };
  for (const Kernel &kernel : kernels) {
    std::string key = "peak_" + kernel.format;
    auto peak = system.get(key, "FLOP/s");
    if (!peak) {
      return peak.takeError();
    }
    double matrix = 2 * kernel.macs / (*peak)->range.value;
    double vector = kernel.vectorFlop / (*fp32)->range.value;
    double memory = kernel.bytes / (*bandwidth)->range.value;
    if (*peak == *fp32) {
      vector += matrix;
      matrix = 0;
    }
    double seconds = std::max({matrix, vector, memory});
    secondsBy[seconds == memory   ? "memory_bandwidth"
              : seconds == matrix ? key
                                  : "peak_fp32"] += seconds;
    result.seconds += seconds;
    addFigure(key);
    if (key == "peak_bf16") {
      if (const Figure *measured = system.find("measured_over_peak_bf16")) {
        result.error.measuredOverPeak = measured->range.value;
        addFigure("measured_over_peak_bf16");
      }
    }
  }
  for (const char *key : {"peak_fp32", "memory_bandwidth", "tdp"}) {
    addFigure(key);
  }
  double most = -1;
  for (auto &[key, seconds] : secondsBy) {
    if (seconds > most) {
      most = seconds;
      result.limit = key;
    }
  }
  result.joules = (*power)->range * result.seconds;
  result.error.kind = "data-sheet roofline";
  result.error.meaning =
      "not measured; the time is a lower bound, the power that of a full load";
  return result;
}

std::unique_ptr<SystemModel> acc::report::makeSystemModel() {
  return std::make_unique<DataSheetRoofline>();
}

Expected<DataFile> acc::report::loadSystem(StringRef nameOrPath) {
  return loadDataFile("systems", nameOrPath, "system");
}

std::vector<std::string> acc::report::listSystems() {
  return listDataFiles("systems");
}
