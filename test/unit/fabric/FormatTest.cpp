//===- FormatTest.cpp - Checks and layouts of the fabric ------------------===//
//
// Checks are compared with zlib's CRC-32 (IEEE 802.3), and with the published
// values of "123456789" of CRC-32C (iSCSI, RFC 3720) and CRC-8 (reflected, all
// ones: CRC-8/ROHC of RFC 3095 before the last inversion).
//
//===----------------------------------------------------------------------===//

#include "systemc-models/Fabric/Crc.h"

#include "llvm/Support/CRC.h"

#include <gtest/gtest.h>

#include <cstring>

using namespace acc;
using namespace acc::fabric;

namespace {

uint32_t byBits(uint32_t polynomial, llvm::ArrayRef<uint8_t> bytes) {
  uint32_t state = ~0u;
  for (uint8_t byte : bytes) {
    state ^= byte;
    for (unsigned b = 0; b < 8; ++b) {
      state = state & 1 ? state >> 1 ^ polynomial : state >> 1;
    }
  }
  return ~state;
}

TEST(FabricFormat, CheckValues) {
  llvm::StringRef text = "123456789";
  llvm::ArrayRef<uint8_t> bytes(reinterpret_cast<const uint8_t *>(text.data()),
                                text.size());
  EXPECT_EQ(byBits(kFcsPolynomial, bytes), 0xCBF43926u);
  EXPECT_EQ(byBits(kRcrcPolynomial, bytes), 0xE3069283u);
  CrcTable fcs(kFcsPolynomial), rcrc(kRcrcPolynomial);
  uint64_t units[2] = {};
  memcpy(units, "0123456789abcdef", 16);
  llvm::ArrayRef<uint8_t> sixteen(reinterpret_cast<uint8_t *>(units), 16);
  EXPECT_EQ(~fcs.add(fcs.add(~0u, units[0]), units[1]), llvm::crc32(sixteen));
  EXPECT_EQ(~rcrc.add(rcrc.add(~0u, units[0]), units[1]),
            byBits(kRcrcPolynomial, sixteen));
  EXPECT_EQ(~fcs.addHalf(fcs.add(~0u, units[0]), uint32_t(units[1])),
            llvm::crc32(sixteen.take_front(12)));
}

/// CRC-8/ROHC of "123456789" is 0xD0; seven bytes fit a unit.
TEST(FabricFormat, Guard) {
  unsigned state = 0xff;
  auto add = [&](uint8_t byte) {
    state ^= byte;
    for (unsigned b = 0; b < 8; ++b) {
      state = state & 1 ? state >> 1 ^ kGuardPolynomial : state >> 1;
    }
  };
  for (char c : llvm::StringRef("123456789")) {
    add(c);
  }
  EXPECT_EQ(state, 0xD0u);
  uint64_t unit = 0;
  memcpy(&unit, "1234567", 7);
  state = 0xff;
  for (char c : llvm::StringRef("1234567")) {
    add(c);
  }
  EXPECT_EQ(guarded(unit) >> 56, state ^ 0xff);
  EXPECT_TRUE(isGuarded(guarded(unit)));
  // All errors of up to three bits are found.
  uint64_t good = guarded(unit);
  for (unsigned i = 0; i < 64; ++i) {
    for (unsigned j = i; j < 64; ++j) {
      for (unsigned k = j; k < 64; ++k) {
        uint64_t flips = uint64_t(1) << i ^ uint64_t(1) << j ^ uint64_t(1) << k;
        EXPECT_FALSE(isGuarded(good ^ flips));
      }
    }
  }
}

/// Fields are where the manual says, and read back.
TEST(FabricFormat, Layouts) {
  uint64_t unit = 0;
  Transaction t;
  t.units = 32;
  t.command = (uint64_t(1) << 58) - 2;
  t.encode(&unit);
  EXPECT_EQ(unit, ~uint64_t(0) - 127 + 32);
  EXPECT_EQ(Transaction::decode(&unit).units, 32u);
  EXPECT_EQ(Transaction::decode(&unit).command, t.command);
  // A field that crosses units.
  std::array<uint64_t, 3> header{};
  HeaderEsun h;
  h.source = 0xABCDEF012345;
  h.flow = 0x8001;
  h.encode(header.data());
  EXPECT_EQ(header[0], 0x2345000000000000u);
  EXPECT_EQ(header[1], uint64_t(0xABCDEF01) | uint64_t(1) << 54);
  EXPECT_EQ(header[2], 0x0020u);
  EXPECT_EQ(HeaderEsun::decode(header.data()).source, h.source);
  EXPECT_EQ(HeaderEsun::decode(header.data()).flow, h.flow);
}

/// A whole frame, byte by byte: FCS is what zlib says of all from the first
/// header to R-CRC, whatever the framing.
TEST(FabricFormat, FrameChecks) {
  for (unsigned lanes : {1u, 2u, 4u}) {
    for (unsigned framing = 0; framing < kNumFramingValues; ++framing) {
      PortConfig config;
      config.port.lanes = lanes;
      config.port.pduBytes = 4096;
      config.framing = Framing(framing);
      config.own = 0x2A5;
      for (unsigned payload = 1; payload < 40; ++payload) {
        auto lead = leadOf(config, 0x35A, 2, FrameOp::Data, 0x1234, 0x5678);
        std::vector<uint64_t> units(lead.begin(),
                                    lead.begin() + config.leadUnits());
        for (unsigned i = 0; i < payload; ++i) {
          units.push_back(0x9E3779B97F4A7C15u * (i + payload));
        }
        units.push_back(0);
        Crc crc(config);
        unsigned width = config.wordUnits();
        unsigned words = (units.size() + width - 1) / width;
        for (unsigned w = 0; w < words + kCheckLatency; ++w) {
          Crc::Stage &in = crc.input();
          in.valid = w < words;
          if (in.valid) {
            in.frame = FrameWord();
            in.frame.sop = w == 0;
            in.frame.eop = w + 1 == words;
            in.frame.count = std::min<size_t>(width, units.size() - w * width);
            std::copy_n(units.begin() + w * width, in.frame.count,
                        in.frame.data.begin());
          }
          if (w + 1 < words + kCheckLatency) {
            crc.clock();
          }
        }
        ASSERT_TRUE(crc.output().valid && crc.output().frame.eop);
        units.back() = crc.output().check;
        auto bytes = llvm::ArrayRef<uint8_t>(
            reinterpret_cast<uint8_t *>(units.data()), units.size() * 8);
        Trailer trailer = Trailer::decode(&units.back());
        EXPECT_EQ(trailer.rcrc,
                  byBits(kRcrcPolynomial,
                         bytes.drop_front(8 * config.rhUnit()).drop_back(8)));
        EXPECT_EQ(trailer.fcs,
                  llvm::crc32(bytes.drop_front(8 * kLead).drop_back(4)));
        EXPECT_EQ(destinationOf(config.framing, units[kLead]), 0x35Au);
      }
    }
  }
}

} // namespace
