//===- MachinePricer.cpp - Steps on our machine ---------------------------===//

#include "compiler-driver/Scenario/MachinePricer.h"

#include "compiler-driver/Report/Layers.h"
#include "compiler-driver/Scenario/LayerStore.h"
#include "compiler-driver/Tensor/Errors.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <cmath>

using namespace llvm;
using namespace acc;
using namespace acc::scenario;
using systems::Bytes;

Expected<std::unique_ptr<MachinePricer>>
MachinePricer::create(std::unique_ptr<StepSource> source,
                      const Machine &machine, const Layout &layout,
                      StringRef energy, Ends contexts, Ends pasts) {
  auto constants = data::loadDataFile("energy", energy, "energy model");
  if (!constants) {
    return constants.takeError();
  }
  auto link = constants->get("link.transfer", "pJ/bit");
  if (!link) {
    return link.takeError();
  }
  Range perBit = (*link)->range;
  auto model =
      report::EnergyModel::create(std::move(*constants), machine.slice);
  if (!model) {
    return model.takeError();
  }
  return std::unique_ptr<MachinePricer>(
      new MachinePricer(std::move(source), machine, layout, std::move(*model),
                        perBit, contexts, pasts));
}

/// Factor between two contexts of one line at most.
static constexpr int64_t kFarApart = 2;

std::vector<std::pair<MachinePricer::Key, double>>
MachinePricer::around(int64_t sequences, int64_t newTokens, int64_t past) {
  int64_t each = perReplica(sequences);
  if (!source->seesContext()) {
    past = 0;
  }
  if (source->getOptions().isSingleStep) {
    return {{{each, newTokens, past}, 1}};
  }
  if (auto [part, times] = source->exactPart(each, newTokens); part != each) {
    return {{{part, newTokens, past}, times}};
  }
  auto found = ranges.try_emplace({each, newTokens});
  if (found.second) {
    found.first->second = source->alike(each, newTokens);
  }
  auto [below, above] = found.first->second;
  double x = above == below ? 0 : double(each - below) / double(above - below);
  const bool isDecode = newTokens <= huggingface::kMostVerified;
  const Ends &ends = isDecode ? contexts : pasts;
  const bool isBetween = past > ends.low && past <= ends.high;
  int64_t first = isBetween ? ends.low : past;
  // Slices have equal parts of attention at both numbers of sequences, so a
  // longer context costs the same at both: it is run at the nearer one.
  int64_t near = x <= 0.5 ? below : above;
  std::vector<std::pair<Key, double>> result;
  auto add = [&](int64_t count, int64_t at, double share) {
    Key key{count, newTokens, at};
    auto known = find_if(result, [&](auto &node) { return node.first == key; });
    if (known != result.end()) {
      known->second += share;
    } else {
      result.push_back({key, share});
    }
  };
  add(below, first, 1 - x);
  add(above, first, x);
  if (isBetween) {
    // What a longer context costs grows faster while one tile has all keys, so
    // contexts far apart have a third one between them.
    int64_t from = ends.low, to = ends.high;
    if (isDecode && to > kFarApart * std::max<int64_t>(1, from)) {
      int64_t middle = from + (to - from) / 2;
      (past <= middle ? to : from) = middle;
    }
    double y = double(past - from) / double(to - from);
    add(near, ends.low, -1);
    add(near, from, 1 - y);
    add(near, to, y);
  }
  erase_if(result, [](auto &node) { return std::abs(node.second) < 1e-12; });
  return result;
}

std::vector<LayerJob> MachinePricer::jobsFor(ArrayRef<StepWork> works) {
  std::vector<Key> missing;
  auto need = [&](int64_t sequences, int64_t newTokens, int64_t past) {
    if (sequences > 0) {
      for (auto &[key, share] : around(sequences, newTokens, past)) {
        if (!nodes.count(key) && !is_contained(missing, key)) {
          missing.push_back(key);
        }
      }
    }
  };
  for (const StepWork &work : works) {
    // Those between programs need no shares.
    if (source->getOptions().isSingleStep ||
        source->jobsOnChip(1, 1 + work.drafted, work.context).empty()) {
      need(work.sequences, 1 + work.drafted, work.context);
    }
    need(work.prompts, work.promptTokens, work.promptPast);
  }
  std::vector<LayerJob> jobs;
  if (draft) {
    std::vector<StepWork> proposals;
    for (const StepWork &work : works) {
      proposals.push_back({work.sequences, work.context});
    }
    jobs = draft->jobsFor(proposals);
  }
  for (const Key &key : missing) {
    std::vector<LayerJob> onChip;
    if (source->getOptions().isSingleStep) {
      onChip = source->jobsOnChip(key[0], key[1], key[2]);
    }
    append_range(jobs,
                 onChip.empty() ? jobsOfNode(key).run : std::move(onChip));
  }
  return jobs;
}

