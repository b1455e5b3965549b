//===- TargetFile.cpp - Finding target files ------------------------------===//

#include "dialects/Target/TargetFile.h"

#include "dialects/Target/Nesting.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/YAMLParser.h"

#include <algorithm>

using namespace acc;

llvm::StringRef acc::getName(TargetLevel level) {
  switch (level) {
  case TargetLevel::Slice:
    return "slice";
  case TargetLevel::Chip:
    return "chip";
  case TargetLevel::Rack:
    return "rack";
  case TargetLevel::Pod:
    return "pod";
  }
  llvm_unreachable("not a level");
}

TargetLevel TargetFile::level() const {
  // What is no YAML is left to the reader of slices, which says so.
  if (llvm::Error error = checkYamlNesting(text(), path)) {
    llvm::consumeError(std::move(error));
    return TargetLevel::Slice;
  }
  llvm::SourceMgr sources;
  sources.setDiagHandler([](const llvm::SMDiagnostic &, void *) {});
  llvm::yaml::Stream stream(llvm::MemoryBufferRef(text(), path), sources);
  auto document = stream.begin();
  auto *root = document == stream.end()
                   ? nullptr
                   : llvm::dyn_cast_or_null<llvm::yaml::MappingNode>(
                         document->getRoot());
  if (!root) {
    return TargetLevel::Slice;
  }
  TargetLevel level = TargetLevel::Slice;
  for (llvm::yaml::KeyValueNode &entry : *root) {
    llvm::SmallString<32> storage;
    if (auto *key =
            llvm::dyn_cast_or_null<llvm::yaml::ScalarNode>(entry.getKey())) {
      llvm::StringRef name = key->getValue(storage);
      for (TargetLevel above :
           {TargetLevel::Chip, TargetLevel::Rack, TargetLevel::Pod}) {
        if (name == getName(TargetLevel(int(above) - 1))) {
          level = above;
        }
      }
    }
    entry.skip();
  }
  return level;
}

static llvm::Expected<TargetFile> readFile(llvm::StringRef path) {
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!buffer) {
    return llvm::createStringError(buffer.getError(),
                                   "cannot read target file '" + path +
                                       "': " + buffer.getError().message());
  }
  return TargetFile{path.str(), std::move(*buffer)};
}

llvm::Expected<TargetFile> acc::readBuiltInTargetFile(llvm::StringRef name) {
  std::vector<std::string> known = listTargets();
  if (!llvm::is_contained(known, name)) {
    return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                   "unknown target '" + name + "'; known are " +
                                       llvm::join(known, ", "));
  }
  llvm::SmallString<128> path(getDataDirectory());
  llvm::sys::path::append(path, name + ".yaml");
  return readFile(path);
}

llvm::Expected<TargetFile> acc::readTargetFile(llvm::StringRef nameOrPath,
                                               llvm::StringRef folder) {
  if (nameOrPath.ends_with(".yaml") || nameOrPath.ends_with(".yml")) {
    llvm::SmallString<128> path(nameOrPath);
    if (!folder.empty() && llvm::sys::path::is_relative(nameOrPath)) {
      path = folder;
      llvm::sys::path::append(path, nameOrPath);
    }
    return readFile(path);
  }
  llvm::Expected<TargetFile> file = readBuiltInTargetFile(nameOrPath);
  if (!file) {
    return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                   llvm::toString(file.takeError()) +
                                       ", or give a .yaml file");
  }
  return file;
}

std::vector<std::string> acc::listTargets() {
  std::vector<std::string> names;
  std::error_code ec;
  for (llvm::sys::fs::directory_iterator it(getDataDirectory(), ec), end;
       it != end && !ec; it.increment(ec)) {
    if (llvm::sys::path::extension(it->path()) == ".yaml") {
      names.push_back(llvm::sys::path::stem(it->path()).str());
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}
