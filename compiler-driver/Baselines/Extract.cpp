//===- Extract.cpp - Nodes of a graph become kernels ----------------------===//

#include "compiler-driver/Baselines/Extract.h"

#include "compiler-driver/Baselines/Graph.h"
#include "llvm/ADT/EquivalenceClasses.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/SmallSet.h"

#include <map>
#include <tuple>

using namespace llvm;
using namespace acc::systems;

namespace xpu {

namespace {

/// Nodes that become one kernel.
struct Group {
  enum class Kind { Product, Attention, Vector } kind = Kind::Vector;
  std::vector<unsigned> nodes; ///< in order; attention: both products within
};

class Extraction {
public:
  Extraction(Graph graph, Format format)
      : graph(std::move(graph)), format(format),
        users(this->graph.nodes.size()), groupOf(this->graph.nodes.size(), -1) {
  }

  Workload run();

private:
  Graph graph;
  Format format;
  std::vector<std::vector<unsigned>> users; ///< nodes that read a node
  std::vector<int> groupOf;
  std::vector<Group> groups;
  std::vector<unsigned> levels;
  Workload workload;

  void findUsers();
  void findAttention();
  bool matchAttention(unsigned first, Group &group) const;
  void findLevels();
  void groupTheRest();
  void foldEpilogues();
  bool isEpilogue(const Group &group, unsigned &product) const;
  void joinProducts();
  Gemm makeGemm(const Group &group) const;
  void makeSteps();
  WorkStep makeStep(const Group &group) const;
  Attention makeAttention(const Group &group) const;
  Vector makeVector(const Group &group, WorkStep &step) const;
  std::string nameOf(const Group &group) const;
  bool isWritten(unsigned node, unsigned group) const;
};

} // namespace

void Extraction::findUsers() {
  for (auto [i, node] : enumerate(graph.nodes)) {
    for (const Read &read : node.reads) {
      if (read.source.kind == Source::Kind::Node) {
        users[read.source.node].push_back(unsigned(i));
      }
    }
  }
}

//===----------------------------------------------------------------------===//
// Attention
//===----------------------------------------------------------------------===//

static bool readsConstants(const Node &node) {
  return any_of(node.reads, [](const Read &read) {
    return read.source.kind == Source::Kind::Constant;
  });
}

/// From a product of activations forward through a softmax to one other
/// product, with nothing read elsewhere on the way.
bool Extraction::matchAttention(unsigned first, Group &group) const {
  if (readsConstants(graph.nodes[first])) {
    return false;
  }
  SetVector<unsigned> between;
  SmallSetVector<unsigned, 2> last;
  std::vector<unsigned> todo = {first};
  while (!todo.empty()) {
    unsigned node = todo.back();
    todo.pop_back();
    if (graph.nodes[node].isOutput) {
      return false;
    }
    for (unsigned user : users[node]) {
      if (graph.nodes[user].gemm) {
        last.insert(user);
      } else if (between.insert(user)) {
        todo.push_back(user);
      }
    }
  }
  bool isSoftmax =
      any_of(between,
             [&](unsigned node) { return graph.nodes[node].hasExponential; }) &&
      any_of(between,
             [&](unsigned node) { return graph.nodes[node].isReduction; });
  if (last.size() != 1 || !isSoftmax) {
    return false;
  }
  const Gemm &scores = *graph.nodes[first].gemm;
  const Gemm &values = *graph.nodes[last[0]].gemm;
  if (readsConstants(graph.nodes[last[0]]) || values.k != scores.n ||
      values.m * values.batch != scores.m * scores.batch) {
    return false;
  }
  group.kind = Group::Kind::Attention;
  group.nodes.assign(between.begin(), between.end());
  group.nodes.push_back(first);
  group.nodes.push_back(last[0]);
  llvm::sort(group.nodes);
  return true;
}

void Extraction::findAttention() {
  for (unsigned i = 0; i < graph.nodes.size(); ++i) {
    Group group;
    if (graph.nodes[i].gemm && groupOf[i] < 0 && matchAttention(i, group) &&
        none_of(group.nodes, [&](unsigned n) { return groupOf[n] >= 0; })) {
      for (unsigned node : group.nodes) {
        groupOf[node] = int(groups.size());
      }
      groups.push_back(std::move(group));
    }
  }
}

//===----------------------------------------------------------------------===//
// Groups of vector work
//===----------------------------------------------------------------------===//

/// How many products lie before a node on the longest way. Vector nodes of one
/// level never wait for a product that waits for them.
void Extraction::findLevels() {
  levels.assign(graph.nodes.size(), 0);
  for (auto [i, node] : enumerate(graph.nodes)) {
    for (const Read &read : node.reads) {
      if (read.source.kind != Source::Kind::Node) {
        continue;
      }
      unsigned source = read.source.node;
      bool sameGroup = groupOf[i] >= 0 && groupOf[i] == groupOf[source];
      bool isProduct = groupOf[source] >= 0 || graph.nodes[source].gemm;
      levels[i] = std::max(levels[i],
                           levels[source] + (isProduct && !sameGroup ? 1 : 0));
    }
  }
}

void Extraction::groupTheRest() {
  EquivalenceClasses<unsigned> classes;
  for (auto [i, node] : enumerate(graph.nodes)) {
    if (groupOf[i] >= 0) {
      continue;
    }
    if (node.gemm) {
      groupOf[i] = int(groups.size());
      groups.push_back({Group::Kind::Product, {unsigned(i)}});
      continue;
    }
    classes.insert(unsigned(i));
    for (const Read &read : node.reads) {
      unsigned source = read.source.node;
      if (read.source.kind == Source::Kind::Node && !graph.nodes[source].gemm &&
          groupOf[source] < 0 && levels[source] == levels[i]) {
        classes.unionSets(unsigned(i), source);
      }
    }
  }
  std::map<unsigned, Group> byLeader;
  for (unsigned i = 0; i < graph.nodes.size(); ++i) {
    if (groupOf[i] < 0) {
      byLeader[classes.getLeaderValue(i)].nodes.push_back(i);
    }
  }
  for (auto &[leader, group] : byLeader) {
    for (unsigned node : group.nodes) {
      groupOf[node] = int(groups.size());
    }
    groups.push_back(std::move(group));
  }
}

/// Elementwise work on the result of one product or attention that nothing
/// else reads, with constants only, or its transposition.
bool Extraction::isEpilogue(const Group &group, unsigned &product) const {
  std::optional<unsigned> only;
  for (unsigned node : group.nodes) {
    const Node &n = graph.nodes[node];
    if (n.isReduction || n.isWindow || n.isGather ||
        (n.isMovement && !n.isPermutation)) {
      return false;
    }
    for (const Read &read : n.reads) {
      switch (read.source.kind) {
      case Source::Kind::Node: {
        unsigned from = unsigned(groupOf[read.source.node]);
        if (from == unsigned(groupOf[node])) {
          break;
        }
        if (groups[from].kind == Group::Kind::Vector ||
            (only && *only != from)) {
          return false;
        }
        only = from;
        break;
      }
      case Source::Kind::Argument:
        return false;
      case Source::Kind::Constant:
      case Source::Kind::Nothing:
        break;
      }
    }
  }
  if (!only) {
    return false;
  }
  // The last product of an attention makes its result.
  unsigned node = groups[*only].nodes.front();
  for (unsigned member : groups[*only].nodes) {
    node = graph.nodes[member].gemm ? member : node;
  }
  const Node &gemm = graph.nodes[node];
  if (gemm.isOutput || any_of(users[node], [&](unsigned user) {
        return groupOf[user] != groupOf[group.nodes.front()];
      })) {
    return false;
  }
  for (unsigned member : group.nodes) {
    if (graph.nodes[member].elements != gemm.elements) {
      return false;
    }
  }
  product = *only;
  return true;
}

void Extraction::foldEpilogues() {
  for (Group &group : groups) {
    unsigned product = 0;
    if (group.kind != Group::Kind::Vector || !isEpilogue(group, product)) {
      continue;
    }
    for (unsigned node : group.nodes) {
      groupOf[node] = int(product);
      groups[product].nodes.push_back(node);
    }
    group.nodes.clear();
  }
}

/// Products of one tensor with several matrices of weights are one product
/// with their columns side by side: queries, keys and values, gate and up.
void Extraction::joinProducts() {
  using Key = std::tuple<void *, double, double, Format, Format, Format>;
  std::map<Key, unsigned> firstOf;
  for (auto [i, group] : enumerate(groups)) {
    if (group.kind != Group::Kind::Product) {
      continue;
    }
    const Node &node = graph.nodes[group.nodes.front()];
    const Gemm &gemm = *node.gemm;
    if (node.weightBytes == 0 || gemm.batch != 1 || gemm.aOverlap != 1) {
      continue;
    }
    Key key = {node.left.getAsOpaquePointer(),
               gemm.m,
               gemm.k,
               gemm.a,
               gemm.b,
               gemm.out};
    auto [first, isNew] = firstOf.try_emplace(key, unsigned(i));
    if (isNew) {
      continue;
    }
    for (unsigned member : group.nodes) {
      groupOf[member] = int(first->second);
      groups[first->second].nodes.push_back(member);
    }
    group.nodes.clear();
  }
}

//===----------------------------------------------------------------------===//
// Kernels
//===----------------------------------------------------------------------===//

Gemm Extraction::makeGemm(const Group &group) const {
  Gemm gemm = *graph.nodes[group.nodes.front()].gemm;
  gemm.n = 0;
  for (unsigned node : group.nodes) {
    gemm.n += graph.nodes[node].gemm ? graph.nodes[node].gemm->n : 0;
  }
  return gemm;
}

std::string Extraction::nameOf(const Group &group) const {
  constexpr size_t mostNames = 3;
  std::vector<std::string> names;
  for (unsigned node : group.nodes) {
    const std::string &name = graph.nodes[node].name;
    if (!name.empty() && !is_contained(names, name)) {
      names.push_back(name);
    }
  }
  std::string text;
  for (size_t i = 0; i < std::min(names.size(), mostNames); ++i) {
    text += (i ? "+" : "") + names[i];
  }
  if (names.size() > mostNames) {
    text += "+" + std::to_string(names.size() - mostNames) + " more";
  }
  return text.empty() ? "(unnamed)" : text;
}

Attention Extraction::makeAttention(const Group &group) const {
  const Node *scores = nullptr, *values = nullptr;
  bool isCausal = false;
  for (unsigned node : group.nodes) {
    const Node &n = graph.nodes[node];
    if (n.gemm) {
      (scores ? values : scores) = &n;
    }
    isCausal |= n.isCausalMask;
  }
  const Gemm &qk = *scores->gemm;
  Attention attention;
  // Rows of a product beyond the queries are heads that share keys.
  attention.queryLength = scores->queryLength;
  attention.kvHeads = scores->gemmHeads;
  attention.batch = qk.batch / scores->gemmHeads;
  attention.queryHeads = attention.kvHeads * (qk.m / scores->queryLength);
  attention.contextLength = qk.n;
  attention.keyDim = qk.k;
  attention.valueDim = values->gemm->n;
  attention.causal =
      isCausal && attention.queryLength == attention.contextLength;
  attention.q = qk.a;
  attention.kv = qk.b;
  return attention;
}

/// Reads what comes from outside once, writes what is read outside.
Vector Extraction::makeVector(const Group &group, WorkStep &step) const {
  Vector vector;
  std::map<void *, double> read;
  unsigned reductions = 0, products = 0;
  bool hasExponential = false, hasMaximum = false;
  bool isGather = false, isMovement = true;
  SmallSet<unsigned, 4> from;
  for (unsigned node : group.nodes) {
    const Node &n = graph.nodes[node];
    vector.operations += Operations(n.operations);
    if (n.isReduction) {
      vector.rows = std::max(reductions == 0 ? 1 : vector.rows, n.elements);
      ++reductions;
    }
    hasExponential |= n.hasExponential;
    hasMaximum |= n.isMaximum;
    isGather |= n.isGather;
    isMovement &= n.isMovement;
    for (const Read &r : n.reads) {
      bool isOutside = r.source.kind != Source::Kind::Node ||
                       groupOf[r.source.node] != groupOf[node];
      // In place: neither read nor written.
      if (isOutside && !n.extendsArgument) {
        double &bytes = read[r.source.value.getAsOpaquePointer()];
        bytes = std::max(bytes, r.bytes);
      }
      if (r.source.kind == Source::Kind::Node &&
          groups[groupOf[r.source.node]].kind == Group::Kind::Product) {
        from.insert(r.source.node);
      }
    }
  }
  products = from.size();
  for (auto [value, bytes] : read) {
    vector.read += Bytes(bytes);
  }
  unsigned results = 0;
  for (unsigned node : group.nodes) {
    results += isWritten(node, unsigned(groupOf[node]));
  }
  vector.written = step.result;
  vector.kind = isGather                         ? VectorKind::Gather
                : hasMaximum && hasExponential   ? VectorKind::Softmax
                : reductions > 0 && results > 1  ? VectorKind::ResidualNorm
                : reductions > 0                 ? VectorKind::Norm
                : products > 1 && hasExponential ? VectorKind::Activation
                : isMovement                     ? VectorKind::Stream
                                                 : VectorKind::Elementwise;
  step.needsRows = reductions > 0 || isGather;
  return vector;
}

/// Whether a result goes to memory: of a tensor that is put together in place,
/// each part does if the whole does.
bool Extraction::isWritten(unsigned node, unsigned group) const {
  return graph.nodes[node].isOutput || any_of(users[node], [&](unsigned user) {
           if (unsigned(groupOf[user]) != group) {
             return true;
           }
           return any_of(graph.nodes[user].reads, [&](const Read &read) {
             return read.isOrderOnly && read.source.node == node &&
                    isWritten(user, group);
           });
         });
}

WorkStep Extraction::makeStep(const Group &group) const {
  WorkStep step;
  step.kernel.name = nameOf(group);
  unsigned self = unsigned(groupOf[group.nodes.front()]);
  std::map<void *, double> weights;
  for (unsigned node : group.nodes) {
    const Node &n = graph.nodes[node];
    step.isOutput |= n.isOutput;
    if (!n.extendsArgument && isWritten(node, self)) {
      step.result += Bytes(n.resultBytes);
    }
    if (group.kind == Group::Kind::Product) {
      step.weights += Bytes(n.weightBytes);
    }
    for (const Read &read : n.reads) {
      if (read.source.kind == Source::Kind::Constant && !n.gemm) {
        double &bytes = weights[read.source.value.getAsOpaquePointer()];
        bytes = std::max(bytes, read.bytes);
      }
    }
  }
  for (auto [value, bytes] : weights) {
    step.weights += Bytes(bytes);
  }
  switch (group.kind) {
  case Group::Kind::Product:
    step.kernel.work = makeGemm(group);
    break;
  case Group::Kind::Attention:
    step.kernel.work = makeAttention(group);
    break;
  case Group::Kind::Vector:
    step.kernel.work = makeVector(group, step);
    break;
  }
  return step;
}

/// Whether all it does happens in place.
static bool isNothing(const WorkStep &step) {
  auto *vector = std::get_if<Vector>(&step.kernel.work);
  return vector && vector->read + vector->written == Bytes();
}

/// Groups as steps, each after what it reads.
void Extraction::makeSteps() {
  // The steps that stand for a group: its own, or if there is nothing to do,
  // those that it reads.
  std::vector<SmallSetVector<unsigned, 4>> stepsOf(groups.size());
  std::vector<bool> isDone(groups.size());
  std::vector<SmallSetVector<unsigned, 4>> producers(groups.size());
  for (auto [i, node] : enumerate(graph.nodes)) {
    for (const Read &read : node.reads) {
      if (read.source.kind == Source::Kind::Node &&
          groupOf[read.source.node] != groupOf[i]) {
        producers[groupOf[i]].insert(unsigned(groupOf[read.source.node]));
      }
    }
  }
  // The groups have no cycle; the order of the program breaks ties.
  std::vector<unsigned> order;
  for (auto [i, group] : enumerate(groups)) {
    if (!group.nodes.empty()) {
      order.push_back(unsigned(i));
    }
  }
  llvm::sort(order, [&](unsigned a, unsigned b) {
    return groups[a].nodes.front() < groups[b].nodes.front();
  });
  std::vector<bool> isOpen(groups.size());
  std::vector<unsigned> path;
  for (unsigned root : order) {
    path.push_back(root);
    while (!path.empty()) {
      unsigned group = path.back();
      if (isDone[group]) {
        path.pop_back();
        continue;
      }
      isOpen[group] = true;
      size_t before = path.size();
      for (unsigned producer : producers[group]) {
        if (!isDone[producer] && !isOpen[producer]) {
          path.push_back(producer);
        }
      }
      if (path.size() != before) {
        continue;
      }
      SmallSetVector<unsigned, 4> sources;
      for (unsigned producer : producers[group]) {
        sources.insert(stepsOf[producer].begin(), stepsOf[producer].end());
      }
      WorkStep step = makeStep(groups[group]);
      step.producers.assign(sources.begin(), sources.end());
      if (isNothing(step)) {
        stepsOf[group] = std::move(sources);
      } else {
        stepsOf[group].insert(unsigned(workload.steps.size()));
        workload.steps.push_back(std::move(step));
      }
      isDone[group] = true;
      path.pop_back();
    }
  }
}

/// The format of all products if it is one, else `asked`: a graph of bf16
/// products stays that at a precision of fp32.
static Format productFormat(const Workload &workload, Format asked) {
  std::optional<Format> common;
  for (const WorkStep &step : workload.steps) {
    std::optional<Format> format;
    if (auto *gemm = std::get_if<Gemm>(&step.kernel.work)) {
      format = gemm->a;
    } else if (auto *attention = std::get_if<Attention>(&step.kernel.work)) {
      format = attention->q;
    }
    if (format && common && *format != *common) {
      return asked;
    }
    common = format ? format : common;
  }
  return common.value_or(asked);
}

Workload Extraction::run() {
  findUsers();
  findAttention();
  findLevels();
  groupTheRest();
  foldEpilogues();
  joinProducts();
  makeSteps();
  workload.format = productFormat(workload, format);
  workload.weights = Bytes(graph.constantBytes);
  workload.arguments = Bytes(graph.argumentBytes);
  workload.results = Bytes(graph.resultBytes);
  double inPlace = 0;
  for (const Node &node : graph.nodes) {
    inPlace += node.extendsArgument ? node.resultBytes : 0;
  }
  if (inPlace > 0) {
    workload.results -= Bytes(std::min(inPlace, graph.resultBytes));
    workload.notes.push_back(
        "caches that the graph copies to extend them are extended in place");
  }
  return std::move(workload);
}

Expected<Workload> extractWorkload(mlir::ModuleOp module, StringRef precision) {
  std::optional<Format> format = parseFormat(precision);
  if (!format) {
    return createStringError(inconvertibleErrorCode(),
                             "unknown precision '" + precision + "'");
  }
  Expected<Graph> graph = buildGraph(module, *format);
  if (!graph) {
    return graph.takeError();
  }
  return Extraction(std::move(*graph), *format).run();
}

} // namespace xpu
