//===- Llr.cpp - Link-level retry -----------------------------------------===//

#include "systemc-models/Fabric/Llr.h"

using namespace acc::fabric;

FrameWord LlrTx::frame() const {
  FrameWord word = ring.frame();
  if (word.sop) {
    Preamble p;
    p.start = kStartByte;
    p.seq = (headSequence + ring.offset()) & kSequenceMask;
    p.channel = ring.tag().channel;
    p.credits = ring.tag().credits;
    p.encode(&word.data[1]);
    word.data[1] = guarded(word.data[1]);
  }
  return word;
}

LlrTx::Events LlrTx::clock(bool up, bool quiet, const Crc::Stage *write,
                           const ControlWord &control) {
  bool isNack = control.is(ControlOp::Nack);
  bool isAnswer = works() && (isNack || control.is(ControlOp::Ack));
  uint32_t behind = ControlSequence::decode(&control.body).seq + 1;
  uint32_t gain = (behind - acked) & kSequenceMask;
  uint32_t limit = (headSequence + ring.count() - acked) & kSequenceMask;
  bool isSensible = isAnswer && gain <= limit;
  bool isProgress = isSensible && gain != 0;
  bool head = ring.headValid();
  bool free = isFreed();
  bool freed = free && ring.freeReady();

  Events events;
  events.sequenceError = isAnswer && !isSensible;
  events.timeout = works() && up && head && timer == port.llrTimeout;
  bool wantsReplay = events.timeout || (isSensible && isNack);
  bool givesUp = wantsReplay && !isProgress && replays == port.llrReplays;
  bool rewind = wantsReplay && !givesUp;
  bool clear = state == LlrTxState::Flush && quiet && !ring.mid() && up;
  events.discards = clear ? ring.frames() : 0;

  LlrTxState next = state;
  switch (state) {
  case LlrTxState::Off:
    next = up ? LlrTxState::Init : state;
    break;
  case LlrTxState::Init:
    if (control.is(ControlOp::InitEcho) &&
        ControlInit::decode(&control.body).epoch == epoch) {
      next = LlrTxState::Advance;
    }
    break;
  case LlrTxState::Advance:
    next = rewind ? LlrTxState::Replay : state;
    break;
  case LlrTxState::Replay:
    next = !ring.again() && !rewind ? LlrTxState::Advance : state;
    break;
  case LlrTxState::Flush:
    next = clear ? LlrTxState::Init : state;
    break;
  }
  if (givesUp || (works() && pcsTimer == port.pcsTimeout)) {
    next = LlrTxState::Flush;
  }
  events.replayed = state == LlrTxState::Replay && next == LlrTxState::Advance;
  events.flush = state != LlrTxState::Flush && next == LlrTxState::Flush;
  events.initStart = state != LlrTxState::Init && next == LlrTxState::Init;

  if (!works() || !head || isProgress || rewind) {
    timer = 0;
  } else if (up && timer != port.llrTimeout) {
    ++timer;
  }
  pcsTimer = !works() || up ? 0 : pcsTimer + 1;
  if (clear) {
    ring.clear();
  } else {
    bool pop = valid(up);
    ring.clock(write ? &write->frame : nullptr,
               write ? Tag{write->channel, write->credits} : Tag(), pop, rewind,
               free);
  }
  if (events.initStart) {
    headSequence = acked = replays = 0;
    ++epoch;
  } else {
    headSequence = (headSequence + freed) & kSequenceMask;
    if (isSensible) {
      acked = behind & kSequenceMask;
    }
    replays = isProgress ? rewind : replays + rewind;
  }
  state = next;
  return events;
}

LlrRx::Verdict LlrRx::judge(bool named, bool good, uint32_t sequence) const {
  Verdict v;
  if (!on()) {
    return v;
  }
  uint32_t ahead = (sequence - expected) & kSequenceMask;
  v.ok = good;
  v.bad = !good;
  v.accept = good && ahead == 0;
  v.duplicate = good && ahead >> (kSequenceBits - 1);
  v.missing = good && !v.accept && !v.duplicate;
  v.expectedBad = !good && named && ahead == 0;
  v.replay = v.accept && state == LlrRxState::NackSent;
  return v;
}

void LlrRx::clock(bool init, const Verdict &verdict, bool nackSent) {
  if (verdict.accept || init) {
    state = LlrRxState::SendAcks;
  } else if (state == LlrRxState::SendAcks &&
             (verdict.bad || verdict.missing)) {
    state = LlrRxState::SendNack;
  } else if (state == LlrRxState::SendNack && nackSent) {
    state = LlrRxState::NackSent;
  }
  expected = init ? 0 : (expected + verdict.accept) & kSequenceMask;
}
