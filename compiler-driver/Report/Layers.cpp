//===- Layers.cpp - Where the time went, by node of the model -------------===//

#include "compiler-driver/Report/Layers.h"

#include "systemc-models/Timing/Timing.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"

#include <algorithm>
#include <numeric>
#include <tuple>

using namespace acc;
using namespace acc::report;
using Interval = std::pair<uint64_t, uint64_t>;

llvm::StringRef report::getName(Bound bound) {
  switch (bound) {
  case Bound::Compute:
    return "compute";
  case Bound::Hbm:
    return "hbm";
  case Bound::Fabric:
    return "fabric";
  case Bound::Latency:
    return "latency";
  }
  return "";
}

/// Sorts and joins intervals that overlap or touch.
static void mergeIntervals(std::vector<Interval> &intervals) {
  std::sort(intervals.begin(), intervals.end());
  size_t out = 0;
  for (size_t i = 1; i < intervals.size(); ++i) {
    if (intervals[i].first <= intervals[out].second + 1) {
      intervals[out].second =
          std::max(intervals[out].second, intervals[i].second);
    } else {
      intervals[++out] = intervals[i];
    }
  }
  intervals.resize(intervals.empty() ? 0 : out + 1);
}

static uint64_t sumCycles(const std::vector<Interval> &merged) {
  uint64_t sum = 0;
  for (auto [start, end] : merged) {
    sum += end - start + 1;
  }
  return sum;
}

uint64_t report::unionCycles(std::vector<Interval> intervals) {
  mergeIntervals(intervals);
  return sumCycles(intervals);
}

Peaks report::peaksOf(const Target &target) {
  Peaks peaks;
  peaks.macsPerCycle = double(target.mxu.rows) * target.mxuCols();
  peaks.vectorOpsPerCycle = target.vpu.lanes;
  peaks.hbmBytesPerCycle =
      HbmModel(target).peakBytesPerSecond() / target.clockHz;
  return peaks;
}

llvm::StringRef report::getName(Phase phase) {
  switch (phase) {
  case Phase::Products:
    return "products";
  case Phase::Unfilled:
    return "array not filled";
  case Phase::Conflicts:
    return "bank conflicts";
  case Phase::Weights:
    return "weight load";
  case Phase::Drain:
    return "accumulator store";
  case Phase::Uops:
    return "micro-operations";
  case Phase::Operands:
    return "scratchpad ports";
  case Phase::Setup:
    return "setup and drain";
  case Phase::Bandwidth:
    return "HBM bandwidth";
  case Phase::Latency:
    return "HBM latency";
  }
  return "";
}

isa::Engine report::engineOf(Phase phase) {
  switch (phase) {
  case Phase::Products:
  case Phase::Unfilled:
  case Phase::Conflicts:
  case Phase::Weights:
    return isa::Engine::Mxu;
  case Phase::Drain:
    return isa::Engine::Drain;
  case Phase::Uops:
  case Phase::Operands:
    return isa::Engine::Vpu;
  default:
    return isa::Engine::Load;
  }
}

using Phases = std::array<double, numPhases>;

static double &cyclesIn(Phases &phases, Phase phase) {
  return phases[unsigned(phase)];
}

/// Divides the cycles of a command that is not DMA; docs/machine.md, section 5.
static Phases phasesOf(const Target &t, const Command &command) {
  Phases phases{};
  double setup = 0;
  if (auto *m = std::get_if<Matmul>(&command.body)) {
    setup = t.mxu.setup + double(t.mxu.rows) * t.mxu.peLatency +
            t.mxu.unitCols + t.mxu.tail;
    auto steps = double(matmulSteps(t, *m));
    double rows = double(m->msize[0]) * m->msize[1] * m->msize[2];
    auto perVector = double(matmulVectorCycles(t, *m));
    double perCycle =
        double(t.mxu.rows) * t.mxuCols() * isa::matrixGroup(m->aFmt, m->wFmt);
    double products =
        rows * m->ksize[0] * m->ksize[1] * m->ksize[2] * m->ncols / perCycle;
    cyclesIn(phases, Phase::Products) = products;
    cyclesIn(phases, Phase::Unfilled) = steps * rows - products;
    cyclesIn(phases, Phase::Conflicts) = steps * rows * (perVector - 1);
    cyclesIn(phases, Phase::Weights) =
        double(matmulCycles(t, *m)) - setup - steps * rows * perVector;
  } else if (auto *a = std::get_if<isa::Accst>(&command.body)) {
    setup = t.mxu.setup + t.mxu.tail;
    cyclesIn(phases, Phase::Drain) = double(accstCycles(t, *a)) - setup;
  } else if (auto *v = std::get_if<isa::Vpurun>(&command.body)) {
    double iterations = double(vpuIterations(t, *v));
    double interval = double(vpuInitiationInterval(t, *v));
    double uops = std::min(interval, double(vpuProgram(t, *v).period));
    cyclesIn(phases, Phase::Uops) = iterations * uops;
    cyclesIn(phases, Phase::Operands) = iterations * (interval - uops);
    setup = double(vpuCycles(t, *v)) - iterations * interval;
  } else if (std::holds_alternative<Sync>(command.body)) {
    setup = double(commandCycles(t, command));
  }
  cyclesIn(phases, Phase::Setup) = setup;
  return phases;
}

