//===- FlipSchedule.cpp - Errors of memories over launches ----------------===//

#include "compiler-driver/Runtime/FlipSchedule.h"

#include "compiler-driver/Tensor/Errors.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;
using acc::HbmErrors;
using acc::MemoryFlip;

namespace xpu {

std::vector<MemoryFlip> FlipSchedule::next() const {
  std::vector<MemoryFlip> flips;
  for (auto [slice, memory] : enumerate(errors)) {
    append_range(flips, asFlips(memory, uint32_t(slice)));
  }
  for (MemoryFlip flip : pending) {
    flip.cycle = std::max(flip.cycle, begin) - begin;
    flips.push_back(flip);
  }
  return flips;
}

void FlipSchedule::ran(acc::ChipOutput &output) {
  uint64_t cycles = 0;
  for (auto [slice, run] : enumerate(output.slices)) {
    std::vector<MemoryFlip> happened;
    for (MemoryFlip flip : run.flips) {
      auto it = find_if(pending, [&](const MemoryFlip &p) {
        return p.slice == flip.slice && p.where == flip.where &&
               p.address == flip.address && p.bit == flip.bit;
      });
      if (it == pending.end()) {
        continue; // an error from before
      }
      pending.erase(it);
      flip.cycle += begin;
      happened.push_back(flip);
    }
    run.flips = std::move(happened);
    errors[slice] = {};
    for (const MemoryFlip &error : run.hbmErrors) {
      errors[slice].flip(error.address / HbmErrors::wordBytes, error.bit);
    }
    cycles = std::max(cycles, run.cycles);
  }
  begin += cycles;
}

void FlipSchedule::write(uint32_t slice, uint64_t address, uint64_t bytes) {
  if (!empty() && bytes != 0) {
    errors[slice].write(address, bytes);
  }
}

Error FlipSchedule::read(uint32_t slice, uint64_t address,
                         uint64_t bytes) const {
  if (empty() || bytes == 0) {
    return Error::success();
  }
  HbmErrors::Found found = errors[slice].read(address, bytes);
  if (!found.error) {
    return Error::success();
  }
  return acc::makeInputError(
      (errors.size() > 1 ? "slice " + std::to_string(slice) + ": " : "") +
      formatv("the host reads the word of HBM at {0:x}, whose errors cannot be "
              "corrected",
              *found.error)
          .str());
}

} // namespace xpu
