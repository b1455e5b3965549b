//===- DramChannel.cpp - Banks and data bus of one HBM channel ------------===//

#include "systemc-models/Memory/DramChannel.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>

using namespace acc;

/// Of the bus and of activates, as many are known as can be ahead of one
/// another in any use that pays.
static constexpr size_t keptSlots = 16, keptActivates = 24;

DramChannel::DramChannel(const Target::Hbm &hbm)
    : hbm(hbm), pitch(std::max<uint64_t>(
                    hbm.tBurstPs, llvm::divideCeil(uint64_t(hbm.tCcdLPs),
                                                   uint64_t(hbm.lineBanks)))),
      banks(hbm.banks), slots(1),
      refreshOfAll(hbm.postponedRefreshes == 0 ? hbm.tRefiPs : UINT64_MAX) {
  for (Bank &bank : banks) {
    bank.refreshes = hbm.postponedRefreshes;
  }
}

void DramChannel::refreshAll() {
  uint64_t begin = refreshOfAll;
  for (const Bank &b : banks) {
    begin = std::max(begin,
                     b.openRow >= 0
                         ? std::max(refreshOfAll, b.prechargeReady) + hbm.tRpPs
                         : b.activateReady);
  }
  for (Bank &b : banks) {
    b.openRow = -1;
    b.activateReady = begin + hbm.tRfcPbPs;
  }
  refreshOfAll += hbm.tRefiPs;
}

/// Does what refreshes come before a request that is there at `ps`, if banks
/// have their own. A bank that was in use until a moment ago, and has nothing
/// to do, refreshes up to `postponed_refreshes` intervals early: it may not be
/// used for some time. Others do when it is due, if nothing waits for them, or
/// as many intervals late, whatever waits. Banks take turns against the order
/// of addresses, so that a stream meets each refresh for a short time.
void DramChannel::refresh(uint64_t bank, uint64_t ps) {
  if (hbm.postponedRefreshes == 0) {
    return;
  }
  Bank &b = banks[bank];
  uint64_t first = hbm.tRefiPs * (hbm.banks - bank) / hbm.banks;
  uint64_t due = ps < first ? 0 : (ps - first) / hbm.tRefiPs + 1;
  uint64_t quiet = hbm.tRfcPbPs / 4;
  // `refreshes` has those that were done early, before the start.
  while (b.refreshes < due + hbm.postponedRefreshes) {
    uint64_t nominal = first + b.refreshes * hbm.tRefiPs;
    uint64_t early = nominal - uint64_t(hbm.postponedRefreshes) * hbm.tRefiPs;
    uint64_t idle = b.openRow >= 0 ? b.prechargeReady : b.activateReady;
    bool isLate = b.refreshes + hbm.postponedRefreshes < due;
    uint64_t begin = idle + quiet;
    if (isLate || begin < early) {
      begin = std::max(nominal, idle);
    }
    if (!isLate && (b.waiting != 0 || begin > ps)) {
      return;
    }
    b.activateReady =
        begin + (b.openRow >= 0 ? hbm.tRpPs : 0) + uint64_t(hbm.tRfcPbPs);
    b.openRow = -1;
    ++b.refreshes;
  }
}

/// The first activate from `from` on that keeps its distance to all others.
uint64_t DramChannel::activate(uint64_t from, uint64_t group) {
  constexpr size_t window = 4;
  // Behind those whose neighbours are not known any more.
  uint64_t at = recent.size() == keptActivates
                    ? std::max(from, recent[window - 1].at)
                    : from;
  auto next = recent.begin();
  for (bool fits = false; !fits;) {
    fits = true;
    for (const Activate &other : recent) {
      uint64_t distance = other.group == group ? hbm.tRrdLPs : hbm.tRrdSPs;
      if (at < other.at + distance && other.at < at + distance) {
        at = other.at + distance;
        fits = false;
      }
    }
    next = llvm::upper_bound(
        recent, at, [](uint64_t t, const Activate &a) { return t < a.at; });
    // Of any five in a row, this one among them, the last is tFAW behind the
    // first.
    size_t index = size_t(next - recent.begin());
    for (size_t before = 0; fits && before <= window; ++before) {
      size_t after = window - before;
      if (before > index || after > recent.size() - index) {
        continue;
      }
      uint64_t begin = before ? recent[index - before].at : at;
      uint64_t end = after ? recent[index + after - 1].at : at;
      if (end < begin + hbm.tFawPs) {
        at = before ? std::max(at + 1, begin + hbm.tFawPs)
                    : recent[index].at + hbm.tRrdSPs;
        fits = false;
      }
    }
  }
  recent.insert(next, {at, group});
  if (recent.size() > keptActivates) {
    recent.erase(recent.begin());
  }
  ++activateCount;
  return at;
}

