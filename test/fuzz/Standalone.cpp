//===- Standalone.cpp - Harnesses without libFuzzer -----------------------===//
//
//   acc-fuzz-NAME [-damage=N] FILE|FOLDER...
//
// Gives each file to the harness, and N copies of it with flipped bits, cut or
// with a piece of them repeated. Seeded, so that a failure is found again. The
// time and the memory of one input are bounded, as libFuzzer bounds them.
//
//===----------------------------------------------------------------------===//

#include "test/fuzz/Fuzz.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Compiler.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/PrettyStackTrace.h"
#include "llvm/Support/Signals.h"
#include "llvm/Support/raw_ostream.h"

#include <csignal>
#include <random>
#include <sys/resource.h>
#include <unistd.h>

using namespace llvm;

static constexpr unsigned kSeconds = 10;
static constexpr rlim_t kBytes = rlim_t(4) << 30;

namespace {
class Damage {
public:
  explicit Damage(uint64_t seed) : random(seed) {}

  std::string apply(std::string text) {
    switch (below(8)) {
    case 0:
      text.resize(below(text.size()));
      break;
    case 1: {
      size_t at = below(text.size());
      std::string piece = text.substr(at, 1 + below(64));
      text.insert(below(text.size()), piece);
      break;
    }
    default:
      for (size_t i = 0, count = 1 + below(4); i < count && !text.empty();
           ++i) {
        text[below(text.size())] ^= static_cast<char>(1u << below(8));
      }
    }
    return text;
  }

private:
  size_t below(size_t limit) { return random() % std::max<size_t>(1, limit); }

  std::mt19937_64 random;
};
} // namespace

static const char *currentFile = "";

static void onAlarm(int) {
  for (const char *text :
       {currentFile, ": takes longer than a harness may take\n"}) {
    (void)!write(STDERR_FILENO, text, strlen(text));
  }
  _exit(1);
}

static void bound() {
#if !LLVM_ADDRESS_SANITIZER_BUILD // It reserves more than there is.
  rlimit memory{kBytes, kBytes};
  setrlimit(RLIMIT_AS, &memory);
#endif
  std::signal(SIGALRM, onAlarm);
}

static void run(StringRef text) {
  // A copy of its own, so that a sanitizer sees reads beyond the end.
  std::vector<uint8_t> bytes(text.begin(), text.end());
  alarm(kSeconds);
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
  alarm(0);
}

static std::vector<std::string> listFiles(StringRef path) {
  std::vector<std::string> files;
  std::error_code code;
  if (!sys::fs::is_directory(path)) {
    return {path.str()};
  }
  for (sys::fs::directory_iterator it(path, code), end; it != end && !code;
       it.increment(code)) {
    files.push_back(it->path());
  }
  llvm::sort(files);
  return files;
}

int main(int argc, char **argv) {
  sys::PrintStackTraceOnErrorSignal(argv[0]);
  bound();
  unsigned copies = 0;
  size_t count = 0;
  for (StringRef argument : ArrayRef(argv + 1, argc - 1)) {
    if (argument.consume_front("-damage=")) {
      if (argument.getAsInteger(10, copies)) {
        errs() << "-damage: expects a number\n";
        return 1;
      }
      continue;
    }
    for (const std::string &file : listFiles(argument)) {
      auto buffer = MemoryBuffer::getFile(file);
      if (!buffer) {
        errs() << file << ": " << buffer.getError().message() << "\n";
        return 1;
      }
      currentFile = file.c_str();
      PrettyStackTraceString trace(currentFile);
      StringRef text = (*buffer)->getBuffer();
      run(text);
      Damage damage(1);
      for (unsigned i = 0; i < copies; ++i) {
        run(damage.apply(text.str()));
      }
      count += 1 + copies;
    }
  }
  outs() << count << " inputs\n";
  return count == 0;
}
