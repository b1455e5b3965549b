//===- Collective.cpp - Exchanges between chips as messages ---------------===//

#include "systemc-models/Fabric/Collective.h"

#include "llvm/Support/MathExtras.h"

#include <numeric>

using namespace acc;
using namespace acc::fabric;
using llvm::ArrayRef;
using llvm::SmallVector;

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
  if ((isReduce || isGather) && shape.group > 1 && shape.group < shape.ranks &&
      shape.ranks % shape.group == 0) {
    all.push_back(Algorithm::Hierarchical);
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

namespace {

using Nodes = SmallVector<uint32_t, 2>;
using Ranks = std::vector<uint32_t>;

/// Plans for members of a group, each of which is a rank.
class Planner {
public:
  Planner(const CollectiveShape &shape, Plan &plan) : shape(shape), plan(plan) {
    plan.ranks = shape.ranks;
    plan.results.resize(shape.ranks);
  }

  void run(Algorithm algorithm);

private:
  const CollectiveShape &shape;
  Plan &plan;

  uint32_t add(Plan::Kind kind, uint32_t rank, uint64_t first, uint64_t end,
               ArrayRef<uint32_t> from) {
    plan.nodes.push_back(
        {kind, rank, first, end - first, Nodes(from.begin(), from.end())});
    return uint32_t(plan.nodes.size() - 1);
  }
  uint32_t input(uint32_t rank, uint64_t first, uint64_t end) {
    return add(Plan::Kind::Input, rank, first, end, {});
  }
  uint32_t send(uint32_t to, uint64_t first, uint64_t end,
                ArrayRef<uint32_t> from) {
    return add(Plan::Kind::Send, to, first, end, from);
  }
  uint32_t sum(uint32_t rank, uint64_t first, uint64_t end,
               ArrayRef<uint32_t> from) {
    return add(Plan::Kind::Sum, rank, first, end, from);
  }
  /// The elements of all ranks' inputs that are reduced or spread.
  Nodes inputs(uint64_t first, uint64_t end) {
    Nodes result;
    for (uint32_t r = 0; r < shape.ranks; ++r) {
      result.push_back(input(r, first, end));
    }
    return result;
  }
  Nodes ownParts();

  // Of the elements [first, first + count): member p has or gets part p.
  struct Range {
    uint64_t first, count;
    uint64_t at(uint32_t members, uint32_t p) const {
      return first + partFirst(count, members, p);
    }
  };
  Nodes directScatter(const Ranks &m, Range range, ArrayRef<uint32_t> from);
  std::vector<Nodes> directGather(const Ranks &m, Range range,
                                  ArrayRef<uint32_t> from);
  Nodes ringScatter(const Ranks &m, Range range, ArrayRef<uint32_t> from);
  std::vector<Nodes> ringGather(const Ranks &m, Range range,
                                ArrayRef<uint32_t> from);
  Nodes halve(const Ranks &m, Range range, ArrayRef<uint32_t> from);
  std::vector<Nodes> doubling(const Ranks &m, Range range,
                              ArrayRef<uint32_t> from);
  void oneShot();
  void halvingDoubling();
  void hierarchical();
  void allToAll();
  void broadcast(bool isScattered);
};

/// Member i has its part in messages to i + 1, i + 2, ...; it adds the others'
/// to its own in the order in which they come: those of i - 1, i - 2, ...
Nodes Planner::directScatter(const Ranks &m, Range range,
                             ArrayRef<uint32_t> from) {
  uint32_t n = uint32_t(m.size());
  std::vector<Nodes> came(n);
  for (uint32_t k = 1; k < n; ++k) {
    for (uint32_t i = 0; i < n; ++i) {
      uint32_t to = (i + k) % n;
      came[to].push_back(
          send(m[to], range.at(n, to), range.at(n, to + 1), from[i]));
    }
  }
  Nodes result;
  for (uint32_t i = 0; i < n; ++i) {
    uint32_t total = from[i];
    for (uint32_t part : came[i]) {
      total = sum(m[i], range.at(n, i), range.at(n, i + 1), {total, part});
    }
    result.push_back(total);
  }
  return result;
}

std::vector<Nodes> Planner::directGather(const Ranks &m, Range range,
                                         ArrayRef<uint32_t> from) {
  uint32_t n = uint32_t(m.size());
  std::vector<Nodes> result(n);
  for (uint32_t i = 0; i < n; ++i) {
    result[i].push_back(from[i]);
  }
  for (uint32_t k = 1; k < n; ++k) {
    for (uint32_t i = 0; i < n; ++i) {
      uint32_t to = (i + k) % n;
      result[to].push_back(
          send(m[to], range.at(n, i), range.at(n, i + 1), from[i]));
    }
  }
  return result;
}

/// Part p begins at member p + 1 and goes round; each adds its own to it.
Nodes Planner::ringScatter(const Ranks &m, Range range,
                           ArrayRef<uint32_t> from) {
  uint32_t n = uint32_t(m.size());
  Nodes carried(n);
  for (uint32_t p = 0; p < n; ++p) {
    carried[p] = from[(p + 1) % n];
  }
  for (uint32_t k = 2; k <= n; ++k) {
    for (uint32_t p = 0; p < n; ++p) {
      uint32_t to = (p + k) % n;
      uint64_t first = range.at(n, p), end = range.at(n, p + 1);
      uint32_t came = send(m[to], first, end, carried[p]);
      carried[p] = sum(m[to], first, end, {came, from[to]});
    }
  }
  return carried;
}

std::vector<Nodes> Planner::ringGather(const Ranks &m, Range range,
                                       ArrayRef<uint32_t> from) {
  uint32_t n = uint32_t(m.size());
  std::vector<Nodes> result(n);
  Nodes carried(from.begin(), from.end());
  for (uint32_t p = 0; p < n; ++p) {
    result[p].push_back(from[p]);
  }
  for (uint32_t k = 1; k < n; ++k) {
    for (uint32_t p = 0; p < n; ++p) {
      uint32_t to = (p + k) % n;
      carried[p] = send(m[to], range.at(n, p), range.at(n, p + 1), carried[p]);
      result[to].push_back(carried[p]);
    }
  }
  return result;
}

/// A power of two of members. Each keeps the half with its part and adds what
/// its partner has of it, the one with the lower number first.
Nodes Planner::halve(const Ranks &m, Range range, ArrayRef<uint32_t> from) {
  uint32_t n = uint32_t(m.size());
  Nodes now(from.begin(), from.end());
  for (uint32_t d = n / 2; d >= 1; d /= 2) {
    Nodes next(n);
    for (uint32_t i = 0; i < n; ++i) {
      uint32_t low = i & ~(d - 1);
      uint64_t first = range.at(n, low), end = range.at(n, low + d);
      uint32_t came = send(m[i], first, end, now[i ^ d]);
      next[i] = i & d ? sum(m[i], first, end, {came, now[i]})
                      : sum(m[i], first, end, {now[i], came});
    }
    now = next;
  }
  return now;
}

std::vector<Nodes> Planner::doubling(const Ranks &m, Range range,
                                     ArrayRef<uint32_t> from) {
  uint32_t n = uint32_t(m.size());
  std::vector<Nodes> now(n);
  for (uint32_t i = 0; i < n; ++i) {
    now[i].push_back(from[i]);
  }
  for (uint32_t d = 1; d < n; d *= 2) {
    std::vector<Nodes> next = now;
    for (uint32_t i = 0; i < n; ++i) {
      uint32_t low = (i ^ d) & ~(d - 1);
      next[i].push_back(
          send(m[i], range.at(n, low), range.at(n, low + d), now[i ^ d]));
    }
    now = std::move(next);
  }
  return now;
}

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

void Planner::allToAll() {
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
    return allToAll();
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

} // namespace

Plan fabric::makePlan(const CollectiveShape &shape, Algorithm algorithm) {
  Plan plan;
  Planner(shape, plan).run(algorithm);
  return plan;
}
