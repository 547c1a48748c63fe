# SPDX-License-Identifier: GPL-2.0-or-later
"""Dumps, opened and damaged: address translation, holes, single bytes.

Own code on purpose: what is expected of offline.so on a damaged dump must not come
from offline.so, nor from crash.
"""

import bisect
import ctypes
import itertools
import mmap
import os
import re
import shutil
import struct
import time
import zlib

from .truth import PAGE, SECTION_SHIFT, STRUCT_PAGE
from .util import LabError, run

PRESENT, HUGE = 1, 1 << 7
PHYS_MASK = (1 << 52) - PAGE
PER_PAGE = PAGE // STRUCT_PAGE
DESCRIPTOR = 24     # bytes of a page's, in a kdump
STATUS = 424        # of a kdump's header: what its pages are compressed with
MAP_PRESENT = 3     # SECTION_MARKED_PRESENT, SECTION_HAS_MEM_MAP


class Elf:
    """An ELF dump of QEMU's: physical memory by program headers."""

    def __init__(self, path, writable=False):
        """Map the file; `writable` for changes in place."""
        self.path = path
        mode = os.O_RDWR if writable else os.O_RDONLY
        descriptor = os.open(path, mode)
        self.map = mmap.mmap(descriptor, 0, prot=mmap.PROT_READ | (mmap.PROT_WRITE if writable else 0))
        os.close(descriptor)
        offset, = struct.unpack_from("<Q", self.map, 32)
        count, = struct.unpack_from("<H", self.map, 56)
        self.headers = [list(struct.unpack_from("<IIQQQQQQ", self.map, offset + 56 * i)) for i in range(count)]
        self.loads = sorted((h[4], h[5], h[2]) for h in self.headers if h[0] == 1)
        self._notes()

    def touch(self):
        """Say that the file was written to: the kernel does not for every write through a mapping."""
        os.utime(self.path, ns=(time.time_ns(),) * 2)

    def _notes(self):
        """VMCOREINFO, and from the first CPU's registers where the page tables are."""
        self.info, self.root, self.levels = {}, None, 4
        for header in self.headers:
            at, end = header[2], header[2] + header[5]
            while header[0] == 4 and at < end:
                name, size, kind = struct.unpack_from("<III", self.map, at)
                body = at + 12 + (name + 3) // 4 * 4
                who = self.map[at + 12:at + 12 + name].rstrip(b"\0")
                if who == b"VMCOREINFO":
                    lines = self.map[body:body + size].decode(errors="replace").splitlines()
                    self.info = dict(line.split("=", 1) for line in lines if "=" in line)
                elif who == b"QEMU" and kind == 0 and self.root is None:
                    control = struct.unpack_from("<5Q", self.map, body + 8 + 18 * 8 + 10 * 24)
                    self.root, self.levels = control[3] & PHYS_MASK, 5 if control[4] >> 12 & 1 else 4
                at = body + (size + 3) // 4 * 4
        if self.root is None or "SYMBOL(mem_section)" not in self.info:
            raise LabError(f"{self.path}: no registers or no VMCOREINFO in its notes")

    def offset(self, phys):
        """Where a byte of physical memory is in the file; None if it is not."""
        at = bisect.bisect_right(self.loads, (phys, 1 << 64, 0)) - 1
        if at < 0 or phys >= self.loads[at][0] + self.loads[at][1]:
            return None
        return self.loads[at][2] + phys - self.loads[at][0]

    def word(self, phys):
        """8 bytes of physical memory."""
        return struct.unpack_from("<Q", self.map, self.offset(phys))[0]

    def walk(self, kva):
        """(physical address or None, page-table pages passed through)."""
        table, passed = self.root, []
        for level in reversed(range(self.levels)):
            passed.append(table)
            shift = 12 + 9 * level
            entry = self.word(table + (kva >> shift & 511) * 8)
            if not entry & PRESENT:
                return None, passed
            if level == 0 or entry & HUGE:
                low = (1 << shift) - 1
                return (entry & PHYS_MASK & ~low) | (kva & low), passed
            table = entry & PHYS_MASK
        raise AssertionError("no level 0")

    def phys(self, kva):
        """The physical address of a mapped one."""
        found = self.walk(kva)[0]
        if found is None:
            raise LabError(f"{kva:#x} is not mapped")
        return found

    def read(self, kva):
        """8 bytes of virtual memory."""
        return self.word(self.phys(kva))

    def sections(self):
        """{section number: (address of its mem_section, coded memmap and flags)} of sections with a memmap."""
        roots = int(self.info["SYMBOL(mem_section)"], 16)
        size = int(self.info["SIZE(mem_section)"])
        member = int(self.info["OFFSET(mem_section.section_mem_map)"])
        found = {}
        for root in range(int(self.info["LENGTH(mem_section)"])):
            if self.walk(roots + root * 8)[0] is None:
                break
            base = self.read(roots + root * 8)
            for i in range(PAGE // size if base else 0):
                word = self.read(base + i * size + member)
                if word & MAP_PRESENT == MAP_PRESENT:
                    found[root * (PAGE // size) + i] = base + i * size, word
        return found

    def memmap(self):
        """{pfn of the first struct page in it: address of a page of the memmap}."""
        found = {}
        for number, (_, word) in self.sections().items():
            base = word & ~63
            for pfn in range(number << SECTION_SHIFT, number + 1 << SECTION_SHIFT, PER_PAGE):
                found[pfn] = base + pfn * STRUCT_PAGE
        return found

    def page(self, pfn):
        """Where the struct page of a pfn is in the file."""
        number = pfn >> SECTION_SHIFT
        return self.offset(self.phys((self.sections()[number][1] & ~63) + pfn * STRUCT_PAGE))


def copy(source, target):
    """A private copy that may be written to, holes and all."""
    run(("cp", "--sparse=always", "--reflink=auto", source, target))
    os.chmod(target, 0o600)
    return target


def cut(source, target, share):
    """The first `share` of a file."""
    copy(source, target)
    os.truncate(target, int(os.path.getsize(source) * share))
    return target


def usual_headers(path):
    """Program headers right behind the ELF header, no sections: makedumpfile finds no others in QEMU's files."""
    with open(path, "r+b") as file:
        header = bytearray(file.read(64))
        offset, = struct.unpack_from("<Q", header, 32)
        count, = struct.unpack_from("<H", header, 56)
        file.seek(offset)
        programs = file.read(56 * count)
        struct.pack_into("<QQ", header, 32, 64, 0)
        struct.pack_into("<HHHHHH", header, 52, 64, 56, count, 64, 0, 0)
        file.seek(0)
        file.write(header + programs)


def zero_fill(path, phys, size):
    """Leave [phys, phys + size) out of the file: p_memsz says it is there, p_filesz that it is not."""
    usual_headers(path)
    elf = Elf(path, writable=True)
    programs = []
    for header in elf.headers:
        start, have = header[4], header[5]
        if header[0] != 1 or not start < phys < start + have - size:
            programs.append(header)
            continue
        before, behind = phys - start, phys + size - start
        programs.append([*header[:5], before, behind, header[7]])
        programs.append([*header[:2], header[2] + behind, phys + size, phys + size, have - behind, have - behind,
                         header[7]])
    room = min(header[2] for header in programs) - 64
    if len(programs) != len(elf.headers) + 1 or len(programs) * 56 > room:
        raise LabError(f"{path}: no room for another program header")
    for i, header in enumerate(programs):
        struct.pack_into("<IIQQQQQQ", elf.map, 64 + 56 * i, *header)
    struct.pack_into("<H", elf.map, 56, len(programs))
    elf.map.close()


def unflatten(source, target):
    """QEMU writes kdump as a stream of (offset, size, data): put the pieces where they belong."""
    with open(source, "rb") as stream, open(target, "wb") as file:
        if not stream.read(4096).startswith(b"makedumpfile\0"):
            raise LabError(f"{source}: not a flattened kdump file")
        while True:
            offset, size = struct.unpack(">qq", stream.read(16))
            if offset < 0:
                return target
            file.seek(offset)
            file.write(stream.read(size))


def flatten(source, target, piece=65536):
    """The stream of a file."""
    with open(source, "rb") as file, open(target, "wb") as stream:
        stream.write((b"makedumpfile\0\0\0\0" + struct.pack(">qq", 1, 1)).ljust(PAGE, b"\0"))
        for at in range(0, os.fstat(file.fileno()).st_size, piece):
            data = file.read(piece)
            stream.write(struct.pack(">qq", at, len(data)) + data)
        stream.write(struct.pack(">qq", -1, -1))


def put_together(path):
    """The same in place: a reader of the file finds the stream or the whole of it."""
    whole = path.with_name(f".{path.name}")
    os.chmod(unflatten(path, whole), path.stat().st_mode & 0o777)
    whole.rename(path)


class Kdump:
    """The bitmap and the page descriptors of a kdump-compressed file that is not flattened."""

    def __init__(self, path):
        """Read what says which pages the file has."""
        self.path = path
        with open(path, "rb") as file:
            head = file.read(PAGE)
            if not head.startswith(b"KDUMP   "):
                raise LabError(f"{path}: not a kdump file")
            # signature, header_version, new_utsname, timeval, then numbers
            at = 8 + 4 + 6 * 65
            at += -at % 8 + 16
            _, block, sub, blocks, _ = struct.unpack_from("<Iiiii", head, at)
            self.bitmap_at = (1 + sub) * block
            self.half = blocks * block // 2
            self.table_at = self.bitmap_at + 2 * self.half
            file.seek(self.bitmap_at + self.half)
            self.bitmap = bytearray(file.read(self.half))

    def count(self):
        """How many pages are in the dump."""
        return sum(bin(byte).count("1") for byte in self.bitmap)

    def has(self, pfn):
        """Is a page in the dump?"""
        return bool(self.bitmap[pfn >> 3] >> (pfn & 7) & 1)

    def flip(self, pfn, half=1):
        """Turn a bit over, in the bitmap of pages that the file has, or (half 0) of those that exist."""
        with open(self.path, "r+b") as file:
            file.seek(self.bitmap_at + half * self.half + (pfn >> 3))
            byte, = file.read(1)
            file.seek(-1, os.SEEK_CUR)
            file.write(bytes([byte ^ 1 << (pfn & 7)]))

    def drop(self, pfns):
        """Take pages out, as the dump filter does: their bits, and their descriptors."""
        count = self.count()
        gone, index = set(), 0
        wanted = set(pfns)
        for pfn in range(len(self.bitmap) * 8):
            if not wanted:
                break
            if not self.has(pfn):
                continue
            if pfn in wanted:
                gone.add(index)
                wanted.discard(pfn)
            index += 1
        if wanted:
            raise LabError(f"{self.path}: {len(wanted)} pages are not in the dump anyway")
        for pfn in pfns:
            self.bitmap[pfn >> 3] &= ~(1 << (pfn & 7))
        with open(self.path, "r+b") as file:
            file.seek(self.table_at)
            table = file.read(count * DESCRIPTOR)
            file.seek(self.bitmap_at + self.half)
            file.write(self.bitmap)
            file.seek(self.table_at)
            file.write(b"".join(table[i * DESCRIPTOR:(i + 1) * DESCRIPTOR] for i in range(count) if i not in gone))


def split(path, folder, parts):
    """{file: (first pfn, the one behind the last)} as makedumpfile --split writes: all bitmaps, and its own descriptors."""
    kdump, made = Kdump(path), {}
    ranks = list(itertools.accumulate((bin(byte).count("1") for byte in kdump.bitmap), initial=0))
    edges = [bisect.bisect_left(ranks, ranks[-1] * number // parts) for number in range(parts)] + [len(kdump.bitmap)]
    with open(path, "rb") as file:
        version, = struct.unpack("<I", file.read(12)[8:])
        if version < 6:
            raise LabError(f"{path}: kdump version {version}")
    for number, (low, high) in enumerate(zip(edges, edges[1:])):
        part = copy(path, folder / f"part-{number}")
        made[part] = (low * 8, high * 8)
        with open(part, "r+b") as file:
            file.seek(kdump.table_at + ranks[low] * DESCRIPTOR)
            table = file.read((ranks[high] - ranks[low]) * DESCRIPTOR)
            file.seek(kdump.table_at)
            file.write(table.ljust(ranks[-1] * DESCRIPTOR, b"\0"))
            file.seek(PAGE + 12)        # split and the old numbers, then the new ones
            file.write(struct.pack("<IQQ", 1, *made[part]))
            file.seek(PAGE + 80)
            file.write(struct.pack("<QQ", *made[part]))
    return made


def _snappy():
    """page -> compressed; no makedumpfile of Debian's does it."""
    library = ctypes.CDLL("libsnappy.so.1")
    room = ctypes.create_string_buffer(library.snappy_max_compressed_length(ctypes.c_size_t(PAGE)))

    def compress(page):
        length = ctypes.c_size_t(len(room))
        if library.snappy_compress(page, ctypes.c_size_t(PAGE), room, ctypes.byref(length)):
            raise LabError("snappy_compress")
        return room.raw[:length.value]
    return compress


def _zstd():
    """page -> compressed; likewise."""
    library = ctypes.CDLL("libzstd.so.1")
    for name in ("ZSTD_compressBound", "ZSTD_compress"):
        getattr(library, name).restype = ctypes.c_size_t
    room = ctypes.create_string_buffer(library.ZSTD_compressBound(ctypes.c_size_t(PAGE)))

    def compress(page):
        length = library.ZSTD_compress(room, ctypes.c_size_t(len(room)), page, ctypes.c_size_t(PAGE), 1)
        if library.ZSTD_isError(ctypes.c_size_t(length)):
            raise LabError("ZSTD_compress")
        return room.raw[:length]
    return compress


#: {name: (DUMP_DH_COMPRESSED_* of makedumpfile, what makes the function)}; "none" leaves pages as they are
CODECS = {"snappy": (4, _snappy), "zstd": (0x20, _zstd), "none": (0, None)}


def recompressed(source, target, codec):
    """A kdump of zlib or without compression, with its pages compressed by another codec."""
    flag, make = CODECS[codec]
    compress, kdump, places = make and make(), Kdump(source), {}
    with open(source, "rb") as old, open(target, "wb") as new:
        new.write(old.read(kdump.table_at))
        table = old.read(kdump.count() * DESCRIPTOR)
        new.seek(kdump.table_at + len(table))
        descriptors = []
        for offset, size, flags, page_flags in struct.iter_unpack("<qIIQ", table):
            if offset not in places:
                old.seek(offset)
                page = old.read(size)
                page = zlib.decompress(page) if flags & 1 else page
                small = compress(page) if compress else page
                place, used = (small, flag) if len(small) < PAGE else (page, 0)
                places[offset] = (new.tell(), len(place), used)
                new.write(place)
            descriptors.append(struct.pack("<qIIQ", *places[offset], page_flags))
        new.seek(kdump.table_at)
        new.write(b"".join(descriptors))
        new.seek(STATUS)
        new.write(struct.pack("<I", flag))


def excluded_by(elf, kdump):
    """{first pfn} of the memmap's pages that a filtered dump has not, out of those of the whole one."""
    return {pfn for pfn, kva in elf.memmap().items() if not kdump.has(elf.phys(kva) // PAGE)}


def as_version(text):
    """makedumpfile's version, as a tuple."""
    found = re.search(r"version (\d+)\.(\d+)\.(\d+)", text)
    return tuple(map(int, found.groups())) if found else ()


def filtered(source, target, folder):
    """The dump as `makedumpfile -e -d 31` leaves it; what it prints comes back."""
    whole = copy(source, folder / "whole.elf")
    usual_headers(whole)
    work = folder / "work"
    work.mkdir()
    try:
        return run(("makedumpfile", "-e", "-d", "31", "--work-dir", work, whole, target))
    finally:
        os.unlink(whole)
        shutil.rmtree(work)
