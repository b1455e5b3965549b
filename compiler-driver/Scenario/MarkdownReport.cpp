//===- MarkdownReport.cpp - Answers for terminals and mails ---------------===//

#include "compiler-driver/Report/Format.h"
#include "compiler-driver/Report/Writers.h"
#include "compiler-driver/Scenario/Report.h"
#include "compiler-driver/Scenario/Train.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;
using namespace acc;
using namespace acc::scenario;
using report::formatRange;
using report::formatSi;
using report::TextTable;

static std::string money(const std::optional<Range> &range) {
  return range ? formatv("{0:F2} ({1:F2} … {2:F2})", range->value, range->low,
                         range->high)
                     .str()
               : "not known";
}

static std::string number(const Range &range) { return formatRange(range, ""); }

static void printSystems(const AnswerSheet &sheet, raw_ostream &os) {
  std::string unit = sheet.question.unit();
  TextTable table({"system", ">chips", "placement", ">" + unit + "s/s/chip",
                   ">" + unit + "s/s/user", ">first " + unit,
                   ">per " + unit + " p50", ">p99", ">J/" + unit,
                   ">USD/M" + unit});
  for (const Answer &a : sheet.answers) {
    const Served &s = a.best;
    table.addRow(
        {a.id, std::to_string(s.chips), s.placement, number(a.tokensPerChip()),
         formatSi(s.interactivity(), ""), formatSi(s.firstToken.p50, "s"),
         formatSi(s.perToken.p50, "s"), formatSi(s.perToken.p99, "s"),
         formatRange(s.joulesPerToken(), "J"), money(a.dollarsPerMillion)});
  }
  table.print(os);
}

/// Columns of a training job, for text and page alike.
std::vector<std::string> scenario::trainingTitles() {
  return {"system",     ">chips", "placement", ">tokens/s/chip",
          ">of peak",   ">step",  ">J/token",  ">USD/Mtoken",
          ">whole job", ">GWh",   ">USD"};
}

std::vector<std::string> scenario::trainingRow(const Answer &a,
                                               const Scenario &scenario) {
  const Served &s = a.best;
  std::optional<Answer::WholeJob> job = a.wholeJob(scenario);
  return {a.id,
          std::to_string(s.chips),
          s.placement,
          number(a.tokensPerChip()),
          report::formatPercent(a.utilisation.value_or(0)),
          formatSi(s.seconds.value(), "s"),
          formatRange(s.joulesPerToken(), "J"),
          money(a.dollarsPerMillion),
          job ? formatv("{0:F1} days", job->time / (24 * kHour)).str() : "-",
          job ? formatRange(job->energy / kWattHour, "Wh") : "-",
          job && job->dollars ? formatRange(*job->dollars, "") : "-"};
}

static void printTraining(const AnswerSheet &sheet, raw_ostream &os) {
  TextTable table(trainingTitles());
  for (const Answer &a : sheet.answers) {
    table.addRow(trainingRow(a, sheet.question.scenario));
  }
  table.print(os);
}

static void printPower(const AnswerSheet &sheet, raw_ostream &os) {
  TextTable table({"system", ">package of a chip", ">with rack", ">at the grid",
                   ">" + sheet.question.unit() + "s/s/MW", ">USD/chip/h"});
  for (const Answer &a : sheet.answers) {
    table.addRow({a.id, formatRange(a.economics.package, "W"),
                  formatRange(a.economics.rackIt, "W"),
                  formatRange(a.economics.facility, "W"),
                  number(a.tokensPerSecondPerMegawatt),
                  money(dollarsPerHour(a))});
  }
  table.print(os);
}

static void printFrontier(const AnswerSheet &sheet, raw_ostream &os) {
  std::string unit = sheet.question.unit();
  TextTable table({"system", ">concurrency", "placement",
                   ">" + unit + "s/s/user", ">" + unit + "s/s/chip",
                   ">J/" + unit});
  for (const Answer &a : sheet.answers) {
    for (const Served &s : a.frontier) {
      table.addRow({a.id, std::to_string(s.concurrency), s.placement,
                    formatSi(s.interactivity(), ""),
                    formatSi(s.outputRatePerChip(), ""),
                    formatSi(s.joulesPerToken().value, "J")});
    }
  }
  table.print(os);
}

static void printLayers(StringRef title, ArrayRef<PricedLayer> layers,
                        raw_ostream &os) {
  if (layers.empty()) {
    return;
  }
  os << "\n## " << title << "\n\n";
  TextTable table({"layer", ">count", ">cycles", ">time", ">exchange",
                   ">matrix", ">HBM", "bound"});
  for (const PricedLayer &layer : layers) {
    table.addRow({layer.name, formatv("{0:F0}", layer.count).str(),
                  report::formatCount(layer.cycles),
                  formatSi(layer.seconds, "s"),
                  formatSi(layer.exchangeSeconds, "s"),
                  report::formatPercent(layer.matrixUse),
                  report::formatPercent(layer.memoryUse), layer.bound});
  }
  table.print(os);
}

