// Bring-up (docs/fabric.md, section 2): words count when all lanes have been locked for FabLockHold cycles. Outputs depend
// on registers only.
module xpu_fab_link
  import xpu_cfg_pkg::*;
  import xpu_fabric_pkg::*;
(
  input  logic                clk_i,
  input  logic                rst_ni,
  input  logic [FabLanes-1:0] lock_i,
  output logic                up_o,
  output link_state_e         state_o,
  output logic                down_o   // event: it went down
);
  link_state_e state_q, state_d;
  logic [31:0] hold_q;
  always_comb begin
    state_d = state_q;
    case (state_q)
      LinkStateDown: if (&lock_i) state_d = LinkStateHold;
      LinkStateHold: if (hold_q == 32'(FabLockHold - 1)) state_d = LinkStateUp;
      default: ;
    endcase
    if (!(&lock_i)) state_d = LinkStateDown;
  end
  assign up_o    = state_q == LinkStateUp;
  assign state_o = state_q;
  assign down_o  = up_o && state_d != LinkStateUp;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= LinkStateDown;
      hold_q  <= '0;
    end else begin
      state_q <= state_d;
      hold_q  <= (state_q == LinkStateHold) ? hold_q + 32'd1 : '0;
    end
  end
endmodule
