//===- acc-tblgen.cpp - Generators for the ISA description ----------------===//
//
// One backend per reader of dialects/ISA/Xpu.td and of dialects/ISA/Fabric.td.
//
//===----------------------------------------------------------------------===//

#include "FabricModel.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/TableGen/Main.h"
#include "llvm/TableGen/Record.h"
#include "llvm/TableGen/TableGenBackend.h"

using namespace llvm;

/// Reads the records once and hands them to one emitter.
template <void (*Emit)(const isagen::Isa &, raw_ostream &)>
static void emit(const RecordKeeper &records, raw_ostream &os) {
  Emit(isagen::readIsa(records), os);
}

template <void (*Emit)(const isagen::FabricModel &, raw_ostream &)>
static void emit(const RecordKeeper &records, raw_ostream &os) {
  Emit(isagen::readFabric(records), os);
}

static TableGen::Emitter::Opt cppDecls("gen-isa-cpp-decls",
                                       emit<isagen::emitCppDecls>,
                                       "C++ enumerations and structs");
static TableGen::Emitter::Opt cppDefs("gen-isa-cpp-defs",
                                      emit<isagen::emitCppDefs>,
                                      "C++ encoders, decoders and tables");
static TableGen::Emitter::Opt systemVerilog("gen-isa-sv",
                                            emit<isagen::emitSystemVerilog>,
                                            "SystemVerilog package");
static TableGen::Emitter::Opt manual("gen-isa-manual", emit<isagen::emitManual>,
                                     "ISA manual in Markdown");

static TableGen::Emitter::Opt fabricCpp("gen-fabric-cpp",
                                        emit<isagen::emitFabricCpp>,
                                        "C++ layouts of the fabric");
static TableGen::Emitter::Opt
    fabricSystemVerilog("gen-fabric-sv", emit<isagen::emitFabricSystemVerilog>,
                        "SystemVerilog package of the fabric");
static TableGen::Emitter::Opt
    fabricManual("gen-fabric-manual", emit<isagen::emitFabricManual>,
                 "Formats and counters of the fabric in Markdown");

int main(int argc, char **argv) {
  cl::ParseCommandLineOptions(argc, argv);
  return TableGenMain(argv[0], TableGenMainFn{});
}
