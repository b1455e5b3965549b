//===- ImportContext.cpp - State of one import ----------------------------===//

#include "compiler-driver/Import/Onnx/ImportContext.h"
#include "compiler-driver/Import/Onnx/FoldSupport.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;

namespace acc {

OnnxAttribute OnnxAttribute::ofInt(int64_t value) {
  OnnxAttribute attribute;
  attribute.kind = Int;
  attribute.intValue = value;
  return attribute;
}

OnnxAttribute OnnxAttribute::ofFloat(double value) {
  OnnxAttribute attribute;
  attribute.kind = Float;
  attribute.floatValue = value;
  return attribute;
}

OnnxAttribute OnnxAttribute::ofString(StringRef value) {
  OnnxAttribute attribute;
  attribute.kind = String;
  attribute.stringValue = value.str();
  return attribute;
}

int64_t OnnxValue::numElements() const {
  int64_t count = 1;
  for (int64_t size : shape) {
    count *= size;
  }
  return count;
}

OnnxValue makeConstant(std::shared_ptr<const HostTensor> tensor) {
  OnnxValue value;
  value.dtype = tensor->dtype;
  value.shape.assign(tensor->shape.begin(), tensor->shape.end());
  value.constant = std::move(tensor);
  return value;
}

OnnxValue makeConstant(HostTensor tensor) {
  return makeConstant(std::make_shared<const HostTensor>(std::move(tensor)));
}

OnnxValue makeValue(Value tensor, DType dtype) {
  OnnxValue value;
  value.dtype = dtype;
  llvm::append_range(value.shape,
                     cast<RankedTensorType>(tensor.getType()).getShape());
  value.base = tensor;
  for (unsigned i = 0; i < value.shape.size(); ++i) {
    value.dims.push_back(i);
  }
  return value;
}

Type getStorageType(MLIRContext *context, DType dtype) {
  switch (dtype) {
  case DType::F32:
  case DType::F64:
  case DType::F8E8M0: // Of f32's exponents.
    return Float32Type::get(context);
  // Every number of the smaller floats is one of f16.
  case DType::F8E4M3FN:
  case DType::F8E4M3FNUZ:
  case DType::F8E5M2:
  case DType::F8E5M2FNUZ:
  case DType::F4E2M1:
  case DType::F16:
    return Float16Type::get(context);
  case DType::BF16:
    return BFloat16Type::get(context);
  case DType::I8:
  case DType::U8:
  case DType::I4:
  case DType::U4:
  case DType::I2:
  case DType::U2:
    return IntegerType::get(context, 8);
  case DType::Bool:
    return IntegerType::get(context, 1);
  default:
    return IntegerType::get(context, 32);
  }
}

IntRange getRange(const OnnxValue &value) {
  if (!value.isConstant()) {
    IntRange stored = isWide(value) ? IntRange{}
                      : isUnsignedInteger(value.dtype)
                          ? IntRange{0, INT32_MAX}
                          : IntRange{INT32_MIN, INT32_MAX};
    IntRange type = getTypeRange(value.dtype);
    return value.range.value_or(IntRange{std::max(stored.low, type.low),
                                         std::min(stored.high, type.high)});
  }
  IntRange range{INT64_MAX, INT64_MIN};
  for (int64_t i = 0, n = value.constant->getNumElements(); i < n; ++i) {
    int64_t number = value.constant->getInteger(i);
    range = unite(range, {number, number});
  }
  return value.numElements() == 0 ? IntRange{0, 0} : range;
}

bool isWide(const OnnxValue &value) {
  if (value.base) {
    return getElementTypeOrSelf(value.base.getType()).isInteger(64);
  }
  return exceeds32(value.dtype) && !getRange(value).fits32();
}

static std::string nodePrefix(const ImportContext &context) {
  std::string text = context.model.path + ": ";
  if (context.node) {
    text += "node '" + context.node->getLabel() + "' (" +
            (context.node->domain.empty() ? "" : context.node->domain + ".") +
            context.node->opType + "): ";
  }
  return text;
}

void ImportContext::fail(const Twine &message) const {
  throw ImportFailure{nodePrefix(*this) + message.str(), false};
}

void ImportContext::unsupported(const Twine &message) const {
  throw ImportFailure{nodePrefix(*this) + message.str(), true};
}

void ImportContext::needsConstant(unsigned i, const Twine &what) const {
  throw ImportFailure{nodePrefix(*this) + what.str() + " (input " +
                          std::to_string(i) +
                          ") depends on run-time data, so shapes are not known "
                          "when compiling; what comes from a graph input is "
                          "known with --inputs=DIR",
                      /*unsupported=*/true, /*neededValues=*/{node->inputs[i]}};
}

void ImportContext::checkAttributes() const {
  // These do not change what is computed here: hints, training-only settings,
  // and settings that another attribute or input makes irrelevant.
  static const char *const harmless[] = {"saturate",
                                         "momentum",
                                         "softmax_precision",
                                         "seed",
                                         "ratio",
                                         "round_mode",
                                         "stash_type",
                                         "storage_order",
                                         "consumed_inputs",
                                         "training_mode",
                                         "precision",
                                         "q_num_heads",
                                         "kv_num_heads",
                                         "num_heads",
                                         "block_size",
                                         "output_dtype",
                                         "value",
                                         "num_outputs",
                                         "epsilon",
                                         "keepdims",
                                         "extrapolation_value",
                                         "qk_matmul_output_mode",
                                         "sorted",
                                         "noop_with_empty_axes"};
  for (const auto &entry : node->attributes) {
    if (!usedAttributes.count(entry.first) &&
        !llvm::is_contained(harmless, StringRef(entry.first))) {
      unsupported("attribute '" + entry.first + "'");
    }
  }
}

void ImportContext::require(bool condition, const Twine &message) const {
  if (!condition) {
    fail(message);
  }
}

bool ImportContext::has(unsigned i) const {
  return i < node->inputs.size() && !node->inputs[i].empty() &&
         !absent.count(node->inputs[i]);
}

bool ImportContext::hasOutput(unsigned i) const {
  return i < node->outputs.size() && !node->outputs[i].empty();
}

const OnnxValue &ImportContext::in(unsigned i) const {
  const OnnxValue &value = lookUp(i);
  if (value.isSequence()) {
    unsupported("input '" + node->inputs[i] +
                "' is a sequence; a tensor is expected");
  }
  return value;
}

const std::vector<OnnxValue> &ImportContext::sequence(unsigned i) const {
  const OnnxValue &value = lookUp(i);
  require(value.isSequence(), "input '" + node->inputs[i] +
                                  "' is a tensor; a sequence is expected");
  return *value.elements;
}

const OnnxValue &ImportContext::lookUp(unsigned i) const {
  if (!has(i)) {
    fail("input " + Twine(i) + " is missing");
  }
  auto it = values.find(node->inputs[i]);
  if (it == values.end()) {
    unsupported("input '" + node->inputs[i] +
                "' is an output that this importer does not compute");
  }
  return it->second;
}

void ImportContext::out(OnnxValue value, unsigned i) {
  checkShape(value.shape);
  if (hasOutput(i)) {
    values[node->outputs[i]] = std::move(value);
  }
}

void ImportContext::out(HostTensor tensor, unsigned i) {
  if (hasOutput(i)) {
    tensor.name = node->outputs[i];
  }
  out(makeConstant(std::move(tensor)), i);
}

bool ImportContext::hasAttr(StringRef name) const {
  usedAttributes.insert(name.str());
  return node->attributes.count(name.str()) != 0;
}

const OnnxAttribute *ImportContext::attr(StringRef name,
                                         OnnxAttribute::Kind kind) const {
  usedAttributes.insert(name.str());
  auto it = node->attributes.find(name.str());
  if (it == node->attributes.end()) {
    return nullptr;
  }
  static const char *const kinds[] = {
      "a float", "an int",  "a string", "a tensor",    "floats",
      "ints",    "strings", "a graph",  "a reference", "other"};
  if (it->second.kind != kind) {
    // An empty list has no type in old files.
    if (it->second.kind == OnnxAttribute::Other &&
        kind >= OnnxAttribute::Floats) {
      return nullptr;
    }
    fail("attribute '" + name + "' is " + kinds[it->second.kind] + "; " +
         kinds[kind] + " is expected");
  }
  return &it->second;
}

const OnnxGraph &ImportContext::graphAttr(StringRef name) const {
  const OnnxAttribute *found = attr(name, OnnxAttribute::Graph);
  require(found && found->graph, "attribute '" + name + "' is missing");
  return *found->graph;
}

int64_t ImportContext::intAttr(StringRef name, int64_t byDefault) const {
  const OnnxAttribute *found = attr(name, OnnxAttribute::Int);
  return found ? found->intValue : byDefault;
}

int64_t ImportContext::intAttr(StringRef name) const {
  const OnnxAttribute *found = attr(name, OnnxAttribute::Int);
  require(found, "attribute '" + name + "' is missing");
  return found->intValue;
}

double ImportContext::floatAttr(StringRef name, double byDefault) const {
  const OnnxAttribute *found = attr(name, OnnxAttribute::Float);
  return found ? found->floatValue : byDefault;
}

std::string ImportContext::stringAttr(StringRef name,
                                      StringRef byDefault) const {
  const OnnxAttribute *found = attr(name, OnnxAttribute::String);
  return found ? found->stringValue : byDefault.str();
}

std::optional<std::vector<int64_t>>
ImportContext::intsAttr(StringRef name) const {
  const OnnxAttribute *found = attr(name, OnnxAttribute::Ints);
  if (!found) {
    return std::nullopt;
  }
  return found->ints;
}

std::vector<int64_t> ImportContext::constantInts(unsigned i,
                                                 StringRef what) const {
  const OnnxValue &value = in(i);
  if (!value.isConstant()) {
    needsConstant(i, what);
  }
  require(isInteger(value.dtype) || value.dtype == DType::Bool,
          what + " has type " + getName(value.dtype) +
              "; an integer type is expected");
  require(value.rank() <= 1, what + " has shape " + formatShape(value.shape) +
                                 "; a vector is expected");
  return value.constant->toIntegers();
}

int64_t ImportContext::constantInt(unsigned i, StringRef what) const {
  std::vector<int64_t> values = constantInts(i, what);
  require(values.size() == 1,
          what + " has " + Twine(values.size()) + " elements; one is expected");
  return values[0];
}

std::vector<double> ImportContext::constantFloats(unsigned i,
                                                  StringRef what) const {
  const OnnxValue &value = in(i);
  if (!value.isConstant()) {
    needsConstant(i, what);
  }
  return value.constant->toDoubles();
}

double ImportContext::constantScalar(unsigned i, StringRef what) const {
  std::vector<double> values = constantFloats(i, what);
  require(values.size() == 1,
          what + " has " + Twine(values.size()) + " elements; one is expected");
  return values[0];
}

int64_t ImportContext::normalizeAxis(int64_t axis, int64_t rank) const {
  require(axis >= -rank && axis < rank,
          "axis " + Twine(axis) + " is out of range for a tensor of rank " +
              Twine(rank));
  return axis < 0 ? axis + rank : axis;
}

std::vector<int64_t> ImportContext::normalizeAxes(ArrayRef<int64_t> axes,
                                                  int64_t rank) const {
  std::vector<int64_t> result;
  for (int64_t axis : axes) {
    result.push_back(normalizeAxis(axis, rank));
  }
  llvm::sort(result);
  require(std::adjacent_find(result.begin(), result.end()) == result.end(),
          "an axis is given twice");
  return result;
}

std::optional<std::vector<int64_t>> ImportContext::axes(unsigned i) const {
  if (has(i)) {
    return constantInts(i, "axes");
  }
  return intsAttr("axes");
}

void ImportContext::checkShape(ArrayRef<int64_t> shape) const {
  if (llvm::any_of(shape, [](int64_t size) { return size < 0; })) {
    fail("shape " + formatShape(shape) + " is negative");
  }
  // Addresses of a slice's memory have 32 bits. Sizes beside one of 0 are
  // multiplied as well.
  SmallVector<int64_t> others;
  llvm::copy_if(shape, std::back_inserter(others),
                [](int64_t size) { return size != 0; });
  std::optional<int64_t> count = countElements(others);
  if (!count || *count > (int64_t(1) << 32)) {
    unsupported("a tensor of shape " + formatShape(shape) +
                "; one of more than 2^32 elements has no place in a slice");
  }
}

HostTensor ImportContext::makeZeros(StringRef name, DType type,
                                    ArrayRef<int64_t> shape) const {
  checkShape(shape);
  if (*countElements(shape) > foldLimit) {
    unsupported("a constant of shape " + formatShape(shape) +
                ", which this operator is made with; one of " +
                Twine(foldLimit) + " elements is the largest");
  }
  return HostTensor::zeros(name.str(), type, shape);
}

Value ImportContext::materializeConstant(
    const std::shared_ptr<const HostTensor> &tensor) {
  Value &known = constants[tensor.get()];
  if (known) {
    return known;
  }
  owned.push_back(tensor);
  if (std::optional<double> number = tensor->findBeyondFloat()) {
    unsupported("constant '" + tensor->name + "' contains " +
                llvm::formatv("{0:e}", *number).str() +
                "; the machine's floats have 32 bits");
  }
  MLIRContext *context = builder.getContext();
  Type element = isWide(makeConstant(tensor))
                     ? builder.getI64Type()
                     : getStorageType(context, tensor->dtype);
  auto type = RankedTensorType::get(tensor->shape, element);

  std::shared_ptr<const HostTensor> stored = tensor;
  if (tensor->dtype != DType::Bool) {
    DType target = element.isF32()   ? DType::F32
                   : element.isF16() ? DType::F16
                   : element.isInteger(8) && tensor->dtype != DType::U8
                       ? DType::I8
                   : element.isInteger(32) ? DType::I32
                   : element.isInteger(64) ? DType::I64
                                           : tensor->dtype;
    if (target != tensor->dtype) {
      stored = std::make_shared<const HostTensor>(tensor->convertTo(target));
    }
  }

  // Passes give back the memory of what they have read for the last time, so no
  // two constants have it together.
  if (stored->bytes.isOwn() && !blobs.insert(stored->bytes.data()).second) {
    HostTensor copy = *stored;
    copy.bytes = TensorBytes::copyOf(stored->bytes);
    stored = std::make_shared<const HostTensor>(std::move(copy));
  }
  ElementsAttr attribute;
  ArrayRef<char> bytes(stored->bytes);
  if (tensor->dtype == DType::Bool) {
    SmallVector<bool> bits;
    for (char byte : bytes) {
      bits.push_back(byte != 0);
    }
    attribute = DenseElementsAttr::get(type, bits);
  } else if (stored->isSplat()) {
    attribute = DenseElementsAttr::getFromRawBuffer(
        type, bytes.take_front(getByteSize(stored->dtype)));
  } else if (bytes.size() > 1024) {
    // The blob refers to the tensor's bytes and keeps them alive.
    AsmResourceBlob blob(
        bytes, /*dataAlignment=*/getByteSize(stored->dtype),
        [stored](void *, size_t, size_t) {}, /*dataIsMutable=*/false);
    attribute = DenseResourceElementsAttr::get(
        type, tensor->name.empty() ? "constant" : tensor->name,
        std::move(blob));
  } else if (bytes.empty()) {
    attribute = DenseElementsAttr::get(type, ArrayRef<Attribute>());
  } else {
    attribute = DenseElementsAttr::getFromRawBuffer(type, bytes);
  }

  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(builder.getInsertionBlock());
  Location where = NameLoc::get(
      builder.getStringAttr(tensor->name.empty() ? "constant" : tensor->name));
  // `known` is still valid: nothing above adds to the map.
  known = arith::ConstantOp::create(builder, where, type,
                                    cast<TypedAttr>(attribute));
  return known;
}

} // namespace acc
