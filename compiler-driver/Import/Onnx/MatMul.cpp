//===- MatMul.cpp - MatMul, Gemm and Einsum -------------------------------===//

#include "compiler-driver/Import/Onnx/Lowering.h"

#include <cctype>

using namespace mlir;

namespace acc {

namespace {

bool isPlain(const OnnxValue &value) {
  if (value.isConstant()) {
    return true;
  }
  for (unsigned i = 0; i < value.dims.size(); ++i) {
    if (value.dims[i] != i) {
      return false;
    }
  }
  return value.dims.size() == value.shape.size();
}

SmallVector<unsigned> range(unsigned begin, unsigned end) {
  SmallVector<unsigned> result;
  for (unsigned i = begin; i < end; ++i) {
    result.push_back(i);
  }
  return result;
}

/// Splits dimension `dim` of size n * r into (n, r), or passes a dimension of
/// size 1 through as (1, 1).
OnnxValue splitDim(ImportContext &context, const OnnxValue &value, unsigned dim,
                   int64_t outer) {
  Shape shape = value.shape;
  int64_t size = shape[dim];
  shape[dim] = size == 1 ? 1 : outer;
  shape.insert(shape.begin() + dim + 1, size == 1 ? 1 : size / outer);
  // A permuted view can be split without a copy: split the base instead.
  OnnxValue view = withBase(context, value);
  view.constant = nullptr;
  for (unsigned i = 0; i < view.dims.size(); ++i) {
    if (view.dims[i] != dim) {
      continue;
    }
    OnnxValue base = makeValue(view.base, value.dtype);
    Shape baseShape = base.shape;
    baseShape[i] = shape[dim];
    baseShape.insert(baseShape.begin() + i + 1, shape[dim + 1]);
    view.base = materialize(context, reshape(context, base, baseShape));
    view.dims.insert(view.dims.begin() + i + 1, dim);
    for (unsigned j = 0; j < view.dims.size(); ++j) {
      if (j != i && view.dims[j] >= dim && (j == i + 1 || view.dims[j] > dim)) {
        ++view.dims[j];
      }
    }
    view.shape = shape;
    return view;
  }
  for (unsigned &d : view.dims) {
    d += d > dim;
  }
  view.shape = shape;
  return view;
}

/// Contraction of operands of equal rank >= 2 whose batch dimensions broadcast.
OnnxValue contractBatched(ImportContext &context, OnnxValue a, OnnxValue b) {
  unsigned rank = a.rank();
  unsigned batch = rank - 2;
  // Operands that were repeated along a batch dimension (grouped-query
  // attention) are read where they are, with that dimension split in two.
  for (OnnxValue *operand : {&a, &b}) {
    if (!operand->repeatSource || operand->repeatDim >= batch) {
      continue;
    }
    unsigned dim = operand->repeatDim;
    OnnxValue &other = operand == &a ? b : a;
    if (other.repeatSource && other.repeatDim == dim) {
      continue;
    }
    if (other.shape[dim] != operand->shape[dim]) {
      continue;
    }
    OnnxValue source = *operand->repeatSource;
    int64_t groups = source.shape[dim];
    Shape outShape(a.shape);
    for (unsigned i = 0; i < batch; ++i) {
      outShape[i] = std::max(a.shape[i], b.shape[i]);
    }
    outShape[rank - 2] = a.shape[rank - 2];
    outShape[rank - 1] = b.shape[rank - 1];
    OnnxValue split = splitDim(context, other, dim, groups);
    source.shape.insert(source.shape.begin() + dim + 1, 1);
    for (unsigned &d : source.dims) {
      d += d > dim;
    }
    OnnxValue result = operand == &a ? contractBatched(context, source, split)
                                     : contractBatched(context, split, source);
    return reshape(context, result, outShape);
  }
  Shape batchShape;
  {
    OnnxValue x = a, y = b;
    x.shape.resize(batch);
    y.shape.resize(batch);
    batchShape = broadcastShapes(context, {x, y});
  }
  auto expand = [&](const OnnxValue &value) {
    Shape shape = batchShape;
    shape.append(value.shape.end() - 2, value.shape.end());
    return broadcastTo(context, value, shape);
  };
  unsigned m = batch, n = batch + 1, k = batch + 2;
  SmallVector<unsigned> aLoops = range(0, batch), bLoops = aLoops, out = aLoops;
  aLoops.append({m, k});
  bLoops.append({k, n});
  out.append({m, n});
  return contract(context, expand(a), aLoops, expand(b), bLoops, out);
}

void importMatMul(ImportContext &context) {
  OnnxValue a = context.in(0), b = context.in(1);
  context.require(a.dtype == b.dtype, "operands have types " +
                                          getName(a.dtype) + " and " +
                                          getName(b.dtype));
  context.out(cast(context, matmul(context, a, b), a.dtype));
}

void importGemm(ImportContext &context) {
  OnnxValue a = context.in(0), b = context.in(1);
  context.require(a.rank() == 2 && b.rank() == 2,
                  "operands have shapes " + formatShape(a.shape) + " and " +
                      formatShape(b.shape) + "; matrices are expected");
  double alpha = context.floatAttr("alpha", 1.0);
  double beta = context.floatAttr("beta", 1.0);
  if (context.opset() < 7) {
    // The bias is one that broadcasts to the product by itself.
    context.intAttr("broadcast", 0);
  }
  if (context.intAttr("transA", 0) != 0) {
    a = transpose(context, a, {1, 0});
  }
  if (context.intAttr("transB", 0) != 0) {
    b = transpose(context, b, {1, 0});
  }
  OnnxValue product = matmul(context, a, b);
  SmallVector<OnnxValue> operands{product};
  bool hasBias = context.has(2) && beta != 0.0;
  if (hasBias) {
    operands.push_back(context.in(2));
  }
  if (!hasBias && alpha == 1.0) {
    context.out(cast(context, product, a.dtype));
    return;
  }
  std::optional<IntRange> range;
  if (exceeds32(a.dtype)) {
    // Factors of integers are truncated to integers, as the body does.
    auto times = [](IntRange numbers, double factor) {
      int64_t whole = static_cast<int64_t>(factor);
      return numbers * IntRange{whole, whole};
    };
    range = times(getRange(product), alpha);
    if (hasBias) {
      range = *range + times(getRange(operands[1]), beta);
    }
  }
  context.out(elementwise(
      context, operands, a.dtype,
      [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> x) {
        Scalar value = alpha == 1.0 ? x[0] : x[0] * alpha;
        if (hasBias) {
          value = value + (beta == 1.0 ? x[1] : x[1] * beta);
        }
        return value;
      },
      product.shape, nullptr, range));
}

//===--- Einsum -----------------------------------------------------------===//

/// An operand with one letter for each dimension.
struct Term {
  OnnxValue value;
  std::string letters;
};

/// The elements whose indices in two dimensions are equal, without the second
/// of them: what the sum over it is, with zero elsewhere.
OnnxValue takeDiagonal(ImportContext &context, const OnnxValue &x, size_t first,
                       size_t second) {
  context.require(x.shape[first] == x.shape[second],
                  "a repeated letter stands for sizes " +
                      Twine(x.shape[first]) + " and " + Twine(x.shape[second]));
  return reduce(context, x, {static_cast<int64_t>(second)}, Reduction::Sum,
                [&](ImplicitLocOpBuilder &b, ArrayRef<Scalar> v) {
                  Scalar here =
                      compareScalars(Comparison::Equal, loopIndex(b, first),
                                     loopIndex(b, second));
                  return select(here, v[0], v[0].constant(0));
                });
}

/// Takes the diagonal of repeated letters and sums letters nobody else needs.
Term simplify(ImportContext &context, Term term, const std::string &needed) {
  for (size_t i = 0; i < term.letters.size(); ++i) {
    for (size_t twin = term.letters.find(term.letters[i], i + 1);
         twin != std::string::npos;
         twin = term.letters.find(term.letters[i], i + 1)) {
      term.value = takeDiagonal(context, term.value, i, twin);
      term.letters.erase(twin, 1);
    }
  }
  std::vector<int64_t> axes;
  std::string kept;
  for (size_t i = 0; i < term.letters.size(); ++i) {
    if (needed.find(term.letters[i]) == std::string::npos) {
      axes.push_back(i);
    } else {
      kept += term.letters[i];
    }
  }
  if (!axes.empty()) {
    term.value = reduce(context, term.value, axes, Reduction::Sum);
    term.letters = kept;
  }
  return term;
}

void importEinsum(ImportContext &context) {
  std::string equation = context.stringAttr("equation", "");
  llvm::erase(equation, ' ');
  StringRef left = equation, right;
  bool explicitOutput = StringRef(equation).contains("->");
  std::tie(left, right) = StringRef(equation).split("->");
  SmallVector<StringRef> parts;
  left.split(parts, ',');
  context.require(parts.size() == context.numInputs(),
                  "equation '" + equation + "' has " + Twine(parts.size()) +
                      " terms, but there are " + Twine(context.numInputs()) +
                      " inputs");
  // Dimensions of the ellipsis get the digits '0'..'9', from the right.
  auto digits = [](size_t count) {
    std::string text;
    for (size_t i = count; i-- > 0;) {
      text += static_cast<char>('0' + i);
    }
    return text;
  };
  std::vector<Term> terms;
  std::map<char, int64_t> sizes;
  std::map<char, int> counts;
  size_t widest = 0;
  DType type = context.in(0).dtype;
  for (unsigned i = 0; i < parts.size(); ++i) {
    Term term{context.in(i), parts[i].str()};
    size_t dots = term.letters.find("...");
    if (dots != std::string::npos) {
      int64_t extra =
          term.value.rank() - static_cast<int64_t>(term.letters.size() - 3);
      context.require(extra >= 0 && extra < 10,
                      "term '" + parts[i] + "' does not fit shape " +
                          formatShape(term.value.shape));
      widest = std::max<size_t>(widest, extra);
      term.letters.replace(dots, 3, digits(extra));
    }
    context.require(static_cast<int64_t>(term.letters.size()) ==
                        term.value.rank(),
                    "term '" + parts[i] + "' does not fit shape " +
                        formatShape(term.value.shape));
    for (size_t d = 0; d < term.letters.size(); ++d) {
      char letter = term.letters[d];
      context.require(std::isalnum(static_cast<unsigned char>(letter)),
                      "equation '" + equation + "' is malformed");
      int64_t &size = sizes.emplace(letter, 1).first->second;
      int64_t here = term.value.shape[d];
      context.require(size == 1 || here == 1 || size == here,
                      "letter '" + Twine(letter) + "' stands for sizes " +
                          Twine(size) + " and " + Twine(here));
      size = std::max(size, here);
      ++counts[letter];
    }
    terms.push_back(std::move(term));
  }
  std::string output = right.str();
  if (!explicitOutput) {
    output = "...";
    for (auto [letter, count] : counts) {
      if (count == 1 && std::isalpha(letter)) {
        output += letter;
      }
    }
  }
  size_t dots = output.find("...");
  if (dots != std::string::npos) {
    output.replace(dots, 3, digits(widest));
  }
  for (char letter : output) {
    context.require(sizes.count(letter),
                    "output letter '" + Twine(letter) + "' is in no term");
  }
  // Contract from the left, two terms at a time.
  auto neededAfter = [&](size_t next) {
    std::string needed = output;
    for (size_t i = next; i < terms.size(); ++i) {
      needed += terms[i].letters;
    }
    return needed;
  };
  // Unit dimensions that broadcast are taken off.
  for (Term &term : terms) {
    std::vector<int64_t> axes;
    std::string kept;
    for (size_t d = 0; d < term.letters.size(); ++d) {
      if (term.value.shape[d] == 1 && sizes[term.letters[d]] != 1) {
        axes.push_back(d);
      } else {
        kept += term.letters[d];
      }
    }
    term.value = squeeze(context, term.value, axes);
    term.letters = kept;
  }
  Term result = terms[0];
  for (size_t i = 1; i < terms.size(); ++i) {
    result = simplify(context, result, neededAfter(i));
    Term other =
        simplify(context, terms[i], result.letters + neededAfter(i + 1));
    std::string needed = neededAfter(i + 1), letters, seen;
    for (char letter : result.letters + other.letters) {
      if (needed.find(letter) != std::string::npos &&
          letters.find(letter) == std::string::npos) {
        letters += letter;
      }
    }
    if (i + 1 == terms.size()) {
      letters = output;
    }
    auto loops = [](const std::string &text) {
      SmallVector<unsigned> numbers;
      std::map<char, unsigned> known;
      for (char letter : text) {
        numbers.push_back(static_cast<unsigned char>(letter));
      }
      return numbers;
    };
    // contract() wants every output loop in an operand, which holds: each
    // letter of the output is in a term that is still to come or here.
    result.value = contract(context, result.value, loops(result.letters),
                            other.value, loops(other.letters), loops(letters));
    result.letters = letters;
  }
  result = simplify(context, result, output);
  if (result.letters != output) {
    std::vector<int64_t> permutation;
    for (char letter : output) {
      size_t at = result.letters.find(letter);
      context.require(at != std::string::npos,
                      "output letter '" + Twine(letter) + "' was lost");
      permutation.push_back(at);
    }
    context.require(permutation.size() == result.letters.size(),
                    "a letter occurs twice in the output");
    result.value = transpose(context, result.value, permutation);
  }
  context.out(cast(context, result.value, type));
}

} // namespace

OnnxValue matmul(ImportContext &context, const OnnxValue &left,
                 const OnnxValue &right) {
  OnnxValue a = left, b = right;
  std::string shapes = formatShape(a.shape) + " and " + formatShape(b.shape);
  context.require(a.rank() > 0 && b.rank() > 0,
                  "operands have shapes " + shapes +
                      "; at least vectors are expected");
  bool vectorA = a.rank() == 1, vectorB = b.rank() == 1;
  if (vectorA) {
    a = unsqueeze(context, a, {0});
  }
  if (vectorB) {
    b = unsqueeze(context, b, {1});
  }
  context.require(a.shape.back() == b.shape[b.rank() - 2],
                  "operands have shapes " + shapes + "; " +
                      Twine(a.shape.back()) + " columns do not match " +
                      Twine(b.shape[b.rank() - 2]) + " rows");
  OnnxValue result;
  if (b.rank() == 2 && a.rank() > 2 && isPlain(a)) {
    // One matrix for all: the leading dimensions are rows.
    Shape outShape(a.shape.begin(), a.shape.end() - 1);
    int64_t rows = 1;
    for (int64_t size : outShape) {
      rows *= size;
    }
    OnnxValue flat = reshape(context, a, {rows, a.shape.back()});
    result = contract(context, flat, {0, 2}, b, {2, 1}, {0, 1});
    outShape.push_back(b.shape[1]);
    result = reshape(context, result, outShape);
  } else {
    int64_t rank = std::max(a.rank(), b.rank());
    auto widen = [&](const OnnxValue &value) {
      std::vector<int64_t> axes;
      for (int64_t i = 0; i < rank - value.rank(); ++i) {
        axes.push_back(i);
      }
      return unsqueeze(context, value, axes);
    };
    result = contractBatched(context, a.rank() < rank ? widen(a) : a,
                             b.rank() < rank ? widen(b) : b);
  }
  std::vector<int64_t> removed;
  if (vectorA) {
    removed.push_back(result.rank() - 2);
  }
  if (vectorB) {
    removed.push_back(result.rank() - 1);
  }
  return squeeze(context, result, removed);
}

void registerMatMulOps(OpTable &table) {
  table["MatMul"] = importMatMul;
  table["Gemm"] = importGemm;
  table["Einsum"] = importEinsum;
}

} // namespace acc
