# The lit suite: text in, text out. Run it with `ninja check-acc`.

import os
import shutil
import sys

import lit.formats
import lit.util

config.name = "acc"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".s", ".test"]
config.excludes = ["Inputs", "unit"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = config.acc_binary_dir

config.environment["PATH"] = os.pathsep.join(
    [config.acc_tools_dir, config.llvm_tools_dir, config.environment["PATH"]]
)
config.substitutions.append(("%inputs", os.path.join(config.test_source_root, "Inputs")))
config.substitutions.append(("%{build}", config.acc_build_dir))
config.substitutions.append(("%{python}", sys.executable))
status = os.path.join(config.test_source_root, "Inputs", "status.py")
config.substitutions.append(("%{status}", f"{sys.executable} {status}"))
# Models of RTL are built without optimisation: see there.
quick = os.path.join(config.test_source_root, "Inputs", "quick")
config.substitutions.append(("%{quick}", f"PATH={quick}:{config.environment['PATH']}"))

# What a test may require.
if os.path.exists(os.path.join(config.acc_tools_dir, "acc-rtl-xpu-tiny")):
    config.available_features.add("rtl")
if os.path.exists(os.path.join(config.acc_tools_dir, "acc-rtl")) and shutil.which("verilator"):
    config.available_features.add("rtl-on-demand")
if os.path.exists(os.path.join(config.acc_build_dir, "fuzz", "seeds", "stamp")):
    config.available_features.add("fuzz")
if shutil.which("chromium"):
    config.available_features.add("chromium")
if lit_config.params.get("long"):
    config.available_features.add("long")
if os.geteuid() != 0:
    config.available_features.add("not-root")

# A compilation or a run that takes longer is broken.
lit_config.maxIndividualTestTime = 1200 if lit.util.killProcessAndChildrenIsSupported()[0] else 0
