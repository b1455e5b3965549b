//===- Optimiser.cpp - Minimum of a function in a box ---------------------===//

#include "compiler-driver/Baselines/Optimiser.h"

#include <algorithm>
#include <cmath>

namespace acc::systems {

namespace {

using Point = std::vector<double>;

struct Vertex {
  Point at;
  double value;
};

class Simplex {
public:
  Simplex(llvm::function_ref<double(llvm::ArrayRef<double>)> objective,
          unsigned &budget)
      : objective(objective), budget(budget) {}

  Vertex evaluate(Point at) {
    for (double &x : at) {
      x = std::clamp(x, 0.0, 1.0);
    }
    budget -= budget > 0;
    double value = objective(at);
    return {std::move(at), value};
  }

  /// From a simplex with edges of this length around `start`.
  Vertex run(const Vertex &start, double edge) {
    size_t count = start.at.size();
    vertices.assign(1, start);
    for (size_t i = 0; i < count; ++i) {
      Point at = start.at;
      at[i] += at[i] + edge > 1 ? -edge : edge;
      vertices.push_back(evaluate(std::move(at)));
    }
    sort();
    while (budget > 0 && spread() > 1e-7) {
      step();
    }
    return vertices.front();
  }

private:
  llvm::function_ref<double(llvm::ArrayRef<double>)> objective;
  unsigned &budget;
  std::vector<Vertex> vertices;

  void sort() {
    std::stable_sort(
        vertices.begin(), vertices.end(),
        [](const Vertex &a, const Vertex &b) { return a.value < b.value; });
  }
  double spread() const {
    return vertices.back().value - vertices.front().value;
  }

  /// The point `factor` times as far from the centroid as the worst vertex.
  Vertex along(const Point &centroid, double factor) {
    Point at = centroid;
    for (size_t i = 0; i < at.size(); ++i) {
      at[i] += factor * (vertices.back().at[i] - centroid[i]);
    }
    return evaluate(std::move(at));
  }

  void step() {
    size_t count = vertices.front().at.size();
    Point centroid(count, 0);
    for (size_t v = 0; v + 1 < vertices.size(); ++v) {
      for (size_t i = 0; i < count; ++i) {
        centroid[i] += vertices[v].at[i] / count;
      }
    }
    Vertex &worst = vertices.back();
    Vertex reflected = along(centroid, -1);
    if (reflected.value < vertices.front().value) {
      Vertex expanded = along(centroid, -2);
      worst = expanded.value < reflected.value ? expanded : reflected;
    } else if (reflected.value < vertices[count - 1].value) {
      worst = reflected;
    } else {
      Vertex contracted =
          along(centroid, reflected.value < worst.value ? -0.5 : 0.5);
      if (contracted.value < std::min(worst.value, reflected.value)) {
        worst = contracted;
      } else {
        shrink();
      }
    }
    sort();
  }

  void shrink() {
    for (size_t v = 1; v < vertices.size(); ++v) {
      Point at = vertices[v].at;
      for (size_t i = 0; i < at.size(); ++i) {
        at[i] = (at[i] + vertices.front().at[i]) / 2;
      }
      vertices[v] = evaluate(std::move(at));
    }
  }
};

/// Tries both directions of each coordinate in turn, with ever smaller steps.
Vertex sweep(Simplex &simplex, Vertex best, const unsigned &budget) {
  for (double step = 0.1; step > 0.004; step /= 2) {
    for (size_t i = 0; i < best.at.size() && budget > 0; ++i) {
      for (double direction : {step, -step}) {
        Point at = best.at;
        at[i] += direction;
        Vertex tried = simplex.evaluate(std::move(at));
        if (tried.value < best.value) {
          best = std::move(tried);
          break;
        }
      }
    }
  }
  return best;
}

} // namespace

std::vector<double>
minimise(llvm::function_ref<double(llvm::ArrayRef<double>)> objective,
         std::vector<double> start, unsigned budget) {
  Simplex simplex(objective, budget);
  Vertex best = simplex.evaluate(std::move(start));
  double edge = 0.2;
  while (budget > 0 && !best.at.empty()) {
    Vertex found = sweep(simplex, best, budget);
    Vertex walked = simplex.run(found, edge);
    if (walked.value < found.value) {
      found = std::move(walked);
    }
    bool better = found.value < best.value * (1 - 1e-3);
    if (found.value < best.value) {
      best = std::move(found);
    }
    if (!better) {
      if (edge < 0.06) {
        break;
      }
      edge /= 2;
    }
  }
  return best.at;
}

} // namespace acc::systems
