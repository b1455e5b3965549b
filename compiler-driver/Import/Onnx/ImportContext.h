//===- ImportContext.h - State of one import --------------------*- C++ -*-===//
//
// Internal to the importer: the values computed so far, the node at hand with
// its checked inputs and attributes, and the way to report errors.
//
// Errors are thrown as ImportFailure and turned into llvm::Error at the
// importer's entry point; nothing throws through MLIR code.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_COMPILER_DRIVER_ONNX_IMPORTCONTEXT_H
#define ACC_COMPILER_DRIVER_ONNX_IMPORTCONTEXT_H

#include "compiler-driver/Import/Onnx/IntRange.h"
#include "compiler-driver/Import/Onnx/Model.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"

#include <optional>
#include <set>

namespace acc {

/// Thrown by the importer's own code for anything wrong with the model.
struct ImportFailure {
  std::string message;
  bool unsupported = false;
  /// The reason is that one of these values is not known at import.
  std::vector<std::string> neededValues = {};
};

using Shape = llvm::SmallVector<int64_t, 6>;

/// A tensor of the ONNX graph during import: a constant known now, or a view of
/// an MLIR tensor.
///
/// Dimension i of `base` is dimension `dims[i]` of the ONNX tensor; an ONNX
/// dimension without a base dimension is a broadcast (or has size 1). So
/// Transpose, Unsqueeze and Expand cost nothing until an operation needs the
/// plain tensor, and most take the view through an indexing map instead.
struct OnnxValue {
  DType dtype = DType::F32;
  Shape shape;
  std::shared_ptr<const HostTensor> constant;
  mlir::Value base;
  llvm::SmallVector<unsigned, 6> dims;
  /// Set if the value is a reshape of a broadcast that merged dimension
  /// `repeatDim` of size n of `repeatSource` with a broadcast of r behind it
  /// (repeated key/value heads): the contraction can read the source directly.
  std::shared_ptr<OnnxValue> repeatSource;
  /// What is known of the integers of a tensor that is no constant.
  std::optional<IntRange> range;
  unsigned repeatDim = 0;
  /// Of a sequence, the elements; it has neither type nor shape.
  std::shared_ptr<const std::vector<OnnxValue>> elements;

  int64_t rank() const { return static_cast<int64_t>(shape.size()); }
  int64_t numElements() const;
  bool isConstant() const { return constant != nullptr; }
  bool isSequence() const { return elements != nullptr; }
};

/// The importer's state. Operators are functions of it.
class ImportContext {
public:
  ImportContext(const OnnxModel &model, mlir::OpBuilder &builder)
      : model(model), builder(builder), loc(builder.getUnknownLoc()),
        opsetVersion(model.opset) {}

  const OnnxModel &model;
  mlir::OpBuilder &builder;
  /// The location of the node at hand.
  mlir::Location loc;
  const OnnxNode *node = nullptr;
  llvm::StringMap<OnnxValue> values;

  int64_t opset() const { return opsetVersion; }

  /// Imports nodes, in order.
  void importNodes(llvm::ArrayRef<OnnxNode> nodes);
  /// The outputs of a graph in an attribute, which sees the values around the
  /// node at hand.
  std::vector<OnnxValue> call(const OnnxGraph &graph,
                              llvm::ArrayRef<OnnxValue> inputs);
  /// The outputs of another operator of ONNX's newest set, for inputs of which
  /// those without a value are absent.
  using Inputs = llvm::ArrayRef<std::optional<OnnxValue>>;
  std::vector<OnnxValue> apply(llvm::StringRef op, Inputs inputs,
                               std::map<std::string, OnnxAttribute> attributes,
                               unsigned outputs = 1);
  /// Replaces the node at hand by a function.
  void call(const OnnxFunction &function);

  /// Reports an error at the node at hand.
  [[noreturn]] void fail(const llvm::Twine &message) const;
  [[noreturn]] void unsupported(const llvm::Twine &message) const;
  /// Reports that `what`, which is input `i`, would have to be known at import.
  [[noreturn]] void needsConstant(unsigned i, const llvm::Twine &what) const;
  /// Fails with `message` unless `condition` holds.
  void require(bool condition, const llvm::Twine &message) const;

  /// Whether input or output `i` is present.
  bool has(unsigned i) const;
  bool hasOutput(unsigned i) const;
  unsigned numInputs() const { return node->inputs.size(); }
  unsigned numOutputs() const { return node->outputs.size(); }
  /// Input `i`, which must be present.
  const OnnxValue &in(unsigned i) const;
  /// The same, which may be a sequence.
  const OnnxValue &lookUp(unsigned i) const;
  /// The elements of input `i`, which must be a sequence.
  const std::vector<OnnxValue> &sequence(unsigned i) const;
  /// Defines output `i`; ignored if the node does not name it.
  void out(OnnxValue value, unsigned i = 0);
  void out(HostTensor tensor, unsigned i = 0);

