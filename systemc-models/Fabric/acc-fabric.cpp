//===- acc-fabric.cpp - Traffic between two ports of the fabric -----------===//
//
// Runs the SystemC model of two ports, back to back, with random transactions
// both ways over a link with errors, and prints what came and all counters as
// JSON. Exit status 1 if something is lost, comes twice or out of order.
//
//===----------------------------------------------------------------------===//

#include "systemc-models/Fabric/PairModule.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/JSON.h"

namespace cl = llvm::cl;
using namespace acc;
using namespace acc::fabric;

static cl::OptionCategory category("acc-fabric options");
static cl::opt<std::string> target("target", cl::init("jx1"),
                                   cl::desc("Chip whose ports they are"),
                                   cl::value_desc("name|file.yaml"),
                                   cl::cat(category));
static cl::opt<Framing> framing(
    "framing", cl::desc("Header in front of RH"), cl::init(Framing::Sue),
    cl::values(clEnumValN(Framing::Sue, "sue", "SUE, AFH Gen2 of 6 bytes"),
               clEnumValN(Framing::SueLong, "sue-long",
                          "SUE, AFH Gen2 of 12 bytes"),
               clEnumValN(Framing::Esun, "esun", "ESUN 1.0"),
               clEnumValN(Framing::Ethernet, "ethernet", "Ethernet")),
    cl::cat(category));
static cl::opt<uint64_t>
    transactions("transactions", cl::init(10000), cl::cat(category),
                 cl::desc("Of each channel and direction"));
static cl::opt<unsigned>
    fewest("min-bytes", cl::init(0), cl::cat(category),
           cl::desc("That a transaction carries: a multiple of 8"));
static cl::opt<unsigned>
    most("max-bytes", cl::init(256), cl::cat(category),
         cl::desc("That a transaction carries: a multiple of 8, at most 256"));
static cl::opt<unsigned> delay("wire-cycles", cl::init(100), cl::cat(category),
                               cl::desc("Cable and coding, one way"));
static cl::opt<double> bitErrors("bit-errors", cl::init(0), cl::cat(category),
                                 cl::desc("Rate of flipped bits"));
static cl::opt<double>
    wordErrors("word-errors", cl::init(0), cl::cat(category),
               cl::desc("Rate of words that the PCS gives up"));
static cl::opt<double> flaps("flaps", cl::init(0), cl::cat(category),
                             cl::desc("Rate of cycles in which the link goes "
                                      "down"));
static cl::opt<unsigned> flapCycles("flap-cycles", cl::init(1000),
                                    cl::desc("Cycles of the longest of them"),
                                    cl::cat(category));
static cl::opt<double> pauses("pauses", cl::init(0), cl::cat(category),
                              cl::desc("Part of cycles without new "
                                       "transactions"));
static cl::opt<double> stalls("stalls", cl::init(0), cl::cat(category),
                              cl::desc("Part of cycles in which nothing is "
                                       "taken"));
static cl::opt<uint64_t> seed("seed", cl::init(1), cl::desc("Random seed"),
                              cl::cat(category));
static cl::opt<uint64_t> maxCycles("max-cycles", cl::init(UINT64_MAX),
                                   cl::desc("Give up after so many"),
                                   cl::cat(category));

static int fail(const llvm::Twine &message) {
  llvm::errs() << "acc-fabric: " << message << "\n";
  return 1;
}

/// The option that is wrong, and what would be right; or "".
static std::string checkOptions() {
  if (fewest % 8 || most % 8 || fewest > most || most > 8 * kTransactionUnits) {
    return "--min-bytes and --max-bytes expect multiples of 8, the first not "
           "above the second, the second at most 256";
  }
  if (delay < 1 || delay > 1000000) {
    return "--wire-cycles expects 1 to 1000000";
  }
  if (flapCycles < 1) {
    return "--flap-cycles expects at least 1";
  }
  for (auto *rate : {&bitErrors, &wordErrors, &flaps, &pauses, &stalls}) {
    if (!(*rate >= 0 && *rate < 1)) {
      return ("--" + rate->ArgStr + " expects 0 to less than 1").str();
    }
  }
  return "";
}

static void print(const PairOptions &options, const PairResult &result) {
  llvm::json::OStream json(llvm::outs(), 1);
  json.object([&] {
    json.attribute("cycles", int64_t(result.cycles));
    json.attribute("word_bytes", int64_t(options.port.lanes * kLaneBytes));
    json.attributeArray("directions", [&] {
      for (unsigned side = 0; side < 2; ++side) {
        const PairResult::Direction &to = result.to[side];
        json.object([&] {
          json.attribute("transactions", int64_t(to.transactions));
          json.attribute("bytes", int64_t(to.bytes));
          json.attribute("missing", int64_t(to.missing));
          json.attribute("wrong", int64_t(to.wrong));
          json.attribute("flipped_bits", int64_t(to.flippedBits));
          json.attribute("lost_words", int64_t(to.lostWords));
        });
      }
    });
    json.attributeArray("ports", [&] {
      for (const auto &counters : result.counters) {
        json.object([&] {
          for (unsigned c = 0; c < kNumFabricCounterValues; ++c) {
            json.attribute(stringify(FabricCounter(c)), int64_t(counters[c]));
          }
        });
      }
    });
  });
  llvm::outs() << "\n";
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  cl::HideUnrelatedOptions(category);
  cl::ParseCommandLineOptions(argc, argv,
                              "Traffic between two ports of the fabric\n");
  if (std::string message = checkOptions(); !message.empty()) {
    return fail(message);
  }
  llvm::Expected<Machine> machine = loadMachine(target);
  if (!machine) {
    return fail(llvm::toString(machine.takeError()));
  }
  if (!machine->chip) {
    return fail("'" + target +
                "' is a slice and has no ports; expects a chip, rack or pod");
  }
  PairOptions options;
  options.port = machine->chip->fabric.port;
  options.framing = framing;
  if (options.port.peers < 2) {
    return fail("'" + target +
                "' has no fabric.port; expects one with at least 2 peers");
  }
  for (unsigned side = 0; side < 2; ++side) {
    TrafficOptions &traffic = options.traffic[side];
    traffic.transactions.fill(transactions);
    traffic.fewestUnits = fewest / 8;
    traffic.mostUnits = most / 8;
    traffic.pause = pauses;
    traffic.stall = stalls;
    traffic.seed = 4 * seed + side;
    WireOptions &wire = options.wires[side];
    wire.delay = delay;
    wire.bitErrors = bitErrors;
    wire.wordErrors = wordErrors;
    wire.flaps = flaps;
    wire.flapCycles = flapCycles;
    wire.seed = 4 * seed + 2 + side;
  }
  PairResult result = simulatePair(options, maxCycles);
  print(options, result);
  bool isRight = result.done && !result.to[0].wrong && !result.to[1].wrong;
  return isRight ? 0 : 1;
}
