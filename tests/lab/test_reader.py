# SPDX-License-Identifier: GPL-2.0-or-later
"""offline.so reads a dump itself, beside crash: the same bytes come out, and in doubt crash reads."""

import dataclasses
import json
import os
import re

import pytest

from conftest import BY_CRASH

from lab import crashes, dumpedit, dumps, kernels
from lab import truth as t
from lab.session import Session
from lab.talk import Crash, reader
from test_session import descriptors

ITSELF = "offline.so itself; what crash reads of one page in 128 was the same"
NOTHING = "none: no page of the memmap had to be read"
CONFLICT = "offline.so and crash read different bytes of the dump at "
#: The first pfn of what was plugged: walks come there last.
ADDED = 1 << 20
EVERY = "offrange -a -x -j"


def test_who_reads(said):
    """A kdump and an ELF dump are read by offline.so; -C has crash read.

    Sections may be kept with -C, too: those that crash read for an earlier command with -C.
    """
    itself = NOTHING if "\nMEMMAP       0 pages" in said.out["offline-v"] else ITSELF
    assert reader(said.out["offline-v"]) == itself
    assert reader(said.out["offline-v.by-crash"]) == "crash: -C"
    assert "\nKEPT" in said.out["offline-v"]


def test_crash_reads_the_same(said):
    """Every command, with and without -C, byte by byte."""
    for name in BY_CRASH:
        if name != "offline-v.by-crash":
            assert said.out[name] == said.out[name.removesuffix(".by-crash")], name


def test_every_page(said, documents, truth):
    """The guest's pages, and the same bytes, by any number of processes."""
    assert not t.differences(t.pfns(t.ranges(documents["offrange-x.json"])), t.pfns(truth["offline"]))
    assert said.out["offrange-x-w1"] == said.out["offrange-x-w2"] == said.out["offrange-x.json"]


def test_crash_reads_all_of_it(tmp_path):
    """-C: of what the other reader read and kept nothing is used; what crash read with -C is kept for the next -C."""
    with Changing(tmp_path) as session:
        session.start()
        clean = session.ask(EVERY)
        session.ask("offrange")
        assert "\nKEPT" in session.ask("offline -v")
        alone = session.ask("offline -v -C")
        assert reader(alone) == "crash: -C" and "\nKEPT" not in alone
        again = session.ask("offline -v -C")
        assert reader(again) == "crash: -C" and "\nKEPT" in again
        assert session.ask(f"{EVERY} -C") == clean


def stream(series, _folder):
    """QEMU's stream, which crash and offline.so put together in their heads."""
    return dumps.get(series, "both", "kdump-flat"), []


def elf_stream(series, folder):
    """An ELF dump as such a stream. (crash may refuse one that has its headers twice.)"""
    good = dumps.get(series, "both", "elf")
    dump = dataclasses.replace(good, folder=folder)
    dumpedit.flatten(good.path, dump.path)
    return dump, []


def parts(series, folder):
    """What makedumpfile --split writes: crash is given all parts."""
    good = dumps.get(series, "both", "kdump-zlib")
    first, *others = dumpedit.split(good.path, folder, 3)
    dump = dataclasses.replace(good, folder=folder)
    first.rename(dump.path)
    return dump, others


def recompressed(codec):
    """Pages compressed otherwise."""
    def form(series, folder):
        good = dumps.get(series, "both", "kdump-zlib")
        dump = dataclasses.replace(good, folder=folder)
        dumpedit.recompressed(good.path, dump.path, codec)
        return dump, []
    form.__name__ = codec
    return form


#: these forms are the same to every kernel, but QEMU's stream is tried in each kernel's crash
FORMS = [(series, stream) for series in kernels.selected()]
FORMS += [(series, form) for series in kernels.selected()[:1]
          for form in (elf_stream, parts, *map(recompressed, dumpedit.CODECS))]


@pytest.mark.parametrize("series, form", FORMS, ids=lambda value: getattr(value, "__name__", value))
def test_forms(series, form, tmp_path):
    """Other forms of the same dump: read by offline.so, right, and crash reads the same."""
    dump, others = form(series, tmp_path)
    extension = crashes.get(dump.kernel.series.crash).extension
    commands = {"extend": f"extend {extension}", "v": "offline -v", "every": EVERY, "again": f"{EVERY} -w 2",
                "by-crash": f"{EVERY} -C -w 2", "v-again": "offline -v -x"}
    said = Session(dump, commands, tmp_path, flags=[str(path) for path in others])
    assert reader(said.out["v"]) == reader(said.out["v-again"]) == ITSELF
    truth = dumps.get(series, "both", "kdump-zlib").truth      # that of all three
    assert not t.differences(t.pfns(t.ranges(json.loads(said.out["every"]))), t.pfns(truth["offline"]))
    assert said.out["by-crash"] == said.out["again"] == said.out["every"]


def test_part_is_missing(tmp_path):
    """A part with the struct pages of what was plugged is not there: those are unknown, nothing else is wrong."""
    series = kernels.selected()[0]
    good = dumps.get(series, "both", "kdump-zlib")
    frame = around(dumpedit.Elf(dumps.get(series, "both", "elf").path), ADDED)[1] - 1
    first, *others = [part for part, (start, end) in dumpedit.split(good.path, tmp_path, 40).items()
                      if not start <= frame < end]
    dump = dataclasses.replace(good, folder=tmp_path)
    first.rename(dump.path)
    extension = crashes.get(dump.kernel.series.crash).extension
    said = Session(dump, {"extend": f"extend {extension}", "v": "offline -v", "every": EVERY,
                          "by-crash": f"{EVERY} -C"}, tmp_path, flags=[str(path) for path in others])
    found = json.loads(said.out["every"])
    listed, offline = t.pfns(t.ranges(found)), t.pfns(good.truth["offline"])
    unknown = t.pfns((row["start_pfn"], row["pages"]) for row in found["unknown"])
    assert reader(said.out["v"]) == ITSELF and unknown and found["status"]["result"] == "incomplete"
    assert listed <= offline and offline - listed <= unknown
    assert said.out["by-crash"] == said.out["every"]


