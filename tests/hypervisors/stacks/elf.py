# SPDX-License-Identifier: GPL-2.0-or-later
"""What an ELF dump holds, and what the guest's /proc/iomem says it should."""

import mmap
import re
import struct

from lab.truth import PAGE

NO_PFN = (1 << 64) - 1


def _sections(data):
    """{name: (offset, bytes)} of every section."""
    offset, = struct.unpack_from("<Q", data, 40)
    count, names = struct.unpack_from("<HH", data, 60)
    found = [struct.unpack_from("<IIQQQQIIQQ", data, offset + 64 * index) for index in range(count)]
    texts = found[names][4]
    return {data[texts + row[0]:data.find(b"\0", texts + row[0])].decode(): (row[4], row[5]) for row in found[1:]}


def _mapped(path):
    with open(path, "rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def length(path):
    """Bytes of a file that has sections, without what follows the last."""
    with _mapped(path) as data:
        return max(offset + size for offset, size in _sections(data).values())


def frames(path):
    """[first pfn, pages] of all that is in it, by PT_LOADs, or by the list that Xen's own tool makes."""
    with _mapped(path) as data:
        offset, = struct.unpack_from("<Q", data, 32)
        count, = struct.unpack_from("<H", data, 56)
        if not count:
            offset, size = _sections(data)[".xen_pfn"]
            found = struct.unpack_from(f"<{size // 8}Q", data, offset)
            return [[pfn, 1] for pfn in found if pfn != NO_PFN]  # a page that could not be mapped after all
        headers = [struct.unpack_from("<IIQQQQQQ", data, offset + 56 * index) for index in range(count)]
    return [[paddr // PAGE, size // PAGE] for kind, _, _, _, paddr, size, _, _ in headers if kind == 1]


def system_ram(iomem):
    """[first pfn, pages] of every whole range of System RAM."""
    found = re.findall(r"^([0-9a-f]+)-([0-9a-f]+) : System RAM", iomem, re.MULTILINE)
    return [[int(start, 16) // PAGE, (int(end, 16) + 1 - int(start, 16)) // PAGE] for start, end in found]
