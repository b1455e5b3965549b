//===- HbmDpi.cpp - The HBM timing model for RTL benches ------------------===//

#include "systemc-models/Memory/HbmDpi.h"

#include <cassert>
#include <memory>

using namespace acc;

static std::unique_ptr<HbmModel> model;

void acc::resetHbmDpi(const Target &target) {
  model = std::make_unique<HbmModel>(target);
}

const HbmModel &acc::hbmDpiModel() {
  assert(model && "resetHbmDpi was not called");
  return *model;
}

extern "C" long long acc_hbm_access(long long cycle, int addr, int bytes,
                                    int is_write) {
  assert(model && "resetHbmDpi was not called");
  return static_cast<long long>(model->access(uint64_t(cycle), uint32_t(addr),
                                              uint32_t(bytes), is_write != 0));
}
