//===- ControlFlow.cpp - If, Loop and Scan --------------------------------===//
//
// Shapes are static, so most conditions and trip counts are known at import:
// the branch is chosen, the loop unrolled. A condition of run-time data chooses
// among the results of both branches, or keeps what a loop had when it ended.
//
//===----------------------------------------------------------------------===//

#include "compiler-driver/Import/Onnx/Lowering.h"

using namespace mlir;

namespace acc {

namespace {

constexpr int64_t maxUnrolledNodes = 1 << 17;

bool isTrue(ImportContext &context, const OnnxValue &condition) {
  context.require(condition.numElements() == 1,
                  "a condition has shape " + formatShape(condition.shape) +
                      "; one element is expected");
  return condition.constant->getInteger(0) != 0;
}

/// A condition without dimensions.
OnnxValue readCondition(ImportContext &context, const OnnxValue &condition) {
  context.require(
      condition.dtype == DType::Bool && condition.numElements() == 1,
      "the condition has type " + getName(condition.dtype) + " and shape " +
          formatShape(condition.shape) + "; one bool is expected");
  if (condition.isConstant()) {
    HostTensor scalar = *condition.constant;
    scalar.shape.clear();
    return makeConstant(std::move(scalar));
  }
  return reshape(context, condition, {});
}

OnnxValue choose(ImportContext &context, const OnnxValue &condition,
                 const OnnxValue &a, const OnnxValue &b) {
  OnnxValue operands[] = {condition, a, b};
  std::optional<IntRange> range;
  if (exceeds32(a.dtype)) {
    range = unite(getRange(a), getRange(b));
  }
  return elementwise(
      context, operands, a.dtype,
      [](ImplicitLocOpBuilder &, ArrayRef<Scalar> x) {
        return select(x[0], x[1], x[2]);
      },
      a.shape, nullptr, range);
}

/// Whether run-time data can choose between the values.
bool areAlike(const OnnxValue &a, const OnnxValue &b) {
  return !a.isSequence() && !b.isSequence() && a.dtype == b.dtype &&
         a.shape == b.shape;
}

void checkUnrolled(ImportContext &context, const OnnxGraph &body,
                   int64_t trips) {
  int64_t nodes = std::max<int64_t>(body.nodes.size(), 1);
  if (trips > maxUnrolledNodes / nodes) {
    context.unsupported(Twine(trips) + " iterations of " + Twine(nodes) +
                        " nodes; loops are unrolled, into no more than " +
                        Twine(maxUnrolledNodes) + " nodes");
  }
}

void importIf(ImportContext &context) {
  const OnnxGraph &onTrue = context.graphAttr("then_branch");
  const OnnxGraph &onFalse = context.graphAttr("else_branch");
  OnnxValue condition = readCondition(context, context.in(0));
  if (condition.isConstant()) {
    std::vector<OnnxValue> results =
        context.call(isTrue(context, condition) ? onTrue : onFalse, {});
    for (auto [i, result] : llvm::enumerate(results)) {
      context.out(result, i);
    }
    return;
  }
  std::vector<OnnxValue> a = context.call(onTrue, {});
  std::vector<OnnxValue> b = context.call(onFalse, {});
  context.require(a.size() == b.size(), "the branches have " + Twine(a.size()) +
                                            " and " + Twine(b.size()) +
                                            " outputs");
  for (size_t i = 0; i < a.size(); ++i) {
    if (!areAlike(a[i], b[i])) {
      context.needsConstant(0, "the condition of branches whose results have "
                               "different shapes");
    }
    context.out(choose(context, condition, a[i], b[i]), i);
  }
}

/// Values side by side along a new dimension.
OnnxValue stack(ImportContext &context, ArrayRef<OnnxValue> values,
                int64_t axis) {
  SmallVector<OnnxValue> parts;
  for (const OnnxValue &value : values) {
    parts.push_back(unsqueeze(context, value, {axis}));
  }
  return concat(context, parts, axis);
}

OnnxValue makeInteger(int64_t number) {
  HostTensor tensor = HostTensor::zeros("", DType::I64, {});
  tensor.setInteger(0, number);
  return makeConstant(std::move(tensor));
}

OnnxValue makeTrue() { return scalarConstant(DType::Bool, 1.0); }

void importLoop(ImportContext &context) {
  const OnnxGraph &body = context.graphAttr("body");
  int64_t trips = INT64_MAX;
  if (context.has(0)) {
    std::vector<int64_t> given = context.constantInts(0, "the trip count");
    context.require(given.size() == 1, "the trip count is no scalar");
    trips = given[0];
  }
  OnnxValue active =
      context.has(1) ? readCondition(context, context.in(1)) : makeTrue();
  std::vector<OnnxValue> carried;
  for (unsigned i = 2; i < context.numInputs(); ++i) {
    const OnnxValue &value = context.lookUp(i);
    carried.push_back(value);
  }
  size_t scans = body.outputs.size() - 1 - carried.size();
  context.require(body.inputs.size() == carried.size() + 2 &&
                      body.outputs.size() >= carried.size() + 1,
                  "the body has " + Twine(body.inputs.size()) + " inputs and " +
                      Twine(body.outputs.size()) + " outputs for " +
                      Twine(carried.size()) + " carried values");
  std::vector<std::vector<OnnxValue>> scanned(scans);
  for (int64_t trip = 0; trip < trips; ++trip) {
    if (active.isConstant() && !isTrue(context, active)) {
      break;
    }
    if (!active.isConstant() && (scans != 0 || trips == INT64_MAX)) {
      context.needsConstant(context.has(1) ? 1 : 0,
                            "the condition, on which the number of iterations "
                            "depends,");
    }
    checkUnrolled(context, body, active.isConstant() ? trip + 1 : trips);
    std::vector<OnnxValue> inputs{makeInteger(trip), makeTrue()};
    llvm::append_range(inputs, carried);
    std::vector<OnnxValue> results = context.call(body, inputs);
    for (size_t i = 0; i < carried.size(); ++i) {
      OnnxValue &next = results[i + 1];
      if (!active.isConstant() && !areAlike(next, carried[i])) {
        context.unsupported("a carried value that changes its shape in a loop "
                            "whose condition depends on run-time data");
      }
      carried[i] = active.isConstant()
                       ? next
                       : choose(context, active, next, carried[i]);
    }
    for (size_t i = 0; i < scans; ++i) {
      scanned[i].push_back(results[1 + carried.size() + i]);
    }
    OnnxValue goesOn = readCondition(context, results[0]);
    if (active.isConstant() ||
        (goesOn.isConstant() && !isTrue(context, goesOn))) {
      active = goesOn;
    } else if (!goesOn.isConstant()) {
      OnnxValue both[] = {active, goesOn};
      active = elementwise(context, both, DType::Bool,
                           [](ImplicitLocOpBuilder &, ArrayRef<Scalar> x) {
                             return logicalAnd(x[0], x[1]);
                           });
    }
  }
  for (auto [i, value] : llvm::enumerate(carried)) {
    context.out(value, i);
  }
  for (auto [i, values] : llvm::enumerate(scanned)) {
    if (values.empty()) {
      context.unsupported("a loop without iterations whose outputs are rows "
                          "of unknown shape");
    }
    context.out(stack(context, values, 0), carried.size() + i);
  }
}

/// A number for each scanned tensor, 0 by default.
std::vector<int64_t> perTensor(ImportContext &context, StringRef name,
                               size_t count) {
  std::vector<int64_t> numbers =
      context.intsAttr(name).value_or(std::vector<int64_t>(count, 0));
  context.require(numbers.size() == count,
                  "attribute '" + name + "' has " + Twine(numbers.size()) +
                      " numbers; " + Twine(count) + " are expected");
  return numbers;
}

/// How Scan reads its inputs and writes its outputs.
struct ScanForm {
  std::vector<int64_t> inputAxes, inputReversed, outputAxes, outputReversed;
};

/// Runs the body over all steps: final states, then the outputs.
std::vector<OnnxValue> scan(ImportContext &context, const OnnxGraph &body,
                            std::vector<OnnxValue> states,
                            ArrayRef<OnnxValue> inputs, const ScanForm &form) {
  int64_t length = -1;
  std::vector<int64_t> axes;
  for (auto [i, input] : llvm::enumerate(inputs)) {
    axes.push_back(context.normalizeAxis(form.inputAxes[i], input.rank()));
    int64_t size = input.shape[axes[i]];
    context.require(length < 0 || size == length, "inputs have " +
                                                      Twine(length) + " and " +
                                                      Twine(size) + " steps");
    length = size;
  }
  if (length == 0) {
    context.unsupported("Scan over no steps");
  }
  checkUnrolled(context, body, length);
  size_t outputs = body.outputs.size() - states.size();
  std::vector<std::vector<OnnxValue>> collected(outputs);
  for (int64_t step = 0; step < length; ++step) {
    std::vector<OnnxValue> arguments = states;
    for (auto [i, input] : llvm::enumerate(inputs)) {
      int64_t at = form.inputReversed[i] ? length - 1 - step : step;
      arguments.push_back(squeeze(
          context, sliceAxis(context, input, axes[i], at, 1), {axes[i]}));
    }
    std::vector<OnnxValue> results = context.call(body, arguments);
    for (size_t i = 0; i < states.size(); ++i) {
      states[i] = results[i];
    }
    for (size_t i = 0; i < outputs; ++i) {
      collected[i].push_back(results[states.size() + i]);
    }
  }
  for (size_t i = 0; i < outputs; ++i) {
    if (form.outputReversed[i]) {
      std::reverse(collected[i].begin(), collected[i].end());
    }
    int64_t axis =
        context.normalizeAxis(form.outputAxes[i], collected[i][0].rank() + 1);
    states.push_back(stack(context, collected[i], axis));
  }
  return states;
}

void importScan(ImportContext &context) {
  const OnnxGraph &body = context.graphAttr("body");
  // Up to operator set 8 there is a batch dimension, and lengths in front.
  bool batched = context.opset() < 9;
  if (batched && context.has(0)) {
    context.unsupported("Scan with lengths of sequences");
  }
  unsigned first = batched ? 1 : 0;
  int64_t scanned = context.intAttr("num_scan_inputs");
  int64_t states = context.numInputs() - first - scanned;
  int64_t outputs = body.outputs.size() - states;
  context.require(scanned > 0 && states >= 0 && outputs >= 0,
                  "the body does not fit " + Twine(scanned) +
                      " scanned inputs");
  ScanForm form;
  form.inputAxes = perTensor(context, "scan_input_axes", scanned);
  form.inputReversed = perTensor(
      context, batched ? "directions" : "scan_input_directions", scanned);
  form.outputAxes = perTensor(context, "scan_output_axes", outputs);
  form.outputReversed = perTensor(context, "scan_output_directions", outputs);
  std::vector<OnnxValue> before, inputs;
  for (unsigned i = first; i < context.numInputs(); ++i) {
    (i < first + states ? before : inputs).push_back(context.in(i));
  }
  std::vector<OnnxValue> results;
  if (!batched) {
    results = scan(context, body, before, inputs, form);
  } else {
    std::vector<std::vector<OnnxValue>> parts(body.outputs.size());
    for (int64_t b = 0, n = inputs[0].shape[0]; b < n; ++b) {
      auto take = [&](ArrayRef<OnnxValue> from) {
        std::vector<OnnxValue> taken;
        for (const OnnxValue &value : from) {
          taken.push_back(
              squeeze(context, sliceAxis(context, value, 0, b, 1), {0}));
        }
        return taken;
      };
      std::vector<OnnxValue> one =
          scan(context, body, take(before), take(inputs), form);
      for (size_t i = 0; i < parts.size(); ++i) {
        parts[i].push_back(one[i]);
      }
    }
    for (const std::vector<OnnxValue> &part : parts) {
      results.push_back(stack(context, part, 0));
    }
  }
  for (auto [i, result] : llvm::enumerate(results)) {
    context.out(result, i);
  }
}

} // namespace

void registerControlFlowOps(OpTable &table) {
  table["If"] = importIf;
  table["Loop"] = importLoop;
  table["Scan"] = importScan;
}

} // namespace acc
