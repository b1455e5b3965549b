//===- DataDirectory.cpp - Where data files are ---------------------------===//

#include "dialects/Target/Target.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace llvm;

static std::string findDataDirectory() {
  SmallString<128> path(sys::fs::getMainExecutable(
      nullptr, reinterpret_cast<void *>(&findDataDirectory)));
  sys::path::remove_filename(path);
  sys::path::append(path, "..", ACC_INSTALLED_TARGETS);
  sys::path::remove_dots(path, /*remove_dot_dot=*/true);
  return sys::fs::is_directory(path) ? path.str().str() : ACC_TARGETS_DIR;
}

StringRef acc::getDataDirectory() {
  static const std::string directory = findDataDirectory();
  return directory;
}
