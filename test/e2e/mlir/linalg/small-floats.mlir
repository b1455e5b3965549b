// RUN: %{python} %inputs/run_functions.py %s %t

// Numbers from ml_dtypes. Codes of fp8: 0, -0, 1, 1.5, -2, the smallest, the largest, NaN.
// in: [0, 0x80, 0x38, 0x3C, 0xC0, 1, 0x7E, 0x7F]
// out: [0, -0.0, 1, 1.5, -2, 2**-9, 448, nan]
func.func @widen_e4m3(%a: tensor<8xf8E4M3FN>) -> tensor<8xf32> {
  %e = tensor.empty() : tensor<8xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%a : tensor<8xf8E4M3FN>) outs(%e : tensor<8xf32>) {
  ^bb0(%x: f8E4M3FN, %o: f32):
    %y = arith.extf %x : f8E4M3FN to f32
    linalg.yield %y : f32
  } -> tensor<8xf32>
  return %r : tensor<8xf32>
}

// in: [0, 0x80, 0x3C, 1, 0x7B, 0x7C, 0xFC, 0x7F]
// out: [0, -0.0, 1, 2**-16, 57344, inf, -inf, nan]
func.func @widen_e5m2(%a: tensor<8xf8E5M2>) -> tensor<8xf32> {
  %e = tensor.empty() : tensor<8xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%a : tensor<8xf8E5M2>) outs(%e : tensor<8xf32>) {
  ^bb0(%x: f8E5M2, %o: f32):
    %y = arith.extf %x : f8E5M2 to f32
    linalg.yield %y : f32
  } -> tensor<8xf32>
  return %r : tensor<8xf32>
}

// What is too large is NaN; 464 is halfway and rounds to the even 448. Ties: 1.0625 down, 1.1875 up, half the smallest down.
// in: [1.0625, 1.1875, -1.0625, 448, 464, 465, -1e9, inf, nan, 2**-10, 2**-10 * 1.5, -0.0]
// out: [0x38, 0x3A, 0xB8, 0x7E, 0x7E, 0x7F, 0x7F, 0x7F, 0x7F, 0, 1, 0x80]
func.func @round_e4m3(%a: tensor<12xf32>) -> tensor<12xf8E4M3FN> {
  %e = tensor.empty() : tensor<12xf8E4M3FN>
  %r = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%a : tensor<12xf32>) outs(%e : tensor<12xf8E4M3FN>) {
  ^bb0(%x: f32, %o: f8E4M3FN):
    %y = arith.truncf %x : f32 to f8E4M3FN
    linalg.yield %y : f8E4M3FN
  } -> tensor<12xf8E4M3FN>
  return %r : tensor<12xf8E4M3FN>
}

// Saturated as exporters write it.
// in: [1.0, 1.125, 1.375, 1e9, -inf, nan, 2**-17, -0.0]
// out: [0x3C, 0x3C, 0x3E, 0x7B, 0xFB, 0x7E, 0, 0x80]
func.func @saturate_e5m2(%a: tensor<8xf32>) -> tensor<8xf8E5M2> {
  %e = tensor.empty() : tensor<8xf8E5M2>
  %low = arith.constant -57344.0 : f32
  %high = arith.constant 57344.0 : f32
  %r = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%a : tensor<8xf32>) outs(%e : tensor<8xf8E5M2>) {
  ^bb0(%x: f32, %o: f8E5M2):
    %c = arith.maximumf %x, %low : f32
    %d = arith.minimumf %c, %high : f32
    %y = arith.truncf %d : f32 to f8E5M2
    linalg.yield %y : f8E5M2
  } -> tensor<8xf8E5M2>
  return %r : tensor<8xf8E5M2>
}

// Rounded inside of a body: to fp8 and back.
// in: [1.0625, 1.1875, -1.0625, 447, 500, nan, 2**-10 * 1.5, -0.0, 2**-9 * 2.5, 3.3]
// out: [1, 1.25, -1, 448, nan, nan, 2**-9, -0.0, 2**-8, 3.25]
func.func @there_and_back(%a: tensor<10xf32>) -> tensor<10xf32> {
  %e = tensor.empty() : tensor<10xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%a : tensor<10xf32>) outs(%e : tensor<10xf32>) {
  ^bb0(%x: f32, %o: f32):
    %y = arith.truncf %x : f32 to f8E4M3FN
    %z = arith.extf %y : f8E4M3FN to f32
    linalg.yield %z : f32
  } -> tensor<10xf32>
  return %r : tensor<10xf32>
}

