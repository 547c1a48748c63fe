#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Run each fuzzing entry point over its corpus: run.py XML PROGRAM..."""
import pathlib
import subprocess
import sys
import xml.etree.ElementTree as ET

CORPUS = pathlib.Path(__file__).resolve().parent / "corpus"


def main():
    suite = ET.Element("testsuite", name="corpus")
    bad = total = 0
    for program in map(pathlib.Path, sys.argv[2:]):
        inputs = sorted((CORPUS / program.name).glob("*"))
        run = subprocess.run(["timeout", "-k", "1", "900", program.resolve(), *inputs],
                             capture_output=True, text=True, check=False, errors="replace")
        case = ET.SubElement(suite, "testcase", classname="corpus", name=program.name)
        total += len(inputs)
        if run.returncode or not inputs:
            bad += 1
            said = run.stderr[-4000:] or "no inputs"
            ET.SubElement(case, "failure", message=f"exit {run.returncode}").text = said
            print(f"FAIL corpus {program.name}: exit {run.returncode}\n{said}")
    suite.set("tests", str(len(suite)))
    suite.set("failures", str(bad))
    ET.ElementTree(suite).write(sys.argv[1], encoding="unicode")
    print(f"corpus: {len(suite)} entry points, {total} inputs, {bad} failures")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
