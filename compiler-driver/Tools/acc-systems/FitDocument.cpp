//===- FitDocument.cpp - A page about a fit -------------------------------===//

#include "compiler-driver/Tools/acc-systems/FitTables.h"

#include "compiler-driver/Data/JsonFile.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;
using namespace acc::systems;

/// Why a row is predicted badly, as far as it is known: row -> remark.
static Expected<std::map<std::string, std::string>> loadRemarks() {
  std::string path = acc::data::dataPath("systems/model/remarks.json");
  auto fail = [&](const Twine &message) {
    return createStringError(inconvertibleErrorCode(),
                             path + ": error: " + message);
  };
  Expected<json::Value> file = acc::data::loadJson(path);
  if (!file) {
    return file.takeError();
  }
  const json::Object *root = file->getAsObject();
  const json::Array *list = root ? root->getArray("remarks") : nullptr;
  if (!list) {
    return fail("no 'remarks'; expects a list");
  }
  std::map<std::string, std::string> remarks;
  for (const json::Value &value : *list) {
    const json::Object *entry = value.getAsObject();
    const json::Array *rows = entry ? entry->getArray("rows") : nullptr;
    std::optional<StringRef> text =
        entry ? entry->getString("remark") : std::nullopt;
    if (!rows || !text) {
      return fail("a remark has no 'rows' or no 'remark'");
    }
    for (const json::Value &row : *rows) {
      remarks[row.getAsString().value_or("").str()] = text->str();
    }
  }
  return std::move(remarks);
}

static void writeIntroduction(raw_ostream &os) {
  os << R"(# The model of off-the-shelf systems

Written by `benchmarks/gpu-model/run` (`acc-systems fit --document`); do not edit.

A kernel's time follows from its sizes, the figures of a data sheet
(`targets/systems/*.yaml`) and the parameters below. Every generation of devices
has one value of each parameter, fitted on published measurements
(`targets/systems/measurements`); none belongs to a shape. The physics is in
`compiler-driver/Baselines/*Model.cpp`, one file per class of kernels:

| class | what is modelled |
|---|---|
| GEMM | tiles over cores in whole waves, splits of k, a core's load rate, memory traffic with reuse, power, quantisation of activations |
| experts, grouped GEMM | the same per expert, the experts that a batch reaches, gathering and summing passes |
| attention over prompts | tiles of queries along the visible keys, the pass that rotates and stores, library |
| attention in decode steps | KV bytes at the memory's rate, one block's latency on top |
| vector kernels | bytes at a share of the bandwidth, a row's block, cache for normalisations |
| collectives | pipelined ring or exchange, reduction in switches, one- and two-step all-reduce of frameworks |
| energy | standing power, energy per operation and byte, power limit; serving loops as lists of kernels |

A device without measurements takes the parameters of the set that stands in for
it (Rubin: Blackwell; CDNA 5: CDNA), or the pooled ones (TPU, Trainium).

)";
}

static void writeErrors(const Validation &validation, raw_ostream &os) {
  os << "## Errors\n\nMean of |predicted / measured − 1| in %. *fitted*: with "
        "the parameters of all rows. *crossed*: cross-validated by workload, "
     << foldCount
     << " folds; all rows of a shape are left out together. *device out*: the "
        "device's rows left out, as for a device without measurements. "
        "*generation out*: its whole generation left out, the pooled "
        "parameters "
        "predict; as for a Rubin or a TPU. Memory-bound kernels are the rows "
        "that measure them alone; those inside models count as model "
        "operators, "
        "where many are a few µs that their source rounds to 1 µs.\n\n"
        "| requirement | rows | at most | reached | |\n|---|---|---|---|---|\n";
  for (const Target &target : targetsOf(validation.rows)) {
    os << formatv("| {0} | {1} | {2:f0} | {3:f1} | {4} |\n", target.name,
                  target.reached.rows, 100 * target.bar,
                  100 * target.reached.meanAbsolute,
                  target.reached.meanAbsolute <= target.bar ? "met"
                                                            : "**missed**");
  }
  bool isFirst = true;
  for (const Target &target : targetsOf(validation.rows)) {
    if (target.reached.meanAbsolute > target.bar && !target.missing.empty()) {
      os << (isFirst ? "\nWhat is missing where a requirement is missed:\n\n"
                     : "");
      isFirst = false;
      os << "- " << target.name << ": " << target.missing << ".\n";
    }
  }
  for (const NamedTable &table : errorTables(validation.rows)) {
    os << "\n### By " << table.name << "\n\n| " << table.name
       << " | rows | fitted | crossed | median | bias | device out | "
          "generation out |\n|---|---|---|---|---|---|---|---|\n";
    for (const ErrorRow &row : table.rows) {
      os << formatv("| {0} | {1} | {2:f1} | {3:f1} | {4:f1} | {5:f1} | {6:f1} "
                    "| {7:f1} |\n",
                    row.name, row.fitted.rows, 100 * row.fitted.meanAbsolute,
                    100 * row.crossed.meanAbsolute, 100 * row.crossed.median,
                    100 * row.crossed.bias, 100 * row.leftOut.meanAbsolute,
                    100 * row.transferred.meanAbsolute);
    }
  }
}

