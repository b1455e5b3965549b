//===- HbmDpi.h - The HBM timing model for RTL benches ------------*- C++
//-*-===//
//
// DPI-C entry points. The bench creates the model before the simulation starts;
// SystemVerilog then imports
//
//   import "DPI-C" function longint acc_hbm_access(
//       input longint cycle, input int addr, input int bytes, input int
//       is_write);
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_MEMORY_HBMDPI_H
#define ACC_SYSTEMC_MODELS_MEMORY_HBMDPI_H

#include "systemc-models/Memory/HbmModel.h"

namespace acc {

/// Makes a fresh model the one that acc_hbm_access uses.
void resetHbmDpi(const Target &target);

/// The model in use; resetHbmDpi must have been called.
const HbmModel &hbmDpiModel();

} // namespace acc

extern "C" {
/// HbmModel::access of the model in use; `addr` is an unsigned 32-bit address.
long long acc_hbm_access(long long cycle, int addr, int bytes, int is_write);
}

#endif // ACC_SYSTEMC_MODELS_MEMORY_HBMDPI_H
