# SPDX-License-Identifier: GPL-2.0-or-later
"""docs/verdicts.md: how it is written, and how it is read again for guests whose dumps are gone.

Everything that is counted comes from a kernel's counts (kind, verdict, outcomes) and lines, be they of guests
that were run or of the page as it was. What an earlier page has for a kernel as a whole only stays a whole.
"""

import collections
import dataclasses
import re
import typing

from . import verdicts
from .kinds import CAUGHT, KINDS
from .util import LabError

WANTED = ("5.10", "6.1", "6.12", "7.2", "7.3")
AGAIN = "when the references were dropped"
VERDICTS = ("OFFLINABLE", "DRIVER", "MIGRATE", "RETRIES", "SPINS", "BLOCKED", "UNKNOWN", "OFFLINE")
DEFINITE = ("OFFLINABLE", "DRIVER", "SPINS", "BLOCKED")
FIRST = ("success", "EBUSY", "EINVAL", "still trying")
#: behind the kind of a guest that was run earlier, and between the releases of a heading
EARLIER = " \\*"
MARKED = f"marked{EARLIER}: "
#: what a row has where the page has it for some guests together only, and the columns that may have it
TOGETHER = "?"
MORE = ("do not count", "same reason")
IN_ALL = ("kernel", "guests", "attempts", "contradictions", "do not count", "MIGRATE that did not end",
          "RETRIES that ended in time")
