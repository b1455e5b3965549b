//===- WritersTest.cpp - Reports are well formed
//----------------------------===//

#include "Programs.h"

#include "compiler-driver/Report/Charts.h"
#include "compiler-driver/Report/Writers.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/Path.h"

#include <gtest/gtest.h>

#include <regex>
#include <set>

using namespace acc;
using namespace acc::report;
using namespace acc::test;
namespace json = llvm::json;

namespace {

/// A product with weights and the elementwise work after it.
const systems::Workload &smallWorkload() {
  static const systems::Workload workload = [] {
    systems::Workload w;
    systems::WorkStep product, rest;
    product.kernel.name = "mul<&>";
    product.kernel.work = systems::Gemm{256, 1024, 512};
    product.weights = systems::Bytes(1 << 20);
    product.result = systems::Bytes(1 << 19);
    rest.kernel.name = "add";
    systems::Vector vector;
    vector.read = vector.written = systems::Bytes(1 << 19);
    rest.kernel.work = vector;
    rest.producers = {0};
    rest.isOutput = true;
    w.steps = {product, rest};
    w.weights = product.weights;
    w.notes = {"a note <&>"};
    return w;
  }();
  return workload;
}

ReportData makeData() {
  Program program;
  ReportInput input;
  input.inputFile = "dir/a&b.onnx";
  input.systems = {{"h200", std::nullopt}, {"mi355x", 2}, {"h200", 1}};
  input.workload = &smallWorkload();
  std::vector<SimOutput> runs;
  runs.push_back(makeRun(program));
  runs.push_back(makeRun(program));
  runs[1].model = "rtl";
  runs[1].events = 0;
  return llvm::cantFail(
      buildReport(input, tiny(), program.object, {&runs[0], &runs[1]}));
}

template <typename Writer> std::string write(Writer writer) {
  std::string text;
  llvm::raw_string_ostream os(text);
  writer(os);
  return text;
}

TEST(Writers, JsonHasTheStableKeys) {
  ReportData data = makeData();
  json::Value value = llvm::cantFail(
      json::parse(write([&](auto &os) { writeJson(data, os); })));
  const json::Object &root = *value.getAsObject();
  for (const char *key :
       {"schema", "input", "target", "fidelity", "precision", "cycles",
        "time_s", "ops", "bytes", "utilization", "energy_j", "power_w",
        "throughput", "layers", "host_fallback", "comparison", "simulator"}) {
    EXPECT_TRUE(root.get(key)) << key;
  }
  struct Group {
    const char *name;
    std::vector<const char *> keys;
  };
  for (const Group &group : std::vector<Group>{
           {"ops", {"mac", "flop"}},
           {"bytes", {"hbm_read", "hbm_write", "spm", "noc", "fabric"}},
           {"utilization", {"mxu", "vpu", "hbm", "fabric", "roofline"}},
           {"energy_j", {"total", "low", "high", "by"}},
           {"throughput", {"tokens_per_s", "tokens_per_j", "latency_s"}},
           {"simulator", {"wall_s", "events", "simulated", "repeated"}}}) {
    const json::Object *object = root.getObject(group.name);
    ASSERT_TRUE(object) << group.name;
    for (const char *key : group.keys) {
      EXPECT_TRUE(object->get(key)) << group.name << "." << key;
    }
  }
  EXPECT_EQ(root.getString("fidelity"), "rtl");
  EXPECT_EQ(root.getInteger("cycles"), 100);
  EXPECT_DOUBLE_EQ(*root.getNumber("time_s"), 1e-7);
  EXPECT_EQ(root.getObject("ops")->getInteger("mac"), 128);
  const json::Array &layers = *root.getArray("layers");
  ASSERT_EQ(layers.size(), 3u);
  for (const json::Value &layer : layers) {
    for (const char *key : {"name", "cycles", "bound"}) {
      EXPECT_TRUE(layer.getAsObject()->get(key)) << key;
    }
  }
  const json::Array &comparison = *root.getArray("comparison");
  ASSERT_EQ(comparison.size(), 2u);
  for (const char *key :
       {"system", "count", "time_s", "energy_j", "model_error", "source"}) {
    EXPECT_TRUE(comparison[0].getAsObject()->get(key)) << key;
  }
  // What the report names as a source is in its list of sources.
  const json::Object &sources = *root.getObject("sources");
  for (const json::Value &source :
       *comparison[0].getAsObject()->getArray("source")) {
    EXPECT_TRUE(sources.get(*source.getAsString()));
  }
  EXPECT_EQ(comparison[1].getAsObject()->getInteger("count"), 2);
}

/// Cell of the comparison -> block of the system -> data sheet or measured row.
TEST(Writers, ComparedFiguresAreTwoClicksFromTheirOrigins) {
  ReportData data = makeData();
  std::string html = write([&](auto &os) { writeHtml(data, os); });
  static const std::regex section(
      "<section id=\"(compare-[^\"]*)\">([^]*?)</section>");
  static const std::regex href("href=\"#([^\"]*)\"");
  unsigned sections = 0;
  for (std::sregex_iterator it(html.begin(), html.end(), section), end;
       it != end; ++it, ++sections) {
    EXPECT_NE(html.find("href=\"#" + (*it)[1].str() + "\""), std::string::npos);
    std::string body = (*it)[2];
    bool hasSheet = false, hasParameter = false, hasRows = false;
    for (std::sregex_iterator link(body.begin(), body.end(), href); link != end;
         ++link) {
      llvm::StringRef id(data.origin((*link)[1].str()));
      EXPECT_FALSE(id.empty()) << (*link)[1];
      hasSheet |= id.contains("targets/systems/") && id.contains(".yaml:") &&
                  id.contains("Confidence: ");
      hasParameter |= id.contains("targets/systems/model/");
      hasRows |= id.contains("targets/systems/measurements");
    }
    EXPECT_TRUE(hasSheet);
    EXPECT_TRUE(hasParameter);
    EXPECT_TRUE(hasRows);
  }
  EXPECT_EQ(sections, 2u);
}

/// Names of elements that stay open, or the first that does not match.
std::string unbalanced(const std::string &html) {
  static const std::regex tag("<(/?)([a-zA-Z][a-zA-Z0-9]*)[^<>]*?(/?)>");
  std::vector<std::string> open;
  for (std::sregex_iterator it(html.begin(), html.end(), tag), end; it != end;
       ++it) {
    if ((*it)[3].length()) {
      continue;
    }
    if (!(*it)[1].length()) {
      open.push_back((*it)[2]);
    } else if (open.empty() || open.back() != (*it)[2]) {
      return "</" + std::string((*it)[2]) + ">";
    } else {
      open.pop_back();
    }
  }
  return open.empty() ? "" : open.back();
}

TEST(Writers, HtmlIsBalancedAndSelfContained) {
  ReportData data = makeData();
  std::string html = write([&](auto &os) { writeHtml(data, os); });
  EXPECT_EQ(unbalanced(html), "");
  EXPECT_EQ(unbalanced("<p><b></p>"), "</p>");
  for (const char *loads : {"<script", "<link", "<img", "<iframe",
                            "src=", "url(", "@import", "href=\"http"}) {
    EXPECT_EQ(html.find(loads), std::string::npos) << loads;
  }
  EXPECT_NE(html.find("a &lt;&amp;&gt; &quot;b&quot;"), std::string::npos);
  EXPECT_EQ(html.find("a <&>"), std::string::npos);
}

/// Pages sort cells by these numbers, of which most are times.
TEST(Writers, SortableCellsHaveAllDigits) {
  for (double value : {8.59e-6, 1.1e-6, 0.0, 1e-300, 7300.0, 0.1, 1e17}) {
    std::string cell = sortable(value, "text <&>");
    llvm::StringRef number = cell;
    ASSERT_TRUE(number.consume_front("<data value=\""));
    double read = -1;
    ASSERT_FALSE(number.split('"').first.getAsDouble(read)) << cell;
    EXPECT_EQ(read, value) << cell;
    EXPECT_NE(cell.find(">text &lt;&amp;&gt;</data>"), std::string::npos);
  }
}

TEST(Writers, EveryLinkOfTheHtmlHasItsAnchor) {
  ReportData data = makeData();
  std::string html = write([&](auto &os) { writeHtml(data, os); });
  std::set<std::string> ids;
  static const std::regex id(" id=\"([^\"]*)\""), href("href=\"#([^\"]*)\"");
  for (std::sregex_iterator it(html.begin(), html.end(), id), end; it != end;
       ++it) {
    EXPECT_TRUE(ids.insert((*it)[1]).second) << (*it)[1];
  }
  unsigned links = 0;
  for (std::sregex_iterator it(html.begin(), html.end(), href), end; it != end;
       ++it, ++links) {
    EXPECT_TRUE(ids.count((*it)[1])) << (*it)[1];
  }
  EXPECT_GT(links, 20u);
}

TEST(Writers, TraceHasEveryCommand) {
  ReportData data = makeData();
  Program program;
  json::Value value = llvm::cantFail(json::parse(
      write([&](auto &os) { writeTrace(data, program.object, os); })));
  unsigned slices = 0;
  for (const json::Value &event :
       *value.getAsObject()->getArray("traceEvents")) {
    const json::Object &e = *event.getAsObject();
    if (e.getString("ph") != "X") {
      continue;
    }
    ++slices;
    if (e.getObject("args")->getInteger("pc") == program.leading) {
      EXPECT_EQ(e.getString("name"), "mul+add mxu.matmul");
      EXPECT_DOUBLE_EQ(*e.getNumber("ts"), 0.015); // microseconds at 1 GHz
      EXPECT_DOUBLE_EQ(*e.getNumber("dur"), 0.020);
    }
  }
  EXPECT_EQ(slices, 6u);
}

TEST(Writers, MarkdownSaysTheEssentials) {
  ReportData data = makeData();
  std::string text = write([&](auto &os) { writeMarkdown(data, os, 2); });
  for (const char *part : {"# a&b.onnx on xpu-tiny", "100 cycles at 1.00 GHz",
                           "mul+add", "1 more take", "NVIDIA H200",
                           "mean error", "a note <&>", "| rtl", "| systemc"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  }
}

TEST(Writers, NamesSayTheKind) {
  for (const char *name : {"-", "a.html", "a.json", "b/a.md", "a.csv"}) {
    EXPECT_FALSE(bool(checkReportName(name))) << name;
  }
  llvm::Error error = checkReportName("a.txt");
  EXPECT_EQ(llvm::toString(std::move(error)),
            "--report=a.txt: unknown kind of report; expects a name in .html, "
            ".json, .md or .csv, or -");
}

TEST(Writers, AFailureLeavesNoFile) {
  ReportData data = makeData();
  llvm::SmallString<128> directory;
  ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("acc-report", directory));
  std::string missing = (directory + "/no/a.json").str();
  EXPECT_NE(
      llvm::toString(writeReport(data, missing)).find("cannot be written"),
      std::string::npos);
  std::string name = (directory + "/a.json").str();
  EXPECT_FALSE(bool(writeReport(data, name)));
  EXPECT_TRUE(llvm::sys::fs::exists(name));
  llvm::sys::fs::remove_directories(directory);
}

TEST(ReportData, AProgramWithoutCommandsHasAReport) {
  Program program;
  ReportInput input;
  input.systems = {{"h200", std::nullopt}};
  input.workload = &smallWorkload();
  SimOutput run;
  run.model = "systemc";
  run.cycles = 1;
  ReportData data =
      llvm::cantFail(buildReport(input, tiny(), program.object, &run));
  EXPECT_TRUE(data.table.layers.empty());
  llvm::cantFail(json::parse(write([&](auto &os) { writeJson(data, os); })));
  EXPECT_EQ(unbalanced(write([&](auto &os) { writeHtml(data, os); })), "");
  write([&](auto &os) { writeMarkdown(data, os); });
}

TEST(ReportData, ARunWithoutTimeIsAnError) {
  Program program;
  SimOutput run;
  run.model = "functional";
  auto data = buildReport({}, tiny(), program.object, &run);
  ASSERT_FALSE(bool(data));
  EXPECT_NE(llvm::toString(data.takeError()).find("--run=systemc"),
            std::string::npos);
}

} // namespace
