#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Each kernel's dumps under each crash: reach.py [-o FILE] [CELL...]

A cell is KERNEL/CRASH/FORM, as 6.12/system/elf or 6.1/sid/panic/lzo-1. What was found is kept in the cache
until the dump or offline.so's sources change; a cell that is named is run anew. What the cache does not have
stays as FILE has it, marked as run earlier. The home crash of a kernel comes first: the others have to print the
same bytes. What a named cell is compared with and the cache does not have is run, too.
"""

import argparse
import dataclasses
import hashlib
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import textwrap

from lab import cases, crashes, dumps, initramfs, kernels, kinds, older, panic, verdicts
from lab import truth as t
from lab import util
from lab.guest import Guest
from lab.session import Session
from lab.util import CACHE, REPO, LabError, write_atomic

sys.path.append(str(REPO / "tests" / "hypervisors"))
from stacks import arm64, ppc64, s390x  # noqa: E402  pylint: disable=wrong-import-position

CRASHES = (older.SUITE, "system", "trixie", "sid")
#: guests of other architectures, and their dumps: 6.1-arm64 is a kernel, and its crash is bookworm's of that architecture
FOREIGN = {stack.ARCHITECTURE.name: (stack, tuple(f"{case}/{form}" for form in ("kdump-zlib", "elf")))
           for stack, case in ((arm64, "both"), (s390x, "balloon"), (ppc64, "cmm"))}
#: what is said of them in the table
WRITTEN = {"kdump-zlib": "QEMU kdump", "elf": "QEMU ELF"}
#: what crashes need to open kernels that are newer than they are, from nothing to most
FLAGS = ((), ("--no_modules",), ("--kaslr=auto", "--no_modules"), ("--kaslr=auto", "--no_modules", "--no_kmem_cache"))
#: the guest again, whose memory is laid out otherwise, by kernel parameters
SHAPES = {"fake-nodes": "numa=fake=4", "kernelcore": "kernelcore=512M", "four-levels": "no5lvl movable_node"}
WRITTEN.update((f"{case}/{form}", f"{WRITTEN[form]}, `{case}`") for case, form in (
    name.split("/") for _, names in FOREIGN.values() for name in names))
WRITTEN.update((f"shape/{name}", f"QEMU kdump, `{words}`") for name, words in SHAPES.items())
#: QEMU dumps while the program that the host ran last may be ending: until the panic its last pages are given back
LET_GO = ("RETRIES", "MIGRATE")
#: what tries a block in a guest, and the program that it asks
TRYING = (kinds.SCRIPT, kinds.SCRIPT.parent / "was.c")
COMMANDS = ("offline -j", "offrange -a -j", "offowner -j", "offblock -j", "offcheck -j", "offmap -j")
#: behind what an offline.so of other sources said, where this one was not asked
EARLIER = " \\*"
NOT_RUN = "not run"
NOT_ASKED = "-"
#: combinations that cannot be had, and why
OUT_OF_REACH = {
    "crash 8.0.6 and a kernel without CONFIG_AMD_MEM_ENCRYPT that was running": "crash ends before any command: it reads "
        "the stack of an exception that such a kernel has not (mended in 9.0.0, 8a11aa07d7b0); `--no_panic` does not "
        "help. After a panic it opens them",
    "7.2.9 and kernels since 6.1": "crash: `no debugging data available`: it does not know DWARF 5",
    "a kernel before 4.18, or without SPARSEMEM_VMEMMAP": "refused in one line: golden cases 4.17-refused, no-vmemmap",
    "vmlinux of another kernel": "crash: `... and ... do not match!`",
    "`mod -s` with a module of another kernel": "crash takes it; refused in one line, which names the module, both build ids and "
        "`mod -d`: tried on 5.10, 6.1 and 6.12 (tests/lab/test_owners.py)",
    "vmlinux of another build with the banner of the dump's kernel": "crash takes it; a warning in the status of every command",
    "more of s390x": "`make check-hypervisors`, earlier, with Debian's 6.1 and crash 8.0.2 for s390x, big-endian: 217088 pages "
        "equal as kdump and as ELF, owners right, 8 of 8 verdicts right. Not to be had there: standby memory, which QEMU has not, huge pages, which the emulated processor has not, and CMA areas and a crash kernel, which Debian's "
        "6.1 has not",
    "s390x, 7.2": "run once by hand, under sid's crash 9.0.2 for s390x with `--no_modules`: 217088 pages equal, owners "
        "right, 16 of 16 verdicts right; not a case. Debian builds no virtio-mem for s390x",
    "riscv64": "Debian's 6.12 boots, and offlines blocks of 128 MiB with balloon pages in them; Debian builds no "
        "virtio-mem for it. Without a VMCOREINFO note in the dump crash 8.0.6 says `cannot get vm layout`; QEMU 7.2 cannot "
        "write one for riscv64, 11.1 can. Under emulation that crash then came to no command in four minutes: nothing of ours "
        "was run there",
    "arm64 with pages of 16 KiB or a 7.x kernel, ppc64le with 6.12": "not run. `make check-hypervisors` has arm64 and ppc64le "
        "with 6.1, in pages of 4 and of 64 KiB",
    "blocks of 1 and 2 GiB": "not a case of this table",
    "debug_pagealloc=on, page_owner=on": "Debian builds none of its kernels with either; cma-6.12 has page_owner",
    "a newer crash than 9.0.2": "Debian has the source of none. Upstream's git was 40 commits further on 2026-08-18 (abcb45e), "
        "with a mended `kmem -s` for 7.1 and later: not built here",
    "panic dumps with snappy": "Debian's makedumpfile does not write it, nor does its QEMU: such dumps are those "
                              "that the lab writes anew (tests/lab/test_reader.py)",
    "panic dumps of 5.10 and 6.1 with zstd": "nor does that of the machine (1.7.2) write zstd: sid's (1.7.8) does so "
                                             "for 6.12 and later",
    "a capture kernel that ended early": "of 6.1's stream-zlib-31, cut at 60 %, crash 8.0.2 says `not a supported file format` "
        "(tried once). What makes a file of its own and ends early: tests/lab/test_holes.py",
    "a capture kernel that met damage": "not tried as a guest. Damaged words in the memory that crash sees: mutate.py, "
        "mutate_kdump.py",
    "slab-6.1 and novmemmap-6.12, as long as they are not in the table": "recipes are there, and were not built to the end: that "
        "takes half an hour of two idle processors",
    "-d 31 of 6.12 by makedumpfile 1.7.2": "crash ends without a word on what it leaves, as that takes slab pages of 6.10 and "
                                           "later for anonymous ones (mended in 1.7.6). The rows above are of sid's 1.7.8",
    "4.18 to 5.7": "composed cases, in all six commands (docs/kernels.md says what they cannot show)",
}


def sources():
    """Changes with offline.so's sources."""
    digest = hashlib.sha256()
    for path in sorted((*REPO.glob("src/*/*.c"), *REPO.glob("include/*/*"), REPO / "offline.c")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def architecture(kernel):
    """The row of FOREIGN of a kernel, and its version; (None, ...): it is one of this machine's architecture."""
    version, _, name = kernel.rpartition("-")
    return FOREIGN.get(name, (None, ())), version


def selected():
    """The kernels to run."""
    names = kernels.selected()
    for (stack, _), version in map(architecture, names):
        if stack:
            stack.ARCHITECTURE.register(version)
    return names


def asked(kernel, form):
    """{column of the table: the crash that is asked there}; the kernel's home crash comes first.

    Other crashes are asked of dumps only that people have, of kernels that people have.
    """
    home_crash = kernels.SERIES[kernel].crash
    if architecture(kernel)[0][0]:
        return {"system": home_crash}
    others = () if kernels.SERIES[kernel].recipe or form.startswith("shape/") else CRASHES
    return {name: name for name in (home_crash, *(crash for crash in others if crash != home_crash))}


def forms(kernel):
    """QEMU's of a guest that runs, then what a panic left (lab/panic.py): QEMU's of right before comes first.

    A kernel of our own has no drivers for more than the first.
    """
    if architecture(kernel)[0][0]:
        return architecture(kernel)[0][1]
    if kernels.SERIES[kernel].recipe:
        return ("kdump-zlib",)
    left = panic.forms(kernel)
    return ("kdump-zlib", "elf", *(f"shape/{name}" for name in SHAPES), *(f"{name}/{form}" for name in panic.LATE for form in (
        panic.QEMU, *left, *(f"stream-{form}" for form in left), *panic.SPLIT)))


def open_in(crash, dump, folder):
    """(flags, outputs) of the commands in the first way to open the dump that works, or (None, crash's words)."""
    words = ""
    for flags in dict.fromkeys((dump.kernel.series.flags, *FLAGS)):
        series = dataclasses.replace(dump.kernel.series, crash=crash, flags=flags)
        other = dataclasses.replace(dump, kernel=dataclasses.replace(dump.kernel, series=series))
        extend = [] if "--no_modules" in flags else other.kernel.types
        script = {"extend": "\n".join((*extend, f"extend {crashes.get(crash).extension}")),
                  **{str(number): command for number, command in enumerate(COMMANDS)}}
        with tempfile.TemporaryDirectory(dir=folder) as work:
            try:
                out = Session(other, script, work, flags=[str(path) for path in getattr(other, "others", ())]).out
            except LabError as error:
                words = words or str(error)
                continue
        if all(out[str(number)] for number in range(len(COMMANDS))):
            return flags, [out[str(number)] for number in range(len(COMMANDS))]
        words = words or "an empty document"
    return None, words


def says(words):
    """The line of crash's that tells why, without paths."""
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    telling = [line for line in lines if re.search(r"cannot|invalid|fail|seek error|unknown|no end", line)]
    return re.sub(r"\S*/\S*", "...", (telling or lines or [""])[-1])[:100]


def same_but_for_its_name(text):
    """A document without the one word that has to differ: which crash it was."""
    return re.sub(r'("crash": *)"[^"]*"', r'\1""', text, count=1)


def said_of_blocks(documents):
    """{block: verdict}"""
    return {row["name"]: row["verdict"] for row in documents[3]["blocks"]}


def found_pages(documents):
    """(offline, unknown) pfns of offrange."""
    pairs = [[row["start_pfn"], row["pages"]] for row in documents[1]["ranges"] if row["online"]]
    unknown = [[row["start_pfn"], row["pages"]] for row in documents[1].get("unknown", ())]
    return t.pfns(pairs), t.pfns(unknown)


def accused(documents):
    """Findings that blame somebody; these guests do nothing wrong."""
    return sorted({row["code"] for document in documents for row in document.get("findings", ())
                   if row["severity"] != "info"})


def tried(dump, documents):
    """(what was done to each block of the guest against its verdict, figures); a guest of which none was tried: nothing."""
    attempts = (dump.truth.get("after") or {}).get("attempts", ())
    rows = verdicts.compare(dump, {"offblock": documents[3]}, attempts) if attempts else []
    wrong = [row.did["block"] for row in rows if row.contradiction]
    vague = sum(row.changed for row in rows)
    figures = f", {len(rows)} verdicts tried, {len(wrong)} contradicted" if rows else ""
    return wrong, figures + (f", {vague} that do not count" if vague else "")


def judge(documents, truth, before):
    """What is wrong with them by the guest's word and by QEMU's dump of right before, and the figures."""
    every = t.pfns(truth["offline"])
    listed, unknown = found_pages(documents)
    owned = sum(sum(section["owners"].values()) for section in documents[2]["sections"])
    failed = [document["command"] for document in documents if document["status"]["result"] == "failed"]
    here = said_of_blocks(documents)
    let_go = [name for name, verdict in (before or here).items() if (verdict, here.get(name)) == LET_GO]
    other = [name for name, verdict in (before or here).items()
             if here.get(name) not in (verdict, "UNKNOWN") and name not in let_go]
    vague = sum(verdict == "UNKNOWN" for verdict in here.values())
    wrong = [text for bad, text in (
        (listed != every - unknown, f"{len(listed ^ (every - unknown))} pages differ"),
        (owned != len(listed), f"{len(listed) - owned} pages without owner"),
        (failed, "failed: " + " ".join(failed)),
        (accused(documents), "accuses: " + " ".join(accused(documents))),
        (other, "other verdicts: " + " ".join(other)),
        (vague and not unknown, f"{vague} verdicts unknown")) if bad]
    figures = f"{len(listed)} pages equal"
    if unknown:
        figures += f", {len(unknown)} not in the dump, {vague} of {len(here)} verdicts unknown"
    elif before:
        figures += f", {len(here) - len(let_go)} verdicts the same" + (f", {len(let_go)} that had to wait no more" if let_go else "")
    return wrong, figures


class Trying(Guest):
    """A guest whose blocks are tried after the dump, as those of the campaign."""

    @staticmethod
    def sources():
        """With what tries them."""
        return [*Guest.sources(), *TRYING]

    def build(self, image):
        """With what tries them."""
        script, program = TRYING
        was = self.folder / program.stem
        util.run(("cc", "-static", "-O2", "-Wall", "-Wextra", "-Werror", "-o", was, program))
        initramfs.build(image, self.kernel, self.machine.modules, (("bin/attempt", script), ("bin/was", was)))
        was.unlink()


def both_and_ready(guest):
    """The case `both`; what attempts need of the kernel is in memory before the dump, too."""
    cases.both(guest)
    guest.run(verdicts.SAY_WHY)
    guest.run("attempt memory0 1")
    dumps.settled(guest)
    guest.run("was save /tmp/was", timeout=120)


def try_blocks(guest):
    """Every online block is offlined for real, and put back."""
    return {"attempts": verdicts.attempts(guest, kinds.Kind("blocks", "each online block", None), kinds.blocks(guest, "online"))}


def get(kernel, form):
    """The dump."""
    case, _, name = form.rpartition("/")
    (stack, _), version = architecture(kernel)
    if stack:
        return stack.get(version, case, name)
    if case == "shape":
        return dumps.get(kernel, cases.Case(
            f"both-{name}", SHAPES[name], both_and_ready, shared=False, after=try_blocks, guest=Trying,
            machine=dataclasses.replace(cases.CASES["both"].machine, more_append=SHAPES[name]), helpers=(cases.both,)))
    return panic.get(kernel, case)[name] if case else dumps.get(kernel, "both", name)


def run(kernel, crash, form, home, before):
    """A cell: what the table says of it."""
    dump = get(kernel, form)
    with tempfile.TemporaryDirectory(prefix="ofl-lab.") as folder:
        flags, out = open_in(crash, dump, folder)
    if flags is None:
        return {"text": f"refused: {says(out)}", "ok": True, "out": None}
    try:
        documents = [json.loads(text) for text in out]
    except ValueError:
        return {"text": f"WRONG: no JSON: {says(out[0])}", "ok": False, "out": None}
    refused = dump.kernel.series.refused
    if refused:
        said = {document["status"]["result"] + ": " + document["status"]["message"] for document in documents}
        right = len(said) == 1 and all(text.startswith("failed: ") and refused in text for text in said)
        return {"text": ("" if right else "WRONG: ") + "refused by offline.so: " + "; ".join(sorted(said)), "ok": right, "out": None}
    wrong, figures = judge(documents, dump.truth, before)
    contrary, more = tried(dump, documents)
    wrong, figures = wrong + [f"contradicted: {name}" for name in contrary], figures + more
    if home and home.get("out") and not wrong:
        differ = [command for command, *both in zip(COMMANDS, out, home["out"])
                  if len(set(map(same_but_for_its_name, both))) > 1]
        if differ:
            figures += "; other words: " + ", ".join(differ)
    how = f" ({' '.join(flags)})" if flags else ""
    return {"text": ("WRONG: " + "; ".join(wrong) if wrong else f"run{how}: {figures}"), "ok": not wrong, "out": out,
            "verdicts": said_of_blocks(documents)}


def cells():
    """(kernel, crash, form), each kernel's home crash first."""
    for kernel in selected():
        for form in forms(kernel):
            for crash in asked(kernel, form).values():
                yield kernel, crash, form


def home(kernel, form):
    """The cell of a kernel's home crash."""
    return f"{kernel}/{kernels.SERIES[kernel].crash}/{form}"


def right_before(kernel, form):
    """The cell of QEMU's dump of right before a panic."""
    return home(kernel, f"{form.rpartition('/')[0]}/{panic.QEMU}")


def wanted(names):
    """Cells that are named, and those that they are compared with."""
    named = [(kernel, form) for kernel, crash, form in cells() if f"{kernel}/{crash}/{form}" in names]
    return {*names, *(cell(*of) for of in named for cell in (home, right_before))}


def head():
    """The first line of the table."""
    return "| kernel | dump | " + " | ".join(f"crash {crashes.get(crash).version}" for crash in CRASHES) + " |"


def written(page):
    """{cell: found} of a page that was written before, for a cache that has nothing of it."""
    lines = page.read_text().splitlines() if page and page.exists() else []
    if not lines or head() not in lines:      # other versions of crash
        return {}
    forms_of = {words: form for form, words in WRITTEN.items()}
    rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[lines.index(head()) + 2:]
            if line.startswith("|")]
    found = {}
    for kernel, words, *texts in (row for row in rows if len(row) == 2 + len(CRASHES)):
        for form in (forms_of.get(word, word) for word in words.split("; ")):
            crash_of = asked(kernel, form) if kernel in kernels.SERIES else {}
            found.update({f"{kernel}/{crash_of[column]}/{form}": {"text": text.removesuffix(EARLIER) + EARLIER}
                          for column, text in zip(CRASHES, texts) if column in crash_of and text != NOT_RUN})
    return found


