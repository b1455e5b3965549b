//===- ResultJson.cpp - Result files --------------------------------------===//

#include "systemc-models/Sim/Sim.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace acc;
namespace json = llvm::json;

static void writeFlips(json::OStream &j, llvm::StringRef name,
                       llvm::ArrayRef<MemoryFlip> flips) {
  if (flips.empty()) {
    return;
  }
  j.attributeArray(name, [&] {
    for (const MemoryFlip &f : flips) {
      j.array([&] {
        j.value(f.slice);
        j.value(f.where == MemoryFlip::Where::Hbm ? "hbm" : "scratchpad");
        j.value(f.address);
        j.value(f.bit);
        j.value(f.cycle);
      });
    }
  });
}

static void writeSlice(json::OStream &j, const SimOutput &out) {
  j.attributeObject("fault", [&] {
    j.attribute("code", isa::stringify(out.fault));
    j.attribute("pc", out.faultPc);
    j.attribute("address", out.faultAddress);
  });
  j.attribute("cycles", out.cycles);
  j.attributeObject("counters", [&] {
    for (unsigned i = 0; i < numCounters; ++i) {
      j.attribute(isa::stringify(isa::Counter(i)), out.counters[i]);
    }
  });
  j.attributeArray("commands", [&] {
    for (const CommandRecord &c : out.commands) {
      j.array([&] {
        j.value(isa::stringify(c.engine));
        j.value(c.pc);
        j.value(c.start);
        j.value(c.end);
      });
    }
  });
  writeFlips(j, "flips", out.flips);
  writeFlips(j, "hbm_errors", out.hbmErrors);
}

static void writeTraffic(json::OStream &j, const RackTraffic &traffic) {
  j.attributeObject("links", [&] {
    j.attribute("messages", traffic.messages);
    j.attribute("message_bytes", traffic.bytes);
    j.attribute("frames", traffic.frames);
    j.attribute("retries", traffic.retries);
    j.attribute("resent", traffic.resent);
    j.attributeArray("sent_bytes", [&] {
      for (uint64_t bytes : traffic.sentBytes) {
        j.value(bytes);
      }
    });
  });
}

static void writeRestarts(json::OStream &j, llvm::ArrayRef<Restart> restarts) {
  if (restarts.empty()) {
    return;
  }
  j.attributeArray("restarts", [&] {
    for (const Restart &restart : restarts) {
      j.object([&] {
        j.attribute("chip", restart.chip);
        j.attribute("died", restart.died);
        j.attribute("noticed", restart.noticed);
        j.attribute("bytes", restart.bytes);
        j.attribute("started", restart.started);
      });
    }
  });
}

llvm::Error acc::writeResultJson(const ChipOutput &out, llvm::StringRef path) {
  std::error_code ec;
  llvm::raw_fd_ostream os(path, ec);
  if (!ec) {
    json::OStream j(os);
    j.object([&] {
      if (out.slices.size() == 1) {
        return writeSlice(j, out.slices.front());
      }
      j.attributeArray("slices", [&] {
        for (const SimOutput &slice : out.slices) {
          j.object([&] { writeSlice(j, slice); });
        }
      });
      if (out.traffic) {
        writeTraffic(j, *out.traffic);
      }
      writeRestarts(j, out.restarts);
    });
    os << "\n";
    os.close();
    ec = os.error();
    os.clear_error();
  }
  if (ec) {
    return llvm::createStringError(ec, "cannot write '%s': %s",
                                   path.str().c_str(), ec.message().c_str());
  }
  return llvm::Error::success();
}

static llvm::Error malformed(llvm::StringRef path, const char *what) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                 "'%s' is no result file: %s",
                                 path.str().c_str(), what);
}

/// False if one is no flip.
static bool readFlips(const json::Array *list, std::vector<MemoryFlip> &flips) {
  for (size_t i = 0; list && i < list->size(); ++i) {
    const json::Array *f = (*list)[i].getAsArray();
    if (!f || f->size() != 5 || !(*f)[0].getAsUINT64() ||
        !(*f)[1].getAsString() || !(*f)[2].getAsUINT64() ||
        !(*f)[3].getAsUINT64() || !(*f)[4].getAsUINT64()) {
      return false;
    }
    flips.push_back({uint32_t(*(*f)[0].getAsUINT64()),
                     *(*f)[1].getAsString() == "hbm"
                         ? MemoryFlip::Where::Hbm
                         : MemoryFlip::Where::Scratchpad,
                     *(*f)[2].getAsUINT64(), unsigned(*(*f)[3].getAsUINT64()),
                     *(*f)[4].getAsUINT64()});
  }
  return true;
}

