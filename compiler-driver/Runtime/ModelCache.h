//===- ModelCache.h - RTL models that were made on demand -------*- C++ -*-===//
//
// One shared library for each content of what it is made of, in the folder of
// CacheFolder.h.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_RUNTIME_MODELCACHE_H
#define COMPILER_DRIVER_RUNTIME_MODELCACHE_H

#include "compiler-driver/Runtime/RtlRecipe.h"

#include <string>

namespace xpu {

/// The path of the model of `machine`, or of a slice of it, which is built if
/// it is not there. Progress goes to stderr.
llvm::Expected<std::string> findRtlModel(const acc::Machine &machine,
                                         RtlPart part);

/// Removes all models, and what else is kept between runs.
llvm::Error clearModelCache();

} // namespace xpu

#endif // COMPILER_DRIVER_RUNTIME_MODELCACHE_H
