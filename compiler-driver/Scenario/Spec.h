//===- Spec.h - Scenarios, placements and fleets as text --------*- C++ -*-===//

#ifndef COMPILER_DRIVER_SCENARIO_SPEC_H
#define COMPILER_DRIVER_SCENARIO_SPEC_H

#include "compiler-driver/Baselines/Network.h"
#include "compiler-driver/Baselines/Units.h"
#include "compiler-driver/Scenario/Requests.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <optional>
#include <string>

namespace acc::scenario {

/// What a machine is asked to do. Lengths are in tokens, of one request.
struct Scenario {
  enum class Kind {
    Prefill, ///< `batch` prompts of `input` tokens, once
    Decode,  ///< one token of each of `batch` sequences with `input` in caches
    Serve,   ///< requests come and go; agents are this with a long prefix
    Image,   ///< requests of images; see `fitScenario`
    Transcribe, ///< requests of sound
    Train       ///< a step over `batch` sequences of `input` tokens
  };
  Kind kind = Kind::Serve;
  std::string text;              ///< as the user wrote it
  int64_t input = 1, output = 1; ///< means, if requests differ
  /// Requests that differ, one after the other and from the start again.
  std::vector<RequestLengths> requests;
  std::string trace; ///< file that they are read from; see `loadTrace`
  int64_t batch = 1; ///< or requests at a time
  /// Requests a second that arrive by chance; else a new one comes when one is
  /// done.
  std::optional<double> rate;
  bool repeatsArrivals = false; ///< those of the trace, instead
  double cached = 0;    ///< part of the input that is in the cache already
  int64_t chunk = 2048; ///< tokens of prompts in one step of a replica
  /// Speculative decoding: tokens that a draft proposes for each sequence and
  /// step, and how many a step gives on average, its own one included.
  int64_t draft = 0;
  double accepted = 1;
  /// Limits in seconds that 99 of 100 requests must keep; of an image, the
  /// second is its whole time.
  std::optional<double> firstToken, perToken;
  std::optional<int64_t> chips; ///< of a training job, else the fewest
  double trainingTokens = 0;    ///< of a whole job, 0 if not asked
  std::optional<int64_t> steps; ///< of an image, if not the publisher's
  bool keepsSteps = false;      ///< the first ones that count, for a timeline
  /// Requests count, not the steps that they are made of.
  bool countsRequests = false;

  int64_t cachedTokens() const { return cachedTokens(input); }
  int64_t cachedTokens(int64_t prompt) const {
    return int64_t(double(prompt) * cached);
  }
  int64_t newTokens() const { return input - cachedTokens(); }
  /// Requests come whether others are done or not.
  bool isOpen() const { return rate || repeatsArrivals; }
  /// Of the requests of a load.
  RequestSpan span() const;
  /// Takes these requests as the load.
  void setRequests(std::vector<RequestLengths> load);
};

/// A text that says which kind of scenario, as in the help of acc-cc. Unknown
/// keys are errors that name the nearest known one.
llvm::Expected<Scenario> parseScenario(llvm::StringRef text);

/// Reads the requests of the scenario's trace, if it has one.
llvm::Error loadTrace(Scenario &scenario);

/// The scenario as requests of this network; of a decoder if there is none. An
/// error if it is not one for such models.
llvm::Error fitScenario(Scenario &scenario, const systems::Network *network);

/// Whether the text is a scenario of requests, which no single graph is.
bool isServing(llvm::StringRef text);

/// Chips that share a layer, and chips that share the experts; groups of such
/// chips that have layers of their own, and copies that share requests. What is
/// not given is searched; of stages only if nothing fits without, of copies one
/// is enough.
struct Placement {
  std::optional<int64_t> tensor, expert, stages, copies;
};
/// `tp=8,ep=8,pp=1,dp=1`.
llvm::Expected<Placement> parsePlacement(llvm::StringRef text);

/// Power of a site at its grid connection.
struct FleetRequest {
  systems::Watts watts;
  std::string grid = "us";
};
/// `10GW` or `10GW,grid=us`.
llvm::Expected<FleetRequest> parseFleet(llvm::StringRef text);

} // namespace acc::scenario

#endif // COMPILER_DRIVER_SCENARIO_SPEC_H
