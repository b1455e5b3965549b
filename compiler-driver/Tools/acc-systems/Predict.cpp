//===- Predict.cpp - acc-systems predict ----------------------------------===//

#include "compiler-driver/Baselines/Prediction.h"

#include "compiler-driver/Import/HuggingFace/Config.h"
#include "compiler-driver/Report/OutputFile.h"
#include "compiler-driver/Tools/acc-systems/Commands.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"

#include <set>

using namespace llvm;
using namespace acc::systems;

static cl::SubCommand
    subcommand("predict", "Predictions for rows of the form of measurements");
static cl::opt<std::string> input(cl::Positional, cl::Required,
                                  cl::desc("ROWS.json"), cl::sub(subcommand),
                                  cl::cat(optionCategory()));
static cl::opt<std::string> output("report", cl::Required,
                                   cl::desc("Report to write, - for stdout"),
                                   cl::value_desc("OUT.json"),
                                   cl::sub(subcommand),
                                   cl::cat(optionCategory()));
static cl::list<std::string>
    configs("model", cl::CommaSeparated,
            cl::desc("Configurations of models that rows may name: by their "
                     "folder, or by the file if it is not config.json"),
            cl::value_desc("config.json,..."), cl::sub(subcommand),
            cl::cat(optionCategory()));

/// The models of --model, and those of rows that name a configuration: a path
/// from the folder of the rows.
static Expected<std::vector<ModelShape>>
readModels(ArrayRef<Measurement> rows) {
  std::vector<ModelShape> models;
  for (const std::string &path : configs) {
    Expected<ModelShape> model = acc::readModelConfig(path);
    if (!model) {
      return model.takeError();
    }
    models.push_back(std::move(*model));
  }
  std::set<std::string> named;
  for (const Measurement &row : rows) {
    StringRef name = row.text("model");
    if (name.ends_with(".json") && named.insert(name.str()).second) {
      SmallString<128> path(sys::path::parent_path(input));
      sys::path::append(path, name);
      Expected<ModelShape> model = acc::readModelConfig(
          sys::path::is_absolute(name) ? name : path.str());
      if (!model) {
        return model.takeError();
      }
      model->aliases.push_back(name.str());
      models.push_back(std::move(*model));
    }
  }
  return models;
}

/// Rows without a prediction, each by name.
static void warn(const Calibration &calibration) {
  for (const UnmappedRow &row : calibration.unmapped()) {
    errs() << input << ": warning: row '" << row.row->id
           << "' is not predicted: " << row.reason << "\n";
  }
}

/// Errors by family, where the rows have values. Not if stdout has the report.
static void printErrors(const json::Value &report) {
  const json::Object *errors = report.getAsObject()->getObject("errors");
  const json::Object *families = errors->getObject("family");
  if (output == "-" || families->empty()) {
    return;
  }
  std::map<StringRef, const json::Object *> sorted;
  for (const auto &[family, summary] : *families) {
    sorted[family] = summary.getAsObject();
  }
  outs() << formatv("{0,-22} {1,6} {2,8} {3,8}\n", "family", "rows", "mean %",
                    "bias %");
  for (auto [family, summary] : sorted) {
    outs() << formatv("{0,-22} {1,6} {2,8:f1} {3,8:f1}\n", family,
                      *summary->getInteger("rows"),
                      100 * *summary->getNumber("mean_absolute"),
                      100 * *summary->getNumber("bias"));
  }
}

static Error run() {
  Expected<std::vector<Measurement>> rows = loadMeasurements(input);
  if (!rows) {
    return rows.takeError();
  }
  Expected<KernelModel> model = KernelModel::load();
  if (!model) {
    return model.takeError();
  }
  Expected<std::vector<ModelShape>> models = readModels(*rows);
  if (!models) {
    return models.takeError();
  }
  Expected<Calibration> calibration =
      Calibration::create(std::move(*rows), model->parameterSets(), *models);
  if (!calibration) {
    return calibration.takeError();
  }
  warn(*calibration);
  if (calibration->rows().empty() && !calibration->unmapped().empty()) {
    return createStringError(inconvertibleErrorCode(),
                             input + ": no row can be predicted, see above");
  }
  json::Value report = predictReport(*calibration, *model);
  printErrors(report);
  return acc::report::writeFile(
      output, [&](raw_ostream &os) { os << formatv("{0:2}\n", report); });
}

const Command acc::systems::predictCommand = {subcommand, run};
