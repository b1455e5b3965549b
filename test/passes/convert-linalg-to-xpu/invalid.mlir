// RUN: acc-opt %s --convert-linalg-to-xpu --split-input-file --verify-diagnostics --mlir-print-op-on-diagnostic=false

!b = memref<8xi32, #xpu.space<spm>>
#id = affine_map<(i) -> (i)>
func.func @operation(%a: !b, %b: !b) {
  // expected-error @below {{unsupported: has no form on the vector unit: arith.divsi}}
  linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel"]} ins(%a, %b : !b, !b) outs(%b : !b) {
  ^bb0(%x: i32, %y: i32, %o: i32):
    %s = arith.divsi %x, %y : i32
    linalg.yield %s : i32
  }
  return
}

// -----

!b = memref<8xf32, #xpu.space<spm>>
#id = affine_map<(i) -> (i)>
func.func @small_float(%a: !b) {
  // expected-error @below {{unsupported: arith.extf computes with floats of type f6E3M2FN}}
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%a : !b) outs(%a : !b) {
  ^bb0(%x: f32, %o: f32):
    %t = arith.truncf %x : f32 to f6E3M2FN
    %y = arith.extf %t : f6E3M2FN to f32
    linalg.yield %y : f32
  }
  return
}

// -----

!b = memref<8xf32, #xpu.space<spm>>
#id = affine_map<(i) -> (i)>
func.func @infinities(%a: !b) {
  // expected-error @below {{unsupported: arith.truncf rounds to infinities, which stores of fp8 do not}}
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%a : !b) outs(%a : !b) {
  ^bb0(%x: f32, %o: f32):
    %t = arith.truncf %x : f32 to f8E5M2
    %y = arith.extf %t : f8E5M2 to f32
    linalg.yield %y : f32
  }
  return
}

// -----

!b = memref<8xi64, #xpu.space<spm>>
#id = affine_map<(i) -> (i)>
func.func @operand_type(%a: !b) {
  // expected-error @below {{unsupported: operand of type 'memref<8xi64, #xpu.space<spm>>' or its subscript}}
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%a : !b) outs(%a : !b) {
  ^bb0(%x: i64, %o: i64):
    linalg.yield %x : i64
  }
  return
}

// -----

#id = affine_map<(i) -> (i)>
func.func @result_type(%a: memref<8xi8, #xpu.space<spm>>, %b: memref<8xi16, #xpu.space<spm>>) {
  // expected-error @below {{unsupported: result of type 'memref<8xi16, #xpu.space<spm>>'}}
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%a : memref<8xi8, #xpu.space<spm>>) outs(%b : memref<8xi16, #xpu.space<spm>>) {
  ^bb0(%x: i8, %o: i16):
    %e = arith.extsi %x : i8 to i16
    linalg.yield %e : i16
  }
  return
}

// -----

#id = affine_map<(i) -> (i)>
#none = affine_map<(i) -> ()>
func.func @reduction_start(%a: memref<8xf32, #xpu.space<spm>>, %b: memref<f32, #xpu.space<spm>>) {
  // expected-error @below {{unsupported: a reduction that does not start from a constant}}
  linalg.generic {indexing_maps = [#id, #none], iterator_types = ["reduction"]} ins(%a : memref<8xf32, #xpu.space<spm>>) outs(%b : memref<f32, #xpu.space<spm>>) {
  ^bb0(%x: f32, %o: f32):
    %s = arith.addf %o, %x : f32
    linalg.yield %s : f32
  }
  return
}

// -----

#id = affine_map<(i) -> (i)>
#none = affine_map<(i) -> ()>
func.func @reduction_body(%a: memref<8xf32, #xpu.space<spm>>, %b: memref<f32, #xpu.space<spm>>) {
  %z = arith.constant 0.0 : f32
  linalg.fill ins(%z : f32) outs(%b : memref<f32, #xpu.space<spm>>)
  // expected-error @below {{unsupported: a reduction whose body is not one combination with the}}
  linalg.generic {indexing_maps = [#id, #none], iterator_types = ["reduction"]} ins(%a : memref<8xf32, #xpu.space<spm>>) outs(%b : memref<f32, #xpu.space<spm>>) {
  ^bb0(%x: f32, %o: f32):
    %s = arith.mulf %o, %o : f32
    %t = arith.addf %s, %x : f32
    linalg.yield %t : f32
  }
  return
}

// -----

func.func @no_command(%a: memref<8xf32, #xpu.space<spm>>, %i: index, %v: f32) {
  // expected-error @below {{unsupported: 'memref.store' has no command}}
  memref.store %v, %a[%i] : memref<8xf32, #xpu.space<spm>>
  return
}

// -----

// expected-error @below {{expects a function of one block}}
func.func @blocks() {
  cf.br ^next
^next:
  return
}

// -----

func.func @copy_type(%a: memref<8xi64, #xpu.space<spm>>, %b: memref<8xi64, #xpu.space<spm>>) {
  // expected-error @below {{unsupported: element type 'i64'}}
  memref.copy %a, %b : memref<8xi64, #xpu.space<spm>> to memref<8xi64, #xpu.space<spm>>
  return
}

// -----

func.func @nothing_to_halve(%h: memref<8xi8, #xpu.space<spm>>) {
  %acc = memref.alloc() : memref<4x8xf32, #xpu.space<acc>>
  // expected-error @below {{expects accumulators that a product has written}}
  linalg.generic {indexing_maps = [affine_map<(r, c) -> (c)>, affine_map<(r, c) -> (r, c)>], iterator_types = ["parallel", "parallel"]}
      ins(%h : memref<8xi8, #xpu.space<spm>>) outs(%acc : memref<4x8xf32, #xpu.space<acc>>) {
  ^bb0(%n: i8, %o: f32):
    %f = arith.uitofp %n : i8 to f32
    %m = arith.negf %f : f32
    %p = math.exp2 %m : f32
    %x = arith.mulf %o, %p : f32
    linalg.yield %x : f32
  }
  return
}
