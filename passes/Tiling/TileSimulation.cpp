//===- TileSimulation.cpp - Tiles with the memory's own timing ------------===//

#include "passes/Tiling/TileSimulation.h"

#include "passes/Tiling/TileSchedule.h"
#include "systemc-models/Memory/HbmModel.h"
#include "llvm/Support/MathExtras.h"

#include <deque>
#include <optional>

namespace xpu {

int64_t countRequests(const acc::Target &target, const TileTransfer &transfer) {
  int64_t runs = 1;
  for (const TileTransfer::Loop &loop : transfer.loops) {
    runs *= loop.size;
  }
  return runs * int64_t(llvm::divideCeil(transfer.run, target.hbm.lineBytes));
}

namespace {
/// The requests of one transfer, in order.
class Requests {
public:
  Requests(const TileTransfer &transfer, int64_t line)
      : transfer(transfer), line(line), counts(transfer.loops.size(), 0),
        run(transfer.address), at(run) {}

  bool isDone() const { return done; }
  /// Address and bytes of the next one.
  std::pair<uint32_t, uint32_t> next() {
    int64_t end = std::min(run + transfer.run, (at / line + 1) * line);
    std::pair<uint32_t, uint32_t> request(uint32_t(at), uint32_t(end - at));
    at = end;
    if (at == run + transfer.run) {
      nextRun();
    }
    return request;
  }

private:
  void nextRun() {
    for (size_t i = counts.size(); i-- > 0;) {
      const TileTransfer::Loop &loop = transfer.loops[i];
      run += loop.stride;
      if (++counts[i] < loop.size) {
        at = run;
        return;
      }
      run -= loop.size * loop.stride;
      counts[i] = 0;
    }
    done = true;
  }

  const TileTransfer &transfer;
  int64_t line;
  llvm::SmallVector<int64_t, 3> counts;
  int64_t run, at; ///< Addresses.
  bool done = false;
};

/// LOAD or STORE (docs/machine.md, section 5).
struct DmaState {
  std::optional<Requests> requests; ///< Of the command that makes them.
  int32_t command = -1;
  uint64_t next = 0; ///< Not before this may it make the next one.
  uint64_t lastRequest = 0, lastArrival = 0;
  size_t sent = 0, answered = 0;  ///< Requests, of all commands.
  std::vector<uint64_t> arrivals; ///< Of as many as may be outstanding.
  /// Commands whose requests are made, and how many requests had been then.
  std::deque<std::pair<int32_t, size_t>> waiting;

  bool isOutstanding() const { return answered < sent; }
  /// When it makes the next request, if it has one and may already know.
  std::optional<uint64_t> nextRequest() const {
    if (!requests || sent >= answered + arrivals.size()) {
      return std::nullopt;
    }
    return std::max(next, sent < arrivals.size()
                              ? 0
                              : arrivals[sent % arrivals.size()] + 1);
  }
};

class Simulation {
public:
  Simulation(const acc::Target &target, const TileProgram &program)
      : target(target), program(program), memory(target),
        starts(program.commands.size(), unknown),
        ends(program.commands.size(), unknown) {
    for (DmaState &dma : dmas) {
      dma.arrivals.assign(std::max(1u, target.dma.outstanding), 0);
    }
    fill = double(target.mxu.rows) * target.mxu.peLatency +
           target.mxu.unitCols + target.mxu.tail;
  }

  std::vector<double> run() {
    while (true) {
      while (advance()) {
      }
      auto &[loads, stores] = dmas;
      bool isDone = !loads.requests && !stores.requests &&
                    !loads.isOutstanding() && !stores.isOutstanding();
      if (isDone) {
        return ends;
      }
      // What the memory has not decided can cause no request before this.
      uint64_t bound = memory.undecidedFrom() + 1;
      DmaState *first = nullptr; // LOAD before STORE in one cycle.
      uint64_t earliest = bound;
      for (DmaState &dma : dmas) {
        std::optional<uint64_t> at = dma.nextRequest();
        if (at && (first ? *at < earliest : *at <= earliest)) {
          first = &dma;
          earliest = *at;
        }
      }
      if (first) {
        request(*first, earliest);
      } else {
        memory.advance(bound - 1);
        takeAnswers();
      }
    }
  }

private:
  static constexpr double unknown = -1;

  /// Commands that an engine was given, and how many of them have started.
  struct Queue {
    std::vector<int32_t> commands;
    std::vector<double> pushes; ///< When it was given them.
    size_t started = 0;
  };

  /// Pushes and starts what can be; false if nothing could.
  bool advance() {
    bool moved = push();
    for (unsigned e = 0; e < TileCommand::kEngines; ++e) {
      while (start(TileCommand::Engine(e))) {
        moved = true;
      }
    }
    return moved;
  }

