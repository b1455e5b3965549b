//===- Object.h - The object file -------------------------------*- C++ -*-===//
//
// An ELF64 file (little endian, no machine number of its own):
//
//   .text        instruction words, 16 bytes each
//   .hbm         constants, at the section's address in HBM
//   .symtab      one symbol a tensor: value = HBM address, size = bytes
//   .acc.target  YAML: the target, a slice, a chip that holds its slice, or a
//                rack that holds its chip
//   .acc.parts   constants of which slices of a chip hold parts, as a whole,
//                and those that only slices of a stage hold
//   .acc.meta    JSON: inputs, outputs (name, type, shape, address), the first
//                word of each launch, the call of the host after it, a
//                digest of .acc.host, as MLIR's reader crashes on damaged
//                bytecode, and the first word of each stage of a pipeline
//   .acc.lines   JSON: for each instruction word address the source it is
//                from, and of products how many columns are results, if not all
//   .acc.host    bytecode of a module with the functions that the host runs
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_OBJECT_OBJECT_H
#define COMPILER_DRIVER_OBJECT_OBJECT_H

#include "dialects/ISA/Isa.h"
#include "dialects/Target/Machine.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"
#include <optional>
#include <string>
#include <vector>

namespace xpu {

/// The axes of the machine's mesh of slices (Machine::mesh; of a chip 0: rows,
/// 1: columns) over which each dimension of a tensor is cut into parts; nothing
/// if it is not cut.
using ObjectSplit = std::vector<std::vector<uint32_t>>;

/// A tensor of the program's interface.
struct ObjectTensor {
  std::string name;
  std::string type;           ///< Type in the user's files, for example int64.
  std::string machineType;    ///< Type in HBM, for example int32.
  std::vector<int64_t> shape; ///< Of the whole.
  uint64_t address = 0;
  uint64_t bytes = 0; ///< Of the part that a slice has.
  ObjectSplit split = {};
  /// The shape of a part, if parts of this size reach beyond the whole; else
  /// empty, and parts are equal.
  std::vector<int64_t> part = {};
  /// The integers that the program was made for, if shapes depend on them.
  std::optional<std::vector<int64_t>> requiredValues = std::nullopt;
  /// An input whose place an output takes: its value in the next run.
  bool isFed = false;
  /// The stage whose slices alone have it (Object::stageEntries).
  std::optional<uint32_t> stage = std::nullopt;
};

/// A place in the HBM of slices that the host fills beside those of inputs.
struct ObjectPlace {
  ObjectTensor tensor;
  /// The input that is there, too; else a constant from `offset` in
  /// Object::parts on.
  std::optional<size_t> input;
  uint64_t offset = 0;
};

/// Where an instruction comes from: the model's node, and the operation.
struct ObjectLine {
  uint32_t pc = 0;
  std::string source;
  /// Columns that are results, of products with others between them; 0: all.
  uint32_t usedColumns = 0;
};

/// What the host does between two launches: reads the inputs from HBM, calls
/// the function, writes the outputs to HBM.
struct HostCall {
  std::string function;
  std::string because;    ///< Why the machine does not.
  std::string source;     ///< As in ObjectLine.
  int64_t operations = 0; ///< Scalar operations of the function.
  std::vector<ObjectTensor> inputs;
  std::vector<ObjectTensor> outputs;
};

struct Object {
  /// What the program was made for: a slice, or a chip or rack whose slices all
  /// run it, each on a memory of its own.
  acc::Machine machine;
  const acc::Target &target() const { return machine.slice; }

  std::vector<isa::Word> code;
  uint64_t constantsAddress = 0;
  std::vector<uint8_t> constants;
  std::vector<ObjectTensor> inputs;
  std::vector<ObjectTensor> outputs;
  /// Whether slices work on one graph: tensors are those of all. Otherwise
  /// each slice has its own.
  bool isGraphOfChip = false;
  std::vector<ObjectPlace> places;
  std::vector<uint8_t> parts; ///< Constants that `places` are of.
  /// First word of each run of the machine, which goes to its HALT.
  std::vector<uint32_t> launches = {0};
  std::vector<HostCall> hostCalls; ///< After each launch but the last.
  /// Of a pipeline: the axes of the machine's mesh along which stages lie, and
  /// the first word of each one's program. All slices hold the words of all
  /// stages.
  std::vector<uint32_t> stageAxes;
  std::vector<uint32_t> stageEntries;
  std::string hostModule;        ///< Bytecode; empty without host calls.
  std::vector<ObjectLine> lines; ///< Sorted by pc; a line holds up to the next.

  /// Source of the instruction at `pc`, or empty.
  llvm::StringRef sourceOf(uint32_t pc) const;
  /// The stage of a slice; 0 if there are none.
  uint32_t stageOf(uint32_t slice) const;
  /// Whether the memory of a slice has a tensor.
  bool isIn(const ObjectTensor &tensor, uint32_t slice) const {
    return !tensor.stage || *tensor.stage == stageOf(slice);
  }
  /// How many columns of the product at `pc` are results; 0: all.
  uint32_t usedColumnsOf(uint32_t pc) const;

private:
  const ObjectLine *lineOf(uint32_t pc) const;
};

/// The part of a tensor that a slice has, in a place of this shape.
struct ObjectPart {
  std::vector<uint64_t> shape;
  std::vector<uint64_t> first;  ///< Its first element's place in the whole.
  std::vector<uint64_t> inside; ///< Elements that are of the whole.

  /// Elements of the place. It is no larger than the whole in any dimension.
  uint64_t countElements() const;
};

/// Nothing if the split names other axes than the grid's, one of them twice, or
/// parts that are not equal and have no shape, or do not cover the whole.
std::optional<ObjectPart> getPart(const ObjectTensor &tensor,
                                  const acc::Machine &machine, uint32_t slice);

/// Bytes of the whole of a tensor of which a slice has a part. Nothing if that
/// has no size.
std::optional<uint64_t> getWholeBytes(const ObjectTensor &tensor,
                                      const ObjectPart &part);

/// What .acc.meta says of the host's module.
std::string digestHostModule(llvm::StringRef bytecode);

/// Writes the file's bytes.
void writeObject(const Object &object, llvm::raw_ostream &os);

/// Reads a file's bytes; `name` is for messages.
llvm::Expected<Object> parseObject(llvm::StringRef bytes, llvm::StringRef name);

llvm::Expected<Object> readObject(llvm::StringRef path);

} // namespace xpu

#endif // COMPILER_DRIVER_OBJECT_OBJECT_H
