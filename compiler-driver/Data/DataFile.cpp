//===- DataFile.cpp - Parser of files of sourced figures ------------------===//

#include "compiler-driver/Data/DataFile.h"

#include "dialects/Target/Nesting.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/YAMLParser.h"

#include <cmath>

using namespace llvm;
using namespace acc::data;

static constexpr StringLiteral confidences[] = {
    "high",     "medium",  "low",    "official", "reported",
    "estimate", "derived", "rumour", "memory"};
static constexpr StringLiteral bases[] = {"dense", "sparse", "one-way",
                                          "two-way"};

const Figure *DataFile::find(StringRef key) const {
  auto it = figures.find(key.str());
  return it == figures.end() ? nullptr : &it->second;
}

Error DataFile::makeError(Location at, const Twine &message) const {
  return createStringError(inconvertibleErrorCode(),
                           path + ":" + Twine(at.line) + ":" +
                               Twine(at.column) + ": error: " + message);
}

Expected<const Figure *> DataFile::get(StringRef key, StringRef unit) const {
  const Figure *figure = find(key);
  if (!figure) {
    return makeError(nameAt,
                     "figure '" + key + "' is missing; expects it in " + unit);
  }
  if (figure->unit != unit) {
    return makeError(figure->at, "figure '" + key + "' is in '" + figure->unit +
                                     "'; expects '" + unit + "'");
  }
  return figure;
}

namespace {

/// Walks the document; the first error stays.
class Parser {
public:
  Parser(StringRef text, StringRef path, const DataFileKeys &keys,
         const Bibliography &documents)
      : keys(keys), documents(documents),
        stream(MemoryBufferRef(text, path), sources) {
    file.path = path.str();
    sources.setDiagHandler(
        [](const SMDiagnostic &diagnostic, void *self) {
          auto *parser = static_cast<Parser *>(self);
          parser->fail({unsigned(std::max(1, diagnostic.getLineNo())),
                        unsigned(diagnostic.getColumnNo() + 1)},
                       diagnostic.getMessage());
        },
        this);
  }

  Expected<DataFile> parse();

private:
  DataFile file;
  const DataFileKeys &keys;
  const Bibliography &documents;
  SourceMgr sources;
  yaml::Stream stream;
  std::string message;
  Location messageAt;

  void fail(Location at, const Twine &text) {
    if (message.empty()) {
      message = text.str();
      messageAt = at;
    }
  }
  Location locationOf(yaml::Node *node) {
    SMLoc start = node ? node->getSourceRange().Start : SMLoc();
    unsigned buffer =
        start.isValid() ? sources.FindBufferContainingLoc(start) : 0;
    if (buffer == 0) { // What the parser made up for text that is not there.
      return {};
    }
    auto [line, column] = sources.getLineAndColumn(start, buffer);
    return {line, column};
  }
  std::string scalar(yaml::Node *node, const Twine &what);
  std::vector<std::string> list(yaml::Node *node, const Twine &what);
  void parseRootKey(yaml::KeyValueNode &entry);
  void parseSources(yaml::Node *node);
  void parseFigures(yaml::Node *node);
  Figure parseFigure(StringRef key, yaml::MappingNode *map, Location at);
  std::string parseSource(yaml::Node *node);
  void check(const Figure &figure, bool hasValue);
  std::string rootKeys() const;
};

} // namespace

std::string Parser::scalar(yaml::Node *node, const Twine &what) {
  SmallString<64> storage;
  if (auto *text = dyn_cast_or_null<yaml::ScalarNode>(node)) {
    return text->getValue(storage).str();
  }
  if (auto *block = dyn_cast_or_null<yaml::BlockScalarNode>(node)) {
    return block->getValue().trim().str();
  }
  fail(locationOf(node), what + " expects a value");
  if (node) {
    node->skip();
  }
  return "";
}

