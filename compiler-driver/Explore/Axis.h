//===- Axis.h - What a sweep varies -----------------------------*- C++ -*-===//
//
// `mxu.units=8,12,15` is an axis of three points. Values are
//
//   V        a number or a word
//   A..B     every whole number from A to B; A..B+S those S apart, and
//            A..B*F each F times the one before
//
// `mxu.rows/mxu.unit_cols=16/16,32/32` is one of two points: what changes
// together. A name that starts with "--" is an option of acc-cc. Points whose
// values hold commas are separated by semicolons.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_EXPLORE_AXIS_H
#define COMPILER_DRIVER_EXPLORE_AXIS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace acc::explore {

struct Axis {
  std::vector<std::string> names;
  std::vector<std::vector<std::string>> points; ///< a value of each name
};

/// Reads `NAME[/NAME...]=POINT[,POINT...]`.
llvm::Expected<Axis> parseAxis(llvm::StringRef text);

/// True if a name is an option of acc-cc, and no parameter of the machine.
inline bool isOption(llvm::StringRef name) { return name.starts_with("--"); }

/// Names with their values.
using Settings = std::vector<std::pair<std::string, std::string>>;

/// The product of all axes, the last one changing fastest; or so many of it
/// drawn without repetition, in that order. The same seed draws the same on
/// every platform. An error if there are too many to run.
llvm::Expected<std::vector<Settings>>
listDesigns(llvm::ArrayRef<Axis> axes, std::optional<uint64_t> samples,
            uint64_t seed);

} // namespace acc::explore

#endif // COMPILER_DRIVER_EXPLORE_AXIS_H
