//===- Sanitizer.cpp - What AddressSanitizer is not to check --------------===//
//
// LLVM, MLIR and protobuf are not instrumented. Their inline functions are, in
// our code: one half of what marks the parts of a vector or of LLVM's arenas
// that are in use, while the other half is not there.
//
//===----------------------------------------------------------------------===//

extern "C" const char *__asan_default_options();

const char *__asan_default_options() {
  return "detect_container_overflow=0:allow_user_poisoning=0";
}
