//===- Kernel.h - What a machine is asked to do, and the answer -*- C++ -*-===//
//
// The vocabulary of the kernel model: the pieces of work that a framework
// launches on one device of a system, and what the model says about one of
// them. Sizes are of one device, after any splitting over devices.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_SYSTEMS_KERNEL_H
#define COMPILER_DRIVER_SYSTEMS_KERNEL_H

#include "compiler-driver/Baselines/Format.h"
#include "compiler-driver/Baselines/Units.h"

#include <string>
#include <variant>
#include <vector>

namespace acc::systems {

/// out[batch][m][n] = a[batch][m][k] · b[batch][k][n]. With `quantiseA`, `a`
/// is in bf16 in memory and a pass before the multiplication converts it to
/// its format. Rows of `a` that overlap in memory (a convolution's windows)
/// have each element `aOverlap` times on average.
struct Gemm {
  double m = 1, n = 1, k = 1, batch = 1;
  Format a = Format::Bf16, b = Format::Bf16, out = Format::Bf16;
  bool quantiseA = false;
  double aOverlap = 1;
};

/// `groups` independent products of the same weights' shape in one launch:
/// out[g] (rows × n) = a[g] (rows × k) · b[g] (k × n), where group g has
/// `rowsPerGroup` rows. Unevenly filled groups are described by
/// `busiestOverMean`, the rows of the fullest group over the mean.
struct GroupedGemm {
  double groups = 1, rowsPerGroup = 1, n = 1, k = 1;
  Format a = Format::Bf16, b = Format::Bf16, out = Format::Bf16;
  double busiestOverMean = 1;
};

/// How tokens choose experts.
enum class Routing { Balanced, Uniform, Skewed };

/// The experts' part of a mixture-of-experts layer on one device: routing of
/// `tokens`, gather, two grouped multiplications with a gated activation
/// between them, and the weighted sum of the `topK` results of a token. Of
/// `experts`, a device holds experts/expertParallel, and of the intermediate
/// size, intermediate/tensorParallel. `tokens` counts the tokens of the whole
/// group of devices.
struct MoeExperts {
  double tokens = 1, hidden = 1, intermediate = 1;
  double experts = 1, topK = 1;
  double tensorParallel = 1, expertParallel = 1;
  Format activations = Format::Bf16, weights = Format::Bf16;
  Routing routing = Routing::Balanced;
  bool gated = true;
};

/// Which library a kernel comes from, where that changes its speed by more
/// than the model's error; the framework's own choice otherwise.
enum class Library {
  Framework,       ///< what a serving framework launches
  FlashAttention2, ///< portable kernels that predate Hopper
  FlashAttention3, ///< written for Hopper
  CuDnn,
  Unfused ///< separate products and softmax
};

/// softmax(q · kᵀ) · v per head: `batch` sequences of `queryLength` new tokens
/// that see `contextLength` tokens (the new ones included), or at most
/// `window` of them. `queryHeads` share `kvHeads` key/value heads. With
/// `latent`, keys and values are one compressed vector of keyDim elements per
/// token, of which the values are the first valueDim.
/// A decode step has queryLength 1. `warm` says that nothing else ran since the
/// same data were used, as in a benchmark's loop: what fits in the last cache
/// is there.
struct Attention {
  double batch = 1, queryLength = 1, contextLength = 1;
  double queryHeads = 1, kvHeads = 1;
  double keyDim = 128, valueDim = 128;
  bool causal = true;
  bool latent = false;
  double window = 0; ///< 0: unlimited
  Format q = Format::Bf16, kv = Format::Bf16;
  bool warm = false;
  Library library = Library::Framework;
};

enum class VectorKind {
  Elementwise,
  Activation,   ///< gated: silu(a) · b
  Norm,         ///< over rows: layer norm, RMS norm
  ResidualNorm, ///< a sum and a norm of it, both written
  Softmax,      ///< over rows
  Gather,       ///< rows of a table: embedding, KV page copy
  Stream        ///< nothing but memory traffic
};

/// Work without matrix products.
struct Vector {
  VectorKind kind = VectorKind::Elementwise;
  Bytes read, written;
  Operations operations; ///< fp32 operations of the vector units
  double rows = 0;       ///< each worked on by one block of threads; 0: no rows
};

enum class CollectiveKind {
  AllReduce,
  AllGather,
  ReduceScatter,
  AllToAll,
  SendReceive
};

enum class CollectiveLibrary {
  Nccl,    ///< NCCL, RCCL and their like
  OneShot, ///< a framework's own all-reduce for small messages
  Expert,  ///< all-to-all of mixture-of-experts libraries (DeepEP)
  Copy     ///< a copy engine between two memories
};

/// `bytes` is the buffer of an all-reduce, the gathered result of an
/// all-gather, and what a rank starts with otherwise (nccl-tests' "size").
struct Collective {
  CollectiveKind kind = CollectiveKind::AllReduce;
  Bytes bytes;
  double ranks = 2;
  CollectiveLibrary library = CollectiveLibrary::Nccl;
  bool withinScaleUp = true; ///< else over the scale-out network
  bool toHost = false;       ///< over the host link; of Copy alone
};

/// How a kernel reaches the device.
enum class Launch {
  Queued, ///< back to back in a queue or graph: only the device's own start
  Host    ///< by a host thread that is not ahead of the device
};

struct Kernel {
  std::string name;
  std::variant<Gemm, GroupedGemm, MoeExperts, Attention, Vector, Collective>
      work;
  Launch launch = Launch::Queued;
};

/// What most of the time goes to.
enum class Resource { Matrix, Vector, Memory, Cache, Link, Latency, Power };
llvm::StringRef resourceName(Resource resource);

/// One thing that a number rests on: a figure of a system's data file or a
/// parameter of the model.
struct Basis {
  std::string id;     ///< "h200/mem_bw" or "hopper/gemm.tile_efficiency"
  std::string source; ///< the data sheet, or how the parameter was fitted
};

/// How wrong an estimate may be, from rows that the fit had not seen.
struct ErrorBand {
  double meanAbsolute = 0;     ///< mean |prediction/measured - 1|
  double low = 1, high = 1;    ///< factors that hold 80 % of the rows
  bool measuredSystem = false; ///< else from the leave-one-system-out errors
  unsigned rows = 0;           ///< that it rests on
  std::string meaning;         ///< one line for a report
};

struct Estimate {
  Seconds time;
  Joules energy; ///< of one device's package
  Resource limit = Resource::Latency;
  Seconds bound; ///< no machine with this data sheet is faster
  ErrorBand error;
  std::vector<Basis> basis;
};

} // namespace acc::systems

#endif // COMPILER_DRIVER_SYSTEMS_KERNEL_H
