//===- MachineFields.h - Names of the levels' parameters --------*- C++ -*-===//
//
// As TargetFields.h, for the levels above a slice.
//
//===----------------------------------------------------------------------===//

#ifndef DIALECTS_TARGET_MACHINEFIELDS_H
#define DIALECTS_TARGET_MACHINEFIELDS_H

#include "dialects/Target/Machine.h"
#include "dialects/Target/TargetFields.h"

namespace acc {

/// A chip whose file says nothing of its ports has none that can be simulated.
template <> struct OptionalGroup<Chip::Port> : std::true_type {
  static bool isPresent(const Chip::Port &port) { return port.lanes != 0; }
};

/// A rack without spares.
template <> struct OptionalGroup<Rack::Spares> : std::true_type {
  static bool isPresent(const Rack::Spares &spares) {
    return spares.chips != 0;
  }
};

/// Switches that add nothing up.
template <> struct OptionalGroup<Rack::Reduction> : std::true_type {
  static bool isPresent(const Rack::Reduction &r) { return r.window != 0; }
};

/// For visitors that look into a file: the level below as if it were inlined.
template <typename Visitor, typename T>
void visitFields(Visitor &visitor, Below<T> &below) {
  T fields = below.inlined ? *below.inlined : T();
  visitFields(visitor, fields);
}

template <typename Visitor> void visitFields(Visitor &visitor, Chip::Grid &g) {
  visitor("rows", g.rows);
  visitor("columns", g.columns);
}

template <typename Visitor> void visitFields(Visitor &visitor, Chip::Net &n) {
  visitor("bytes_per_cycle", n.bytesPerCycle);
  visitor("stage_latency", n.stageLatency);
  visitor("setup", n.setup);
  visitor("tail", n.tail);
}

template <typename Visitor> void visitFields(Visitor &visitor, Chip::Noc &n) {
  visitor("bytes_per_cycle", n.bytesPerCycle);
  visitor("hop_latency", n.hopLatency);
}

template <typename Visitor> void visitFields(Visitor &visitor, Chip::Port &p) {
  visitor("lanes", p.lanes);
  visitor("peers", p.peers);
  visitor("pdu_bytes", p.pduBytes);
  visitor("queue_words", p.queueWords);
  visitor("gbn_words", p.gbnWords);
  visitor("gbn_frames", p.gbnFrames);
  visitor("gbn_window", p.gbnWindow);
  visitor("gbn_timeout", p.gbnTimeout);
  visitor("gbn_ack_delay", p.gbnAckDelay);
  visitor("llr_words", p.llrWords);
  visitor("llr_frames", p.llrFrames);
  visitor("llr_timeout", p.llrTimeout);
  visitor("llr_replays", p.llrReplays);
  visitor("pcs_timeout", p.pcsTimeout);
  visitor("buffer_words", p.bufferWords);
  visitor("ctl_spacing", p.ctlSpacing);
  visitor("ctl_refresh", p.ctlRefresh);
  visitor("lock_hold", p.lockHold);
}

template <typename Visitor>
void visitFields(Visitor &visitor, Chip::Fabric &f) {
  visitor("local_ports", f.localPorts);
  visitor("local_bytes_per_s", f.localBytesPerSecond);
  visitor("global_ports", f.globalPorts);
  visitor("global_bytes_per_s", f.globalBytesPerSecond);
  visitor("core_s", f.coreSeconds);
  visitor("phy_s", f.phySeconds);
  visitor("port", f.port);
}

template <typename Visitor>
void visitFields(Visitor &visitor, Chip::Package &p) {
  visitor("tdp_watts", p.tdpWatts);
  visitor("sustained_watts", p.sustainedWatts);
}

template <typename Visitor> void visitFields(Visitor &visitor, Chip &c) {
  visitor("name", c.name);
  visitor("description", c.description);
  visitor("slice", c.slice);
  visitor("grid", c.grid);
  visitor("net", c.net);
  visitor("noc", c.noc);
  visitor("fabric", c.fabric);
  visitor("package", c.package);
  visitor("sources", c.sources);
}

template <typename Visitor> void visitFields(Visitor &visitor, Rack::Trays &t) {
  visitor("count", t.count);
  visitor("chips", t.chips);
  visitor("watts", t.watts);
}

template <typename Visitor>
void visitFields(Visitor &visitor, Rack::Reduction &r) {
  visitor("window", r.window);
  visitor("latency_s", r.seconds);
  visitor("add_cycles", r.addCycles);
}

template <typename Visitor>
void visitFields(Visitor &visitor, Rack::Switches &s) {
  visitor("planes", s.planes);
  visitor("latency_s", s.seconds);
  visitor("cable_m", s.cableMetres);
  visitor("cable_s_per_m", s.cableSecondsPerMetre);
  visitor("buffer_words", s.bufferWords);
  visitor("count", s.count);
  visitor("watts", s.watts);
  visitor("tdp_watts", s.tdpWatts);
  visitor("reduction", s.reduction);
}

template <typename Visitor>
void visitFields(Visitor &visitor, Rack::Optics &o) {
  visitor("count", o.count);
  visitor("watts", o.watts);
}

template <typename Visitor> void visitFields(Visitor &visitor, Rack::Hosts &h) {
  visitor("watts", h.watts);
  visitor("provisioned_watts", h.provisionedWatts);
}

template <typename Visitor>
void visitFields(Visitor &visitor, Rack::Supply &s) {
  visitor("efficiency", s.efficiency);
}

template <typename Visitor>
void visitFields(Visitor &visitor, Rack::Spares &s) {
  visitor("chips", s.chips);
  visitor("host_bytes_per_s", s.hostBytesPerSecond);
  visitor("restart_s", s.restartSeconds);
}

template <typename Visitor> void visitFields(Visitor &visitor, Rack &r) {
  visitor("name", r.name);
  visitor("description", r.description);
  visitor("chip", r.chip);
  visitor("trays", r.trays);
  visitor("switches", r.switches);
  visitor("optics", r.optics);
  visitor("hosts", r.hosts);
  visitor("supply", r.supply);
  visitor("spares", r.spares);
  visitor("sources", r.sources);
}

template <typename Visitor> void visitFields(Visitor &visitor, Pod::Racks &r) {
  visitor("count", r.count);
}

template <typename Visitor> void visitFields(Visitor &visitor, Pod::Rails &r) {
  visitor("count", r.count);
  visitor("links", r.links);
  visitor("optics_s", r.opticsSeconds);
  visitor("fibre_m", r.fibreMetres);
  visitor("fibre_s_per_m", r.fibreSecondsPerMetre);
}

template <typename Visitor> void visitFields(Visitor &visitor, Pod &p) {
  visitor("name", p.name);
  visitor("description", p.description);
  visitor("rack", p.rack);
  visitor("racks", p.racks);
  visitor("rails", p.rails);
  visitor("sources", p.sources);
}

} // namespace acc

#endif // DIALECTS_TARGET_MACHINEFIELDS_H
