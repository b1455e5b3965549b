//===- Parallelism.cpp - What is asked for of chips and slices ------------===//

#include "passes/Partition/Parallelism.h"

#include "llvm/ADT/StringSwitch.h"

using namespace llvm;

namespace xpu {

static Error fail(const Twine &why) {
  return createStringError(inconvertibleErrorCode(), why);
}

static std::optional<Parallel> parseLoops(StringRef name) {
  return StringSwitch<std::optional<Parallel>>(name)
      .Case("auto", Parallel::Auto)
      .Case("none", Parallel::None)
      .Case("rows", Parallel::Rows)
      .Case("columns", Parallel::Columns)
      .Case("grid", Parallel::Grid)
      .Case("sums", Parallel::Sums)
      .Default(std::nullopt);
}

static std::optional<ChipParallel> parseChips(StringRef name) {
  return StringSwitch<std::optional<ChipParallel>>(name)
      .Case("pp", ChipParallel::Pipeline)
      .Case("tp", ChipParallel::Tensor)
      .Case("dp", ChipParallel::Data)
      .Case("ep", ChipParallel::Expert)
      .Default(std::nullopt);
}

static StringRef nameOf(ChipParallel kind) {
  switch (kind) {
  case ChipParallel::Pipeline:
    return "pp";
  case ChipParallel::Tensor:
    return "tp";
  case ChipParallel::Data:
    return "dp";
  case ChipParallel::Expert:
    return "ep";
  }
  return "";
}

Expected<Parallelism> parseParallelism(StringRef text) {
  Parallelism result;
  bool hasLoops = false;
  SmallVector<StringRef> items;
  text.split(items, ',');
  for (StringRef item : items) {
    auto [name, count] = item.split('=');
    if (std::optional<Parallel> loops = parseLoops(item); loops && !hasLoops) {
      result.loops = *loops;
      hasLoops = true;
      continue;
    }
    std::optional<ChipParallel> kind = parseChips(name);
    int64_t number = 0;
    if (!kind || count.getAsInteger(10, number) || number < 1 ||
        is_contained(make_first_range(result.chips), *kind)) {
      return fail("'" + item + "' in '" + text + "'; expects " +
                  kParallelismForm + ", each once");
    }
    result.chips.push_back({*kind, number});
  }
  bool choosesLoops = any_of(result.chips, [](const auto &item) {
    return item.first != ChipParallel::Pipeline && item.second > 1;
  });
  if (choosesLoops && result.loops != Parallel::Auto) {
    return fail("'" + text + "'; expects auto beside tp, dp and ep");
  }
  return result;
}

Expected<SmallVector<std::optional<ChipParallel>>>
placeParallelism(const Parallelism &parallelism, const acc::Machine &machine) {
  const std::vector<uint32_t> mesh = machine.mesh();
  SmallVector<std::optional<ChipParallel>> axes(mesh.size());
  const size_t ofChips = mesh.size() - 2;
  size_t next = 0;
  for (auto [kind, count] : parallelism.chips) {
    if (count == 1) {
      continue;
    }
    std::string item = (nameOf(kind) + "=" + Twine(count)).str();
    if (machine.chips() == 1) {
      return fail(item + ": " + machine.name() +
                  " is one chip; expects a rack, such as xpu-tiny-4x2");
    }
    bool isPlaced = false;
    for (size_t first = next; first < ofChips && !isPlaced; ++first) {
      int64_t chips = 1;
      for (size_t axis = first; axis < ofChips; ++axis) {
        chips *= mesh[axis];
        // Not along axes of one chip, which stand for nothing.
        if (mesh[first] > 1 && mesh[axis] > 1 && chips == count) {
          std::fill(axes.begin() + first, axes.begin() + axis + 1, kind);
          next = axis + 1;
          isPlaced = true;
          break;
        }
      }
    }
    if (!isPlaced) {
      return fail(item + ": expects the trays of " + machine.name() + " (" +
                  Twine(mesh[0]) + "), the chips of a tray (" + Twine(mesh[1]) +
                  ") or all " + Twine(machine.chips()) +
                  " chips, each for one of pp, tp, dp and ep, from the outer "
                  "to the inner");
    }
  }
  return axes;
}

Axes axesOf(ArrayRef<std::optional<ChipParallel>> axes, ChipParallel kind) {
  Axes result;
  for (auto [axis, of] : enumerate(axes)) {
    if (of == kind) {
      result.push_back(int16_t(axis));
    }
  }
  return result;
}

} // namespace xpu
