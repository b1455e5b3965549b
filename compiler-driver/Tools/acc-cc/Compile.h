//===- Compile.h - From an input file to an object --------------*- C++ -*-===//

#ifndef COMPILER_DRIVER_DRIVER_COMPILE_H
#define COMPILER_DRIVER_DRIVER_COMPILE_H

#include "compiler-driver/Import/HuggingFace/Division.h"
#include "compiler-driver/Import/Onnx/Importer.h"
#include "compiler-driver/Object/Object.h"
#include "compiler-driver/Runtime/Boundary.h"
#include "dialects/Target/Machine.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include "passes/Tiling/Passes.h"
#include "llvm/Support/Error.h"
#include <optional>

namespace xpu {

/// Named stages of the compiler; each can be printed.
enum class Stage { Graph, Rack, Xpu, Asm, Bin };

/// Without --target, and without one in the input.
inline constexpr llvm::StringLiteral kDefaultTarget = "xpu-tiny";

/// An output whose place is that of an input, by their names.
struct Feed {
  std::string output;
  std::string input;
};

struct CompileOptions {
  std::string input;
  std::string entry;                 ///< Function of an MLIR file, or empty.
  std::optional<std::string> target; ///< Name or file, if one is asked for.
  acc::ImportOptions import;         ///< Of an ONNX model.
  /// Of a model's configuration: what is computed, and seeds of weights that
  /// are made up.
  std::optional<acc::huggingface::Step> step;
  std::optional<uint64_t> weightSeed;
  bool needsWeights = false; ///< Values matter.
  std::vector<Feed> feeds;
  std::string precision = "fp32"; ///< fp32 or bf16.
  std::string parallel = "auto";  ///< Of slices; see xpu-choose-divisions.
  unsigned optLevel = 2;          ///< 0 to 3, see --help of acc-cc.
  /// Of a loop; see passes/Tiling. Nothing: kBodyCommands, or as many as make a
  /// program that fits.
  std::optional<int64_t> bodyCommands;
  bool remarks = false; ///< What the passes did and did not, on stderr.
  Stage stopAfter = Stage::Bin;
  bool mlirOptions = false; ///< MLIR's own on the command line hold.
  bool keepGraph = false;   ///< Keep the module of stage Graph as well.
};

struct Compilation {
  int64_t bodyCommands = kBodyCommands; ///< Of a loop, that were asked for.
  acc::Machine machine;                 ///< A slice or a chip.
  acc::Target target;                   ///< Its slice.
  acc::Boundary boundary;
  mlir::OwningOpRef<mlir::ModuleOp> graph;  ///< If asked to keep it.
  mlir::OwningOpRef<mlir::ModuleOp> module; ///< As of the last stage.
  Object object;                            ///< After stage Asm or Bin.
  /// Least cycles of products by the names of their nodes, as reports show.
  std::map<std::string, uint64_t> bounds;
};

/// Compiles; diagnostics go to stderr, the error is one line for the user.
llvm::Expected<Compilation> compile(mlir::MLIRContext &context,
                                    const CompileOptions &options);

/// The same of a module that is there already, as of any stage before Asm;
/// `options.input` names it in messages. A program that does not fit is not
/// made smaller.
llvm::Expected<Compilation>
compileModule(mlir::OwningOpRef<mlir::ModuleOp> module,
              const CompileOptions &options);

} // namespace xpu

#endif // COMPILER_DRIVER_DRIVER_COMPILE_H
