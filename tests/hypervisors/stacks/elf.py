# SPDX-License-Identifier: GPL-2.0-or-later
"""What an ELF dump holds, and what the guest's /proc/iomem says it should."""

import re
import struct

from lab.truth import PAGE


def frames(path):
    """[first pfn, pages] of every PT_LOAD."""
    with open(path, "rb") as file:
        head = file.read(64)
        offset, = struct.unpack_from("<Q", head, 32)
        count, = struct.unpack_from("<H", head, 56)
        file.seek(offset)
        table = file.read(56 * count)
    headers = (struct.unpack_from("<IIQQQQQQ", table, 56 * index) for index in range(count))
    return [[paddr // PAGE, size // PAGE] for kind, _, _, _, paddr, size, _, _ in headers if kind == 1]


def system_ram(iomem):
    """[first pfn, pages] of every whole range of System RAM."""
    found = re.findall(r"^([0-9a-f]+)-([0-9a-f]+) : System RAM", iomem, re.MULTILINE)
    return [[int(start, 16) // PAGE, (int(end, 16) + 1 - int(start, 16)) // PAGE] for start, end in found]
