//===- Target.cpp - Reading target files ----------------------------------===//

#include "dialects/Target/Target.h"

#include "dialects/Target/Nesting.h"
#include "dialects/Target/TargetFields.h"
#include "dialects/Target/TargetFile.h"
#include "dialects/Target/UnknownKeys.h"
#include "dialects/Target/Yaml.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/YAMLTraits.h"

#include <algorithm>

using namespace acc;
using llvm::yaml::IO;

static bool pow2(uint64_t x) { return llvm::isPowerOf2_64(x); }

namespace llvm::yaml {

template <> struct MappingTraits<Target::Seq> : Fields<Target::Seq> {
  static std::string validate(IO &, Target::Seq &s) {
    return Rules()
        .require(s.imemWords >= 64, "seq.imem_words must be at least 64")
        .require(s.queueDepth >= 1, "seq.queue_depth must be at least 1")
        .require(s.queueDepth <= 256, "seq.queue_depth must be at most 256")
        .require(s.loadLatency >= 1, "seq.load_latency must be at least 1")
        .message;
  }
};

template <> struct MappingTraits<Target::Spm> : Fields<Target::Spm> {
  static std::string validate(IO &, Target::Spm &s) {
    return Rules()
        .require(s.banks >= 1 && s.banks <= 16,
                 "spm.banks must be 1 to 16 (a claim names 16 banks)")
        .require(pow2(s.rowBytes) && s.rowBytes >= 4,
                 "spm.row_bytes must be a power of two, at least 4")
        .require(pow2(s.bankBytes), "spm.bank_bytes must be a power of two")
        .require(s.bankBytes >= s.rowBytes,
                 "spm.bank_bytes must be at least spm.row_bytes")
        .message;
  }
};

template <> struct MappingTraits<Target::Dma> : Fields<Target::Dma> {
  static std::string validate(IO &, Target::Dma &d) {
    return Rules()
        .require(d.commands >= 1 && d.commands <= 2,
                 "dma.commands must be 1 or 2")
        .require(d.setup >= 2, "dma.setup must be at least 2")
        .require(d.outstanding >= 1, "dma.outstanding must be at least 1")
        .require(d.indexLatency >= 3, "dma.index_latency must be at least 3")
        .require(d.tail >= 2, "dma.tail must be at least 2")
        .message;
  }
};

template <> struct MappingTraits<Target::Mxu> : Fields<Target::Mxu> {
  static std::string validate(IO &, Target::Mxu &m) {
    return Rules()
        .require(m.commands >= 1 && m.commands <= 4,
                 "mxu.commands must be 1 to 4")
        .require(m.units >= 1, "mxu.units must be at least 1")
        .require(m.rows >= 1 && m.rows <= 1024, "mxu.rows must be 1 to 1024")
        .require(m.unitCols >= 1, "mxu.unit_cols must be at least 1")
        .require(
            uint64_t(m.units) * m.unitCols <= 65535,
            "mxu.units * mxu.unit_cols must be below 65536 (ncols has 16 bits)")
        .require(m.accRows >= 1 && m.accRows <= 65536,
                 "mxu.acc_rows must be 1 to 65536 (acc_base has 16 bits)")
        .require(m.peLatency >= 1, "mxu.pe_latency must be at least 1")
        .require(m.setup >= 3, "mxu.setup must be at least 3")
        .require(m.accLatency == 1 || m.accLatency == 2,
                 "mxu.acc_latency must be 1 or 2")
        .require(m.tail >= m.accLatency + 1,
                 "mxu.tail must be at least mxu.acc_latency + 1")
        .message;
  }
};

template <> struct MappingTraits<Target::Vpu> : Fields<Target::Vpu> {
  static std::string validate(IO &, Target::Vpu &v) {
    return Rules()
        .require(v.lanes >= 1 && v.chime >= 1,
                 "vpu.lanes and vpu.chime must be at least 1")
        .require(pow2(uint64_t(v.lanes) * v.chime),
                 "vpu.lanes * vpu.chime must be a power of two (the reduction "
                 "is a tree)")
        .require(uint64_t(v.lanes) * v.chime <= 4096,
                 "vpu.lanes * vpu.chime must be at most 4096")
        .require(v.aluLatency >= 1 && v.aluLatency <= 4,
                 "vpu.alu_latency must be 1 to 4")
        .require(v.sfuLatency >= 1 && v.sfuLatency <= 8,
                 "vpu.sfu_latency must be 1 to 8")
        .require(v.reduceLatency == 1 || v.reduceLatency == 2,
                 "vpu.reduce_latency must be 1 or 2")
        .require(v.setup >= 4, "vpu.setup must be at least 4")
        .require(v.tail >= 3, "vpu.tail must be at least 3")
        .message;
  }
};

template <> struct MappingTraits<Target::Hbm> : Fields<Target::Hbm> {
  static std::string validate(IO &, Target::Hbm &h) {
    return Rules()
        .require(pow2(h.lineBytes) && h.lineBytes >= 8,
                 "hbm.line_bytes must be a power of two, at least 8")
        .require(h.bytes > 0 && h.bytes <= (uint64_t(1) << 32),
                 "hbm.bytes must be 1 to 2^32 (addresses have 32 bits)")
        .require(h.lineBytes == 0 || h.bytes % h.lineBytes == 0,
                 "hbm.bytes must be a multiple of hbm.line_bytes")
        .require(h.channels >= 1, "hbm.channels must be at least 1")
        .require(h.banks >= 1, "hbm.banks must be at least 1")
        .require(
            pow2(h.rowBytes) && h.rowBytes >= h.lineBytes,
            "hbm.row_bytes must be a power of two, at least hbm.line_bytes")
        .require(pow2(h.atomBytes), "hbm.atom_bytes must be a power of two")
        .require(h.atomBytes <= h.lineBytes,
                 "hbm.atom_bytes must be at most hbm.line_bytes")
        .require(h.tBurstPs >= 1, "hbm.t_burst_ps must be at least 1")
        .require(h.writeQueue >= 1, "hbm.write_queue must be at least 1")
        .require(h.bankGroups >= 1 && h.banks % h.bankGroups == 0,
                 "hbm.banks must be a multiple of hbm.bank_groups")
        .require(h.lineBanks >= 1 && h.banks % h.lineBanks == 0,
                 "hbm.banks must be a multiple of hbm.line_banks")
        .require(h.lineBanks <= h.bankGroups && pow2(h.lineBanks),
                 "hbm.line_banks must be a power of two, at most "
                 "hbm.bank_groups")
        .require(h.tCcdLPs / 2 <= h.tBurstPs,
                 "hbm.t_ccd_l_ps must be at most twice hbm.t_burst_ps")
        .require(h.tRrdLPs >= h.tRrdSPs && h.tRrdSPs >= 1,
                 "hbm.t_rrd_l_ps must be at least hbm.t_rrd_s_ps, and that at "
                 "least 1")
        .require(h.tRasPs >= h.tRcdPs, "hbm.t_ras_ps must be at least "
                                       "hbm.t_rcd_ps")
        .require(h.tRefiPs > uint64_t(h.tRfcPbPs) + h.tRpPs,
                 "hbm.t_refi_ps must be larger than hbm.t_rfc_pb_ps and "
                 "hbm.t_rp_ps together")
        .require(h.postponedRefreshes <= 8,
                 "hbm.postponed_refreshes must be at most 8")
        .require(h.reorderWindow >= 1 && h.reorderWindow <= 64,
                 "hbm.reorder_window must be 1 to 64")
        .message;
  }
};

template <> struct MappingTraits<Target::Host> : Fields<Target::Host> {
  static std::string validate(IO &, Target::Host &h) {
    auto isPositive = [](double value) { return value > 0 && value < 1e18; };
    return Rules()
        .require(isPositive(h.linkBytesPerSecond),
                 "host.link_bytes_per_s must be positive")
        .require(h.linkLatencyS >= 0 && h.linkLatencyS < 1,
                 "host.link_latency_s must be 0 to 1")
        .require(isPositive(h.operationsPerSecond),
                 "host.operations_per_s must be positive")
        .require(h.watts >= 0 && h.watts < 1e6, "host.watts must be 0 to 1e6")
        .message;
  }
};

void MappingTraits<Target>::mapping(IO &io, Target &t) {
  Fields<Target>::mapping(io, t);
}

std::string MappingTraits<Target>::validate(IO &, Target &t) {
  Rules rules;
  rules.require(!t.name.empty(), "name must not be empty")
      .require(t.clockHz >= 1e6 && t.clockHz <= 1e11,
               "clock_hz must be 1e6 to 1e11")
      .require(t.hbm.lineBytes <= t.spm.rowBytes,
               "hbm.line_bytes must be at most spm.row_bytes (a packet is "
               "one port access)");
  return rules
      .requireSources(t.sources, {"clock_hz", "seq", "spm", "dma", "mxu", "vpu",
                                  "hbm", "host"})
      .message;
}

} // namespace llvm::yaml