std::vector<std::string> Parser::list(yaml::Node *node, const Twine &what) {
  std::vector<std::string> items;
  auto *sequence = dyn_cast_or_null<yaml::SequenceNode>(node);
  if (!sequence) {
    fail(locationOf(node), what + " expects a list: [one, two]");
    if (node) {
      node->skip();
    }
    return items;
  }
  for (yaml::Node &item : *sequence) {
    items.push_back(scalar(&item, what));
  }
  return items;
}

void Parser::check(const Figure &figure, bool hasValue) {
  auto require = [&](bool ok, const Twine &text) {
    if (!ok) {
      fail(figure.at, "figure '" + figure.id + "' " + text);
    }
  };
  require(hasValue, "has no value; expects 'value: NUMBER'");
  require(!figure.unit.empty(),
          "has no unit; expects, for example, 'unit: pJ/B'");
  require(!figure.source.empty(),
          "has no source; expects the document that states it, or 'judgement'");
  require(is_contained(confidences, figure.confidence),
          (figure.confidence.empty()
               ? "has no confidence"
               : "has confidence '" + figure.confidence + "'") +
              "; expects one of " + join(ArrayRef(confidences), ", "));
  require(figure.basis.empty() || is_contained(bases, figure.basis),
          "has basis '" + figure.basis + "'; expects one of " +
              join(ArrayRef(bases), ", "));
  require(figure.range.low <= figure.range.value &&
              figure.range.value <= figure.range.high,
          "lies outside its band; expects low <= value <= high");
}

std::string Parser::parseSource(yaml::Node *node) {
  if (!isa_and_nonnull<yaml::SequenceNode>(node)) {
    return StringRef(scalar(node, "'source'")).trim().str();
  }
  Location at = locationOf(node);
  std::vector<std::string> texts;
  for (const std::string &id : list(node, "'source'")) {
    auto own = file.sources.find(id);
    auto common = documents.find(id);
    if (own != file.sources.end()) {
      texts.push_back(own->second);
    } else if (common != documents.end()) {
      texts.push_back(common->second);
    } else {
      fail(at, "unknown source '" + id +
                   "'; expects a name under 'sources' above the figures or in "
                   "targets/sources/documents.yaml");
    }
  }
  return join(texts, "; ");
}

