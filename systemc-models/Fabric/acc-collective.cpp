//===- acc-collective.cpp - An exchange between chips ---------------------===//
//
// Simulates a collective of the chips of a rack, or of several racks, frame by
// frame, and prints its time, its bandwidth and what happened as JSON.
//
//===----------------------------------------------------------------------===//

#include "systemc-models/Fabric/ChakraTrace.h"
#include "systemc-models/Fabric/CollectiveCost.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>
#include <set>

namespace cl = llvm::cl;
using namespace acc;
using namespace acc::fabric;

static cl::OptionCategory category("acc-collective options");
static cl::opt<std::string> target("target", cl::init("jx1-rack"),
                                   cl::desc("Rack or pod"),
                                   cl::value_desc("name|file.yaml"),
                                   cl::cat(category));
/// A value of an option, by the name that it has everywhere.
template <typename Enum>
static cl::OptionEnumValue value(Enum which, llvm::StringRef description) {
  return {fabric::getName(which), int(which), description};
}
static cl::opt<CollectiveKind> kind(
    "kind", cl::desc("What is exchanged"), cl::init(CollectiveKind::AllReduce),
    cl::values(value(CollectiveKind::AllReduce, ""),
               value(CollectiveKind::AllGather, ""),
               value(CollectiveKind::ReduceScatter, ""),
               value(CollectiveKind::AllToAll, ""),
               value(CollectiveKind::Broadcast, ""),
               value(CollectiveKind::SendReceive, "each chip to the next one")),
    cl::cat(category));
/// `Automatic` is none of Algorithm.
enum class Choice {
  OneShot = int(Algorithm::OneShot),
  Direct = int(Algorithm::Direct),
  Ring = int(Algorithm::Ring),
  HalvingDoubling = int(Algorithm::HalvingDoubling),
  Hierarchical = int(Algorithm::Hierarchical),
  InNetwork = int(Algorithm::InNetwork),
  Automatic
};
static cl::opt<Choice> algorithm(
    "algorithm", cl::desc("How"), cl::init(Choice::Automatic),
    cl::values(clEnumValN(Choice::Automatic, "auto", "by the cost model"),
               value(Algorithm::OneShot, "all to everybody"),
               value(Algorithm::Direct, "parts to everybody"),
               value(Algorithm::Ring, ""),
               value(Algorithm::HalvingDoubling, ""),
               value(Algorithm::Hierarchical,
                     "over racks, or groups of --group chips"),
               value(Algorithm::InNetwork,
                     "the switches add, if the target's have units that do "
                     "(switches.reduction)")),
    cl::cat(category));
static cl::opt<unsigned> chips("chips", cl::init(8), cl::cat(category),
                               cl::desc("Of a rack"));
static cl::opt<unsigned> racks("racks", cl::init(1), cl::cat(category),
                               cl::desc("Of a pod"));
static cl::opt<unsigned> group("group", cl::init(0), cl::cat(category),
                               cl::desc("Chips of a group of a hierarchical "
                                        "algorithm; those of a rack if there "
                                        "are several"));
static cl::opt<uint64_t>
    bytes("bytes", cl::init(1 << 20), cl::cat(category),
          cl::desc("Of a chip (all-gather: of all): a multiple of 4"));
static cl::opt<double> hot("hot", cl::init(1), cl::cat(category),
                           cl::desc("all-to-all: how many times the mean a "
                                    "random eighth of the chips gets"));
static cl::list<uint64_t>
    work("work", cl::CommaSeparated, cl::cat(category),
         cl::value_desc("CYCLES,..."),
         cl::desc("An exchange for each number, before which a chip works for "
                  "so many cycles of the core, from when it has all of the "
                  "exchange before: what chips do that take turns between "
                  "work and exchanges"));
static cl::opt<unsigned> rounds("rounds", cl::init(1), cl::cat(category),
                                cl::desc("How often the list of --work"));
static cl::list<unsigned> planesOff("planes-off", cl::CommaSeparated,
                                    cl::desc("Planes without a switch"),
                                    cl::cat(category));
static cl::opt<double> bitErrors("bit-errors", cl::init(0), cl::cat(category),
                                 cl::desc("Rate of flipped bits of frames"));
static cl::opt<uint64_t> seed("seed", cl::init(1), cl::desc("Random seed"),
                              cl::cat(category));
static cl::opt<bool> estimateOnly("estimate", cl::cat(category),
                                  cl::desc("Print the cost model's time of "
                                           "each algorithm alone"));

static cl::opt<std::string>
    trace("trace", cl::cat(category), cl::value_desc("prefix"),
          cl::desc("Write the messages as Chakra execution traces, "
                   "prefix.0.et and so on for each chip"));