def rows_of(kernel, found):
    """{what the columns say: the forms of which they say it} of a kernel, in the order of the dumps."""
    rows = {}
    for form in forms(kernel):
        crash_of = asked(kernel, form)
        texts = tuple(found.get(f"{kernel}/{crash_of[column]}/{form}", {"text": NOT_RUN})["text"] if column in crash_of
                      else NOT_ASKED for column in CRASHES)
        rows.setdefault(texts, []).append(form)
    return rows


def in_short(some, every):
    """Names of dumps, those of a case together: panic/*, panic-early/elf-17."""
    words = {}
    for form in some:
        case, _, name = form.rpartition("/")
        words.setdefault(case, []).append(name)
    parts = []
    for case, names in words.items():
        whole = len(names) == sum(form.rpartition("/")[0] == case for form in every) > 1
        parts += [f"{case}/*"] if whole and case else [WRITTEN.get(f"{case}/{name}".lstrip("/"), f"{case}/{name}") for name in names]
    return ", ".join(parts).replace("shape/*", "all with other kernel parameters")


def commit():
    """The last change to the sources."""
    said = subprocess.run(("git", "-C", REPO, "log", "-1", "--format=%h (%cs)", "--", "src", "include", "offline.c"),
                          text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return said.stdout.strip() or (REPO / "VERSION").read_text().strip()


def size():
    """GB of disk that the cache takes; others may be at work in it."""
    said = subprocess.run(("du", "-s", "-B1", CACHE), text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return int(said.stdout.split()[0]) / 1e9


def campaign():
    """The lines of docs/verdicts.md that say in how many attempts a verdict was contradicted."""
    lines = (REPO / "docs" / "verdicts.md").read_text().partition("## In all\n")[2].partition("\n#")[0].strip().splitlines()
    return ["Verdicts that were tried for real, in guests of [the campaign](verdicts.md):", "", *lines, ""]


def table(found):
    """The page."""
    lines, waiting = [head(), "|---|---|" + "---|" * len(CRASHES)], {}
    for kernel in selected():
        rows = rows_of(kernel, found)
        lines += [f"| {kernel} | {'; '.join(WRITTEN.get(form, form) for form in some)} | " + " | ".join(texts) + " |"
                  for texts, some in rows.items() if not set(texts) <= {NOT_RUN, NOT_ASKED}]
        missing = [form for texts, some in rows.items() if set(texts) <= {NOT_RUN, NOT_ASKED} for form in some]
        if missing:
            waiting.setdefault(in_short(missing, forms(kernel)), []).append(kernel)
    not_run = "; ".join(f"of {' and '.join(names)} {what}" for what, names in waiting.items())
    lines += ["", *textwrap.wrap(f"Not run under any crash: {not_run}." if waiting else "", 95, break_on_hyphens=False)]
    lines += ["", f"What is not marked was run with the sources of {commit()}. The lab's cache, with the",
              f"guests of other tests, was {size():.0f} GB then.", ""]
    lines += [*campaign(), "| not in the table | why |", "|---|---|"]
    lines += [f"| {what} | {why} |" for what, why in OUT_OF_REACH.items()]
    return "\n".join(lines) + "\n"


HEAD = """# Reach

Which crash opens which kernel's dump, and what offline.so says there: `make check-reach`
writes this page. Every cell is the guest `both` of [the lab](lab.md): a balloon, and
virtio-mem with a block partly plugged. "pages equal" are those that the guest itself calls
offline, one by one, each with an owner; other crashes have to print what a kernel's home
crash prints, byte by byte but for crash's own version, or the cell names the commands that
differ. A refusal is in crash's words. 7.2.9 is bullseye's: offline.so is built for it with
that suite's C library and its libbpf 0.3. What is marked \\* was run with an earlier state of
offline.so. Dumps of which the same is said share a row. A kernel is for x86_64 if its name has
no other architecture; those are opened by their own crash 8.0.2, under emulation. `-` is what
nobody asks for: other crashes are asked of dumps only of kernels that people have, without
kernel parameters.

Where verdicts were "tried", the guest then offlined each of its blocks for real after the dump.

`panic` is the same guest, with four DIMMs more, that then panics: a second kernel runs
makedumpfile, with zlib, lzo or nothing, as ELF, with `-d 31`, `-d 17` or `-d 1` (the number in
the name). What it writes is a stream (`makedumpfile -F`), of which `makedumpfile -R` makes the
file. `zstd` is there where makedumpfile is new enough; `split` is what `makedumpfile --split`
makes of the ELF dump, in three parts. QEMU's dump of right before the panic
says which verdicts are right. In `panic-early` the second kernel was loaded before the DIMMs
came, and they keep their memmap in themselves: kernels before 6.6 do not tell the second
kernel of them, so this memmap is not in the dump, and all that lies there has to be unknown.
These guests do nothing wrong: a finding that blames a driver is wrong.

"""


def note_of(name, version):
    """The file that keeps what was found of a cell by offline.so of these sources."""
    return CACHE / "reach" / f"{name.replace('/', '-')}-{version}.json"


def last_run(name):
    """What was found of a cell by the latest other offline.so, marked as such, or None."""
    notes = sorted(note_of(name, "").parent.glob(note_of(name, "?" * 12).name), key=lambda path: path.stat().st_mtime)
    if not notes:
        return None
    found = json.loads(notes[-1].read_text())
    return {**found, "text": found["text"] + EARLIER}


def main():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-o", type=pathlib.Path, help="write the page there")
    parser.add_argument("-n", action="store_true", help="run nothing: the page of what is kept")
    parser.add_argument("cell", nargs="*")
    given = parser.parse_args()
    strange = set(given.cell) - set(map("/".join, cells()))
    if strange:
        parser.error(f"no cell {' '.join(sorted(strange))}")
    version, found, bad = sources(), {}, []
    also = wanted(given.cell)
    for kernel, crash, form in cells():
        name = f"{kernel}/{crash}/{form}"
        note = note_of(name, version)
        if note.exists() and (given.n or name not in given.cell):
            found[name] = json.loads(note.read_text())
        elif not given.n and (not given.cell or name in also):
            of_qemu = found.get(right_before(kernel, form), {}).get("verdicts")
            found[name] = run(kernel, crash, form, found.get(home(kernel, form)), of_qemu)
            write_atomic(note, json.dumps(found[name]))
        if name in found:
            print(f"{name}: {found[name]['text']}", flush=True)
            bad += [] if found[name]["ok"] else [name]
    before = written(given.o)
    earlier = {name: last_run(name) or before.get(name) for name in map("/".join, cells()) if name not in found}
    found.update({name: was for name, was in earlier.items() if was})
    if given.o:
        write_atomic(given.o, HEAD + table(found))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
