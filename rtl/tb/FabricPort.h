//===- FabricPort.h - The RTL of a fabric port, as its model ----*- C++ -*-===//
//
// The Verilated xpu_fab_port with the interface of fabric::Port, so that a
// bench can hold either. Outputs are those of the current cycle; `clock` ends
// it.
//
//===----------------------------------------------------------------------===//

#ifndef RTL_TB_FABRICPORT_H
#define RTL_TB_FABRICPORT_H

#include "systemc-models/Fabric/Port.h"

#include <memory>

class Vxpu_fab_port;

namespace acc::fabric {

class RtlPort {
public:
  explicit RtlPort(const PortConfig &config);
  ~RtlPort();

  bool txReady(unsigned channel) const;
  bool rxValid(unsigned channel) const;
  Beat rxBeat(unsigned channel) const;
  LinkWord link() const;
  LinkState linkState() const;
  LlrTxState llrTxState() const;
  LlrRxState llrRxState() const;
  uint64_t counter(FabricCounter counter) const;

  void clock(const PortInputs &in);

private:
  PortConfig config;
  std::unique_ptr<Vxpu_fab_port> top;
};

} // namespace acc::fabric

#endif // RTL_TB_FABRICPORT_H