/// Time of a layer's exchanges, those within chips and between them apart.
static std::pair<Seconds, Seconds>
exchange(const LayerRun &run, const Machine &machine, Bytes &onChip) {
  Seconds inside, between;
  for (const huggingface::Collective &collective : run.share.collectives) {
    CollectiveCost cost = costOf(collective, machine);
    bool isInside = cost.between <= Bytes(0);
    (isInside ? inside : between) += cost.time;
    onChip += cost.onChip;
  }
  return {inside, between};
}

void MachinePricer::addLayer(const LayerRun &run, PricedStep &to) const {
  const Target &slice = machine.slice;
  Seconds compute(double(run.cycles) / slice.clockHz);
  Bytes onChip;
  auto [inside, between] = exchange(run, machine, onChip);
  Seconds time = compute + inside + between;
  double count = run.share.count;
  to.time += time * count;
  to.secondsByPart[run.share.name] += compute * count;
  to.secondsByPart["exchange on chip"] += inside * count;
  to.secondsByPart["exchange between chips"] += between * count;
  report::Peaks peaks = report::peaksOf(slice);
  const report::Activity &a = run.activity;
  auto atPeak = [&](double events, double perCycle) {
    return Seconds(events / perCycle / slice.clockHz) * count;
  };
  Seconds products = atPeak(a.macSlots(), peaks.macsPerCycle);
  Seconds memory = atPeak(double(a.hbmBytes()), peaks.hbmBytesPerCycle);
  to.bound += std::max(products, memory);
  to.secondsByUnit["matrix units"] += products;
  to.secondsByUnit["vector units"] +=
      atPeak(double(a.vectorOps()), peaks.vectorOpsPerCycle);
  to.secondsByUnit["HBM"] += memory;

  // All slices do what this one does.
  report::Extent extent;
  extent.seconds = time.value();
  extent.slicesPerChip = double(machine.slicesPerChip());
  extent.networkBytes = onChip.value() / extent.slicesPerChip;
  double slices = extent.slicesPerChip * double(layout.chips());
  for (const report::EnergyPart &part : energy.estimate(a, extent).parts) {
    to.joulesByPart[part.name] += in(part.energy, Joules(count * slices));
  }
}

/// Links of this kind send idle symbols when there are no data.
void MachinePricer::addLinks(PricedStep &step) const {
  const Chip::Fabric &fabric = machine.chip->fabric;
  double bits = 16 * (fabric.localPorts * fabric.localBytesPerSecond +
                      fabric.globalPorts * fabric.globalBytesPerSecond);
  step.joulesByPart["links"] +=
      in(linkPjPerBit,
         Joules(1e-12 * bits * step.time.value() * double(layout.chips())));
}

/// What flows at all times, whatever the clock.
static bool isStanding(StringRef part) {
  return part == "leakage" || part == "hbm_background" || part == "links";
}

static void addUp(PricedStep &step) {
  step.joules = step.standing = {};
  for (auto &[name, joules] : step.joulesByPart) {
    step.joules += joules;
    if (isStanding(name)) {
      step.standing += joules;
    }
  }
}

