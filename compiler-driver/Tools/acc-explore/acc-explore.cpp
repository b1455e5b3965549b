//===- acc-explore.cpp - Designs beside each other ------------------------===//
//
// Runs acc-cc on every combination of a machine's parameters and of acc-cc's
// own options, and says which designs no other one beats.
//
//===----------------------------------------------------------------------===//

#include "compiler-driver/Explore/Table.h"
#include "compiler-driver/Report/Writers.h"
#include "compiler-driver/Tensor/Errors.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Threading.h"

using namespace llvm;
using namespace acc;
using namespace acc::explore;

static cl::OptionCategory category("acc-explore options");
static cl::opt<std::string> input(cl::Positional, cl::desc("INPUT"),
                                  cl::Required, cl::cat(category));
static cl::list<std::string> rest(cl::ConsumeAfter,
                                  cl::desc("[options of acc-cc]"));
static cl::opt<std::string> target("target",
                                   cl::desc("The machine that designs are "
                                            "variants of"),
                                   cl::value_desc("name|file.yaml"),
                                   cl::Required, cl::cat(category));
static cl::list<std::string> vary(
    "vary",
    cl::desc("What designs differ in; all combinations of several. A parameter "
             "as the target file has it, 'mxu.units=8,12,15', 'hbm.channels="
             "4..8', 'spm.bank_bytes=16384..65536*2'; some together, "
             "'mxu.rows/mxu.unit_cols=16/16,32/32'; or an option of acc-cc, "
             "'--precision=bf16,mxfp8'. Points that hold commas are separated "
             "by semicolons"),
    cl::value_desc("NAME=VALUE,..."), cl::OneOrMore, cl::cat(category));
static cl::opt<uint64_t>
    samples("samples", cl::desc("Only so many of the designs, drawn at random"),
            cl::value_desc("N"), cl::cat(category));
static cl::opt<uint64_t> seed("seed", cl::desc("Of --samples"), cl::init(1),
                              cl::cat(category));
static cl::opt<std::string> objectives(
    "objectives",
    cl::desc("What is to be small, or large with a '+': places in acc-cc's "
             "report for scripts. Default: time_s, energy_j.total and "
             "target.area_mm2.value; of a scenario "
             "+output_tokens_per_s_per_chip, +tokens_per_s_per_user and "
             "joules_per_output_token.value"),
    cl::value_desc("FIGURE,..."), cl::cat(category));
static cl::list<std::string>
    columns("columns", cl::desc("Further figures of the report to show"),
            cl::value_desc("FIGURE,..."), cl::CommaSeparated,
            cl::cat(category));
static cl::list<std::string>
    reports("report",
            cl::desc("Where to write the table; several. '-' is the terminal, "
                     "the default"),
            cl::value_desc("FILE.html|.csv|.json|.md|-"), cl::cat(category));
static cl::opt<std::string>
    keep("keep", cl::desc("Keep target files and reports of all designs there"),
         cl::value_desc("DIR"), cl::cat(category));
static cl::opt<unsigned>
    jobs("jobs",
         cl::desc("Designs that run at once; default: as many as there "
                  "are cores, one for scenarios, which use all"),
         cl::cat(category));

static bool hasOption(StringRef name) {
  return any_of(rest, [&](StringRef argument) {
    return argument == name || argument.starts_with((name + "=").str());
  });
}

static Error checkOptions() {
  for (StringRef name : {"--target", "--report"}) {
    if (hasOption(name)) {
      return makeInputError(name +
                            " is an option of acc-explore itself, which "
                            "gives each design its own; put it before " +
                            input);
    }
  }
  for (const std::string &name : reports) {
    if (Error error = report::checkReportName(name)) {
      return error;
    }
  }
  if (!sys::fs::exists(input)) {
    return makeInputError(input + ": no such file");
  }
  if (samples.getNumOccurrences() && samples == 0) {
    return makeInputError("--samples must be at least 1");
  }
  return Error::success();
}

