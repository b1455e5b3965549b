//===- Collective.h - What slices do together ---------------------*- C++
//-*-===//
//
// The groups of slices, and the values of a collective (sections 9 and 11 of
// docs/machine.md). No time: all members of a group have started it.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_FUNCTIONAL_COLLECTIVE_H
#define ACC_SYSTEMC_MODELS_FUNCTIONAL_COLLECTIVE_H

#include "dialects/Target/Machine.h"
#include "systemc-models/Functional/Executor.h"

#include "llvm/ADT/ArrayRef.h"

#include <vector>

namespace acc {

/// A slice by its number among all of the machine. `chip` is the CHIP_ID of the
/// only chip; chips of a rack have their numbers.
SliceId sliceIdOf(const Machine &machine, uint32_t chip, uint32_t slice);

/// The members of the slice's group in its chip, in their order, by their
/// numbers in the chip.
std::vector<uint32_t> membersOf(const Chip::Grid &grid, isa::Group group,
                                uint32_t slice);

/// The chips that take part with a chip, in their order.
std::vector<uint32_t> chipsOf(const Machine &machine, isa::Chips chips,
                              uint32_t chip);

/// Bytes of a row of a part, and where a member has it to give and to get.
uint32_t rowBytesOf(const Collective &c);
uint32_t sourceOf(const Collective &c, uint32_t part, uint32_t row);
uint32_t placeOf(const Collective &c, uint32_t part, uint32_t row);

/// The fault of the slice's own accesses, in the order in which they are made;
/// then that of errors in what it gives.
isa::Fault checkCollective(const Machine &machine, const Command &command,
                           Executor &executor);

/// A slice's part in a collective.
struct Participant {
  const Collective *collective = nullptr;
  Executor *executor = nullptr;
  /// Faulted: gives nothing and gets nothing.
  bool isOut = false;
};

/// Contiguous bytes of a row as the words in which they travel: what is reduced
/// as a word for each element, 16-bit numbers in 32 bits; else four bytes in
/// each.
std::vector<uint32_t> toWords(const Collective &collective,
                              llvm::ArrayRef<uint8_t> bytes);
/// And back, rounded once.
void toBytes(const Collective &collective, llvm::ArrayRef<uint32_t> words,
             llvm::MutableArrayRef<uint8_t> bytes);

/// What the network makes of the words of the members of a group, in their
/// order; who gives nothing has none. The members of a row of slices are
/// reduced first, then the rows in theirs; those of a single one pass.
std::vector<uint32_t> reduceWords(const Collective &collective,
                                  const Chip::Grid &grid,
                                  std::vector<std::vector<uint32_t>> given);

/// What a chip's members give to all chips: parts, rows and columns without
/// gaps, sums of 16-bit numbers in 32 bits. Part p of a gather is that of
/// member p of the chip; a broadcast has nothing but on the chip of its root.
std::vector<uint8_t> giveOfChip(llvm::ArrayRef<Participant> members,
                                const Chip::Grid &grid);

/// What `giveOfChip` says has of it for the members of a chip, in the order of
/// chips: of what is scattered a share, else all.
llvm::ArrayRef<uint8_t> shareOf(const Collective &collective,
                                llvm::ArrayRef<uint8_t> given, uint32_t chip);

/// Gives the members of a chip what they get, from the shares of all chips.
void takeOfChip(llvm::ArrayRef<Participant> members,
                llvm::ArrayRef<llvm::ArrayRef<uint8_t>> shares);

/// Moves and reduces the data of a group that agrees, whose members are in
/// their order.
void runCollective(llvm::ArrayRef<Participant> members, const Chip::Grid &grid);

} // namespace acc

#endif // ACC_SYSTEMC_MODELS_FUNCTIONAL_COLLECTIVE_H
