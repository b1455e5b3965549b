//===- Requests.h - Loads whose requests differ -----------------*- C++ -*-===//
//
// Lengths of requests that are drawn from a range, or read from a trace of a
// service. The published ones can be read as they are: Microsoft's Azure LLM
// inference traces and BurstGPT (arXiv 2401.17644).
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_SCENARIO_REQUESTS_H
#define COMPILER_DRIVER_SCENARIO_REQUESTS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <vector>

namespace acc::scenario {

/// No model has a longer context, no machine more sequences.
inline constexpr int64_t kMostTokens = int64_t(1) << 24;

/// One request, in tokens.
struct RequestLengths {
  int64_t input = 1, output = 1;
  double arrival = 0; ///< in seconds since the first one of a trace
};

/// Lengths of which each is as likely as the others, both ends included.
struct LengthRange {
  int64_t low = 1, high = 1;
  bool isOne() const { return low == high; }
};

/// So many requests that their mean is within a percent of that of the ranges;
/// always the same ones.
std::vector<RequestLengths> drawRequests(LengthRange input, LengthRange output);

/// Requests of a CSV file with a header: columns of tokens in and out by one of
/// the names in use (`input_tokens`, `ContextTokens`, `Request tokens`, ...),
/// and of times of arrival, in seconds or as date and time, if it has them.
/// Rows without tokens are left out; the rest is in the order of arrival.
struct RequestTrace {
  std::vector<RequestLengths> requests;
  bool hasArrivals = false;
};
llvm::Expected<RequestTrace> parseRequests(llvm::StringRef text,
                                           llvm::StringRef path);
llvm::Expected<RequestTrace> readRequests(llvm::StringRef path);

/// What a load takes of a memory, and what its steps meet.
struct RequestSpan {
  int64_t leastInput = 1, mostInput = 1;
  int64_t meanInput = 1, meanOutput = 1;
  int64_t mostTokens = 1; ///< of a request and its answer
  /// The same on average over the requests that generate at one time, which
  /// are those with long answers.
  int64_t heldTokens = 1;
};
RequestSpan spanOf(llvm::ArrayRef<RequestLengths> requests);

} // namespace acc::scenario

#endif // COMPILER_DRIVER_SCENARIO_REQUESTS_H
