//===- ReadMlir.cpp - MLIR from files that may be damaged -----------------===//

#include "compiler-driver/Runtime/ReadMlir.h"

#include "compiler-driver/Tensor/Errors.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"

#include <csignal>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace mlir;

namespace acc {

/// Reading takes linear time; a file that takes longer is made to.
static const rlim_t secondsForFile = 60;
static const rlim_t secondsPerGigabyte = 60;

/// Ends the process: with 0, or by the signal that the reader dies of.
[[noreturn]] static void readAndExit(llvm::MemoryBufferRef buffer,
                                     const DialectRegistry &registry) {
  for (int number : {SIGSEGV, SIGBUS, SIGABRT, SIGILL, SIGFPE, SIGXCPU}) {
    std::signal(number, SIG_DFL);
  }
  rlim_t seconds =
      secondsForFile + secondsPerGigabyte * (buffer.getBufferSize() >> 30);
  rlimit time{seconds, seconds};
  setrlimit(RLIMIT_CPU, &time);
  rlimit core{0, 0};
  setrlimit(RLIMIT_CORE, &core);
  // What allocators and asserts would say is the parent's to say.
  close(STDERR_FILENO);
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  ScopedDiagnosticHandler silent(&context, [](Diagnostic &) {});
  llvm::SourceMgr sources;
  sources.AddNewSourceBuffer(
      llvm::MemoryBuffer::getMemBuffer(buffer,
                                       /*RequiresNullTerminator=*/false),
      llvm::SMLoc());
  OwningOpRef<ModuleOp> module = parseSourceFile<ModuleOp>(sources, &context);
  _exit(0);
}

llvm::Error checkReadable(llvm::MemoryBufferRef buffer,
                          const DialectRegistry &registry) {
  pid_t child = fork();
  if (child < 0) {
    return makeInputError(
        buffer.getBufferIdentifier() +
        ": no process to read it in: " + std::strerror(errno));
  }
  if (child == 0) {
    readAndExit(buffer, registry);
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
    return llvm::Error::success();
  }
  bool tooLong = WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU;
  return makeInputError(
      buffer.getBufferIdentifier() +
      (tooLong ? ": takes too long to read; " : ": breaks MLIR's reader; ") +
      "it is damaged, or nested too deeply");
}

} // namespace acc
