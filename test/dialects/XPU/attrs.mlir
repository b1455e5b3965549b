// RUN: acc-opt %s --verify-roundtrip | FileCheck %s

// CHECK-LABEL: func.func private @spaces
// CHECK-SAME: memref<1xf32, #xpu.space<hbm>>, memref<1xf32, #xpu.space<spm>>, memref<1xf32, #xpu.space<acc>>
func.func private @spaces(memref<1xf32, #xpu.space<hbm>>, memref<1xf32, #xpu.space<spm>>,
                          memref<1xf32, #xpu.space<acc>>)

// CHECK-LABEL: func.func private @formats
// CHECK-SAME: [#xpu.format<f32>, #xpu.format<i32>, #xpu.format<bf16>, #xpu.format<f16>, #xpu.format<i8>, #xpu.format<u8>
// CHECK-SAME: #xpu.format<f32_t0>, #xpu.format<f32_t1>, #xpu.format<f32_t2>, #xpu.format<f16_t0>, #xpu.format<f16_t1>, #xpu.format<iota>]
func.func private @formats() attributes {
  test.formats = [#xpu.format<f32>, #xpu.format<i32>, #xpu.format<bf16>, #xpu.format<f16>,
                  #xpu.format<i8>, #xpu.format<u8>, #xpu.format<f32_t0>, #xpu.format<f32_t1>,
                  #xpu.format<f32_t2>, #xpu.format<f16_t0>, #xpu.format<f16_t1>, #xpu.format<iota>]
}

// CHECK-LABEL: func.func private @streams
// CHECK-SAME: [#xpu.stream<0, [4]>, #xpu.stream<-8, [128, -4]>]
func.func private @streams() attributes {
  test.streams = [#xpu.stream<0, [4]>, #xpu.stream<-8, [128, -4]>]
}

// CHECK-LABEL: func.func private @uop
// CHECK-SAME: #xpu.uop<"SEL", 15 = (1, 2, 3), 0 : 0>
// CHECK-SAME: #xpu.uop<"FMA", 4 = (0, 0, 1), 2 : 4294967295>
func.func private @uop() attributes {
  test.uops = [#xpu.uop<"SEL", 15 = (1, 2, 3), 0 : 0>, #xpu.uop<"FMA", 4 = (0, 0, 1), 2 : 4294967295>]
}
