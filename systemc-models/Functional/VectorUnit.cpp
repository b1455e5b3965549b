//===- VectorUnit.cpp - VPURUN --------------------------------------------===//

#include "systemc-models/Functional/Executor.h"
#include "systemc-models/Functional/Streams.h"
#include "systemc-models/Functional/VectorOps.h"
#include "systemc-models/Timing/Timing.h"

#include <algorithm>

using namespace acc;
using isa::Fault;
using isa::Format;
using isa::kNumVpuInputs;

namespace {

/// A micro-operation with its operands resolved to arrays of lanes.
struct ReadyUop {
  isa::Uop op;
  uint32_t *dst;
  const uint32_t *a, *b, *c;
};

constexpr unsigned reductionRegister = 15;

} // namespace

void Executor::reduceLanes(const isa::Vpurun &v) {
  uint32_t length = target.vectorLength();
  uint32_t *x = &vectorRegisters[size_t(reductionRegister) * length];
  std::vector<uint32_t> tree(x, x + length);
  for (uint32_t half = length / 2; half > 0; half /= 2) {
    for (uint32_t i = 0; i < half; ++i) {
      tree[i] = reduceOp(v.redOp, tree[i], tree[i + half]);
    }
  }
  reduced = tree[0];
}

Fault Executor::executeVpu(const Command &command, bool arithmetic) {
  const auto &v = std::get<isa::Vpurun>(command.body);
  Fault f = checkStreams(target, command);
  if (f != Fault::None || !arithmetic) {
    return f;
  }
  const uint32_t length = target.vectorLength();
  auto reg = [&](unsigned r) { return &vectorRegisters[size_t(r) * length]; };

  std::vector<uint32_t> immediates(size_t(v.nuops) * length);
  std::vector<ReadyUop> uops(v.nuops);
  for (unsigned u = 0; u < v.nuops; ++u) {
    isa::UopInstr uop = isa::UopInstr::decode(v.uops[u]);
    uint32_t *imm = immediates.data() + size_t(u) * length;
    if (uop.immSel != 0) {
      std::fill(imm, imm + length, uop.imm);
    }
    uops[u] = {uop.op, reg(uop.dst), uop.immSel == 1 ? imm : reg(uop.a),
               uop.immSel == 2 ? imm : reg(uop.b),
               uop.immSel == 3 ? imm : reg(uop.c)};
  }

  // Held inputs are loaded in the first iteration.
  bool isLoaded[kNumVpuInputs] = {};
  const bool reduces = v.laneRed || v.firstRed < 5;
  const uint32_t chunks = (v.size[5] - 1) / length + 1;
  uint32_t index[5] = {};
  for (;;) {
    uint32_t inBase[kNumVpuInputs];
    for (unsigned i = 0; i < kNumVpuInputs; ++i) {
      inBase[i] = v.inBase[i];
      for (unsigned d = 0; d < 5; ++d) {
        inBase[i] += index[d] * uint32_t(v.inStride[6 * i + d]);
      }
    }
    uint32_t outBase = v.outBase;
    bool firstOfReduction = true, lastOfReduction = true;
    for (unsigned d = 0; d < 5; ++d) {
      outBase += index[d] * uint32_t(v.outStride[d]);
      if (d >= v.firstRed) {
        firstOfReduction &= index[d] == 0;
        lastOfReduction &= index[d] == v.size[d] - 1;
      }
    }
    for (uint32_t chunk = 0; chunk < chunks; ++chunk) {
      uint32_t begin = chunk * length;
      uint32_t n = std::min(length, v.size[5] - begin);
      for (unsigned i = 0; i < kNumVpuInputs; ++i) {
        if (v.inFmt[i] == Format::None || isLoaded[i]) {
          continue;
        }
        isLoaded[i] = isHeldInput(target, v, i);
        int32_t stride = v.inStride[6 * i + 5];
        uint32_t address = inBase[i] + begin * uint32_t(stride);
        uint32_t *lanes = reg(i);
        if (v.inFmt[i] == Format::Iota) {
          for (uint32_t j = 0; j < n; ++j) {
            lanes[j] = address + j * uint32_t(stride);
          }
        } else {
          loadLanes(v.inFmt[i], spm.data(), address, stride, n, lanes);
        }
        std::fill(lanes + n, lanes + length, 0);
      }
      if (reduces && firstOfReduction && (chunk == 0 || !v.laneRed)) {
        std::fill(reg(reductionRegister), reg(reductionRegister) + length,
                  v.redInit);
      }
      for (const ReadyUop &u : uops) {
        runUop(u.op, u.dst, u.a, u.b, u.c, n);
      }
      if (v.outFmt == Format::None) {
        continue;
      }
      if (v.laneRed) {
        if (lastOfReduction && chunk == chunks - 1) {
          reduceLanes(v);
          storeLanes(v.outFmt, spm.data(), outBase, 0, 1, &reduced);
        }
      } else if (lastOfReduction) {
        storeLanes(v.outFmt, spm.data(),
                   outBase + begin * uint32_t(v.outStride[5]), v.outStride[5],
                   n, reg(v.outReg));
      }
    }
    int d = 4;
    while (d >= 0 && ++index[d] == v.size[d]) {
      index[d--] = 0;
    }
    if (d < 0) {
      return Fault::None;
    }
  }
}
