//===- TargetSV.cpp - Target parameters for the RTL -----------------------===//

#include "dialects/Target/FabricClock.h"
#include "dialects/Target/Machine.h"

using namespace acc;

void acc::writeMachineSV(const Machine &machine, llvm::raw_ostream &os) {
  const Target &t = machine.slice;
  auto param = [&](const char *name, uint32_t value) {
    os << "  localparam int unsigned " << name << " = " << value << ";\n";
  };
  os << "// Parameters of " << machine.name()
     << ", written by acc-target --sv. Do not edit.\n"
     << "package xpu_cfg_pkg;\n";
  param("SpmBanks", t.spm.banks);
  param("SpmBankBytes", t.spm.bankBytes);
  param("SpmRowBytes", t.spm.rowBytes);
  param("SeqImemWords", t.seq.imemWords);
  param("SeqQueueDepth", t.seq.queueDepth);
  param("SeqBranchPenalty", t.seq.branchPenalty);
  param("SeqLoadLatency", t.seq.loadLatency);
  param("DmaCommands", t.dma.commands);
  param("DmaSetup", t.dma.setup);
  param("DmaOutstanding", t.dma.outstanding);
  param("DmaIndexLatency", t.dma.indexLatency);
  param("DmaTail", t.dma.tail);
  param("MxuCommands", t.mxu.commands);
  param("MxuUnits", t.mxu.units);
  param("MxuRows", t.mxu.rows);
  param("MxuUnitCols", t.mxu.unitCols);
  param("MxuAccRows", t.mxu.accRows);
  param("MxuPeLatency", t.mxu.peLatency);
  param("MxuAccLatency", t.mxu.accLatency);
  param("MxuSetup", t.mxu.setup);
  param("MxuTail", t.mxu.tail);
  param("VpuLanes", t.vpu.lanes);
  param("VpuChime", t.vpu.chime);
  param("VpuAluLatency", t.vpu.aluLatency);
  param("VpuSfuLatency", t.vpu.sfuLatency);
  param("VpuReduceLatency", t.vpu.reduceLatency);
  param("VpuSetup", t.vpu.setup);
  param("VpuTail", t.vpu.tail);
  Chip::Grid grid = machine.grid();
  Chip::Net net = machine.net();
  param("GridRows", grid.rows);
  param("GridColumns", grid.columns);
  param("NetBytes", net.bytesPerCycle);
  param("NetStageLatency", net.stageLatency);
  param("NetSetup", net.setup);
  param("NetTail", net.tail);
  if (!machine.chip || machine.chip->fabric.port.lanes == 0) {
    param("FabLanes", 0);
  } else {
    const Chip::Port &p = machine.chip->fabric.port;
    param("FabLanes", p.lanes);
    param("FabPeers", p.peers);
    param("FabPduBytes", p.pduBytes);
    param("FabQueueWords", p.queueWords);
    param("FabGbnWords", p.gbnWords);
    param("FabGbnFrames", p.gbnFrames);
    param("FabGbnWindow", p.gbnWindow);
    param("FabGbnTimeout", p.gbnTimeout);
    param("FabGbnAckDelay", p.gbnAckDelay);
    param("FabLlrWords", p.llrWords);
    param("FabLlrFrames", p.llrFrames);
    param("FabLlrTimeout", p.llrTimeout);
    param("FabLlrReplays", p.llrReplays);
    param("FabPcsTimeout", p.pcsTimeout);
    param("FabBufferWords", p.bufferWords);
    param("FabCtlSpacing", p.ctlSpacing);
    param("FabCtlRefresh", p.ctlRefresh);
    param("FabLockHold", p.lockHold);
  }
  param("NumChips", machine.chips());
  param("ChipsOfTray", machine.rack ? machine.rack->trays.chips : 1);
  if (machine.rack) {
    param("FabCoreCycles", portCoreCycles(machine.chip->fabric));
  }
  os << "  localparam longint unsigned HbmBytes = 64'd" << t.hbm.bytes << ";\n";
  param("HbmLineBytes", t.hbm.lineBytes);
  os << "endpackage\n";
}
