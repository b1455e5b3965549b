//===- ServingTables.cpp - Measured serving beside predicted --------------===//

#include "compiler-driver/Tools/acc-systems/ServingTables.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>
#include <map>
#include <vector>

using namespace llvm;
using namespace acc::systems;

/// Rates of two systems that differ by less than this part are taken for equal
/// in one of the two counts.
static constexpr double kClose = 0.1;

static double medianOf(std::vector<double> values) {
  sort(values);
  size_t half = values.size() / 2;
  return values.size() % 2 ? values[half]
                           : (values[half - 1] + values[half]) / 2;
}

static void printGroup(StringRef title,
                       const std::map<std::string, std::vector<double>> &all) {
  outs() << formatv("\n{0,-42} {1,5} {2,17} {3,14}\n", title, "rows",
                    "median |error| %", "median bias %");
  for (auto &[name, errors] : all) {
    std::vector<double> sizes;
    for (double error : errors) {
      sizes.push_back(std::abs(error));
    }
    outs() << formatv("{0,-42} {1,5} {2,17:F1} {3,14:F1}\n", name,
                      errors.size(), 100 * medianOf(std::move(sizes)),
                      100 * medianOf(errors));
  }
}

void acc::systems::printRows(ArrayRef<ServedRow> rows) {
  outs() << formatv("{0,-16} {1,-16} {2,-5} {3,13} {4,10} {5,10} {6,8}\n",
                    "system", "model", "", "in/out", "measured", "predicted",
                    "error %");
  for (const ServedRow &row : rows) {
    outs() << formatv(
        "{0,-16} {1,-16} {2,-5} {3,13} {4,10:F0} {5,10:F0} {6,8:F1}\n", row.gpu,
        row.model, row.precision,
        formatv("{0}/{1}", row.input, row.output).str(), row.measured,
        row.predicted, 100 * row.error());
  }
}

void acc::systems::printErrors(ArrayRef<ServedRow> rows) {
  std::map<std::string, std::vector<double>> byGpu, byModel, byLoad, all;
  for (const ServedRow &row : rows) {
    byGpu[row.gpu].push_back(row.error());
    byModel[row.model].push_back(row.error());
    byLoad[row.load].push_back(row.error());
    all["all"].push_back(row.error());
  }
  printGroup("system", byGpu);
  printGroup("model", byModel);
  printGroup("load", byLoad);
  printGroup("", all);
}

namespace {
/// Comparisons of two systems.
struct Winners {
  unsigned pairs = 0, right = 0, apart = 0, apartRight = 0;

  void count(const ServedRow &a, const ServedRow &b) {
    double measured = std::log(a.measured / b.measured);
    bool isRight = measured * std::log(a.predicted / b.predicted) > 0;
    bool isApart = std::abs(measured) > std::log(1 + kClose);
    pairs += 1;
    right += isRight;
    apart += isApart;
    apartRight += isApart && isRight;
  }
};
} // namespace

void acc::systems::printWinners(ArrayRef<ServedRow> rows) {
  std::map<std::string, Winners> all;
  Winners sum;
  for (size_t i = 0; i < rows.size(); ++i) {
    for (size_t j = i + 1; j < rows.size(); ++j) {
      const ServedRow &a = rows[i], &b = rows[j];
      if (a.gpu == b.gpu || a.model != b.model || a.input != b.input ||
          a.output != b.output || a.requests != b.requests ||
          a.load != b.load || a.source != b.source) {
        continue;
      }
      all[formatv("{0}, {1}", std::min(a.gpu, b.gpu), std::max(a.gpu, b.gpu))]
          .count(a, b);
      sum.count(a, b);
    }
  }
  all["all"] = sum;
  outs() << formatv("\n{0,-32} {1,6} {2,8} {3,14} {4,8}\n",
                    "the faster of two systems", "pairs", "right %",
                    formatv("{0:F0} % or more", 100 * kClose).str(), "right %");
  auto share = [](unsigned part, unsigned whole) {
    return whole ? 100.0 * part / whole : 0;
  };
  for (auto &[name, winners] : all) {
    outs() << formatv("{0,-32} {1,6} {2,8:F0} {3,14} {4,8:F0}\n", name,
                      winners.pairs, share(winners.right, winners.pairs),
                      winners.apart, share(winners.apartRight, winners.apart));
  }
}
