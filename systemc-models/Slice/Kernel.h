//===- Kernel.h - One SystemC kernel for each simulation --------*- C++ -*-===//

#ifndef ACC_SYSTEMC_MODELS_SLICE_KERNEL_H
#define ACC_SYSTEMC_MODELS_SLICE_KERNEL_H

#include <systemc>

#include <memory>

namespace acc {

/// A kernel context for one simulation. SystemC has one global context; a fresh
/// one per simulation is what lets a process run several.
class KernelContext {
public:
  /// Whether no simulation is under way: one may begin.
  static bool isFree() { return !taken; }

  KernelContext() : context(std::make_unique<sc_core::sc_simcontext>()) {
    taken = true;
    sc_core::sc_curr_simcontext = context.get();
    sc_core::sc_default_global_context = context.get();
  }
  ~KernelContext() {
    sc_core::sc_curr_simcontext = nullptr;
    sc_core::sc_default_global_context = nullptr;
    taken = false;
  }

private:
  static inline bool taken = false;
  std::unique_ptr<sc_core::sc_simcontext> context;
};

} // namespace acc

#endif // ACC_SYSTEMC_MODELS_SLICE_KERNEL_H
