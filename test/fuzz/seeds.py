#!/usr/bin/env python3
"""Seeds of the harnesses, of files that are in the tree: seeds.py SOURCE ACC_AS OUT"""

import glob
import hashlib
import json
import os
import re
import shutil
import struct
import subprocess
import sys

# A larger file is slow to read, and its parts are in smaller ones.
LIMIT = 8192

source, assembler, out = sys.argv[1:]


def find(*patterns):
    files = [name for pattern in patterns
             for name in glob.glob(os.path.join(source, pattern), recursive=True)]
    assert files, patterns
    return sorted(files)


def add(harness, data):
    if len(data) > LIMIT:
        return
    folder = os.path.join(out, harness)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, hashlib.sha256(data).hexdigest()[:16]), "wb") as file:
        file.write(data)


def read(name):
    with open(name, "rb") as file:
        return file.read()


def code_of(elf):
    """The instruction words of an object file: its section .text."""
    at, = struct.unpack_from("<Q", elf, 0x28)
    size, count, names = struct.unpack_from("<HHH", elf, 0x3A)
    headers = [struct.unpack_from("<IIQQQQ", elf, at + i * size) for i in range(count)]
    strings = elf[headers[names][4]:][: headers[names][5]]
    for name, _, _, _, offset, length in headers:
        if strings[name:].startswith(b".text\0"):
            return elf[offset : offset + length]
    return b""


def add_assembly():
    scratch = os.path.join(out, "scratch.o")
    for name in find("test/tools/**/*.s"):
        for part in re.split(rb"(?m)^// -----$", read(name)):
            add("assembly", part)
        # Tests of errors are no programs.
        done = subprocess.run([assembler, name, "-o", scratch], capture_output=True)
        if done.returncode == 0:
            add("object", read(scratch))
            add("disassembly", code_of(read(scratch)))
            os.remove(scratch)


def add_arrays():
    for kind, size in [("<f4", 4), ("|b1", 1), ("<i8", 8), ("<f2", 2)]:
        for shape, order in [((2, 3), True), ((), False), ((0,), False), ((4,), False)]:
            count = 1
            for length in shape:
                count *= length
            header = repr({"descr": kind, "fortran_order": order, "shape": shape}).encode()
            for version, form in [(1, "<H"), (2, "<I")]:
                add("npy", b"\x93NUMPY" + bytes([version, 0])
                    + struct.pack(form, len(header)) + header + bytes(count * size))


def add_checkpoints():
    for kind, size in [("F32", 4), ("BF16", 2), ("F16", 2), ("F64", 8)]:
        header, at = {"__metadata__": {"format": "pt"}}, 0
        for name, shape, count in [("a.weight", [2, 3], 6), ("b", [], 1), ("c", [0, 4], 0)]:
            header[name] = {"dtype": kind, "shape": shape, "data_offsets": [at, at + count * size]}
            at += count * size
        text = json.dumps(header).encode()
        add("checkpoint", struct.pack("<Q", len(text)) + text + bytes(range(at)))


def add_scenarios():
    """What help and tests give these options."""
    for name in find("test/**/*.test", "docs/*.md", "README.md", "compiler-driver/Scenario/*.cpp"):
        for text in re.findall(rb"--(?:workload|parallel|fleet)[= ]\"?([a-zA-Z0-9=:,._]+)", read(name)):
            add("scenario", text)
    for name in find("test/**/scenario/*.csv"):
        add("scenario", read(name))


def add_machines():
    """Slices, and chips that hold the slice that they name."""
    for name in find("targets/*.yaml"):
        text = read(name)
        named = re.search(rb"(?m)^slice: (\S+)$", text)
        if named:
            inner = read(os.path.join(source, "targets", named[1].decode() + ".yaml"))
            inner = re.sub(rb"(?m)^", b"  ", re.sub(rb"(?m)^#.*\n", b"", inner))
            text = text.replace(named[0], b"slice:\n" + inner)
        if not re.search(rb"(?m)^(chip|rack): ", text):
            add("machine", text)


# Where a parser names what it knows, for its dictionary.
WORDS = {
    "assembly": ["compiler-driver/Assembler/*.cpp", "dialects/ISA/Xpu.td"],
    "checkpoint": ["compiler-driver/Import/HuggingFace/Safetensors.cpp"],
    "config": ["compiler-driver/Import/HuggingFace/Config.cpp",
               "compiler-driver/Import/HuggingFace/NetworkConfig.cpp"],
    "data": ["compiler-driver/Data/*.cpp", "compiler-driver/Energy/*.cpp",
             "compiler-driver/Baselines/Figures.def", "compiler-driver/Baselines/System.cpp"],
    "machine": ["dialects/Target/TargetFields.h", "dialects/Target/MachineFields.h"],
    "measurements": ["compiler-driver/Baselines/Row*.cpp", "compiler-driver/Baselines/Meas*.cpp"],
    "mlir": ["dialects/XPU/IR/*.td", "dialects/Rack/IR/*.td"],
    "npy": ["compiler-driver/Tensor/Npy.cpp"],
    "object": ["compiler-driver/Object/*.cpp"],
    "onnx": ["compiler-driver/Import/Onnx/*.cpp"],
    "scenario": ["compiler-driver/Scenario/Spec.cpp",
                 "compiler-driver/Import/HuggingFace/StepSpec.cpp"],
    "target": ["dialects/Target/TargetFields.h"],
}


def add_dictionary(harness):
    words = {word for name in find(*WORDS[harness])
             for word in re.findall(rb'"([.|<]?[A-Za-z][A-Za-z0-9_.]+)"', read(name))}
    with open(os.path.join(out, harness + ".dict"), "wb") as file:
        file.writelines(b'"%s"\n' % word for word in sorted(words))


def main():
    shutil.rmtree(out, ignore_errors=True)
    os.makedirs(out)
    add_assembly()
    add_arrays()
    add_checkpoints()
    add_scenarios()
    for name in find("test/Inputs/configs/*.json"):
        add("config", read(name))
    for name in find("targets/*.yaml", "test/unit/**/*.yaml"):
        add("target", read(name))
    add_machines()
    for name in find("targets/energy/*.yaml", "targets/systems/**/*.yaml",
                     "targets/facility/*.yaml", "targets/sources/*.yaml"):
        # Energy is read only if all figures are there.
        add("data", read(name))
    for name in find("targets/systems/measurements/*.json"):
        entries = json.loads(read(name))
        entries = entries["entries"] if isinstance(entries, dict) else entries
        for entry in entries[:: max(1, len(entries) // 8)]:
            add("measurements", json.dumps([entry], ensure_ascii=False).encode())
    for name in find("test/**/*.onnx"):
        add("onnx", read(name))
    for name in find("test/**/*.pb"):
        add("tensor", read(name))
    for name in find("test/dialects/**/*.mlir", "test/passes/**/*.mlir"):
        for part in re.split(rb"(?m)^// -----.*$", read(name)):
            add("mlir", re.sub(rb"(?m)^ *//.*\n", b"", part))
    for harness in WORDS:
        add_dictionary(harness)
    with open(os.path.join(out, "stamp"), "w"):
        pass


main()
