//===- RankTiles.h - Tiles that whole programs choose -----------*- C++ -*-===//
//
// The compiler takes the tile of a product that is quickest in a simulation of
// the product by itself. What stands beside it in a program (residents of the
// scratchpad, loads that go on behind its end, neighbours on the vector unit)
// may make another one quicker; and longer bodies of loops overlap more, but
// need more room for buffers. -O3 asks the machine's model: it runs programs
// with longer bodies and with tiles of other ranks, without values, and keeps
// what was quickest.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_ACC_CC_RANKTILES_H
#define COMPILER_DRIVER_ACC_CC_RANKTILES_H

#include "compiler-driver/Tools/acc-cc/Compile.h"

namespace xpu {

/// What the passes behind placement on the rack make of a module.
struct Lowered {
  mlir::OwningOpRef<mlir::ModuleOp> module;
  Object object;
  /// Least cycles of products by the names of their nodes.
  std::map<std::string, uint64_t> bounds;
};

/// Makes a program of a module whose attribute kTileRanksAttr says which tiles
/// it has, with so many commands in the body of a loop (see Passes.h).
using LowerFn = llvm::function_ref<llvm::Expected<Lowered>(
    mlir::OwningOpRef<mlir::ModuleOp>, int64_t bodyCommands)>;

/// The quickest of the programs that `lower` makes of copies of `module`; never
/// one that is slower than that of the tiles which the compiler takes and of
/// `bodyCommands`. Some ten programs are made and run on SystemC. Of the result
/// the object has its constants; its module has them if `keepsConstants`.
llvm::Expected<Lowered> lowerQuickest(mlir::ModuleOp module,
                                      int64_t bodyCommands, bool keepsConstants,
                                      LowerFn lower);

} // namespace xpu

#endif // COMPILER_DRIVER_ACC_CC_RANKTILES_H
