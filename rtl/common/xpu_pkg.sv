// Types that the modules of the slice share, and the small functions on streams of docs/machine.md, section 1.
package xpu_pkg;
  import xpu_cfg_pkg::*;
  import xpu_isa_pkg::*;

  // Indices of the engines that have a queue.
  localparam int unsigned EngineW    = $clog2(NumEngines);
  localparam logic [EngineW-1:0] EngLoad  = EngineW'(EngineLoad);
  localparam logic [EngineW-1:0] EngStore = EngineW'(EngineStore);
  localparam logic [EngineW-1:0] EngMxu   = EngineW'(EngineMxu);
  localparam logic [EngineW-1:0] EngVpu   = EngineW'(EngineVpu);
  localparam logic [EngineW-1:0] EngDrain = EngineW'(EngineDrain);
  localparam logic [EngineW-1:0] EngNet   = EngineW'(EngineNet);
  localparam int unsigned MaxCommands = 4; // active ones of an engine, at most
  localparam int unsigned RowBits    = SpmRowBytes * 8;
  localparam int unsigned LineBits   = HbmLineBytes * 8;
  localparam int unsigned CheckBits  = LineBits / HbmCodeData * HbmCodeCheck;  // of a line
  localparam int unsigned SpmBytes   = SpmBanks * SpmBankBytes;
  localparam int unsigned MxuCols    = MxuUnits * MxuUnitCols;
  localparam logic [15:0] BankMask   = 16'((32'd1 << SpmBanks) - 32'd1);  // claims of other banks mean nothing
  localparam int unsigned VpuVl      = VpuLanes * VpuChime;
  localparam int unsigned CmdBits    = VpurunMaxWords * WordBits;

  // One access of a scratchpad port: `count` elements of `esize` bytes from `addr` on, `stride` bytes apart. They lie
  // in different byte columns (the conflict degree), so one cycle is enough. Data bytes are in stream order.
  typedef struct packed {
    logic        valid;
    logic [31:0] addr;
    logic [31:0] stride;
    logic [15:0] count;
    logic [2:0]  esize;
    logic [15:0] claim;
  } spm_req_t;

  // The place of a command among the active ones of its engine; they are given in turn.
  typedef logic [$clog2(MaxCommands)-1:0] slot_t;

  // Events of one cycle that the counters collect until the command ends.
  typedef struct packed {
    logic [15:0] hbm_rd_bytes;
    logic [15:0] hbm_wr_bytes;
    logic [15:0] spm_rd_bytes;
    logic [15:0] spm_wr_bytes;
    logic [31:0] mxu_macs;   // 256 x 256 of them do not fit 16 bits
    logic [31:0] acc_bytes;
    logic [31:0] vpu_ops;
    logic        hbm_rd_pkt;
    logic        hbm_wr_pkt;
    logic [15:0] net_bytes;
  } events_t;

  // How an engine walks n elements: `per` of them in each of `degree` cycles.
  typedef struct packed {
    logic [15:0] per;
    logic [31:0] degree;
    logic [31:0] move;   // bytes from the first element of a cycle to that of the next, if there is one
    logic        bcast;  // all elements are the one at the address
  } walk_t;

  // The conflict degree (docs/machine.md, section 1) of n elements at a stride that is a multiple of their size: it depends on
  // the zeros at the end of the stride alone.
  localparam int unsigned RowLog = $clog2(SpmRowBytes);
  function automatic walk_t walk(logic [31:0] n, logic [31:0] stride);
    walk_t w;
    logic  zeros;  // all bits below t are 0
    w       = '0;
    w.bcast = stride == 32'd0;
    zeros   = 1'b1;
    for (int unsigned t = 0; t <= RowLog; t++) begin
      if (zeros && (t == RowLog || stride[t])) begin
        w.per    = w.per | 16'(SpmRowBytes >> t);
        w.move   = w.move | (stride << (RowLog - t));
        w.degree = w.degree | ((n + 32'((SpmRowBytes >> t) - 1)) >> (RowLog - t));
      end
      zeros = zeros && !stride[t];
    end
    if (w.bcast || n <= 32'd1) begin
      w.per    = 16'(n);
      w.degree = 32'd1;
    end
    return w;
  endfunction

  // The command that only waits and signals; the engine does not see it.
  function automatic logic is_sync_op(logic [7:0] opcode);
    return opcode == OpLOADSYNC || opcode == OpSTORESYNC || opcode == OpMXUSYNC || opcode == OpVPUSYNC ||
           opcode == OpDRAINSYNC || opcode == OpNETSYNC;
  endfunction

  // esize is 1, 2 or 4.
  function automatic logic misaligned(logic [31:0] x, logic [2:0] esize);
    return (x[1:0] & 2'(esize - 3'd1)) != 2'd0;
  endfunction

  // a before b: faults in one cycle are resolved in favour of the lower code. None is no fault.
  function automatic logic [7:0] lower_fault(logic [7:0] a, logic [7:0] b);
    if (a == FaultNone) return b;
    if (b == FaultNone) return a;
    return (a < b) ? a : b;
  endfunction
endpackage
