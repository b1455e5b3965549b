//===- Importer.h - ONNX to linalg ------------------------------*- C++ -*-===//
//
// Reads an ONNX model and builds a module of upstream dialects (linalg, tensor,
// arith, math, func) with static shapes.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_COMPILER_DRIVER_ONNX_IMPORTER_H
#define ACC_COMPILER_DRIVER_ONNX_IMPORTER_H

#include "compiler-driver/Import/Onnx/Model.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/Support/Error.h"

#include <map>
#include <set>

namespace acc {

/// What an import needs beside the model.
struct ImportOptions {
  /// Sizes of symbolic dimensions, by name.
  std::map<std::string, int64_t> dims;
  /// Shapes of the inputs that will be used, by input name; they bind symbolic
  /// and unknown dimensions, and must agree with the sizes in the model.
  std::map<std::string, std::vector<int64_t>> inputShapes;
  /// Values of small inputs, by name. Those are used from which the model
  /// computes shapes, or what else must be known at import: the module is then
  /// special to these values, and the arguments carry them as `acc.value`.
  std::map<std::string, HostTensor> inputValues;
  /// Inputs that outputs are fed back to: see kFedIntegerLimit.
  std::set<std::string> fedInputs;

  /// Takes shapes and small values from the tensors that will be used.
  void bindInputs(llvm::ArrayRef<HostTensor> inputs);
};

/// Builds a module with one function `main` from a loaded model.
///
/// Arguments are the graph inputs in order, results the graph outputs; both
/// carry `acc.name` and `acc.dtype` (the ONNX type, as `int64`). On the machine
/// integers of 16 bits and more are i32, float64 is f32, bool is i1, int8 and
/// uint8 are i8. Every operation has a NameLoc with the label of its node.
llvm::Expected<mlir::OwningOpRef<mlir::ModuleOp>>
importOnnxModel(mlir::MLIRContext &context, const OnnxModel &model,
                const ImportOptions &options = {});

/// Loads and imports `path`.
llvm::Expected<mlir::OwningOpRef<mlir::ModuleOp>>
importOnnxFile(mlir::MLIRContext &context, llvm::StringRef path,
               const ImportOptions &options = {});

/// Loads the dialects that an import creates.
void loadImportDialects(mlir::MLIRContext &context);

} // namespace acc

#endif // ACC_COMPILER_DRIVER_ONNX_IMPORTER_H
