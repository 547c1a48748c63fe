#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Two ways, one answer, over recordings: run_ways.py REPLAY XML

Every whole-memmap recording of tests/golden, every check of ways.py; and all
commands in one session against each in its own. Writes junit XML; exits 1 if
anything differs.
"""
import concurrent.futures
import os
import pathlib
import subprocess
import sys
import xml.etree.ElementTree as ET

import ways

GOLDEN = pathlib.Path(__file__).resolve().parent.parent / "golden"


def asker(replay, fixture, *options):
    """ask() of ways.py over a recording"""
    def ask(*lines):
        run = subprocess.run([replay, *options, fixture], check=True, text=True,
                             input="".join(f"{line}\n" for line in lines),
                             capture_output=True, timeout=600)
        texts = ("\n" + run.stdout).split("\n$ ")[1:]
        return [text.partition("\n")[2] for text in texts]
    return ask


def kept(replay, fixture):
    """what a session found before changes no answer"""
    lines = [*ways.COMMANDS, "offrange -a -x", "offline", "offcheck -a",
             "offblock", "offmap", "offblock -d", "offblock -w"]
    one = ways.documents(asker(replay, fixture), *lines)
    other = ways.documents(asker(replay, fixture, "-f"), *lines)
    for line, *docs in zip(lines, one, other):
        yield from ways.differences(f"{line}, kept and fresh", *docs)


def run_case(replay, fixture, check):
    """-> what is wrong, or nothing"""
    try:
        lines = list(kept(replay, fixture) if check is kept else
                     check(asker(replay, fixture)))
    except (subprocess.SubprocessError, ValueError, KeyError, IndexError) as e:
        lines = [f"{type(e).__name__}: {e}"]
    return "".join(f"{line}\n" for line in lines)


def main():
    replay, xml = str(pathlib.Path(sys.argv[1]).resolve()), sys.argv[2]
    paths = sorted(GOLDEN.glob("*-whole.fixture"))
    # has blocks of DIMMs with holders; of the others nothing is known
    paths.append(GOLDEN / "6.1-unplug.fixture")
    cases = [(path, check) for path in paths
             for check in [*ways.CHECKS, kept]]
    suite = ET.Element("testsuite", name="ways", skipped="0")
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for (path, check), wrong in zip(cases, pool.map(
                lambda case: run_case(replay, *case), cases)):
            case = ET.SubElement(suite, "testcase", classname="ways",
                                 name=f"{path.stem} {check.__name__}")
            if wrong:
                failed += 1
                ET.SubElement(case, "failure", message="differs").text = wrong
                print(f"FAIL ways {path.stem} {check.__name__}\n{wrong}", end="")
    ET.ElementTree(suite).write(xml, encoding="unicode")
    print(f"ways: {len(cases) - failed} passed, {failed} failed")
    return 1 if failed or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
