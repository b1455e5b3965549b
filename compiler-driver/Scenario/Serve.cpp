//===- Serve.cpp - Continuous batching as an event simulation -------------===//

#include "compiler-driver/Scenario/Serve.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <random>

using namespace llvm;
using namespace acc;
using namespace acc::scenario;

Percentiles scenario::percentilesOf(std::vector<double> sample) {
  Percentiles result;
  if (sample.empty()) {
    return result;
  }
  llvm::sort(sample);
  for (double value : sample) {
    result.mean += value / double(sample.size());
  }
  // The least value that so many of the sample do not exceed.
  auto at = [&](double part) {
    auto rank = size_t(std::ceil(part * double(sample.size())));
    return sample[std::max<size_t>(1, rank) - 1];
  };
  result.p50 = at(0.5);
  result.p90 = at(0.9);
  result.p99 = at(0.99);
  return result;
}

/// Steps that are kept at most: some seconds of serving.
static constexpr size_t kMostSteps = 2000;

namespace {

struct Request {
  double arrival = 0;
  double first = 0; ///< time of its first token
  RequestLengths whole;
  int64_t input = 0;  ///< tokens of the prompt that are worked off or cached
  int64_t output = 0; ///< tokens that it has got
  double partial = 0; ///< of a token, of drafts that were taken
  bool measured = false;
};

class Loop {
public:
  Loop(const Scenario &scenario, int64_t concurrency, StepPricer &pricer)
      : scenario(scenario), concurrency(concurrency), pricer(pricer) {
    served.concurrency = concurrency;
    served.chips = pricer.chips();
    served.placement = pricer.placement();
    longest = scenario.span().mostInput;
  }

  Expected<Served> run() {
    start();
    // Enough for percentiles, and several times what is in flight; more where
    // requests come by chance, and where they differ, of which the long ones
    // are finished last.
    int64_t warm = concurrency;
    last = warm;
    if (!scenario.requests.empty()) {
      last += std::clamp<int64_t>(8 * concurrency, 400, 4096);
    } else if (scenario.isOpen()) {
      last += std::clamp<int64_t>(8 * concurrency, 200, 4096);
    } else {
      last += std::clamp<int64_t>(3 * concurrency, 24, 600);
    }
    while (finished < last) {
      admit();
      if (prompts.empty() && running.empty()) {
        // Nothing to do before the next arrival.
        idle();
        continue;
      }
      if (Error error = step()) {
        return std::move(error);
      }
      if (!isMeasuring && finished >= warm) {
        isMeasuring = true;
        measuredFrom = now;
        measuredWaiting = waiting.size();
      }
    }
    served.keepsUp = !isPilingUp();
    served.requestRate = double(finished) / now;
    served.seconds = Seconds(now - measuredFrom);
    served.meanBatch = batchTime / served.seconds.value();
    served.firstToken = percentilesOf(std::move(firstTokens));
    served.latency = percentilesOf(std::move(latencies));
    served.perToken = tokenTimes.empty() ? served.latency
                                         : percentilesOf(std::move(tokenTimes));
    return std::move(served);
  }

private:
  const Scenario &scenario;
  int64_t concurrency;
  StepPricer &pricer;
  std::mt19937_64 random{1};
  int64_t longest; ///< prompt
  size_t made = 0; ///< requests
  double now = 0, nextArrival = 0;
  std::deque<Request> waiting, prompts;
  std::vector<Request> running;
  int64_t finished = 0, last = 0;
  bool isMeasuring = false, isFull = false;
  double measuredFrom = 0, batchTime = 0;
  size_t measuredWaiting = 0; ///< when measuring began
  RangeOf<Watts> standing;    ///< of the last step
  std::vector<double> firstTokens, tokenTimes, latencies;
  std::vector<int64_t> pieces; ///< of the first prompts, in the present step
  Served served;

  void start() {
    if (scenario.isOpen()) {
      drawArrival();
      return;
    }
    // Users who begin together would stay in step forever: each begins with
    // another part of its answer behind it.
    for (int64_t user = 0; user < concurrency; ++user) {
      Request request = makeRequest(0);
      request.output = request.whole.output * user / concurrency;
      if (request.output == 0) {
        waiting.push_back(request);
        continue;
      }
      request.input = request.whole.input;
      running.push_back(request);
    }
  }

  Request makeRequest(double arrival) {
    Request request;
    request.arrival = arrival;
    request.whole = scenario.requests.empty()
                        ? RequestLengths{scenario.input, scenario.output}
                        : scenario.requests[made % scenario.requests.size()];
    ++made;
    request.input = scenario.cachedTokens(request.whole.input);
    request.measured = isMeasuring;
    return request;
  }

