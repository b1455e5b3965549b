//===- ModelOps.td - Parts of models as single operations --*- tablegen -*-===//

#ifndef DIALECTS_MODEL_IR_MODELOPS
#define DIALECTS_MODEL_IR_MODELOPS

include "mlir/IR/BuiltinAttributes.td"
include "mlir/IR/OpBase.td"
include "mlir/Interfaces/DestinationStyleOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Model_Dialect : Dialect {
  let name = "model";
  let cppNamespace = "::acc::model";
  let summary = "Parts of models that are more than a loop nest";
  let description = [{
    What is computed as one, although it is several loop nests: its parts share values that are never in memory as a
    whole. On tensors and on buffers; tiling takes it apart.
  }];
}

def Model_AttentionOp : Op<Model_Dialect, "attention", [
    DestinationStyleOpInterface,
    DeclareOpInterfaceMethods<MemoryEffectsOpInterface>,
    SingleBlockImplicitTerminator<"YieldOp">]> {
  let summary = "softmax(score(Q · K)) · V";
  let description = [{
    For each query: a score of each key, the softmax of the scores, and the sum of values that it weighs.

    Loops are, in this order: `batch_loops` that every operand may have (sequences, heads of keys), `row_loops` that queries and
    the result have alone (query heads that share keys, positions; the last is the position if there are several), the keys, the size of
    a head, and the size of a value. `indexing_maps` say what they index: the query, the key, the value, each of `others`,
    the result. Maps are projected permutations; a transposed operand is read where it is.

    The region makes the score of what the product is: scales, caps and masks. Its arguments are the product (f32), an element of
    each of `others`, and the counters of the batch loops, the row loops and the keys. It yields an f32. A selection of -inf by a comparison
    that is linear in two counters (causal masks, windows) lets whole blocks be left out.

    A query that sees no key (scores of -inf only) gets zeros if `guarded`, otherwise NaN.

    Example: two query heads for each of four key heads, causal.
    ```mlir
    model.attention ins(%q, %k, %v : tensor<4x2x64x32xf32>, tensor<4x64x32xf32>, tensor<4x64x32xf32>)
        outs(%o : tensor<4x2x64x32xf32>) batch 1 rows 2
        maps [affine_map<(h, g, s, t, d, e) -> (h, g, s, d)>, affine_map<(h, g, s, t, d, e) -> (h, t, d)>,
              affine_map<(h, g, s, t, d, e) -> (h, t, e)>, affine_map<(h, g, s, t, d, e) -> (h, g, s, e)>] {
    ^bb0(%x: f32, %h: index, %g: index, %s: index, %t: index):
      %seen = arith.cmpi sle, %t, %s : index
      %scaled = arith.mulf %x, %scale : f32
      %score = arith.select %seen, %scaled, %hidden : f32
      model.yield %score : f32
    } -> tensor<4x2x64x32xf32>
    ```
  }];
  let arguments = (ins AnyShaped:$query, AnyShaped:$key, AnyShaped:$value, Variadic<AnyShaped>:$others,
                       AnyShaped:$init, I64Attr:$batch_loops, I64Attr:$row_loops,
                       AffineMapArrayAttr:$indexing_maps, UnitAttr:$guarded);
  let results = (outs Variadic<AnyRankedTensor>:$results);
  let regions = (region SizedRegion<1>:$score);
  let assemblyFormat = [{
    `ins` `(` $query `,` $key `,` $value `:` type($query) `,` type($key) `,` type($value) `)`
    (`with` `(` $others^ `:` type($others) `)`)? `outs` `(` $init `:` type($init) `)`
    `batch` $batch_loops `rows` $row_loops (`guarded` $guarded^)? `maps` $indexing_maps attr-dict-with-keyword $score
    (`->` type($results)^)?
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    ::mlir::MutableOperandRange getDpsInitsMutable() { return getInitMutable(); }
    ::mlir::AffineMap getMap(unsigned operand) {
      return ::llvm::cast<::mlir::AffineMapAttr>(getIndexingMaps()[operand]).getValue();
    }
    unsigned getKeyLoop() { return getBatchLoops() + getRowLoops(); }
    /// Sizes of all loops; of what has no static shape a dynamic one.
    ::llvm::SmallVector<int64_t> getLoopRanges();
  }];
}

def Model_YieldOp : Op<Model_Dialect, "yield", [Pure, Terminator, ParentOneOf<["AttentionOp"]>]> {
  let summary = "the score of a key";
  let description = "Example: `model.yield %score : f32`";
  let arguments = (ins Optional<AnyType>:$value);
  let assemblyFormat = "($value^ `:` type($value))? attr-dict";
  let builders = [OpBuilder<(ins), [{ }]>];
}

#endif // DIALECTS_MODEL_IR_MODELOPS
