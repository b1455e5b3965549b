//===- Parameters.h - Parameters of a machine by their names ----*- C++ -*-===//
//
// A parameter is called as files and docs/machine.md call it, whatever level it
// belongs to: `mxu.units`, `clock_hz`, `grid.rows`, `trays.count`. No two
// levels have groups of the same name.
//
//===----------------------------------------------------------------------===//

#ifndef DIALECTS_TARGET_PARAMETERS_H
#define DIALECTS_TARGET_PARAMETERS_H

#include "dialects/Target/Machine.h"

#include "llvm/ADT/ArrayRef.h"

#include <string>
#include <utility>
#include <vector>

namespace acc {

struct Parameter {
  std::string name;
  std::string value; ///< Reads back as the same number.
};

/// Those of all levels that the machine has, in the order of the files, from
/// its own level down.
std::vector<Parameter> listParameters(const Machine &machine);

/// Those that a program sees: of the slice, the grid, the collective network,
/// and the rack and its fabric.
std::vector<Parameter> listProgramParameters(const Machine &machine);
std::vector<Parameter> listParameters(const Target &slice);

/// An error if the machine has no such parameter, which names the nearest that
/// it has; or if no value of it can be written so.
llvm::Error checkParameter(const Machine &machine, llvm::StringRef name,
                           llvm::StringRef value);

/// One file with all levels in it, in which parameters that have passed
/// checkParameter have other values. Whether there can be such a machine is
/// seen when the file is read.
std::string
printVariant(const Machine &machine,
             llvm::ArrayRef<std::pair<std::string, std::string>> values);

} // namespace acc

#endif // DIALECTS_TARGET_PARAMETERS_H
