#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The verdict campaign: what `make check-verdicts` runs.

campaign.py [-c] [-j JOBS] [-o FILE] [-k KIND,...] [-s FIRST-LAST] [KERNEL...]
default: 5.10 6.1 6.12 7.2 7.3, all kinds and the guests of seeds 1-3, two guests at a time
-s: guests of which these seeds decide everything
-c: only the guests that are in the cache, with their seeds; none is booted

Every kind of guest is dumped and tried on every kernel; the tables go to FILE.
Fails on a contradiction, and when a kernel had fewer than 200 attempts.
"""

import argparse
import collections
import concurrent.futures
import pathlib
import sys

from lab import crashes, kernels, util, verdicts
from lab.kinds import CAUGHT, KINDS
from lab.module import CannotBuild

JOBS = 2          # guests at a time: each keeps a processor busy
ENOUGH = 200      # attempts on a kernel
WANTED = ("5.10", "6.1", "6.12", "7.2", "7.3")
AGAIN = "when the references were dropped"
SEEDS = "1-3"     # a guest takes more than a minute: too long for make check
VERDICTS = ("OFFLINABLE", "DRIVER", "MIGRATE", "RETRIES", "SPINS", "BLOCKED", "UNKNOWN", "OFFLINE")
DEFINITE = ("OFFLINABLE", "DRIVER", "SPINS", "BLOCKED")
FIRST = ("success", "EBUSY", "EINVAL", "still trying")
INTRODUCTION = """\
# Verdicts against reality

`offblock` says for each memory block in a dump whether it can be offlined. This page says
how often that is true. The lab brings a guest into some state, stops it, dumps it and
continues it. Then the guest offlines every online block for real (`echo offline >
.../memoryN/state`, for {limit} seconds at most) and brings it back before it tries the next.
The figures are numbers of blocks. Some guests are made by hand, for a state that is wanted;
of others a seed decides everything (`chance-N`).

