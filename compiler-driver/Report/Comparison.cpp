//===- Comparison.cpp - Prices and their origins --------------------------===//

#include "compiler-driver/Report/Comparison.h"

#include "compiler-driver/Baselines/KernelText.h"
#include "compiler-driver/Baselines/SharedPower.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

#include <map>

using namespace llvm;
using namespace acc;
using namespace acc::report;
using systems::ErrorClass;
using systems::FitRow;
using systems::System;

/// Rows that are named as examples of a class.
static constexpr size_t exampleRows = 3;

/// Digits as a file has them, not more.
static format_object<double> shortest(double value) {
  return format("%.6g", value);
}

std::string report::describeFigure(const data::Figure &figure) {
  std::string text;
  raw_string_ostream os(text);
  os << shortest(figure.range.value);
  if (figure.hasRange) {
    os << " (" << shortest(figure.range.low) << " to "
       << shortest(figure.range.high) << ")";
  }
  os << " " << figure.unit;
  if (!figure.basis.empty()) {
    os << ", " << figure.basis;
  }
  if (!figure.node.empty()) {
    os << ", " << figure.node;
  }
  os << ". " << figure.source << ". Confidence: " << figure.confidence << ".";
  if (!figure.note.empty()) {
    os << " " << figure.note << ".";
  }
  os << " " << data::displayPath(figure.file) << ":" << figure.at.line << ".";
  return text;
}

void report::addOrigin(std::vector<Origin> &origins, StringRef id,
                       const Twine &text) {
  if (none_of(origins, [&](const Origin &origin) { return origin.id == id; })) {
    origins.push_back({id.str(), text.str()});
  }
}

Expected<SystemRequest> report::parseSystemRequest(StringRef text) {
  SystemRequest request;
  request.name = text.str();
  auto [name, count] = text.rsplit(':');
  unsigned devices = 0;
  bool isCounted = !count.empty() && !count.getAsInteger(10, devices);
  if (isCounted) {
    request.name = name.str();
    request.devices = devices;
  }
  Expected<System> system = systems::loadSystem(request.name);
  if (!system && !isCounted && name.size() != text.size()) {
    // It may be the number that is wrong.
    Expected<System> uncounted = systems::loadSystem(name);
    if (uncounted) {
      consumeError(system.takeError());
      return createStringError(
          inconvertibleErrorCode(),
          "'" + text + "': '" + count +
              "' is no number of devices; expects 1 to " +
              Twine(unsigned(*uncounted->scaleupDevices())));
    }
    consumeError(uncounted.takeError());
  }
  if (!system) {
    return system.takeError();
  }
  auto most = unsigned(*system->scaleupDevices());
  if (request.devices && (*request.devices < 1 || *request.devices > most)) {
    return createStringError(inconvertibleErrorCode(),
                             "'" + text + "': scale-up links of " +
                                 system->name() + " join " + Twine(most) +
                                 " devices; expects 1 to " + Twine(most));
  }
  return request;
}

Expected<Comparer> Comparer::create() {
  Expected<systems::KernelModel> model = systems::KernelModel::load();
  if (!model) {
    return model.takeError();
  }
  Expected<std::vector<systems::Measurement>> rows =
      systems::loadAllMeasurements();
  if (!rows) {
    return rows.takeError();
  }
  Expected<systems::Calibration> calibration =
      systems::Calibration::create(std::move(*rows), model->parameterSets());
  if (!calibration) {
    return calibration.takeError();
  }
  return Comparer(std::move(*model), std::move(*calibration));
}

//===----------------------------------------------------------------------===//
// Origins
//===----------------------------------------------------------------------===//

static void describeRow(const systems::Measurement &row, raw_ostream &os) {
  os << row.id << ": " << systems::describeWorkload(row.workload) << ", ";
  os << row.precision << ", " << row.gpu << ": " << shortest(*row.value) << " "
     << row.unit << " (" << row.source << ")";
}

/// Of this system; if there are none, of others with the same parameters.
std::string Comparer::addMeasurements(const System &system,
                                      ErrorClass errorClass,
                                      std::vector<Origin> &origins) const {
  const systems::ParameterSet &set = model.parametersOf(system);
  std::vector<const FitRow *> own, alike;
  for (const FitRow &row : calibration.rows()) {
    if (row.mapped.errorClass != errorClass || !row.row->value) {
      continue;
    }
    if (calibration.systemOf(row).name() == system.name()) {
      own.push_back(&row);
    } else if (row.parameterSet == set.name) {
      alike.push_back(&row);
    }
  }
  bool isOwn = !own.empty();
  ArrayRef<const FitRow *> rows = isOwn ? own : alike;
  StringRef name = systems::errorClassName(errorClass);
  std::string id =
      ("measured." + (isOwn ? system.name() : set.name) + "." + name).str();
  if (rows.empty()) {
    addOrigin(origins, id,
              "No measured row of this class on systems with these "
              "parameters; they are those of all systems together.");
    return id;
  }
  std::map<StringRef, unsigned> files;
  for (const FitRow *row : rows) {
    ++files[row->row->family];
  }
  std::string text;
  raw_string_ostream os(text);
  os << rows.size() << " measured rows";
  if (!isOwn) {
    os << " of other systems with the parameters '" << set.name
       << "', none of this one";
  }
  os << ", in targets/systems/measurements:";
  for (auto [family, count] : files) {
    os << " " << family << ".json (" << count << ")";
  }
  os << ". For example";
  size_t examples = std::min(rows.size(), exampleRows);
  for (size_t i = 0; i < examples; ++i) {
    os << (i ? "; " : " ");
    describeRow(*rows[i * rows.size() / examples]->row, os);
  }
  addOrigin(origins, id, text + ".");
  return id;
}

