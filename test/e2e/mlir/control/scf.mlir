// RUN: %{python} %inputs/run_functions.py %s %t

// in: [1, -2, 3, 0.5]
// numpy: a * 6
// out: [6, -12, 18, 3]
func.func @for_known(%a: tensor<4xf32>) -> tensor<4xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c5 = arith.constant 5 : index
  %r = scf.for %i = %c0 to %c5 step %c1 iter_args(%x = %a) -> tensor<4xf32> {
    %s = arith.addf %x, %a : tensor<4xf32>
    scf.yield %s : tensor<4xf32>
  }
  return %r : tensor<4xf32>
}

// in: [1, -2, 3, 0.5], [5]
// numpy: a * 6
// out: [6, -12, 18, 3]
func.func @for_argument(%a: tensor<4xf32>, %b: index) -> tensor<4xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r = scf.for %i = %c0 to %b step %c1 iter_args(%x = %a) -> tensor<4xf32> {
    %s = arith.addf %x, %a : tensor<4xf32>
    scf.yield %s : tensor<4xf32>
  }
  return %r : tensor<4xf32>
}

// in: [1, -2, 3, 0.5], [5]
// numpy: a * 6
// out: [6, -12, 18, 3]
func.func @for_tensor_bound(%a: tensor<4xf32>, %b: tensor<i32>) -> tensor<4xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = tensor.extract %b[] : tensor<i32>
  %m = arith.index_cast %n : i32 to index
  %r = scf.for %i = %c0 to %m step %c1 iter_args(%x = %a) -> tensor<4xf32> {
    %s = arith.addf %x, %a : tensor<4xf32>
    scf.yield %s : tensor<4xf32>
  }
  return %r : tensor<4xf32>
}

// in: [1, -2, 3, 0]
// numpy: a * 1001
// out: [1001, -2002, 3003, 0]
func.func @for_long(%a: tensor<4xi32>) -> tensor<4xi32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = arith.constant 1000 : index
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%x = %a) -> tensor<4xi32> {
    %s = arith.addi %x, %a : tensor<4xi32>
    scf.yield %s : tensor<4xi32>
  }
  return %r : tensor<4xi32>
}

// in: [(i * 5 % 7 - 3) * 1 for i in range(12)]
// numpy: np.exp(a)
// out: [0.0497870669, 7.38905573, 1, 0.135335281, 20.085537, 2.71828198, 0.367879421, 0.0497870669, 7.38905573, 1, 0.135335281, 20.085537]
func.func @for_insert_slice(%a: tensor<3x4xf32>) -> tensor<3x4xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  %e = tensor.empty() : tensor<3x4xf32>
  %r = scf.for %i = %c0 to %c3 step %c1 iter_args(%x = %e) -> tensor<3x4xf32> {
    %s = tensor.extract_slice %a[%i, 0] [1, 4] [1, 1] : tensor<3x4xf32> to tensor<4xf32>
    %t = math.exp %s : tensor<4xf32>
    %u = tensor.insert_slice %t into %x[%i, 0] [1, 4] [1, 1] : tensor<4xf32> into tensor<3x4xf32>
    scf.yield %u : tensor<3x4xf32>
  }
  return %r : tensor<3x4xf32>
}

// in: [0], [1, -2, 3, 0.5]
// numpy: b
// out: [1, -2, 3, 0.5]
func.func @if_argument_0(%a: i1, %b: tensor<4xf32>) -> tensor<4xf32> {
  %r = scf.if %a -> tensor<4xf32> {
    %s = math.exp %b : tensor<4xf32>
    scf.yield %s : tensor<4xf32>
  } else {
    scf.yield %b : tensor<4xf32>
  }
  return %r : tensor<4xf32>
}

// in: [1], [1, -2, 3, 0.5]
// numpy: np.exp(b)
// out: [2.71828198, 0.135335281, 20.085537, 1.64872122]
func.func @if_argument_1(%a: i1, %b: tensor<4xf32>) -> tensor<4xf32> {
  %r = scf.if %a -> tensor<4xf32> {
    %s = math.exp %b : tensor<4xf32>
    scf.yield %s : tensor<4xf32>
  } else {
    scf.yield %b : tensor<4xf32>
  }
  return %r : tensor<4xf32>
}

