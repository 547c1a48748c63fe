#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Run every golden case: run.py REPLAY [XML]

A case is NAME.cmd next to this file. Prints a unified diff of what differs and
one line of counts; writes junit XML; exits 1 if any case failed or there were
none.
"""
import concurrent.futures
import difflib
import os
import pathlib
import subprocess
import sys
import xml.etree.ElementTree as ET

HERE = pathlib.Path(__file__).resolve().parent


def run_case(replay, cmd):
    """-> what is wrong, or nothing"""
    fixture, expect = cmd.with_suffix(".fixture"), cmd.with_suffix(".expect")
    for path in fixture, expect:
        if not path.exists():
            return f"{path.name} is missing\n"
    run = subprocess.run([replay, fixture], stdin=cmd.open("rb"), timeout=600,
                         capture_output=True, check=False)
    got = run.stdout.decode(errors="replace").splitlines(keepends=True)
    want = expect.read_text(encoding="utf-8").splitlines(keepends=True)
    wrong = "".join(difflib.unified_diff(want, got, expect.name, "replay"))
    if run.returncode or run.stderr:
        wrong += f"replay exits {run.returncode}:\n" + \
                 run.stderr.decode(errors="replace")
    return wrong


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
