//===- RtlModel.cpp - The Verilated top behind RtlModel.h -----------------===//

#include "rtl/tb/RtlModel.h"
#include "Vxpu_tb.h"
#include "verilated.h"
#if VM_TRACE
#include "verilated_fst_c.h"
#endif

namespace {
class SliceModel final : public acc::RtlModel {
public:
  SliceModel() : top(prepare(context)) {}

  void eval() override {
    top.clk_i = in.clk;
    top.rst_ni = in.rstN;
    top.csr_we_i = in.csrWrite;
    top.csr_addr_i = in.csrAddress;
    top.csr_wdata_i = in.csrData;
    top.imem_we_i = in.imemWrite;
    top.imem_addr_i = in.imemAddress;
    for (unsigned i = 0; i < 4; ++i) {
      top.imem_wdata_i[i] = in.imemData[i];
    }
    top.eval();
    out.csrData = top.csr_rdata_o;
    out.running = top.running_o;
    out.busy = top.busy_o;
    out.traceStart = top.trace_start_o;
    out.traceEnd = top.trace_end_o;
    for (unsigned i = 0; i < sizeof(top.trace_pc_o) / sizeof(uint32_t); ++i) {
      out.tracePc[i] = top.trace_pc_o[i];
    }
  }

  void finish() override {
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

  VerilatedContext context;
  Vxpu_tb top;
#if VM_TRACE
  VerilatedFstC waves;
  bool tracing = false;
#endif
};
} // namespace

acc::RtlModel *acc_create_rtl_model() { return new SliceModel; }
