//===- ModelLoader.cpp - Read an ONNX file --------------------------------===//
//
// The only file of the importer that sees protobuf. It turns a file into an
// OnnxModel or says what is wrong with it.
//
//===----------------------------------------------------------------------===//

#include "compiler-driver/Import/Onnx/Model.h"

#include "compiler-driver/Tensor/Errors.h"
#include "compiler-driver/Tensor/TensorProto.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
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

/// Converts one model; each method returns an error that starts with the file.
class Loader {
public:
  explicit Loader(StringRef path)
      : path(path), directory(sys::path::parent_path(path)) {
    if (directory.empty()) {
      directory = ".";
    }
  }

  Expected<OnnxModel> load();

private:
  Error loadInitializers(::onnx::GraphProto &graph);
  Error loadInputs(const ::onnx::GraphProto &graph);
  Error loadOutputs(const ::onnx::GraphProto &graph);
  Error loadNodes(::onnx::GraphProto &graph);
  Error loadAttribute(Attribute &proto, OnnxNode &node);
  Error sortNodes();
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
  OnnxModel model;
  StringSet<> defined;
};

Error Loader::define(const std::string &name, const Twine &what) {
  if (!defined.insert(name).second) {
    return fail(what + " '" + name + "' is defined twice");
  }
  return Error::success();
}

Expected<OnnxValueInfo>
Loader::loadValueInfo(const ::onnx::ValueInfoProto &proto, StringRef what) {
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

Error Loader::loadInitializers(::onnx::GraphProto &graph) {
  if (graph.sparse_initializer_size() > 0) {
    return makeUnsupportedError(path + ": sparse initializers");
  }
  for (auto &proto : *graph.mutable_initializer()) {
    if (Error error = define(proto.name(), "initializer")) {
      return error;
    }
    Expected<HostTensor> tensor = decodeTensorProto(
        proto, path + ": initializer '" + proto.name() + "'", directory);
    if (!tensor) {
      return tensor.takeError();
    }
    model.initializers[proto.name()] =
        std::make_shared<const HostTensor>(std::move(*tensor));
  }
  return Error::success();
}

Error Loader::loadInputs(const ::onnx::GraphProto &graph) {
  for (const auto &proto : graph.input()) {
    // Up to IR version 3 every initializer was an input as well.
    if (model.initializers.count(proto.name())) {
      continue;
    }
    Expected<OnnxValueInfo> info = loadValueInfo(proto, "input");
    if (!info) {
      return info.takeError();
    }
    if (Error error = define(info->name, "input")) {
      return error;
    }
    model.inputs.push_back(std::move(*info));
  }
  return Error::success();
}

Error Loader::loadOutputs(const ::onnx::GraphProto &graph) {
  if (graph.output_size() == 0) {
    return fail("the graph has no outputs");
  }
  for (const auto &proto : graph.output()) {
    Expected<OnnxValueInfo> info = loadValueInfo(proto, "output");
    if (!info) {
      return info.takeError();
    }
    if (!defined.count(info->name)) {
      return fail("output '" + info->name + "' is not computed by any node");
    }
    model.outputs.push_back(std::move(*info));
  }
  return Error::success();
}

Error Loader::loadAttribute(Attribute &proto, OnnxNode &node) {
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
                                  : Attribute::UNDEFINED;
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
  default:
    break;
  }
  if (!node.attributes.emplace(proto.name(), std::move(attribute)).second) {
    return failNode(node, "attribute '" + proto.name() + "' is given twice");
  }
  return Error::success();
}

Error Loader::loadNodes(::onnx::GraphProto &graph) {
  for (auto &proto : *graph.mutable_node()) {
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
    for (const std::string &output : node.outputs) {
      if (output.empty()) {
        continue;
      }
      if (!defined.insert(output).second) {
        return failNode(node, "output '" + output + "' is defined twice");
      }
    }
    model.nodes.push_back(std::move(node));
  }
  return Error::success();
}

/// Orders the nodes so that each follows those it reads (ONNX demands it, some
/// tools forget it), which fails on a cycle.
Error Loader::sortNodes() {
  StringSet<> ready;
  for (const auto &entry : model.initializers) {
    ready.insert(entry.getKey());
  }
  for (const OnnxValueInfo &input : model.inputs) {
    ready.insert(input.name);
  }
  std::vector<unsigned> missing(model.nodes.size(), 0);
  StringMap<std::vector<unsigned>> readers;
  std::vector<unsigned> order;
  for (unsigned i = 0; i < model.nodes.size(); ++i) {
    const OnnxNode &node = model.nodes[i];
    for (const std::string &input : node.inputs) {
      if (input.empty() || ready.count(input)) {
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
    for (const std::string &output : model.nodes[order[next]].outputs) {
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
  if (order.size() != model.nodes.size()) {
    for (unsigned i = 0; i < model.nodes.size(); ++i) {
      if (missing[i] != 0) {
        return failNode(model.nodes[i],
                        "is part of, or depends on, a cycle; a graph must be "
                        "acyclic");
      }
    }
  }
  bool sorted = true;
  StringSet<> seen;
  for (const OnnxNode &node : model.nodes) {
    for (const std::string &input : node.inputs) {
      sorted &= input.empty() || ready.count(input) || seen.count(input);
    }
    for (const std::string &output : node.outputs) {
      seen.insert(output);
    }
  }
  if (!sorted) {
    std::vector<OnnxNode> nodes;
    for (unsigned i : order) {
      nodes.push_back(std::move(model.nodes[i]));
    }
    model.nodes = std::move(nodes);
  }
  return Error::success();
}

Expected<OnnxModel> Loader::load() {
  model.path = path;
  auto buffer = MemoryBuffer::getFile(path, /*IsText=*/false,
                                      /*RequiresNullTerminator=*/false);
  if (!buffer) {
    return fail("cannot be read: " + buffer.getError().message());
  }
  size_t size = (*buffer)->getBufferSize();
  if (size > INT32_MAX) {
    return fail("is larger than 2 GiB; store the weights as external data");
  }
  if (size == 0) {
    return fail("is empty; an ONNX model is expected");
  }
  ::onnx::ModelProto proto;
  if (!proto.ParseFromArray((*buffer)->getBufferStart(),
                            static_cast<int>(size))) {
    return fail("is not an ONNX model, or is truncated");
  }
  buffer->reset();
  if (!proto.has_graph()) {
    return fail("contains no graph: it is not an ONNX model, or is truncated");
  }
  for (const auto &entry : proto.opset_import()) {
    if (entry.domain().empty() || entry.domain() == "ai.onnx") {
      model.opset = entry.version();
    }
  }
  if (model.opset == 0 && proto.opset_import_size() == 0) {
    return fail("imports no operator set: the file is truncated, or older than "
                "ONNX 1.0");
  }
  if (model.opset < 1 || model.opset > 28) {
    return makeUnsupportedError(path + ": operator set " + Twine(model.opset) +
                                "; sets 7 to 23 are supported");
  }
  ::onnx::GraphProto &graph = *proto.mutable_graph();
  if (Error error = loadInitializers(graph)) {
    return std::move(error);
  }
  if (Error error = loadInputs(graph)) {
    return std::move(error);
  }
  if (Error error = loadNodes(graph)) {
    return std::move(error);
  }
  if (Error error = loadOutputs(graph)) {
    return std::move(error);
  }
  if (Error error = sortNodes()) {
    return std::move(error);
  }
  return std::move(model);
}

} // namespace

Expected<OnnxModel> loadOnnxModel(StringRef path) {
  return Loader(path).load();
}

} // namespace acc
