//===- Calibration.cpp - Measurements joined with systems -----------------===//

#include "compiler-driver/Baselines/Calibration.h"

#include "compiler-driver/Baselines/KernelModel.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace acc::systems;

/// Lower-case words of letters and digits.
static std::vector<std::string> wordsOf(StringRef name) {
  std::vector<std::string> words(1);
  for (char c : name) {
    if (isAlnum(c)) {
      words.back() += toLower(c);
    } else if (!words.back().empty()) {
      words.emplace_back();
    }
  }
  if (words.back().empty()) {
    words.pop_back();
  }
  return words;
}

const System *acc::systems::findMeasuredSystem(ArrayRef<System> systems,
                                               StringRef gpu) {
  for (const System &system : systems) {
    if (is_contained(system.measuredAs(), gpu) ||
        gpu.equals_insensitive(system.name())) {
      return &system;
    }
  }
  std::vector<std::string> words = wordsOf(gpu);
  const System *best = nullptr;
  size_t length = 0;
  for (const System &system : systems) {
    std::vector<std::string> names = {system.name()};
    append_range(names, system.aliases());
    append_range(names, system.measuredAs());
    for (const std::string &name : names) {
      std::vector<std::string> wanted = wordsOf(name);
      // The rack's size is no part of the device's name.
      erase_if(wanted, [](const std::string &word) {
        return StringRef(word).starts_with("nvl") || word == "helios";
      });
      if (!wanted.empty() && name.size() > length &&
          all_of(wanted, [&](const std::string &word) {
            return is_contained(words, word);
          })) {
        best = &system;
        length = name.size();
      }
    }
  }
  return best;
}

Expected<Calibration> Calibration::create(std::vector<Measurement> rows,
                                          const ParameterSets &sets,
                                          ArrayRef<ModelShape> more) {
  Calibration result;
  result.all = std::make_unique<std::vector<Measurement>>(std::move(rows));
  Expected<std::vector<System>> systems = loadSystems();
  if (!systems) {
    return systems.takeError();
  }
  result.systems = std::move(*systems);
  Expected<std::vector<ModelShape>> models = loadModelShapes();
  if (!models) {
    return models.takeError();
  }
  models->insert(models->begin(), more.begin(), more.end());
  for (const Measurement &row : *result.all) {
    const System *system = findMeasuredSystem(result.systems, row.gpu);
    if (!system) {
      result.rest.push_back(
          {&row, "gpu '" + row.gpu + "' is no system of targets/systems"});
      continue;
    }
    Expected<MappedRow> mapped = mapRow(row, *models);
    Error error = mapped ? Error::success() : mapped.takeError();
    FitRow fitRow;
    if (!error) {
      fitRow = {&row, std::move(*mapped), makeDevice(*system),
                sets.of(system->architecture()).name};
      if (const auto *kernel = std::get_if<Kernel>(&fitRow.mapped.work)) {
        error = checkFigures(*kernel, fitRow.device);
      } else {
        Serving &serving = std::get<Serving>(fitRow.mapped.work);
        if (serving.batch <= 0) {
          serving.batch = largestBatch(serving, fitRow.device);
        }
      }
    }
    if (error) {
      result.rest.push_back({&row, toString(std::move(error))});
    } else {
      result.mapped.push_back(std::move(fitRow));
    }
  }
  return std::move(result);
}

const System &Calibration::systemOf(const FitRow &row) const {
  return *find_if(systems, [&](const System &system) {
    return system.name() == row.device.system;
  });
}

Expected<std::vector<Measurement>> acc::systems::loadAllMeasurements() {
  std::string folder = data::dataPath("systems/measurements");
  std::vector<std::string> paths;
  std::error_code code;
  for (sys::fs::directory_iterator it(folder, code), end; it != end && !code;
       it.increment(code)) {
    if (sys::path::extension(it->path()) == ".json") {
      paths.push_back(it->path());
    }
  }
  if (paths.empty()) {
    return createStringError(inconvertibleErrorCode(),
                             folder + ": error: no measurements");
  }
  llvm::sort(paths);
  return loadMeasurementFiles(paths);
}
