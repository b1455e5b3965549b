//===- Fuzz.h - What every harness has --------------------------*- C++ -*-===//
//
// A harness is one LLVMFuzzerTestOneInput: it gives bytes to a parser, which
// may accept or refuse them, and checks what must hold for all that are
// accepted. libFuzzer drives it (preset `fuzz`); in other builds Standalone.cpp
// replays files.
//
//===----------------------------------------------------------------------===//

#ifndef TEST_FUZZ_FUZZ_H
#define TEST_FUZZ_FUZZ_H

#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/ErrorHandling.h"

#include <cstddef>
#include <cstdint>
#include <optional>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

namespace acc::fuzz {

inline llvm::StringRef asText(const uint8_t *data, size_t size) {
  return {reinterpret_cast<const char *>(data), size};
}

/// Ends the process, which is what a fuzzer sees.
inline void require(bool holds, const llvm::Twine &property) {
  if (!holds) {
    llvm::report_fatal_error(property, /*gen_crash_diag=*/true);
  }
}

/// The same, and says where two texts differ.
inline void requireSame(llvm::StringRef first, llvm::StringRef second,
                        const llvm::Twine &property) {
  if (first == second) {
    return;
  }
  size_t at = 0;
  while (at < std::min(first.size(), second.size()) &&
         first[at] == second[at]) {
    ++at;
  }
  at -= std::min<size_t>(at, 40);
  require(false, property + "; at " + llvm::Twine(at) + ":\n" +
                     first.substr(at, 120) + "\nand then\n" +
                     second.substr(at, 120));
}

/// The value, or nothing after a refusal with a message.
template <typename T> std::optional<T> accept(llvm::Expected<T> result) {
  if (result) {
    return std::move(*result);
  }
  require(!llvm::toString(result.takeError()).empty(),
          "a refusal says what is wrong");
  return std::nullopt;
}

} // namespace acc::fuzz

#endif // TEST_FUZZ_FUZZ_H
