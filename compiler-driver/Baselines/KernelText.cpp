//===- KernelText.cpp -----------------------------------------------------===//

#include "compiler-driver/Baselines/KernelText.h"

#include "llvm/Support/Format.h"

using namespace llvm;

namespace acc::systems {

namespace {

/// A number as short as it can be.
struct Short {
  double value;
};

} // namespace

static raw_ostream &operator<<(raw_ostream &os, Short number) {
  return os << format("%.6g", number.value);
}

static StringRef nameOf(VectorKind kind) {
  switch (kind) {
  case VectorKind::Elementwise:
    return "elementwise";
  case VectorKind::Activation:
    return "activation";
  case VectorKind::Norm:
    return "norm";
  case VectorKind::ResidualNorm:
    return "residual norm";
  case VectorKind::Softmax:
    return "softmax";
  case VectorKind::Gather:
    return "gather";
  case VectorKind::Stream:
    return "copy";
  }
  return "";
}

static StringRef nameOf(CollectiveKind kind) {
  switch (kind) {
  case CollectiveKind::AllReduce:
    return "all-reduce";
  case CollectiveKind::AllGather:
    return "all-gather";
  case CollectiveKind::ReduceScatter:
    return "reduce-scatter";
  case CollectiveKind::AllToAll:
    return "all-to-all";
  case CollectiveKind::SendReceive:
    return "send-receive";
  }
  return "";
}

namespace {

struct ClassName {
  std::string operator()(const Gemm &) const { return "gemm"; }
  std::string operator()(const GroupedGemm &) const { return "grouped gemm"; }
  std::string operator()(const MoeExperts &) const { return "experts"; }
  std::string operator()(const Attention &) const { return "attention"; }
  std::string operator()(const Vector &v) const { return nameOf(v.kind).str(); }
  std::string operator()(const Collective &c) const {
    return nameOf(c.kind).str();
  }
};

struct Sizes {
  raw_ostream &os;

  void operator()(const Gemm &g) const {
    if (g.batch != 1) {
      os << Short{g.batch} << " of ";
    }
    os << Short{g.m} << " x " << Short{g.n} << " x " << Short{g.k} << " "
       << formatName(widerFormat(g.a, g.b));
    if (g.a != g.b) {
      os << " (" << formatName(g.a) << " x " << formatName(g.b) << ")";
    }
    if (g.aOverlap > 1) {
      os << ", rows overlap " << format("%.3g", g.aOverlap) << "-fold";
    }
  }
  void operator()(const GroupedGemm &g) const {
    os << Short{g.groups} << " of " << Short{g.rowsPerGroup} << " x "
       << Short{g.n} << " x " << Short{g.k} << " "
       << formatName(widerFormat(g.a, g.b));
  }
  void operator()(const MoeExperts &m) const {
    os << Short{m.tokens} << " tokens, " << Short{m.topK} << " of "
       << Short{m.experts} << " experts, " << Short{m.hidden} << " x "
       << Short{m.intermediate};
  }
  void operator()(const Attention &a) const {
    os << "batch " << Short{a.batch} << ", " << Short{a.queryLength} << " of "
       << Short{a.contextLength} << " tokens, " << Short{a.queryHeads} << "/"
       << Short{a.kvHeads} << " heads of " << Short{a.keyDim} << " "
       << formatName(widerFormat(a.q, a.kv)) << (a.causal ? ", causal" : "");
  }
  void operator()(const Vector &v) const {
    os << Short{v.read.value()} << " B read, " << Short{v.written.value()}
       << " B written, " << Short{v.operations.value()} << " op";
    if (v.rows > 1) {
      os << ", " << Short{v.rows} << " rows";
    }
  }
  void operator()(const Collective &c) const {
    os << Short{c.bytes.value()} << " B, " << Short{c.ranks} << " devices";
  }
};

} // namespace

std::string describeClass(const Kernel &kernel) {
  return std::visit(ClassName{}, kernel.work);
}

std::string describeSizes(const Kernel &kernel) {
  std::string text;
  raw_string_ostream os(text);
  std::visit(Sizes{os}, kernel.work);
  return text;
}

void printKernels(const Workload &workload, unsigned devices, raw_ostream &os) {
  DividedWorkload divided = divide(workload, devices);
  for (const Kernel &kernel : divided.kernels) {
    os << left_justify(describeClass(kernel), 13) << " "
       << describeSizes(kernel) << " # " << kernel.name << "\n";
  }
  os << "# " << divided.kernels.size() << " kernels on each of " << devices
     << (devices == 1 ? " device" : " devices") << "; "
     << Short{divided.footprint.value()} << " B in its memory, weights "
     << Short{workload.weights.value()} << " B in all\n";
  for (const std::string &note : workload.notes) {
    os << "# " << note << "\n";
  }
}

} // namespace acc::systems
