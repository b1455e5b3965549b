//===- ReportData.cpp - Everything that a report says ---------------------===//

#include "compiler-driver/Report/ReportData.h"

#include <algorithm>

using namespace llvm;
using namespace acc;
using namespace acc::report;
using isa::Counter;

StringRef ReportData::machineName() const {
  return chip ? chip->name : target.name;
}

StringRef ReportData::origin(StringRef id) const {
  for (const Origin &origin : origins) {
    if (origin.id == id) {
      return origin.text;
    }
  }
  return "";
}

static void addMethods(ReportData &data) {
  auto add = [&](const char *id, const Twine &text) {
    data.origins.push_back({id, text.str()});
  };
  add("count.counters", "Direct counts: the event counters of the " +
                            Twine(data.fidelity) +
                            " run (docs/machine.md, section 6).");
  add("method.time", "Cycles / clock_hz of the target, plus the time of the "
                     "host (method.host) if it takes part.");
  if (!data.hostFallback.empty()) {
    add("method.host",
        "Estimate: two latencies, bytes of inputs and results at the link's "
        "rate, scalar operations at the host's rate, one after the other; the "
        "host's power over that time (rates: host of the target).");
  }
  add("method.useful_mac",
      "Products of the model: a product of split operands (fp32 as three bf16 "
      "terms) counts once, at its leading terms, and columns that the array "
      "computes between rows of a convolution's do not; mac_executed counts "
      "all.");
  add("method.flop",
      "2 a useful MAC, and of the vector unit FMA 2, other fp32 arithmetic and "
      "special functions 1; comparisons, conversions, moves, integers and the "
      "final reduction tree 0.");
  add("method.utilization",
      "mxu, vpu: products (those of small formats by how many take the place "
      "of one of bf16) and micro-operations counted / (cycles x those of a "
      "cycle at peak). hbm: payload / (peak bandwidth without refresh x time "
      "until the last byte is written). Of several slices, their mean over the "
      "time of the last one. engine_busy: busy cycles / cycles.");
  add("method.roofline",
      "Least time at the machine's peaks over the time taken, until the last "
      "byte is written: the longest of products, micro-operations and the "
      "distinct bytes of all layers. Of a layer, bytes that may wait in the "
      "memory's write queues when it ends do not count.");
  add("method.layers",
      "Commands by the node that they come from; a '+' joins fused nodes. "
      "cycles: union of the busy intervals. elapsed: its part of the run, a "
      "cycle in which several layers are busy being divided equally. Of "
      "several slices, times are of the last one, events and energy of all.");
  add("method.bound",
      "By the engine with most busy cycles and what it spends most of them on "
      "(mostly): products, array not filled, bank conflicts, weight load, "
      "accumulator store, micro-operations and scratchpad ports are compute; "
      "HBM at its peak is hbm; setup and drain, and DMA above what HBM needs, "
      "are latency. So is a layer in which that engine is busy less than half "
      "of the cycles.");
  add("method.least",
      "Of products: cycles that no mapping to this machine can beat, whatever "
      "its tiles, order, stationary operand and layouts. The longest of the "
      "matrix unit with its fill and drain (either operand as weights; a tile "
      "loads again for as many rows as there are accumulators), operands and "
      "result once at HBM's peak between its refreshes, the transfers that the "
      "memory on the chip makes necessary (2 MNK / sqrt(S) - 2 S elements: "
      "Smith et al., arXiv 1702.02017), and the port of the accumulators.");
  add("method.footprint",
      data.table.hasFootprint
          ? "Distinct HBM bytes that a layer reads, plus those that it writes, "
            "each once, in the types that they have in HBM; bytes through "
            "index lists count in full. Of several slices, as many times those "
            "of the last one."
          : "HBM payload of the layer (addresses depend on data, so distinct "
            "bytes are not known): an upper bound.");
  add("method.energy",
      "Events x a constant each + static power x time; total is the board's "
      "(package and voltage regulation), which is what a module's TDP limits. "
      "low and high take all constants low together and high together: a "
      "bound, not a confidence interval. Idle lanes are not in it, nor is the "
      "host but for what it computes (method.host).");
  add("method.wall", "board / PSU efficiency / (1 - cooling fraction) x PUE.");
  add("method.area",
      "MACs, lanes and register files x area each, other logic in proportion, "
      "memories x mm2/MB; without HBM PHY. Blocks that were synthesised are "
      "apart (area).");
  add("method.throughput", "latency_s is the mean time of one run of the "
                           "program (a step); runs_per_s its inverse. Tokens "
                           "are not known without --workload.");
  add("simulator", "Wall time and events of the simulation on this computer.");
}