// Codes pass unchanged where they are only moved, infinities and NaN with their signs.
// in: [0x7C, 0xFC, 0x7D, 0xFF, 0x80, 1]
// out: [0x7C, 0x7D, 0x80, 0xFC, 0xFF, 1]
func.func @transpose_e5m2(%a: tensor<3x2xf8E5M2>) -> tensor<2x3xf8E5M2> {
  %e = tensor.empty() : tensor<2x3xf8E5M2>
  %t = linalg.transpose ins(%a : tensor<3x2xf8E5M2>) outs(%e : tensor<2x3xf8E5M2>) permutation = [1, 0]
  %r = tensor.collapse_shape %t [[0, 1]] : tensor<2x3xf8E5M2> into tensor<6xf8E5M2>
  %s = tensor.expand_shape %r [[0, 1]] output_shape [2, 3] : tensor<6xf8E5M2> into tensor<2x3xf8E5M2>
  %q = tensor.empty() : tensor<2x3xf8E5M2>
  %c = linalg.copy ins(%s : tensor<2x3xf8E5M2>) outs(%q : tensor<2x3xf8E5M2>) -> tensor<2x3xf8E5M2>
  return %c : tensor<2x3xf8E5M2>
}

// in: [1, 0, 1, 0], [0x7F, 0xFC, 3, 0x80], [1, 2, 0x7C, 4]
// out: [0x7F, 2, 3, 4]
func.func @select_e5m2(%c: tensor<4xi1>, %a: tensor<4xf8E5M2>, %b: tensor<4xf8E5M2>) -> tensor<4xf8E5M2> {
  %e = tensor.empty() : tensor<4xf8E5M2>
  %r = linalg.select ins(%c, %a, %b : tensor<4xi1>, tensor<4xf8E5M2>, tensor<4xf8E5M2>) outs(%e : tensor<4xf8E5M2>) -> tensor<4xf8E5M2>
  return %r : tensor<4xf8E5M2>
}

// in: [0x7C, 3]
// out: [0xFC, 0x7C, 3, 0xFC]
func.func @pad_e5m2(%a: tensor<2xf8E5M2>) -> tensor<4xf8E5M2> {
  %v = arith.constant 0xFC : f8E5M2
  %r = tensor.pad %a low[1] high[1] {
  ^bb0(%i: index):
    tensor.yield %v : f8E5M2
  } : tensor<2xf8E5M2> to tensor<4xf8E5M2>
  return %r : tensor<4xf8E5M2>
}

// The matrix unit multiplies fp8 as it is: 1, 1.5, 2, -1, .5, 448 in E4M3 and 1, 2, 3, 4, .25, 0 in E5M2.
// in: [0x38, 0x3C, 0x40, 0xB8, 0x30, 0x7E], [0x3C, 0x40, 0x42, 0x44, 0x34, 0]
// out: [1 + 1.5 * 3 + 2 * .25, 2 + 1.5 * 4, -1 + .5 * 3 + 448 * .25, -2 + .5 * 4]
func.func @matmul_fp8(%a: tensor<2x3xf8E4M3FN>, %b: tensor<3x2xf8E5M2>) -> tensor<2x2xf32> {
  %e = tensor.empty() : tensor<2x2xf32>
  %k = arith.constant 0.0 : f32
  %o = linalg.fill ins(%k : f32) outs(%e : tensor<2x2xf32>) -> tensor<2x2xf32>
  %r = linalg.matmul ins(%a, %b : tensor<2x3xf8E4M3FN>, tensor<3x2xf8E5M2>) outs(%o : tensor<2x2xf32>) -> tensor<2x2xf32>
  return %r : tensor<2x2xf32>
}

// Codes that nothing converts.
// in: [1, 15, 7, 8, 3, 12]
// out: [1, 7, 3, 15, 8, 12]
func.func @transpose_fp4(%a: tensor<3x2xf4E2M1FN>) -> tensor<2x3xf4E2M1FN> {
  %e = tensor.empty() : tensor<2x3xf4E2M1FN>
  %t = linalg.transpose ins(%a : tensor<3x2xf4E2M1FN>) outs(%e : tensor<2x3xf4E2M1FN>) permutation = [1, 0]
  return %t : tensor<2x3xf4E2M1FN>
}