/// Leaves what a MATMUL adds behind the end of the one before it: `visible`
/// cycles. What hides is its setup, then the load of its first weights.
static void hide(Phases &phases, double visible) {
  double hidden = std::accumulate(phases.begin(), phases.end(), -visible);
  for (Phase phase : {Phase::Setup, Phase::Weights}) {
    double part = std::clamp(hidden, 0.0, cyclesIn(phases, phase));
    cyclesIn(phases, phase) -= part;
    hidden -= part;
  }
}

/// The longest phase of the dominant engine.
static Phase longestPhase(const Layer &layer) {
  bool isDma = layer.dominant == isa::Engine::Load ||
               layer.dominant == isa::Engine::Store;
  Phase longest = isDma ? Phase::Latency : Phase::Setup;
  for (unsigned i = 0; i < numPhases; ++i) {
    isa::Engine engine = engineOf(Phase(i));
    bool belongs = isDma
                       ? engine == isa::Engine::Load && Phase(i) != Phase::Setup
                       : engine == layer.dominant;
    if (belongs &&
        layer.phaseCycles[i] > layer.phaseCycles[unsigned(longest)]) {
      longest = Phase(i);
    }
  }
  return longest;
}

static Bound classify(const Layer &layer) {
  unsigned engine = unsigned(layer.dominant);
  uint64_t busy = layer.busyCycles[engine];
  if (2 * busy < layer.cycles) {
    return Bound::Latency;
  }
  if (layer.mostly == Phase::Setup || layer.mostly == Phase::Latency) {
    return Bound::Latency;
  }
  return layer.mostly == Phase::Bandwidth ? Bound::Hbm : Bound::Compute;
}

/// Divides every cycle among the layers that are busy in it.
static void addElapsed(std::vector<std::vector<Interval>> &merged,
                       uint64_t cycles, LayerTable &table) {
  struct Edge {
    uint64_t cycle;
    unsigned layer;
    bool begins;
  };
  std::vector<Edge> edges;
  for (unsigned l = 0; l < merged.size(); ++l) {
    for (auto [start, end] : merged[l]) {
      edges.push_back({start, l, true});
      edges.push_back({end + 1, l, false});
    }
  }
  std::sort(edges.begin(), edges.end(),
            [](const Edge &a, const Edge &b) { return a.cycle < b.cycle; });
  std::vector<unsigned> active;
  uint64_t now = 0;
  auto advance = [&](uint64_t to) {
    double span = double(to) - double(now);
    if (active.empty()) {
      table.idleCycles += span;
    }
    for (unsigned l : active) {
      table.layers[l].elapsedCycles += span / double(active.size());
    }
    now = to;
  };
  for (const Edge &edge : edges) {
    advance(edge.cycle);
    if (edge.begins) {
      active.push_back(edge.layer);
    } else {
      active.erase(std::find(active.begin(), active.end(), edge.layer));
    }
  }
  advance(std::max(cycles, now));
}

static llvm::StringRef nameOf(const ::xpu::Object &object, uint32_t pc) {
  llvm::StringRef name = object.sourceOf(pc);
  return name.empty() ? "(unnamed)" : name;
}

