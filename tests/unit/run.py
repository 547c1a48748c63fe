#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Run unit test programs: run.py RESULTS PROGRAM...

Each leaves RESULTS/unit-NAME.xml. The documents that it made are held against their
schemas, which is a case of its own, "documents". A program that dies leaves a failure in the
name of the program, with what it said last.
"""
import concurrent.futures
import os
import pathlib
import subprocess
import sys
import xml.etree.ElementTree as ET

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import schemas     # noqa: E402 - lies in the folder above


def died(name, xml, run):
    """did the program end without telling of a failure? then tell it"""
    try:
        cases = list(ET.parse(xml).getroot().iter("testcase"))
    except (OSError, ET.ParseError):
        cases = []
    told = [c for c in cases if c.find("failure") is not None]
    if cases and (told or run.returncode == 0):
        return [c.get("name") for c in told]
    suite = ET.Element("testsuite", name=name)
    case = ET.SubElement(suite, "testcase", name=f"{name} ended well")
    ET.SubElement(case, "failure", message=f"exit {run.returncode}")
    ET.ElementTree(suite).write(xml, encoding="unicode")
    return [f"{name}: exit {run.returncode}"]


def invalid(path, xml):
    """are its documents as their schemas say? a case of its XML"""
    if not path.exists():
        return []
    wrong = schemas.wrong_in(path.read_text(encoding="utf-8"))
    tree = ET.parse(xml)
    suite = next(tree.getroot().iter("testsuite"))
    case = ET.SubElement(suite, "testcase", name="documents")
    if wrong:
        ET.SubElement(case, "failure", message="as no schema says").text = "\n".join(wrong[:20])
    tree.write(xml, encoding="unicode")
    return ["documents", *wrong[:5]] if wrong else []


def run_one(results, program):
    """-> (names of what failed, the run, its XML)"""
    xml = results / f"unit-{program.name}.xml"
    xml.unlink(missing_ok=True)     # cmocka never overwrites
    documents = results / f"{program.name}.documents"
    documents.unlink(missing_ok=True)
    env = dict(os.environ, CMOCKA_MESSAGE_OUTPUT="xml",
               CMOCKA_XML_FILE=str(xml), OFL_DOCUMENTS=str(documents.resolve()))
    # a minute of its own: the machine may be busy with others
    run = subprocess.run(["sh", "-c", 'ulimit -t 60; exec timeout -k 1 900 "$0"',
                          program.resolve()],
                         env=env, capture_output=True, text=True,
                         check=False, errors="replace")
    bad = died(program.name, xml, run)
    return bad or invalid(documents, xml), run, xml


def main():
    results = pathlib.Path(sys.argv[1])
    programs = [pathlib.Path(name) for name in sys.argv[2:]]
    bad = []
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        told = list(pool.map(lambda program: run_one(results, program), programs))
    for failed, run, xml in told:
        if failed or run.stdout.strip():
            print(run.stdout.strip())
        if failed:
            print(run.stderr.strip())
            print(xml.read_text(encoding="utf-8"))
            print("FAIL unit", *failed)
        bad += failed
    print(f"unit: {len(programs)} programs, {len(bad)} failures")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
