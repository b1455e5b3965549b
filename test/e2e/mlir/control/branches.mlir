// RUN: %{python} %inputs/run_functions.py %s %t

// in: [1], [1, 2]
// numpy: b * 2
// out: [2, 4]
func.func @cond_br(%a: i1, %b: tensor<2xf32>) -> tensor<2xf32> {
  cf.cond_br %a, ^yes, ^no
  ^yes:
    %s = arith.addf %b, %b : tensor<2xf32>
    cf.br ^end(%s : tensor<2xf32>)
  ^no:
    cf.br ^end(%b : tensor<2xf32>)
  ^end(%r: tensor<2xf32>):
    return %r : tensor<2xf32>
}