static void printFleet(const AnswerSheet &sheet, raw_ostream &os) {
  const Fleet &first = *sheet.answers.front().fleet;
  os << "\n## A site of " << formatSi(first.watts.value(), "W") << ", grid "
     << first.grid << "\n\n";
  if (!sheet.deployment.empty()) {
    os << sheet.deployment << "\n\n";
  }
  std::string unit = sheet.question.unit();
  TextTable table({"system", ">chips", ">racks", ">" + unit + "s/s",
                   ">TWh/year", ">t CO2/year", ">USD/year", ">USD/M" + unit});
  for (const Answer &a : sheet.answers) {
    const Fleet &f = *a.fleet;
    table.addRow(
        {a.id, number(f.chips),
         f.racks.value > 0 ? number(f.racks) : "not known",
         number(f.tokensPerSecond),
         formatv("{0:F1}", (f.energy / (1e12 * kWattHour)).value).str(),
         number(f.tonnesCo2),
         f.dollarsPerYear ? number(*f.dollarsPerYear) : "not known",
         money(a.dollarsPerMillion)});
  }
  table.print(os);
}

/// How steps of a decoder are run.
static std::string layerMethod(MachinePricer::Basis basis) {
  using Basis = MachinePricer::Basis;
  if (basis == Basis::Program) {
    return "the layers are compiled for a whole chip and run on the exact "
           "model; of more than six, each further one takes what the sixth "
           "adds. The output is a share of one slice, with its exchanges "
           "beside it";
  }
  std::string text =
      "each distinct layer's share of one slice is compiled and run on the "
      "exact model; between the numbers of sequences that slices share alike, "
      "and between the shortest and the longest context, time and energy are "
      "linear; prompts and generation run one after the other; no host comes "
      "between steps";
  if (basis == Basis::Between) {
    text += ". Steps of generation lie between the compiler's programs of the "
            "layers on a whole chip instead, of which each layer beyond six "
            "takes what the sixth adds: with as many sequences as are served, "
            "at both ends of their contexts, with one, and with sixteen. "
            "Sequences fill up a program of a power of two, or of a multiple "
            "of the grid's rows";
  }
  return text;
}

/// What rests on what, of decoders.
static std::vector<std::string> decoderMethods(const AnswerSheet &sheet) {
  return {
      sheet.question.machine.name() + ": " + layerMethod(sheet.basis),
      "Exchanges between chips of a rack from frames on the model of its "
      "fabric "
      "(docs/fabric.md), those on a chip by closed form, not overlapped with "
      "computation. All-reduce of slices: setup + bytes / width + stages + "
      "tail. All-to-all of chips over racks: 2 latency + (n-1)/n bytes / "
      "bandwidth",
      "Other systems: the fitted kernel model prices each step, tokens of "
      "prompts and of sequences together; the band of throughput is that of "
      "its errors on attention of generation",
      "One loop serves all: requests wait, prompts are worked off in pieces, "
      "every sequence gets a token a step; users who are done ask again at "
      "once, or arrive by chance at the given rate",
      "Concurrency is that of one instance; a rack holds as many instances as "
      "have room. tokens/s/chip counts output tokens",
      "Weights of every system are in the narrowest format asked for that it "
      "multiplies at a rate of its own; keys and values in bf16",
      "Uniform routing of tokens to experts",
  };
}

static std::vector<std::string> networkMethods(const AnswerSheet &sheet) {
  const Question &q = sheet.question;
  const systems::Network &network = *q.network;
  std::vector<std::string> methods = {
      q.machine.name() +
          ": the share that one slice has of each distinct block is compiled "
          "and run on the exact model: rows (tokens, pixels) over the rows of "
          "the grid, results over its columns; what an operation reads is "
          "gathered along a row first. Between the numbers of requests that "
          "rows share alike time and energy are linear, and grow by whole "
          "rounds once every row has images of its own; no host comes between "
          "steps",
      "Collectives by closed form from the target's links, not overlapped with "
      "computation. All-gather and all-reduce of slices: setup + bytes / width "
      "+ stages + tail. Lines that convolutions read of their neighbours come "
      "at no cost",
      "Other systems: the fitted kernel model prices the same operations, "
      "activations within products and residual sums within normalisations; "
      "the band of throughput is that of its errors on " +
          std::string(network.unit == "token" ? "attention of generation"
                                              : "products"),
      "One loop serves all: users who are done ask again at once, or arrive by "
      "chance at the given rate. Concurrency is that of one instance; a rack "
      "holds as many instances as have room"};
  if (q.scenario.countsRequests && q.scenario.output > 1) {
    methods.push_back(formatv(
        "An image takes {0} steps of {1} evaluations of {2:F2} T products; "
        "text encoders and the decoder of latents are not counted",
        q.scenario.output - 1, network.evaluations,
        network.products() * 1e-12));
  }
  if (network.secondsOfSound > 0) {
    const Served &best = sheet.answers.front().best;
    methods.push_back(formatv(
        "A request is {0:F0} s of sound: {1} are worked off in a second by a "
        "chip of {2}",
        network.secondsOfSound,
        formatSi(network.secondsOfSound * best.requests / best.seconds.value() /
                     double(best.chips),
                 "s"),
        q.machine.name()));
  }
  return methods;
}

