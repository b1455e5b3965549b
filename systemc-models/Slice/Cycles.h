//===- Cycles.h - SystemC time in core cycles ---------------------*- C++
//-*-===//
//
// One unit of sc_time's resolution stands for one core cycle, so that time is
// an exact integer whatever the clock.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_SLICE_CYCLES_H
#define ACC_SYSTEMC_MODELS_SLICE_CYCLES_H

#include <systemc>

#include <algorithm>
#include <cstdint>

namespace acc {

inline uint64_t currentCycle() { return sc_core::sc_time_stamp().value(); }

inline sc_core::sc_time cycles(uint64_t n) {
  return sc_core::sc_time::from_value(n);
}

/// An event that a process asks for at several future cycles; it is notified at
/// the earliest of them.
class CycleEvent {
public:
  /// Notifies in `cycle`; not in the past. Later requests are not remembered.
  void notifyAt(uint64_t cycle) {
    uint64_t now = currentCycle();
    cycle = std::max(cycle, now);
    event.notify(cycles(cycle - now));
    next = std::min(next, cycle);
  }
  const sc_core::sc_event &get() const { return event; }

  /// The cycle in which it is going to be notified; the largest if in none. To
  /// know it, the process calls `happened` first.
  uint64_t nextCycle() const { return next; }
  void happened() { next = UINT64_MAX; }

private:
  sc_core::sc_event event;
  uint64_t next = UINT64_MAX;
};

} // namespace acc

#endif // ACC_SYSTEMC_MODELS_SLICE_CYCLES_H