  /// Times between arrivals of independent users; a distribution of its own,
  /// as those of the library differ from one to the next.
  void drawArrival() {
    if (scenario.repeatsArrivals) {
      // After the last one of a trace, as many seconds as between two of them.
      ArrayRef<RequestLengths> all = scenario.requests;
      double period = all.back().arrival;
      period += period / double(all.size());
      nextArrival =
          double(made / all.size()) * period + all[made % all.size()].arrival;
      return;
    }
    double uniform = (double(random() >> 11) + 0.5) * 0x1.0p-53;
    nextArrival += -std::log(uniform) / *scenario.rate;
  }

  /// Whether more wait at the end than at the beginning, by more than chance
  /// does: three standard deviations of the number that arrives, and a tenth of
  /// them. Recorded loads have bursts that end.
  bool isPilingUp() const {
    if (!scenario.isOpen()) {
      return false;
    }
    if (isFull || latencies.empty()) {
      return true;
    }
    double more = double(waiting.size()) - double(measuredWaiting);
    return !scenario.repeatsArrivals &&
           more >
               std::max(3 * std::sqrt(served.requests), 0.1 * served.requests);
  }

  void admit() {
    while (scenario.isOpen() && nextArrival <= now && !isFull) {
      waiting.push_back(makeRequest(nextArrival));
      drawArrival();
      // More than all that will be served.
      isFull = int64_t(waiting.size()) > last + concurrency;
    }
    while (!waiting.empty() &&
           int64_t(running.size() + prompts.size()) < concurrency) {
      prompts.push_back(waiting.front());
      waiting.pop_front();
    }
  }

  /// Chips draw their standing power until the next arrival.
  void idle() {
    Seconds waited(std::max(0.0, nextArrival - now));
    now = std::max(now, nextArrival);
    if (!isMeasuring) {
      return;
    }
    RangeOf<Joules> joules = standing * waited;
    served.joules += joules;
    served.joulesByPart["waiting"] += joules;
    served.secondsByPart["waiting for requests"] += waited;
  }

  /// Sequences that generate, and as much of the prompts as a step may have.
  StepWork choose() {
    StepWork work;
    work.sequences = int64_t(running.size());
    work.drafted = running.empty() ? 0 : scenario.draft;
    if (!running.empty()) {
      double tokens = 0;
      for (const Request &request : running) {
        tokens += double(request.whole.input + request.output);
      }
      work.context = int64_t(tokens / double(running.size()));
    }
    pieces.clear();
    if (scenario.requests.empty()) {
      chooseAlike(work);
    } else {
      chooseTogether(work);
    }
    return work;
  }

  /// Pieces of prompts at the same place.
  void chooseAlike(StepWork &work) {
    int64_t budget = scenario.chunk * pricer.replicas();
    for (const Request &request : prompts) {
      int64_t piece =
          std::min(request.whole.input - request.input, scenario.chunk);
      if (work.prompts > 0 &&
          (piece != work.promptTokens || request.input != work.promptPast ||
           (work.prompts + 1) * piece > budget)) {
        break;
      }
      work.promptTokens = piece;
      work.promptPast = request.input;
      ++work.prompts;
      pieces.push_back(piece);
    }
  }

  /// Prompts of any length fill a step up to its chunk, as engines do
  /// (Sarathi-Serve, arXiv 2403.02310). It is priced as pieces of one length
  /// that look at as many tokens together.
  void chooseTogether(StepWork &work) {
    int64_t budget = scenario.chunk * pricer.replicas();
    double tokens = 0, looks = 0;
    for (const Request &request : prompts) {
      int64_t piece = std::min(
          {request.whole.input - request.input, scenario.chunk, budget});
      if (piece == 0) {
        break;
      }
      budget -= piece;
      pieces.push_back(piece);
      tokens += double(piece);
      looks += double(piece) * (double(request.input) + 0.5 * double(piece));
    }
    if (pieces.empty()) {
      return;
    }
    work.prompts = int64_t(std::ceil(tokens / double(scenario.chunk)));
    double length = tokens / double(work.prompts);
    // In quarters: a pricer has to know every length that there is.
    double grain = std::max<double>(1, double(scenario.chunk / 4));
    work.promptTokens =
        int64_t(std::max(1.0, std::round(length / grain)) * grain);
    work.promptTokens = std::min(work.promptTokens, scenario.chunk);
    work.promptPast = std::clamp<int64_t>(
        std::llround(looks / tokens - 0.5 * length), 0, longest);
  }

  Error step() {
    StepWork work = choose();
    Expected<PricedStep> price = pricer.price(work);
    if (!price) {
      return price.takeError();
    }
    now += price->time.value();
    if (price->time > Seconds()) {
      standing = price->standing / price->time;
    }
    if (isMeasuring) {
      account(work, *price);
    }
    // Before the prompts, whose requests have no token to follow in this step.
    advanceRunning();
    advancePrompts();
    return Error::success();
  }

