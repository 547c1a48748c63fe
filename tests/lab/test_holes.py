# SPDX-License-Identifier: GPL-2.0-or-later
"""Dumps with holes: what is not there is unknown, with the right reason, and nothing else is.

Which pages a dump has lost is worked out by lab/dumpedit.py, from page tables and bitmap.
"""

import dataclasses
import json
import pathlib
import re
import shutil

import pytest

from lab import crashes, dumpedit, dumps, kernels, util
from lab import truth as t
from lab.session import Session
from lab.talk import reader

#: Every page is looked at by these; the others pass over free and compound pages as a whole.
EVERY_PAGE = ("offrange-x.json", "offblock.json", "offcheck.json")
COMMANDS = {
    "offline.json": "offline -j", "offrange.json": "offrange -a -j", "offrange-x.json": "offrange -x -a -j",
    "offblock.json": "offblock -j", "offcheck.json": "offcheck -j", "offline": "offline", "after": "p 6*7",
}
#: The same, read by crash alone; and who reads otherwise.
BY_CRASH = {"offline-v": "offline -v", **{f"{name}.by-crash": f"{command} -C" for name, command in COMMANDS.items()
                                          if name != "after"}}
CUTS = (10, 50, 90, 99)


@dataclasses.dataclass
class Damaged:
    """A dump that has lost something."""
    dump: dumps.Dump
    lost: dict = None       # {pfn: reason}; None: not known
    before: str = ""        # a crash command to begin with


def all_of(firsts, reason):
    """{pfn: reason} of all struct pages on the memmap's pages that begin with these pfns."""
    return {first + i: reason for first in firsts for i in range(dumpedit.PER_PAGE)}


def some_of(elf, truth):
    """Pages of the memmap worth losing: at the ends and in the middle of runs, of a section, and elsewhere."""
    memmap = elf.memmap()
    found = {min(memmap) + 128 * dumpedit.PER_PAGE, max(memmap)}
    for start, pages in truth["offline"]:
        first = start // dumpedit.PER_PAGE * dumpedit.PER_PAGE
        middle = first + pages // 2 // dumpedit.PER_PAGE * dumpedit.PER_PAGE
        last = (start + pages - 1) // dumpedit.PER_PAGE * dumpedit.PER_PAGE
        found |= {first, middle, middle + dumpedit.PER_PAGE, last, first - dumpedit.PER_PAGE}
    return {first: memmap[first] for first in found if first in memmap}


