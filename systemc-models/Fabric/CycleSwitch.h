//===- CycleSwitch.h - A small switch, cycle by cycle -----------*- C++ -*-===//
//
// The switch of docs/fabric.md, section 12, word by word from the parts of the
// port's model: what Network has to be equal to without errors, and what joins
// chips whose ports exist word by word. Its retry sends what has not been
// acknowledged again; it does not give a link up.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_FABRIC_CYCLESWITCH_H
#define ACC_SYSTEMC_MODELS_FABRIC_CYCLESWITCH_H

#include "systemc-models/Fabric/Crc.h"
#include "systemc-models/Fabric/Ctl.h"
#include "systemc-models/Fabric/LinkPort.h"
#include "systemc-models/Fabric/Llr.h"

#include <deque>
#include <memory>

namespace acc::fabric {

/// Chip c is at port c.
class CycleSwitch {
public:
  CycleSwitch(const PortConfig &config, unsigned ports, uint64_t latency)
      : config(config), latency(latency) {
    for (unsigned p = 0; p < ports; ++p) {
      sides.push_back(std::make_unique<Side>(this->config, ports));
    }
  }

  const LinkWord &link(unsigned port) const { return sides[port]->linkOut; }

  /// Replays that its ports have begun, and bad frames that have come.
  uint64_t replays() const { return replayCount; }
  uint64_t badFrames() const { return badCount; }
  /// Replays that it has asked for.
  uint64_t nacks() const { return nackCount; }

  void clock(uint64_t cycle, const std::vector<LinkWord> &in,
             const std::vector<bool> &locked) {
    for (auto &side : sides) {
      side->freed.fill(false);
      side->leaving = nullptr;
    }
    for (unsigned p = 0; p < sides.size(); ++p) {
      choose(cycle, p);
    }
    for (unsigned p = 0; p < sides.size(); ++p) {
      clockSide(cycle, p, in[p], locked[p]);
    }
  }

private:
  struct Stored {
    std::vector<FrameWord> words;
    uint64_t from = 0; ///< the first cycle in which it may leave
    unsigned input = 0, channel = 0, output = 0;
    bool credits = false;
  };
  struct Side {
    Side(const PortConfig &config, unsigned ports)
        : bringUp(config), crc(config), llrTx(config), ctl(config),
          credits{Credits(config), Credits(config), Credits(config),
                  Credits(config)},
          queues(ports) {
      room.config = &config;
    }
    Link bringUp;
    Crc crc;
    LlrTx llrTx; // for the start of the link alone
    LlrRx llrRx;
    Ctl ctl;
    std::array<Credits, kChannels> credits;
    LinkWord linkIn, linkOut;
    // What comes: the frame whose check is running.
    uint32_t sequenceIn = 0;
    bool isNamed = false;
    Stored coming;
    std::array<bool, kChannels> freed{};
    std::array<uint32_t, kChannels> freedCount{};
    // What leaves: by input and channel.
    std::vector<std::array<std::deque<Stored>, kChannels>> queues;
    std::array<unsigned, kChannels> inputTurn{};
    std::array<uint32_t, kChannels> taken{};
    unsigned turn = 0, at = 0;
    Stored now;
    bool isBusy = false;
    bool isAgain = false; ///< the frame is one of a replay
    uint32_t sequence = 0;
    const FrameWord *leaving = nullptr;
    // Frames that have not been acknowledged, the first of them by its number,
    // and how many have been sent since the last replay began.
    std::deque<Stored> kept;
    LinkPort room; ///< what they take of the retry's ring
    uint32_t acked = 0;
    size_t resent = SIZE_MAX;
    uint64_t resendFrom = 0; ///< cycle
    uint32_t timer = 0;
    bool rewinds = false;
  };

  PortConfig config;
  uint64_t latency;
  std::vector<std::unique_ptr<Side>> sides;
  uint64_t replayCount = 0, badCount = 0, nackCount = 0;

  /// The frame of a replay that is to leave next; nothing if there is none.
  static Stored *toResend(Side &side) {
    return side.resent < side.kept.size() ? &side.kept[side.resent] : nullptr;
  }

  static void setSequence(Stored &frame, uint32_t sequence) {
    FrameWord &first = frame.words[0];
    Preamble preamble = Preamble::decode(&first.data[1]);
    preamble.seq = sequence & kSequenceMask;
    preamble.encode(&first.data[1]);
    first.data[1] = guarded(first.data[1]);
  }

