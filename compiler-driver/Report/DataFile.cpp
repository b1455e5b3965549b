//===- DataFile.cpp - Files of sourced figures ----------------------------===//

#include "compiler-driver/Report/DataFile.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/YAMLParser.h"

#include <cmath>

using namespace llvm;
using namespace acc::report;

static constexpr StringLiteral confidences[] = {
    "high",     "medium",  "low",    "official", "reported",
    "estimate", "derived", "rumour", "memory"};

const Figure *DataFile::find(StringRef key) const {
  auto it = figures.find(key.str());
  return it == figures.end() ? nullptr : &it->second;
}

Error DataFile::makeError(unsigned line, const Twine &message) const {
  return createStringError(inconvertibleErrorCode(),
                           path + ":" + Twine(line) + ": " + message);
}

Expected<const Figure *> DataFile::get(StringRef key, StringRef unit) const {
  const Figure *figure = find(key);
  if (!figure) {
    return makeError(1,
                     "figure '" + key + "' is missing; expects it in " + unit);
  }
  if (figure->unit != unit) {
    return makeError(figure->line, "figure '" + key + "' is in '" +
                                       figure->unit + "'; expects '" + unit +
                                       "'");
  }
  return figure;
}

namespace {

/// Walks the document; the first error stays.
class Parser {
public:
  Parser(StringRef text, StringRef path)
      : stream(MemoryBufferRef(text, path), sources) {
    file.path = path.str();
    sources.setDiagHandler(
        [](const SMDiagnostic &diagnostic, void *self) {
          auto *parser = static_cast<Parser *>(self);
          parser->fail(unsigned(diagnostic.getLineNo()),
                       diagnostic.getMessage());
        },
        this);
  }

  Expected<DataFile> parse();

private:
  DataFile file;
  SourceMgr sources;
  yaml::Stream stream;
  std::string message;
  unsigned messageLine = 0;

  void fail(unsigned line, const Twine &text) {
    if (message.empty()) {
      message = text.str();
      messageLine = line;
    }
  }
  unsigned lineOf(yaml::Node *node) {
    return sources.getLineAndColumn(node->getSourceRange().Start).first;
  }
  std::string scalar(yaml::Node *node, const Twine &what);
  void parseFigures(yaml::MappingNode *map);
  Figure parseFigure(StringRef key, yaml::MappingNode *map, unsigned line);
  void check(StringRef key, const Figure &figure, bool hasValue);
};

} // namespace

std::string Parser::scalar(yaml::Node *node, const Twine &what) {
  auto *text = dyn_cast_or_null<yaml::ScalarNode>(node);
  if (!text) {
    fail(node ? lineOf(node) : 1, what + " expects a value");
    return "";
  }
  SmallString<64> storage;
  return text->getValue(storage).str();
}

void Parser::check(StringRef key, const Figure &figure, bool hasValue) {
  auto require = [&](bool ok, const Twine &text) {
    if (!ok) {
      fail(figure.line, "figure '" + key + "' " + text);
    }
  };
  require(hasValue, "has no value; expects 'value: NUMBER'");
  require(!figure.unit.empty(),
          "has no unit; expects, for example, 'unit: pJ/B'");
  require(!figure.source.empty(),
          "has no source; expects the document that states it, or 'judgement'");
  require(is_contained(confidences, figure.confidence),
          figure.confidence.empty()
              ? Twine("has no confidence; expects one of high, medium, low, "
                      "official, reported, estimate, derived, rumour, memory")
              : "has confidence '" + Twine(figure.confidence) +
                    "'; expects one of high, medium, low, official, reported, "
                    "estimate, derived, rumour, memory");
  require(figure.range.low <= figure.range.value &&
              figure.range.value <= figure.range.high,
          "lies outside its band; expects low <= value <= high");
}

Figure Parser::parseFigure(StringRef key, yaml::MappingNode *map,
                           unsigned line) {
  Figure figure;
  figure.line = line;
  bool hasValue = false, hasLow = false, hasHigh = false;
  for (yaml::KeyValueNode &entry : *map) {
    std::string name = scalar(entry.getKey(), "a key");
    unsigned at = lineOf(entry.getKey());
    std::string text = scalar(entry.getValue(), "'" + name + "'");
    auto number = [&](double &to) {
      if (!to_float(text, to) || !std::isfinite(to) || to < 0) {
        fail(at, "'" + name + ": " + text + "' is no number; expects one >= 0");
      }
      return true;
    };
    if (name == "value") {
      hasValue = number(figure.range.value);
    } else if (name == "low") {
      hasLow = number(figure.range.low);
    } else if (name == "high") {
      hasHigh = number(figure.range.high);
    } else if (name == "unit") {
      figure.unit = text;
    } else if (name == "node") {
      figure.node = text;
    } else if (name == "source") {
      figure.source = StringRef(text).trim().str();
    } else if (name == "confidence") {
      figure.confidence = text;
    } else if (name == "note") {
      figure.note = text;
    } else {
      fail(at, "unknown key '" + name +
                   "'; expects value, low, high, unit, node, source, "
                   "confidence or note");
    }
  }
  if (hasLow != hasHigh) {
    fail(line, "figure '" + key + "' has half a band; expects low and high");
  }
  figure.hasRange = hasLow && hasHigh;
  if (!figure.hasRange) {
    figure.range.low = figure.range.high = figure.range.value;
  }
  check(key, figure, hasValue);
  return figure;
}

