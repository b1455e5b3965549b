// RUN: %{python} %inputs/run_functions.py %s %t

// in: [0, 1000, -1000, 100000, -100000, 12345]
// numpy: np.clip(((a.astype(object) - (0)) * 1073741824 + (1 << 36 - 1) >> 36) + (-3), -128, 127)
// out: [-3, 13, -19, 127, -128, 127]
func.func @rescale_i32_i8(%a: tensor<6xi32>) -> tensor<6xi8> {
  %m = "tosa.const"() <{values = dense<[1073741824]> : tensor<1xi32>}> : () -> tensor<1xi32>
  %s = "tosa.const"() <{values = dense<[36]> : tensor<1xi8>}> : () -> tensor<1xi8>
  %y = "tosa.const"() <{values = dense<0> : tensor<1xi32>}> : () -> tensor<1xi32>
  %z = "tosa.const"() <{values = dense<-3> : tensor<1xi8>}> : () -> tensor<1xi8>
  %r = tosa.rescale %a, %m, %s, %y, %z {scale32 = true, rounding_mode = SINGLE_ROUND, per_channel = false, input_unsigned = false, output_unsigned = false} : (tensor<6xi32>, tensor<1xi32>, tensor<1xi8>, tensor<1xi32>, tensor<1xi8>) -> tensor<6xi8>
  return %r : tensor<6xi8>
}

// in: [0, 100, -100, 127, -128, 45]
// numpy: np.clip(((a.astype(object) - (7)) * 1518500250 + (1 << 30 - 1) >> 30) + (5), -128, 127)
// out: [-5, 127, -128, 127, -128, 59]
func.func @rescale_i8_i8(%a: tensor<6xi8>) -> tensor<6xi8> {
  %m = "tosa.const"() <{values = dense<[1518500250]> : tensor<1xi32>}> : () -> tensor<1xi32>
  %s = "tosa.const"() <{values = dense<[30]> : tensor<1xi8>}> : () -> tensor<1xi8>
  %y = "tosa.const"() <{values = dense<7> : tensor<1xi8>}> : () -> tensor<1xi8>
  %z = "tosa.const"() <{values = dense<5> : tensor<1xi8>}> : () -> tensor<1xi8>
  %r = tosa.rescale %a, %m, %s, %y, %z {scale32 = true, rounding_mode = SINGLE_ROUND, per_channel = false, input_unsigned = false, output_unsigned = false} : (tensor<6xi8>, tensor<1xi32>, tensor<1xi8>, tensor<1xi8>, tensor<1xi8>) -> tensor<6xi8>
  return %r : tensor<6xi8>
}

// in: [0, 100, -100, 127, -128, 45]
// numpy: np.clip(((a.astype(object) - (7)) * 1518500250 + (1 << 20 - 1) >> 20) + (0), -2147483648, 2147483647)
// out: [-10137, 134678, -154953, 173779, -195501, 55030]
func.func @rescale_i8_i32(%a: tensor<6xi8>) -> tensor<6xi32> {
  %m = "tosa.const"() <{values = dense<[1518500250]> : tensor<1xi32>}> : () -> tensor<1xi32>
  %s = "tosa.const"() <{values = dense<[20]> : tensor<1xi8>}> : () -> tensor<1xi8>
  %y = "tosa.const"() <{values = dense<7> : tensor<1xi8>}> : () -> tensor<1xi8>
  %z = "tosa.const"() <{values = dense<0> : tensor<1xi32>}> : () -> tensor<1xi32>
  %r = tosa.rescale %a, %m, %s, %y, %z {scale32 = true, rounding_mode = SINGLE_ROUND, per_channel = false, input_unsigned = false, output_unsigned = false} : (tensor<6xi8>, tensor<1xi32>, tensor<1xi8>, tensor<1xi8>, tensor<1xi32>) -> tensor<6xi32>
  return %r : tensor<6xi32>
}

