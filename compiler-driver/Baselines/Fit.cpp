//===- Fit.cpp - Parameters from measurements -----------------------------===//

#include "compiler-driver/Baselines/Fit.h"

#include "compiler-driver/Baselines/Optimiser.h"

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
      P::VectorResidual, P::VectorSoftmax, P::VectorCached, P::VectorRow,
      P::HostComposite, P::HostCall}},
    {Group::Gemm,
     {P::GemmStart, P::GemmRate16, P::GemmRate8, P::GemmRate4, P::GemmMemory,
      P::GemmCoreLoad, P::GemmTile, P::GemmQuantise, P::GemmQuantise4,
      P::GemmDepth4, P::GemmOverlap}},
    {Group::Grouped,
     {P::GroupedRate, P::GroupedRateBlock, P::GroupedMemory, P::GroupedTile,
      P::MoeStart, P::MoeStart4, P::MoeMove}},
    {Group::Prefill,
     {P::PrefillStart, P::PrefillRate16, P::PrefillRate8, P::PrefillTile,
      P::PrefillMove, P::PrefillExponentials, P::PrefillFramework,
      P::PortableRate, P::CuDnnRate}},
    {Group::Decode,
     {P::DecodeStart, P::DecodeMemory, P::DecodeCoreLoad, P::DecodeBlock,
      P::DecodeRate}},
    {Group::Nccl,
     {P::NcclStart, P::NcclHop, P::NcclReduce, P::NcclMove, P::NcclPair,
      P::NcclSwitch, P::NcclChunk, P::NcclHost}},
    {Group::OneShot,
     {P::OneShotStart, P::OneShotHop, P::OneShotRate, P::TwoShotStart,
      P::TwoShotRate}},
    {Group::Exchange, {P::CopyLink, P::ExpertLink, P::ExpertStart}},
    {Group::Energy,
     {P::PowerIdle, P::PowerActive, P::EnergyFlop16, P::EnergyFlop8,
      P::EnergyFlop4, P::EnergyMemory, P::EnergyLink, P::ServeStep,
      P::ServeToken, P::ServeKernel, P::ServeEager}}};

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

double smoothed(double error) {
  return std::sqrt(error * error + smallError * smallError) - smallError;
}

double servingValue(const FitRow &row, const Serving &serving,
                    const StepCost &step, const Parameters &parameters) {
  Joules energy = energyPerToken(serving, step, row.device, parameters);
  double rate = serving.batch / step.time().value();
  const ServingMetric &metric = row.mapped.servingMetric;
  switch (metric.kind) {
  case ServingMetric::EnergyPerToken:
    return metric.scale * energy.value();
  case ServingMetric::TokensPerSecond:
    return metric.scale * rate;
  case ServingMetric::SecondsPerStep:
    return metric.scale * step.time().value();
  case ServingMetric::Power:
    return metric.scale * energy.value() * rate;
  }
  return 0;
}

/// What one row adds to the objective; kernels are kept when the parameters in
/// question only act on what surrounds them.
class Term {
public:
  Term(const FitRow &row, const Parameters &fixed, bool keepKernels)
      : row(row), measured(*row.row->value) {
    const auto *serving = std::get_if<Serving>(&row.mapped.work);
    if (!keepKernels) {
      return;
    }
    if (serving) {
      step = servingKernels(*serving, row.device, fixed);
    } else {
      cost =
          costAtFullClock(std::get<Kernel>(row.mapped.work), row.device, fixed);
    }
  }

  double loss(const Parameters &parameters) const {
    if (step) {
      return servingLoss(parameters);
    }
    double predicted;
    if (cost) {
      Cost limited = *cost;
      limitPower(limited, row.device, parameters);
      predicted = rowValue(row, limited, parameters);
    } else {
      predicted = predictRow(row, parameters);
    }
    return smoothed(std::log(predicted / measured));
  }

private:
  const FitRow &row;
  double measured;
  std::optional<StepKernels> step;
  std::optional<Cost> cost;

  double servingLoss(const Parameters &parameters) const {
    const Serving &serving = std::get<Serving>(row.mapped.work);
    StepCost taken = finishStep(serving, *step, row.device, parameters);
    double loss = smoothed(
        std::log(servingValue(row, serving, taken, parameters) / measured));
    // A serving loop's time is measured beside its energy.
    if (std::optional<double> rate =
            row.row->row.getNumber("throughput_tok_s")) {
      loss += smoothed(std::log(taken.time().value() * *rate / serving.batch));
    }
    return loss;
  }
};

class GroupFit {
public:
  GroupFit(llvm::ArrayRef<Parameter> ids, const std::vector<Term> &terms,
           const Parameters &prior, bool cheap)
      : ids(ids), terms(terms), values(prior), cheap(cheap) {
    for (Parameter id : ids) {
      start.push_back(toUnit(id, prior[id]));
    }
  }

  Parameters run() {
    if (terms.empty()) {
      return values;
    }
    std::vector<double> best =
        minimise([&](llvm::ArrayRef<double> at) { return objective(at); },
                 start, (cheap ? 5 : 1) * evaluationsPerParameter * ids.size());
    apply(best);
    return values;
  }

private:
  static constexpr unsigned evaluationsPerParameter = 150;

