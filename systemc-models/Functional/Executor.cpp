//===- Executor.cpp - State and DMA commands ------------------------------===//

#include "systemc-models/Functional/Executor.h"
#include "systemc-models/Functional/Streams.h"
#include "systemc-models/Timing/Packets.h"

#include <cstring>

using namespace acc;
using isa::Fault;

/// What is undefined at a start shows as large odd numbers when it is used.
static constexpr uint8_t undefinedByte = 0x5B;

Executor::Executor(const Target &target, SparseMemory &hbm)
    : target(target), hbm(hbm), spm(target.spmBytes(), undefinedByte),
      accumulators(size_t(target.mxu.accRows) * target.mxuCols()),
      vectorRegisters(size_t(isa::kNumVpuRegs) * target.vectorLength()) {
  std::memset(accumulators.data(), undefinedByte,
              accumulators.size() * sizeof(accumulators[0]));
  std::memset(vectorRegisters.data(), undefinedByte,
              vectorRegisters.size() * sizeof(vectorRegisters[0]));
}

/// Looks for errors in what the command reads, then forgets those of what it
/// writes.
Fault Executor::findErrors(const Command &command) {
  visitStreams(target, command,
               [&](const SpmStream &stream, uint16_t, bool isWritten) {
                 if (isWritten) {
                   spmErrors.write(stream);
                 } else {
                   spmErrors.read(stream);
                 }
                 return Fault::None;
               });
  return spmErrors.failed() ? Fault::SpmError : Fault::None;
}

Fault Executor::execute(const Command &command, bool arithmetic, bool moves) {
  Fault fault = executeCommand(command, arithmetic, moves);
  if (fault == Fault::None && !spmErrors.empty() &&
      !std::holds_alternative<Sync>(command.body)) {
    fault = findErrors(command);
  }
  return fault;
}

Fault Executor::executeCommand(const Command &command, bool arithmetic,
                               bool moves) {
  packets = 0;
  if (std::holds_alternative<Sync>(command.body)) {
    return Fault::None;
  }
  switch (command.engine) {
  case isa::Engine::Load:
    return executeDma(command, true, arithmetic, moves);
  case isa::Engine::Store:
    return executeDma(command, false, arithmetic, moves);
  case isa::Engine::Mxu:
    return executeMatmul(command, arithmetic);
  case isa::Engine::Drain:
    return executeAccst(command, arithmetic);
  default:
    return executeVpu(command, arithmetic);
  }
}

Fault Executor::readIndexOffsets(const Command &command,
                                 std::vector<uint32_t> &offsets,
                                 bool arithmetic) const {
  const auto &d = std::get<Dma>(command.body);
  offsets.clear();
  for (uint32_t i = 0; d.idxEn && i < d.size[0]; ++i) {
    uint32_t address = d.idxBase + 4 * i;
    Fault f = checkSpmAccess(target, address, 4, command.auxBanks);
    if (f != Fault::None) {
      return f;
    }
    uint32_t index;
    std::memcpy(&index, &spm[address], 4);
    if (index >= d.idxLimit) {
      if (arithmetic || d.idxLimit == 0) {
        return Fault::IndexRange;
      }
      index = i % d.idxLimit;
    }
    offsets.push_back(index * uint32_t(d.hbmStride[0]));
  }
  return Fault::None;
}

Fault Executor::executeDma(const Command &command, bool isLoad, bool arithmetic,
                           bool moves) {
  const auto &d = std::get<Dma>(command.body);
  uint16_t claim = isLoad ? command.wrBanks : command.rdBanks;
  std::vector<uint32_t> offsets;
  Fault indexFault = readIndexOffsets(command, offsets, arithmetic);
  packets = 0;
  for (PacketWalker walker(d, target.hbm.lineBytes);
       !walker.done() && packets < packetLimit;) {
    if (d.idxEn && walker.atFirstOfDim0()) {
      if (walker.currentIndex0() >= offsets.size()) {
        return indexFault; // the first index that has one
      }
      walker.setIndexOffset(offsets[walker.currentIndex0()]);
    }
    Packet p = walker.next();
    ++packets;
    Fault spmFault = checkSpmAccess(target, p.spmAddress, p.bytes, claim);
    if (uint64_t(p.hbmAddress) + p.bytes > hbm.size()) {
      return spmFault == Fault::SpmRange ? spmFault : Fault::HbmRange;
    }
    if (spmFault != Fault::None) {
      return spmFault;
    }
    if (!moves) {
      continue;
    }
    if (isLoad) {
      hbm.read(p.hbmAddress, &spm[p.spmAddress], p.bytes);
    } else {
      hbm.write(p.hbmAddress, &spm[p.spmAddress], p.bytes);
    }
  }
  return Fault::None;
}

Fault Executor::readWord(uint32_t address, uint32_t &word) const {
  if (uint64_t(address) + 4 > spm.size()) {
    return Fault::SpmRange;
  }
  if (address % 4 != 0) {
    return Fault::Misaligned;
  }
  std::memcpy(&word, &spm[address], 4);
  return Fault::None;
}
