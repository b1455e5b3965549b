//===- Port.cpp - A port of the scale-up Ethernet, cycle by cycle ---------===//

#include "systemc-models/Fabric/Port.h"

using namespace acc;
using namespace acc::fabric;
using Counter = FabricCounter;

Port::Port(const PortConfig &given)
    : config(given), bringUp(config),
      channels{Channel(config, 0), Channel(config, 1), Channel(config, 2),
               Channel(config, 3)},
      crcTx(config), crcRx(config), llrTx(config), ctl(config) {}

Port::Received Port::receive() {
  const Crc::Stage &stage = crcRx.output();
  const FrameWord &frame = stage.frame;
  Received in;
  if (stage.os) {
    Control control = Control::decode(&frame.data[0]);
    if (isGuarded(frame.data[0]) && control.control == kControlByte) {
      in.control = {control.op, control.body};
    } else {
      in.isBadControl = true;
    }
  }
  if (!stage.valid) {
    return in;
  }
  if (frame.sop) {
    unitIn = 0;
    preamble = Preamble::decode(&frame.data[1]);
    isNamed = isGuarded(frame.data[1]) && preamble.start == kStartByte;
  }
  for (unsigned u = 0; u < config.wordUnits(); ++u, ++unitIn) {
    if (unitIn == kLead) {
      destination = destinationOf(config.framing, frame.data[u]);
    }
    if (unitIn == config.rhUnit()) {
      rh = Rh::decode(&frame.data[u]);
    }
  }
  in.channel = preamble.channel % kChannels;
  in.credits = preamble.credits;
  if (isNamed && preamble.credits) {
    in.frame = &frame;
  }
  if (frame.eop) {
    Trailer mine = Trailer::decode(&stage.check);
    Trailer theirs = Trailer::decode(&frame.data[frame.count - 1]);
    bool good = isNamed && !frame.bad && mine.fcs == theirs.fcs;
    in.verdict = llrRx.judge(isNamed, good, preamble.seq);
    in.right = in.verdict.accept && mine.rcrc == theirs.rcrc &&
               destination == config.own && rh.xpu < config.port.peers &&
               rh.channel == in.channel;
  }
  return in;
}

Port::Grant Port::arbitrate() const {
  Grant grant;
  unsigned unit = 0;
  if (isBusy) {
    grant.channel = selected;
    grant.own = isOwn;
    unit = unitOut;
    grant.go = true;
  } else {
    if (!llrTx.accepts()) {
      return grant;
    }
    for (unsigned k = 0; k < kChannels && !grant.go; ++k) {
      grant.channel = (turn + k) % kChannels;
      const Channel &c = channels[grant.channel];
      grant.own = c.gbnRx.ack().valid;
      grant.go = grant.own || (c.gbnTx.valid() && c.gbnTx.frame().sop &&
                               c.credits.enough(c.gbnTx.words()));
    }
    if (!grant.go) {
      return grant;
    }
    grant.first = true;
  }
  const Channel &c = channels[grant.channel];
  unsigned width = config.wordUnits();
  if (!grant.own) {
    grant.frame = c.gbnTx.frame();
    grant.words = grant.first ? c.gbnTx.words() : 0;
    grant.hasRh = unit <= config.rhUnit() && config.rhUnit() < unit + width;
    if (grant.hasRh) {
      insertField(&grant.frame.data[config.rhUnit() - unit], 48, 16,
                  c.gbnRx.apsn(c.gbnTx.peer()));
    }
    return grant;
  }
  GbnAck ack = isBusy ? ownAck : c.gbnRx.ack();
  auto lead = leadOf(config, ack.peer, grant.channel,
                     ack.nack ? FrameOp::Nack : FrameOp::Ack, 0, ack.psn);
  unsigned left = config.leadUnits() + 1 - unit;
  grant.frame.sop = grant.first;
  grant.frame.eop = left <= width;
  grant.frame.count = std::min(left, width);
  for (unsigned u = 0; u < width && u + 1 < left; ++u) {
    grant.frame.data[u] = lead[unit + u];
  }
  return grant;
}

/// Puts the word of the grant into the check, and remembers the frame.
void Port::send(const Grant &grant) {
  Crc::Stage &stage = crcTx.input();
  stage.valid = grant.go;
  if (grant.go) {
    stage.frame = grant.frame;
    stage.channel = grant.channel;
    stage.credits = !grant.own;
    if (grant.first) {
      turn = (grant.channel + 1) % kChannels;
      unitOut = 0;
    }
    unitOut += config.wordUnits();
    selected = grant.channel;
    isOwn = grant.own;
  }
  isBusy = grant.go && !grant.frame.eop;
}

