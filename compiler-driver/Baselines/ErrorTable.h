//===- ErrorTable.h - Errors of the model, by class and system --*- C++ -*-===//
//
// What a validation found, kept in targets/systems/model/errors.json, and which
// of it applies to a system: its own cross-validated error, if the class was
// measured on it; else that of leaving out a device whose generation stays;
// else that of leaving out a whole generation.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_SYSTEMS_ERRORTABLE_H
#define COMPILER_DRIVER_SYSTEMS_ERRORTABLE_H

#include "compiler-driver/Baselines/Validation.h"

namespace acc::systems {

class ErrorTable {
public:
  static ErrorTable of(const Validation &validation);
  static llvm::Expected<ErrorTable> load();
  llvm::json::Value toJson() const;

  /// `measuredGeneration`: the system's parameters rest on its own generation.
  ErrorBand find(ErrorClass errorClass, llvm::StringRef system,
                 bool measuredGeneration) const;

private:
  struct Entry {
    std::map<std::string, ErrorStatistics> systems; ///< cross-validated
    ErrorStatistics leftOut, transferred;
  };
  std::map<std::string, Entry> classes;
};

} // namespace acc::systems

#endif // COMPILER_DRIVER_SYSTEMS_ERRORTABLE_H
