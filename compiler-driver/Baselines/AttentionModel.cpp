//===- AttentionModel.cpp - Attention over prompts and decode steps -------===//
//
// Over a prompt, tiles of queries walk along the visible keys: products and,
// one after the other, exponentials take time, and passes around it move q, k
// and v. In a decode step
// blocks of threads stream the KV cache of a sequence and a key head, split
// along the context when there are fewer of them than cores (Flash-Decoding).
//
//===----------------------------------------------------------------------===//

#include "compiler-driver/Baselines/Cost.h"

#include <algorithm>
#include <cmath>

namespace acc::systems {

namespace {

/// Queries of a tile: the smaller one spreads short prompts over more cores.
constexpr double tileHeights[] = {64, 128};
/// Granularity of visible keys.
constexpr double keyBlock = 128;

/// Queries per sequence up to which the KV cache dominates.
constexpr double decodeQueries = 16;

double visibleContext(const Attention &a) {
  return a.window > 0 ? std::min(a.contextLength, a.window) : a.contextLength;
}

/// Sum over the queries of the keys that each sees.
double visiblePairs(const Attention &a) {
  double most = visibleContext(a);
  if (!a.causal || a.queryLength <= 1) {
    return a.queryLength * most;
  }
  // The first query sees `first` keys, each next one more, up to `most`.
  double first = a.contextLength - a.queryLength + 1;
  double growing = std::clamp(most - first + 1, 0.0, a.queryLength);
  return growing * (first + (growing - 1) / 2) +
         (a.queryLength - growing) * most;
}

/// Sum over the tiles of the keys that a tile walks along, whole blocks each.
double walkedKeys(const Attention &a, double height) {
  double tiles = std::ceil(a.queryLength / height);
  double most = std::ceil(visibleContext(a) / keyBlock) * keyBlock;
  if (!a.causal) {
    return tiles * most;
  }
  // A window adds the block that its edge crosses.
  if (a.window > 0) {
    most += keyBlock;
  }
  double past = std::max(0.0, a.contextLength - a.queryLength);
  double first = std::ceil((past + height) / keyBlock) * keyBlock;
  double growing = std::clamp((most - first) / height + 1, 0.0, tiles);
  return growing * (first + (growing - 1) / 2 * height) +
         (tiles - growing) * most;
}

struct Sizes {
  double elements; ///< of q, o, k and v that move at least once
  Bytes bytes;
  Bytes cache; ///< of the KV cache
  Operations work;
};

Sizes sizesOf(const Attention &a) {
  Sizes s;
  double perToken = a.latent ? a.keyDim : a.keyDim + a.valueDim;
  double keys = visibleContext(a);
  // All queries of a prompt together see all keys.
  if (a.queryLength > 1 && a.causal && a.window > 0) {
    keys = std::min(a.contextLength, a.window + a.queryLength - 1);
  }
  s.cache =
      Bytes(a.batch * a.kvHeads * keys * perToken * bytesPerElement(a.kv));
  double queries = a.batch * a.queryHeads * a.queryLength;
  s.bytes = s.cache +
            Bytes(queries * (a.keyDim * bytesPerElement(a.q) + a.valueDim * 2));
  s.work = Operations(2 * a.batch * a.queryHeads * visiblePairs(a) *
                      (a.keyDim + a.valueDim));
  return s;
}

Cost makeCost(const Attention &a, const Device &device) {
  Cost cost;
  Sizes sizes = sizesOf(a);
  MatrixRate rate = device.matrixRate(a.q);
  addMatrix(cost.events, sizes.work, rate.bits);
  cost.events.memory = sizes.bytes;
  cost.bound =
      std::max(sizes.work / rate.peak, sizes.bytes / device.memoryBandwidth);
  return cost;
}

double libraryRate(Library library, const Device &device,
                   const Parameters &parameters) {
  switch (library) {
  case Library::Framework:
    return parameters[Parameter::PrefillFramework];
  case Library::FlashAttention3:
    return 1;
  case Library::FlashAttention2:
    // Written for Ampere.
    return device.generation == "ampere" ? 1
                                         : parameters[Parameter::PortableRate];
  case Library::Unfused:
    return parameters[Parameter::PortableRate];
  case Library::CuDnn:
    return parameters[Parameter::CuDnnRate];
  }
  return 1;
}

Cost prefillCost(const Attention &a, const Device &device,
                 const Parameters &parameters) {
  Cost cost = makeCost(a, device);
  MatrixRate rate = device.matrixRate(a.q);
  double share = parameters[rate.bits > 8 ? Parameter::PrefillRate16
                                          : Parameter::PrefillRate8] *
                 libraryRate(a.library, device, parameters);
  OperationsPerSecond core = rate.peak * std::min(share, 1.0) / device.cores;

  double heads = a.batch * a.queryHeads;
  Seconds exponential =
      1 / parameters[Parameter::PrefillExponentials] / device.clock;
  Seconds each(parameters[Parameter::PrefillTile]);
  Seconds compute(INFINITY);
  for (double height : tileHeights) {
    double tiles = std::ceil(a.queryLength / height);
    Operations products(2 * height * (a.keyDim + a.valueDim));
    Seconds perKey = products / core + height * exponential;
    Seconds all = heads * (walkedKeys(a, height) * perKey + tiles * each);
    // The longest tile cannot be shared out, and the last ones end at
    // different times.
    Seconds longest = visibleContext(a) * perKey + each;
    Seconds shared = all / device.cores + all / (2 * heads * tiles);
    compute = std::min(compute, std::max(longest, shared));
  }

  Seconds memory = cost.events.memory /
                   (device.memoryBandwidth * parameters[Parameter::GemmMemory]);
  cost.time = overlap(compute, memory, parameters[Parameter::GemmOverlap]);
  cost.limit = memory > compute ? Resource::Memory : Resource::Matrix;

  Cost around;
  around.time = Seconds(parameters[Parameter::PrefillStart]);
  if (a.library == Library::Framework) {
    // Reads q, k and v of the new tokens, writes rotated q, and k and v to the
    // cache.
    double tokens = a.batch * a.queryLength;
    double q = a.queryHeads * a.keyDim;
    double kv = a.kvHeads * (a.latent ? a.keyDim : a.keyDim + a.valueDim);
    around.events.memory =
        Bytes(tokens * (2 * (q + kv) + q * bytesPerElement(a.q) +
                        kv * bytesPerElement(a.kv)));
    around.time += around.events.memory / (device.memoryBandwidth *
                                           parameters[Parameter::PrefillMove]);
  } else {
    around.time = Seconds(parameters[Parameter::GemmStart]);
  }
  cost += around;
  return cost;
}

Cost decodeCost(const Attention &a, const Device &device,
                const Parameters &parameters) {
  Cost cost = makeCost(a, device);
  // Products are in 16 bits whatever the cache is in, and the queries that
  // share a key fill a part of an instruction only.
  MatrixRate rate = device.matrixRate(Format::Bf16);
  Seconds compute =
      cost.events.matrix16 + cost.events.matrix8 + cost.events.matrix4 >
              Operations(0)
          ? sizesOf(a).work / (rate.peak * parameters[Parameter::DecodeRate])
          : Seconds(0);
  double cold = a.warm ? coldShare(cost.events.memory, device) : 1;
  Seconds memory =
      cold * cost.events.memory /
      (device.memoryBandwidth * parameters[Parameter::DecodeMemory]);

  // The cache is read at full speed once enough blocks of threads are in
  // flight; one block's time, at its own slow rate, comes on top. Sequences
  // are split until the blocks fill the cores, and long ones anyway.
  double items = a.batch * a.kvHeads;
  double split = std::max(1.0, device.cores / items);
  double keys =
      std::min(visibleContext(a) / split, parameters[Parameter::DecodeBlock]);
  Bytes perKey = sizesOf(a).cache / (items * visibleContext(a));
  BytesPerSecond load =
      Bytes(parameters[Parameter::DecodeCoreLoad]) * device.clock;
  Seconds block = keys * perKey / load;
  Seconds body = overlap(memory, compute, 4) + block;
  Seconds start(parameters[Parameter::DecodeStart]);
  cost.time = body;
  cost.limit = compute > memory ? Resource::Matrix
               : block > memory ? Resource::Cache
                                : Resource::Memory;
  if (start > cost.time) {
    cost.limit = Resource::Latency;
  }
  cost.time += start;
  return cost;
}

} // namespace

bool isDecode(const Attention &attention) {
  return attention.queryLength <= decodeQueries;
}

Cost attentionCost(const Attention &attention, const Device &device,
                   const Parameters &parameters) {
  return isDecode(attention) ? decodeCost(attention, device, parameters)
                             : prefillCost(attention, device, parameters);
}

} // namespace acc::systems
