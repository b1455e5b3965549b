//===- UnknownKeys.cpp - Keys that a target file does not have ------------===//

#include "dialects/Target/UnknownKeys.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/YAMLParser.h"

using namespace llvm;

static StringRef findNearest(StringRef name, ArrayRef<StringRef> known) {
  return *min_element(known, [&](StringRef a, StringRef b) {
    return name.edit_distance(a) < name.edit_distance(b);
  });
}

static void check(yaml::Node *node, const acc::TargetKeys &keys,
                  StringRef group, const SourceMgr &sources,
                  std::string &message) {
  auto *map = dyn_cast_or_null<yaml::MappingNode>(node);
  if (!map) {
    return;
  }
  for (yaml::KeyValueNode &entry : *map) {
    auto *key = dyn_cast_or_null<yaml::ScalarNode>(entry.getKey());
    if (!key) {
      return;
    }
    SmallString<32> storage;
    StringRef name = key->getValue(storage);
    if (!is_contained(keys.names, name)) {
      raw_string_ostream os(message);
      sources
          .GetMessage(key->getSourceRange().Start, SourceMgr::DK_Error,
                      "unknown key '" + name + "'" +
                          (group.empty() ? "" : " in " + group) +
                          "; did you mean '" + findNearest(name, keys.names) +
                          "'?")
          .print(nullptr, os, /*ShowColors=*/false);
      return;
    }
    if (auto found = keys.groups.find(name); found != keys.groups.end()) {
      check(entry.getValue(), found->second, found->first, sources, message);
      if (!message.empty()) {
        return;
      }
    } else {
      entry.skip();
    }
  }
}

Error acc::checkKeys(const TargetKeys &keys, StringRef text,
                     StringRef fileName) {
  SourceMgr sources;
  std::string message;
  sources.setDiagHandler(
      [](const SMDiagnostic &diagnostic, void *context) {
        auto &text = *static_cast<std::string *>(context);
        if (text.empty()) {
          raw_string_ostream os(text);
          diagnostic.print(nullptr, os, /*ShowColors=*/false);
        }
      },
      &message);
  yaml::Stream stream(MemoryBufferRef(text, fileName), sources,
                      /*ShowColors=*/false);
  yaml::document_iterator document = stream.begin();
  yaml::Node *root = document != stream.end() ? document->getRoot() : nullptr;
  if (isa_and_present<yaml::MappingNode>(root)) {
    check(root, keys, "", sources, message);
    root->skip();
  }
  // LLVM's reader of structures takes its root and its syntax for granted.
  if (message.empty() &&
      (!isa_and_present<yaml::MappingNode>(root) || stream.failed())) {
    message = (fileName + ":1:1: error: is no target file; expects name, "
                          "description, clock_hz and groups of parameters")
                  .str();
  }
  if (message.empty()) {
    return Error::success();
  }
  return createStringError(inconvertibleErrorCode(),
                           StringRef(message).rtrim('\n'));
}
