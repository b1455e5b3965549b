//===- Secded.h - The error-correcting codes of the memories ----*- C++ -*-===//
//
// Encoder and decoder of a code of the ISA tables (isa::SpmCode, isa::HbmCode):
// single errors are corrected, double ones detected. The golden code of
// rtl/mem/xpu_ecc_enc.sv and xpu_ecc_dec.sv.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_MEMORY_SECDED_H
#define ACC_SYSTEMC_MODELS_MEMORY_SECDED_H

#include "dialects/ISA/Isa.h"

#include "llvm/ADT/bit.h"

namespace acc {

namespace isa = ::xpu::isa;

enum class CodeStatus { Clean, Corrected, Error };

template <typename Code> struct Secded {
  static constexpr unsigned bits = Code::dataBits + Code::checkBits;

  /// The check bits of data.
  static uint64_t encode(uint64_t data) {
    uint64_t check = 0;
    for (unsigned row = 0; row < Code::checkBits; ++row) {
      check |= uint64_t(llvm::popcount(data & Code::rows[row]) & 1) << row;
    }
    return check;
  }

  struct Decoded {
    uint64_t data;
    CodeStatus status;
  };
  static Decoded decode(uint64_t data, uint64_t check) {
    uint64_t syndrome = encode(data) ^ check;
    if (syndrome == 0) {
      return {data, CodeStatus::Clean};
    }
    if (llvm::has_single_bit(syndrome)) {
      return {data, CodeStatus::Corrected};
    }
    for (unsigned bit = 0; bit < Code::dataBits; ++bit) {
      if (syndrome == Code::columns[bit]) {
        return {data ^ uint64_t(1) << bit, CodeStatus::Corrected};
      }
    }
    return {data, CodeStatus::Error};
  }
};

} // namespace acc

#endif // ACC_SYSTEMC_MODELS_MEMORY_SECDED_H