void Comparer::addBasis(const systems::Basis &basis, const System &system,
                        ComparedClass &to, std::vector<Origin> &origins) const {
  auto [owner, key] = StringRef(basis.id).split('/');
  auto addOnce = [](std::vector<std::string> &list, const std::string &id) {
    if (!is_contained(list, id)) {
      list.push_back(id);
    }
  };
  if (owner == system.name()) {
    if (const data::Figure *figure = system.find(key)) {
      std::string id = ("system." + owner + "." + key).str();
      addOrigin(origins, id, describeFigure(*figure));
      addOnce(to.figures, id);
    }
    return;
  }
  std::string id = ("model." + owner + "." + key).str();
  auto set = find_if(model.parameterSets().all(),
                     [name = owner](const systems::ParameterSet &s) {
                       return s.name == name;
                     });
  const data::Figure *figure =
      set == model.parameterSets().all().end() ? nullptr : set->file.find(key);
  std::optional<systems::Parameter> parameter = systems::findParameter(key);
  std::string meaning =
      parameter ? systems::parameterInfo(*parameter).meaning.str() + ": " : "";
  addOrigin(origins, id,
            meaning + (figure ? describeFigure(*figure) : basis.source + "."));
  addOnce(to.parameters, id);
}

//===----------------------------------------------------------------------===//
// Comparison
//===----------------------------------------------------------------------===//

static std::string describePrecision(const systems::StepEstimate &step) {
  std::string asked = systems::formatName(step.asked).str();
  if (step.asked == step.used) {
    return asked + " as asked for";
  }
  return systems::formatName(step.used).str() +
         ", the nearest that it has to " + asked;
}

Expected<Comparison> Comparer::compare(const systems::Workload &workload,
                                       const SystemRequest &request,
                                       std::vector<Origin> &origins) const {
  Expected<System> system = systems::loadSystem(request.name);
  if (!system) {
    return system.takeError();
  }
  Expected<systems::StepEstimate> step =
      systems::estimateStep(model, workload, *system, request.devices);
  if (!step) {
    return step.takeError();
  }
  Comparison result;
  result.step = std::move(*step);
  const systems::StepEstimate &s = result.step;
  result.system = system->name();
  result.id = system->name() + "-" + std::to_string(s.devices);
  result.title = system->title();
  result.devicesInDomain = *system->scaleupDevices();
  result.precision = describePrecision(s);
  result.seconds = {s.time.value(), s.low.value(), s.high.value()};
  result.joules = {s.energy.value(), s.lowEnergy.value(), s.highEnergy.value()};
  for (auto [kernel, estimate] : zip(s.kernels, s.estimates)) {
    ErrorClass errorClass = systems::classOf(kernel);
    std::string name = systems::errorClassName(errorClass).str();
    auto it = find_if(result.classes,
                      [&](const ComparedClass &c) { return c.name == name; });
    if (it == result.classes.end()) {
      it = result.classes.insert(it, ComparedClass());
      it->name = name;
      it->error = estimate.error;
      it->measurements = addMeasurements(*system, errorClass, origins);
    }
    ++it->kernels;
    it->seconds += estimate.time.value();
    for (const systems::Basis &basis : estimate.basis) {
      addBasis(basis, *system, *it, origins);
    }
  }
  for (const char *key : {"memory_capacity", "all_in_power"}) {
    if (const data::Figure *figure = system->find(key)) {
      addOrigin(origins, "system." + system->name() + "." + key,
                describeFigure(*figure));
    }
  }
  if (auto power = system->allInPower()) {
    result.allInWatts = (*power).value();
  }
  if (std::optional<systems::SharedPower> shared =
          systems::sharedPower(*system)) {
    result.sharedWatts = shared->perDevice.value();
    result.sharedJoules = result.sharedWatts * s.devices * result.seconds.value;
    ComparedClass figures;
    for (const systems::Basis &basis : shared->basis) {
      addBasis(basis, *system, figures, origins);
    }
    result.sharedFigures = std::move(figures.figures);
  }
  return std::move(result);
}

Error report::checkComparison(const systems::Workload &workload,
                              ArrayRef<SystemRequest> requests) {
  Expected<Comparer> comparer = Comparer::create();
  if (!comparer) {
    return comparer.takeError();
  }
  std::vector<Origin> origins;
  for (const SystemRequest &request : requests) {
    Expected<Comparison> comparison =
        comparer->compare(workload, request, origins);
    if (!comparison) {
      return comparison.takeError();
    }
  }
  return Error::success();
}
