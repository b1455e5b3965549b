//===- RackTiming.h - Times of a collective over chips ------------*- C++
//-*-===//
//
// The closed forms of section 11 of docs/machine.md, in core cycles; what the
// messages take on the fabric is not among them. Bytes are those of messages.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_NET_RACKTIMING_H
#define ACC_SYSTEMC_MODELS_NET_RACKTIMING_H

#include "dialects/Target/Machine.h"
#include "systemc-models/Timing/Command.h"

#include "llvm/ADT/ArrayRef.h"

namespace acc {

/// Core cycles and cycles of the ports: two clocks of one source, both of which
/// begin with a cycle 0.
class RackClock {
public:
  explicit RackClock(const Machine &machine);
  /// What is known from the beginning of a cycle on is sampled by the next edge
  /// of the other clock: in the first cycle there that begins later.
  uint64_t toPort(uint64_t core) const;
  uint64_t toCore(uint64_t port) const;

  /// Periods in a common unit.
  uint64_t corePeriod() const { return core; }
  uint64_t portPeriod() const { return port; }

private:
  uint64_t core = 1, port = 1;
};

/// A message says what it is of in its first unit.
inline constexpr uint64_t kMessageHeaderBytes = 8;

/// Whether an all-reduce of so many elements of `bytes` each goes by parts, of
/// which each chip sums up one, and not as a whole to all. By the closed form
/// of exchanges: the values do not depend on it.
bool reducesByParts(const Machine &machine, uint32_t chips, uint64_t elements,
                    unsigned bytes);

/// Of the chip with place `chip` among those of a group.
class RackTiming {
public:
  RackTiming(const Machine &machine, const Collective &collective);

  uint32_t chips() const { return c.chipsOfGroup; }
  const Collective &collective() const { return c; }
  /// 2 for an all-reduce by parts; else 1.
  unsigned rounds() const { return byParts ? 2 : 1; }

  /// When the edge of the chip has what its slices give, all of which have
  /// started by `lastStart`.
  uint64_t atEdge(uint32_t chip, uint64_t lastStart) const;
  uint64_t messageBytes(uint32_t from, uint32_t to, unsigned round) const;
  /// When what came in the round is one: `there` says when each chip's was.
  uint64_t combined(uint32_t chip, unsigned round,
                    llvm::ArrayRef<uint64_t> there) const;
  /// The last cycle of the command in slices of a chip that has all.
  uint64_t end(uint64_t complete) const;

private:
  Collective c;
  Chip::Net net;
  bool byParts = false;

  uint32_t membersOfChip() const { return c.members / c.chipsOfGroup; }
  uint64_t elements() const { return uint64_t(c.rows) * c.columns; }
  /// Sums of 16-bit numbers travel as 32 bits.
  unsigned wordBytes() const;
  uint64_t partElements(uint32_t chip) const;
  uint64_t beatsOfPart() const;
  uint64_t latency() const;
};

} // namespace acc

#endif // ACC_SYSTEMC_MODELS_NET_RACKTIMING_H
