//===- System.h - Off-the-shelf accelerators as data ------------*- C++ -*-===//
//
// A system of targets/systems: figures of a GPU or another accelerator, its
// node and its rack, each with its source. What is read here is checked:
// units have the right dimension, peaks are dense or sparse and links one way
// or two ways as their names say, and nothing is misspelt.
//
//   Expected<System> system = loadSystem("h200");
//   if (auto peak = system->peak(Precision::FP8))
//     use(*peak, peak.figure().source);
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_SYSTEMS_SYSTEM_H
#define COMPILER_DRIVER_SYSTEMS_SYSTEM_H

#include "compiler-driver/Baselines/Precision.h"
#include "compiler-driver/Baselines/Units.h"
#include "compiler-driver/Data/DataFile.h"

#include <cassert>
#include <memory>

namespace acc::systems {

using data::Figure;

/// A count or a ratio.
using Number = double;

/// What a figure is of.
enum class Scope { Device, Node, Rack, Facility };
llvm::StringRef getName(Scope scope);

/// A figure as a quantity, with what the file says of it. Empty if the file
/// does not give it.
template <typename Q> class Sourced {
public:
  Sourced() = default;
  Sourced(Q quantity, const Figure &figure)
      : quantity(quantity), from(&figure) {}

  explicit operator bool() const { return from; }
  Q operator*() const {
    assert(from && "the file does not give this figure");
    return quantity;
  }
  Q valueOr(Q other) const { return from ? quantity : other; }
  /// Id, source, confidence, note and place in the file.
  const Figure &figure() const { return *from; }

private:
  Q quantity{};
  const Figure *from = nullptr;
};

/// A figure that system files may give.
struct FigureKind {
  std::string key;
  llvm::StringRef unit; ///< of the base: "B/s"; files may scale it: "TB/s"
  llvm::StringRef basis;
  Scope scope;
  bool required;
  std::string meaning;
};
/// All kinds, in the order in which they are printed.
llvm::ArrayRef<FigureKind> getFigureKinds();

class System {
public:
  /// Checks the figures of a file.
  static llvm::Expected<System> create(data::DataFile file);

  const std::string &name() const { return file->name; }
  const std::string &title() const { return file->title; }
  /// File that the figures are from.
  const std::string &path() const { return file->path; }
  llvm::ArrayRef<std::string> aliases() const { return file->aliases; }
  const std::string &vendor() const { return scalar("vendor"); }
  /// Generation, whose kernels behave alike: "hopper".
  const std::string &architecture() const { return scalar("architecture"); }
  /// Names under which measurements of this system are published.
  llvm::ArrayRef<std::string> measuredAs() const;

  /// Dense operations per second of one device, an addition and a
  /// multiplication counted as two.
  Sourced<OperationsPerSecond> peak(Precision precision) const;
  /// With the vendor's structured sparsity.
  Sourced<OperationsPerSecond> sparsePeak(Precision precision) const;
  /// Dense, of the whole rack.
  Sourced<OperationsPerSecond> rackPeak(Precision precision) const;

#define FIGURE(ACCESSOR, KEY, TYPE, BASIS, SCOPE, NEED, MEANING)               \
  Sourced<TYPE> ACCESSOR() const { return get<TYPE>(Index::ACCESSOR); }
#include "compiler-driver/Baselines/Figures.def"

  /// The figure with this key; null if the file does not give it.
  const Figure *find(llvm::StringRef key) const { return file->find(key); }
  /// Its value in the base unit of its kind, for those who print.
  Sourced<Number> number(llvm::StringRef key) const;

private:
  enum class Index : unsigned {
#define FIGURE(ACCESSOR, KEY, TYPE, BASIS, SCOPE, NEED, MEANING) ACCESSOR,
#include "compiler-driver/Baselines/Figures.def"
    firstPeak
  };
  /// A figure and its value in the base unit.
  struct Slot {
    const Figure *figure = nullptr;
    double value = 0;
  };

  std::shared_ptr<const data::DataFile> file; ///< immutable: copies share it
  std::vector<Slot> slots;                    ///< by index of the figure's kind

  const std::string &scalar(const char *key) const;
  Sourced<OperationsPerSecond> getPeak(Precision precision,
                                       unsigned variant) const;
  template <typename Q> Sourced<Q> get(Index index) const {
    const Slot &slot = slots[unsigned(index)];
    return slot.figure ? Sourced<Q>(Q(slot.value), *slot.figure) : Sourced<Q>();
  }
};

/// Parses the text of a system's file, which may cite `documents`.
llvm::Expected<System> parseSystem(llvm::StringRef text, llvm::StringRef path,
                                   const data::Bibliography &documents);
/// The system of this name (`h200`), alias or file.
llvm::Expected<System> loadSystem(llvm::StringRef nameOrPath);
/// All systems of targets/systems, sorted by name.
llvm::Expected<std::vector<System>> loadSystems();
/// Names of targets/systems, sorted.
std::vector<std::string> listSystems();

} // namespace acc::systems

#endif // COMPILER_DRIVER_SYSTEMS_SYSTEM_H
