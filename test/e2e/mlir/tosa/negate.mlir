// RUN: %{python} %inputs/run_functions.py %s %t

// in: [0, 5, -5, nan]
// numpy: -a
// out: [-0.0, -5, 5, nan]
func.func @negate_f32(%a: tensor<4xf32>) -> tensor<4xf32> {
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %r = tosa.negate %a, %z, %z : (tensor<4xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// in: [0, 5, -5, nan]
// numpy: -a
// out: [-0.0, -5, 5, nan]
func.func @negate_f16(%a: tensor<4xf16>) -> tensor<4xf16> {
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1xf16>}> : () -> tensor<1xf16>
  %r = tosa.negate %a, %z, %z : (tensor<4xf16>, tensor<1xf16>, tensor<1xf16>) -> tensor<4xf16>
  return %r : tensor<4xf16>
}

// in: [0, 5, -5, nan]
// numpy: -a
// out: [-0.0, -5, 5, nan]
func.func @negate_bf16(%a: tensor<4xbf16>) -> tensor<4xbf16> {
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1xbf16>}> : () -> tensor<1xbf16>
  %r = tosa.negate %a, %z, %z : (tensor<4xbf16>, tensor<1xbf16>, tensor<1xbf16>) -> tensor<4xbf16>
  return %r : tensor<4xbf16>
}

// in: [0, 5, -5, 100]
// numpy: -a
// out: [0, -5, 5, -100]
func.func @negate_i32(%a: tensor<4xi32>) -> tensor<4xi32> {
  %z = "tosa.const"() <{values = dense<0> : tensor<1xi32>}> : () -> tensor<1xi32>
  %r = tosa.negate %a, %z, %z : (tensor<4xi32>, tensor<1xi32>, tensor<1xi32>) -> tensor<4xi32>
  return %r : tensor<4xi32>
}

// in: [0, 5, -5, 100]
// numpy: -a
// out: [0, -5, 5, -100]
func.func @negate_i8(%a: tensor<4xi8>) -> tensor<4xi8> {
  %z = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %r = tosa.negate %a, %z, %z : (tensor<4xi8>, tensor<1xi8>, tensor<1xi8>) -> tensor<4xi8>
  return %r : tensor<4xi8>
}

// in: [0, 5, -5, 100]
// numpy: -a
// out: [0, -5, 5, -100]
func.func @negate_i16(%a: tensor<4xi16>) -> tensor<4xi16> {
  %z = "tosa.const"() <{values = dense<0> : tensor<1xi16>}> : () -> tensor<1xi16>
  %r = tosa.negate %a, %z, %z : (tensor<4xi16>, tensor<1xi16>, tensor<1xi16>) -> tensor<4xi16>
  return %r : tensor<4xi16>
}

// in: [0, 5, -5, 127, -128]
// numpy: np.clip(-(a.astype(np.int32) - 3) - 10, -128, 127)
// out: [-7, -12, -2, -128, 121]
func.func @negate_zero_points(%a: tensor<5xi8>) -> tensor<5xi8> {
  %y = "tosa.const"() <{values = dense<3> : tensor<1xi8>}> : () -> tensor<1xi8>
  %z = "tosa.const"() <{values = dense<-10> : tensor<1xi8>}> : () -> tensor<1xi8>
  %r = tosa.negate %a, %y, %z : (tensor<5xi8>, tensor<1xi8>, tensor<1xi8>) -> tensor<5xi8>
  return %r : tensor<5xi8>
}
