//===- Workers.cpp - Independent jobs in processes of their own -----------===//

#include "compiler-driver/Scenario/Workers.h"

#include "compiler-driver/Tensor/Errors.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Threading.h"
#include "llvm/Support/raw_ostream.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace llvm;
using namespace acc;

namespace {

enum class Verdict : char { Done = 'd', Wrong = 'w', Unsupported = 'u' };

/// A copy of this process that works on one job.
struct Worker {
  size_t job = 0;
  pid_t process = 0;
  int pipe = -1; ///< what the worker writes
  std::string text;
};

} // namespace

/// The verdict and the text, as a worker writes them.
static std::string runJob(size_t job,
                          function_ref<Expected<std::string>(size_t)> run) {
  Expected<std::string> result = run(job);
  if (result) {
    return char(Verdict::Done) + *result;
  }
  Verdict verdict = Verdict::Wrong;
  std::string text;
  handleAllErrors(
      result.takeError(),
      [&](const InputError &error) {
        if (error.isUnsupported()) {
          verdict = Verdict::Unsupported;
        }
        raw_string_ostream os(text);
        error.log(os);
      },
      [&](const ErrorInfoBase &error) { text = error.message(); });
  // The word comes again when the error is made again.
  StringRef rest = text;
  rest.consume_front("unsupported: ");
  return char(verdict) + rest.str();
}

static Error start(Worker &worker,
                   function_ref<Expected<std::string>(size_t)> run) {
  int ends[2];
  if (pipe(ends) != 0) {
    return makeInputError(Twine("no pipe to a worker: ") + strerror(errno));
  }
  // What is buffered would be written by both.
  std::fflush(nullptr);
  outs().flush();
  worker.process = fork();
  if (worker.process < 0) {
    close(ends[0]);
    close(ends[1]);
    return makeInputError(Twine("no worker: ") + strerror(errno));
  }
  if (worker.process == 0) {
    close(ends[0]);
    raw_fd_ostream os(ends[1], /*shouldClose=*/true);
    os << runJob(worker.job, run);
    os.close();
    _exit(0);
  }
  close(ends[1]);
  worker.pipe = ends[0];
  return Error::success();
}

/// Reads what there is; true at the end.
static bool readFrom(Worker &worker) {
  char buffer[4096];
  ssize_t count = read(worker.pipe, buffer, sizeof(buffer));
  if (count > 0) {
    worker.text.append(buffer, size_t(count));
    return false;
  }
  return count == 0 || errno != EINTR;
}

/// Waits until one of the workers is at its end, and takes it out.
static Worker finishOne(std::vector<Worker> &workers) {
  while (true) {
    std::vector<pollfd> files;
    for (const Worker &worker : workers) {
      files.push_back({worker.pipe, POLLIN, 0});
    }
    poll(files.data(), files.size(), -1);
    for (size_t i = 0; i < workers.size(); ++i) {
      if (files[i].revents != 0 && readFrom(workers[i])) {
        Worker worker = std::move(workers[i]);
        workers.erase(workers.begin() + ptrdiff_t(i));
        close(worker.pipe);
        int status = 0;
        while (waitpid(worker.process, &status, 0) < 0 && errno == EINTR) {
        }
        if (status != 0 || worker.text.empty()) {
          worker.text = char(Verdict::Wrong) +
                        ("a worker ended with status " + Twine(status)).str();
        }
        return worker;
      }
    }
  }
}

static Expected<std::string> takeResult(StringRef text) {
  StringRef rest = text.drop_front();
  switch (Verdict(text.front())) {
  case Verdict::Done:
    return rest.str();
  case Verdict::Unsupported:
    return makeUnsupportedError(rest);
  case Verdict::Wrong:
    break;
  }
  return makeInputError(rest);
}

Expected<std::vector<std::string>>
acc::scenario::runInProcesses(size_t count,
                              function_ref<Expected<std::string>(size_t)> run) {
  const size_t most = hardware_concurrency().compute_thread_count();
  std::vector<std::string> texts(count);
  std::vector<Worker> workers;
  size_t next = 0;
  while (next < count || !workers.empty()) {
    if (next < count && workers.size() < most) {
      Worker worker;
      worker.job = next++;
      if (Error error = start(worker, run)) {
        texts[worker.job] = char(Verdict::Wrong) + toString(std::move(error));
      } else {
        workers.push_back(std::move(worker));
      }
      continue;
    }
    Worker worker = finishOne(workers);
    texts[worker.job] = std::move(worker.text);
  }
  std::vector<std::string> results;
  for (const std::string &text : texts) {
    Expected<std::string> result = takeResult(text);
    if (!result) {
      return result.takeError();
    }
    results.push_back(std::move(*result));
  }
  return results;
}