No attempt may contradict its verdict: `OFFLINABLE` and `DRIVER` must succeed, `BLOCKED` must
fail in time (unless it says that what blocks is not reached as long as pages before it stay),
and `SPINS` must still be trying when its time is over. `RETRIES` is said of pages that
have references which no mapping explains, or that have no place to go to: the kernel tries
until these go, so the attempt must not be refused. It should still be trying when its time is
over, unless a holder let go meanwhile, and it should succeed when the holder is gone: guests
that can drop their references are tried a second time. `MIGRATE` says that nothing in the dump
speaks against it: every reference is explained and there is room. It does not promise success,
because a page may be referenced after the dump; an attempt that never ends is counted, and is
no contradiction. A running guest never stands quite
still. If the kernel refuses because of a page that was free right before the dump, or of
another kind (says the guest's `/proc/kpageflags`), and `offblock` did not name exactly that
page, then the guest has changed, and the attempt counts neither for nor against. Nor does an
attempt that follows a block which did not come back, or a word of the kernel that its memory
is damaged.

`make check-verdicts` repeats the campaign and writes this page. It takes hours on two
processors, and does not repeat what is in the cache: it may be broken off and begun again.
`make verdicts-page` writes the page from the guests in the cache, and boots none.

The page has what was run with the rule as it is today (of a kind that has changed since, the
guest as it was). A campaign over earlier kernels (6.1,
6.12.117+deb12, 7.2.13; 1,563 attempts) had no contradiction either; its dumps are gone, and it
is not counted here.
"""


def title(series):
    """What was run."""
    kernel = kernels.get(series)
    return f"{series} ({kernel.release}, crash {crashes.get(kernel.series.crash).version})"


def collect(series, name, cached=False):
    """(rows, notes, problems) of one guest."""
    try:
        dump = verdicts.get(series, name, cached)
        differ = [] if cached else [f"{series} {name}: {text}" for text in verdicts.parts(dump)]
        if name not in CAUGHT:
            rows = verdicts.compare(dump)
            notes, stuck = freed(name, rows, verdicts.freed(dump))
            return rows, notes, stuck + differ
        block, wrong = verdicts.caught(dump)
        note = f"{name}: {block['name']} is {block['state']}, {block['verdict']}: {block['reason']}"
        return [], [note], [f"{series} {name}: {text}" for text in wrong] + differ
    except (CannotBuild, util.CannotMake) as error:
        return [], [f"{name}: skipped, {str(error).splitlines()[0]}"], []
    except util.LabError as error:
        return [], [f"{name}: no result, {str(error).splitlines()[0]}"], [f"{series} {name}: {error}"]


def freed(name, rows, again):
    """What is noted, and what is wrong, of blocks that were tried again when nobody held them any longer."""
    held = [row.did["block"] for row in rows if row.verdict == "RETRIES" and row.did["block"] in again]
    stuck = [block for block in held if again[block] != "success"]
    notes = [f"{name}: {len(held) - len(stuck)} of {len(held)} block{'s' * (len(held) != 1)} called RETRIES that kept trying went {AGAIN}"
             ] if held else []
    return notes, [f"{name}: {block} was called RETRIES; without the references: {again[block]}" for block in stuck]


def matrix(rows, first):
    """A table of counts; `first` gives a row's words before the outcomes."""
    counts = collections.Counter((first(row), row.outcome) for row in rows)
    outcomes = [*FIRST, *sorted({row.outcome for row in rows} - set(FIRST))]
    lines = sorted({first(row) for row in rows}, key=lambda words: (*words[:-1], VERDICTS.index(words[-1])))
    head = ["kind", "verdict"][-len(lines[0]):] if lines else ["verdict"]
    yield "| " + " | ".join([*head, *outcomes]) + " |"
    yield "|" + "---|" * len(head) + "---:|" * len(outcomes)
    for words in lines:
        cells = [str(counts[words, outcome] or "") for outcome in outcomes]
        yield "| " + " | ".join([*words, *cells]) + " |"


def still_trying(rows, verdict):
    """The rows of a verdict that had not ended when the time was over, and count."""
    return [row for row in rows if row.verdict == verdict and row.outcome == "still trying" and not row.changed]


def share(part, whole):
    """3 of 40 (7.5 %)"""
    return f"{part} of {whole} ({100 * part / whole:.1f} %)" if whole else "none"


def in_all(results):
    """A row for each kernel, and one for all of them."""
    yield "| kernel | guests | attempts | contradictions | do not count | MIGRATE that did not end | RETRIES that ended in time |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    whole = [(series, rows) for series, (rows, _) in results.items()]
    for name, rows in [*whole, ("all", [row for _, rows in whole for row in rows])]:
        count = [row for row in rows if not row.changed]
        tried = [row for row in count if row.verdict == "RETRIES"]
        guests = len({row.kind for row in rows}) if name != "all" else sum(len({row.kind for row in part}) for _, part in whole)
        yield (f"| {name} | {guests} | {len(rows)} | {sum(row.contradiction for row in rows)} | {len(rows) - len(count)} "
               f"| {share(len(still_trying(rows, 'MIGRATE')), sum(row.verdict == 'MIGRATE' for row in count))} "
               f"| {share(sum(row.outcome == 'success' for row in tried), len(tried))} |")


def exceptions(rows):
    """Each attempt that went otherwise than the word suggests, without contradicting it."""
    for row in rows:
        if row.contradiction:
            yield f"{row.kind} {row.did['block']}: contradicts: {row.verdict}, {row.said['reason']}; really: {row.outcome}"
        elif row.changed:
            if row.did["disturbed"]:
                continue
            yield f"{row.kind} {row.did['block']}: does not count, pfn {row.did['pfn'] or 0:#x} was {row.did['was']}"
        elif row.verdict == "MIGRATE" and row.outcome == "still trying":
            yield f"{row.kind} {row.did['block']}: MIGRATE, did not end: {row.said['reason']}"
        elif row.verdict == "RETRIES" and row.outcome == "success":
            yield f"{row.kind} {row.did['block']}: RETRIES, ended after {row.did['seconds']} s: {row.said['reason']}"


def summary(rows):
    """The sentence below a kernel's table."""
    tried = [row for row in rows if row.verdict == "RETRIES" and not row.changed]
    endless = still_trying(rows, "MIGRATE")
    migrate = sum(row.verdict == "MIGRATE" for row in rows)
    definite = sum(row.verdict in DEFINITE for row in rows)
    reasons = [row.same_reason for row in rows if row.same_reason is not None]
    return (f"{len(rows)} attempts, {sum(row.contradiction for row in rows)} contradictions; "
            f"in {sum(row.changed for row in rows)} the guest had changed since the dump and the attempt does not count; "
            f"{definite} verdicts ({100 * definite // max(1, len(rows))} %) were definite. "
            f"Where the kernel gave a reason for refusing, `offblock` had given the same in "
            f"{sum(reasons)} of {len(reasons)} cases. Of {len(tried)} blocks called `RETRIES` "
            f"{sum(row.outcome == 'still trying' for row in tried)} were still being tried when the time was over, "
            f"and so were {len(endless)} of {migrate} called `MIGRATE`.")


def not_tried(name, results):
    """Words on a kind that is on no kernel's list."""
    tried = {row.kind for rows, _ in results.values() for row in rows}
    noted = any(note.startswith(f"{name}:") for _, notes in results.values() for note in notes)
    return "" if name in tried or noted else " (not tried yet)"


def gaps(results):
    """Sentences on what this run does not show."""
    missing = [series for series in WANTED if series not in results]
    if missing:
        yield f"Not run: {', '.join(missing)}.\n"
    if not any(AGAIN in note for _, notes in results.values() for note in notes):
        yield ("No guest was tried a second time without its references: that `RETRIES` ends then is shown by the guests "
               "that are caught in an attempt (caught-pinned, caught-balloon) only.\n")


def page(results):
    """docs/verdicts.md: {series: (rows, notes)}."""
    yield INTRODUCTION.format(limit=verdicts.LIMIT)
    yield "## In all\n"
    yield from in_all(results)
    yield ""
    yield from gaps(results)
    for series, (rows, notes) in results.items():
        yield f"## {title(series)}\n"
        yield from matrix(rows, lambda row: (row.verdict,))
        yield f"\n{summary(rows)}\n"
        notes = [*notes, *exceptions(rows)]
        yield from (f"- {note}" for note in notes)
        yield "" if notes else None
    yield "## By kind of guest\n"
    yield from (f"- **{kind.name}**: {kind.why}{not_tried(kind.name, results)}"
                for kind in (*KINDS.values(), *CAUGHT.values()))
    for series, (rows, _) in results.items():
        yield f"\n### {series}\n"
        yield from matrix(rows, lambda row: (row.kind, row.verdict))


def run(wanted, names, cached=False, at_a_time=JOBS):
    """{series: (rows, notes)} and the problems, some guests at a time."""
    results, problems = {series: ([], []) for series in wanted}, []
    jobs = [(series, name) for name in names for series in wanted if not cached or verdicts.has(series, name)]
    with concurrent.futures.ThreadPoolExecutor(at_a_time) as pool:
        for (series, name), (rows, notes, wrong) in zip(jobs, pool.map(lambda job: collect(*job, cached), jobs)):
            contrary = [row for row in rows if row.contradiction]
            print(f"{series} {name}: {len(rows)} attempts, {len(contrary)} contradictions", flush=True)
            for text in (*contrary, *notes, *wrong):
                print(text, flush=True)
            results[series][0].extend(rows)
            results[series][1].extend(notes)
            problems += wrong + [f"{series}: contradiction: {row}" for row in contrary]
    return results, problems


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
    results, problems = run(given.kernels, [*kinds, *given.seeds], given.cached, given.jobs)
    results = {series: found for series, found in results.items() if found[0] or not given.cached}
    text = "\n".join(line for line in page(results) if line is not None) + "\n"
    print(text)
    problems += [f"{series}: only {len(rows)} attempts" for series, (rows, _) in results.items()
                 if len(rows) < ENOUGH and kinds == names]
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
