//===- CollectiveTest.cpp - Exchanges between chips -----------------------===//

#include "systemc-models/Fabric/CollectiveCost.h"

#include <gtest/gtest.h>

using namespace acc;
using namespace acc::fabric;

namespace {

int64_t inputOf(uint32_t rank, uint64_t element) {
  return int64_t(rank + 1) * 1000003 + int64_t(element) * 7919 % 4241;
}

/// The elements of a rank's result, each once, in order.
template <typename T>
std::vector<T> sorted(std::vector<std::pair<uint64_t, T>> values) {
  std::sort(values.begin(), values.end());
  std::vector<T> result;
  for (size_t i = 0; i < values.size(); ++i) {
    EXPECT_TRUE(i == 0 || values[i].first != values[i - 1].first);
    result.push_back(values[i].second);
  }
  return result;
}

/// What the collective is defined to give to a rank, from all inputs.
std::vector<int64_t> expected(const CollectiveShape &s, uint32_t rank) {
  std::vector<int64_t> result;
  auto total = [&](uint64_t e) {
    int64_t sum = 0;
    for (uint32_t r = 0; r < s.ranks; ++r) {
      sum += inputOf(r, e);
    }
    return sum;
  };
  uint64_t each = s.elements / s.ranks, more = s.elements % s.ranks;
  auto ownerOf = [&](uint64_t e) {
    uint64_t big = more * (each + 1);
    return e < big ? e / (each + 1) : more + (e - big) / each;
  };
  switch (s.kind) {
  case CollectiveKind::AllReduce:
    for (uint64_t e = 0; e < s.elements; ++e) {
      result.push_back(total(e));
    }
    break;
  case CollectiveKind::ReduceScatter:
    for (uint64_t e = 0; e < s.elements; ++e) {
      if (ownerOf(e) == rank) {
        result.push_back(total(e));
      }
    }
    break;
  case CollectiveKind::AllGather:
    for (uint64_t e = 0; e < s.elements; ++e) {
      result.push_back(inputOf(uint32_t(ownerOf(e)), e));
    }
    break;
  case CollectiveKind::AllToAll: {
    uint64_t e = 0;
    for (uint32_t i = 0; i < s.ranks; ++i) {
      for (uint32_t j = 0; j < s.ranks; ++j) {
        uint64_t count =
            s.counts.empty() ? each + (j < more) : s.counts[i * s.ranks + j];
        for (uint64_t k = 0; k < count; ++k, ++e) {
          if (j == rank) {
            result.push_back(inputOf(i, e));
          }
        }
      }
    }
    break;
  }
  case CollectiveKind::Broadcast:
    for (uint64_t e = 0; e < s.elements; ++e) {
      result.push_back(inputOf(0, e));
    }
    break;
  case CollectiveKind::SendReceive:
    for (uint64_t e = 0; e < s.elements; ++e) {
      result.push_back(inputOf((rank + s.ranks - 1) % s.ranks, e));
    }
    break;
  }
  return result;
}

const CollectiveKind kKinds[] = {
    CollectiveKind::AllReduce,     CollectiveKind::AllGather,
    CollectiveKind::ReduceScatter, CollectiveKind::AllToAll,
    CollectiveKind::Broadcast,     CollectiveKind::SendReceive};

TEST(Collective, Values) {
  unsigned plans = 0;
  for (CollectiveKind kind : kKinds) {
    for (uint32_t ranks : {1, 2, 3, 4, 5, 7, 8, 12, 13, 16}) {
      for (uint64_t elements : {1, 5, 16, 97}) {
        for (uint32_t group : {1u, 2u, 3u, 4u}) {
          CollectiveShape shape{kind, ranks, elements, {}, group, false, true};
          for (Algorithm algorithm : algorithmsOf(shape)) {
            if (group > 1 && algorithm != Algorithm::Hierarchical) {
              continue;
            }
            Plan plan = makePlan(shape, algorithm);
            auto values = valuesOf<int64_t>(plan, inputOf);
            ++plans;
            for (uint32_t r = 0; r < ranks; ++r) {
              EXPECT_EQ(sorted(values[r]), expected(shape, r))
                  << getName(kind).str() << ", " << getName(algorithm).str()
                  << ", " << ranks << " ranks, " << elements;
            }
          }
        }
      }
    }
  }
  EXPECT_GT(plans, 400u);
}

/// Experts are hit unevenly: what they get goes back the same way.
TEST(Collective, UnevenAllToAll) {
  std::mt19937_64 random(1);
  for (uint32_t ranks : {2, 5, 8, 13}) {
    CollectiveShape there{CollectiveKind::AllToAll, ranks, 0, {}, 1, false};
    CollectiveShape back = there;
    back.counts.resize(ranks * ranks);
    for (uint32_t i = 0; i < ranks * ranks; ++i) {
      there.counts.push_back(random() % 3 == 0 ? 0 : random() % 50);
    }
    for (uint32_t i = 0; i < ranks; ++i) {
      for (uint32_t j = 0; j < ranks; ++j) {
        back.counts[j * ranks + i] = there.counts[i * ranks + j];
      }
    }
    for (const CollectiveShape &shape : {there, back}) {
      auto values =
          valuesOf<int64_t>(makePlan(shape, Algorithm::Direct), inputOf);
      for (uint32_t r = 0; r < ranks; ++r) {
        EXPECT_EQ(sorted(values[r]), expected(shape, r));
      }
    }
  }
}

/// Floats are added in the stated order.
TEST(Collective, OrderOfSums) {
  auto input = [](uint32_t rank, uint64_t element) {
    return float(1 + rank) / 3.0f + float(element) * 1e-3f * float(rank * rank);
  };
  const uint32_t n = 7;
  const uint64_t elements = 21;
  CollectiveShape shape{CollectiveKind::AllReduce, n, elements, {}, 1, false};
  auto check = [&](Algorithm algorithm, auto order) {
    auto values = valuesOf<float>(makePlan(shape, algorithm), input);
    for (uint32_t r = 0; r < n; ++r) {
      std::vector<float> got = sorted(values[r]);
      for (uint64_t e = 0; e < elements; ++e) {
        uint32_t part = uint32_t(e / (elements / n));
        float sum = input(order(part, 0), e);
        for (uint32_t k = 1; k < n; ++k) {
          sum += input(order(part, k), e);
        }
        EXPECT_EQ(got[e], sum) << getName(algorithm).str() << ", " << e;
      }
    }
  };
  check(Algorithm::OneShot, [](uint32_t, uint32_t k) { return k; });
  check(Algorithm::Direct,
        [&](uint32_t part, uint32_t k) { return (part + n - k) % n; });
  check(Algorithm::Ring,
        [&](uint32_t part, uint32_t k) { return (part + 1 + k) % n; });
}

/// The time of a lone message is the latency of its transaction; that of a
/// one-shot sum adds the vector unit's pass.
TEST(Collective, SmallMessages) {
  Machine rack = llvm::cantFail(loadBuiltInMachine("jx1-rack"));
  TopologyOptions options;
  options.chips = 2;
  Cycle lone = sumOf(partsOf(rack, Framing::Sue, 32, false));
  for (auto kind : {CollectiveKind::SendReceive, CollectiveKind::AllReduce}) {
    auto network = llvm::cantFail(makeNetwork(rack, options));
    CollectiveShape shape{kind, 2, 64, {}, 1, false};
    PlanTimes times = runPlan(rack, *network,
                              makePlan(shape, kind == CollectiveKind::AllReduce
                                                  ? Algorithm::OneShot
                                                  : Algorithm::Direct),
                              4);
    EXPECT_TRUE(times.isWhole);
    EXPECT_EQ(
        times.end,
        lone + (kind == CollectiveKind::AllReduce ? cyclesOfSum(rack, 64) : 0));
  }
}

/// A plan that is repeated gives what it gives once, and takes its time and the
/// work before it each time.
TEST(Collective, Repeated) {
  CollectiveShape shape{CollectiveKind::AllToAll, 5, 21, {}, 1, false};
  Plan plan = repeat(makePlan(shape, Algorithm::Direct), {7, 0, 40});
  auto values = valuesOf<int64_t>(plan, inputOf);
  for (uint32_t r = 0; r < 5; ++r) {
    EXPECT_EQ(sorted(values[r]), expected(shape, r));
  }

  Machine rack = llvm::cantFail(loadBuiltInMachine("jx1-rack"));
  TopologyOptions options;
  options.chips = 2;
  Cycle lone = sumOf(partsOf(rack, Framing::Sue, 32, false));
  shape = {CollectiveKind::SendReceive, 2, 64, {}, 1, false};
  plan = repeat(makePlan(shape, Algorithm::Direct), {100, 2000});
  auto network = llvm::cantFail(makeNetwork(rack, options));
  PlanTimes times = runPlan(rack, *network, plan, 4);
  EXPECT_TRUE(times.isWhole);
  EXPECT_EQ(times.end, 2100 + 2 * lone);
}

/// What the cost model chooses is at most 10 % slower than the best.
TEST(Collective, ChoiceIsGood) {
  Machine rack = llvm::cantFail(loadBuiltInMachine("jx1-rack"));
  for (auto kind : {CollectiveKind::AllReduce, CollectiveKind::AllGather,
                    CollectiveKind::ReduceScatter, CollectiveKind::Broadcast}) {
    for (uint32_t ranks : {2, 7, 8, 16}) {
      for (uint64_t elements : {16, 1024, 16384, 300000}) {
        CollectiveShape shape{kind, ranks, elements, {}, 1, false};
        Algorithm chosen = chooseAlgorithm(rack, shape, 4);
        double best = 1e9, own = 0;
        for (Algorithm a : algorithmsOf(shape)) {
          TopologyOptions options;
          options.chips = ranks;
          auto network = llvm::cantFail(makeNetwork(rack, options));
          PlanTimes times = runPlan(rack, *network, makePlan(shape, a), 4);
          EXPECT_TRUE(times.isWhole);
          best = std::min(best, double(times.end));
          own = a == chosen ? double(times.end) : own;
          double estimate = estimateCycles(rack, shape, a, 4);
          EXPECT_NEAR(estimate / double(times.end), 1, 0.25)
              << getName(kind).str() << ", " << getName(a).str() << ", "
              << ranks << ", " << elements;
        }
        EXPECT_LT(own, 1.1 * best)
            << getName(kind).str() << ", " << getName(chosen).str() << ", "
            << ranks << ", " << elements;
      }
    }
  }
}

/// Racks of a pod: within racks, over rails, within racks.
TEST(Collective, OverRacks) {
  Machine pod = llvm::cantFail(loadBuiltInMachine("jx1-pod"));
  TopologyOptions options;
  options.chips = 4;
  options.racks = 3;
  for (auto kind : {CollectiveKind::AllReduce, CollectiveKind::AllGather,
                    CollectiveKind::AllToAll}) {
    auto network = llvm::cantFail(makeNetwork(pod, options));
    CollectiveShape shape{kind, 12, 120000, {}, 4, true};
    PlanTimes times =
        runPlan(pod, *network, makePlan(shape, Algorithm::Hierarchical), 4);
    EXPECT_TRUE(times.isWhole);
    // A chip's global ports carry what all but one of three racks give it.
    double far = kind == CollectiveKind::AllReduce   ? 480000.0 / 4 * 4 / 3
                 : kind == CollectiveKind::AllGather ? 480000.0 / 12 * 2
                                                     : 480000.0 * 2 / 3;
    EXPECT_GT(times.seconds, far / layoutBandwidth(pod, Framing::Sue, true));
    EXPECT_NEAR(estimateCycles(pod, shape, Algorithm::Hierarchical, 4) /
                    double(times.end),
                1, 0.25);
  }
}

} // namespace
