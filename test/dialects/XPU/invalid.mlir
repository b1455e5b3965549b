// RUN: acc-opt %s --split-input-file --verify-diagnostics

func.func @size_count(%x: memref<8xf32>, %a: memref<8xf32, #xpu.space<spm>>) {
  // expected-error @below {{'xpu.load' op expects 6 sizes in 'size', but got 2}}
  xpu.load %x to %a size [1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]>
      : memref<8xf32>, memref<8xf32, #xpu.space<spm>>
  return
}

// -----

func.func @size_positive(%x: memref<8xf32>, %a: memref<8xf32, #xpu.space<spm>>) {
  // expected-error @below {{expects positive 32-bit sizes in 'size', but got 0}}
  xpu.load %x to %a size [1, 1, 1, 1, 0, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]>
      : memref<8xf32>, memref<8xf32, #xpu.space<spm>>
  return
}

// -----

func.func @size_32_bits(%x: memref<8xf32>, %a: memref<8xf32, #xpu.space<spm>>) {
  // expected-error @below {{expects positive 32-bit sizes in 'size', but got 4294967296}}
  xpu.load %x to %a size [1, 1, 1, 1, 4294967296, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]>
      : memref<8xf32>, memref<8xf32, #xpu.space<spm>>
  return
}

// -----

func.func @element_bytes(%x: memref<8xf64>, %a: memref<8xf64, #xpu.space<spm>>) {
  // expected-error @below {{expects elements of 1, 2 or 4 bytes, but got 8}}
  xpu.load %x to %a size [1, 1, 1, 1, 1, 8] element 8 from <0, [0, 0, 0, 0, 0, 8]> into <0, [0, 0, 0, 0, 0, 8]>
      : memref<8xf64>, memref<8xf64, #xpu.space<spm>>
  return
}

// -----

func.func @dynamic_buffer(%x: memref<?xf32>, %a: memref<8xf32, #xpu.space<spm>>) {
  // expected-error @below {{expects 'source' with static shape and identity layout, but got 'memref<?xf32>'}}
  xpu.load %x to %a size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]>
      : memref<?xf32>, memref<8xf32, #xpu.space<spm>>
  return
}

// -----

func.func @uncountable_buffer(%x: memref<99999999999x99999999999xf32, #xpu.space<hbm>>, %a: memref<8xf32, #xpu.space<spm>>) {
  // expected-error @below {{expects 'source' of at most 2^48 elements, but got}}
  xpu.load %x to %a size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]>
      : memref<99999999999x99999999999xf32, #xpu.space<hbm>>, memref<8xf32, #xpu.space<spm>>
  return
}

// -----

func.func @strided_buffer(%x: memref<8xf32>, %a: memref<4xf32, strided<[2]>, #xpu.space<spm>>) {
  // expected-error @below {{expects 'dest' with static shape and identity layout}}
  xpu.load %x to %a size [1, 1, 1, 1, 1, 4] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]>
      : memref<8xf32>, memref<4xf32, strided<[2]>, #xpu.space<spm>>
  return
}

// -----

// expected-note @below {{buffer is 'memref<8xf32, #xpu.space<spm>>'}}
func.func @load_space(%x: memref<8xf32, #xpu.space<spm>>, %a: memref<8xf32, #xpu.space<spm>>) {
  // expected-error @below {{expects 'source' in hbm, but got spm}}
  xpu.load %x to %a size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]>
      : memref<8xf32, #xpu.space<spm>>, memref<8xf32, #xpu.space<spm>>
  return
}

// -----

// expected-note @below {{buffer is 'memref<8xf32>'}}
func.func @store_space(%x: memref<8xf32>, %y: memref<8xf32>) {
  // expected-error @below {{expects 'source' in spm, but got hbm}}
  xpu.store %x to %y size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]>
      : memref<8xf32>, memref<8xf32>
  return
}

// -----

func.func @stride_count(%x: memref<8xf32>, %a: memref<8xf32, #xpu.space<spm>>) {
  // expected-error @below {{expects 6 strides in 'into', but got 1}}
  xpu.load %x to %a size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [4]>
      : memref<8xf32>, memref<8xf32, #xpu.space<spm>>
  return
}

// -----

