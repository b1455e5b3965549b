//===- XPU.h - The xpu dialect ----------------------------------*- C++ -*-===//

#ifndef DIALECTS_XPU_IR_XPU_H
#define DIALECTS_XPU_IR_XPU_H

#include "dialects/ISA/Isa.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include <functional>
#include <map>

#include "dialects/XPU/IR/XPUDialect.h.inc"
#include "dialects/XPU/IR/XPUEnums.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialects/XPU/IR/XPUAttrs.h.inc"

namespace xpu {

/// On an argument of a function: the number of the result that is its value in
/// the next run, and is left in its place.
inline constexpr llvm::StringLiteral kFedByAttr = "acc.fed_by";

/// Which port of the scratchpad an access goes through; `None` for HBM and
/// accumulators.
enum class Port { None, Read, Aux, Write };

/// One access of a command: bytes [begin, end) of a buffer (rows for ACC).
struct BufferAccess {
  mlir::Value buffer;
  int64_t begin = 0;
  int64_t end = 0;
  bool isWrite = false;
  Port port = Port::None;
  /// The buffer as the command sees it: `buffer`, or a shift of it. `begin` and
  /// `end` are those of all iterations of the loops that shift it.
  mlir::Value seen = buffer;
  /// Bytes between the begins of rows, of which only the first `rowBytes` are
  /// touched, from `begin` on; 0 if the access is not known as one of rows.
  int64_t pitch = 0;
  int64_t rowBytes = 0;
};

/// A buffer behind shifts, and the bytes that its loops add at least and at
/// most.
struct ShiftedBuffer {
  mlir::Value buffer;
  int64_t low = 0;
  int64_t high = 0;
  /// Bytes that one iteration of a loop adds, if not none.
  std::map<mlir::Operation *, int64_t> steps;
};

/// Looks through xpu.shift.
ShiftedBuffer getShiftedBuffer(mlir::Value memref);

/// Iterations of a loop of the sequencer; nothing if the bounds are not
/// constant, from 0 in steps of 1.
std::optional<int64_t> getTripCount(mlir::Operation *loop);

/// Where the buffers are, for the encoders.
struct Placement {
  /// Byte address in its space; row for ACC.
  std::function<uint32_t(mlir::Value)> addressOf;
  /// Register of the sequencer that is added to the address; 0 if none is.
  std::function<uint8_t(mlir::Value)> registerOf;
  /// Banks of the scratchpad covered by an access.
  std::function<uint16_t(const BufferAccess &)> banksOf;
};

/// The memory space of a memref value; HBM if none is given.
Space getSpace(mlir::Type memref);
/// Bytes of a memref with static shape; i1 counts one byte an element.
int64_t getByteSize(mlir::MemRefType type);
/// The set of semaphores in an attribute of a command; empty without it.
uint32_t getSemaphores(mlir::Operation *command, llvm::StringRef name);
/// Sets the attribute, or removes it if the set is empty.
void setSemaphores(mlir::Operation *command, llvm::StringRef name,
                   uint32_t mask);

/// `wait` and `signal`, if they are there, are sets of semaphores.
mlir::LogicalResult verifySemaphores(mlir::Operation *command);

/// Name of the nested module with the functions that xpu.host_call calls.
inline constexpr llvm::StringLiteral kHostModule = "host";

/// Attribute of a module: the machine that it is compiled for.
inline constexpr llvm::StringLiteral kTargetAttr = "xpu.target";

/// Whether elements of this type are blocks of numbers that share a scale (see
/// xpu.blocks).
bool isBlock(mlir::Type type);

/// Bytes of an element in memory, which may be a block (xpu.blocks).
int64_t getElementBytes(mlir::Type type);

/// Lets one-shot bufferization see the dialect's operations on tensors.
void registerBufferizableOpInterfaceExternalModels(
    mlir::DialectRegistry &registry);

} // namespace xpu

#include "dialects/XPU/IR/XPUInterfaces.h.inc"
#define GET_OP_CLASSES
#include "dialects/XPU/IR/XPUOps.h.inc"

#endif // DIALECTS_XPU_IR_XPU_H
