// RUN: acc-opt %s --xpu-fuse-attention=always=1 | FileCheck %s
// RUN: acc-opt %s --xpu-fuse-attention --remarks-filter=xpu-fuse --remark-format=emitRemark 2>&1 | FileCheck %s --check-prefix=SMALL

// Scores that fit in the scratchpad have no second look at the values.
// SMALL: [Missed] attention {{.*}}attention stays taken apart: its scores fit in the scratchpad", bytes=6144
// SMALL-NOT: model.attention

#q = affine_map<(h, s, t, d) -> (h, s, d)>
#k = affine_map<(h, s, t, d) -> (h, t, d)>
#p = affine_map<(h, s, t, d) -> (h, s, t)>
#w = affine_map<(h, s, e, t) -> (h, s, t)>
#v = affine_map<(h, s, e, t) -> (h, t, e)>
#o = affine_map<(h, s, e, t) -> (h, s, e)>
#id = affine_map<(h, s, t) -> (h, s, t)>
#row = affine_map<(h, s, t) -> (h, s)>
#bias = affine_map<(h, s, t) -> (t)>

// A mask over keys; rows that see none are zeros; weights are rounded to bf16 as values are.
// CHECK-DAG: #[[Q:.*]] = affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d3)>
// CHECK-DAG: #[[K:.*]] = affine_map<(d0, d1, d2, d3, d4) -> (d0, d2, d3)>
// CHECK-DAG: #[[V:.*]] = affine_map<(d0, d1, d2, d3, d4) -> (d0, d2, d4)>
// CHECK-DAG: #[[B:.*]] = affine_map<(d0, d1, d2, d3, d4) -> (d2)>
// CHECK-DAG: #[[O:.*]] = affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d4)>
// CHECK-LABEL: func.func @guarded
// CHECK-SAME: %[[QT:[^ ]*]]: tensor<2x16x8xf32>, %[[KT:[^ ]*]]: tensor<2x48x8xf32>, %[[VT:[^ ]*]]: tensor<2x48x4xbf16>, %[[BT:[^ ]*]]: tensor<48xf32>
// CHECK-NOT: linalg.generic
// CHECK: model.attention ins(%[[QT]], %[[KT]], %[[VT]] : {{.*}}) with(%[[BT]] : tensor<48xf32>)
// CHECK-SAME: batch 1 rows 1 guarded maps [#[[Q]], #[[K]], #[[V]], #[[B]], #[[O]]]
// CHECK-NEXT: ^bb0(%[[X:.*]]: f32, %[[M:.*]]: f32, %{{.*}}: index, %{{.*}}: index, %{{.*}}: index):
// CHECK-NEXT: %[[Y:.*]] = arith.addf %[[X]], %[[M]] : f32
// CHECK-NEXT: model.yield %[[Y]] : f32
// CHECK-NOT: linalg.generic
// CHECK-LABEL: func.func @seen

!q = tensor<2x16x8xf32>
!k = tensor<2x48x8xf32>
!v = tensor<2x48x4xbf16>
!p = tensor<2x16x48xf32>
!w = tensor<2x16x48xbf16>
!r = tensor<2x16xf32>
!o = tensor<2x16x4xf32>