// expected-note @below {{buffer is 'memref<8xf32>'}}
func.func @stream_beyond_end(%x: memref<8xf32>, %a: memref<16xf32, #xpu.space<spm>>) {
  // expected-error @below {{expects stream 'from' inside its buffer of 32 bytes, but it covers bytes 0 to 35}}
  xpu.load %x to %a size [1, 1, 1, 1, 1, 9] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]>
      : memref<8xf32>, memref<16xf32, #xpu.space<spm>>
  return
}

// -----

// expected-note @below {{buffer is 'memref<8xf32, #xpu.space<spm>>'}}
func.func @stream_before_begin(%a: memref<8xf32, #xpu.space<spm>>, %y: memref<8xf32>) {
  // expected-error @below {{expects stream 'from' inside its buffer of 32 bytes, but it covers bytes -4 to 27}}
  xpu.store %a to %y size [1, 1, 1, 1, 1, 8] element 4 from <24, [0, 0, 0, 0, 0, -4]> into <0, [0, 0, 0, 0, 0, 4]>
      : memref<8xf32, #xpu.space<spm>>, memref<8xf32>
  return
}

// -----

func.func @stream_misaligned(%x: memref<8xf32>, %a: memref<8xf32, #xpu.space<spm>>) {
  // expected-error @below {{expects offset and strides of stream 'from' to be multiples of the element size 4}}
  xpu.load %x to %a size [1, 1, 1, 1, 1, 4] element 4 from <2, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]>
      : memref<8xf32>, memref<8xf32, #xpu.space<spm>>
  return
}

// -----

func.func @index_limit(%x: memref<8xf32>, %a: memref<8xf32, #xpu.space<spm>>, %i: memref<2xi32, #xpu.space<spm>>) {
  // expected-error @below {{expects a positive 'limit', but got 0}}
  xpu.load %x to %a size [2, 1, 1, 1, 1, 1] element 4 from <0, [4, 0, 0, 0, 0, 4]> into <0, [4, 0, 0, 0, 0, 4]>
      indexed %i at 0 limit 0 : memref<2xi32, #xpu.space<spm>> : memref<8xf32>, memref<8xf32, #xpu.space<spm>>
  return
}

// -----

func.func @index_list(%x: memref<8xf32>, %a: memref<8xf32, #xpu.space<spm>>, %i: memref<2xi32, #xpu.space<spm>>) {
  // expected-error @below {{expects 2 indices of 4 bytes at 4 in a buffer of 8 bytes}}
  xpu.load %x to %a size [2, 1, 1, 1, 1, 1] element 4 from <0, [4, 0, 0, 0, 0, 4]> into <0, [4, 0, 0, 0, 0, 4]>
      indexed %i at 4 limit 8 : memref<2xi32, #xpu.space<spm>> : memref<8xf32>, memref<8xf32, #xpu.space<spm>>
  return
}

// -----

// Every index below the limit must be inside the table, not only the first few.
// expected-note @below {{buffer is 'memref<8xf32>'}}
func.func @index_table(%x: memref<8xf32>, %a: memref<8xf32, #xpu.space<spm>>, %i: memref<2xi32, #xpu.space<spm>>) {
  // expected-error @below {{expects stream 'from' inside its buffer of 32 bytes, but it covers bytes 0 to 35}}
  xpu.load %x to %a size [2, 1, 1, 1, 1, 1] element 4 from <0, [4, 0, 0, 0, 0, 4]> into <0, [4, 0, 0, 0, 0, 4]>
      indexed %i at 0 limit 9 : memref<2xi32, #xpu.space<spm>> : memref<8xf32>, memref<8xf32, #xpu.space<spm>>
  return
}

// -----

func.func @acc_rows(%a: memref<8x8xbf16, #xpu.space<spm>>, %acc: memref<8x8xf32, #xpu.space<acc>>) {
  // expected-error @below {{but got rows 1 to 8 and 8 columns}}
  xpu.matmul %a times %a into %acc m [1, 1, 8] k [1, 1, 8] columns 8
      a <bf16> <0, [0, 0, 16, 0, 0, 2]> w <bf16> <0, [0, 0, 16, 2]> row 1
      : memref<8x8xbf16, #xpu.space<spm>>, memref<8x8xbf16, #xpu.space<spm>>, memref<8x8xf32, #xpu.space<acc>>
  return
}

// -----

