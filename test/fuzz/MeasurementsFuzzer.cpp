//===- MeasurementsFuzzer.cpp - JSON rows of measurements -----------------===//

#include "compiler-driver/Baselines/ModelShape.h"
#include "compiler-driver/Baselines/RowMapping.h"
#include "test/fuzz/Fuzz.h"

using namespace acc;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const std::vector<systems::ModelShape> models =
      llvm::cantFail(systems::loadModelShapes());
  auto rows = fuzz::accept(
      systems::parseMeasurements(fuzz::asText(data, size), "fuzz.json"));
  if (!rows) {
    return 0;
  }
  for (const systems::Measurement &row : *rows) {
    fuzz::accept(systems::mapRow(row, models));
    row.workloadKey();
    systems::describeWorkload(row.workload);
  }
  return 0;
}
