//===- Npy.cpp - NumPy files ----------------------------------------------===//

#include "compiler-driver/Tensor/Errors.h"
#include "compiler-driver/Tensor/TensorIO.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/ToolOutputFile.h"

#include <cstring>

using namespace llvm;

namespace acc {

namespace {

const StringRef magic("\x93NUMPY", 6);

const std::pair<const char *, DType> descriptions[] = {
    {"<f4", DType::F32}, {"<f2", DType::F16}, {"<f8", DType::F64},
    {"|i1", DType::I8},  {"|u1", DType::U8},  {"<i2", DType::I16},
    {"<u2", DType::U16}, {"<i4", DType::I32}, {"<u4", DType::U32},
    {"<i8", DType::I64}, {"<u8", DType::U64}, {"|b1", DType::Bool},
};

/// The text after `'key':` in the header's dictionary.
StringRef findKey(StringRef header, StringRef key) {
  size_t at = header.find(("'" + key + "'").str());
  if (at == StringRef::npos) {
    return "";
  }
  StringRef rest = header.drop_front(at + key.size() + 2).ltrim();
  return rest.consume_front(":") ? rest.ltrim() : "";
}

bool parseShape(StringRef text, std::vector<int64_t> &shape) {
  if (!text.consume_front("(")) {
    return false;
  }
  size_t end = text.find(')');
  if (end == StringRef::npos) {
    return false;
  }
  SmallVector<StringRef> parts;
  text.take_front(end).split(parts, ',');
  for (StringRef part : parts) {
    part = part.trim();
    int64_t size = 0;
    if (part.empty()) {
      continue;
    }
    if (part.getAsInteger(10, size) || size < 0) {
      return false;
    }
    shape.push_back(size);
  }
  return true;
}

/// Reorders column-major elements.
void fromFortran(HostTensor &tensor) {
  const TensorBytes source = tensor.bytes;
  size_t width = getByteSize(tensor.dtype);
  size_t rank = tensor.shape.size();
  std::vector<int64_t> index(rank, 0);
  int64_t count = tensor.getNumElements();
  for (int64_t i = 0; i < count; ++i) {
    int64_t from = 0;
    for (size_t d = rank; d-- > 0;) {
      from = from * tensor.shape[d] + index[d];
    }
    std::memcpy(tensor.bytes.data() + i * width, source.data() + from * width,
                width);
    for (size_t d = rank; d-- > 0;) {
      if (++index[d] < tensor.shape[d]) {
        break;
      }
      index[d] = 0;
    }
  }
}

} // namespace

Expected<HostTensor> parseNpy(StringRef data, StringRef path) {
  if (!data.consume_front(magic) || data.size() < 4) {
    return makeInputError(path + ": is not a NumPy file");
  }
  unsigned major = static_cast<uint8_t>(data[0]);
  size_t prefix = major == 1 ? 4 : 6;
  if (major < 1 || major > 3 || data.size() < prefix) {
    return makeInputError(path + ": is a NumPy file of version " +
                          Twine(major) + "; versions 1 to 3 are known");
  }
  size_t length = major == 1 ? support::endian::read16le(data.data() + 2)
                             : support::endian::read32le(data.data() + 2);
  if (length > data.size() - prefix) {
    return makeInputError(path + ": is truncated in its header");
  }
  StringRef header = data.substr(prefix, length);
  StringRef body = data.drop_front(prefix + length);

  HostTensor tensor;
  tensor.name = sys::path::stem(path).str();
  StringRef description = findKey(header, "descr");
  bool known = false;
  for (auto [text, type] : descriptions) {
    if (description.starts_with("'" + std::string(text) + "'")) {
      tensor.dtype = type;
      known = true;
    }
  }
  if (!known) {
    return makeInputError(
        path + ": element type " +
        description.take_until([](char c) { return c == ',' || c == '}'; }) +
        " is not a little-endian number");
  }
  if (!parseShape(findKey(header, "shape"), tensor.shape)) {
    return makeInputError(path + ": has no shape in its header");
  }
  std::optional<int64_t> count = countElements(tensor.shape);
  if (!count || static_cast<uint64_t>(*count) * getByteSize(tensor.dtype) !=
                    body.size()) {
    return makeInputError(path + ": has " + Twine(body.size()) +
                          " bytes of data; its shape " +
                          formatShape(tensor.shape) + " of " +
                          getName(tensor.dtype) + " does not match");
  }
  tensor.bytes.assign(body.begin(), body.end());
  if (findKey(header, "fortran_order").starts_with("True")) {
    fromFortran(tensor);
  }
  return tensor;
}

Expected<HostTensor> readNpy(StringRef path) {
  auto buffer = MemoryBuffer::getFile(path, /*IsText=*/false,
                                      /*RequiresNullTerminator=*/false);
  if (!buffer) {
    return makeInputError(path +
                          ": cannot be read: " + buffer.getError().message());
  }
  return parseNpy((*buffer)->getBuffer(), path);
}

void writeNpy(raw_ostream &os, const HostTensor &tensor) {
  if (tensor.dtype == DType::BF16) {
    return writeNpy(os, tensor.convertTo(DType::F32));
  }
  std::string shape = "(";
  for (int64_t size : tensor.shape) {
    shape += std::to_string(size) + ",";
  }
  shape += ")";
  std::string description;
  for (auto [text, type] : descriptions) {
    if (type == tensor.dtype) {
      description = text;
    }
  }
  std::string header = "{'descr': '" + description +
                       "', 'fortran_order': False, 'shape': " + shape + ", }";
  // The data starts at a multiple of 64 bytes.
  size_t total = alignTo(magic.size() + 4 + header.size() + 1, 64);
  header.resize(total - magic.size() - 4 - 1, ' ');
  header += '\n';

  char version[4] = {1, 0, static_cast<char>(header.size() & 0xFF),
                     static_cast<char>(header.size() >> 8)};
  os << magic;
  os.write(version, 4);
  os << header;
  os.write(tensor.bytes.data(), tensor.bytes.size());
}

Error writeNpy(StringRef path, const HostTensor &tensor) {
  std::error_code code;
  ToolOutputFile file(path, code, sys::fs::OF_None);
  if (code) {
    return makeInputError(path + ": cannot be written: " + code.message());
  }
  writeNpy(file.os(), tensor);
  file.os().flush();
  if (file.os().has_error()) {
    std::string reason = file.os().error().message();
    file.os().clear_error();
    return makeInputError(path + ": cannot be written: " + reason);
  }
  file.keep();
  return Error::success();
}

} // namespace acc
