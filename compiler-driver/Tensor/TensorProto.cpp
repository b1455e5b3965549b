//===- TensorProto.cpp - Decode ONNX tensors ------------------------------===//

#include "compiler-driver/Tensor/TensorProto.h"

#include "compiler-driver/Tensor/Errors.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

#include <onnx/onnx_pb.h>

#include <cstring>

using namespace llvm;

namespace acc {

namespace {

using Proto = ::onnx::TensorProto;

const std::pair<int, DType> typeTable[] = {
    {Proto::FLOAT, DType::F32},
    {Proto::FLOAT16, DType::F16},
    {Proto::BFLOAT16, DType::BF16},
    {Proto::DOUBLE, DType::F64},
    {Proto::INT8, DType::I8},
    {Proto::UINT8, DType::U8},
    {Proto::INT16, DType::I16},
    {Proto::UINT16, DType::U16},
    {Proto::INT32, DType::I32},
    {Proto::UINT32, DType::U32},
    {Proto::INT64, DType::I64},
    {Proto::UINT64, DType::U64},
    {Proto::BOOL, DType::Bool},
    // Newer than the protobuf description that we may be built with.
    {17, DType::F8E4M3FN},
    {18, DType::F8E4M3FNUZ},
    {19, DType::F8E5M2},
    {20, DType::F8E5M2FNUZ},
    {21, DType::U4},
    {22, DType::I4},
    {23, DType::F4E2M1},
    {24, DType::F8E8M0},
    {25, DType::U2},
    {26, DType::I2},
};

/// Numbers of element types that we recognise only to name them.
const std::pair<int, const char *> otherTypes[] = {
    {0, "undefined"},
    {8, "string"},
    {14, "complex64"},
    {15, "complex128"},
};

uint64_t getFileBytes(DType type, uint64_t count) {
  return (count * getFileBits(type) + 7) / 8;
}

/// Spreads the elements of a file, of which several may share a byte (the
/// first in the low bits), to a byte each.
void unpack(const uint8_t *packed, HostTensor &tensor) {
  unsigned bits = getFileBits(tensor.dtype);
  uint8_t mask = static_cast<uint8_t>((1u << bits) - 1);
  for (int64_t i = 0, n = tensor.getNumElements(); i < n; ++i) {
    uint8_t code = packed[i * bits / 8] >> (i * bits % 8) & mask;
    if (isFloat(tensor.dtype)) {
      tensor.bytes.data()[i] = static_cast<char>(code);
    } else {
      tensor.setInteger(i, code);
    }
  }
}

std::string pack(const HostTensor &tensor) {
  unsigned bits = getFileBits(tensor.dtype);
  uint8_t mask = static_cast<uint8_t>((1u << bits) - 1);
  int64_t count = tensor.getNumElements();
  std::string packed(getFileBytes(tensor.dtype, count), 0);
  for (int64_t i = 0; i < count; ++i) {
    uint8_t code = static_cast<uint8_t>(tensor.bytes.data()[i]) & mask;
    packed[i * bits / 8] =
        static_cast<char>(packed[i * bits / 8] | code << (i * bits % 8));
  }
  return packed;
}

/// Copies a typed repeated field, element by element.
template <typename Field>
Error copyField(const Field &field, HostTensor &tensor, StringRef where) {
  int64_t count = tensor.getNumElements();
  if (getFileBits(tensor.dtype) < 8) {
    // Each number of the field is a byte of packed elements.
    if (static_cast<uint64_t>(field.size()) !=
        getFileBytes(tensor.dtype, count)) {
      return makeInputError(where + ": has " + Twine(field.size()) +
                            " bytes of data; its shape " +
                            formatShape(tensor.shape) + " needs " +
                            Twine(getFileBytes(tensor.dtype, count)));
    }
    std::vector<uint8_t> packed(field.begin(), field.end());
    unpack(packed.data(), tensor);
    return Error::success();
  }
  if (field.size() != count) {
    return makeInputError(where + ": has " + Twine(field.size()) +
                          " elements; its shape " + formatShape(tensor.shape) +
                          " needs " + Twine(count));
  }
  for (int64_t i = 0; i < count; ++i) {
    auto value = field.Get(i);
    switch (tensor.dtype) {
    case DType::F16:
    case DType::BF16: {
      // Stored as the bits of the number.
      uint16_t bits = static_cast<uint16_t>(value);
      std::memcpy(tensor.bytes.data() + 2 * i, &bits, 2);
      break;
    }
    case DType::F32:
    case DType::F64:
      tensor.setDouble(i, static_cast<double>(value));
      break;
    default:
      if (isSmallFloat(tensor.dtype)) {
        tensor.bytes.data()[i] = static_cast<char>(value);
      } else {
        tensor.setInteger(i, static_cast<int64_t>(value));
      }
      break;
    }
  }
  return Error::success();
}

/// As many bytes as the tensor takes in a file, or in a message without owner.
void setBytes(HostTensor &tensor, ArrayRef<char> bytes,
              std::shared_ptr<const void> owner) {
  if (getFileBits(tensor.dtype) < 8) {
    tensor = HostTensor::zeros(tensor.name, tensor.dtype, tensor.shape);
    unpack(reinterpret_cast<const uint8_t *>(bytes.data()), tensor);
  } else {
    tensor.bytes = owner ? TensorBytes::ofFile(bytes, getByteSize(tensor.dtype),
                                               std::move(owner))
                         : TensorBytes::copyOf(bytes);
  }
}

/// Whether `path` still lies below `directory` when links are followed.
bool isBelow(StringRef path, StringRef directory) {
  SmallString<128> file, folder;
  if (sys::fs::real_path(path, file) || sys::fs::real_path(directory, folder)) {
    return true; // Does not exist, which opening it says.
  }
  return StringRef(file).consume_front(folder) &&
         (folder.ends_with("/") || StringRef(file)[folder.size()] == '/');
}

/// Maps the tensor's part of a file, of any size.
Error readExternal(const Proto &proto, HostTensor &tensor, uint64_t needed,
                   StringRef where, StringRef directory) {
  if (directory.empty()) {
    return makeInputError(where + ": refers to an external file; only a model "
                                  "can do that");
  }
  std::string location;
  uint64_t offset = 0;
  uint64_t length = needed;
  for (const auto &entry : proto.external_data()) {
    StringRef value = entry.value();
    if (entry.key() == "location") {
      location = value.str();
    } else if (entry.key() == "offset" && value.getAsInteger(10, offset)) {
      return makeInputError(where + ": external offset '" + value +
                            "' is not a number");
    } else if (entry.key() == "length" && value.getAsInteger(10, length)) {
      return makeInputError(where + ": external length '" + value +
                            "' is not a number");
    }
  }
  // A model must not be able to read files outside of its own folder.
  bool escapes = sys::path::is_absolute(location);
  for (auto it = sys::path::begin(location), end = sys::path::end(location);
       it != end; ++it) {
    escapes |= *it == "..";
  }
  if (location.empty() || escapes) {
    return makeInputError(where + ": external location '" + location +
                          "' is not a path below the model's folder");
  }
  if (length != needed) {
    return makeInputError(where + ": external length is " + Twine(length) +
                          " bytes; its shape " + formatShape(tensor.shape) +
                          " needs " + Twine(needed));
  }
  SmallString<128> path(directory);
  sys::path::append(path, location);
  if (!isBelow(path, directory)) {
    return makeInputError(where + ": external location '" + location +
                          "' is a link out of the model's folder");
  }
  auto fail = [&](std::error_code code) {
    return makeInputError(where + ": cannot read external data '" + path +
                          "': " + code.message());
  };
  uint64_t size = 0;
  if (std::error_code code = sys::fs::file_size(path, size)) {
    return fail(code);
  }
  if (offset > size || length > size - offset) {
    return makeInputError(where + ": external data '" + path + "' has " +
                          Twine(size) + " bytes; " + Twine(length) +
                          " bytes at " + Twine(offset) + " are needed");
  }
  if (length == 0) {
    return Error::success();
  }
  auto buffer = MemoryBuffer::getFileSlice(path, length, offset);
  if (!buffer) {
    return fail(buffer.getError());
  }
  std::shared_ptr<MemoryBuffer> owner = std::move(*buffer);
  ArrayRef<char> bytes(owner->getBufferStart(), owner->getBufferSize());
  setBytes(tensor, bytes, std::move(owner));
  return Error::success();
}

Error takeRaw(const RawData &raw, HostTensor &tensor, uint64_t needed,
              StringRef where) {
  if (raw.bytes.size() != needed) {
    return makeInputError(where + ": has " + Twine(raw.bytes.size()) +
                          " bytes of data; its shape " +
                          formatShape(tensor.shape) + " needs " +
                          Twine(needed));
  }
  setBytes(tensor, raw.bytes, raw.owner);
  return Error::success();
}

Error fill(const Proto &proto, HostTensor &tensor, StringRef where) {
  switch (tensor.dtype) {
  case DType::F32:
    return copyField(proto.float_data(), tensor, where);
  case DType::F64:
    return copyField(proto.double_data(), tensor, where);
  case DType::I64:
    return copyField(proto.int64_data(), tensor, where);
  case DType::U64:
  case DType::U32:
    return copyField(proto.uint64_data(), tensor, where);
  default:
    return copyField(proto.int32_data(), tensor, where);
  }
}

} // namespace

std::optional<DType> getDTypeFromOnnx(int number) {
  for (auto [entry, type] : typeTable) {
    if (entry == number) {
      return type;
    }
  }
  return std::nullopt;
}

std::string getOnnxTypeName(int number) {
  if (std::optional<DType> type = getDTypeFromOnnx(number)) {
    return getName(*type).str();
  }
  for (auto [entry, name] : otherTypes) {
    if (entry == number) {
      return name;
    }
  }
  return "number " + std::to_string(number);
}

int getOnnxNumber(DType type) {
  for (auto [number, entry] : typeTable) {
    if (entry == type) {
      return number;
    }
  }
  return Proto::UNDEFINED;
}

Expected<HostTensor> decodeTensorProto(Proto &proto, StringRef where,
                                       StringRef directory,
                                       std::optional<RawData> raw) {
  if (!raw && proto.has_raw_data()) {
    raw = RawData{
        ArrayRef<char>(proto.raw_data().data(), proto.raw_data().size()),
        nullptr};
  }
  std::optional<DType> type = getDTypeFromOnnx(proto.data_type());
  if (!type) {
    std::string message =
        (where + ": element type " + getOnnxTypeName(proto.data_type())).str();
    if (proto.data_type() <= 0 || proto.data_type() > 26) {
      return makeInputError(message + " does not exist");
    }
    return makeUnsupportedError(message);
  }
  std::vector<int64_t> shape(proto.dims().begin(), proto.dims().end());
  std::optional<int64_t> count = countElements(shape);
  if (!count) {
    return makeInputError(where + ": shape " + formatShape(shape) +
                          " is negative or too large");
  }
  if (proto.has_segment()) {
    return makeUnsupportedError(where + ": tensor in segments");
  }
  // A small file must not make us allocate a huge tensor.
  bool external = proto.data_location() == Proto::EXTERNAL;
  uint64_t present = (raw ? raw->bytes.size() : 0) + proto.float_data_size() +
                     proto.int32_data_size() + proto.int64_data_size() +
                     proto.double_data_size() + proto.uint64_data_size();
  // Up to 8 / width elements share a byte.
  uint64_t shared = 8 / std::min(getFileBits(*type), 8u);
  if (!external && static_cast<uint64_t>(*count) > present * shared) {
    return makeInputError(where + ": has data for at most " +
                          Twine(present * shared) + " elements; its shape " +
                          formatShape(shape) + " needs " + Twine(*count));
  }
  if (external && *count > (int64_t(1) << 40)) {
    return makeInputError(where + ": shape " + formatShape(shape) +
                          " is too large");
  }
  uint64_t needed = getFileBytes(*type, static_cast<uint64_t>(*count));
  if (external || raw) {
    HostTensor tensor;
    tensor.name = proto.name();
    tensor.dtype = *type;
    tensor.shape = shape;
    if (Error error =
            external ? readExternal(proto, tensor, needed, where, directory)
                     : takeRaw(*raw, tensor, needed, where)) {
      return std::move(error);
    }
    proto.clear_raw_data();
    return tensor;
  }
  HostTensor tensor = HostTensor::zeros(proto.name(), *type, shape);
  if (Error error = fill(proto, tensor, where)) {
    return std::move(error);
  }
  return tensor;
}

void encodeTensorProto(const HostTensor &tensor, Proto &proto) {
  proto.set_name(tensor.name);
  proto.set_data_type(getOnnxNumber(tensor.dtype));
  for (int64_t size : tensor.shape) {
    proto.add_dims(size);
  }
  if (getFileBits(tensor.dtype) < 8) {
    proto.set_raw_data(pack(tensor));
  } else {
    proto.set_raw_data(tensor.bytes.data(), tensor.bytes.size());
  }
}

} // namespace acc
