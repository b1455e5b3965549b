//===- Passes.td - Tensors into the forms that tiling knows ---*- tablegen -*-===//
//
// In pipeline order.
//
//===----------------------------------------------------------------------===//

#ifndef PASSES_INPUT_PASSES
#define PASSES_INPUT_PASSES

include "mlir/Pass/PassBase.td"

def LowerBlockScaledPass : Pass<"xpu-lower-block-scaled", "::mlir::func::FuncOp"> {
  let summary = "Turn TOSA's block-scaled operations into linalg on blocks";
  let description = [{
    `tosa.matmul_t_block_scaled` becomes a product of blocks (`xpu.block_dot`), `tosa.cast_to_block_scaled` and
    `tosa.cast_from_block_scaled` elementwise work and a reduction. Upstream has no lowering for them.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect", "::mlir::math::MathDialect",
                           "::mlir::tensor::TensorDialect", "::xpu::XPUDialect"];
}

def NormalizeInputPass : Pass<"xpu-normalize-input", "::mlir::func::FuncOp"> {
  let summary = "Take apart what has no loops of its own in linalg";
  let description = [{
    `linalg.softmax`, `linalg.pack`, `linalg.unpack` and the Winograd operations are decomposed by
    upstream's functions, and loops of few and known iterations are unrolled, so that
    their bodies reach the slice. `arith.maxnumf` and `arith.minnumf` outside of reductions become comparisons and the forms that
    propagate NaN, which the vector unit has. Assertions of exporters are dropped: indices out of range are the caller's fault, and
    the machine cannot stop for them.
  }];
  let dependentDialects = ["::mlir::affine::AffineDialect", "::mlir::arith::ArithDialect",
                           "::mlir::linalg::LinalgDialect", "::mlir::math::MathDialect",
                           "::mlir::scf::SCFDialect", "::mlir::tensor::TensorDialect"];
}

def WidenSmallFloatsPass : Pass<"xpu-widen-small-floats", "::mlir::func::FuncOp"> {
  let summary = "Calculate with floats of fewer than nine bits in f32";
  let description = [{
    The machine stores and multiplies fp8, fp6 and fp4; it does not add, compare or negate them, and neither does the host. Each
    operation of `arith` or `math` on them becomes one on f32 between `arith.extf` and `arith.truncf` (upstream's
    emulation), rounded after each as the type says. `arith.scaling_extf` and `arith.scaling_truncf` become products and quotients.
    Named operations that calculate so become `linalg.generic` first.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect",
                           "::mlir::math::MathDialect"];
}

def ScalarsToTensorsPass : Pass<"xpu-scalars-to-tensors", "::mlir::func::FuncOp"> {
  let summary = "Turn scalars at borders into tensors of rank 0";
  let description = [{
    The machine's memory holds tensors only. Scalar arguments and results of the function become tensors of rank 0, and so
    do scalars that linalg operations take or read from outside of their bodies, unless they are constant.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

def LowerTensorOpsPass : Pass<"xpu-lower-tensor-ops", "::mlir::func::FuncOp"> {
  let summary = "Bring operations into the few forms that tiling knows";
  let description = [{
    Padding becomes `linalg.fill` of the whole result and `tensor.insert_slice` of the
    source, which later are a vector command and a copy; `tensor.concat` becomes
    insertions. Named linalg operations become
    generic ones, but for fills. An input that is read backwards (`7 - i`) becomes a table read, whose load
    takes any stride. An operation over no elements is its initial value.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect", "::mlir::tensor::TensorDialect"];
}

def WidenAccumulatorsPass : Pass<"xpu-widen-accumulators", "::mlir::func::FuncOp"> {
  let summary = "Sum products of bf16 and f16 numbers in f32";
  let description = [{
    A contraction whose result is bf16 or f16 becomes one with an f32 result, which is rounded once at the
    end; the accumulators of the matrix unit are f32. Without this it would run on the vector unit.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

def FuseAttentionPass : Pass<"xpu-fuse-attention", "::mlir::func::FuncOp"> {
  let summary = "Make one operation of attention that is spelled out";
  let description = [{
    Two products with a softmax between them, and elementwise work (scales, caps, masks) on the scores, become `model.attention`, if
    their scores are too large to stay in the scratchpad. Scores that are also used elsewhere stay.

    What rounds differently: weights are divided by their sum behind the second product, not before it; scores of f16 and
    bf16 graphs stay f32 between their operations.
  }];
  let options = [Option<"target", "target", "std::string", "\"\"", "Name or file of the target; default: xpu.target of the module, else xpu-tiny">,
                 Option<"precision", "precision", "std::string", "\"fp32\"", "What products are going to be, as of xpu-set-precision">,
                 Option<"always", "always", "bool", "false", "Small ones, too">];
  let dependentDialects = ["::acc::model::ModelDialect", "::mlir::arith::ArithDialect"];
}

def IntegerProductsPass : Pass<"xpu-integer-products", "::mlir::func::FuncOp"> {
  let summary = "Multiply and compare the integers of a quantised graph";
  let description = [{
    Graphs with QuantizeLinear and DequantizeLinear calculate with `(code - zero) · scale`, f32 numbers that stand for integers of 8 bits.

    - Products of two of them become ones of integers, exact sums that are scaled: `sum · (scale · scale)`. A zero point of one operand, if the other is constant,
      is what it adds to each sum. Scales of the weights may be one for each index of the result. The roundings of an f32 sum go.
    - The largest of them is that of the codes.
    - What is dequantised and quantised by the same scale is what it was.
    - A quotient that is rounded to an integer of 8 bits is a product with the reciprocal, corrected once, where that is found to give the same
      integers for all numbers (at both sides of each of the 256 places where they change).
    - Constants are dequantised here.

    Codes are moved, padded and reshaped instead of numbers.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect", "::mlir::math::MathDialect",
                           "::mlir::tensor::TensorDialect"];
}

def SetPrecisionPass : Pass<"xpu-set-precision", "::mlir::func::FuncOp"> {
  let summary = "Multiply f32 operands of contractions in other formats";
  let description = [{
    Results stay f32. What is constant is converted by the compiler, the rest by the vector unit, without calibration.

    - `fp32` (default): nothing changes; the matrix unit works on three bf16 terms of each number.
    - `bf16`, `fp16`: operands are rounded to nearest. Other operations read them rounded, too: one copy is kept. Results
      of the function are not rounded.
    - `fp8` (E4M3), `int8`: operands are scaled so that the largest magnitude is that of the format, for each row and
      column, or for the whole of an operand that windows go over; sums are scaled back, by the product of both scales. Integer sums of
      more terms than 32 bits hold, and products of numbers with those of their own channel only (a depthwise convolution), are of bf16 numbers.
    - `mxfp8` (E4M3), `mxfp6` (E2M3), `mxfp4`: products with a constant operand are of blocks of 32 elements with a
      power of two as scale, as OCP's microscaling formats 1.0 have it: that of the largest magnitude by that of the format's
      largest number (floor). Products of two activations, and contractions without a dimension for
      blocks, are of bf16 numbers.
    - `mixed`: the same, with weights in mxfp4 and activations in mxfp8.

    What is quantised at run time, for any of these, is rounded to bf16 before, and other operations read it so, as with `bf16`.
  }];
  let options = [Option<"precision", "precision", "std::string", "\"fp32\"", "The format">];
  let dependentDialects = ["::mlir::linalg::LinalgDialect", "::mlir::tensor::TensorDialect", "::mlir::math::MathDialect",
                           "::mlir::arith::ArithDialect", "::xpu::XPUDialect"];
}

def SplitWindowsPass : Pass<"xpu-split-windows", "::mlir::func::FuncOp"> {
  let summary = "Take the extremes of windows one dimension at a time";
  let description = [{
    The maximum (or minimum) over windows of several dimensions, as in a pool, is the maximum over their rows of the maxima over their columns:
    6 elements are looked at for each result of a 3 x 3 window instead of 9. The outermost dimension comes first, whose rows are whole and read
    without a stride. Floats that were widened to be compared are compared as they are, and widened then. Exact: extremes do not depend on their order.
    Sums of floats do, and stay as they are.

    ```mlir
    // Before
    %r = linalg.generic  // d2 * 2 + d4, d3 * 2 + d5; reductions d4, d5
           ins(%x, %window : tensor<1x8x9x9xf32>, tensor<3x3xf32>) outs(%init : tensor<1x8x4x4xf32>) ...
    // After
    %0 = linalg.generic  // d2 * 2 + d4, d3; reduction d4
           ins(%x, %rows : tensor<1x8x9x9xf32>, tensor<3xf32>) outs(%a : tensor<1x8x4x9xf32>) ...
    %r = linalg.generic  // d2, d3 * 2 + d4; reduction d4
           ins(%0, %columns : tensor<1x8x4x9xf32>, tensor<3xf32>) outs(%b : tensor<1x8x4x4xf32>) ...
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect", "::mlir::tensor::TensorDialect"];
}

def JoinProductsPass : Pass<"xpu-join-products", "::mlir::func::FuncOp"> {
  let summary = "Make one product with a longer sum of two that are added";
  let description = [{
    `x·V + y·W` is `[x y]·[V; W]`: the sum stays in the accumulators, and no tensor of sums goes to memory and back. `V` and `W` are
    constants; `x` and `y` are made side by side (`tensor.insert_slice`), or copied there if loops pass over some of their elements (a
    branch of a residual network with a stride) and that is less than what is saved. Numbers that are added to either, such as a bias, are
    added to the result. Sums in another order have other roundings: those of a longer sum.

    ```mlir
    // Before
    %a = linalg.generic ... ins(%x, %v) ...  // products, starting from zero
    %b = linalg.generic ... ins(%y, %w) ...
    %c = linalg.generic ... ins(%a, %b) ...  // their sum
    // After
    %0 = tensor.empty() : tensor<4x96xf32>
    %1 = tensor.insert_slice %x into %0[0, 0] [4, 64] [1, 1] ...
    %2 = tensor.insert_slice %y into %1[0, 64] [4, 32] [1, 1] ...
    %c = linalg.generic ... ins(%2, %vw) ...
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect", "::mlir::tensor::TensorDialect"];
}

def CollapseLoopsPass : Pass<"xpu-collapse-loops", "::mlir::func::FuncOp"> {
  let summary = "Make one loop of those over elements that lie in a row";
  let description = [{
    A convolution by single elements, without padding or strides, is a product of matrices: the loops over its windows go, and the
    loops over positions become one, which fills the columns of the array where rows of an image would not. The same for the innermost
    loops of any contraction that follow each other in its result and in the operand that has them. With strides over short rows, what they
    pass over is left out by a copy first.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect", "::mlir::tensor::TensorDialect"];
}

def FuseElementwisePass : Pass<"xpu-fuse-elementwise", "::mlir::func::FuncOp"> {
  let summary = "Fuse elementwise operations into commands of the vector unit";
  let description = [{
    Splits elementwise operations with more inputs than the vector unit has streams, then
    fuses producers into consumers as long as the result has at most four input
    streams and a micro-program of moderate length. Work is repeated for several readers only if it is
    one operation and they read no more for it. Contractions and operations
    that read tensors by index are left alone. An operation whose operand is a reshape takes the shape of what is reshaped,
    where its loops allow it.
  }];
  let dependentDialects = ["::mlir::linalg::LinalgDialect", "::mlir::tensor::TensorDialect"];
}

def SetInitialValuesPass : Pass<"xpu-set-initial-values", "::mlir::func::FuncOp"> {
  let summary = "Put the constant that a reduction starts from on the operation";
  let description = [{
    A reduction whose result is filled with a constant before gets the attribute
    `xpu.initial_value` and no longer reads its result, so that the constant need not go through
    memory. Contractions that start from a tensor become ones that start from zero, and an
    addition. Runs after fusion, which would drop the attribute.
  }];
  let dependentDialects = ["::mlir::linalg::LinalgDialect", "::mlir::tensor::TensorDialect",
                           "::mlir::arith::ArithDialect"];
}

def RollLayersPass : Pass<"xpu-roll-layers", "::mlir::func::FuncOp"> {
  let summary = "Make layers that repeat one body in a loop";
  let description = [{
    Finds stretches of operations that repeat three times or more, each copy on the results of the one before and with
    constants of its own, and makes them a loop. The constants are stacked, so that an iteration steps through
    them; what goes from copy to copy has one buffer. Of the loops that leave fewest operations, the one that carries fewest bytes is made. Copies are compared operation by operation and operand by operand.

    Slices of stacks (of weights, caches or results) may be at other places in each copy, if these advance by the same. Parts of constants that
    slices of a chip have (`xpu.value`) are stacked as arguments, divided as one is.

    Not rolled: copies whose results are used later (but for the last one's), that use arguments of the function
    of their own, or that call the host.

    Before and after, with `f` for a layer:
    ```mlir
    %1 = f(%0, %w0)   %2 = f(%1, %w1)   %3 = f(%2, %w2)

    %3 = scf.for %i = 0 to 3 iter_args(%x = %0) { %w = tensor.extract_slice %stack[%i, ...]   yield f(%x, %w) }
    ```
  }];
  let options = [Option<"minSaved", "min-saved", "int64_t", "::xpu::kMinSavedOps",
                        "Operations that a loop must save">,
                 Option<"releaseConstants", "release-constants", "bool", "false",
                        "Free constants that are no longer used, also for clones of the module">];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::bufferization::BufferizationDialect",
                           "::mlir::scf::SCFDialect", "::mlir::tensor::TensorDialect"];
}

#endif // PASSES_INPUT_PASSES
