#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Damage kdumps before crash opens them: mutate_kdump.py [-n SESSIONS] [-s SEED] [KERNEL]

crash copies the bitmaps when it starts, so a file has its own crash, and as many
damages at once as fit.  Both readers, offline.so's and with -C crash's, must say the
same to the byte; where bitmaps are as they were, pages that nobody damaged must be
what the guest says.  Everything follows from the seed: a find is repeated with -s
SEED/NUMBER.
"""

import argparse
import collections
import dataclasses
import json
import os
import pathlib
import random
import shutil
import struct
import sys
import tempfile
import time

from lab import crashes, dumpedit, dumps
from lab import truth as t
from lab.session import Session
from lab.talk import reader
from lab.util import LabError

DAMAGES = 40
DESC = struct.Struct("<qIIQ")   # offset, size, flags, page_flags
COMMANDS = {"every": "offrange -a -x -j", "offline": "offline -j", "blocks": "offblock -j"}
#: All that is asked in a session, by the name of its file.
ASKED = {**COMMANDS, **{f"{name}-C": f"{command} -C" for name, command in COMMANDS.items()},
         "every-w2": "offrange -a -x -j -w 2", "v": "offline -v", "after": "p 6*7"}
COMPRESSED = 0x27
CONFLICT = "read different bytes"
#: Where numbers are in the file: name, offset, format.
STATUS, SPLIT, MAX_PFN = (424, "<I"), (4096 + 12, "<I"), (4096 + 96, "<Q")


class Places:
    """The memmap's pages of a good dump, and where their descriptors are."""

    def __init__(self, series):
        """Look through page tables and bitmap."""
        self.good = dumps.get(series, "both", "kdump-zlib")
        elf, kdump = dumpedit.Elf(dumps.get(series, "both", "elf").path), dumpedit.Kdump(self.good.path)
        present = [pfn for pfn in range(8 * len(kdump.bitmap)) if kdump.has(pfn)]
        rank = {pfn: number for number, pfn in enumerate(present)}
        self.pages = [(first, elf.phys(kva) // t.PAGE) for first, kva in sorted(elf.memmap().items())]
        self.desc_at = {frame: kdump.table_at + DESC.size * rank[frame] for _, frame in self.pages}
        self.pfn_of = {frame: first for first, frame in self.pages}
        self.frames = sorted(self.pfn_of)
        self.last, self.desc_end = present[-1], kdump.table_at + DESC.size * len(present)
        self.bytes = os.path.getsize(self.good.path)
        self.every = t.pfns(self.good.truth["offline"])

    def pfns(self, frames):
        """The pages whose struct pages are in these frames."""
        return {self.pfn_of[frame] + i for frame in frames for i in range(dumpedit.PER_PAGE)}


class Damaged:
    """A copy of the file, and what was done to it."""

    def __init__(self, places, rng, path):
        self.places, self.rng, self.path = places, rng, path
        self.touched, self.done = set(), collections.Counter()
        self.shifted = False    # bitmaps or header: any page may be another
        self.crash_alone = False
        self.short_frames = set()
        dumpedit.copy(places.good.path, path)
        self.file = open(path, "r+b")   # pylint: disable=consider-using-with

    def _read(self, at, count):
        self.file.seek(at)
        return self.file.read(count)

    def _write(self, at, data):
        self.file.seek(at)
        self.file.write(data)

    def _frame(self):
        """A page of the memmap that is damaged from now on."""
        frame = self.rng.choice(self.places.frames)
        self.touched.add(frame)
        return frame

    def _desc(self, frame):
        return list(DESC.unpack(self._read(self.places.desc_at[frame], DESC.size)))

    def _change(self, field, choose):
        frame = self._frame()
        desc = self._desc(frame)
        desc[field] = choose(desc)
        self._write(self.places.desc_at[frame], DESC.pack(*desc))

    # -- kinds of damage --------------------------------------------------------

    def offset(self):
        """Where a page is said to be."""
        other = self._desc(self.rng.choice(self.places.frames))[0]
        self._change(0, lambda desc: self.rng.choice((
            0, -1, -4096, 1 << 40, (1 << 63) - 1, -(1 << 63), self.places.bytes - 1, other,
            min(other + 1, (1 << 63) - 1), max(desc[0] - 1, -(1 << 63)))))

    def size(self):
        """How long it is."""
        self._change(1, lambda desc: self.rng.choice((
            0, 1, desc[1] - 1, desc[1] + 1, 2 * desc[1], 4095, 4096, 4097, 65536, (1 << 32) - 1)) % (1 << 32))

    def flags(self):
        """What it is compressed with."""
        self._change(2, lambda desc: self.rng.choice((0, 1, 2, 3, 4, 8, 0x20, 0x21, 0x80000000, desc[2] ^ 0x100)))

    def unused(self):
        """A member that nobody reads."""
        self._change(3, lambda _: self.rng.getrandbits(64))

    def data(self):
        """Compressed bytes."""
        offset, size, *_ = self._desc(self._frame())
        if offset <= 0 or size > t.PAGE:
            return
        old = bytearray(self._read(offset, size))
        for _ in range(self.rng.choice((1, 1, 8))):
            if old:
                old[self.rng.randrange(len(old))] ^= 1 << self.rng.randrange(8)
        self._write(offset, bytes(old))
        # pages of zeros share their bytes
        self.touched |= {frame for frame in self.places.frames if self._desc(frame)[0] == offset}

    def run(self):
        """Descriptors in a row, zeroed."""
        first = self.rng.randrange(len(self.places.frames))
        for frame in self.places.frames[first:first + self.rng.randrange(2, 40)]:
            self.touched.add(frame)
            self._write(self.places.desc_at[frame], bytes(DESC.size))

    def exists(self):
        """A bit of the first bitmap."""
        self.shifted = True
        self.file.flush()
        dumpedit.Kdump(self.path).flip(self._frame(), 0)

    def has(self):
        """A bit of the second one, and the descriptor of a later page: those between are shifted by one."""
        self.shifted = True
        self.file.flush()
        at = self.rng.randrange(len(self.places.frames) - 41)
        frame, later = self.places.frames[at], self.places.frames[at + self.rng.randrange(1, 40)]
        kdump = dumpedit.Kdump(self.path)
        if not kdump.has(frame) or later - frame > 64:
            return
        kdump.flip(frame)
        gone = self.places.desc_at[later]
        self._write(gone, self._read(gone + DESC.size, self.places.desc_end - gone - DESC.size))

    def header(self):
        """A number that decides how all is read."""
        self.shifted = True
        (at, form), value = self.rng.choice((
            (STATUS, 8), (SPLIT, 1), (MAX_PFN, self.places.last), (MAX_PFN, self.places.frames[-1] + 1)))
        self._write(at, struct.pack(form, value))
        self.crash_alone |= (at, form) == SPLIT

    def short(self):
        """The frames stored as they are, and yet shorter than a page."""
        for frame in sorted(self.touched):
            offset, size, flags, _ = self._desc(frame)
            if offset > 0 and size < t.PAGE and not flags & COMPRESSED:
                yield frame

    def lengthen(self):
        """Make them as long as a page: crash alone gives what its buffer still had from another one."""
        for frame in self.short():
            desc = self._desc(frame)
            self._write(self.places.desc_at[frame], DESC.pack(desc[0], t.PAGE, *desc[2:]))

    def lone_bit(self):
        """A bit of the second bitmap, and all that is behind it is another page: crash may not even start."""
        self.shifted = True
        self.file.flush()
        dumpedit.Kdump(self.path).flip(self._frame())


ALONE = (Damaged.offset, Damaged.size, Damaged.flags, Damaged.data, Damaged.unused, Damaged.run)
SHIFTING = (*ALONE, Damaged.exists, Damaged.has)


def damage(places, rng, path):
    """A file with many damages: of pages only; of bitmaps, too; of the header or of all that is behind a bit, too."""
    damaged = Damaged(places, rng, path)
    kind = rng.randrange(4)
    chosen = [rng.choice(SHIFTING if kind >= 2 else ALONE) for _ in range(DAMAGES)]
    if kind == 3:
        chosen.append(rng.choice((Damaged.header, Damaged.header, Damaged.lone_bit)))
    for how in chosen:
        how(damaged)
        damaged.done[how.__name__] += 1
    if damaged.crash_alone:
        damaged.lengthen()
    damaged.short_frames = set(damaged.short())
    damaged.file.close()
    return damaged


def rows(document, name):
    """The pfns of an array of runs."""
    return t.pfns([row["start_pfn"], row["pages"]] for row in document.get(name, ()))


def judge(said, damaged):
    """What is wrong with what crash and offline.so say."""
    for name, command in COMMANDS.items():
        text, by_crash = said[name], said[f"{name}-C"]
        if CONFLICT in text:
            yield f"{command}: the readers differ: {text[text.index(CONFLICT):][:80]}"
        elif text != by_crash:
            at = len(os.path.commonprefix((text, by_crash)))
            yield f"{command}: {text[at - 80:at + 60]!r} but {by_crash[at - 80:at + 60]!r} with -C"
        json.loads(text)
    if said["every-w2"] != said["every-C"]:
        yield "-w 2 is not the same"
    if damaged.shifted:
        return
    document = json.loads(said["every"])
    listed, unknown = rows(document, "ranges"), rows(document, "unknown")
    touched, short = damaged.places.pfns(damaged.touched), damaged.places.pfns(damaged.short_frames)
    if short - unknown:
        yield f"short, but not called unknown: {t.differences(short - unknown, set())}"
    every = damaged.places.every
    if every - listed - unknown - touched:
        yield f"called not offline: {t.differences(every - listed - unknown - touched, set())}"
    if listed - every - touched:
        yield f"called offline: {t.differences(listed - every - touched, set())}"
    if unknown - touched:
        yield f"called unknown: {t.differences(unknown - touched, set())}"


class Campaign:
    """Sessions over files damaged in many ways."""

    def __init__(self, series, seed, folder, say=print):
        self.places, self.seed, self.say = Places(series), seed, say
        self.folder = pathlib.Path(folder)
        self.finds, self.kinds, self.readers, self.results = [], *(collections.Counter() for _ in range(3))
        self.damages = self.refused = self.short = 0

    def one(self, number):
        """One file, one crash."""
        folder = self.folder / "session"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        dump = dataclasses.replace(self.places.good, folder=folder)
        damaged = damage(self.places, random.Random(f"{self.seed}/{number}"), dump.path)
        self.kinds += damaged.done
        self.damages += damaged.done.total()
        self.short += len(damaged.short_frames)
        commands = {"extend": f"extend {crashes.get(dump.kernel.series.crash).extension}", **ASKED}
        try:
            said = Session(dump, commands, folder, 120).out
            problems = list(judge(said, damaged)) + ([] if "42" in said["after"] else ["crash does not go on"])
            self.readers[reader(said["v"])] += 1
            self.results[json.loads(said["every"])["status"]["result"]] += 1
        except LabError as error:
            if not (folder / "extend").exists():
                self.refused += 1       # crash did not open it
                return
            problems = [str(error)]
        except ValueError as error:
            problems = [f"no document: {error}"]
        self.finds += [f"kdump {self.seed}/{number}: {text}" for text in problems]
        for find in problems:
            self.say(f"kdump {self.seed}/{number}: {find}")

    def run(self, count, first=0):
        """Sessions `first` and the following."""
        for number in range(first, first + count):
            self.one(number)
        counts = "; ".join(", ".join(f"{number} {kind}" for kind, number in sorted(counter.items()))
                           for counter in (self.kinds, self.readers, self.results))
        self.say(f"seed {self.seed}: {count} kdumps, {self.damages} damages ({counts}); {self.short} short pages; "
                 f"{self.refused} not opened by crash; {len(self.finds)} finds")


def main():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-n", type=int, default=60)
    parser.add_argument("-s", default=f"{int(time.time())}", help="seed, or SEED/NUMBER for a single file")
    parser.add_argument("kernel", nargs="?", default=(os.environ.get("OFL_KERNELS") or "6.1").split()[0])
    given = parser.parse_args()
    seed, _, number = given.s.partition("/")
    with tempfile.TemporaryDirectory() as folder:
        campaign = Campaign(given.kernel, seed, folder, lambda text: print(text, flush=True))
        campaign.run(1 if number else given.n, int(number or 0))
    return 1 if campaign.finds else 0


if __name__ == "__main__":
    sys.exit(main())
