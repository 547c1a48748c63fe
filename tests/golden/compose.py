#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Compose KERNEL-whole.fixture: compose.py KERNEL >KERNEL-whole.fixture, for 4.18, 4.18-el8 and 5.4

4.18: what kernels 4.18 to 5.2 have in place of an index of memory blocks and of
mem_section_usage, over the struct pages, sections and blocks of a real
recording (6.1-both-whole): its blocks become devices of a bus, in an order in
which memory may have come, and its pageblocks go into words of their own,
counted from the top.

4.18-el8 is what RHEL 8.3 (4.18.0-240.el8) has taken over of later kernels, and what not: the
index, subsections with the states of pageblocks, still counted from the top, the number of
PageOffline, and not the rule that skips such pages. 5.4 (SLES 15 SP2, Ubuntu 20.04) is the same
without the index.
"""
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
BASE = "6.1-both-whole.fixture"
#: not in the recording: addresses of what is made up here
MADE = 0xffff8880fa000000
BUS, TEXTS, PRIVATES, WORDS = (MADE + i * 0x100000 for i in range(4))
#: where 6.1 has struct memory_block.dev
BLOCK_DEV = 32
NO_INDEX = """
without symbol memory_blocks"""
NO_USAGE = """
without vmcoreinfo NUMBER(PAGE_OFFLINE_MAPCOUNT_VALUE)
without member mem_section.usage
without member mem_section_usage.subsection_map
without member mem_section_usage.pageblock_flags"""
#: release, and what it lacks
KERNELS = {"4.18": ("4.18.0-composed", NO_USAGE + NO_INDEX), "4.18-el8": ("4.18.0-240.el8.composed", ""),
           "5.4": ("5.4.0-composed", NO_INDEX)}
#: the batches of LRU pages, a per-CPU variable each; 5.4 has one more
PVECS = ["lru_add_pvec", "lru_rotate_pvecs", "lru_deactivate_file_pvecs", "lru_lazyfree_pvecs", "activate_page_pvecs"]
PVECS_OF = {"5.4": [*PVECS, "lru_deactivate_pvecs"]}
#: where they are in the area of a CPU, and the struct page of page cache (0x10e002) that the last one holds
PVEC_AT, HELD = 0x30000, 0xff9f195cc4380080
#: in none
NEVER = """
without vmcoreinfo NUMBER(SECTION_SIZE_BITS)
without vmcoreinfo NUMBER(MAX_PHYSMEM_BITS)
without member memory_block.zone
without member memory_block.nr_vmemmap_pages
without enumerator SECTION_MARKED_PRESENT_BIT
without enumerator SECTION_HAS_MEM_MAP_BIT
without enumerator SECTION_IS_ONLINE_BIT
without enumerator SECTION_IS_EARLY_BIT
without enumerator SECTION_TAINT_ZONE_DEVICE_BIT
without enumerator SECTION_MAP_LAST_BIT
without enumerator HPG_migratable
without enumerator HPG_vmemmap_optimized
without member folio._folio_order
without member folio._folio_dtor
without member folio._flags_1
without symbol split_free_page
without symbol offline_and_remove_memory"""


class Memory(dict):
    """The 8-byte words of a fixture by address; groups of struct pages are left out."""

    def __init__(self, lines):
        super().__init__()
        for line in lines:
            if line.startswith("mem ") and "(" not in line:
                _, kva, *words = line.split()
                self._add(int(kva, 16), words)

    def _add(self, kva, words):
        for word in words:
            value, _, count = word.partition("*")
            for _ in range(int(count or 1)):
                if value.startswith("b"):
                    kva += 1
                    continue
                self[kva] = int(value, 16)
                kva += 8


def symbol(lines, name):
    """The address of a symbol of the recording."""
    return int(next(line.split()[2] for line in lines if line.startswith(f"symbol {name} ")), 16)


def offset(lines, member):
    """Where a member is in its struct."""
    return int(next(line.split()[2] for line in lines if line.startswith(f"member {member} ")))


def blocks(memory, entry, index=0):
    """(number, address) of all entries of the index."""
    if entry & 3 != 2:
        return [(index, entry)] if entry else []
    return [found for i in range(64) for found in blocks(memory, memory.get(entry - 2 + 40 + 8 * i, 0), index * 64 + i)]


def bus(memory, lines):
    """The bus "memory" with a device for each block; the last one came first after boot."""
    found = blocks(memory, memory[symbol(lines, "memory_blocks") + 8])
    found = found[:3] + found[-1:] + found[3:-1]
    kobj, head = BUS + 0x100 + 24, BUS + 0x100 + 160 + 8
    yield f"mem {symbol(lines, 'bus_kset'):x} {BUS:x}"
    yield f"mem {BUS:x} {kobj + 8:x} {BUS:x}"
    yield f"mem {kobj:x} {TEXTS:x} {BUS:x}"
    yield f"text {TEXTS:x} memory"
    nodes = [PRIVATES + number * 0x200 + 104 + 8 for number, _ in found]
    for node, following in zip([head, *nodes], [*nodes, head]):
        yield f"mem {node:x} {following:x}"
    for number, kva in found:
        name = TEXTS + (number + 1) * 0x20
        yield f"mem {PRIVATES + number * 0x200 + 200:x} {kva + BLOCK_DEV:x}"
        yield f"mem {kva + BLOCK_DEV:x} {name:x}"
        yield f"text {name:x} memory{number}"


def from_top(word):
    """The 16 states of a word in the order of kernels before 5.9: 3 bits of type, and one to skip, from the top."""
    states = [word >> 4 * i & 15 for i in range(16)]
    return sum(((state & 7) << 1 | state >> 3) << 4 * (15 - i) for i, state in enumerate(states))


def pageblocks(memory, lines, in_place):
    """Words of pageblocks from those in the usage of sections: there, or where the sections point to."""
    at = offset(lines, "mem_section_usage.pageblock_flags")
    root = memory[memory[symbol(lines, "mem_section")]]
    for number in range(256):
        usage = memory.get(root + 16 * number + 8)
        if usage:
            words = [memory[usage + at + 8 * i] for i in range(4)]
            to = usage + at if in_place else WORDS + 0x40 * number
            if not in_place:
                yield f"mem {root + 16 * number + 8:x} {to:x}"
            yield f"mem {to:x} " + " ".join(f"{from_top(word):x}" for word in words)


def batches(memory, lines, names):
    """The batches of the one CPU: empty, but for a page of a file in the last one."""
    area = memory[symbol(lines, "__per_cpu_offset")]
    yield "member pagevec.nr 0 1\nmember pagevec.pages 8 120\nenumerator PG_swapcache 10"
    for i, name in enumerate(names):
        yield f"symbol {name} {PVEC_AT + 0x80 * i:x}\nmem {area + PVEC_AT + 0x80 * i:x} 0*16"
    yield f"mem {area + PVEC_AT + 0x80 * (len(names) - 1):x} 1 {HELD:x}"
    yield f"mem {HELD + 52:x} b02 b00 b00 b00"


def main():
    """Print it."""
    release, lacks = KERNELS[sys.argv[1]]
    has_usage = NO_USAGE not in lacks
    lines = (HERE / BASE).read_text(encoding="utf-8").splitlines()
    memory = Memory(lines)
    print("# composed by compose.py: see there")
    print(f"include {BASE}\nrelease {release}\nvmcoreinfo OSRELEASE={release}{NEVER}{lacks}")
    print("symbol is_mem_section_removable ffffffff8b000000\nsymbol page_huge_active ffffffff8b000010")
    print(f"member memory_block.dev {BLOCK_DEV} 744" + ("" if has_usage else "\nmember mem_section.pageblock_flags 8 8"))
    print("\n".join((*bus(memory, lines), *pageblocks(memory, lines, has_usage),
                     *batches(memory, lines, PVECS_OF.get(sys.argv[1], PVECS)))))


if __name__ == "__main__":
    main()