void MachinePricer::limitPower(PricedStep &step) const {
  addUp(step);
  double limit = machine.chip->package.sustainedWatts * double(layout.chips());
  double watts = (step.joules / step.time).value;
  if (limit <= 0 || watts <= limit) {
    return;
  }
  double standing = 0;
  for (auto &[name, joules] : step.joulesByPart) {
    standing += isStanding(name) ? joules.value : 0;
  }
  double standingWatts = standing / step.time.value();
  double dynamic = step.joules.value - standing;
  // A clock of zero takes less than what flows at all times.
  double least = 0.05 * limit;
  double slow =
      dynamic / std::max(least, limit - standingWatts) / step.time.value();
  slow = std::max(1.0, slow);
  step.time *= slow;
  for (auto &[name, seconds] : step.secondsByPart) {
    seconds *= slow;
  }
  for (auto &[name, joules] : step.joulesByPart) {
    joules = isStanding(name) ? joules * slow : joules;
  }
  step.slowdown = slow;
  addUp(step);
}

Expected<const PricedStep *> MachinePricer::node(const Key &key) {
  auto it = nodes.find(key);
  if (it != nodes.end()) {
    return &it->second;
  }
  auto runs = runNode(key);
  if (!runs) {
    return runs.takeError();
  }
  return &nodes.emplace(key, priceRuns(*runs)).first->second;
}

PricedStep MachinePricer::priceRuns(ArrayRef<LayerRun> runs) const {
  PricedStep step;
  for (const LayerRun &layer : runs) {
    addLayer(layer, step);
  }
  addLinks(step);
  limitPower(step);
  return step;
}

/// Nothing, and a reason, of an error that says what the compiler does not do.
static Error takeReason(Error error, std::string &reason) {
  return handleErrors(std::move(error),
                      [&](std::unique_ptr<InputError> input) -> Error {
                        if (!input->isUnsupported()) {
                          return Error(std::move(input));
                        }
                        raw_string_ostream os(reason);
                        input->log(os);
                        return Error::success();
                      });
}

MachinePricer::NodeJobs MachinePricer::jobsOfNode(const Key &key) const {
  NodeJobs node;
  node.layers = source->jobs(key[0], key[1], key[2]);
  node.run = node.layers;
  const Ends &ends = key[1] <= huggingface::kMostVerified ? contexts : pasts;
  bool isLonger = !source->getOptions().isSingleStep && source->seesContext() &&
                  key[2] > ends.low && key[2] <= ends.high;
  std::vector<LayerJob> shortest;
  for (size_t i = 0; i < node.layers.size(); ++i) {
    size_t leader = i;
    for (size_t other = 0; isLonger && other < node.layers.size(); ++other) {
      const huggingface::Share &share = node.layers[other].share;
      if (huggingface::hasSameAttention(share, node.layers[i].share) &&
          share.count > node.layers[leader].share.count) {
        leader = other;
      }
    }
    node.leaders.push_back(leader);
    if (leader != i) {
      if (shortest.empty()) {
        shortest = source->jobs(key[0], key[1], ends.low);
      }
      node.run[i] = shortest[i];
      node.run.push_back(shortest[leader]);
    }
  }
  return node;
}

Expected<std::vector<LayerRun>> MachinePricer::runShares(const Key &key) const {
  NodeJobs node = jobsOfNode(key);
  auto runs = runLayers(node.run, machine, source->getOptions());
  if (!runs) {
    return runs;
  }
  size_t shortest = node.layers.size();
  for (auto [i, leader] : enumerate(node.leaders)) {
    if (leader != i) {
      addDifference((*runs)[i], (*runs)[leader], (*runs)[shortest]);
      (*runs)[i].share = node.layers[i].share;
      ++shortest;
    }
  }
  runs->resize(node.layers.size());
  return runs;
}

Expected<std::vector<LayerRun>> MachinePricer::runNode(const Key &key) {
  if (!source->getOptions().isSingleStep) {
    return runShares(key);
  }
  auto runs = runOnChip(key);
  if (runs && !runs->empty()) {
    stepBasis = Basis::Program;
    return runs;
  }
  std::string reason;
  if (Error error = takeReason(runs.takeError(), reason)) {
    return std::move(error);
  }
  return run(key);
}

/// Sequences of the program that a step with so many runs: a power of two, or a
/// multiple of the grid's rows, over which they divide. Engines have programs
/// of some batches only, as they have graphs of some on GPUs, and fill up.
static int64_t programSize(int64_t sequences, const Machine &machine) {
  auto rows = int64_t(machine.chip->grid.rows);
  return sequences <= rows
             ? int64_t(PowerOf2Ceil(uint64_t(sequences)))
             : int64_t(alignTo(uint64_t(sequences), uint64_t(rows)));
}

