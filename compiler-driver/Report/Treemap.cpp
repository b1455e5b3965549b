//===- Treemap.cpp - Areas as rectangles ----------------------------------===//

#include "compiler-driver/Report/Treemap.h"

#include <algorithm>
#include <cassert>
#include <numeric>

using namespace llvm;
using namespace acc::report;

/// The longest of a row of areas along a side, as the longer of its own sides
/// over the shorter.
static double worstShape(ArrayRef<double> areas, double side) {
  double sum = std::accumulate(areas.begin(), areas.end(), 0.0);
  auto [least, most] = std::minmax_element(areas.begin(), areas.end());
  double square = side * side;
  return std::max(square * *most / (sum * sum), sum * sum / (square * *least));
}

/// Takes a row of areas along the shorter side from what is left.
static void layRow(ArrayRef<double> areas, Rectangle &left,
                   std::vector<Rectangle> &result) {
  double sum = std::accumulate(areas.begin(), areas.end(), 0.0);
  bool isColumn = left.height <= left.width;
  double depth = sum / (isColumn ? left.height : left.width);
  double at = isColumn ? left.y : left.x;
  for (double area : areas) {
    double length = area / depth;
    result.push_back(isColumn ? Rectangle{left.x, at, depth, length}
                              : Rectangle{at, left.y, length, depth});
    at += length;
  }
  (isColumn ? left.x : left.y) += depth;
  (isColumn ? left.width : left.height) -= depth;
}

std::vector<Rectangle> acc::report::squarify(ArrayRef<double> values,
                                             Rectangle within) {
  assert(std::is_sorted(values.rbegin(), values.rend()) &&
         "the largest come first");
  double sum = std::accumulate(values.begin(), values.end(), 0.0);
  std::vector<double> areas;
  for (double value : values) {
    areas.push_back(value / sum * within.area());
  }
  std::vector<Rectangle> result;
  for (ArrayRef<double> rest = areas; !rest.empty();) {
    double side = std::min(within.width, within.height);
    size_t count = 1;
    while (count < rest.size() &&
           worstShape(rest.take_front(count + 1), side) <=
               worstShape(rest.take_front(count), side)) {
      ++count;
    }
    layRow(rest.take_front(count), within, result);
    rest = rest.drop_front(count);
  }
  return result;
}