static Expected<std::string> makeFolder() {
  SmallString<128> folder(keep);
  std::error_code code =
      keep.empty() ? sys::fs::createUniqueDirectory("acc-explore", folder)
                   : sys::fs::create_directories(folder);
  if (code) {
    return makeInputError("--keep=" + folder + ": " + code.message());
  }
  return folder.str().str();
}

static Error writeReports(const Table &table) {
  std::vector<std::string> names(reports);
  if (names.empty()) {
    names.push_back("-");
  }
  for (const std::string &name : names) {
    Error error = report::writeByName(
        name, [&](report::ReportKind kind, raw_ostream &os) {
          switch (kind) {
          case report::ReportKind::Terminal:
          case report::ReportKind::Markdown:
            return writeMarkdown(table, os);
          case report::ReportKind::Html:
            return writeHtml(table, os);
          case report::ReportKind::Json:
            return writeJson(table, os);
          case report::ReportKind::Csv:
            return writeCsv(table, os);
          }
        });
    if (error) {
      return error;
    }
  }
  return Error::success();
}

static Error runSweep(StringRef toolDirectory) {
  if (Error error = checkOptions()) {
    return error;
  }
  std::vector<Axis> axes;
  for (const std::string &text : vary) {
    Expected<Axis> axis = parseAxis(text);
    if (!axis) {
      return axis.takeError();
    }
    axes.push_back(std::move(*axis));
  }
  Sweep sweep;
  sweep.compiler = (toolDirectory + "/acc-cc").str();
  sweep.input = input;
  sweep.arguments = {rest.begin(), rest.end()};
  bool isScenario = hasOption("--workload");
  if (!isScenario && !hasOption("--run") && !hasOption("--check")) {
    sweep.arguments.push_back("--run=systemc");
  }
  auto base = loadMachine(target);
  if (!base) {
    return base.takeError();
  }
  sweep.base = std::move(*base);
  if (Error error = checkAxes(sweep.base, axes)) {
    return error;
  }
  auto designs =
      listDesigns(axes,
                  samples.getNumOccurrences() ? std::optional<uint64_t>(samples)
                                              : std::nullopt,
                  seed);
  if (!designs) {
    return designs.takeError();
  }
  sweep.designs = std::move(*designs);
  unsigned cores =
      isScenario ? 1 : llvm::hardware_concurrency().compute_thread_count();
  sweep.jobs = jobs ? unsigned(jobs) : cores;
  auto folder = makeFolder();
  if (!folder) {
    return folder.takeError();
  }
  sweep.folder = *folder;
  auto remove = make_scope_exit([&] {
    if (keep.empty()) {
      sys::fs::remove_directories(*folder);
    }
  });
  bool isShown = errs().is_displayed();
  sweep.progress = [&](size_t done) {
    if (isShown) {
      errs() << "\r\033[K";
      if (done < sweep.designs.size()) {
        errs() << done << " of " << sweep.designs.size() << " designs";
      }
    }
  };
  auto outcomes = run(sweep);
  if (!outcomes) {
    return outcomes.takeError();
  }
  std::vector<Objective> wanted;
  if (!objectives.empty()) {
    wanted = parseObjectives(objectives);
  }
  auto table = makeTable(sweep, *outcomes, std::move(wanted),
                         {columns.begin(), columns.end()});
  return table ? writeReports(*table) : table.takeError();
}

int main(int argc, char **argv) {
  InitLLVM init(argc, argv);
  cl::HideUnrelatedOptions(category);
  cl::ParseCommandLineOptions(
      argc, argv,
      "Runs acc-cc on variants of a machine and says which none beats\n\n"
      "  acc-explore --target=jx1-slice --vary=mxu.units=8,12,15 "
      "--vary=hbm.channels=4..8 model.onnx --precision=bf16\n\n"
      "What follows INPUT are acc-cc's options; without --run, --check and "
      "--workload, --run=systemc.\n");
  std::string program =
      sys::fs::getMainExecutable(argv[0], reinterpret_cast<void *>(&main));
  Error error = runSweep(sys::path::parent_path(program));
  return error ? reportError(std::move(error), "acc-explore", errs()) : 0;
}
