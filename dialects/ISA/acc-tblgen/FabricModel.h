//===- FabricModel.h - The records of the fabric for emitters ---*- C++ -*-===//
//
// Layouts and checks of Fabric.td, beside the constants and enumerations that
// they share with the ISA (IsaModel.h).
//
//===----------------------------------------------------------------------===//

#ifndef DIALECTS_ISA_ACC_TBLGEN_FABRICMODEL_H
#define DIALECTS_ISA_ACC_TBLGEN_FABRICMODEL_H

#include "IsaModel.h"

#include <array>

namespace isagen {

struct Layout {
  std::string name;
  std::string doc;
  std::vector<Field> fields;

  unsigned bits() const { return fields.back().offset + fields.back().width; }
  unsigned units() const { return (bits() + 63) / 64; }
};

/// A reflected cyclic redundancy check as linear maps on its state.
struct Check {
  std::string name;
  std::string doc;
  unsigned width = 0;
  uint32_t polynomial = 0;

  uint32_t step(uint32_t state) const {
    return state & 1 ? state >> 1 ^ polynomial : state >> 1;
  }
  uint32_t steps(uint32_t state, unsigned count) const {
    while (count--) {
      state = step(state);
    }
    return state;
  }
  /// Row `bit` of the matrix that takes `inputs` bits to the state after them
  /// and `after` zeros.
  uint64_t row(unsigned bit, unsigned inputs, unsigned after) const;
};

struct FabricModel {
  unsigned mostUnits = 0; ///< of the widest word
  std::vector<Constant> constants;
  std::vector<Enumeration> enumerations;
  std::vector<Layout> layouts;
  std::vector<Check> checks;
};

FabricModel readFabric(const llvm::RecordKeeper &records);

void emitFabricCpp(const FabricModel &fabric, llvm::raw_ostream &os);
void emitFabricSystemVerilog(const FabricModel &fabric, llvm::raw_ostream &os);
void emitFabricManual(const FabricModel &fabric, llvm::raw_ostream &os);

} // namespace isagen

#endif // DIALECTS_ISA_ACC_TBLGEN_FABRICMODEL_H
