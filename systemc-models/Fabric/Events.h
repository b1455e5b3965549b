//===- Events.h - What happens when, in cycles ------------------*- C++ -*-===//
//
// A cycle has two halves: what has become visible at its beginning, and what is
// decided in it. An event of the second half is visible in the next cycle at
// the earliest, as with registers. Events of the same half come in the order in
// which they were added.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_FABRIC_EVENTS_H
#define ACC_SYSTEMC_MODELS_FABRIC_EVENTS_H

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <vector>

namespace acc::fabric {

using Cycle = uint64_t;
inline constexpr Cycle kNever = UINT64_MAX / 4;

enum class Half { Visible, Decide };

template <typename Payload> class Events {
public:
  struct Event {
    uint64_t key; ///< cycle and half
    uint64_t order;
    Payload payload;

    Cycle cycle() const { return key / 2; }
    bool operator<(const Event &o) const {
      return key != o.key ? key < o.key : order < o.order;
    }
  };

  void add(Cycle cycle, Half half, const Payload &payload) {
    Event event{2 * cycle + (half == Half::Decide), added++, payload};
    assert(event.key >= at && "what is past cannot be changed");
    if (event.key / 2 < wheelStart + kWheel) {
      Bucket &bucket = wheel[event.key % (2 * kWheel)];
      bucket.events.push_back(event);
      ++inWheel;
      return;
    }
    later.push_back(event);
    std::push_heap(later.begin(), later.end(), isLater);
  }

  bool empty() const { return inWheel == 0 && later.empty(); }

  /// The cycle of the next event; kNever if there is none.
  Cycle next() const {
    if (inWheel == 0) {
      return later.empty() ? kNever : later.front().cycle();
    }
    uint64_t key = at;
    while (wheel[key % (2 * kWheel)].next ==
           wheel[key % (2 * kWheel)].events.size()) {
      ++key;
    }
    return key / 2;
  }

  /// The next event, if there is one before the cycle. Events may be added from
  /// that cycle on then.
  bool pop(Cycle before, Event &event) {
    while (true) {
      if (inWheel == 0) {
        if (later.empty() || later.front().cycle() >= before) {
          return false;
        }
        moveTo(2 * later.front().cycle());
      }
      if (at / 2 >= before) {
        return false;
      }
      Bucket &bucket = wheel[at % (2 * kWheel)];
      if (bucket.next < bucket.events.size()) {
        event = bucket.events[bucket.next++];
        --inWheel;
        return true;
      }
      bucket.events.clear();
      bucket.next = 0;
      moveTo(at + 1);
    }
  }

private:
  /// Most events are of the next cycles: a wheel of as many, a heap beyond.
  static constexpr uint64_t kWheel = 4096;
  struct Bucket {
    std::vector<Event> events;
    size_t next = 0;
  };
  std::vector<Bucket> wheel = std::vector<Bucket>(2 * kWheel);
  std::vector<Event> later;
  uint64_t at = 0; ///< the half cycle that is being looked at
  Cycle wheelStart = 0;
  uint64_t inWheel = 0, added = 0;

  static bool isLater(const Event &a, const Event &b) { return b < a; }

  void moveTo(uint64_t key) {
    at = key;
    if (wheelStart == at / 2) {
      return;
    }
    wheelStart = at / 2;
    while (!later.empty() && later.front().cycle() < wheelStart + kWheel) {
      Event event = later.front();
      std::pop_heap(later.begin(), later.end(), isLater);
      later.pop_back();
      // What is in a bucket already was added later than what is here.
      Bucket &bucket = wheel[event.key % (2 * kWheel)];
      auto place = std::upper_bound(bucket.events.begin() + bucket.next,
                                    bucket.events.end(), event);
      bucket.events.insert(place, event);
      ++inWheel;
    }
  }
};

} // namespace acc::fabric

#endif // ACC_SYSTEMC_MODELS_FABRIC_EVENTS_H
