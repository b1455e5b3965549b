//===- MxVectors.h - Conformance vectors of small formats ---------*- C++
//-*-===//
//
// Reads test/Inputs/mx, whose expected values are not of our own making.
// ACC_MX_SUMS=FILE names another file of sums.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_TEST_UNIT_ARITH_MXVECTORS_H
#define ACC_TEST_UNIT_ARITH_MXVECTORS_H

#include "systemc-models/Arithmetic/SmallFloat.h"

#include <cstdlib>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

namespace acc::test {

struct NamedFormat {
  const char *name;
  arith::SmallFormat format;
  unsigned bits; ///< of an element
};

inline constexpr NamedFormat smallFormats[] = {{"F8E4M3", arith::f8E4M3, 8},
                                               {"F8E5M2", arith::f8E5M2, 8},
                                               {"F6E2M3", arith::f6E2M3, 6},
                                               {"F6E3M2", arith::f6E3M2, 6},
                                               {"F4E2M1", arith::f4E2M1, 4}};

/// Index in smallFormats.
inline unsigned smallFormat(const std::string &name) {
  unsigned i = 0;
  while (name != smallFormats[i].name) {
    ++i;
  }
  return i;
}

/// Element i of a row of the matrix unit.
inline unsigned elementOf(unsigned format, uint64_t row, unsigned i) {
  return smallFormats[format].bits == 4 ? row >> 4 * i & 15
                                        : row >> 8 * i & 255;
}

struct Scalar {
  unsigned format, code;
  uint32_t value;
};

struct Sum {
  unsigned a, w, count;
  uint64_t aRow, wRow;
  unsigned aScale, wScale;
  uint32_t psum, result;
};

inline std::string mxFile(const char *name) {
  return std::string(ACC_SOURCE_DIR "/test/Inputs/mx/") + name;
}

/// scalars.txt; of conversions.txt `code` is the number and `value` the code.
inline std::vector<Scalar> readScalars(const char *file = "scalars.txt") {
  std::ifstream in(mxFile(file));
  std::vector<Scalar> all;
  std::string name;
  for (Scalar s; in >> std::hex >> name >> s.code >> s.value;) {
    s.format = smallFormat(name);
    all.push_back(s);
  }
  return all;
}

inline std::vector<Sum> readSums() {
  const char *other = std::getenv("ACC_MX_SUMS");
  std::ifstream in(other ? other : mxFile("sums.txt"));
  std::vector<Sum> all;
  std::string a, w;
  for (Sum s; in >> a >> w >> std::dec >> s.count >> std::hex >> s.aRow >>
              s.wRow >> s.aScale >> s.wScale >> s.psum >> s.result;) {
    s.a = smallFormat(a);
    s.w = smallFormat(w);
    all.push_back(s);
  }
  return all;
}

/// The elements of a row, decoded.
inline std::vector<arith::SmallNumber> decodeRow(unsigned format, uint64_t row,
                                                 unsigned count) {
  std::vector<arith::SmallNumber> numbers;
  for (unsigned i = 0; i < count; ++i) {
    numbers.push_back(arith::decodeSmall(smallFormats[format].format,
                                         elementOf(format, row, i)));
  }
  return numbers;
}

/// groupSum of rows as in a Sum.
inline uint32_t goldenSum(const Sum &s) {
  auto a = decodeRow(s.a, s.aRow, s.count), w = decodeRow(s.w, s.wRow, s.count);
  return arith::groupSum(a.data(), w.data(), s.count, uint8_t(s.aScale),
                         uint8_t(s.wScale), s.psum);
}

/// Products that a row of the matrix unit takes.
inline unsigned groupOf(unsigned a, unsigned w) {
  bool tinyA = smallFormats[a].bits == 4, tinyW = smallFormats[w].bits == 4;
  return tinyA && tinyW ? 16 : tinyA || tinyW ? 8 : 4;
}

} // namespace acc::test

#endif // ACC_TEST_UNIT_ARITH_MXVECTORS_H
