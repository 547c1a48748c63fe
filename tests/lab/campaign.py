#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The verdict campaign: what `make check-verdicts` runs.

campaign.py [-c] [-j JOBS] [-o FILE] [-k KIND,...] [-s FIRST-LAST] [KERNEL...]
default: 5.10 6.1 6.12 7.2 7.3, all kinds and the guests of seeds 1-3, two guests at a time
-s: guests of which these seeds decide everything
-c: only the guests that are in the cache, with their seeds; none is booted

Every kind of guest is dumped and tried on every kernel; the tables go to FILE. What FILE says of guests that
were not run this time stays there, marked as run earlier.
Fails on a contradiction, on a holder that is named wrong or not at all though the guest has it on purpose, and
when a kernel had fewer than 200 attempts, or less than nine of ten pages that are in the way have a holder.
"""

import argparse
import concurrent.futures
import pathlib
import sys

from lab import crashes, holders, kernels, util, verdicts, verdictspage
from lab.kinds import CAUGHT, KINDS
from lab.module import CannotBuild
from lab.verdictspage import AGAIN, WANTED

JOBS = 2          # guests at a time: each keeps a processor busy
ENOUGH = 200      # attempts on a kernel
SEEDS = "1-3"     # a guest takes more than a minute: too long for make check


def title(series):
    """What was run."""
    kernel = kernels.get(series)
    return f"{kernel.release}, crash {crashes.get(kernel.series.crash).version}"


def collect(series, name, cached=False):
    """(rows, notes, problems, holders.share()) of one guest."""
    try:
        dump = verdicts.get(series, name, cached)
        said = verdicts.told(dump)
        differ = verdicts.misnamed(dump, said) + ([] if cached else verdicts.parts(dump))
        named = holders.share(said["holders"]["holders"])
        if name not in CAUGHT:
            rows = verdicts.compare(dump, said)
            notes, wrong = freed(name, rows, verdicts.freed(dump))
            return rows, notes, wrong + [f"{series} {name}: {text}" for text in differ], named
        block, wrong = verdicts.caught(dump, said)
        note = f"{name}: {block['name']} is {block['state']}, {block['verdict']}: {block['reason']}"
        return [], [note], [f"{series} {name}: {text}" for text in wrong + differ], named
    except (CannotBuild, util.CannotMake) as error:
        return [], [f"{name}: skipped, {str(error).splitlines()[0]}"], [], None
    except util.LabError as error:
        return [], [f"{name}: no result, {str(error).splitlines()[0]}"], [f"{series} {name}: {error}"], None


def freed(name, rows, again):
    """What is noted, and what is wrong, of blocks that were tried again when nobody held them any longer."""
    held = [row.did["block"] for row in rows if row.verdict == "RETRIES" and row.did["block"] in again]
    stuck = [block for block in held if again[block] != "success"]
    notes = [f"{name}: {len(held) - len(stuck)} of {len(held)} block{'s' * (len(held) != 1)} called RETRIES that kept trying went {AGAIN}"
             ] if held else []
    return notes, [f"{name}: {block} was called RETRIES; without the references: {again[block]}" for block in stuck]


def run(wanted, names, cached=False, at_a_time=JOBS):
    """{series: (rows, notes, {name: share})} and the problems, some guests at a time."""
    results, problems = {series: ([], [], {}) for series in wanted}, []
    jobs = [(series, name) for name in names for series in wanted if not cached or verdicts.has(series, name)]
    with concurrent.futures.ThreadPoolExecutor(at_a_time) as pool:
        for (series, name), (rows, notes, wrong, named) in zip(jobs, pool.map(lambda job: collect(*job, cached), jobs)):
            contrary = [row for row in rows if row.contradiction]
            print(f"{series} {name}: {len(rows)} attempts, {len(contrary)} contradictions"
                  f"{f', holders of {verdictspage.share(*named)} pages' if named else ''}", flush=True)
            for text in (*contrary, *notes, *wrong):
                print(text, flush=True)
            results[series][0].extend(rows)
            results[series][1].extend(notes)
            results[series][2].update({name: named} if named else {})
            problems += wrong + [f"{series}: contradiction: {row}" for row in contrary]
    return results, problems


def too_few(results):
    """Kernels of which there is too little to go by."""
    for series, (rows, _, named) in results.items():
        if len(rows) < ENOUGH:
            yield f"{series}: only {len(rows)} attempts"
        known, pages = map(sum, zip((0, 0), *named.values()))
        if known < holders.IDENTIFIED * pages:
            yield f"{series}: holders of only {verdictspage.share(known, pages)} pages"


def seeds(text):
    """The names of guests, from what is behind -s."""
    first, _, last = text.partition("-")
    return [f"chance-{seed}" for seed in range(int(first), int(last or first) + 1)]


def main(arguments):
    """Run, print, write the page; the number of problems decides the exit status."""
    names = [*KINDS, *CAUGHT]
    parser = argparse.ArgumentParser(description="offblock's verdicts against what the kernel does")
    parser.add_argument("-o", dest="output", type=pathlib.Path, help="write the tables here")
    parser.add_argument("-k", dest="kinds", type=lambda text: text.split(","), help="these kinds only")
    parser.add_argument("-s", dest="seeds", type=seeds, metavar="FIRST-LAST", default=(),
                        help="guests of which these seeds decide everything, and the kinds of -k only")
    parser.add_argument("-c", dest="cached", action="store_true", help="the guests in the cache, and no others")
    parser.add_argument("-j", dest="jobs", type=int, default=JOBS, help="guests at a time: each keeps a processor busy")
    parser.add_argument("kernels", nargs="*", default=WANTED)
    given = parser.parse_args(arguments)
    util.report[0] = lambda text: print(text, file=sys.stderr, flush=True)
    kinds = given.kinds or ([] if given.seeds else names)
    if kinds == names:
        given.seeds = seeds(SEEDS)
    if given.cached:
        given.seeds = sorted({name for series in given.kernels for name in verdicts.cached_seeds(series)},
                             key=lambda name: int(name.partition("-")[2]))
    before = verdictspage.read(given.output)
    results, problems = run(given.kernels, [*kinds, *given.seeds], given.cached, given.jobs)
    results = {series: found for series, found in results.items() if any(found) or not given.cached}
    text = verdictspage.text(verdictspage.merged(
        {series: verdictspage.found(title(series), *found) for series, found in results.items()}, before))
    print(text)
    problems += too_few(results) if kinds == names else ()
    for problem in problems:
        print(f"check-verdicts: {problem}")
    if given.output:
        util.write_atomic(given.output.resolve(), text)
    return 1 if problems else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (util.LabError, OSError) as failure:
        sys.exit(f"check-verdicts: {failure}")
