//===- Collective.cpp - Exchanges between chips as messages ---------------===//

#include "systemc-models/Fabric/Collective.h"

#include "llvm/Support/MathExtras.h"

#include <numeric>

using namespace acc;
using namespace acc::fabric;

llvm::StringRef fabric::getName(CollectiveKind kind) {
  switch (kind) {
  case CollectiveKind::AllReduce:
    return "all-reduce";
  case CollectiveKind::AllGather:
    return "all-gather";
  case CollectiveKind::ReduceScatter:
    return "reduce-scatter";
  case CollectiveKind::AllToAll:
    return "all-to-all";
  case CollectiveKind::Broadcast:
    return "broadcast";
  case CollectiveKind::SendReceive:
    return "send-receive";
  }
  return "";
}

llvm::StringRef fabric::getName(Algorithm algorithm) {
  switch (algorithm) {
  case Algorithm::OneShot:
    return "one-shot";
  case Algorithm::Direct:
    return "direct";
  case Algorithm::Ring:
    return "ring";
  case Algorithm::HalvingDoubling:
    return "halving-doubling";
  case Algorithm::Hierarchical:
    return "hierarchical";
  case Algorithm::InNetwork:
    return "in-network";
  }
  return "";
}

std::vector<Algorithm> fabric::algorithmsOf(const CollectiveShape &shape) {
  bool isReduce = shape.kind == CollectiveKind::AllReduce;
  bool isGather = shape.kind == CollectiveKind::AllGather;
  std::vector<Algorithm> all = {Algorithm::Direct};
  if (isReduce || shape.kind == CollectiveKind::Broadcast) {
    all.push_back(Algorithm::OneShot);
  }
  if (isReduce || isGather || shape.kind == CollectiveKind::ReduceScatter) {
    all.push_back(Algorithm::Ring);
    // Parts of a power of two of ranks are not those of all.
    if (isReduce || llvm::isPowerOf2_32(shape.ranks)) {
      all.push_back(Algorithm::HalvingDoubling);
    }
  }
  bool isExchange = shape.kind == CollectiveKind::AllToAll;
  if ((isReduce || isGather || isExchange) && shape.group > 1 &&
      shape.group < shape.ranks && shape.ranks % shape.group == 0) {
    all.push_back(Algorithm::Hierarchical);
  }
  if (isReduce && shape.switchesAdd && !shape.overRacks && shape.ranks > 1) {
    all.push_back(Algorithm::InNetwork);
  }
  return all;
}

uint64_t fabric::partFirst(uint64_t elements, uint32_t n, uint32_t p) {
  return elements / n * p + std::min<uint64_t>(elements % n, p);
}

uint32_t fabric::piecesOf(uint64_t part) {
  return uint32_t(std::min<uint64_t>(8, 1 + part / 16384));
}

uint64_t fabric::blockCount(const CollectiveShape &shape, uint32_t i,
                            uint32_t j) {
  if (!shape.counts.empty()) {
    return shape.counts[size_t(i) * shape.ranks + j];
  }
  return partFirst(shape.elements, shape.ranks, j + 1) -
         partFirst(shape.elements, shape.ranks, j);
}

uint64_t fabric::blockFirst(const CollectiveShape &shape, uint32_t i,
                            uint32_t j) {
  if (shape.counts.empty()) {
    return shape.elements * i + partFirst(shape.elements, shape.ranks, j);
  }
  auto begin = shape.counts.begin();
  return std::accumulate(begin, begin + (size_t(i) * shape.ranks + j),
                         uint64_t(0));
}

double fabric::busBytes(CollectiveKind kind, uint32_t ranks, double bytes) {
  double others = ranks == 0 ? 0 : double(ranks - 1) / ranks;
  switch (kind) {
  case CollectiveKind::AllReduce:
    return 2 * others * bytes;
  case CollectiveKind::AllGather:
  case CollectiveKind::ReduceScatter:
  case CollectiveKind::AllToAll:
    return others * bytes;
  case CollectiveKind::Broadcast:
  case CollectiveKind::SendReceive:
    break;
  }
  return bytes;
}

Plan fabric::repeat(const Plan &plan, llvm::ArrayRef<uint64_t> work) {
  Plan all;
  all.ranks = plan.ranks;
  all.results.resize(plan.ranks);
  uint32_t reductions = 0, before = 0;
  for (const Plan::Node &node : plan.nodes) {
    reductions = std::max(reductions, node.reduction + 1);
  }
  for (uint64_t cycles : work) {
    auto gates = uint32_t(all.nodes.size());
    for (uint32_t rank = 0; rank < plan.ranks; ++rank) {
      all.nodes.push_back(
          {Plan::Kind::Work, rank, 0, 0, all.results[rank], cycles});
    }
    auto begin = uint32_t(all.nodes.size());
    for (Plan::Node node : plan.nodes) {
      for (uint32_t &from : node.from) {
        from += begin;
      }
      if (node.kind == Plan::Kind::Input) {
        node.from.push_back(gates + node.rank);
      }
      node.reduction += before;
      all.nodes.push_back(std::move(node));
    }
    before += reductions;
    all.results = plan.results;
    for (auto &results : all.results) {
      for (uint32_t &result : results) {
        result += begin;
      }
    }
  }
  return all;
}
