// RUN: acc-opt %s --convert-linalg-to-xpu | FileCheck %s

!spm = memref<4x8xf32, #xpu.space<spm>>
!row = memref<4xf32, #xpu.space<spm>>
!col = memref<8xf32, #xpu.space<spm>>
#id = affine_map<(i, j) -> (i, j)>

// Contiguous dimensions become one.
// CHECK-LABEL: func.func @elementwise
func.func @elementwise(%a: !spm, %b: !spm) {
  // CHECK: xpu.vpu ins(%{{.*}}) outs(%{{.*}}) size [1, 1, 1, 1, 1, 32]
  // CHECK-SAME: program [#xpu.uop<"FMUL", 1 = (0, 0, 0), 2 : 1069066811>, #xpu.uop<"EXP2", 2 = (1, 0, 0), 0 : 0>] result 2 reduce 5 op 0 init 0
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%a : !spm) outs(%b : !spm) {
  ^bb0(%x: f32, %o: f32):
    %s = math.exp %x : f32
    linalg.yield %s : f32
  }
  return
}

// A broadcast operand has stride 0; the loop index is a stream without memory.
// CHECK-LABEL: func.func @broadcast_and_index
func.func @broadcast_and_index(%a: !spm, %r: !row, %b: !spm) {
  // CHECK: size [1, 1, 1, 1, 4, 8] in [#xpu.format<f32>, #xpu.format<f32>, #xpu.format<iota>]
  // CHECK-SAME: [#xpu.stream<0, [0, 0, 0, 0, 32, 4]>, #xpu.stream<0, [0, 0, 0, 0, 4, 0]>, #xpu.stream<0, [0, 0, 0, 0, 0, 1]>]
  linalg.generic {indexing_maps = [#id, affine_map<(i, j) -> (i)>, #id], iterator_types = ["parallel", "parallel"]} ins(%a, %r : !spm, !row) outs(%b : !spm) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %i = linalg.index 1 : index
    %j = arith.index_cast %i : index to i32
    %k = arith.sitofp %j : i32 to f32
    %s = arith.addf %x, %y : f32
    %t = arith.mulf %s, %k : f32
    linalg.yield %t : f32
  }
  return
}

// The lanes hold the reduced dimension: a tree at the end. The fill is the start value.
// CHECK-LABEL: func.func @reduce_lanes
func.func @reduce_lanes(%a: memref<4x64xf32, #xpu.space<spm>>, %b: !row) {
  // CHECK-NOT: linalg.fill
  // CHECK: xpu.vpu {{.*}} size [1, 1, 1, 1, 4, 64] {{.*}} out <f32> <0, [0, 0, 0, 0, 4, 0]>
  // CHECK-SAME: program [#xpu.uop<"FMAX", 15 = (15, 0, 0), 0 : 0>] result 15 reduce 5 lanes op 1 init 4286578688
  %c = arith.constant 0xFF800000 : f32
  linalg.fill ins(%c : f32) outs(%b : !row)
  linalg.generic {indexing_maps = [#id, affine_map<(i, j) -> (i)>], iterator_types = ["parallel", "reduction"]} ins(%a : memref<4x64xf32, #xpu.space<spm>>) outs(%b : !row) {
  ^bb0(%x: f32, %o: f32):
    %s = arith.maximumf %o, %x : f32
    linalg.yield %s : f32
  }
  return
}

// The lanes hold the dimension that stays: no tree.
// CHECK-LABEL: func.func @reduce_parallel_lanes
func.func @reduce_parallel_lanes(%a: !spm, %b: !col) {
  // CHECK: xpu.vpu {{.*}} size [1, 1, 1, 1, 4, 8] {{.*}} out <f32> <0, [0, 0, 0, 0, 0, 4]>
  // CHECK-SAME: result 15 reduce 4 op 0 init 0
  %c = arith.constant 0.0 : f32
  linalg.fill ins(%c : f32) outs(%b : !col)
  linalg.generic {indexing_maps = [#id, affine_map<(i, j) -> (j)>], iterator_types = ["reduction", "parallel"]} ins(%a : !spm) outs(%b : !col) {
  ^bb0(%x: f32, %o: f32):
    %s = arith.addf %o, %x : f32
    linalg.yield %s : f32
  }
  return
}

// What a load and a store do is no micro-operation: widening, and the ends of a format's range.
// CHECK-LABEL: func.func @conversions
func.func @conversions(%a: memref<32xbf16, #xpu.space<spm>>, %b: memref<32xf8E4M3FN, #xpu.space<spm>>) {
  // CHECK: program [#xpu.uop<"FMUL", 1 = (0, 0, 0), 2 : 1056964608>] result 1
  %low = arith.constant -448.0 : f32
  %high = arith.constant 448.0 : f32
  %half = arith.constant 0.5 : f32
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]} ins(%a : memref<32xbf16, #xpu.space<spm>>) outs(%b : memref<32xf8E4M3FN, #xpu.space<spm>>) {
  ^bb0(%x: bf16, %o: f8E4M3FN):
    %w = arith.extf %x : bf16 to f32
    %s = arith.mulf %w, %half : f32
    %t = arith.maximumf %s, %low : f32
    %u = arith.minimumf %t, %high : f32
    %y = arith.truncf %u : f32 to f8E4M3FN
    linalg.yield %y : f8E4M3FN
  }
  return
}

// Narrower ends stay.
// CHECK-LABEL: func.func @clamped
func.func @clamped(%a: memref<32xf32, #xpu.space<spm>>, %b: memref<32xf8E4M3FN, #xpu.space<spm>>) {
  // CHECK: program [#xpu.uop<"FMAX", 1 = (0, 0, 0), 2 : 3286237184>, #xpu.uop<"FMIN", 2 = (1, 0, 0), 2 : 1120403456>] result 2
  %low = arith.constant -448.0 : f32
  %high = arith.constant 100.0 : f32
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]} ins(%a : memref<32xf32, #xpu.space<spm>>) outs(%b : memref<32xf8E4M3FN, #xpu.space<spm>>) {
  ^bb0(%x: f32, %o: f8E4M3FN):
    %t = arith.maximumf %x, %low : f32
    %u = arith.minimumf %t, %high : f32
    %y = arith.truncf %u : f32 to f8E4M3FN
    linalg.yield %y : f8E4M3FN
  }
  return
}