LINE = re.compile(r"([\w-]+)( \\\*)?(?: (memory\d+))?: (.*)")
EXPLAINED = "\nWhat is marked \\* was run earlier and its dump is gone: it is by the rule as it was then.\n"
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
no contradiction, but it must not be refused either. A guest under load is caught in the
middle of things: a page that a fault has
just taken and not charged yet looks like one that the kernel took and never wrote to
(`untouched`), and a dump does not tell them apart. So such a page is `RETRIES` in
ZONE_MOVABLE, where the kernel waits for either, and may go in a moment; elsewhere it is
`UNKNOWN`, because the kernel refuses it until it is mapped. In the same way an anonymous page
that is just being unmapped looks like one that a pipe holds. A running guest never stands quite
still. If the kernel refuses because of a page that was free right before the dump, or of
another kind (says the guest's `/proc/kpageflags`), and `offblock` did not name exactly that
page, then the guest has changed, and the attempt counts neither for nor against. The same
holds if the kernel cannot dissolve huge pages, `offblock` did not foretell that, and pages of
the block have come into huge pages since the dump: blocks that are tried before move theirs, and
the pool is filled again after each. Where the kernel did not refuse and `offblock` said it
would, the attempt does not count if the first page of each kind that was in the way had been
freed, or had become memory that moves, right before it. Nor does an attempt count that follows
a block which did not come back, a word of the kernel that its memory is damaged, or a process
that the kernel killed for its memory since the dump: what that held is room then.

One attempt in a guest that has been made anew since did contradict: 7.2, `under-load-kernel`,
a block `BLOCKED` for page tables, slab and other memory of the kernel, which the kernel was still
trying after 20 seconds. That guest did not yet say what the kernel held right before the attempt,
so whether all that had gone was not shown. It has not been met again.

`make check-verdicts` repeats the campaign and writes this page. It takes hours on two
processors, and does not repeat what is in the cache: it may be broken off and begun again.
`make verdicts-page` writes the page from the guests in the cache, and boots none.

The page has what was run with the rule as it is today (of a kind that has changed since, the
guest as it was).{earlier}A campaign over earlier kernels (6.1,
6.12.117+deb12, 7.2.13; 1,563 attempts) had no contradiction either; its dumps are gone, and it
is not counted here.
"""
#: the sentence below a kernel's table; it is read again, too
SUMMARY = (
    "{attempts} attempts; contradictions: {contradictions}; "
    "in {changed} the guest had changed since the dump and the attempt does not count; "
    "{definite} verdicts ({percent} %) were definite. "
    "Where the kernel gave a reason for refusing, `offblock` had given the same in "
    "{same} of {reasons} cases. Of {retries} blocks called `RETRIES` "
    "{trying} were still being tried when the time was over, "
    "and so were {listed} of {called} called `MIGRATE`.")
#: what is known of some guests together; those that have been run anew cannot be taken out of it
WHOLE = (
    "Of the guests with `?` an earlier page has these figures together only{others}; they are in those above: "
    "{changed} attempts do not count; of {migrate} called `MIGRATE` that count {endless} did not end; of {retries} called "
    "`RETRIES` {ended} ended in time and {trying} did not; the reason was the same in {same} of {reasons} cases.")
#: where all attempts count, the others are known by kind
REASONS = ("Of the guests with `?` an earlier page has this together only{others}; it is in the figure above: "
           "the reason was the same in {same} of {reasons} cases.")
OTHERS = ", and with them those of {kinds} as run then"
HOLDERS = "## Who holds the pages\n"
NAMED = """
Of the pages that are in the way of a block, `offblock -w` names the holder (docs/holders.md). The
table has how many have a name, of how many in all blocks of a guest; pages that can be
migrated and pages of drivers are left out. What a guest holds on purpose (`EXPECTED` in tests/lab/lab/holders.py) has to be named in its dump on every
kernel, and no name may contradict what the guest wrote down of itself.
"""


@dataclasses.dataclass(frozen=True)
class Count:
    """A row by kind: attempts by outcome, those that do not count, and in how many refusals the reason was the same.

    None: known of several kinds together only (Kernel.whole).
    """
    kind: str
    verdict: str
    outcomes: dict
    changed: typing.Optional[int] = None
    same: typing.Optional[int] = None
    reasons: typing.Optional[int] = None
    earlier: bool = False

    attempts = property(lambda self: sum(self.outcomes.values()))
    name = property(lambda self: self.kind + EARLIER * self.earlier)

    @property
    def more(self):
        """The cells of MORE."""
        changed = TOGETHER if self.changed is None else str(self.changed or "")
        return changed, TOGETHER if self.reasons is None else f"{self.same} of {self.reasons}" if self.reasons else ""


@dataclasses.dataclass(frozen=True)
class Named:
    """Of a guest's pages that are in the way, those whose holder has a name."""
    known: int
    pages: int
    earlier: bool = False


@dataclasses.dataclass
class Kernel:
    """What the page says of a kernel."""
    today: typing.Optional[str]                            # release and crash of the guests that are not marked
    before: list = dataclasses.field(default_factory=list)     # and those of the others
    counts: list = dataclasses.field(default_factory=list)
    lines: list = dataclasses.field(default_factory=list)      # each begins with a kind
    whole: dict = dataclasses.field(default_factory=dict)      # the figures of WHOLE, or of REASONS
    others: tuple = ()                                         # kinds that are in it and have been run anew
    named: dict = dataclasses.field(default_factory=dict)      # {kind: Named}


# -- counting ---------------------------------------------------------------------


def counted(rows):
    """The counts of attempts."""
    parts = collections.defaultdict(list)
    for row in rows:
        parts[row.kind, row.verdict].append(row)
    for (kind, verdict), part in parts.items():
        reasons = [row.same_reason for row in part if row.same_reason is not None]
        yield Count(kind, verdict, collections.Counter(row.outcome for row in part), sum(row.changed for row in part),
                    sum(reasons), len(reasons))


def exceptions(rows):
    """Each attempt that went otherwise than the word suggests, without contradicting it."""
    for row in rows:
        if row.contradiction:
            yield f"{row.kind} {row.did['block']}: contradicts: {row.verdict}, {row.said['reason']}; really: {row.outcome}"
        elif row.changed:
            if row.did["disturbed"]:
                continue
            why = ("the kernel had killed a process for its memory" if row.did.get("killed") else
                   f"{row.refilled} of its pages have come into huge pages" if row.refilled else
                   "what was in the way had gone" if row.gone else
                   f"pfn {row.did['pfn'] or 0:#x} was {row.did['was']}")
            yield f"{row.kind} {row.did['block']}: does not count, {why}"
        elif row.verdict == "MIGRATE" and row.outcome == "still trying":
            failed = any("migrating pfn" in line for line in row.did.get("dmesg", ["migrating pfn"]))
            slow = "" if failed else "; no page failed to migrate, the guest was slow"
            yield f"{row.kind} {row.did['block']}: MIGRATE, did not end: {row.said['reason']}{slow}"
        elif row.verdict == "RETRIES" and row.outcome == "success":
            yield f"{row.kind} {row.did['block']}: RETRIES, ended after {row.did['seconds']} s: {row.said['reason']}"


def found(title, rows, notes, named=None):
    """A kernel, from what was run: rows of verdicts.compare(), notes that begin with a kind, {kind: holders.share()}."""
    return Kernel(title, counts=list(counted(rows)), lines=[*notes, *exceptions(rows)],
                  named={kind: Named(*pages) for kind, pages in (named or {}).items()})


def kind_in(line):
    """(kind, whether it is marked, block or None, words) of a line."""
    match = LINE.fullmatch(line)
    if not match:
        raise ValueError(f"a line without a kind: {line}")
    kind, mark, block, words = match.groups()
    return kind, bool(mark), block, words


def said(lines, words, kinds=None):
    """In how many lines on a block of these kinds these words come first."""
    parts = [kind_in(line) for line in lines]
    return sum(bool(block) and text.startswith(words) and (kinds is None or kind in kinds) for kind, _, block, text in parts)


def figures(kernel):
    """What is counted of a kernel: everything but contradictions and attempts may be partly a whole."""
    known = [row for row in kernel.counts if row.changed is not None]
    kinds = {row.kind for row in known}
    count = {verdict: sum(row.attempts - row.changed for row in known if row.verdict == verdict) for verdict in VERDICTS}
    ended = said(kernel.lines, "RETRIES, ended", kinds)
    total = collections.Counter(
        changed=sum(row.changed for row in known), endless=said(kernel.lines, "MIGRATE, did not end", kinds),
        migrate=count["MIGRATE"], ended=ended, retries=count["RETRIES"],
        trying=count["RETRIES"] - ended - said(kernel.lines, "contradicts: RETRIES", kinds))
    if len(known) < len(kernel.counts):
        total.update({name: number for name, number in kernel.whole.items() if name in total})
    total.update({name: number for name, number in kernel.whole.items() if name in ("same", "reasons")})
    total.update(guests=len({row.kind for row in kernel.counts}), attempts=sum(row.attempts for row in kernel.counts),
                 contradictions=said(kernel.lines, "contradicts"),
                 same=sum(row.same or 0 for row in kernel.counts), reasons=sum(row.reasons or 0 for row in kernel.counts))
    return total


# -- writing ----------------------------------------------------------------------


def table(counts, first, head, more=False):
    """A table of counts; `first` gives a row's words before the outcomes, `head` what they are."""
    outcomes = [*FIRST, *sorted({outcome for row in counts for outcome in row.outcomes} - set(FIRST))]
    sums, further = collections.defaultdict(collections.Counter), {}
    for row in counts:
        sums[first(row)].update(row.outcomes)
        further[first(row)] = row.more if more else ()
    columns = [*outcomes, *MORE] if more else outcomes
    yield "| " + " | ".join([*head, *columns]) + " |"
    yield "|" + "---|" * len(head) + "---:|" * len(columns)
    for words in sorted(sums, key=lambda words: (*words[:-1], VERDICTS.index(words[-1]))):
        yield "| " + " | ".join([*words, *(str(sums[words][outcome] or "") for outcome in outcomes), *further[words]]) + " |"


def by_verdict(kernel):
    """The table below a kernel's heading."""
    return table(kernel.counts, lambda row: (row.verdict,), ("verdict",))


def by_kind(kernel):
    """The other one. It has more columns where the page has more than wholes."""
    return table(kernel.counts, lambda row: (row.name, row.verdict), ("kind", "verdict"),
                 any(row.reasons is not None for row in kernel.counts))


def share(part, whole):
    """3 of 40 (7.5 %)"""
    return f"{part} of {whole} ({100 * part / whole:.1f} %)" if whole else "none"


def in_all(kernels):
    """A row for each kernel, and one for all of them."""
    yield "| " + " | ".join(IN_ALL) + " |"
    yield "|---|" + "---:|" * (len(IN_ALL) - 1)
    rows = {series: figures(kernel) for series, kernel in kernels.items()}
    for name, row in [*rows.items(), ("all", sum(rows.values(), collections.Counter()))]:
        yield (f"| {name} | {row['guests']} | {row['attempts']} | {row['contradictions']} | {row['changed']} "
               f"| {share(row['endless'], row['migrate'])} | {share(row['ended'], row['retries'])} |")


def summary(kernel):
    """The sentence below a kernel's table."""
    numbers = figures(kernel)
    definite = sum(row.attempts for row in kernel.counts if row.verdict in DEFINITE)
    return SUMMARY.format(**{name: numbers[name] for name in ("attempts", "contradictions", "changed", "same", "reasons",
                                                              "retries", "trying")},
                          definite=definite, percent=100 * definite // max(1, numbers["attempts"]),
                          listed=said(kernel.lines, "MIGRATE, did not end"),
                          called=sum(row.attempts for row in kernel.counts if row.verdict == "MIGRATE"))


def heading(series, kernel):
    """The kernel's releases: of today, and of what is marked."""
    names = [name for name in dict.fromkeys(kernel.before) if name != kernel.today]
    marked = MARKED * (bool(kernel.today) or len(names) > 1) + "; ".join(names)
    return f"## {series} ({'; '.join(filter(None, (kernel.today, names and marked)))})"


def section(series, kernel):
    """What is said of a kernel below its heading."""
    yield f"{heading(series, kernel)}\n"
    yield from by_verdict(kernel)
    yield f"\n{summary(kernel)}\n"
    if kernel.whole and any(row.reasons is not None for row in kernel.counts):
        others = OTHERS.format(kinds=", ".join(kernel.others)) if kernel.others else ""
        yield f"{(WHOLE if kernel.whole['changed'] else REASONS).format(others=others, **kernel.whole)}\n"
    if kernel.lines:
        yield from (f"- {line}" for line in kernel.lines)
        yield ""


def not_tried(name, kernels):
    """Words on a kind that is on no kernel's list."""
    tried = {row.kind for kernel in kernels.values() for row in kernel.counts}
    noted = {kind_in(line)[0] for kernel in kernels.values() for line in kernel.lines}
    return "" if name in tried | noted else " (not tried yet)"


def gaps(kernels):
    """Sentences on what the page does not show."""
    missing = [series for series in WANTED if series not in kernels]
    if missing:
        yield f"Not run: {', '.join(missing)}.\n"
    if not any(AGAIN in line for kernel in kernels.values() for line in kernel.lines):
        yield ("No guest was tried a second time without its references: that `RETRIES` ends then is shown by the guests "
               "that are caught in an attempt (caught-pinned, caught-balloon) only.\n")


def by_holder(kernels):
    """The table of pages that have a holder, if there is anything for it."""
    kernels = {series: kernel for series, kernel in kernels.items() if kernel.named}
    if not kernels:
        return
    yield f"\n{HOLDERS}{NAMED}"
    yield "| " + " | ".join(["kind", *kernels]) + " |"
    yield "|---|" + "---:|" * len(kernels)
    for kind in sorted({kind for kernel in kernels.values() for kind in kernel.named}):
        cells_ = (kernel.named.get(kind) for kernel in kernels.values())
        yield "| " + " | ".join([kind, *(share(one.known, one.pages) + EARLIER * one.earlier if one else "" for one in cells_)]
                                ) + " |"
    sums = [[sum(number) for number in zip(*((one.known, one.pages) for one in kernel.named.values()))]
            for kernel in kernels.values()]
    yield "| " + " | ".join(["**all**", *(share(*pages) for pages in sums)]) + " |"


def page(kernels):
    """The lines of the page: {series: Kernel}."""
    gone = any(kernel.before for kernel in kernels.values())
    yield INTRODUCTION.format(limit=verdicts.LIMIT, earlier=EXPLAINED if gone else " ")
    yield "## In all\n"
    yield from in_all(kernels)
    yield ""
    yield from gaps(kernels)
    for series, kernel in kernels.items():
        yield from section(series, kernel)
    yield "## By kind of guest\n"
    yield from (f"- **{kind.name}**: {kind.why}{not_tried(kind.name, kernels)}"
                for kind in (*KINDS.values(), *CAUGHT.values()))
    for series, kernel in kernels.items():
        yield f"\n### {series}\n"
        yield from by_kind(kernel)
    yield from by_holder(kernels)


def text(kernels):
    """The page: {series: Kernel}."""
    return "\n".join(page(kernels)) + "\n"


# -- reading ----------------------------------------------------------------------


def numbers_in(template, line):
    """The fields of a sentence that was written from the template, or None; numbers, but for `others`."""
    pattern = re.sub(r"\\{(\w+)\\}", lambda field: f"(?P<{field[1]}>{'.*?' if field[1] == 'others' else '[0-9]+'})",
                     re.escape(template))
    match = re.fullmatch(pattern, line)
    return match and {name: int(value) if value.isdecimal() else value for name, value in match.groupdict().items()}


def cells(lines, *columns):
    """The rows of a table, each {column: text}; these columns have to be among them."""
    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines if line.startswith("|")]
    if not rows or not set(columns) <= set(rows[0]):
        raise ValueError(f"a table of other columns than {', '.join(columns)}")
    return [dict(zip(rows[0], row)) for row in rows[2:]]


