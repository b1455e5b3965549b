//===- Rack.h - The rack dialect --------------------------------*- C++ -*-===//

#ifndef DIALECTS_RACK_IR_RACK_H
#define DIALECTS_RACK_IR_RACK_H

#include "dialects/XPU/IR/XPU.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "dialects/Rack/IR/RackDialect.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialects/Rack/IR/RackAttrs.h.inc"
#define GET_OP_CLASSES
#include "dialects/Rack/IR/RackOps.h.inc"

namespace acc::rack {
/// Attribute of a module: the machine it is placed on.
inline constexpr llvm::StringLiteral kTopologyAttr = "rack.topology";
} // namespace acc::rack

#endif // DIALECTS_RACK_IR_RACK_H