// Numbers that loops count are compared by their difference, which is one stream: i + 3 >= j is j - i - 4 < 0. With a number that loops do not
// count it is not, nor with one of 8 bits, which wraps.
// CHECK-LABEL: func.func @compared_indices
func.func @compared_indices(%a: !spm, %b: !spm) {
  // CHECK: in [#xpu.format<f32>, #xpu.format<iota>]
  // CHECK-SAME: #xpu.stream<-4, [0, 0, 0, 0, -1, 1]>
  // CHECK-SAME: program [#xpu.uop<"ILT", 2 = (1, 0, 0), 2 : 0>, #xpu.uop<"SEL", 3 = (2, 0, 0), 3 : 4286578688>]
  %low = arith.constant 0xFF800000 : f32
  %three = arith.constant 3 : index
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%a : !spm) outs(%b : !spm) {
  ^bb0(%x: f32, %o: f32):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %k = arith.addi %i, %three : index
    %c = arith.cmpi sge, %k, %j : index
    %s = arith.select %c, %x, %low : f32
    linalg.yield %s : f32
  }
  // CHECK: in [#xpu.format<f32>, #xpu.format<iota>, #xpu.format<iota>]
  // CHECK-SAME: program [#xpu.uop<"
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%a : !spm) outs(%b : !spm) {
  ^bb0(%x: f32, %o: f32):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %k = arith.index_cast %i : index to i8
    %l = arith.index_cast %j : index to i8
    %c = arith.cmpi slt, %k, %l : i8
    %s = arith.select %c, %x, %low : f32
    linalg.yield %s : f32
  }
  return
}

// A window: both ends are the same stream. With two operands in memory there is no room for it beside the counters that it would replace.
// CHECK-LABEL: func.func @compared_window
func.func @compared_window(%a: !spm, %b: !spm, %m: !spm) {
  // CHECK: in [#xpu.format<f32>, #xpu.format<iota>]
  // CHECK-SAME: #xpu.stream<-1, [0, 0, 0, 0, -1, 1]>
  // CHECK-SAME: program [#xpu.uop<"ILT", 2 = (1, 0, 0), 2 : 0>, #xpu.uop<"ILT", 3 = (0, 1, 0), 1 : 4294967291>
  %low = arith.constant 0xFF800000 : f32
  %three = arith.constant 3 : index
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%a : !spm) outs(%b : !spm) {
  ^bb0(%x: f32, %o: f32):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %k = arith.addi %j, %three : index
    %c = arith.cmpi sge, %i, %j : index
    %d = arith.cmpi sge, %k, %i : index
    %e = arith.andi %c, %d : i1
    %s = arith.select %e, %x, %low : f32
    linalg.yield %s : f32
  }
  // CHECK: in [#xpu.format<f32>, #xpu.format<f32>, #xpu.format<iota>, #xpu.format<iota>]
  linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]} ins(%a, %m : !spm, !spm) outs(%b : !spm) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %c = arith.cmpi sge, %i, %j : index
    %t = arith.addf %x, %y : f32
    %s = arith.select %c, %t, %low : f32
    linalg.yield %s : f32
  }
  return
}