func.func @used_columns(%a: memref<8x8xbf16, #xpu.space<spm>>, %acc: memref<8x8xf32, #xpu.space<acc>>) {
  // expected-error @below {{expects 1 to 8 used columns, but got 9}}
  xpu.matmul %a times %a into %acc m [1, 1, 8] k [1, 1, 8] columns 8 used 9
      a <bf16> <0, [0, 0, 16, 0, 0, 2]> w <bf16> <0, [0, 0, 16, 2]>
      : memref<8x8xbf16, #xpu.space<spm>>, memref<8x8xbf16, #xpu.space<spm>>, memref<8x8xf32, #xpu.space<acc>>
  return
}

// -----

func.func @acc_columns(%a: memref<8x16xbf16, #xpu.space<spm>>, %acc: memref<8x8xf32, #xpu.space<acc>>) {
  // expected-error @below {{expects rows and columns inside the accumulator buffer 'memref<8x8xf32, #xpu.space<acc>>'}}
  xpu.matmul %a times %a into %acc m [1, 1, 8] k [1, 1, 8] columns 9
      a <bf16> <0, [0, 0, 32, 0, 0, 2]> w <bf16> <0, [0, 0, 32, 2]>
      : memref<8x16xbf16, #xpu.space<spm>>, memref<8x16xbf16, #xpu.space<spm>>, memref<8x8xf32, #xpu.space<acc>>
  return
}

// -----

func.func @acc_without_columns(%a: memref<8x8xbf16, #xpu.space<spm>>, %acc: memref<8x0xf32, #xpu.space<acc>>) {
  // expected-error @below {{expects rows and columns inside the accumulator buffer}}
  xpu.matmul %a times %a into %acc m [1, 1, 1] k [1, 1, 8] columns 1
      a <bf16> <0, [0, 0, 16, 0, 0, 2]> w <bf16> <0, [0, 0, 16, 2]>
      : memref<8x8xbf16, #xpu.space<spm>>, memref<8x8xbf16, #xpu.space<spm>>, memref<8x0xf32, #xpu.space<acc>>
  return
}

// -----

// 2^31 * 2^31 * 4 rows are 0 modulo 2^64.
func.func @acc_rows_overflow(%a: memref<8x8xbf16, #xpu.space<spm>>, %acc: memref<8x8xf32, #xpu.space<acc>>) {
  // expected-error @below {{expects rows and columns inside the accumulator buffer}}
  xpu.matmul %a times %a into %acc m [2147483648, 2147483648, 4] k [1, 1, 8] columns 8
      a <bf16> <0, [0, 0, 0, 0, 0, 2]> w <bf16> <0, [0, 0, 16, 2]>
      : memref<8x8xbf16, #xpu.space<spm>>, memref<8x8xbf16, #xpu.space<spm>>, memref<8x8xf32, #xpu.space<acc>>
  return
}

// -----

func.func @matmul_format(%a: memref<8x8xf32, #xpu.space<spm>>, %acc: memref<8x8xf32, #xpu.space<acc>>) {
  // expected-error @below {{can multiply (two of bf16 and terms of f32 and f16, two of i8 and u8, or two of fp8, fp6 and fp4), but got f32_t0 and f32}}
  xpu.matmul %a times %a into %acc m [1, 1, 8] k [1, 1, 8] columns 8
      a <f32_t0> <0, [0, 0, 32, 0, 0, 4]> w <f32> <0, [0, 0, 32, 4]>
      : memref<8x8xf32, #xpu.space<spm>>, memref<8x8xf32, #xpu.space<spm>>, memref<8x8xf32, #xpu.space<acc>>
  return
}

// -----

func.func @matmul_strides(%a: memref<8x8xf32, #xpu.space<spm>>, %acc: memref<8x8xf32, #xpu.space<acc>>) {
  // expected-error @below {{expects 4 strides in 'w', but got 3}}
  xpu.matmul %a times %a into %acc m [1, 1, 8] k [1, 1, 8] columns 8
      a <f32_t0> <0, [0, 0, 32, 0, 0, 4]> w <f32_t0> <0, [0, 32, 4]>
      : memref<8x8xf32, #xpu.space<spm>>, memref<8x8xf32, #xpu.space<spm>>, memref<8x8xf32, #xpu.space<acc>>
  return
}

// -----

