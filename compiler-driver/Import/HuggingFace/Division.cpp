//===- Division.cpp - One slice's share of a model's step -----------------===//

#include "compiler-driver/Import/HuggingFace/Division.h"

#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <array>
#include <cmath>

using namespace acc::huggingface;
using acc::systems::ModelShape;

static int64_t part(int64_t size, int64_t ways) {
  return int64_t(llvm::divideCeil(uint64_t(size), uint64_t(ways)));
}

namespace {

/// Builds the shares of one step.
class Divider {
public:
  Divider(const ModelShape &model, const Step &step, const Division &division,
          double imbalance)
      : model(model), step(step), division(division), imbalance(imbalance) {}

  std::vector<Share> run() {
    // Layers differ in what their attention sees and in their second part; the
    // first dense layers have no window in any known family.
    std::vector<Share> shares;
    double windowed = std::min(model.windowLayers, model.layers);
    double full = model.layers - windowed;
    double denseFull = std::min(full, model.denseLayers);
    addLayers(shares, denseFull, false, false);
    addLayers(shares, full - denseFull, false, true);
    double denseWindowed = model.denseLayers - denseFull;
    addLayers(shares, denseWindowed, true, false);
    addLayers(shares, windowed - denseWindowed, true, true);
    if (model.causal) {
      shares.push_back(makeHead());
    }
    return shares;
  }

private:
  const ModelShape &model;
  const Step &step;
  const Division &division;
  double imbalance;

  int64_t hidden() const { return int64_t(model.hidden); }

  void addLayers(std::vector<Share> &shares, double count, bool windowed,
                 bool hasExperts) {
    if (count <= 0) {
      return;
    }
    Share share;
    share.count = count;
    share.kind =
        hasExperts ? Share::Kind::ExpertLayer : Share::Kind::DenseLayer;
    share.name = std::string(windowed ? "window attention" : "attention") +
                 (hasExperts ? " + experts" : " + feed-forward");
    share.tokens = step.tokens();
    share.hidden = part(hidden(), division.rows);
    share.ownTokens = part(share.tokens, division.columns);
    share.innerTokens = part(share.tokens, division.rows);
    addProjections(share);
    addAttention(share, windowed);
    addOutput(share);
    if (hasExperts) {
      addExperts(share);
      addDense(share, int64_t(model.sharedIntermediate));
    } else {
      addDense(share, int64_t(model.intermediate));
    }
    shares.push_back(std::move(share));
  }

  void add(Share &share, Collective::Kind kind, Collective::Scope scope,
           int64_t ways, double elements, bool isSum32 = false) const {
    if (ways > 1 && elements > 0) {
      share.collectives.push_back({kind, scope, ways, elements, isSum32});
    }
  }

  /// The sums of squares (and of elements) that a norm of a slice's rows needs.
  void addNorm(Share &share) const {
    double sums = model.norm == acc::systems::Norm::Layer ? 2 : 1;
    add(share, Collective::Kind::AllReduce, Collective::Scope::Column,
        division.rows, sums * double(share.ownTokens), /*isSum32=*/true);
  }

  /// What was normalised goes to all slices of a grid's row.
  void gatherRows(Share &share) const {
    add(share, Collective::Kind::AllGather, Collective::Scope::Row,
        division.columns, double(share.ownTokens) * double(share.hidden));
  }

  /// Partial sums of a product whose terms are divided over a grid's column
  /// become rows that are divided so; `columns` of them leave again for all.
  void sumInside(Share &share, int64_t summed, int64_t columns) const {
    add(share, Collective::Kind::ReduceScatter, Collective::Scope::Column,
        division.rows, double(share.tokens) * double(summed));
    add(share, Collective::Kind::AllGather, Collective::Scope::Column,
        division.rows, double(share.innerTokens) * double(columns));
  }

  int64_t chipQueryHeads() const {
    return part(int64_t(model.queryHeads), division.tensorParallel);
  }
  int64_t chipKvHeads() const {
    return part(int64_t(model.kvHeads), division.tensorParallel);
  }

  void addProjections(Share &share) const {
    addNorm(share);
    gatherRows(share);
    int64_t heads = chipQueryHeads();
    if (model.latentDim > 0) {
      // The latent vectors are made on every chip of a group, as the cache of
      // the one that keys and values come from is on every chip.
      share.latents =
          part(int64_t(model.queryRank + model.latentDim), division.columns);
      share.latentTerms = part(int64_t(model.queryRank), division.columns);
      share.projections = part(heads * int64_t(model.headDim), division.rows);
      // The norm of a vector has terms of all slices of a row.
      sumInside(share, share.latents, share.latentTerms);
      add(share, Collective::Kind::AllReduce, Collective::Scope::Row,
          division.columns, double(share.innerTokens), /*isSum32=*/true);
      add(share, Collective::Kind::AllReduce, Collective::Scope::Row,
          division.columns, double(share.tokens) * double(share.projections));
      return;
    }
    share.projections = part(
        (heads + 2 * chipKvHeads()) * int64_t(model.headDim), division.columns);
    add(share, Collective::Kind::AllReduce, Collective::Scope::Column,
        division.rows, double(share.tokens) * double(share.projections));
  }