static int fail(const llvm::Twine &message) {
  llvm::errs() << "acc-collective: " << message << "\n";
  return 1;
}

constexpr unsigned kElementBytes = 4;

/// Counts of an uneven exchange: some chips get more than others.
static void makeUneven(CollectiveShape &shape) {
  std::mt19937_64 random(seed);
  uint64_t mean = shape.elements / shape.ranks;
  std::vector<uint64_t> to(shape.ranks, mean);
  for (uint64_t &count : to) {
    if (random() % 8 == 0) {
      count = uint64_t(double(mean) * hot);
    }
  }
  for (uint32_t i = 0; i < shape.ranks; ++i) {
    shape.counts.insert(shape.counts.end(), to.begin(), to.end());
  }
}

/// Elements that leave or reach a chip at most: no time is less than theirs.
static double busiest(const CollectiveShape &shape) {
  uint64_t most = 0;
  for (uint32_t i = 0; i < shape.ranks; ++i) {
    uint64_t out = 0, in = 0;
    for (uint32_t j = 0; j < shape.ranks; ++j) {
      out += i == j ? 0 : blockCount(shape, i, j);
      in += i == j ? 0 : blockCount(shape, j, i);
    }
    most = std::max({most, out, in});
  }
  return double(most);
}

static void print(const Machine &machine, const CollectiveShape &shape,
                  Algorithm how, const PlanTimes &times) {
  double bus = shape.counts.empty()
                   ? busBytes(shape.kind, shape.ranks, double(bytes))
                   : busiest(shape) * kElementBytes;
  // What goes through the ports once counts as often as what goes round.
  double perByte = how == Algorithm::InNetwork ? bus / double(bytes) : 1;
  bus *= double(std::max<size_t>(1, work.size() * rounds));
  std::set<unsigned> off(planesOff.begin(), planesOff.end());
  double line =
      perByte * layoutBandwidth(machine, Framing::Sue,
                                /*isFar=*/false, uint32_t(off.size()));
  llvm::json::OStream json(llvm::outs(), 1);
  json.object([&] {
    json.attribute("kind", getName(shape.kind));
    json.attribute("algorithm", getName(how));
    json.attribute("chips", shape.ranks);
    json.attribute("bytes", int64_t(bytes));
    json.attribute("whole", times.isWhole);
    json.attribute("seconds", times.seconds);
    if (!work.empty()) {
      json.attribute("exchanges", int64_t(work.size() * rounds));
    }
    json.attribute("estimate_s",
                   estimateCycles(machine, shape, how, kElementBytes) *
                       delaysOf(machine).cycleSeconds);
    json.attribute("bus_bytes", bus);
    json.attribute("bus_bytes_per_s",
                   times.seconds > 0 ? bus / times.seconds : 0);
    json.attribute("achievable_bytes_per_s", line);
    json.attribute("message_bytes", int64_t(times.bytes));
    const Network::Counters &c = times.counters;
    json.attributeObject("counters", [&] {
      json.attribute("events", int64_t(c.events));
      json.attribute("frames", int64_t(c.frames));
      json.attribute("acknowledgements", int64_t(c.acknowledgements));
      json.attribute("bad_frames", int64_t(c.badFrames));
      json.attribute("replays", int64_t(c.replays));
      json.attribute("rewinds", int64_t(c.rewinds));
      json.attribute("credit_stalls", int64_t(c.creditStalls));
      json.attribute("sums_of_switches", int64_t(c.sums));
    });
    json.attributeObject("latency_of_a_transaction_ns", [&] {
      double ns = delaysOf(machine).cycleSeconds * 1e9;
      auto parts = how == Algorithm::InNetwork
                       ? partsOfReduction(machine, Framing::Sue,
                                          kTransactionUnits, shape.ranks)
                       : partsOf(machine, Framing::Sue, kTransactionUnits,
                                 /*isFar=*/false);
      for (const LatencyPart &part : parts) {
        json.attribute(part.name, double(part.cycles) * ns);
      }
      json.attribute("sum", double(sumOf(parts)) * ns);
    });
  });
  llvm::outs() << "\n";
}

/// All cycles of work in turn, of the ports' clock.
static std::vector<uint64_t> listWork(const Machine &machine) {
  double ratio = 1 / (machine.slice.clockHz * delaysOf(machine).cycleSeconds);
  std::vector<uint64_t> cycles;
  for (unsigned round = 0; round < rounds; ++round) {
    for (uint64_t each : work) {
      cycles.push_back(uint64_t(std::llround(double(each) * ratio)));
    }
  }
  return cycles;
}

