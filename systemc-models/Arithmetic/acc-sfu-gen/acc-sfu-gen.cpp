//===- acc-sfu-gen.cpp - Tables of the special functions ------------------===//
//
// acc-sfu-gen TABLE.inc PACKAGE.sv
//
// Each segment is the quadratic through the function at the three Chebyshev
// nodes of the segment (within a few percent of the minimax polynomial), in
// long double, rounded to the fixed-point widths of Sfu.h.
//
//===----------------------------------------------------------------------===//

#include "systemc-models/Arithmetic/Sfu.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <vector>

using namespace acc::arith;
using Function = std::function<long double(long double)>;

static const long double pi = 3.14159265358979323846264338327950288L;

static void fail(const char *message) {
  std::fprintf(stderr, "acc-sfu-gen: %s\n", message);
  std::exit(1);
}

static int64_t toFixed(long double x, int width, bool isSigned) {
  int64_t v = std::llroundl(std::ldexp(x, sfuFrac));
  int64_t limit = int64_t(1) << (isSigned ? width - 1 : width);
  if (v >= limit || v < (isSigned ? -limit : 0)) {
    fail("a coefficient does not fit its width");
  }
  return v;
}

/// Appends `count` segments of f over [low, high).
static void fit(std::vector<SfuSegment> &table, int count, long double low,
                long double high, const Function &f) {
  long double h = (high - low) / count;
  for (int s = 0; s < count; ++s) {
    long double t[3], y[3];
    for (int k = 0; k < 3; ++k) {
      t[k] = (1 + std::cos(pi * (2 * k + 1) / 6)) / 2;
      y[k] = f(low + (s + t[k]) * h);
    }
    // Newton's divided differences, then powers of t.
    long double d01 = (y[1] - y[0]) / (t[1] - t[0]);
    long double d12 = (y[2] - y[1]) / (t[2] - t[1]);
    long double c2 = (d12 - d01) / (t[2] - t[0]);
    long double c1 = d01 - c2 * (t[0] + t[1]);
    long double c0 = y[0] - t[0] * (c1 + c2 * t[0]);
    // The two truncations of the evaluation lose half a unit each on average.
    c0 += std::ldexp(1.0L, -sfuFrac);
    table.push_back({uint32_t(toFixed(c0, sfuC0Width, false)),
                     int32_t(toFixed(c1, sfuC1Width, true)),
                     int32_t(toFixed(c2, sfuC2Width, true))});
  }
}

static std::vector<SfuSegment> makeTable() {
  std::vector<SfuSegment> table;
  auto at = [&](int base) {
    if (int(table.size()) != base) {
      fail("table layout differs from Sfu.h");
    }
  };
  auto log2g = [](long double x) {
    return std::log1p(x) / (x * std::log(2.0L));
  };
  at(sfuExp2);
  fit(table, 64, 0, 1, [](long double x) { return std::exp2(x); });
  at(sfuLog2);
  fit(table, 32, 0, 0.5L, log2g);
  fit(table, 32, -0.25L, 0, log2g);
  at(sfuRcp);
  fit(table, 128, 1, 2, [](long double x) { return 1 / x; });
  at(sfuRsqrt);
  fit(table, 128, 1, 2, [](long double x) { return 1 / std::sqrt(x); });
  fit(table, 128, 2, 4, [](long double x) { return 1 / std::sqrt(x); });
  at(sfuTanh);
  fit(table, 64, 0, 1, [](long double x) { return std::tanh(x) / x; });
  for (int e = 0; e < 4; ++e) {
    fit(table, 64, std::ldexp(1.0L, e), std::ldexp(1.0L, e + 1),
        [](long double x) { return std::tanh(x); });
  }
  at(sfuSin);
  fit(table, 64, 0, 0.125L,
      [](long double r) { return std::sin(2 * pi * r) / (4 * r); });
  at(sfuCos);
  fit(table, 64, 0, 0.125L, [](long double r) { return std::cos(2 * pi * r); });
  at(sfuSegments);
  return table;
}

static void writeCpp(FILE *f, const std::vector<SfuSegment> &table) {
  for (const SfuSegment &s : table) {
    std::fprintf(f, "{%uu, %d, %d},\n", s.c0, s.c1, s.c2);
  }
}

static void writeSV(FILE *f, const std::vector<SfuSegment> &table) {
  auto param = [&](const char *name, int value) {
    std::fprintf(f, "  localparam int unsigned %s = %d;\n", name, value);
  };
  std::fprintf(f, "// Tables of the special functions, written by acc-sfu-gen. "
                  "Do not edit.\npackage xpu_sfu_pkg;\n");
  param("SfuFrac", sfuFrac);
  param("SfuC0Width", sfuC0Width);
  param("SfuC1Width", sfuC1Width);
  param("SfuC2Width", sfuC2Width);
  param("SfuTWidth", sfuTWidth);
  param("SfuExp2", sfuExp2);
  param("SfuLog2", sfuLog2);
  param("SfuRcp", sfuRcp);
  param("SfuRsqrt", sfuRsqrt);
  param("SfuTanh", sfuTanh);
  param("SfuSin", sfuSin);
  param("SfuCos", sfuCos);
  param("SfuSegments", sfuSegments);
  auto column = [&](const char *type, const char *name, int width,
                    const std::function<uint32_t(const SfuSegment &)> &get) {
    std::fprintf(f, "  localparam logic %s[%d:0] %s [%d] = '{\n", type,
                 width - 1, name, sfuSegments);
    for (size_t i = 0; i < table.size(); ++i) {
      uint32_t mask = width == 32 ? ~0u : (1u << width) - 1;
      std::fprintf(f, "    %d'h%x%s", width, get(table[i]) & mask,
                   i + 1 == table.size() ? ""
                   : i % 8 == 7          ? ",\n"
                                         : ",");
    }
    std::fprintf(f, "\n  };\n");
  };
  column("", "SfuC0", sfuC0Width, [](const SfuSegment &s) { return s.c0; });
  column("signed ", "SfuC1", sfuC1Width,
         [](const SfuSegment &s) { return uint32_t(s.c1); });
  column("signed ", "SfuC2", sfuC2Width,
         [](const SfuSegment &s) { return uint32_t(s.c2); });
  std::fprintf(f, "endpackage\n");
}

int main(int argc, char **argv) {
  if (argc != 3) {
    fail("usage: acc-sfu-gen TABLE.inc PACKAGE.sv");
  }
  std::vector<SfuSegment> table = makeTable();
  for (int i = 0; i < 2; ++i) {
    FILE *f = std::fopen(argv[i + 1], "w");
    if (!f) {
      fail("cannot write an output file");
    }
    i == 0 ? writeCpp(f, table) : writeSV(f, table);
    if (std::fclose(f) != 0) {
      fail("cannot write an output file");
    }
  }
  return 0;
}
