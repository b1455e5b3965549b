//===- Ctl.cpp - Control ordered sets that are to be sent -----------------===//

#include "systemc-models/Fabric/Ctl.h"

using namespace acc::fabric;

static Ctl::Output make(ControlOp op, uint64_t body, unsigned turn = 0) {
  Control control;
  control.control = kControlByte;
  control.op = op;
  control.body = body;
  Ctl::Output output;
  output.op = op;
  control.encode(&output.unit);
  output.unit = guarded(output.unit);
  output.turn = turn;
  return output;
}

std::optional<Ctl::Output> Ctl::output(const Inputs &in) const {
  if (!in.slot || spacing != 0) {
    return std::nullopt;
  }
  uint64_t body = 0;
  if ((init && in.init) || echo) {
    bool isInit = init && in.init;
    ControlInit b;
    b.epoch = isInit ? in.epoch : echoEpoch;
    b.encode(&body);
    return make(isInit ? ControlOp::Init : ControlOp::InitEcho, body);
  }
  ControlSequence sequence;
  sequence.seq = in.last;
  sequence.encode(&body);
  if (in.nack) {
    return make(ControlOp::Nack, body);
  }
  for (unsigned k = 0; in.on && k < 3; ++k) {
    unsigned t = (turn + k) % 3;
    if (!due[t]) {
      continue;
    }
    if (t == 0) {
      return make(ControlOp::Ack, body, t);
    }
    ControlCredits credits;
    credits.firstChannel = 2 * (t - 1);
    credits.secondChannel = credits.firstChannel + 1;
    credits.firstFreed = in.count[credits.firstChannel];
    credits.secondFreed = in.count[credits.secondChannel];
    credits.encode(&body);
    return make(ControlOp::CfUpdate, body, t);
  }
  return std::nullopt;
}

void Ctl::clock(const Inputs &in, const std::optional<Output> &sent) {
  bool tick = refresh == port.ctlRefresh - 1;
  refresh = tick ? 0 : refresh + 1;
  if (sent) {
    spacing = port.ctlSpacing - 1;
    switch (sent->op) {
    case ControlOp::Init:
      init = false;
      break;
    case ControlOp::InitEcho:
      echo = false;
      break;
    case ControlOp::Nack:
      break;
    case ControlOp::Ack:
    case ControlOp::CfUpdate:
      due[sent->turn] = false;
      turn = (sent->turn + 1) % 3;
      break;
    }
  } else if (spacing != 0) {
    --spacing;
  }
  // What happens while one is sent is to be said again.
  init |= in.initStart || (tick && in.init);
  if (in.echo) {
    echo = true;
    echoEpoch = in.echoEpoch;
  }
  due[0] |= in.ack || (tick && in.on);
  for (unsigned p = 0; p < 2; ++p) {
    due[p + 1] |= in.freed[2 * p] || in.freed[2 * p + 1] || (tick && in.on);
  }
}
