//===- Figures.cpp - What a sweep looks at in reports ---------------------===//

#include "compiler-driver/Explore/Figures.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;
using namespace acc;
using namespace acc::explore;

const json::Value *explore::findFigure(const json::Value &report,
                                       StringRef place) {
  const json::Value *value = &report;
  for (StringRef key : split(place, '.')) {
    size_t index;
    if (const json::Object *object = value->getAsObject()) {
      value = object->get(key);
    } else if (const json::Array *array = value->getAsArray();
               array && !key.getAsInteger(10, index) && index < array->size()) {
      value = &(*array)[index];
    } else {
      value = nullptr;
    }
    if (!value) {
      return nullptr;
    }
  }
  return value;
}

/// Calls a function with the place of each number and text.
static void forEachPlace(const json::Value &value, const std::string &place,
                         function_ref<void(StringRef)> function) {
  auto descend = [&](const json::Value &part, StringRef key) {
    forEachPlace(part, place.empty() ? key.str() : place + "." + key.str(),
                 function);
  };
  if (const json::Object *object = value.getAsObject()) {
    for (const auto &[key, part] : *object) {
      descend(part, key);
    }
  } else if (const json::Array *array = value.getAsArray()) {
    for (auto [index, part] : enumerate(*array)) {
      descend(part, std::to_string(index));
    }
  } else {
    function(place);
  }
}

std::string explore::findNearest(const json::Value &report, StringRef place) {
  // Objects have no order: of places as near, the first of the alphabet.
  std::pair<unsigned, std::string> nearest(~0u, "");
  forEachPlace(report, "", [&](StringRef known) {
    nearest = std::min(nearest, {place.edit_distance(known), known.str()});
  });
  return nearest.second;
}

std::vector<Objective> explore::parseObjectives(StringRef text) {
  std::vector<Objective> objectives;
  for (StringRef part : split(text, ',')) {
    bool isMore = part.consume_front("+");
    objectives.push_back({part.str(), isMore});
  }
  return objectives;
}

std::vector<Objective> explore::defaultObjectives(const json::Value &report) {
  const json::Value *schema = findFigure(report, "schema");
  if (schema &&
      schema->getAsString().value_or("").starts_with("acc-scenario")) {
    return {{"output_tokens_per_s_per_chip", true},
            {"tokens_per_s_per_user", true},
            {"joules_per_output_token.value", false}};
  }
  return {{"time_s"}, {"energy_j.total"}, {"target.area_mm2.value"}};
}

std::vector<bool> explore::findFront(ArrayRef<std::vector<double>> figures,
                                     ArrayRef<Objective> objectives) {
  auto isBeaten = [&](ArrayRef<double> mine, ArrayRef<double> other) {
    bool isBetter = false;
    for (auto [a, b, objective] : zip_equal(mine, other, objectives)) {
      if (objective.isMore ? b < a : b > a) {
        return false;
      }
      isBetter |= a != b;
    }
    return isBetter;
  };
  std::vector<bool> front;
  for (const std::vector<double> &mine : figures) {
    front.push_back(!mine.empty() &&
                    none_of(figures, [&](const std::vector<double> &other) {
                      return !other.empty() && isBeaten(mine, other);
                    }));
  }
  return front;
}
