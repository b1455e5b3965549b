//===- Sweep.cpp - acc-cc on many designs ---------------------------------===//

#include "compiler-driver/Explore/Sweep.h"

#include "compiler-driver/Report/OutputFile.h"
#include "compiler-driver/Tensor/Errors.h"
#include "dialects/Target/Parameters.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/ThreadPool.h"

#include <mutex>

using namespace llvm;
using namespace acc;
using namespace acc::explore;

std::string explore::targetPath(StringRef folder, size_t design) {
  return (folder + "/design_" + Twine(design) + ".yaml").str();
}

Error explore::checkAxes(const Machine &base, ArrayRef<Axis> axes) {
  std::vector<StringRef> names;
  for (const Axis &axis : axes) {
    for (auto [column, name] : enumerate(axis.names)) {
      if (is_contained(names, StringRef(name))) {
        return makeInputError("--vary: '" + name + "' is varied twice");
      }
      names.push_back(name);
      for (const auto &point : axis.points) {
        if (isOption(name)) {
          continue;
        }
        if (Error error = checkParameter(base, name, point[column])) {
          return makeInputError("--vary: " + toString(std::move(error)));
        }
      }
    }
  }
  return Error::success();
}

/// Writes the target file of a design; errors say what cannot be built.
static Error writeTarget(const Sweep &sweep, size_t number) {
  Settings parameters;
  copy_if(sweep.designs[number], std::back_inserter(parameters),
          [](const auto &setting) { return !isOption(setting.first); });
  std::string path = targetPath(sweep.folder, number);
  if (Error error = report::writeFile(path, [&](raw_ostream &os) {
        os << printVariant(sweep.base, parameters);
      })) {
    return error;
  }
  Expected<Machine> read = loadMachine(path);
  return read ? Error::success() : read.takeError();
}

/// Of a tool's message what it ends with, without the places and names before:
/// "FILE:LINE:COL: error: WHAT" and "acc-cc: error: WHAT" give WHAT.
static std::string findReason(StringRef message) {
  SmallVector<StringRef> lines;
  message.split(lines, '\n', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  for (StringRef line : reverse(lines)) {
    if (size_t place = line.rfind("error: "); place != StringRef::npos) {
      return line.drop_front(place + strlen("error: ")).str();
    }
  }
  return lines.empty() ? "failed without a message" : lines.back().str();
}

static Outcome runDesign(const Sweep &sweep, size_t number) {
  Outcome outcome;
  if (Error error = writeTarget(sweep, number)) {
    outcome.problem = findReason(toString(std::move(error)));
    return outcome;
  }
  std::string base = (sweep.folder + "/design_" + Twine(number)).str();
  outcome.report = base + ".json";
  std::vector<std::string> arguments = {sweep.compiler, sweep.input,
                                        "--target=" +
                                            targetPath(sweep.folder, number),
                                        "--report=" + outcome.report};
  append_range(arguments, sweep.arguments);
  for (const auto &[name, value] : sweep.designs[number]) {
    if (isOption(name)) {
      arguments.push_back(name + "=" + value);
    }
  }
  SmallVector<StringRef> references(arguments.begin(), arguments.end());
  std::string messages = base + ".txt", why;
  bool failed = false;
  int status = sys::ExecuteAndWait(
      sweep.compiler, references, std::nullopt,
      {StringRef(""), StringRef(""), StringRef(messages)}, 0, 0, &why, &failed);
  if (status != 0) {
    outcome.report.clear();
    auto text = MemoryBuffer::getFile(messages);
    outcome.problem =
        findReason(text && !(*text)->getBuffer().empty() ? (*text)->getBuffer()
                                                         : StringRef(why));
  }
  return outcome;
}

Expected<std::vector<Outcome>> explore::run(const Sweep &sweep) {
  std::vector<Outcome> outcomes(sweep.designs.size());
  DefaultThreadPool pool(hardware_concurrency(sweep.jobs));
  std::mutex mutex;
  size_t done = 0;
  for (size_t number = 0; number < outcomes.size(); ++number) {
    pool.async([&, number] {
      outcomes[number] = runDesign(sweep, number);
      std::lock_guard lock(mutex);
      sweep.progress(++done);
    });
  }
  pool.wait();
  if (all_of(outcomes, [](const Outcome &o) { return o.report.empty(); })) {
    return makeInputError("no design could be run; the first: " +
                          outcomes.front().problem);
  }
  return outcomes;
}