def of(words):
    """[3, 40] of what share() wrote, with or without the percentage."""
    return [int(number) for number in words.replace("none", "0 of 0").partition(" (")[0].split(" of ")]


def counts_in(lines):
    """The counts of a table by kind."""
    for row in cells(lines, "kind", "verdict"):
        name, verdict = row.pop("kind"), row.pop("verdict")
        if verdict not in VERDICTS:
            raise ValueError(f"no verdict of offblock's: {verdict}")
        changed, reasons = (row.pop(column, TOGETHER) for column in MORE)
        same = [None, None] if reasons == TOGETHER else of(reasons or "none")
        yield Count(name.removesuffix(EARLIER), verdict, {outcome: int(number) for outcome, number in row.items() if number},
                    None if changed == TOGETHER else int(changed or 0), *same, name.endswith(EARLIER))


def whole_in(row, lines):
    """The figures of WHOLE of a page that has nothing else: from a kernel's row in all, and its sentence."""
    below = next(filter(None, (numbers_in(SUMMARY, line) for line in lines)), None)
    if not below:
        raise ValueError(f"no figures that are known are below the table of {row['kernel']}")
    endless, migrate = of(row["MIGRATE that did not end"])
    return {"changed": int(row["do not count"]), "endless": endless, "migrate": migrate,
            "ended": of(row["RETRIES that ended in time"])[0],
            **{name: below[name] for name in ("retries", "trying", "same", "reasons")}}