Figure Parser::parseFigure(StringRef key, yaml::MappingNode *map, Location at) {
  Figure figure;
  figure.id = key.str();
  figure.at = at;
  figure.file = file.path;
  bool hasValue = false, hasLow = false, hasHigh = false;
  StringSet<> seen;
  for (yaml::KeyValueNode &entry : *map) {
    std::string name = scalar(entry.getKey(), "a key");
    Location keyAt = locationOf(entry.getKey());
    if (!seen.insert(name).second) {
      fail(keyAt, "'" + name + "' is given twice; expects it once");
    }
    if (name == "source") {
      figure.source = parseSource(entry.getValue());
      continue;
    }
    std::string text = scalar(entry.getValue(), "'" + name + "'");
    auto number = [&](double &to) {
      if (!to_float(text, to) || !std::isfinite(to) || to < 0) {
        fail(keyAt,
             "'" + name + ": " + text + "' is no number; expects one >= 0");
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
    } else if (name == "basis") {
      figure.basis = text;
    } else if (name == "node") {
      figure.node = text;
    } else if (name == "confidence") {
      figure.confidence = text;
    } else if (name == "note") {
      figure.note = text;
    } else {
      fail(keyAt, "unknown key '" + name +
                      "'; expects value, low, high, unit, basis, node, source, "
                      "confidence or note");
    }
  }
  if (hasLow != hasHigh) {
    fail(at, "figure '" + key + "' has half a band; expects low and high");
  }
  figure.hasRange = hasLow && hasHigh;
  if (!figure.hasRange) {
    figure.range.low = figure.range.high = figure.range.value;
  }
  check(figure, hasValue);
  return figure;
}

void Parser::parseSources(yaml::Node *node) {
  auto *map = dyn_cast_or_null<yaml::MappingNode>(node);
  if (!map) {
    fail(locationOf(node), "'sources' expects a mapping, NAME: \"document\"");
    if (node) {
      node->skip();
    }
    return;
  }
  for (yaml::KeyValueNode &entry : *map) {
    std::string id = scalar(entry.getKey(), "a source");
    Location at = locationOf(entry.getKey());
    std::string text = scalar(entry.getValue(), "source '" + id + "'");
    if (StringRef(text).trim().empty()) {
      fail(at, "source '" + id + "' is empty; expects what document it is");
    }
    if (!file.sources.emplace(id, StringRef(text).trim().str()).second) {
      fail(at, "source '" + id + "' is given twice; expects it once");
    }
  }
}

void Parser::parseFigures(yaml::Node *node) {
  auto *map = dyn_cast_or_null<yaml::MappingNode>(node);
  if (!map) {
    fail(locationOf(node), "'figures' expects a mapping of figures");
    if (node) {
      node->skip();
    }
    return;
  }
  for (yaml::KeyValueNode &entry : *map) {
    std::string key = scalar(entry.getKey(), "a figure");
    Location at = locationOf(entry.getKey());
    auto *body = dyn_cast_or_null<yaml::MappingNode>(entry.getValue());
    if (!body) {
      fail(at, "figure '" + key +
                   "' is a bare value; expects value, unit, source and "
                   "confidence");
      entry.skip();
      continue;
    }
    Figure figure = parseFigure(key, body, at);
    if (!file.figures.emplace(key, std::move(figure)).second) {
      fail(at, "figure '" + key + "' is given twice; expects it once");
    }
  }
}

std::string Parser::rootKeys() const {
  std::string text = "name, title, aliases";
  for (ArrayRef<StringLiteral> more : {keys.scalars, keys.lists}) {
    for (StringRef key : more) {
      text += ", " + key.str();
    }
  }
  return text + ", sources or figures";
}

void Parser::parseRootKey(yaml::KeyValueNode &entry) {
  std::string key = scalar(entry.getKey(), "a key");
  Location at = locationOf(entry.getKey());
  yaml::Node *value = entry.getValue();
  if (key == "name") {
    file.name = scalar(value, "'name'");
    file.nameAt = at;
  } else if (key == "title") {
    file.title = scalar(value, "'title'");
  } else if (key == "aliases") {
    file.aliases = list(value, "'aliases'");
  } else if (key == "sources") {
    parseSources(value);
  } else if (key == "figures") {
    parseFigures(value);
  } else if (is_contained(keys.scalars, key)) {
    file.scalars[key] = scalar(value, "'" + key + "'");
  } else if (is_contained(keys.lists, key)) {
    file.lists[key] = list(value, "'" + key + "'");
  } else {
    fail(at, "unknown key '" + key + "'; expects " + rootKeys());
    entry.skip();
  }
}

Expected<DataFile> Parser::parse() {
  auto document = stream.begin();
  auto *root = document == stream.end()
                   ? nullptr
                   : dyn_cast_or_null<yaml::MappingNode>(document->getRoot());
  StringSet<> seen;
  if (!root) {
    fail({}, "is no data file; expects name, title and figures");
  } else {
    for (yaml::KeyValueNode &entry : *root) {
      Location at = locationOf(entry.getKey());
      std::string key = scalar(entry.getKey(), "a key");
      if (!seen.insert(key).second) {
        fail(at, "'" + key + "' is given twice; expects it once");
      }
      parseRootKey(entry);
    }
  }
  if (file.name.empty()) {
    fail(file.nameAt, "has no name; expects 'name: NAME'");
  }
  if (!message.empty()) {
    return file.makeError(messageAt, message);
  }
  return std::move(file);
}

Expected<DataFile> acc::data::parseDataFile(StringRef text, StringRef path,
                                            const DataFileKeys &keys,
                                            const Bibliography &documents) {
  if (Error error = checkYamlNesting(text, path)) {
    return std::move(error);
  }
  return Parser(text, path, keys, documents).parse();
}
