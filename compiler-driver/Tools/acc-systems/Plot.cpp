//===- Plot.cpp - acc-systems plot ----------------------------------------===//

#include "compiler-driver/Tools/acc-systems/PlotPage.h"

#include "compiler-driver/Report/OutputFile.h"
#include "compiler-driver/Tools/acc-systems/Commands.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace llvm;
using namespace acc::systems;

static cl::SubCommand subcommand("plot",
                                 "Predicted against measured, as a page");
static cl::opt<std::string>
    input(cl::Positional, cl::Required,
          cl::desc("REPORT.json of acc-systems predict"), cl::sub(subcommand),
          cl::cat(optionCategory()));
static cl::opt<std::string> output("o", cl::Required,
                                   cl::desc("Page to write, - for stdout"),
                                   cl::value_desc("FILE.html"),
                                   cl::sub(subcommand),
                                   cl::cat(optionCategory()));

static Error run() {
  auto buffer = MemoryBuffer::getFile(input, /*IsText=*/true);
  if (!buffer) {
    return createStringError(
        buffer.getError(),
        input + ": cannot be read: " + buffer.getError().message());
  }
  Expected<PredictedRows> rows =
      parsePredictedRows((*buffer)->getBuffer(), input);
  if (!rows) {
    return rows.takeError();
  }
  return acc::report::writeFile(
      output, [&](raw_ostream &os) { writePlotPage(*rows, input, os); });
}

const Command acc::systems::plotCommand = {subcommand, run};
