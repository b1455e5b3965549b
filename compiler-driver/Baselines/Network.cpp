//===- Network.cpp - Models of images and sound as operations -------------===//

#include "compiler-driver/Baselines/Network.h"

using namespace acc::systems;

double Operation::weights() const {
  switch (kind) {
  case Kind::Product:
    return terms * columns;
  case Kind::Convolution:
    return terms * columns * kernel * kernel;
  case Kind::Attention:
    return 0;
  }
  return 0;
}

double Operation::products(double context) const {
  switch (kind) {
  case Kind::Product:
    return rows * weights();
  case Kind::Convolution:
    return rows * width * weights();
  case Kind::Attention:
    return 2 * heads * terms * rows * (keys > 0 ? keys : context);
  }
  return 0;
}

template <typename Count>
static double addUp(const Network &network, Count count) {
  double sum = 0;
  for (const std::vector<Block> *blocks : {&network.once, &network.step}) {
    for (const Block &block : *blocks) {
      for (const Operation &operation : block.operations) {
        sum += block.count * count(operation);
      }
    }
  }
  return sum;
}

double Network::parameters() const {
  return addUp(*this, [](const Operation &operation) {
    return operation.isShared ? 0 : operation.weights();
  });
}

double Network::products(double context) const {
  return addUp(*this, [&](const Operation &operation) {
    return operation.products(context);
  });
}
