//===- HbmModel.cpp - Timing model of the slice's HBM channels ------------===//

#include "systemc-models/Memory/HbmModel.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <cmath>

using namespace acc;

using u128 = unsigned __int128;
static constexpr uint64_t psPerSecond = 1000000000000ull;

HbmModel::HbmModel(const Target &target)
    : hbm(target.hbm), clockHz(uint64_t(std::llround(target.clockHz))),
      channels(target.hbm.channels) {
  for (Channel &channel : channels) {
    channel.banks.resize(hbm.banks);
  }
}

/// Start of a cycle, rounded down.
uint64_t HbmModel::toPs(uint64_t cycle) const {
  return uint64_t(u128(cycle) * psPerSecond / clockHz);
}

/// First cycle that starts at or after `ps`.
uint64_t HbmModel::toCycle(uint64_t ps) const {
  return uint64_t((u128(ps) * clockHz + psPerSecond - 1) / psPerSecond);
}

/// Refreshes that have begun at `ps`.
uint64_t HbmModel::epochOf(uint64_t ps) const { return ps / hbm.tRefiPs; }

/// `ps`, or the end of the refresh that is under way at `ps`.
uint64_t HbmModel::afterRefresh(uint64_t ps) const {
  uint64_t into = ps % hbm.tRefiPs;
  return ps >= hbm.tRefiPs && into < hbm.tRfcPs ? ps + (hbm.tRfcPs - into) : ps;
}

/// Sum of the digits of `value` in base `base`, modulo `base`.
static uint64_t skew(uint64_t value, uint64_t base) {
  uint64_t sum = 0;
  for (; base > 1 && value != 0; value /= base) {
    sum += value % base;
  }
  return sum % base;
}

/// Moves one line over the channel's data bus, the request being at the DRAM at
/// `t`; returns the end of the burst.
uint64_t HbmModel::transfer(Channel &channel, uint64_t t, const Place &place,
                            bool isWrite) {
  uint64_t rowOfChannel = place.line / (hbm.rowBytes / hbm.lineBytes);
  Bank &bank = channel.banks[skew(rowOfChannel, hbm.banks)];
  int64_t row = int64_t(rowOfChannel / hbm.banks);
  uint64_t burst = place.atoms * hbm.tBurstPs;
  uint64_t latency = isWrite ? hbm.tCwlPs : hbm.tClPs;

  uint64_t column, dataStart;
  bool activated = false;
  for (;;) {
    t = afterRefresh(t);
    if (bank.openRow >= 0 && bank.refreshEpoch < epochOf(t)) {
      bank.openRow = -1; // the refresh has closed all rows
    }
    if (bank.openRow == row) {
      column = std::max(t, bank.columnReady);
    } else {
      uint64_t activate = bank.openRow >= 0
                              ? std::max(t, bank.prechargeReady) + hbm.tRpPs
                              : std::max(t, bank.activateReady);
      activate = afterRefresh(activate);
      activated = true;
      bank.openRow = row;
      bank.refreshEpoch = epochOf(activate);
      bank.columnReady = activate + hbm.tRcdPs;
      bank.prechargeReady = activate + hbm.tRasPs;
      column = bank.columnReady;
    }
    uint64_t busReady = channel.busFree;
    if (channel.lastWasWrite && !isWrite) {
      // Write data to read command.
      column = std::max(column, channel.busFree + hbm.tWtrPs);
    } else if (!channel.lastWasWrite && isWrite) {
      busReady += hbm.tRtwPs;
    }
    dataStart = std::max(column + latency, busReady);
    column = dataStart - latency;
    // A refresh between activate and column command closes the row again.
    if (epochOf(column) == bank.refreshEpoch &&
        afterRefresh(column) == column) {
      break;
    }
    t = afterRefresh(column);
    bank.openRow = -1;
    bank.activateReady = t;
  }
  uint64_t dataEnd = dataStart + burst;
  channel.busFree = dataEnd;
  channel.lastWasWrite = isWrite;
  bank.prechargeReady = std::max(
      bank.prechargeReady, isWrite ? dataEnd + hbm.tWrPs : column + burst);

  stats.activates += activated;
  stats.rowHits += !activated;
  lastPs = std::max(lastPs, dataEnd);
  return dataEnd;
}

/// Writes what waits in the queue, from `ps` on.
void HbmModel::writeAll(Channel &channel, uint64_t ps) {
  for (const Place &place : channel.writeQueue) {
    channel.freed.push_back(transfer(channel, ps, place, true));
  }
  channel.writeQueue.clear();
}

uint64_t HbmModel::access(uint64_t cycle, uint32_t address, uint32_t bytes,
                          bool isWrite) {
  uint64_t line = address / hbm.lineBytes;
  Channel &channel = channels[skew(line, hbm.channels)];
  uint64_t atoms =
      (address % hbm.atomBytes + bytes + hbm.atomBytes - 1) / hbm.atomBytes;
  Place place{line / hbm.channels, atoms};
  (isWrite ? stats.writes : stats.reads) += 1;
  (isWrite ? stats.writeBytes : stats.readBytes) += bytes;
  (isWrite ? stats.writeAtoms : stats.readAtoms) += atoms;

  uint64_t t = toPs(cycle) + hbm.tControllerPs;
  if (!isWrite) {
    if (llvm::any_of(channel.writeQueue, [&](const Place &waiting) {
          return waiting.line == place.line;
        })) {
      writeAll(channel, t);
    }
    return std::max(toCycle(transfer(channel, t, place, false)), cycle + 2);
  }
  // A place is free, or will be when an earlier write has left it.
  if (channel.freed.size() + channel.writeQueue.size() >= hbm.writeQueue) {
    t = std::max(t, channel.freed.front());
    channel.freed.pop_front();
  }
  channel.writeQueue.push_back(place);
  if (channel.writeQueue.size() == hbm.writeQueue ||
      (channel.lastWasWrite && t < channel.busFree)) {
    writeAll(channel, t);
  }
  return std::max(toCycle(t), cycle + 2);
}

HbmStatistics HbmModel::statistics() const {
  // What waits in the queues will be written, too.
  HbmModel written(*this);
  for (Channel &channel : written.channels) {
    written.writeAll(channel, lastPs);
  }
  HbmStatistics s = written.stats;
  s.written = toCycle(written.lastPs);
  s.refreshes = epochOf(lastPs) * channels.size();
  return s;
}

double HbmModel::peakBytesPerSecond() const {
  return double(hbm.channels) * hbm.atomBytes / (hbm.tBurstPs * 1e-12);
}
