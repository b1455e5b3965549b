//===- Summary.cpp - What a compilation made ------------------------------===//

#include "compiler-driver/Tools/acc-cc/Summary.h"

#include "compiler-driver/Report/Format.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;

static uint64_t countBytes(ArrayRef<xpu::ObjectTensor> tensors) {
  uint64_t bytes = 0;
  for (const xpu::ObjectTensor &tensor : tensors) {
    bytes += tensor.bytes;
  }
  return bytes;
}

void acccc::printSummary(const xpu::Compilation &compiled, StringRef file,
                         raw_ostream &os) {
  const xpu::Object &object = compiled.object;
  auto inBytes = [](uint64_t bytes) {
    return acc::report::formatSi(static_cast<double>(bytes), "B");
  };
  os << file << ": for " << compiled.machine.name() << ", "
     << acc::report::formatCount(object.code.size()) << " of "
     << acc::report::formatCount(compiled.target.seq.imemWords)
     << " instruction words"
     << (compiled.bodyCommands < xpu::kBodyCommands
             ? formatv(", by --loop-body={0}", compiled.bodyCommands).str()
             : std::string())
     << "\n  HBM: inputs " << inBytes(countBytes(object.inputs)) << ", outputs "
     << inBytes(countBytes(object.outputs)) << ", constants "
     << inBytes(object.constants.size()) << ", of "
     << inBytes(compiled.target.hbm.bytes) << "\n";
  // A layer that repeats has a call for each time; the reader wants the reason.
  MapVector<StringRef, std::vector<StringRef>> nodesOf;
  for (const xpu::HostCall &call : object.hostCalls) {
    nodesOf[call.because].push_back(call.source);
  }
  if (nodesOf.empty()) {
    os << "  host: nothing runs there\n";
  }
  for (const auto &[because, nodes] : nodesOf) {
    os << "  host: " << nodes.front();
    if (nodes.size() > 1) {
      os << " and " << nodes.size() - 1 << " more";
    }
    os << ": " << because << "\n";
  }
}
