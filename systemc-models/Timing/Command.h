//===- Command.h - A decoded engine command -----------------------*- C++
//-*-===//
//
// What the sequencer pushes into a queue: the decoded fields with the base
// registers already added (section 4 of docs/machine.md).
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_TIMING_COMMAND_H
#define ACC_SYSTEMC_MODELS_TIMING_COMMAND_H

#include "dialects/ISA/Isa.h"

#include <array>
#include <cstdint>
#include <optional>
#include <variant>

namespace acc {

namespace isa = ::xpu::isa;

/// Number of engines that have a queue.
inline constexpr unsigned numEngines = isa::kNumEngines;
static_assert(numEngines == unsigned(isa::Engine::Seq),
              "the sequencer comes behind the engines");
/// Number of event counters.
inline constexpr unsigned numCounters = isa::kNumCounterValues;

using Registers = std::array<uint32_t, isa::kNumScalarRegs>;
using Counters = std::array<uint64_t, numCounters>;

/// Access to a counter by name.
inline uint64_t &at(Counters &counters, isa::Counter c) {
  return counters[unsigned(c)];
}

/// The counters of an engine.
constexpr isa::Counter commandsOf(unsigned engine) {
  return isa::Counter(unsigned(isa::Counter::LOAD_CMDS) + 2 * engine);
}
constexpr isa::Counter busyOf(unsigned engine) {
  return isa::Counter(unsigned(isa::Counter::LOAD_BUSY) + 2 * engine);
}
static_assert(busyOf(numEngines - 1) == isa::Counter::NET_BUSY,
              "each engine has its two counters, in the order of engines");

/// LOAD and STORE have the same fields; both are kept as isa::Load.
using Dma = isa::Load;

/// MATMULMX and MATMULRS begin with the fields of MATMUL; all are kept as one.
struct Matmul : isa::Matmulmx {
  bool scaled = false;   ///< a MATMULMX
  bool rescales = false; ///< a MATMULRS
  uint32_t rsBase = 0;   ///< of the bytes that say how often
  uint8_t rsReg = 0;     ///< register added to it

  Matmul() = default;
  explicit Matmul(const isa::Matmulrs &fields);
  Matmul(const isa::Matmulmx &fields, bool isScaled)
      : isa::Matmulmx(fields), scaled(isScaled) {}
};

/// Where a slice is; what RDID reads.
struct SliceId {
  uint32_t slice = 0, chip = 0;
  uint32_t row = 0, column = 0;
  uint32_t rows = 1, columns = 1;      ///< of the chip
  uint32_t trays = 1, chipsOfTray = 1; ///< of the rack

  /// Nothing if there is no such number.
  std::optional<uint32_t> read(uint32_t id) const;
};

/// A collective with the slice's place in the group.
struct Collective : isa::Collective {
  uint32_t members = 1; ///< on all chips that take part
  uint32_t member = 0;
  uint32_t chipsOfGroup = 1;
  bool hasFabric = false; ///< the slice's chip is one of several

  Collective() = default;
  explicit Collective(const isa::Collective &fields)
      : isa::Collective(fields) {}

  bool reduces() const {
    return kind == isa::CollectiveKind::AllReduce ||
           kind == isa::CollectiveKind::ReduceScatter;
  }
  bool isOverChips() const { return chips != isa::Chips::Own; }
  /// Parts that pass through the network one after the other.
  uint32_t parts() const;
  /// Whether the slice gives, or gets, part `part` of them.
  bool gives(uint32_t part) const;
  bool gets(uint32_t part) const;
  /// What all members of a group have to agree on.
  bool agreesWith(const Collective &other) const;
};

/// The SYNC of each engine has nothing but the header.
struct Sync {};

struct Command {
  isa::Engine engine = isa::Engine::Load;
  uint32_t pc = 0;   ///< word address, for faults and records
  uint8_t words = 0; ///< length field
  uint16_t rdBanks = 0;
  uint16_t auxBanks = 0;
  uint16_t wrBanks = 0;
  uint32_t waitMask = 0;
  uint32_t signalMask = 0;
  std::variant<Dma, Matmul, isa::Accst, isa::Vpurun, Collective, Sync> body;
};

/// True if `opcode` is one of the engine commands.
bool isCommand(unsigned opcode);

/// True if the length field of the command or scalar instruction at `code` is
/// one that its opcode allows.
bool hasValidLength(const isa::Word *code);

/// Decodes the command at `code`, whose opcode and length have been checked.
/// Base registers are not added.
Command decodeCommand(const isa::Word *code, uint32_t pc);

/// Gives a collective the slice's place in its group.
void placeInGroup(Command &command, const SliceId &id);

/// Adds the base registers (modulo 2^32).
void addBaseRegisters(Command &command, const Registers &regs);

} // namespace acc

#endif // ACC_SYSTEMC_MODELS_TIMING_COMMAND_H
