//===- Axis.cpp - What a sweep varies -------------------------------------===//

#include "compiler-driver/Explore/Axis.h"

#include "compiler-driver/Tensor/Errors.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"

#include <random>
#include <set>

using namespace llvm;
using namespace acc;
using namespace acc::explore;

/// Of one axis, and of a sweep without --samples: far beyond what anybody runs.
static constexpr uint64_t kMostPoints = 10000;

static Error makeRangeError(StringRef text, const Twine &what) {
  return makeInputError("--vary: '" + text + "' " + what);
}

/// The values of `A..B`, `A..B+S` and `A..B*F`.
static Expected<std::vector<std::string>> expandRange(StringRef text) {
  auto [lowText, rest] = text.split("..");
  size_t sign = rest.find_first_of("+*");
  uint64_t low, high, step = 1;
  bool isFactor = sign != StringRef::npos && rest[sign] == '*';
  if (lowText.getAsInteger(10, low) ||
      rest.take_front(sign).getAsInteger(10, high) ||
      (sign != StringRef::npos &&
       rest.drop_front(sign + 1).getAsInteger(10, step))) {
    return makeRangeError(
        text, "is no range; expects A..B, A..B+STEP or A..B*FACTOR of "
              "whole numbers");
  }
  if (low > high || high > uint64_t(1) << 62) {
    return makeRangeError(text, "is empty; expects the smaller number first, "
                                "both below 2^62");
  }
  if (step == 0 || (isFactor && (step < 2 || low == 0))) {
    return makeRangeError(text, "never ends; expects a step of at least 1, or "
                                "a factor of at least 2 and a start above 0");
  }
  std::vector<std::string> values;
  for (uint64_t value = low;;) {
    if (values.size() == kMostPoints) {
      return makeRangeError(text,
                            "has more than " + Twine(kMostPoints) + " values");
    }
    values.push_back(std::to_string(value));
    // Neither the sum nor the product is formed before it is known to be small.
    bool isLast = isFactor ? value > high / step : step > high - value;
    if (isLast) {
      return values;
    }
    value = isFactor ? value * step : value + step;
  }
}

Expected<Axis> explore::parseAxis(StringRef text) {
  // The name of an option may be followed by values with '='.
  auto [names, points] = text.split('=');
  if (names.empty() || points.empty()) {
    return makeInputError("--vary: '" + text +
                          "': expects NAME=VALUE,... as mxu.units=8,12,15");
  }
  Axis axis;
  for (StringRef name : split(names, '/')) {
    axis.names.push_back(name.str());
  }
  char separator = points.contains(';') ? ';' : ',';
  for (StringRef point : split(points, separator)) {
    if (axis.names.size() == 1 && !isOption(names) && point.contains("..")) {
      auto values = expandRange(point);
      if (!values) {
        return values.takeError();
      }
      for (std::string &value : *values) {
        axis.points.push_back({std::move(value)});
      }
      continue;
    }
    std::vector<std::string> values;
    if (axis.names.size() == 1) {
      values.push_back(point.str());
    } else {
      for (StringRef value : split(point, '/')) {
        values.push_back(value.str());
      }
    }
    if (values.size() != axis.names.size() || is_contained(values, "")) {
      return makeInputError("--vary: '" + point + "': expects " +
                            Twine(axis.names.size()) +
                            " values, one for each of " + names);
    }
    axis.points.push_back(std::move(values));
  }
  return axis;
}

/// Numbers below `count`, each once, in order. std::mt19937_64 gives the same
/// everywhere; the standard's distributions do not.
static std::set<uint64_t> draw(uint64_t count, uint64_t samples,
                               uint64_t seed) {
  std::mt19937_64 generator(seed);
  std::set<uint64_t> drawn;
  // Floyd's algorithm: Bentley and Floyd, CACM 30(9), 1987.
  for (uint64_t last = count - samples; last < count; ++last) {
    uint64_t number = generator() % (last + 1);
    drawn.insert(drawn.count(number) ? last : number);
  }
  return drawn;
}

Expected<std::vector<Settings>>
explore::listDesigns(ArrayRef<Axis> axes, std::optional<uint64_t> samples,
                     uint64_t seed) {
  uint64_t count = 1;
  for (const Axis &axis : axes) {
    if (count > (uint64_t(1) << 62) / axis.points.size()) {
      return makeInputError("--vary: more than 2^62 designs");
    }
    count *= axis.points.size();
  }
  if (std::min(count, samples.value_or(count)) > kMostPoints) {
    return makeInputError("--vary: " + Twine(count) +
                          " designs are more than " + Twine(kMostPoints) +
                          "; take fewer values, or draw some with --samples=N");
  }
  std::set<uint64_t> numbers =
      draw(count, std::min(count, samples.value_or(count)), seed);
  std::vector<Settings> designs;
  for (uint64_t number : numbers) {
    Settings settings;
    uint64_t block = count;
    for (const Axis &axis : axes) {
      block /= axis.points.size();
      const auto &point = axis.points[number / block % axis.points.size()];
      for (auto [name, value] : zip_equal(axis.names, point)) {
        settings.emplace_back(name, value);
      }
    }
    designs.push_back(std::move(settings));
  }
  return designs;
}
