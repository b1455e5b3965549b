//===- Fabric.td - Headers, control and counters of the fabric -------------===//
//
// The one description of what travels on a link of the scale-up Ethernet:
// docs/fabric.md says what it means. C++ (Fabric.h), the SystemVerilog package
// xpu_fabric_pkg and the tables of the manual are made from it.
//
// The public documents name the fields and say how wide they are, but not
// always where they lie; where they do not, the places are ours.
//
//===----------------------------------------------------------------------===//

include "FabricBase.td"

def : Constant<"Channels", 4, "virtual channels: request, response, collective, control (SUE allows 4)">;
def : Constant<"LaneBytes", 16, "bytes of a lane of 200 Gb/s in a cycle of the port's clock, 1.5625 GHz">;
def : Constant<"MostLanes", 4, "lanes that a port bundles at most: 800 Gb/s (SUE)">;
def : Constant<"TransactionUnits", 32, "units of eight bytes that a transaction carries at most: 256 B (SUE)">;
def : Constant<"ChipIds", 1024, "chips that a header can name (SUE, 10 bits)">;
def : Constant<"SequenceBits", 20, "bits of a link sequence number (UEC LLR)">;
def : Constant<"CreditBits", 15, "bits of a cumulative credit count (UEC CBFC)">;
def : Constant<"CheckLatency", 5, "cycles from a word's entry into the frame check to its exit">;
def : Constant<"StartByte", 0xFB, "first byte of a frame (64B/66B: start of packet)">;
def : Constant<"ControlByte", 0x5C, "first byte of a control ordered set (UEC)">;
def : Constant<"FabricEtherType", 0xB588, "EtherType of the fabric's frames, bytes 88 B5: IEEE 802 local experimental 1">;

def : Check<"Fcs", 32, 0xEDB88320, "frame check sequence, IEEE 802.3 clause 3.2.9">;
def : Check<"Rcrc", 32, 0x82F63B78, "R-CRC of SUE, 32 bits over RH and payload; the polynomial is not public, Castagnoli's is assumed (ours)">;
def : Check<"Guard", 8, 0xE0, "check of a preamble and of a control ordered set, x^8+x^2+x+1; in place of the FEC of a PCS (ours)">;

def : Enumeration<"Framing", 2, "header in front of RH"> {
  let Cases = [
    Case<"Sue", 0, "SUE with AFH Gen2 of 6 bytes">,
    Case<"SueLong", 1, "SUE with AFH Gen2 of 12 bytes">,
    Case<"Esun", 2, "Ethernet header and the 4 bytes of ESUN 1.0">,
    Case<"Ethernet", 3, "Ethernet header">,
  ];
}

def : Enumeration<"FrameOp", 2, "operation of RH"> {
  let Cases = [
    Case<"Data", 0, "transactions; acknowledges too">,
    Case<"Ack", 1, "acknowledges, carries nothing">,
    Case<"Nack", 2, "as Ack, and asks for all from apsn on">,
  ];
}

def : Enumeration<"ControlOp", 8, "control ordered set"> {
  let Cases = [
    Case<"Ack", 0x01, "LLR_ACK: frames up to `seq` have come">,
    Case<"Nack", 0x02, "LLR_NACK: so have they, and the one behind has not">,
    Case<"Init", 0x03, "LLR_INIT: sequence numbers begin at 0">,
    Case<"InitEcho", 0x04, "LLR_INIT_ECHO: LLR_INIT has come">,
    Case<"CfUpdate", 0x10, "CF_Update: freed credits of two channels">,
  ];
}

def : Enumeration<"LinkState", 2, "what bring-up has reached"> {
  let Cases = [
    Case<"Down", 0, "a lane is not locked">,
    Case<"Hold", 1, "all lanes are locked, for not long enough">,
    Case<"Up", 2, "words count">,
  ];
}

def : Enumeration<"LlrTxState", 3, "sending side of link-level retry, as UEC names it"> {
  let Cases = [
    Case<"Off", 0, "the link has not been up">,
    Case<"Init", 1, "LLR_INIT is sent until its echo comes">,
    Case<"Advance", 2, "frames are sent as they come">,
    Case<"Replay", 3, "frames that were sent are sent again">,
    Case<"Flush", 4, "frames that were not acknowledged are given up">,
  ];
}

def : Enumeration<"LlrRxState", 2, "receiving side of link-level retry, as UEC names it"> {
  let Cases = [
    Case<"Off", 0, "LLR_INIT has not come">,
    Case<"SendAcks", 1, "frames come in sequence">,
    Case<"SendNack", 2, "one did not, and LLR_NACK is to be sent">,
    Case<"NackSent", 3, "the frame that is missing is awaited">,
  ];
}

