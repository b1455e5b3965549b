//===- Target.h - Parameters of one machine ----------------------*- C++
//-*-===//
//
// The parameters that docs/machine.md names with a dot (`spm.banks`), as read
// from a target file. Compiler, models and RTL take every size and latency from
// here.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_DIALECTS_TARGET_TARGET_H
#define ACC_DIALECTS_TARGET_TARGET_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace acc {

/// The parameters of one slice. Latencies are in core cycles unless the name
/// ends in `Ps` (picoseconds).
struct Target {
  struct Seq {
    uint32_t imemWords = 0;     ///< instruction words of 128 bits
    uint32_t queueDepth = 0;    ///< commands a queue holds
    uint32_t branchPenalty = 0; ///< extra cycles of a taken branch
    uint32_t loadLatency = 0;   ///< extra cycles of LDS
  };
  struct Spm {
    uint32_t banks = 0;
    uint32_t bankBytes = 0;
    uint32_t rowBytes = 0; ///< width of a bank's port
  };
  struct Dma {
    uint32_t commands = 0; ///< of one engine active together
    uint32_t setup = 0;
    uint32_t outstanding = 0; ///< packets requested and not received
    uint32_t indexLatency = 0;
    uint32_t tail = 0;
  };
  struct Mxu {
    uint32_t commands = 0; ///< active together
    uint32_t units = 0;
    uint32_t rows = 0;
    uint32_t unitCols = 0;
    uint32_t accRows = 0;
    uint32_t peLatency = 0;
    uint32_t accLatency = 0; ///< of the sum at the foot of a column
    uint32_t setup = 0;
    uint32_t tail = 0;
  };
  struct Vpu {
    uint32_t lanes = 0;
    uint32_t chime = 0;         ///< cycles that a uop takes over a whole chunk
    uint32_t aluLatency = 0;    ///< cycles from a group of a sum to its result;
                                ///< of what is no sum 2, if not less
    uint32_t sfuLatency = 0;    ///< the same of a special function
    uint32_t reduceLatency = 0; ///< of a level of the tree
    uint32_t setup = 0;
    uint32_t tail = 0;
  };
  struct Hbm {
    uint64_t bytes = 0;
    uint32_t lineBytes = 0; ///< largest request; channels interleave by lines
    uint32_t channels = 0;
    uint32_t banks = 0; ///< per channel
    uint32_t bankGroups = 0;
    uint32_t lineBanks = 0; ///< banks that the bursts of a line go round
    uint32_t rowBytes = 0;
    uint32_t atomBytes = 0; ///< bytes of one burst
    uint32_t tBurstPs = 0;
    uint32_t tRcdPs = 0;
    uint32_t tRpPs = 0;
    uint32_t tClPs = 0;
    uint32_t tCwlPs = 0;
    uint32_t tWrPs = 0;
    uint32_t tWtrPs = 0; ///< the long one, tWTR_L
    uint32_t tRtwPs = 0;
    uint32_t writeQueue = 0; ///< Writes of a channel that wait.
    uint32_t tRasPs = 0;
    uint32_t tRtpPs = 0;
    uint32_t tCcdLPs = 0; ///< tCCD_S is the burst
    uint32_t tRrdSPs = 0;
    uint32_t tRrdLPs = 0;
    uint32_t tFawPs = 0;
    uint32_t tRfcPbPs = 0; ///< refresh of one bank
    uint32_t tRefiPs = 0;  ///< between two refreshes of one bank
    uint32_t postponedRefreshes = 0;
    uint32_t reorderWindow = 0; ///< Bursts that a request may overtake.
    uint32_t tControllerPs = 0;
  };

  /// The CPU beside the machine: this slice's share of it and of the link.
  struct Host {
    double linkBytesPerSecond = 0;  ///< one way
    double linkLatencyS = 0;        ///< of a transfer and its notice
    double operationsPerSecond = 0; ///< scalar operations of a fallback
    double watts = 0;               ///< while it works for this slice
  };

  std::string name;
  std::string description;
  double clockHz = 0;
  Seq seq;
  Spm spm;
  Dma dma;
  Mxu mxu;
  Vpu vpu;
  Hbm hbm;
  Host host;
  /// Where the figures come from: by group (`spm`), by `clock_hz`, or
  /// `default`.
  std::map<std::string, std::string> sources;

  /// Bytes of the whole scratchpad.
  uint64_t spmBytes() const { return uint64_t(spm.banks) * spm.bankBytes; }
  /// Columns of the matrix unit (C in docs/machine.md).
  uint32_t mxuCols() const { return mxu.units * mxu.unitCols; }
  /// Elements of a VPU chunk (VL in docs/machine.md).
  uint32_t vectorLength() const { return vpu.lanes * vpu.chime; }
  /// Length of a core cycle in picoseconds, exact for the models' purposes.
  double cyclePs() const { return 1e12 / clockHz; }
};

/// Loads and validates a target: `nameOrPath` is the path of a .yaml file, or
/// the name of a built-in target. The error has the form
/// "FILE:LINE:COL: error: ...".
llvm::Expected<Target> loadTarget(llvm::StringRef nameOrPath);

/// The target of this name that comes with the tools; never a file.
llvm::Expected<Target> loadBuiltInTarget(llvm::StringRef name);

/// Parses and validates the text of a target file.
llvm::Expected<Target> parseTarget(llvm::StringRef text,
                                   llvm::StringRef fileName);

/// The folder of targets and other data files: that of the installation which
/// the running program is part of, else that of the sources.
llvm::StringRef getDataDirectory();

/// Names of the built-in targets, sorted.
std::vector<std::string> listTargets();

/// Writes the target in the form in which it is read.
void printTarget(const Target &target, llvm::raw_ostream &os);
std::string printTarget(const Target &target);

/// A parameter that two targets do not share, as "spm.banks".
struct TargetDifference {
  std::string parameter;
  std::string first;
  std::string second;
};

/// The first parameter in the order of the file that differs. Names,
/// descriptions and sources are none: they change nothing that a program does.
std::optional<TargetDifference> findDifference(const Target &first,
                                               const Target &second);

} // namespace acc

#endif // ACC_DIALECTS_TARGET_TARGET_H
