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
import sys
import tempfile

from lab import crashes, dumps, kernels, older, panic
from lab import truth as t
from lab.cases import CASES
from lab.session import Session
from lab.util import CACHE, REPO, LabError, write_atomic

CRASHES = (older.SUITE, "system", "trixie", "sid")
#: what is said of them in the table
WRITTEN = {"kdump-zlib": "QEMU, kdump with zlib", "elf": "QEMU, ELF"}
#: what crashes need to open kernels that are newer than they are, from nothing to most
FLAGS = ((), ("--no_modules",), ("--kaslr=auto", "--no_modules"), ("--kaslr=auto", "--no_modules", "--no_kmem_cache"))
#: the guest again, whose memory is laid out otherwise, by kernel parameters
SHAPES = {"fake-nodes": "numa=fake=4", "kernelcore": "kernelcore=512M", "four-levels": "no5lvl movable_node"}
WRITTEN.update((f"shape/{name}", f"QEMU, kdump with zlib, `{words}`") for name, words in SHAPES.items())
COMMANDS = ("offline -j", "offrange -a -j", "offowner -j", "offblock -j", "offcheck -j", "offmap -j")
#: behind what an offline.so of other sources said, where this one was not asked
EARLIER = " \\*"
NOT_RUN = "not run"
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
    "s390x, which is big-endian": "6.1 under crash 8.0.2, both of Debian's for s390x, is run by `make check-hypervisors`: 217088 "
        "pages equal as kdump and as ELF, owners right, 8 of 8 verdicts right, the same bytes by either reader "
        "(tests/hypervisors/test_s390x.py). Not to be had there: standby memory, which QEMU has not, huge pages, which the "
        "emulated processor has not, and CMA areas and a crash kernel, which Debian's 6.1 has not",
    "s390x, 7.2": "run once by hand, under sid's crash 9.0.2 for s390x with `--no_modules`: 217088 pages equal, owners "
        "right, 16 of 16 verdicts right; not a case. Debian builds no virtio-mem for s390x",
    "riscv64": "Debian's 6.12 boots, and offlines blocks of 128 MiB with balloon pages in them; Debian builds no "
        "virtio-mem for it. Without a VMCOREINFO note in the dump crash 8.0.6 says `cannot get vm layout`; QEMU 7.2 cannot "
        "write one for riscv64, 11.1 can. Under emulation that crash then came to no command in four minutes: nothing of ours "
        "was run there",
    "blocks of 1 and 2 GiB, debug_pagealloc=on": "not a case",
    "kernels of our own that are not in the table": "recipes of SLAB and of no vmemmap are there, and were not built "
        "yet; each takes some minutes of two idle processors",
    "panic dumps with snappy": "Debian's makedumpfile does not write it, nor does its QEMU: such dumps are those "
                              "that the lab writes anew (tests/lab/test_reader.py)",
    "panic dumps of 5.10 and 6.1 with zstd": "nor does that of the machine (1.7.2) write zstd: sid's (1.7.8) does so "
                                             "for 6.12 and later",
    "a capture kernel that met damage": "not tried",
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


def forms(kernel):
    """QEMU's of a guest that runs, then what a panic left (lab/panic.py): QEMU's of right before comes first.

    A kernel of our own has no drivers for more than the first.
    """
    if kernels.SERIES[kernel].recipe:
        return ("kdump-zlib",)
    left = panic.forms(kernel)
    return ("kdump-zlib", "elf", *(f"shape/{name}" for name in SHAPES), *(f"{name}/{form}" for name in panic.LATE for form in (
        panic.QEMU, *left, *(f"stream-{form}" for form in left))))


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
                out = Session(other, script, work).out
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


def verdicts(documents):
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


def judge(documents, truth, before):
    """What is wrong with them by the guest's word and by QEMU's dump of right before, and the figures."""
    every = t.pfns(truth["offline"])
    listed, unknown = found_pages(documents)
    owned = sum(sum(section["owners"].values()) for section in documents[2]["sections"])
    failed = [document["command"] for document in documents if document["status"]["result"] == "failed"]
    here = verdicts(documents)
    other = [name for name, verdict in (before or here).items() if here.get(name) not in (verdict, "UNKNOWN")]
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
    return wrong, figures


def get(kernel, form):
    """The dump."""
    case, _, name = form.rpartition("/")
    if case == "shape":
        both = CASES["both"]
        return dumps.get(kernel, dataclasses.replace(
            both, name=f"both-{name}", machine=dataclasses.replace(both.machine, more_append=SHAPES[name]),
            formats=("kdump-zlib",), shared=False))
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
    if home and home.get("out") and not wrong:
        differ = [command for command, *both in zip(COMMANDS, out, home["out"])
                  if len(set(map(same_but_for_its_name, both))) > 1]
        if differ:
            figures += "; other words: " + ", ".join(differ)
    how = f" ({' '.join(flags)})" if flags else ""
    return {"text": ("WRONG: " + "; ".join(wrong) if wrong else f"run{how}: {figures}"), "ok": not wrong, "out": out,
            "verdicts": verdicts(documents)}


def cells():
    """(kernel, crash, form), each kernel's home crash first."""
    for kernel in kernels.selected():
        home = kernels.SERIES[kernel].crash
        for form in forms(kernel):
            others = () if kernels.SERIES[kernel].recipe or form.startswith("shape/") else CRASHES
            for crash in (home, *(crash for crash in others if crash != home)):
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
    if head() not in lines:      # other versions of crash
        return {}
    forms_of = {words: form for form, words in WRITTEN.items()}
    rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[lines.index(head()) + 2:]
            if line.startswith("|")]
    return {f"{row[0]}/{crash}/{forms_of.get(row[1], row[1])}": {"text": text.removesuffix(EARLIER) + EARLIER}
            for row in rows if len(row) == 2 + len(CRASHES) for crash, text in zip(CRASHES, row[2:]) if text != NOT_RUN}


def table(found):
    """The page."""
    lines = [head(), "|---|---|" + "---|" * len(CRASHES)]
    for kernel in kernels.selected():
        waiting = []
        for form in forms(kernel):
            row = [found.get(f"{kernel}/{crash}/{form}", {"text": NOT_RUN})["text"] for crash in CRASHES]
            if set(row) == {NOT_RUN}:
                waiting.append(WRITTEN.get(form, form))
            else:
                lines.append(f"| {kernel} | {WRITTEN.get(form, form)} | " + " | ".join(row) + " |")
        if waiting:
            lines.append(f"| {kernel} | {'; '.join(waiting)} | " + " | ".join([NOT_RUN] * len(CRASHES)) + " |")
    lines += ["", "| not in the table | why |", "|---|---|"]
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
offline.so.

`panic` is the same guest, with four DIMMs more, that then panics: a second kernel runs
makedumpfile, with zlib, lzo or nothing, as ELF, with `-d 31`, `-d 17` or `-d 1` (the number in
the name). What it writes is a stream (`makedumpfile -F`), of which `makedumpfile -R` makes the
file. `zstd` is there where makedumpfile is new enough. QEMU's dump of right before the panic
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
    parser.add_argument("cell", nargs="*")
    given = parser.parse_args()
    version, found, bad = sources(), {}, []
    also = wanted(given.cell)
    for kernel, crash, form in cells():
        name = f"{kernel}/{crash}/{form}"
        note = note_of(name, version)
        if note.exists() and name not in given.cell:
            found[name] = json.loads(note.read_text())
        elif not given.cell or name in also:
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
