//===- Folder.cpp - Data files in the folders of targets/ -----------------===//

#include "compiler-driver/Data/DataFile.h"

#include "dialects/Target/Target.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace acc::data;

std::string acc::data::dataPath(StringRef name) {
  SmallString<128> path(getDataDirectory());
  sys::path::append(path, name);
  return path.str().str();
}

static Expected<DataFile> readDataFile(StringRef path, StringRef kind,
                                       const DataFileKeys &keys,
                                       const Bibliography &documents) {
  auto buffer = MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!buffer) {
    return createStringError(buffer.getError(),
                             path + ": cannot read this " + kind +
                                 " file: " + buffer.getError().message());
  }
  return parseDataFile((*buffer)->getBuffer(), path, keys, documents);
}

Expected<Bibliography> acc::data::loadDocuments() {
  Expected<DataFile> file =
      readDataFile(dataPath("sources/documents.yaml"), "sources", {}, {});
  if (!file) {
    return file.takeError();
  }
  return std::move(file->sources);
}

std::string acc::data::displayPath(StringRef path) {
  return path.consume_front(getDataDirectory()) ? "targets" + path.str()
                                                : path.str();
}

std::vector<std::string> acc::data::listDataFiles(StringRef folder) {
  std::vector<std::string> names;
  std::error_code code;
  for (sys::fs::directory_iterator it(dataPath(folder), code), end;
       it != end && !code; it.increment(code)) {
    if (sys::path::extension(it->path()) == ".yaml") {
      names.push_back(sys::path::stem(it->path()).str());
    }
  }
  llvm::sort(names);
  return names;
}

/// A name or alias stands for one file, and a file is called by its name.
static Error checkNames(ArrayRef<DataFile> files) {
  StringMap<const DataFile *> owners;
  for (const DataFile &file : files) {
    StringRef stem = sys::path::stem(file.path);
    if (file.name != stem) {
      return file.makeError(file.nameAt, "is named '" + file.name +
                                             "'; expects the file's name, '" +
                                             stem + "'");
    }
    std::vector<std::string> names = file.aliases;
    names.push_back(file.name);
    for (const std::string &name : names) {
      auto [owner, isNew] = owners.try_emplace(name, &file);
      if (!isNew) {
        return file.makeError(file.nameAt, "'" + name + "' is also a name of " +
                                               owner->second->path +
                                               "; expects one of its own");
      }
    }
  }
  return Error::success();
}

Expected<std::vector<DataFile>>
acc::data::loadDataFiles(StringRef folder, StringRef kind,
                         const DataFileKeys &keys) {
  Expected<Bibliography> documents = loadDocuments();
  if (!documents) {
    return documents.takeError();
  }
  std::vector<DataFile> files;
  for (const std::string &name : listDataFiles(folder)) {
    Expected<DataFile> file =
        readDataFile(dataPath((folder + "/" + name + ".yaml").str()), kind,
                     keys, *documents);
    if (!file) {
      return file.takeError();
    }
    files.push_back(std::move(*file));
  }
  if (Error error = checkNames(files)) {
    return std::move(error);
  }
  return std::move(files);
}

Expected<DataFile> acc::data::loadDataFile(StringRef folder,
                                           StringRef nameOrPath, StringRef kind,
                                           const DataFileKeys &keys) {
  if (nameOrPath.ends_with(".yaml") || nameOrPath.ends_with(".yml")) {
    Expected<Bibliography> documents = loadDocuments();
    return documents ? readDataFile(nameOrPath, kind, keys, *documents)
                     : documents.takeError();
  }
  Expected<std::vector<DataFile>> files = loadDataFiles(folder, kind, keys);
  if (!files) {
    return files.takeError();
  }
  for (DataFile &file : *files) {
    if (file.name == nameOrPath || is_contained(file.aliases, nameOrPath)) {
      return std::move(file);
    }
  }
  return createStringError(
      inconvertibleErrorCode(),
      "unknown " + kind + " '" + nameOrPath + "'; expects one of " +
          join(listDataFiles(folder), ", ") + ", or a .yaml file");
}
