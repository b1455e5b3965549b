//===- MachineTest.cpp - Reading the levels above a slice -----------------===//

#include "dialects/Target/Machine.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

#include <gtest/gtest.h>

using namespace acc;

namespace {

std::string read(const std::string &name) {
  auto buffer =
      llvm::MemoryBuffer::getFile(ACC_SOURCE_DIR "/targets/" + name + ".yaml");
  return (*buffer)->getBuffer().str();
}

std::string print(const Machine &machine) {
  std::string text;
  llvm::raw_string_ostream os(text);
  printMachine(machine, os);
  return text;
}

/// A folder of target files that is removed again.
class Files : public ::testing::Test {
protected:
  void SetUp() override {
    ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("targets", folder));
  }
  void TearDown() override { llvm::sys::fs::remove_directories(folder); }

  std::string write(llvm::StringRef name, llvm::StringRef text) {
    llvm::SmallString<128> path(folder);
    llvm::sys::path::append(path, name);
    std::error_code ec;
    llvm::raw_fd_ostream os(path, ec);
    os << text;
    return path.str().str();
  }

  std::string errorOf(const std::string &path) {
    auto machine = loadMachine(path);
    return machine ? "" : llvm::toString(machine.takeError());
  }

  llvm::SmallString<128> folder;
};

