//===- Recurrent.cpp - LSTM, GRU and RNN ----------------------------------===//
//
// The products with the inputs are one for all steps; what depends on the step
// before is unrolled.
//
//===----------------------------------------------------------------------===//

#include "compiler-driver/Import/Onnx/Lowering.h"

#include "llvm/ADT/StringSwitch.h"

using namespace mlir;

namespace acc {

namespace {

enum class Cell { RNN, GRU, LSTM };

/// An activation function with its parameters.
struct Activation {
  std::string name;
  double alpha = 0.0, beta = 0.0;
};

Scalar activate(const Activation &activation, Scalar x) {
  double alpha = activation.alpha, beta = activation.beta;
  auto clamp = [](Scalar v) {
    return minimum(maximum(v, v.constant(0)), v.constant(1));
  };
  StringRef name = activation.name;
  if (name == "sigmoid") {
    return sigmoid(x);
  }
  if (name == "tanh") {
    return apply(Function::Tanh, x);
  }
  if (name == "relu") {
    return maximum(x, x.constant(0));
  }
  if (name == "affine") {
    return x * alpha + beta;
  }
  if (name == "leakyrelu") {
    Scalar positive = compareScalars(Comparison::Greater, x, x.constant(0));
    return select(positive, x, x * alpha);
  }
  if (name == "hardsigmoid") {
    return clamp(x * alpha + beta);
  }
  if (name == "scaledtanh") {
    return apply(Function::Tanh, x * beta) * alpha;
  }
  return roughQuotient(x, apply(Function::Abs, x) + 1.0); // softsign
}

/// The functions of a direction, in the order of the operator's definition.
std::vector<Activation> readActivations(ImportContext &context, Cell cell,
                                        int64_t directions) {
  std::vector<std::string> names =
      cell == Cell::LSTM  ? std::vector<std::string>{"Sigmoid", "Tanh", "Tanh"}
      : cell == Cell::GRU ? std::vector<std::string>{"Sigmoid", "Tanh"}
                          : std::vector<std::string>{"Tanh"};
  size_t each = names.size();
  std::vector<std::string> all;
  for (int64_t i = 0; i < directions; ++i) {
    llvm::append_range(all, names);
  }
  if (const auto *given = context.attr("activations", OnnxAttribute::Strings)) {
    all = given->strings;
    context.require(all.size() == each * directions,
                    "attribute 'activations' has " + Twine(all.size()) +
                        " names; " + Twine(each * directions) +
                        " are expected");
  }
  auto floats = [&](StringRef name) {
    const auto *given = context.attr(name, OnnxAttribute::Floats);
    return given ? given->floats : std::vector<double>();
  };
  std::vector<double> alphas = floats("activation_alpha");
  std::vector<double> betas = floats("activation_beta");
  std::vector<Activation> result;
  // Parameters are listed for those functions that have some.
  size_t alpha = 0, beta = 0;
  for (const std::string &name : all) {
    Activation activation;
    activation.name = StringRef(name).lower();
    using Defaults = std::optional<std::pair<double, double>>;
    constexpr double none = 0.0;
    Defaults defaults = llvm::StringSwitch<Defaults>(activation.name)
                            .Case("sigmoid", std::make_pair(none, none))
                            .Case("tanh", std::make_pair(none, none))
                            .Case("relu", std::make_pair(none, none))
                            .Case("softsign", std::make_pair(none, none))
                            .Case("affine", std::make_pair(1.0, none))
                            .Case("leakyrelu", std::make_pair(0.01, none))
                            .Case("hardsigmoid", std::make_pair(0.2, 0.5))
                            .Case("scaledtanh", std::make_pair(1.0, 1.0))
                            .Default(std::nullopt);
    if (!defaults) {
      context.unsupported("activation '" + name + "'");
    }
    bool hasAlpha = defaults->first != none;
    bool hasBeta = defaults->second != none || activation.name == "affine";
    activation.alpha = defaults->first;
    activation.beta = defaults->second;
    if (hasAlpha && alpha < alphas.size()) {
      activation.alpha = alphas[alpha++];
    }
    if (hasBeta && beta < betas.size()) {
      activation.beta = betas[beta++];
    }
    result.push_back(activation);
  }
  return result;
}

/// One direction of the operator at hand.
struct Direction {
  Cell cell;
  int64_t hidden;
  std::vector<Activation> functions;
  double clip;         ///< 0 for none.
  bool resetLater;     ///< GRU: linear_before_reset.
  bool coupled;        ///< LSTM: input_forget.
  OnnxValue weights;   ///< [gates * hidden, input].
  OnnxValue recurrent; ///< [gates * hidden, hidden].
  OnnxValue bias;      ///< [2 * gates * hidden], or none.
  OnnxValue peephole;  ///< LSTM: [3 * hidden], or none.
  OnnxValue state, cellState;

