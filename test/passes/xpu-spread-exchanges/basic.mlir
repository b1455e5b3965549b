// RUN: acc-opt %s --xpu-spread-exchanges=target=xpu-tiny-4 | FileCheck %s

// Two pieces of a value that a product reads in four loads, three of the first one. The second tile of the second piece goes between the loads of the first piece, and the third load is
// behind it.
// It lies where results of the product will be.
// CHECK-LABEL: func.func @pieces
// CHECK: xpu.load %arg0 to %[[FIRST:.*]] size
// CHECK: xpu.collective {{.*}} %[[FIRST]]
// CHECK: xpu.store
// CHECK: xpu.load %arg0 to %[[SECOND:.*]] size {{.*}} from <64,
// CHECK: xpu.collective {{.*}} %[[SECOND]]
// CHECK: xpu.store
// CHECK: xpu.load %[[WHOLE:alloc]] to %{{.*}} from <0,
// CHECK: memref.alloc() {xpu.among_results, xpu.resident_banks = 1 : i64}
// CHECK: xpu.load %arg0 {{.*}} from <128,
// CHECK: xpu.collective
// CHECK: xpu.store {{.*}} into <512,
// CHECK: xpu.load %[[WHOLE]] to %{{.*}} from <256,
// CHECK-NOT: xpu.collective
// CHECK: xpu.load %[[WHOLE]] to %{{.*}} from <512,
func.func @pieces(%x: memref<48xf32, #xpu.space<hbm>>) {
  %whole = memref.alloc() {xpu.in_pieces} : memref<256xf32, #xpu.space<hbm>>
  %a0 = memref.alloc() : memref<16xf32, #xpu.space<spm>>
  %b0 = memref.alloc() : memref<4x16xf32, #xpu.space<spm>>
  xpu.load %x to %a0 size [1, 1, 1, 1, 1, 16] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : memref<48xf32, #xpu.space<hbm>>, memref<16xf32, #xpu.space<spm>>
  xpu.collective <all_gather> over <chip> of 4 rows 1 columns 16 <f32> %a0 <0, [0, 64, 4]> to %b0 <0, [64, 64, 4]> : memref<16xf32, #xpu.space<spm>>, memref<4x16xf32, #xpu.space<spm>>
  xpu.store %b0 to %whole size [1, 1, 1, 1, 1, 64] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : memref<4x16xf32, #xpu.space<spm>>, memref<256xf32, #xpu.space<hbm>>
  %a1 = memref.alloc() : memref<16xf32, #xpu.space<spm>>
  %b1 = memref.alloc() : memref<4x16xf32, #xpu.space<spm>>
  xpu.load %x to %a1 size [1, 1, 1, 1, 1, 16] element 4 from <64, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : memref<48xf32, #xpu.space<hbm>>, memref<16xf32, #xpu.space<spm>>
  xpu.collective <all_gather> over <chip> of 4 rows 1 columns 16 <f32> %a1 <0, [0, 64, 4]> to %b1 <0, [64, 64, 4]> : memref<16xf32, #xpu.space<spm>>, memref<4x16xf32, #xpu.space<spm>>
  xpu.store %b1 to %whole size [1, 1, 1, 1, 1, 64] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <512, [0, 0, 0, 0, 0, 4]> : memref<4x16xf32, #xpu.space<spm>>, memref<256xf32, #xpu.space<hbm>>
  %a2 = memref.alloc() : memref<16xf32, #xpu.space<spm>>
  %b2 = memref.alloc() : memref<4x16xf32, #xpu.space<spm>>
  xpu.load %x to %a2 size [1, 1, 1, 1, 1, 16] element 4 from <128, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : memref<48xf32, #xpu.space<hbm>>, memref<16xf32, #xpu.space<spm>>
  xpu.collective <all_gather> over <chip> of 4 rows 1 columns 16 <f32> %a2 <0, [0, 64, 4]> to %b2 <0, [64, 64, 4]> : memref<16xf32, #xpu.space<spm>>, memref<4x16xf32, #xpu.space<spm>>
  xpu.store %b2 to %whole size [1, 1, 1, 1, 1, 64] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <512, [0, 0, 0, 0, 0, 4]> : memref<4x16xf32, #xpu.space<spm>>, memref<256xf32, #xpu.space<hbm>>
  %r0 = memref.alloc() {xpu.resident_banks = 1 : i64} : memref<64xf32, #xpu.space<spm>>
  xpu.load %whole to %r0 size [1, 1, 1, 1, 1, 64] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : memref<256xf32, #xpu.space<hbm>>, memref<64xf32, #xpu.space<spm>>
  %r1 = memref.alloc() {xpu.resident_banks = 1 : i64} : memref<64xf32, #xpu.space<spm>>
  xpu.load %whole to %r1 size [1, 1, 1, 1, 1, 64] element 4 from <256, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : memref<256xf32, #xpu.space<hbm>>, memref<64xf32, #xpu.space<spm>>
  %again = memref.alloc() {xpu.resident_banks = 1 : i64} : memref<64xf32, #xpu.space<spm>>
  xpu.load %whole to %again size [1, 1, 1, 1, 1, 64] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : memref<256xf32, #xpu.space<hbm>>, memref<64xf32, #xpu.space<spm>>
  %r2 = memref.alloc() {xpu.resident_banks = 1 : i64} : memref<64xf32, #xpu.space<spm>>
  xpu.load %whole to %r2 size [1, 1, 1, 1, 1, 64] element 4 from <512, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : memref<256xf32, #xpu.space<hbm>>, memref<64xf32, #xpu.space<spm>>
  return
}