std::vector<LayerJob>
MachinePricer::programJobs(ArrayRef<StepWork> works) const {
  std::vector<LayerJob> jobs;
  for (const StepWork &work : works) {
    append_range(jobs, source->jobsOnChip(
                           programSize(perReplica(work.sequences), machine),
                           1 + work.drafted, work.context));
  }
  return jobs;
}

Error MachinePricer::runPrograms(ArrayRef<StepWork> works,
                                 std::vector<std::string> &reasons) {
  for (const StepWork &work : works) {
    Anchor anchor;
    anchor.key = {programSize(perReplica(work.sequences), machine),
                  1 + work.drafted, work.context};
    auto runs = runOnChip(anchor.key);
    std::string reason;
    if (Error error = takeReason(runs.takeError(), reason)) {
      return error;
    }
    if (!reason.empty()) {
      reasons.push_back("a program of a whole chip for " +
                        std::to_string(anchor.key[0]) +
                        " sequences: " + reason);
      continue;
    }
    bool isKnown = any_of(
        anchors, [&](const Anchor &other) { return other.key == anchor.key; });
    if (runs->empty() || isKnown) {
      continue;
    }
    anchor.step = priceRuns(*runs);
    anchor.runs = std::move(*runs);
    anchors.push_back(std::move(anchor));
    stepBasis = Basis::Between;
  }
  sort(anchors, [](const Anchor &a, const Anchor &b) { return a.key < b.key; });
  return Error::success();
}

PricedStep MachinePricer::betweenPrograms(int64_t sequences,
                                          int64_t context) const {
  PricedStep step;
  auto add = [&](const Anchor &anchor, double share) {
    PricedStep part = anchor.step;
    part *= share;
    step += part;
  };
  // With other contexts at one number of sequences a line through the first and
  // the last of them; the number with the longest line says what a token in the
  // cache of a sequence costs.
  using Line = std::pair<const Anchor *, const Anchor *>;
  std::vector<Line> lines;
  for (const Anchor &anchor : anchors) {
    if (lines.empty() || lines.back().first->key[0] != anchor.key[0]) {
      lines.push_back({&anchor, &anchor});
    }
    lines.back().second = &anchor;
  }
  auto lengthOf = [](const Line &line) {
    return double(line.second->key[2] - line.first->key[2]);
  };
  const Line &slope = *std::max_element(
      lines.begin(), lines.end(),
      [&](const Line &a, const Line &b) { return lengthOf(a) < lengthOf(b); });
  auto addAt = [&](const Line &line, double share) {
    add(*line.first, share);
    if (lengthOf(slope) == 0) {
      return;
    }
    double tokens = share * double(context - line.first->key[2]) *
                    double(line.first->key[0]) / double(slope.first->key[0]) /
                    lengthOf(slope);
    add(*slope.second, tokens);
    add(*slope.first, -tokens);
  };
  auto above = find_if(
      lines, [&](const Line &line) { return line.first->key[0] >= sequences; });
  above = above == lines.end() ? std::prev(above) : above;
  if (above == lines.begin()) {
    addAt(*above, 1);
  } else {
    const Line &below = *std::prev(above);
    auto low = double(below.first->key[0]), high = double(above->first->key[0]);
    double x = (double(sequences) - low) / (high - low);
    addAt(below, 1 - x);
    addAt(*above, x);
  }
  step.bound = std::min(step.time, step.bound);
  return step;
}

Error MachinePricer::add(int64_t sequences, int64_t newTokens, int64_t past,
                         PricedStep &to) {
  if (sequences == 0) {
    return Error::success();
  }
  for (auto &[key, share] : around(sequences, newTokens, past)) {
    Expected<const PricedStep *> step = node(key);
    if (!step) {
      return step.takeError();
    }
    PricedStep part = **step;
    part *= share;
    to += part;
  }
  return Error::success();
}

