//===- Packets.h - The packets of a DMA command -------------------*- C++
//-*-===//
//
// Walks a LOAD or STORE in loop order and cuts it into packets (section 4 of
// docs/machine.md).
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_TIMING_PACKETS_H
#define ACC_SYSTEMC_MODELS_TIMING_PACKETS_H

#include "systemc-models/Timing/Command.h"

namespace acc {

struct Packet {
  uint32_t hbmAddress;
  uint32_t spmAddress;
  uint32_t bytes;
  uint32_t index0;  ///< index of dimension 0
  bool firstOfDim0; ///< first packet of its index of dimension 0
};

/// Generates the packets of a command one by one. HBM addresses are without the
/// contribution of dimension 0 if the command is indexed; the caller adds it.
class PacketWalker {
public:
  PacketWalker(const Dma &dma, uint32_t lineBytes)
      : dma(dma), lineBytes(lineBytes),
        merged(dma.hbmStride[5] == int32_t(dma.esize) &&
               dma.spmStride[5] == int32_t(dma.esize)) {
    startRun();
  }

  bool done() const { return finished; }

  /// Address part that an indexed command adds to every packet of index i0.
  void setIndexOffset(uint32_t offset) { indexOffset = offset; }
  uint32_t currentIndex0() const { return index[0]; }
  bool atFirstOfDim0() const { return firstOfDim0; }

  /// The next packet; done() must be false.
  Packet next() {
    Packet p;
    uint32_t hbm = runHbm + indexOffset;
    p.index0 = index[0];
    p.firstOfDim0 = firstOfDim0;
    firstOfDim0 = false;
    if (merged) {
      p.hbmAddress = hbm + position;
      p.spmAddress = runSpm + position;
      uint32_t toLineEnd = lineBytes - (p.hbmAddress & (lineBytes - 1));
      uint64_t left = uint64_t(dma.size[5]) * dma.esize - position;
      p.bytes = left < toLineEnd ? uint32_t(left) : toLineEnd;
      position += p.bytes;
      if (p.bytes == left) {
        advance();
      }
    } else {
      p.hbmAddress = hbm + position * uint32_t(dma.hbmStride[5]);
      p.spmAddress = runSpm + position * uint32_t(dma.spmStride[5]);
      p.bytes = dma.esize;
      if (++position == dma.size[5]) {
        advance();
      }
    }
    return p;
  }

private:
  const Dma &dma;
  uint32_t lineBytes;
  bool merged;
  bool finished = false;
  bool firstOfDim0 = true;
  uint32_t index[5] = {};
  uint32_t position = 0; ///< bytes (merged) or elements into the run
  uint32_t runHbm = 0, runSpm = 0;
  uint32_t indexOffset = 0;

  void startRun() {
    position = 0;
    runHbm = dma.hbmBase;
    runSpm = dma.spmBase;
    for (int d = 0; d < 5; ++d) {
      if (d > 0 || !dma.idxEn) {
        runHbm += index[d] * uint32_t(dma.hbmStride[d]);
      }
      runSpm += index[d] * uint32_t(dma.spmStride[d]);
    }
  }

  void advance() {
    for (int d = 4; d >= 0; --d) {
      if (++index[d] < dma.size[d]) {
        firstOfDim0 = d == 0;
        startRun();
        return;
      }
      index[d] = 0;
    }
    finished = true;
  }
};

} // namespace acc

#endif // ACC_SYSTEMC_MODELS_TIMING_PACKETS_H