static void writeParameters(const Validation &validation, raw_ostream &os) {
  os << "\n## Parameters\n\nA value in brackets rests on no row of that "
        "generation: it is the pooled one.\n\n| parameter | unit | meaning |";
  for (auto &[name, set] : validation.sets) {
    os << " " << name << " |";
  }
  os << "\n|---|---|---|";
  for (size_t i = 0; i < validation.sets.size(); ++i) {
    os << "---|";
  }
  os << "\n";
  for (const ParameterInfo &info : allParameters()) {
    os << "| `" << info.key << "` | " << info.unit << " | " << info.meaning
       << " |";
    for (auto &[name, set] : validation.sets) {
      auto rows = set.rows.find(info.id);
      bool own = rows != set.rows.end() && rows->second > 0;
      os << (own ? " " : " (")
         << formatv("{0}", format("%.3g", set.values[info.id]))
         << (own ? " |" : ") |");
    }
    os << "\n";
  }
}

static void writeWorst(const Validation &validation,
                       const std::map<std::string, std::string> &remarks,
                       raw_ostream &os) {
  os << "\n## The worst rows of each class\n\nBy the cross-validated error.\n";
  for (ErrorClass errorClass :
       {ErrorClass::Gemm, ErrorClass::Moe, ErrorClass::Prefill,
        ErrorClass::Decode, ErrorClass::Memory, ErrorClass::Collective,
        ErrorClass::Energy}) {
    os << "\n### " << errorClassName(errorClass)
       << "\n\n| row | device | precision | workload | measured | error % | "
          "reason |\n|---|---|---|---|---|---|---|\n";
    for (const Validated &row : worstOf(validation.rows, errorClass, 10)) {
      const Measurement &m = *row.row->row;
      auto remark = remarks.find(m.id);
      os << formatv("| {0} | {1} | {2} | {3} | {4} {5} | {6}{7:f0} | {8} |\n",
                    m.id, m.gpu, m.precision, describeWorkload(m),
                    format("%.4g", *m.value), m.unit,
                    row.crossed > *m.value ? "+" : "",
                    100 * (row.crossed / *m.value - 1),
                    remark == remarks.end() ? "not explained" : remark->second);
    }
  }
}

Error acc::systems::writeFitDocument(const Validation &validation,
                                     const Calibration &calibration,
                                     const ParameterSets &sets,
                                     raw_ostream &os) {
  Expected<std::map<std::string, std::string>> remarks = loadRemarks();
  if (!remarks) {
    return remarks.takeError();
  }
  writeIntroduction(os);
  os << formatv("{0} rows; {1} of them are not mapped to kernels",
                calibration.measurements().size(),
                calibration.unmapped().size());
  for (const UnmappedRow &row : calibration.unmapped()) {
    os << formatv("{0} {1} ({2})",
                  &row == calibration.unmapped().begin() ? ":" : ",",
                  row.row->id, row.reason);
  }
  os << formatv(". {0} parameter sets.\n\n", sets.all().size());
  writeErrors(validation, os);
  writeParameters(validation, os);
  writeWorst(validation, *remarks, os);
  return Error::success();
}
