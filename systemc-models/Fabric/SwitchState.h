//===- SwitchState.h - Virtual output queues --------------------*- C++ -*-===//

#ifndef ACC_SYSTEMC_MODELS_FABRIC_SWITCHSTATE_H
#define ACC_SYSTEMC_MODELS_FABRIC_SWITCHSTATE_H

#include "systemc-models/Fabric/Frames.h"

#include "llvm/ADT/BitVector.h"

namespace acc::fabric {

/// The frames of a channel for one output: a queue for each input.
struct OutputQueues {
  struct Queue {
    uint32_t head = kNone, tail = kNone;
  };
  std::vector<Queue> inputs;
  llvm::BitVector waiting; ///< inputs with a frame
  unsigned turn = 0;

  bool empty() const { return waiting.none(); }
  /// The input whose turn it is.
  unsigned next() const {
    int found = turn == 0 ? waiting.find_first() : waiting.find_next(turn - 1);
    return unsigned(found >= 0 ? found : waiting.find_first());
  }
  /// `ports` is how many the switch has.
  void push(unsigned ports, unsigned input, uint32_t frame, FramePool &frames) {
    if (inputs.empty()) {
      inputs.resize(ports);
      waiting.resize(ports);
    }
    Queue &queue = inputs[input];
    frames[frame].next = kNone;
    if (queue.head == kNone) {
      queue.head = frame;
      waiting.set(input);
    } else {
      frames[queue.tail].next = frame;
    }
    queue.tail = frame;
  }
  uint32_t pop(unsigned input, FramePool &frames) {
    Queue &queue = inputs[input];
    uint32_t frame = queue.head;
    queue.head = frames[frame].next;
    if (queue.head == kNone) {
      waiting.reset(input);
    }
    turn = input + 1 == inputs.size() ? 0 : input + 1;
    return frame;
  }
};

struct SwitchState {
  std::vector<uint32_t> ports;  ///< of the network, by number
  std::vector<uint32_t> routes; ///< by chip: the number of a port
  std::vector<std::array<OutputQueues, kChannels>> outputs; ///< by number
};

} // namespace acc::fabric

#endif // ACC_SYSTEMC_MODELS_FABRIC_SWITCHSTATE_H