  /// Attributes; a wrong kind is an error.
  bool hasAttr(llvm::StringRef name) const;
  int64_t intAttr(llvm::StringRef name, int64_t byDefault) const;
  int64_t intAttr(llvm::StringRef name) const;
  double floatAttr(llvm::StringRef name, double byDefault) const;
  std::string stringAttr(llvm::StringRef name, llvm::StringRef byDefault) const;
  std::optional<std::vector<int64_t>> intsAttr(llvm::StringRef name) const;
  const OnnxAttribute *attr(llvm::StringRef name,
                            OnnxAttribute::Kind kind) const;
  const OnnxGraph &graphAttr(llvm::StringRef name) const;

  /// The values of input `i`, which must be computable at import.
  std::vector<int64_t> constantInts(unsigned i, llvm::StringRef what) const;
  int64_t constantInt(unsigned i, llvm::StringRef what) const;
  std::vector<double> constantFloats(unsigned i, llvm::StringRef what) const;
  double constantScalar(unsigned i, llvm::StringRef what) const;

  /// `axis` in [0, rank), counted from the end if negative.
  int64_t normalizeAxis(int64_t axis, int64_t rank) const;
  std::vector<int64_t> normalizeAxes(llvm::ArrayRef<int64_t> axes,
                                     int64_t rank) const;
  /// Axes from input `i` if present, else from the attribute `axes`.
  std::optional<std::vector<int64_t>> axes(unsigned i) const;

  /// Fails if the node has an attribute that nobody asked for: it would change
  /// the meaning in a way that is not implemented.
  void checkAttributes() const;
  /// Forgets which attributes were asked for.
  void resetAttributes() { usedAttributes.clear(); }

  /// Fails unless a tensor of that shape can exist on the machine.
  void checkShape(llvm::ArrayRef<int64_t> shape) const;
  /// A constant that an operator is lowered with, of zeros; fails if it is
  /// larger than a compiler should make.
  HostTensor makeZeros(llvm::StringRef name, DType type,
                       llvm::ArrayRef<int64_t> shape) const;

  /// The MLIR tensor of a constant, made once.
  mlir::Value
  materializeConstant(const std::shared_ptr<const HostTensor> &tensor);

private:
  /// Fails if an operation after `last` is invalid.
  void checkOperations(mlir::Operation *last) const;
  void importInner(llvm::ArrayRef<OnnxNode> nodes);

  int64_t opsetVersion;
  unsigned callDepth = 0;
  /// In a function: inputs that its caller does not give.
  std::set<std::string> absent;
  mutable std::set<std::string> usedAttributes;
  llvm::DenseMap<const HostTensor *, mlir::Value> constants;
  // Keeps the keys of `constants` alive, so that none is reused.
  std::vector<std::shared_ptr<const HostTensor>> owned;
  /// Memory that a constant of the module has.
  llvm::DenseSet<const char *> blobs;
};

/// A value from a constant.
OnnxValue makeConstant(HostTensor tensor);
OnnxValue makeConstant(std::shared_ptr<const HostTensor> tensor);
/// A value from a plain MLIR tensor.
OnnxValue makeValue(mlir::Value tensor, DType dtype);

/// The element type in which tensors of `dtype` are stored on the machine,
/// which has no 64-bit numbers, 16-bit integers and floats of 8 bits: f32, f16,
/// bf16, i32, i8, i1.
mlir::Type getStorageType(mlir::MLIRContext *context, DType dtype);

/// What the integers of a tensor may be.
IntRange getRange(const OnnxValue &value);
/// Whether the integers of a tensor are kept in 64 bits, for the host: those
/// that 32 may not hold.
bool isWide(const OnnxValue &value);

/// Imports one node.
using OpImporter = void (*)(ImportContext &);
using OpTable = llvm::StringMap<OpImporter>;

/// Fill `table`; one function for each group of operators.
void registerElementwiseOps(OpTable &table);
void registerActivationOps(OpTable &table);
void registerMatMulOps(OpTable &table);
void registerConvOps(OpTable &table);
void registerPoolOps(OpTable &table);
void registerNormalizationOps(OpTable &table);
void registerReductionOps(OpTable &table);
void registerShapeOps(OpTable &table);
void registerSliceOps(OpTable &table);
void registerGatherOps(OpTable &table);
void registerScatterOps(OpTable &table);
void registerTopKOps(OpTable &table);
void registerAttentionOps(OpTable &table);
void registerQuantizeOps(OpTable &table);
void registerResizeOps(OpTable &table);
void registerControlFlowOps(OpTable &table);
void registerSequenceOps(OpTable &table);
void registerBitOps(OpTable &table);
void registerLossOps(OpTable &table);
void registerFlexAttentionOps(OpTable &table);
void registerContribOps(OpTable &table);
void registerContribAttentionOps(OpTable &table);
void registerTensorScatterOps(OpTable &table);
void registerLinearAttentionOps(OpTable &table);
void registerRecurrentOps(OpTable &table);
void registerTrigonometryOps(OpTable &table);
void registerConvTransposeOps(OpTable &table);
void registerCumulativeOps(OpTable &table);
void registerFourierOps(OpTable &table);
void registerGridSampleOps(OpTable &table);
void registerRoiAlignOps(OpTable &table);

/// Computes the node's outputs at import if its inputs are constants (or, for
/// shape operators, in any case). Returns false if that is not possible.
bool foldConstants(ImportContext &context);

} // namespace acc

#endif // ACC_COMPILER_DRIVER_ONNX_IMPORTCONTEXT_H
