//===- HbmMemory.cpp - HBM behind a TLM socket ----------------------------===//

#include "systemc-models/Slice/HbmMemory.h"

using namespace acc;

HbmMemory::HbmMemory(sc_core::sc_module_name name, const Target &target)
    : sc_module(name), socket("socket"), hbm(target) {
  socket.register_b_transport(this, &HbmMemory::transport);
}

void HbmMemory::transport(tlm::tlm_generic_payload &payload,
                          sc_core::sc_time &delay) {
  uint64_t now = currentCycle();
  uint64_t ready =
      hbm.access(now + delay.value(), uint32_t(payload.get_address()),
                 payload.get_data_length(), payload.is_write());
  delay = cycles(ready - now);
  payload.set_response_status(tlm::TLM_OK_RESPONSE);
}
