//===- RawData.h - Weights that stay in the file ----------------*- C++ -*-===//
//
// Protobuf copies what it parses, so a model's weights would be in memory twice
// while it does. They are most of the file: here they are taken out of the
// message before it is parsed.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_COMPILER_DRIVER_IMPORT_ONNX_RAWDATA_H
#define ACC_COMPILER_DRIVER_IMPORT_ONNX_RAWDATA_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <optional>
#include <string>
#include <vector>

namespace acc {

/// A ModelProto without the raw data of its graph's initializers.
struct LightModel {
  std::string message;
  /// Of each initializer, in order; nothing if it has none.
  std::vector<std::optional<llvm::ArrayRef<char>>> rawData;
};

/// Nothing if `bytes` are no message of protobuf. The raw data are views of
/// `bytes`. Encoding: https://protobuf.dev/programming-guides/encoding
std::optional<LightModel> takeOutRawData(llvm::StringRef bytes);

} // namespace acc

#endif // ACC_COMPILER_DRIVER_IMPORT_ONNX_RAWDATA_H
