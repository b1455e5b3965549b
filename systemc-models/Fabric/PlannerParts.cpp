//===- PlannerParts.cpp - Steps that algorithms are made of ---------------===//

#include "systemc-models/Fabric/Planner.h"

using namespace acc;
using namespace acc::fabric;
using llvm::ArrayRef;

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
