//===- RtlSim.h - The Verilated slice behind the common interface -*- C++
//-*-===//
//
// Runs a program on the RTL like runSystemC does on the model. The target is
// fixed when the library is built (acc_verilate in rtl/CMakeLists.txt).
//
//===----------------------------------------------------------------------===//

#ifndef ACC_RTL_TB_RTLSIM_H
#define ACC_RTL_TB_RTLSIM_H

#include "systemc-models/Sim/Sim.h"

namespace acc {

/// Name of the target that this program was verilated for.
llvm::StringRef rtlTargetName();

/// Start, end and address of every command are read from the trace ports of the
/// slice, counters and faults through its host registers. `input.target` must
/// be the target of the RTL. With a file name the waveform is written, which
/// needs a build with ACC_RTL_WAVES.
llvm::Expected<SimOutput> runRtl(const SimInput &input,
                                 llvm::StringRef wavesFile = {});

} // namespace acc

#endif // ACC_RTL_TB_RTLSIM_H
