//===- HbmModel.cpp - Timing model of the slice's HBM channels ------------===//

#include "systemc-models/Memory/HbmModel.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <cmath>

using namespace acc;

using u128 = unsigned __int128;
static constexpr uint64_t psPerSecond = 1000000000000ull;
static constexpr uint64_t undecided = uint64_t(1) << 63;

HbmModel::HbmModel(const Target &target)
    : hbm(target.hbm), clockHz(uint64_t(std::llround(target.clockHz))),
      channels(target.hbm.channels, DramScheduler(target.hbm)) {}

/// Start of a cycle, rounded down.
uint64_t HbmModel::toPs(uint64_t cycle) const {
  return uint64_t(u128(cycle) * psPerSecond / clockHz);
}

/// First cycle that starts at or after `ps`.
uint64_t HbmModel::toCycle(uint64_t ps) const {
  return uint64_t((u128(ps) * clockHz + psPerSecond - 1) / psPerSecond);
}

/// The channel of a line. Each round of the channels begins at another one:
/// those of rounds that are a constant apart are spread evenly, too, as a
/// multiplication by the golden ratio does (Knuth, 6.4).
static uint64_t channelOf(uint64_t line, uint64_t channels) {
  constexpr uint64_t kGolden = 40503; // 2^16 / 1.618...
  uint64_t round = line / channels;
  uint64_t first = ((round * kGolden & 0xFFFF) * channels) >> 16;
  return (line + first) % channels;
}

/// Sum of the digits of `value` in base `base`, modulo `base`.
static uint64_t skew(uint64_t value, uint64_t base) {
  uint64_t sum = 0;
  for (; base > 1 && value != 0; value /= base) {
    sum += value % base;
  }
  return sum % base;
}

DramRequest HbmModel::locate(uint32_t address, uint32_t bytes,
                             bool isWrite) const {
  DramRequest r;
  r.line = address / hbm.lineBytes / hbm.channels;
  r.bursts =
      (address % hbm.atomBytes + bytes + hbm.atomBytes - 1) / hbm.atomBytes;
  r.isWrite = isWrite;
  uint64_t atom = r.line * (hbm.lineBytes / hbm.atomBytes) +
                  address % hbm.lineBytes / hbm.atomBytes;
  r.first = atom % hbm.lineBanks;
  uint64_t row =
      atom / (uint64_t(hbm.rowBytes / hbm.atomBytes) * hbm.lineBanks);
  uint64_t sets = hbm.banks / hbm.lineBanks;
  r.set = skew(row, sets);
  r.row = row / sets;
  return r;
}

void HbmModel::request(uint64_t cycle, uint32_t address, uint32_t bytes,
                       bool isWrite) {
  DramRequest request = locate(address, bytes, isWrite);
  (isWrite ? stats.writes : stats.reads) += 1;
  (isWrite ? stats.writeAtoms : stats.readAtoms) += request.bursts;
  Answers &a = answers[isWrite];
  // The time of the answer is at least this.
  a.cycles.push_back(undecided | (cycle + 2));
  channels[channelOf(address / hbm.lineBytes, hbm.channels)].add(
      toPs(cycle) + hbm.tControllerPs, a.taken + a.cycles.size() - 1, request);
}

void HbmModel::advance(uint64_t cycle) {
  decidedPs = std::max(decidedPs, toPs(cycle) + hbm.tControllerPs);
  for (DramScheduler &channel : channels) {
    channel.advance(decidedPs, [this](const DramRequest &request,
                                      uint64_t ticket, uint64_t ps) {
      Answers &a = answers[request.isWrite];
      uint64_t &answer = a.cycles[ticket - a.taken];
      answer = std::max(answer & ~undecided, toCycle(ps));
    });
  }
}

std::optional<uint64_t> HbmModel::take(bool isWrite) {
  Answers &a = answers[isWrite];
  if (a.cycles.empty() || a.cycles.front() & undecided) {
    return std::nullopt;
  }
  uint64_t answer = a.cycles.front();
  a.cycles.pop_front();
  ++a.taken;
  return answer;
}

HbmStatistics HbmModel::statistics() const {
  HbmStatistics s = stats;
  uint64_t last = 0;
  // What waits in the queues will be written, too.
  for (DramScheduler channel : channels) {
    auto ignore = [](auto &&...) {};
    channel.advance(UINT64_MAX, ignore);
    channel.flush(ignore);
    s.activates += channel.activates();
    s.rowHits += channel.rowHits();
    last = std::max(last, channel.lastEnd());
  }
  s.written = toCycle(last);
  s.refreshes = last * hbm.banks / hbm.tRefiPs * channels.size();
  return s;
}

double HbmModel::peakBytesPerSecond() const {
  return double(hbm.channels) * hbm.atomBytes / (hbm.tBurstPs * 1e-12);
}
