//===- BlockShare.h - One slice's share of a network's block ----*- C++ -*-===//
//
// Divides operations on many rows (tokens, pixels) of several items over the
// slices of a chip: rows over the rows of the grid, results over its columns
// and over the chips of a group. What an operation reads is gathered along the
// rows of the grid first; its results stay where they are.
//
// - A normalisation before an operation is done on a slice's part of the terms,
//   with sums over all of them, and gathered then.
// - Products of few rows divide their results over all slices.
// - Attention: heads over the columns; sequences, then queries, over the rows,
//   along which keys and values are gathered.
// - Convolutions: images, then lines of an image, over the rows. The lines of
//   neighbours that a part needs are in its input; their way there is not
//   counted.
//
// Sizes that do not divide are rounded up: the share is the largest.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_IMPORT_HUGGINGFACE_BLOCKSHARE_H
#define COMPILER_DRIVER_IMPORT_HUGGINGFACE_BLOCKSHARE_H

#include "compiler-driver/Baselines/Network.h"
#include "compiler-driver/Import/HuggingFace/Division.h"
#include "compiler-driver/Import/Onnx/Model.h"

namespace acc::huggingface {

/// A slice's part of an operation.
struct OperationShare {
  systems::Operation operation; ///< with this slice's sizes
  int64_t items = 1;            ///< sequences or images; a product's are rows
  int64_t normalised = 0;       ///< terms that this slice normalises
};

struct BlockShare {
  std::string name;
  double count = 1;
  std::vector<OperationShare> operations;
  std::vector<Collective> collectives;
};

/// The share of a slice in one evaluation of a block for so many items;
/// `context`: keys of attention without a number of its own.
BlockShare divideBlock(const systems::Block &block, int64_t items,
                       int64_t context, const Division &division);

/// Products of pairs of elements in a share.
double countProducts(const BlockShare &share);

/// Everything that its graph depends on, as text in no special form.
std::string describe(const BlockShare &share);

/// The operators of a share in ONNX's terms, each from an input to an output,
/// with made-up weights.
OnnxModel buildBlockGraph(const BlockShare &share, uint64_t seed = 0);

} // namespace acc::huggingface

#endif // COMPILER_DRIVER_IMPORT_HUGGINGFACE_BLOCKSHARE_H
