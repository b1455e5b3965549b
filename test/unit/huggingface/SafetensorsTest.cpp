//===- SafetensorsTest.cpp - Weights of a checkpoint ----------------------===//

#include "compiler-driver/Import/HuggingFace/Safetensors.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

#include <gtest/gtest.h>
#include <random>

using namespace acc;

namespace {

const char *const kFile =
    ACC_SOURCE_DIR "/test/Inputs/twins/llama/model.safetensors";

/// A file with a header and so many bytes of elements.
std::string makeFile(const std::string &header, size_t bytes) {
  std::string text(8, '\0');
  for (size_t i = 0; i < 8; ++i) {
    text[i] = char(header.size() >> (8 * i));
  }
  return text + header + std::string(bytes, '\0');
}

std::string errorOf(const std::string &bytes, Checkpoint &checkpoint) {
  llvm::SmallString<128> path;
  EXPECT_FALSE(
      llvm::sys::fs::createTemporaryFile("weights", "safetensors", path));
  llvm::FileRemover remover(path);
  {
    std::error_code ec;
    llvm::raw_fd_ostream(path, ec) << bytes;
  }
  if (llvm::Error error = readSafetensors(path, checkpoint)) {
    return llvm::toString(std::move(error));
  }
  return "";
}
std::string errorOf(const std::string &bytes) {
  Checkpoint checkpoint;
  return errorOf(bytes, checkpoint);
}

TEST(Safetensors, NamesShapesAndElements) {
  Checkpoint checkpoint;
  ASSERT_FALSE(readSafetensors(kFile, checkpoint));
  ASSERT_TRUE(checkpoint.count("lm_head.weight"));
  EXPECT_EQ(checkpoint["lm_head.weight"].shape, (std::vector<int64_t>{96, 32}));
  std::string bytes =
      makeFile(R"({"__metadata__":{"format":"pt"},)"
               R"("a":{"dtype":"BF16","shape":[2],"data_offsets":[2,6]}})",
               6);
  bytes[bytes.size() - 1] = 0x40; // The second element: 2.0.
  Checkpoint small;
  EXPECT_EQ(errorOf(bytes, small), "");
  EXPECT_EQ(small.size(), 1u);
  EXPECT_EQ(small["a"].getDouble(0), 0.0);
  EXPECT_EQ(small["a"].getDouble(1), 2.0);
}

TEST(Safetensors, ErrorsNameTheTensor) {
  auto withEntry = [](const char *entry) {
    return errorOf(makeFile(std::string("{\"a\":") + entry + "}", 8));
  };
  const char *place = "tensor 'a' does not lie in the file as its shape says";
  for (
      const char *entry :
      {R"({"dtype":"F32","shape":[2],"data_offsets":[0,4]})",
       R"({"dtype":"F32","shape":[2],"data_offsets":[4,12]})",
       R"({"dtype":"F32","shape":[-2],"data_offsets":[0,8]})",
       R"({"dtype":"F32","shape":[2],"data_offsets":[-8,0]})",
       R"({"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]})"}) {
    EXPECT_NE(withEntry(entry).find(place), std::string::npos) << entry;
  }
  EXPECT_NE(withEntry("[]").find("has no dtype, shape or two data_offsets"),
            std::string::npos);
  EXPECT_NE(withEntry(R"({"dtype":"I8","shape":[8],"data_offsets":[0,8]})")
                .find("unsupported: "),
            std::string::npos);
  EXPECT_NE(errorOf("short").find("is too short"), std::string::npos);
  EXPECT_NE(errorOf(std::string(8, '\x7f')).find("longer than the file"),
            std::string::npos);
  EXPECT_NE(errorOf(makeFile("[]", 0)).find("no JSON object"),
            std::string::npos);
  EXPECT_NE(errorOf(makeFile("{", 0)).find("not JSON"), std::string::npos);
}

/// Damage is an error or other values, never a crash.
TEST(Safetensors, DamagedFiles) {
  auto buffer = llvm::MemoryBuffer::getFile(kFile);
  std::mt19937 random(7);
  for (int run = 0; run < 300; ++run) {
    std::string bytes = (*buffer)->getBuffer().str();
    for (int flips = 0; flips < 3; ++flips) {
      bytes[random() % 3000] = char(random());
    }
    bytes.resize(random() % 4 ? bytes.size() : random() % bytes.size());
    Checkpoint checkpoint;
    errorOf(bytes, checkpoint);
    for (auto &entry : checkpoint) {
      EXPECT_GE(entry.second.getNumElements(), 0);
    }
  }
}

TEST(Safetensors, IndexNamesFilesBesideIt) {
  llvm::SmallString<128> folder;
  ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("checkpoint", folder));
  auto write = [&](const char *name, const std::string &text) {
    llvm::SmallString<128> path(folder);
    llvm::sys::path::append(path, name);
    std::error_code ec;
    llvm::raw_fd_ostream(path, ec) << text;
  };
  const char *header =
      R"({"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}})";
  write("part-1", makeFile(header, 4));
  write("model.safetensors.index.json", R"({"weight_map":{"a":"part-1"}})");
  Checkpoint checkpoint = llvm::cantFail(readCheckpoint(folder));
  EXPECT_EQ(checkpoint.count("a"), 1u);
  for (const char *name : {"../part-1", "/etc/passwd", ""}) {
    write("model.safetensors.index.json",
          std::string(R"({"weight_map":{"a":")") + name + "\"}}");
    auto refused = readCheckpoint(folder);
    ASSERT_FALSE(bool(refused)) << name;
    EXPECT_NE(llvm::toString(refused.takeError())
                  .find("is not the name of a file beside it"),
              std::string::npos);
  }
  llvm::sys::fs::remove_directories(folder);
}

} // namespace
