#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Damage a dump while crash looks at it: mutate.py [-n MUTATIONS] [-s SEED] [-k KIND] [KERNEL]

crash reads an ELF dump anew for every command, so one session sees hundreds of
dumps, each with something else overwritten and the last thing put back.  After each
mutation offline.so must come back in time, with whole documents, and must not call a
page of the guest's truth anything but offline or unknown.  Everything follows from
the seed: a find is repeated with -s SEED.
"""

import argparse
import collections
import os
import pathlib
import random
import re
import struct
import subprocess
import sys
import tempfile
import time

from lab import dumpedit, dumps
from lab import truth as t
from lab.session import command_line
from lab.talk import Crash, Find
from lab.util import LabError

#: Kinds whose bytes offline.so reads once a session: it is loaded anew around the mutation.
ONCE = ("zones", "page-flags", "geometry")
CLEAN = ("offrange -a -j", "offline -j", "offrange -x -a -j", "offblock -j", "offcheck -j")


def ask(dump, folder):
    """{name: address, offset or size} from the debug information, by stock crash."""
    offsets = {
        "xa_head": "((struct xarray *)0)->xa_head", "slots": "((struct xa_node *)0)->slots",
        "zones": "((struct pglist_data *)0)->node_zones",
        "vm_notifier": "((struct virtio_mem *)0)->memory_notifier",
        "vm_map": "((struct virtio_mem *)0)->sbm.sb_states",
        "vm_next": "((struct virtio_mem *)0)->sbm.next_mb_id",
        "nb_head": "((struct blocking_notifier_head *)0)->head", "nb_next": "((struct notifier_block *)0)->next",
        "sibling": "((struct resource *)0)->sibling", "child": "((struct resource *)0)->child",
        "usage": "((struct mem_section *)0)->usage"}
    sizes = {"block_bytes": "struct memory_block", "zone_bytes": "struct zone", "vm_bytes": "struct virtio_mem",
             "resource_bytes": "struct resource"}
    symbols = ("memory_blocks", "node_data", "pageflag_names", "memory_chain", "iomem_resource",
               "sections_per_block", "virtio_mem_memory_notifier_cb")
    module = dump.kernel.vmlinux.parent / "debug" / "virtio_mem.ko"
    lines = [f"mod -s virtio_mem {module}" if "--no_modules" not in dump.kernel.series.flags else
             f"gdb add-symbol-file {module} 0"]
    lines += [f"p (long)&{what}\n!echo ={name}" for name, what in offsets.items()]
    lines += [f"p (long)sizeof({what})\n!echo ={name}" for name, what in sizes.items()]
    lines += [f"sym {name}\n!echo ={name}" for name in symbols]
    (folder / "ask").write_text("\n".join([*lines, "quit"]) + "\n")
    *head, vmlinux, path = command_line(dump)
    said = subprocess.run([*head, "-s", vmlinux, path, "-i", "ask"], cwd=folder, stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300, check=False).stdout
    found, before = {}, ""
    for line in said.splitlines():
        if line.startswith("=") and line[1:] in (*offsets, *sizes, *symbols):
            number = re.search(r"= (-?\d+)", before) or re.match(r"([0-9a-f]{16}) ", before)
            if number:
                found[line[1:]] = int(number.group(1), 10 if "=" in number.group(0) else 16)
        if line.strip():
            before = line
    return found


class Targets:
    """What can be overwritten: {kind: [(address, bytes)]}, and which pfns that touches."""

    def __init__(self, elf, truth, facts):
        """Walk the structures of the undamaged dump."""
        self.elf, self.truth, self.facts = elf, truth, facts
        self.every = t.pfns(truth["offline"])
        self.sections = elf.sections()
        self.base = next(iter(self.sections.values()))[1] & ~63
        self.kinds = collections.defaultdict(list)
        for walk in (self._pages, self._sections, self._blocks, self._zones, self._names, self._chain, self._iomem):
            walk()

    def _words(self, kind, kva, count):
        self.kinds[kind] += [(kva + 8 * i, 8) for i in range(count)]

    def _read(self, kva):
        try:
            return self.elf.read(kva)
        except (LabError, TypeError, struct.error):
            return 0

    def _pages(self):
        """Struct pages: in and around offline runs, and the heads of free and compound pages next to them."""
        runs = self.truth["offline"]
        edges = [pfn for start, pages in runs for pfn in (start - 1, start, start + pages - 1, start + pages)]
        inside = [start + pages * i // 40 for start, pages in runs for i in range(40)]
        firsts = [number << t.SECTION_SHIFT for number in self.sections]
        powers = [first + (1 << order) for first in firsts for order in range(10, 15)]
        present = [pfn for pfn in edges + inside + firsts + powers if pfn >> t.SECTION_SHIFT in self.sections]
        for pfn in present:
            self._words("page", self.base + pfn * t.STRUCT_PAGE, 8)
        # heads: a reader that believes a damaged order passes over what is behind them
        for number in self.sections:
            for pfn in range(number << t.SECTION_SHIFT, number + 1 << t.SECTION_SHIFT, 512):
                kva = self.base + pfn * t.STRUCT_PAGE
                if 0 < self._read(kva + 40) < 11:
                    self.kinds["order"].append((kva + 40, 8))
        pages = [self.base + pfn * t.STRUCT_PAGE & -t.PAGE for pfn in present]
        self.kinds["memmap-page"] += [(kva, t.PAGE) for kva in sorted(set(pages))]

    def _sections(self):
        size = int(self.elf.info["SIZE(mem_section)"])
        for kva, _ in self.sections.values():
            self._words("section", kva, size // 8)
            self._words("usage", self._read(kva + self.facts["usage"]), 4)
        self._words("root", int(self.elf.info["SYMBOL(mem_section)"], 16), 2)

    def _blocks(self):
        self._words("block-index", self.facts["memory_blocks"], 2)
        todo = [self._read(self.facts["memory_blocks"] + self.facts["xa_head"])]
        while todo:
            entry = todo.pop()
            if entry & 3 == 2 and entry > 4096:
                slots = entry - 2 + self.facts["slots"]
                self._words("block-index", entry - 2, 1)
                self._words("block-index", slots, 64)
                todo += [self._read(slots + 8 * i) for i in range(64)]
            elif entry and not entry & 3:
                self._words("block", entry, 6)

    def _zones(self):
        node = self._read(self.facts["node_data"])
        self._words("zones", self.facts["node_data"], 2)
        for i in range(5):
            self._words("zones", node + self.facts["zones"] + i * self.facts["zone_bytes"],
                        self.facts["zone_bytes"] // 8)
        self.kinds["geometry"].append((self.facts["sections_per_block"], 4))

    def _names(self):
        self._words("page-flags", self.facts["pageflag_names"], 50)
        for i in range(24):
            self._words("page-flags", self._read(self.facts["pageflag_names"] + 16 * i + 8), 1)

    def _chain(self):
        self._words("chain", self.facts["memory_chain"], 8)
        block = self._read(self.facts["memory_chain"] + self.facts["nb_head"])
        while block:
            self._words("chain", block, 3)
            if self._read(block) == self.facts.get("virtio_mem_memory_notifier_cb") and "vm_bytes" in self.facts:
                device = block - self.facts["vm_notifier"]
                self._words("virtio-mem", device, self.facts["vm_bytes"] // 8)
                self._words("virtio-mem", self._read(device + self.facts["vm_map"]), 16)
            block = self._read(block + self.facts["nb_next"])

    def _iomem(self):
        todo = [self.facts["iomem_resource"]]
        while todo:
            kva = todo.pop()
            self._words("iomem", kva, self.facts["resource_bytes"] // 8)
            todo += [entry for entry in (self._read(kva + self.facts["sibling"]), self._read(kva + self.facts["child"]))
                     if entry]

    def touched(self, kind, kva, size):
        """The pfns of which something else may be said now: those whose own bookkeeping is overwritten."""
        if kind in ("page", "memmap-page", "order"):
            first = (kva - self.base) // t.STRUCT_PAGE
            return set(range(first, (kva + size - 1 - self.base) // t.STRUCT_PAGE + 1))
        size_of = int(self.elf.info["SIZE(mem_section)"])
        for number, (section, _) in self.sections.items():
            usage = self._read(section + self.facts["usage"])
            if section <= kva < section + size_of and kind == "section" or usage <= kva < usage + 64 and kind == "usage":
                return set(range(number << t.SECTION_SHIFT, number + 1 << t.SECTION_SHIFT))
        return set(self.every) if kind == "root" else set()


class Mutation:
    """Bytes to be overwritten, and what with."""

    def __init__(self, targets, rng, only=None):
        """Choose; everything comes from `rng`."""
        self.targets = targets
        kinds = [only] if only else sorted(targets.kinds)
        self.kind = rng.choice([kind for kind in kinds for _ in range(3 if kind in ("page", "section") else 1)])
        self.places = []
        for kva, size in rng.sample(targets.kinds[self.kind], min(len(targets.kinds[self.kind]), rng.choice((1, 1, 2)))):
            try:
                at = targets.elf.offset(targets.elf.phys(kva))
            except LabError:
                continue
            old = bytes(targets.elf.map[at:at + size])
            self.places.append((kva, size, at, old, self._new(rng, kva, old)))
        self.what = f"{self.kind} " + ", ".join(f"{kva:#x}: {old[:8].hex()} -> {new[:8].hex()}"
                                               for kva, _, _, old, new in self.places)

    def _new(self, rng, kva, old):
        how = rng.randrange(9)
        number = int.from_bytes(old, "little")
        if how < 3:
            return (number ^ 1 << rng.randrange(8 * len(old))).to_bytes(len(old), "little")
        other = rng.choice(self.targets.kinds[self.kind])[0]
        word = [0, (1 << 64) - 1, kva, other, self.targets._read(other), rng.getrandbits(64)][how - 3]
        if len(old) > 8:
            return rng.choice((word.to_bytes(8, "little") * (len(old) // 8), rng.randbytes(len(old))))
        return (word & (1 << 8 * len(old)) - 1).to_bytes(len(old), "little")

    def apply(self):
        """Overwrite."""
        for _, _, at, _, new in self.places:
            self.targets.elf.map[at:at + len(new)] = new
        self.targets.elf.touch()

    def revert(self):
        """Put back, last first: two places may overlap."""
        for _, _, at, old, _ in reversed(self.places):
            self.targets.elf.map[at:at + len(old)] = old
        self.targets.elf.touch()

    @property
    def touched(self):
        """The pfns of which something else may be said now."""
        return set().union(*(self.targets.touched(self.kind, kva, size) for kva, size, *_ in self.places))


def rows(document, name):
    """The pfns of an array of runs."""
    return t.pfns([row["start_pfn"], row["pages"]] for row in document.get(name, ()))


def judge(command, document, every, mutation):
    """Raise a Find if the document calls a page of the truth anything else, or says that all is well when it is not."""
    result = document["status"]["result"]
    if result == "failed":
        return
    listed, unknown = rows(document, "ranges"), rows(document, "unknown")
    if len(unknown) != document["totals"]["unknown"]:
        raise Find(f"{command}: {document['totals']['unknown']} unknown, {len(unknown)} listed")
    if unknown and result != "incomplete":
        raise Find(f"{command}: unknown pages and {result}")
    if "ranges" not in document:
        return
    touched = mutation.touched
    lost = every - listed - unknown
    if lost - touched:
        raise Find(f"{command}: called not offline: {t.differences(lost - touched, set())}")
    if listed - every - touched:
        raise Find(f"{command}: called offline: {t.differences(listed - every - touched, set())}")
    # one page may have become anything; many may not go without a word
    if len(lost) > 4 * dumpedit.PER_PAGE and result == "ok":
        raise Find(f"{command}: {len(lost)} pages lost without a word: {document['status']['message']}")


class Campaign:
    """Mutations of one dump, with a new crash whenever one was lost."""

    def __init__(self, series, seed, folder, only=None, say=print):
        """Copy the dump, find the targets, time the commands on the undamaged one."""
        self.folder, self.seed, self.only, self.say = pathlib.Path(folder), seed, only, say
        good = dumps.get(series, "both", "elf")
        self.dump = type(good)(good.kernel, good.case, good.form, self.folder)
        dumpedit.copy(good.path, self.dump.path)
        facts = ask(self.dump, self.folder)
        self.targets = Targets(dumpedit.Elf(self.dump.path, writable=True), good.truth, facts)
        self.every = t.pfns(good.truth["offline"])
        self.finds, self.kinds, self.results = [], collections.Counter(), collections.Counter()
        self.sessions, self.crash = 0, None
        self._start()
        self.prove()

    def _start(self):
        if self.crash:
            self.crash.end()
        self.crash = Crash(self.dump, self.folder)
        self.sessions += 1
        self.clean = {command: self.crash.document(command, 300)[1] for command in CLEAN}
        self.clean = {command: max(1, 10 * self.crash.document(command, 300)[1]) for command in CLEAN}

    def prove(self):
        """That crash sees what is written: a page's mark comes and goes."""
        pfn = self.targets.truth["offline"][0][0]
        at = self.targets.elf.page(pfn) + 48
        old = self.targets.elf.map[at:at + 4]
        self.targets.elf.map[at:at + 4] = b"\xff" * 4
        self.targets.elf.touch()
        seen = rows(self.crash.document(CLEAN[0], 60)[0], "ranges")
        self.targets.elf.map[at:at + 4] = old
        self.targets.elf.touch()
        if self.every - seen != {pfn} or rows(self.crash.document(CLEAN[0], 60)[0], "ranges") != self.every:
            raise LabError("crash does not see what is written to its dump")

    def one(self, number):
        """One mutation: apply, look, put back."""
        rng = random.Random(f"{self.seed}/{number}")
        mutation = Mutation(self.targets, rng, self.only)
        commands = [*CLEAN[:2], rng.choice(CLEAN[2:])]
        self.kinds[mutation.kind] += 1
        mutation.apply()
        try:
            if mutation.kind in ONCE:
                self.crash.reload()
            for command in commands:
                document, _ = self.crash.document(command, self.clean[command] + (10 if mutation.kind in ONCE else 0))
                self.results[document["status"]["result"]] += 1
                judge(command, document, self.every, mutation)
        except Find as find:
            self.finds.append(f"mutation {self.seed}/{number} ({mutation.what}): {find}")
            self.say(self.finds[-1])
            alive = "crash died" not in str(find) and "no end" not in str(find)
        else:
            alive = True
        mutation.revert()
        if not alive:
            self._start()
        elif mutation.kind in ONCE:
            self.crash.reload()
            self.crash.document(CLEAN[-1], 60)  # the types are looked up again, which takes a second

    def run(self, count, first=0):
        """Mutations `first` and the following, until `count` of them are done."""
        for number in range(first, first + count):
            self.one(number)
        document, _ = self.crash.document(CLEAN[0], 60)
        if rows(document, "ranges") != self.every or document["status"]["result"] != "ok":
            self.finds.append("after all of them, the undamaged dump is no longer understood")
        self.crash.end()
        kinds = ", ".join(f"{number} {kind}" for kind, number in sorted(self.kinds.items()))
        results = ", ".join(f"{number} {result}" for result, number in sorted(self.results.items()))
        self.say(f"seed {self.seed}: {count} mutations ({kinds}), {self.sessions} crash sessions; "
                 f"{sum(self.results.values())} commands ({results}); {len(self.finds)} finds")


def main():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-n", type=int, default=500)
    parser.add_argument("-s", default=f"{int(time.time())}", help="seed, or SEED/NUMBER for a single mutation")
    parser.add_argument("-k", help="only this kind")
    parser.add_argument("kernel", nargs="?", default=(os.environ.get("OFL_KERNELS") or "6.1").split()[0])
    given = parser.parse_args()
    seed, _, number = given.s.partition("/")
    with tempfile.TemporaryDirectory() as folder:
        campaign = Campaign(given.kernel, seed, folder, given.k, lambda text: print(text, flush=True))
        campaign.run(1 if number else given.n, int(number or 0))
    return 1 if campaign.finds else 0


if __name__ == "__main__":
    sys.exit(main())
