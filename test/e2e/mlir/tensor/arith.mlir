// RUN: %{python} %inputs/run_functions.py %s %t

// in: [7, -7, 9, 0], [2, 2, -4, 3]
// numpy: np.trunc(a.astype(np.float64) / b)
// out: [3, -3, -2, 0]
func.func @arith_divsi_i32(%a: tensor<4xi32>, %b: tensor<4xi32>) -> tensor<4xi32> {
  %r = arith.divsi %a, %b : tensor<4xi32>
  return %r : tensor<4xi32>
}

// in: [7, -7, 9, 0], [2, 2, -4, 3]
// numpy: np.fmod(a, b)
// out: [1, -1, 1, 0]
func.func @arith_remsi_i32(%a: tensor<4xi32>, %b: tensor<4xi32>) -> tensor<4xi32> {
  %r = arith.remsi %a, %b : tensor<4xi32>
  return %r : tensor<4xi32>
}

// in: [7, -7, 9, 0], [2, 2, -4, 3]
// numpy: a // b
// out: [3, -4, -3, 0]
func.func @arith_floordivsi_i32(%a: tensor<4xi32>, %b: tensor<4xi32>) -> tensor<4xi32> {
  %r = arith.floordivsi %a, %b : tensor<4xi32>
  return %r : tensor<4xi32>
}

// in: [7, -7, 9, 0], [2, 2, -4, 3]
// numpy: -(-a // b)
// out: [4, -3, -2, 0]
func.func @arith_ceildivsi_i32(%a: tensor<4xi32>, %b: tensor<4xi32>) -> tensor<4xi32> {
  %r = arith.ceildivsi %a, %b : tensor<4xi32>
  return %r : tensor<4xi32>
}

// in: [7, -7, 9, 0], [2, 2, -4, 3]
// numpy: np.minimum(a.view(np.uint32), b.view(np.uint32)).view(np.int32)
// out: [2, 2, 9, 0]
func.func @arith_minui_i32(%a: tensor<4xi32>, %b: tensor<4xi32>) -> tensor<4xi32> {
  %r = arith.minui %a, %b : tensor<4xi32>
  return %r : tensor<4xi32>
}

// in: [7, -7, 9.5, 0], [2, 2, -4, 3]
// numpy: np.fmod(a, b)
// out: [1, -1, 1.5, 0]
func.func @arith_remf_f32(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
  %r = arith.remf %a, %b : tensor<4xf32>
  return %r : tensor<4xf32>
}

// in: [7, -7, 9.5, 0], [2, 2, -4, 3]
// numpy: np.arctan2(a, b)
// out: [1.29249668, -1.29249668, 1.96931887, 0]
func.func @math_atan2_f32(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
  %r = math.atan2 %a, %b : tensor<4xf32>
  return %r : tensor<4xf32>
}

// in: [7, -7, 9.5, 0], [2, 2, -4, -3]
// numpy: np.copysign(a, b)
// out: [7, 7, -9.5, -0.0]
func.func @math_copysign_f32(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
  %r = math.copysign %a, %b : tensor<4xf32>
  return %r : tensor<4xf32>
}

// in: [127, -128, 5, 0], [1, -1, 3, 0]
// numpy: a + b
// out: [-128, 127, 8, 0]
func.func @arith_addi_i8(%a: tensor<4xi8>, %b: tensor<4xi8>) -> tensor<4xi8> {
  %r = arith.addi %a, %b : tensor<4xi8>
  return %r : tensor<4xi8>
}

// in: [127, -128, 5, 100], [3, -1, 3, 100]
// numpy: a * b
// out: [125, -128, 15, 16]
func.func @arith_muli_i8(%a: tensor<4xi8>, %b: tensor<4xi8>) -> tensor<4xi8> {
  %r = arith.muli %a, %b : tensor<4xi8>
  return %r : tensor<4xi8>
}

// in: [32767, -32768, 5, 0], [1, -1, 3, 0]
// numpy: a + b
// out: [-32768, 32767, 8, 0]
func.func @arith_addi_i16(%a: tensor<4xi16>, %b: tensor<4xi16>) -> tensor<4xi16> {
  %r = arith.addi %a, %b : tensor<4xi16>
  return %r : tensor<4xi16>
}

// in: [1 << 40, 3, -5, 7], [1 << 23, 1 << 62, 3, -9]
// numpy: a * b
// out: [-9223372036854775808, -4611686018427387904, -15, -63]
func.func @arith_muli_i64(%a: tensor<4xi64>, %b: tensor<4xi64>) -> tensor<4xi64> {
  %r = arith.muli %a, %b : tensor<4xi64>
  return %r : tensor<4xi64>
}