static Expected<EnergyModel> addEnergy(ReportData &data, StringRef name) {
  Expected<DataFile> file = data::loadDataFile("energy", name, "energy model");
  if (!file) {
    return file.takeError();
  }
  Expected<EnergyModel> model =
      EnergyModel::create(std::move(*file), data.target);
  if (!model) {
    return model.takeError();
  }
  data.energyFile = model->constants().name + ": " + model->constants().title;
  double hostJoules = 0;
  for (const HostOp &op : data.hostFallback) {
    hostJoules += op.joules;
  }
  Extent extent;
  extent.seconds = data.seconds;
  extent.slices = data.sliceCount();
  extent.slicesPerChip = data.slicesPerChip();
  extent.networkBytes = data.chip ? double(data.chip->networkBytes) : 0;
  extent.hostJoules = hostJoules;
  data.energy = model->estimate(data.activity, extent);
  data.areaMm2 = model->areaMm2() * data.slicesPerChip();
  double allBytes = std::max<double>(1, double(data.activity.hbmBytes()));
  for (const Layer &layer : data.table.layers) {
    // Bursts and activates are known for the run only.
    Activity activity = layer.activity;
    double share = double(activity.hbmBytes()) / allBytes;
    activity.hbmBurstBytes = uint64_t(share * data.activity.hbmBurstBytes);
    activity.hbmActivates = uint64_t(share * data.activity.hbmActivates);
    Extent extent;
    extent.seconds = layer.elapsedCycles / data.target.clockHz;
    extent.slices = data.sliceCount();
    data.layerEnergy.push_back(model->estimate(activity, extent).board);
  }
  auto addConstant = [&](StringRef key) {
    addOrigin(data.origins, ("energy." + key).str(),
              describeFigure(*model->constants().find(key)));
  };
  for (const EnergyPart &part : data.energy.parts) {
    for (const std::string &key : part.constants) {
      addConstant(key);
    }
  }
  for (const char *key : {"psu.efficiency", "cooling.fraction", "pue"}) {
    addConstant(key);
  }
  return model;
}

static Error addComparison(ReportData &data, const ReportInput &input,
                           const EnergyModel &energy) {
  if (input.systems.empty()) {
    return Error::success();
  }
  if (!input.workload) {
    return createStringError(inconvertibleErrorCode(),
                             "a comparison expects the graph's kernels");
  }
  Expected<Comparer> comparer = Comparer::create();
  if (!comparer) {
    return comparer.takeError();
  }
  for (const SystemRequest &request : input.systems) {
    Expected<Comparison> comparison =
        comparer->compare(*input.workload, request, data.origins);
    if (!comparison) {
      return comparison.takeError();
    }
    comparison->wall = energy.atWall(comparison->joules);
    if (none_of(data.comparison,
                [&](const Comparison &c) { return c.id == comparison->id; })) {
      data.comparison.push_back(std::move(*comparison));
    }
  }
  data.workloadNotes = input.workload->notes;
  addOrigin(
      data.origins, "method.comparison",
      "The graph's operators as a framework that compiles graphs launches "
      "them: one kernel for a product with its bias and activation, one for an "
      "attention, one for elementwise operations, norms and copies between "
      "them; priced one after the other on each device by the kernel model "
      "(docs/gpu-model.md), from a queue that is never empty. Several devices "
      "divide products and heads (tensor parallelism) within their scale-up "
      "domain, and their collectives are among the kernels. low and high: all "
      "kernels at that end of the range that held 80 % of measured rows of "
      "their class. energy: packages of all devices. wall: by the same power "
      "supply, cooling and PUE as the target. The target's figures are of " +
          std::string(data.chip ? "all slices, which executed the program "
                                  "together."
                                : "one slice, which executed the whole "
                                  "program."));
  return Error::success();
}

