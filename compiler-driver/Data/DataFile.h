//===- DataFile.h - Files of sourced figures --------------------*- C++ -*-===//
//
// The format of targets/energy and targets/systems: a name, a title, and
// figures that each say their unit, their source and how far to trust them. A
// figure without a source is refused.
//
//   name: h200
//   title: "NVIDIA H200 SXM 141 GB"
//   sources:                        # optional: documents of this file alone
//     my-sheet: "Data sheet of …, table 3"
//   figures:
//     memory_bandwidth:
//       value: 4.8
//       unit: TB/s
//       source: [my-sheet]          # names in `sources` or documents.yaml of
//       confidence: official        # targets/sources, or the text itself
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_DATA_DATAFILE_H
#define COMPILER_DRIVER_DATA_DATAFILE_H

#include "compiler-driver/Data/Range.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Error.h"

#include <map>
#include <string>
#include <vector>

namespace acc::data {

/// A place in a data file; lines and columns start at 1.
struct Location {
  unsigned line = 1;
  unsigned column = 1;
};

/// A figure of a data file.
struct Figure {
  std::string id; ///< its key in the file
  Range range;    ///< low = value = high if the file gives no band
  bool hasRange = false;
  std::string unit;
  std::string basis;  ///< dense, sparse, one-way, two-way; or empty
  std::string node;   ///< process, or empty
  std::string source; ///< text; of several documents joined by "; "
  std::string confidence;
  std::string note;
  std::string file; ///< that has it
  Location at;
};

/// Name of a document -> what it is.
using Bibliography = std::map<std::string, std::string>;

struct DataFile {
  std::string path;
  std::string name;
  std::string title;
  Location nameAt;
  std::vector<std::string> aliases;
  /// What the format's user allows beside (see `DataFileKeys`).
  std::map<std::string, std::string> scalars;
  std::map<std::string, std::vector<std::string>> lists;
  Bibliography sources;
  std::map<std::string, Figure> figures;

  /// Null if there is no such figure.
  const Figure *find(llvm::StringRef key) const;
  /// The figure in this unit; an error if it is missing or in another.
  llvm::Expected<const Figure *> get(llvm::StringRef key,
                                     llvm::StringRef unit) const;
  /// "FILE:LINE:COLUMN: error: MESSAGE".
  llvm::Error makeError(Location at, const llvm::Twine &message) const;
};

/// Keys that a kind of data file has beside name, title, aliases, sources and
/// figures.
struct DataFileKeys {
  llvm::ArrayRef<llvm::StringLiteral> scalars;
  llvm::ArrayRef<llvm::StringLiteral> lists;
};

/// Parses the text of a data file. A list of sources names documents of the
/// file itself or of `documents`.
llvm::Expected<DataFile> parseDataFile(llvm::StringRef text,
                                       llvm::StringRef path,
                                       const DataFileKeys &keys = {},
                                       const Bibliography &documents = {});

/// The documents that any data file may cite.
llvm::Expected<Bibliography> loadDocuments();

/// Reads `NAME.yaml` of a folder of targets/ (also by an alias), or a file if
/// the name ends in .yaml. `kind` is for messages. Refuses a folder in which
/// two files have the same name or alias.
llvm::Expected<DataFile> loadDataFile(llvm::StringRef folder,
                                      llvm::StringRef nameOrPath,
                                      llvm::StringRef kind,
                                      const DataFileKeys &keys = {});

/// All data files of a folder of targets/, sorted by name.
llvm::Expected<std::vector<DataFile>>
loadDataFiles(llvm::StringRef folder, llvm::StringRef kind,
              const DataFileKeys &keys = {});

/// As a reader of the project knows it: "targets/systems/h200.yaml"; paths
/// elsewhere as they are.
std::string displayPath(llvm::StringRef path);

/// Path of a file or folder in targets/.
std::string dataPath(llvm::StringRef name);

/// Names of the data files in a folder of targets/, sorted.
std::vector<std::string> listDataFiles(llvm::StringRef folder);

} // namespace acc::data

#endif // COMPILER_DRIVER_DATA_DATAFILE_H
