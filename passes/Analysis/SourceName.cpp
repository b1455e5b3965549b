//===- SourceName.cpp - The model's node behind an operation --------------===//

#include "passes/Analysis/SourceName.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/ADT/Twine.h"

using namespace mlir;

namespace xpu {

std::string getSourceName(Location loc) {
  std::string text;
  loc->walk([&](Location inner) {
    if (auto name = dyn_cast<NameLoc>(inner)) {
      if (!text.empty()) {
        text += "+";
      }
      text += name.getName().getValue();
      return WalkResult::skip();
    }
    if (auto file = dyn_cast<FileLineColLoc>(inner); file && text.empty()) {
      text =
          (file.getFilename().getValue() + ":" + Twine(file.getLine())).str();
    }
    return WalkResult::advance();
  });
  return text;
}

std::string getSourcePlace(Location loc) {
  std::string name = getSourceName(loc);
  bool isNamed = loc->findInstanceOf<NameLoc>() != nullptr;
  auto file = loc->findInstanceOf<FileLineColLoc>();
  if (isNamed || !file) {
    return name;
  }
  return (file.getFilename().getValue() + ":" + Twine(file.getLine()) + ":" +
          Twine(file.getColumn()))
      .str();
}

} // namespace xpu