LayerTable report::buildLayers(const Target &target,
                               const ::xpu::Object &object,
                               const SimOutput &run, size_t steps) {
  struct Decoded {
    unsigned layer;
    Phases phases;
    Activity activity;
  };
  LayerTable table;
  Peaks peaks = peaksOf(target);
  std::vector<CommandRecord> commands = run.commands;
  std::sort(commands.begin(), commands.end(),
            [](const CommandRecord &a, const CommandRecord &b) {
              return std::tie(a.start, a.end, a.pc) <
                     std::tie(b.start, b.end, b.pc);
            });
  llvm::StringMap<unsigned> byName;
  auto layerOf = [&](uint32_t pc) {
    llvm::StringRef name = nameOf(object, pc);
    auto [it, isNew] = byName.try_emplace(name, table.layers.size());
    if (isNew) {
      table.layers.emplace_back();
      table.layers.back().name = name.str();
    }
    return it->second;
  };
  llvm::DenseMap<uint32_t, Decoded> decoded;
  std::vector<std::array<std::vector<Interval>, numEngines>> busy;
  uint64_t matrixEnd = 0; // the first cycle behind the last MATMUL
  for (const CommandRecord &record : commands) {
    auto [it, isNew] = decoded.try_emplace(record.pc);
    if (isNew) {
      Command command = decodeCommand(&object.code[record.pc], record.pc);
      it->second = {layerOf(record.pc), phasesOf(target, command),
                    activityOfCommand(target, object, record.pc)};
      busy.resize(table.layers.size());
    }
    Layer &layer = table.layers[it->second.layer];
    if (layer.commands++ == 0) {
      layer.firstCycle = record.start;
    }
    layer.lastCycle = std::max(layer.lastCycle, record.end);
    layer.activity += it->second.activity;
    unsigned engine = unsigned(record.engine);
    Phases phases = it->second.phases;
    if (record.engine == isa::Engine::Mxu) {
      if (record.start < matrixEnd) {
        hide(phases, double(record.end + 1 - matrixEnd));
      }
      matrixEnd = record.end + 1;
    }
    for (unsigned i = 0; i < numPhases; ++i) {
      layer.phaseCycles[i] += phases[i];
    }
    if (record.engine == isa::Engine::Load ||
        record.engine == isa::Engine::Store) {
      double needed = std::min(double(record.end - record.start + 1),
                               double(it->second.activity.hbmBytes()) /
                                   peaks.hbmBytesPerCycle);
      cyclesIn(layer.phaseCycles, Phase::Bandwidth) += needed;
      cyclesIn(layer.phaseCycles, Phase::Latency) +=
          double(record.end - record.start + 1) - needed;
    }
    busy[it->second.layer][engine].push_back({record.start, record.end});
  }
  std::vector<std::vector<Interval>> merged(table.layers.size());
  for (unsigned l = 0; l < table.layers.size(); ++l) {
    Layer &layer = table.layers[l];
    for (unsigned e = 0; e < numEngines; ++e) {
      mergeIntervals(busy[l][e]);
      layer.busyCycles[e] = sumCycles(busy[l][e]);
      merged[l].insert(merged[l].end(), busy[l][e].begin(), busy[l][e].end());
    }
    mergeIntervals(merged[l]);
    layer.cycles = sumCycles(merged[l]);
    layer.dominant = isa::Engine(
        std::max_element(layer.busyCycles.begin(), layer.busyCycles.end()) -
        layer.busyCycles.begin());
  }
  addElapsed(merged, run.cycles, table);

  auto footprints = computeFootprints(
      target, object.code, table.layers.size(),
      [&](uint32_t pc) {
        auto it = decoded.find(pc);
        return it == decoded.end() ? ~0u : it->second.layer;
      },
      run.counters[unsigned(isa::Counter::INSTRS)] + 1);
  table.hasFootprint = footprints.has_value();
  for (unsigned l = 0; l < table.layers.size(); ++l) {
    Layer &layer = table.layers[l];
    const Activity &a = layer.activity;
    if (footprints) {
      layer.footprint.readBytes = steps * (*footprints)[l].readBytes;
      layer.footprint.writeBytes = steps * (*footprints)[l].writeBytes;
    } else {
      layer.footprint = {a.hbmReadBytes, a.hbmWriteBytes};
    }
    layer.mostly = longestPhase(layer);
    layer.bound = classify(layer);
    double queues = double(target.hbm.channels) * target.hbm.writeQueue *
                    target.hbm.lineBytes;
    double bytes = layer.footprint.readBytes +
                   std::max(0.0, double(layer.footprint.writeBytes) - queues);
    layer.rooflineFraction = std::max({a.macSlots() / peaks.macsPerCycle,
                                       a.vectorOps() / peaks.vectorOpsPerCycle,
                                       bytes / peaks.hbmBytesPerCycle}) /
                             double(std::max<uint64_t>(1, layer.cycles));
  }
  return table;
}

void report::addActivity(LayerTable &table, const Target &target,
                         const ::xpu::Object &object, const SimOutput &run) {
  llvm::StringMap<unsigned> byName;
  for (unsigned l = 0; l < table.layers.size(); ++l) {
    byName[table.layers[l].name] = l;
  }
  struct Decoded {
    unsigned layer = 0;
    Activity activity;
  };
  llvm::DenseMap<uint32_t, Decoded> decoded;
  for (const CommandRecord &record : run.commands) {
    auto [it, isNew] = decoded.try_emplace(record.pc);
    if (isNew) {
      llvm::StringRef name = nameOf(object, record.pc);
      auto [layer, isFirst] = byName.try_emplace(name, table.layers.size());
      if (isFirst) {
        table.layers.emplace_back();
        table.layers.back().name = name.str();
      }
      it->second = {layer->second,
                    activityOfCommand(target, object, record.pc)};
    }
    table.layers[it->second.layer].activity += it->second.activity;
  }
}
