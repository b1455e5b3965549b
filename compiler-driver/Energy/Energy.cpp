//===- Energy.cpp - Energy of a run ---------------------------------------===//

#include "compiler-driver/Energy/Energy.h"

#include <algorithm>
#include <cmath>

using namespace acc;
using namespace acc::report;

namespace {
struct Required {
  const char *key;
  const char *unit;
};
struct SramPoint {
  const char *key;
  double bytes;
};
} // namespace

static constexpr Required requiredFigures[] = {
    {"mac.bf16", "pJ/MAC"},
    {"mac.int8", "pJ/MAC"},
    {"mac.fp8", "pJ/MAC"},
    {"mac.fp4", "pJ/MAC"},
    {"vpu.fp_add", "pJ/op"},
    {"vpu.fp_mul", "pJ/op"},
    {"vpu.fp_fma", "pJ/op"},
    {"vpu.special", "pJ/op"},
    {"vpu.int_alu", "pJ/op"},
    {"vpu.int_mul", "pJ/op"},
    {"register.access", "pJ/B"},
    {"mxu.register_bytes", "B/MAC"},
    {"vpu.register_bytes", "B/op"},
    {"sram.read_8k", "pJ/B"},
    {"sram.read_32k", "pJ/B"},
    {"sram.read_128k", "pJ/B"},
    {"sram.read_256k", "pJ/B"},
    {"sram.read_1m", "pJ/B"},
    {"sram.write_over_read", "1"},
    {"wire", "pJ/bit/mm"},
    {"hbm.access", "pJ/bit"},
    {"hbm.activate", "pJ/activate"},
    {"hbm.background", "W/stack"},
    {"hbm.channels_per_stack", "channel/stack"},
    {"clock.factor", "1"},
    {"leakage.logic", "W/mm2"},
    {"leakage.sram", "mW/MB"},
    {"area.mac", "um2/MAC"},
    {"area.lane", "um2/lane"},
    {"area.sram", "mm2/MB"},
    {"area.register_file", "mm2/MB"},
    {"area.other", "1"},
    {"vr.efficiency", "1"},
};

static constexpr SramPoint sramPoints[] = {{"sram.read_8k", 8192},
                                           {"sram.read_32k", 32768},
                                           {"sram.read_128k", 131072},
                                           {"sram.read_256k", 262144},
                                           {"sram.read_1m", 1048576}};

static constexpr double picojoule = 1e-12;
static constexpr double megabyte = 1048576;
/// Of targets/facility.
static constexpr Required facilityFigures[] = {
    {"psu.efficiency", "1"}, {"cooling.fraction", "1"}, {"pue", "1"}};

/// A vector register is one element wide and has 16 copies a lane and chime.
static constexpr double vectorElementBytes = 4;

/// Refuses a file without these figures, or with one that lacks a band.
static llvm::Error check(const DataFile &file,
                         llvm::ArrayRef<Required> figures) {
  for (const Required &required : figures) {
    llvm::Expected<const Figure *> figure =
        file.get(required.key, required.unit);
    if (!figure) {
      return figure.takeError();
    }
    if (!(*figure)->hasRange) {
      return file.makeError((*figure)->at,
                            llvm::Twine("figure '") + required.key +
                                "' has no band; expects low and high");
    }
    if ((*figure)->node.empty()) {
      return file.makeError((*figure)->at,
                            llvm::Twine("figure '") + required.key +
                                "' has no node; expects the process it is "
                                "for, or 'any'");
    }
  }
  return llvm::Error::success();
}

llvm::Expected<EnergyModel> EnergyModel::create(DataFile constants,
                                                const Target &target) {
  if (llvm::Error error = check(constants, requiredFigures)) {
    return std::move(error);
  }
  llvm::Expected<DataFile> facility =
      data::loadDataFile("facility", "hyperscale", "facility");
  if (!facility) {
    return facility.takeError();
  }
  if (llvm::Error error = check(*facility, facilityFigures)) {
    return std::move(error);
  }
  constants.figures.merge(facility->figures);
  return EnergyModel(std::move(constants), target);
}

