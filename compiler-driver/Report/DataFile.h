//===- DataFile.h - Files of sourced figures --------------------*- C++ -*-===//
//
// The format of targets/energy and targets/systems: a name, a title, and
// figures that each say their unit, their source and how far to trust them. A
// figure without a source is refused.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_REPORT_DATAFILE_H
#define COMPILER_DRIVER_REPORT_DATAFILE_H

#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Error.h"

#include <map>
#include <string>
#include <vector>

namespace acc::report {

/// A quantity with the band in which it may lie.
struct Range {
  double value = 0;
  double low = 0;
  double high = 0;

  Range &operator+=(const Range &o) {
    value += o.value;
    low += o.low;
    high += o.high;
    return *this;
  }
};

inline Range operator+(Range a, const Range &b) { return a += b; }
/// Of independent positive quantities: both low together, both high together.
inline Range operator*(const Range &a, const Range &b) {
  return {a.value * b.value, a.low * b.low, a.high * b.high};
}
inline Range operator*(const Range &a, double factor) {
  return {a.value * factor, a.low * factor, a.high * factor};
}
/// A large divisor makes a small quotient.
inline Range operator/(const Range &a, const Range &b) {
  return {a.value / b.value, a.low / b.high, a.high / b.low};
}
inline Range operator-(const Range &a, const Range &b) {
  return {a.value - b.value, a.low - b.low, a.high - b.high};
}

/// A figure of a data file.
struct Figure {
  Range range; ///< low = value = high if the file gives no band
  bool hasRange = false;
  std::string unit;
  std::string node; ///< process, or empty
  std::string source;
  std::string confidence;
  std::string note;
  unsigned line = 0;
};

struct DataFile {
  std::string path;
  std::string name;
  std::string title;
  std::vector<std::string> aliases;
  std::map<std::string, Figure> figures;

  /// Null if there is no such figure.
  const Figure *find(llvm::StringRef key) const;
  /// The figure in this unit; an error if it is missing or in another.
  llvm::Expected<const Figure *> get(llvm::StringRef key,
                                     llvm::StringRef unit) const;
  /// An error about a line of the file.
  llvm::Error makeError(unsigned line, const llvm::Twine &message) const;
};

/// Parses the text of a data file; errors are "FILE:LINE: message".
llvm::Expected<DataFile> parseDataFile(llvm::StringRef text,
                                       llvm::StringRef path);

/// Reads `NAME.yaml` of a folder of targets/ (also by an alias), or a file if
/// the name ends in .yaml. `kind` is for messages.
llvm::Expected<DataFile> loadDataFile(llvm::StringRef folder,
                                      llvm::StringRef nameOrPath,
                                      llvm::StringRef kind);

/// Names of the data files in a folder of targets/, sorted.
std::vector<std::string> listDataFiles(llvm::StringRef folder);

} // namespace acc::report

#endif // COMPILER_DRIVER_REPORT_DATAFILE_H
