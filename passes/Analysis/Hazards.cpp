//===- Hazards.cpp - What a command must come after -----------------------===//

#include "passes/Analysis/Hazards.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace xpu {

std::optional<int64_t> getBufferAddress(Value buffer) {
  IntegerAttr attr;
  if (auto argument = dyn_cast<BlockArgument>(buffer)) {
    auto func = dyn_cast<func::FuncOp>(argument.getOwner()->getParentOp());
    if (func) {
      attr = func.getArgAttrOfType<IntegerAttr>(argument.getArgNumber(),
                                                "xpu.address");
    }
  } else {
    attr = buffer.getDefiningOp()->getAttrOfType<IntegerAttr>("xpu.address");
  }
  return attr ? std::optional<int64_t>(attr.getInt()) : std::nullopt;
}

static void
collectStretches(Block &block,
                 std::vector<std::vector<CommandOpInterface>> &stretches) {
  for (Operation &op : block) {
    if (auto command = dyn_cast<CommandOpInterface>(op)) {
      stretches.back().push_back(command);
    } else if (llvm::isa<HostCallOp, FenceOp>(op)) {
      stretches.emplace_back();
    } else if (auto loop = dyn_cast<scf::ForOp>(op)) {
      stretches.emplace_back();
      collectStretches(*loop.getBody(), stretches);
      stretches.emplace_back();
    }
  }
}

std::vector<std::vector<CommandOpInterface>> getStretches(Block &program) {
  std::vector<std::vector<CommandOpInterface>> stretches(1);
  collectStretches(program, stretches);
  llvm::erase_if(stretches,
                 [](const auto &stretch) { return stretch.empty(); });
  return stretches;
}

HazardTracker::HazardTracker(const acc::Target &target)
    : bankBytes(target.spm.bankBytes), readPort(target.spm.banks),
      writePort(target.spm.banks) {}

/// Makes `at` a boundary.
void HazardTracker::split(AccessMap &stretches, int64_t at) {
  auto it = stretches.upper_bound(at);
  if (it == stretches.begin()) {
    stretches[at] = Stretch();
    return;
  }
  --it;
  if (it->first != at) {
    Stretch copy = it->second;
    stretches[at] = copy;
  }
}

void HazardTracker::access(Space space, int64_t begin, int64_t end,
                           bool isWrite, unsigned engine, int64_t index,
                           EngineClock &needed) {
  AccessMap &stretches = memory[space];
  split(stretches, begin);
  split(stretches, end);
  for (auto it = stretches.lower_bound(begin);
       it != stretches.end() && it->first < end; ++it) {
    Stretch &stretch = it->second;
    for (unsigned e = 0; e < kQueueEngines; ++e) {
      needed[e] = std::max(needed[e], stretch.writer[e]);
      if (isWrite) {
        needed[e] = std::max(needed[e], stretch.reader[e]);
      }
    }
    if (isWrite) {
      // Later commands order themselves after this one, which is after the
      // earlier accesses.
      stretch = Stretch();
      stretch.writer[engine] = index;
    } else {
      stretch.reader[engine] = index;
    }
  }
}

FailureOr<EngineClock> HazardTracker::add(CommandOpInterface command,
                                          int64_t index) {
  unsigned engine = static_cast<unsigned>(command.getEngine());
  EngineClock needed{};
  for (const BufferAccess &part : command.getAccesses()) {
    std::optional<int64_t> address = getBufferAddress(part.buffer);
    if (!address) {
      command->emitError(
          "expects placed buffers; run xpu-allocate-memory first");
      return failure();
    }
    int64_t begin = *address + part.begin;
    int64_t end = *address + part.end;
    access(getSpace(part.buffer.getType()), begin, end, part.isWrite, engine,
           index, needed);
    if (part.port == Port::None) {
      continue;
    }
    std::vector<EngineClock> &ports =
        part.port == Port::Write ? writePort : readPort;
    int64_t last = (end - 1) / bankBytes;
    if (begin < 0 || last >= static_cast<int64_t>(ports.size())) {
      command->emitError()
          << "expects buffers inside the scratchpad, but bytes " << begin
          << " to " << end - 1 << " are accessed";
      return failure();
    }
    for (int64_t bank = begin / bankBytes; bank <= last; ++bank) {
      for (unsigned e = 0; e < kQueueEngines; ++e) {
        if (e != engine) {
          needed[e] = std::max(needed[e], ports[bank][e]);
        }
      }
      ports[bank] = EngineClock();
      ports[bank][engine] = index;
    }
  }
  // What a command reads and writes in place is no order with itself.
  needed[engine] = std::min(needed[engine], index - 1);
  return needed;
}

} // namespace xpu
