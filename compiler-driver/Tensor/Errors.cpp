//===- Errors.cpp - Errors about user input -------------------------------===//

#include "compiler-driver/Tensor/Errors.h"

#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace acc {

char InputError::ID = 0;

void InputError::log(raw_ostream &os) const {
  if (unsupported) {
    os << "unsupported: ";
  }
  os << text;
}

std::error_code InputError::convertToErrorCode() const {
  return std::make_error_code(unsupported ? std::errc::not_supported
                                          : std::errc::invalid_argument);
}

Error makeInputError(const Twine &message) {
  return make_error<InputError>(message.str(), /*unsupported=*/false);
}

Error makeUnsupportedError(const Twine &message) {
  return make_error<InputError>(message.str(), /*unsupported=*/true);
}

int reportError(Error error, StringRef tool, raw_ostream &os) {
  int status = 0;
  handleAllErrors(
      std::move(error),
      [&](const InputError &e) {
        status = std::max(status, e.isUnsupported() ? 3 : 1);
        // Scripts recognise an unsupported request by the start of its line.
        if (!e.isUnsupported()) {
          os << tool << ": error: ";
        }
        os << e.message() << "\n";
      },
      [&](const ErrorInfoBase &e) {
        status = std::max(status, 1);
        os << tool << ": error: " << e.message() << "\n";
      });
  return status;
}

} // namespace acc
