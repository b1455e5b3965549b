//===- CacheFolder.cpp - Where results are kept between runs --------------===//

#include "compiler-driver/Runtime/CacheFolder.h"

#include "compiler-driver/Tensor/Errors.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"

#include <chrono>

using namespace llvm;
using namespace xpu;

/// What llvm::pruneCache takes for a file of a cache.
constexpr StringLiteral kPrefix = "llvmcache-";

Expected<std::string> CacheFolder::find() {
  if (auto folder = sys::Process::GetEnv("ACC_CACHE_DIR");
      folder && !folder->empty()) {
    return *folder;
  }
  SmallString<128> path;
  if (!sys::path::cache_directory(path)) {
    return acc::makeInputError(
        "no folder for what is kept between runs: expects ACC_CACHE_DIR, "
        "XDG_CACHE_HOME or HOME in the environment");
  }
  sys::path::append(path, "acc");
  return path.str().str();
}

static Expected<CachePruningPolicy> readPolicy() {
  std::string size = sys::Process::GetEnv("ACC_CACHE_SIZE").value_or("1g");
  Expected<CachePruningPolicy> policy =
      parseCachePruningPolicy("cache_size_bytes=" + size);
  if (!policy) {
    return acc::makeInputError("ACC_CACHE_SIZE=" + size + ": " +
                               toString(policy.takeError()) +
                               "; expects a size as 500m or 2g");
  }
  policy->Interval = std::chrono::seconds(0);
  policy->Expiration = std::chrono::seconds(0);
  return policy;
}

Expected<CacheFolder> CacheFolder::open() {
  Expected<std::string> folder = find();
  if (!folder) {
    return folder.takeError();
  }
  Expected<CachePruningPolicy> policy = readPolicy();
  if (!policy) {
    return policy.takeError();
  }
  std::error_code code = sys::fs::create_directories(*folder);
  if (!code && !sys::fs::is_directory(*folder)) {
    code = std::make_error_code(std::errc::not_a_directory);
  }
  // The program that loads a library looks names without a slash up elsewhere.
  SmallString<128> path(*folder);
  if (!code) {
    code = sys::fs::make_absolute(path);
  }
  if (code) {
    return acc::makeInputError(
        *folder + ": cannot be created: " + code.message() +
        "; set ACC_CACHE_DIR to a folder that can be written");
  }
  CacheFolder result;
  result.folder = path.str().str();
  result.policy = *policy;
  return result;
}

std::string CacheFolder::fileOf(StringRef digest, StringRef extension) const {
  SmallString<128> path(folder);
  sys::path::append(path, kPrefix + digest + extension);
  return path.str().str();
}

bool CacheFolder::touch(StringRef path) {
  int file;
  if (sys::fs::openFileForReadWrite(path, file, sys::fs::CD_OpenExisting,
                                    sys::fs::OF_None)) {
    return false;
  }
  sys::fs::setLastAccessAndModificationTime(file,
                                            std::chrono::system_clock::now());
  sys::Process::SafelyCloseFileDescriptor(file);
  return true;
}

void CacheFolder::prune() const { pruneCache(folder, policy); }

Error CacheFolder::clear() {
  Expected<std::string> folder = find();
  if (!folder) {
    return folder.takeError();
  }
  std::error_code code;
  for (sys::fs::directory_iterator it(*folder, code), end; it != end && !code;
       it.increment(code)) {
    if (sys::path::filename(it->path()).starts_with(kPrefix)) {
      sys::fs::remove(it->path());
    }
  }
  if (code && code != std::errc::no_such_file_or_directory) {
    return acc::makeInputError(*folder + ": cannot be read: " + code.message());
  }
  return Error::success();
}