class Workshop:
    """Makes damaged dumps out of one good one, in a folder that is emptied in between."""

    def __init__(self, folder):
        self.folder, self.series = folder, kernels.selected()[0]
        self.good = dumps.get(self.series, "both", "elf")
        self.elf = dumpedit.Elf(self.good.path)
        self.raw = dumps.get(self.series, "both", "kdump-zlib").path

    def private(self, form, good=None):
        """The place of a damaged dump, with nothing in it yet."""
        good = good or self.good
        folder = self.folder / "damaged"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        shutil.copy(good.folder / "truth.json", folder)
        return dataclasses.replace(good, form=form, folder=folder)

    def kdump(self, kvas, reason, lost, before=""):
        """A kdump without some pages."""
        dump = self.private("kdump-zlib")
        dumpedit.copy(self.raw, dump.path)
        dumpedit.Kdump(dump.path).drop({self.elf.phys(kva) // t.PAGE for kva in kvas})
        return Damaged(dump, all_of(lost, reason), before)

    def bitmap(self):
        """Some pages of the memmap dropped by the dump filter."""
        lost = some_of(self.elf, self.good.truth)
        return self.kdump(lost.values(), "excluded", lost)

    def zero_excluded(self):
        """The same, with crash told to read zeros."""
        lost = some_of(self.elf, self.good.truth)
        return self.kdump(lost.values(), "zero-filled", lost, "set zero_excluded on")

    def block(self, kva):
        """The page with a struct memory_block dropped by the dump filter."""
        return self.kdump((kva,), "excluded", {})

    def page_table(self):
        """The last page table on the way to a page of the memmap: crash's walk leaves by longjmp."""
        memmap = self.elf.memmap()
        first = self.good.truth["offline"][-1][0] // dumpedit.PER_PAGE * dumpedit.PER_PAGE
        table = self.elf.walk(memmap[first])[1][-1]
        lost = [pfn for pfn, kva in memmap.items() if table in self.elf.walk(kva)[1]]
        dump = self.private("kdump-zlib")
        dumpedit.copy(self.raw, dump.path)
        dumpedit.Kdump(dump.path).drop({table // t.PAGE})
        return Damaged(dump, all_of(lost, "unreadable"))

    def zero_fill(self):
        """An ELF dump that says of two pages of the memmap that they are there, and holds none of it."""
        memmap = self.elf.memmap()
        start, pages = self.good.truth["offline"][0]
        first = (start + pages // 2) // dumpedit.PER_PAGE * dumpedit.PER_PAGE
        dump = self.private("elf")
        dumpedit.copy(self.good.path, dump.path)
        dumpedit.zero_fill(dump.path, self.elf.phys(memmap[first]), 2 * t.PAGE)
        return Damaged(dump, all_of((first, first + dumpedit.PER_PAGE), "zero-filled"))

    def makedumpfile(self):
        """makedumpfile -e itself: it drops the memmap of everything else that it drops."""
        if not shutil.which("makedumpfile"):
            pytest.skip("makedumpfile is not installed")
        good = dumps.get(self.series, "filtered")
        dump = self.private("kdump-zlib", good)
        try:
            said = dumpedit.filtered(good.path, dump.path, dump.folder)
        except util.LabError as error:
            pytest.skip(f"makedumpfile -e cannot read this kernel's dump: {str(error).splitlines()[-1]}")
        lost = dumpedit.excluded_by(dumpedit.Elf(good.path), dumpedit.Kdump(dump.path))
        assert lost, f"makedumpfile -e dropped nothing of the memmap:\n{said}"
        return Damaged(dump, all_of(lost, "excluded"))

    def cut(self, what, percent):
        """A file that ends too early: flattened, as QEMU writes it; put together; ELF."""
        dump = self.private({"raw": "kdump-zlib", "flat": "kdump-flat"}.get(what, what))
        source = {"elf": self.good.path, "raw": self.raw,
                  "flat": dumps.get(self.series, "both", "kdump-flat").path}[what]
        dumpedit.cut(source, dump.path, percent / 100)
        return Damaged(dump)


@pytest.fixture(scope="module")
def workshop(tmp_path_factory):
    """One for all: opening the good dump takes seconds."""
    return Workshop(tmp_path_factory.mktemp("holes"))


def run(damaged, folder):
    """(outputs, documents) of a session with a damaged dump, of which crash alone must read the same."""
    extension = crashes.get(damaged.dump.kernel.series.crash).extension
    commands = {"extend": f"extend {extension}"}
    if damaged.before:
        commands["before"] = damaged.before
    said = Session(damaged.dump, {**commands, **COMMANDS, **BY_CRASH}, folder)
    itself = "the dump's stream is cut off" if damaged.dump.form == "kdump-flat" else "offline.so itself"
    assert itself in reader(said.out["offline-v"])
    for name in COMMANDS.keys() - {"after"}:
        assert said.out[f"{name}.by-crash"] == said.out[name], name
    return said, {name: json.loads(said.out[name]) for name in COMMANDS if name.endswith(".json")}


def unknown(document):
    """{pfn: reason} of a document."""
    found = {}
    for row in document["unknown"]:
        for pfn in range(row["start_pfn"], row["start_pfn"] + row["pages"]):
            assert pfn not in found, "listed twice"
            found[pfn] = row["reason"]
    return found


def never_wrong(documents, truth):
    """No page of the truth is called anything but offline or unknown, and nothing else is called offline."""
    every = t.pfns(truth["offline"])
    for name in ("offrange.json", "offrange-x.json"):
        document = documents[name]
        listed = t.pfns(t.ranges(document))
        assert not t.differences(every - listed - set(unknown(document)), set()), name
        assert listed <= every, name


def told(documents):
    """What is unknown is counted, listed and makes the result incomplete, in every document alike."""
    for name, document in documents.items():
        assert t.count((row["start_pfn"], row["pages"]) for row in document["unknown"]) == document["totals"]["unknown"]
        result = document["status"]["result"]
        assert result in ("incomplete", "failed") if document["totals"]["unknown"] else result != "failed", name


@pytest.mark.parametrize("how", ("bitmap", "zero_excluded", "page_table", "zero_fill", "makedumpfile"))
def test_holes(workshop, how, tmp_path):
    """Exactly what was taken out is unknown, for the right reason, in every command."""
    damaged = getattr(workshop, how)()
    said, documents = run(damaged, tmp_path)
    never_wrong(documents, damaged.dump.truth)
    told(documents)
    for name, document in documents.items():
        listed = unknown(document)
        if name in EVERY_PAGE:
            assert not t.differences(set(listed), set(damaged.lost)), name
        assert all(damaged.lost.get(pfn) == reason for pfn, reason in listed.items()), name
        assert listed and document["status"]["result"] == "incomplete", name
        assert ("makedumpfile -e" in document["status"]["message"]) == ("excluded" in listed.values()), name
    assert said.out["offline"].count("makedumpfile -e") == (how in ("bitmap", "makedumpfile"))
    blocks = {block for block in {t.block_of(damaged.dump.truth, pfn)[0] for pfn in damaged.lost}
              if damaged.dump.truth["blocks"][block]["state"] == "online"}
    for row in documents["offblock.json"]["blocks"]:
        assert row["verdict"] in (("UNKNOWN", "BLOCKED") if row["name"] in blocks else
                                  ("OFFLINABLE", "DRIVER", "MIGRATE", "RETRIES", "SPINS", "BLOCKED", "OFFLINE")), row
    assert "42" in said.out["after"]


def verdicts(dump, folder, more=()):
    """{block: row} of offblock, and what crash says itself."""
    extension = crashes.get(dump.kernel.series.crash).extension
    out = Session(dump, {"extend": f"extend {extension}", "blocks": "offblock -j", **dict(more)}, folder).out
    document = json.loads(out["blocks"])
    return {row["name"]: row for row in document["blocks"]}, document["status"], out


def test_blocks_that_are_lost(workshop, tmp_path):
    """Where crash's walk of the index leads to a page that is gone, the block has a row all the same, and is UNKNOWN."""
    good = dataclasses.replace(workshop.good, form="kdump-zlib")
    whole, status, out = verdicts(good, tmp_path, {"tree": "tree -t xarray -s memory_block.start_section_nr memory_blocks"})
    assert set(whole) == set(good.truth["blocks"]) and status["result"] == "ok"
    found = re.findall(r"^([0-9a-f]{16})\n +start_section_nr = (\d+)", out["tree"], re.M)
    place = {f"memory{number}": int(kva, 16) for kva, number in found}
    assert set(place) == set(whole)
    last = max(place, key=lambda name: whole[name]["nr"])
    gone = {name for name, kva in place.items() if kva // t.PAGE == place[last] // t.PAGE}
    (tmp_path / "damaged").mkdir()
    rows, status, _ = verdicts(workshop.block(place[last]).dump, tmp_path / "damaged")
    assert set(rows) == set(whole)
    assert {name for name, row in rows.items() if row["code"] == "block-unread"} == gone
    for name, row in rows.items():
        assert (row["state"] is None) == (name in gone), row
        assert row["verdict"] in (("UNKNOWN",) if name in gone else (whole[name]["verdict"], "UNKNOWN")), row
    assert status["result"] == "incomplete"
    assert f"{len(gone)} memory block{'s' * (len(gone) > 1)} cannot be read" in status["message"]


@pytest.mark.parametrize("percent", CUTS)
@pytest.mark.parametrize("what", ("flat", "raw", "elf"))
def test_cut(workshop, what, percent, tmp_path):
    """A file that ends too early: crash may refuse it; where it does not, nothing is quietly wrong."""
    damaged = workshop.cut(what, percent)
    try:
        said, documents = run(damaged, tmp_path)
    except util.LabError as error:
        assert not (pathlib.Path(tmp_path) / "extend").exists(), error
        pytest.skip(f"crash itself does not open it: {str(error).splitlines()[-1]}")
    told(documents)
    if "ranges" in documents["offrange.json"]:
        never_wrong(documents, damaged.dump.truth)
    assert "42" in said.out["after"]
