//===- Model.h - The model dialect ------------------------------*- C++ -*-===//

#ifndef DIALECTS_MODEL_IR_MODEL_H
#define DIALECTS_MODEL_IR_MODEL_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "dialects/Model/IR/ModelDialect.h.inc"
#define GET_OP_CLASSES
#include "dialects/Model/IR/ModelOps.h.inc"

namespace acc::model {

/// Lets one-shot bufferization see the dialect's operations on tensors.
void registerBufferizableOpInterfaceExternalModels(
    mlir::DialectRegistry &registry);

} // namespace acc::model

#endif // DIALECTS_MODEL_IR_MODEL_H
