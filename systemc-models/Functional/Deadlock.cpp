//===- Deadlock.cpp - No slice can go on ----------------------------------===//

#include "systemc-models/Functional/SliceProgram.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SmallVector.h"

#include <map>

using namespace acc;

/// Slices by name, those that follow each other as the first and the last.
static std::string nameSlices(llvm::ArrayRef<size_t> numbers, size_t slices,
                              uint32_t chips) {
  std::string text;
  for (size_t i = 0; i < numbers.size();) {
    size_t end = i + 1;
    while (end < numbers.size() && numbers[end] == numbers[end - 1] + 1) {
      ++end;
    }
    text += (i == 0 ? "" : " and ") + describeSlice(numbers[i], slices, chips);
    if (end - i > 1) {
      text += " to " + describeSlice(numbers[end - 1], slices, chips);
    }
    i = end;
  }
  return text;
}

std::string acc::describeDeadlock(llvm::ArrayRef<SliceState> slices,
                                  uint32_t chips) {
  // Those that are alike are said once: a rack has hundreds.
  llvm::MapVector<std::string, llvm::SmallVector<size_t>,
                  std::map<std::string, unsigned>>
      states;
  for (size_t i = 0; i < slices.size(); ++i) {
    const SliceState &s = slices[i];
    if (s.isDone && s.fault == isa::Fault::None) {
      continue;
    }
    states[!s.isDone ? s.waits
                     : isa::stringify(s.fault).str() + " at word " +
                           std::to_string(s.faultPc)]
        .push_back(i);
  }
  std::string text = "deadlock: ";
  llvm::StringRef separator;
  for (const auto &[state, numbers] : states) {
    text += separator;
    separator = ", ";
    if (slices.size() > 1) {
      text += nameSlices(numbers, slices.size(), chips) + ": ";
    }
    text += state;
  }
  return text;
}
