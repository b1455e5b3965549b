// RUN: acc-opt %s --xpu-allocate-memory | FileCheck %s
// RUN: not acc-opt %s --xpu-allocate-memory=target=nowhere 2>&1 | FileCheck %s --check-prefix=OPTION

// A line of jx1-slice has 256 bytes, one of xpu-tiny 32. An option goes before the module's target.
// OPTION: unknown target 'nowhere'
// CHECK: module attributes {xpu.target = #xpu.target<"jx1-slice">}
module attributes {xpu.target = #xpu.target<"jx1-slice">} {
  // CHECK: %{{.*}}: memref<5xf32, #xpu.space<hbm>> {xpu.address = 256 : i64})
  func.func @f(%x: memref<5xf32, #xpu.space<hbm>>, %y: memref<5xf32, #xpu.space<hbm>>) {
    return
  }
}
