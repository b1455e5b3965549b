// RUN: acc-opt %s --verify-roundtrip | FileCheck %s

!hbm = memref<8x32xf32, #xpu.space<hbm>>
!spm = memref<8x16xf32, #xpu.space<spm>>
!acc = memref<8x8xf32, #xpu.space<acc>>

// CHECK-LABEL: func.func @load
func.func @load(%x: !hbm, %a: !spm, %i: memref<4xi32, #xpu.space<spm>>) {
  // CHECK: xpu.load %{{.*}} to %{{.*}} size [1, 1, 1, 1, 8, 16] element 4
  // CHECK-SAME: from <0, [0, 0, 0, 0, 128, 4]> into <64, [0, 0, 0, 0, 0, 4]>
  // CHECK-SAME: : memref<8x32xf32, #xpu.space<hbm>>, memref<8x16xf32, #xpu.space<spm>>
  xpu.load %x to %a size [1, 1, 1, 1, 8, 16] element 4
      from <0, [0, 0, 0, 0, 128, 4]> into <64, [0, 0, 0, 0, 0, 4]>
      : !hbm, !spm
  // CHECK: xpu.load {{.*}} indexed %{{.*}} at 4 limit 8 : memref<4xi32, #xpu.space<spm>>
  xpu.load %x to %a size [3, 1, 1, 1, 1, 16] element 4
      from <0, [128, 0, 0, 0, 0, 4]> into <0, [64, 0, 0, 0, 0, 4]>
      indexed %i at 4 limit 8 : memref<4xi32, #xpu.space<spm>> : !hbm, !spm
  return
}

// CHECK-LABEL: func.func @store
func.func @store(%a: !spm, %y: !hbm) {
  // Negative strides walk down, as long as all is inside the buffer.
  // CHECK: xpu.store {{.*}} from <448, [0, 0, 0, 0, -64, 4]> into <0, [0, 0, 0, 0, 128, 4]>
  xpu.store %a to %y size [1, 1, 1, 1, 8, 16] element 4
      from <448, [0, 0, 0, 0, -64, 4]> into <0, [0, 0, 0, 0, 128, 4]>
      : !spm, !hbm
  // Masks are attributes that xpu-assign-semaphores writes.
  // CHECK: xpu.store {{.*}} {signal = #xpu.semaphores<0, 1>, wait = #xpu.semaphores<31>}
  xpu.store %a to %y size [1, 1, 1, 1, 1, 1] element 4
      from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]>
      {signal = #xpu.semaphores<0, 1>, wait = #xpu.semaphores<31>} : !spm, !hbm
  return
}

// CHECK-LABEL: func.func @matrix
func.func @matrix(%a: !spm, %w: memref<16x8xf32, #xpu.space<spm>>, %acc: !acc, %c: !spm) {
  // CHECK: xpu.matmul %{{.*}} times %{{.*}} into %{{.*}} m [1, 1, 8] k [1, 1, 16] columns 8
  // CHECK-SAME: a <f32_t0> <0, [0, 0, 64, 0, 0, 4]> w <f32_t2> <0, [0, 0, 32, 4]> :
  xpu.matmul %a times %w into %acc m [1, 1, 8] k [1, 1, 16] columns 8
      a <f32_t0> <0, [0, 0, 64, 0, 0, 4]> w <f32_t2> <0, [0, 0, 32, 4]>
      : !spm, memref<16x8xf32, #xpu.space<spm>>, !acc
  // CHECK: xpu.matmul {{.*}} columns 8 used 6 a
  xpu.matmul %a times %w into %acc m [1, 1, 8] k [1, 1, 16] columns 8 used 6
      a <f32_t0> <0, [0, 0, 64, 0, 0, 4]> w <f32_t2> <0, [0, 0, 32, 4]>
      : !spm, memref<16x8xf32, #xpu.space<spm>>, !acc
  // CHECK: xpu.matmul {{.*}} row 7 accumulate by_column :
  xpu.matmul %a times %w into %acc m [1, 1, 1] k [1, 1, 16] columns 8
      a <f32_t1> <0, [0, 0, 64, 0, 0, 4]> w <f32_t0> <0, [0, 0, 32, 4]>
      row 7 accumulate by_column : !spm, memref<16x8xf32, #xpu.space<spm>>, !acc
  // CHECK: xpu.acc_store %{{.*}} to %{{.*}} m [1, 1, 8] columns 8 <f32> <0, [0, 0, 64, 4]> :
  xpu.acc_store %acc to %c m [1, 1, 8] columns 8 <f32> <0, [0, 0, 64, 4]>
      : !acc, !spm
  // CHECK: xpu.acc_store {{.*}} <bf16> <2, [0, 0, 2, 16]> row 4 :
  xpu.acc_store %acc to %c m [1, 1, 4] columns 8 <bf16> <2, [0, 0, 2, 16]> row 4
      : !acc, !spm
  return
}

