//===- Spec.cpp - Scenarios, placements and fleets as text ----------------===//

#include "compiler-driver/Scenario/Spec.h"

#include "compiler-driver/Import/HuggingFace/Division.h"
#include "compiler-driver/Tensor/Errors.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"

#include <cmath>
#include <tuple>

using namespace llvm;
using namespace acc;
using namespace acc::scenario;

namespace {

/// Reads `key=value,...` of one option.
class Reader {
public:
  Reader(StringRef option, StringRef text)
      : where((option + "=" + text).str()) {}

  Error fail(const Twine &message) const {
    return makeInputError(where + ": " + message);
  }

  /// `set` takes the value of a key: true if it is one of `keys`, which names
  /// them all.
  Error read(StringRef list, ArrayRef<StringRef> keys,
             function_ref<Error(StringRef, StringRef)> set) const {
    SmallVector<StringRef> parts, seen;
    list.split(parts, ',', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
    for (StringRef part : parts) {
      auto [key, value] = part.split('=');
      if (!is_contained(keys, key)) {
        return fail("unknown key '" + key + "'; did you mean '" +
                    nearest(key, keys) + "'? There are " + join(keys, ", "));
      }
      if (is_contained(seen, key)) {
        return fail("'" + key + "' is given twice");
      }
      seen.push_back(key);
      if (Error error = set(key, value)) {
        return error;
      }
    }
    return Error::success();
  }

  Expected<double> number(StringRef key, StringRef value, double low,
                          double high) const {
    double result = 0;
    if (value.getAsDouble(result) || !std::isfinite(result) || result < low ||
        result > high) {
      return fail(key + " must be a number from " + format(low) + " to " +
                  format(high));
    }
    return result;
  }

  Error set(StringRef key, StringRef value, double low, double high,
            double &to) const {
    Expected<double> result = number(key, value, low, high);
    if (!result) {
      return result.takeError();
    }
    to = *result;
    return Error::success();
  }

  Error set(StringRef key, StringRef value, int64_t low, int64_t &to,
            int64_t high = kMostTokens) const {
    Expected<double> result = number(key, value, double(low), double(high));
    if (!result) {
      return result.takeError();
    }
    if (*result != std::floor(*result)) {
      return fail(key + " must be a whole number");
    }
    to = int64_t(*result);
    return Error::success();
  }

  /// `A..B`, or one length.
  Error set(StringRef key, StringRef value, LengthRange &to) const {
    auto [low, high] = value.split("..");
    if (Error error = set(key, low, int64_t(1), to.low)) {
      return error;
    }
    to.high = to.low;
    if (low.size() == value.size()) {
      return Error::success();
    }
    if (Error error = set(key, high, int64_t(1), to.high)) {
      return error;
    }
    return to.low <= to.high ? Error::success()
                             : fail(key + ": the first length of a range is "
                                          "the least one");
  }

private:
  std::string where;

  static std::string format(double value) {
    std::string text;
    raw_string_ostream(text) << llvm::format("%g", value);
    return text;
  }

  static StringRef nearest(StringRef key, ArrayRef<StringRef> keys) {
    return *min_element(keys, [&](StringRef a, StringRef b) {
      return key.edit_distance(a) < key.edit_distance(b);
    });
  }
};

} // namespace

static constexpr StringLiteral kKinds[] = {
    "prefill", "decode", "serve", "agent", "image", "transcribe", "train"};

bool scenario::isServing(StringRef text) {
  StringRef kind = text.split(':').first;
  return kind != "prefill" && kind != "decode";
}

/// Limits are given in milliseconds, as benchmarks do.
static Error setLimit(const Reader &reader, StringRef key, StringRef value,
                      std::optional<double> &limit) {
  double milliseconds = 0;
  if (Error error = reader.set(key, value, 1e-3, 1e9, milliseconds)) {
    return error;
  }
  limit = milliseconds * 1e-3;
  return Error::success();
}

RequestSpan Scenario::span() const {
  return requests.empty() ? spanOf(RequestLengths{input, output})
                          : spanOf(requests);
}

void Scenario::setRequests(std::vector<RequestLengths> load) {
  requests = std::move(load);
  RequestSpan all = span();
  input = all.meanInput;
  output = all.meanOutput;
}

Error scenario::loadTrace(Scenario &s) {
  if (s.trace.empty()) {
    return Error::success();
  }
  Expected<RequestTrace> trace = readRequests(s.trace);
  if (!trace) {
    return trace.takeError();
  }
  if (s.repeatsArrivals && !trace->hasArrivals) {
    return makeInputError(s.trace + ": has no column of arrivals; expects one "
                                    "for rate=recorded");
  }
  if (s.repeatsArrivals && trace->requests.back().arrival <= 0) {
    return makeInputError(s.trace + ": all requests arrive at one time; "
                                    "rate=recorded expects times that differ");
  }
  s.setRequests(std::move(trace->requests));
  return Error::success();
}

/// Rates are of requests a second.
static Error setRate(const Reader &reader, StringRef value, Scenario &s) {
  double rate = 0;
  if (Error error = reader.set("rate", value, 1e-6, 1e6, rate)) {
    return error;
  }
  s.rate = rate;
  return Error::success();
}

/// Tokens that verify a draft are a step's, not a prompt's.
static constexpr int64_t kMostDrafted = huggingface::kMostVerified - 1;

static Error readServe(const Reader &reader, StringRef rest, Scenario &s) {
  LengthRange input{1024, 1024}, output{1024, 1024};
  s.batch = 64;
  bool hasAccepted = false, hasLengths = false;
  Error error = reader.read(
      rest,
      {"in", "out", "trace", "concurrency", "rate", "cached", "chunk", "draft",
       "accepted", "ttft", "tpot"},
      [&](StringRef key, StringRef value) -> Error {
        if (key == "in" || key == "out") {
          hasLengths = true;
          return reader.set(key, value, key == "in" ? input : output);
        }
        if (key == "trace") {
          s.trace = value.str();
          return value.empty() ? reader.fail("trace must be a file")
                               : Error::success();
        }
        if (key == "rate" && value == "recorded") {
          s.repeatsArrivals = true;
          return Error::success();
        }
        if (key == "draft") {
          return reader.set(key, value, int64_t(1), s.draft, kMostDrafted);
        }
        if (key == "accepted") {
          hasAccepted = true;
          return reader.set(key, value, 1, kMostDrafted + 1, s.accepted);
        }
        if (key == "rate") {
          return setRate(reader, value, s);
        }
        if (key == "cached") {
          return reader.set(key, value, 0, 0.999999, s.cached);
        }
        if (key == "ttft" || key == "tpot") {
          return setLimit(reader, key, value,
                          key == "ttft" ? s.firstToken : s.perToken);
        }
        return reader.set(key, value, int64_t(1),
                          key == "chunk" ? s.chunk : s.batch);
      });
  if (error) {
    return error;
  }
  if (s.trace.empty() ? s.repeatsArrivals : hasLengths) {
    return reader.fail(hasLengths ? "a trace has its own lengths; expects "
                                    "trace, or in and out"
                                  : "rate=recorded is of a trace; expects "
                                    "trace=FILE.csv");
  }
  s.input = input.low;
  s.output = output.low;
  if (!input.isOne() || !output.isOne()) {
    s.setRequests(drawRequests(input, output));
  }
  if (hasAccepted != (s.draft > 0) || s.accepted > double(s.draft + 1)) {
    return reader.fail("draft=K, the tokens that are proposed for a step, and "
                       "accepted=A, the tokens that a step gives on average, "
                       "go together, with A from 1 to K + 1");
  }
  return Error::success();
}

/// A step of an agent: what was said before is in the cache.
static Error readAgent(const Reader &reader, StringRef rest, Scenario &s) {
  // Medians of published traces of coding agents (see docs).
  int64_t prefix = 126180, added = 857;
  s.output = 252;
  s.batch = 8;
  Error error = reader.read(
      rest, {"prefix", "new", "out", "concurrency", "chunk"},
      [&](StringRef key, StringRef value) {
        return reader.set(key, value, int64_t(key == "prefix" ? 0 : 1),
                          key == "prefix"  ? prefix
                          : key == "new"   ? added
                          : key == "out"   ? s.output
                          : key == "chunk" ? s.chunk
                                           : s.batch);
      });
  s.input = prefix + added;
  // Half a token keeps the division from losing one.
  s.cached = (double(prefix) + 0.5) / double(s.input);
  return error;
}

static Error readImage(const Reader &reader, StringRef rest, Scenario &s) {
  s.kind = Scenario::Kind::Image;
  s.batch = 8;
  return reader.read(rest, {"steps", "concurrency", "rate", "latency"},
                     [&](StringRef key, StringRef value) -> Error {
                       if (key == "rate") {
                         return setRate(reader, value, s);
                       }
                       if (key == "latency") {
                         return setLimit(reader, key, value, s.perToken);
                       }
                       if (key == "concurrency") {
                         return reader.set(key, value, int64_t(1), s.batch);
                       }
                       s.steps = 1;
                       return reader.set(key, value, int64_t(1), *s.steps);
                     });
}

static Error readTranscribe(const Reader &reader, StringRef rest, Scenario &s) {
  s.kind = Scenario::Kind::Transcribe;
  s.output = 100; // Words of 30 s of speech, at 1.3 tokens each: an estimate.
  s.batch = 64;
  return reader.read(rest, {"out", "concurrency", "rate", "ttft", "tpot"},
                     [&](StringRef key, StringRef value) -> Error {
                       if (key == "rate") {
                         return setRate(reader, value, s);
                       }
                       if (key == "ttft" || key == "tpot") {
                         return setLimit(reader, key, value,
                                         key == "ttft" ? s.firstToken
                                                       : s.perToken);
                       }
                       return reader.set(key, value, int64_t(1),
                                         key == "out" ? s.output : s.batch);
                     });
}

static Error readTrain(const Reader &reader, StringRef rest, Scenario &s) {
  s.kind = Scenario::Kind::Train;
  // GPT-3's and its like: millions of tokens in a step.
  s.batch = 1024;
  s.input = 4096;
  return reader.read(rest, {"batch", "seq", "chips", "tokens"},
                     [&](StringRef key, StringRef value) -> Error {
                       if (key == "tokens") {
                         return reader.set(key, value, 1, 1e16,
                                           s.trainingTokens);
                       }
                       if (key == "chips") {
                         s.chips = 1;
                         return reader.set(key, value, int64_t(1), *s.chips);
                       }
                       return reader.set(key, value, int64_t(1),
                                         key == "seq" ? s.input : s.batch);
                     });
}

static Error readStep(const Reader &reader, StringRef rest, bool isPrefill,
                      Scenario &s) {
  s.kind = isPrefill ? Scenario::Kind::Prefill : Scenario::Kind::Decode;
  s.input = isPrefill ? 1 : 0;
  StringRef length = isPrefill ? "prompt" : "context";
  return reader.read(
      rest, {"batch", length}, [&](StringRef key, StringRef value) {
        bool isBatch = key == "batch";
        return reader.set(key, value, int64_t(isBatch || isPrefill),
                          isBatch ? s.batch : s.input);
      });
}

static Error readScenario(const Reader &reader, Scenario &s) {
  StringRef kind, rest;
  std::tie(kind, rest) = StringRef(s.text).split(':');
  if (kind == "serve") {
    return readServe(reader, rest, s);
  }
  if (kind == "agent") {
    return readAgent(reader, rest, s);
  }
  if (kind == "image") {
    return readImage(reader, rest, s);
  }
  if (kind == "transcribe") {
    return readTranscribe(reader, rest, s);
  }
  if (kind == "prefill" || kind == "decode") {
    return readStep(reader, rest, kind == "prefill", s);
  }
  if (kind == "train") {
    return readTrain(reader, rest, s);
  }
  StringRef nearest = *min_element(kKinds, [&](StringRef a, StringRef b) {
    return kind.edit_distance(a) < kind.edit_distance(b);
  });
  return reader.fail("unknown scenario '" + kind + "'; did you mean '" +
                     nearest + "'? There are " + join(ArrayRef(kKinds), ", "));
}

Expected<Scenario> scenario::parseScenario(StringRef text) {
  Scenario s;
  s.text = text.str();
  if (Error error = readScenario(Reader("--workload", text), s)) {
    return std::move(error);
  }
  return s;
}

/// A prompt of a single token would be taken for a step.
static constexpr int64_t kLeastInput = 2;

Error scenario::fitScenario(Scenario &s, const systems::Network *network) {
  using Kind = Scenario::Kind;
  Kind fits = !network                   ? Kind::Serve
              : network->unit == "image" ? Kind::Image
                                         : Kind::Transcribe;
  bool isDecoders = s.kind != Kind::Image && s.kind != Kind::Transcribe;
  if (network ? s.kind != fits : !isDecoders) {
    return makeInputError(
        "--workload=" + s.text +
        (network ? ": " + network->name : ": the model") + " is " +
        (fits == Kind::Serve   ? "a decoder; expects serve, "
                                 "agent, prefill, decode or train"
         : fits == Kind::Image ? "a network of images; expects "
                                 "image:steps=S,concurrency=N"
                               : "a network of sound; expects "
                                 "transcribe:out=O,concurrency=N"));
  }
  if (!network) {
    return Error::success();
  }
  int64_t steps = s.steps.value_or(network->steps);
  if (s.steps && network->steps == 0) {
    return makeInputError("--workload=" + s.text + ": " + network->name +
                          " has no steps; expects image:concurrency=N");
  }
  s.kind = Kind::Serve;
  s.input = std::max(kLeastInput, network->inputTokens);
  s.chunk = std::max(s.chunk, s.input);
  s.countsRequests = fits == Kind::Image;
  if (s.countsRequests) {
    // The first "token" is the one that a prompt gives.
    s.output = steps + 1;
  }
  return Error::success();
}

Expected<Placement> scenario::parsePlacement(StringRef text) {
  Reader reader("--parallel", text);
  Placement placement;
  Error error = reader.read(
      text, {"tp", "ep", "pp", "dp"},
      [&](StringRef key, StringRef value) -> Error {
        int64_t number = 1;
        if (Error error = reader.set(key, value, int64_t(1), number)) {
          return error;
        }
        if (key == "tp") {
          placement.tensor = number;
        } else if (key == "ep") {
          placement.expert = number;
        } else if (key == "pp") {
          placement.stages = number;
        } else {
          placement.copies = number;
        }
        return Error::success();
      });
  if (error) {
    return std::move(error);
  }
  if (placement.tensor && placement.expert &&
      *placement.expert % *placement.tensor != 0 &&
      *placement.tensor % *placement.expert != 0) {
    return reader.fail("tp must divide ep, or ep tp");
  }
  return placement;
}

Expected<FleetRequest> scenario::parseFleet(StringRef text) {
  Reader reader("--fleet", text);
  FleetRequest fleet;
  auto [power, rest] = text.split(',');
  double scale = 0, number = 0;
  for (auto [unit, factor] :
       {std::pair("GW", 1e9), std::pair("MW", 1e6), std::pair("kW", 1e3)}) {
    if (power.consume_back(unit)) {
      scale = factor;
      break;
    }
  }
  if (scale == 0) {
    return reader.fail("expects a power in GW, MW or kW, such as 10GW,grid=us");
  }
  if (Error error = reader.set("the power", power, 1e-3, 1e6, number)) {
    return std::move(error);
  }
  fleet.watts = systems::Watts(scale * number);
  if (Error error =
          reader.read(rest, {"grid"}, [&](StringRef, StringRef value) -> Error {
            fleet.grid = value.str();
            return Error::success();
          })) {
    return std::move(error);
  }
  return fleet;
}
