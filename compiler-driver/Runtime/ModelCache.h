//===- ModelCache.h - RTL models that were made on demand -------*- C++ -*-===//
//
// One shared library for each content of what it is made of, in the folder of
// CacheFolder.h.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_RUNTIME_MODELCACHE_H
#define COMPILER_DRIVER_RUNTIME_MODELCACHE_H

#include "dialects/Target/Machine.h"
#include "llvm/Support/Error.h"

#include <string>

namespace xpu {

/// The path of the model of `machine`, which is built if it is not there.
/// Progress goes to stderr.
llvm::Expected<std::string> findRtlModel(const acc::Machine &machine);

/// Removes all models, and what else is kept between runs.
llvm::Error clearModelCache();

} // namespace xpu

#endif // COMPILER_DRIVER_RUNTIME_MODELCACHE_H
