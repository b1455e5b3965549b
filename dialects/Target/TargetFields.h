//===- TargetFields.h - Names of the parameters -----------------*- C++ -*-===//
//
// The one list of what a target file has. A visitor is called with the key and
// the field, in the order of the file; a group is a field too.
//
//===----------------------------------------------------------------------===//

#ifndef DIALECTS_TARGET_TARGETFIELDS_H
#define DIALECTS_TARGET_TARGETFIELDS_H

#include "dialects/Target/Target.h"

#include <type_traits>

namespace acc {

/// A group that a file may leave out says so here, and when it is there.
template <typename T> struct OptionalGroup : std::false_type {};

template <typename Visitor> void visitFields(Visitor &visitor, Target::Seq &s) {
  visitor("imem_words", s.imemWords);
  visitor("queue_depth", s.queueDepth);
  visitor("branch_penalty", s.branchPenalty);
  visitor("load_latency", s.loadLatency);
}

template <typename Visitor> void visitFields(Visitor &visitor, Target::Spm &s) {
  visitor("banks", s.banks);
  visitor("bank_bytes", s.bankBytes);
  visitor("row_bytes", s.rowBytes);
}

template <typename Visitor> void visitFields(Visitor &visitor, Target::Dma &d) {
  visitor("commands", d.commands);
  visitor("setup", d.setup);
  visitor("outstanding", d.outstanding);
  visitor("index_latency", d.indexLatency);
  visitor("tail", d.tail);
}

template <typename Visitor> void visitFields(Visitor &visitor, Target::Mxu &m) {
  visitor("commands", m.commands);
  visitor("units", m.units);
  visitor("rows", m.rows);
  visitor("unit_cols", m.unitCols);
  visitor("acc_rows", m.accRows);
  visitor("pe_latency", m.peLatency);
  visitor("acc_latency", m.accLatency);
  visitor("setup", m.setup);
  visitor("tail", m.tail);
}

template <typename Visitor> void visitFields(Visitor &visitor, Target::Vpu &v) {
  visitor("lanes", v.lanes);
  visitor("chime", v.chime);
  visitor("alu_latency", v.aluLatency);
  visitor("sfu_latency", v.sfuLatency);
  visitor("reduce_latency", v.reduceLatency);
  visitor("setup", v.setup);
  visitor("tail", v.tail);
}

template <typename Visitor> void visitFields(Visitor &visitor, Target::Hbm &h) {
  visitor("bytes", h.bytes);
  visitor("line_bytes", h.lineBytes);
  visitor("channels", h.channels);
  visitor("banks", h.banks);
  visitor("bank_groups", h.bankGroups);
  visitor("line_banks", h.lineBanks);
  visitor("row_bytes", h.rowBytes);
  visitor("atom_bytes", h.atomBytes);
  visitor("t_burst_ps", h.tBurstPs);
  visitor("t_rcd_ps", h.tRcdPs);
  visitor("t_rp_ps", h.tRpPs);
  visitor("t_cl_ps", h.tClPs);
  visitor("t_cwl_ps", h.tCwlPs);
  visitor("t_wr_ps", h.tWrPs);
  visitor("t_wtr_ps", h.tWtrPs);
  visitor("t_rtw_ps", h.tRtwPs);
  visitor("write_queue", h.writeQueue);
  visitor("t_ras_ps", h.tRasPs);
  visitor("t_rtp_ps", h.tRtpPs);
  visitor("t_ccd_l_ps", h.tCcdLPs);
  visitor("t_rrd_s_ps", h.tRrdSPs);
  visitor("t_rrd_l_ps", h.tRrdLPs);
  visitor("t_faw_ps", h.tFawPs);
  visitor("t_rfc_pb_ps", h.tRfcPbPs);
  visitor("t_refi_ps", h.tRefiPs);
  visitor("postponed_refreshes", h.postponedRefreshes);
  visitor("reorder_window", h.reorderWindow);
  visitor("t_controller_ps", h.tControllerPs);
}

template <typename Visitor>
void visitFields(Visitor &visitor, Target::Host &h) {
  visitor("link_bytes_per_s", h.linkBytesPerSecond);
  visitor("link_latency_s", h.linkLatencyS);
  visitor("operations_per_s", h.operationsPerSecond);
  visitor("watts", h.watts);
}

template <typename Visitor> void visitFields(Visitor &visitor, Target &t) {
  visitor("name", t.name);
  visitor("description", t.description);
  visitor("clock_hz", t.clockHz);
  visitor("seq", t.seq);
  visitor("spm", t.spm);
  visitor("dma", t.dma);
  visitor("mxu", t.mxu);
  visitor("vpu", t.vpu);
  visitor("hbm", t.hbm);
  visitor("host", t.host);
  visitor("sources", t.sources);
}

} // namespace acc

#endif // DIALECTS_TARGET_TARGETFIELDS_H
