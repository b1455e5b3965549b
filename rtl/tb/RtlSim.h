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

#include <memory>

namespace acc {

/// Name of the target that this program was verilated for; empty if it loads
/// the model of any.
llvm::StringRef rtlTargetName();

/// One slice and its memory, which live from program to program. All state that
/// reset does not set begins with random bits. One at a time in a process.
class RtlMachine {
public:
  RtlMachine(const Target &target, llvm::ArrayRef<uint8_t> hbm,
             llvm::StringRef wavesFile = {});
  ~RtlMachine();

  /// Whether a waveform is written.
  bool isTracing() const;

  /// The host port; each write takes a clock cycle.
  void writeCsr(isa::Csr address, uint32_t value);
  uint32_t readCsr(isa::Csr address);
  uint64_t readCounter(isa::Counter counter);
  void writeImem(uint32_t address, const isa::Word &word);
  void clock();
  SparseMemory &memory();

  /// Loads and runs a program; `hbm` of the result is empty. A program that
  /// does not end in time is an error, and is stopped.
  llvm::Expected<SimOutput> run(llvm::ArrayRef<isa::Word> program,
                                uint32_t entry, uint64_t maxCycles);

private:
  class Bench;
  std::unique_ptr<Bench> bench;
};

/// Start, end and address of every command are read from the trace ports of the
/// slice, counters and faults through its host registers. `input.target` must
/// be the target of the RTL. With a file name the waveform is written, which
/// needs a build with ACC_RTL_WAVES.
llvm::Expected<SimOutput> runRtl(const SimInput &input,
                                 llvm::StringRef wavesFile = {});

} // namespace acc

#endif // ACC_RTL_TB_RTLSIM_H
