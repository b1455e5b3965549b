func.func @main(%x: tensor<8xf32>, %p: tensor<1xi1>) -> tensor<8xf32> {
  %zero = arith.constant 0 : index
  %c = tensor.extract %p[%zero] : tensor<1xi1>
  cf.cond_br %c, ^double, ^same
^double:
  %y = arith.addf %x, %x : tensor<8xf32>
  return %y : tensor<8xf32>
^same:
  return %x : tensor<8xf32>
}
