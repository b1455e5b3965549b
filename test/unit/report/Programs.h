//===- Programs.h - Small programs for the report's tests -------*- C++ -*-===//

#ifndef TEST_UNIT_REPORT_PROGRAMS_H
#define TEST_UNIT_REPORT_PROGRAMS_H

#include "compiler-driver/Report/ReportData.h"

#include <cstring>

namespace acc::test {

inline const Target &tiny() {
  static const Target target = llvm::cantFail(loadTarget("xpu-tiny"));
  return target;
}

/// Reads 256 bytes of HBM twice, multiplies, and writes 32 bytes. The product
/// is split: only the first MATMUL has leading terms.
struct Program {
  ::xpu::Object object;
  uint32_t load = 0, again = 0, leading = 0, trailing = 0, vector = 0,
           store = 0;

  Program() {
    object.machine = Machine::alone(tiny());
    load = begin("a <&> \"b\"");
    addDma<isa::Load>(0, 64);
    again = uint32_t(object.code.size());
    addDma<isa::Load>(0, 64);
    leading = begin("mul+add");
    addMatmul(isa::Format::F32_T0);
    trailing = uint32_t(object.code.size());
    addMatmul(isa::Format::F32_T1);
    vector = begin("exp");
    addVector();
    store = uint32_t(object.code.size());
    addDma<isa::Store>(4096, 8);
    begin("halt");
    isa::Scalar halt;
    halt.opcode = isa::Opcode::HALT;
    halt.encode(object.code);
    object.outputs.push_back({"y", "float32", "float32", {8}, 4096, 32});
  }

  uint32_t begin(const char *source) {
    uint32_t pc = uint32_t(object.code.size());
    object.lines.push_back({pc, source});
    return pc;
  }

  template <typename Command> void addDma(uint32_t address, uint32_t words) {
    Command c;
    c.hbmBase = address;
    c.esize = 4;
    c.size = {1, 1, 1, 1, 1, words};
    c.hbmStride[5] = c.spmStride[5] = 4;
    c.encode(object.code);
  }

  /// 2 x 8 x 8 products.
  void addMatmul(isa::Format format) {
    isa::Matmul m;
    m.msize = {1, 1, 2};
    m.ksize = {1, 1, 8};
    m.ncols = 8;
    m.aFmt = isa::Format::F32_T0;
    m.wFmt = format;
    m.aKstride[2] = 4;
    m.wNstride = 4;
    m.wKstride[2] = 32;
    m.encode(object.code);
  }

  /// 8 elements, exp2 and FMA.
  void addVector() {
    isa::Vpurun v;
    v.size = {1, 1, 1, 1, 1, 8};
    v.inFmt = {isa::Format::F32, isa::Format::None, isa::Format::None,
               isa::Format::None};
    v.inStride[5] = 4;
    v.outFmt = isa::Format::F32;
    v.outStride[5] = 4;
    v.firstRed = 5;
    v.nuops = 2;
    v.uops[0] = uint64_t(isa::Uop::EXP2);
    v.uops[1] = uint64_t(isa::Uop::FMA);
    v.encode(object.code);
  }
};

/// A run of the program with times made up by hand: 100 cycles.
inline SimOutput makeRun(const Program &p) {
  using isa::Counter;
  using isa::Engine;
  SimOutput run;
  run.model = "systemc";
  run.cycles = 100;
  run.wallSeconds = 0.5;
  run.events = 42;
  run.commands = {
      {Engine::Load, p.load, 0, 9},     {Engine::Load, p.again, 10, 19},
      {Engine::Mxu, p.leading, 15, 34}, {Engine::Mxu, p.trailing, 40, 49},
      {Engine::Vpu, p.vector, 60, 69},  {Engine::Store, p.store, 70, 89}};
  Counters &c = run.counters;
  at(c, Counter::CYCLES) = 100;
  at(c, Counter::INSTRS) = 7;
  at(c, Counter::LOAD_BUSY) = 20;
  at(c, Counter::STORE_BUSY) = 20;
  at(c, Counter::MXU_BUSY) = 30;
  at(c, Counter::VPU_BUSY) = 10;
  at(c, Counter::HBM_RD_BYTES) = 512;
  at(c, Counter::HBM_WR_BYTES) = 32;
  at(c, Counter::SPM_RD_BYTES) = 700;
  at(c, Counter::SPM_WR_BYTES) = 544;
  at(c, Counter::MXU_MACS) = 256;
  at(c, Counter::VPU_OPS) = 16;
  return run;
}

} // namespace acc::test

#endif // TEST_UNIT_REPORT_PROGRAMS_H
