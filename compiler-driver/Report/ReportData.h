//===- ReportData.h - Everything that a report says -------------*- C++ -*-===//
//
// Built once from a program and its runs; the writers only print it. Every
// figure that is not a direct count names its origin.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_REPORT_REPORTDATA_H
#define COMPILER_DRIVER_REPORT_REPORTDATA_H

#include "compiler-driver/Energy/Area.h"
#include "compiler-driver/Energy/Energy.h"
#include "compiler-driver/Report/Comparison.h"
#include "compiler-driver/Report/HostFallback.h"
#include "compiler-driver/Report/Layers.h"

namespace acc::report {

/// One model's run of the program.
struct RunInfo {
  std::string model;
  uint64_t cycles = 0;
  double wallSeconds = 0;
  uint64_t events = 0; ///< 0: the model does not count them
};

/// One run of the program after the other, HBM keeping its contents.
struct StepInfo {
  uint64_t cycles = 0;
  /// Outputs of a single integer: the tokens that a model makes.
  std::vector<std::pair<std::string, int64_t>> numbers;
};

struct Utilization {
  double mxu = 0; ///< products over the peak
  double vpu = 0; ///< micro-operations over the peak
  double hbm = 0; ///< payload over the peak bandwidth
  double fabric = 0;
  double roofline = 0;                   ///< least possible time over time
  std::array<double, numEngines> busy{}; ///< busy cycles over cycles
};

/// The slices of a chip, or of the chips of a rack, that ran a program
/// together. Events, energy and mean utilisation are of all; cycles, counters,
/// layers' times and the timeline of one of them.
struct ChipRun {
  std::string name; ///< of the chip or rack
  size_t slice = 0; ///< that times are of: the last one to end
  size_t slices = 1;
  uint32_t chips = 1;
  uint64_t leastCycles = 0, mostCycles = 0; ///< of a slice
  uint64_t networkBytes = 0; ///< on the network between slices, of all of them
  std::optional<RackTraffic> traffic; ///< between chips, if they are several
  /// The counters of the slices of each chip, added up; CYCLES of the last one.
  std::vector<Counters> countersOfChips;

  /// "slice 3", or "chip 1 slice 3".
  std::string sliceName() const { return describeSlice(slice, slices, chips); }
};

struct ReportData {
  std::string inputFile;
  std::vector<::xpu::ObjectTensor> inputs;
  std::vector<std::string>
      boundInputs; ///< whose values the program is made for
  std::vector<::xpu::ObjectTensor> outputs;
  Target target;
  std::string precision; ///< as asked for
  std::optional<ChipRun> chip;
  std::string fidelity; ///< model whose run the figures are from
  uint64_t cycles = 0;
  double seconds = 0; ///< of the machine's cycles and of the host
  Counters counters{};
  Activity activity;
  HbmStatistics hbm;
  bool hasHbmStatistics = false;
  Peaks peaks; ///< of all slices
  Utilization utilization;
  LayerTable table;
  std::vector<Joules> layerEnergy; ///< board, of each layer's elapsed cycles
  Range areaMm2;                   ///< of the slice, or of a chip's
  std::optional<AreaReport> area;  ///< by block, where it has been measured
  std::string energyFile;          ///< name and title of the constants
  EnergyReport energy;
  std::vector<Comparison> comparison;
  std::vector<std::string> workloadNotes; ///< on the kernels of the comparison
  std::vector<RunInfo> runs;
  std::vector<StepInfo> steps; ///< at least one
  std::vector<HostOp> hostFallback;
  std::vector<Origin> origins;
  SimOutput run; ///< commands, for timelines

  /// Format of the products that were executed; as asked for if there are none.
  llvm::StringRef productFormat() const {
    return activity.macs ? activity.matrixFormat() : llvm::StringRef(precision);
  }

  /// Whose events and energy these are: "xpu-tiny", "xpu-tiny-4".
  llvm::StringRef machineName() const;
  double sliceCount() const { return chip ? double(chip->slices) : 1; }
  double slicesPerChip() const {
    return chip ? double(chip->slices) / chip->chips : 1;
  }

  /// Text of an origin.
  llvm::StringRef origin(llvm::StringRef id) const;
};

struct ReportInput {
  /// Steps that the runs consist of.
  std::vector<StepInfo> steps = {StepInfo()};
  std::string inputFile;
  std::string precision = "fp32";
  std::optional<ChipRun> chip;
  /// The runs of all its slices.
  llvm::ArrayRef<SimOutput> slices;
  std::string energy = "n3"; ///< name or file of the constants
  std::vector<SystemRequest> systems;
  /// What the systems are asked to do; needed if there are any.
  const systems::Workload *workload = nullptr;
  /// Least cycles of products over all mappings, by layer; of one step.
  std::map<std::string, uint64_t> bounds;
};

/// `runs` are of the same program and have been found to agree; the last timed
/// one is reported.
llvm::Expected<ReportData> buildReport(const ReportInput &input,
                                       const Target &target,
                                       const ::xpu::Object &object,
                                       llvm::ArrayRef<const SimOutput *> runs);

} // namespace acc::report

#endif // COMPILER_DRIVER_REPORT_REPORTDATA_H