class Changing:
    """A crash on a copy of a dump that changes meanwhile."""

    def __init__(self, folder):
        self.good = dumps.get(kernels.selected()[0], "both", "kdump-zlib")
        self.folder = folder
        self.dump = dataclasses.replace(self.good, folder=folder)
        dumpedit.copy(self.good.path, self.dump.path)
        self.stamp = self.dump.path.stat().st_mtime_ns
        self.crash = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.crash:
            self.crash.end()

    def start(self, load=True):
        """Start crash."""
        self.crash = Crash(self.dump, self.folder, load)
        return self.crash

    def ask(self, command):
        """What a command prints, with what crash says of it."""
        said = self.crash.run(f"{command} > out", 60)
        return (self.folder / "out").read_text() + said

    def reader(self):
        """Who reads."""
        return reader(self.ask("offline -v"))

    def date(self, stamp):
        """Say when the file was written to."""
        os.utime(self.dump.path, ns=(stamp, stamp))


def test_file_changes(tmp_path):
    """The file is written to, or another one in its place: crash reads, and no answer changes."""
    with Changing(tmp_path) as session:
        session.start()
        assert session.reader() == ITSELF
        clean = session.ask(EVERY)
        files = descriptors(session.crash.process.pid)
        assert not t.differences(t.pfns(t.ranges(json.loads(clean))), t.pfns(session.good.truth["offline"]))
        session.date(session.stamp + 1)
        assert session.reader() == "crash: the dump was written to in this session"
        assert session.ask(EVERY) == clean
        session.date(session.stamp)
        assert session.reader() == ITSELF
        other = dumpedit.copy(session.dump.path, tmp_path / "other")
        other.rename(session.dump.path)
        session.date(session.stamp)
        assert session.reader() == "crash: the dump's file is not the one that crash opened"
        assert session.ask(EVERY) == session.ask(f"{EVERY} -w 2") == clean
        session.dump.path.unlink()
        assert session.reader().startswith("crash: ")
        assert session.ask(EVERY) == clean
        before = {name: where for name, where in files.items() if where != str(session.dump.path)}
        after = {name: where for name, where in descriptors(session.crash.process.pid).items() if name in before}
        assert after == before and len(descriptors(session.crash.process.pid)) == len(files)


def test_zero_excluded(tmp_path):
    """crash is told to read zeros for what the dump has not: of a whole dump that changes nothing."""
    with Changing(tmp_path) as session:
        session.start()
        clean = session.ask(EVERY)
        session.ask("set zero_excluded on")
        assert session.reader() == ITSELF
        assert session.ask(EVERY) == session.ask(f"{EVERY} -C") == clean


def sampled(elf, kdump, pfn):
    """Where the memmap has pages that crash reads too, by the rule of src/crash/reader.c, in the order of walks."""
    for first, kva in sorted(elf.memmap().items()):
        frame = elf.phys(kva) // t.PAGE
        if first >= pfn and frame * 0x9e3779b97f4a7c15 % (1 << 64) >> 57 == 0 and kdump.has(frame):
            yield kva


def around(elf, pfn):
    """The frames before and behind the memmap's from a pfn on."""
    frames = [elf.phys(kva) // t.PAGE for first, kva in elf.memmap().items() if first >= pfn]
    return min(frames) - 1, max(frames) + 1


def differs(session, options, where):
    """A command that ends with the two readers' difference, and the one behind it, which is right."""
    session.ask(f"extend {session.crash.extension}")
    said = session.ask(f"offrange -a -x {options}")
    at = re.search(CONFLICT + "([0-9a-f]+): do not use what this command said; from now on crash reads alone", said)
    assert at and where in (None, int(at.group(1), 16)), said[-500:]
    if "-j" in options:
        document = json.loads(said[:said.rindex("}") + 1])
        assert document["status"]["result"] == "failed" and CONFLICT in document["status"]["message"]
    else:
        assert "status: failed: offline.so and crash" in said and "status: ok" not in said
    assert session.reader() == "crash: the two readers disagreed earlier in this session"
    listed = t.pfns(t.ranges(json.loads(session.ask(f"{EVERY} {options.removesuffix('-j')}"))))
    assert not t.differences(listed, t.pfns(session.good.truth["offline"])), options
    session.ask(f"extend -u {session.crash.extension}")


def test_readers_differ(tmp_path):
    """crash has the bitmap of the file as it was, offline.so that of today: said, and then crash reads alone."""
    elf = dumpedit.Elf(dumps.get(kernels.selected()[0], "both", "elf").path)
    with Changing(tmp_path) as session:
        kdump = dumpedit.Kdump(session.dump.path)
        before, behind = around(elf, ADDED)
        kdump.drop({before})
        session.start(load=False)
        # a page more before and one less behind: all between seem to lie a page further on in the file
        kdump.flip(before)
        kdump.flip(behind)
        first = next(sampled(elf, kdump, ADDED))
        for options in ("", "-j", "-w 2", "-w 2 -j"):
            # the parent of a worker that met it looks there itself, and its first pages are all compared
            differs(session, options, None if "-w" in options else first)
        kdump.flip(behind)
        differs(session, "-j", None)    # even mem_section is another page
