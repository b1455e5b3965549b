//===- Pack.cpp - Packing of transactions into frames ---------------------===//

#include "systemc-models/Fabric/Pack.h"

#include <algorithm>

using namespace acc::fabric;

FrameWord Pack::frame() const {
  FrameWord word;
  unsigned width = config.wordUnits();
  word.sop = isFirst;
  word.eop = state == State::Flush && count <= width;
  word.count = word.eop ? count : width;
  std::copy_n(buffer.begin(), word.count, word.data.begin());
  return word;
}

bool Pack::clock(const Beat *beat, bool start, uint16_t psn) {
  unsigned width = config.wordUnits();
  State next = state;
  if (valid()) {
    unsigned out = std::min(count, width);
    if (state == State::Flush && count <= width) {
      next = State::Idle;
    }
    std::copy(buffer.begin() + out, buffer.begin() + count, buffer.begin());
    count -= out;
    isFirst = false;
  }
  bool taken = false;
  if (count < width) {
    if (state == State::Header) {
      unsigned n = std::min(config.leadUnits() - leadDone, width);
      for (unsigned i = 0; i < n; ++i) {
        feed(lead[leadDone++]);
      }
      if (leadDone == config.leadUnits()) {
        next = State::Body;
      }
    } else if (state == State::Body) {
      bool fits = whole != 0 && queue.front().chip == chipOfFrame &&
                  units + queue.front().units() + 1 <= config.pduUnits();
      if (isInside || fits) {
        const Beat &head = queue.front();
        if (!isInside) {
          feed(head.header);
          left = head.units();
          ++units;
        }
        unsigned n = std::min(left, width);
        for (unsigned i = 0; i < n; ++i) {
          feed(head.data[i]);
        }
        left -= n;
        units += n;
        isInside = !head.last;
        taken = head.last;
        queue.pop_front();
      } else {
        feed(0); // the trailer's place
        next = State::Flush;
      }
    }
  }
  if (start) {
    chipOfFrame = chip();
    lead = leadOf(config, chipOfFrame, channel, FrameOp::Data, psn, 0);
    leadDone = units = 0;
    isFirst = true;
    next = State::Header;
  }
  state = next;
  whole -= taken;
  if (beat) {
    queue.push_back(*beat);
    whole += beat->last;
  }
  return taken;
}
