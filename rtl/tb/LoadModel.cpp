//===- LoadModel.cpp - The model of any target, loaded --------------------===//

#include "rtl/tb/RtlModel.h"
#include "rtl/tb/RtlSim.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/DynamicLibrary.h"
#include "llvm/Support/raw_ostream.h"

namespace cl = llvm::cl;

static cl::OptionCategory category("Model");
static cl::opt<std::string>
    modelFile("model", cl::Required,
              cl::desc("Verilated model of the target, a shared library"),
              cl::value_desc("file.so"), cl::cat(category));

/// Only --target says it.
llvm::StringRef acc::rtlTargetName() { return ""; }

acc::RtlModel *acc::createRtlModel() {
  std::string message;
  auto library = llvm::sys::DynamicLibrary::getPermanentLibrary(
      modelFile.c_str(), &message);
  void *create = library.isValid()
                     ? library.getAddressOfSymbol("acc_create_rtl_model")
                     : nullptr;
  if (!create) {
    llvm::errs() << "error: " << modelFile << ": is no model: " << message
                 << "\n";
    std::exit(1);
  }
  return reinterpret_cast<RtlModel *(*)()>(create)();
}