  bool push() {
    bool moved = false;
    for (; pushed < program.commands.size(); ++pushed) {
      const TileCommand &command = program.commands[pushed];
      double at = sequencer;
      if (command.isFenced) {
        while (ended < pushed && ends[ended] != unknown) {
          lastEnd = std::max(lastEnd, ends[ended++]);
        }
        if (ended < pushed) {
          return moved;
        }
        at = std::max(at, lastEnd);
      }
      Queue &queue = queues[command.engine];
      at += kCommandWords;
      if (queue.commands.size() >= target.seq.queueDepth) {
        double free = starts[queue.commands[queue.commands.size() -
                                            target.seq.queueDepth]];
        if (free == unknown) {
          return moved;
        }
        at = std::max(at, free + 1);
      }
      sequencer = at;
      queue.commands.push_back(int32_t(pushed));
      queue.pushes.push_back(at);
      moved = true;
    }
    return moved;
  }

  bool start(TileCommand::Engine engine);
  void request(DmaState &dma, uint64_t at);
  void takeAnswers();

  const acc::Target &target;
  const TileProgram &program;
  acc::HbmModel memory;
  std::vector<double> starts, ends;
  std::array<Queue, TileCommand::kEngines> queues;
  std::array<DmaState, 2> dmas; ///< LOAD, STORE.
  size_t pushed = 0, ended = 0;
  double sequencer = 0, lastEnd = 0;
  double fill = 0;       ///< From a MATMUL's last row to its end.
  double matrixFree = 0; ///< When the next one may stream rows.
};
} // namespace

bool Simulation::start(TileCommand::Engine engine) {
  Queue &queue = queues[engine];
  if (queue.started == queue.commands.size()) {
    return false;
  }
  int32_t number = queue.commands[queue.started];
  const TileCommand &command = program.commands[number];
  double from = queue.pushes[queue.started] + 1;
  for (int32_t before : command.after) {
    if (before >= 0) {
      if (ends[before] == unknown) {
        return false;
      }
      from = std::max(from, ends[before] + 1);
    }
  }
  bool isDma = engine == TileCommand::Load || engine == TileCommand::Store;
  size_t active = isDma                           ? target.dma.commands
                  : engine == TileCommand::Matrix ? target.mxu.commands
                                                  : 1;
  if (queue.started >= active) {
    double end = ends[queue.commands[queue.started - active]];
    if (end == unknown) {
      return false;
    }
    from = std::max(from, end + 1);
  }
  switch (engine) {
  case TileCommand::Load:
  case TileCommand::Store: {
    DmaState &dma = dmas[engine];
    if (dma.requests) {
      return false;
    }
    from = std::max(from, double(dma.lastRequest + 1));
    dma.requests.emplace(program.transfers[command.transfer],
                         int64_t(target.hbm.lineBytes));
    dma.command = number;
    dma.next = uint64_t(from) + target.dma.setup;
    break;
  }
  case TileCommand::Matrix:
    matrixFree =
        std::max(matrixFree, from + target.mxu.setup + target.mxu.rows) +
        command.cycles;
    ends[number] = matrixFree + fill;
    break;
  case TileCommand::Drain:
  case TileCommand::Vector:
    ends[number] = from + command.cycles;
    break;
  }
  starts[number] = from;
  ++queue.started;
  return true;
}

void Simulation::request(DmaState &dma, uint64_t at) {
  auto [address, bytes] = dma.requests->next();
  memory.request(at, address, bytes, &dma == &dmas[TileCommand::Store]);
  ++dma.sent;
  dma.lastRequest = at;
  dma.next = at + 1;
  if (dma.requests->isDone()) {
    dma.waiting.push_back({dma.command, dma.sent});
    dma.requests.reset();
  }
}

/// A command ends with the last of its answers, which come one in a cycle.
void Simulation::takeAnswers() {
  for (DmaState &dma : dmas) {
    bool isWrite = &dma == &dmas[TileCommand::Store];
    while (std::optional<uint64_t> ready = memory.take(isWrite)) {
      dma.lastArrival = std::max(*ready, dma.lastArrival + 1);
      dma.arrivals[dma.answered++ % dma.arrivals.size()] = dma.lastArrival;
      if (!dma.waiting.empty() && dma.waiting.front().second == dma.answered) {
        ends[dma.waiting.front().first] =
            double(dma.lastArrival + target.dma.tail);
        dma.waiting.pop_front();
      }
    }
  }
}

std::vector<double> simulateTiles(const acc::Target &target,
                                  const TileProgram &program) {
  return Simulation(target, program).run();
}

} // namespace xpu
