//===- ValueReport.cpp - What a run without time says ---------------------===//

#include "compiler-driver/Report/ValueReport.h"

#include "compiler-driver/Report/Csv.h"
#include "compiler-driver/Report/Format.h"
#include "compiler-driver/Report/Html.h"
#include "compiler-driver/Report/Writers.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace acc;
using namespace acc::report;

namespace {
/// Instructions of the program that come from a node, by engine.
using Placement = MapVector<StringRef, MapVector<StringRef, uint64_t>>;
} // namespace

static Placement countInstructions(const ::xpu::Object &object) {
  Placement placement;
  for (size_t pc = 0; pc < object.code.size();) {
    const isa::InstrInfo *info =
        isa::lookupOpcode(isa::opcodeOf(object.code[pc]));
    if (!info) {
      ++pc;
      continue;
    }
    StringRef source = object.sourceOf(static_cast<uint32_t>(pc));
    if (info->engine != "seq") {
      ++placement[source.empty() ? "(unnamed)" : source][info->engine];
    }
    pc += std::max(info->minWords, isa::numWordsOf(object.code[pc]));
  }
  return placement;
}

static std::string describeEngines(const MapVector<StringRef, uint64_t> &map) {
  std::string text;
  for (const auto &[engine, count] : map) {
    text +=
        (text.empty() ? "" : ", ") + engine.str() + " " + formatCount(count);
  }
  return text;
}

static std::string formatError(double value) {
  std::string text;
  raw_string_ostream os(text);
  os << format("%.3g", value);
  return text;
}

static void printJson(const ValueReport &report, raw_ostream &os) {
  json::OStream j(os, 1);
  j.object([&] {
    j.attribute("schema", "acc-report/1");
    j.attributeObject("input", [&] { j.attribute("file", report.inputFile); });
    j.attributeObject("target", [&] {
      j.attribute("name", report.object.target().name);
      j.attribute("description", report.object.target().description);
      j.attribute("scope", "one slice");
    });
    j.attribute("fidelity", report.run.model);
    j.attribute("precision", report.precision);
    j.attributeObject("counters", [&] {
      for (unsigned i = 0; i < numCounters; ++i) {
        if (!isTimed(isa::Counter(i))) {
          j.attribute(isa::stringify(isa::Counter(i)), report.run.counters[i]);
        }
      }
    });
    j.attributeArray("placement", [&] {
      for (const auto &[source, engines] : countInstructions(report.object)) {
        j.object([&, &source = source, &engines = engines] {
          j.attribute("name", source);
          j.attributeObject("commands", [&] {
            for (const auto &[engine, count] : engines) {
              j.attribute(engine, count);
            }
          });
        });
      }
    });
    j.attributeArray("host_fallback", [&] {
      for (const ::xpu::HostCall &call : report.object.hostCalls) {
        j.object([&] {
          j.attribute("op", call.source);
          j.attribute("why", call.because);
          j.attribute("operations", call.operations);
        });
      }
    });
    // As in a report with time.
    j.attributeArray("bound_inputs", [&] {
      for (const ::xpu::ObjectTensor &tensor : report.object.inputs) {
        if (tensor.requiredValues) {
          j.value(tensor.name);
        }
      }
    });
    writeSteps(j, report.steps, /*isTimed=*/false);
    j.attributeArray("outputs", [&] {
      for (const OutputCheck &check : report.checks) {
        j.object([&] {
          j.attribute("name", check.name);
          j.attribute("type", check.dtype);
          j.attribute("elements", check.elements);
          j.attribute("against", check.reference);
          j.attribute("equal", check.result.equal);
          j.attribute("max_absolute_error", check.result.maxAbsoluteError);
          j.attribute("max_tolerance_ratio", check.result.maxToleranceRatio);
          j.attribute("elements_out_of_tolerance", check.result.badCount);
          j.attribute("tolerance_relative", check.relative);
          j.attribute("tolerance_absolute", check.absolute);
        });
      }
    });
  });
  os << "\n";
}

