//===- ConfigFuzzer.cpp - Configurations of models ------------------------===//

#include "compiler-driver/Import/HuggingFace/Config.h"
#include "compiler-driver/Import/HuggingFace/Division.h"
#include "compiler-driver/Import/HuggingFace/NetworkConfig.h"
#include "test/fuzz/Fuzz.h"

#include <cmath>

using namespace acc;

static void tryNetwork(const ConfigFile &file) {
  auto network = fuzz::accept(parseNetworkConfig(file));
  if (network) {
    fuzz::require(std::isfinite(network->parameters()) &&
                      std::isfinite(network->products(100)),
                  "weights and products are counted");
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  auto file =
      fuzz::accept(ConfigFile::parse(fuzz::asText(data, size), "fuzz.json"));
  if (!file) {
    return 0;
  }
  if (isNetwork(*file)) {
    tryNetwork(*file);
    return 0;
  }
  auto model = fuzz::accept(parseModelConfig(*file));
  if (!model) {
    return 0;
  }
  double all = model->parameters(), active = model->activeParameters();
  fuzz::require(std::isfinite(all) && active > 0 && active <= all,
                "a token uses some of the weights");
  const huggingface::Step steps[] = {{2, 64, 0}, {4, 1, 100}};
  const huggingface::Division divisions[] = {{1, 1, 1, 1}, {8, 8, 8, 16}};
  for (const huggingface::Step &step : steps) {
    for (const huggingface::Division &division : divisions) {
      double layers = 0;
      for (const huggingface::Share &share :
           huggingface::divideStep(*model, step, division)) {
        double products = huggingface::countProducts(share, *model);
        fuzz::require(std::isfinite(products) && products > 0,
                      "a share has products");
        layers +=
            share.kind == huggingface::Share::Kind::Head ? 0 : share.count;
      }
      fuzz::require(layers == model->layers, "shares stand for all layers");
    }
  }
  return 0;
}