def : Enumeration<"FabricCounter", 6, "event counters of a port, 64 bits each; LLR_ and CBFC_ are those of UEC"> {
  let Cases = [
    Case<"LLR_TX_INIT_CTL_OS", 0, "LLR_INIT sent">,
    Case<"LLR_TX_INIT_ECHO_CTL_OS", 1, "LLR_INIT_ECHO sent">,
    Case<"LLR_TX_ACK_CTL_OS", 2, "LLR_ACK sent">,
    Case<"LLR_TX_NACK_CTL_OS", 3, "LLR_NACK sent">,
    Case<"LLR_TX_DISCARD", 4, "frames given up in a flush">,
    Case<"LLR_TX_OK", 5, "frames sent, each time">,
    Case<"LLR_TX_REPLAY", 6, "replays completed">,
    Case<"LLR_RX_INIT_CTL_OS", 7, "LLR_INIT received">,
    Case<"LLR_RX_INIT_ECHO_CTL_OS", 8, "LLR_INIT_ECHO received">,
    Case<"LLR_RX_ACK_CTL_OS", 9, "LLR_ACK received">,
    Case<"LLR_RX_NACK_CTL_OS", 10, "LLR_NACK received">,
    Case<"LLR_RX_ACK_NACK_SEQ_ERROR", 11, "LLR_ACK and LLR_NACK of frames that are not outstanding">,
    Case<"LLR_RX_OK", 12, "frames received with a good FCS">,
    Case<"LLR_RX_BAD", 13, "frames received with a bad FCS or preamble">,
    Case<"LLR_RX_EXPECTED_SEQ_GOOD", 14, "good frames with the expected sequence number">,
    Case<"LLR_RX_EXPECTED_SEQ_BAD", 15, "bad frames with the expected sequence number">,
    Case<"LLR_RX_MISSING_SEQ", 16, "good frames with a later sequence number">,
    Case<"LLR_RX_DUPLICATE_SEQ", 17, "good frames with an earlier sequence number">,
    Case<"LLR_RX_REPLAY", 18, "replays whose first frame has come">,
    Case<"LLR_TX_TIMEOUT", 19, "replays that the replay timer began">,
    Case<"LLR_TX_FLUSH", 20, "flushes">,
    Case<"CBFC_TX_CF_UPDATE", 21, "CF_Update sent">,
    Case<"CBFC_RX_CF_UPDATE", 22, "CF_Update received">,
    Case<"CBFC_TX_STALL", 23, "cycles, summed over channels, in which a frame waited for nothing but credits">,
    Case<"CTL_OS_BAD", 24, "control ordered sets with a bad check">,
    Case<"LINK_DOWN", 25, "times that the link went down">,
    Case<"GBN_TX_DATA", 26, "frames of transactions handed to the link, each time">,
    Case<"GBN_TX_ACK", 27, "frames Ack handed to the link">,
    Case<"GBN_TX_NACK", 28, "frames Nack handed to the link">,
    Case<"GBN_TX_REWIND", 29, "times that a channel went back">,
    Case<"GBN_TX_TIMEOUT", 30, "of these, those that the timer began">,
    Case<"GBN_RX_DATA", 31, "frames of transactions taken">,
    Case<"GBN_RX_DUPLICATE", 32, "frames of transactions that had come before">,
    Case<"GBN_RX_GAP", 33, "frames of transactions behind a missing one">,
    Case<"GBN_RX_BAD", 34, "frames that the link accepted with a bad R-CRC, for another chip or from none that exists">,
    Case<"TX_TRANSACTIONS", 35, "transactions packed">,
    Case<"RX_TRANSACTIONS", 36, "transactions handed over">,
  ];
}

def : Layout<"Preamble", "the eight bytes in front of a frame"> {
  let Fields = [
    Field<"start", 8, "StartByte">,
    Field<"seq", 20, "link sequence number">,
    Field<"channel", 5, "virtual channel">,
    Field<"credits", 1, "the frame takes credits of its channel">,
    Field<"reserved", 22, "0">,
    Field<"guard", 8, "check of the bits before">,
  ];
}

def : Layout<"Control", "control ordered set"> {
  let Fields = [
    Field<"control", 8, "ControlByte">,
    Field<"op", 8, "", 1, 0, "ControlOp">,
    Field<"body", 40, "a layout below">,
    Field<"guard", 8, "check of the bits before">,
  ];
}

def : Layout<"ControlSequence", "body of LLR_ACK and LLR_NACK"> {
  let Fields = [
    Field<"seq", 20, "of the last frame that was accepted">,
    Field<"reserved", 20, "0">,
  ];
}

