# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes the dump of a PV guest one that crash takes for any other guest's.

The page tables of a PV guest name machine frames.  Here those that the kernel's own
table leads to are made to name the guest's frames, and the kernel is made to forget
that it runs on Xen: crash would look for machine frames then.
"""

import mmap
import re
import struct

from lab.util import LabError, run

#: From what xen-mfndump prints to "PFN MFN" lines.
TO_P2M = r"sed -n 's/.*pfn=0x\([0-9a-f]*\) *==> *mfn=0x\([0-9a-f]*\).*/\1 \2/p' "
KERNEL_MAP = 0xffffffff80000000
ADDRESS = 0x000ffffffffff000
PRESENT, HUGE = 1, 0x80
HYPERVISOR_SLOTS = range(256, 272)  # of the top table: not the guest's


def _symbols(vmlinux, names):
    found = re.findall(rf"^([0-9a-f]+) \w ({'|'.join(names)})$", run(("nm", vmlinux)), re.MULTILINE)
    return {name: int(address, 16) - KERNEL_MAP for address, name in found}


class Memory:
    """The guest's memory in an ELF core, to be changed in place."""

    def __init__(self, data):
        """From a writable mapping of the file."""
        self.data = data
        count, = struct.unpack_from("<H", data, 56)
        headers = (struct.unpack_from("<IIQQQQQQ", data, 64 + 56 * index) for index in range(count))
        self.runs = [(paddr, size, at) for kind, _, at, _, paddr, size, _, _ in headers if kind == 1]

    def at(self, paddr):
        """Where in the file, or None."""
        return next((at + paddr - start for start, size, at in self.runs if start <= paddr < start + size), None)


def _translate(memory, pfn_of, pfn, level, done, lost):
    """Rewrite a table and the tables below it."""
    at = memory.at(pfn << 12)
    if pfn in done or at is None:
        return
    done.add(pfn)
    entries = list(struct.unpack_from("<512Q", memory.data, at))
    below = []
    for index, entry in enumerate(entries):
        if level == 4 and index in HYPERVISOR_SLOTS:
            entries[index] = 0
        elif entry & PRESENT:
            frame = pfn_of.get((entry & ADDRESS) >> 12)
            if frame is None:  # Xen's, or a device's: no memory of the guest
                lost[level] = lost.get(level, 0) + 1
                entries[index] = 0
                continue
            entries[index] = entry & ~ADDRESS | frame << 12
            if level > 1 and not entry & HUGE:
                below.append(frame)
    struct.pack_into("<512Q", memory.data, at, *entries)
    for frame in below:
        _translate(memory, pfn_of, frame, level - 1, done, lost)


def make_plain(path, p2m, vmlinux):
    """Rewrite the dump; how many tables were, and entries that led nowhere, by level."""
    pfn_of = {int(mfn, 16): int(pfn, 16) for pfn, mfn in map(str.split, p2m.read_text().splitlines())}
    symbols = _symbols(vmlinux, ("init_top_pgt", "xen_start_info"))
    if len(symbols) != 2 or not pfn_of:
        raise LabError(f"a PV guest's dump cannot be translated: {symbols}, {len(pfn_of)} frames")
    done, lost = set(), {}
    with open(path, "rb+") as file, mmap.mmap(file.fileno(), 0) as data:
        memory = Memory(data)
        _translate(memory, pfn_of, symbols["init_top_pgt"] >> 12, 4, done, lost)
        at = memory.at(symbols["xen_start_info"])
        data[at:at + 8] = bytes(8)
    return {"tables": len(done), "lost": lost}
