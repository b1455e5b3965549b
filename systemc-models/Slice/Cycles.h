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
    event.notify(cycles(cycle > now ? cycle - now : 0));
  }
  const sc_core::sc_event &get() const { return event; }

private:
  sc_core::sc_event event;
};

} // namespace acc

#endif // ACC_SYSTEMC_MODELS_SLICE_CYCLES_H