// A piece behind the second one leaves the place before the product, too: the loads of the first piece do not wait for it.
// CHECK-LABEL: func.func @third
// CHECK: xpu.load %arg0 {{.*}} from <0,
// CHECK: xpu.load %arg0 {{.*}} from <64,
// CHECK: xpu.load %[[WHOLE:alloc]] to %{{.*}} from <0,
// CHECK: memref.alloc() {xpu.among_results, xpu.resident_banks = 1 : i64}
// CHECK: xpu.load %arg0 {{.*}} from <128,
// CHECK: xpu.collective
// CHECK: xpu.store {{.*}} into <512,
// CHECK: xpu.load %[[WHOLE]] to %{{.*}} from <256,
// CHECK: xpu.load %[[WHOLE]] to %{{.*}} from <512,
func.func @third(%x: memref<48xf32, #xpu.space<hbm>>) {
  %whole = memref.alloc() {xpu.in_pieces} : memref<256xf32, #xpu.space<hbm>>
  %a0 = memref.alloc() : memref<16xf32, #xpu.space<spm>>
  %b0 = memref.alloc() : memref<4x16xf32, #xpu.space<spm>>
  xpu.load %x to %a0 size [1, 1, 1, 1, 1, 16] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : memref<48xf32, #xpu.space<hbm>>, memref<16xf32, #xpu.space<spm>>
  xpu.collective <all_gather> over <chip> of 4 rows 1 columns 16 <f32> %a0 <0, [0, 64, 4]> to %b0 <0, [64, 64, 4]> : memref<16xf32, #xpu.space<spm>>, memref<4x16xf32, #xpu.space<spm>>
  xpu.store %b0 to %whole size [1, 1, 1, 1, 1, 64] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : memref<4x16xf32, #xpu.space<spm>>, memref<256xf32, #xpu.space<hbm>>
  %a1 = memref.alloc() : memref<16xf32, #xpu.space<spm>>
  %b1 = memref.alloc() : memref<4x16xf32, #xpu.space<spm>>
  xpu.load %x to %a1 size [1, 1, 1, 1, 1, 16] element 4 from <64, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : memref<48xf32, #xpu.space<hbm>>, memref<16xf32, #xpu.space<spm>>
  xpu.collective <all_gather> over <chip> of 4 rows 1 columns 16 <f32> %a1 <0, [0, 64, 4]> to %b1 <0, [64, 64, 4]> : memref<16xf32, #xpu.space<spm>>, memref<4x16xf32, #xpu.space<spm>>
  xpu.store %b1 to %whole size [1, 1, 1, 1, 1, 64] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <256, [0, 0, 0, 0, 0, 4]> : memref<4x16xf32, #xpu.space<spm>>, memref<256xf32, #xpu.space<hbm>>
  %a2 = memref.alloc() : memref<16xf32, #xpu.space<spm>>
  %b2 = memref.alloc() : memref<4x16xf32, #xpu.space<spm>>
  xpu.load %x to %a2 size [1, 1, 1, 1, 1, 16] element 4 from <128, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : memref<48xf32, #xpu.space<hbm>>, memref<16xf32, #xpu.space<spm>>
  xpu.collective <all_gather> over <chip> of 4 rows 1 columns 16 <f32> %a2 <0, [0, 64, 4]> to %b2 <0, [64, 64, 4]> : memref<16xf32, #xpu.space<spm>>, memref<4x16xf32, #xpu.space<spm>>
  xpu.store %b2 to %whole size [1, 1, 1, 1, 1, 64] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <512, [0, 0, 0, 0, 0, 4]> : memref<4x16xf32, #xpu.space<spm>>, memref<256xf32, #xpu.space<hbm>>
  %r0 = memref.alloc() {xpu.resident_banks = 1 : i64} : memref<64xf32, #xpu.space<spm>>
  xpu.load %whole to %r0 size [1, 1, 1, 1, 1, 64] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : memref<256xf32, #xpu.space<hbm>>, memref<64xf32, #xpu.space<spm>>
  %r1 = memref.alloc() {xpu.resident_banks = 1 : i64} : memref<64xf32, #xpu.space<spm>>
  xpu.load %whole to %r1 size [1, 1, 1, 1, 1, 64] element 4 from <256, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : memref<256xf32, #xpu.space<hbm>>, memref<64xf32, #xpu.space<spm>>
  %r2 = memref.alloc() {xpu.resident_banks = 1 : i64} : memref<64xf32, #xpu.space<spm>>
  xpu.load %whole to %r2 size [1, 1, 1, 1, 1, 64] element 4 from <512, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : memref<256xf32, #xpu.space<hbm>>, memref<64xf32, #xpu.space<spm>>
  return
}

