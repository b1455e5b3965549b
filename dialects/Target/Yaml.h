//===- Yaml.h - Target files as structures ----------------------*- C++ -*-===//
//
// What the levels of a target file share: numbers that read back the same, the
// map of sources, rules with their message, and reading with one diagnostic.
//
//===----------------------------------------------------------------------===//

#ifndef DIALECTS_TARGET_YAML_H
#define DIALECTS_TARGET_YAML_H

#include "dialects/Target/TargetFields.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/YAMLTraits.h"

#include <initializer_list>
#include <map>
#include <string>
#include <type_traits>

namespace acc {

using Sources = std::map<std::string, std::string>;

/// The first violated rule of a group, or "".
struct Rules {
  std::string message;
  Rules &require(bool ok, llvm::StringRef text) {
    if (!ok && message.empty()) {
      message = text.str();
    }
    return *this;
  }
  /// Every key of `groups` has a source, or there is a default one.
  Rules &requireSources(const Sources &sources,
                        std::initializer_list<const char *> groups) {
    for (const char *group : groups) {
      require(sources.count("default") || sources.count(group),
              std::string("sources has neither '") + group + "' nor 'default'");
    }
    for (const auto &[key, value] : sources) {
      require(!value.empty(), "sources." + key + " must not be empty");
    }
    return *this;
  }
};

struct ExactDouble {
  double value = 0;
};

/// A visitor of fields that reads or writes them.
struct YamlVisitor {
  llvm::yaml::IO &io;
  template <typename T> void operator()(const char *key, T &field) {
    if constexpr (!OptionalGroup<T>::value) {
      io.mapRequired(key, field);
    } else if (!io.outputting() || OptionalGroup<T>::isPresent(field)) {
      io.mapOptional(key, field);
    }
  }
  void operator()(const char *key, double &field) {
    ExactDouble number{field};
    io.mapRequired(key, number);
    field = number.value;
  }
};

/// The mapping of a structure with visitFields.
template <typename T> struct Fields {
  static void mapping(llvm::yaml::IO &io, T &fields) {
    YamlVisitor visitor{io};
    visitFields(visitor, fields);
  }
};

/// Reads a structure whose keys have been checked; the first error has the form
/// "FILE:LINE:COL: error: ...", `what` names the kind of file.
template <typename T>
llvm::Expected<T> readYaml(llvm::StringRef text, llvm::StringRef fileName,
                           llvm::StringRef what) {
  // Errors after the first are mostly its consequences.
  auto keepFirst = [](const llvm::SMDiagnostic &diagnostic, void *context) {
    auto &text = *static_cast<std::string *>(context);
    if (text.empty()) {
      llvm::raw_string_ostream os(text);
      diagnostic.print(nullptr, os, /*ShowColors=*/false);
    }
  };
  std::string diagnostics;
  T result;
  llvm::yaml::Input input(llvm::MemoryBufferRef(text, fileName), nullptr,
                          keepFirst, &diagnostics);
  input >> result;
  if (std::error_code ec = input.error()) {
    if (diagnostics.empty()) {
      diagnostics = (fileName + ":1:1: error: not a " + what).str();
    }
    return llvm::createStringError(ec,
                                   llvm::StringRef(diagnostics).rtrim('\n'));
  }
  return result;
}

} // namespace acc

namespace llvm::yaml {

template <> struct CustomMappingTraits<acc::Sources> {
  static void inputOne(IO &io, StringRef key, acc::Sources &map) {
    io.mapRequired(key.str().c_str(), map[key.str()]);
  }
  static void output(IO &io, acc::Sources &map) {
    for (auto &[key, value] : map) {
      io.mapRequired(key.c_str(), value);
    }
  }
};

/// Of a slice; the groups in it are Target.cpp's.
template <> struct MappingTraits<acc::Target> {
  static void mapping(IO &io, acc::Target &target);
  static std::string validate(IO &io, acc::Target &target);
};

/// As many digits as read back the same.
template <> struct ScalarTraits<acc::ExactDouble> {
  static void output(const acc::ExactDouble &number, void *, raw_ostream &os) {
    std::string text;
    for (int digits = 6; digits <= 17; ++digits) {
      text.clear();
      raw_string_ostream(text) << format("%.*g", digits, number.value);
      double again = 0;
      if (to_float(text, again) && again == number.value) {
        break;
      }
    }
    os << text;
  }
  static StringRef input(StringRef text, void *, acc::ExactDouble &number) {
    return to_float(text, number.value) ? StringRef() : "expects a number";
  }
  static QuotingType mustQuote(StringRef) { return QuotingType::None; }
};

} // namespace llvm::yaml

#endif // DIALECTS_TARGET_YAML_H
