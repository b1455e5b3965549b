//===- Parallelism.h - What is asked for of chips and slices ----*- C++ -*-===//

#ifndef PASSES_PARTITION_PARALLELISM_H
#define PASSES_PARTITION_PARALLELISM_H

#include "dialects/Target/Machine.h"
#include "passes/Partition/Division.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace xpu {

/// Which divisions of loops are asked for.
enum class Parallel { Auto, None, Rows, Columns, Grid, Sums };

/// What chips along an axis of a rack share: layers (pp), the weights and sums
/// of each product (tp), its rows (dp), or its experts (ep).
enum class ChipParallel { Pipeline, Tensor, Data, Expert };

/// What `parallel` of xpu-choose-divisions and --parallel of acc-cc say.
struct Parallelism {
  Parallel loops = Parallel::Auto;
  /// How many chips, from the outer axes of a rack to the inner ones.
  llvm::SmallVector<std::pair<ChipParallel, int64_t>> chips;
};

inline constexpr llvm::StringLiteral kParallelismForm =
    "auto, none, rows, columns, grid or sums, and of chips of a rack pp=N, "
    "tp=N, dp=N and ep=N, separated by commas";

/// Reads "pp=2,tp=2", "sums", "pp=2,rows", ...
llvm::Expected<Parallelism> parseParallelism(llvm::StringRef text);

/// The parallelism of each axis of the machine's mesh; nothing where it is to
/// be chosen. Items take the next axes of chips whose product they are.
llvm::Expected<llvm::SmallVector<std::optional<ChipParallel>>>
placeParallelism(const Parallelism &parallelism, const acc::Machine &machine);

/// The axes that are of this kind.
Axes axesOf(llvm::ArrayRef<std::optional<ChipParallel>> axes,
            ChipParallel kind);

} // namespace xpu

#endif // PASSES_PARTITION_PARALLELISM_H
