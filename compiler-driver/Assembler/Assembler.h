//===- Assembler.h - Objects as text ----------------------------*- C++ -*-===//
//
// The text form of an object file. Printing and parsing are inverse: an object
// printed and parsed again has the same bytes.
//
//   .target xpu-tiny                              a built-in one; of another,
//                                                 .target_parameters "YAML" too
//   .input "x", float32, float32, [2, 8], 0x0     name, types, shape, address
//     ... fed          an output takes its place: its value in the next run
//     ... = [3, 4]     the values that the program was made for, if it was
//   .output "y", float32, float32, [2, 8], 0x40
//   .text
//   .loc "model.onnx: /gelu"                      source of what follows
//   .loc "/conv", 17, 224                         the same from word 17 on;
//                                                 224 of columns are results
//     li rd=r1, imm=4
//   again:
//     dma.load wr_banks=0x1, esize=4, size=[1, 1, 1, 1, 2, 8], ...
//     addi rd=r1, rs1=r1, imm=-1
//     bne rs1=r1, target=again
//     vpu.run ..., uops={ FMUL r4, r0, 1.5f; FADD r4, r4, r1 }
//     halt
//   .hbm 0x1000                                   constants from this address
//     .float 1.0, 2.0                             also .word, .byte, .zero
//
// A field that is left out is zero, as are elements beyond the end of a list.
// `#` and `//` begin comments. `.raw` holds words that are no instruction.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_ASSEMBLER_ASSEMBLER_H
#define COMPILER_DRIVER_ASSEMBLER_ASSEMBLER_H

#include "compiler-driver/Object/Object.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"
#include <optional>

namespace xpu {

/// Which parts of an object are printed. The text of a whole object (any value
/// of `source` and `addresses`) can be parsed.
struct AssemblyOptions {
  bool tensors = true;   ///< Target, inputs and outputs.
  bool text = true;      ///< Instructions.
  bool data = true;      ///< Constants.
  bool source = true;    ///< `.loc` lines.
  bool addresses = true; ///< Word addresses as comments.
};

void printAssembly(const Object &object, llvm::raw_ostream &os,
                   const AssemblyOptions &options = {});

/// Parses `text`. Errors go to `errors` as `name:line:column: error: ...`; if
/// there is any, the result is empty.
std::optional<Object> parseAssembly(llvm::StringRef text, llvm::StringRef name,
                                    llvm::raw_ostream &errors);

} // namespace xpu

#endif // COMPILER_DRIVER_ASSEMBLER_ASSEMBLER_H
