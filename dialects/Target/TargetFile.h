//===- TargetFile.h - Finding target files ----------------------*- C++ -*-===//
//
// A target file describes a slice, or a level above it (Machine.h). Which one
// is seen from its keys: a file of a level names the level below.
//
//===----------------------------------------------------------------------===//

#ifndef DIALECTS_TARGET_TARGETFILE_H
#define DIALECTS_TARGET_TARGETFILE_H

#include "dialects/Target/Machine.h"
#include "llvm/Support/MemoryBuffer.h"

#include <memory>

namespace acc {

struct TargetFile {
  std::string path;
  std::unique_ptr<llvm::MemoryBuffer> buffer;

  llvm::StringRef text() const { return buffer->getBuffer(); }
  TargetLevel level() const;
};

/// The file of a built-in target, of any level.
llvm::Expected<TargetFile> readBuiltInTargetFile(llvm::StringRef name);

/// `nameOrPath` is the path of a .yaml file, relative to `folder` if that is
/// not empty, or the name of a built-in target.
llvm::Expected<TargetFile> readTargetFile(llvm::StringRef nameOrPath,
                                          llvm::StringRef folder = "");

} // namespace acc

#endif // DIALECTS_TARGET_TARGETFILE_H
