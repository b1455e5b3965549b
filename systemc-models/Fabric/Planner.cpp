//===- Planner.cpp - Plans of the algorithms ------------------------------===//

#include "systemc-models/Fabric/Planner.h"

#include <numeric>

using namespace acc;
using namespace acc::fabric;
using llvm::ArrayRef;

/// Everybody adds all that there is, in the order of ranks, so that all have
/// the same.
void Planner::oneShot() {
  uint32_t n = shape.ranks;
  Nodes own = inputs(0, shape.elements);
  std::vector<Nodes> all(n, Nodes(n));
  for (uint32_t r = 0; r < n; ++r) {
    all[r][r] = own[r];
  }
  for (uint32_t k = 1; k < n; ++k) {
    for (uint32_t i = 0; i < n; ++i) {
      all[(i + k) % n][i] = send((i + k) % n, 0, shape.elements, own[i]);
    }
  }
  for (uint32_t r = 0; r < n; ++r) {
    plan.results[r].push_back(sum(r, 0, shape.elements, all[r]));
  }
}

void Planner::inNetwork() {
  Nodes given;
  for (uint32_t own : inputs(0, shape.elements)) {
    given.push_back(
        add(Plan::Kind::Give, plan.nodes[own].rank, 0, shape.elements, own));
  }
  for (uint32_t r = 0; r < shape.ranks; ++r) {
    plan.results[r].push_back(
        add(Plan::Kind::SwitchSum, r, 0, shape.elements, given));
  }
}

/// Each rank's part of all elements.
Nodes Planner::ownParts() {
  Nodes result;
  for (uint32_t r = 0; r < shape.ranks; ++r) {
    result.push_back(input(r, partFirst(shape.elements, shape.ranks, r),
                           partFirst(shape.elements, shape.ranks, r + 1)));
  }
  return result;
}

static Ranks upTo(uint32_t n) {
  Ranks ranks(n);
  std::iota(ranks.begin(), ranks.end(), 0);
  return ranks;
}

/// Ranks beyond the largest power of two add to the first ones before, and get
/// the result from them behind.
void Planner::halvingDoubling() {
  uint32_t n = shape.ranks, m = 1;
  while (2 * m <= n) {
    m *= 2;
  }
  Range all{0, shape.elements};
  if (shape.kind == CollectiveKind::AllGather) {
    plan.results = doubling(upTo(n), all, ownParts());
    return;
  }
  Nodes own = inputs(0, shape.elements);
  for (uint32_t r = m; r < n; ++r) {
    uint32_t came = send(r - m, 0, shape.elements, own[r]);
    own[r - m] = sum(r - m, 0, shape.elements, {own[r - m], came});
  }
  Nodes parts = halve(upTo(m), all, ArrayRef<uint32_t>(own).take_front(m));
  if (shape.kind == CollectiveKind::ReduceScatter) {
    for (uint32_t r = 0; r < n; ++r) {
      plan.results[r].push_back(parts[r]);
    }
    return;
  }
  std::vector<Nodes> whole = doubling(upTo(m), all, parts);
  for (uint32_t r = 0; r < n; ++r) {
    plan.results[r] =
        r < m ? whole[r] : Nodes{send(r, 0, shape.elements, whole[r - m])};
  }
}

/// Directly within groups, then between ranks of the same number of all groups,
/// then within groups.
void Planner::hierarchical() {
  uint32_t g = shape.group, groups = shape.ranks / g;
  Range all{0, shape.elements};
  auto members = [&](uint32_t first, uint32_t step, uint32_t count) {
    Ranks ranks;
    for (uint32_t i = 0; i < count; ++i) {
      ranks.push_back(first + i * step);
    }
    return ranks;
  };
  auto pick = [](const Ranks &ranks, ArrayRef<uint32_t> nodes) {
    Nodes result;
    for (uint32_t rank : ranks) {
      result.push_back(nodes[rank]);
    }
    return result;
  };
  Nodes parts(shape.ranks);
  if (shape.kind == CollectiveKind::AllGather) {
    // First between groups: a group then has all parts of its ranks' numbers.
    Nodes own = ownParts();
    std::vector<Nodes> have(shape.ranks);
    for (uint32_t i = 0; i < g; ++i) {
      Ranks ranks = members(i, g, groups);
      for (uint32_t rank : ranks) {
        have[rank].push_back(own[rank]);
      }
      for (uint32_t k = 1; k < groups; ++k) {
        for (uint32_t r = 0; r < groups; ++r) {
          uint32_t node = own[ranks[r]], to = ranks[(r + k) % groups];
          const Plan::Node part = plan.nodes[node];
          have[to].push_back(
              send(to, part.first, part.first + part.count, node));
        }
      }
    }
    std::vector<Nodes> whole = have;
    for (uint32_t k = 1; k < g; ++k) {
      for (uint32_t r = 0; r < shape.ranks; ++r) {
        uint32_t to = r - r % g + (r + k) % g;
        for (uint32_t node : have[r]) {
          const Plan::Node part = plan.nodes[node];
          whole[to].push_back(
              send(to, part.first, part.first + part.count, node));
        }
      }
    }
    plan.results = whole;
    return;
  }
  Nodes own = inputs(0, shape.elements);
  for (uint32_t group = 0; group < groups; ++group) {
    Ranks ranks = members(group * g, 1, g);
    Nodes sums = directScatter(ranks, all, pick(ranks, own));
    for (uint32_t i = 0; i < g; ++i) {
      parts[ranks[i]] = sums[i];
    }
  }
  std::vector<Nodes> shared(shape.ranks);
  for (uint32_t i = 0; i < g; ++i) {
    Ranks ranks = members(i, g, groups);
    Range range{all.at(g, i), all.at(g, i + 1) - all.at(g, i)};
    Nodes sums = directScatter(ranks, range, pick(ranks, parts));
    std::vector<Nodes> whole = directGather(ranks, range, sums);
    for (uint32_t r = 0; r < groups; ++r) {
      shared[ranks[r]] = whole[r];
    }
  }
  plan.results = shared;
  for (uint32_t k = 1; k < g; ++k) {
    for (uint32_t r = 0; r < shape.ranks; ++r) {
      uint32_t to = r - r % g + (r + k) % g;
      plan.results[to].push_back(
          send(to, all.at(g, r % g), all.at(g, r % g + 1), shared[r]));
    }
  }
}

