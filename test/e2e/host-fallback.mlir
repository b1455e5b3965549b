// RUN: acc-cc %s --check=functional,systemc,rtl --check-host --report=%t.json | FileCheck %s
// RUN: FileCheck %s --check-prefix=REPORT --input-file=%t.json
// RUN: acc-cc %s -o %t.o
// RUN: acc-objdump %t.o | tee %t.s | FileCheck %s --check-prefix=ASM
// RUN: acc-as %t.s -o %t.again.o
// RUN: cmp %t.o %t.again.o
// RUN: acc-sim %t.o --model=rtl | FileCheck %s --check-prefix=SIM

// Three launches with two visits to the host between them; the first reads a slice of a larger
// buffer, which has to be made whole for that. Random inputs hold zeros: division by zero is -1.
// CHECK: output 'output_0': largest error 0 against the host
// CHECK: output 'output_1': largest error {{0 |.*e-0[6-9]}}
// CHECK: output 'output_2': largest error {{0 |.*e-0[6-9]}}
// CHECK: check: memory, cycles, counters and command times agree

// REPORT: "host":
// REPORT: "host_fallback": [
// REPORT: "op": "{{.*}}host-fallback.mlir:{{[0-9]+}}
// REPORT: "why": "has no form on the vector unit: arith.divsi; has no form on the vector unit: math.round"
// REPORT: "bytes": 304
// REPORT: "operations": 28
// 2 x 2 us + 304 B / 1 GB/s + 28 / (1e9/s)
// REPORT: "time_s": 4.332{{.*}}e-06
// REPORT: "why": "has no form on the vector unit: arith.divsi"

// ASM: .host_call "call_0", "has no form on the vector unit: arith.divsi; has no form on the vector unit: math.round", "{{.*}}", 28
// ASM: .host_input "input_0", int32, int32, [20], 0x
// ASM: .host_output "output_0", int32, int32, [20], 0x
// ASM: .launch
// ASM: .host_call "call_1"
// ASM: .launch
// ASM: .host_module "4d4cef52

// SIM: rtl: {{[0-9]+}} cycles

func.func @main(%x: tensor<20xi32>, %y: tensor<20xi32>, %w: tensor<4x8xf32>) -> (tensor<20xi32>, tensor<2x4xf32>, tensor<4x8xf32>) {
  %e = tensor.empty() : tensor<20xi32>
  %s = linalg.add ins(%x, %y : tensor<20xi32>, tensor<20xi32>) outs(%e : tensor<20xi32>) -> tensor<20xi32>
  %q = linalg.div ins(%s, %y : tensor<20xi32>, tensor<20xi32>) outs(%e : tensor<20xi32>) -> tensor<20xi32>
  %t = linalg.mul ins(%q, %x : tensor<20xi32>, tensor<20xi32>) outs(%e : tensor<20xi32>) -> tensor<20xi32>
  // The sum lives across the visit: not in the scratchpad.
  %u = linalg.add ins(%t, %s : tensor<20xi32>, tensor<20xi32>) outs(%e : tensor<20xi32>) -> tensor<20xi32>
  %d = linalg.div ins(%u, %y : tensor<20xi32>, tensor<20xi32>) outs(%e : tensor<20xi32>) -> tensor<20xi32>
  %ew = tensor.empty() : tensor<4x8xf32>
  %a = linalg.exp ins(%w : tensor<4x8xf32>) outs(%ew : tensor<4x8xf32>) -> tensor<4x8xf32>
  %part = tensor.extract_slice %a[1, 2] [2, 4] [1, 1] : tensor<4x8xf32> to tensor<2x4xf32>
  %eo = tensor.empty() : tensor<2x4xf32>
  %o = linalg.round ins(%part : tensor<2x4xf32>) outs(%eo : tensor<2x4xf32>) -> tensor<2x4xf32>
  return %d, %o, %a : tensor<20xi32>, tensor<2x4xf32>, tensor<4x8xf32>
}
