//===- Cost.cpp - Events and time of a kernel on a device -----------------===//

#include "compiler-driver/Baselines/Cost.h"

#include <algorithm>
#include <cmath>

namespace acc::systems {

Events &Events::operator+=(const Events &o) {
  matrix16 += o.matrix16;
  matrix8 += o.matrix8;
  matrix4 += o.matrix4;
  memory += o.memory;
  link += o.link;
  return *this;
}

Cost &Cost::operator+=(const Cost &o) {
  // The limit of a sequence is that of its longest part.
  if (o.time > time) {
    limit = o.limit;
  }
  time += o.time;
  bound += o.bound;
  events += o.events;
  return *this;
}

Cost repeated(Cost cost, double times) {
  cost.time *= times;
  cost.bound *= times;
  cost.events.matrix16 *= times;
  cost.events.matrix8 *= times;
  cost.events.matrix4 *= times;
  cost.events.memory *= times;
  cost.events.link *= times;
  return cost;
}

void addMatrix(Events &events, Operations operations, int bits) {
  (bits > 8   ? events.matrix16
   : bits > 4 ? events.matrix8
              : events.matrix4) += operations;
}

Seconds overlap(Seconds a, Seconds b, double order) {
  Seconds longer = std::max(a, b), shorter = std::min(a, b);
  if (longer <= Seconds(0)) {
    return longer;
  }
  double ratio = shorter / longer;
  return longer * std::pow(1 + std::pow(ratio, order), 1 / order);
}

double coldShare(Bytes data, const Device &device) {
  return device.cache > Bytes(0)
             ? std::clamp(2 * (data / device.cache) - 1, 0.0, 1.0)
             : 1;
}

Joules dynamicEnergy(const Events &events, const Parameters &parameters) {
  auto perOperation = [&](Parameter id) {
    return JoulesPerOperation(parameters[id]);
  };
  auto perByte = [&](Parameter id) { return JoulesPerByte(parameters[id]); };
  return events.matrix16 * perOperation(Parameter::EnergyFlop16) +
         events.matrix8 * perOperation(Parameter::EnergyFlop8) +
         events.matrix4 * perOperation(Parameter::EnergyFlop4) +
         events.memory * perByte(Parameter::EnergyMemory) +
         events.link * perByte(Parameter::EnergyLink);
}

Watts standingPower(const Device &device, const Parameters &parameters) {
  return device.power * (parameters[Parameter::PowerIdle] +
                         parameters[Parameter::PowerActive]);
}

void limitPower(Cost &cost, const Device &device,
                const Parameters &parameters) {
  Watts left = device.power - standingPower(device, parameters);
  // A fit may try parameters that leave nothing.
  left = std::max(left, device.power * 0.05);
  Seconds needed = dynamicEnergy(cost.events, parameters) / left;
  if (needed > cost.time) {
    cost.time = needed;
    cost.limit = Resource::Power;
  }
}

Cost costAtFullClock(const Kernel &kernel, const Device &device,
                     const Parameters &parameters) {
  return std::visit(
      [&](const auto &work) {
        using Work = std::decay_t<decltype(work)>;
        if constexpr (std::is_same_v<Work, Gemm>) {
          return gemmCost(work, device, parameters);
        } else if constexpr (std::is_same_v<Work, GroupedGemm>) {
          return groupedGemmCost(work, device, parameters);
        } else if constexpr (std::is_same_v<Work, MoeExperts>) {
          return moeCost(work, device, parameters);
        } else if constexpr (std::is_same_v<Work, Attention>) {
          return attentionCost(work, device, parameters);
        } else if constexpr (std::is_same_v<Work, Vector>) {
          return vectorCost(work, device, parameters);
        } else {
          return collectiveCost(work, device, parameters);
        }
      },
      kernel.work);
}

Cost costOf(const Kernel &kernel, const Device &device,
            const Parameters &parameters) {
  Cost cost = costAtFullClock(kernel, device, parameters);
  limitPower(cost, device, parameters);
  return cost;
}

} // namespace acc::systems
