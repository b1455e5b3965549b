//===- RankTiles.cpp - Tiles that whole programs choose -------------------===//

#include "compiler-driver/Tools/acc-cc/RankTiles.h"

#include "compiler-driver/Report/Layers.h"
#include "compiler-driver/Runtime/Simulate.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/Remarks.h"
#include "passes/Analysis/ConstantData.h"
#include "llvm/ADT/STLExtras.h"

#include <set>

using namespace llvm;

namespace xpu {

using Ranks = std::map<std::string, unsigned>;

namespace {
/// A program and what it takes.
struct Trial {
  Ranks ranks;
  Lowered lowered;
  uint64_t cycles = 0;
  /// Of the run, the part of each node (report::Layer::elapsedCycles).
  std::map<std::string, double> elapsed;
};

/// A rank with which a node had less of a run.
struct Gain {
  std::string name;
  unsigned rank = 0;
  double cycles = 0; ///< Less than with the quickest tile.
};

class TileRanker {
public:
  TileRanker(mlir::ModuleOp module, int64_t bodyCommands, bool keepsConstants,
             LowerFn lower)
      : module(module), bodyCommands(bodyCommands),
        keepsConstants(keepsConstants), lower(lower),
        constants(*module.getContext()) {}

  Expected<Lowered> run();

private:
  /// Programs in which all products have tiles of one rank.
  static constexpr unsigned kRanks = 3;
  /// Programs that join what was quickest in those.
  static constexpr unsigned kJoined = 8;

  mlir::ModuleOp module;
  int64_t bodyCommands;
  bool keepsConstants;
  LowerFn lower;
  ConstantScope constants;
  Trial best;
  Ranks kept; ///< Of the nodes that have other tiles.
  unsigned made = 0, joined = 0;

