// RUN: acc-opt %s --xpu-choose-divisions='target=xpu-tiny-4' | FileCheck %s

// Each operation reads the one before it twice: ways through what is made where it is used double with each, and are not
// followed one by one.
// CHECK-LABEL: func.func @main
!t = tensor<8x8xf32>
func.func @main(%r0: !t) -> !t {
  %e = tensor.empty() : !t
  %r1 = linalg.add ins(%r0, %r0 : !t, !t) outs(%e : !t) -> !t
  %r2 = linalg.add ins(%r1, %r1 : !t, !t) outs(%e : !t) -> !t
  %r3 = linalg.add ins(%r2, %r2 : !t, !t) outs(%e : !t) -> !t
  %r4 = linalg.add ins(%r3, %r3 : !t, !t) outs(%e : !t) -> !t
  %r5 = linalg.add ins(%r4, %r4 : !t, !t) outs(%e : !t) -> !t
  %r6 = linalg.add ins(%r5, %r5 : !t, !t) outs(%e : !t) -> !t
  %r7 = linalg.add ins(%r6, %r6 : !t, !t) outs(%e : !t) -> !t
  %r8 = linalg.add ins(%r7, %r7 : !t, !t) outs(%e : !t) -> !t
  %r9 = linalg.add ins(%r8, %r8 : !t, !t) outs(%e : !t) -> !t
  %r10 = linalg.add ins(%r9, %r9 : !t, !t) outs(%e : !t) -> !t
  %r11 = linalg.add ins(%r10, %r10 : !t, !t) outs(%e : !t) -> !t
  %r12 = linalg.add ins(%r11, %r11 : !t, !t) outs(%e : !t) -> !t
  %r13 = linalg.add ins(%r12, %r12 : !t, !t) outs(%e : !t) -> !t
  %r14 = linalg.add ins(%r13, %r13 : !t, !t) outs(%e : !t) -> !t
  %r15 = linalg.add ins(%r14, %r14 : !t, !t) outs(%e : !t) -> !t
  %r16 = linalg.add ins(%r15, %r15 : !t, !t) outs(%e : !t) -> !t
  %r17 = linalg.add ins(%r16, %r16 : !t, !t) outs(%e : !t) -> !t
  %r18 = linalg.add ins(%r17, %r17 : !t, !t) outs(%e : !t) -> !t
  %r19 = linalg.add ins(%r18, %r18 : !t, !t) outs(%e : !t) -> !t
  %r20 = linalg.add ins(%r19, %r19 : !t, !t) outs(%e : !t) -> !t
  %r21 = linalg.add ins(%r20, %r20 : !t, !t) outs(%e : !t) -> !t
  %r22 = linalg.add ins(%r21, %r21 : !t, !t) outs(%e : !t) -> !t
  %r23 = linalg.add ins(%r22, %r22 : !t, !t) outs(%e : !t) -> !t
  %r24 = linalg.add ins(%r23, %r23 : !t, !t) outs(%e : !t) -> !t
  %r25 = linalg.add ins(%r24, %r24 : !t, !t) outs(%e : !t) -> !t
  %r26 = linalg.add ins(%r25, %r25 : !t, !t) outs(%e : !t) -> !t
  %r27 = linalg.add ins(%r26, %r26 : !t, !t) outs(%e : !t) -> !t
  %r28 = linalg.add ins(%r27, %r27 : !t, !t) outs(%e : !t) -> !t
  %r29 = linalg.add ins(%r28, %r28 : !t, !t) outs(%e : !t) -> !t
  %r30 = linalg.add ins(%r29, %r29 : !t, !t) outs(%e : !t) -> !t
  %r31 = linalg.add ins(%r30, %r30 : !t, !t) outs(%e : !t) -> !t
  %r32 = linalg.add ins(%r31, %r31 : !t, !t) outs(%e : !t) -> !t
  %r33 = linalg.add ins(%r32, %r32 : !t, !t) outs(%e : !t) -> !t
  %r34 = linalg.add ins(%r33, %r33 : !t, !t) outs(%e : !t) -> !t
  %r35 = linalg.add ins(%r34, %r34 : !t, !t) outs(%e : !t) -> !t
  %r36 = linalg.add ins(%r35, %r35 : !t, !t) outs(%e : !t) -> !t
  %r37 = linalg.add ins(%r36, %r36 : !t, !t) outs(%e : !t) -> !t
  %r38 = linalg.add ins(%r37, %r37 : !t, !t) outs(%e : !t) -> !t
  %r39 = linalg.add ins(%r38, %r38 : !t, !t) outs(%e : !t) -> !t
  %r40 = linalg.add ins(%r39, %r39 : !t, !t) outs(%e : !t) -> !t
  // CHECK: return
  return %r40 : !t
}