def titles_in(line, marked):
    """(today's, before) of a heading; `marked`: whether everything below it is."""
    names = line.partition("(")[2].removesuffix(")")
    today, mark, before = names.rpartition(MARKED)
    if not mark:
        return (None, [names]) if marked else (names, [])
    return today.removesuffix("; ") or None, before.split("; ")


def kernel_in(part, rows, row):
    """A kernel of the page: its section, its rows by kind, and its row in all."""
    lines = part.splitlines()
    kernel = Kernel(None, counts=list(counts_in(rows)), lines=[line[2:] for line in lines if line.startswith("- ")])
    marks = [row.earlier for row in kernel.counts] + [kind_in(line)[1] for line in kernel.lines]
    kernel.today, kernel.before = titles_in(lines[0], all(marks))
    if any(marks) and not kernel.before:
        kernel.before = [kernel.today]
    kernel.whole = next(filter(None, (numbers_in(template, line) for template in (WHOLE, REASONS) for line in lines)), {})
    if kernel.whole:
        kernel.whole.setdefault("changed", 0)
    others = kernel.whole.pop("others", "").removeprefix(OTHERS.partition("{")[0]).removesuffix(OTHERS.partition("}")[2])
    kernel.others = tuple(others.split(", ")) if others else ()
    if kernel.counts and all(count.reasons is None for count in kernel.counts):
        kernel.whole = whole_in(row, lines)
        if not kernel.whole["changed"]:      # nor of any kind, then
            kernel.counts = [dataclasses.replace(count, changed=0) for count in kernel.counts]
    return kernel


