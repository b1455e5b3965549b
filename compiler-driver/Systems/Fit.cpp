//===- Fit.cpp - Parameters from measurements -----------------------------===//

#include "compiler-driver/Systems/Fit.h"

#include "compiler-driver/Systems/Optimiser.h"

#include "llvm/ADT/STLExtras.h"

#include <cmath>

namespace acc::systems {

namespace {

/// Parameters that the same rows determine.
enum class Group {
  Vector,
  Gemm,
  Grouped,
  Prefill,
  Decode,
  Nccl,
  OneShot,
  Exchange,
  Energy
};

using P = Parameter;

const std::pair<Group, std::vector<Parameter>> groups[] = {
    {Group::Vector,
     {P::VectorStart, P::VectorStream, P::VectorActivation, P::VectorNorm,
      P::VectorResidual, P::VectorSoftmax, P::VectorCached, P::HostComposite,
      P::HostCall}},
    {Group::Gemm,
     {P::GemmStart, P::GemmRate16, P::GemmRate8, P::GemmRate4, P::GemmMemory,
      P::GemmCoreLoad, P::GemmTile, P::GemmQuantise, P::GemmQuantise4,
      P::GemmOverlap}},
    {Group::Grouped,
     {P::GroupedRate, P::GroupedRateBlock, P::GroupedMemory, P::GroupedTile,
      P::MoeStart, P::MoeMove}},
    {Group::Prefill,
     {P::PrefillStart, P::PrefillRate16, P::PrefillRate8, P::PrefillTile,
      P::PrefillMove, P::PrefillHeadDim, P::PrefillFramework, P::PortableRate,
      P::CuDnnRate}},
    {Group::Decode,
     {P::DecodeStart, P::DecodeMemory, P::DecodeCoreLoad, P::DecodeItem,
      P::DecodeRate}},
    {Group::Nccl,
     {P::NcclStart, P::NcclHop, P::NcclReduce, P::NcclMove, P::NcclPair,
      P::NcclSwitch, P::NcclChunk, P::NcclHost}},
    {Group::OneShot,
     {P::OneShotStart, P::OneShotHop, P::OneShotRate, P::TwoShotStart,
      P::TwoShotRate}},
    {Group::Exchange, {P::CopyLink, P::ExpertLink, P::ExpertStart}},
    {Group::Energy,
     {P::PowerIdle, P::PowerActive, P::EnergyFlop16, P::EnergyMemory,
      P::EnergyLink, P::ServeStep, P::ServeToken, P::ServeKernel,
      P::ServeEager}}};

Group groupOf(const MappedRow &mapped) {
  const Kernel *kernel = std::get_if<Kernel>(&mapped.work);
  if (!kernel) {
    return Group::Energy;
  }
  if (auto *collective = std::get_if<Collective>(&kernel->work)) {
    switch (collective->library) {
    case CollectiveLibrary::Nccl:
      return Group::Nccl;
    case CollectiveLibrary::OneShot:
      return Group::OneShot;
    case CollectiveLibrary::Expert:
    case CollectiveLibrary::Copy:
      return Group::Exchange;
    }
  }
  if (std::holds_alternative<Gemm>(kernel->work)) {
    return Group::Gemm;
  }
  if (std::holds_alternative<Vector>(kernel->work)) {
    return Group::Vector;
  }
  if (std::holds_alternative<Attention>(kernel->work)) {
    return mapped.errorClass == ErrorClass::Decode ? Group::Decode
                                                   : Group::Prefill;
  }
  return Group::Grouped;
}

/// A parameter's place between its bounds, from 0 to 1: by its logarithm, if it
/// cannot be zero.
double toUnit(Parameter id, double value) {
  const ParameterInfo &info = parameterInfo(id);
  double x = info.low > 0
                 ? std::log(value / info.low) / std::log(info.high / info.low)
                 : (value - info.low) / (info.high - info.low);
  return std::clamp(x, 0.0, 1.0);
}

double fromUnit(Parameter id, double unit) {
  const ParameterInfo &info = parameterInfo(id);
  return info.low > 0 ? info.low * std::pow(info.high / info.low, unit)
                      : info.low + unit * (info.high - info.low);
}

/// Errors below this count less and less.
constexpr double smallError = 0.02;
/// Weight of the pull towards the prior, as of this many rows' squared
/// deviation over the whole range of a parameter.
constexpr double pullRows = 0.5;

class GroupFit {
public:
  GroupFit(llvm::ArrayRef<Parameter> ids, std::vector<const FitRow *> rows,
           const Parameters &prior)
      : ids(ids), rows(std::move(rows)), values(prior) {
    for (Parameter id : ids) {
      start.push_back(toUnit(id, prior[id]));
    }
  }

