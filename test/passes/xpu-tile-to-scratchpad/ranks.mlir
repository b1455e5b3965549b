// RUN: split-file %s %t
// RUN: acc-opt %t/ranks.mlir --xpu-tile-to-scratchpad=target=jx1-slice | FileCheck %s
// RUN: not acc-opt %t/wrong.mlir --xpu-tile-to-scratchpad=target=jx1-slice 2>&1 | FileCheck %s --check-prefix=WRONG

// Of the same product, the tile that is quickest by itself, another one, and the quickest again where there is none of that rank.
// CHECK-LABEL: func.func @quickest
// CHECK: linalg.fill {{.*}} outs({{.*}} : memref<[[QUICKEST:[0-9x]+]]xf32, #xpu.space<acc>>)
// CHECK-LABEL: func.func @other
// CHECK-NOT: memref<[[QUICKEST]]xf32, #xpu.space<acc>>
// CHECK-LABEL: func.func @none
// CHECK: linalg.fill {{.*}} outs({{.*}} : memref<[[QUICKEST]]xf32, #xpu.space<acc>>)
// WRONG: error: xpu.tile_ranks expects integers that are not negative, but got -1 : i64

//--- ranks.mlir
module attributes {xpu.tile_ranks = {other = 1 : i64, none = 1000 : i64}} {
  func.func @quickest(%a: memref<512x512xbf16, #xpu.space<hbm>>, %b: memref<512x720xbf16, #xpu.space<hbm>>, %c: memref<512x720xf32, #xpu.space<hbm>>) {
    linalg.matmul {xpu.initial_value = 0.0 : f32} ins(%a, %b : memref<512x512xbf16, #xpu.space<hbm>>, memref<512x720xbf16, #xpu.space<hbm>>) outs(%c : memref<512x720xf32, #xpu.space<hbm>>) loc("quickest")
    return
  }
  func.func @other(%a: memref<512x512xbf16, #xpu.space<hbm>>, %b: memref<512x720xbf16, #xpu.space<hbm>>, %c: memref<512x720xf32, #xpu.space<hbm>>) {
    linalg.matmul {xpu.initial_value = 0.0 : f32} ins(%a, %b : memref<512x512xbf16, #xpu.space<hbm>>, memref<512x720xbf16, #xpu.space<hbm>>) outs(%c : memref<512x720xf32, #xpu.space<hbm>>) loc("other")
    return
  }
  func.func @none(%a: memref<512x512xbf16, #xpu.space<hbm>>, %b: memref<512x720xbf16, #xpu.space<hbm>>, %c: memref<512x720xf32, #xpu.space<hbm>>) {
    linalg.matmul {xpu.initial_value = 0.0 : f32} ins(%a, %b : memref<512x512xbf16, #xpu.space<hbm>>, memref<512x720xbf16, #xpu.space<hbm>>) outs(%c : memref<512x720xf32, #xpu.space<hbm>>) loc("none")
    return
  }
}

//--- wrong.mlir
module attributes {xpu.tile_ranks = {product = -1 : i64}} {
  func.func @product(%a: memref<512x512xbf16, #xpu.space<hbm>>, %b: memref<512x720xbf16, #xpu.space<hbm>>, %c: memref<512x720xf32, #xpu.space<hbm>>) {
    linalg.matmul {xpu.initial_value = 0.0 : f32} ins(%a, %b : memref<512x512xbf16, #xpu.space<hbm>>, memref<512x720xbf16, #xpu.space<hbm>>) outs(%c : memref<512x720xf32, #xpu.space<hbm>>) loc("product")
    return
  }
}