// An infinity of E5M2 is none of the vector unit's, which saturates: the host rounds.
// in: [1.0, 1e9, -inf]
// out: [0x3C, 0x7C, 0xFC]
func.func @round_e5m2(%a: tensor<3xf32>) -> tensor<3xf8E5M2> {
  %e = tensor.empty() : tensor<3xf8E5M2>
  %r = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%a : tensor<3xf32>) outs(%e : tensor<3xf8E5M2>) {
  ^bb0(%x: f32, %o: f8E5M2):
    %y = arith.truncf %x : f32 to f8E5M2
    linalg.yield %y : f8E5M2
  } -> tensor<3xf8E5M2>
  return %r : tensor<3xf8E5M2>
}

// Arithmetic is done in f32 and rounded after each operation.
// in: [0x80, 0x3C, 0x78, 0x7C, 0x7D, 0xF8, 0x01, 0x45], [0, 0x3C, 0x78, 0xBC, 0x3C, 0xF8, 0x01, 0x3D]
// out: [0, 0x40, 0x7C, 0x7C, 0x7E, 0xFC, 2, 0x46]
func.func @add_e5m2(%a: tensor<8xf8E5M2>, %b: tensor<8xf8E5M2>) -> tensor<8xf8E5M2> {
  %e = tensor.empty() : tensor<8xf8E5M2>
  %r = linalg.elementwise kind=#linalg.elementwise_kind<add> ins(%a, %b : tensor<8xf8E5M2>, tensor<8xf8E5M2>)
      outs(%e : tensor<8xf8E5M2>) -> tensor<8xf8E5M2>
  return %r : tensor<8xf8E5M2>
}

// in: [0x80, 0x38, 0x7C, 0x7E, 0x7F, 0xFC, 0x01, 0x45], [0x38, 0xBC, 0x40, 0x38, 0x38, 0x40, 0x30, 0x3D]
// out: [0x80, 0xBC, 0x7F, 0x7E, 0x7F, 0x7F, 0, 0x4B]
func.func @mul_e4m3(%a: tensor<8xf8E4M3FN>, %b: tensor<8xf8E4M3FN>) -> tensor<8xf8E4M3FN> {
  %e = tensor.empty() : tensor<8xf8E4M3FN>
  %r = linalg.mul ins(%a, %b : tensor<8xf8E4M3FN>, tensor<8xf8E4M3FN>) outs(%e : tensor<8xf8E4M3FN>) -> tensor<8xf8E4M3FN>
  return %r : tensor<8xf8E4M3FN>
}

// in: [0, 0x80, 0x38, 0xC0]
// out: [0x80, 0, 0xB8, 0x40]
func.func @negate_e4m3(%a: tensor<4xf8E4M3FN>) -> tensor<4xf8E4M3FN> {
  %e = tensor.empty() : tensor<4xf8E4M3FN>
  %r = linalg.negf ins(%a : tensor<4xf8E4M3FN>) outs(%e : tensor<4xf8E4M3FN>) -> tensor<4xf8E4M3FN>
  return %r : tensor<4xf8E4M3FN>
}

// in: [0, 2, 4, 6, 10, 12, 14, 1]
// out: [0, 4, 6, 7, 12, 14, 15, 2]
func.func @double_e2m1(%a: tensor<8xf4E2M1FN>) -> tensor<8xf4E2M1FN> {
  %r = arith.addf %a, %a : tensor<8xf4E2M1FN>
  return %r : tensor<8xf4E2M1FN>
}

// in: [0, 0x3C, 0xC0, 0x38, 0x4A, 0x7C, 0xFC, 0x48]
// out: [0x3C, 0x41, 0x30, 0x3F, 0x7C, 0x7C, 0, 0x6A]
func.func @exp_e5m2(%a: tensor<8xf8E5M2>) -> tensor<8xf8E5M2> {
  %r = math.exp %a : tensor<8xf8E5M2>
  return %r : tensor<8xf8E5M2>
}

// in: [0x38, 0xC0, 0x7F, 0x45], [0x3C, 0xC4, 0x38, 0x38]
// out: [0x38, 0xC4, 0x38, 0x38]
func.func @less_e4m3(%a: tensor<4xf8E4M3FN>, %b: tensor<4xf8E4M3FN>) -> tensor<4xf8E4M3FN> {
  %c = arith.cmpf olt, %a, %b : tensor<4xf8E4M3FN>
  %r = arith.select %c, %a, %b : tensor<4xi1>, tensor<4xf8E4M3FN>
  return %r : tensor<4xf8E4M3FN>
}

