//===- FitTables.cpp - Results of a fit as tables -------------------------===//

#include "compiler-driver/Tools/acc-systems/FitTables.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"

#include <cmath>

using namespace llvm;
using namespace acc::systems;

/// Predicted over measured of the rows that `choose` takes.
static ErrorStatistics
statistics(ArrayRef<Validated> rows, double Validated::*prediction,
           function_ref<bool(const Validated &)> choose) {
  std::vector<double> ratios;
  for (const Validated &row : rows) {
    if (choose(row)) {
      ratios.push_back(row.*prediction / *row.row->row->value);
    }
  }
  return summarise(std::move(ratios));
}

std::vector<ErrorRow>
acc::systems::tabulate(ArrayRef<Validated> rows,
                       function_ref<std::string(const Validated &)> key) {
  std::map<std::string, std::vector<Validated>> groups;
  for (const Validated &row : rows) {
    groups[key(row)].push_back(row);
  }
  std::vector<ErrorRow> table;
  for (auto &[name, group] : groups) {
    auto all = [](const Validated &) { return true; };
    table.push_back({name, statistics(group, &Validated::fitted, all),
                     statistics(group, &Validated::crossed, all),
                     statistics(group, &Validated::leftOut, all),
                     statistics(group, &Validated::transferred, all)});
  }
  return table;
}

std::vector<NamedTable> acc::systems::errorTables(ArrayRef<Validated> rows) {
  return {
      {"family",
       tabulate(rows, [](const Validated &r) { return r.row->row->family; })},
      {"class",
       tabulate(rows,
                [](const Validated &r) {
                  return errorClassName(r.row->mapped.errorClass).str();
                })},
      {"GPU",
       tabulate(rows, [](const Validated &r) { return r.row->row->gpu; })},
      {"precision", tabulate(rows, [](const Validated &r) {
         return r.row->row->precision.empty() ? "not stated"
                                              : r.row->row->precision;
       })}};
}

std::vector<Target> acc::systems::targetsOf(ArrayRef<Validated> rows) {
  auto inClass = [](std::initializer_list<ErrorClass> wanted) {
    std::vector<ErrorClass> classes(wanted);
    return [classes](const Validated &row) {
      return is_contained(classes, row.row->mapped.errorClass);
    };
  };
  auto inFamily = [](std::initializer_list<const char *> wanted) {
    std::vector<std::string> families(wanted.begin(), wanted.end());
    return [families](const Validated &row) {
      return is_contained(families, row.row->row->family);
    };
  };
  using C = ErrorClass;
  auto crossed = [&](StringRef name, double bar,
                     function_ref<bool(const Validated &)> choose,
                     StringRef missing = "") {
    return Target{name.str(), bar,
                  statistics(rows, &Validated::crossed, choose), missing.str()};
  };
  auto modelOut = [&](StringRef name, double bar,
                      function_ref<bool(const Validated &)> choose) {
    return Target{name.str(), bar,
                  statistics(rows, &Validated::modelOut, choose),
                  "the length of the prompts, which no row says, what the "
                  "framework's host does between steps, and whether the next "
                  "step hides it: steps of more than a thousand sequences "
                  "take 45 to 94 µs for each on one B200"};
  };
  auto leftOut = [&](StringRef name, double bar,
                     function_ref<bool(const Validated &)> choose) {
    return Target{name.str(), bar,
                  statistics(rows, &Validated::leftOut, choose), ""};
  };
  return {crossed("GEMM", 0.07, inFamily({"gemm"})),
          crossed("attention over prompts", 0.07, inClass({C::Prefill})),
          crossed("attention in decode steps", 0.10, inClass({C::Decode})),
          crossed("experts and grouped GEMM", 0.10, inClass({C::Moe}),
                  "the kernels that TensorRT-LLM starts for each expert in "
                  "small steps, and the tiles of its second path in nvfp4 "
                  "(moe_torch_flow_min_latency), of which there are two rows"),
          crossed("collectives", 0.10, inFamily({"collective"})),
          crossed("model and layer operators", 0.08,
                  inFamily({"model_op", "transformer_layer_op"}),
                  "times below a microsecond: the source of 139 of the rows "
                  "rounds to whole ones, and has the same normalisation with "
                  "up to 40 % between its rows"),
          crossed("memory-bound kernels", 0.08,
                  inFamily({"vector_op", "memory_bandwidth"})),
          crossed("energy", 0.13, inClass({C::Energy})),
          modelOut("energy, model left out", 0.13, inClass({C::Energy})),
          leftOut("GEMM, device left out", 0.20, inFamily({"gemm"})),
          leftOut("attention, device left out", 0.20,
                  inClass({C::Prefill, C::Decode}))};
}

std::vector<Validated> acc::systems::worstOf(ArrayRef<Validated> rows,
                                             ErrorClass errorClass,
                                             size_t count) {
  std::vector<Validated> chosen;
  copy_if(rows, std::back_inserter(chosen), [&](const Validated &row) {
    return row.row->mapped.errorClass == errorClass;
  });
  auto error = [](const Validated &row) {
    return std::abs(std::log(row.crossed / *row.row->row->value));
  };
  std::stable_sort(chosen.begin(), chosen.end(),
                   [&](const Validated &a, const Validated &b) {
                     return error(a) > error(b);
                   });
  chosen.resize(std::min(count, chosen.size()));
  return chosen;
}

std::string acc::systems::describeWorkload(const Measurement &row) {
  std::map<StringRef, const json::Value *> sizes;
  for (const auto &[key, value] : row.workload) {
    sizes[key] = &value;
  }
  std::string text;
  raw_string_ostream os(text);
  for (auto [key, value] : sizes) {
    os << (text.empty() ? "" : ", ") << key << " ";
    if (std::optional<StringRef> string = value->getAsString()) {
      os << *string;
    } else if (std::optional<double> number = value->getAsNumber()) {
      os << formatv("{0}", *number == std::floor(*number)
                               ? formatv("{0:f0}", *number).str()
                               : formatv("{0:f1}", *number).str());
    } else {
      os << *value;
    }
  }
  return text;
}
