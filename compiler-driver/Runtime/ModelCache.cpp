//===- ModelCache.cpp - RTL models that were made on demand ---------------===//

#include "compiler-driver/Runtime/ModelCache.h"

#include "compiler-driver/Runtime/CacheFolder.h"
#include "compiler-driver/Tensor/Errors.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/LockFileManager.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <chrono>

using namespace llvm;

namespace xpu {

constexpr StringLiteral kBuildPrefix = "build-";
/// The largest machines take minutes.
constexpr std::chrono::seconds kLongestBuild(3600);

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
                   RtlPart part, StringRef cache, StringRef path) {
  SmallString<128> folder;
  if (std::error_code code = sys::fs::createUniqueDirectory(
          cache + "/" + kBuildPrefix + sys::path::stem(path), folder)) {
    return acc::makeInputError(
        cache + ": cannot be written: " + code.message() +
        "; set ACC_CACHE_DIR to a folder that can be written");
  }
  scope_exit cleanUp([&] { sys::fs::remove_directories(folder); });
  errs() << "acc: building the RTL of "
         << (part == RtlPart::Slice ? "one slice of '" : "'") << machine.name()
         << "', which its next run will find\n";
  auto begin = std::chrono::steady_clock::now();
  if (Error error = recipe.build(machine, part, folder)) {
    return error;
  }
  if (std::error_code code = sys::fs::rename(folder + "/model.so", path)) {
    return acc::makeInputError(path + ": cannot be written: " + code.message());
  }
  std::chrono::duration<double> time = std::chrono::steady_clock::now() - begin;
  errs() << "acc: built in " << format("%.1f", time.count()) << " s\n";
  return Error::success();
}

Expected<std::string> findRtlModel(const acc::Machine &machine, RtlPart part) {
  Expected<CacheFolder> cache = CacheFolder::open();
  if (!cache) {
    return cache.takeError();
  }
  Expected<RtlRecipe> recipe = RtlRecipe::load();
  if (!recipe) {
    return recipe.takeError();
  }
  Expected<std::string> digest = recipe->digest(machine, part);
  if (!digest) {
    return digest.takeError();
  }
  std::string path = cache->fileOf(*digest, ".so");
  while (!CacheFolder::touch(path)) {
    LockFileManager lock(path);
    Expected<bool> isOurs = lock.tryLock();
    if (!isOurs) {
      return acc::makeInputError(
          cache->path() +
          ": cannot be locked: " + toString(isOurs.takeError()) +
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
    if (CacheFolder::touch(path)) {
      break;
    }
    // Not afterwards: the new one may be larger than all may be together.
    removeAbandonedBuilds(cache->path());
    cache->prune();
    if (Error error = build(*recipe, machine, part, cache->path(), path)) {
      return std::move(error);
    }
  }
  return path;
}

Error clearModelCache() {
  Expected<std::string> cache = CacheFolder::find();
  if (!cache) {
    return cache.takeError();
  }
  removeAbandonedBuilds(*cache);
  return CacheFolder::clear();
}

} // namespace xpu
