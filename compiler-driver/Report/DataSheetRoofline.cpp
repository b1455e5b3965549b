//===- DataSheetRoofline.cpp - Systems from their data sheets -------------===//

#include "compiler-driver/Report/SystemModel.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>

using namespace llvm;
using namespace acc;
using namespace acc::report;
using data::Figure;
using systems::Bytes;
using systems::Operations;
using systems::Precision;
using systems::Seconds;

namespace {

using Peak = systems::Sourced<systems::OperationsPerSecond>;

class DataSheetRoofline : public SystemModel {
public:
  Expected<SystemEstimate> estimate(ArrayRef<Kernel> kernels,
                                    const System &system) const override;
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
                            const System &system) const {
  SystemEstimate result;
  result.limit = "memory_bandwidth";
  std::map<std::string, double> secondsBy;
  auto addFigure = [&](const Figure &figure) {
    if (!is_contained(result.figures, figure.id)) {
      result.figures.push_back(figure.id);
    }
  };
  auto getPeak = [&](StringRef format) -> Expected<Peak> {
    std::optional<Precision> precision = systems::parsePrecision(format);
    Peak peak = precision ? system.peak(*precision) : Peak();
    if (!peak) {
      return createStringError(inconvertibleErrorCode(),
                               system.path() + ": error: figure 'peak_" +
                                   format + "' is missing");
    }
    addFigure(peak.figure());
    return peak;
  };
  Expected<Peak> fp32 = getPeak("fp32");
  if (!fp32) {
    return fp32.takeError();
  }
  for (const Kernel &kernel : kernels) {
    Expected<Peak> peak = getPeak(kernel.format);
    if (!peak) {
      return peak.takeError();
    }
    Seconds matrix = Operations(2 * kernel.macs) / **peak;
    Seconds vector = Operations(kernel.vectorFlop) / **fp32;
    Seconds memory = Bytes(kernel.bytes) / *system.memoryBandwidth();
    const std::string &key = peak->figure().id;
    if (key == fp32->figure().id) {
      vector += matrix;
      matrix = Seconds();
    }
    Seconds seconds = std::max({matrix, vector, memory});
    secondsBy[seconds == memory   ? "memory_bandwidth"
              : seconds == matrix ? key
                                  : fp32->figure().id] += seconds.value();
    result.seconds += seconds.value();
    if (key == "peak_bf16") {
      if (auto measured = system.measuredBf16()) {
        result.error.measuredOverPeak = *measured;
        addFigure(measured.figure());
      }
    }
  }
  addFigure(system.memoryBandwidth().figure());
  addFigure(system.tdp().figure());
  double most = -1;
  for (auto &[key, seconds] : secondsBy) {
    if (seconds > most) {
      most = seconds;
      result.limit = key;
    }
  }
  double joules = (*system.tdp() * Seconds(result.seconds)).value();
  result.joules = {joules, joules, joules};
  result.error.kind = "data-sheet roofline";
  result.error.meaning =
      "not measured; the time is a lower bound, the power that of a full load";
  return result;
}

std::unique_ptr<SystemModel> acc::report::makeSystemModel() {
  return std::make_unique<DataSheetRoofline>();
}
