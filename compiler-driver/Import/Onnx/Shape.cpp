//===- Shape.cpp - Reshape, transpose, expand, concatenate ----------------===//

#include "compiler-driver/Import/Onnx/Lowering.h"
#include "compiler-driver/Import/Onnx/ShapeRules.h"

using namespace mlir;

namespace acc {

Shape reshapedShape(ImportContext &context) {
  const OnnxValue &x = context.in(0);
  std::vector<int64_t> request =
      context.has(1) || context.opset() >= 5
          ? context.constantInts(1, "the shape")
          : context.intsAttr("shape").value_or(std::vector<int64_t>());
  bool allowZero = context.intAttr("allowzero", 0) != 0;
  Shape shape;
  int64_t inferred = -1;
  for (size_t i = 0; i < request.size(); ++i) {
    int64_t size = request[i];
    if (size == 0 && !allowZero) {
      context.require(static_cast<int64_t>(i) < x.rank(),
                      "the shape copies dimension " + Twine(i) +
                          " of a tensor of rank " + Twine(x.rank()));
      size = x.shape[i];
    }
    context.require(size >= -1, "the shape contains " + Twine(size));
    if (size == -1) {
      context.require(inferred < 0, "the shape contains -1 twice");
      inferred = i;
      size = 1;
    }
    shape.push_back(size);
  }
  std::optional<int64_t> count = countElements(shape);
  context.require(count.has_value(), "the shape is too large");
  int64_t known = *count, total = x.numElements();
  if (inferred >= 0) {
    context.require(known != 0 && total % known == 0,
                    "shape " + formatShape(x.shape) +
                        " cannot be reshaped to " + formatShape(request));
    shape[inferred] = total / known;
    known = total;
  }
  context.require(known == total, "shape " + formatShape(x.shape) +
                                      " cannot be reshaped to " +
                                      formatShape(request));
  return shape;
}

Shape flattenedShape(ImportContext &context) {
  const OnnxValue &x = context.in(0);
  int64_t axis = context.intAttr("axis", 1);
  context.require(axis >= -x.rank() && axis <= x.rank(),
                  "axis " + Twine(axis) + " is out of range");
  axis = axis < 0 ? axis + x.rank() : axis;
  Shape shape{1, 1};
  for (int64_t i = 0; i < x.rank(); ++i) {
    shape[i >= axis] *= x.shape[i];
  }
  return shape;
}

std::vector<int64_t> squeezedAxes(ImportContext &context) {
  const OnnxValue &x = context.in(0);
  if (auto axes = context.axes(1)) {
    std::vector<int64_t> result = context.normalizeAxes(*axes, x.rank());
    for (int64_t axis : result) {
      context.require(x.shape[axis] == 1,
                      "dimension " + Twine(axis) + " of shape " +
                          formatShape(x.shape) + " is not 1");
    }
    return result;
  }
  std::vector<int64_t> result;
  for (int64_t i = 0; i < x.rank(); ++i) {
    if (x.shape[i] == 1) {
      result.push_back(i);
    }
  }
  return result;
}

std::vector<int64_t> unsqueezedAxes(ImportContext &context) {
  auto axes = context.axes(1);
  context.require(axes.has_value(), "the axes are missing");
  return context.normalizeAxes(*axes, context.in(0).rank() + axes->size());
}

std::vector<int64_t> permutationOf(ImportContext &context) {
  int64_t rank = context.in(0).rank();
  std::vector<int64_t> permutation;
  for (int64_t i = rank; i-- > 0;) {
    permutation.push_back(i);
  }
  if (auto given = context.intsAttr("perm")) {
    std::vector<int64_t> sorted = context.normalizeAxes(*given, rank);
    context.require(static_cast<int64_t>(sorted.size()) == rank,
                    "attribute 'perm' has " + Twine(given->size()) +
                        " elements for a tensor of rank " + Twine(rank));
    permutation = *given;
    for (int64_t &axis : permutation) {
      axis = context.normalizeAxis(axis, rank);
    }
  }
  return permutation;
}

Shape expandedShape(ImportContext &context) {
  const OnnxValue &x = context.in(0);
  std::vector<int64_t> request = context.constantInts(1, "the shape");
  context.checkShape(request);
  OnnxValue target = x;
  target.shape.assign(request.begin(), request.end());
  return broadcastShapes(context, {x, target});
}

namespace {

void importReshape(ImportContext &context) {
  context.out(reshape(context, context.in(0), reshapedShape(context)));
}

void importFlatten(ImportContext &context) {
  context.out(reshape(context, context.in(0), flattenedShape(context)));
}

void importSqueeze(ImportContext &context) {
  context.out(squeeze(context, context.in(0), squeezedAxes(context)));
}

void importUnsqueeze(ImportContext &context) {
  context.out(unsqueeze(context, context.in(0), unsqueezedAxes(context)));
}

void importTranspose(ImportContext &context) {
  context.out(transpose(context, context.in(0), permutationOf(context)));
}

void importExpand(ImportContext &context) {
  context.out(broadcastTo(context, context.in(0), expandedShape(context)));
}

void importConcat(ImportContext &context) {
  SmallVector<OnnxValue> values;
  for (unsigned i = 0; i < context.numInputs(); ++i) {
    values.push_back(context.in(i));
  }
  context.require(!values.empty(), "has no inputs");
  int64_t axis =
      context.normalizeAxis(context.opset() < 4 ? context.intAttr("axis", 1)
                                                : context.intAttr("axis"),
                            values[0].rank());
  context.out(concat(context, values, axis));
}

/// Each dimension becomes (repeat, size) and is merged again.
void importTile(ImportContext &context) {
  OnnxValue x = context.in(0);
  if (context.opset() < 6) {
    context.unsupported("Tile of operator sets before 6");
  }
  std::vector<int64_t> repeats = context.constantInts(1, "repeats");
  context.require(static_cast<int64_t>(repeats.size()) == x.rank(),
                  "there are " + Twine(repeats.size()) +
                      " repeats for a tensor of rank " + Twine(x.rank()));
  Shape spread, result;
  std::vector<int64_t> axes;
  for (int64_t i = 0; i < x.rank(); ++i) {
    context.require(repeats[i] >= 0 && repeats[i] < INT32_MAX,
                    "a repeat is " + Twine(repeats[i]));
    if (repeats[i] != 1) {
      axes.push_back(spread.size());
      spread.push_back(repeats[i]);
    }
    spread.push_back(x.shape[i]);
    result.push_back(repeats[i] * x.shape[i]);
  }
  context.checkShape(result);
  OnnxValue wide = broadcastTo(context, unsqueeze(context, x, axes), spread);
  context.out(reshape(context, wide, result));
}

void importDepthToSpace(ImportContext &context) {
  OnnxValue x = context.in(0);
  int64_t block = context.intAttr("blocksize");
  context.require(x.rank() == 4 && block > 0 && block < 65536 &&
                      x.shape[1] % (block * block) == 0,
                  "shape " + formatShape(x.shape) +
                      " does not fit block size " + Twine(block));
  int64_t n = x.shape[0], c = x.shape[1] / (block * block), h = x.shape[2],
          w = x.shape[3];
  bool crd = context.stringAttr("mode", "DCR") == "CRD";
  OnnxValue split = crd ? reshape(context, x, {n, c, block, block, h, w})
                        : reshape(context, x, {n, block, block, c, h, w});
  OnnxValue moved = crd ? transpose(context, split, {0, 1, 4, 2, 5, 3})
                        : transpose(context, split, {0, 3, 4, 1, 5, 2});
  context.out(reshape(context, moved, {n, c, h * block, w * block}));
}

void importSpaceToDepth(ImportContext &context) {
  OnnxValue x = context.in(0);
  int64_t block = context.intAttr("blocksize");
  context.require(x.rank() == 4 && block > 0 && x.shape[2] % block == 0 &&
                      x.shape[3] % block == 0,
                  "shape " + formatShape(x.shape) +
                      " does not fit block size " + Twine(block));
  int64_t n = x.shape[0], c = x.shape[1], h = x.shape[2] / block,
          w = x.shape[3] / block;
  OnnxValue split = reshape(context, x, {n, c, h, block, w, block});
  std::string mode = context.stringAttr("mode", "DCR");
  context.require(mode == "DCR" || mode == "CRD",
                  "attribute 'mode' is '" + mode +
                      "'; 'DCR' or 'CRD' is expected");
  OnnxValue moved = mode == "DCR"
                        ? transpose(context, split, {0, 3, 5, 1, 2, 4})
                        : transpose(context, split, {0, 1, 3, 5, 2, 4});
  context.out(reshape(context, moved, {n, c * block * block, h, w}));
}

/// For operators that exist at import only; constants were folded before.
void importKnownOnly(ImportContext &context) {
  for (unsigned i = 0; i < context.numInputs(); ++i) {
    context.constantFloats(i, "the operand");
  }
  context.unsupported("operator " + context.node->opType + " of this size");
}

} // namespace

void registerShapeOps(OpTable &table) {
  table["Range"] = importKnownOnly;
  table["ConstantOfShape"] = importKnownOnly;
  table["Reshape"] = importReshape;
  table["Flatten"] = importFlatten;
  table["Squeeze"] = importSqueeze;
  table["Unsqueeze"] = importUnsqueeze;
  table["Transpose"] = importTranspose;
  table["Expand"] = importExpand;
  table["Concat"] = importConcat;
  table["Tile"] = importTile;
  table["DepthToSpace"] = importDepthToSpace;
  table["SpaceToDepth"] = importSpaceToDepth;
}

} // namespace acc