void Parser::parseFigures(yaml::MappingNode *map) {
  for (yaml::KeyValueNode &entry : *map) {
    std::string key = scalar(entry.getKey(), "a figure");
    unsigned line = lineOf(entry.getKey());
    auto *body = dyn_cast_or_null<yaml::MappingNode>(entry.getValue());
    if (!body) {
      fail(line, "figure '" + key +
                     "' is a bare value; expects value, unit, source and "
                     "confidence");
      entry.skip();
      continue;
    }
    Figure figure = parseFigure(key, body, line);
    if (!file.figures.emplace(key, std::move(figure)).second) {
      fail(line, "figure '" + key + "' is given twice; expects it once");
    }
  }
}

Expected<DataFile> Parser::parse() {
  auto document = stream.begin();
  auto *root = document == stream.end()
                   ? nullptr
                   : dyn_cast_or_null<yaml::MappingNode>(document->getRoot());
  if (!root) {
    fail(1, "is no data file; expects name, title and figures");
  } else {
    for (yaml::KeyValueNode &entry : *root) {
      std::string key = scalar(entry.getKey(), "a key");
      unsigned line = lineOf(entry.getKey());
      yaml::Node *value = entry.getValue();
      if (key == "name") {
        file.name = scalar(value, "'name'");
      } else if (key == "title") {
        file.title = scalar(value, "'title'");
      } else if (auto *list = dyn_cast_or_null<yaml::SequenceNode>(value);
                 list && key == "aliases") {
        for (yaml::Node &alias : *list) {
          file.aliases.push_back(scalar(&alias, "'aliases'"));
        }
      } else if (auto *map = dyn_cast_or_null<yaml::MappingNode>(value);
                 map && key == "figures") {
        parseFigures(map);
      } else {
        fail(line, "unexpected '" + key +
                       "'; expects name, title, aliases (a list) or figures "
                       "(a mapping)");
        entry.skip();
      }
    }
  }
  if (file.name.empty()) {
    fail(1, "has no name; expects 'name: NAME'");
  }
  if (!message.empty()) {
    return file.makeError(messageLine, message);
  }
  return std::move(file);
}

Expected<DataFile> acc::report::parseDataFile(StringRef text, StringRef path) {
  return Parser(text, path).parse();
}

static std::string folderPath(StringRef folder) {
  SmallString<128> path(ACC_TARGETS_DIR);
  sys::path::append(path, folder);
  return path.str().str();
}

std::vector<std::string> acc::report::listDataFiles(StringRef folder) {
  std::vector<std::string> names;
  std::error_code code;
  for (sys::fs::directory_iterator it(folderPath(folder), code), end;
       it != end && !code; it.increment(code)) {
    if (sys::path::extension(it->path()) == ".yaml") {
      names.push_back(sys::path::stem(it->path()).str());
    }
  }
  llvm::sort(names);
  return names;
}

static Expected<DataFile> readDataFile(StringRef path, StringRef kind) {
  auto buffer = MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!buffer) {
    return createStringError(buffer.getError(),
                             path + ": cannot read this " + kind +
                                 " file: " + buffer.getError().message());
  }
  return parseDataFile((*buffer)->getBuffer(), path);
}

Expected<DataFile> acc::report::loadDataFile(StringRef folder,
                                             StringRef nameOrPath,
                                             StringRef kind) {
  if (nameOrPath.ends_with(".yaml") || nameOrPath.ends_with(".yml")) {
    return readDataFile(nameOrPath, kind);
  }
  std::vector<std::string> known = listDataFiles(folder);
  for (const std::string &name : known) {
    Expected<DataFile> file =
        readDataFile(folderPath(folder) + "/" + name + ".yaml", kind);
    if (!file) {
      return file.takeError();
    }
    if (name == nameOrPath || is_contained(file->aliases, nameOrPath)) {
      return file;
    }
  }
  return createStringError(inconvertibleErrorCode(),
                           "unknown " + kind + " '" + nameOrPath +
                               "'; known are " + join(known, ", ") +
                               ", or give a .yaml file");
}
