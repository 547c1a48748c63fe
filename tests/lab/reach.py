#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Each kernel's dumps under each crash: reach.py [-o FILE] [CELL...]

A cell is KERNEL/CRASH/FORM, as 6.12/system/elf or 6.1/sid/panic/lzo-1. What was found is kept in the cache
until the dump or offline.so's sources change; a cell that is named is run anew. The
home crash of a kernel comes first: the others have to print the same bytes.
"""

import argparse
import dataclasses
import hashlib
import json
import pathlib
import re
import sys
import tempfile

from lab import crashes, dumps, kernels, panic
from lab import truth as t
from lab.session import Session
from lab.util import CACHE, REPO, LabError, write_atomic

CRASHES = ("system", "trixie", "sid")
#: QEMU's of a guest that runs, then what a panic left (lab/panic.py): QEMU's of right before comes first
FORMS = ("kdump-zlib", "elf",
         *(f"{name}/{form}" for name in panic.LATE for form in (
             panic.QEMU, *panic.FILTERED, *(f"stream-{form}" for form in panic.FILTERED))))
#: what is said of them in the table
WRITTEN = {"kdump-zlib": "QEMU, kdump with zlib", "elf": "QEMU, ELF"}
#: what crashes need to open kernels that are newer than they are, from nothing to most
FLAGS = ((), ("--no_modules",), ("--kaslr=auto", "--no_modules"), ("--kaslr=auto", "--no_modules", "--no_kmem_cache"))
COMMANDS = ("offline -j", "offrange -a -j", "offowner -j", "offblock -j", "offcheck -j")
#: combinations that cannot be had, and why
OUT_OF_REACH = {
    "bullseye (7.2.9)": "offline.so for it has to be built with that suite's C library: done by hand in a chroot "
                        "for the build alone, not run",
    "s390x": "Debian's 6.1 boots under emulation; not a case yet",
    "riscv64": "not tried",
    "panic dumps with snappy or zstd": "Debian's makedumpfile has neither",
    "a capture kernel that met damage": "not tried",
    "-d 31 of 6.12": "the makedumpfile here is 1.7.2, of 2022: crash ends without a word on what it leaves",
}


def sources():
    """Changes with offline.so's sources."""
    digest = hashlib.sha256()
    for path in sorted((*REPO.glob("src/*/*.c"), *REPO.glob("include/*/*"), REPO / "offline.c")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


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
    return re.sub(r"\S*/\S*", "...", (telling or lines or [""])[0])[:100]


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
    return panic.get(kernel, case)[name] if case else dumps.get(kernel, "both", name)


def run(kernel, crash, form, home, before):
    """A cell: what the table says of it."""
    dump = get(kernel, form)
    with tempfile.TemporaryDirectory(prefix="ofl-lab.") as folder:
        flags, out = open_in(crash, dump, folder)
    if flags is None:
        return {"text": f"refused: {says(out)}", "ok": True, "out": None}
    try:
        wrong, figures = judge([json.loads(text) for text in out], dump.truth, before)
    except ValueError as error:
        wrong, figures = [f"no JSON: {error}"], ""
    if home and home.get("out") and not wrong:
        differ = [command for command, one, two in zip(COMMANDS, out, home["out"]) if one != two]
        if differ:
            figures += "; other words: " + ", ".join(differ)
    how = f" ({' '.join(flags)})" if flags else ""
    return {"text": ("WRONG: " + "; ".join(wrong) if wrong else f"run{how}: {figures}"), "ok": not wrong, "out": out,
            "verdicts": verdicts([json.loads(text) for text in out])}


def cells():
    """(kernel, crash, form), each kernel's home crash first."""
    for kernel in kernels.selected():
        home = kernels.SERIES[kernel].crash
        for form in FORMS:
            for crash in (home, *(crash for crash in CRASHES if crash != home)):
                yield kernel, crash, form


def table(found):
    """The page."""
    names = {crash: crashes.get(crash).version for crash in CRASHES}
    lines = ["| kernel | dump | " + " | ".join(f"crash {names[crash]}" for crash in CRASHES) + " |",
             "|---|---|" + "---|" * len(CRASHES)]
    for kernel in kernels.selected():
        for form in FORMS:
            row = [found.get(f"{kernel}/{crash}/{form}", {"text": "not run"})["text"] for crash in CRASHES]
            lines.append(f"| {kernel} | {WRITTEN.get(form, form)} | " + " | ".join(row) + " |")
    lines += ["", "| not in the table | why |", "|---|---|"]
    lines += [f"| {what} | {why} |" for what, why in OUT_OF_REACH.items()]
    return "\n".join(lines) + "\n"


HEAD = """# Reach

Which crash opens which kernel's dump, and what offline.so says there: `make check-reach`
writes this page. Every cell is the guest `both` of [the lab](lab.md): a balloon, and
virtio-mem with a block partly plugged. "pages equal" are those that the guest itself calls
offline, one by one, each with an owner; other crashes have to print what a kernel's home
crash prints, or the cell names the commands that differ. A refusal is in crash's words.

`panic` is the same guest, with four DIMMs more, that then panics: a second kernel runs
makedumpfile, with zlib, lzo or nothing, as ELF, with `-d 31`, `-d 17` or `-d 1` (the number
in the name). What it writes is a stream (`makedumpfile -F`), of which `makedumpfile -R`
makes the file. QEMU's dump of right before the panic says which verdicts are right. In
`panic-early` the second kernel was loaded before the DIMMs came, and they keep their memmap
in themselves: kernels before 6.6 do not tell the second kernel of them, so this memmap is
not in the dump, and all that lies there has to be unknown. These guests do nothing wrong:
a finding that blames a driver is wrong.

"""


def main():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-o", type=pathlib.Path, help="write the page there")
    parser.add_argument("cell", nargs="*")
    given = parser.parse_args()
    version, found, bad = sources(), {}, []
    for kernel, crash, form in cells():
        name = f"{kernel}/{crash}/{form}"
        note = CACHE / "reach" / f"{name.replace('/', '-')}-{version}.json"
        if note.exists() and name not in given.cell:
            found[name] = json.loads(note.read_text())
        elif not given.cell or name in given.cell:
            at_home = f"{kernel}/{kernels.SERIES[kernel].crash}"
            before = found.get(f"{at_home}/{form.rpartition('/')[0]}/{panic.QEMU}", {}).get("verdicts")
            found[name] = run(kernel, crash, form, found.get(f"{at_home}/{form}"), before)
            write_atomic(note, json.dumps(found[name]))
        if name in found:
            print(f"{name}: {found[name]['text']}", flush=True)
            bad += [] if found[name]["ok"] else [name]
    if given.o:
        write_atomic(given.o, HEAD + table(found))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