std::string replace(std::string text, const std::string &from,
                    const std::string &to) {
  size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(Machine, PodHasAllLevels) {
  Machine pod = llvm::cantFail(loadMachine("jx1-pod"));
  EXPECT_EQ(pod.level, TargetLevel::Pod);
  EXPECT_EQ(pod.slice.name, "jx1-slice");
  EXPECT_EQ(pod.slicesPerChip(), 64u);
  EXPECT_EQ(pod.chips(), 2048u);
  // 216 GiB and 15.4 TB/s of the chip, from its slices (facts of the class).
  EXPECT_EQ(pod.slicesPerChip() * pod.slice.hbm.bytes, 216ull << 30);
  double bytesPerSecond = 64.0 * pod.slice.hbm.channels *
                          pod.slice.hbm.atomBytes /
                          (pod.slice.hbm.tBurstPs * 1e-12);
  EXPECT_NEAR(bytesPerSecond, 15.4e12, 0.01e12);
}

TEST(Machine, SliceIsAMachine) {
  Machine slice = llvm::cantFail(loadMachine("xpu-tiny"));
  EXPECT_EQ(slice.level, TargetLevel::Slice);
  EXPECT_EQ(slice.chips(), 1u);
  EXPECT_EQ(slice.slicesPerChip(), 1u);
}

TEST_F(Files, PrintRoundTrips) {
  for (const char *name :
       {"jx1", "jx1-rack", "jx1-pod", "xpu-tiny-4", "xpu-tiny-4x2x2"}) {
    std::string first = print(llvm::cantFail(loadMachine(name)));
    std::string path = write(std::string(name) + ".yaml", first);
    EXPECT_EQ(print(llvm::cantFail(loadMachine(path))), first);
  }
}

/// What a program is made for is one file, of racks too; a pod's is its rack.
TEST(Machine, InOneFile) {
  for (const char *name : {"xpu-tiny", "xpu-tiny-4", "xpu-tiny-4x2"}) {
    Machine machine = llvm::cantFail(loadMachine(name));
    std::string text = print(inlineMachine(machine));
    Machine back = llvm::cantFail(parseMachine(text, "t.yaml"));
    EXPECT_EQ(back.level, machine.level);
    EXPECT_EQ(back.slices(), machine.slices());
    EXPECT_EQ(print(inlineMachine(back)), text);
    EXPECT_FALSE(findDifference(machine, back));
  }
  Machine pod = llvm::cantFail(loadMachine("jx1-pod"));
  EXPECT_EQ(inlineMachine(pod).level, TargetLevel::Rack);
  EXPECT_EQ(llvm::toString(parseMachine(print(pod), "t.yaml").takeError()),
            "t.yaml: describes a pod; expects a rack, a chip or a slice");
  Machine rack = llvm::cantFail(loadMachine("xpu-tiny-4x2"));
  EXPECT_EQ(llvm::toString(parseMachine(print(rack), "t.yaml").takeError()),
            "t.yaml: expects a rack that holds its chip, not the name "
            "'xpu-tiny-4'");
}

TEST(Machine, MeshOfSlices) {
  using Mesh = std::vector<uint32_t>;
  auto mesh = [](const char *name) {
    return llvm::cantFail(loadMachine(name)).mesh();
  };
  EXPECT_EQ(mesh("xpu-tiny"), (Mesh{1, 1}));
  EXPECT_EQ(mesh("xpu-tiny-4"), (Mesh{2, 2}));
  EXPECT_EQ(mesh("xpu-tiny-4x2x2"), (Mesh{2, 2, 2, 2}));
  EXPECT_EQ(mesh("jx1-rack"), (Mesh{16, 8, 8, 8}));
  EXPECT_EQ(describeSlice(3, 4, 1), "slice 3");
  EXPECT_EQ(describeSlice(9, 16, 4), "chip 2 slice 1");
}

TEST(Machine, RacksThatDiffer) {
  Machine two = llvm::cantFail(loadMachine("xpu-tiny-4x2"));
  Machine chip = llvm::cantFail(loadMachine("xpu-tiny-4"));
  for (bool turned : {false, true}) {
    auto difference =
        turned ? findDifference(chip, two) : findDifference(two, chip);
    ASSERT_TRUE(difference.has_value());
    EXPECT_EQ(difference->parameter, "trays.count");
  }
  Machine other = two;
  other.rack->switches.seconds *= 2;
  EXPECT_EQ(findDifference(two, other)->parameter, "switches.latency_s");
}

TEST_F(Files, LevelBelowByPathOrInline) {
  write("s.yaml",
        replace(read("xpu-tiny"), "clock_hz: 1.0e9", "clock_hz: 2.0e9"));
  std::string chip =
      replace(read("xpu-tiny-4"), "slice: xpu-tiny", "slice: s.yaml");
  Machine machine = llvm::cantFail(loadMachine(write("c.yaml", chip)));
  EXPECT_EQ(machine.level, TargetLevel::Chip);
  EXPECT_EQ(machine.slice.clockHz, 2e9);

  std::string inlined;
  llvm::raw_string_ostream os(inlined);
  llvm::StringRef rest = chip;
  std::string slice = print(llvm::cantFail(loadMachine("xpu-tiny")));
  auto [before, after] = rest.split("slice: s.yaml\n");
  os << before << "slice:\n";
  for (llvm::StringRef line : llvm::split(slice, '\n')) {
    if (!line.starts_with("---") && !line.starts_with("...")) {
      os << "  " << line << "\n";
    }
  }
  os << after;
  machine = llvm::cantFail(loadMachine(write("i.yaml", inlined)));
  EXPECT_EQ(machine.slice.name, "xpu-tiny");
  EXPECT_EQ(machine.slice.clockHz, 1e9);
}

/// Parameters of ports may be left out, and are not printed then; the RTL has
/// no port.
TEST_F(Files, ChipWithoutPort) {
  std::string chip = read("xpu-tiny-4");
  size_t begin = chip.find("  port:\n"), end = chip.find("package:");
  ASSERT_NE(begin, std::string::npos);
  chip.erase(begin, end - begin);
  Machine machine = llvm::cantFail(loadMachine(write("p.yaml", chip)));
  EXPECT_EQ(machine.chip->fabric.port.lanes, 0u);
  std::string text;
  llvm::raw_string_ostream os(text);
  printMachine(machine, os);
  EXPECT_EQ(text.find("port:"), std::string::npos);
  EXPECT_NE(text.find("local_ports:"), std::string::npos);
  writeMachineSV(machine, os);
  EXPECT_NE(text.find("FabLanes = 0;"), std::string::npos);
  EXPECT_EQ(text.find("FabPeers"), std::string::npos);
}

TEST_F(Files, ErrorsNamePlaceAndRule) {
  std::string chip = read("xpu-tiny-4");
  auto errorAfter = [&](const char *from, const char *to) {
    return errorOf(write("c.yaml", replace(chip, from, to)));
  };
  EXPECT_NE(errorAfter("rows: 2", "rows: 0").find("grid.rows and grid.columns"),
            std::string::npos);
  EXPECT_NE(
      errorAfter("noc:", "nok:").find("unknown key 'nok'; did you mean 'noc'?"),
      std::string::npos);
  EXPECT_NE(errorAfter("lanes: 1", "lanes: 3")
                .find("fabric.port.lanes must be 1, 2 or 4"),
            std::string::npos);
  EXPECT_NE(errorAfter("buffer_words: 128", "buffer_words: 64")
                .find("powers of two with room for two of the largest frames "
                      "(74 words)"),
            std::string::npos);
  EXPECT_NE(errorAfter("llr_timeout: 300", "llr_timeout: 0")
                .find("times of fabric.port must be 1 to 16777216 cycles"),
            std::string::npos);
  EXPECT_NE(errorAfter("slice: xpu-tiny", "slice: nonesuch")
                .find("unknown target 'nonesuch'; known are "),
            std::string::npos);
  EXPECT_NE(errorAfter("slice: xpu-tiny", "slice: jx1")
                .find("describes a chip; the level above names it as its "
                      "slice"),
            std::string::npos);
  EXPECT_NE(errorAfter("slice: xpu-tiny", "slice: [xpu-tiny]")
                .find("slice must name a target or hold one"),
            std::string::npos);
  EXPECT_NE(
      errorAfter("slice: xpu-tiny", "slice: c.yaml").find("describes a chip"),
      std::string::npos);
  EXPECT_NE(errorAfter("  default:", "  net:")
                .find("sources has neither 'grid' nor 'default'"),
            std::string::npos);
}

TEST(Machine, WhereOneSliceIsExpected) {
  auto target = loadTarget("jx1-rack");
  ASSERT_FALSE(bool(target));
  EXPECT_NE(llvm::toString(target.takeError())
                .find("describes a rack; give one of a slice"),
            std::string::npos);
}

} // namespace
