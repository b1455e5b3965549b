//===- Call.cpp - Inner graphs and functions ------------------------------===//
//
// Graphs in attributes and functions are imported in place, as often as they
// are called.
//
//===----------------------------------------------------------------------===//

#include "compiler-driver/Import/Onnx/ImportContext.h"

using namespace mlir;

namespace acc {

namespace {

constexpr unsigned maxCallDepth = 64;
constexpr int64_t newestOpset = 24;

/// Sets the attributes that refer to the caller's.
void bindAttributes(OnnxNode &node,
                    const std::map<std::string, OnnxAttribute> &given) {
  std::map<std::string, OnnxAttribute> attributes;
  for (auto &[name, attribute] : node.attributes) {
    if (attribute.kind == OnnxAttribute::Reference) {
      auto it = given.find(attribute.stringValue);
      if (it != given.end()) {
        attributes[name] = it->second;
      }
      continue;
    }
    OnnxAttribute bound = attribute;
    if (bound.graph) {
      auto graph = std::make_shared<OnnxGraph>(*bound.graph);
      for (OnnxNode &inner : graph->nodes) {
        bindAttributes(inner, given);
      }
      bound.graph = std::move(graph);
    }
    attributes[name] = std::move(bound);
  }
  node.attributes = std::move(attributes);
}

} // namespace

std::vector<OnnxValue> ImportContext::call(const OnnxGraph &graph,
                                           ArrayRef<OnnxValue> inputs) {
  require(inputs.size() == graph.inputs.size(),
          "a graph has " + Twine(graph.inputs.size()) + " inputs; " +
              Twine(inputs.size()) + " are expected");
  // Names are put back as they were: a graph may be called again.
  std::vector<std::pair<std::string, std::optional<OnnxValue>>> before;
  auto remember = [&](StringRef name) {
    auto it = values.find(name);
    before.emplace_back(name.str(), it == values.end()
                                        ? std::nullopt
                                        : std::optional(it->second));
  };
  for (auto [info, value] : llvm::zip_equal(graph.inputs, inputs)) {
    remember(info.name);
    values[info.name] = value;
  }
  for (const auto &entry : graph.initializers) {
    remember(entry.getKey());
    values[entry.getKey()] = makeConstant(entry.getValue());
  }
  for (const OnnxNode &inner : graph.nodes) {
    for (const std::string &output : inner.outputs) {
      if (!output.empty()) {
        remember(output);
      }
    }
  }
  importInner(graph.nodes);
  std::vector<OnnxValue> results;
  for (const OnnxValueInfo &info : graph.outputs) {
    auto it = values.find(info.name);
    if (it == values.end()) {
      unsupported("output '" + info.name +
                  "' of a graph is one that its node does not compute here");
    }
    results.push_back(it->second);
  }
  for (auto &[name, value] : llvm::reverse(before)) {
    if (value) {
      values[name] = std::move(*value);
    } else {
      values.erase(name);
    }
  }
  return results;
}

void ImportContext::importInner(ArrayRef<OnnxNode> nodes) {
  const OnnxNode *caller = node;
  try {
    importNodes(nodes);
  } catch (ImportFailure &failure) {
    // Inner names mean nothing around the node, its operands do.
    if (!failure.neededValues.empty()) {
      llvm::append_range(failure.neededValues, caller->inputs);
      llvm::append_range(failure.neededValues, caller->captured);
    }
    throw;
  }
}

std::vector<OnnxValue>
ImportContext::apply(StringRef op, Inputs inputs,
                     std::map<std::string, OnnxAttribute> attributes,
                     unsigned outputs) {
  OnnxNode inner;
  inner.name = node->getLabel();
  inner.opType = op.str();
  inner.attributes = std::move(attributes);
  llvm::StringMap<OnnxValue> scope;
  for (auto [i, value] : llvm::enumerate(inputs)) {
    inner.inputs.push_back(value ? "input_" + std::to_string(i) : "");
    if (value) {
      scope[inner.inputs.back()] = *value;
    }
  }
  for (unsigned i = 0; i < outputs; ++i) {
    inner.outputs.push_back("output_" + std::to_string(i));
  }
  std::set<std::string> missing;
  std::swap(values, scope);
  std::swap(absent, missing);
  int64_t outerOpset = opsetVersion;
  opsetVersion = newestOpset;
  importInner(inner);
  opsetVersion = outerOpset;
  std::swap(absent, missing);
  std::swap(values, scope);
  std::vector<OnnxValue> results;
  for (const std::string &output : inner.outputs) {
    results.push_back(scope[output]);
  }
  return results;
}

void ImportContext::call(const OnnxFunction &function) {
  if (callDepth >= maxCallDepth) {
    fail("functions call each other more than " + Twine(maxCallDepth) +
         " deep");
  }
  const OnnxGraph &body = function.body;
  require(node->inputs.size() <= body.inputs.size() &&
              node->outputs.size() <= body.outputs.size(),
          "has more inputs or outputs than its function");
  std::map<std::string, OnnxAttribute> given = node->attributes;
  given.insert(function.defaults.begin(), function.defaults.end());
  std::vector<OnnxNode> nodes = body.nodes;
  for (OnnxNode &inner : nodes) {
    bindAttributes(inner, given);
  }
  llvm::StringMap<OnnxValue> inner;
  std::set<std::string> missing;
  for (auto [i, info] : llvm::enumerate(body.inputs)) {
    if (has(i)) {
      inner[info.name] = lookUp(i);
    } else {
      missing.insert(info.name);
    }
  }
  for (const auto &entry : body.initializers) {
    inner[entry.getKey()] = makeConstant(entry.getValue());
  }
  // A function sees nothing of what is around it.
  std::swap(values, inner);
  std::swap(absent, missing);
  int64_t outerOpset = opsetVersion;
  opsetVersion = function.opset ? function.opset : opsetVersion;
  ++callDepth;
  importInner(nodes);
  --callDepth;
  opsetVersion = outerOpset;
  std::swap(absent, missing);
  std::swap(values, inner);
  for (auto [i, info] : llvm::enumerate(body.outputs)) {
    auto it = inner.find(info.name);
    if (hasOutput(i) && it != inner.end()) {
      out(it->second, i);
    }
  }
}

} // namespace acc
