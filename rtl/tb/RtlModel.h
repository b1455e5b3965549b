//===- RtlModel.h - The Verilated top without its types ---------*- C++ -*-===//
//
// What the bench needs of the code that Verilator writes for a target. It is
// either linked (StaticModel.cpp) or loaded (LoadModel.cpp). RtlModel.cpp
// implements it and is compiled with the target, by whatever compiler is there:
// nothing but this header and Verilator's is included.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_RTL_TB_RTLMODEL_H
#define ACC_RTL_TB_RTLMODEL_H

#include <cstdint>

namespace acc {

class RtlModel {
public:
  virtual ~RtlModel() = default;

  /// Slices of a chip, at most.
  static constexpr unsigned maxSlices = 64;
  /// 32-bit words of a word on a link, at most.
  static constexpr unsigned maxLinkWords = 20;
  /// 32-bit words of a beat of the collective network, at most.
  static constexpr unsigned maxBeatWords = 512;

  /// Ports of xpu_tb, some by slice. Outputs are up to date after `eval`.
  struct Inputs {
    bool clk = false;
    bool rstN = false;
    uint64_t bench = 0; ///< What calls of the model for memory get.
    bool csrWrite[maxSlices] = {};
    uint8_t csrAddress = 0;
    uint32_t csrData = 0;
    bool imemWrite[maxSlices] = {};
    uint32_t imemAddress = 0;
    uint32_t imemData[4] = {};
    /// Turns over bits of a byte of a scratchpad when it rises.
    bool flip = false;
    uint32_t flipSlice = 0;
    uint32_t flipAddress = 0;
    uint16_t flipMask = 0;
    /// The port of a chip that is one of several, in a clock of its own.
    bool portClk = false;
    bool portRstN = false;
    uint32_t chip = 0; ///< constant
    bool lock = false;
    uint32_t link[maxLinkWords] = {};
    /// The collective network of a model of one slice.
    uint32_t place = 0; ///< its number in the chip, constant
    bool go = false;
    bool mismatch = false;
    uint32_t words[maxBeatWords] = {};
  } in;
  struct Outputs {
    struct Slice {
      uint32_t csrData = 0;
      bool running = false;
      bool busy = false;
      bool stuck = false;
      uint32_t traceStart = 0; ///< A bit for each engine.
      uint32_t traceEnd = 0;
      uint32_t tracePc[16] = {};
      uint16_t traceClaims = 0; ///< A bit for each bank.
    } slices[maxSlices];
    uint32_t link[maxLinkWords] = {};
    bool edgeBusy = false;
    uint32_t offer[3] = {};               ///< xpu_net_pkg::net_offer_t
    uint32_t beat[maxBeatWords + 1] = {}; ///< words, then whether they are
  } out;

  /// Slices of the model.
  virtual unsigned numSlices() const = 0;
  /// Words of a beat.
  virtual unsigned beatWords() const = 0;

  virtual void eval() = 0;
  /// After the last `eval`.
  virtual void finish() = 0;

  /// Begins a waveform; false if the model is built without.
  virtual bool openWaves(const char *file) = 0;
  /// Adds the state to it.
  virtual void dump(uint64_t time) = 0;
};

} // namespace acc

/// Deleted by who called it.
extern "C" acc::RtlModel *acc_create_rtl_model();

namespace acc {

/// The model that is linked or loaded.
RtlModel *createRtlModel();

} // namespace acc

#endif // ACC_RTL_TB_RTLMODEL_H
