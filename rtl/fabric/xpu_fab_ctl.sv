// Control ordered sets that are to be sent (docs/fabric.md, section 7), at least FabCtlSpacing cycles apart. What answers an
// event goes first; acknowledgements and credits take turns, and are repeated every FabCtlRefresh cycles, as a set may be
// lost. valid_o depends combinationally on slot_i, all else on registers.
module xpu_fab_ctl
  import xpu_cfg_pkg::*;
  import xpu_fabric_pkg::*;
  import xpu_fab_pkg::*;
(
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  logic                   slot_i,         // the word that leaves has room for one
  // Sending side of the link
  input  logic                   init_i,
  input  logic                   init_start_i,
  input  logic [7:0]             epoch_i,
  // Receiving side
  input  logic                   echo_i,         // LLR_INIT has come
  input  logic [7:0]             echo_epoch_i,
  input  logic                   on_i,
  input  logic                   nack_i,
  input  logic                   ack_i,
  input  seq_t                   last_i,
  input  logic [Channels-1:0]    freed_i,        // credits of the channel
  input  credit_t [Channels-1:0] count_i,
  output logic                   valid_o,
  output logic [63:0]            unit_o,
  output control_op_e            op_o
);
  logic [31:0] spacing_q, refresh_q;
  logic        init_q, echo_q, ack_q, tick, any;
  logic [1:0]  credits_q;  // of channels 0 and 1, of 2 and 3
  logic [7:0]  echo_epoch_q;
  logic [1:0]  turn_q, pick;
  logic [2:0]  turns;
  logic        pair;

  assign tick  = refresh_q == 32'(FabCtlRefresh - 1);
  assign turns = {credits_q, ack_q} & {3{on_i}};
  always_comb begin
    // The first that is due, from turn_q on.
    pick = turn_q;
    for (int unsigned k = 3; k > 0; k--) begin
      logic [1:0] t;
      t = 2'((32'(turn_q) + k - 1) % 3);
      if (turns[t]) pick = t;
    end
  end

  control_t control;
  assign pair = pick == 2'd2;
  always_comb begin
    control_credits_t credits;
    control_init_t    init;
    control_sequence_t sequence_body;
    credits       = '{first_channel: {3'd0, pair, 1'b0}, first_freed: count_i[{pair, 1'b0}],
                      second_channel: {3'd0, pair, 1'b1}, second_freed: count_i[{pair, 1'b1}]};
    init          = '{epoch: epoch_i, default: '0};
    sequence_body = '{seq: last_i, default: '0};
    control       = '{control: 8'(ControlByte), default: '0};
    any           = 1'b1;
    if (init_q && init_i) begin
      control.op   = ControlOpInit;
      control.body = init;
    end else if (echo_q) begin
      init.epoch   = echo_epoch_q;
      control.op   = ControlOpInitEcho;
      control.body = init;
    end else if (nack_i) begin
      control.op   = ControlOpNack;
      control.body = sequence_body;
    end else if (turns != '0 && pick == 2'd0) begin
      control.op   = ControlOpAck;
      control.body = sequence_body;
    end else begin
      control.op   = ControlOpCfUpdate;
      control.body = credits;
      any          = turns != '0;
    end
  end
  assign valid_o = slot_i && spacing_q == '0 && any;
  assign unit_o  = guarded(56'(control));
  assign op_o    = control_op_e'(control.op);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      spacing_q <= '0;
      refresh_q <= '0;
      init_q    <= 1'b0;
      echo_q    <= 1'b0;
      ack_q     <= 1'b0;
      credits_q <= '0;
      turn_q    <= '0;
    end else begin
      refresh_q <= tick ? '0 : refresh_q + 32'd1;
      if (valid_o) spacing_q <= 32'(FabCtlSpacing - 1);
      else if (spacing_q != '0) spacing_q <= spacing_q - 32'd1;
      if (valid_o) begin
        case (op_o)
          ControlOpInit:     init_q <= 1'b0;
          ControlOpInitEcho: echo_q <= 1'b0;
          ControlOpAck:      ack_q <= 1'b0;
          ControlOpCfUpdate: credits_q[pair] <= 1'b0;
          default: ;
        endcase
        if (op_o == ControlOpAck || op_o == ControlOpCfUpdate) turn_q <= (pick == 2'd2) ? 2'd0 : pick + 2'd1;
      end
      // What happens while one is sent is to be said again.
      if (init_start_i || (tick && init_i)) init_q <= 1'b1;
      if (echo_i) echo_q <= 1'b1;
      if (ack_i || (tick && on_i)) ack_q <= 1'b1;
      for (int unsigned p = 0; p < 2; p++)
        if (freed_i[2*p] || freed_i[2*p+1] || (tick && on_i)) credits_q[p] <= 1'b1;
    end
    if (echo_i) echo_epoch_q <= echo_epoch_i;
  end
endmodule
