//===- Area.cpp - Area of a slice and its chip, by block ------------------===//

#include "compiler-driver/Energy/Area.h"

#include "dialects/Target/Machine.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

using namespace acc;
using namespace acc::report;
using namespace llvm;

static constexpr StringLiteral scalarKeys[] = {"chip", "slices", "method"};
static constexpr StringLiteral listKeys[] = {"machine", "missing"};
static constexpr StringLiteral perSlice = "mm2/slice";
static constexpr StringLiteral perChip = "mm2/chip";

data::DataFileKeys report::areaKeys() { return {scalarKeys, listKeys}; }

data::Range AreaReport::reticleLeft() const {
  return {reticleMm2.value - chipMm2.value, reticleMm2.value - chipMm2.high,
          reticleMm2.value - chipMm2.low};
}

std::string AreaReport::describeReticle() const {
  data::Range left = reticleLeft();
  const char *verdict = left.low >= 0    ? "fit a reticle of "
                        : left.high >= 0 ? "may fit a reticle of "
                                         : "do not fit a reticle of ";
  std::string text =
      formatv("{0} slices of {1} and their network take {2:F0} mm2 ({3:F0} "
              "to {4:F0}) and {5}{6:F0} mm2; {7:F0} mm2 ({8:F0} to {9:F0}) "
              "are left for HBM PHY, fabric and host ports.",
              slices, chip, chipMm2.value, chipMm2.low, chipMm2.high, verdict,
              reticleMm2.value, left.value, left.low, left.high);
  if (!missing.empty()) {
    text += " Not measured, and not counted: " + join(missing, ", ") + ".";
  }
  return text;
}

/// Whether the slice has all the sizes ("MxuRows=16") that were measured.
static bool isMeasured(ArrayRef<std::string> sizes, const Target &slice) {
  std::string text;
  raw_string_ostream os(text);
  writeMachineSV(Machine::alone(slice), os);
  return all_of(sizes, [&](StringRef size) {
    auto [name, value] = size.split('=');
    return StringRef(text).contains(" " + name.str() + " = " + value.str() +
                                    ";");
  });
}

Expected<std::optional<AreaReport>> report::areaOf(const data::DataFile &file,
                                                   const Target &slice) {
  AreaReport report;
  auto scalar = [&](StringRef key) {
    auto it = file.scalars.find(key.str());
    return it == file.scalars.end() ? StringRef() : StringRef(it->second);
  };
  report.chip = scalar("chip").str();
  report.method = scalar("method").str();
  auto sizes = file.lists.find("machine");
  if (scalar("slices").getAsInteger(10, report.slices) || report.slices == 0 ||
      report.chip.empty() || sizes == file.lists.end()) {
    return file.makeError(file.nameAt,
                          "expects 'chip', its number of 'slices' (at least "
                          "1), and 'machine', the sizes of a slice");
  }
  if (auto missing = file.lists.find("missing"); missing != file.lists.end()) {
    report.missing = missing->second;
  }
  if (!isMeasured(sizes->second, slice)) {
    return std::nullopt;
  }
  Expected<const data::Figure *> reticle = file.get("reticle", "mm2");
  if (!reticle) {
    return reticle.takeError();
  }
  report.reticleMm2 = (*reticle)->range;
  for (const auto &[name, figure] : file.figures) {
    if (name == "reticle") {
      continue;
    }
    if (figure.unit != perSlice && figure.unit != perChip) {
      return file.makeError(figure.at, "block '" + name + "' is in '" +
                                           figure.unit + "'; expects '" +
                                           perSlice + "' or '" + perChip + "'");
    }
    bool ofChip = figure.unit == perChip;
    report.blocks.push_back({name, figure.range, ofChip, figure.note});
    (ofChip ? report.chipMm2 : report.sliceMm2) += figure.range;
  }
  report.chipMm2 += report.sliceMm2 * double(report.slices);
  stable_sort(report.blocks, [](const AreaBlock &a, const AreaBlock &b) {
    return std::pair(a.ofChip, -a.mm2.value) <
           std::pair(b.ofChip, -b.mm2.value);
  });
  return report;
}

Expected<std::optional<AreaReport>> report::loadArea(const Target &slice) {
  if (!is_contained(data::listDataFiles("area"), slice.name)) {
    return std::nullopt;
  }
  Expected<data::DataFile> file =
      data::loadDataFile("area", slice.name, "area", areaKeys());
  if (!file) {
    return file.takeError();
  }
  return areaOf(*file, slice);
}