  void addAttention(Share &share, bool windowed) const {
    const int64_t slices = division.slices();
    int64_t heads = chipQueryHeads(), kvHeads = chipKvHeads();
    bool isLatent = model.latentDim > 0;
    bool isDecode = step.isGeneration();
    // Keys and values of all heads come from one vector of a token: decode
    // attends to the vectors themselves (DeepSeek-V2, arXiv 2405.04434).
    bool isAbsorbed = isLatent && isDecode;
    if (isLatent && !isAbsorbed) {
      kvHeads = heads;
    }
    share.keySize = int64_t(isAbsorbed ? model.latentDim : model.headDim);
    share.valueSize =
        int64_t(isAbsorbed ? model.latentRank() : model.valueSize());

    int64_t bySequence = std::min(slices, step.sequences);
    int64_t byHead = std::min(slices / bySequence, kvHeads);
    int64_t rest = std::max<int64_t>(1, slices / (bySequence * byHead));
    share.sequences = part(step.sequences, bySequence);
    share.kvHeads = part(kvHeads, byHead);
    share.queryHeads = share.kvHeads * part(heads, kvHeads);
    int64_t context = step.pastTokens + step.newTokens;
    if (isDecode) {
      int64_t seen =
          windowed
              ? std::min(context, int64_t(model.window) + step.newTokens - 1)
              : context;
      share.queries = step.newTokens;
      share.keys = part(seen, rest);
      // A row of results, its largest score and its sum.
      add(share, Collective::Kind::AllReduce, Collective::Scope::Chip, rest,
          rest > 1 ? double(share.sequences * share.queryHeads) *
                         double(share.valueSize + 2)
                   : 0,
          /*isSum32=*/true);
    } else {
      // Queries are dealt out so that every slice sees as many keys as the
      // others: as if its own were those in the middle.
      share.queries = part(step.newTokens, rest);
      share.keys = model.causal ? step.pastTokens +
                                      part(step.newTokens + share.queries, 2)
                                : context;
      if (windowed) {
        share.keys =
            std::min(share.keys, int64_t(model.window) + share.queries - 1);
      }
    }
    if (isAbsorbed) {
      share.absorbedHeads = part(heads, slices);
    } else if (isLatent) {
      share.expandedTokens = part(step.sequences * context, division.rows);
      share.expandedColumns = part(
          heads * int64_t(model.headDim - model.rotaryDim + model.valueDim),
          division.columns);
    }
    // Queries go to where their keys are, and results back.
    double moved = double(share.tokens) / double(slices) * double(heads) *
                   double(share.keySize + share.valueSize);
    add(share, Collective::Kind::AllToAll, Collective::Scope::Chip, slices,
        moved);
  }

  void addOutput(Share &share) const {
    share.outputTerms =
        part(chipQueryHeads() * int64_t(model.valueSize()), division.columns);
    addSumOfHidden(share);
  }

  /// Partial sums of rows of the hidden size: over the columns of the grid,
  /// and over the chips of a group.
  void addSumOfHidden(Share &share) const {
    add(share, Collective::Kind::ReduceScatter, Collective::Scope::Row,
        division.columns, double(share.tokens) * double(share.hidden));
    add(share, Collective::Kind::AllReduce, Collective::Scope::TensorGroup,
        division.tensorParallel, double(share.tokens) * double(hidden()));
  }

  void addDense(Share &share, int64_t features) const {
    if (features == 0) {
      return;
    }
    if (share.kind == Share::Kind::DenseLayer && !model.parallelBlock) {
      addNorm(share);
    }
    if (!model.parallelBlock) {
      gatherRows(share);
    }
    int64_t chip = part(features, division.tensorParallel);
    share.features = part(chip, division.columns);
    double widths = model.gated ? 2 : 1;
    sumInside(share, int64_t(widths) * share.features, share.features);
    addSumOfHidden(share);
  }