// in: [0, 1000, -1000, 2147483647, -2147483648, 12345]
// numpy: np.clip(((a.astype(object) - (0)) * 1200000000 + (1 << 31 - 1) >> 31) + (0), -32768, 32767)
// out: [0, 559, -559, 32767, -32768, 6898]
func.func @rescale_i32_i16(%a: tensor<6xi32>) -> tensor<6xi16> {
  %m = "tosa.const"() <{values = dense<[1200000000]> : tensor<1xi32>}> : () -> tensor<1xi32>
  %s = "tosa.const"() <{values = dense<[31]> : tensor<1xi8>}> : () -> tensor<1xi8>
  %y = "tosa.const"() <{values = dense<0> : tensor<1xi32>}> : () -> tensor<1xi32>
  %z = "tosa.const"() <{values = dense<0> : tensor<1xi16>}> : () -> tensor<1xi16>
  %r = tosa.rescale %a, %m, %s, %y, %z {scale32 = true, rounding_mode = SINGLE_ROUND, per_channel = false, input_unsigned = false, output_unsigned = false} : (tensor<6xi32>, tensor<1xi32>, tensor<1xi8>, tensor<1xi32>, tensor<1xi16>) -> tensor<6xi16>
  return %r : tensor<6xi16>
}

// in: [0, 100, -100, 127, -128, 45]
// numpy: np.clip((a.astype(object) * np.array([1073741824, 1518500250] * 3, object) + np.array([1 << s - 1 for s in (30, 30, 31, 32, 29, 30)], object)) // np.array([1 << s for s in (30, 30, 31, 32, 29, 30)], object), -128, 127)
// out: [0, 127, -50, 45, -128, 64]
func.func @rescale_i8_per_channel(%a: tensor<6xi8>) -> tensor<6xi8> {
  %m = "tosa.const"() <{values = dense<[1073741824, 1518500250, 1073741824, 1518500250, 1073741824, 1518500250]> : tensor<6xi32>}> : () -> tensor<6xi32>
  %s = "tosa.const"() <{values = dense<[30, 30, 31, 32, 29, 30]> : tensor<6xi8>}> : () -> tensor<6xi8>
  %y = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %z = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %r = tosa.rescale %a, %m, %s, %y, %z {scale32 = true, rounding_mode = SINGLE_ROUND, per_channel = true, input_unsigned = false, output_unsigned = false} : (tensor<6xi8>, tensor<6xi32>, tensor<6xi8>, tensor<1xi8>, tensor<1xi8>) -> tensor<6xi8>
  return %r : tensor<6xi8>
}

// in: [0, 100, -100, 127, -128, 45]
// numpy: np.clip(((a.astype(object) - (0)) * 20000 + (1 << 14 - 1) >> 14) + (0), -128, 127)
// out: [0, 122, -122, 127, -128, 55]
func.func @rescale_scale16(%a: tensor<6xi8>) -> tensor<6xi8> {
  %m = "tosa.const"() <{values = dense<[20000]> : tensor<1xi16>}> : () -> tensor<1xi16>
  %s = "tosa.const"() <{values = dense<[14]> : tensor<1xi8>}> : () -> tensor<1xi8>
  %y = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %z = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %r = tosa.rescale %a, %m, %s, %y, %z {scale32 = false, rounding_mode = SINGLE_ROUND, per_channel = false, input_unsigned = false, output_unsigned = false} : (tensor<6xi8>, tensor<1xi16>, tensor<1xi8>, tensor<1xi8>, tensor<1xi8>) -> tensor<6xi8>
  return %r : tensor<6xi8>
}

// in: [0, 1000, -1000, 100000, -100000, 12345]
// numpy: np.clip((a.astype(object) * 1073741824 + (1 << 35) + np.where(a >= 0, 1 << 30, -(1 << 30)).astype(object)) >> 36, -128, 127)
// out: [0, 16, -16, 127, -128, 127]
func.func @rescale_double_round(%a: tensor<6xi32>) -> tensor<6xi8> {
  %m = "tosa.const"() <{values = dense<[1073741824]> : tensor<1xi32>}> : () -> tensor<1xi32>
  %s = "tosa.const"() <{values = dense<[36]> : tensor<1xi8>}> : () -> tensor<1xi8>
  %y = "tosa.const"() <{values = dense<0> : tensor<1xi32>}> : () -> tensor<1xi32>
  %z = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %r = tosa.rescale %a, %m, %s, %y, %z {scale32 = true, rounding_mode = DOUBLE_ROUND, per_channel = false, input_unsigned = false, output_unsigned = false} : (tensor<6xi32>, tensor<1xi32>, tensor<1xi8>, tensor<1xi32>, tensor<1xi8>) -> tensor<6xi8>
  return %r : tensor<6xi8>
}
