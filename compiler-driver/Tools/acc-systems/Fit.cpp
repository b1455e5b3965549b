//===- Fit.cpp - acc-systems fit ------------------------------------------===//

#include "compiler-driver/Baselines/ErrorTable.h"

#include "compiler-driver/Report/OutputFile.h"
#include "compiler-driver/Tools/acc-systems/Commands.h"
#include "compiler-driver/Tools/acc-systems/FitTables.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;
using namespace acc::systems;

static cl::SubCommand subcommand(
    "fit", "Fits the kernel model to measurements and says how wrong it is");
static cl::list<std::string>
    inputs(cl::Positional,
           cl::desc("[ROWS.json...] (default: targets/systems/measurements)"),
           cl::sub(subcommand), cl::cat(optionCategory()));
static cl::opt<bool> write("write",
                           cl::desc("Write the parameters and errors to "
                                    "targets/systems/model"),
                           cl::sub(subcommand), cl::cat(optionCategory()));
static cl::opt<std::string>
    document("document", cl::desc("Write a page about the fit, - for stdout"),
             cl::value_desc("FILE.md"), cl::sub(subcommand),
             cl::cat(optionCategory()));

static void print(const NamedTable &table, raw_ostream &os) {
  os << formatv("\n{0,-40} {1,5} {2,7} {3,7} {4,8} {5,11}\n", table.name,
                "rows", "fitted", "crossed", "left out", "generation");
  for (const ErrorRow &row : table.rows) {
    os << formatv("{0,-40} {1,5} {2,7:f1} {3,7:f1} {4,8:f1} {5,11:f1}\n",
                  StringRef(row.name).take_front(40), row.fitted.rows,
                  100 * row.fitted.meanAbsolute, 100 * row.crossed.meanAbsolute,
                  100 * row.leftOut.meanAbsolute,
                  100 * row.transferred.meanAbsolute);
  }
}

static void print(const Validation &validation, raw_ostream &os) {
  os << "Mean of |predicted / measured - 1| in %: with the parameters of all "
        "rows (fitted),\ncross-validated by workload (crossed), with the "
        "device's rows left out (left out), and\nwith its whole generation's "
        "left out (generation).\n";
  for (const NamedTable &table : errorTables(validation.rows)) {
    print(table, os);
  }
  os << formatv("\n{0,-40} {1,5} {2,7} {3,7}\n", "bar", "rows", "bar",
                "reached");
  for (const Target &target : targetsOf(validation.rows)) {
    if (target.reached.rows > 0) {
      os << formatv("{0,-40} {1,5} {2,7:f1} {3,7:f1} {4}\n", target.name,
                    target.reached.rows, 100 * target.bar,
                    100 * target.reached.meanAbsolute,
                    target.reached.meanAbsolute <= target.bar ? "" : "missed");
    }
  }
}

static Error writeFiles(const Validation &validation,
                        const ParameterSets &sets) {
  for (const ParameterSet &set : sets.all()) {
    auto fitted = validation.sets.find(set.name);
    if (fitted == validation.sets.end()) {
      return createStringError(inconvertibleErrorCode(),
                               "no row belongs to the parameter set '" +
                                   set.name + "'; --write expects all rows");
    }
    auto spread = validation.spread.find(set.name);
    std::string text =
        writeParameterSet(set, fitted->second,
                          spread == validation.spread.end()
                              ? std::map<Parameter, std::pair<double, double>>()
                              : spread->second);
    if (Error error = acc::report::writeFile(
            set.file.path, [&](raw_ostream &os) { os << text; })) {
      return error;
    }
  }
  json::Value errors = ErrorTable::of(validation).toJson();
  return acc::report::writeFile(
      acc::data::dataPath("systems/model/errors.json"),
      [&](raw_ostream &os) { os << formatv("{0:2}\n", errors); });
}

static Error run() {
  std::vector<std::string> paths(inputs.begin(), inputs.end());
  Expected<std::vector<Measurement>> rows =
      paths.empty() ? loadAllMeasurements() : loadMeasurementFiles(paths);
  if (!rows) {
    return rows.takeError();
  }
  Expected<ParameterSets> sets = ParameterSets::load(/*complete=*/false);
  if (!sets) {
    return sets.takeError();
  }
  Expected<Calibration> calibration =
      Calibration::create(std::move(*rows), *sets);
  if (!calibration) {
    return calibration.takeError();
  }
  for (const UnmappedRow &row : calibration->unmapped()) {
    errs() << "warning: row '" << row.row->id << "' is left out: " << row.reason
           << "\n";
  }
  if (none_of(calibration->rows(),
              [](const FitRow &row) { return row.row->value.has_value(); })) {
    return createStringError(inconvertibleErrorCode(),
                             "no row has a value; a fit needs measurements");
  }
  Validation validation = validate(calibration->rows());
  bool toStdout = document == "-";
  print(validation, toStdout ? errs() : outs());
  if (write) {
    if (Error error = writeFiles(validation, *sets)) {
      return error;
    }
  }
  if (document.empty()) {
    return Error::success();
  }
  std::string text;
  raw_string_ostream os(text);
  if (Error error = writeFitDocument(validation, *calibration, *sets, os)) {
    return error;
  }
  return acc::report::writeFile(document,
                                [&](raw_ostream &file) { file << text; });
}

const Command acc::systems::fitCommand = {subcommand, run};