// No product is behind the first exchange: its tiles wait for that behind the next one, which has loads to go between. Its result is not read there.
// CHECK-LABEL: func.func @handed_on
// CHECK: xpu.load %arg1
// CHECK: xpu.load %arg2
// CHECK-NEXT: xpu.collective
// CHECK-NEXT: xpu.store {{.*}} to %arg4
// CHECK: xpu.load %arg3
// CHECK: memref.alloc() {xpu.among_results, xpu.resident_banks = 1 : i64}
// CHECK: xpu.load %arg0
// CHECK-NEXT: xpu.collective
// CHECK-NEXT: xpu.store {{.*}} to %{{.*}} size
// CHECK: xpu.load %arg3
// CHECK: xpu.matmul

// What is read before the product stays where it is.
// CHECK-LABEL: func.func @wanted
// CHECK: xpu.load %arg0
// CHECK-NEXT: xpu.collective
// CHECK-NEXT: xpu.store
// CHECK: xpu.load %{{.*}} to %{{.*}} size
// CHECK: xpu.load %arg2
// CHECK-NEXT: xpu.collective
// CHECK: xpu.matmul
func.func @handed_on(%x: memref<16xf32, #xpu.space<hbm>>, %other: memref<64xf32, #xpu.space<hbm>>, %y: memref<16xf32, #xpu.space<hbm>>, %rows: memref<8192xf32, #xpu.space<hbm>>,
                      %sums: memref<64xf32, #xpu.space<hbm>>) {
  %keys = memref.alloc() : memref<64xf32, #xpu.space<hbm>>
  %a0 = memref.alloc() : memref<16xf32, #xpu.space<spm>>
  %b0 = memref.alloc() : memref<4x16xf32, #xpu.space<spm>>
  xpu.load %x to %a0 size [1, 1, 1, 1, 1, 16] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : memref<16xf32, #xpu.space<hbm>>, memref<16xf32, #xpu.space<spm>>
  xpu.collective <all_gather> over <chip> of 4 rows 1 columns 16 <f32> %a0 <0, [0, 64, 4]> to %b0 <0, [64, 64, 4]> : memref<16xf32, #xpu.space<spm>>, memref<4x16xf32, #xpu.space<spm>>
  xpu.store %b0 to %keys size [1, 1, 1, 1, 1, 64] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : memref<4x16xf32, #xpu.space<spm>>, memref<64xf32, #xpu.space<hbm>>
  %c = memref.alloc() : memref<64xf32, #xpu.space<spm>>
  xpu.load %other to %c size [1, 1, 1, 1, 1, 64] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : memref<64xf32, #xpu.space<hbm>>, memref<64xf32, #xpu.space<spm>>
  %a1 = memref.alloc() : memref<16xf32, #xpu.space<spm>>
  %b1 = memref.alloc() : memref<4x16xf32, #xpu.space<spm>>
  xpu.load %y to %a1 size [1, 1, 1, 1, 1, 16] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : memref<16xf32, #xpu.space<hbm>>, memref<16xf32, #xpu.space<spm>>
  xpu.collective <all_gather> over <chip> of 4 rows 1 columns 16 <f32> %a1 <0, [0, 64, 4]> to %b1 <0, [64, 64, 4]> : memref<16xf32, #xpu.space<spm>>, memref<4x16xf32, #xpu.space<spm>>
  xpu.store %b1 to %sums size [1, 1, 1, 1, 1, 64] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : memref<4x16xf32, #xpu.space<spm>>, memref<64xf32, #xpu.space<hbm>>
  %r0 = memref.alloc() {xpu.resident_banks = 1 : i64} : memref<64x64xf32, #xpu.space<spm>>
  xpu.load %rows to %r0 size [1, 1, 1, 1, 1, 4096] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : memref<8192xf32, #xpu.space<hbm>>, memref<64x64xf32, #xpu.space<spm>>
  %r1 = memref.alloc() {xpu.resident_banks = 1 : i64} : memref<64x8xf32, #xpu.space<spm>>
  xpu.load %rows to %r1 size [1, 1, 1, 1, 1, 512] element 4 from <16384, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : memref<8192xf32, #xpu.space<hbm>>, memref<64x8xf32, #xpu.space<spm>>
  %acc = memref.alloc() : memref<64x8xf32, #xpu.space<acc>>
  xpu.matmul %r0 times %r1 into %acc m [1, 1, 64] k [1, 1, 64] columns 8 a <f32_t0> <0, [0, 0, 256, 0, 0, 4]> w <f32_t0> <0, [0, 0, 32, 4]>
      : memref<64x64xf32, #xpu.space<spm>>, memref<64x8xf32, #xpu.space<spm>>, memref<64x8xf32, #xpu.space<acc>>
  return
}
func.func @wanted(%x: memref<16xf32, #xpu.space<hbm>>, %other: memref<64xf32, #xpu.space<hbm>>, %y: memref<16xf32, #xpu.space<hbm>>, %rows: memref<8192xf32, #xpu.space<hbm>>,
                      %sums: memref<64xf32, #xpu.space<hbm>>) {
  %keys = memref.alloc() : memref<64xf32, #xpu.space<hbm>>
  %a0 = memref.alloc() : memref<16xf32, #xpu.space<spm>>
  %b0 = memref.alloc() : memref<4x16xf32, #xpu.space<spm>>
  xpu.load %x to %a0 size [1, 1, 1, 1, 1, 16] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : memref<16xf32, #xpu.space<hbm>>, memref<16xf32, #xpu.space<spm>>
  xpu.collective <all_gather> over <chip> of 4 rows 1 columns 16 <f32> %a0 <0, [0, 64, 4]> to %b0 <0, [64, 64, 4]> : memref<16xf32, #xpu.space<spm>>, memref<4x16xf32, #xpu.space<spm>>
  xpu.store %b0 to %keys size [1, 1, 1, 1, 1, 64] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : memref<4x16xf32, #xpu.space<spm>>, memref<64xf32, #xpu.space<hbm>>
  %c = memref.alloc() : memref<64xf32, #xpu.space<spm>>
  xpu.load %keys to %c size [1, 1, 1, 1, 1, 64] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : memref<64xf32, #xpu.space<hbm>>, memref<64xf32, #xpu.space<spm>>
  %a1 = memref.alloc() : memref<16xf32, #xpu.space<spm>>
  %b1 = memref.alloc() : memref<4x16xf32, #xpu.space<spm>>
  xpu.load %y to %a1 size [1, 1, 1, 1, 1, 16] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : memref<16xf32, #xpu.space<hbm>>, memref<16xf32, #xpu.space<spm>>
  xpu.collective <all_gather> over <chip> of 4 rows 1 columns 16 <f32> %a1 <0, [0, 64, 4]> to %b1 <0, [64, 64, 4]> : memref<16xf32, #xpu.space<spm>>, memref<4x16xf32, #xpu.space<spm>>
  xpu.store %b1 to %sums size [1, 1, 1, 1, 1, 64] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : memref<4x16xf32, #xpu.space<spm>>, memref<64xf32, #xpu.space<hbm>>
  %r0 = memref.alloc() {xpu.resident_banks = 1 : i64} : memref<64x64xf32, #xpu.space<spm>>
  xpu.load %rows to %r0 size [1, 1, 1, 1, 1, 4096] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : memref<8192xf32, #xpu.space<hbm>>, memref<64x64xf32, #xpu.space<spm>>
  %r1 = memref.alloc() {xpu.resident_banks = 1 : i64} : memref<64x8xf32, #xpu.space<spm>>
  xpu.load %rows to %r1 size [1, 1, 1, 1, 1, 512] element 4 from <16384, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : memref<8192xf32, #xpu.space<hbm>>, memref<64x8xf32, #xpu.space<spm>>
  %acc = memref.alloc() : memref<64x8xf32, #xpu.space<acc>>
  xpu.matmul %r0 times %r1 into %acc m [1, 1, 64] k [1, 1, 64] columns 8 a <f32_t0> <0, [0, 0, 256, 0, 0, 4]> w <f32_t0> <0, [0, 0, 32, 4]>
      : memref<64x64xf32, #xpu.space<spm>>, memref<64x8xf32, #xpu.space<spm>>, memref<64x8xf32, #xpu.space<acc>>
  return
}
