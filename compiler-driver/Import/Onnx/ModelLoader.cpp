//===- ModelLoader.cpp - Read an ONNX file --------------------------------===//
//
// The only file of the importer that sees protobuf. It turns a file into an
// OnnxModel or says what is wrong with it.
//
//===----------------------------------------------------------------------===//

#include "compiler-driver/Import/Onnx/Model.h"

#include "compiler-driver/Import/Onnx/RawData.h"
#include "compiler-driver/Tensor/Errors.h"
#include "compiler-driver/Tensor/TensorProto.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/unknown_field_set.h>
#include <onnx/defs/schema.h>
#include <onnx/onnx_pb.h>

using namespace llvm;

namespace acc {

std::string OnnxNode::getLabel() const {
  if (!name.empty()) {
    return name;
  }
  for (const std::string &output : outputs) {
    if (!output.empty()) {
      return opType + "_" + output;
    }
  }
  return opType;
}

namespace {

using Attribute = ::onnx::AttributeProto;

constexpr unsigned maxGraphDepth = 32;
constexpr int64_t newestOpset = 28;

/// Converts one graph; each method returns an error that starts with the file.
class GraphLoader {
public:
  GraphLoader(StringRef path, StringRef directory, OnnxGraph &graph,
              const GraphLoader *outer = nullptr)
      : path(path), directory(directory), graph(graph), outer(outer) {}

  /// The graph of a model, or of an attribute if there is an outer one. What
  /// initializers have of `rawData`, if that is not empty, is not in `proto`.
  Error load(::onnx::GraphProto &proto,
             ArrayRef<std::optional<RawData>> rawData = {});
  Error load(::onnx::FunctionProto &proto);
  Error loadAttribute(Attribute &proto, OnnxNode &node);

  /// Values that the graph and those in it read from around it.
  StringSet<> captured;

private:
  Error loadInitializers(::onnx::GraphProto &proto,
                         ArrayRef<std::optional<RawData>> rawData);
  Error loadInputs(const ::onnx::GraphProto &proto);
  Error loadOutputs(const ::onnx::GraphProto &proto);
  template <typename Nodes> Error loadNodes(Nodes &nodes);
  Error loadGraph(::onnx::GraphProto &proto, OnnxNode &node,
                  OnnxAttribute &attribute);
  Error sortNodes();
  bool isKnownAround(StringRef name) const {
    return outer && (outer->defined.count(name) || outer->isKnownAround(name));
  }
  Expected<OnnxValueInfo> loadValueInfo(const ::onnx::ValueInfoProto &proto,
                                        StringRef what);
  Error define(const std::string &name, const Twine &what);

  Error fail(const Twine &message) {
    return makeInputError(path + ": " + message);
  }
  Error failNode(const OnnxNode &node, const Twine &message) {
    return fail("node '" + node.getLabel() + "' (" + node.opType +
                "): " + message);
  }