def parts_of(words, level):
    """{series: its part} of what has a heading of this level for each."""
    parts = re.split(rf"^(?={level} )", words, flags=re.M)[1:]
    return {part.split()[1]: part for part in parts}


def read_holders(lines, kernels):
    """Give the kernels what the table of pages that have a holder says."""
    for row in cells(lines, "kind"):
        kind = row.pop("kind")
        for series, words in row.items():
            if words and kind != "**all**":
                kernels[series].named[kind] = Named(*of(words.removesuffix(EARLIER)), words.endswith(EARLIER))


def not_again(kernels, total, sections, kinds, named):
    """Lines of the page that would not be there if what was read were written: nothing may be dropped."""
    both = [(in_all(kernels), [line for line in total.splitlines() if line.startswith("|")]),
            ("\n".join(by_holder(kernels)).splitlines(), named.splitlines())]
    for series, kernel in kernels.items():
        both += [("\n".join(section(series, kernel)).splitlines(), sections[series].splitlines()),
                 (by_kind(kernel), kinds[series].splitlines()[1:])]
    for written, was in both:
        yield from collections.Counter(filter(None, was)) - collections.Counter(written)


def parsed(words):
    """{series: Kernel} of a page; ValueError where it is none."""
    words, _, named = words.partition(f"\n{HOLDERS}")
    whole, by, rest = words.partition("## By kind of guest\n")
    total, *_ = re.findall(r"^## In all\n.*?(?=^## |\Z)", whole, re.S | re.M) or [""]
    rows = {row["kernel"]: row for row in cells(total.splitlines(), *IN_ALL)}
    sections, kinds = parts_of(whole.partition(total)[2], "##"), parts_of(rest, "###")
    if not by or set(rows) != {*sections, "all"} or set(kinds) != set(sections):
        raise ValueError("kernels are missing in one of its tables")
    kernels = {series: kernel_in(part, kinds[series].splitlines(), rows[series]) for series, part in sections.items()}
    if named:
        read_holders(named.splitlines(), kernels)
    for line in not_again(kernels, total, sections, kinds, named):
        raise ValueError(f"not understood, or a figure that its rows do not add up to: {line[:100]}")
    return kernels


