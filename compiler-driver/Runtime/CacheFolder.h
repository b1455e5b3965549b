//===- CacheFolder.h - Where results are kept between runs ------*- C++ -*-===//
//
// Files named by the content that they are made of, in $ACC_CACHE_DIR, else
// $XDG_CACHE_HOME/acc, else ~/.cache/acc. Beyond $ACC_CACHE_SIZE (1g; k, m and
// g are known) those that were not used for longest are removed. Processes may
// use it together.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_RUNTIME_CACHEFOLDER_H
#define COMPILER_DRIVER_RUNTIME_CACHEFOLDER_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/CachePruning.h"
#include "llvm/Support/Error.h"

#include <string>

namespace xpu {

class CacheFolder {
public:
  /// Makes the folder if it is not there.
  static llvm::Expected<CacheFolder> open();

  const std::string &path() const { return folder; }
  /// The absolute path of the file of this digest.
  std::string fileOf(llvm::StringRef digest, llvm::StringRef extension) const;
  /// Says that a file is used now; false if it is not there.
  static bool touch(llvm::StringRef path);
  /// Removes what is beyond the size that the user allows.
  void prune() const;
  /// Removes all files of the cache, and no others.
  static llvm::Error clear();
  /// The folder, which need not be there.
  static llvm::Expected<std::string> find();

private:
  std::string folder;
  llvm::CachePruningPolicy policy;
};

} // namespace xpu

#endif // COMPILER_DRIVER_RUNTIME_CACHEFOLDER_H