// CHECK-LABEL: func.func @vector
func.func @vector(%x: !spm, %y: !spm, %s: memref<8xf32, #xpu.space<spm>>) {
  // CHECK: xpu.vpu ins(%{{.*}} : {{.*}}) outs(%{{.*}} : {{.*}}) size [1, 1, 1, 1, 8, 16]
  // CHECK-SAME: in [#xpu.format<f32>] [#xpu.stream<0, [0, 0, 0, 0, 64, 4]>]
  // CHECK-SAME: out <f32> <0, [0, 0, 0, 0, 64, 4]>
  // CHECK-SAME: program [#xpu.uop<"FMUL", 4 = (0, 0, 0), 2 : 1069066811>] result 4 reduce 5 op 0 init 0
  xpu.vpu ins(%x : !spm) outs(%y : !spm) size [1, 1, 1, 1, 8, 16]
      in [#xpu.format<f32>] [#xpu.stream<0, [0, 0, 0, 0, 64, 4]>]
      out <f32> <0, [0, 0, 0, 0, 64, 4]>
      program [#xpu.uop<"FMUL", 4 = (0, 0, 0), 2 : 1069066811>] result 4
      reduce 5 op 0 init 0
  // Without an operand: a stream of indices.
  // CHECK: xpu.vpu outs({{.*}}) {{.*}} in [#xpu.format<iota>]
  xpu.vpu outs(%y : !spm) size [1, 1, 1, 1, 8, 16]
      in [#xpu.format<iota>] [#xpu.stream<7, [0, 0, 0, 0, 16, 1]>]
      out <i32> <0, [0, 0, 0, 0, 64, 4]>
      program [] result 0 reduce 5 op 0 init 0
  // The output of a lane reduction has one element for each row.
  // CHECK: xpu.vpu {{.*}} result 15 reduce 5 lanes op 1 init 4286578688
  xpu.vpu ins(%x : !spm) outs(%s : memref<8xf32, #xpu.space<spm>>) size [1, 1, 1, 1, 8, 16]
      in [#xpu.format<f32>] [#xpu.stream<0, [0, 0, 0, 0, 64, 4]>]
      out <f32> <0, [0, 0, 0, 0, 4, 0]>
      program [#xpu.uop<"FMAX", 15 = (15, 0, 0), 0 : 0>] result 15
      reduce 5 lanes op 1 init 4286578688
  return
}

// CHECK-LABEL: func.func @host_call
func.func @host_call(%x: tensor<8xi32>, %a: memref<8xi32, #xpu.space<hbm>>) -> tensor<8xi32> {
  // CHECK: xpu.host_call @host::@f because "a reason" operations 8 ins(%{{.*}} : tensor<8xi32>) outs(%{{.*}} : tensor<8xi32>) -> tensor<8xi32>
  %r = xpu.host_call @host::@f because "a reason" operations 8 ins(%x : tensor<8xi32>) outs(%x : tensor<8xi32>) -> tensor<8xi32>
  // CHECK: xpu.host_call @host::@g because "a reason" operations 0 outs(%{{.*}} : memref<8xi32, #xpu.space<hbm>>)
  xpu.host_call @host::@g because "a reason" operations 0 outs(%a : memref<8xi32, #xpu.space<hbm>>)
  return %r : tensor<8xi32>
}

// CHECK-LABEL: func.func @loops
// CHECK: xpu.fence
// CHECK: xpu.shift %{{.*}} by [%{{.*}}] steps [64] : memref<8x16xf32, #xpu.space<hbm>>
func.func @loops(%x: memref<8x16xf32, #xpu.space<hbm>>, %a: memref<16xf32, #xpu.space<spm>>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c8 = arith.constant 8 : index
  scf.for %i = %c0 to %c8 step %c1 {
    xpu.fence
    %row = xpu.shift %x by [%i] steps [64] : memref<8x16xf32, #xpu.space<hbm>>
    xpu.load %row to %a size [1, 1, 1, 1, 1, 16] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]>
        : memref<8x16xf32, #xpu.space<hbm>>, memref<16xf32, #xpu.space<spm>>
  }
  return
}

// CHECK-LABEL: func.func @scaled
// CHECK: xpu.matmul {{.*}} scaled %{{.*}} <0, [0, 0, 1, 0, 0, 8]> by %{{.*}} <0, [0, 0, 8, 1]> accumulate
func.func @scaled(%a: memref<8x64xi8, #xpu.space<spm>>, %w: memref<8x32xi8, #xpu.space<spm>>,
                  %acc: memref<8x8xf32, #xpu.space<acc>>, %s: memref<2x8xi8, #xpu.space<spm>>) {
  xpu.matmul %a times %w into %acc m [1, 1, 8] k [1, 1, 64] columns 8
      a <f8e4m3> <0, [0, 0, 64, 0, 0, 1]> w <f4e2m1> <0, [0, 0, 1, 32]>
      scaled %s <0, [0, 0, 1, 0, 0, 8]> by %s <0, [0, 0, 8, 1]> accumulate
      : memref<8x64xi8, #xpu.space<spm>>, memref<8x32xi8, #xpu.space<spm>>, memref<8x8xf32, #xpu.space<acc>>,
        memref<2x8xi8, #xpu.space<spm>>, memref<2x8xi8, #xpu.space<spm>>
  return
}

// CHECK-LABEL: func.func @halved
// CHECK: xpu.matmul {{.*}} halved(%{{.*}} : memref<16xi8, #xpu.space<spm>>) <8, [1]> accumulate
func.func @halved(%a: memref<8x8xbf16, #xpu.space<spm>>, %acc: memref<8x8xf32, #xpu.space<acc>>,
                  %h: memref<16xi8, #xpu.space<spm>>) {
  xpu.matmul %a times %a into %acc m [1, 1, 8] k [1, 1, 8] columns 8
      a <bf16> <0, [0, 0, 16, 0, 0, 2]> w <bf16> <0, [0, 0, 16, 2]>
      halved(%h : memref<16xi8, #xpu.space<spm>>) <8, [1]> accumulate
      : memref<8x8xbf16, #xpu.space<spm>>, memref<8x8xbf16, #xpu.space<spm>>, memref<8x8xf32, #xpu.space<acc>>
  return
}

// CHECK-LABEL: func.func @blocks
// CHECK: xpu.blocks %{{.*}} : tensor<8x4x16xi8> -> tensor<8x4xvector<32xf4E2M1FN>>
// CHECK: xpu.block_dot %{{.*}}, %{{.*}}, %{{.*}} scales %{{.*}}, %{{.*}} : f32, vector<32xf8E4M3FN>, vector<32xf4E2M1FN>
func.func @blocks(%x: tensor<8x4x16xi8>, %acc: f32, %a: vector<32xf8E4M3FN>, %w: vector<32xf4E2M1FN>, %s: f8E8M0FNU)
    -> (tensor<8x4xvector<32xf4E2M1FN>>, f32) {
  %0 = xpu.blocks %x : tensor<8x4x16xi8> -> tensor<8x4xvector<32xf4E2M1FN>>
  %1 = xpu.block_dot %acc, %a, %w scales %s, %s : f32, vector<32xf8E4M3FN>, vector<32xf4E2M1FN>
  return %0, %1 : tensor<8x4xvector<32xf4E2M1FN>>, f32
}

// CHECK-LABEL: func.func @collectives
func.func @collectives(%a: !spm, %b: !spm, %wide: memref<8x32xf32, #xpu.space<spm>>) {
  // CHECK: xpu.collective <all_reduce> by <fadd> over <row> of 4 rows 8 columns 16 <f32>
  // CHECK-SAME: %{{.*}} <0, [0, 64, 4]> to %{{.*}} <0, [0, 64, 4]> :
  xpu.collective <all_reduce> by <fadd> over <row> of 4 rows 8 columns 16 <f32>
      %a <0, [0, 64, 4]> to %b <0, [0, 64, 4]> : !spm, !spm
  // Side by side.
  // CHECK: xpu.collective <all_gather> over <column> of 2 rows 8 columns 16 <f32> {{.*}} to %{{.*}} <0, [64, 128, 4]>
  xpu.collective <all_gather> over <column> of 2 rows 8 columns 16 <f32>
      %a <0, [0, 64, 4]> to %wide <0, [64, 128, 4]> : !spm, memref<8x32xf32, #xpu.space<spm>>
  // CHECK: xpu.collective <reduce_scatter> by <imax> over <chip> of 4 rows 2 columns 16 <i32> %{{.*}} <0, [128, 64, 4]>
  xpu.collective <reduce_scatter> by <imax> over <chip> of 4 rows 2 columns 16 <i32>
      %a <0, [128, 64, 4]> to %b <0, [0, 64, 4]> : !spm, !spm
  // CHECK: xpu.collective <broadcast> over <chip> {{.*}} root 3 {signal = #xpu.semaphores<2>} :
  xpu.collective <broadcast> over <chip> of 4 rows 1 columns 32 <bf16>
      %a <0, [0, 0, 2]> to %a <0, [0, 0, 2]> root 3 {signal = #xpu.semaphores<2>} : !spm, !spm
  // CHECK: xpu.barrier <column>
  xpu.barrier <column>
  // CHECK: xpu.collective <all_reduce> by <fadd> over <slice> in <peers> of 2 rows 8 columns 16 <f32>
  xpu.collective <all_reduce> by <fadd> over <slice> in <peers> of 2 rows 8 columns 16 <f32>
      %a <0, [0, 64, 4]> to %b <0, [0, 64, 4]> : !spm, !spm
  // CHECK: xpu.barrier <chip> in <rack>
  xpu.barrier <chip> in <rack>
  return
}

// CHECK-LABEL: func.func @exchange
func.func @exchange(%a: memref<8x16xf32>, %b: memref<8x4x16xf32>, %c: memref<8x16xf32>) {
  // CHECK: xpu.exchange <all_gather> over <chip> of 4 %{{.*}} to %{{.*}} : memref<8x16xf32>, memref<8x4x16xf32>
  xpu.exchange <all_gather> over <chip> of 4 %a to %b : memref<8x16xf32>, memref<8x4x16xf32>
  // CHECK: xpu.exchange <all_reduce> by <fmax> over <row> of 2 %{{.*}} to
  xpu.exchange <all_reduce> by <fmax> over <row> of 2 %a to %c : memref<8x16xf32>, memref<8x16xf32>
  // CHECK: xpu.exchange <all_reduce> by <fmax> over <row> in <tray> of 4 %{{.*}} to
  xpu.exchange <all_reduce> by <fmax> over <row> in <tray> of 4 %a to %c : memref<8x16xf32>, memref<8x16xf32>
  return
}
