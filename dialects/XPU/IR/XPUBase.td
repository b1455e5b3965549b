//===- XPUBase.td - The xpu dialect ---------------------------*- tablegen -*-===//
//
// Include order: XPUBase, XPUEnums, XPUAttrs, XPUInterfaces, XPUOps.
//
//===----------------------------------------------------------------------===//

#ifndef DIALECTS_XPU_IR_XPUBASE
#define DIALECTS_XPU_IR_XPUBASE

include "mlir/IR/OpBase.td"

def XPU_Dialect : Dialect {
  let name = "xpu";
  let cppNamespace = "::xpu";
  let summary = "Engine commands and memory spaces of one slice";
  let description = [{
    One operation is one command of an engine (see the machine manual). Operands
    are whole buffers: memrefs with an identity layout in one of the memory
    spaces. What a command touches inside a buffer is said by streams: byte
    offset plus the sum of index times stride, the form of the hardware's
    address generators. There is no hidden state but the accumulators, which
    are a memory space like the others.

    A program goes through three states: commands on unplaced buffers; placed
    (`xpu.address` on every allocation, in bytes); ordered (`wait` and
    `signal`, sets of semaphores, on commands). The last one is what the object file holds.

    ```mlir
    %a = memref.alloc() : memref<8x16xf32, #xpu.space<spm>>
    xpu.load %x to %a size [1, 1, 1, 1, 8, 16] element 4
        from <0, [0, 0, 0, 0, 128, 4]>
        into <0, [0, 0, 0, 0, 64, 4]>
        : memref<8x32xf32, #xpu.space<hbm>>, memref<8x16xf32, #xpu.space<spm>>
    ```
  }];
  let useDefaultAttributePrinterParser = 1;
}

#endif // DIALECTS_XPU_IR_XPUBASE