  Expected<Trial> make(const Ranks &ranks);
  /// A program that is no better than none if it cannot be made: other tiles
  /// may leave too little room.
  std::optional<Trial> attempt(const Ranks &ranks);
  void tryLongerBodies();
  std::vector<Gain> tryRanks();
  void join(ArrayRef<Gain> gains);
};
} // namespace

/// Cycles of a program's launches, and what of them each node has on the slices
/// that run different words.
static Error measure(Trial &trial) {
  const Object &object = trial.lowered.object;
  std::vector<std::vector<uint8_t>> images = {{}};
  acc::ChipInput input = makeChipInput(object, images);
  input.values = false;
  Expected<acc::ChipOutput> output =
      runLaunches(Model::SystemC, object, input, {});
  if (!output) {
    return output.takeError();
  }
  if (Error error = checkFault(object, *output)) {
    return error;
  }
  trial.cycles = countCycles(*output);
  std::set<uint32_t> seen;
  for (auto [slice, run] : enumerate(output->slices)) {
    if (!seen.insert(acc::ChipInput::of(input.entries, slice)).second) {
      continue;
    }
    for (const acc::report::Layer &layer :
         acc::report::buildLayers(object.target(), object, run).layers) {
      trial.elapsed[layer.name] += layer.elapsedCycles;
    }
  }
  return Error::success();
}

Expected<Trial> TileRanker::make(const Ranks &ranks) {
  mlir::OwningOpRef<mlir::ModuleOp> copy = module.clone();
  mlir::Builder builder(copy->getContext());
  SmallVector<mlir::NamedAttribute> entries;
  for (const auto &[name, rank] : ranks) {
    entries.push_back(
        builder.getNamedAttr(name, builder.getI64IntegerAttr(rank)));
  }
  if (!entries.empty()) {
    (*copy)->setAttr(kTileRanksAttr, builder.getDictionaryAttr(entries));
  }
  ++made;
  Expected<Lowered> lowered = lower(std::move(copy), bodyCommands);
  if (!lowered) {
    return lowered.takeError();
  }
  Trial trial{ranks, std::move(*lowered), 0, {}};
  if (!keepsConstants) {
    constants.release();
  }
  if (Error error = measure(trial)) {
    return std::move(error);
  }
  return trial;
}

std::optional<Trial> TileRanker::attempt(const Ranks &ranks) {
  Expected<Trial> trial = make(ranks);
  if (!trial) {
    consumeError(trial.takeError());
    return std::nullopt;
  }
  return std::move(*trial);
}

void TileRanker::tryLongerBodies() {
  const int64_t asked = bodyCommands;
  int64_t quickest = asked;
  for (int64_t factor : {2, 4}) {
    bodyCommands = factor * asked;
    std::optional<Trial> trial = attempt({});
    if (trial && trial->cycles < best.cycles) {
      best = std::move(*trial);
      quickest = bodyCommands;
    }
  }
  bodyCommands = quickest;
}

/// Programs in which all products have tiles of one rank; the nodes that gained
/// by it, those that gained most first.
std::vector<Gain> TileRanker::tryRanks() {
  // Of the run; what is less is not worth a program.
  constexpr double kLeast = 0.0005;
  const std::map<std::string, double> elapsed = best.elapsed;
  const double least = kLeast * double(best.cycles);
  std::map<std::string, Gain> gains;
  Ranks names;
  for (const auto &[name, cycles] : best.lowered.bounds) {
    names[name] = 0;
  }
  for (unsigned rank = 1; rank <= kRanks; ++rank) {
    for (auto &[name, number] : names) {
      number = rank;
    }
    std::optional<Trial> trial = attempt(names);
    if (!trial) {
      continue;
    }
    for (const auto &[name, number] : names) {
      auto old = elapsed.find(name);
      auto now = trial->elapsed.find(name);
      if (old == elapsed.end() || now == trial->elapsed.end()) {
        continue;
      }
      double less = old->second - now->second;
      Gain &gain = gains[name];
      if (less > least && less > gain.cycles) {
        gain = {name, rank, less};
      }
    }
    if (trial->cycles < best.cycles) {
      best = std::move(*trial);
    }
  }
  std::vector<Gain> order;
  for (const auto &[name, gain] : gains) {
    if (gain.rank != 0) {
      order.push_back(gain);
    }
  }
  llvm::stable_sort(
      order, [](const Gain &a, const Gain &b) { return a.cycles > b.cycles; });
  return order;
}

/// Takes ranks together if the program is then quicker; else each half of them,
/// those that promise most first.
void TileRanker::join(ArrayRef<Gain> gains) {
  if (gains.empty() || joined == kJoined) {
    return;
  }
  ++joined;
  Ranks ranks = kept;
  for (const Gain &gain : gains) {
    ranks[gain.name] = gain.rank;
  }
  std::optional<Trial> trial = attempt(ranks);
  if (trial && trial->cycles < best.cycles) {
    best = std::move(*trial);
    kept = ranks;
    return;
  }
  if (gains.size() > 1) {
    size_t half = gains.size() / 2;
    join(gains.take_front(half));
    join(gains.drop_front(half));
  }
}

Expected<Lowered> TileRanker::run() {
  Expected<Trial> first = make({});
  if (!first) {
    return first.takeError();
  }
  best = std::move(*first);
  const uint64_t before = best.cycles;
  tryLongerBodies();
  join(tryRanks());
  mlir::remark::analysis(module.getLoc(),
                         mlir::remark::RemarkOpts::name("ranks").category("O3"))
      << "other programs were run"
      << mlir::remark::metric("cycles", best.cycles)
      << mlir::remark::metric("before", before)
      << mlir::remark::metric("programs", made)
      << mlir::remark::metric("body", bodyCommands)
      << mlir::remark::metric("other tiles", best.ranks.size());
  return std::move(best.lowered);
}

Expected<Lowered> lowerQuickest(mlir::ModuleOp module, int64_t bodyCommands,
                                bool keepsConstants, LowerFn lower) {
  return TileRanker(module, bodyCommands, keepsConstants, lower).run();
}

} // namespace xpu