// expected-note @below {{buffer is 'memref<8x8xf32, #xpu.space<spm>>'}}
func.func @acc_space(%a: memref<8x8xf32, #xpu.space<spm>>) {
  // expected-error @below {{expects 'acc' in acc, but got spm}}
  xpu.acc_store %a to %a m [1, 1, 8] columns 8 <f32> <0, [0, 0, 32, 4]>
      : memref<8x8xf32, #xpu.space<spm>>, memref<8x8xf32, #xpu.space<spm>>
  return
}

// -----

func.func @acc_store_format(%acc: memref<8x8xf32, #xpu.space<acc>>, %c: memref<8x8xi8, #xpu.space<spm>>) {
  // expected-error @below {{expects format f32, i32, bf16 or f16, but got i8}}
  xpu.acc_store %acc to %c m [1, 1, 8] columns 8 <i8> <0, [0, 0, 8, 1]>
      : memref<8x8xf32, #xpu.space<acc>>, memref<8x8xi8, #xpu.space<spm>>
  return
}

// -----

func.func @vpu_streams(%y: memref<8xf32, #xpu.space<spm>>) {
  // expected-error @below {{expects one format per stream and at most 4 inputs, but got 1 and 0}}
  xpu.vpu outs(%y : memref<8xf32, #xpu.space<spm>>) size [1, 1, 1, 1, 1, 8]
      in [#xpu.format<iota>] [] out <i32> <0, [0, 0, 0, 0, 0, 4]> program [] result 0 reduce 5 op 0 init 0
  return
}

// -----

func.func @vpu_operands(%y: memref<8xf32, #xpu.space<spm>>) {
  // expected-error @below {{expects one operand for every input stream in memory, but got 0 for 1}}
  xpu.vpu outs(%y : memref<8xf32, #xpu.space<spm>>) size [1, 1, 1, 1, 1, 8]
      in [#xpu.format<f32>] [#xpu.stream<0, [0, 0, 0, 0, 0, 4]>] out <f32> <0, [0, 0, 0, 0, 0, 4]>
      program [] result 0 reduce 5 op 0 init 0
  return
}

// -----

func.func @vpu_register(%y: memref<8xf32, #xpu.space<spm>>) {
  // expected-error @below {{expects at most 64 micro-operations, a register below 16 and a first reduced dimension of at most 5}}
  xpu.vpu outs(%y : memref<8xf32, #xpu.space<spm>>) size [1, 1, 1, 1, 1, 8]
      in [] [] out <f32> <0, [0, 0, 0, 0, 0, 4]> program [] result 16 reduce 5 op 0 init 0
  return
}

// -----

func.func @vpu_first_reduced(%y: memref<8xf32, #xpu.space<spm>>) {
  // expected-error @below {{a first reduced dimension of at most 5}}
  xpu.vpu outs(%y : memref<8xf32, #xpu.space<spm>>) size [1, 1, 1, 1, 1, 8]
      in [] [] out <f32> <0, [0, 0, 0, 0, 0, 4]> program [] result 0 reduce 6 op 0 init 0
  return
}

// -----

func.func @vpu_lane_register(%y: memref<8xf32, #xpu.space<spm>>) {
  // expected-error @below {{expects the result of a lane reduction in register 15}}
  xpu.vpu outs(%y : memref<8xf32, #xpu.space<spm>>) size [1, 1, 1, 1, 1, 8]
      in [] [] out <f32> <0, [0, 0, 0, 0, 0, 4]> program [] result 0 reduce 5 lanes op 0 init 0
  return
}

// -----

func.func @vpu_output_format(%y: memref<8xf32, #xpu.space<spm>>) {
  // expected-error @below {{expects an output format of the vector unit, but got iota}}
  xpu.vpu outs(%y : memref<8xf32, #xpu.space<spm>>) size [1, 1, 1, 1, 1, 8]
      in [] [] out <iota> <0, [0, 0, 0, 0, 0, 4]> program [] result 0 reduce 5 op 0 init 0
  return
}

// -----

func.func @vpu_input_format(%y: memref<8xf32, #xpu.space<spm>>) {
  // expected-error @below {{expects an input format of the vector unit, but got f32_t1}}
  xpu.vpu ins(%y : memref<8xf32, #xpu.space<spm>>) outs(%y : memref<8xf32, #xpu.space<spm>>) size [1, 1, 1, 1, 1, 8]
      in [#xpu.format<f32_t1>] [#xpu.stream<0, [0, 0, 0, 0, 0, 4]>] out <f32> <0, [0, 0, 0, 0, 0, 4]>
      program [] result 0 reduce 5 op 0 init 0
  return
}

// -----

func.func @vpu_reduction(%y: memref<8xf32, #xpu.space<spm>>) {
  // expected-error @below {{expects a reduction 0 to 5, but got 6}}
  xpu.vpu outs(%y : memref<8xf32, #xpu.space<spm>>) size [1, 1, 1, 1, 1, 8]
      in [] [] out <f32> <0, [0, 0, 0, 0, 0, 4]> program [] result 15 reduce 0 op 6 init 0
  return
}

// -----

// The output of a reduction over lanes has one element, that of other ones many.
// expected-note @below {{buffer is 'memref<1xf32, #xpu.space<spm>>'}}
func.func @vpu_output_stream(%y: memref<1xf32, #xpu.space<spm>>) {
  xpu.vpu outs(%y : memref<1xf32, #xpu.space<spm>>) size [1, 1, 1, 1, 1, 8]
      in [] [] out <f32> <0, [0, 0, 0, 0, 0, 4]> program [] result 15 reduce 5 lanes op 0 init 0
  // expected-error @below {{expects stream 'out' inside its buffer of 4 bytes, but it covers bytes 0 to 31}}
  xpu.vpu outs(%y : memref<1xf32, #xpu.space<spm>>) size [1, 1, 1, 1, 1, 8]
      in [] [] out <f32> <0, [0, 0, 0, 0, 0, 4]> program [] result 15 reduce 4 op 0 init 0
  return
}

// -----

// expected-error @below {{expects the name of a micro-operation, but got 'FOO'}}
func.func private @uop_name() attributes {test.u = #xpu.uop<"FOO", 4 = (0, 0, 0), 0 : 0>}

// -----

// expected-error @below {{expects registers below 16}}
func.func private @uop_register() attributes {test.u = #xpu.uop<"FADD", 4 = (0, 16, 0), 0 : 0>}

// -----

// expected-error @below {{expects an immediate selector of 0 to 3, but got 4}}
func.func private @uop_selector() attributes {test.u = #xpu.uop<"FADD", 4 = (0, 0, 0), 4 : 0>}

// -----

!hbm = memref<8xf32, #xpu.space<hbm>>
!spm = memref<8xf32, #xpu.space<spm>>
func.func @mask(%x: !hbm, %a: !spm) {
  // expected-error @below {{expects 'wait' to be #xpu.semaphores<...>, but got 4 : i32}}
  xpu.load %x to %a size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> {wait = 4 : i32} : !hbm, !spm
  return
}

// -----

!hbm = memref<8xf32, #xpu.space<hbm>>
!spm = memref<8xf32, #xpu.space<spm>>
func.func @semaphore(%x: !hbm, %a: !spm) {
  // expected-error @below {{expects semaphores below 32}}
  xpu.load %x to %a size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> {wait = #xpu.semaphores<32>} : !hbm, !spm
  return
}

// -----

!hbm = memref<8xcomplex<f32>, #xpu.space<hbm>>
!spm = memref<8xf32, #xpu.space<spm>>
func.func @complex(%x: !hbm, %a: !spm) {
  // expected-error @below {{expects 'source' of integers, floats or blocks of them, but got 'memref<8xcomplex<f32>, #xpu.space<hbm>>'}}
  xpu.load %x to %a size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !hbm, !spm
  return
}

// -----

!hbm = memref<8xvector<4xf32>, #xpu.space<hbm>>
!spm = memref<8xf32, #xpu.space<spm>>
func.func @vectors(%x: !hbm, %a: !spm) {
  // expected-error @below {{expects 'source' of integers, floats or blocks of them, but got 'memref<8xvector<4xf32>, #xpu.space<hbm>>'}}
  xpu.load %x to %a size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !hbm, !spm
  return
}

// -----

!hbm = memref<8xmemref<4xf32>, #xpu.space<hbm>>
!spm = memref<8xf32, #xpu.space<spm>>
func.func @buffers(%x: !hbm, %a: !spm) {
  // expected-error @below {{expects 'source' of integers, floats or blocks of them, but got 'memref<8xmemref<4xf32>, #xpu.space<hbm>>'}}
  xpu.load %x to %a size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !hbm, !spm
  return
}

// -----

!hbm = memref<8xf32, #xpu.space<hbm>>
!spm = memref<8xf32, #xpu.space<spm>>
func.func @wraps(%x: !hbm, %a: !spm) {
  // expected-error @below {{expects offset and strides of 32 bits in 'from'}}
  xpu.load %x to %a size [1, 1, 1, 1, 5, 1] element 4 from <0, [0, 0, 0, 0, 4611686018427387904, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !hbm, !spm
  return
}

// -----

func.func @shift_of_a_number(%x: memref<8xf32, #xpu.space<hbm>>, %n: index) {
  // expected-error @+1 {{expects counters of loops from 0 in steps of 1 with constant bounds}}
  %0 = xpu.shift %x by [%n] steps [4] : memref<8xf32, #xpu.space<hbm>>
  return
}

// -----

func.func @shift_beyond(%x: memref<8x16xf32, #xpu.space<hbm>>, %a: memref<16xf32, #xpu.space<spm>>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c9 = arith.constant 9 : index
  scf.for %i = %c0 to %c9 step %c1 {
    // expected-note @+1 {{buffer is 'memref<8x16xf32, #xpu.space<hbm>>'}}
    %row = xpu.shift %x by [%i] steps [64] : memref<8x16xf32, #xpu.space<hbm>>
    // expected-error @+1 {{expects stream 'from' inside its buffer of 512 bytes, but it covers bytes 0 to 575}}
    xpu.load %row to %a size [1, 1, 1, 1, 1, 16] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]>
        : memref<8x16xf32, #xpu.space<hbm>>, memref<16xf32, #xpu.space<spm>>
  }
  return
}

// -----

func.func @shift_steps(%x: memref<8xf32, #xpu.space<hbm>>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c8 = arith.constant 8 : index
  scf.for %i = %c0 to %c8 step %c1 {
    // expected-error @+1 {{expects a step for each counter, but got 2 for 1}}
    %0 = xpu.shift %x by [%i] steps [4, 8] : memref<8xf32, #xpu.space<hbm>>
  }
  return
}

// -----

func.func @blocks(%a: tensor<8x16xi8>) {
  // expected-error @below {{expects a source with the bytes of a block in its last dimension, but got 'tensor<8x16xi8>' for 'tensor<8xvector<32xf8E4M3FN>>'}}
  %0 = xpu.blocks %a : tensor<8x16xi8> -> tensor<8xvector<32xf8E4M3FN>>
  return
}

// -----

func.func @block_size(%a: tensor<8x16xf8E4M3FN>) {
  // expected-error @below {{expects blocks of 32 floats of up to 8 bits, but got 'tensor<8xvector<16xf8E4M3FN>>'}}
  %0 = xpu.blocks %a : tensor<8x16xf8E4M3FN> -> tensor<8xvector<16xf8E4M3FN>>
  return
}

// -----

func.func @block_format(%a: tensor<8x32xf8E5M2>) {
  // expected-error @below {{expects a source with the bytes of a block}}
  %0 = xpu.blocks %a : tensor<8x32xf8E5M2> -> tensor<8xvector<32xf8E4M3FN>>
  return
}

// -----

func.func @scaled_format(%a: memref<8x64xi8, #xpu.space<spm>>, %acc: memref<8x8xf32, #xpu.space<acc>>,
                         %s: memref<2x8xi8, #xpu.space<spm>>) {
  // expected-error @below {{expects formats with scales (fp8, fp6 and fp4), but got i8 and i8}}
  xpu.matmul %a times %a into %acc m [1, 1, 8] k [1, 1, 64] columns 8
      a <i8> <0, [0, 0, 64, 0, 0, 1]> w <i8> <0, [0, 0, 1, 64]>
      scaled %s <0, [0, 0, 1, 0, 0, 8]> by %s <0, [0, 0, 8, 1]>
      : memref<8x64xi8, #xpu.space<spm>>, memref<8x64xi8, #xpu.space<spm>>, memref<8x8xf32, #xpu.space<acc>>,
        memref<2x8xi8, #xpu.space<spm>>, memref<2x8xi8, #xpu.space<spm>>
  return
}

// -----

func.func @halved_integers(%a: memref<8x8xi8, #xpu.space<spm>>, %acc: memref<8x8xf32, #xpu.space<acc>>) {
  // expected-error @below {{expects no halvings of integers or with scales}}
  xpu.matmul %a times %a into %acc m [1, 1, 8] k [1, 1, 8] columns 8
      a <i8> <0, [0, 0, 8, 0, 0, 1]> w <i8> <0, [0, 0, 8, 1]>
      halved(%a : memref<8x8xi8, #xpu.space<spm>>) <0, [1]> accumulate
      : memref<8x8xi8, #xpu.space<spm>>, memref<8x8xi8, #xpu.space<spm>>, memref<8x8xf32, #xpu.space<acc>>
  return
}

// -----

func.func @halvings_apart(%a: memref<8x8xbf16, #xpu.space<spm>>, %acc: memref<8x8xf32, #xpu.space<acc>>) {
  // expected-error @below {{expects halvings of columns side by side}}
  xpu.matmul %a times %a into %acc m [1, 1, 8] k [1, 1, 8] columns 8
      a <bf16> <0, [0, 0, 16, 0, 0, 2]> w <bf16> <0, [0, 0, 16, 2]>
      halved(%a : memref<8x8xbf16, #xpu.space<spm>>) <0, [2]> accumulate
      : memref<8x8xbf16, #xpu.space<spm>>, memref<8x8xbf16, #xpu.space<spm>>, memref<8x8xf32, #xpu.space<acc>>
  return
}

// -----

func.func @halvings_end(%a: memref<8x8xbf16, #xpu.space<spm>>, %acc: memref<8x8xf32, #xpu.space<acc>>,
                        %h: memref<4xi8, #xpu.space<spm>>) {
  // expected-note @above {{buffer is 'memref<4xi8, #xpu.space<spm>>'}}
  // expected-error @below {{expects stream 'halvings' inside its buffer of 4 bytes, but it covers bytes 0 to 7}}
  xpu.matmul %a times %a into %acc m [1, 1, 8] k [1, 1, 8] columns 8
      a <bf16> <0, [0, 0, 16, 0, 0, 2]> w <bf16> <0, [0, 0, 16, 2]>
      halved(%h : memref<4xi8, #xpu.space<spm>>) <0, [1]> accumulate
      : memref<8x8xbf16, #xpu.space<spm>>, memref<8x8xbf16, #xpu.space<spm>>, memref<8x8xf32, #xpu.space<acc>>
  return
}

// -----

func.func @scales_end(%a: memref<8x64xi8, #xpu.space<spm>>, %acc: memref<8x8xf32, #xpu.space<acc>>,
                      %s: memref<1x8xi8, #xpu.space<spm>>) {
  // expected-note @above {{buffer is 'memref<1x8xi8, #xpu.space<spm>>'}}
  // expected-error @below {{expects stream 'a_scales' inside its buffer of 8 bytes, but it covers bytes 0 to 15}}
  xpu.matmul %a times %a into %acc m [1, 1, 8] k [1, 1, 64] columns 8
      a <f8e4m3> <0, [0, 0, 64, 0, 0, 1]> w <f8e4m3> <0, [0, 0, 1, 64]>
      scaled %s <0, [0, 0, 1, 0, 0, 8]> by %s <0, [0, 0, 8, 1]>
      : memref<8x64xi8, #xpu.space<spm>>, memref<8x64xi8, #xpu.space<spm>>, memref<8x8xf32, #xpu.space<acc>>,
        memref<1x8xi8, #xpu.space<spm>>, memref<1x8xi8, #xpu.space<spm>>
  return
}

// -----

!spm = memref<8x16xf32, #xpu.space<spm>>
func.func @operation_missing(%a: !spm) {
  // expected-error @below {{expects an operation for all_reduce}}
  xpu.collective <all_reduce> over <row> of 2 rows 8 columns 16 <f32> %a <0, [0, 64, 4]> to %a <0, [0, 64, 4]> : !spm, !spm
  return
}

// -----

!spm = memref<8x16xf32, #xpu.space<spm>>
func.func @operation_of_a_copy(%a: !spm) {
  // expected-error @below {{expects no operation for broadcast}}
  xpu.collective <broadcast> by <fadd> over <row> of 2 rows 8 columns 16 <f32> %a <0, [0, 64, 4]> to %a <0, [0, 64, 4]> : !spm, !spm
  return
}

// -----

!spm = memref<8x16xf32, #xpu.space<spm>>
func.func @reduction_format(%a: !spm) {
  // expected-error @below {{expects format i32 for iadd, but got f32}}
  xpu.collective <all_reduce> by <iadd> over <row> of 2 rows 8 columns 16 <f32> %a <0, [0, 64, 4]> to %a <0, [0, 64, 4]> : !spm, !spm
  return
}

// -----

!spm = memref<8x16xf32, #xpu.space<spm>>
func.func @columns_apart(%a: !spm) {
  // expected-error @below {{expects columns that are contiguous, 4 bytes from one to the next}}
  xpu.collective <all_reduce> by <fadd> over <row> of 2 rows 8 columns 8 <f32> %a <0, [0, 64, 8]> to %a <0, [0, 64, 4]> : !spm, !spm
  return
}

// -----

!spm = memref<8x16xf32, #xpu.space<spm>>
func.func @gathered_beyond(%a: !spm, %b: !spm) {
  // expected-note @above {{buffer is}}
  // expected-error @below {{expects stream 'dest' inside its buffer of 512 bytes, but it covers bytes 0 to 1023}}
  xpu.collective <all_gather> over <row> of 2 rows 8 columns 16 <f32> %a <0, [0, 64, 4]> to %b <0, [512, 64, 4]> : !spm, !spm
  return
}

// -----

!spm = memref<8x16xf32, #xpu.space<spm>>
func.func @root_of_nobody(%a: !spm) {
  // expected-error @below {{expects 1 to 65535 members, one of them the root}}
  xpu.collective <broadcast> over <row> of 2 rows 8 columns 16 <f32> %a <0, [0, 64, 4]> to %a <0, [0, 64, 4]> root 2 : !spm, !spm
  return
}

// -----

!spm = memref<8x16xf32, #xpu.space<spm>>
func.func @no_rows(%a: !spm) {
  // expected-error @below {{expects 1 to 65535 rows, but got 0}}
  xpu.collective <broadcast> over <row> of 2 rows 0 columns 16 <f32> %a <0, [0, 64, 4]> to %a <0, [0, 64, 4]> : !spm, !spm
  return
}

// -----

func.func @slice_alone(%a: memref<8x16xf32>) {
  // expected-error @below {{expects a group of slices, or other chips than the slice's own}}
  xpu.barrier <slice>
  return
}

// -----

func.func @exchange_kind(%a: memref<8x16xf32>) {
  // expected-error @below {{expects all_gather, all_reduce or reduce_scatter, but got broadcast}}
  xpu.exchange <broadcast> over <chip> of 4 %a to %a : memref<8x16xf32>, memref<8x16xf32>
  return
}

// -----

func.func @exchange_operation(%a: memref<8x16xf32>) {
  // expected-error @below {{expects an operation for all_reduce}}
  xpu.exchange <all_reduce> over <chip> of 4 %a to %a : memref<8x16xf32>, memref<8x16xf32>
  return
}

// -----

func.func @exchange_rows(%a: memref<16xf32>) {
  // expected-error @below {{expects rows and columns in 'source', but got 'memref<16xf32>'}}
  xpu.exchange <all_reduce> by <fadd> over <chip> of 4 %a to %a : memref<16xf32>, memref<16xf32>
  return
}

// -----

func.func @exchange_members(%a: memref<8x16xf32>, %b: memref<8x2x16xf32>) {
  // expected-error @below {{expects 'dest' with elements of 'source', in rows of a part for each member, but got 'memref<8x2x16xf32>'}}
  xpu.exchange <all_gather> over <chip> of 4 %a to %b : memref<8x16xf32>, memref<8x2x16xf32>
  return
}

// -----

func.func @scatter_to_whole(%a: memref<8x4x16xf32, #xpu.space<hbm>>) {
  // expected-error @below {{expects 'dest' with elements of 'source', in the shape of a part, but got}}
  xpu.exchange <reduce_scatter> by <fadd> over <chip> of 4 %a to %a : memref<8x4x16xf32, #xpu.space<hbm>>, memref<8x4x16xf32, #xpu.space<hbm>>
  return
}

// -----

func.func @scatter_of_others(%a: memref<8x2x16xf32, #xpu.space<hbm>>, %b: memref<8x16xf32, #xpu.space<hbm>>) {
  // expected-error @below {{expects rows of a part for each member in 'source', but got}}
  xpu.exchange <reduce_scatter> by <fadd> over <chip> of 4 %a to %b : memref<8x2x16xf32, #xpu.space<hbm>>, memref<8x16xf32, #xpu.space<hbm>>
  return
}
