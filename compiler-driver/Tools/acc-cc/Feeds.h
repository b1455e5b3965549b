//===- Feeds.h - Outputs that are the next inputs ---------------*- C++ -*-===//

#ifndef COMPILER_DRIVER_ACC_CC_FEEDS_H
#define COMPILER_DRIVER_ACC_CC_FEEDS_H

#include "compiler-driver/Tools/acc-cc/Compile.h"

namespace xpu {

/// Marks the arguments that outputs are fed back to. What does not fit together
/// is an error.
llvm::Error markFeeds(mlir::ModuleOp module, const acc::Boundary &boundary,
                      llvm::ArrayRef<Feed> feeds);

} // namespace xpu

#endif // COMPILER_DRIVER_ACC_CC_FEEDS_H