// in: [1e300, 2, nan, -0.0], [1e300, 1e-17, 1, -0.0]
// numpy: a + b
// out: [2.0000000000000001e+300, 2, nan, -0.0]
func.func @arith_addf_f64(%a: tensor<4xf64>, %b: tensor<4xf64>) -> tensor<4xf64> {
  %r = arith.addf %a, %b : tensor<4xf64>
  return %r : tensor<4xf64>
}

// in: [4, 2, -1, inf]
// numpy: np.sqrt(a)
// out: [2, 1.41421354, nan, inf]
func.func @math_sqrt(%a: tensor<4xf32>) -> tensor<4xf32> {
  %r = math.sqrt %a : tensor<4xf32>
  return %r : tensor<4xf32>
}

// in: [0, 1, -0.5, 1e-9]
// numpy: np.log1p(a)
// out: [0, 0.693147182, -0.693147182, 9.99999972e-10]
func.func @math_log1p(%a: tensor<4xf32>) -> tensor<4xf32> {
  %r = math.log1p %a : tensor<4xf32>
  return %r : tensor<4xf32>
}

// in: [0, 1, -0.5, 1e-9]
// numpy: np.expm1(a)
// out: [0, 1.71828187, -0.393469334, 9.99999972e-10]
func.func @math_expm1(%a: tensor<4xf32>) -> tensor<4xf32> {
  %r = math.expm1 %a : tensor<4xf32>
  return %r : tensor<4xf32>
}

// in: [0, 1, -0.5, inf]
// numpy: np.arctan(a)
// out: [0, 0.785398185, -0.463647604, 1.57079637]
func.func @math_atan(%a: tensor<4xf32>) -> tensor<4xf32> {
  %r = math.atan %a : tensor<4xf32>
  return %r : tensor<4xf32>
}

// in: [8, -27, 0, 2]
// numpy: np.cbrt(a)
// out: [2, -2.99999976, 0, 1.25992107]
func.func @math_cbrt(%a: tensor<4xf32>) -> tensor<4xf32> {
  %r = math.cbrt %a : tensor<4xf32>
  return %r : tensor<4xf32>
}

// in: [8, -1, 0, 0.5]
// numpy: np.exp2(a)
// out: [256, 0.5, 1, 1.41421354]
func.func @math_exp2(%a: tensor<4xf32>) -> tensor<4xf32> {
  %r = math.exp2 %a : tensor<4xf32>
  return %r : tensor<4xf32>
}

// in: [8, 1, 0, 0.5]
// numpy: np.log2(a)
// out: [3, 0, -inf, -1]
func.func @math_log2(%a: tensor<4xf32>) -> tensor<4xf32> {
  %r = math.log2 %a : tensor<4xf32>
  return %r : tensor<4xf32>
}

// in: [8, 1, 100, 0.5]
// numpy: np.log10(a)
// out: [0.90309, 0, 2.00000024, -0.30103001]
func.func @math_log10(%a: tensor<4xf32>) -> tensor<4xf32> {
  %r = math.log10 %a : tensor<4xf32>
  return %r : tensor<4xf32>
}

// in: [1, -1, 0, 0.5]
// numpy: np.sinh(a)
// out: [1.17520118, -1.17520118, 0, 0.521095276]
func.func @math_sinh(%a: tensor<4xf32>) -> tensor<4xf32> {
  %r = math.sinh %a : tensor<4xf32>
  return %r : tensor<4xf32>
}

// in: [1, -1, 0, 0.5]
// numpy: np.cosh(a)
// out: [1.54308069, 1.54308069, 1, 1.12762606]
func.func @math_cosh(%a: tensor<4xf32>) -> tensor<4xf32> {
  %r = math.cosh %a : tensor<4xf32>
  return %r : tensor<4xf32>
}

// in: [1, -1, 0, 0.5]
// numpy: np.tan(a)
// out: [1.55740774, -1.55740774, 0, 0.546302497]
func.func @math_tan(%a: tensor<4xf32>) -> tensor<4xf32> {
  %r = math.tan %a : tensor<4xf32>
  return %r : tensor<4xf32>
}

// in: [1, -1, 0, 0.5]
// numpy: np.arcsin(a)
// out: [1.57079637, -1.57079637, 0, 0.52359879]
func.func @math_asin(%a: tensor<4xf32>) -> tensor<4xf32> {
  %r = math.asin %a : tensor<4xf32>
  return %r : tensor<4xf32>
}

// in: [1.7, -1.7, -0.0, 0.5]
// numpy: np.trunc(a)
// out: [1, -1, -0.0, 0]
func.func @math_trunc(%a: tensor<4xf32>) -> tensor<4xf32> {
  %r = math.trunc %a : tensor<4xf32>
  return %r : tensor<4xf32>
}

