// A program that does not fit is made with smaller loops, unless their size is asked for.

// RUN: sed 's/imem_words: [0-9]*/imem_words: 2000/' %inputs/../../targets/xpu-tiny.yaml > %t.yaml
// RUN: acc-cc %s --target=xpu-tiny -o %t.o | FileCheck %s --check-prefix=ROOM
// RUN: acc-cc %s --target=%t.yaml --check=functional,systemc --check-host -o %t.o | FileCheck %s --check-prefix=HALF
// RUN: not acc-cc %s --target=%t.yaml --loop-body=32 -o %t.o 2>&1 | FileCheck %s --check-prefix=ASKED
// RUN: sed 's/imem_words: [0-9]*/imem_words: 1000/' %inputs/../../targets/xpu-tiny.yaml > %t.less.yaml
// RUN: not acc-cc %s --target=%t.less.yaml -o %t.o 2>&1 | FileCheck %s --check-prefix=NEVER

// ROOM: 2,644 of 65,536 instruction words{{$}}
// HALF: 1,380 of 2,000 instruction words, by --loop-body=16
// ASKED: error: {{.*}}needs 2644 instruction words, but target xpu-tiny has 2000; a smaller --loop-body makes smaller programs
// NEVER: error: {{.*}}needs 1380 instruction words, but target xpu-tiny has 1000
// NEVER-NOT: smaller

func.func @main(%a: tensor<64x64xf32>, %b: tensor<64x64xf32>) -> tensor<64x64xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<64x64xf32>
  %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<64x64xf32>) -> tensor<64x64xf32>
  %product = linalg.matmul ins(%a, %b : tensor<64x64xf32>, tensor<64x64xf32>) outs(%init : tensor<64x64xf32>) -> tensor<64x64xf32>
  return %product : tensor<64x64xf32>
}
