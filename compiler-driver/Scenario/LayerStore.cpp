//===- LayerStore.cpp - Runs of layers on disk ----------------------------===//

#include "compiler-driver/Scenario/LayerStore.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SHA256.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace acc;
using namespace acc::scenario;

namespace {

/// Calls the visitor with each number of a run.
template <typename Run, typename Visitor>
void visitRun(Run &run, Visitor visit) {
  visit("cycles", run.cycles);
  visit("words", run.words);
  auto &a = run.activity;
  visit("macs", a.macs);
  for (size_t i = 0; i < a.macsByKind.size(); ++i) {
    visit(("macs_by_kind_" + Twine(i)).str(), a.macsByKind[i]);
  }
  visit("scaled_macs", a.scaledMacs);
  visit("useful_macs", a.usefulMacs);
  visit("fp32_term_macs", a.fp32TermMacs);
  visit("fp16_term_macs", a.fp16TermMacs);
  visit("vector_flop", a.vectorFlop);
  for (size_t i = 0; i < a.uops.size(); ++i) {
    visit(("uops_" + Twine(i)).str(), a.uops[i]);
  }
  visit("acc_bytes", a.accBytes);
  visit("spm_read_bytes", a.spmReadBytes);
  visit("spm_write_bytes", a.spmWriteBytes);
  visit("hbm_read_bytes", a.hbmReadBytes);
  visit("hbm_write_bytes", a.hbmWriteBytes);
  visit("hbm_burst_bytes", a.hbmBurstBytes);
  visit("hbm_activates", a.hbmActivates);
  visit("instruction_words", a.instructionWords);
}

/// The sizes of a share that its graph depends on.
template <typename Visitor>
void visitSizes(const huggingface::Share &s, Visitor visit) {
  for (int64_t size :
       {int64_t(s.kind),   s.tokens,       s.hidden,         s.projections,
        s.latents,         s.latentTerms,  s.absorbedHeads,  s.expandedTokens,
        s.expandedColumns, s.sequences,    s.queryHeads,     s.kvHeads,
        s.queries,         s.keys,         s.keySize,        s.valueSize,
        s.outputTerms,     s.features,     s.routedTokens,   s.routerColumns,
        s.experts,         s.expertTokens, s.expertFeatures, s.expertHidden,
        s.headRows,        s.logits,       s.ownTokens,      s.innerTokens}) {
    visit(size);
  }
}

} // namespace

json::Value scenario::toJson(const LayerRun &run) {
  json::Object object;
  visitRun(run, [&](StringRef key, uint64_t value) {
    object[key.str()] = int64_t(value);
  });
  return object;
}

bool scenario::fromJson(StringRef text, LayerRun &run) {
  Expected<json::Value> value = json::parse(text);
  if (!value) {
    consumeError(value.takeError());
    return false;
  }
  const json::Object *object = value->getAsObject();
  bool isWhole = object != nullptr;
  visitRun(run, [&](StringRef key, uint64_t &field) {
    std::optional<int64_t> number =
        object ? object->getInteger(key) : std::nullopt;
    isWhole &= number && *number >= 0;
    field = uint64_t(number.value_or(0));
  });
  return isWhole;
}

/// The numbers of a run, but for the words of its program.
static std::vector<uint64_t *> listCounts(LayerRun &run) {
  std::vector<uint64_t *> counts;
  visitRun(run, [&](StringRef key, uint64_t &field) {
    if (key != "words") {
      counts.push_back(&field);
    }
  });
  return counts;
}

void scenario::extend(LayerRun &run, const LayerRun &shorter, int64_t times) {
  LayerRun other = shorter;
  for (auto [count, less] : zip(listCounts(run), listCounts(other))) {
    // Less of something is rare, and none at the least.
    int64_t more = int64_t(*count) + times * (int64_t(*count) - int64_t(*less));
    *count = uint64_t(std::max<int64_t>(0, more));
  }
}

void scenario::append(LayerRun &run, const LayerRun &other) {
  LayerRun more = other;
  for (auto [count, own] : zip(listCounts(run), listCounts(more))) {
    *count += *own;
  }
}

void scenario::addDifference(LayerRun &run, const LayerRun &longer,
                             const LayerRun &shorter) {
  LayerRun more = longer, less = shorter;
  for (auto [count, a, b] :
       zip(listCounts(run), listCounts(more), listCounts(less))) {
    int64_t sum = int64_t(*count) + int64_t(*a) - int64_t(*b);
    *count = uint64_t(std::max<int64_t>(0, sum));
  }
}

void scenario::divide(LayerRun &run, int64_t parts) {
  for (uint64_t *count : listCounts(run)) {
    *count = (*count + uint64_t(parts) / 2) / uint64_t(parts);
  }
}

std::string scenario::describe(const systems::ModelShape &model,
                               const huggingface::Share &share) {
  std::string text;
  raw_string_ostream os(text);
  visitSizes(share, [&](int64_t size) { os << size << " "; });
  os << "\n"
     << int(model.norm) << " " << int(model.activation) << " "
     << int(model.positions) << " " << model.rotaryDim << " "
     << model.attentionBias << model.outputBias << model.feedForwardBias
     << model.queryKeyNorm << model.causal << model.parallelBlock << model.gated
     << model.sigmoidRouter << " " << model.headDim << " " << model.latentDim
     << " " << model.valueDim << " " << model.topK << "\n";
  return text;
}

std::string scenario::describeRun(const LayerJob &job, const Machine &machine,
                                  const ExactStepOptions &options) {
  std::string text;
  raw_string_ostream os(text);
  os << getProgramDigest() << "\n"
     << options.precision << "\n"
     << job.description;
  // Names and sources change nothing that a program does.
  Target plain = machine.slice;
  plain.name = "slice";
  plain.description.clear();
  plain.sources = {{"default", "any"}};
  printTarget(plain, os);
  if (job.buildOnChip) {
    Chip chip = *machine.chip;
    chip.name = "chip";
    chip.description.clear();
    chip.sources = {{"default", "any"}};
    Machine part;
    part.level = TargetLevel::Chip;
    part.chip = std::move(chip);
    printMachine(part, os);
  }
  return text;
}

StringRef scenario::getProgramDigest() {
  static const std::string digest = [] {
    std::string path = sys::fs::getMainExecutable(
        nullptr, reinterpret_cast<void *>(&scenario::getProgramDigest));
    auto file = MemoryBuffer::getFile(path);
    SHA256 hash;
    if (file) {
      hash.update((*file)->getBuffer());
    }
    return toHex(hash.final(), /*LowerCase=*/true);
  }();
  return digest;
}
