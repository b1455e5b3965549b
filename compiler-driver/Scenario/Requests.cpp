//===- Requests.cpp - Loads whose requests differ -------------------------===//

#include "compiler-driver/Scenario/Requests.h"

#include "compiler-driver/Tensor/Errors.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"

#include <cmath>
#include <ctime>
#include <iomanip>
#include <random>
#include <sstream>

using namespace llvm;
using namespace acc;
using namespace acc::scenario;

/// Of lengths between nothing and twice the mean, the mean of so many has a
/// standard error of 0.9 %.
static constexpr int kDrawn = 4096;

std::vector<RequestLengths> scenario::drawRequests(LengthRange input,
                                                   LengthRange output) {
  std::mt19937_64 random(1);
  // A distribution of our own: those of libraries differ.
  auto draw = [&](LengthRange range) {
    double uniform = double(random() >> 11) * 0x1.0p-53;
    return range.low + int64_t(uniform * double(range.high - range.low + 1));
  };
  std::vector<RequestLengths> requests(kDrawn);
  for (RequestLengths &request : requests) {
    request.input = draw(input);
    request.output = draw(output);
  }
  return requests;
}

RequestSpan scenario::spanOf(ArrayRef<RequestLengths> requests) {
  RequestSpan span;
  span.leastInput = kMostTokens;
  double input = 0, output = 0, held = 0;
  for (const RequestLengths &request : requests) {
    int64_t tokens = request.input + request.output;
    span.leastInput = std::min(span.leastInput, request.input);
    span.mostInput = std::max(span.mostInput, request.input);
    span.mostTokens = std::max(span.mostTokens, tokens);
    input += double(request.input);
    output += double(request.output);
    held += double(tokens) * double(request.output);
  }
  double count = double(std::max<size_t>(1, requests.size()));
  span.meanInput = std::max<int64_t>(1, std::llround(input / count));
  span.meanOutput = std::max<int64_t>(1, std::llround(output / count));
  span.heldTokens = int64_t(std::ceil(held / std::max(1.0, output)));
  return span;
}

namespace {

// Names of the published traces, then those of simulators and benchmarks.
constexpr StringLiteral kInputNames[] = {"ContextTokens", "Request tokens",
                                         "input_tokens",  "input_length",
                                         "prompt_tokens", "num_prefill_tokens"};
constexpr StringLiteral kOutputNames[] = {
    "GeneratedTokens", "Response tokens",   "output_tokens",
    "output_length",   "completion_tokens", "num_decode_tokens"};
constexpr StringLiteral kArrivalNames[] = {"TIMESTAMP", "arrival_s",
                                           "arrived_at"};

/// The cells of a line; commas in quotes are theirs.
void splitCells(StringRef line, SmallVectorImpl<StringRef> &cells) {
  cells.clear();
  bool isQuoted = false;
  size_t begin = 0;
  for (size_t i = 0; i <= line.size(); ++i) {
    if (i < line.size() && (line[i] != ',' || isQuoted)) {
      isQuoted ^= line[i] == '"';
      continue;
    }
    StringRef cell = line.slice(begin, i).trim();
    if (cell.size() >= 2 && cell.front() == '"' && cell.back() == '"') {
      cell = cell.drop_front().drop_back().trim();
    }
    cells.push_back(cell);
    begin = i + 1;
  }
}

std::optional<size_t> findColumn(ArrayRef<StringRef> header,
                                 ArrayRef<StringLiteral> names) {
  for (size_t i = 0; i < header.size(); ++i) {
    if (any_of(names, [&](StringRef name) {
          return header[i].equals_insensitive(name);
        })) {
      return i;
    }
  }
  return std::nullopt;
}

/// Seconds, or a date and time with or without a part of a second; time zones
/// are left aside, since differences count.
std::optional<double> parseTime(StringRef text) {
  double seconds = 0;
  if (!text.getAsDouble(seconds)) {
    return std::isfinite(seconds) ? std::optional(seconds) : std::nullopt;
  }
  std::tm date{};
  std::istringstream stream(text.str());
  stream >> std::get_time(&date, "%Y-%m-%d %H:%M:%S");
  if (stream.fail()) {
    return std::nullopt;
  }
  std::string rest;
  stream >> rest;
  StringRef part =
      StringRef(rest).take_while([](char c) { return c == '.' || isDigit(c); });
  double fraction = 0;
  if (!part.empty() && part.getAsDouble(fraction)) {
    return std::nullopt;
  }
  return double(timegm(&date)) + fraction;
}

bool parseTokens(StringRef text, int64_t &tokens) {
  return !text.getAsInteger(10, tokens) && tokens >= 0 && tokens <= kMostTokens;
}

} // namespace

Expected<RequestTrace> scenario::parseRequests(StringRef text, StringRef path) {
  StringRef line;
  text.consume_front("\xEF\xBB\xBF"); // a byte order mark of UTF-8
  std::tie(line, text) = text.split('\n');
  SmallVector<StringRef> cells;
  splitCells(line, cells);
  std::optional<size_t> input = findColumn(cells, kInputNames);
  std::optional<size_t> output = findColumn(cells, kOutputNames);
  std::optional<size_t> arrival = findColumn(cells, kArrivalNames);
  if (!input || !output) {
    return makeInputError(
        path + ":1: has no column of " +
        (input ? "answers; expects one of " : "prompts; expects one of ") +
        (input ? join(ArrayRef(kOutputNames), ", ")
               : join(ArrayRef(kInputNames), ", ")));
  }
  RequestTrace trace;
  trace.hasArrivals = arrival.has_value();
  for (unsigned number = 2; !text.empty(); ++number) {
    std::tie(line, text) = text.split('\n');
    if (line.trim().empty()) {
      continue;
    }
    splitCells(line, cells);
    auto fail = [&](StringRef what) {
      return makeInputError(path + ":" + Twine(number) + ": " + what);
    };
    RequestLengths request;
    if (std::max(*input, *output) >= cells.size() ||
        !parseTokens(cells[*input], request.input) ||
        !parseTokens(cells[*output], request.output)) {
      return fail("expects whole numbers of tokens up to 16,777,216");
    }
    if (arrival) {
      std::optional<double> time =
          *arrival < cells.size() ? parseTime(cells[*arrival]) : std::nullopt;
      if (!time) {
        return fail("expects a time in seconds or as 2023-11-16 18:15:46.68");
      }
      request.arrival = *time;
    }
    if (request.input > 0 && request.output > 0) {
      trace.requests.push_back(request);
    }
  }
  if (trace.requests.empty()) {
    return makeInputError(path + ": has no request with tokens in and out");
  }
  stable_sort(trace.requests, [](const auto &a, const auto &b) {
    return a.arrival < b.arrival;
  });
  double first = trace.requests.front().arrival;
  for (RequestLengths &request : trace.requests) {
    request.arrival -= first;
  }
  return std::move(trace);
}

Expected<RequestTrace> scenario::readRequests(StringRef path) {
  auto buffer = MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!buffer) {
    return makeInputError(path +
                          ": cannot be read: " + buffer.getError().message());
  }
  return parseRequests((*buffer)->getBuffer(), path);
}