  void account(const StepWork &work, const PricedStep &price) {
    if (scenario.keepsSteps && served.steps.size() < kMostSteps) {
      served.steps.push_back({Seconds(now - measuredFrom) - price.time,
                              price.time, work, int64_t(prompts.size()),
                              Joules(price.joules.value), price.secondsByPart,
                              price.secondsByUnit});
    }
    batchTime += double(work.sequences) * price.time.value();
    served.joules += price.joules;
    served.boundSeconds += price.bound;
    served.slowdown = std::max(served.slowdown, price.slowdown);
    for (auto &[name, seconds] : price.secondsByPart) {
      served.secondsByPart[name] += seconds;
    }
    for (auto &[name, joules] : price.joulesByPart) {
      served.joulesByPart[name] += joules;
    }
  }

  void advanceRunning() {
    for (Request &request : running) {
      request.partial += scenario.accepted;
      for (; request.partial >= 1; request.partial -= 1) {
        if (request.output < request.whole.output) {
          addToken(request);
        }
      }
    }
    erase_if(running, [&](Request &request) { return isDone(request); });
  }

  void advancePrompts() {
    std::deque<Request> begun;
    for (int64_t piece : pieces) {
      Request request = prompts.front();
      prompts.pop_front();
      request.input += piece;
      if (request.input < request.whole.input) {
        begun.push_back(request);
        continue;
      }
      request.first = now;
      if (request.measured) {
        firstTokens.push_back(now - request.arrival);
      }
      if (isMeasuring) {
        served.inputTokens += double(request.whole.input);
      }
      addToken(request);
      if (!isDone(request)) {
        running.push_back(request);
      }
    }
    prompts.insert(prompts.begin(), begun.begin(), begun.end());
  }

  void addToken(Request &request) {
    ++request.output;
    served.outputTokens += isMeasuring ? 1 : 0;
  }

  /// Counts a request that has all its tokens; its user asks again.
  bool isDone(const Request &request) {
    if (request.output < request.whole.output) {
      return false;
    }
    ++finished;
    served.requests += isMeasuring ? 1 : 0;
    if (request.measured) {
      latencies.push_back(now - request.arrival);
      if (request.whole.output > 1) {
        tokenTimes.push_back((now - request.first) /
                             double(request.whole.output - 1));
      }
    }
    if (!scenario.isOpen()) {
      waiting.push_back(makeRequest(now));
    }
    return true;
  }
};

} // namespace

Expected<Served> scenario::serve(const Scenario &scenario, int64_t concurrency,
                                 StepPricer &pricer) {
  return Loop(scenario, concurrency, pricer).run();
}

Expected<Served> scenario::runOnce(const Scenario &scenario,
                                   StepPricer &pricer) {
  bool isPrefill = scenario.kind == Scenario::Kind::Prefill;
  StepWork work;
  if (isPrefill) {
    work.prompts = scenario.batch;
    work.promptTokens = scenario.input;
  } else {
    work.sequences = scenario.batch;
    work.context = scenario.input;
  }
  Expected<PricedStep> step = pricer.price(work);
  if (!step) {
    return step.takeError();
  }
  Served served;
  served.concurrency = scenario.batch;
  served.chips = pricer.chips();
  served.placement = pricer.placement();
  double seconds = step->time.value();
  served.seconds = step->time;
  served.requests = served.outputTokens = served.meanBatch =
      double(scenario.batch);
  served.inputTokens =
      isPrefill ? double(scenario.batch) * double(scenario.input) : 0;
  Percentiles all{seconds, seconds, seconds, seconds};
  served.firstToken = isPrefill ? all : Percentiles();
  served.perToken = served.latency = all;
  served.joules = step->joules;
  served.boundSeconds = step->bound;
  served.secondsByPart = step->secondsByPart;
  served.joulesByPart = step->joulesByPart;
  served.slowdown = step->slowdown;
  if (scenario.keepsSteps) {
    served.steps.push_back({Seconds(), step->time, work, work.prompts,
                            Joules(step->joules.value), step->secondsByPart,
                            step->secondsByUnit});
  }
  return std::move(served);
}

std::vector<StepWork> scenario::typicalSteps(const Scenario &scenario,
                                             int64_t concurrency) {
  if (scenario.kind == Scenario::Kind::Prefill) {
    return {{0, 0, scenario.batch, scenario.input, 0}};
  }
  if (scenario.kind == Scenario::Kind::Decode) {
    return {{scenario.batch, scenario.input, 0, 0, 0}};
  }
  std::vector<StepWork> works;
  int64_t middle = scenario.input + scenario.output / 2;
  for (int64_t part : {1, 2}) {
    works.push_back({std::max<int64_t>(1, concurrency / part), middle, 0, 0, 0,
                     scenario.draft});
  }
  if (!scenario.requests.empty()) {
    for (int64_t past : {int64_t(0), scenario.span().mostInput}) {
      works.push_back({0, 0, 1, scenario.chunk, past});
    }
    return works;
  }
  for (int64_t past = scenario.cachedTokens(); past < scenario.input;) {
    int64_t piece = std::min(scenario.chunk, scenario.input - past);
    works.push_back({0, 0, 1, piece, past});
    past += piece;
  }
  return works;
}
