//===- TargetTest.cpp - Reading target files ------------------------------===//

#include "dialects/Target/Machine.h"

#include "llvm/Support/MemoryBuffer.h"

#include <gtest/gtest.h>

using namespace acc;

namespace {

std::string tinyText() {
  auto buffer =
      llvm::MemoryBuffer::getFile(ACC_SOURCE_DIR "/targets/xpu-tiny.yaml");
  return (*buffer)->getBuffer().str();
}

/// The error for xpu-tiny with one replacement, or "" if it is accepted.
std::string errorAfter(const std::string &from, const std::string &to) {
  std::string text = tinyText();
  size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  text.replace(at, from.size(), to);
  auto target = parseTarget(text, "t.yaml");
  return target ? "" : llvm::toString(target.takeError());
}

TEST(Target, BuiltInTargetsLoad) {
  auto names = listTargets();
  EXPECT_GE(names.size(), 6u);
  for (const std::string &name : names) {
    auto machine = loadMachine(name);
    ASSERT_TRUE(bool(machine)) << llvm::toString(machine.takeError());
    EXPECT_EQ(machine->name(), name);
  }
}

TEST(Target, PrintRoundTrips) {
  for (const char *name : {"xpu-tiny", "jx1-slice"}) {
    Target target = llvm::cantFail(loadTarget(name));
    std::string first, second;
    llvm::raw_string_ostream os1(first), os2(second);
    printTarget(target, os1);
    printTarget(llvm::cantFail(parseTarget(first, "again.yaml")), os2);
    EXPECT_EQ(first, second);
  }
}

TEST(Target, ErrorsNamePlaceAndRule) {
  EXPECT_EQ(errorAfter("row_bytes: 32 }", "row_bytes: 33 }")
                .rfind("t.yaml:6:8: error: spm.row_bytes must be a power of "
                       "two, at least 4",
                       0),
            0u);
  EXPECT_NE(errorAfter("banks: 8,", "banks: 17,").find("1 to 16"),
            std::string::npos);
  EXPECT_NE(errorAfter("line_bytes: 32", "line_bytes: 64")
                .find("hbm.line_bytes must be at most spm.row_bytes"),
            std::string::npos);
  EXPECT_NE(errorAfter("lanes: 8", "lanes: 9").find("power of two"),
            std::string::npos);
  EXPECT_EQ(errorAfter("channels: 1", "chanels: 1")
                .find("error: unknown key 'chanels' in hbm; did you mean "
                      "'channels'?"),
            std::string("t.yaml:13:3: ").size());
  EXPECT_NE(errorAfter("clock_hz:", "clock:")
                .find("unknown key 'clock'; did "
                      "you mean 'clock_hz'?"),
            std::string::npos);
  EXPECT_NE(errorAfter("lanes: 8", "lanes: x").find("t.yaml:9:15: error:"),
            std::string::npos);
  for (const char *count : {"0", "3"}) {
    EXPECT_NE(errorAfter("commands: 2", std::string("commands: ") + count)
                  .find("dma.commands must be 1 or 2"),
              std::string::npos);
  }
  EXPECT_EQ(errorAfter("commands: 2", "commands: 1"), "");
  for (const char *count : {"0", "5"}) {
    EXPECT_NE(errorAfter("commands: 4", std::string("commands: ") + count)
                  .find("mxu.commands must be 1 to 4"),
              std::string::npos);
  }
  for (const char *cycles : {"0", "3"}) {
    EXPECT_NE(
        errorAfter("acc_latency: 1", std::string("acc_latency: ") + cycles)
            .find("mxu.acc_latency must be 1 or 2"),
        std::string::npos);
    EXPECT_NE(errorAfter("reduce_latency: 1",
                         std::string("reduce_latency: ") + cycles)
                  .find("vpu.reduce_latency must be 1 or 2"),
              std::string::npos);
  }
  for (const char *cycles : {"0", "9"}) {
    EXPECT_NE(
        errorAfter("alu_latency: 1", std::string("alu_latency: ") + cycles)
            .find("vpu.alu_latency must be 1 to 4"),
        std::string::npos);
    EXPECT_NE(
        errorAfter("sfu_latency: 1", std::string("sfu_latency: ") + cycles)
            .find("vpu.sfu_latency must be 1 to 8"),
        std::string::npos);
  }
  EXPECT_NE(errorAfter("acc_latency: 1, setup: 3, tail: 2",
                       "acc_latency: 2, setup: 3, tail: 2")
                .find("mxu.tail must be at least mxu.acc_latency + 1"),
            std::string::npos);
  EXPECT_EQ(errorAfter("acc_latency: 1, setup: 3, tail: 2",
                       "acc_latency: 2, setup: 3, tail: 3"),
            "");
  EXPECT_NE(errorAfter("setup: 4, tail: 3", "setup: 3, tail: 3")
                .find("vpu.setup must be at least 4"),
            std::string::npos);
  EXPECT_NE(errorAfter("setup: 4, tail: 3", "setup: 4, tail: 2")
                .find("vpu.tail must be at least 3"),
            std::string::npos);
  EXPECT_NE(errorAfter("default:", "spm:").find("sources has neither"),
            std::string::npos);
}

TEST(Target, DeepNestingIsRefused) {
  for (const char *level : {"[", "{", "- ", "? "}) {
    std::string text = "name: ";
    for (int i = 0; i < 200000; ++i) {
      text += level;
    }
    auto target = parseTarget(text, "deep.yaml");
    ASSERT_FALSE(bool(target));
    EXPECT_EQ(llvm::toString(target.takeError()),
              "deep.yaml:1:1: error: nests too deep; expects a file of a few "
              "levels");
  }
  std::string text;
  for (int i = 0; i < 3000; ++i) {
    text += std::string(i, ' ') + "a:\n";
  }
  auto target = parseTarget(text, "deep.yaml");
  ASSERT_FALSE(bool(target));
  EXPECT_NE(llvm::toString(target.takeError()).find("nests too deep"),
            std::string::npos);
}

TEST(Target, FiguresKeepAllDigits) {
  Target target = llvm::cantFail(loadTarget("xpu-tiny"));
  for (double value : {1234567890.0, 1e9 / 3, 3e10}) {
    target.clockHz = value;
    Target again =
        llvm::cantFail(parseTarget(printTarget(target), "again.yaml"));
    EXPECT_EQ(again.clockHz, value);
  }
}

TEST(Target, DifferenceIsTheFirstParameter) {
  Target target = llvm::cantFail(loadTarget("xpu-tiny"));
  Target other = target;
  other.name = "other";
  other.description = "renamed";
  other.sources["default"] = "nobody";
  EXPECT_FALSE(findDifference(target, other));
  other.host.watts += 1;
  other.spm.banks = 4;
  std::optional<TargetDifference> difference = findDifference(target, other);
  ASSERT_TRUE(difference);
  EXPECT_EQ(difference->parameter, "spm.banks");
  EXPECT_EQ(difference->first, "8");
  EXPECT_EQ(difference->second, "4");
  other.spm.banks = 8;
  EXPECT_EQ(findDifference(target, other)->parameter, "host.watts");
}

TEST(Target, UnknownNameListsTheKnown) {
  auto target = loadTarget("nonesuch");
  ASSERT_FALSE(bool(target));
  EXPECT_NE(llvm::toString(target.takeError()).find("xpu-tiny"),
            std::string::npos);
}

TEST(Target, SystemVerilogPackage) {
  std::string text;
  llvm::raw_string_ostream os(text);
  writeMachineSV(llvm::cantFail(loadMachine("jx1-slice")), os);
  EXPECT_NE(text.find("localparam int unsigned DmaCommands = 2;"),
            std::string::npos);
  EXPECT_NE(text.find("localparam longint unsigned HbmBytes = 64'd3623878656;"),
            std::string::npos);
}

} // namespace