  void addExperts(Share &share) const {
    addNorm(share);
    const int64_t slices = division.slices();
    share.routerColumns = int64_t(model.experts);
    share.routedTokens = share.ownTokens;
    add(share, Collective::Kind::AllReduce, Collective::Scope::Column,
        division.rows, double(share.routedTokens) * model.experts);

    // Tokens of all replicas that share the experts.
    double replicas = std::max(1.0, double(division.expertParallel) /
                                        double(division.tensorParallel));
    double tokens = double(share.tokens) * replicas;
    double picked = tokens * model.topK;
    int64_t onChip = part(int64_t(model.experts), division.expertParallel);
    int64_t onSlice = part(onChip, slices);
    int64_t sharers = std::max<int64_t>(1, slices / onChip);
    // Experts that nobody picks are not read.
    double isPicked = 1 - std::pow(1 - model.topK / model.experts, tokens);
    double perExpert = picked / (model.experts * isPicked);
    share.experts = std::max<int64_t>(
        1, std::llround(std::ceil(double(onSlice) * isPicked - 1e-9)));
    share.expertTokens = std::max<int64_t>(
        1, std::llround(std::ceil(perExpert * imbalance - 1e-9)));
    share.expertTokens =
        std::min(share.expertTokens, int64_t(std::llround(tokens)));
    share.expertHidden = hidden();
    share.expertFeatures = part(int64_t(model.expertIntermediate), sharers);
    // Tokens go to their experts, and results back: over the chips, then to the
    // slices.
    double perChip = picked / double(division.expertParallel) * model.hidden;
    add(share, Collective::Kind::AllToAll, Collective::Scope::ExpertGroup,
        division.expertParallel, 2 * perChip);
    add(share, Collective::Kind::AllToAll, Collective::Scope::Chip, slices,
        2 * double(share.experts * share.expertTokens) * model.hidden);
  }

  Share makeHead() const {
    Share share;
    share.kind = Share::Kind::Head;
    share.name = "output";
    // Of a prompt, the last token.
    share.tokens = step.isGeneration() ? step.tokens() : step.sequences;
    share.hidden = part(hidden(), division.rows);
    share.headRows = share.tokens;
    share.ownTokens = part(share.headRows, division.columns);
    share.logits =
        part(part(int64_t(model.vocabulary), division.tensorParallel),
             division.columns);
    addNorm(share);
    gatherRows(share);
    add(share, Collective::Kind::AllReduce, Collective::Scope::Column,
        division.rows, double(share.headRows) * double(share.logits));
    // The largest logit of each slice, and its place.
    add(share, Collective::Kind::AllReduce, Collective::Scope::Row,
        division.columns, 2 * double(share.headRows), /*isSum32=*/true);
    add(share, Collective::Kind::AllReduce, Collective::Scope::TensorGroup,
        division.tensorParallel, 2 * double(share.headRows), /*isSum32=*/true);
    return share;
  }
};

} // namespace

std::vector<Share> acc::huggingface::divideStep(const ModelShape &model,
                                                const Step &step,
                                                const Division &division,
                                                double imbalance) {
  return Divider(model, step, division, imbalance).run();
}

bool acc::huggingface::hasSameAttention(const Share &a, const Share &b) {
  auto sizesOf = [](const Share &s) {
    return std::array{
        s.tokens,      s.hidden,        s.projections,    s.latents,
        s.latentTerms, s.absorbedHeads, s.expandedTokens, s.expandedColumns,
        s.sequences,   s.queryHeads,    s.kvHeads,        s.queries,
        s.keys,        s.keySize,       s.valueSize,      s.outputTerms};
  };
  return a.sequences > 0 && sizesOf(a) == sizesOf(b);
}

namespace {
/// A product with weights: `rows` times [terms, columns], `times` over.
struct Product {
  double rows, terms, columns, times = 1;
};
} // namespace

static std::vector<Product> listProducts(const Share &s,
                                         const ModelShape &model) {
  double tokens = double(s.tokens), hidden = double(s.hidden);
  double widths = model.gated ? 3 : 2;
  if (s.kind == Share::Kind::Head) {
    return {{double(s.headRows), hidden, double(s.logits)}};
  }
  std::vector<Product> products;
  if (s.latents > 0) {
    products.push_back({tokens, hidden, double(s.latents)});
    products.push_back({tokens, double(s.latentTerms), double(s.projections)});
    double plain = model.headDim - model.rotaryDim;
    products.push_back({tokens, model.latentRank(), plain + model.valueDim,
                        double(s.absorbedHeads)});
    products.push_back({double(s.expandedTokens), model.latentRank(),
                        double(s.expandedColumns)});
  } else {
    products.push_back({tokens, hidden, double(s.projections)});
  }
  products.push_back({tokens, double(s.outputTerms), hidden});
  products.push_back({tokens, hidden, double(s.features), widths});
  products.push_back({double(s.routedTokens), hidden, double(s.routerColumns)});
  products.push_back({double(s.expertTokens), double(s.expertHidden),
                      double(s.expertFeatures), widths * double(s.experts)});
  return products;
}

double acc::huggingface::countWeights(const Share &share,
                                      const ModelShape &model) {
  double elements = 0;
  for (const Product &p : listProducts(share, model)) {
    elements += p.rows > 0 ? p.terms * p.columns * p.times : 0;
  }
  return elements;
}

double acc::huggingface::countProducts(const Share &share,
                                       const ModelShape &model) {
  double products = double(share.sequences * share.queryHeads) *
                    double(share.queries * share.keys) *
                    double(share.keySize + share.valueSize);
  for (const Product &p : listProducts(share, model)) {
    products += p.rows * p.terms * p.columns * p.times;
  }
  return products;
}
