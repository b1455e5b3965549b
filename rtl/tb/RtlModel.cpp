//===- RtlModel.cpp - The Verilated top behind RtlModel.h -----------------===//

#include "rtl/tb/RtlModel.h"
#include "Vxpu_tb.h"
#include "verilated.h"
#if VM_TRACE
#include "verilated_fst_c.h"
#endif

#include <cstring>

namespace {
class ChipModel final : public acc::RtlModel {
public:
  ChipModel() : top(prepare(context)) {}
  /// Its scopes leave the context of this model, whichever ran last.
  ~ChipModel() override { Verilated::threadContextp(&context); }

  void eval() override {
    // Of several models in a process the one that runs.
    Verilated::threadContextp(&context);
    // Before a reset the state is random.
    context.assertOn(in.rstN);
    top.clk_i = in.clk;
    top.rst_ni = in.rstN;
    top.bench_i = in.bench;
    for (unsigned s = 0; s < slices; ++s) {
      top.csr_we_i[s] = in.csrWrite[s];
      top.imem_we_i[s] = in.imemWrite[s];
    }
    top.csr_addr_i = in.csrAddress;
    top.csr_wdata_i = in.csrData;
    top.imem_addr_i = in.imemAddress;
    for (unsigned i = 0; i < 4; ++i) {
      top.imem_wdata_i[i] = in.imemData[i];
    }
    top.flip_i = in.flip;
    top.flip_slice_i = in.flipSlice;
    top.flip_addr_i = in.flipAddress;
    top.flip_mask_i = in.flipMask;
    top.port_clk_i = in.portClk;
    top.port_rst_ni = in.portRstN;
    top.chip_i = in.chip;
    top.lock_i = in.lock;
    std::memcpy(&top.link_i, in.link, sizeof(top.link_i));
    top.place_i = in.place;
    top.go_i = in.go;
    top.mismatch_i = in.mismatch;
    std::memcpy(&top.words_i, in.words, sizeof(top.words_i));
    top.eval();
    std::memcpy(out.link, &top.link_o, sizeof(top.link_o));
    std::memcpy(out.offer, &top.offer_o, sizeof(top.offer_o));
    std::memcpy(out.beat, &top.beat_o, sizeof(top.beat_o));
    out.edgeBusy = top.edge_busy_o;
    for (unsigned s = 0; s < slices; ++s) {
      Outputs::Slice &slice = out.slices[s];
      slice.csrData = top.csr_rdata_o[s];
      slice.running = top.running_o[s];
      slice.busy = top.busy_o[s];
      slice.stuck = top.stuck_o[s];
      slice.traceStart = top.trace_start_o[s];
      slice.traceEnd = top.trace_end_o[s];
      slice.traceClaims = top.trace_claims_o[s];
      constexpr unsigned engines = sizeof(top.trace_pc_o[0]) / sizeof(uint32_t);
      for (unsigned i = 0; i < engines; ++i) {
        slice.tracePc[i] = top.trace_pc_o[s][i];
      }
    }
  }

  unsigned numSlices() const override { return slices; }
  unsigned beatWords() const override {
    return sizeof(top.words_i) / sizeof(uint32_t);
  }

  void finish() override {
    Verilated::threadContextp(&context);
    top.final();
#if VM_TRACE
    if (tracing) {
      waves.close();
    }
#endif
  }

  bool openWaves(const char *file) override {
#if VM_TRACE
    context.traceEverOn(true);
    top.trace(&waves, 99);
    waves.open(file);
    tracing = true;
    return true;
#else
    return false;
#endif
  }

  void dump(uint64_t time) override {
#if VM_TRACE
    if (tracing) {
      waves.dump(time);
    }
#endif
  }

private:
  /// Bits that nothing sets are random, the same in each run.
  static VerilatedContext *prepare(VerilatedContext &context) {
    context.randReset(2);
    context.randSeed(1);
    return &context;
  }

  static constexpr unsigned slices =
      sizeof(Vxpu_tb::running_o) / sizeof(Vxpu_tb::running_o[0]);
  static_assert(slices <= maxSlices, "the bench has ports for no more");
  static_assert(sizeof(Vxpu_tb::link_o) <= sizeof(Outputs::link),
                "a link is wider than the bench's");
  static_assert(sizeof(Vxpu_tb::words_i) <= sizeof(Inputs::words) &&
                    sizeof(Vxpu_tb::beat_o) <= sizeof(Outputs::beat),
                "a beat is wider than the bench's");
  static_assert(sizeof(Vxpu_tb::offer_o) <= sizeof(Outputs::offer),
                "an offer is wider than the bench's");

  VerilatedContext context;
  Vxpu_tb top;
#if VM_TRACE
  VerilatedFstC waves;
  bool tracing = false;
#endif
};
} // namespace

acc::RtlModel *acc_create_rtl_model() { return new ChipModel; }
