//===- RtlRecipe.h - How the RTL of a target is built -----------*- C++ -*-===//

#ifndef COMPILER_DRIVER_RUNTIME_RTLRECIPE_H
#define COMPILER_DRIVER_RUNTIME_RTLRECIPE_H

#include "dialects/Target/Machine.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace xpu {

/// What a model has: all slices of a chip with their network, or one slice.
enum class RtlPart { Chip, Slice };

/// What rtl/Recipe.cmake wrote, with the programs that were found.
class RtlRecipe {
public:
  /// Finds Verilator and a compiler; an error says what to install.
  static llvm::Expected<RtlRecipe> load();

  /// A digest of all that the model of `machine` depends on.
  llvm::Expected<std::string> digest(const acc::Machine &machine,
                                     RtlPart part) const;

  /// Verilates and compiles in `folder`; the model is then `folder`/model.so.
  llvm::Error build(const acc::Machine &machine, RtlPart part,
                    llvm::StringRef folder) const;

private:
  llvm::Error run(llvm::StringRef program, std::vector<std::string> arguments,
                  llvm::StringRef folder) const;

  std::string verilator, compiler, version;
  std::string root; ///< The folder that rtl/ is in.
  std::string runtimeFolder;
  std::vector<std::string> verilate, oneSlice, sources, rackSources, compile,
      runtime, libraries;

  std::vector<std::string> argumentsOf(RtlPart part) const;

  /// A chip of a rack has more in it.
  const std::vector<std::string> &sourcesOf(const acc::Machine &machine) const {
    return machine.rack ? rackSources : sources;
  }
};

} // namespace xpu

#endif // COMPILER_DRIVER_RUNTIME_RTLRECIPE_H