// A sum with no negative numbers, and a number for NaN, are one micro-operation each; so is a sum that is read otherwise, too, by itself.
// CHECK-LABEL: func.func @two_in_one
func.func @two_in_one(%a: memref<32xf32, #xpu.space<spm>>, %b: memref<32xf32, #xpu.space<spm>>) {
  // CHECK: program [#xpu.uop<"FADDRELU", 1 = (0, 0, 0), 2 : 1065353216>, #xpu.uop<"FNUM", 2 = (1, 0, 0), 2 : 4286578688>] result 2
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%a : memref<32xf32, #xpu.space<spm>>) outs(%b : memref<32xf32, #xpu.space<spm>>) {
  ^bb0(%x: f32, %o: f32):
    %one = arith.constant 1.0 : f32
    %zero = arith.constant 0.0 : f32
    %least = arith.constant 0xFF800000 : f32
    %s = arith.addf %x, %one : f32
    %t = arith.maximumf %s, %zero : f32
    %u = arith.cmpf uno, %t, %t : f32
    %y = arith.select %u, %least, %t : f32
    linalg.yield %y : f32
  }
  // CHECK: program [#xpu.uop<"FADD", 1 = (0, 0, 0), 2 : 1065353216>, #xpu.uop<"FMAX", 2 = (1, 0, 0), 2 : 0>, #xpu.uop<"FMUL", 3 = (1, 2, 0), 0 : 0>] result 3
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%a : memref<32xf32, #xpu.space<spm>>) outs(%b : memref<32xf32, #xpu.space<spm>>) {
  ^bb0(%x: f32, %o: f32):
    %one = arith.constant 1.0 : f32
    %zero = arith.constant 0.0 : f32
    %s = arith.addf %x, %one : f32
    %t = arith.maximumf %s, %zero : f32
    %y = arith.mulf %s, %t : f32
    linalg.yield %y : f32
  }
  return
}

// What takes the place of NaN is any value; -0 is no +0, and another number is no NaN test.
// CHECK-LABEL: func.func @replaced
func.func @replaced(%a: memref<32xf32, #xpu.space<spm>>, %c: memref<32xf32, #xpu.space<spm>>, %b: memref<32xf32, #xpu.space<spm>>) {
  // CHECK: program [#xpu.uop<"FNUM", 2 = (0, 1, 0), 0 : 0>, #xpu.uop<"FADD", 3 = (2, 1, 0), 0 : 0>, #xpu.uop<"FMAX", 4 = (3, 0, 0), 2 : 2147483648>] result 4
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%a, %c : memref<32xf32, #xpu.space<spm>>, memref<32xf32, #xpu.space<spm>>) outs(%b : memref<32xf32, #xpu.space<spm>>) {
  ^bb0(%x: f32, %z: f32, %o: f32):
    %zero = arith.constant -0.0 : f32
    %u = arith.cmpf oeq, %x, %x : f32
    %v = arith.select %u, %x, %z : f32
    %s = arith.addf %v, %z : f32
    %y = arith.maximumf %s, %zero : f32
    linalg.yield %y : f32
  }
  // CHECK: program [#xpu.uop<"FEQ", 2 = (0, 1, 0), 0 : 0>, #xpu.uop<"SEL", 3 = (2, 0, 1), 0 : 0>] result 3
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%a, %c : memref<32xf32, #xpu.space<spm>>, memref<32xf32, #xpu.space<spm>>) outs(%b : memref<32xf32, #xpu.space<spm>>) {
  ^bb0(%x: f32, %z: f32, %o: f32):
    %u = arith.cmpf oeq, %x, %z : f32
    %y = arith.select %u, %x, %z : f32
    linalg.yield %y : f32
  }
  return
}

