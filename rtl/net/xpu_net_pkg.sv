// What slices, the collective network and the edge of the chip exchange (docs/machine.md, sections 9 and 11).
package xpu_net_pkg;
  import xpu_cfg_pkg::*;
  import xpu_isa_pkg::*;
  import xpu_pkg::*;
  import xpu_fp_pkg::*;

  localparam int unsigned NumSlices = GridRows * GridColumns;
  localparam int unsigned LaneW = (NumSlices > 1) ? $clog2(NumSlices) : 1;
  // A beat holds NetBytes of the scratchpad, and travels as words in which 16-bit numbers are sums of 32 bits.
  localparam int unsigned BeatWords = NetBytes / 2;
  localparam int unsigned RawWords  = NetBytes / 4;
  typedef logic [BeatWords-1:0][31:0] words_t;
  // What the edge keeps of a chip's part in a collective, at most: all of a scratchpad, with 16-bit numbers as sums of 32.
  localparam int unsigned EdgeBytes = 2 * SpmBytes;
  // Bits of a word on a link, xpu_fab_pkg::link_t; a chip by itself has none.
  localparam int unsigned LinkUnits = 2 * FabLanes;
  localparam int unsigned LinkBits  = (NumChips > 1) ? 64 * LinkUnits + $clog2(LinkUnits + 1) + 6 : 1;

  // Where a slice is: what RDID reads, by id_e.
  typedef struct packed {
    logic [31:0] columns;
    logic [31:0] rows;
    logic [31:0] column;
    logic [31:0] row;
    logic [31:0] chip;
    logic [31:0] slice;
  } slice_id_t;

  // What members of a group have to agree on, while `valid`; the rest holds as long as the command is active.
  typedef struct packed {
    logic        valid;   // started, and not met
    logic [1:0]  group;
    logic [1:0]  chips;
    logic [2:0]  kind;
    logic [2:0]  op;
    logic [4:0]  fmt;
    logic [31:0] root;
    logic [15:0] rows;
    logic [15:0] columns;
  } net_offer_t;

  typedef struct packed {
    logic   valid;  // the slice gives something in this beat
    words_t words;
  } net_beat_t;

  function automatic logic agrees(net_offer_t a, net_offer_t b);
    return a.kind == b.kind && a.op == b.op && a.fmt == b.fmt && a.root == b.root && a.rows == b.rows &&
           a.columns == b.columns;
  endfunction

  function automatic logic reduces(logic [2:0] kind);
    return kind == CollectiveKindAllReduce || kind == CollectiveKindReduceScatter;
  endfunction

  // 16-bit numbers are added as 32-bit ones.
  function automatic logic widens(logic [2:0] kind, logic [4:0] fmt);
    return reduces(kind) && format_bytes(fmt) == 3'd2;
  endfunction

  // Members in a chip.
  function automatic logic [31:0] members_of(logic [1:0] group);
    case (group)
      GroupRow:    return 32'(GridColumns);
      GroupColumn: return 32'(GridRows);
      GroupSlice:  return 32'd1;
      default:     return 32'(NumSlices);
    endcase
  endfunction

  function automatic logic [31:0] member_of(logic [1:0] group, slice_id_t id);
    case (group)
      GroupRow:    return id.column;
      GroupColumn: return id.row;
      GroupSlice:  return 32'd0;
      default:     return id.slice;
    endcase
  endfunction

  // Cycles in which a slice converts what it read, before the network: the first stage has time for one, or not.
  localparam int unsigned BeatDelay = (NetStageLatency >= 3) ? 1 : 0;

  // Cycles between the members of a sum in a stage of so many: two steps each, if the stage has time for them; 0: all in one
  // cycle. And the cycles of the sum.
  function automatic int unsigned fold_steps(int unsigned inputs);
    if (2 * (inputs - 1) + BeatDelay < NetStageLatency) return 2;
    return (inputs - 1 + BeatDelay < NetStageLatency) ? 1 : 0;
  endfunction
  function automatic int unsigned fold_cycles(int unsigned inputs);
    return (inputs == 1 || fold_steps(inputs) == 0) ? 1 : fold_steps(inputs) * (inputs - 1);
  endfunction

  // Stages of the network that a group uses.
  function automatic logic [31:0] stages_of(logic [1:0] group);
    return (group == GroupChip) ? 32'(2 * NetStageLatency) : 32'(NetStageLatency);
  endfunction

  // The first slice of a slice's group: the lane of the edge that serves it.
  function automatic logic [31:0] lane_of(logic [1:0] group, logic [31:0] slice);
    case (group)
      GroupRow:    return slice - slice % 32'(GridColumns);
      GroupColumn: return slice % 32'(GridColumns);
      GroupSlice:  return slice;
      default:     return 32'd0;
    endcase
  endfunction

  // Chips that take part, and the place of a chip among them.
  function automatic logic [31:0] chips_of(logic [1:0] chips);
    case (chips)
      ChipsRack:  return 32'(NumChips);
      ChipsTray:  return 32'(ChipsOfTray);
      ChipsPeers: return 32'(NumChips / ChipsOfTray);
      default:    return 32'd1;
    endcase
  endfunction
  function automatic logic [31:0] place_of(logic [1:0] chips, logic [31:0] chip);
    case (chips)
      ChipsRack:  return chip;
      ChipsTray:  return chip % 32'(ChipsOfTray);
      ChipsPeers: return chip / 32'(ChipsOfTray);
      default:    return 32'd0;
    endcase
  endfunction

  // Products with constants only: n times the members of a group, and all members of a group over chips.
  function automatic logic [31:0] times_members(logic [31:0] n, logic [1:0] group);
    case (group)
      GroupRow:    return n * 32'(GridColumns);
      GroupColumn: return n * 32'(GridRows);
      GroupSlice:  return n;
      default:     return n * 32'(NumSlices);
    endcase
  endfunction
  function automatic logic [31:0] all_members_of(logic [1:0] group, logic [1:0] chips);
    case (chips)
      ChipsRack:  return times_members(32'(NumChips), group);
      ChipsTray:  return times_members(32'(ChipsOfTray), group);
      ChipsPeers: return times_members(32'(NumChips / ChipsOfTray), group);
      default:    return members_of(group);
    endcase
  endfunction

  // How beats are converted: 16-bit numbers that are added, of which there are two formats, or all as it is.
  typedef struct packed {
    logic wide;
    logic bf16;
  } convert_t;
  function automatic convert_t convert_of(logic [2:0] kind, logic [4:0] fmt);
    return '{wide: widens(kind, fmt), bf16: fmt == FormatBF16};
  endfunction

  function automatic words_t to_words(convert_t c, logic [NetBytes*8-1:0] bytes);
    words_t      w;
    logic [15:0] x;
    w = '0;
    x = 16'd0;
    if (c.wide) begin
      for (int unsigned i = 0; i < BeatWords; i++) begin
        x    = bytes[i*16+:16];
        w[i] = c.bf16 ? bf16_to_fp32(x) : fp16_to_fp32(x);
      end
    end else begin
      for (int unsigned i = 0; i < RawWords; i++) w[i] = bytes[i*32+:32];
    end
    return w;
  endfunction

  function automatic logic [NetBytes*8-1:0] to_bytes(convert_t c, words_t w);
    logic [NetBytes*8-1:0] bytes;
    bytes = '0;
    if (c.wide) begin
      for (int unsigned i = 0; i < BeatWords; i++)
        bytes[i*16+:16] = c.bf16 ? fp32_to_bf16(w[i]) : fp32_to_fp16(w[i]);
    end else begin
      for (int unsigned i = 0; i < RawWords; i++) bytes[i*32+:32] = w[i];
    end
    return bytes;
  endfunction

  // Bytes that the edge keeps of what a chip gives in a collective over chips.
  function automatic logic [63:0] edge_bytes_of(collective_cmd_t c, logic [2:0] bytes);
    logic [31:0] parts;
    case (c.kind)
      CollectiveKindAllGather:     parts = members_of(c.group);
      CollectiveKindReduceScatter: parts = all_members_of(c.group, c.chips);
      default:                     parts = 32'd1;
    endcase
    return 64'(parts) * (64'(c.rows) * 64'(c.columns) << (widens(c.kind, c.fmt) ? 64'd2 : 64'(bytes[2:1])));
  endfunction

  function automatic logic [7:0] collective_check(collective_cmd_t c);
    // verilator no_inline_task
    logic       is_float, mis;
    logic [2:0] bytes;
    if (c.kind > CollectiveKindBarrier) return FaultBadOperand;
    // A slice alone is a group only over chips, of which there are several.
    if ((c.chips == ChipsOwn) ? c.group == GroupSlice : NumChips == 1) return FaultBadOperand;
    if (c.kind == CollectiveKindBarrier) return FaultNone;
    bytes    = format_bytes(c.fmt);
    is_float = c.fmt == FormatF32 || c.fmt == FormatBF16 || c.fmt == FormatF16;
    if (bytes == 3'd0) return FaultBadOperand;
    if (reduces(c.kind)) begin
      if (c.op > ReduceOpIMin) return FaultBadOperand;
      if (c.op < ReduceOpIAdd ? !is_float : c.fmt != FormatI32) return FaultBadOperand;
    end
    if (c.rows == 16'd0 || c.columns == 16'd0) return FaultBadOperand;
    if (c.kind == CollectiveKindBroadcast && c.root >= all_members_of(c.group, c.chips))
      return FaultBadOperand;
    if (c.chips != ChipsOwn && edge_bytes_of(c, bytes) > 64'(EdgeBytes)) return FaultBadOperand;
    mis = misaligned(c.src_base, bytes) || misaligned(c.dst_base, bytes) || misaligned(c.src_stride, bytes) ||
          misaligned(c.dst_stride, bytes) || misaligned(c.part_stride, bytes);
    return mis ? FaultMisaligned : FaultNone;
  endfunction
endpackage