func.func @guarded(%q: !q, %k: !k, %v: !v, %b: tensor<48xf32>) -> !o {
  %zero = arith.constant 0.0 : f32
  %lowest = arith.constant 0xFF800000 : f32
  %pe = tensor.empty() : !p
  %we = tensor.empty() : !w
  %re = tensor.empty() : !r
  %oe = tensor.empty() : !o
  %pz = linalg.fill ins(%zero : f32) outs(%pe : !p) -> !p
  %rl = linalg.fill ins(%lowest : f32) outs(%re : !r) -> !r
  %rz = linalg.fill ins(%zero : f32) outs(%re : !r) -> !r
  %oz = linalg.fill ins(%zero : f32) outs(%oe : !o) -> !o
  %products = linalg.generic {indexing_maps = [#q, #k, #p], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%q, %k : !q, !k) outs(%pz : !p) {
  ^bb0(%x: f32, %y: f32, %c: f32):
    %0 = arith.mulf %x, %y : f32
    %1 = arith.addf %c, %0 : f32
    linalg.yield %1 : f32
  } -> !p
  %scores = linalg.generic {indexing_maps = [#id, #bias, #id], iterator_types = ["parallel", "parallel", "parallel"]} ins(%products, %b : !p, tensor<48xf32>) outs(%pe : !p) {
  ^bb0(%x: f32, %y: f32, %c: f32):
    %0 = arith.addf %x, %y : f32
    linalg.yield %0 : f32
  } -> !p
  %top = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "parallel", "reduction"]} ins(%scores : !p) outs(%rl : !r) {
  ^bb0(%x: f32, %c: f32):
    %0 = arith.maximumf %c, %x : f32
    linalg.yield %0 : f32
  } -> !r
  %powers = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]} ins(%scores, %top : !p, !r) outs(%pe : !p) {
  ^bb0(%x: f32, %y: f32, %c: f32):
    %0 = arith.subf %x, %y : f32
    %1 = math.exp %0 : f32
    %2 = arith.cmpf oeq, %x, %lowest : f32
    %3 = arith.select %2, %zero, %1 : f32
    linalg.yield %3 : f32
  } -> !p
  %sum = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "parallel", "reduction"]} ins(%powers : !p) outs(%rz : !r) {
  ^bb0(%x: f32, %c: f32):
    %0 = arith.addf %c, %x : f32
    linalg.yield %0 : f32
  } -> !r
  %weights = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]} ins(%powers, %sum : !p, !r) outs(%we : !w) {
  ^bb0(%x: f32, %y: f32, %c: bf16):
    %0 = arith.divf %x, %y : f32
    %1 = arith.cmpf oeq, %y, %zero : f32
    %2 = arith.select %1, %zero, %0 : f32
    %3 = arith.truncf %2 : f32 to bf16
    linalg.yield %3 : bf16
  } -> !w
  %result = linalg.generic {indexing_maps = [#w, #v, #o], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%weights, %v : !w, !v) outs(%oz : !o) {
  ^bb0(%x: bf16, %y: bf16, %c: f32):
    %0 = arith.extf %x : bf16 to f32
    %1 = arith.extf %y : bf16 to f32
    %2 = arith.mulf %0, %1 : f32
    %3 = arith.addf %c, %2 : f32
    linalg.yield %3 : f32
  } -> !o
  return %result : !o
}

// Scores that are also a result stay: all of it does.
// CHECK-NOT: model.attention
func.func @seen(%q: !q, %k: !k, %v: tensor<2x48x4xf32>) -> (!o, !p) {
  %zero = arith.constant 0.0 : f32
  %lowest = arith.constant 0xFF800000 : f32
  %pe = tensor.empty() : !p
  %re = tensor.empty() : !r
  %oe = tensor.empty() : !o
  %pz = linalg.fill ins(%zero : f32) outs(%pe : !p) -> !p
  %rl = linalg.fill ins(%lowest : f32) outs(%re : !r) -> !r
  %rz = linalg.fill ins(%zero : f32) outs(%re : !r) -> !r
  %oz = linalg.fill ins(%zero : f32) outs(%oe : !o) -> !o
  %products = linalg.generic {indexing_maps = [#q, #k, #p], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%q, %k : !q, !k) outs(%pz : !p) {
  ^bb0(%x: f32, %y: f32, %c: f32):
    %0 = arith.mulf %x, %y : f32
    %1 = arith.addf %c, %0 : f32
    linalg.yield %1 : f32
  } -> !p
  %top = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "parallel", "reduction"]} ins(%products : !p) outs(%rl : !r) {
  ^bb0(%x: f32, %c: f32):
    %0 = arith.maximumf %c, %x : f32
    linalg.yield %0 : f32
  } -> !r
  %powers = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]} ins(%products, %top : !p, !r) outs(%pe : !p) {
  ^bb0(%x: f32, %y: f32, %c: f32):
    %0 = arith.subf %x, %y : f32
    %1 = math.exp %0 : f32
    linalg.yield %1 : f32
  } -> !p
  %sum = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "parallel", "reduction"]} ins(%powers : !p) outs(%rz : !r) {
  ^bb0(%x: f32, %c: f32):
    %0 = arith.addf %c, %x : f32
    linalg.yield %0 : f32
  } -> !r
  %weights = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]} ins(%powers, %sum : !p, !r) outs(%pe : !p) {
  ^bb0(%x: f32, %y: f32, %c: f32):
    %0 = arith.divf %x, %y : f32
    linalg.yield %0 : f32
  } -> !p
  %result = linalg.generic {indexing_maps = [#w, #v, #o], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%weights, %v : !p, tensor<2x48x4xf32>) outs(%oz : !o) {
  ^bb0(%x: f32, %y: f32, %c: f32):
    %0 = arith.mulf %x, %y : f32
    %1 = arith.addf %c, %0 : f32
    linalg.yield %1 : f32
  } -> !o
  return %result, %products : !o, !p
}
