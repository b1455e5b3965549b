//===- RtlSim.h - The Verilated chip behind the common interface --*- C++
//-*-===//
//
// Runs programs on the RTL like runSystemCChip does on the model. The target is
// fixed when the library is built (acc_verilate in rtl/CMakeLists.txt). A slice
// by itself is a chip of one. Of a rack of two chips each is a model of its
// own; what is between them is fabric::CycleLinks.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_RTL_TB_RTLSIM_H
#define ACC_RTL_TB_RTLSIM_H

#include "systemc-models/Fabric/CycleLinks.h"
#include "systemc-models/Sim/Sim.h"

#include <memory>

namespace acc {

/// Name of the target that this program was verilated for; empty if it loads
/// the model of any.
llvm::StringRef rtlTargetName();

/// Chips and the memories of their slices, which live from program to program.
/// All state that reset does not set begins with random bits.
class RtlMachine {
public:
  explicit RtlMachine(const Machine &machine, llvm::StringRef wavesFile = {});
  /// A slice by itself with a memory image.
  RtlMachine(const Target &target, llvm::ArrayRef<uint8_t> hbm);
  ~RtlMachine();

  /// Whether a waveform is written.
  bool isTracing() const;

  /// The host port; a write goes to all slices and takes a clock cycle.
  void writeCsr(isa::Csr address, uint32_t value);
  uint32_t readCsr(isa::Csr address, uint32_t slice = 0);
  uint64_t readCounter(isa::Counter counter, uint32_t slice = 0);
  void writeImem(uint32_t address, const isa::Word &word);
  void clock();
  SparseMemory &memory(uint32_t slice = 0);
  /// What happens on the links of a rack, in each run from its beginning.
  void setLinks(const fabric::CycleLinksOptions &options) {
    linkOptions = options;
  }

  /// Loads and runs programs on what the memories hold, with their errors;
  /// `hbm` of the results is empty. Programs that do not end in time are an
  /// error, and are stopped.
  llvm::Expected<ChipOutput> run(const ChipInput &input);
  /// The same on a slice by itself.
  llvm::Expected<SimOutput> run(llvm::ArrayRef<isa::Word> program,
                                uint32_t entry, uint64_t maxCycles);

  class Bench;

private:
  class Rack;
  std::unique_ptr<Rack> rack;
  fabric::CycleLinksOptions linkOptions;
};

/// Start, end and address of every command are read from the trace ports of the
/// slices, counters and faults through their host registers. The machine must
/// be the target of the RTL. With a file name the waveform is written, which
/// needs a build with ACC_RTL_WAVES.
llvm::Expected<ChipOutput>
runRtlChip(const ChipInput &input, llvm::StringRef wavesFile = {},
           const fabric::CycleLinksOptions &links = {});
/// Chips of a rack in RTL and chips as the SystemC model, by number, in one
/// simulation.
llvm::Expected<ChipOutput> runMixedRack(const ChipInput &input,
                                        const std::vector<bool> &isRtl,
                                        const fabric::CycleLinksOptions &links);
/// Slices of a chip by itself in RTL, by number, and the others as the SystemC
/// model, in one simulation. What is linked or loaded is the model of one
/// slice (OneSlice of xpu_tb). The waveform of the second one that is named has
/// the name with .1, and so on.
llvm::Expected<ChipOutput> runMixedChip(const ChipInput &input,
                                        llvm::ArrayRef<uint32_t> rtlSlices,
                                        llvm::StringRef wavesFile = {});
llvm::Expected<SimOutput> runRtl(const SimInput &input,
                                 llvm::StringRef wavesFile = {});

} // namespace acc

#endif // ACC_RTL_TB_RTLSIM_H
