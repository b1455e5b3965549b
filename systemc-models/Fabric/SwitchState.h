//===- SwitchState.h - Virtual output queues --------------------*- C++ -*-===//

#ifndef ACC_SYSTEMC_MODELS_FABRIC_SWITCHSTATE_H
#define ACC_SYSTEMC_MODELS_FABRIC_SWITCHSTATE_H

#include "systemc-models/Fabric/Frames.h"

#include "llvm/ADT/BitVector.h"

namespace acc::fabric {

/// A frame in a queue. The transport may send one again while it still waits,
/// so that a frame can wait in several places.
struct Waiting {
  uint32_t frame = 0;
  uint32_t port = 0; ///< by which it has come
  uint32_t next = kNone;
};

class WaitingPool {
public:
  uint32_t make(uint32_t frame, uint32_t port) {
    if (unused.empty()) {
      unused.push_back(uint32_t(all.size()));
      all.emplace_back();
    }
    uint32_t number = unused.back();
    unused.pop_back();
    all[number] = {frame, port, kNone};
    return number;
  }
  void free(uint32_t number) { unused.push_back(number); }
  Waiting &operator[](uint32_t number) { return all[number]; }

private:
  std::vector<Waiting> all;
  std::vector<uint32_t> unused;
};

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
  void push(unsigned ports, unsigned input, uint32_t number,
            WaitingPool &pool) {
    if (inputs.empty()) {
      inputs.resize(ports);
      waiting.resize(ports);
    }
    Queue &queue = inputs[input];
    if (queue.head == kNone) {
      queue.head = number;
      waiting.set(input);
    } else {
      pool[queue.tail].next = number;
    }
    queue.tail = number;
  }
  Waiting pop(unsigned input, WaitingPool &pool) {
    Queue &queue = inputs[input];
    Waiting first = pool[queue.head];
    pool.free(queue.head);
    queue.head = first.next;
    if (queue.head == kNone) {
      waiting.reset(input);
    }
    turn = input + 1 == inputs.size() ? 0 : input + 1;
    return first;
  }
};

struct SwitchState {
  std::vector<uint32_t> ports;  ///< of the network, by number
  std::vector<uint32_t> routes; ///< by chip: the number of a port
  std::vector<std::array<OutputQueues, kChannels>> outputs; ///< by number
};

} // namespace acc::fabric

#endif // ACC_SYSTEMC_MODELS_FABRIC_SWITCHSTATE_H
