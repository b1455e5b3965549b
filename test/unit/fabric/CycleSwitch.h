//===- CycleSwitch.h - A small switch, cycle by cycle -----------*- C++ -*-===//
//
// The switch of docs/fabric.md, section 12, word by word from the parts of the
// port's model, for links without errors: what Network has to be equal to.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_TEST_UNIT_FABRIC_CYCLESWITCH_H
#define ACC_TEST_UNIT_FABRIC_CYCLESWITCH_H

#include "systemc-models/Fabric/Crc.h"
#include "systemc-models/Fabric/Ctl.h"
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
      clockSide(*sides[p], in[p], locked[p]);
      arrive(cycle, p, in[p]);
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
          queues(ports) {}
    Link bringUp;
    Crc crc;
    LlrTx llrTx; // for the start of the link alone
    LlrRx llrRx;
    Ctl ctl;
    std::array<Credits, kChannels> credits;
    LinkWord linkIn, linkOut;
    uint32_t sequenceIn = 0; ///< of the frame whose check is running
    // What comes.
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
    uint32_t sequence = 0;
    const FrameWord *leaving = nullptr;
  };

  PortConfig config;
  uint64_t latency;
  std::vector<std::unique_ptr<Side>> sides;

  /// The word that leaves by the port in this cycle.
  void choose(uint64_t cycle, unsigned p) {
    Side &side = *sides[p];
    side.taken.fill(0);
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
        side.turn = (channel + 1) % kChannels;
        side.inputTurn[channel] = (input + 1) % unsigned(sides.size());
        Preamble preamble = Preamble::decode(&side.now.words[0].data[1]);
        preamble.seq = side.sequence++ & kSequenceMask;
        preamble.encode(&side.now.words[0].data[1]);
        side.now.words[0].data[1] = guarded(side.now.words[0].data[1]);
        break;
      }
    }
    if (side.isBusy) {
      side.leaving = &side.now.words[side.at++];
      side.isBusy = !side.leaving->eop;
      if (side.now.credits) {
        Side &input = *sides[side.now.input];
        input.freed[side.now.channel] = true;
        ++input.freedCount[side.now.channel];
      }
    }
  }

  void clockSide(Side &side, const LinkWord &in, bool locked) {
    bool up = side.bringUp.up();
    const Crc::Stage &stage = side.crc.output();
    ControlWord control;
    if (stage.os) {
      Control c = Control::decode(&stage.frame.data[0]);
      control = {c.op, c.body};
    }
    LlrRx::Verdict verdict;
    if (stage.valid && stage.frame.sop) {
      side.sequenceIn = uint32_t(Preamble::decode(&stage.frame.data[1]).seq);
    }
    if (stage.valid && stage.frame.eop) {
      verdict = side.llrRx.judge(true, true, side.sequenceIn);
    }
    bool isInit = control.is(ControlOp::Init);
    Ctl::Inputs c;
    c.slot = up && (!side.leaving || side.leaving->sop);
    c.init = side.llrTx.getState() == LlrTxState::Init;
    c.epoch = side.llrTx.getEpoch();
    c.echo = isInit;
    c.echoEpoch = ControlInit::decode(&control.body).epoch;
    c.on = side.llrRx.on();
    c.ack = verdict.accept;
    c.last = side.llrRx.last();
    for (unsigned v = 0; v < kChannels; ++v) {
      // Counts are those of the cycle before.
      c.count[v] = (side.freedCount[v] - freedNow(side, v)) & kCreditMask;
      c.freed[v] = side.freed[v];
    }
    std::optional<Ctl::Output> os = side.ctl.output(c);
    bool isUpdate = control.is(ControlOp::CfUpdate) && side.llrTx.works();
    ControlCredits update = ControlCredits::decode(&control.body);
    LlrTx::Events llr = side.llrTx.clock(up, true, nullptr, control);
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
    side.llrRx.clock(isInit, verdict, false);
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

  void arrive(uint64_t cycle, unsigned p, const LinkWord &in) {
    if (!in.valid) {
      return;
    }
    Stored &coming = sides[p]->coming;
    if (in.frame.sop) {
      coming = Stored();
      coming.from = cycle + latency;
      coming.input = p;
      Preamble preamble = Preamble::decode(&in.frame.data[1]);
      coming.channel = unsigned(preamble.channel);
      coming.credits = preamble.credits;
    }
    coming.words.push_back(in.frame);
    if (in.frame.eop) {
      unsigned width = config.wordUnits();
      uint64_t unit = coming.words[kLead / width].data[kLead % width];
      coming.output = destinationOf(config.framing, unit);
      sides[coming.output]->queues[p][coming.channel].push_back(coming);
    }
  }
};

} // namespace acc::fabric

#endif // ACC_TEST_UNIT_FABRIC_CYCLESWITCH_H