static std::string checkOptions() {
  if (chips < 1 || racks < 1 || uint64_t(chips) * racks > 65536) {
    return "--chips and --racks expect at least 1, and 65536 chips at most";
  }
  if (bytes < kElementBytes || bytes % kElementBytes ||
      bytes > uint64_t(1) << 32) {
    return "--bytes expects a multiple of 4 up to 4 GiB";
  }
  if (!(bitErrors >= 0 && bitErrors <= 1e-4)) {
    return "--bit-errors expects 0 to 1e-4";
  }
  if (!(hot >= 0 && hot <= 100)) {
    return "--hot expects 0 to 100";
  }
  if (hot != 1 && kind != CollectiveKind::AllToAll) {
    return "--hot expects --kind=all-to-all";
  }
  if (rounds < 1 || rounds > 1000 || (rounds > 1 && work.empty()) ||
      work.size() > 1000) {
    return "--rounds expects 1 to 1000, and --work, of which there are 1000 "
           "numbers at most";
  }
  for (uint64_t cycles : work) {
    if (cycles > uint64_t(1) << 40) {
      return "--work expects 2^40 cycles at most";
    }
  }
  if (group != 0 && (racks > 1 || chips % group != 0)) {
    return "--group expects a divisor of --chips, and one rack";
  }
  return "";
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  cl::HideUnrelatedOptions(category);
  cl::ParseCommandLineOptions(argc, argv, "An exchange between chips\n");
  if (std::string message = checkOptions(); !message.empty()) {
    return fail(message);
  }
  llvm::Expected<Machine> machine = loadMachine(target);
  if (!machine) {
    return fail(llvm::toString(machine.takeError()));
  }
  TopologyOptions options;
  options.chips = chips;
  options.racks = racks;
  options.planesOff.assign(planesOff.begin(), planesOff.end());
  options.bitErrors = bitErrors;
  options.seed = seed;
  auto network = makeNetwork(*machine, options);
  if (!network) {
    return fail(llvm::toString(network.takeError()));
  }
  CollectiveShape shape;
  shape.kind = kind;
  shape.ranks = chips * racks;
  shape.elements = bytes / kElementBytes;
  shape.group = racks > 1 ? unsigned(chips) : std::max(1u, unsigned(group));
  shape.overRacks = racks > 1;
  shape.switchesAdd = hasReduction(*machine);
  if (hot != 1) {
    makeUneven(shape);
  }
  std::vector<Algorithm> known = algorithmsOf(shape);
  if (racks > 1) {
    // Rails join chips of the same number: nothing else crosses them.
    known.erase(std::remove_if(
                    known.begin(), known.end(),
                    [](Algorithm a) { return a != Algorithm::Hierarchical; }),
                known.end());
  }
  if (known.empty()) {
    return fail(getName(kind) + " over several racks is not built; expects "
                                "all-reduce, all-gather or all-to-all");
  }
  if (estimateOnly) {
    for (Algorithm a : known) {
      llvm::outs() << getName(a) << " "
                   << estimateCycles(*machine, shape, a, kElementBytes) *
                          delaysOf(*machine).cycleSeconds
                   << "\n";
    }
    return 0;
  }
  Algorithm how =
      algorithm != Choice::Automatic ? Algorithm(int(Choice(algorithm)))
      : known.size() == 1 ? known.front()
                          : chooseAlgorithm(*machine, shape, kElementBytes);
  if (std::find(known.begin(), known.end(), how) == known.end()) {
    std::string names;
    for (Algorithm a : known) {
      names += (names.empty() ? "" : ", ") + getName(a).str();
    }
    return fail("--algorithm=" + getName(how) + " cannot do this; expects " +
                names);
  }
  Plan plan = makePlan(shape, how);
  if (!work.empty()) {
    plan = repeat(plan, listWork(*machine));
  }
  PlanTimes times = runPlan(*machine, **network, plan, kElementBytes);
  for (uint32_t rank = 0; !trace.empty() && rank < plan.ranks; ++rank) {
    std::string path = (trace + "." + llvm::Twine(rank) + ".et").str();
    if (llvm::Error error =
            llvm::writeToOutput(path, [&](llvm::raw_ostream &os) {
              writeChakraTrace(*machine, plan, times, kElementBytes, rank, os);
              return llvm::Error::success();
            })) {
      return fail(path + ": " + llvm::toString(std::move(error)) +
                  "; expects a prefix in a folder that can be written");
    }
  }
  print(*machine, shape, how, times);
  return times.isWhole ? 0 : 1;
}
