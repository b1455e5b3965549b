//===- NetworkPricer.cpp - Networks on off-the-shelf systems --------------===//

#include "compiler-driver/Scenario/NetworkPricer.h"

#include <algorithm>

using namespace llvm;
using namespace acc;
using namespace acc::scenario;
using systems::Bytes;
using systems::Format;
using systems::Kernel;
using systems::Operation;

namespace {

/// Activations are in bf16.
constexpr double kActivationBytes = 2;

class KernelList {
public:
  KernelList(double items, double context, Format weights, double ways)
      : items(items), context(context), weights(weights), ways(ways) {}

  void add(const systems::Block &block) {
    for (const Operation &operation : block.operations) {
      normalise(operation);
      switch (operation.kind) {
      case Operation::Kind::Product:
        product(operation);
        break;
      case Operation::Kind::Attention:
        attention(operation);
        break;
      case Operation::Kind::Convolution:
        convolution(operation);
        break;
      }
    }
  }

  std::vector<Kernel> take() { return std::move(kernels); }

private:
  double items, context;
  Format weights;
  double ways;
  std::vector<Kernel> kernels;

  void push(std::string name, decltype(Kernel::work) work) {
    Kernel kernel;
    kernel.name = std::move(name);
    kernel.work = std::move(work);
    kernels.push_back(std::move(kernel));
  }

  void vector(systems::VectorKind kind, double read, double written,
              double rows) {
    systems::Vector work;
    work.kind = kind;
    work.read = Bytes(kActivationBytes * read);
    work.written = Bytes(kActivationBytes * written);
    work.rows = rows;
    push("elementwise", work);
  }

  void normalise(const Operation &o) {
    if (o.before == Operation::Before::Nothing) {
      return;
    }
    bool isImage = o.before == Operation::Before::GroupNorm;
    double rows = items * o.rows;
    double elements =
        rows * o.terms * (isImage ? o.width * o.stride * o.stride : 1);
    // A sum that comes before, and is read again later.
    double sums = isImage ? 1 : 2;
    vector(isImage ? systems::VectorKind::Norm
                   : systems::VectorKind::ResidualNorm,
           sums * elements, sums * elements, rows);
  }

  void gemm(systems::Gemm work) {
    work.b = weights;
    bool narrow = systems::bytesPerElement(weights) < 1.5;
    work.a = narrow ? weights : Format::Bf16;
    work.quantiseA = narrow;
    push("product", work);
  }

  void gather(double elements) {
    if (ways > 1) {
      systems::Collective work;
      work.kind = systems::CollectiveKind::AllGather;
      work.bytes = Bytes(kActivationBytes * elements);
      work.ranks = ways;
      push("exchange", work);
    }
  }

  void product(const Operation &o) {
    systems::Gemm work;
    work.m = items * o.rows;
    work.n = std::max(1.0, o.columns / ways);
    work.k = o.terms;
    gather(work.m * o.terms);
    gemm(work);
    if (o.after == Operation::After::GatedGelu) {
      vector(systems::VectorKind::Activation, work.m * work.n,
             work.m * work.n / 2, work.m);
    }
  }

  void convolution(const Operation &o) {
    systems::Gemm work;
    work.m = items * o.rows * o.width;
    work.n = std::max(1.0, o.columns / ways);
    work.k = o.terms * o.kernel * o.kernel;
    work.aOverlap = std::max(1.0, o.kernel * o.kernel / (o.stride * o.stride));
    gather(work.m * o.stride * o.stride * o.terms);
    gemm(work);
  }

  void attention(const Operation &o) {
    systems::Attention work;
    work.batch = items;
    work.queryLength = o.rows;
    work.contextLength = o.keys > 0 ? o.keys : context;
    work.queryHeads = work.kvHeads = std::max(1.0, o.heads / ways);
    work.keyDim = work.valueDim = o.terms;
    work.causal = false;
    push("attention", work);
  }
};

} // namespace

std::vector<Kernel> scenario::kernelsOf(ArrayRef<systems::Block> blocks,
                                        double items, double context,
                                        Format weights, double ways) {
  KernelList list(items, context, weights, ways);
  for (const systems::Block &block : blocks) {
    list.add(block);
  }
  return list.take();
}

systems::ErrorClass scenario::errorClassOf(const systems::Network &network) {
  return network.unit == "token" ? systems::ErrorClass::Decode
                                 : systems::ErrorClass::Gemm;
}

NetworkPricer::NetworkPricer(const systems::KernelModel &kernels,
                             const systems::System &system,
                             const systems::Network &network,
                             const Layout &layout)
    : FrameworkPricer(kernels, system, errorClassOf(network), layout),
      network(network) {}

int64_t NetworkPricer::mostSequences(int64_t tokens) const {
  return countSequences(network, layout, double(tokens),
                        device.memoryCapacity.value());
}

std::string NetworkPricer::placement() const {
  return "tp=" + std::to_string(layout.tensor) + ", " +
         systems::formatName(layout.weights).str();
}

Expected<PricedStep> NetworkPricer::price(const StepWork &work) {
  systems::StepKernels all;
  auto add = [&](ArrayRef<systems::Block> blocks, double items,
                 double context) {
    for (const systems::Block &block : blocks) {
      for (const Kernel &kernel : kernelsOf(
               block, items, context, layout.weights, double(layout.tensor))) {
        all.cost +=
            repeated(costAtFullClock(kernel, device, parameters), block.count);
        all.kernels += block.count;
      }
    }
  };
  if (work.sequences > 0) {
    add(network.step, double(work.sequences * network.evaluations),
        double(network.contextOf(work.context) + 1));
  }
  if (work.prompts > 0) {
    add(network.once, double(work.prompts), double(work.promptTokens));
  }
  return all.kernels > 0 ? finish(all) : PricedStep();
}