def : Layout<"ControlInit", "body of LLR_INIT and its echo"> {
  let Fields = [
    Field<"epoch", 8, "counts the starts of the sender, so that a late echo is known">,
    Field<"reserved", 32, "0">,
  ];
}

def : Layout<"ControlCredits", "body of CF_Update"> {
  let Fields = [
    Field<"first_channel", 5, "">,
    Field<"first_freed", 15, "credits freed since LLR_INIT">,
    Field<"second_channel", 5, "">,
    Field<"second_freed", 15, "">,
  ];
}

def : Layout<"HeaderSue", "AFH Gen2 of 6 bytes, EtherType"> {
  let Fields = [
    Field<"kind", 8, "0x0A: a local address of IEEE 802c (SLAP)">,
    Field<"destination", 10, "chip">,
    Field<"source", 10, "chip">,
    Field<"traffic", 4, "traffic class, the channel">,
    Field<"reserved", 16, "0">,
    Field<"ether_type", 16, "FabricEtherType">,
  ];
}

def : Layout<"HeaderSueLong", "AFH Gen2 of 12 bytes, EtherType, two bytes of padding"> {
  let Fields = [
    Field<"kind", 8, "0x0E">,
    Field<"destination", 10, "chip">,
    Field<"source", 10, "chip">,
    Field<"traffic", 4, "traffic class, the channel">,
    Field<"hops", 16, "switches that it may pass">,
    Field<"entropy", 16, "what a switch spreads frames by: the packet sequence number">,
    Field<"reserved", 32, "0">,
    Field<"ether_type", 16, "FabricEtherType">,
    Field<"pad", 16, "0">,
  ];
}

def : Layout<"HeaderEsun", "Ethernet header, ESUN header, six bytes of padding"> {
  let Fields = [
    Field<"destination", 48, "address of the chip: 0x0A in the first byte, its number in the last two">,
    Field<"source", 48, "">,
    Field<"ether_type", 16, "FabricEtherType">,
    Field<"ecn", 2, "0">,
    Field<"traffic", 3, "class of service, the channel">,
    Field<"fabric", 1, "F">,
    Field<"flow", 16, "flow label: the packet sequence number">,
    Field<"hops", 6, "TTL">,
    Field<"user", 2, "UD">,
    Field<"revision", 2, "0">,
    Field<"pad", 48, "0">,
  ];
}

def : Layout<"HeaderEthernet", "Ethernet header, two bytes of padding"> {
  let Fields = [
    Field<"destination", 48, "address of the chip, as in HeaderEsun">,
    Field<"source", 48, "">,
    Field<"ether_type", 16, "FabricEtherType">,
    Field<"pad", 16, "0">,
  ];
}

def : Layout<"Rh", "reliability header of SUE"> {
  let Fields = [
    Field<"version", 2, "0">,
    Field<"op", 2, "", 1, 0, "FrameOp">,
    Field<"reserved", 2, "0">,
    Field<"xpu", 10, "the chip that sends">,
    Field<"npsn", 16, "sequence number of the frame, for its destination and channel">,
    Field<"channel", 2, "virtual channel">,
    Field<"reserved_high", 4, "0">,
    Field<"partition", 10, "0">,
    Field<"apsn", 16, "sequence number that is expected next of the destination, in this channel">,
  ];
}

def : Layout<"Trailer", "the eight bytes at the end of a frame"> {
  let Fields = [
    Field<"rcrc", 32, "R-CRC">,
    Field<"fcs", 32, "FCS, of all from the first header to R-CRC">,
  ];
}

def : Layout<"Transaction", "the eight bytes in front of what a transaction carries"> {
  let Fields = [
    Field<"units", 6, "units of eight bytes that follow, 0 to TransactionUnits">,
    Field<"command", 58, "opaque to the port">,
  ];
}

def : Layout<"EdgeTransaction", "a Transaction between the edges of chips (docs/machine.md, section 11): what is opaque to the port"> {
  let Fields = [
    Field<"units", 6, "of Transaction">,
    Field<"place", 16, "first slice of the group, by its number in the chip">,
    Field<"index", 20, "number of the transaction in its message">,
    Field<"last", 1, "of its message">,
    Field<"kind", 3, "of the collective, as are the following">,
    Field<"op", 3, "">,
    Field<"fmt", 5, "">,
    Field<"group", 2, "">,
    Field<"chips", 2, "">,
    Field<"reserved", 6, "0">,
  ];
}

def : Layout<"EdgeHeader", "the first unit of a message between the edges of chips: the rest of what chips agree on"> {
  let Fields = [
    Field<"root", 32, "">,
    Field<"rows", 16, "">,
    Field<"columns", 16, "">,
  ];
}