void DramChannel::arrive(uint64_t ps, const DramRequest &request) {
  for (uint64_t i = 0, used = banksOf(request); i < used; ++i) {
    uint64_t bank = bankOf(request, i);
    refresh(bank, ps);
    ++banks[bank].waiting;
  }
}

/// Opens the row, if it is not; returns the first column command, for a request
/// that is there at `ps`.
uint64_t DramChannel::openRow(uint64_t bank, uint64_t row, uint64_t ps) {
  refresh(bank, ps);
  Bank &b = banks[bank];
  --b.waiting;
  if (b.openRow != int64_t(row)) {
    uint64_t from = b.openRow >= 0 ? std::max(ps, b.prechargeReady) + hbm.tRpPs
                                   : std::max(ps, b.activateReady);
    uint64_t at = activate(from, groupOf(bank));
    b.openRow = int64_t(row);
    b.columnReady = at + hbm.tRcdPs;
    b.prechargeReady = at + hbm.tRasPs;
  }
  return std::max(ps, b.columnReady);
}

/// The first start of `slot`'s data behind those of `before`.
uint64_t DramChannel::startAfter(const Slot &before, const Slot &slot) const {
  if (before.isWrite != slot.isWrite) {
    return before.end +
           (slot.isWrite ? hbm.tRtwPs : uint64_t(hbm.tWtrPs) + hbm.tClPs);
  }
  // A burst may be longer than tCCD_L.
  uint64_t apart = std::max(hbm.tCcdLPs, hbm.tBurstPs) - hbm.tBurstPs;
  return before.end + (before.lastGroup == slot.firstGroup ? apart : 0);
}

/// Moves `slot` to the first place from its start on that is free.
void DramChannel::reserve(Slot &slot) {
  uint64_t from = slot.start, length = slot.end - slot.start;
  size_t place = 1;
  for (;; ++place) {
    slot.start = std::max(from, startAfter(slots[place - 1], slot));
    slot.end = slot.start + length;
    if (place == slots.size() ||
        startAfter(slot, slots[place]) <= slots[place].start) {
      break;
    }
  }
  slots.insert(slots.begin() + ptrdiff_t(place), slot);
  if (slots.size() > keptSlots) {
    slots.erase(slots.begin());
  }
}

uint64_t DramChannel::estimate(uint64_t ps, const DramRequest &request) const {
  uint64_t column = ps;
  for (uint64_t i = 0, used = banksOf(request); i < used; ++i) {
    const Bank &b = banks[bankOf(request, i)];
    column =
        std::max(column, b.openRow == int64_t(request.row)
                             ? b.columnReady
                             : (b.openRow >= 0
                                    ? std::max(ps, b.prechargeReady) + hbm.tRpPs
                                    : std::max(ps, b.activateReady)) +
                                   hbm.tRcdPs);
  }
  return std::max(column + (request.isWrite ? hbm.tCwlPs : hbm.tClPs),
                  busReady(request.isWrite));
}

uint64_t DramChannel::busReady(bool isWrite) const {
  // Of another group than the last one's.
  Slot slot;
  slot.isWrite = isWrite;
  slot.firstGroup = UINT64_MAX;
  return startAfter(slots.back(), slot);
}

uint64_t DramChannel::place(uint64_t ps, const DramRequest &request) {
  uint64_t latency = request.isWrite ? hbm.tCwlPs : hbm.tClPs;
  uint64_t used = banksOf(request);
  uint64_t column = ps;
  for (uint64_t i = 0; i < used; ++i) {
    uint64_t ready = openRow(bankOf(request, i), request.row, ps);
    column = std::max(column, ready - std::min(ready, i * pitch));
  }
  Slot slot;
  slot.start = column + latency;
  slot.end = slot.start + (request.bursts - 1) * pitch + hbm.tBurstPs;
  slot.firstGroup = groupOf(bankOf(request, 0));
  slot.lastGroup = groupOf(bankOf(request, request.bursts - 1));
  slot.isWrite = request.isWrite;
  reserve(slot);
  for (uint64_t i = request.bursts - used; i < request.bursts; ++i) {
    Bank &b = banks[bankOf(request, i)];
    uint64_t data = slot.start + i * pitch;
    b.prechargeReady = std::max(
        b.prechargeReady, request.isWrite ? data + hbm.tBurstPs + hbm.tWrPs
                                          : data - latency + hbm.tRtpPs);
  }
  return slot.end;
}
