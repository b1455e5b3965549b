//===- BlockShare.cpp - One slice's share of a network's block ------------===//

#include "compiler-driver/Import/HuggingFace/BlockShare.h"

#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <cmath>

using namespace acc::huggingface;
using acc::systems::Block;
using acc::systems::Operation;

/// Groups of channels that are normalised together, as in all known networks.
constexpr double kGroups = 32;

/// A product's results are divided over all slices, not over the columns of
/// the grid alone, if it has fewer rows than a part of its terms: the results
/// that everybody then gets take less time than the weights that nobody reads
/// twice. Of `jx1`: 64 bytes a cycle on the network, 120 from HBM, 8 columns.
constexpr double kTermsPerRow = 16;

static double part(double size, int64_t ways) {
  return std::ceil(size / double(ways));
}

namespace {

class BlockDivider {
public:
  BlockDivider(int64_t items, int64_t context, const Division &division)
      : items(items), context(context), division(division) {}

  BlockShare run(const Block &block) {
    share.name = block.name;
    share.count = block.count;
    for (const Operation &operation : block.operations) {
      switch (operation.kind) {
      case Operation::Kind::Product:
        product(operation);
        break;
      case Operation::Kind::Attention:
        attention(operation);
        break;
      case Operation::Kind::Convolution:
        convolution(operation);
        break;
      }
    }
    return std::move(share);
  }

private:
  int64_t items, context;
  const Division &division;
  BlockShare share;

  using Kind = Collective::Kind;
  using Scope = Collective::Scope;

  void exchange(Kind kind, Scope scope, int64_t ways, double elements,
                bool isSum32 = false) {
    if (ways > 1 && elements > 0) {
      share.collectives.push_back({kind, scope, ways, elements, isSum32});
    }
  }

  /// What the slices of a grid's row, and chips of a group, have each a part
  /// of.
  void gatherTerms(double rows, double terms) {
    double chip = part(terms, division.tensorParallel);
    exchange(Kind::AllGather, Scope::TensorGroup, division.tensorParallel,
             rows * double(division.rows) * chip);
    exchange(Kind::AllGather, Scope::Row, division.columns,
             rows * part(chip, division.columns));
  }

  /// This slice's part of the terms that are normalised.
  int64_t normalise(const Operation &operation, double rows) {
    if (operation.before == Operation::Before::Nothing) {
      return 0;
    }
    // Sums and sums of squares: of a row, over the columns of the grid; of a
    // group of channels, over its rows.
    if (operation.before == Operation::Before::LayerNorm) {
      exchange(Kind::AllReduce, Scope::Row, division.columns, 2 * rows,
               /*isSum32=*/true);
    } else {
      exchange(Kind::AllReduce, Scope::Column, division.rows,
               2 * kGroups * double(items), /*isSum32=*/true);
    }
    return int64_t(
        part(part(operation.terms, division.tensorParallel), division.columns));
  }

  void product(const Operation &operation) {
    OperationShare result;
    Operation &o = result.operation = operation;
    double all = operation.rows * double(items);
    bool isFew =
        all < double(division.rows) || all * kTermsPerRow <= operation.terms;
    o.rows = isFew ? all : part(all, division.rows);
    double halves = operation.after == Operation::After::GatedGelu ? 2 : 1;
    double results = part(operation.columns / halves, division.tensorParallel);
    o.columns =
        halves * part(results, isFew ? division.slices() : division.columns);
    result.normalised = normalise(operation, o.rows);
    if (isFew) {
      exchange(Kind::AllGather, Scope::Chip, division.slices(),
               o.rows * o.columns / halves);
    } else {
      gatherTerms(o.rows, operation.terms);
    }
    share.operations.push_back(result);
  }

  void attention(const Operation &operation) {
    OperationShare result;
    Operation &o = result.operation = operation;
    o.keys = operation.keys > 0 ? operation.keys : double(context);
    int64_t bySequence = std::min(division.rows, items);
    int64_t rest = std::max<int64_t>(1, division.rows / bySequence);
    rest = std::min(rest, int64_t(operation.rows));
    result.items = int64_t(part(double(items), bySequence));
    o.rows = part(operation.rows, rest);
    o.heads =
        part(part(operation.heads, division.tensorParallel), division.columns);
    exchange(Kind::AllGather, Scope::Column, rest,
             2 * part(o.keys, rest) * double(result.items) * o.heads * o.terms);
    share.operations.push_back(result);
  }

  void convolution(const Operation &operation) {
    OperationShare result;
    Operation &o = result.operation = operation;
    int64_t byImage = std::min(division.rows, items);
    int64_t rest = std::max<int64_t>(1, division.rows / byImage);
    rest = std::min(rest, int64_t(operation.rows));
    result.items = int64_t(part(double(items), byImage));
    o.rows = part(operation.rows, rest);
    o.columns = part(part(operation.columns, division.tensorParallel),
                     division.columns);
    double pixels =
        double(result.items) * o.rows * o.stride * o.width * o.stride;
    result.normalised = normalise(operation, pixels);
    gatherTerms(pixels, operation.terms);
    share.operations.push_back(result);
  }
};

} // namespace

BlockShare acc::huggingface::divideBlock(const Block &block, int64_t items,
                                         int64_t context,
                                         const Division &division) {
  return BlockDivider(items, context, division).run(block);
}

double acc::huggingface::countProducts(const BlockShare &share) {
  double products = 0;
  for (const OperationShare &part : share.operations) {
    products += double(part.items) * part.operation.products();
  }
  return products;
}

std::string acc::huggingface::describe(const BlockShare &share) {
  std::string text;
  llvm::raw_string_ostream os(text);
  for (const OperationShare &part : share.operations) {
    const Operation &o = part.operation;
    os << int(o.kind) << " " << int(o.before) << " " << int(o.after) << " "
       << o.addsInput;
    for (double size :
         {o.rows, o.terms, o.columns, o.heads, o.keys, o.width, o.kernel,
          o.stride, double(part.items), double(part.normalised)}) {
      os << " " << int64_t(size);
    }
    os << "\n";
  }
  return text;
}