static void addUtilization(ReportData &data) {
  double cycles = double(std::max<uint64_t>(1, data.cycles));
  const Activity &a = data.activity;
  Utilization &u = data.utilization;
  u.mxu = a.macSlots() / (cycles * data.peaks.macsPerCycle);
  u.vpu = double(a.vectorOps()) / (cycles * data.peaks.vectorOpsPerCycle);
  // What waits in the memory's queues at the end is written after it.
  double memoryCycles = std::max(cycles, double(data.hbm.written));
  u.hbm = double(a.hbmBytes()) / (memoryCycles * data.peaks.hbmBytesPerCycle);
  double distinct = 0;
  for (const Layer &layer : data.table.layers) {
    distinct +=
        double(layer.footprint.readBytes) + double(layer.footprint.writeBytes);
  }
  u.roofline = std::max(
      {u.mxu, u.vpu, distinct / (memoryCycles * data.peaks.hbmBytesPerCycle)});
  for (unsigned e = 0; e < numEngines; ++e) {
    u.busy[e] = double(at(data.counters, busyOf(e))) / cycles;
  }
}

/// Makes events, peaks and footprints those of all slices.
static void addOtherSlices(ReportData &data, const ::xpu::Object &object,
                           ArrayRef<SimOutput> slices) {
  if (!data.chip) {
    return;
  }
  for (auto [i, slice] : enumerate(slices)) {
    // The slice whose times are reported is in already.
    if (i != data.chip->slice) {
      data.activity += activityOfRun(data.target, object, slice);
      addActivity(data.table, data.target, object, slice);
    }
  }
  data.peaks.macsPerCycle *= data.sliceCount();
  data.peaks.vectorOpsPerCycle *= data.sliceCount();
  data.peaks.hbmBytesPerCycle *= data.sliceCount();
  for (Layer &layer : data.table.layers) {
    layer.footprint.readBytes *= data.chip->slices;
    layer.footprint.writeBytes *= data.chip->slices;
  }
}

Expected<ReportData> report::buildReport(const ReportInput &input,
                                         const Target &target,
                                         const ::xpu::Object &object,
                                         ArrayRef<const SimOutput *> runs) {
  const SimOutput *timed = nullptr;
  ReportData data;
  for (const SimOutput *run : runs) {
    data.runs.push_back(
        {run->model, run->cycles, run->wallSeconds, run->events});
    if (run->cycles != 0) {
      timed = run;
    }
    // The runs agree, so the statistics of one hold for all.
    if (run->hbmStatistics.reads + run->hbmStatistics.writes != 0) {
      data.hbm = run->hbmStatistics;
      data.hasHbmStatistics = true;
    }
  }
  if (!timed) {
    return createStringError(
        inconvertibleErrorCode(),
        "no run has time; a report expects --run=systemc or --run=rtl");
  }
  data.inputFile = input.inputFile;
  data.steps = input.steps;
  data.inputs = object.inputs;
  for (const ::xpu::ObjectTensor &tensor : object.inputs) {
    if (tensor.requiredValues) {
      data.boundInputs.push_back(tensor.name);
    }
  }
  data.outputs = object.outputs;
  data.target = target;
  data.chip = input.chip;
  data.precision = input.precision;
  data.fidelity = timed->model;
  data.cycles = timed->cycles;
  data.seconds = double(timed->cycles) / target.clockHz;
  data.hostFallback = priceHostCalls(object, target, data.steps.size());
  for (const HostOp &op : data.hostFallback) {
    data.seconds += op.seconds;
  }
  data.counters = timed->counters;
  data.run.model = timed->model;
  data.run.cycles = timed->cycles;
  data.run.counters = timed->counters;
  data.run.commands = timed->commands;
  data.run.hbmStatistics = data.hbm;
  data.peaks = peaksOf(target);
  data.activity = activityOfRun(target, object, data.run);
  data.table = buildLayers(target, object, data.run, data.steps.size());
  for (Layer &layer : data.table.layers) {
    if (auto bound = input.bounds.find(layer.name);
        bound != input.bounds.end()) {
      layer.boundCycles = bound->second * data.steps.size();
    }
  }
  addOtherSlices(data, object, input.slices);
  addUtilization(data);
  addMethods(data);
  Expected<EnergyModel> energy = addEnergy(data, input.energy);
  if (!energy) {
    return energy.takeError();
  }
  if (Error error = addComparison(data, input, *energy)) {
    return std::move(error);
  }
  Expected<std::optional<AreaReport>> area = loadArea(target);
  if (!area) {
    return area.takeError();
  }
  data.area = std::move(*area);
  if (data.area) {
    addOrigin(data.origins, "method.area_by_block", data.area->method);
  }
  for (auto &[group, source] : target.sources) {
    data.origins.push_back({"target." + group, source});
  }
  return std::move(data);
}