  bool has(const OnnxValue &value) const {
    return value.base || value.isConstant();
  }
};

Scalar clipTo(double limit, Scalar x) {
  return limit == 0.0
             ? x
             : minimum(maximum(x, x.constant(-limit)), x.constant(limit));
}

/// Part `i` of what is stacked along an axis.
OnnxValue part(ImportContext &context, const OnnxValue &x, int64_t axis,
               int64_t i, int64_t size, int64_t count = 1) {
  return sliceAxis(context, x, axis, i * size, count * size);
}

OnnxValue multiply(ImportContext &context, const OnnxValue &x,
                   const OnnxValue &rows) {
  return matmul(context, x, transpose(context, rows, {1, 0}));
}

/// The states after each step for inputs [steps, batch, input], with masks
/// [steps, batch, 1] of the steps that each sequence has, or none.
std::vector<OnnxValue> runSteps(ImportContext &context, Direction &d,
                                const OnnxValue &x, const OnnxValue *mask,
                                bool backwards) {
  int64_t steps = x.shape[0], h = d.hidden;
  int64_t gates = d.weights.shape[0] / h;
  OnnxValue products = multiply(context, x, d.weights);
  OnnxValue recurrentBias;
  if (d.has(d.bias)) {
    OnnxValue own = part(context, d.bias, 0, 0, gates * h);
    recurrentBias = part(context, d.bias, 0, 1, gates * h);
    OnnxValue operands[] = {products, own};
    products = elementwise(
        context, operands, DType::F32,
        [](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) { return v[0] + v[1]; });
  }
  auto withBias = [&](OnnxValue product, int64_t first, int64_t count) {
    if (!d.has(d.bias)) {
      return product;
    }
    OnnxValue operands[] = {
        product, sliceAxis(context, recurrentBias, 0, first * h, count * h)};
    return elementwise(
        context, operands, DType::F32,
        [](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) { return v[0] + v[1]; });
  };
  std::vector<OnnxValue> states(steps);
  for (int64_t i = 0; i < steps; ++i) {
    int64_t step = backwards ? steps - 1 - i : i;
    OnnxValue input =
        squeeze(context, sliceAxis(context, products, 0, step, 1), {0});
    OnnxValue before = d.state, next, nextCell;
    if (d.cell == Cell::RNN) {
      OnnxValue operands[] = {
          input, withBias(multiply(context, before, d.recurrent), 0, 1)};
      next = elementwise(context, operands, DType::F32,
                         [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
                           return activate(d.functions[0],
                                           clipTo(d.clip, v[0] + v[1]));
                         });
    } else if (d.cell == Cell::GRU) {
      OnnxValue product = withBias(
          multiply(context, before, part(context, d.recurrent, 0, 0, h, 2)), 0,
          2);
      OnnxValue both[] = {part(context, input, 1, 0, h, 2), product};
      OnnxValue zr = elementwise(
          context, both, DType::F32,
          [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
            return activate(d.functions[0], clipTo(d.clip, v[0] + v[1]));
          });
      OnnxValue update = part(context, zr, 1, 0, h);
      OnnxValue reset = part(context, zr, 1, 1, h);
      OnnxValue candidateRows = part(context, d.recurrent, 0, 2, h);
      auto times = [&](const OnnxValue &a, const OnnxValue &b) {
        OnnxValue operands[] = {a, b};
        return elementwise(context, operands, DType::F32,
                           [](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
                             return v[0] * v[1];
                           });
      };
      OnnxValue candidate =
          d.resetLater
              ? times(reset,
                      withBias(multiply(context, before, candidateRows), 2, 1))
              : withBias(multiply(context, times(reset, before), candidateRows),
                         2, 1);
      OnnxValue operands[] = {part(context, input, 1, 2, h), candidate, update,
                              before};
      next = elementwise(context, operands, DType::F32,
                         [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
                           Scalar fresh = activate(d.functions[1],
                                                   clipTo(d.clip, v[0] + v[1]));
                           return (-v[2] + 1.0) * fresh + v[2] * v[3];
                         });
    } else {
      OnnxValue operands[] = {
          input, withBias(multiply(context, before, d.recurrent), 0, 4)};
      OnnxValue sums =
          elementwise(context, operands, DType::F32,
                      [](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
                        return v[0] + v[1];
                      });
      // Gates in the order i, o, f, c; weights of peepholes in i, o, f.
      auto gate = [&](int64_t index, const OnnxValue &seen) {
        SmallVector<OnnxValue> from{part(context, sums, 1, index, h)};
        if (d.has(d.peephole)) {
          from.push_back(part(context, d.peephole, 0, index, h));
          from.push_back(seen);
        }
        return elementwise(
            context, from, DType::F32,
            [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
              Scalar sum = v.size() > 1 ? v[0] + v[1] * v[2] : v[0];
              return activate(d.functions[0], clipTo(d.clip, sum));
            });
      };
      OnnxValue in = gate(0, d.cellState);
      OnnxValue forget = d.coupled ? in : gate(2, d.cellState);
      OnnxValue forCell[] = {in, forget, part(context, sums, 1, 3, h),
                             d.cellState};
      nextCell = elementwise(context, forCell, DType::F32,
                             [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
                               Scalar keep = d.coupled ? -v[0] + 1.0 : v[1];
                               return keep * v[3] +
                                      v[0] * activate(d.functions[1],
                                                      clipTo(d.clip, v[2]));
                             });
      OnnxValue forState[] = {gate(1, nextCell), nextCell};
      next = elementwise(context, forState, DType::F32,
                         [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
                           return v[0] * activate(d.functions[2], v[1]);
                         });
    }
    states[step] = next;
    if (mask) {
      OnnxValue here =
          squeeze(context, sliceAxis(context, *mask, 0, step, 1), {0});
      auto choose = [&](const OnnxValue &fresh, const OnnxValue *old) {
        SmallVector<OnnxValue> operands{here, fresh};
        if (old) {
          operands.push_back(*old);
        }
        return elementwise(context, operands, DType::F32,
                           [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
                             return select(v[0], v[1],
                                           old ? v[2] : v[1].constant(0));
                           });
      };
      states[step] = choose(next, nullptr);
      next = choose(next, &before);
      if (d.cell == Cell::LSTM) {
        nextCell = choose(nextCell, &d.cellState);
      }
    }
    d.state = next;
    if (d.cell == Cell::LSTM) {
      d.cellState = nextCell;
    }
  }
  return states;
}

template <Cell cell> void importRecurrent(ImportContext &context) {
  bool batchFirst = context.intAttr("layout", 0) != 0;
  OnnxValue x = context.in(0);
  context.require(x.rank() == 3 && context.in(1).rank() == 3 &&
                      context.in(2).rank() == 3,
                  "input has shape " + formatShape(x.shape) +
                      "; rank 3 is expected, of weights too");
  DType type = x.dtype;
  if (batchFirst) {
    x = transpose(context, x, {1, 0, 2});
  }
  int64_t steps = x.shape[0], batch = x.shape[1];
  std::string way = context.stringAttr("direction", "forward");
  context.require(way == "forward" || way == "reverse" ||
                      way == "bidirectional",
                  "attribute 'direction' is '" + way + "'");
  int64_t directions = way == "bidirectional" ? 2 : 1;
  int64_t hidden = context.in(2).shape[2];
  int64_t gates = cell == Cell::LSTM ? 4 : cell == Cell::GRU ? 3 : 1;
  context.require(context.intAttr("hidden_size", hidden) == hidden,
                  "attribute 'hidden_size' does not fit the weights");
  context.require(
      ArrayRef<int64_t>(context.in(1).shape) ==
              ArrayRef<int64_t>({directions, gates * hidden, x.shape[2]}) &&
          ArrayRef<int64_t>(context.in(2).shape) ==
              ArrayRef<int64_t>({directions, gates * hidden, hidden}),
      "weights have shapes " + formatShape(context.in(1).shape) + " and " +
          formatShape(context.in(2).shape) + ", which do not fit");
  constexpr int64_t maxSteps = 4096;
  if (steps > maxSteps || steps == 0) {
    context.unsupported(Twine(steps) + " steps of a recurrence; 1 to " +
                        Twine(maxSteps) + " are unrolled");
  }
  std::vector<Activation> functions =
      readActivations(context, cell, directions);
  size_t each = functions.size() / directions;
  double clip = context.floatAttr("clip", 0.0);
  bool resetLater =
      cell == Cell::GRU && context.intAttr("linear_before_reset", 0) != 0;
  bool coupled = cell == Cell::LSTM && context.intAttr("input_forget", 0) != 0;
  if (context.opset() < 7) {
    context.intAttr("output_sequence", 0);
  }
  // Which steps a sequence has.
  std::optional<OnnxValue> mask;
  if (context.has(4)) {
    OnnxValue lengths = narrowIndices(context, context.in(4));
    mask = elementwise(
        context, unsqueeze(context, lengths, {1}), DType::Bool,
        [](ImplicitLocOpBuilder &b, ArrayRef<Scalar> v) {
          return compareScalars(Comparison::Less, loopIndex(b, 0), v[0]);
        },
        Shape{steps, batch, 1});
  }
  auto direction = [&](unsigned input, int64_t index, bool isState) {
    if (!context.has(input)) {
      return OnnxValue();
    }
    OnnxValue value = context.in(input);
    if (isState && batchFirst) {
      value = transpose(context, value, {1, 0, 2});
    }
    return cast(context,
                squeeze(context, sliceAxis(context, value, 0, index, 1), {0}),
                DType::F32);
  };
  SmallVector<OnnxValue> all, last, lastCells;
  for (int64_t i = 0; i < directions; ++i) {
    Direction d;
    d.cell = cell;
    d.hidden = hidden;
    d.functions.assign(functions.begin() + i * each,
                       functions.begin() + (i + 1) * each);
    d.clip = clip;
    d.resetLater = resetLater;
    d.coupled = coupled;
    d.weights = direction(1, i, false);
    d.recurrent = direction(2, i, false);
    d.bias = direction(3, i, false);
    HostTensor zeros = context.makeZeros("", DType::F32, {batch, hidden});
    d.state = context.has(5) ? direction(5, i, true) : makeConstant(zeros);
    if (cell == Cell::LSTM) {
      d.cellState =
          context.has(6) ? direction(6, i, true) : makeConstant(zeros);
      d.peephole = direction(7, i, false);
    }
    bool backwards = way == "reverse" || i == 1;
    SmallVector<OnnxValue> rows;
    for (const OnnxValue &state :
         runSteps(context, d, cast(context, x, DType::F32),
                  mask ? &*mask : nullptr, backwards)) {
      rows.push_back(unsqueeze(context, state, {0, 1}));
    }
    all.push_back(concat(context, rows, 0));
    last.push_back(unsqueeze(context, d.state, {0}));
    if (cell == Cell::LSTM) {
      lastCells.push_back(unsqueeze(context, d.cellState, {0}));
    }
  }
  auto finish = [&](const OnnxValue &value, ArrayRef<int64_t> order) {
    return cast(context, batchFirst ? transpose(context, value, order) : value,
                type);
  };
  // [steps, directions, batch, hidden].
  context.out(finish(concat(context, all, 1), {2, 0, 1, 3}));
  context.out(finish(concat(context, last, 0), {1, 0, 2}), 1);
  if (cell == Cell::LSTM) {
    context.out(finish(concat(context, lastCells, 0), {1, 0, 2}), 2);
  }
}

} // namespace

void registerRecurrentOps(OpTable &table) {
  table["RNN"] = importRecurrent<Cell::RNN>;
  table["GRU"] = importRecurrent<Cell::GRU>;
  table["LSTM"] = importRecurrent<Cell::LSTM>;
}

} // namespace acc