  Parameters run() {
    if (rows.empty()) {
      return values;
    }
    std::vector<double> best =
        minimise([&](llvm::ArrayRef<double> at) { return objective(at); },
                 start, 400 * ids.size());
    apply(best);
    return values;
  }

private:
  llvm::ArrayRef<Parameter> ids;
  std::vector<const FitRow *> rows;
  Parameters values;
  std::vector<double> start;

  void apply(llvm::ArrayRef<double> at) {
    for (auto [id, unit] : llvm::zip(ids, at)) {
      values.set(id, fromUnit(id, unit));
    }
  }

  double objective(llvm::ArrayRef<double> at) {
    apply(at);
    double sum = 0;
    for (const FitRow *row : rows) {
      sum += loss(std::log(predictRow(*row, values) / *row->row->value));
      // A serving loop's time is measured beside its energy.
      std::optional<double> rate = row->row->row.getNumber("throughput_tok_s");
      if (const auto *serving = std::get_if<Serving>(&row->mapped.work);
          serving && rate) {
        Seconds step = servingStep(*serving, row->device, values).time();
        sum += loss(std::log(step.value() * *rate / serving->batch));
      }
    }
    double pull = 0;
    for (auto [unit, prior] : llvm::zip(at, start)) {
      pull += (unit - prior) * (unit - prior);
    }
    return (sum + pullRows * pull) / rows.size();
  }

  static double loss(double error) {
    return std::sqrt(error * error + smallError * smallError) - smallError;
  }
};

} // namespace

Cost costOf(const Kernel &kernel, const Device &device,
            const Parameters &parameters) {
  return std::visit(
      [&](const auto &work) {
        using Work = std::decay_t<decltype(work)>;
        if constexpr (std::is_same_v<Work, Gemm>) {
          return gemmCost(work, device, parameters);
        } else if constexpr (std::is_same_v<Work, GroupedGemm>) {
          return groupedGemmCost(work, device, parameters);
        } else if constexpr (std::is_same_v<Work, MoeExperts>) {
          return moeCost(work, device, parameters);
        } else if constexpr (std::is_same_v<Work, Attention>) {
          return attentionCost(work, device, parameters);
        } else if constexpr (std::is_same_v<Work, Vector>) {
          return vectorCost(work, device, parameters);
        } else {
          return collectiveCost(work, device, parameters);
        }
      },
      kernel.work);
}

Seconds measuredTime(const MappedRow &mapped, const Cost &cost,
                     const Parameters &parameters) {
  switch (mapped.harness) {
  case Harness::Device:
    return cost.time;
  case Harness::HostCall:
    return cost.time + Seconds(parameters[P::HostCall]);
  case Harness::HostComposite:
    return cost.time + Seconds(parameters[P::HostComposite]);
  case Harness::HostCollective:
    return cost.time + Seconds(parameters[P::NcclHost]);
  }
  return cost.time;
}

double predictRow(const FitRow &row, const Parameters &parameters) {
  if (const auto *serving = std::get_if<Serving>(&row.mapped.work)) {
    return energyPerToken(*serving, row.device, parameters).value();
  }
  const Kernel &kernel = std::get<Kernel>(row.mapped.work);
  Cost cost = costOf(kernel, row.device, parameters);
  double value =
      row.mapped.metric.ofTime(measuredTime(row.mapped, cost, parameters));
  if (row.mapped.shareOfPeak) {
    if (const Gemm *gemm = std::get_if<Gemm>(&kernel.work)) {
      value /= row.device.matrixRate(gemm->a).peak.value();
    }
  }
  return value;
}

FittedSets fitParameters(const std::vector<const FitRow *> &rows,
                         const std::set<std::string> &wanted) {
  FittedSets sets;
  FittedSet &pooled = sets["pooled"];
  std::set<std::string> names;
  for (const FitRow *row : rows) {
    if (row->parameterSet != "pooled" &&
        (wanted.empty() || wanted.count(row->parameterSet))) {
      names.insert(row->parameterSet);
    }
  }
  for (const std::string &name : names) {
    sets[name];
  }
  // In order: later groups use the parameters of earlier ones.
  for (const auto &[group, ids] : groups) {
    std::vector<const FitRow *> all;
    std::map<std::string, std::vector<const FitRow *>> bySet;
    for (const FitRow *row : rows) {
      if (row->row->value && groupOf(row->mapped) == group) {
        all.push_back(row);
        bySet[row->parameterSet].push_back(row);
      }
    }
    pooled.values = GroupFit(ids, all, pooled.values).run();
    for (Parameter id : ids) {
      pooled.rows[id] = all.size();
    }
    for (const std::string &name : names) {
      FittedSet &set = sets[name];
      for (Parameter id : ids) {
        set.values.set(id, pooled.values[id]);
        set.rows[id] = bySet[name].size();
      }
      set.values = GroupFit(ids, bySet[name], set.values).run();
    }
  }
  return sets;
}

} // namespace acc::systems
