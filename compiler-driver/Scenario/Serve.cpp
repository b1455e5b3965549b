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

namespace {

struct Request {
  double arrival = 0;
  double first = 0;   ///< time of its first token
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
  }

  Expected<Served> run() {
    start();
    // Enough for percentiles, and several times what is in flight.
    int64_t warm = concurrency;
    int64_t last = warm + std::clamp<int64_t>(3 * concurrency, 24, 600);
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
      }
    }
    served.seconds = now - measuredFrom;
    served.meanBatch = batchTime / served.seconds;
    served.firstToken = percentilesOf(std::move(firstTokens));
    served.perToken = percentilesOf(std::move(tokenTimes));
    served.latency = percentilesOf(std::move(latencies));
    return std::move(served);
  }

private:
  const Scenario &scenario;
  int64_t concurrency;
  StepPricer &pricer;
  std::mt19937_64 random{1};
  double now = 0, nextArrival = 0;
  std::deque<Request> waiting, prompts;
  std::vector<Request> running;
  int64_t finished = 0;
  bool isMeasuring = false;
  double measuredFrom = 0, batchTime = 0;
  std::vector<double> firstTokens, tokenTimes, latencies;
  Served served;

  void start() {
    if (scenario.rate) {
      drawArrival();
      return;
    }
    // Users who begin together would stay in step forever: each begins with
    // another part of its answer behind it.
    for (int64_t user = 0; user < concurrency; ++user) {
      Request request = makeRequest(0);
      request.input = scenario.input;
      request.output = scenario.output * user / concurrency;
      (request.output == 0 ? waiting.push_back(makeRequest(0))
                           : running.push_back(request));
    }
  }

  Request makeRequest(double arrival) const {
    Request request;
    request.arrival = arrival;
    request.input = scenario.cachedTokens();
    request.measured = isMeasuring;
    return request;
  }

  /// Times between arrivals of independent users; a distribution of its own,
  /// as those of the library differ from one to the next.
  void drawArrival() {
    double uniform = (double(random() >> 11) + 0.5) * 0x1.0p-53;
    nextArrival += -std::log(uniform) / *scenario.rate;
  }

  void admit() {
    while (scenario.rate && nextArrival <= now) {
      waiting.push_back(makeRequest(nextArrival));
      drawArrival();
    }
    while (!waiting.empty() &&
           int64_t(running.size() + prompts.size()) < concurrency) {
      prompts.push_back(waiting.front());
      waiting.pop_front();
    }
  }

  void idle() { now = std::max(now, nextArrival); }

  /// Pieces of prompts at the same place, as many as a step may have.
  StepWork choose() const {
    StepWork work;
    work.sequences = int64_t(running.size());
    work.drafted = running.empty() ? 0 : scenario.draft;
    if (!running.empty()) {
      double tokens = 0;
      for (const Request &request : running) {
        tokens += double(scenario.input + request.output);
      }
      work.context = int64_t(tokens / double(running.size()));
    }
    int64_t budget = scenario.chunk * pricer.replicas();
    for (const Request &request : prompts) {
      int64_t piece = std::min(scenario.input - request.input, scenario.chunk);
      if (work.prompts > 0 &&
          (piece != work.promptTokens || request.input != work.promptPast ||
           (work.prompts + 1) * piece > budget)) {
        break;
      }
      work.promptTokens = piece;
      work.promptPast = request.input;
      ++work.prompts;
    }
    return work;
  }

  Error step() {
    StepWork work = choose();
    Expected<PricedStep> price = pricer.price(work);
    if (!price) {
      return price.takeError();
    }
    now += price->time.value();
    if (isMeasuring) {
      account(work, *price);
    }
    // Before the prompts, whose requests have no token to follow in this step.
    advanceRunning();
    advancePrompts(work);
    return Error::success();
  }

  void account(const StepWork &work, const PricedStep &price) {
    batchTime += double(work.sequences) * price.time.value();
    served.joules += price.joules;
    served.boundSeconds += price.bound.value();
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
        if (request.output < scenario.output) {
          addToken(request);
        }
      }
    }
    erase_if(running, [&](Request &request) { return isDone(request); });
  }

  void advancePrompts(const StepWork &work) {
    std::deque<Request> begun;
    for (int64_t i = 0; i < work.prompts; ++i) {
      Request request = prompts.front();
      prompts.pop_front();
      request.input += work.promptTokens;
      if (request.input < scenario.input) {
        begun.push_back(request);
        continue;
      }
      request.first = now;
      if (request.measured) {
        firstTokens.push_back(now - request.arrival);
      }
      if (isMeasuring) {
        served.inputTokens += double(scenario.input);
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
    if (request.output < scenario.output) {
      return false;
    }
    ++finished;
    served.requests += isMeasuring ? 1 : 0;
    if (request.measured) {
      latencies.push_back(now - request.arrival);
      if (scenario.output > 1) {
        tokenTimes.push_back((now - request.first) /
                             double(scenario.output - 1));
      }
    }
    if (!scenario.rate) {
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
  served.seconds = seconds;
  served.requests = served.outputTokens = served.meanBatch =
      double(scenario.batch);
  served.inputTokens =
      isPrefill ? double(scenario.batch) * double(scenario.input) : 0;
  Percentiles all{seconds, seconds, seconds, seconds};
  served.firstToken = isPrefill ? all : Percentiles();
  served.perToken = served.latency = all;
  served.joules = step->joules;
  served.boundSeconds = step->bound.value();
  served.secondsByPart = step->secondsByPart;
  served.joulesByPart = step->joulesByPart;
  served.slowdown = step->slowdown;
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
  for (int64_t past = scenario.cachedTokens(); past < scenario.input;) {
    int64_t piece = std::min(scenario.chunk, scenario.input - past);
    works.push_back({0, 0, 1, piece, past});
    past += piece;
  }
  return works;
}
