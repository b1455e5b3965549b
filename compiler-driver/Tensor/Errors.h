//===- Errors.h - Errors about user input -----------------------*- C++ -*-===//
//
// One error class for everything that a user can get wrong. It tells a wrong
// input (exit status 1) from a valid input that asks for something this
// toolchain does not support (exit status 3).
//
//===----------------------------------------------------------------------===//

#ifndef ACC_COMPILER_DRIVER_TENSOR_ERRORS_H
#define ACC_COMPILER_DRIVER_TENSOR_ERRORS_H

#include "llvm/ADT/Twine.h"
#include "llvm/Support/Error.h"

#include <string>
#include <system_error>

namespace acc {

/// An error about a file or an option given by the user.
class InputError : public llvm::ErrorInfo<InputError> {
public:
  static char ID;

  InputError(std::string text, bool unsupported)
      : text(std::move(text)), unsupported(unsupported) {}

  /// Prints the message; that of an unsupported request starts with
  /// `unsupported: `.
  void log(llvm::raw_ostream &os) const override;
  std::error_code convertToErrorCode() const override;

  /// True if the input is valid but uses a feature that is not supported.
  bool isUnsupported() const { return unsupported; }

private:
  std::string text;
  bool unsupported;
};

/// Returns an error that says what is wrong with an input.
llvm::Error makeInputError(const llvm::Twine &message);

/// Returns an error that names a valid but unsupported feature.
llvm::Error makeUnsupportedError(const llvm::Twine &message);

/// The exit status that the command-line contract assigns to `error`: 3 for an
/// unsupported feature, 1 for anything else. Prints the message to `os`,
/// prefixed with `tool: error: `, and consumes the error.
int reportError(llvm::Error error, llvm::StringRef tool, llvm::raw_ostream &os);

} // namespace acc

#endif // ACC_COMPILER_DRIVER_TENSOR_ERRORS_H
