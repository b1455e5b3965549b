//===- Assembler.h - Small programs for model tests ---------------*- C++
//-*-===//

#ifndef ACC_TEST_UNIT_MODELS_ASSEMBLER_H
#define ACC_TEST_UNIT_MODELS_ASSEMBLER_H

#include "systemc-models/Random/Assembler.h"
#include "systemc-models/Sim/Sim.h"

#include <cstring>

namespace acc::test {

using isa::Opcode;

/// An ACCST ends in e and lets the sequencer go on in e + 1; it pushes VPUSYNCs
/// to their full queue from e + 2 + `delay` on, whose head starts in
/// e + 1 + `chain`. (With queues of 8.)
inline Assembler pushWhileAPlaceIsFreed(unsigned chain, unsigned delay) {
  isa::Accst first;
  first.wrBanks = 1;
  first.oFmt = isa::Format::F32;
  first.ncols = 8;
  first.msize = {1, 1, 50};
  first.oMstride = {0, 0, 32};
  first.oNstride = 4;
  first.signalMask = chain == 0 ? 3 : 1;
  Assembler a;
  a.push(first);
  for (unsigned i = 0; i < chain; ++i) {
    a.push(sync<isa::Drainsync>(0, i + 1 == chain ? 2 : 0));
  }
  for (unsigned i = 0; i < 8; ++i) {
    a.push(sync<isa::Vpusync>(i == 0 ? 2 : 0));
  }
  a.wait(1);
  for (unsigned i = 0; i < delay; ++i) {
    a.li(1, 0);
  }
  for (unsigned i = 0; i < 4; ++i) {
    a.push(sync<isa::Vpusync>());
  }
  a.signal(4).push(sync<isa::Storesync>(4)).halt();
  return a;
}

/// out[i] = op(in0[i], in1[i]) on fp32 or int32 words.
inline isa::Vpurun elementwise(isa::Uop op, uint32_t in0, uint32_t in1,
                               uint32_t out, uint32_t count) {
  isa::Vpurun v;
  v.size = {1, 1, 1, 1, 1, count};
  v.inBase = {in0, in1, 0, 0};
  v.inFmt = {isa::Format::F32, isa::Format::F32, isa::Format::None,
             isa::Format::None};
  v.inStride[5] = v.inStride[11] = 4;
  v.outBase = out;
  v.outFmt = isa::Format::F32;
  v.outStride[5] = 4;
  v.outReg = 2;
  v.firstRed = 5;
  v.nuops = 1;
  isa::UopInstr u;
  u.op = op;
  u.dst = 2;
  u.a = 0;
  u.b = 1;
  v.uops[0] = u.encode();
  return v;
}

inline std::vector<uint8_t> floatsToBytes(const std::vector<float> &values) {
  std::vector<uint8_t> bytes(values.size() * 4);
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

inline std::vector<float> readFloats(const SparseMemory &memory,
                                     uint64_t address, size_t count) {
  std::vector<float> values(count);
  memory.read(address, values.data(), count * 4);
  return values;
}

} // namespace acc::test

#endif // ACC_TEST_UNIT_MODELS_ASSEMBLER_H
