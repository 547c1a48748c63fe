# SPDX-License-Identifier: GPL-2.0-or-later
"""What must hold between the guest's word, QEMU's figures and crash's output."""

import re

from .util import LabError

PAGE = 4096
STRUCT_PAGE = 64
SECTION_SHIFT = 15  # 128 MiB on x86_64


def pfns(runs):
    """The pfns of [start, pages] runs; a pfn named twice is an error in itself."""
    found, total = set(), 0
    for start, count in runs:
        found.update(range(start, start + count))
        total += count
    if total != len(found):
        raise LabError(f"{total - len(found)} pfns are listed twice")
    return found


def ranges(document, online=True):
    """[start, pages] of a document's ranges, of those online or of the stale ones."""
    return [[row["start_pfn"], row["pages"]] for row in document["ranges"] if row["online"] is online]


def as_runs(found):
    """A set of pfns as sorted [start, pages] runs."""
    runs = []
    for pfn in sorted(found):
        if runs and sum(runs[-1]) == pfn:
            runs[-1][1] += 1
        else:
            runs.append([pfn, 1])
    return runs


def differences(said, truth, first=8):
    """The first pfns in which two sets differ, for a person; empty when equal."""
    text = []
    for what, missing in (("only in crash's output", said - truth), ("only in the guest's word", truth - said)):
        if missing:
            runs = as_runs(missing)
            shown = ", ".join(f"{start:#x}-{start + count - 1:#x}" for start, count in runs[:first])
            text.append(f"{what}: {len(missing)} pages in {len(runs)} runs: {shown}{', …' if runs[first:] else ''}")
    return "\n".join(text)


def block_of(truth, pfn):
    """(name, facts) of the memory block that holds a pfn."""
    name = f"memory{pfn * PAGE // truth['block_size']}"
    return name, truth["blocks"].get(name)


def block_pages(truth, state):
    """The pfns of all memory blocks in a state, as [start, pages] runs."""
    pages = truth["block_size"] // PAGE
    numbers = (int(name[len("memory"):]) for name, block in truth["blocks"].items() if block["state"] == state)
    return [[number * pages, pages] for number in sorted(numbers)]


def within(runs, start, end):
    """The runs cut to [start, end)."""
    cut = ([max(first, start), min(first + count, end) - max(first, start)] for first, count in runs)
    return [run for run in cut if run[1] > 0]


def count(runs):
    """Pages in runs."""
    return sum(pages for _, pages in runs)


def balloon_pages(truth):
    """Pages the balloon holds: QEMU counts boot memory only."""
    return (truth["boot_bytes"] - truth["balloon"]["actual"]) // PAGE


def devices(truth):
    """virtio-mem devices: (id, first pfn, end pfn, pages left out).

    Left out are the pages that Linux has a memory block for, but QEMU has not plugged.
    Linux has whole blocks only, also where an offlined block is still there.
    """
    present = [run for state in ("online", "offline") for run in block_pages(truth, state)]
    for device in truth["memory_devices"]:
        data = device["data"]
        start = data["memaddr"] // PAGE
        end = start + data["max-size"] // PAGE
        yield data["id"], start, end, count(within(present, start, end)) - data["size"] // PAGE


def expected_offline(truth):
    """Pages that must be PageOffline, stale ones included, by QEMU's figures alone."""
    return balloon_pages(truth) + sum(left_out for *_, left_out in devices(truth))


def kmem_pages(text, vmemmap, member, mask, value):
    """{pfn: (refcount, flags)} of what `kmem -m MEMBER,_refcount,flags` shows as PageOffline.

    The member comes out in decimal, signed (a 6.1 _mapcount) or unsigned; the others
    in hex, and crash 8.0.2 leaves no blank between them.
    """
    found = {}
    for line in re.findall(r"^([0-9a-f]{16})\s+(-?\d+)\s+([0-9a-f]{8})\s*([0-9a-f]{16})\s*$", text, re.MULTILINE):
        address, word, refcount, flags = line
        if int(word) & 0xffffffff & mask == value:
            found[(int(address, 16) - vmemmap) // STRUCT_PAGE] = int(refcount, 16), int(flags, 16)
    return found


def page_flags(text):
    """[(mask, name)] from `kmem -g`: of the names of a bit the first, the others are aliases."""
    names = {}
    for name, bit in re.findall(r"^\s*PG_(\w+)\s+(\d+)\s", text, re.MULTILINE):
        names.setdefault(1 << int(bit), name)
    return sorted(names.items())