  /// The word that leaves by the port in this cycle.
  void choose(uint64_t cycle, unsigned p) {
    Side &side = *sides[p];
    side.taken.fill(0);
    if (!side.isBusy && side.rewinds) {
      // A frame that was being sent has been finished.
      side.rewinds = false;
      side.resent = 0;
      side.resendFrom = cycle + 2;
    }
    if (!side.isBusy && toResend(side)) {
      if (cycle < side.resendFrom) {
        return;
      }
      side.now = *toResend(side);
      ++side.resent;
      side.at = 0;
      side.isBusy = true;
      side.isAgain = true;
    }
    if (!side.isBusy && !side.room.accepts(cycle)) {
      return;
    }
    for (unsigned k = 0; k < kChannels && !side.isBusy; ++k) {
      unsigned channel = (side.turn + k) % kChannels;
      for (unsigned i = 0; i < sides.size(); ++i) {
        unsigned input = (side.inputTurn[channel] + i) % sides.size();
        std::deque<Stored> &queue = side.queues[input][channel];
        if (queue.empty() || queue.front().from > cycle) {
          continue;
        }
        uint32_t words = uint32_t(queue.front().words.size());
        bool isData = queue.front().credits;
        if (isData && !side.credits[channel].enough(words)) {
          break;
        }
        side.taken[channel] = isData ? words : 0;
        side.now = std::move(queue.front());
        queue.pop_front();
        side.at = 0;
        side.isBusy = true;
        side.isAgain = false;
        side.turn = (channel + 1) % kChannels;
        side.inputTurn[channel] = (input + 1) % unsigned(sides.size());
        setSequence(side.now, side.sequence++);
        side.kept.push_back(side.now);
        side.room.kept.push_back({0, cycle, words});
        side.room.keptWords += words;
        break;
      }
    }
    if (side.isBusy) {
      side.leaving = &side.now.words[side.at++];
      side.isBusy = !side.leaving->eop;
      if (side.now.credits && !side.isAgain) {
        Side &input = *sides[side.now.input];
        input.freed[side.now.channel] = true;
        ++input.freedCount[side.now.channel];
      }
    }
  }

  /// What an acknowledgement says of the frames that are kept; a replay begins
  /// if it asks for one, or if the timer has run out.
  void acknowledge(uint64_t cycle, Side &side, const ControlWord &control) {
    bool isNack = control.is(ControlOp::Nack);
    uint32_t gain = 0;
    if (isNack || control.is(ControlOp::Ack)) {
      uint32_t behind = ControlSequence::decode(&control.body).seq + 1;
      gain = (behind - side.acked) & kSequenceMask;
      // Of frames that have been sent.
      if (gain > side.kept.size()) {
        gain = 0;
        isNack = false;
      }
    }
    for (uint32_t i = 0; i < gain; ++i) {
      side.kept.pop_front();
      if (side.resent != SIZE_MAX && side.resent != 0) {
        --side.resent;
      }
    }
    side.room.acknowledgeTo(side.room.acked + gain, cycle + 1);
    side.acked = (side.acked + gain) & kSequenceMask;
    bool isLate = !side.kept.empty() && side.timer == config.port.llrTimeout;
    if (!side.kept.empty() && (isNack || isLate)) {
      side.rewinds = true;
      ++replayCount;
    }
    side.timer =
        side.kept.empty() || gain != 0 || isNack || isLate ? 0 : side.timer + 1;
  }