std::vector<std::string> scenario::methodsOf(const AnswerSheet &sheet) {
  std::vector<std::string> methods =
      sheet.question.network ? networkMethods(sheet) : decoderMethods(sheet);
  const Scenario &s = sheet.question.scenario;
  if (!s.requests.empty()) {
    RequestSpan span = s.span();
    methods.push_back(formatv(
        "{0} requests {1}, again and again: {2} to {3} tokens in, {4} "
        "on average, and {5} out; memory is for {6} tokens of each "
        "that generates",
        s.requests.size(), s.trace.empty() ? "drawn evenly" : "of " + s.trace,
        span.leastInput, span.mostInput, span.meanInput, span.meanOutput,
        span.heldTokens));
  }
  if (s.draft > 0) {
    methods.push_back(
        formatv("Speculative decoding: one layer with its output proposes {0} "
                "tokens, one after the other; a step verifies them and gives "
                "{1:F2} on average, as the scenario says, on every system",
                s.draft, s.accepted));
  }
  if (any_of(sheet.answers, [](const Answer &a) {
        return StringRef(a.best.placement).contains("pp=") ||
               StringRef(a.best.placement).contains("dp=");
      })) {
    methods.push_back(
        "Between stages (pp) rows go from chip to chip: latency + bytes / "
        "bandwidth. A step goes through stages and copies (dp) in as many "
        "passes, and takes the longest of them, or what the slowest stage has "
        "to do of all, whichever is longer; chips that wait draw what flows at "
        "all times. Stages have whole layers, the last one the output as well");
  }
  methods.insert(methods.end(), sheet.absent.begin(), sheet.absent.end());
  for (const Answer &a : sheet.answers) {
    methods.push_back(a.id + ": " + a.choice + "; weights in " + a.format +
                      "; time: " + a.bandMeaning);
    for (const std::string &reason : a.skipped) {
      methods.push_back(a.id + " without " + reason);
    }
    methods.push_back(a.id + " power: package: " + a.economics.packageBasis +
                      "; rack: " + a.economics.rackBasis +
                      "; grid: " + a.economics.facilityBasis);
    methods.push_back(a.id + " cost: " + a.economics.costBasis);
  }
  return methods;
}

void scenario::writeMarkdown(const AnswerSheet &sheet, raw_ostream &os) {
  const Question &q = sheet.question;
  os << "# " << q.modelName() << " on " << q.machine.name() << ": "
     << q.scenario.text << "\n\n"
     << q.machine.description() << "; "
     << formatv("{0:F1}", q.parameters() * 1e-9) << " B parameters, precision "
     << q.precision << "\n\n";
  if (sheet.isTraining()) {
    printTraining(sheet, os);
  } else {
    printSystems(sheet, os);
  }
  os << "\n## Power and cost\n\n";
  printPower(sheet, os);
  if (!sheet.answers.front().frontier.empty()) {
    os << "\n## Throughput against interactivity\n\n";
    printFrontier(sheet, os);
  }
  printLayers(stepTitle(q), sheet.decodeLayers, os);
  printLayers(promptTitle(q), sheet.promptLayers, os);
  if (sheet.answers.front().fleet) {
    printFleet(sheet, os);
  }
  os << "\n## Methods\n\n";
  for (const std::string &method : methodsOf(sheet)) {
    os << "- " << method << "\n";
  }
  os << formatv("\n{0} exact steps, {1:F1} s\n", sheet.exactSteps,
                sheet.wallSeconds);
}

Error scenario::writeReport(const AnswerSheet &sheet, StringRef name) {
  return report::writeByName(name,
                             [&](report::ReportKind kind, raw_ostream &os) {
                               switch (kind) {
                               case report::ReportKind::Terminal:
                               case report::ReportKind::Markdown:
                                 return writeMarkdown(sheet, os);
                               case report::ReportKind::Html:
                                 return writeHtml(sheet, os);
                               case report::ReportKind::Json:
                                 return writeJson(sheet, os);
                               case report::ReportKind::Csv:
                                 return writeCsv(sheet, os);
                               }
                             });
}
