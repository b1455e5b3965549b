// RUN: acc-cc %s --target=xpu-tiny --loop-body=4 --check=functional,systemc --check-host

// A mask by positions behind a product whose tiles would be loops: what loops count is no number for the vector unit, so these tiles are
// written out. (It said "reads a value that is no input of the operation".)
#a=affine_map<(d0,d1,d2,d3,d4,d5)->(d0,d1,d2,d3,d5)>
#b=affine_map<(d0,d1,d2,d3,d4,d5)->(d0,d1,d4,d5)>
#c=affine_map<(d0,d1,d2,d3,d4,d5)->(d0,d1,d2,d3,d4)>
#e=affine_map<(d0,d1,d2,d3,d4)->(d0,d1,d2,d3,d4)>
#r=affine_map<(d0,d1,d2,d3,d4)->(d0,d1,d2,d3)>
func.func @main(%q: tensor<1x1x1x150x24xf32>, %k: tensor<1x1x180x24xf32>) -> tensor<1x1x1x150x180xf32> {
    %z = arith.constant 0.0 : f32
    %39 = tensor.empty() : tensor<1x1x1x150x180xf32>
    %40 = linalg.fill ins(%z : f32) outs(%39 : tensor<1x1x1x150x180xf32>) -> tensor<1x1x1x150x180xf32>
    %41 = linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel", "reduction"]} ins(%q, %k : tensor<1x1x1x150x24xf32>, tensor<1x1x180x24xf32>) outs(%40 : tensor<1x1x1x150x180xf32>) {
    ^bb0(%in: f32, %in_34: f32, %out: f32):
      %83 = arith.mulf %in, %in_34 : f32
      %84 = arith.addf %out, %83 : f32
      linalg.yield %84 : f32
    } -> tensor<1x1x1x150x180xf32>
    %42 = tensor.empty() : tensor<1x1x1x150x180xf32>
    %43 = linalg.generic {indexing_maps = [#e, #e], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%41 : tensor<1x1x1x150x180xf32>) outs(%42 : tensor<1x1x1x150x180xf32>) {
    ^bb0(%in: f32, %out: f32):
      %c1536_i32 = arith.constant 30 : i32
      %cst_35 = arith.constant 0xFF800000 : f32
      %84 = linalg.index 4 : index
      %85 = arith.index_cast %84 : index to i32
      %86 = linalg.index 3 : index
      %87 = arith.index_cast %86 : index to i32
      %89 = arith.addi %87, %c1536_i32 : i32
      %90 = arith.cmpi sle, %85, %89 : i32
      %91 = arith.select %90, %in, %cst_35 : f32
      linalg.yield %91 : f32
    } -> tensor<1x1x1x150x180xf32>
    return %43 : tensor<1x1x1x150x180xf32>
}
