//===- StepSource.cpp - Layers of a step, by kind of model ----------------===//

#include "compiler-driver/Scenario/StepSource.h"

#include "compiler-driver/Import/HuggingFace/LayersGraph.h"

using namespace llvm;
using namespace acc;
using namespace acc::scenario;

namespace {

/// The longest range around `number` in which `key` is the same; at most from
/// half of it to twice as many.
template <typename Key>
std::pair<int64_t, int64_t> findAlike(int64_t number, Key key) {
  auto here = key(number);
  int64_t low = number, high = number;
  while (low > std::max<int64_t>(1, number / 2) && key(low - 1) == here) {
    --low;
  }
  while (high < 2 * number && key(high + 1) == here) {
    ++high;
  }
  return {low, high};
}

class Steps : public StepSource {
protected:
  Steps(const Machine &machine, const Layout &layout,
        const ExactStepOptions &options)
      : machine(machine), layout(layout), options(options) {}

  huggingface::Division division() const {
    huggingface::Division division;
    division.rows = machine.chip->grid.rows;
    division.columns = machine.chip->grid.columns;
    division.tensorParallel = layout.tensor;
    division.expertParallel = layout.expert;
    return division;
  }
  const ExactStepOptions &getOptions() const override { return options; }
  double chipBytes() const {
    return double(machine.slice.hbm.bytes) * machine.slicesPerChip();
  }

  Machine machine;
  Layout layout;
  ExactStepOptions options;
};

class DecoderSteps final : public Steps {
public:
  DecoderSteps(const systems::ModelShape &model, const Machine &machine,
               const Layout &layout, const ExactStepOptions &options)
      : Steps(machine, layout, options), model(model) {}

  std::vector<LayerJob> jobs(int64_t sequences, int64_t newTokens,
                             int64_t past) const override {
    return jobsOf(model, {sequences, newTokens, past}, division());
  }
  std::vector<LayerJob> jobsOnChip(int64_t sequences, int64_t newTokens,
                                   int64_t past) const override {
    huggingface::Step step{sequences, newTokens, past};
    // Programs of experts take long to make: not for every step of serving.
    bool isWanted = model.latentDim == 0 || options.isSingleStep;
    return isWanted && options.hasInputFormat() &&
                   huggingface::hasLayersGraph(model, step)
               ? scenario::jobsOnChip(model, step, division())
               : std::vector<LayerJob>();
  }
  int64_t mostSequences(int64_t tokens) const override {
    return countSequences(model, layout, double(tokens), chipBytes());
  }
  std::pair<int64_t, int64_t> alike(int64_t sequences,
                                    int64_t newTokens) const override {
    return findAlike(sequences, [&](int64_t number) {
      // Any context that all slices can have a part of.
      huggingface::Step step{number, newTokens, 1 << 20};
      huggingface::Share share = divideStep(model, step, division()).front();
      return std::array{share.sequences, share.queryHeads, share.kvHeads,
                        share.queries,   share.keys,       share.experts};
    });
  }
  std::string placement() const override {
    std::string text = "tp=" + std::to_string(layout.tensor);
    if (model.expertLayers > 0) {
      text += ", ep=" + std::to_string(layout.expert);
    }
    return text;
  }

private:
  systems::ModelShape model;
};

class NetworkSteps final : public Steps {
public:
  NetworkSteps(const systems::Network &network, const Machine &machine,
               const Layout &layout, const ExactStepOptions &options)
      : Steps(machine, layout, options), network(network) {}

  std::vector<LayerJob> jobs(int64_t sequences, int64_t newTokens,
                             int64_t past) const override {
    return jobsOf(network, blocksOf(newTokens), itemsOf(sequences, newTokens),
                  network.contextOf(past) + 1, division());
  }
  int64_t mostSequences(int64_t tokens) const override {
    return countSequences(network, layout, double(tokens), chipBytes());
  }
  std::string placement() const override {
    return "tp=" + std::to_string(layout.tensor);
  }
  bool seesContext() const override { return network.cachedPerToken > 0; }
  std::pair<int64_t, int64_t> alike(int64_t sequences,
                                    int64_t newTokens) const override {
    int64_t rows = machine.chip->grid.rows;
    return findAlike(sequences, [&](int64_t number) {
      int64_t items = itemsOf(number, newTokens);
      int64_t byItem = std::min(rows, items);
      return std::pair(llvm::divideCeil(items, byItem), rows / byItem);
    });
  }
  /// Images are many rows of products. With some of them a row of the grid
  /// reads its weights rarely enough: one of a thousand rows, or four smaller
  /// ones (decision 0071); more take longer in proportion. Rows of products
  /// divide evenly, images of attention and convolutions do not.
  std::pair<int64_t, double> exactPart(int64_t sequences,
                                       int64_t newTokens) const override {
    int64_t rows = machine.chip->grid.rows;
    int64_t items = rowsOfItem(newTokens) >= kManyRows ? rows : 4 * rows;
    int64_t most =
        std::max<int64_t>(1, items / itemsOf(/*sequences=*/1, newTokens));
    if (network.cachedPerToken > 0 || sequences <= most) {
      return {sequences, 1};
    }
    auto whole = [&](int64_t number) {
      return double(llvm::divideCeil(itemsOf(number, newTokens), rows));
    };
    double even = evenPart(newTokens);
    return {most, even * double(sequences) / double(most) +
                      (1 - even) * whole(sequences) / whole(most)};
  }

private:
  /// What runs through the network: a step may need several evaluations.
  int64_t itemsOf(int64_t sequences, int64_t newTokens) const {
    return sequences * (newTokens == 1 ? network.evaluations : 1);
  }

  ArrayRef<systems::Block> blocksOf(int64_t newTokens) const {
    return newTokens == 1 ? network.step : network.once;
  }

  static constexpr double kManyRows = 1000;

  /// Rows of an item, tokens or pixels, that a product of numbers has on
  /// average over all of them.
  double rowsOfItem(int64_t newTokens) const {
    double rows = 0, all = 0;
    for (const systems::Block &block : blocksOf(newTokens)) {
      for (const systems::Operation &operation : block.operations) {
        double products = block.count * operation.products();
        // Of a convolution, `rows` of pixels of `width` each.
        double width = operation.kind == systems::Operation::Kind::Convolution
                           ? operation.width
                           : 1;
        all += products;
        rows += products * operation.rows * width;
      }
    }
    return all > 0 ? rows / all : 0;
  }

  /// The part of all products of numbers that rows of tokens or pixels make.
  double evenPart(int64_t newTokens) const {
    double even = 0, all = 0;
    for (const systems::Block &block : blocksOf(newTokens)) {
      for (const systems::Operation &operation : block.operations) {
        double products = block.count * operation.products();
        all += products;
        even +=
            operation.kind == systems::Operation::Kind::Product ? products : 0;
      }
    }
    return all > 0 ? even / all : 1;
  }

  systems::Network network;
};

} // namespace

std::unique_ptr<StepSource>
scenario::makeDecoderSteps(const systems::ModelShape &model,
                           const Machine &machine, const Layout &layout,
                           const ExactStepOptions &options) {
  return std::make_unique<DecoderSteps>(model, machine, layout, options);
}

std::unique_ptr<StepSource>
scenario::makeNetworkSteps(const systems::Network &network,
                           const Machine &machine, const Layout &layout,
                           const ExactStepOptions &options) {
  return std::make_unique<NetworkSteps>(network, machine, layout, options);
}
