//===- Validation.cpp - How wrong the model is ----------------------------===//

#include "compiler-driver/Baselines/Validation.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Parallel.h"

#include <cmath>

namespace acc::systems {

ErrorStatistics summarise(std::vector<double> ratios) {
  ErrorStatistics result;
  result.rows = ratios.size();
  if (ratios.empty()) {
    return result;
  }
  std::vector<double> absolute;
  for (double ratio : ratios) {
    absolute.push_back(std::abs(ratio - 1));
    result.meanAbsolute += absolute.back() / ratios.size();
    result.bias += (ratio - 1) / ratios.size();
  }
  llvm::sort(absolute);
  llvm::sort(ratios);
  auto at = [&](const std::vector<double> &sorted, double share) {
    return sorted[std::min(sorted.size() - 1,
                           size_t(share * (sorted.size() - 1) + 0.5))];
  };
  result.median = at(absolute, 0.5);
  result.low = 1 / at(ratios, 0.9);
  result.high = 1 / at(ratios, 0.1);
  return result;
}

namespace {

/// Deals the workloads out in turn, in the order of their keys, so that every
/// fold has some of each family and size.
std::map<std::string, unsigned>
dealFolds(const std::vector<const FitRow *> &rows) {
  std::map<std::string, unsigned> folds;
  for (const FitRow *row : rows) {
    folds[row->row->workloadKey()];
  }
  unsigned next = 0;
  for (auto &[key, fold] : folds) {
    fold = next++ % foldCount;
  }
  return folds;
}

const Parameters &valuesOf(const FittedSets &sets, const FitRow &row) {
  auto own = sets.find(row.parameterSet);
  return own == sets.end() ? sets.at("pooled").values : own->second.values;
}

/// One fit and what is to be predicted with it.
struct Trial {
  std::vector<const FitRow *> train;
  std::vector<size_t> test;
  std::set<std::string> wanted;
  double Validated::*result = nullptr;
  bool spread = false;
  FittedSets sets;
};

/// A trial for each value that `part` takes: its rows are left out.
template <typename Part>
void leaveOut(const std::vector<const FitRow *> &rows, Part part,
              double Validated::*result, bool ownSet,
              std::vector<Trial> &trials) {
  std::map<std::string, std::vector<size_t>> parts;
  for (auto [index, row] : llvm::enumerate(rows)) {
    parts[part(*row)].push_back(index);
  }
  for (auto &[name, indices] : parts) {
    Trial trial;
    trial.test = indices;
    trial.result = result;
    trial.wanted = {ownSet ? rows[indices.front()]->parameterSet : "pooled"};
    llvm::copy_if(
        rows, std::back_inserter(trial.train),
        [&, name = name](const FitRow *row) { return part(*row) != name; });
    trials.push_back(std::move(trial));
  }
}

/// Energy of each model, by parameters that its rows had no part in.
void leaveModelsOut(const std::vector<const FitRow *> &rows,
                    const FittedSets &sets, std::vector<Validated> &results) {
  std::map<std::string, std::vector<size_t>> models;
  for (auto [index, row] : llvm::enumerate(rows)) {
    if (row->mapped.errorClass == ErrorClass::Energy) {
      models[row->row->text("model").str()].push_back(index);
    }
  }
  std::vector<std::pair<std::string, std::vector<size_t>>> parts(models.begin(),
                                                                 models.end());
  llvm::parallelFor(0, parts.size(), [&](size_t part) {
    const auto &[name, indices] = parts[part];
    std::vector<const FitRow *> train;
    llvm::copy_if(rows, std::back_inserter(train),
                  [&, name = llvm::StringRef(name)](const FitRow *row) {
                    return row->mapped.errorClass != ErrorClass::Energy ||
                           row->row->text("model") != name;
                  });
    FittedSets own = sets;
    refitEnergy(train, own);
    for (size_t index : indices) {
      results[index].modelOut =
          predictRow(*rows[index], valuesOf(own, *rows[index]));
    }
  });
}

} // namespace

Validation validate(const std::vector<FitRow> &all) {
  Validation result;
  std::vector<const FitRow *> rows;
  for (const FitRow &row : all) {
    if (row.row->value) {
      rows.push_back(&row);
      result.rows.push_back({&row});
    }
  }
  std::vector<Trial> trials(1);
  trials[0].train = rows;
  std::map<std::string, unsigned> folds = dealFolds(rows);
  leaveOut(
      rows,
      [&](const FitRow &row) {
        return std::to_string(folds[row.row->workloadKey()]);
      },
      &Validated::crossed, true, trials);
  for (Trial &trial : trials) {
    trial.spread = trial.result;
    trial.wanted.clear();
  }
  leaveOut(
      rows, [](const FitRow &row) { return row.device.system; },
      &Validated::leftOut, true, trials);
  leaveOut(
      rows, [](const FitRow &row) { return row.parameterSet; },
      &Validated::transferred, false, trials);
  // Every trial is deterministic, whatever runs beside it.
  llvm::parallelFor(0, trials.size(), [&](size_t index) {
    Trial &trial = trials[index];
    trial.sets = fitParameters(trial.train, trial.wanted);
  });
  for (Trial &trial : llvm::drop_begin(trials)) {
    for (size_t index : trial.test) {
      result.rows[index].*trial.result =
          predictRow(*rows[index], valuesOf(trial.sets, *rows[index]));
    }
    if (!trial.spread) {
      continue;
    }
    for (auto &[name, set] : trial.sets) {
      for (const ParameterInfo &info : allParameters()) {
        double value = set.values[info.id];
        auto [it, inserted] = result.spread[name].try_emplace(
            info.id, std::make_pair(value, value));
        it->second.first = std::min(it->second.first, value);
        it->second.second = std::max(it->second.second, value);
      }
    }
  }
  result.sets = std::move(trials[0].sets);
  leaveModelsOut(rows, result.sets, result.rows);
  for (Validated &row : result.rows) {
    row.fitted = predictRow(*row.row, valuesOf(result.sets, *row.row));
  }
  return result;
}

} // namespace acc::systems
