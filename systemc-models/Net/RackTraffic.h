//===- RackTraffic.h - What goes between chips --------------------*- C++
//-*-===//

#ifndef ACC_SYSTEMC_MODELS_NET_RACKTRAFFIC_H
#define ACC_SYSTEMC_MODELS_NET_RACKTRAFFIC_H

#include <cstddef>
#include <cstdint>
#include <set>
#include <utility>
#include <vector>

namespace acc {

/// What has gone over the links of the chips.
struct RackTraffic {
  /// With the header of each message; 0 if a chip is in RTL, which does not
  /// count them.
  uint64_t messages = 0, bytes = 0;
  uint64_t frames = 0;  ///< on all links
  uint64_t retries = 0; ///< of links, in runs cycle by cycle
  /// Messages that were sent again, as a link died that they were on.
  uint64_t resent = 0;
  /// Pairs of chips between which there is no link any more.
  std::set<std::pair<uint32_t, uint32_t>> unreachable;
  /// Words that a chip's ports have sent, frames of all kinds, in bytes.
  std::vector<uint64_t> sentBytes;

  void add(const RackTraffic &next) {
    messages += next.messages;
    bytes += next.bytes;
    frames += next.frames;
    retries += next.retries;
    resent += next.resent;
    unreachable.insert(next.unreachable.begin(), next.unreachable.end());
    for (size_t i = 0; i < sentBytes.size(); ++i) {
      sentBytes[i] += next.sentBytes[i];
    }
  }
};

} // namespace acc

#endif // ACC_SYSTEMC_MODELS_NET_RACKTRAFFIC_H