  void clockSide(uint64_t cycle, unsigned p, const LinkWord &in, bool locked) {
    Side &side = *sides[p];
    bool up = side.bringUp.up();
    const Crc::Stage &stage = side.crc.output();
    ControlWord control;
    if (stage.os && isGuarded(stage.frame.data[0])) {
      Control c = Control::decode(&stage.frame.data[0]);
      control = {c.op, c.body};
    }
    LlrRx::Verdict verdict = arrive(cycle, p);
    bool isInit = control.is(ControlOp::Init);
    Ctl::Inputs c;
    c.slot = up && (!side.leaving || side.leaving->sop);
    c.init = side.llrTx.getState() == LlrTxState::Init;
    c.epoch = side.llrTx.getEpoch();
    c.echo = isInit;
    c.echoEpoch = ControlInit::decode(&control.body).epoch;
    c.on = side.llrRx.on();
    c.nack = side.llrRx.wantsNack();
    c.ack = verdict.accept || verdict.duplicate;
    c.last = side.llrRx.last();
    for (unsigned v = 0; v < kChannels; ++v) {
      // Counts are those of the cycle before.
      c.count[v] = (side.freedCount[v] - freedNow(side, v)) & kCreditMask;
      c.freed[v] = side.freed[v];
    }
    std::optional<Ctl::Output> os = side.ctl.output(c);
    bool isUpdate = control.is(ControlOp::CfUpdate) && side.llrTx.works();
    ControlCredits update = ControlCredits::decode(&control.body);
    // The model's ring stays empty: it is there for the start of the link.
    ControlWord start = control;
    if (control.is(ControlOp::Ack) || control.is(ControlOp::Nack)) {
      start = ControlWord();
    }
    LlrTx::Events llr = side.llrTx.clock(up, true, nullptr, start);
    if (side.llrTx.works()) {
      acknowledge(cycle, side, control);
    }
    c.initStart = llr.initStart;
    for (unsigned v = 0; v < kChannels; ++v) {
      std::optional<uint32_t> freed;
      if (isUpdate && update.firstChannel == v) {
        freed = update.firstFreed;
      } else if (isUpdate && update.secondChannel == v) {
        freed = update.secondFreed;
      }
      side.credits[v].clock(llr.initStart, side.taken[v], freed);
    }
    bool isNack = os && os->op == ControlOp::Nack;
    nackCount += isNack;
    side.llrRx.clock(isInit, verdict, isNack);
    if (isInit) {
      restart(side, p);
    }
    side.ctl.clock(c, os);
    Crc::Stage &stageIn = side.crc.input();
    stageIn.os = up && side.linkIn.os;
    stageIn.valid = up && side.linkIn.valid;
    stageIn.frame = side.linkIn.frame;
    side.crc.clock();
    side.linkIn = in;
    side.linkOut = LinkWord();
    if (side.leaving) {
      side.linkOut.valid = true;
      side.linkOut.frame = *side.leaving;
    }
    if (os) {
      side.linkOut.os = true;
      side.linkOut.frame.data[0] = os->unit;
    }
    side.bringUp.clock(locked);
  }

  /// A chip has begun its link anew: credits count from minus what is held
  /// here.
  void restart(Side &side, unsigned p) {
    side.freedCount.fill(0);
    for (auto &output : sides) {
      for (unsigned v = 0; v < kChannels; ++v) {
        for (const Stored &frame : output->queues[p][v]) {
          side.freedCount[v] -=
              frame.credits ? uint32_t(frame.words.size()) : 0;
        }
      }
      const Stored &now = output->now;
      if (output->isBusy && !output->isAgain && now.credits && now.input == p) {
        side.freedCount[now.channel] -= uint32_t(now.words.size() - output->at);
      }
    }
  }

  /// Words of this cycle; several outputs may read from one input.
  uint32_t freedNow(const Side &side, unsigned channel) const {
    uint32_t n = 0;
    for (auto &other : sides) {
      n += other->leaving && other->now.credits &&
           other->now.channel == channel &&
           sides[other->now.input].get() == &side;
    }
    return n;
  }

  /// The word whose check ends in the cycle. A frame that is accepted may leave
  /// `latency` cycles after its first word has come, which is not before now.
  LlrRx::Verdict arrive(uint64_t cycle, unsigned p) {
    Side &side = *sides[p];
    const Crc::Stage &stage = side.crc.output();
    LlrRx::Verdict verdict;
    if (!stage.valid) {
      return verdict;
    }
    Stored &coming = side.coming;
    if (stage.frame.sop) {
      coming = Stored();
      coming.from = cycle - (kCheckLatency + 1) + latency;
      coming.input = p;
      Preamble preamble = Preamble::decode(&stage.frame.data[1]);
      coming.channel = unsigned(preamble.channel) % kChannels;
      coming.credits = preamble.credits;
      side.sequenceIn = uint32_t(preamble.seq);
      side.isNamed =
          isGuarded(stage.frame.data[1]) && preamble.start == kStartByte;
    }
    coming.words.push_back(stage.frame);
    if (!stage.frame.eop) {
      return verdict;
    }
    const FrameWord &last = stage.frame;
    bool good = side.isNamed && !last.bad &&
                Trailer::decode(&stage.check).fcs ==
                    Trailer::decode(&last.data[last.count - 1]).fcs;
    verdict = side.llrRx.judge(side.isNamed, good, side.sequenceIn);
    badCount += verdict.bad;
    if (verdict.accept) {
      unsigned width = config.wordUnits();
      uint64_t unit = coming.words[kLead / width].data[kLead % width];
      coming.output = destinationOf(config.framing, unit);
      sides[coming.output]->queues[p][coming.channel].push_back(coming);
    }
    return verdict;
  }
};

} // namespace acc::fabric

#endif // ACC_SYSTEMC_MODELS_FABRIC_CYCLESWITCH_H
