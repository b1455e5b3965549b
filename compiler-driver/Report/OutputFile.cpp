//===- OutputFile.cpp -----------------------------------------------------===//

#include "compiler-driver/Report/OutputFile.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/ToolOutputFile.h"

using namespace llvm;

static Error cannotWrite(StringRef name, const Twine &why) {
  return createStringError(inconvertibleErrorCode(),
                           name + ": cannot be written: " + why);
}

Error acc::report::writeFile(StringRef name,
                             function_ref<void(raw_ostream &)> print) {
  std::error_code code;
  ToolOutputFile file(name, code, sys::fs::OF_None);
  if (code) {
    return cannotWrite(name, code.message());
  }
  print(file.os());
  file.os().flush();
  if (file.os().has_error()) {
    std::string why = file.os().error().message();
    file.os().clear_error();
    return cannotWrite(name, why);
  }
  file.keep();
  return Error::success();
}