/// Between groups, a block goes first to the rank of its own group with the
/// number that it is for.
void Planner::allToAll(uint32_t group) {
  uint32_t n = shape.ranks;
  auto range = [&](uint32_t i, uint32_t j) {
    uint64_t first = blockFirst(shape, i, j);
    return std::pair(first, first + blockCount(shape, i, j));
  };
  for (uint32_t k = 0; k < n; ++k) {
    for (uint32_t i = 0; i < n; ++i) {
      uint32_t to = (i + k) % n;
      auto [first, end] = range(i, to);
      if (first == end) {
        continue;
      }
      uint32_t block = input(i, first, end);
      uint32_t over = i - i % group + to % group;
      if (i / group != to / group && over != i) {
        block = send(over, first, end, block);
      }
      plan.results[to].push_back(k == 0 ? block : send(to, first, end, block));
    }
  }
}

/// From rank 0: all to each; or a part to each other, which hands it on to the
/// others. Parts go in pieces, so that all begin to hand on early.
void Planner::broadcast(bool isScattered) {
  uint32_t n = shape.ranks;
  uint32_t root = input(0, 0, shape.elements);
  plan.results[0].push_back(root);
  if (n < 2 || !isScattered) {
    for (uint32_t r = 1; r < n; ++r) {
      plan.results[r].push_back(send(r, 0, shape.elements, root));
    }
    return;
  }
  uint32_t others = n - 1, pieces = piecesOf(shape.elements / others);
  for (uint32_t q = 0; q < pieces; ++q) {
    Nodes came;
    auto at = [&](uint32_t i) {
      return partFirst(shape.elements, others * pieces, q * others + i);
    };
    for (uint32_t i = 0; i < others; ++i) {
      came.push_back(send(1 + i, at(i), at(i + 1), root));
      plan.results[1 + i].push_back(came.back());
    }
    for (uint32_t k = 1; k < others; ++k) {
      for (uint32_t i = 0; i < others; ++i) {
        uint32_t to = (i + k) % others;
        plan.results[1 + to].push_back(send(1 + to, at(i), at(i + 1), came[i]));
      }
    }
  }
}

void Planner::run(Algorithm algorithm) {
  Range all{0, shape.elements};
  Ranks ranks = upTo(shape.ranks);
  switch (shape.kind) {
  case CollectiveKind::AllToAll:
    return allToAll(algorithm == Algorithm::Hierarchical ? shape.group
                                                         : shape.ranks);
  case CollectiveKind::Broadcast:
    return broadcast(algorithm == Algorithm::Direct);
  case CollectiveKind::SendReceive:
    // Rank r sends all to r + 1.
    for (uint32_t r = 0; r < shape.ranks; ++r) {
      uint32_t to = (r + 1) % shape.ranks;
      plan.results[to].push_back(
          send(to, 0, shape.elements, input(r, 0, shape.elements)));
    }
    return;
  case CollectiveKind::AllReduce:
  case CollectiveKind::AllGather:
  case CollectiveKind::ReduceScatter:
    break;
  }
  if (algorithm == Algorithm::OneShot) {
    return oneShot();
  }
  if (algorithm == Algorithm::InNetwork) {
    return inNetwork();
  }
  if (algorithm == Algorithm::HalvingDoubling) {
    return halvingDoubling();
  }
  if (algorithm == Algorithm::Hierarchical) {
    return hierarchical();
  }
  bool isRing = algorithm == Algorithm::Ring;
  Nodes parts;
  if (shape.kind == CollectiveKind::AllGather) {
    parts = ownParts();
  } else {
    Nodes own = inputs(0, shape.elements);
    parts =
        isRing ? ringScatter(ranks, all, own) : directScatter(ranks, all, own);
  }
  if (shape.kind == CollectiveKind::ReduceScatter) {
    for (uint32_t r = 0; r < shape.ranks; ++r) {
      plan.results[r].push_back(parts[r]);
    }
    return;
  }
  plan.results =
      isRing ? ringGather(ranks, all, parts) : directGather(ranks, all, parts);
}

Plan fabric::makePlan(const CollectiveShape &shape, Algorithm algorithm) {
  Plan plan;
  Planner(shape, plan).run(algorithm);
  return plan;
}
