//===- ChakraTrace.cpp - A plan as execution traces -----------------------===//

#include "systemc-models/Fabric/ChakraTrace.h"

#include "llvm/Support/LEB128.h"

#include <cmath>

using namespace llvm;
using namespace acc;
using namespace acc::fabric;

namespace {

/// The wire format of protocol buffers, as far as it is needed.
class Writer {
public:
  void number(unsigned field, uint64_t value) {
    encodeULEB128(field << 3, os);
    encodeULEB128(value, os);
  }
  void text(unsigned field, StringRef value) {
    encodeULEB128(field << 3 | 2, os);
    encodeULEB128(value.size(), os);
    os << value;
  }
  StringRef str() const { return buffer; }

private:
  std::string buffer;
  raw_string_ostream os{buffer};
};

// Numbers of et_def.proto.
enum NodeType {
  Compute = 4,
  CommSend = 5,
  CommReceive = 6,
  CommCollective = 7
};
constexpr uint64_t kAllReduce = 0; ///< CollectiveCommType
enum NodeField {
  Id = 1,
  Name = 2,
  Type = 3,
  DataDeps = 5,
  StartMicros = 6,
  DurationMicros = 7,
  Attribute = 10
};
enum AttributeField { AttributeName = 1, Int32 = 7, Int64 = 9, Bool = 27 };

void attribute(Writer &node, StringRef name, AttributeField kind,
               uint64_t value) {
  Writer a;
  a.text(AttributeName, name);
  a.number(kind, value);
  node.text(Attribute, a.str());
}

void delimited(raw_ostream &os, const Writer &message) {
  encodeULEB128(message.str().size(), os);
  os << message.str();
}

} // namespace

void fabric::writeChakraTrace(const Machine &machine, const Plan &plan,
                              const PlanTimes &times, unsigned elementBytes,
                              uint32_t rank, raw_ostream &os) {
  double micros = delaysOf(machine).cycleSeconds * 1e6;
  Writer metadata;
  metadata.text(1, "0.0.4");
  delimited(os, metadata);
  // A message is a node at both ends: even numbers send and add, odd ones
  // receive.
  auto here = [&](uint32_t number) -> uint64_t {
    return 2 * uint64_t(number) + 2 +
           (plan.nodes[number].kind == Plan::Kind::Send);
  };
  // Nothing is sent for no elements.
  auto isNode = [](const Plan::Node &node) {
    return node.kind == Plan::Kind::Work ||
           (node.kind != Plan::Kind::Input && node.count != 0);
  };
  for (uint32_t n = 0; n < plan.nodes.size(); ++n) {
    const Plan::Node &node = plan.nodes[n];
    if (!isNode(node)) {
      continue;
    }
    bool isSend = node.kind == Plan::Kind::Send;
    uint32_t source = isSend ? plan.nodes[node.from.front()].rank : node.rank;
    auto add = [&](NodeType type, uint64_t id, StringRef name) {
      Writer w;
      w.number(Id, id);
      w.text(Name, (name + " " + Twine(n)).str());
      w.number(Type, type);
      Cycle begin = 0;
      for (uint32_t from : node.from) {
        // What switches add up is one node of each rank, behind its own part.
        if (plan.nodes[from].kind == Plan::Kind::Give) {
          if (plan.nodes[from].rank != rank) {
            continue;
          }
          from = plan.nodes[from].from.front();
        }
        begin = std::max(begin, times.ready[from]);
        if (type == CommReceive) {
          continue;
        }
        // An input is no node, but what it waits for.
        const Plan::Node &before = plan.nodes[from];
        if (before.kind != Plan::Kind::Input) {
          w.number(DataDeps, here(from));
        }
        for (uint32_t work : before.kind == Plan::Kind::Input
                                 ? llvm::ArrayRef<uint32_t>(before.from)
                                 : llvm::ArrayRef<uint32_t>()) {
          w.number(DataDeps, here(work));
        }
      }
      w.number(StartMicros, uint64_t(std::llround(double(begin) * micros)));
      w.number(DurationMicros,
               uint64_t(std::llround(double(times.ready[n] - begin) * micros)));
      attribute(w, "is_cpu_op", Bool, 0);
      if (node.kind == Plan::Kind::Sum) {
        attribute(w, "num_ops", Int64, node.count * (node.from.size() - 1));
      } else if (type == CommCollective) {
        attribute(w, "comm_size", Int64, node.count * elementBytes);
        attribute(w, "comm_type", Int64, kAllReduce);
      } else if (isSend) {
        attribute(w, "comm_size", Int64, node.count * elementBytes);
        attribute(w, "comm_src", Int32, source);
        attribute(w, "comm_dst", Int32, node.rank);
        attribute(w, "comm_tag", Int32, n);
      }
      delimited(os, w);
    };
    bool isGiven = node.kind == Plan::Kind::Give;
    if (node.kind == Plan::Kind::SwitchSum) {
      if (node.rank == rank) {
        add(CommCollective, here(n), "all-reduce");
      }
    } else if (!isSend && !isGiven && node.rank == rank) {
      add(Compute, here(n), node.kind == Plan::Kind::Sum ? "add" : "work");
    } else if (isSend && node.rank == rank) {
      add(CommReceive, here(n), "receive");
    }
    if (isSend && source == rank) {
      add(CommSend, here(n) - 1, "send");
    }
  }
}
