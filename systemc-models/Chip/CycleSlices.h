//===- CycleSlices.h - Slices of a chip cycle by cycle ------------*- C++
//-*-===//
//
// The slices of a chip that are others than the SystemC model, as members of
// its network, and the process that clocks them. It sleeps while nothing can
// happen in any of them but what the network brings.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_CHIP_CYCLESLICES_H
#define ACC_SYSTEMC_MODELS_CHIP_CYCLESLICES_H

#include "systemc-models/Net/CycleSlice.h"
#include "systemc-models/Net/Net.h"
#include "systemc-models/Slice/Cycles.h"

#include <memory>

namespace acc {

class CycleSlices : public sc_core::sc_module {
public:
  /// By number; no slice where there is the SystemC model.
  CycleSlices(sc_core::sc_module_name name, const Machine &machine,
              uint32_t chip, llvm::ArrayRef<CycleSlice *> slices, Net &net);
  ~CycleSlices() override;

private:
  class Member;
  Net &net;
  std::vector<std::unique_ptr<Member>> members;
  std::vector<std::shared_ptr<BeatExchange>> exchanges; ///< under way
  uint64_t cycle = 0;                                   ///< that has begun
  bool hasStarted = false;
  unsigned quietFor = 0; ///< cycles
  CycleEvent wake;

  void run();
  void observe();
};

} // namespace acc

#endif // ACC_SYSTEMC_MODELS_CHIP_CYCLESLICES_H
