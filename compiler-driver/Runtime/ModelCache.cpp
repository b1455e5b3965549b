//===- ModelCache.cpp - RTL models that were made on demand ---------------===//

#include "compiler-driver/Runtime/ModelCache.h"

#include "compiler-driver/Runtime/RtlRecipe.h"
#include "compiler-driver/Tensor/Errors.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/CachePruning.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/LockFileManager.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/raw_ostream.h"

#include <chrono>

using namespace llvm;

namespace xpu {

/// What llvm::pruneCache takes for a file of a cache.
constexpr StringLiteral kPrefix = "llvmcache-";
constexpr StringLiteral kBuildPrefix = "build-";
/// The largest machines take minutes.
constexpr std::chrono::seconds kLongestBuild(3600);

static Expected<std::string> findFolder() {
  if (auto folder = sys::Process::GetEnv("ACC_CACHE_DIR");
      folder && !folder->empty()) {
    return *folder;
  }
  SmallString<128> path;
  if (!sys::path::cache_directory(path)) {
    return acc::makeInputError(
        "no folder for RTL models: expects ACC_CACHE_DIR, XDG_CACHE_HOME or "
        "HOME in the environment");
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

/// Says that the file is used now; false if it is not there.
static bool touch(StringRef path) {
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

/// Removes what builds that were killed have left.
static void removeAbandonedBuilds(StringRef cache) {
  std::error_code code;
  for (sys::fs::directory_iterator it(cache, code), end; it != end && !code;
       it.increment(code)) {
    auto status = it->status();
    if (sys::path::filename(it->path()).starts_with(kBuildPrefix) && status &&
        status->getLastModificationTime() + kLongestBuild <
            std::chrono::system_clock::now()) {
      sys::fs::remove_directories(it->path());
    }
  }
}

/// Builds beside the cache's files, and renames what is complete.
static Error build(const RtlRecipe &recipe, const acc::Machine &machine,
                   StringRef cache, StringRef path) {
  SmallString<128> folder;
  if (std::error_code code = sys::fs::createUniqueDirectory(
          cache + "/" + kBuildPrefix + sys::path::stem(path), folder)) {
    return acc::makeInputError(
        cache + ": cannot be written: " + code.message() +
        "; set ACC_CACHE_DIR to a folder that can be written");
  }
  scope_exit cleanUp([&] { sys::fs::remove_directories(folder); });
  errs() << "acc: building the RTL of '" << machine.name()
         << "', which its next run will find\n";
  auto begin = std::chrono::steady_clock::now();
  if (Error error = recipe.build(machine, folder)) {
    return error;
  }
  if (std::error_code code = sys::fs::rename(folder + "/model.so", path)) {
    return acc::makeInputError(path + ": cannot be written: " + code.message());
  }
  std::chrono::duration<double> time = std::chrono::steady_clock::now() - begin;
  errs() << "acc: built in " << format("%.1f", time.count()) << " s\n";
  return Error::success();
}

Expected<std::string> findRtlModel(const acc::Machine &machine) {
  Expected<std::string> cache = findFolder();
  if (!cache) {
    return cache.takeError();
  }
  Expected<CachePruningPolicy> policy = readPolicy();
  if (!policy) {
    return policy.takeError();
  }
  Expected<RtlRecipe> recipe = RtlRecipe::load();
  if (!recipe) {
    return recipe.takeError();
  }
  Expected<std::string> digest = recipe->digest(machine);
  if (!digest) {
    return digest.takeError();
  }
  std::error_code code = sys::fs::create_directories(*cache);
  if (!code && !sys::fs::is_directory(*cache)) {
    code = std::make_error_code(std::errc::not_a_directory);
  }
  if (code) {
    return acc::makeInputError(
        *cache + ": cannot be created: " + code.message() +
        "; set ACC_CACHE_DIR to a folder that can be written");
  }
  // The program that loads it looks names without a slash up elsewhere.
  SmallString<128> path(*cache);
  sys::path::append(path, kPrefix + *digest + ".so");
  if (std::error_code code = sys::fs::make_absolute(path)) {
    return acc::makeInputError(path + ": " + code.message());
  }
  while (!touch(path)) {
    LockFileManager lock(path);
    Expected<bool> isOurs = lock.tryLock();
    if (!isOurs) {
      return acc::makeInputError(
          *cache + ": cannot be locked: " + toString(isOurs.takeError()) +
          "; set ACC_CACHE_DIR to a folder that can be written");
    }
    if (!*isOurs) {
      errs() << "acc: waiting for another run that builds the RTL of '"
             << machine.name() << "'\n";
      if (lock.waitForUnlockFor(kLongestBuild) !=
          WaitForUnlockResult::Success) {
        lock.unsafeMaybeUnlock();
      }
      continue;
    }
    // Another may have finished before the lock was ours.
    if (touch(path)) {
      break;
    }
    // Not afterwards: the new one may be larger than all may be together.
    removeAbandonedBuilds(*cache);
    pruneCache(*cache, *policy);
    if (Error error = build(*recipe, machine, *cache, path)) {
      return std::move(error);
    }
  }
  return path.str().str();
}

Error clearModelCache() {
  Expected<std::string> cache = findFolder();
  if (!cache) {
    return cache.takeError();
  }
  std::error_code code;
  for (sys::fs::directory_iterator it(*cache, code), end; it != end && !code;
       it.increment(code)) {
    if (sys::path::filename(it->path()).starts_with(kPrefix)) {
      sys::fs::remove(it->path());
    }
  }
  removeAbandonedBuilds(*cache);
  if (code && code != std::errc::no_such_file_or_directory) {
    return acc::makeInputError(*cache + ": cannot be read: " + code.message());
  }
  return Error::success();
}

} // namespace xpu