// One vector goes over rows of an image and what is between them, where that is nobody's.
// CHECK-LABEL: func.func @gaps
func.func @gaps(%a: memref<2x4x8xf32, #xpu.space<spm>>, %r: memref<2xf32, #xpu.space<spm>>) {
  %whole = memref.alloc() {xpu.gaps} : memref<2x4x8xbf16, #xpu.space<spm>>
  %kept = memref.alloc() : memref<2x4x8xbf16, #xpu.space<spm>>
  %x = memref.subview %a[0, 0, 0] [2, 4, 6] [1, 1, 1] : memref<2x4x8xf32, #xpu.space<spm>> to memref<2x4x6xf32, strided<[32, 8, 1]>, #xpu.space<spm>>
  %y = memref.subview %whole[0, 0, 0] [2, 4, 6] [1, 1, 1] : memref<2x4x8xbf16, #xpu.space<spm>> to memref<2x4x6xbf16, strided<[32, 8, 1]>, #xpu.space<spm>>
  %z = memref.subview %kept[0, 0, 0] [2, 4, 6] [1, 1, 1] : memref<2x4x8xbf16, #xpu.space<spm>> to memref<2x4x6xbf16, strided<[32, 8, 1]>, #xpu.space<spm>>
  // CHECK: size [1, 1, 1, 1, 2, 30]
  // CHECK-SAME: [#xpu.stream<0, [0, 0, 0, 0, 128, 4]>, #xpu.stream<0, [0, 0, 0, 0, 4, 0]>] out <bf16> <0, [0, 0, 0, 0, 64, 2]>
  linalg.generic {indexing_maps = [affine_map<(c, y, x) -> (c, y, x)>, affine_map<(c, y, x) -> (c)>, affine_map<(c, y, x) -> (c, y, x)>],
                  iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%x, %r : memref<2x4x6xf32, strided<[32, 8, 1]>, #xpu.space<spm>>, memref<2xf32, #xpu.space<spm>>)
      outs(%y : memref<2x4x6xbf16, strided<[32, 8, 1]>, #xpu.space<spm>>) {
  ^bb0(%u: f32, %v: f32, %o: bf16):
    %s = arith.mulf %u, %v : f32
    %t = arith.truncf %s : f32 to bf16
    linalg.yield %t : bf16
  }
  // CHECK: size [1, 1, 1, 2, 4, 6]
  linalg.generic {indexing_maps = [affine_map<(c, y, x) -> (c, y, x)>, affine_map<(c, y, x) -> (c)>, affine_map<(c, y, x) -> (c, y, x)>],
                  iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%x, %r : memref<2x4x6xf32, strided<[32, 8, 1]>, #xpu.space<spm>>, memref<2xf32, #xpu.space<spm>>)
      outs(%z : memref<2x4x6xbf16, strided<[32, 8, 1]>, #xpu.space<spm>>) {
  ^bb0(%u: f32, %v: f32, %o: bf16):
    %s = arith.mulf %u, %v : f32
    %t = arith.truncf %s : f32 to bf16
    linalg.yield %t : bf16
  }
  return
}

// A store takes the low byte of what is cut; the largest of unsigned bytes is that of what a load extends by zeros.
// CHECK-LABEL: func.func @bytes
func.func @bytes(%a: memref<256xf32, #xpu.space<spm>>, %b: memref<256xi8, #xpu.space<spm>>, %c: memref<4xi8, #xpu.space<spm>>) {
  // CHECK: out <i8>
  // CHECK-SAME: program [#xpu.uop<"F2I", 1 = (0, 0, 0), 0 : 0>] result 1
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%a : memref<256xf32, #xpu.space<spm>>) outs(%b : memref<256xi8, #xpu.space<spm>>) {
  ^bb0(%x: f32, %o: i8):
    %0 = arith.fptosi %x : f32 to i32
    %1 = arith.trunci %0 : i32 to i8
    linalg.yield %1 : i8
  }
  // CHECK: in [#xpu.format<u8>]
  // CHECK-SAME: "IMAX"
  // CHECK-SAME: init 0
  %zero = arith.constant 0 : i8
  linalg.fill ins(%zero : i8) outs(%c : memref<4xi8, #xpu.space<spm>>)
  %rows = memref.expand_shape %b [[0, 1]] output_shape [4, 64] : memref<256xi8, #xpu.space<spm>> into memref<4x64xi8, #xpu.space<spm>>
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>], iterator_types = ["parallel", "reduction"]}
      ins(%rows : memref<4x64xi8, #xpu.space<spm>>) outs(%c : memref<4xi8, #xpu.space<spm>>) {
  ^bb0(%x: i8, %o: i8):
    %m = arith.maxui %o, %x : i8
    linalg.yield %m : i8
  }
  return
}
