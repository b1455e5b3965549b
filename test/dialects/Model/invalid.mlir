// RUN: acc-opt %s --split-input-file --verify-diagnostics

#q = affine_map<(s, t, d, e) -> (s, d)>
#k = affine_map<(s, t, d, e) -> (t, d)>
#v = affine_map<(s, t, d, e) -> (t, e)>
func.func @maps(%q: memref<64x32xf32>, %k: memref<80x32xf32>, %v: memref<80x16xf32>, %o: memref<64x16xf32>) {
  // expected-error @+1 {{expects a map for each of 4 operands, but has 3}}
  model.attention ins(%q, %k, %v : memref<64x32xf32>, memref<80x32xf32>, memref<80x16xf32>) outs(%o : memref<64x16xf32>) batch 0 rows 1 maps [#q, #k, #v] {
  ^bb0(%x: f32, %s: index, %t: index):
    model.yield %x : f32
  }
  return
}

// -----

#q = affine_map<(s, t, d, e) -> (s, d)>
#k = affine_map<(s, t, d, e) -> (t, d)>
#v = affine_map<(s, t, d, e) -> (t, e)>
#o = affine_map<(s, t, d, e) -> (s, e)>
func.func @sizes(%q: memref<64x32xf32>, %k: memref<80x31xf32>, %v: memref<80x16xf32>, %o: memref<64x16xf32>) {
  // expected-error @+1 {{expects loop 2 to have one size, but operand 1 says 31 and another 32}}
  model.attention ins(%q, %k, %v : memref<64x32xf32>, memref<80x31xf32>, memref<80x16xf32>) outs(%o : memref<64x16xf32>) batch 0 rows 1 maps [#q, #k, #v, #o] {
  ^bb0(%x: f32, %s: index, %t: index):
    model.yield %x : f32
  }
  return
}

// -----

#q = affine_map<(s, t, d, e) -> (s, d)>
#v = affine_map<(s, t, d, e) -> (t, e)>
#o = affine_map<(s, t, d, e) -> (s, e)>
func.func @loops(%q: memref<64x32xf32>, %v: memref<80x16xf32>, %o: memref<64x16xf32>) {
  // expected-error @+1 {{expects operand 1 to lack loop 0}}
  model.attention ins(%q, %q, %v : memref<64x32xf32>, memref<64x32xf32>, memref<80x16xf32>) outs(%o : memref<64x16xf32>) batch 0 rows 1 maps [#q, #q, #v, #o] {
  ^bb0(%x: f32, %s: index, %t: index):
    model.yield %x : f32
  }
  return
}

// -----

#q = affine_map<(s, t, d, e) -> (s, d)>
#k = affine_map<(s, t, d, e) -> (t, d)>
#v = affine_map<(s, t, d, e) -> (t, e)>
#o = affine_map<(s, t, d, e) -> (s, e)>
func.func @region(%q: memref<64x32xf32>, %k: memref<80x32xf32>, %v: memref<80x16xf32>, %o: memref<64x16xf32>) {
  // expected-error @+1 {{expects a region of 3 arguments, the first an f32}}
  model.attention ins(%q, %k, %v : memref<64x32xf32>, memref<80x32xf32>, memref<80x16xf32>) outs(%o : memref<64x16xf32>) batch 0 rows 1 maps [#q, #k, #v, #o] {
  ^bb0(%x: f32, %s: index):
    model.yield %x : f32
  }
  return
}

// -----

#q = affine_map<(s, t, d, e) -> (s, d)>
#k = affine_map<(s, t, d, e) -> (t, d)>
#v = affine_map<(s, t, d, e) -> (t, e)>
#o = affine_map<(s, t, d, e) -> (s, e)>
func.func @yield(%q: memref<64x32xf32>, %k: memref<80x32xf32>, %v: memref<80x16xf32>, %o: memref<64x16xf32>) {
  // expected-error @+1 {{expects its region to yield an f32}}
  model.attention ins(%q, %k, %v : memref<64x32xf32>, memref<80x32xf32>, memref<80x16xf32>) outs(%o : memref<64x16xf32>) batch 0 rows 1 maps [#q, #k, #v, #o] {
  ^bb0(%x: f32, %s: index, %t: index):
    model.yield %s : index
  }
  return
}