// in: [1, -2, 3, 0.5]
// numpy: np.exp(a)
// out: [2.71828198, 0.135335281, 20.085537, 1.64872122]
func.func @if_known(%a: tensor<4xf32>) -> tensor<4xf32> {
  %t = arith.constant true
  %r = scf.if %t -> tensor<4xf32> {
    %s = math.exp %a : tensor<4xf32>
    scf.yield %s : tensor<4xf32>
  } else {
    scf.yield %a : tensor<4xf32>
  }
  return %r : tensor<4xf32>
}

// in: [1, -2, 3, 0.5], [7]
// numpy: (2 * a * a, 2 * a)
// out: [2, 8, 18, 0.5], [2, -4, 6, 1]
func.func @if_two_results_then_more(%a: tensor<4xf32>, %b: f32) -> (tensor<4xf32>, tensor<4xf32>) {
  %z = arith.constant 0.0 : f32
  %c = arith.cmpf ogt, %b, %z : f32
  %r:2 = scf.if %c -> (tensor<4xf32>, tensor<4xf32>) {
    %s = arith.addf %a, %a : tensor<4xf32>
    scf.yield %s, %a : tensor<4xf32>, tensor<4xf32>
  } else {
    scf.yield %a, %a : tensor<4xf32>, tensor<4xf32>
  }
  %m = arith.mulf %r#0, %r#1 : tensor<4xf32>
  return %m, %r#0 : tensor<4xf32>, tensor<4xf32>
}

// in: [3]
// out: [192]
func.func @while_tensor(%a: tensor<i32>) -> tensor<i32> {
  %k = arith.constant 100 : i32
  %r = scf.while (%x = %a) : (tensor<i32>) -> tensor<i32> {
    %s = tensor.extract %x[] : tensor<i32>
    %c = arith.cmpi slt, %s, %k : i32
    scf.condition(%c) %x : tensor<i32>
  } do {
  ^bb0(%x: tensor<i32>):
    %y = arith.addi %x, %x : tensor<i32>
    scf.yield %y : tensor<i32>
  }
  return %r : tensor<i32>
}

// in: [300]
// out: [300]
func.func @while_never(%a: tensor<i32>) -> tensor<i32> {
  %k = arith.constant 100 : i32
  %r = scf.while (%x = %a) : (tensor<i32>) -> tensor<i32> {
    %s = tensor.extract %x[] : tensor<i32>
    %c = arith.cmpi slt, %s, %k : i32
    scf.condition(%c) %x : tensor<i32>
  } do {
  ^bb0(%x: tensor<i32>):
    %y = arith.addi %x, %x : tensor<i32>
    scf.yield %y : tensor<i32>
  }
  return %r : tensor<i32>
}

// in: [1, -2, 3, -0.5]
// numpy: np.abs(a)
// out: [1, 2, 3, 0.5]
func.func @forall(%a: tensor<4xf32>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %r = scf.forall (%i) in (4) shared_outs(%o = %e) -> tensor<4xf32> {
    %s = tensor.extract_slice %a[%i] [1] [1] : tensor<4xf32> to tensor<1xf32>
    %t = math.absf %s : tensor<1xf32>
    scf.forall.in_parallel {
      tensor.parallel_insert_slice %t into %o[%i] [1] [1] : tensor<1xf32> into tensor<4xf32>
    }
  }
  return %r : tensor<4xf32>
}

// in: [1], [1, 2]
// numpy: b * 2
// out: [2, 4]
func.func @index_switch(%a: tensor<i32>, %b: tensor<2xf32>) -> tensor<2xf32> {
  %n = tensor.extract %a[] : tensor<i32>
  %m = arith.index_cast %n : i32 to index
  %r = scf.index_switch %m -> tensor<2xf32>
  case 1 {
    %s = arith.addf %b, %b : tensor<2xf32>
    scf.yield %s : tensor<2xf32>
  }
  default {
    scf.yield %b : tensor<2xf32>
  }
  return %r : tensor<2xf32>
}
