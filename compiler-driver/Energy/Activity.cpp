//===- Activity.cpp - What a run did, in events ---------------------------===//

#include "compiler-driver/Energy/Activity.h"

#include "systemc-models/Timing/Timing.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLExtras.h"

using namespace acc;
using namespace acc::report;
using isa::Counter;
using isa::Format;
using isa::Uop;

UopKind report::classifyUop(Uop op) {
  switch (op) {
  case Uop::FMUL:
    return UopKind::FpMul;
  case Uop::FMA:
    return UopKind::FpFma;
  case Uop::FADD:
  case Uop::FSUB:
  case Uop::FMIN:
  case Uop::FMAX:
  case Uop::FFLOOR:
  case Uop::FROUND:
  case Uop::FEQ:
  case Uop::FLT:
  case Uop::FLE:
  case Uop::FUNO:
  case Uop::FADDRELU:
  case Uop::F2I:
  case Uop::I2F:
  case Uop::CVTBF16:
  case Uop::CVTF16:
    return UopKind::FpAdd;
  case Uop::IMUL:
    return UopKind::IntMul;
  case Uop::EXP2:
  case Uop::LOG2:
  case Uop::RCP:
  case Uop::RSQRT:
  case Uop::TANH:
  case Uop::SINPI2:
  case Uop::COSPI2:
    return UopKind::Special;
  default:
    return UopKind::IntAlu;
  }
}

unsigned report::flopOf(Uop op) {
  switch (op) {
  case Uop::FMA:
  case Uop::FADDRELU:
    return 2;
  case Uop::FADD:
  case Uop::FSUB:
  case Uop::FMUL:
  case Uop::FMIN:
  case Uop::FMAX:
    return 1;
  default:
    return classifyUop(op) == UopKind::Special ? 1 : 0;
  }
}

uint64_t Activity::vectorOps() const {
  uint64_t sum = 0;
  for (uint64_t n : uops) {
    sum += n;
  }
  return sum;
}

unsigned report::macsPerCycle(MacKind kind) {
  switch (kind) {
  case MacKind::Wide:
    return isa::matrixGroup(Format::BF16, Format::BF16);
  case MacKind::Integer:
    return isa::matrixGroup(Format::I8, Format::I8);
  case MacKind::Narrow:
    return isa::matrixGroup(Format::F8E4M3, Format::F8E4M3);
  case MacKind::NarrowTiny:
    return isa::matrixGroup(Format::F8E4M3, Format::F4E2M1);
  case MacKind::Tiny:
    return isa::matrixGroup(Format::F4E2M1, Format::F4E2M1);
  }
  return 1;
}

llvm::StringRef report::getName(MacKind kind) {
  switch (kind) {
  case MacKind::Wide:
    return "bf16";
  case MacKind::Integer:
    return "int8";
  case MacKind::Narrow:
    return "fp8";
  case MacKind::NarrowTiny:
    return "fp8 x fp4";
  case MacKind::Tiny:
    return "fp4";
  }
  return "";
}

static MacKind classifyProduct(Format a, Format w) {
  isa::MatrixClass classes[] = {isa::matrixClass(a), isa::matrixClass(w)};
  unsigned tiny = llvm::count(classes, isa::MatrixClass::Tiny);
  if (tiny != 0) {
    return tiny == 2 ? MacKind::Tiny : MacKind::NarrowTiny;
  }
  return classes[0] == isa::MatrixClass::Integer  ? MacKind::Integer
         : classes[0] == isa::MatrixClass::Narrow ? MacKind::Narrow
                                                  : MacKind::Wide;
}

double Activity::macSlots() const {
  double slots = 0;
  for (unsigned kind = 0; kind < numMacKinds; ++kind) {
    slots += double(macsByKind[kind]) / macsPerCycle(MacKind(kind));
  }
  return slots;
}

double Activity::macsPerSlot() const {
  return macs == 0 ? 1 : double(macs) / macSlots();
}

llvm::StringRef Activity::matrixFormat() const {
  if (macs == 0) {
    return "";
  }
  const auto *most = std::max_element(macsByKind.begin(), macsByKind.end());
  switch (MacKind(most - macsByKind.begin())) {
  case MacKind::Wide:
    break;
  case MacKind::Integer:
    return "int8";
  case MacKind::Narrow:
    return scaledMacs != 0 ? "mxfp8" : "fp8";
  case MacKind::NarrowTiny:
    return "mxfp8 x mxfp4";
  case MacKind::Tiny:
    return "mxfp4";
  }
  return fp32TermMacs != 0 ? "fp32" : fp16TermMacs != 0 ? "fp16" : "bf16";
}

