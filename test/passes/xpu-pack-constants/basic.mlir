// RUN: acc-opt %s --xpu-pack-constants --split-input-file | FileCheck %s

// Two 2x2 parts of a 2x4 constant, the right one first, and the right one again: blocks in the
// order of their first load, 32 bytes (one DRAM atom) apart.
// CHECK: memref.global "private" constant @w_packed : memref<12xf32, #xpu.space<hbm>> =
// CHECK-SAME: dense<[2.{{0*e\+00}}, 3.{{0*e\+00}}, 6.{{0*e\+00}}, 7.{{0*e\+00}}, 0.{{0*e\+00}}, 0.{{0*e\+00}}, 0.{{0*e\+00}}, 0.{{0*e\+00}}, 0.{{0*e\+00}}, 1.{{0*e\+00}}, 4.{{0*e\+00}}, 5.{{0*e\+00}}]>
// CHECK-NOT: memref.global
// CHECK-LABEL: func.func @tiles
!hbm = memref<2x4xf32, #xpu.space<hbm>>
!spm = memref<2x2xf32, #xpu.space<spm>>
memref.global "private" constant @w : !hbm = dense<[[0.0, 1.0, 2.0, 3.0], [4.0, 5.0, 6.0, 7.0]]>
func.func @tiles(%a: !spm, %b: !spm, %c: !spm) {
  // CHECK: %[[W:.*]] = memref.get_global @w_packed : memref<12xf32, #xpu.space<hbm>>
  %w = memref.get_global @w : !hbm
  // CHECK: xpu.load %[[W]] to %{{.*}} size [1, 1, 1, 1, 1, 4] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]>
  xpu.load %w to %a size [1, 1, 1, 1, 2, 2] element 4 from <8, [0, 0, 0, 0, 16, 4]> into <0, [0, 0, 0, 0, 8, 4]> : !hbm, !spm
  // CHECK: xpu.load %[[W]] to %{{.*}} size [1, 1, 1, 1, 1, 4] element 4 from <32, [0, 0, 0, 0, 0, 4]>
  xpu.load %w to %b size [1, 1, 1, 1, 2, 2] element 4 from <0, [0, 0, 0, 0, 16, 4]> into <0, [0, 0, 0, 0, 8, 4]> : !hbm, !spm
  // CHECK: xpu.load %[[W]] to %{{.*}} size [1, 1, 1, 1, 1, 4] element 4 from <0, [0, 0, 0, 0, 0, 4]>
  xpu.load %w to %c size [1, 1, 1, 1, 2, 2] element 4 from <8, [0, 0, 0, 0, 16, 4]> into <0, [0, 0, 0, 0, 8, 4]> : !hbm, !spm
  return
}

// -----

// A transposed walk becomes a run; the broadcast dimension keeps its stride 0, the other side
// keeps its own strides. 16-bit elements from a resource.
// CHECK: memref.global "private" constant @t_packed : memref<6xi16, #xpu.space<hbm>> = dense_resource<t>
// CHECK-LABEL: func.func @transposed
!hbm = memref<2x3xi16, #xpu.space<hbm>>
!spm = memref<2x3x4xi16, #xpu.space<spm>>
memref.global "private" constant @t : !hbm = dense_resource<blob>
func.func @transposed(%a: !spm) {
  %t = memref.get_global @t : !hbm
  // CHECK: size [1, 1, 1, 2, 3, 2] element 2 from <0, [0, 0, 0, 0, 4, 2]> into <0, [0, 0, 0, 24, 8, 2]>
  xpu.load %t to %a size [1, 1, 1, 2, 3, 2] element 2 from <0, [0, 0, 0, 0, 2, 6]> into <0, [0, 0, 0, 24, 8, 2]> : !hbm, !spm
  return
}
// Elements 0 1 2 / 3 4 5 as 0 3 1 4 2 5.
// CHECK: t: "0x40000000000003000100040002000500"
{-# dialect_resources: { builtin: { blob: "0x40000000000001000200030004000500" } } #-}

// -----

// Loads that overlap, a constant that is already in order, a table, a bool: as they are.
// CHECK: @overlap : memref<4x4xf32
// CHECK: @run : memref<8xf32
// CHECK: @table : memref<4x2xf32
// CHECK: @bits : memref<2x4xi1
// CHECK-NOT: packed
!hbm = memref<4x4xf32, #xpu.space<hbm>>
!spm = memref<3x3xf32, #xpu.space<spm>>
!list = memref<2xi32, #xpu.space<spm>>
memref.global "private" constant @overlap : !hbm = dense<1.0>
memref.global "private" constant @run : memref<8xf32, #xpu.space<hbm>> = dense<2.0>
memref.global "private" constant @table : memref<4x2xf32, #xpu.space<hbm>> = dense<3.0>
memref.global "private" constant @bits : memref<2x4xi1, #xpu.space<hbm>> = dense<true>
func.func @kept(%a: !spm, %b: !list, %c: memref<2x2xi1, #xpu.space<spm>>) {
  %o = memref.get_global @overlap : !hbm
  xpu.load %o to %a size [1, 1, 1, 1, 3, 3] element 4 from <0, [0, 0, 0, 0, 16, 4]> into <0, [0, 0, 0, 0, 12, 4]> : !hbm, !spm
  xpu.load %o to %a size [1, 1, 1, 1, 3, 3] element 4 from <4, [0, 0, 0, 0, 16, 4]> into <0, [0, 0, 0, 0, 12, 4]> : !hbm, !spm
  xpu.load %o to %a size [1, 1, 1, 1, 3, 3] element 4 from <16, [0, 0, 0, 0, 16, 4]> into <0, [0, 0, 0, 0, 12, 4]> : !hbm, !spm
  %r = memref.get_global @run : memref<8xf32, #xpu.space<hbm>>
  xpu.load %r to %a size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : memref<8xf32, #xpu.space<hbm>>, !spm
  %t = memref.get_global @table : memref<4x2xf32, #xpu.space<hbm>>
  xpu.load %t to %a size [2, 1, 1, 1, 1, 1] element 4 from <0, [8, 0, 0, 0, 0, 4]> into <0, [8, 0, 0, 0, 0, 4]> indexed %b at 0 limit 4 : !list : memref<4x2xf32, #xpu.space<hbm>>, !spm
  %m = memref.get_global @bits : memref<2x4xi1, #xpu.space<hbm>>
  xpu.load %m to %c size [1, 1, 1, 1, 2, 2] element 1 from <0, [0, 0, 0, 0, 4, 1]> into <0, [0, 0, 0, 0, 2, 1]> : memref<2x4xi1, #xpu.space<hbm>>, memref<2x2xi1, #xpu.space<spm>>
  return
}