const Range &EnergyModel::of(llvm::StringRef key) const {
  return file.find(key)->range;
}

Range EnergyModel::sramReadPj(double bytes) const {
  const SramPoint *last = std::end(sramPoints) - 1;
  if (bytes <= sramPoints[0].bytes) {
    return of(sramPoints[0].key);
  }
  if (bytes >= last->bytes) {
    return of(last->key);
  }
  const SramPoint *above = sramPoints;
  while (above->bytes < bytes) {
    ++above;
  }
  const SramPoint *below = above - 1;
  double x =
      std::log(bytes / below->bytes) / std::log(above->bytes / below->bytes);
  auto between = [x](double a, double b) { return a * std::pow(b / a, x); };
  const Range &a = of(below->key), &b = of(above->key);
  return {between(a.value, b.value), between(a.low, b.low),
          between(a.high, b.high)};
}

double EnergyModel::sramMegabytes() const {
  double acc = 4.0 * target.mxu.accRows * target.mxuCols();
  double imem = 16.0 * target.seq.imemWords;
  return (double(target.spmBytes()) + acc + imem) / megabyte;
}

Range EnergyModel::logicAreaMm2() const {
  double macs = double(target.mxu.rows) * target.mxuCols();
  double registers = double(target.vectorLength()) * isa::kNumVpuRegs *
                     vectorElementBytes / megabyte;
  Range units =
      (of("area.mac") * macs + of("area.lane") * double(target.vpu.lanes)) *
      1e-6;
  return units + units * of("area.other") +
         of("area.register_file") * registers;
}

Range EnergyModel::areaMm2() const {
  return logicAreaMm2() + of("area.sram") * sramMegabytes();
}

static Range squareRoot(const Range &r) {
  return {std::sqrt(r.value), std::sqrt(r.low), std::sqrt(r.high)};
}

