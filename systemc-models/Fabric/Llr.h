//===- Llr.h - Link-level retry ---------------------------------*- C++ -*-===//
//
// As rtl/fabric/xpu_fab_llr_tx.sv and xpu_fab_llr_rx.sv.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_FABRIC_LLR_H
#define ACC_SYSTEMC_MODELS_FABRIC_LLR_H

#include "systemc-models/Fabric/Crc.h"
#include "systemc-models/Fabric/Replay.h"

namespace acc::fabric {

/// A control ordered set that has come; `op` is none of ControlOp without one.
struct ControlWord {
  ControlOp op = ControlOp(0);
  uint64_t body = 0;

  bool is(ControlOp other) const { return op == other; }
};

class LlrTx {
public:
  explicit LlrTx(const PortConfig &config)
      : port(config.port),
        ring(port.llrWords, port.llrFrames, config.frameWords(),
             /*whole=*/false, /*slack=*/kCheckLatency + 2) {}

  bool accepts() const { return works() && ring.room(); }
  bool works() const {
    return state == LlrTxState::Advance || state == LlrTxState::Replay;
  }
  /// A word leaves in this cycle: a frame that has begun goes on.
  bool valid(bool up) const {
    return ring.valid(isFreed()) && (ring.mid() || (works() && up));
  }
  FrameWord frame() const;
  LlrTxState getState() const { return state; }
  uint8_t getEpoch() const { return epoch; }

  struct Events {
    bool initStart = false;
    bool replayed = false;
    bool timeout = false;
    bool flush = false;
    unsigned discards = 0;
    bool sequenceError = false;
  };
  /// The events of the cycle; they do not depend on the frame that enters.
  Events clock(bool up, bool quiet, const Crc::Stage *write,
               const ControlWord &control);

private:
  struct Tag {
    unsigned channel = 0;
    bool credits = false;
  };

  const Chip::Port &port;
  Replay<Tag> ring;
  LlrTxState state = LlrTxState::Off;
  uint32_t headSequence = 0; ///< of the oldest frame
  uint32_t acked = 0;        ///< behind the last frame that was acknowledged
  uint8_t epoch = 0;
  unsigned replays = 0;
  uint32_t timer = 0, pcsTimer = 0;

  bool isFreed() const { return ring.headValid() && headSequence != acked; }
};

class LlrRx {
public:
  bool on() const { return state != LlrRxState::Off; }
  bool wantsNack() const { return state == LlrRxState::SendNack; }
  uint32_t last() const { return (expected - 1) & kSequenceMask; }
  LlrRxState getState() const { return state; }

  struct Verdict {
    bool ok = false, bad = false;
    bool accept = false, duplicate = false, missing = false;
    bool expectedBad = false, replay = false;
  };
  /// Of a frame that ends: `named` says that its preamble is good, `good` that
  /// its FCS is too.
  Verdict judge(bool named, bool good, uint32_t sequence) const;
  void clock(bool init, const Verdict &verdict, bool nackSent);

private:
  LlrRxState state = LlrRxState::Off;
  uint32_t expected = 0;
};

} // namespace acc::fabric

#endif // ACC_SYSTEMC_MODELS_FABRIC_LLR_H
