//===- Sim.cpp - Running and comparing models -----------------------------===//

#include "systemc-models/Sim/Sim.h"
#include "systemc-models/Functional/FunctionalSim.h"
#include "systemc-models/Slice/Slice.h"

#include <algorithm>
#include <chrono>

using namespace acc;
using isa::Counter;
using isa::Fault;

template <typename... Args>
static llvm::Error makeError(const char *format, Args... args) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), format,
                                 args...);
}

using ull = unsigned long long;

static llvm::Error checkInput(const SimInput &input) {
  if (input.program.size() > input.target.seq.imemWords) {
    return makeError("the program has %llu words, the instruction memory %u",
                     ull(input.program.size()), input.target.seq.imemWords);
  }
  if (input.hbm.size() > input.target.hbm.bytes) {
    return makeError("the memory image has %llu bytes, HBM %llu",
                     ull(input.hbm.size()), ull(input.target.hbm.bytes));
  }
  return llvm::Error::success();
}

namespace {
class Stopwatch {
public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() -
                                         begin)
        .count();
  }

private:
  std::chrono::steady_clock::time_point begin =
      std::chrono::steady_clock::now();
};
} // namespace

llvm::Expected<SimOutput> acc::runFunctional(const SimInput &input) {
  if (llvm::Error e = checkInput(input)) {
    return std::move(e);
  }
  SimOutput out;
  out.model = "functional";
  out.hbm = SparseMemory(input.target.hbm.bytes);
  out.hbm.write(0, input.hbm.data(), input.hbm.size());
  Stopwatch watch;
  auto result = simulateFunctional(input.target, input.program, out.hbm,
                                   input.maxCycles, input.entry);
  if (!result) {
    return result.takeError();
  }
  out.wallSeconds = watch.seconds();
  out.fault = result->fault;
  out.faultPc = result->faultPc;
  out.counters = result->counters;
  return std::move(out);
}

llvm::Expected<SimOutput> acc::runSystemC(const SimInput &input) {
  if (llvm::Error e = checkInput(input)) {
    return std::move(e);
  }
  SimOutput out;
  out.model = "systemc";
  out.hbm = SparseMemory(input.target.hbm.bytes);
  out.hbm.write(0, input.hbm.data(), input.hbm.size());
  SliceOptions options;
  options.maxCycles = input.maxCycles;
  options.values = input.values;
  options.entry = input.entry;
  Stopwatch watch;
  auto result = simulateSlice(input.target, input.program, out.hbm, options);
  if (!result) {
    return result.takeError();
  }
  out.wallSeconds = watch.seconds();
  out.fault = result->fault;
  out.faultPc = result->faultPc;
  out.cycles = result->cycles;
  out.counters = result->counters;
  out.commands = std::move(result->commands);
  out.hbmStatistics = result->hbm;
  out.events = result->events;
  return std::move(out);
}

/// Faults that stop both models in the same cycle.
static bool isStartFault(Fault f) {
  return f == Fault::BankConflict || f == Fault::SemConflict ||
         f == Fault::BadOperand;
}

bool acc::isTimed(Counter counter) {
  for (unsigned e = 0; e < numEngines; ++e) {
    if (counter == busyOf(e)) {
      return true;
    }
  }
  return counter == Counter::CYCLES;
}

static std::string describe(const CommandRecord &c) {
  return (isa::stringify(c.engine) + " command at word " + llvm::Twine(c.pc) +
          ", cycles " + llvm::Twine(c.start) + " to " + llvm::Twine(c.end))
      .str();
}

/// By start, so that the first difference is the earliest in time.
static std::vector<CommandRecord> byStart(std::vector<CommandRecord> commands) {
  std::sort(commands.begin(), commands.end(),
            [](const CommandRecord &a, const CommandRecord &b) {
              return a.start != b.start ? a.start < b.start
                                        : a.engine < b.engine;
            });
  return commands;
}

static llvm::Error compareCommands(const SimOutput &a, const SimOutput &b) {
  auto left = byStart(a.commands), right = byStart(b.commands);
  size_t common = std::min(left.size(), right.size());
  for (size_t i = 0; i < common; ++i) {
    if (!(left[i] == right[i])) {
      return makeError("command %llu differs: %s: %s; %s: %s", ull(i),
                       a.model.c_str(), describe(left[i]).c_str(),
                       b.model.c_str(), describe(right[i]).c_str());
    }
  }
  if (left.size() != right.size()) {
    const auto &longer = left.size() > right.size() ? left : right;
    return makeError("%s ended %llu commands, %s %llu; the first in excess: %s",
                     a.model.c_str(), ull(left.size()), b.model.c_str(),
                     ull(right.size()), describe(longer[common]).c_str());
  }
  return llvm::Error::success();
}

llvm::Error acc::compareResults(const SimOutput &a, const SimOutput &b,
                                const CompareOptions &options) {
  if (a.fault != b.fault || a.faultPc != b.faultPc) {
    return makeError("fault differs: %s: %s at word %u; %s: %s at word %u",
                     a.model.c_str(), isa::stringify(a.fault).str().c_str(),
                     a.faultPc, b.model.c_str(),
                     isa::stringify(b.fault).str().c_str(), b.faultPc);
  }
  bool timing =
      options.timing && (a.fault == Fault::None || isStartFault(a.fault));
  if (timing) {
    if (llvm::Error e = compareCommands(a, b)) {
      return e;
    }
  }
  for (unsigned i = 0; i < numCounters && a.fault == Fault::None; ++i) {
    if (a.counters[i] != b.counters[i] && (timing || !isTimed(Counter(i)))) {
      return makeError("counter %s differs: %s: %llu; %s: %llu",
                       isa::stringify(Counter(i)).str().c_str(),
                       a.model.c_str(), ull(a.counters[i]), b.model.c_str(),
                       ull(b.counters[i]));
    }
  }
  if (timing && a.cycles != b.cycles) {
    return makeError("cycles differ: %s: %llu; %s: %llu", a.model.c_str(),
                     ull(a.cycles), b.model.c_str(), ull(b.cycles));
  }
  uint64_t address;
  if (options.memory && a.fault == Fault::None &&
      a.hbm.firstDifference(b.hbm, address)) {
    auto byteAt = [&](const SparseMemory &m) {
      return address < m.size() ? unsigned(m.read(address, 1)[0]) : 0u;
    };
    return makeError("HBM differs at address %llu: %s: 0x%02x; %s: 0x%02x",
                     ull(address), a.model.c_str(), byteAt(a.hbm),
                     b.model.c_str(), byteAt(b.hbm));
  }
  return llvm::Error::success();
}
