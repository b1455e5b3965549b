//===- UnknownKeys.h - Keys that a target file does not have ----*- C++ -*-===//

#ifndef DIALECTS_TARGET_UNKNOWNKEYS_H
#define DIALECTS_TARGET_UNKNOWNKEYS_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <map>
#include <string>
#include <type_traits>
#include <vector>

namespace acc {

/// Keys of a group, or of the file; and the keys of each group in it. A visitor
/// of fields (TargetFields.h, MachineFields.h).
struct TargetKeys {
  std::vector<llvm::StringRef> names;
  std::map<llvm::StringRef, TargetKeys> groups;

  template <typename T> void operator()(const char *key, T &field) {
    names.push_back(key);
    if constexpr (std::is_class_v<T> && !std::is_same_v<T, std::string> &&
                  !std::is_same_v<T, std::map<std::string, std::string>>) {
      visitFields(groups[key], field);
    }
  }
};

/// An error at the first key that is not one of `keys`, with the nearest one
/// that is. LLVM's reader would say first that the right one is missing.
llvm::Error checkKeys(const TargetKeys &keys, llvm::StringRef text,
                      llvm::StringRef fileName);

/// The same for the keys of a structure with visitFields.
template <typename T>
llvm::Error checkKeys(llvm::StringRef text, llvm::StringRef fileName) {
  TargetKeys keys;
  T fields;
  visitFields(keys, fields);
  return checkKeys(keys, text, fileName);
}

} // namespace acc

#endif // DIALECTS_TARGET_UNKNOWNKEYS_H
