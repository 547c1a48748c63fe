#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Knowing less never promises more: run.py LESS XML            what check-unit runs
                                        run.py LESS XML --all      every single loss of every fixture
                                        run.py LESS XML --sets N [--seed S]  N random sets of losses
                                        run.py LESS XML --shrink   take out of known.txt what is mended

A case is a command over a whole-memmap fixture of tests/golden; less.c does the
work. In known.txt are the broken promises of check-unit's cases that are known:
a number, and it has to be that number, so that the list can only become shorter.
Writes junit XML; exits 1 if a case failed.
"""
import argparse
import collections
import concurrent.futures
import os
import pathlib
import random
import subprocess
import sys
import xml.etree.ElementTree as ET

HERE = pathlib.Path(__file__).resolve().parent
GOLDEN = HERE.parent / "golden"
KNOWN = HERE / "known.txt"
SECONDS = 7200

# -a: pages of sections that are not online, too
COMMANDS = ["offline", "offrange -a", "offcheck", "offblock", "offowner",
            "offblock -d", "offmap", "offmap -w"]

# part of a guest with DIMMs, one of its blocks each
DEVICES = [("6.1-unplug", f"offblock -d -B {block}")
           for block in ("memory48", "memory32", "memory1")]

# recordings that have findings of drivers' records
FINDINGS = [(fixture, command)
            for fixture in ("6.1-hyperv", "virtio-mem-above-request",
                            "xen-below-target")
            for command in ("offcheck", "offowner")]

# drivers that take or give back pages
AT_WORK = [(fixture, command)
           for fixture in ("balloon-at-work", "virtio-mem-at-work")
           for command in ("offblock", "offcheck", "offowner", "offrange -a")]

# What every check-unit runs: (fixture, commands, of pages and letters every ...)
QUICK = [
    # 64 KiB pages, so that a run takes 2 ms: every single loss of all commands
    ("6.1-ppc64-whole", COMMANDS, 1),
    # both devices, and page types in an enum: facts, lists and trees wholly;
    # a run over all pages takes 7 ms
    ("6.12-both-whole", ["offrange -a"], 64),
    # every block is blocked, so that only the status can say what is lost
    ("6.1-xen-whole", ["offblock"], 64),
    # a block of each device, judged: 12 ms a run
    ("6.12-both-whole", ["offcheck -B memory39", "offblock -B memory39",
                         "offcheck -B memory33"], 64),
    # findings: an orphan, and what a driver has not done yet
    ("devices-orphaned", ["offowner"], 64),
    ("xen-below-target", ["offcheck"], 64),
    # a balloon at work, which has pages in no records
    ("balloon-at-work", ["offrange -a", "offblock -B memory1"], 4001),
    # pages that are told from the kernel's own by one member, or one batch
    ("unplug-charged", ["offblock -B memory48"], 4001),
    ("unplug-batched", ["offblock -B memory48"], 4001),
    # a DIMM: its device, its verdict, the holders of its pages
    ("6.1-unplug", ["offblock -d -B memory48"], 64),
]
# Pages of zeros in place of what was there; of the memmap one in so many.
ZEROS = [
    ("6.1-ppc64-whole", COMMANDS, 1),
    ("6.12-both-whole", ["offcheck", "offblock", "offowner"], 4001),
    ("xen-below-target", ["offcheck", "offowner"], 4001),
    ("6.1-hyperv", ["offcheck", "offowner"], 4001),
    ("balloon-at-work", ["offblock -B memory1", "offcheck"], 4001),
    ("6.1-unplug", ["offblock -d", "offblock"], 4001),
]
WHY_NOT_ALL = ("every single loss of the other fixtures takes an hour: "
               "make check-less")

Case = collections.namedtuple("Case", "fixture command options")


def quick_cases():
    return [Case(fixture, command, ("-e", str(nth)))
            for fixture, commands, nth in QUICK for command in commands] + \
        [Case(fixture, command, ("-z", "-e", str(nth)))
         for fixture, commands, nth in ZEROS for command in commands]


def all_cases():
    return [Case(path.stem, command, ())
            for path in sorted(GOLDEN.glob("*-whole.fixture"))
            for command in COMMANDS] + \
        [Case(*case, ()) for case in DEVICES + FINDINGS + AT_WORK]


def random_cases(sets, seed):
    """many small parts, each with a seed of its own"""
    rng = random.Random(seed)
    cases = all_cases()
    parts = [cases[i % len(cases)] for i in range(max(len(cases), sets // 25))]
    return [Case(c.fixture, c.command,
                 ("-n", str(sets // len(parts) + (i < sets % len(parts))),
                  "-s", str(rng.getrandbits(63))))
            for i, c in enumerate(parts)]


def run(less, case):
    """-> lines "broken" as (code, lost, what), number of runs, what went wrong"""
    fixture = GOLDEN / f"{case.fixture}.fixture"
    got = subprocess.run([less, *case.options, fixture,
                          *case.command.split(), "-j"], check=False,
                         capture_output=True, text=True, timeout=SECONDS)
    rows = [line.split("\t") for line in got.stdout.splitlines()]
    runs = [int(row[1]) for row in rows if row[0] == "tried"]
    broken = [tuple(row[1:4]) for row in rows if row[0] == "broken"]
    wrong = got.stderr
    if got.returncode or not runs:
        wrong += f"less exits {got.returncode}\n"
    if runs and not runs[0]:
        wrong += "nothing was tried\n"
    return broken, sum(runs), wrong


def group_of(lost):
    """what the list counts together: members of a struct, pieces of memory"""
    kind, _, name = lost.partition(" ")
    if kind in ("mem", "symbol_at", "symbol_in", "physical"):
        return kind
    return f"{kind} {name.split('.')[0]}"


def read_known():
    """-> {(fixture, command, code, group): (number, why)}"""
    known = {}
    for line in KNOWN.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            number, fixture, command, code, group, why = line.split("\t")
            known[fixture, command, code, group] = int(number), why
    return known


def write_known(known):
    head = [line for line in KNOWN.read_text(encoding="utf-8").splitlines()
            if line.startswith("#")]
    rows = ["\t".join([str(number), *key, why])
            for key, (number, why) in sorted(known.items())]
    KNOWN.write_text("\n".join(head + rows) + "\n", encoding="utf-8")


def against(case, broken, known):
    """-> what differs from the list"""
    counts = collections.Counter((case.fixture, case.command, code,
                                  group_of(lost)) for code, lost, _ in broken)
    wrong = ""
    for key in sorted({*counts, *(k for k in known if k[:2] == case[:2])}):
        listed = known.get(key, (0, ""))[0]
        if counts[key] > listed:
            wrong += "".join(
                f"new: {code}, without {lost}: {what}\n"
                for code, lost, what in broken
                if key[2:] == (code, group_of(lost)))
        elif counts[key] < listed:
            wrong += (f"mended: {key[2]}, {key[3]}: {counts[key]} of {listed} "
                      "are left: make less-shrink\n")
    return wrong


def told(broken):
    return "".join(f"{code}, without {lost}: {what}\n"
                   for code, lost, what in broken)


def work(less, cases, check):
    """run all; -> [(case, what is wrong)], broken promises of each"""
    results, by_case, runs = [], {}, 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for case, (broken, tried, wrong) in zip(
                cases, pool.map(lambda c: run(less, c), cases)):
            wrong += check(case, broken)
            if wrong:
                print(f"FAIL less {' '.join(case.options)} {case.fixture} "
                      f"{case.command}\n{wrong}", end="", flush=True)
            results.append((case, wrong))
            by_case[case] = broken
            runs += tried
    return results, by_case, runs


def write_xml(path, results):
    suite = ET.Element("testsuite", name="less", skipped="0")
    for case, wrong in results:
        name = f"{case.fixture} {case.command} {' '.join(case.options)}"
        element = ET.SubElement(suite, "testcase", classname="less", name=name)
        if wrong:
            ET.SubElement(element, "failure", message="promises more").text = wrong
    ET.ElementTree(suite).write(path, encoding="unicode")


def shrink(known, by_case):
    """lower the numbers to what was found; -> the new list, nothing added"""
    counts = collections.Counter(
        (case.fixture, case.command, code, group_of(lost))
        for case, broken in by_case.items() for code, lost, _ in broken)
    return {key: (min(number, counts[key]), why)
            for key, (number, why) in known.items() if counts[key]}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("less")
    parser.add_argument("xml")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--sets", type=int)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--shrink", action="store_true")
    return parser.parse_args()


def main():
    args = arguments()
    less = str(pathlib.Path(args.less).resolve())
    known = {}
    if args.sets:
        seed = args.seed if args.seed is not None else random.getrandbits(32)
        print(f"less: {args.sets} random sets, SEED={seed}", flush=True)
        cases = random_cases(args.sets, seed)
    elif args.all:
        cases = all_cases()
    else:
        cases, known = quick_cases(), read_known()
    check = ((lambda case, broken: told(broken)) if args.all or args.sets else
             (lambda case, broken: "") if args.shrink else
             (lambda case, broken: against(case, broken, known)))
    results, by_case, runs = work(less, cases, check)
    if args.shrink:
        write_known(shrink(known, by_case))
    write_xml(args.xml, results)
    failed = sum(bool(wrong) for _, wrong in results)
    print(f"less: {runs} runs that knew less, "
          f"{sum(map(len, by_case.values()))} promises broken, "
          f"{sum(number for number, _ in known.values())} of them listed; "
          f"{len(results) - failed} cases passed, {failed} failed"
          + ("" if args.all or args.sets else f" ({WHY_NOT_ALL})"))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
