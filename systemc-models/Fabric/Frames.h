//===- Frames.h - Frames that are on their way ------------------*- C++ -*-===//

#ifndef ACC_SYSTEMC_MODELS_FABRIC_FRAMES_H
#define ACC_SYSTEMC_MODELS_FABRIC_FRAMES_H

#include "systemc-models/Fabric/PackTimes.h"

namespace acc::fabric {

inline constexpr uint32_t kNone = UINT32_MAX;

struct Frame {
  uint32_t source = 0, destination = 0; ///< chips
  uint16_t psn = 0, apsn = 0;
  uint8_t channel = 0;
  FrameOp op = FrameOp::Data;
  uint32_t words = 0;
  uint32_t uses = 0; ///< places that keep it or wait for it
  std::vector<TransactionRun> runs;

  bool isData() const { return op == FrameOp::Data; }
};

/// Frames by number; those that are given back are used again.
class FramePool {
public:
  /// A frame that is used in one place.
  uint32_t make() {
    if (unused.empty()) {
      unused.push_back(uint32_t(frames.size()));
      frames.emplace_back();
    }
    uint32_t number = unused.back();
    unused.pop_back();
    frames[number].uses = 1;
    return number;
  }
  void release(uint32_t number) {
    if (--frames[number].uses == 0) {
      frames[number].runs.clear();
      unused.push_back(number);
    }
  }
  Frame &operator[](uint32_t number) { return frames[number]; }

private:
  std::deque<Frame> frames;
  std::vector<uint32_t> unused;
};

} // namespace acc::fabric

#endif // ACC_SYSTEMC_MODELS_FABRIC_FRAMES_H
