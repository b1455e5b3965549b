// What the modules of a fabric port exchange (docs/fabric.md). Layouts, counters and checks are generated: xpu_fabric_pkg.
package xpu_fab_pkg;
  import xpu_cfg_pkg::*;
  import xpu_fabric_pkg::*;

  localparam int unsigned WordUnits  = FabLanes * LaneBytes / 8;
  localparam int unsigned CntW       = $clog2(WordUnits + 1);
  localparam int unsigned PduUnits   = FabPduBytes / 8;
  localparam int unsigned MaxHeader  = 4;  // units of the longest framing, with RH
  localparam int unsigned Lead       = 2;  // units in front of the header: gap and preamble
  localparam int unsigned FrameWords = (Lead + MaxHeader + PduUnits + 1 + WordUnits - 1) / WordUnits;
  localparam int unsigned PeerW      = (FabPeers > 1) ? $clog2(FabPeers) : 1;
  localparam int unsigned ChipW      = $clog2(ChipIds);

  typedef logic [WordUnits-1:0][63:0] units_t;
  typedef logic [CntW-1:0]            cnt_t;
  typedef logic [ChipW-1:0]           chip_t;
  typedef logic [PeerW-1:0]           peer_t;
  typedef logic [1:0]                 vc_t;
  typedef logic [CreditBits-1:0]      credit_t;
  typedef logic [SequenceBits-1:0]    seq_t;
  typedef logic [15:0]                psn_t;

  // A transaction on its way to the port or from it: its header with the first beat, a word of what it carries in each.
  typedef struct packed {
    logic         first;
    logic         last;
    chip_t        chip;    // destination, or source
    transaction_t header;  // of the transaction, in each beat
    units_t       data;
  } beat_t;

  // A word of a frame. Unit 0 of the first one is the gap, unit 1 the preamble.
  typedef struct packed {
    logic   sop;
    logic   eop;
    logic   bad;   // received: the word was lost; with eop
    cnt_t   cnt;   // units, less than all only with eop
    units_t data;
  } frame_t;

  // A word on the wire. A control ordered set is in unit 0, alone or in the gap before a frame.
  typedef struct packed {
    logic   valid;
    logic   os;
    logic   error;  // the PCS gives the word up
    frame_t frame;
  } link_t;

  // What a channel asks to have sent by itself.
  typedef struct packed {
    logic  valid;
    logic  nack;
    peer_t peer;
    psn_t  apsn;
  } ack_t;

  function automatic logic [2:0] header_units(framing_e framing);
    case (framing)
      FramingSue:  return 3'd2;
      FramingEsun: return 3'd4;
      default:     return 3'd3;
    endcase
  endfunction

  // Units of gap, preamble and header, and the one that RH is in.
  function automatic logic [2:0] lead_units(framing_e framing);
    return 3'(Lead) + header_units(framing);
  endfunction
  function automatic logic [2:0] rh_unit(framing_e framing);
    return lead_units(framing) - 3'd1;
  endfunction

  // On the wire: 0x0A in the first byte, the chip in the last two, the higher one first.
  function automatic logic [47:0] mac_address(chip_t chip);
    return {chip[7:0], 6'd0, chip[9:8], 24'd0, 8'h0A};
  endfunction

  // Gap, preamble (both filled in later) and header.
  function automatic logic [Lead+MaxHeader-1:0][63:0] lead_of(framing_e framing, chip_t own, chip_t chip, vc_t vc,
                                                              logic [1:0] op, psn_t psn, psn_t apsn);
    logic [Lead+MaxHeader-1:0][63:0] lead;
    header_sue_t                     sue;
    header_sue_long_t                sue_long;
    header_esun_t                    esun;
    header_ethernet_t                ethernet;
    rh_t                             rh;
    rh       = '{op: op, xpu: own, npsn: psn, channel: vc, apsn: apsn, default: '0};
    sue      = '{kind: 8'h0A, destination: chip, source: own, traffic: 4'(vc), ether_type: 16'(FabricEtherType),
                 default: '0};
    sue_long = '{kind: 8'h0E, destination: chip, source: own, traffic: 4'(vc), hops: 16'd3, entropy: psn,
                 ether_type: 16'(FabricEtherType), default: '0};
    esun     = '{destination: mac_address(chip), source: mac_address(own), ether_type: 16'(FabricEtherType),
                 traffic: 3'(vc), flow: psn, hops: 6'd3, default: '0};
    ethernet = '{destination: mac_address(chip), source: mac_address(own), ether_type: 16'(FabricEtherType),
                 default: '0};
    lead     = '0;
    case (framing)
      FramingSue:     lead[3:2] = {rh, sue};
      FramingSueLong: lead[4:2] = {rh, sue_long};
      FramingEsun:    lead[5:2] = {rh, esun};
      default:        lead[4:2] = {rh, ethernet};
    endcase
    return lead;
  endfunction

  // The destination that a header names, from its first unit.
  function automatic chip_t destination_of(framing_e framing, logic [63:0] unit);
    if (framing == FramingSue || framing == FramingSueLong) return unit[17:8];
    return {unit[33:32], unit[47:40]};
  endfunction

  function automatic logic [63:0] guarded(logic [55:0] bits);
    return {guard_of(bits), bits};
  endfunction

  function automatic logic is_guarded(logic [63:0] unit);
    return guard_of(unit[55:0]) == unit[63:56];
  endfunction

  // a before b, of numbers that wrap.
  function automatic logic before_psn(psn_t a, psn_t b);
    psn_t d;
    d = a - b;
    return d[15];
  endfunction
endpackage