  std::string path;
  std::string directory;
  OnnxGraph &graph;
  const GraphLoader *outer;
  StringSet<> defined;
};

Error GraphLoader::define(const std::string &name, const Twine &what) {
  if (!defined.insert(name).second) {
    return fail(what + " '" + name + "' is defined twice");
  }
  return Error::success();
}

Expected<OnnxValueInfo>
GraphLoader::loadValueInfo(const ::onnx::ValueInfoProto &proto,
                           StringRef what) {
  std::string where = path + ": " + what.str() + " '" + proto.name() + "'";
  OnnxValueInfo info;
  info.name = proto.name();
  if (info.name.empty()) {
    return fail("a graph " + what + " has no name");
  }
  if (!proto.has_type()) {
    return makeInputError(where + " has no type");
  }
  if (!proto.type().has_tensor_type()) {
    return makeUnsupportedError(where + " is not a tensor (a sequence, map, "
                                        "optional or sparse tensor)");
  }
  const auto &tensor = proto.type().tensor_type();
  std::optional<DType> type = getDTypeFromOnnx(tensor.elem_type());
  if (!type) {
    if (tensor.elem_type() <= 0 || tensor.elem_type() > 26) {
      return makeInputError(where + " has no valid element type");
    }
    return makeUnsupportedError(where + " has element type " +
                                getOnnxTypeName(tensor.elem_type()));
  }
  info.dtype = *type;
  info.hasShape = tensor.has_shape();
  for (const auto &dim : tensor.shape().dim()) {
    OnnxDim entry;
    if (dim.has_dim_value()) {
      entry.size = dim.dim_value();
      // Some exporters write -1 for "unknown"; anything below is an error.
      if (entry.size < -1 || entry.size > (int64_t(1) << 40)) {
        return makeInputError(where + " has a dimension of size " +
                              Twine(entry.size));
      }
    } else {
      entry.symbol = dim.dim_param();
    }
    info.shape.push_back(std::move(entry));
  }
  return info;
}

Error GraphLoader::loadInitializers(::onnx::GraphProto &from,
                                    ArrayRef<std::optional<RawData>> rawData) {
  if (from.sparse_initializer_size() > 0) {
    return makeUnsupportedError(path + ": sparse initializers");
  }
  for (auto [i, proto] : enumerate(*from.mutable_initializer())) {
    if (Error error = define(proto.name(), "initializer")) {
      return error;
    }
    Expected<HostTensor> tensor = decodeTensorProto(
        proto, path + ": initializer '" + proto.name() + "'", directory,
        rawData.empty() ? std::nullopt : rawData[i]);
    if (!tensor) {
      return tensor.takeError();
    }
    graph.initializers[proto.name()] =
        std::make_shared<const HostTensor>(std::move(*tensor));
  }
  return Error::success();
}

Error GraphLoader::loadInputs(const ::onnx::GraphProto &from) {
  for (const auto &proto : from.input()) {
    // Up to IR version 3 every initializer was an input as well.
    if (graph.initializers.count(proto.name())) {
      continue;
    }
    if (outer) {
      graph.inputs.emplace_back();
      graph.inputs.back().name = proto.name();
      if (Error error = define(proto.name(), "input")) {
        return error;
      }
      continue;
    }
    Expected<OnnxValueInfo> info = loadValueInfo(proto, "input");
    if (!info) {
      return info.takeError();
    }
    if (Error error = define(info->name, "input")) {
      return error;
    }
    graph.inputs.push_back(std::move(*info));
  }
  return Error::success();
}

Error GraphLoader::loadOutputs(const ::onnx::GraphProto &from) {
  if (from.output_size() == 0 && !outer) {
    return fail("the graph has no outputs");
  }
  for (const auto &proto : from.output()) {
    if (outer) {
      // A value from around the graph may be its output, too.
      if (!defined.count(proto.name())) {
        if (!isKnownAround(proto.name())) {
          return fail("output '" + proto.name() +
                      "' is not computed by any node");
        }
        captured.insert(proto.name());
      }
      graph.outputs.emplace_back();
      graph.outputs.back().name = proto.name();
      continue;
    }
    Expected<OnnxValueInfo> info = loadValueInfo(proto, "output");
    if (!info) {
      return info.takeError();
    }
    if (!defined.count(info->name)) {
      return fail("output '" + info->name + "' is not computed by any node");
    }
    graph.outputs.push_back(std::move(*info));
  }
  return Error::success();
}

Error GraphLoader::loadGraph(::onnx::GraphProto &proto, OnnxNode &node,
                             OnnxAttribute &attribute) {
  unsigned depth = 0;
  for (const GraphLoader *around = this; around; around = around->outer) {
    ++depth;
  }
  if (depth > maxGraphDepth) {
    return failNode(node, "graphs are nested more than " +
                              Twine(maxGraphDepth) + " deep");
  }
  auto inner = std::make_shared<OnnxGraph>();
  GraphLoader loader(path, directory, *inner, this);
  if (Error error = loader.load(proto)) {
    return error;
  }
  for (const auto &entry : loader.captured) {
    node.captured.push_back(entry.getKey().str());
  }
  llvm::sort(node.captured);
  attribute.graph = std::move(inner);
  return Error::success();
}

Error GraphLoader::loadAttribute(Attribute &proto, OnnxNode &node) {
  OnnxAttribute attribute;
  int type = proto.type();
  if (type == Attribute::UNDEFINED) {
    // IR versions below 3 had no type; it follows from the field that is set.
    type = proto.has_f()          ? Attribute::FLOAT
           : proto.has_i()        ? Attribute::INT
           : proto.has_s()        ? Attribute::STRING
           : proto.has_t()        ? Attribute::TENSOR
           : proto.floats_size()  ? Attribute::FLOATS
           : proto.ints_size()    ? Attribute::INTS
           : proto.strings_size() ? Attribute::STRINGS
           : proto.has_g()        ? Attribute::GRAPH
                                  : Attribute::UNDEFINED;
  }
  if (!proto.ref_attr_name().empty()) {
    attribute.kind = OnnxAttribute::Reference;
    attribute.stringValue = proto.ref_attr_name();
    type = Attribute::UNDEFINED;
  }
  switch (type) {
  case Attribute::FLOAT:
    attribute.kind = OnnxAttribute::Float;
    attribute.floatValue = proto.f();
    break;
  case Attribute::INT:
    attribute.kind = OnnxAttribute::Int;
    attribute.intValue = proto.i();
    break;
  case Attribute::STRING:
    attribute.kind = OnnxAttribute::String;
    attribute.stringValue = proto.s();
    break;
  case Attribute::TENSOR: {
    attribute.kind = OnnxAttribute::Tensor;
    Expected<HostTensor> tensor = decodeTensorProto(
        *proto.mutable_t(),
        path + ": node '" + node.getLabel() + "' (" + node.opType +
            "): attribute '" + proto.name() + "'",
        directory);
    if (!tensor) {
      return tensor.takeError();
    }
    attribute.tensor = std::make_shared<const HostTensor>(std::move(*tensor));
    break;
  }
  case Attribute::FLOATS:
    attribute.kind = OnnxAttribute::Floats;
    attribute.floats.assign(proto.floats().begin(), proto.floats().end());
    break;
  case Attribute::INTS:
    attribute.kind = OnnxAttribute::Ints;
    attribute.ints.assign(proto.ints().begin(), proto.ints().end());
    break;
  case Attribute::STRINGS:
    attribute.kind = OnnxAttribute::Strings;
    attribute.strings.assign(proto.strings().begin(), proto.strings().end());
    break;
  case Attribute::GRAPH:
    attribute.kind = OnnxAttribute::Graph;
    if (Error error = loadGraph(*proto.mutable_g(), node, attribute)) {
      return error;
    }
    break;
  default:
    break;
  }
  if (!node.attributes.emplace(proto.name(), std::move(attribute)).second) {
    return failNode(node, "attribute '" + proto.name() + "' is given twice");
  }
  return Error::success();
}

template <typename Nodes> Error GraphLoader::loadNodes(Nodes &nodes) {
  // Graphs in attributes may read what a later node defines.
  for (const auto &proto : nodes) {
    for (const std::string &output : proto.output()) {
      if (!output.empty() && !defined.insert(output).second) {
        return fail("node '" + proto.name() + "' (" + proto.op_type() +
                    "): output '" + output + "' is defined twice");
      }
    }
  }
  for (auto &proto : nodes) {
    OnnxNode node;
    node.name = proto.name();
    node.opType = proto.op_type();
    node.domain = proto.domain() == "ai.onnx" ? "" : proto.domain();
    node.inputs.assign(proto.input().begin(), proto.input().end());
    node.outputs.assign(proto.output().begin(), proto.output().end());
    if (node.opType.empty()) {
      return failNode(node, "has no operator type");
    }
    for (auto &attribute : *proto.mutable_attribute()) {
      if (Error error = loadAttribute(attribute, node)) {
        return error;
      }
    }
    graph.nodes.push_back(std::move(node));
  }
  return Error::success();
}

/// Orders the nodes so that each follows those it reads (ONNX demands it, some
/// tools forget it), which fails on a cycle.
Error GraphLoader::sortNodes() {
  StringSet<> ready;
  for (const auto &entry : graph.initializers) {
    ready.insert(entry.getKey());
  }
  for (const OnnxValueInfo &input : graph.inputs) {
    ready.insert(input.name);
  }
  std::vector<unsigned> missing(graph.nodes.size(), 0);
  StringMap<std::vector<unsigned>> readers;
  std::vector<unsigned> order;
  for (unsigned i = 0; i < graph.nodes.size(); ++i) {
    const OnnxNode &node = graph.nodes[i];
    std::vector<std::string> read = node.inputs;
    llvm::append_range(read, node.captured);
    for (const std::string &input : read) {
      if (input.empty() || ready.count(input)) {
        continue;
      }
      if (!defined.count(input) && isKnownAround(input)) {
        captured.insert(input);
        continue;
      }
      if (!defined.count(input)) {
        return failNode(node, "reads '" + input +
                                  "', which is neither an input, an "
                                  "initializer nor the output of a node");
      }
      readers[input].push_back(i);
      ++missing[i];
    }
    if (missing[i] == 0) {
      order.push_back(i);
    }
  }
  // Kahn's algorithm; the file's order is kept where it is already right.
  for (size_t next = 0; next < order.size(); ++next) {
    for (const std::string &output : graph.nodes[order[next]].outputs) {
      auto it = readers.find(output);
      if (output.empty() || it == readers.end()) {
        continue;
      }
      for (unsigned reader : it->second) {
        if (--missing[reader] == 0) {
          order.push_back(reader);
        }
      }
    }
  }
  if (order.size() != graph.nodes.size()) {
    for (unsigned i = 0; i < graph.nodes.size(); ++i) {
      if (missing[i] != 0) {
        return failNode(graph.nodes[i],
                        "is part of, or depends on, a cycle; a graph must be "
                        "acyclic");
      }
    }
  }
  bool sorted = true;
  StringSet<> seen;
  for (const OnnxNode &node : graph.nodes) {
    for (const std::vector<std::string> *read :
         {&node.inputs, &node.captured}) {
      for (const std::string &input : *read) {
        sorted &= input.empty() || ready.count(input) || seen.count(input) ||
                  !defined.count(input);
      }
    }
    for (const std::string &output : node.outputs) {
      seen.insert(output);
    }
  }
  if (!sorted) {
    std::vector<OnnxNode> nodes;
    for (unsigned i : order) {
      nodes.push_back(std::move(graph.nodes[i]));
    }
    graph.nodes = std::move(nodes);
  }
  return Error::success();
}

Error GraphLoader::load(::onnx::GraphProto &proto,
                        ArrayRef<std::optional<RawData>> rawData) {
  if (Error error = loadInitializers(proto, rawData)) {
    return error;
  }
  if (Error error = loadInputs(proto)) {
    return error;
  }
  if (Error error = loadNodes(*proto.mutable_node())) {
    return error;
  }
  if (Error error = loadOutputs(proto)) {
    return error;
  }
  return sortNodes();
}

Error GraphLoader::load(::onnx::FunctionProto &proto) {
  for (const std::string &name : proto.input()) {
    graph.inputs.emplace_back();
    graph.inputs.back().name = name;
    if (Error error = define(name, "input")) {
      return error;
    }
  }
  if (Error error = loadNodes(*proto.mutable_node())) {
    return error;
  }
  for (const std::string &name : proto.output()) {
    graph.outputs.emplace_back();
    graph.outputs.back().name = name;
    if (!defined.count(name)) {
      return fail("function '" + proto.name() + "': output '" + name +
                  "' is not computed by any node");
    }
  }
  return sortNodes();
}

/// The operator set that a model or function imports; 0 if none.
template <typename Proto> int64_t getOpset(const Proto &proto) {
  int64_t opset = 0;
  for (const auto &entry : proto.opset_import()) {
    if (entry.domain().empty() || entry.domain() == "ai.onnx") {
      opset = entry.version();
    }
  }
  return opset;
}

/// `where` starts every message.
Expected<OnnxFunction> loadFunction(::onnx::FunctionProto &from,
                                    ArrayRef<Attribute> defaults,
                                    StringRef where, StringRef directory) {
  OnnxFunction function;
  function.opset = getOpset(from);
  GraphLoader loader(where, directory, function.body);
  if (Error error = loader.load(from)) {
    return std::move(error);
  }
  OnnxNode node;
  for (Attribute attribute : defaults) {
    if (Error error = loader.loadAttribute(attribute, node)) {
      return std::move(error);
    }
  }
  function.defaults = std::move(node.attributes);
  return function;
}

Error loadFunctions(::onnx::ModelProto &proto, StringRef directory,
                    OnnxModel &model) {
  for (auto &from : *proto.mutable_functions()) {
    std::string where = model.path + ": function '" + from.name() + "'";
    // The field `attribute_proto` is newer than the protobuf description that
    // we may be built with.
    constexpr int defaultsField = 11;
    SmallVector<Attribute> defaults;
    const auto &unknown = from.GetReflection()->GetUnknownFields(from);
    for (int i = 0; i < unknown.field_count(); ++i) {
      const google::protobuf::UnknownField &field = unknown.field(i);
      if (field.number() != defaultsField) {
        continue;
      }
      if (field.type() !=
              google::protobuf::UnknownField::TYPE_LENGTH_DELIMITED ||
          !defaults.emplace_back().ParseFromString(field.length_delimited())) {
        return makeInputError(where + ": field 11 (attribute_proto) is no "
                                      "attribute");
      }
    }
    Expected<OnnxFunction> function =
        loadFunction(from, defaults, where, directory);
    if (!function) {
      return function.takeError();
    }
    if (!model.functions
             .emplace(std::make_pair(from.domain(), from.name()),
                      std::move(*function))
             .second) {
      return makeInputError(where + " is defined twice");
    }
  }
  return Error::success();
}

/// A message, and the raw data of its graph's initializers.
struct ParsedModel {
  ::onnx::ModelProto proto;
  std::vector<std::optional<RawData>> rawData;
};

/// `owner` keeps the bytes.
Error parseProto(StringRef bytes, const std::shared_ptr<const void> &owner,
                 StringRef path, ParsedModel &model) {
  auto fail = [&](const Twine &message) {
    return makeInputError(path + ": " + message);
  };
  if (bytes.size() > INT32_MAX) {
    return fail("is larger than 2 GiB; store the weights as external data");
  }
  if (bytes.empty()) {
    return fail("is empty; an ONNX model is expected");
  }
  std::optional<LightModel> light = takeOutRawData(bytes);
  if (!light || !model.proto.ParseFromString(light->message)) {
    return fail("is not an ONNX model, or is truncated");
  }
  if (!model.proto.has_graph()) {
    return fail("contains no graph: it is not an ONNX model, or is truncated");
  }
  for (std::optional<ArrayRef<char>> raw : light->rawData) {
    auto &entry = model.rawData.emplace_back();
    if (raw) {
      entry = RawData{*raw, owner};
    }
  }
  return Error::success();
}

Expected<OnnxModel> loadProto(ParsedModel &parsed, StringRef path) {
  ::onnx::ModelProto &proto = parsed.proto;
  OnnxModel model;
  model.path = path.str();
  StringRef directory = sys::path::parent_path(path);
  directory = directory.empty() ? "." : directory;
  model.opset = getOpset(proto);
  if (model.opset == 0 && proto.opset_import_size() != 0) {
    model.opset = newestOpset; // Other domains only.
  }
  if (model.opset == 0 && proto.opset_import_size() == 0) {
    return makeInputError(path + ": imports no operator set: the file is "
                                 "truncated, or older than ONNX 1.0");
  }
  if (model.opset < 1 || model.opset > newestOpset) {
    return makeUnsupportedError(path + ": operator set " + Twine(model.opset) +
                                "; sets 1 to " + Twine(newestOpset) +
                                " are supported");
  }
  if (Error error = loadFunctions(proto, directory, model)) {
    return std::move(error);
  }
  if (Error error = GraphLoader(path, directory, model)
                        .load(*proto.mutable_graph(), parsed.rawData)) {
    return std::move(error);
  }
  return std::move(model);
}

} // namespace

Expected<OnnxModel> parseOnnxModel(StringRef bytes,
                                   const std::shared_ptr<const void> &owner,
                                   StringRef path) {
  ParsedModel model;
  if (Error error = parseProto(bytes, owner, path, model)) {
    return std::move(error);
  }
  return loadProto(model, path);
}

Expected<OnnxModel> loadOnnxModel(StringRef path) {
  auto buffer = MemoryBuffer::getFile(path, /*IsText=*/false,
                                      /*RequiresNullTerminator=*/false);
  if (!buffer) {
    return makeInputError(path +
                          ": cannot be read: " + buffer.getError().message());
  }
  std::shared_ptr<MemoryBuffer> owner = std::move(*buffer);
  return parseOnnxModel(owner->getBuffer(), owner, path);
}

std::optional<OnnxFunction> findStandardFunction(StringRef name,
                                                 int64_t opset) {
  const ::onnx::OpSchema *schema = ::onnx::OpSchemaRegistry::Schema(
      name.str(), static_cast<int>(opset), /*domain=*/"");
  if (!schema || !schema->HasFunction()) {
    return std::nullopt;
  }
  SmallVector<Attribute> defaults;
  for (const auto &entry : schema->attributes()) {
    if (entry.second.default_value.has_name()) {
      defaults.push_back(entry.second.default_value);
    }
  }
  ::onnx::FunctionProto proto = *schema->GetFunction();
  return cantFail(loadFunction(proto, defaults, name, /*directory=*/""));
}

} // namespace acc