  llvm::ArrayRef<Parameter> ids;
  const std::vector<Term> &terms;
  Parameters values;
  bool cheap; ///< terms keep their kernels
  std::vector<double> start;

  void apply(llvm::ArrayRef<double> at) {
    for (auto [id, unit] : llvm::zip(ids, at)) {
      values.set(id, fromUnit(id, unit));
    }
  }

  double objective(llvm::ArrayRef<double> at) {
    apply(at);
    double sum = 0;
    for (const Term &term : terms) {
      sum += term.loss(values);
    }
    double pull = 0;
    for (auto [unit, prior] : llvm::zip(at, start)) {
      pull += (unit - prior) * (unit - prior);
    }
    return (sum + pullRows * pull) / terms.size();
  }
};

} // namespace

Seconds measuredTime(const MappedRow &mapped, const Cost &cost,
                     const Parameters &parameters) {
  switch (mapped.harness) {
  case Harness::Device:
    return cost.time;
  case Harness::Profiler:
    return cost.time - Seconds(parameters[P::GemmStart]);
  case Harness::HostCall:
    return cost.time + Seconds(parameters[P::HostCall]);
  case Harness::HostComposite:
    return cost.time + Seconds(parameters[P::HostComposite]);
  case Harness::HostCollective:
    return cost.time + Seconds(parameters[P::NcclHost]);
  }
  return cost.time;
}

double rowValue(const FitRow &row, const Cost &cost,
                const Parameters &parameters) {
  double value =
      row.mapped.metric.ofTime(measuredTime(row.mapped, cost, parameters));
  if (row.mapped.shareOfPeak) {
    const Kernel &kernel = std::get<Kernel>(row.mapped.work);
    if (const Gemm *gemm = std::get_if<Gemm>(&kernel.work)) {
      value /= row.device.matrixRate(gemm->a).peak.value();
    }
  }
  return value;
}

double predictRow(const FitRow &row, const Parameters &parameters) {
  if (const auto *serving = std::get_if<Serving>(&row.mapped.work)) {
    return servingValue(row, *serving,
                        servingStep(*serving, row.device, parameters),
                        parameters);
  }
  Cost cost = costOf(std::get<Kernel>(row.mapped.work), row.device, parameters);
  return rowValue(row, cost, parameters);
}

namespace {

/// Number of terms that a step of the parameter changes.
unsigned rowsThatDependOn(Parameter id, const std::vector<Term> &terms,
                          const Parameters &values) {
  Parameters moved = values;
  double unit = toUnit(id, values[id]);
  moved.set(id, fromUnit(id, unit + (unit > 0.5 ? -0.05 : 0.05)));
  return llvm::count_if(terms, [&](const Term &term) {
    return std::abs(term.loss(moved) - term.loss(values)) > 1e-6;
  });
}

/// Fits a group for the pooled set and each generation's own.
void fitGroup(Group group, llvm::ArrayRef<Parameter> ids,
              const std::vector<const FitRow *> &rows, FittedSets &sets) {
  // What products' speed says about power counts beside the energy rows.
  auto concerns = [&](const FitRow &row) {
    Group own = groupOf(row.mapped);
    return own == group || (group == Group::Energy && own == Group::Gemm);
  };
  FittedSet &pooled = sets["pooled"];
  auto fit = [&](FittedSet &set, llvm::StringRef name) {
    std::vector<Term> terms;
    for (const FitRow *row : rows) {
      if (concerns(*row) && (name == "pooled" || row->parameterSet == name)) {
        terms.emplace_back(*row, set.values, group == Group::Energy);
      }
    }
    Parameters before = set.values;
    set.values = GroupFit(ids, terms, set.values, group == Group::Energy).run();
    for (Parameter id : ids) {
      set.rows[id] = rowsThatDependOn(id, terms, set.values);
      if (set.rows[id] == 0) {
        set.values.set(id, before[id]);
      }
    }
  };
  fit(pooled, "pooled");
  for (auto &[name, set] : sets) {
    if (name == "pooled") {
      continue;
    }
    for (Parameter id : ids) {
      set.values.set(id, pooled.values[id]);
    }
    fit(set, name);
  }
}

} // namespace

FittedSets fitParameters(const std::vector<const FitRow *> &rows,
                         const std::set<std::string> &wanted) {
  FittedSets sets;
  sets["pooled"];
  std::vector<const FitRow *> measured;
  for (const FitRow *row : rows) {
    if (!row->row->value) {
      continue;
    }
    measured.push_back(row);
    if (wanted.empty() || wanted.count(row->parameterSet)) {
      sets[row->parameterSet];
    }
  }
  // In order: later groups use the parameters of earlier ones.
  for (const auto &[group, ids] : groups) {
    fitGroup(group, ids, measured, sets);
  }
  return sets;
}

void refitEnergy(const std::vector<const FitRow *> &rows, FittedSets &sets) {
  const auto *energy = llvm::find_if(
      groups, [](const auto &group) { return group.first == Group::Energy; });
  for (Parameter id : energy->second) {
    sets["pooled"].values.set(id, parameterInfo(id).prior);
  }
  fitGroup(Group::Energy, energy->second, rows, sets);
}

} // namespace acc::systems
