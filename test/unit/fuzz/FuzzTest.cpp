//===- FuzzTest.cpp - Damaged files are errors ----------------------------===//
//
// Files with flipped bits, cut or with a piece of them repeated. A reader may
// accept what is left of a file or refuse it with a message; it never crashes,
// never allocates what only the file claims, and never hangs. Seeded, so that a
// failure is found again; `--gtest_repeat` does not find more.
//
//===----------------------------------------------------------------------===//

#include "compiler-driver/Assembler/Assembler.h"
#include "compiler-driver/Data/DataFile.h"
#include "compiler-driver/Object/Object.h"
#include "compiler-driver/Runtime/HostModule.h"
#include "compiler-driver/Runtime/Simulate.h"
#include "compiler-driver/Tensor/TensorIO.h"
#include "dialects/Target/Target.h"

#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/InitAllDialects.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"

#include <gtest/gtest.h>
#include <random>

using namespace llvm;

namespace {

std::string readFile(const Twine &path) {
  auto buffer = MemoryBuffer::getFile(path);
  EXPECT_TRUE(bool(buffer)) << path.str();
  return buffer ? (*buffer)->getBuffer().str() : "";
}

class Damage {
public:
  explicit Damage(uint64_t seed) : random(seed) {}

  size_t below(size_t limit) { return random() % std::max<size_t>(1, limit); }

  std::string apply(std::string text) {
    switch (below(8)) {
    case 0:
      text.resize(below(text.size()));
      break;
    case 1: {
      size_t at = below(text.size());
      std::string piece = text.substr(at, 1 + below(64));
      text.insert(below(text.size()), piece);
      break;
    }
    default:
      for (size_t i = 0, count = 1 + below(4); i < count; ++i) {
        text[below(text.size())] ^= char(1u << below(8));
      }
    }
    return text;
  }

private:
  std::mt19937_64 random;
};

/// Calls `read` with damaged copies; it says whether it accepted one. Most
/// damage is seen, and some does no harm: both happen.
void damage(StringRef good, unsigned count,
            function_ref<bool(const std::string &)> read) {
  ASSERT_TRUE(read(good.str()));
  Damage damage(1);
  unsigned accepted = 0;
  for (unsigned i = 0; i < count; ++i) {
    accepted += read(damage.apply(good.str()));
  }
  EXPECT_LT(accepted, count);
}

std::string writeBytes(const xpu::Object &object) {
  std::string bytes;
  raw_string_ostream os(bytes);
  xpu::writeObject(object, os);
  return bytes;
}

xpu::Object assemble() {
  std::string text =
      readFile(ACC_SOURCE_DIR "/test/tools/acc-objdump/Inputs/add.s");
  std::optional<xpu::Object> object = xpu::parseAssembly(text, "add.s", errs());
  EXPECT_TRUE(object);
  return object.value_or(xpu::Object());
}

bool accept(Error error) {
  bool isGood = !error;
  consumeError(std::move(error));
  return isGood;
}

TEST(Fuzz, Object) {
  xpu::Object original = assemble();
  damage(writeBytes(original), 20000, [&](const std::string &bytes) {
    Expected<xpu::Object> object = xpu::parseObject(bytes, "damaged.o");
    if (!object) {
      return accept(object.takeError());
    }
    std::string text;
    raw_string_ostream os(text);
    xpu::printAssembly(*object, os);
    // Damaged instructions may run for ever; tests of the models have them.
    if (object->code == original.code && object->launches.size() == 1 &&
        object->launches[0] == 0) {
      acc::SimInput input{object->target, object->code,
                          xpu::makeHbmImage(*object, {}), 10000};
      auto output = xpu::runLaunches(xpu::Model::Functional, *object,
                                     std::move(input), {});
      consumeError(output.takeError());
    }
    return true;
  });
}

TEST(Fuzz, HostModule) {
  mlir::DialectRegistry registry;
  mlir::registerAllDialects(registry);
  mlir::MLIRContext context(registry);
  auto module = mlir::parseSourceString<mlir::ModuleOp>(
      readFile(ACC_SOURCE_DIR "/test/tools/acc-cc/Inputs/host.mlir"),
      mlir::ParserConfig(&context));
  ASSERT_TRUE(bool(module));
  xpu::Object object = assemble();
  raw_string_ostream os(object.hostModule);
  ASSERT_TRUE(succeeded(mlir::writeBytecodeToFile(*module, os)));
  damage(writeBytes(object), 2000, [&](const std::string &bytes) {
    Expected<xpu::Object> read = xpu::parseObject(bytes, "damaged.o");
    if (!read) {
      return accept(read.takeError());
    }
    auto host = acc::HostModule::load(read->hostModule);
    return host ? true : accept(host.takeError());
  });
}

TEST(Fuzz, Assembly) {
  std::string text =
      readFile(ACC_SOURCE_DIR "/test/tools/acc-objdump/Inputs/add.s");
  damage(text, 10000, [](const std::string &damaged) {
    return xpu::parseAssembly(damaged, "damaged.s", nulls()).has_value();
  });
}

TEST(Fuzz, Target) {
  for (const std::string &name : acc::listTargets()) {
    std::string text = readFile(ACC_SOURCE_DIR "/targets/" + name + ".yaml");
    damage(text, 4000, [](const std::string &damaged) {
      return accept(acc::parseTarget(damaged, "damaged.yaml").takeError());
    });
  }
}

TEST(Fuzz, DataFile) {
  damage(readFile(ACC_SOURCE_DIR "/targets/energy/n3.yaml"), 2000,
         [](const std::string &damaged) {
           return accept(
               acc::data::parseDataFile(damaged, "damaged.yaml").takeError());
         });
}

class Tensors : public testing::Test {
protected:
  void SetUp() override {
    ASSERT_FALSE(sys::fs::createUniqueDirectory("acc-fuzz", directory));
  }
  void TearDown() override { sys::fs::remove_directories(directory); }

  std::string path(StringRef name) { return (directory + "/" + name).str(); }

  void write(StringRef name, StringRef bytes) {
    std::error_code code;
    raw_fd_ostream os(path(name), code);
    ASSERT_FALSE(code);
    os << bytes;
  }

  SmallString<128> directory;
};

TEST_F(Tensors, Npy) {
  acc::HostTensor tensor =
      acc::HostTensor::random("x", acc::DType::F32, {3, 5}, 1);
  cantFail(acc::writeNpy(path("x.npy"), tensor));
  damage(readFile(path("x.npy")), 300, [&](const std::string &damaged) {
    write("damaged.npy", damaged);
    return accept(acc::readNpy(path("damaged.npy")).takeError());
  });
}

TEST_F(Tensors, Proto) {
  acc::HostTensor tensor =
      acc::HostTensor::random("x", acc::DType::I64, {3, 5}, 1);
  cantFail(acc::writeTensorProto(path("x.pb"), tensor));
  damage(readFile(path("x.pb")), 300, [&](const std::string &damaged) {
    write("damaged.pb", damaged);
    return accept(acc::readTensorProto(path("damaged.pb")).takeError());
  });
}

} // namespace
