// What the parts of a chip's edge exchange (docs/machine.md, section 11): the edge joins the collective network of a chip to
// its port of the fabric. It is built into chips of a rack of two chips on one plane.
package xpu_edge_pkg;
  import xpu_cfg_pkg::*;
  import xpu_isa_pkg::*;
  import xpu_pkg::*;
  import xpu_net_pkg::*;

  // Collectives of chips have a virtual channel of their own.
  localparam int unsigned EdgeChannel = 2;

  localparam int unsigned EdgeW = $clog2(EdgeBytes);
  typedef logic [EdgeW:0] edge_addr_t;

  // A message that waits to be sent: what chips agree on, and which bytes of the lane's buffer it carries.
  typedef struct packed {
    net_offer_t offer;
    edge_addr_t base;
    edge_addr_t bytes;
  } edge_message_t;

  // Bytes of the lane's buffer that a beat of `raw` bytes of a scratchpad takes.
  function automatic edge_addr_t edge_bytes(net_offer_t offer, logic [31:0] raw);
    return edge_addr_t'(widens(offer.kind, offer.fmt) ? raw << 1 : raw);
  endfunction

  // Parts of a collective that a chip at `place` gives, and that its members get.
  function automatic logic [31:0] up_parts(net_offer_t offer, logic [31:0] place);
    case (offer.kind)
      CollectiveKindAllReduce:     return 32'd1;
      CollectiveKindAllGather:     return members_of(offer.group);
      CollectiveKindReduceScatter: return all_members_of(offer.group, offer.chips);
      CollectiveKindBroadcast:
        return 32'(offer.root - place * members_of(offer.group) < members_of(offer.group));
      default:                     return 32'd0;
    endcase
  endfunction
  function automatic logic [31:0] down_parts(net_offer_t offer);
    case (offer.kind)
      CollectiveKindAllReduce,
      CollectiveKindBroadcast:     return 32'd1;
      CollectiveKindAllGather:     return all_members_of(offer.group, offer.chips);
      CollectiveKindReduceScatter: return members_of(offer.group);
      default:                     return 32'd0;
    endcase
  endfunction
endpackage