Activity &Activity::operator+=(const Activity &o) {
  macs += o.macs;
  for (unsigned i = 0; i < numMacKinds; ++i) {
    macsByKind[i] += o.macsByKind[i];
  }
  scaledMacs += o.scaledMacs;
  usefulMacs += o.usefulMacs;
  fp32TermMacs += o.fp32TermMacs;
  fp16TermMacs += o.fp16TermMacs;
  vectorFlop += o.vectorFlop;
  for (unsigned i = 0; i < numUopKinds; ++i) {
    uops[i] += o.uops[i];
  }
  accBytes += o.accBytes;
  spmReadBytes += o.spmReadBytes;
  spmWriteBytes += o.spmWriteBytes;
  hbmReadBytes += o.hbmReadBytes;
  hbmWriteBytes += o.hbmWriteBytes;
  hbmBurstBytes += o.hbmBurstBytes;
  hbmActivates += o.hbmActivates;
  instructionWords += o.instructionWords;
  return *this;
}

/// Other terms repeat the work of the first.
static bool isLeading(Format format) {
  return format != Format::F32_T1 && format != Format::F32_T2 &&
         format != Format::F16_T1;
}

/// The part of an activity that is in the counters.
static Activity fromCounters(Counters c) {
  Activity a;
  a.macs = at(c, Counter::MXU_MACS);
  a.accBytes = at(c, Counter::ACC_BYTES);
  a.spmReadBytes = at(c, Counter::SPM_RD_BYTES);
  a.spmWriteBytes = at(c, Counter::SPM_WR_BYTES);
  a.hbmReadBytes = at(c, Counter::HBM_RD_BYTES);
  a.hbmWriteBytes = at(c, Counter::HBM_WR_BYTES);
  return a;
}

Activity report::activityOfCommand(const Target &target,
                                   const ::xpu::Object &object, uint32_t pc) {
  // Sizes do not depend on registers, so the bases may stay out.
  Command command = decodeCommand(&object.code[pc], pc);
  Counters counters{};
  addCommandCounters(target, command, counters);
  Activity a = fromCounters(counters);
  a.instructionWords = command.words;
  if (auto *m = std::get_if<Matmul>(&command.body)) {
    auto isAny = [m](std::initializer_list<Format> formats) {
      return llvm::is_contained(formats, m->aFmt) ||
             llvm::is_contained(formats, m->wFmt);
    };
    a.fp32TermMacs = isAny({Format::F32_T1, Format::F32_T2}) ? a.macs : 0;
    a.fp16TermMacs = isAny({Format::F16_T1}) ? a.macs : 0;
    a.macsByKind[unsigned(classifyProduct(m->aFmt, m->wFmt))] = a.macs;
    a.scaledMacs = m->scaled ? a.macs : 0;
    if (isLeading(m->aFmt) && isLeading(m->wFmt)) {
      uint32_t used = object.usedColumnsOf(pc);
      a.usefulMacs = used == 0 ? a.macs : a.macs / m->ncols * used;
    }
  } else if (auto *v = std::get_if<isa::Vpurun>(&command.body)) {
    uint64_t elements =
        v->nuops == 0 ? 0 : at(counters, Counter::VPU_OPS) / v->nuops;
    for (unsigned u = 0; u < v->nuops; ++u) {
      Uop op = isa::UopInstr::decode(v->uops[u]).op;
      a.uops[unsigned(classifyUop(op))] += elements;
      a.vectorFlop += elements * flopOf(op);
    }
  }
  return a;
}

Activity report::activityOfRun(const Target &target,
                               const ::xpu::Object &object,
                               const SimOutput &run) {
  llvm::DenseMap<uint32_t, Activity> cache;
  Activity fromCommands;
  for (const CommandRecord &record : run.commands) {
    auto [it, isNew] = cache.try_emplace(record.pc);
    if (isNew) {
      it->second = activityOfCommand(target, object, record.pc);
    }
    fromCommands += it->second;
  }
  Counters counters = run.counters;
  Activity a = fromCounters(counters);
  a.macsByKind = fromCommands.macsByKind;
  a.scaledMacs = fromCommands.scaledMacs;
  a.usefulMacs = fromCommands.usefulMacs;
  a.fp32TermMacs = fromCommands.fp32TermMacs;
  a.fp16TermMacs = fromCommands.fp16TermMacs;
  a.vectorFlop = fromCommands.vectorFlop;
  a.uops = fromCommands.uops;
  uint64_t commands = run.commands.size();
  uint64_t instructions = at(counters, Counter::INSTRS);
  a.instructionWords = fromCommands.instructionWords +
                       (instructions > commands ? instructions - commands : 0);
  const HbmStatistics &hbm = run.hbmStatistics;
  a.hbmBurstBytes =
      (hbm.readAtoms + hbm.writeAtoms) * uint64_t(target.hbm.atomBytes);
  a.hbmActivates = hbm.activates;
  return a;
}
