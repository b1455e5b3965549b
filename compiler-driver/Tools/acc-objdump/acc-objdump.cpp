//===- acc-objdump.cpp - The disassembler ---------------------------------===//

#include "compiler-driver/Assembler/Assembler.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/InitLLVM.h"

using namespace llvm;

namespace {
enum class Section { Tensors, Text, Hbm };
} // namespace

static cl::OptionCategory category("acc-objdump options");
static cl::opt<std::string> inputFile(cl::Positional, cl::desc("FILE"),
                                      cl::Required, cl::cat(category));
static cl::opt<bool> noSource("no-source",
                              cl::desc("Leave out source locations"),
                              cl::cat(category));
static cl::opt<bool> noAddresses("no-addresses",
                                 cl::desc("Leave out addresses"),
                                 cl::cat(category));
static cl::opt<bool>
    tensors("tensors", cl::desc("Print a table of inputs and outputs only"),
            cl::cat(category));
static cl::list<Section>
    sections("section", cl::CommaSeparated,
             cl::desc("Print only these sections; default: all"),
             cl::values(clEnumValN(Section::Tensors, "tensors",
                                   "target, inputs and outputs"),
                        clEnumValN(Section::Text, "text", "instructions"),
                        clEnumValN(Section::Hbm, "hbm", "constants")),
             cl::cat(category));

static void printTable(const xpu::Object &object) {
  auto print = [](StringRef kind, const xpu::ObjectTensor &tensor) {
    std::string shape;
    raw_string_ostream os(shape);
    interleave(tensor.shape, os, "x");
    std::string type = tensor.type;
    if (tensor.type != tensor.machineType) {
      type += " as " + tensor.machineType;
    }
    outs() << formatv("{0,-6}  {1:x10}  {2,10} bytes  {3,-20}  [{4}]  {5}\n",
                      kind, tensor.address, tensor.bytes, type, shape,
                      tensor.name);
  };
  for (const xpu::ObjectTensor &tensor : object.inputs) {
    print("input", tensor);
  }
  for (const xpu::ObjectTensor &tensor : object.outputs) {
    print("output", tensor);
  }
}

int main(int argc, char **argv) {
  InitLLVM init(argc, argv);
  cl::HideUnrelatedOptions(category);
  cl::ParseCommandLineOptions(
      argc, argv, "acc-objdump: object file to text that acc-as accepts\n");
  Expected<xpu::Object> object = xpu::readObject(inputFile);
  if (!object) {
    errs() << "acc-objdump: error: " << toString(object.takeError()) << "\n";
    return 1;
  }
  if (tensors) {
    printTable(*object);
    return 0;
  }
  xpu::AssemblyOptions options;
  options.source = !noSource;
  options.addresses = !noAddresses;
  if (!sections.empty()) {
    options.tensors = is_contained(sections, Section::Tensors);
    options.text = is_contained(sections, Section::Text);
    options.data = is_contained(sections, Section::Hbm);
  }
  xpu::printAssembly(*object, outs(), options);
  return 0;
}