/// Only whole frames go on, one that breaks off with a mark.
void Port::normalize() {
  bool up = bringUp.up();
  Crc::Stage &stage = crcRx.input();
  stage.os = up && linkIn.os && !linkIn.error;
  stage.valid =
      up && linkIn.valid && !linkIn.error && (linkIn.frame.sop || isOpen);
  stage.frame = linkIn.frame;
  if (up && linkIn.error && isOpen) {
    stage.valid = true;
    stage.frame.sop = false;
    stage.frame.eop = stage.frame.bad = true;
    stage.frame.count = config.wordUnits();
  }
  if (stage.valid) {
    isOpen = !stage.frame.eop;
  }
  isOpen &= up;
}

void Port::count(const Received &in, const LlrTx::Events &llr,
                 const std::optional<Ctl::Output> &os) {
  const LlrRx::Verdict &v = in.verdict;
  auto sent = [&](Counter counter, ControlOp op) {
    add(counter, os && os->op == op);
  };
  sent(Counter::LLR_TX_INIT_CTL_OS, ControlOp::Init);
  sent(Counter::LLR_TX_INIT_ECHO_CTL_OS, ControlOp::InitEcho);
  sent(Counter::LLR_TX_ACK_CTL_OS, ControlOp::Ack);
  sent(Counter::LLR_TX_NACK_CTL_OS, ControlOp::Nack);
  sent(Counter::CBFC_TX_CF_UPDATE, ControlOp::CfUpdate);
  add(Counter::LLR_TX_DISCARD, llr.discards);
  add(Counter::LLR_TX_REPLAY, llr.replayed);
  add(Counter::LLR_TX_TIMEOUT, llr.timeout);
  add(Counter::LLR_TX_FLUSH, llr.flush);
  add(Counter::LLR_RX_INIT_CTL_OS, in.control.is(ControlOp::Init));
  add(Counter::LLR_RX_INIT_ECHO_CTL_OS, in.control.is(ControlOp::InitEcho));
  add(Counter::LLR_RX_ACK_CTL_OS, in.control.is(ControlOp::Ack));
  add(Counter::LLR_RX_NACK_CTL_OS, in.control.is(ControlOp::Nack));
  add(Counter::LLR_RX_ACK_NACK_SEQ_ERROR, llr.sequenceError);
  add(Counter::CTL_OS_BAD, in.isBadControl);
  add(Counter::LLR_RX_OK, v.ok);
  add(Counter::LLR_RX_BAD, v.bad);
  add(Counter::LLR_RX_EXPECTED_SEQ_GOOD, v.accept);
  add(Counter::LLR_RX_EXPECTED_SEQ_BAD, v.expectedBad);
  add(Counter::LLR_RX_MISSING_SEQ, v.missing);
  add(Counter::LLR_RX_DUPLICATE_SEQ, v.duplicate);
  add(Counter::LLR_RX_REPLAY, v.replay);
  add(Counter::GBN_RX_BAD, v.accept && !in.right);
}

