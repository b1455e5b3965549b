//===- MachinePricer.h - Steps on our machine -------------------*- C++ -*-===//
//
// A step is the exact runs of its layers on one slice (ExactStep), the
// collectives between their parts, and the energy of both. Runs are made at
// nodes: the ends of the numbers of sequences that slices share alike, with the
// shortest context, and the nearer of them with the longest. A step lies in the
// plane through these three. With longer contexts than the shortest, of layers
// that have the same attention that is run of which a model has most; the
// others become longer by as much (decision 0082). Prompts and generation run
// one after the other, as two programs.
//
// Where the compiler has a program of the layers for a whole chip, a single
// step is that program's (decision 0071), and steps of serving lie between such
// programs (decision 0079): linear in the number of sequences, and in the
// tokens of their caches as at the number that was run with two contexts.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_SCENARIO_MACHINEPRICER_H
#define COMPILER_DRIVER_SCENARIO_MACHINEPRICER_H

#include "compiler-driver/Energy/Energy.h"
#include "compiler-driver/Scenario/Collectives.h"
#include "compiler-driver/Scenario/Pricing.h"
#include "compiler-driver/Scenario/StepSource.h"
#include "llvm/Support/MathExtras.h"

namespace acc::scenario {

/// A layer of a step, for tables.
struct PricedLayer {
  std::string name;
  double count = 1;
  uint64_t cycles = 0; ///< of the exact run
  double exchangeSeconds = 0;
  double seconds = 0; ///< of one such layer
  double matrixUse = 0, memoryUse = 0;
  double productsPerByte = 0; ///< of HBM
  double products = 0;        ///< of all slices of the chips that share it
  double hbmBytes = 0;        ///< likewise
  /// Products a second of these slices at most, in the layer's formats.
  double peakProducts = 0;
  /// Whether there are products of a kind of formats.
  std::array<bool, report::numMacKinds> hasProducts{};
  std::string bound; ///< compute, hbm, fabric or latency
};

class MachinePricer : public StepPricer {
public:
  struct Ends {
    int64_t low = 0, high = 0;
  };

  /// Contexts of sequences lie between the ends of `contexts`, tokens before a
  /// later piece of a prompt between those of `pasts`.
  static llvm::Expected<std::unique_ptr<MachinePricer>>
  create(std::unique_ptr<StepSource> source, const Machine &machine,
         const Layout &layout, llvm::StringRef energy, Ends contexts,
         Ends pasts);

  /// What proposes tokens before a step; the same for each of them.
  void setDraft(std::unique_ptr<MachinePricer> pricer) {
    draft = std::move(pricer);
  }

  llvm::Expected<PricedStep> price(const StepWork &work) override;
  /// The same from runs of exactly this work, programs of whole chips if
  /// `onChip`.
  llvm::Expected<PricedStep> priceExactly(const StepWork &work,
                                          bool onChip = false);
  int64_t chips() const override { return layout.chips(); }
  int64_t replicas() const override { return layout.replicas(); }
  int64_t mostSequences(int64_t tokens) const override {
    return source->mostSequences(tokens);
  }
  std::string placement() const override { return source->placement(); }

  /// What steps of generation rest on.
  enum class Basis { Shares, Between, Program };
  Basis basis() const { return stepBasis; }

  /// The layers on a whole chip that `runPrograms` will need; none without such
  /// programs.
  std::vector<LayerJob> programJobs(llvm::ArrayRef<StepWork> works) const;
  /// Runs programs of these steps of generation, between which others lie. What
  /// the compiler does not take is left out, and said in `reasons`.
  llvm::Error runPrograms(llvm::ArrayRef<StepWork> works,
                          std::vector<std::string> &reasons);

  /// The layers whose runs pricing these will need.
  std::vector<LayerJob> jobsFor(llvm::ArrayRef<StepWork> works);

  /// The layers of one decode step, or of one piece of a prompt.
  llvm::Expected<std::vector<PricedLayer>> layersOf(const StepWork &work);

  /// Steps that were run on the exact model, now or earlier.
  size_t nodeCount() const { return nodes.size(); }

private:
  std::unique_ptr<StepSource> source;
  std::unique_ptr<MachinePricer> draft;
  Machine machine;
  Layout layout;
  report::EnergyModel energy;
  Range linkPjPerBit;
  Ends contexts, pasts;
  using Key = std::array<int64_t, 3>; ///< sequences, new tokens, past
  std::map<Key, PricedStep> nodes;
  /// A step of generation that was run as a program of a whole chip.
  struct Anchor {
    Key key;
    PricedStep step;
    std::vector<LayerRun> runs;
  };
  std::vector<Anchor> anchors; ///< by sequences and contexts
  Basis stepBasis = Basis::Shares;
  /// By sequences and new tokens, see StepSource::alike.
  std::map<std::pair<int64_t, int64_t>, std::pair<int64_t, int64_t>> ranges;

  MachinePricer(std::unique_ptr<StepSource> source, const Machine &machine,
                const Layout &layout, report::EnergyModel energy,
                Range linkPjPerBit, Ends contexts, Ends pasts)
      : source(std::move(source)), machine(machine), layout(layout),
        energy(std::move(energy)), linkPjPerBit(linkPjPerBit),
        contexts(contexts), pasts(pasts) {}

  /// What is run for the layers of a node, one each, and what a node with the
  /// shortest context has of the same attention as those that are told from
  /// it: `leaders` says which layer that is, itself for what is run.
  struct NodeJobs {
    std::vector<LayerJob> layers; ///< as they are
    std::vector<LayerJob> run;
    std::vector<size_t> leaders;
  };
  NodeJobs jobsOfNode(const Key &key) const;
  llvm::Expected<std::vector<LayerRun>> runShares(const Key &key) const;
  /// All layers of exactly this node.
  llvm::Expected<std::vector<LayerRun>> run(const Key &key) const {
    return runLayers(source->jobs(key[0], key[1], key[2]), machine,
                     source->getOptions());
  }
  /// On a whole chip; nothing if there is no program of it.
  llvm::Expected<std::vector<LayerRun>> runOnChip(const Key &key) const {
    return runLayers(source->jobsOnChip(key[0], key[1], key[2]), machine,
                     source->getOptions());
  }
  /// Programs of a whole chip for single steps, shares for all others.
  llvm::Expected<std::vector<LayerRun>> runNode(const Key &key);
  PricedStep priceRuns(llvm::ArrayRef<LayerRun> runs) const;
  PricedStep betweenPrograms(int64_t sequences, int64_t context) const;
  llvm::Expected<const PricedStep *> node(const Key &key);
  /// Nodes around a part of a step, with weights that add up to 1 and of which
  /// one may be negative; beyond the source's most exact, to more in
  /// proportion.
  std::vector<std::pair<Key, double>> around(int64_t sequences,
                                             int64_t newTokens, int64_t past);
  int64_t perReplica(int64_t sequences) const {
    return int64_t(
        llvm::divideCeil(uint64_t(sequences), uint64_t(layout.replicas())));
  }
  llvm::Error add(int64_t sequences, int64_t newTokens, int64_t past,
                  PricedStep &to);
  llvm::Error addDraft(const StepWork &work, PricedStep &to);
  void addLayer(const LayerRun &run, PricedStep &to) const;
  void addLinks(PricedStep &step) const;
  void limitPower(PricedStep &step) const;
};

} // namespace acc::scenario

#endif // COMPILER_DRIVER_SCENARIO_MACHINEPRICER_H