llvm::Expected<Target> acc::parseTarget(llvm::StringRef text,
                                        llvm::StringRef fileName) {
  if (llvm::Error error = checkYamlNesting(text, fileName)) {
    return std::move(error);
  }
  if (llvm::Error error = checkKeys<Target>(text, fileName)) {
    return std::move(error);
  }
  return readYaml<Target>(text, fileName, "target file");
}

static llvm::Expected<Target> parseSlice(const TargetFile &file) {
  TargetLevel level = file.level();
  if (level != TargetLevel::Slice) {
    return llvm::createStringError("target file '" + file.path +
                                   "' describes a " + getName(level) +
                                   "; give one of a slice");
  }
  return parseTarget(file.text(), file.path);
}

llvm::Expected<Target> acc::loadBuiltInTarget(llvm::StringRef name) {
  llvm::Expected<TargetFile> file = readBuiltInTargetFile(name);
  return file ? parseSlice(*file) : file.takeError();
}

llvm::Expected<Target> acc::loadTarget(llvm::StringRef nameOrPath) {
  llvm::Expected<TargetFile> file = readTargetFile(nameOrPath);
  return file ? parseSlice(*file) : file.takeError();
}

void acc::printTarget(const Target &target, llvm::raw_ostream &os) {
  llvm::yaml::Output output(os);
  Target copy = target;
  output << copy;
}

std::string acc::printTarget(const Target &target) {
  std::string text;
  llvm::raw_string_ostream os(text);
  printTarget(target, os);
  return text;
}