def read(path):
    """{series: Kernel} of the page in a file, nothing where there is no file."""
    if not path or not path.exists():
        return {}
    try:
        return parsed(path.read_text())
    except (ValueError, LookupError) as error:
        raise LabError(f"{path}: what it says of guests that are gone would be lost, because it cannot be read "
                       f"({error}): mend it, or write to another file") from error


# -- both -------------------------------------------------------------------------


def marked(line):
    """A line, marked."""
    kind = kind_in(line)[0]
    return kind + EARLIER + line[len(kind):].removeprefix(EARLIER)


def kept(new, old):
    """A kernel with what the page said of kinds that were not found this time."""
    anew = {row.kind for row in new.counts} | {
        kind for kind, _, _, words in map(kind_in, new.lines) if not words.startswith(("skipped,", "no result,"))}
    counts = [row for row in old.counts if row.kind not in anew]
    lines = [line for line in old.lines if kind_in(line)[0] not in anew and line.replace(EARLIER, "", 1) not in new.lines]
    marks = {row.earlier for row in counts} | {kind_in(line)[1] for line in lines}
    before = [old.today] * (False in marks) + old.before * (True in marks)
    gone = {row.kind for row in old.counts if row.reasons is None and row.kind in anew}
    whole = any(row.reasons is None for row in counts)
    counts = [dataclasses.replace(row, earlier=True) for row in counts]
    return Kernel(new.today, list(filter(None, before)), [*new.counts, *counts],
                  [*new.lines, *map(marked, lines)], old.whole if whole else {},
                  tuple(sorted({*old.others, *gone})) if whole else (),
                  {**{kind: dataclasses.replace(one, earlier=True) for kind, one in old.named.items()}, **new.named})


def merged(new, old):
    """{series: Kernel}: what was found, and what the page said of all else."""
    order = sorted({*new, *old}, key=lambda series: ([int(number) for number in re.findall(r"\d+", series)], series))
    return {series: kept(new.get(series, Kernel(None)), old.get(series, Kernel(None))) for series in order}
