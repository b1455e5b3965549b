//===- compare.cpp - The HBM model beside DRAMsim3 ------------------------===//
//
// The same requests, at the same places of one channel, with the same timings:
// a line is one request of the model and several of DRAMsim3, which has one for
// each burst. Both are in the DRAM's clock, without controller latency.
// `run` compiles this and says what for.
//
//===----------------------------------------------------------------------===//

#include "systemc-models/Memory/HbmModel.h"

#include "dramsim3.h"

#include <cstdio>
#include <cstdlib>
#include <map>
#include <random>

using namespace acc;

namespace {

struct Request {
  uint64_t line;
  bool isWrite;
};

using Pattern = std::vector<Request>;

/// At most this many lines are under way, given back in order, as by the DMA.
constexpr size_t window = 32;

uint64_t runModel(const Target &t, const Pattern &pattern) {
  HbmModel model(t);
  std::vector<uint64_t> ready(pattern.size(), UINT64_MAX);
  std::deque<size_t> waiting[2]; // reads, writes
  size_t sent = 0, done = 0;
  uint64_t cycle = 0;
  for (; done < pattern.size(); ++cycle) {
    if (sent < pattern.size() && sent < done + window) {
      const Request &r = pattern[sent];
      model.request(cycle, uint32_t(r.line * t.hbm.lineBytes), t.hbm.lineBytes,
                    r.isWrite);
      waiting[r.isWrite].push_back(sent++);
    }
    model.advance(cycle);
    for (bool isWrite : {false, true}) {
      while (auto answer = model.take(isWrite)) {
        ready[waiting[isWrite].front()] = *answer;
        waiting[isWrite].pop_front();
      }
    }
    while (done < sent && ready[done] <= cycle) {
      ++done;
    }
  }
  return cycle;
}

/// Address of a burst, for the mapping "chrorababgco" that `run` writes.
uint64_t addressOf(const Target::Hbm &h, const DramRequest &r, uint64_t burst) {
  uint64_t bank = r.set * h.lineBanks + (r.first + burst) % h.lineBanks;
  uint64_t perRow = h.rowBytes / h.atomBytes;
  uint64_t atom = r.line * (h.lineBytes / h.atomBytes) + burst;
  uint64_t column = atom / h.lineBanks % perRow;
  uint64_t group = bank % h.bankGroups, inGroup = bank / h.bankGroups;
  return (((r.row * (h.banks / h.bankGroups) + inGroup) * h.bankGroups +
           group) *
              perRow +
          column) *
         h.atomBytes;
}

uint64_t runDramsim(const Target &t, const Pattern &pattern, const char *ini) {
  std::map<uint64_t, std::vector<size_t>> waiting;
  std::vector<uint64_t> left(pattern.size());
  auto onDone = [&](uint64_t address) {
    auto it = waiting.find(address);
    --left[it->second.front()];
    it->second.erase(it->second.begin());
    if (it->second.empty()) {
      waiting.erase(it);
    }
  };
  dramsim3::MemorySystem memory(ini, ".", onDone, onDone);
  HbmModel places(t);
  uint64_t bursts = t.hbm.lineBytes / t.hbm.atomBytes;
  size_t sent = 0, done = 0;
  uint64_t burst = 0, cycle = 0;
  for (; done < pattern.size(); ++cycle) {
    // A line comes in one cycle, as far as there is room.
    while (sent < pattern.size() && sent < done + window) {
      const Request &request = pattern[sent];
      DramRequest place = places.locate(
          uint32_t(request.line * t.hbm.lineBytes), t.hbm.lineBytes, false);
      for (; burst < bursts; ++burst) {
        uint64_t address = addressOf(t.hbm, place, burst);
        if (!memory.WillAcceptTransaction(address, request.isWrite)) {
          break;
        }
        waiting[address].push_back(sent);
        ++left[sent];
        memory.AddTransaction(address, request.isWrite);
      }
      if (burst < bursts) {
        break;
      }
      burst = 0;
      ++sent;
      break;
    }
    memory.ClockTick();
    while (done < sent && left[done] == 0) {
      ++done;
    }
  }
  return cycle;
}

} // namespace

int main(int argc, char **argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: compare TARGET.yaml DRAMSIM3.ini\n");
    return 1;
  }
  Target t = llvm::cantFail(loadTarget(argv[1]));
  std::mt19937_64 random(1);
  uint64_t lines = t.hbm.bytes / t.hbm.lineBytes;
  constexpr size_t length = 20000;
  uint64_t rowSet =
      uint64_t(t.hbm.rowBytes) * t.hbm.lineBanks / t.hbm.lineBytes;
  auto make = [&](auto request) {
    Pattern p;
    for (size_t i = 0; i < length; ++i) {
      p.push_back(request(i));
      p.back().line %= lines;
    }
    return p;
  };
  using R = Request;
  std::vector<std::pair<const char *, Pattern>> patterns = {
      {"stream, reads", make([](size_t i) { return R{i, false}; })},
      {"stream, writes", make([](size_t i) { return R{i, true}; })},
      {"every 3rd line", make([](size_t i) { return R{3 * i, false}; })},
      {"every 8th line", make([](size_t i) { return R{8 * i, false}; })},
      {"a line a row", make([&](size_t i) { return R{rowSet * i, false}; })},
      {"a line every 5 rows",
       make([&](size_t i) { return R{5 * rowSet * i, false}; })},
      {"two streams", make([&](size_t i) {
         return R{i / 2 + (i % 2) * (lines / 2 + 3 * rowSet), false};
       })},
      {"random reads", make([&](size_t) { return R{random(), false}; })},
      {"random writes", make([&](size_t) { return R{random(), true}; })},
      {"a copy", make([&](size_t i) {
         return R{i / 2 + (i % 2) * (lines / 2 + 3 * rowSet), i % 2 == 1};
       })},
      {"a sum of two", make([&](size_t i) {
         return R{i / 3 + (i % 3) * (lines / 4 + 3 * rowSet), i % 3 == 2};
       })},
      {"random, a third writes",
       make([&](size_t) { return R{random(), random() % 3 == 0}; })}};
  double perLine = double(t.hbm.lineBytes / t.hbm.atomBytes) * t.hbm.tBurstPs *
                   1e-12 * t.clockHz;
  int worse = 0;
  for (auto &[name, pattern] : patterns) {
    uint64_t model = runModel(t, pattern);
    uint64_t other = runDramsim(t, pattern, argv[2]);
    double difference = 100 * (double(model) / double(other) - 1);
    std::printf("  %-24s %6.1f %%  %6.1f %%  %+6.1f %%\n", name,
                100 * perLine * length / double(model),
                100 * perLine * length / double(other), difference);
    worse += difference < -6.5 || difference > 6.5;
  }
  return worse ? 2 : 0;
}
