//===- DataFileFuzzer.cpp - Figures of systems and of energy --------------===//

#include "compiler-driver/Baselines/System.h"
#include "compiler-driver/Energy/Energy.h"
#include "dialects/Target/Target.h"
#include "test/fuzz/Fuzz.h"

using namespace acc;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  llvm::StringRef text = fuzz::asText(data, size);
  static const data::Bibliography documents =
      llvm::cantFail(data::loadDocuments());
  // Read as both kinds, whatever it claims to be.
  fuzz::accept(systems::parseSystem(text, "fuzz.yaml", documents));
  auto constants =
      fuzz::accept(data::parseDataFile(text, "fuzz.yaml", {}, documents));
  if (!constants) {
    return 0;
  }
  static const Target target = llvm::cantFail(loadBuiltInTarget("xpu-tiny"));
  auto model =
      fuzz::accept(report::EnergyModel::create(std::move(*constants), target));
  if (model) {
    model->estimate(report::Activity(), {/*seconds=*/1});
    model->areaMm2();
  }
  return 0;
}
