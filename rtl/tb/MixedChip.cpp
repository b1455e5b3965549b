//===- MixedChip.cpp - Slices of a chip in RTL, others in SystemC ---------===//

#include "rtl/tb/Bench.h"
#include "rtl/tb/RtlSim.h"
#include "systemc-models/Net/CycleSlice.h"

#include "llvm/ADT/STLExtras.h"

using namespace acc;

static llvm::Error error(const llvm::Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

namespace {
/// A slice that a model of its own simulates.
class RtlSlice final : public CycleSlice {
public:
  RtlSlice(const ChipInput &input, uint32_t number, llvm::StringRef wavesFile)
      : bench(input.machine, number, wavesFile) {}

  void start() override { bench.start(); }
  void clock(const FromNet &in) override {
    bench.setNet(in.go, in.mismatch, in.words);
    bench.clock();
  }
  bool observe(uint64_t cycle) override { return bench.observe(cycle); }
  bool isRunning() const override { return bench.isRunning(); }
  std::optional<isa::Collective> offer() const override {
    return bench.offer();
  }
  std::optional<llvm::ArrayRef<uint32_t>> beat() const override {
    return bench.beat();
  }
  SliceState state() override { return bench.state(0); }

  RtlMachine::Bench bench;
};
} // namespace

/// Whether the slices are some of the machine's, each once.
static llvm::Error checkSlices(const Machine &machine,
                               llvm::ArrayRef<uint32_t> rtlSlices) {
  if (machine.rack) {
    return error("'" + machine.name() +
                 "' is a rack; slices in RTL beside SystemC are those of a "
                 "chip by itself");
  }
  for (auto [i, slice] : llvm::enumerate(rtlSlices)) {
    if (slice >= machine.slices()) {
      return error("slice " + llvm::Twine(slice) + ": '" + machine.name() +
                   "' has slices 0 to " + llvm::Twine(machine.slices() - 1));
    }
    if (llvm::is_contained(rtlSlices.take_front(i), slice)) {
      return error("slice " + llvm::Twine(slice) + " is named twice");
    }
  }
  return llvm::Error::success();
}

llvm::Expected<ChipOutput> acc::runMixedChip(const ChipInput &input,
                                             llvm::ArrayRef<uint32_t> rtlSlices,
                                             llvm::StringRef wavesFile) {
  if (llvm::Error e = checkInput(input)) {
    return std::move(e);
  }
  if (llvm::Error e = checkSlices(input.machine, rtlSlices)) {
    return std::move(e);
  }
  std::vector<std::unique_ptr<RtlSlice>> slices;
  std::vector<CycleSlice *> others(input.slices());
  for (auto [i, number] : llvm::enumerate(rtlSlices)) {
    std::string file = wavesFile.str();
    if (i != 0 && !file.empty()) {
      file += "." + std::to_string(i);
    }
    slices.push_back(std::make_unique<RtlSlice>(input, number, file));
    RtlMachine::Bench &bench = slices.back()->bench;
    if (!bench.isOneSlice()) {
      return error("the RTL is that of a chip; expects that of one slice");
    }
    if (!wavesFile.empty() && !bench.isTracing()) {
      return error("built without waveforms: configure with ACC_RTL_WAVES=ON");
    }
    if (!input.hbm.empty()) {
      llvm::ArrayRef<uint8_t> image = ChipInput::of(input.hbm, number);
      bench.memories.contents(0).write(0, image.data(), image.size());
    }
    bench.load(input, number);
    bench.prepare(input.flips, number);
    others[number] = slices.back().get();
  }
  auto out = runSystemCSlices(input, std::move(others));
  for (auto [slice, number] : llvm::zip_equal(slices, rtlSlices)) {
    slice->bench.settle();
    if (out) {
      SimOutput &own = out->slices[number];
      double seconds = own.wallSeconds;
      own = slice->bench.result(0, number);
      own.hbm = std::move(slice->bench.memories.contents(0));
      own.wallSeconds = seconds;
    }
  }
  return out;
}
