#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Run every golden case: run.py REPLAY [XML]

A case is NAME.cmd next to this file. It runs twice: in one session, where a
command may use what those before it found, and in a session for each command;
but for the effort it took, the same has to come out. Prints a unified diff of what differs and
one line of counts; writes junit XML; exits 1 if any case failed or there were
none.
"""
import concurrent.futures
import difflib
import os
import pathlib
import re
import subprocess
import sys
import xml.etree.ElementTree as ET

#: What tells how much of a dump had to be read, and not what is in it.
EFFORT = re.compile(r"(MEMMAP|KEPT) ")
HERE = pathlib.Path(__file__).resolve().parent


def replay_case(replay, cmd, *options):
    """-> the lines of its transcript, and what else was wrong"""
    run = subprocess.run([replay, *options, cmd.with_suffix(".fixture")],
                         stdin=cmd.open("rb"), timeout=600, capture_output=True,
                         check=False)
    wrong = ""
    if run.returncode or run.stderr:
        wrong = f"replay exits {run.returncode}:\n" + \
                run.stderr.decode(errors="replace")
    return run.stdout.decode(errors="replace").splitlines(keepends=True), wrong


def but_for_effort(lines):
    """-> what two runs have to have in common"""
    return [line for line in lines if not EFFORT.match(line)]


def run_case(replay, cmd):
    """-> what is wrong, or nothing"""
    fixture, expect = cmd.with_suffix(".fixture"), cmd.with_suffix(".expect")
    for path in fixture, expect:
        if not path.exists():
            return f"{path.name} is missing\n"
    kept, wrong = replay_case(replay, cmd)
    want = expect.read_text(encoding="utf-8").splitlines(keepends=True)
    wrong += "".join(difflib.unified_diff(want, kept, expect.name, "replay"))
    if wrong:
        return wrong
    fresh, wrong = replay_case(replay, cmd, "-f")
    return wrong + "".join(difflib.unified_diff(
        but_for_effort(fresh), but_for_effort(kept), "fresh", "kept"))


def main():
    replay = str(pathlib.Path(sys.argv[1]).resolve())
    cases = sorted(HERE.glob("*.cmd"))
    # a fixture may be there for others to include, a transcript may not
    strays = [p.name for p in sorted(HERE.glob("*.expect"))
              if not p.with_suffix(".cmd").exists()]
    suite = ET.Element("testsuite", name="golden", skipped="0")
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        told = list(pool.map(lambda cmd: run_case(replay, cmd), cases))
    for name, wrong in ([*zip((c.stem for c in cases), told)] +
                        [(s, f"{s} has no .cmd\n") for s in strays]):
        case = ET.SubElement(suite, "testcase", classname="golden", name=name)
        if wrong:
            failed += 1
            ET.SubElement(case, "failure", message="differs").text = wrong
            print(f"FAIL golden {name}\n{wrong}", end="")
    suite.set("tests", str(len(suite)))
    suite.set("failures", str(failed))
    if len(sys.argv) > 2:
        ET.ElementTree(suite).write(sys.argv[2], encoding="unicode")
    print(f"golden: {len(suite) - failed} passed, {failed} failed")
    return 1 if failed or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
