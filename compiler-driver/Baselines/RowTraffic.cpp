//===- RowTraffic.cpp - Rows of collectives and memory traffic -----------===//

#include "compiler-driver/Baselines/RowMapper.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"

using namespace llvm;

namespace acc::systems {

Error RowMapper::collective() {
  Collective work;
  std::string lower = row.text("op").lower();
  StringRef op(lower);
  work.ranks = std::max(2.0, row.gpus);
  if (op.contains("dispatch") || op.contains("combine")) {
    return expertExchange(op, work);
  }
  std::optional<CollectiveKind> kind =
      StringSwitch<std::optional<CollectiveKind>>(op)
          .Cases({"all_reduce", "allreduce"}, CollectiveKind::AllReduce)
          .Cases({"all_gather", "allgather"}, CollectiveKind::AllGather)
          .Cases({"reduce_scatter", "reducescatter"},
                 CollectiveKind::ReduceScatter)
          .Cases({"alltoall", "all_to_all", "all2all"},
                 CollectiveKind::AllToAll)
          .Cases({"sendrecv", "send_recv", "p2p", "send"},
                 CollectiveKind::SendReceive)
          .Default(std::nullopt);
  if (!kind) {
    return fail("collective '", op, "' is not modelled");
  }
  work.kind = *kind;
  double size;
  if (Error error = need("bytes", size)) {
    return error;
  }
  work.bytes = Bytes(size);
  work.withinScaleUp = row.workload.getBoolean("intra_node").value_or(true);
  std::string library = row.text("library").lower();
  if (StringRef(library).contains("custom")) {
    work.library = CollectiveLibrary::OneShot;
  } else if (StringRef(library).contains("in-place")) {
    mapped.harness = Harness::HostCollective;
  }
  bytes = size;
  if (StringRef(row.metric).contains_insensitive("bus")) {
    double n = work.ranks;
    bytes *= *kind == CollectiveKind::AllReduce     ? 2 * (n - 1) / n
             : *kind == CollectiveKind::SendReceive ? 1
                                                    : (n - 1) / n;
  }
  set(work, ErrorClass::Collective);
  return Error::success();
}

Error RowMapper::expertExchange(StringRef op, Collective &work) {
  double tokens, hidden, topK;
  if (Error error =
          need({{"tokens", &tokens}, {"hidden", &hidden}, {"topk", &topK}})) {
    return error;
  }
  bool combine = op.contains("combine");
  double element = combine || !StringRef(row.precision).contains("fp8") ? 2 : 1;
  work.kind = CollectiveKind::SendReceive;
  work.library = CollectiveLibrary::Expert;
  work.withinScaleUp = !op.contains("rdma") && !op.contains("internode");
  // A token goes once to every expert's rank.
  work.bytes = Bytes(tokens * hidden * element * topK);
  // Figures of the first version count what leaves a server of eight.
  bool remoteOnly = op.contains("internode");
  bytes =
      work.bytes.value() * (remoteOnly ? 1 - std::min(1.0, 8 / work.ranks) : 1);
  set(work, ErrorClass::Collective);
  return Error::success();
}

Error RowMapper::memoryBandwidth() {
  std::string lower = row.text("kernel").lower();
  StringRef kernel(lower);
  if (kernel.empty()) {
    return fail("workload has no 'kernel'");
  }
  // Arrays far larger than the cache: BabelStream's default of 2^25 doubles
  // is enough, and the size hardly matters then.
  double array = row.numberOr("bytes", 8.0 * (1 << 28));
  if (kernel.contains("host")) {
    return transfer(array, true);
  }
  if (kernel.contains("device to device")) {
    return transfer(array, false);
  }
  double read = kernel.contains("add") || kernel.contains("triad") ? 2
                : kernel.contains("dot")                           ? 2
                                                                   : 1;
  double written = kernel.contains("dot") ? 0 : 1;
  Vector work;
  work.kind = VectorKind::Stream;
  work.read = Bytes(array * read);
  work.written = Bytes(array * written);
  bytes = array * (read + written);
  set(work, ErrorClass::Memory);
  return Error::success();
}

Error RowMapper::transfer(double size, bool host) {
  Collective work;
  work.kind = CollectiveKind::SendReceive;
  work.library = CollectiveLibrary::Copy;
  work.toHost = host;
  work.bytes = Bytes(size);
  // Figures between devices add both directions.
  std::string kernel = row.text("kernel").lower();
  bool both = !host || StringRef(kernel).contains("bidirectional");
  bytes = both ? 2 * size : size;
  set(work, ErrorClass::Memory);
  return Error::success();
}

Expected<std::pair<double, double>> RowMapper::shape() {
  const json::Array *sizes = row.workload.getArray("shape");
  if (!sizes || sizes->empty()) {
    return fail("workload has no 'shape'");
  }
  double product = 1, last = 1;
  for (const json::Value &size : *sizes) {
    std::optional<double> number = size.getAsNumber();
    if (!number || !(*number >= 1 && *number < 1e15)) {
      return fail("workload's 'shape' must be positive numbers");
    }
    last = *number;
    product *= last;
  }
  return std::make_pair(product, last);
}

Error RowMapper::vectorOp() {
  Expected<std::pair<double, double>> sizes = shape();
  if (!sizes) {
    return sizes.takeError();
  }
  double count = sizes->first;
  double element = bytesPerElement(format(Format::Fp16));
  std::string lower = row.text("op").lower();
  StringRef op(lower);
  bool norm = op.contains("norm");
  bool softmax = op.contains("softmax");
  setVector(norm      ? VectorKind::Norm
            : softmax ? VectorKind::Softmax
                      : VectorKind::Elementwise,
            count, count, element, softmax || norm ? 6 : 10,
            softmax || norm ? count / sizes->second : 0);
  if (singleCalls()) {
    mapped.harness = softmax ? Harness::HostCall : Harness::HostComposite;
  }
  return Error::success();
}

} // namespace acc::systems