// in: [1.5, 2.5, -0.5, 0.5]
// numpy: np.rint(a)
// out: [2, 2, -0.0, 0]
func.func @math_roundeven(%a: tensor<4xf32>) -> tensor<4xf32> {
  %r = math.roundeven %a : tensor<4xf32>
  return %r : tensor<4xf32>
}

// in: [1.5, 2.5, -0.5, 0.5]
// numpy: special.erf(a)
// out: [0.966105163, 0.999593019, -0.520499885, 0.520499885]
func.func @math_erf(%a: tensor<4xf32>) -> tensor<4xf32> {
  %r = math.erf %a : tensor<4xf32>
  return %r : tensor<4xf32>
}

// in: [1.5, 65520, -0.0, nan]
// numpy: a
// out: [1.5, inf, -0.0, nan]
func.func @truncf_f32_f16(%a: tensor<4xf32>) -> tensor<4xf16> {
  %r = arith.truncf %a : tensor<4xf32> to tensor<4xf16>
  return %r : tensor<4xf16>
}

// in: [1.5, 65504, -0.0, nan]
// numpy: a
// out: [1.5, 65504, -0.0, nan]
func.func @extf_f16_f32(%a: tensor<4xf16>) -> tensor<4xf32> {
  %r = arith.extf %a : tensor<4xf16> to tensor<4xf32>
  return %r : tensor<4xf32>
}

// in: [1, -1, 16777217, 0]
// numpy: a
// out: [1, -1, 16777216, 0]
func.func @sitofp_i32_f32(%a: tensor<4xi32>) -> tensor<4xf32> {
  %r = arith.sitofp %a : tensor<4xi32> to tensor<4xf32>
  return %r : tensor<4xf32>
}

// in: [1, -1, 127, 0]
// numpy: a.view(np.uint8)
// out: [1, 255, 127, 0]
func.func @uitofp_i8_f32(%a: tensor<4xi8>) -> tensor<4xf32> {
  %r = arith.uitofp %a : tensor<4xi8> to tensor<4xf32>
  return %r : tensor<4xf32>
}

// in: [1.7, -1.7, 0, 100]
// numpy: np.trunc(a)
// out: [1, -1, 0, 100]
func.func @fptosi_f32_i32(%a: tensor<4xf32>) -> tensor<4xi32> {
  %r = arith.fptosi %a : tensor<4xf32> to tensor<4xi32>
  return %r : tensor<4xi32>
}

// in: [300, -129, 5, 127]
// numpy: a
// out: [44, 127, 5, 127]
func.func @trunci_i32_i8(%a: tensor<4xi32>) -> tensor<4xi8> {
  %r = arith.trunci %a : tensor<4xi32> to tensor<4xi8>
  return %r : tensor<4xi8>
}

// in: [1, -1, 127, -128]
// numpy: a.view(np.uint8)
// out: [1, 255, 127, 128]
func.func @extui_i8_i32(%a: tensor<4xi8>) -> tensor<4xi32> {
  %r = arith.extui %a : tensor<4xi8> to tensor<4xi32>
  return %r : tensor<4xi32>
}

// in: [1, 0, 1, 0]
// numpy: a
// out: [1, 0, 1, 0]
func.func @extui_i1_i8(%a: tensor<4xi1>) -> tensor<4xi8> {
  %r = arith.extui %a : tensor<4xi1> to tensor<4xi8>
  return %r : tensor<4xi8>
}

// in: [1.5, nan, -0.0, inf]
// numpy: a
// out: [1.5, nan, -0.0, inf]
func.func @extf_f32_f64(%a: tensor<4xf32>) -> tensor<4xf64> {
  %r = arith.extf %a : tensor<4xf32> to tensor<4xf64>
  return %r : tensor<4xf64>
}

// in: [1.5, 1e300, -0.0, 0.1]
// numpy: a
// out: [1.5, inf, -0.0, 0.100000001]
func.func @truncf_f64_f32(%a: tensor<4xf64>) -> tensor<4xf32> {
  %r = arith.truncf %a : tensor<4xf64> to tensor<4xf32>
  return %r : tensor<4xf32>
}

// in: [1 << 33, -1, 5, 1 << 31]
// numpy: a
// out: [0, -1, 5, -2147483648]
func.func @trunci_i64_i32(%a: tensor<4xi64>) -> tensor<4xi32> {
  %r = arith.trunci %a : tensor<4xi64> to tensor<4xi32>
  return %r : tensor<4xi32>
}

// in: [7, -1, 5, -2147483648]
// numpy: a
// out: [7, -1, 5, -2147483648]
func.func @extsi_i32_i64(%a: tensor<4xi32>) -> tensor<4xi64> {
  %r = arith.extsi %a : tensor<4xi32> to tensor<4xi64>
  return %r : tensor<4xi64>
}