// Without infinity and -0: the code of -0 is the NaN.
// in: [0, 0x50, 0x78, 0x7F, 0x80, 0xF8, 0x20, 0x01], [0, 0xD0, 0x78, 0x40, 0x40, 0xF8, 0x20, 0x02]
// out: [0, 0, -128, 0x7F, -128, -128, 0x28, 3]
func.func @add_e4m3fnuz(%a: tensor<8xi8>, %b: tensor<8xi8>) -> tensor<8xi8> {
  %x = arith.bitcast %a : tensor<8xi8> to tensor<8xf8E4M3FNUZ>
  %y = arith.bitcast %b : tensor<8xi8> to tensor<8xf8E4M3FNUZ>
  %s = arith.addf %x, %y : tensor<8xf8E4M3FNUZ>
  %r = arith.bitcast %s : tensor<8xf8E4M3FNUZ> to tensor<8xi8>
  return %r : tensor<8xi8>
}

// in: [2.25, 3.25, -1e-9, 57344, 61440, -1e9, inf, nan, 2**-17, 1.5*2**-17, -0.0, 2**-18]
// out: [0x44, 0x46, 0, 0x7F, -128, -128, -128, -128, 1, 2, 0, 0]
func.func @round_e5m2fnuz(%a: tensor<12xf32>) -> tensor<12xi8> {
  %t = arith.truncf %a : tensor<12xf32> to tensor<12xf8E5M2FNUZ>
  %r = arith.bitcast %t : tensor<12xf8E5M2FNUZ> to tensor<12xi8>
  return %r : tensor<12xi8>
}

// in: [1, 3, 0x83, -128]
// out: [2**-17, 3*2**-17, -3*2**-17, nan]
func.func @widen_e5m2fnuz(%a: tensor<4xi8>) -> tensor<4xf32> {
  %t = arith.bitcast %a : tensor<4xi8> to tensor<4xf8E5M2FNUZ>
  %r = arith.extf %t : tensor<4xf8E5M2FNUZ> to tensor<4xf32>
  return %r : tensor<4xf32>
}

// in: [0, 2, 4, 1, 7, 15], [128, 127, 130, 126, 252, 100]
// out: [0, 1, 16, 0.25, 6*2**125, -6*2**-27]
func.func @scaled_extension(%a: tensor<6xi8>, %s: tensor<6xf8E8M0FNU>) -> tensor<6xf32> {
  %e = tensor.empty() : tensor<6xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%a, %s : tensor<6xi8>, tensor<6xf8E8M0FNU>) outs(%e : tensor<6xf32>) {
  ^bb0(%x: i8, %scale: f8E8M0FNU, %o: f32):
    %code = arith.trunci %x : i8 to i4
    %small = arith.bitcast %code : i4 to f4E2M1FN
    %y = arith.scaling_extf %small, %scale : f4E2M1FN, f8E8M0FNU to f32
    linalg.yield %y : f32
  } -> tensor<6xf32>
  return %r : tensor<6xf32>
}

// in: [0, 2, 4, 1, 100, -0.75], [128, 128, 128, 128, 128, 127]
// out: [0, 2, 4, 1, 7, 10]
func.func @scaled_truncation(%a: tensor<6xf32>, %s: tensor<6xf8E8M0FNU>) -> tensor<6xi8> {
  %e = tensor.empty() : tensor<6xi8>
  %r = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%a, %s : tensor<6xf32>, tensor<6xf8E8M0FNU>) outs(%e : tensor<6xi8>) {
  ^bb0(%x: f32, %scale: f8E8M0FNU, %o: i8):
    %small = arith.scaling_truncf %x, %scale : f32, f8E8M0FNU to f4E2M1FN
    %code = arith.bitcast %small : f4E2M1FN to i4
    %y = arith.extui %code : i4 to i8
    linalg.yield %y : i8
  } -> tensor<6xi8>
  return %r : tensor<6xi8>
}

// 16 + 1 is a tie and rounds to 16, twice.
// in: [0x58, 0x38], [0x38, 0x38]
// out: [0x58, 0x44]
func.func @add_twice_e4m3(%a: tensor<2xf8E4M3FN>, %b: tensor<2xf8E4M3FN>) -> tensor<2xf8E4M3FN> {
  %s = arith.addf %a, %b : tensor<2xf8E4M3FN>
  %r = arith.addf %s, %b : tensor<2xf8E4M3FN>
  return %r : tensor<2xf8E4M3FN>
}
