#!/usr/bin/env python3
"""Fuzzes: run.py [--seconds=N] [--seed=N] FOLDER HARNESS...

FOLDER is build/fuzz/fuzz, with the programs and the seeds. Each harness reads
its regressions, then seeds and what earlier runs have found new (FOLDER/corpus),
and fuzzes for N seconds. What it dies of is in FOLDER/crashes; minimised, and
mended, it belongs into regressions/HARNESS.
"""

import argparse
import concurrent.futures
import glob
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
# A file of a few kilobytes needs neither more memory nor more time; with
# sanitizers all takes several times as long.
LIMITS = ["-max_len=16384", "-rss_limit_mb=2048", "-timeout=30"]

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--seconds", type=int, default=60)
parser.add_argument("--seed", type=int, default=1,
                    help="of libFuzzer; 0: another one each time")
parser.add_argument("--jobs", type=int, default=os.cpu_count())
parser.add_argument("folder")
parser.add_argument("harness", nargs="+")
options = parser.parse_args()


def fuzz(name):
    """Whether nothing was found; the log is FOLDER/NAME.log."""
    program = os.path.join(options.folder, "acc-fuzz-" + name)
    regressions = glob.glob(os.path.join(HERE, "regressions", name, "*"))
    corpus = os.path.join(options.folder, "corpus", name)
    crashes = os.path.join(options.folder, "crashes")
    for folder in (corpus, crashes):
        os.makedirs(folder, exist_ok=True)
    prefix = f"-artifact_prefix={crashes}/{name}-"
    commands = [[program, *LIMITS, prefix, corpus,
                 os.path.join(options.folder, "seeds", name),
                 f"-max_total_time={options.seconds}",
                 f"-seed={options.seed}", "-print_final_stats=1"]]
    dictionary = os.path.join(options.folder, "seeds", name + ".dict")
    if os.path.exists(dictionary):
        commands[0].append("-dict=" + dictionary)
    if regressions:
        commands.insert(0, [program, *LIMITS, prefix, *regressions])
    with open(os.path.join(options.folder, name + ".log"), "w") as log:
        return all(subprocess.run(command, stdout=log, stderr=log).returncode == 0
                   for command in commands)


def executions(name):
    with open(os.path.join(options.folder, name + ".log"), errors="replace") as log:
        for line in log:
            if line.startswith("stat::number_of_executed_units:"):
                return line.split()[-1]
    return "?"


failed = 0
with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
    for name, good in zip(options.harness, pool.map(fuzz, options.harness)):
        print(f"{'PASS' if good else 'FAIL'}: {name}, {executions(name)} executions", flush=True)
        if not good:
            failed += 1
            with open(os.path.join(options.folder, name + ".log"), errors="replace") as log:
                print("".join(log.readlines()[-60:]))
print(f"{len(options.harness) - failed} passed, {failed} failed")
sys.exit(failed != 0)