void Port::clock(const PortInputs &inputs) {
  // What the registers say. From here on nothing of the next cycle is read.
  bool up = bringUp.up();
  Received in = receive();
  bool isInit = in.control.is(ControlOp::Init);
  bool isUpdate = in.control.is(ControlOp::CfUpdate) && llrTx.works();
  ControlCredits update = ControlCredits::decode(&in.control.body);
  Grant grant = arbitrate();
  bool isAccepting = llrTx.accepts();
  bool isLeaving = llrTx.valid(up);
  FrameWord leaving;
  if (isLeaving) {
    leaving = llrTx.frame();
  }
  bool isQuiet = !isBusy && !crcTx.busy();
  Crc::Stage *entering = crcTx.output().valid ? &crcTx.output() : nullptr;
  if (entering && entering->frame.eop) {
    entering->frame.data[entering->frame.count - 1] = entering->check;
  }

  Ctl::Inputs c;
  c.slot = up && (!isLeaving || leaving.sop);
  c.init = llrTx.getState() == LlrTxState::Init;
  c.epoch = llrTx.getEpoch();
  c.echo = isInit;
  c.echoEpoch = ControlInit::decode(&in.control.body).epoch;
  c.on = llrRx.on();
  c.nack = llrRx.wantsNack();
  c.ack = in.verdict.accept || in.verdict.duplicate;
  c.last = llrRx.last();
  for (unsigned v = 0; v < kChannels; ++v) {
    c.count[v] = channels[v].buffer.count();
  }
  std::optional<Ctl::Output> os = ctl.output(c);
  add(Counter::LLR_TX_OK, isLeaving && leaving.sop && up);
  add(Counter::CBFC_RX_CF_UPDATE, isUpdate);

  LlrTx::Events llr = llrTx.clock(up, isQuiet, entering, in.control);
  c.initStart = llr.initStart;

  for (unsigned v = 0; v < kChannels; ++v) {
    Channel &ch = channels[v];
    bool isMine = grant.go && grant.channel == v;
    bool isData = isMine && !grant.own;
    // Sending
    add(Counter::CBFC_TX_STALL, isAccepting && ch.gbnTx.valid() &&
                                    ch.gbnTx.frame().sop &&
                                    !ch.credits.enough(ch.gbnTx.words()));
    add(Counter::GBN_TX_DATA, isData && grant.first);
    bool isOwnStart = isMine && grant.own && grant.first;
    bool isNack = ch.gbnRx.ack().nack;
    add(Counter::GBN_TX_ACK, isOwnStart && !isNack);
    add(Counter::GBN_TX_NACK, isOwnStart && isNack);
    std::optional<uint32_t> freed;
    if (isUpdate && update.firstChannel == v) {
      freed = update.firstFreed;
    } else if (isUpdate && update.secondChannel == v) {
      freed = update.secondFreed;
    }
    ch.credits.clock(llr.initStart, isData ? grant.words : 0, freed);

    // Receiving
    bool isHere = in.channel == v;
    auto verdict = GbnRx::Verdict::None;
    if (in.right && isHere && in.credits) {
      verdict = ch.gbnRx.judge(rh.xpu, rh.npsn);
    }
    bool keep = verdict == GbnRx::Verdict::Take;
    bool drop = in.verdict.accept && in.credits && isHere && !keep;
    add(Counter::GBN_RX_DATA, keep);
    add(Counter::GBN_RX_DUPLICATE, verdict == GbnRx::Verdict::Duplicate);
    add(Counter::GBN_RX_GAP, verdict == GbnRx::Verdict::Gap);
    bool pop = ch.buffer.valid() && ch.unpack.pops(ch.buffer.frame());
    c.freed[v] = ch.buffer.frees(pop, drop);
    bool isDone = ch.unpack.valid() && inputs.rxReady[v];
    add(Counter::RX_TRANSACTIONS, isDone && ch.unpack.beat().last);
    FrameWord word = pop ? ch.buffer.frame() : FrameWord();
    ch.unpack.clock(pop ? &word : nullptr, isDone);
    ch.buffer.clock(isInit, isHere ? in.frame : nullptr, keep, drop, pop);

    // Packing and transport
    uint32_t peer = ch.gbnTx.peer();
    uint32_t chip = ch.pack.chip();
    bool start =
        ch.pack.wantsStart() && ch.gbnTx.isOpen(chip) && ch.gbnTx.room();
    bool isPacked = ch.pack.valid();
    FrameWord packed = isPacked ? ch.pack.frame() : FrameWord();
    uint16_t psn = start ? ch.gbnTx.psn(chip) : 0;
    bool isTaken = inputs.txValid[v] && ch.pack.ready();
    add(Counter::TX_TRANSACTIONS,
        ch.pack.clock(isTaken ? &inputs.txBeat[v] : nullptr, start, psn));
    GbnAck ack;
    if (in.right && isHere) {
      ack = {true, rh.op == FrameOp::Nack, uint32_t(rh.xpu), uint16_t(rh.apsn)};
    }
    if (isOwnStart) {
      ownAck = ch.gbnRx.ack();
    }
    GbnTx::Events gbn =
        ch.gbnTx.clock(start, chip, isPacked ? &packed : nullptr, isData, ack);
    add(Counter::GBN_TX_REWIND, gbn.rewind);
    add(Counter::GBN_TX_TIMEOUT, gbn.timeout);
    ch.gbnRx.clock(verdict, rh.xpu, isData && grant.hasRh, peer, isOwnStart);
  }

  count(in, llr, os);
  llrRx.clock(isInit, in.verdict, os && os->op == ControlOp::Nack);
  ctl.clock(c, os);
  send(grant);
  normalize();
  crcTx.clock();
  crcRx.clock();
  linkIn = inputs.link;
  linkOut = LinkWord();
  linkOut.valid = isLeaving && up;
  if (linkOut.valid) {
    linkOut.frame = leaving;
  }
  if (os) {
    linkOut.os = true;
    linkOut.frame.data[0] = os->unit;
  }
  add(Counter::LINK_DOWN, bringUp.clock(inputs.locked));
}
