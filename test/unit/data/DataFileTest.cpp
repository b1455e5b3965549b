//===- DataFileTest.cpp - Figures that are refused
//-------------------------===//

#include "compiler-driver/Data/DataFile.h"

#include "llvm/Support/MemoryBuffer.h"

#include <gtest/gtest.h>

#include <random>

using namespace acc::data;

namespace {

constexpr llvm::StringLiteral scalars[] = {"vendor", "architecture"};
constexpr llvm::StringLiteral lists[] = {"measured_as"};
constexpr DataFileKeys keys = {scalars, lists};

std::string errorOf(llvm::StringRef text) {
  llvm::Expected<DataFile> file = parseDataFile(text, "x.yaml", keys);
  return file ? "" : llvm::toString(file.takeError());
}

/// A file with one figure, from line 4 on.
std::string withFigure(llvm::StringRef body) {
  return ("name: x\ntitle: X\nfigures:\n  f:\n" + body).str();
}

TEST(DataFile, ReadsAFigure) {
  DataFile file = llvm::cantFail(parseDataFile(
      withFigure("    value: 2\n    low: 1\n    high: 4e0\n    unit: \"pJ\"\n"
                 "    node: N3\n    source: a paper\n    confidence: low\n"),
      "x.yaml"));
  const Figure *f = file.find("f");
  ASSERT_TRUE(f);
  EXPECT_EQ(f->range.value, 2);
  EXPECT_EQ(f->range.low, 1);
  EXPECT_EQ(f->range.high, 4);
  EXPECT_EQ(f->source, "a paper");
  EXPECT_EQ(f->at.line, 4u);
  EXPECT_EQ(f->at.column, 3u);
  EXPECT_EQ(f->id, "f");
}

TEST(DataFile, RefusesAMissingUnit) {
  EXPECT_EQ(
      errorOf(withFigure("    value: 2\n    source: a paper\n"
                         "    confidence: low\n")),
      "x.yaml:4:3: error: figure 'f' has no unit; expects, for example, 'unit: "
      "pJ/B'");
}

TEST(DataFile, RefusesAMissingSource) {
  std::string error =
      errorOf(withFigure("    value: 2\n    unit: pJ\n    confidence: low\n"));
  EXPECT_EQ(error.find("x.yaml:4:3: error: figure 'f' has no source; expects"),
            0u)
      << error;
  EXPECT_NE(
      errorOf(withFigure("    value: 2\n    unit: pJ\n    source: \"  \"\n"
                         "    confidence: low\n")),
      "");
}

TEST(DataFile, RefusesWhatIsNotUnderstood) {
  EXPECT_NE(errorOf(withFigure("    value: two\n"))
                .find("x.yaml:5:5: error: 'value: two' is no number"),
            std::string::npos);
  EXPECT_NE(errorOf(withFigure("    value: 2\n    low: 3\n    high: 4\n"
                               "    unit: pJ\n    source: s\n"
                               "    confidence: low\n"))
                .find("outside its band"),
            std::string::npos);
  EXPECT_NE(errorOf(withFigure("    worth: 2\n"))
                .find("x.yaml:5:5: error: unknown key"),
            std::string::npos);
  EXPECT_NE(errorOf("name: x\nfigures:\n  f: 3\n").find("x.yaml:3:3: error:"),
            std::string::npos);
  EXPECT_NE(errorOf("[1, 2"), "");
  EXPECT_NE(errorOf(""), "");
}

TEST(DataFile, DamagedFilesAreErrorsOrFilesButNoCrashes) {
  auto buffer =
      llvm::MemoryBuffer::getFile(ACC_SOURCE_DIR "/targets/systems/a100.yaml");
  ASSERT_TRUE(bool(buffer));
  std::string text = (*buffer)->getBuffer().take_front(900).str();
  std::mt19937 random(1);
  const std::string marks = "{}[]:,-#&*!|>'\"%@`\n \t?x0";
  for (int i = 0; i < 3000; ++i) {
    std::string damaged = text.substr(0, random() % text.size());
    for (unsigned n = random() % 4; n > 0 && !damaged.empty(); --n) {
      damaged[random() % damaged.size()] = marks[random() % marks.size()];
    }
    std::string error = errorOf(damaged);
    EXPECT_TRUE(error.empty() || error.find("x.yaml:") == 0) << error;
  }
}

TEST(DataFile, NamesUnknownFiles) {
  llvm::Expected<DataFile> file =
      loadDataFile("systems", "h2000", "system", keys);
  ASSERT_FALSE(bool(file));
  std::string error = llvm::toString(file.takeError());
  EXPECT_NE(error.find("unknown system 'h2000'; expects one of a100"),
            std::string::npos)
      << error;
}

TEST(DataFile, SourcesByName) {
  const std::string head = "name: x\ntitle: X\nsources:\n  a: paper A\n"
                           "figures:\n  f:\n    value: 1\n    unit: W\n"
                           "    confidence: low\n    source: ";
  Bibliography documents = {{"b", "book B"}};
  DataFile file =
      llvm::cantFail(parseDataFile(head + "[a, b]\n", "x.yaml", {}, documents));
  EXPECT_EQ(file.find("f")->source, "paper A; book B");
  EXPECT_EQ(file.find("f")->file, "x.yaml");
  EXPECT_NE(errorOf(head + "[c]\n").find("unknown source 'c'"),
            std::string::npos);
  EXPECT_NE(errorOf("name: x\nsources:\n  a: \" \"\n").find("is empty"),
            std::string::npos);
}

TEST(DataFile, AFolderHasEveryNameOnce) {
  auto errorIn = [](const char *folder) {
    auto files = loadDataFiles(folder, "system");
    return files ? "" : llvm::toString(files.takeError());
  };
  std::string twice = errorIn("../test/unit/data/Inputs/twice");
  EXPECT_NE(twice.find("b.yaml:1:1: error: 'c' is also a name of "),
            std::string::npos)
      << twice;
  std::string renamed = errorIn("../test/unit/data/Inputs/renamed");
  EXPECT_NE(renamed.find("x.yaml:1:1: error: is named 'y'; expects the file's "
                         "name, 'x'"),
            std::string::npos)
      << renamed;
  EXPECT_EQ(errorIn("systems/none"), "");
}

TEST(DataFile, FindsAliases) {
  EXPECT_EQ(
      llvm::cantFail(loadDataFile("systems", "mi450-helios", "system", keys))
          .name,
      "mi455x-helios");
}

TEST(DataFile, DeepNestingIsRefused) {
  std::string text = "name: deep\ntitle: " + std::string(200000, '[');
  EXPECT_EQ(errorOf(text),
            "x.yaml:2:1: error: nests too deep; expects a file of a few "
            "levels");
}

} // namespace
