//===- ScenarioFuzzer.cpp - Scenarios and steps as text -------------------===//

#include "compiler-driver/Import/HuggingFace/StepSpec.h"
#include "compiler-driver/Scenario/Spec.h"
#include "test/fuzz/Fuzz.h"

using namespace acc;

/// All that an option may say, whatever it claims to be.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  llvm::StringRef text = fuzz::asText(data, size);
  if (auto scenario = fuzz::accept(scenario::parseScenario(text))) {
    fuzz::require(scenario->input >= 0 && scenario->output > 0 &&
                      scenario->batch > 0 && scenario->chunk > 0,
                  "lengths are sizes");
    fuzz::require(scenario->newTokens() >= 0 && scenario->cachedTokens() >= 0,
                  "a prompt is cached or new");
  }
  if (auto trace = fuzz::accept(scenario::parseRequests(text, "trace.csv"))) {
    scenario::RequestSpan span = scenario::spanOf(trace->requests);
    fuzz::require(span.leastInput > 0 && span.heldTokens <= span.mostTokens,
                  "requests have tokens");
  }
  if (auto placement = fuzz::accept(scenario::parsePlacement(text))) {
    fuzz::require(placement->tensor.value_or(1) > 0 &&
                      placement->expert.value_or(1) > 0,
                  "groups have members");
  }
  if (auto fleet = fuzz::accept(scenario::parseFleet(text))) {
    fuzz::require(fleet->watts > acc::systems::Watts(), "a fleet has power");
  }
  if (auto step = fuzz::accept(huggingface::parseStep(text))) {
    fuzz::require(step->sequences > 0 && step->newTokens > 0 &&
                      step->pastTokens >= 0,
                  "a step has tokens");
  }
  return 0;
}
