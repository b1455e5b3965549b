//===- Steps.h - One program again and again --------------------*- C++ -*-===//
//
// HBM keeps its contents between runs, and a result that is fed back lies where
// the program looks for the argument: so a model generates, its cache staying
// where it is. Before a step, inputs can be given anew: the tokens of a prompt.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_RUNTIME_STEPS_H
#define COMPILER_DRIVER_RUNTIME_STEPS_H

#include "compiler-driver/Runtime/Simulate.h"
#include <map>

namespace xpu {

/// Inputs that are given anew, by their number, in the user's types.
using GivenInputs = std::map<size_t, acc::HostTensor>;

struct StepPlan {
  /// Before each step but the first, whose inputs are in the memory image.
  std::vector<GivenInputs> given;

  size_t count() const { return given.size() + 1; }
};

/// What one step left.
struct Step {
  uint64_t cycles = 0;
  std::vector<acc::HostTensor> outputs; ///< In the user's types.
};

/// The outputs that the program leaves in the place of an input: input by
/// output.
std::map<size_t, size_t> findFeeds(const Object &object);

/// The folder of a step's tensors in a folder of tensors.
std::string stepDirectory(llvm::StringRef directory, size_t step);

/// The inputs that the folders step_1, step_2, … of `directory` give. An error
/// if they are more than `count` steps, or if nothing changes from step to
/// step.
llvm::Expected<StepPlan> planSteps(const Object &object,
                                   llvm::ArrayRef<acc::BoundaryTensor> inputs,
                                   llvm::StringRef directory, size_t count);

/// Runs all steps; `input` has the memory images of the first. Cycles, counters
/// and command times of the result are those of the steps one after the other.
/// Ends at a fault, which is a result.
llvm::Expected<acc::ChipOutput>
runSteps(Model model, const Object &object, const acc::Boundary &boundary,
         acc::ChipInput input, const StepPlan &plan,
         const SimulateOptions &options, std::vector<Step> &steps);

/// An output of one integer, and what it was at each step.
struct NumberByStep {
  std::string name;
  std::vector<int64_t> values;
};

/// All of them, if there are several steps.
std::vector<NumberByStep> findNumbers(const Object &object,
                                      llvm::ArrayRef<Step> steps);

/// Writes the outputs of the last step; if there are several, those of step N
/// to the folder step_N also, but for what is fed back and larger than a page:
/// that is the state and stays on the machine.
llvm::Error saveSteps(llvm::StringRef directory, const Object &object,
                      llvm::ArrayRef<Step> steps);

} // namespace xpu

#endif // COMPILER_DRIVER_RUNTIME_STEPS_H
