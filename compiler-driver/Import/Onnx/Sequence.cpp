//===- Sequence.cpp - Sequences and optional values -----------------------===//
//
// Both exist at import only: which tensors a sequence has, and whether an
// optional one is there, is known then.
//
//===----------------------------------------------------------------------===//

#include "compiler-driver/Import/Onnx/Lowering.h"
#include "compiler-driver/Import/Onnx/ShapeRules.h"

using namespace mlir;

namespace acc {

namespace {

using Elements = std::vector<OnnxValue>;

void outSequence(ImportContext &context, Elements elements) {
  OnnxValue value;
  value.elements = std::make_shared<const Elements>(std::move(elements));
  context.out(std::move(value));
}

/// A position in a sequence of `size`, or just behind it with `end`.
int64_t readPosition(ImportContext &context, unsigned input, size_t size,
                     bool end) {
  std::vector<int64_t> given = context.constantInts(input, "the position");
  int64_t limit = static_cast<int64_t>(size) + (end ? 1 : 0);
  int64_t count = static_cast<int64_t>(size);
  context.require(given.size() == 1 && given[0] >= -count && given[0] < limit,
                  "the position is " + formatShape(given) +
                      " in a sequence of " + Twine(size));
  return given[0] < 0 ? given[0] + count : given[0];
}

void importSequenceConstruct(ImportContext &context) {
  Elements elements;
  for (unsigned i = 0; i < context.numInputs(); ++i) {
    elements.push_back(context.in(i));
  }
  outSequence(context, std::move(elements));
}

void importSequenceEmpty(ImportContext &context) {
  context.intAttr("dtype", 1);
  outSequence(context, {});
}

void importSequenceAt(ImportContext &context) {
  const Elements &elements = context.sequence(0);
  context.out(
      OnnxValue(elements[readPosition(context, 1, elements.size(), false)]));
}

void importSequenceInsert(ImportContext &context) {
  Elements elements = context.sequence(0);
  int64_t at = context.has(2) ? readPosition(context, 2, elements.size(), true)
                              : static_cast<int64_t>(elements.size());
  elements.insert(elements.begin() + at, context.in(1));
  outSequence(context, std::move(elements));
}

void importSequenceErase(ImportContext &context) {
  Elements elements = context.sequence(0);
  context.require(!elements.empty(), "erases from an empty sequence");
  int64_t at = context.has(1) ? readPosition(context, 1, elements.size(), false)
                              : static_cast<int64_t>(elements.size()) - 1;
  elements.erase(elements.begin() + at);
  outSequence(context, std::move(elements));
}

void importSequenceLength(ImportContext &context) {
  HostTensor length = HostTensor::zeros("", DType::I64, {});
  length.setInteger(0, context.sequence(0).size());
  context.out(std::move(length));
}

void importConcatFromSequence(ImportContext &context) {
  const Elements &elements = context.sequence(0);
  context.require(!elements.empty(), "concatenates an empty sequence");
  bool isNew = context.intAttr("new_axis", 0) != 0;
  int64_t axis = context.normalizeAxis(context.intAttr("axis"),
                                       elements[0].rank() + (isNew ? 1 : 0));
  SmallVector<OnnxValue> parts;
  for (const OnnxValue &element : elements) {
    parts.push_back(isNew ? unsqueeze(context, element, {axis}) : element);
  }
  context.out(concat(context, parts, axis));
}

void importSplitToSequence(ImportContext &context) {
  OnnxValue x = context.in(0);
  int64_t axis = context.normalizeAxis(context.intAttr("axis", 0), x.rank());
  bool keep = context.intAttr("keepdims", 1) != 0 || context.has(1);
  int64_t size = x.shape[axis];
  std::vector<int64_t> sizes;
  if (!context.has(1)) {
    sizes.assign(size, 1);
  } else if (context.in(1).rank() == 0) {
    int64_t chunk = context.constantInt(1, "the split");
    context.require(chunk > 0, "splits into parts of " + Twine(chunk));
    for (int64_t at = 0; at < size; at += chunk) {
      sizes.push_back(std::min(chunk, size - at));
    }
  } else {
    sizes = context.constantInts(1, "the split");
  }
  Elements elements;
  int64_t at = 0;
  for (int64_t part : sizes) {
    context.require(part >= 0 && part <= size - at,
                    "parts of sizes " + formatShape(sizes) +
                        " do not fit axis " + Twine(axis) + " of " +
                        formatShape(x.shape));
    OnnxValue element = sliceAxis(context, x, axis, at, part);
    elements.push_back(keep ? element : squeeze(context, element, {axis}));
    at += part;
  }
  context.require(at == size, "parts of sizes " + formatShape(sizes) +
                                  " do not fill axis " + Twine(axis) + " of " +
                                  formatShape(x.shape));
  outSequence(context, std::move(elements));
}

void importOptional(ImportContext &context) {
  context.require(context.has(0), "makes an optional value that is not there");
  context.out(OnnxValue(context.lookUp(0)));
}

void importOptionalGetElement(ImportContext &context) {
  context.out(OnnxValue(context.lookUp(0)));
}

void importOptionalHasElement(ImportContext &context) {
  context.out(scalarConstant(DType::Bool, context.has(0) ? 1.0 : 0.0));
}

} // namespace

void registerSequenceOps(OpTable &table) {
  table["SequenceConstruct"] = importSequenceConstruct;
  table["SequenceEmpty"] = importSequenceEmpty;
  table["SequenceAt"] = importSequenceAt;
  table["SequenceInsert"] = importSequenceInsert;
  table["SequenceErase"] = importSequenceErase;
  table["SequenceLength"] = importSequenceLength;
  table["ConcatFromSequence"] = importConcatFromSequence;
  table["SplitToSequence"] = importSplitToSequence;
  table["Optional"] = importOptional;
  table["OptionalGetElement"] = importOptionalGetElement;
  table["OptionalHasElement"] = importOptionalHasElement;
}

} // namespace acc
