//===- HbmMemory.h - HBM behind a TLM socket ----------------------*- C++
//-*-===//

#ifndef ACC_SYSTEMC_MODELS_SLICE_HBMMEMORY_H
#define ACC_SYSTEMC_MODELS_SLICE_HBMMEMORY_H

#include "systemc-models/Memory/HbmModel.h"
#include "systemc-models/Slice/Cycles.h"

#include <tlm>
#include <tlm_utils/simple_target_socket.h>

namespace acc {

/// The timing of HBM as a TLM target. The delay of b_transport comes in as the
/// request's cycle and goes out as the cycle of data or acknowledgement, both
/// relative to now. Contents are not transported: commands move them as a
/// whole.
class HbmMemory : public sc_core::sc_module {
public:
  tlm_utils::simple_target_socket<HbmMemory> socket;

  HbmMemory(sc_core::sc_module_name name, const Target &target);

  const HbmModel &model() const { return hbm; }

private:
  HbmModel hbm;
  void transport(tlm::tlm_generic_payload &payload, sc_core::sc_time &delay);
};

} // namespace acc

#endif // ACC_SYSTEMC_MODELS_SLICE_HBMMEMORY_H