EnergyReport EnergyModel::estimate(const Activity &a,
                                   const Extent &extent) const {
  EnergyReport result;
  auto add = [&](const char *name, const Range &joules, std::string method,
                 std::vector<std::string> keys) {
    result.parts.push_back(
        {name, Joules(joules), std::move(method), std::move(keys)});
    result.chip += joules;
    return joules;
  };
  const Range one{1, 1, 1};
  const Range &ratio = of("sram.write_over_read");
  Range dynamic;

  // Formats of both sizes take the mean of both.
  static constexpr std::pair<const char *, const char *> macKeys[numMacKinds] =
      {{"mac.bf16", "mac.bf16"},
       {"mac.int8", "mac.int8"},
       {"mac.fp8", "mac.fp8"},
       {"mac.fp8", "mac.fp4"},
       {"mac.fp4", "mac.fp4"}};
  Range matrix =
      of("mxu.register_bytes") * of("register.access") * a.macSlots();
  for (unsigned i = 0; i < numMacKinds; ++i) {
    matrix += (of(macKeys[i].first) + of(macKeys[i].second)) *
              (0.5 * double(a.macsByKind[i]));
  }
  dynamic += add("mxu", matrix * picojoule,
                 "MXU_MACS by format x product and sum + registers that the "
                 "groups of a cycle pass",
                 {"mac.bf16", "mac.int8", "mac.fp8", "mac.fp4",
                  "mxu.register_bytes", "register.access"});

  static constexpr const char *uopKeys[numUopKinds] = {
      "vpu.int_alu", "vpu.int_mul", "vpu.fp_add",
      "vpu.fp_mul",  "vpu.fp_fma",  "vpu.special"};
  Range vector =
      of("vpu.register_bytes") * of("register.access") * double(a.vectorOps());
  std::vector<std::string> vectorKeys = {"vpu.register_bytes",
                                         "register.access"};
  for (unsigned i = 0; i < numUopKinds; ++i) {
    vector += of(uopKeys[i]) * double(a.uops[i]);
    vectorKeys.push_back(uopKeys[i]);
  }
  dynamic += add("vpu", vector * picojoule,
                 "VPU_OPS by kind of micro-operation, each with its registers",
                 vectorKeys);

  Range accByte = sramReadPj(4.0 * target.mxu.accRows * target.mxu.unitCols);
  dynamic += add(
      "acc", accByte * (one + ratio) * (0.5 * double(a.accBytes) * picojoule),
      "ACC_BYTES x SRAM energy at the size of one unit's "
      "accumulators, half of them written",
      {"sram.read_8k", "sram.read_32k", "sram.write_over_read"});

  Range spmByte = sramReadPj(target.spm.bankBytes);
  Range millimetres = squareRoot(areaMm2()) * 0.5;
  double spmBits = 8.0 * double(a.spmReadBytes + a.spmWriteBytes);
  dynamic +=
      add("spm",
          (spmByte * double(a.spmReadBytes) +
           spmByte * ratio * double(a.spmWriteBytes) +
           of("wire") * millimetres * spmBits) *
              picojoule,
          "SPM bytes x SRAM energy at the size of a bank (writes x the "
          "ratio) + a wire over half the side of the slice's area",
          {"sram.read_8k", "sram.read_32k", "sram.read_128k", "sram.read_256k",
           "sram.read_1m", "sram.write_over_read", "wire", "area.mac",
           "area.lane", "area.sram", "area.register_file", "area.other"});

  dynamic += add("sequencer",
                 sramReadPj(16.0 * target.seq.imemWords) *
                     (16.0 * double(a.instructionWords) * picojoule),
                 "instruction words fetched x 16 bytes x SRAM energy at the "
                 "size of the instruction memory",
                 {"sram.read_128k", "sram.read_256k", "sram.read_1m"});

  Range clock = of("clock.factor") - one;
  add("clock", dynamic * clock,
      "(factor - 1) x the dynamic energy of MXU, VPU, ACC, SPM, sequencer",
      {"clock.factor"});

  add("leakage",
      (of("leakage.logic") * logicAreaMm2() +
       of("leakage.sram") * (1e-3 * sramMegabytes())) *
          (extent.seconds * extent.slices),
      "logic area x W/mm2 + memories x mW/MB, x time",
      {"leakage.logic", "leakage.sram", "area.mac", "area.lane",
       "area.register_file", "area.other"});

  double bytes =
      a.hbmBurstBytes ? double(a.hbmBurstBytes) : double(a.hbmBytes());
  double rows = bytes / target.hbm.rowBytes;
  double extraActivates = std::max(0.0, double(a.hbmActivates) - rows);
  add("hbm",
      (of("hbm.access") * (8 * bytes) + of("hbm.activate") * extraActivates) *
          picojoule,
      a.hbmBurstBytes
          ? "bytes of whole bursts x pJ/bit + activates beyond one a row of "
            "data"
          : "payload bytes x pJ/bit; bursts and activates are not known",
      {"hbm.access", "hbm.activate"});

  add("hbm_background",
      of("hbm.background") / of("hbm.channels_per_stack") *
          (double(target.hbm.channels) * extent.seconds * extent.slices),
      "share of a stack (channels / channels of a stack) x W/stack x time",
      {"hbm.background", "hbm.channels_per_stack"});

  if (extent.slicesPerChip > 1) {
    add("network_on_chip",
        of("wire") * squareRoot(areaMm2() * extent.slicesPerChip) *
            (0.5 * 8 * extent.networkBytes * picojoule),
        "bytes between slices x a wire over half the side of the area of all "
        "slices",
        {"wire"});
  }

  // Bands: low energy meets high efficiency.
  result.board = Joules(result.chip / of("vr.efficiency"));
  result.parts.push_back({"voltage_regulation",
                          Joules(result.board - result.chip),
                          "chip / efficiency - chip",
                          {"vr.efficiency"}});
  if (double joules = extent.hostJoules; joules > 0) {
    Range host{joules, joules, joules};
    result.parts.push_back(
        {"host", Joules(host), "power of the host x its time", {}});
    result.board += host;
  }
  result.wall = Joules(atWall(result.board));
  return result;
}

Range EnergyModel::atWall(const Range &board) const {
  const Range &cooling = of("cooling.fraction");
  Range rest{1 - cooling.value, 1 - cooling.high, 1 - cooling.low};
  return board / of("psu.efficiency") / rest * of("pue");
}
