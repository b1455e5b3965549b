//===- Deadlock.cpp - No slice can go on ----------------------------------===//

#include "systemc-models/Functional/SliceProgram.h"

using namespace acc;

std::string acc::describeDeadlock(llvm::ArrayRef<SliceState> slices,
                                  uint32_t chips) {
  std::string text = "deadlock: ";
  llvm::StringRef separator;
  for (size_t i = 0; i < slices.size(); ++i) {
    const SliceState &s = slices[i];
    if (s.isDone && s.fault == isa::Fault::None) {
      continue;
    }
    text += separator;
    separator = ", ";
    if (slices.size() > 1) {
      text += describeSlice(i, slices.size(), chips) + ": ";
    }
    text += !s.isDone ? s.waits
                      : isa::stringify(s.fault).str() + " at word " +
                            std::to_string(s.faultPc);
  }
  return text;
}