Error MachinePricer::addDraft(const StepWork &work, PricedStep &to) {
  if (!draft || work.drafted == 0 || work.sequences == 0) {
    return Error::success();
  }
  Expected<PricedStep> each = draft->price({work.sequences, work.context});
  if (!each) {
    return each.takeError();
  }
  *each *= double(work.drafted);
  each->secondsByPart = {{"draft", each->time}};
  to += *each;
  return Error::success();
}

Expected<PricedStep> MachinePricer::price(const StepWork &work) {
  PricedStep result;
  if (!anchors.empty() && work.drafted == 0 && work.sequences > 0) {
    result = betweenPrograms(programSize(perReplica(work.sequences), machine),
                             work.context);
  } else if (Error error =
                 add(work.sequences, 1 + work.drafted, work.context, result)) {
    return std::move(error);
  }
  if (Error error = addDraft(work, result)) {
    return std::move(error);
  }
  if (Error error =
          add(work.prompts, work.promptTokens, work.promptPast, result)) {
    return std::move(error);
  }
  return result;
}

Expected<PricedStep> MachinePricer::priceExactly(const StepWork &work,
                                                 bool onChip) {
  PricedStep result;
  for (const Key &key :
       {Key{perReplica(work.sequences), 1, work.context},
        Key{perReplica(work.prompts), work.promptTokens, work.promptPast}}) {
    if (key[0] == 0) {
      continue;
    }
    if (onChip) {
      auto runs = runOnChip({programSize(key[0], machine), key[1], key[2]});
      if (!runs) {
        return runs.takeError();
      }
      result += priceRuns(*runs);
      continue;
    }
    auto runs = run(key);
    if (!runs) {
      return runs.takeError();
    }
    result += priceRuns(*runs);
  }
  return result;
}

Expected<std::vector<PricedLayer>>
MachinePricer::layersOf(const StepWork &work) {
  bool isDecode = work.sequences > 0;
  auto keys = isDecode
                  ? around(work.sequences, 1 + work.drafted, work.context)
                  : around(work.prompts, work.promptTokens, work.promptPast);
  // The node that counts most stands for all.
  auto most =
      max_element(keys, [](auto &a, auto &b) { return a.second < b.second; });
  auto anchor = find_if(anchors, [&](const Anchor &other) {
    return isDecode &&
           other.key[0] == programSize(perReplica(work.sequences), machine);
  });
  auto runs =
      anchor != anchors.end()
          ? Expected<std::vector<LayerRun>>(std::vector<LayerRun>(anchor->runs))
          : runNode(most->first);
  if (!runs) {
    return runs.takeError();
  }
  report::Peaks peaks = report::peaksOf(machine.slice);
  double all = double(machine.slicesPerChip()) * double(layout.chips());
  std::vector<PricedLayer> layers;
  for (const LayerRun &run : *runs) {
    PricedLayer layer;
    layer.name = run.share.name;
    layer.count = run.share.count;
    layer.cycles = run.cycles;
    Bytes onChip;
    auto [inside, between] = exchange(run, machine, onChip);
    layer.exchangeSeconds = (inside + between).value();
    double compute = double(run.cycles) / machine.slice.clockHz;
    layer.seconds = compute + layer.exchangeSeconds;
    const report::Activity &a = run.activity;
    double cycles = double(std::max<uint64_t>(1, run.cycles));
    layer.matrixUse = a.macSlots() / peaks.macsPerCycle / cycles;
    layer.memoryUse = double(a.hbmBytes()) / peaks.hbmBytesPerCycle / cycles;
    layer.products = double(a.usefulMacs) * all;
    layer.hbmBytes = double(a.hbmBytes()) * all;
    layer.peakProducts =
        peaks.macsPerCycle * a.macsPerSlot() * machine.slice.clockHz * all;
    for (auto [has, products] : zip(layer.hasProducts, a.macsByKind)) {
      has = products > 0;
    }
    layer.productsPerByte =
        double(a.usefulMacs) / std::max(1.0, double(a.hbmBytes()));
    double best = std::max(layer.matrixUse, layer.memoryUse);
    layer.bound = layer.exchangeSeconds > compute     ? "fabric"
                  : best < 0.5                        ? "latency"
                  : layer.matrixUse > layer.memoryUse ? "compute"
                                                      : "hbm";
    layers.push_back(std::move(layer));
  }
  return layers;
}