/// The tables of the report, for both kinds of text: `begin` opens a table with
/// a heading and its titles, `row` adds to it.
static void
writeTables(const ValueReport &report,
            function_ref<void(StringRef, std::vector<std::string>)> begin,
            function_ref<void(std::vector<std::string>)> row) {
  begin("Outputs", {"output", "type", "against", ">largest error",
                    ">of tolerance", ">elements out"});
  for (const OutputCheck &check : report.checks) {
    row({check.name, check.dtype, check.reference,
         formatError(check.result.maxAbsoluteError),
         formatPercent(check.result.maxToleranceRatio),
         formatCount(check.result.badCount) + " of " +
             formatCount(check.elements)});
  }
  begin("What runs where", {"node", "on", "commands of the program, or why"});
  for (const auto &[source, engines] : countInstructions(report.object)) {
    row({source.str(), "machine", describeEngines(engines)});
  }
  for (const ::xpu::HostCall &call : report.object.hostCalls) {
    row({call.source, "host", call.because});
  }
  bool isBound =
      llvm::any_of(report.object.inputs, [](const ::xpu::ObjectTensor &tensor) {
        return tensor.requiredValues.has_value();
      });
  if (isBound) {
    begin("Bound inputs", {"input", "because"});
  }
  for (const ::xpu::ObjectTensor &tensor : report.object.inputs) {
    if (tensor.requiredValues) {
      row({tensor.name, "shapes depend on it: the program is for its value"});
    }
  }
  begin("Counts", {"counter", ">value"});
  for (unsigned i = 0; i < numCounters; ++i) {
    if (!isTimed(isa::Counter(i))) {
      row({isa::stringify(isa::Counter(i)).str(),
           formatCount(report.run.counters[i])});
    }
  }
}

static std::string makeTitle(const ValueReport &report) {
  return (sys::path::filename(report.inputFile) + " on " +
          report.object.target().name + ", values only")
      .str();
}

static void printMarkdown(const ValueReport &report, raw_ostream &os) {
  os << "# " << makeTitle(report) << "\n";
  std::optional<TextTable> table;
  auto finish = [&] {
    if (table) {
      table->print(os);
    }
  };
  writeTables(
      report,
      [&](StringRef heading, std::vector<std::string> titles) {
        finish();
        os << "\n## " << heading << "\n\n";
        table.emplace(std::move(titles));
      },
      [&](std::vector<std::string> cells) { table->addRow(std::move(cells)); });
  finish();
}

static void printHtml(const ValueReport &report, raw_ostream &os) {
  openPage(makeTitle(report), os);
  std::optional<HtmlTable> table;
  writeTables(
      report,
      [&](StringRef heading, std::vector<std::string> titles) {
        table.reset();
        os << "<h2>" << escapeHtml(heading) << "</h2>\n";
        SmallVector<StringRef> refs(titles.begin(), titles.end());
        table.emplace(os, refs);
      },
      [&](std::vector<std::string> cells) {
        for (std::string &cell : cells) {
          cell = escapeHtml(cell);
        }
        table->addRow(cells);
      });
  table.reset();
  closePage(os);
}

/// Tables below each other, each with its heading and titles.
static void printCsv(const ValueReport &report, raw_ostream &os) {
  auto addRow = [&](ArrayRef<std::string> cells) {
    CsvRow row(os);
    for (StringRef cell : cells) {
      row.add(cell.ltrim('>'));
    }
  };
  writeTables(
      report,
      [&](StringRef heading, std::vector<std::string> titles) {
        addRow(heading.str());
        addRow(titles);
      },
      [&](std::vector<std::string> cells) { addRow(cells); });
}

Error acc::report::writeValueReport(const ValueReport &report, StringRef name) {
  return writeByName(name, [&](ReportKind kind, raw_ostream &os) {
    switch (kind) {
    case ReportKind::Html:
      return printHtml(report, os);
    case ReportKind::Json:
      return printJson(report, os);
    case ReportKind::Csv:
      return printCsv(report, os);
    case ReportKind::Terminal:
    case ReportKind::Markdown:
      return printMarkdown(report, os);
    }
  });
}
