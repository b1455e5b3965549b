//===- Port.h - A port of the scale-up Ethernet, cycle by cycle -*- C++ -*-===//
//
// The model of rtl/fabric/xpu_fab_port.sv (docs/fabric.md). Outputs are those
// of the current cycle and depend on registers only; `clock` gives it the
// inputs of the cycle and ends it.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_FABRIC_PORT_H
#define ACC_SYSTEMC_MODELS_FABRIC_PORT_H

#include "systemc-models/Fabric/Buffer.h"
#include "systemc-models/Fabric/Crc.h"
#include "systemc-models/Fabric/Ctl.h"
#include "systemc-models/Fabric/Gbn.h"
#include "systemc-models/Fabric/Llr.h"
#include "systemc-models/Fabric/Pack.h"

namespace acc::fabric {

struct PortInputs {
  std::array<bool, kChannels> txValid{};
  std::array<Beat, kChannels> txBeat;
  std::array<bool, kChannels> rxReady{};
  bool locked = false; ///< all lanes are
  LinkWord link;
};

class Port {
public:
  explicit Port(const PortConfig &config);
  Port(const Port &) = delete;
  Port &operator=(const Port &) = delete;

  bool txReady(unsigned channel) const {
    return channels[channel].pack.ready();
  }
  bool rxValid(unsigned channel) const {
    return channels[channel].unpack.valid();
  }
  Beat rxBeat(unsigned channel) const {
    return channels[channel].unpack.beat();
  }
  const LinkWord &link() const { return linkOut; }
  LinkState linkState() const { return bringUp.getState(); }
  LlrTxState llrTxState() const { return llrTx.getState(); }
  LlrRxState llrRxState() const { return llrRx.getState(); }
  uint64_t counter(FabricCounter counter) const {
    return counters[unsigned(counter)];
  }

  void clock(const PortInputs &in);

private:
  struct Channel {
    explicit Channel(const PortConfig &config, unsigned number)
        : pack(config, number), gbnTx(config), gbnRx(config), credits(config),
          buffer(config), unpack(config) {}
    Pack pack;
    GbnTx gbnTx;
    GbnRx gbnRx;
    Credits credits;
    Buffer buffer;
    Unpack unpack;
  };
  /// What the word at the end of the check says.
  struct Received {
    ControlWord control;
    bool isBadControl = false;
    const FrameWord *frame = nullptr; ///< whose words are kept so far
    LlrRx::Verdict verdict;
    bool right = false; ///< accepted, for this chip, from one that exists
    unsigned channel = 0;
    bool credits = false;
  };
  /// The frame that goes on or begins to be sent.
  struct Grant {
    bool go = false;
    bool first = false;
    unsigned channel = 0;
    bool own = false;   ///< of the transport itself
    bool hasRh = false; ///< the word that leaves has the RH of a data frame
    unsigned words = 0; ///< credits
    FrameWord frame;
  };

  PortConfig config;
  Link bringUp;
  std::array<Channel, kChannels> channels;
  Crc crcTx, crcRx;
  LlrTx llrTx;
  LlrRx llrRx;
  Ctl ctl;
  LinkWord linkIn, linkOut;
  bool isOpen = false; ///< a frame that is being received
  std::array<uint64_t, kNumFabricCounterValues> counters{};

  // The arbiter of channels.
  bool isBusy = false, isOwn = false;
  unsigned turn = 0, selected = 0, unitOut = 0;
  GbnAck ownAck;

  // The frame that is being received.
  unsigned unitIn = 0;
  Preamble preamble;
  bool isNamed = false;
  Rh rh;
  uint32_t destination = 0;

  void add(FabricCounter counter, uint64_t n = 1) {
    counters[unsigned(counter)] += n;
  }
  Received receive();
  Grant arbitrate() const;
  void send(const Grant &grant);
  void normalize();
  void count(const Received &in, const LlrTx::Events &llr,
             const std::optional<Ctl::Output> &os);
};

} // namespace acc::fabric

#endif // ACC_SYSTEMC_MODELS_FABRIC_PORT_H
