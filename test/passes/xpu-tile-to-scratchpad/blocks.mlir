// RUN: acc-opt %s --xpu-tile-to-scratchpad=target=jx1-slice | FileCheck %s
// RUN: acc-opt %s --xpu-tile-to-scratchpad=target=jx1-slice --lower-affine --canonicalize --cse --convert-linalg-to-xpu=target=jx1-slice | FileCheck %s --check-prefix=COMMANDS
// RUN: acc-opt %s --xpu-tile-to-scratchpad=target=jx1-slice --lower-affine --canonicalize --cse --convert-linalg-to-xpu=target=jx1-slice | FileCheck %s --check-prefix=PARTS

// Weights lie an odd number of bytes apart, as their type cannot say: so the array loads a byte of each column in one access, 64 for a step instead of one for each of 240
// columns. Their copy has room for a byte more in each row. Scales lie apart, too, and are there for all of the sum.
// CHECK-LABEL: func.func @blocks
// CHECK-DAG: memref.alloc() {xpu.pitch = 257 : i64, {{.*}}} : memref<241x8xvector<32xf8E4M3FN>, #xpu.space<spm>>
// CHECK-DAG: memref.alloc() {{.*}} : memref<256x129xf8E8M0FNU, #xpu.space<spm>>
// CHECK-DAG: memref.alloc() {{.*}} : memref<240x129xf8E8M0FNU, #xpu.space<spm>>

// The command's strides have the pitch; what is loaded so moves as bytes, the rows of the other operand as words.
// Each half of the rows has a copy of its own, in whole lines of memory: the first half comes before the weights, whose place the second half of the step but one before still needs.
// COMMANDS-DAG: xpu.load {{.*}} size [1, 1, 1, 1, 240, 256] element 1 {{.*}} into <0, [0, 0, 0, 0, 257, 1]>
// COMMANDS-DAG: xpu.matmul {{.*}} k [1, 1, 256] columns 240 {{.*}} w <f8e4m3> <0, [0, 0, 1, 257]> scaled %{{.*}} <0, [0, 0, 129, 0, 0, 1]> by %{{.*}} <0, [0, 0, 1, 129]>

// PARTS-LABEL: func.func @blocks
// PARTS: xpu.load %{{.*}} to %[[FIRST:alloc_[0-9]+]] size [1, 1, 1, 1, 128, 64] element 4
// PARTS: xpu.load %{{.*}} to %[[WEIGHTS:alloc_[0-9]+]] size [1, 1, 1, 1, 240, 256] element 1
// PARTS: xpu.load %{{.*}} to %[[SECOND:alloc_[0-9]+]] size [1, 1, 1, 1, 128, 64] element 4
// PARTS: xpu.matmul %[[FIRST]] times %[[WEIGHTS]]
// PARTS: xpu.matmul %[[SECOND]] times %[[WEIGHTS]]
!block = vector<32xf8E4M3FN>
!m = memref<4096x128x!block, #xpu.space<hbm>>
!n = memref<960x128x!block, #xpu.space<hbm>>
!ms = memref<4096x128xf8E8M0FNU, #xpu.space<hbm>>
!ns = memref<960x128xf8E8M0FNU, #xpu.space<hbm>>
!c = memref<4096x960xf32, #xpu.space<hbm>>
#ik = affine_map<(i, j, k) -> (i, k)>
#jk = affine_map<(i, j, k) -> (j, k)>
#ij = affine_map<(i, j, k) -> (i, j)>
func.func @blocks(%a: !m, %b: !n, %sa: !ms, %sb: !ns, %c: !c) {
  linalg.generic {indexing_maps = [#ik, #jk, #ik, #jk, #ij], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %b, %sa, %sb : !m, !n, !ms, !ns) outs(%c : !c) attrs = {xpu.initial_value = 0.0 : f32} {
  ^bb0(%x: !block, %y: !block, %s: f8E8M0FNU, %t: f8E8M0FNU, %o: f32):
    %r = xpu.block_dot %o, %x, %y scales %s, %t : f32, !block, !block
    linalg.yield %r : f32
  }
  return
}

// One of a batch has a first dimension of one row of rows: room is made behind the columns.
// CHECK-LABEL: func.func @batch
// CHECK-DAG: xpu.pitch = {{[0-9]*[13579]}} : i64, {{.*}} : memref<1x{{[0-9]+}}x{{[0-9]+}}xvector<32xf4E2M1FN>
// CHECK-NOT: memref<2x{{[0-9]+}}x{{[0-9]+}}xvector<32xf4E2M1FN>, #xpu.space<spm>>
!small = vector<32xf4E2M1FN>
#bik = affine_map<(b, i, j, k) -> (b, i, k)>
#bjk = affine_map<(b, i, j, k) -> (b, j, k)>
#bij = affine_map<(b, i, j, k) -> (b, i, j)>
func.func @batch(%a: memref<4x256x64x!small, #xpu.space<hbm>>, %b: memref<4x240x64x!small, #xpu.space<hbm>>, %sa: memref<4x256x64xf8E8M0FNU, #xpu.space<hbm>>,
                 %sb: memref<4x240x64xf8E8M0FNU, #xpu.space<hbm>>, %c: memref<4x256x240xf32, #xpu.space<hbm>>) {
  linalg.generic {indexing_maps = [#bik, #bjk, #bik, #bjk, #bij], iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%a, %b, %sa, %sb : memref<4x256x64x!small, #xpu.space<hbm>>, memref<4x240x64x!small, #xpu.space<hbm>>, memref<4x256x64xf8E8M0FNU, #xpu.space<hbm>>,
          memref<4x240x64xf8E8M0FNU, #xpu.space<hbm>>) outs(%c : memref<4x256x240xf32, #xpu.space<hbm>>) attrs = {xpu.initial_value = 0.0 : f32} {
  ^bb0(%x: !small, %y: !small, %s: f8E8M0FNU, %t: f8E8M0FNU, %o: f32):
    %r = xpu.block_dot %o, %x, %y scales %s, %t : f32, !small, !small
    linalg.yield %r : f32
  }
  return
}
