//===- Replay.h - Frames that may have to be sent again ---------*- C++ -*-===//
//
// As rtl/fabric/xpu_fab_replay.sv: a ring of words in which the reader can go
// back to the oldest frame. Const functions are the outputs of the current
// cycle; `clock` ends it.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_FABRIC_REPLAY_H
#define ACC_SYSTEMC_MODELS_FABRIC_REPLAY_H

#include "systemc-models/Fabric/Types.h"

#include <vector>

namespace acc::fabric {

template <typename Tag> class Replay {
public:
  /// `whole`: a frame can be read when its last word has been written.
  /// `slack`: words and frames that are under way when `room` is looked at.
  Replay(unsigned words, unsigned frames, unsigned frameWords, bool whole,
         unsigned slack)
      : words(words), frameLimit(frames), frameWords(frameWords), whole(whole),
        slack(slack), memory(words), tags(frames), ends(frames) {}

  bool room() const {
    return wr - hd + frameWords + slack <= words &&
           frames() + 1 + slack <= frameLimit;
  }
  /// Frames that are kept.
  unsigned frames() const { return wrFrame - hdFrame; }

  // The oldest frame, if it has been read, and how many have been.
  bool headValid() const { return hdFrame != hiFrame; }
  const Tag &headTag() const { return tags[hdFrame % frameLimit]; }
  unsigned count() const { return hiFrame - hdFrame; }
  bool freeReady() const { return headValid() && !(isMid && atHead()); }

  // The word that can be read. It is not while its frame is freed.
  bool valid(bool free) const {
    return outValid && !goBack() && !(free && freeReady() && atHead());
  }
  const FrameWord &frame() const { return out; }
  const Tag &tag() const { return tags[outFrame % frameLimit]; }
  unsigned offset() const { return outFrame - hdFrame; }
  unsigned frameLength() const {
    return ends[outFrame % frameLimit] -
           (atHead() ? hd : ends[(outFrame - 1) % frameLimit]);
  }
  /// A frame has been read in part.
  bool mid() const { return isMid; }
  /// The next frame has been read before, or the reader is to go back.
  bool again() const { return reading() != hiFrame || rewinds; }

  void clear() {
    wr = rd = hd = wrFrame = rdFrame = hdFrame = hiFrame = 0;
    outValid = isMid = rewinds = false;
  }

  void clock(const FrameWord *write, const Tag &tag, bool popped, bool rewind,
             bool freed) {
    bool pop = popped && valid(freed);
    bool free = freed && freeReady();
    bool skip = free && atHead();
    bool back = goBack();
    bool readable = whole ? rdFrame != wrFrame : rd != wr;
    bool load = (!outValid || pop) && readable && !back && !skip;
    uint32_t headEnd = ends[hdFrame % frameLimit];
    if (pop) {
      outValid = false;
      isMid = !out.eop;
      hiFrame += out.eop && outFrame == hiFrame;
    }
    if (load) {
      out = memory[rd % words];
      outValid = true;
      outFrame = rdFrame;
      ++rd;
      rdFrame += out.eop;
    }
    if (back) {
      outValid = false;
      rd = hd;
      rdFrame = hdFrame;
    }
    if (skip || (back && free)) {
      outValid = false;
      rd = headEnd;
      rdFrame = hdFrame + 1;
    }
    if (free) {
      hd = headEnd;
      ++hdFrame;
    }
    rewinds = rewind || (rewinds && !back);
    if (write) {
      memory[wr % words] = *write;
      ++wr;
      if (write->sop) {
        tags[wrFrame % frameLimit] = tag;
      }
      if (write->eop) {
        ends[wrFrame % frameLimit] = wr;
        ++wrFrame;
      }
    }
  }

private:
  unsigned words, frameLimit, frameWords;
  bool whole;
  unsigned slack;
  std::vector<FrameWord> memory;
  std::vector<Tag> tags;
  std::vector<uint32_t> ends; ///< behind the last word of a frame
  // Words and frames, counted from the last `clear` on.
  uint32_t wr = 0, rd = 0, hd = 0;
  uint32_t wrFrame = 0, rdFrame = 0, hdFrame = 0, hiFrame = 0, outFrame = 0;
  bool outValid = false, isMid = false, rewinds = false;
  FrameWord out;

  uint32_t reading() const { return outValid ? outFrame : rdFrame; }
  bool atHead() const { return reading() == hdFrame; }
  bool goBack() const { return rewinds && !isMid; }
};

} // namespace acc::fabric

#endif // ACC_SYSTEMC_MODELS_FABRIC_REPLAY_H
