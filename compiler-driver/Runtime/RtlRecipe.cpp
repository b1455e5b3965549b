//===- RtlRecipe.cpp - How the RTL of a target is built -------------------===//

#include "compiler-driver/Runtime/RtlRecipe.h"

#include "compiler-driver/Tensor/Errors.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/SHA256.h"

using namespace llvm;

namespace xpu {

/// In an installation it lies beside the targets.
static std::string findRecipe() {
  SmallString<128> path(sys::path::parent_path(acc::getDataDirectory()));
  sys::path::append(path, "rtl", "model.json");
  return sys::fs::exists(path) ? path.str().str() : ACC_RTL_RECIPE;
}

static Expected<std::string> readText(StringRef path) {
  auto buffer = MemoryBuffer::getFile(path);
  if (!buffer) {
    return acc::makeInputError(
        path + ": cannot be read: " + buffer.getError().message());
  }
  return (*buffer)->getBuffer().str();
}

static Expected<std::string> findProgram(ArrayRef<StringRef> names,
                                         StringRef what) {
  for (StringRef name : names) {
    if (ErrorOr<std::string> path = sys::findProgramByName(name)) {
      return *path;
    }
  }
  return acc::makeInputError("the RTL of this target has to be built first, "
                             "and there is no " +
                             what + " (" + join(names, ", ") +
                             "); install it, or use --run=systemc");
}

/// What a program prints.
static Expected<std::string> capture(StringRef program,
                                     ArrayRef<StringRef> arguments) {
  SmallString<128> path;
  if (std::error_code code =
          sys::fs::createTemporaryFile("acc-rtl", "txt", path)) {
    return acc::makeInputError("cannot create a temporary file: " +
                               code.message());
  }
  std::vector<StringRef> all = {program};
  append_range(all, arguments);
  std::optional<StringRef> redirects[] = {StringRef(), path.str(), StringRef()};
  int status = sys::ExecuteAndWait(program, all, std::nullopt, redirects);
  Expected<std::string> text = readText(path);
  sys::fs::remove(path);
  if (status != 0) {
    consumeError(text.takeError());
    return acc::makeInputError(program + " " + join(arguments, " ") +
                               " failed with status " + Twine(status));
  }
  return text;
}

Expected<RtlRecipe> RtlRecipe::load() {
  RtlRecipe recipe;
  std::string path = findRecipe();
  Expected<std::string> text = readText(path);
  if (!text) {
    return text.takeError();
  }
  Expected<json::Value> value = json::parse(*text);
  const json::Object *object = value ? value->getAsObject() : nullptr;
  if (!object) {
    consumeError(value.takeError());
    return acc::makeInputError(path + ": is damaged; install it again");
  }
  auto absolute = [&](StringRef name) {
    SmallString<128> result(name);
    sys::path::make_absolute(sys::path::parent_path(path), result);
    sys::path::remove_dots(result, /*remove_dot_dot=*/true);
    return result.str().str();
  };
  for (auto [key, list] : {std::pair("verilate", &recipe.verilate),
                           std::pair("one_slice", &recipe.oneSlice),
                           std::pair("sources", &recipe.sources),
                           std::pair("rack_sources", &recipe.rackSources),
                           std::pair("compile", &recipe.compile),
                           std::pair("runtime", &recipe.runtime),
                           std::pair("libraries", &recipe.libraries)}) {
    const json::Array *array = object->getArray(key);
    if (!array) {
      return acc::makeInputError(path + ": has no '" + key +
                                 "'; install it again");
    }
    for (const json::Value &item : *array) {
      list->push_back(item.getAsString().value_or("").str());
    }
  }
  recipe.root = absolute(object->getString("root").value_or(""));
  for (auto *list : {&recipe.sources, &recipe.rackSources}) {
    for (std::string &source : *list) {
      source = absolute(source);
    }
  }
  Expected<std::string> verilator = findProgram({"verilator"}, "Verilator");
  if (!verilator) {
    return verilator.takeError();
  }
  recipe.verilator = *verilator;
  SmallVector<StringRef> compilers = {"clang++-22", "clang++", "g++", "c++"};
  std::string chosen = sys::Process::GetEnv("CXX").value_or("");
  if (!chosen.empty()) {
    compilers = {chosen};
  }
  Expected<std::string> compiler = findProgram(compilers, "C++ compiler");
  if (!compiler) {
    return compiler.takeError();
  }
  recipe.compiler = *compiler;
  for (auto [option, to] : {std::pair("--version", &recipe.version),
                            std::pair("--getenv", &recipe.runtimeFolder)}) {
    SmallVector<StringRef> arguments = {option};
    if (to == &recipe.runtimeFolder) {
      arguments.push_back("VERILATOR_ROOT");
    }
    Expected<std::string> output = capture(recipe.verilator, arguments);
    if (!output) {
      return output.takeError();
    }
    *to = StringRef(*output).trim().str();
  }
  recipe.runtimeFolder += "/include";
  return recipe;
}

/// The package of parameters; the target's name is none of them.
static std::string writePackage(acc::Machine machine) {
  (machine.rack   ? machine.rack->name
   : machine.chip ? machine.chip->name
                  : machine.slice.name) = "a target";
  std::string package;
  raw_string_ostream os(package);
  acc::writeMachineSV(machine, os);
  return package;
}

/// Verilator's, but for files and folder.
std::vector<std::string> RtlRecipe::argumentsOf(RtlPart part) const {
  std::vector<std::string> arguments = verilate;
  if (part == RtlPart::Slice) {
    append_range(arguments, oneSlice);
  }
  return arguments;
}

Expected<std::string> RtlRecipe::digest(const acc::Machine &machine,
                                        RtlPart part) const {
  SHA256 hash;
  auto add = [&](StringRef part) {
    hash.update(std::to_string(part.size()));
    hash.update(part);
  };
  add(writePackage(machine));
  add(version);
  add(compiler);
  for (const auto &list : {argumentsOf(part), compile, runtime, libraries}) {
    for (const std::string &argument : list) {
      add(argument);
    }
  }
  std::vector<std::string> files = sourcesOf(machine);
  files.insert(files.end(),
               {root + "/rtl/tb/RtlModel.h", root + "/rtl/tb/RtlModel.cpp"});
  for (const std::string &file : files) {
    Expected<std::string> content = readText(file);
    if (!content) {
      return content.takeError();
    }
    add(*content);
  }
  return toHex(hash.final(), /*LowerCase=*/true).substr(0, 32);
}

Error RtlRecipe::run(StringRef program, std::vector<std::string> arguments,
                     StringRef folder) const {
  arguments.insert(arguments.begin(), program.str());
  std::vector<StringRef> refs(arguments.begin(), arguments.end());
  std::string log = (folder + "/log").str();
  std::optional<StringRef> redirects[] = {StringRef(), StringRef(log),
                                          StringRef(log)};
  std::string message;
  int status = sys::ExecuteAndWait(program, refs, std::nullopt, redirects, 0, 0,
                                   &message);
  if (status == 0) {
    return Error::success();
  }
  Expected<std::string> text = readText(log);
  StringRef first;
  if (text) {
    SmallVector<StringRef> lines;
    StringRef(*text).split(lines, '\n');
    for (StringRef line : lines) {
      if (line.contains_insensitive("error")) {
        first = line.trim();
        break;
      }
    }
  }
  Error error = acc::makeInputError("building the RTL of this target failed: " +
                                    sys::path::filename(program) +
                                    " ends with status " + Twine(status) +
                                    (message.empty() ? "" : ": " + message) +
                                    (first.empty() ? "" : ": " + first.str()));
  consumeError(text.takeError());
  return error;
}

Error RtlRecipe::build(const acc::Machine &machine, RtlPart part,
                       StringRef folder) const {
  std::string package = (folder + "/xpu_cfg_pkg.sv").str();
  std::error_code code;
  {
    raw_fd_ostream os(package, code);
    if (!code) {
      os << writePackage(machine);
      os.close();
      code = os.error();
      os.clear_error();
    }
  }
  if (code) {
    return acc::makeInputError(package +
                               ": cannot be written: " + code.message());
  }
  std::vector<std::string> arguments = argumentsOf(part);
  arguments.insert(arguments.end(), {"--Mdir", folder.str(), package});
  append_range(arguments, sourcesOf(machine));
  if (Error error = run(verilator, std::move(arguments), folder)) {
    return error;
  }
  arguments = compile;
  arguments.insert(arguments.end(),
                   {"-std=c++17", "-fPIC", "-shared", "-I" + root,
                    "-I" + folder.str(), "-I" + runtimeFolder,
                    "-I" + runtimeFolder + "/vltstd",
                    root + "/rtl/tb/RtlModel.cpp"});
  for (const std::string &file : runtime) {
    arguments.push_back(runtimeFolder + "/" + file);
  }
  for (sys::fs::directory_iterator it(folder, code), end; it != end && !code;
       it.increment(code)) {
    if (sys::path::extension(it->path()) == ".cpp") {
      arguments.push_back(it->path());
    }
  }
  arguments.insert(arguments.end(), {"-o", (folder + "/model.so").str()});
  append_range(arguments, libraries);
  return run(compiler, std::move(arguments), folder);
}

} // namespace xpu
