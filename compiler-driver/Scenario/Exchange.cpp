//===- Exchange.cpp - Exchanges between chips on the fabric model ---------===//

#include "compiler-driver/Scenario/Exchange.h"

#include "compiler-driver/Runtime/CacheFolder.h"
#include "compiler-driver/Scenario/LayerStore.h"
#include "compiler-driver/Tensor/Errors.h"
#include "systemc-models/Fabric/CollectiveCost.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SHA256.h"

#include <cmath>

using namespace llvm;
using namespace acc;
using namespace acc::scenario;
using fabric::Algorithm;
using fabric::CollectiveKind;
using fabric::CollectiveShape;
using systems::Bytes;
using systems::Seconds;

namespace {

struct Measured {
  double seconds = 0;
  double bytes = 0; ///< of all messages
};

/// Everything that the time depends on: the levels of the machine, the
/// exchange, and this very program.
std::string describe(const Machine &machine, const CollectiveShape &shape,
                     Algorithm algorithm, unsigned elementBytes) {
  std::string text;
  raw_string_ostream os(text);
  os << getProgramDigest() << "\nexchange " << int(shape.kind) << " "
     << shape.ranks << " " << shape.elements << " " << shape.group << " "
     << int(algorithm) << " " << elementBytes << "\n";
  for (TargetLevel level : {TargetLevel::Slice, TargetLevel::Chip,
                            TargetLevel::Rack, TargetLevel::Pod}) {
    if (level == TargetLevel::Pod && !machine.pod) {
      continue;
    }
    Machine part = machine;
    part.level = level;
    printMachine(part, os);
  }
  return text;
}

std::optional<Measured> parse(StringRef text) {
  auto [seconds, bytes] = text.trim().split(' ');
  Measured measured;
  if (seconds.getAsDouble(measured.seconds) ||
      bytes.getAsDouble(measured.bytes)) {
    return std::nullopt;
  }
  return measured;
}

std::optional<Measured> simulate(const Machine &machine,
                                 const CollectiveShape &shape,
                                 Algorithm algorithm, unsigned elementBytes) {
  fabric::TopologyOptions options;
  options.racks = shape.ranks / shape.group;
  options.chips = shape.ranks / options.racks;
  auto network = fabric::makeNetwork(machine, options);
  if (!network) {
    consumeError(network.takeError());
    return std::nullopt;
  }
  fabric::PlanTimes times = fabric::runPlan(
      machine, **network, fabric::makePlan(shape, algorithm), elementBytes);
  if (!times.isWhole) {
    return std::nullopt;
  }
  return Measured{times.seconds, double(times.bytes)};
}

/// From memory, from disk, or simulated. A disk that cannot be used costs time
/// and nothing else.
std::optional<Measured> measure(const Machine &machine,
                                const CollectiveShape &shape,
                                Algorithm algorithm, unsigned elementBytes) {
  static std::map<std::string, std::optional<Measured>> known;
  std::string key = toHex(SHA256::hash(arrayRefFromStringRef(describe(
                              machine, shape, algorithm, elementBytes))),
                          /*LowerCase=*/true);
  auto found = known.try_emplace(key);
  std::optional<Measured> &measured = found.first->second;
  if (!found.second) {
    return measured;
  }
  std::string path;
  if (auto cache = xpu::CacheFolder::open()) {
    path = cache->fileOf(key, ".txt");
  } else {
    consumeError(cache.takeError());
  }
  if (!path.empty() && xpu::CacheFolder::touch(path)) {
    auto file = MemoryBuffer::getFile(path);
    if (file && (measured = parse((*file)->getBuffer()))) {
      return measured;
    }
  }
  measured = simulate(machine, shape, algorithm, elementBytes);
  if (measured && !path.empty()) {
    consumeError(writeToOutput(path, [&](raw_ostream &os) {
      os << format("%.17g %.17g\n", measured->seconds, measured->bytes);
      return Error::success();
    }));
  }
  return measured;
}

} // namespace

std::optional<Exchange>
scenario::simulateExchange(const huggingface::Collective &c,
                           const Machine &machine, double mostBytes) {
  bool isChips = c.scope == huggingface::Collective::Scope::TensorGroup ||
                 c.scope == huggingface::Collective::Scope::ExpertGroup;
  if (!isChips || c.ways < 2) {
    return std::nullopt;
  }
  if (Error error = fabric::checkFabric(machine)) {
    consumeError(std::move(error));
    return std::nullopt;
  }
  bool isBoth = c.kind == huggingface::Collective::Kind::AllToAll;
  CollectiveShape shape;
  shape.ranks = uint32_t(c.ways);
  // There and back, each half of what is given; gathered are all parts.
  shape.elements = uint64_t(std::ceil(
      std::max(1.0, isBoth ? c.elements / 2
                    : c.kind == huggingface::Collective::Kind::AllGather
                        ? c.elements * double(c.ways)
                        : c.elements)));
  shape.kind = isBoth ? CollectiveKind::AllToAll
               : c.kind == huggingface::Collective::Kind::AllGather
                   ? CollectiveKind::AllGather
                   : CollectiveKind::AllReduce;
  uint32_t inRack = machine.rack->chips();
  shape.group = std::min(shape.ranks, inRack);
  bool isFar = shape.ranks > inRack;
  shape.overRacks = isFar;
  shape.switchesAdd = fabric::hasReduction(machine);
  if (isFar && (isBoth || shape.ranks % inRack != 0)) {
    return std::nullopt;
  }
  unsigned elementBytes = c.isSum32 ? 4 : 2;
  Algorithm algorithm =
      isFar ? Algorithm::Hierarchical
            : fabric::chooseAlgorithm(machine, shape, elementBytes);
  double all = double(shape.elements);
  double each = fabric::busBytes(shape.kind, shape.ranks, elementBytes) *
                double(shape.ranks);
  double most = std::max(2.0, std::floor(mostBytes / each));
  std::optional<Measured> half;
  if (all > most) {
    shape.elements = uint64_t(most / 2);
    half = measure(machine, shape, algorithm, elementBytes);
    shape.elements = uint64_t(most);
  }
  std::optional<Measured> whole =
      measure(machine, shape, algorithm, elementBytes);
  if (!whole || (all > most && !half)) {
    return std::nullopt;
  }
  if (half) {
    double steps = (all - most) / (most - std::floor(most / 2));
    whole->seconds += steps * (whole->seconds - half->seconds);
    whole->bytes *= all / most;
  }
  double times = isBoth ? 2 : 1;
  return Exchange{Seconds(times * whole->seconds),
                  Bytes(times * whole->bytes / double(shape.ranks))};
}