static llvm::Expected<SimOutput> readSlice(const json::Object *root,
                                           llvm::StringRef path) {
  const json::Object *fault = root ? root->getObject("fault") : nullptr;
  const json::Object *counters = root ? root->getObject("counters") : nullptr;
  const json::Array *commands = root ? root->getArray("commands") : nullptr;
  const json::Value *total = root ? root->get("cycles") : nullptr;
  if (!fault || !counters || !commands || !total || !total->getAsUINT64()) {
    return malformed(path, "a key is missing");
  }
  SimOutput out;
  auto code = isa::symbolizeFault(fault->getString("code").value_or(""));
  auto pc = fault->getInteger("pc");
  auto address = fault->getInteger("address");
  if (!code || !pc || !address) {
    return malformed(path, "unknown fault");
  }
  out.fault = *code;
  out.faultPc = uint32_t(*pc);
  out.faultAddress = uint32_t(*address);
  if (!readFlips(root->getArray("flips"), out.flips) ||
      !readFlips(root->getArray("hbm_errors"), out.hbmErrors)) {
    return malformed(path, "a flip is no [slice, memory, address, bit, cycle]");
  }
  out.cycles = *total->getAsUINT64();
  for (const auto &[name, number] : *counters) {
    auto counter = isa::symbolizeCounter(llvm::StringRef(name));
    if (!counter || !number.getAsUINT64()) {
      return malformed(path, "unknown counter");
    }
    at(out.counters, *counter) = *number.getAsUINT64();
  }
  for (const json::Value &element : *commands) {
    const json::Array *c = element.getAsArray();
    if (!c || c->size() != 4 || !(*c)[0].getAsString() ||
        !(*c)[1].getAsUINT64() || !(*c)[2].getAsUINT64() ||
        !(*c)[3].getAsUINT64()) {
      return malformed(path, "a command is no [engine, pc, start, end]");
    }
    auto engine = isa::symbolizeEngine(*(*c)[0].getAsString());
    if (!engine) {
      return malformed(path, "unknown engine");
    }
    out.commands.push_back({*engine, uint32_t(*(*c)[1].getAsUINT64()),
                            *(*c)[2].getAsUINT64(), *(*c)[3].getAsUINT64()});
  }
  return std::move(out);
}

/// Nothing if a number is missing.
static std::optional<RackTraffic> readTraffic(const json::Object &links) {
  RackTraffic traffic;
  for (auto [name, number] : {std::pair("messages", &traffic.messages),
                              std::pair("message_bytes", &traffic.bytes),
                              std::pair("frames", &traffic.frames),
                              std::pair("retries", &traffic.retries)}) {
    const json::Value *value = links.get(name);
    if (!value || !value->getAsUINT64()) {
      return std::nullopt;
    }
    *number = *value->getAsUINT64();
  }
  // Benches that were built before do not know it.
  if (const json::Value *resent = links.get("resent")) {
    traffic.resent = resent->getAsUINT64().value_or(0);
  }
  const json::Array *sent = links.getArray("sent_bytes");
  for (size_t i = 0; sent && i < sent->size(); ++i) {
    if (!(*sent)[i].getAsUINT64()) {
      return std::nullopt;
    }
    traffic.sentBytes.push_back(*(*sent)[i].getAsUINT64());
  }
  return sent ? std::optional(traffic) : std::nullopt;
}

llvm::Expected<ChipOutput> acc::readResultJson(llvm::StringRef path) {
  auto buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer) {
    return llvm::createStringError(buffer.getError(), "cannot read '%s': %s",
                                   path.str().c_str(),
                                   buffer.getError().message().c_str());
  }
  llvm::Expected<json::Value> value = json::parse((*buffer)->getBuffer());
  if (!value) {
    return value.takeError();
  }
  const json::Object *root = value->getAsObject();
  std::vector<const json::Object *> slices = {root};
  if (const json::Array *list = root ? root->getArray("slices") : nullptr) {
    slices.clear();
    for (const json::Value &slice : *list) {
      slices.push_back(slice.getAsObject());
    }
  }
  ChipOutput out;
  for (const json::Object *slice : slices) {
    auto one = readSlice(slice, path);
    if (!one) {
      return one.takeError();
    }
    out.slices.push_back(std::move(*one));
  }
  if (const json::Object *links = root ? root->getObject("links") : nullptr) {
    out.traffic = readTraffic(*links);
    if (!out.traffic) {
      return malformed(path, "a number of the links is missing");
    }
  }
  out.simulated = uint32_t(out.slices.size());
  return std::move(out);
}
