# SPDX-License-Identifier: GPL-2.0-or-later
"""The guest that is measured: large, and its memory in mixed use.

What decides the time of a walk is how much of the memmap is the inside of something
large (free blocks, huge pages) and may be passed over, and how many runs are printed.
So memory is used in many ways here, a third of it is left free, and both drivers take
memory that lies scattered.  Sizes are in MiB and shrink together with OFL_BENCH_SCALE.
"""

import os

from lab import dumps
from lab.cases import CASES, Case
from lab.guest import MIB, Guest, Machine

SCALE = float(os.environ.get("OFL_BENCH_SCALE", "1"))


def mib(size):
    """So many MiB at the chosen scale, in whole memory blocks."""
    return int(size * SCALE) // 128 * 128


#: A program that needs no file: tail keeps what it was fed in one large buffer.
BUFFER = "(head -c {0}m /dev/zero; sleep 1000000) | tail -c {0}m >/dev/null &"


def mixed(guest):
    """Everything a busy host has, in short: see the words in front of each command."""
    guest.plug(mib(14336) * MIB, timeout=900)
    for what, command in {
            "huge pages of hugetlbfs": f"echo {mib(512) // 2} > /proc/sys/vm/nr_hugepages",
            "transparent huge pages": "echo always > /sys/kernel/mm/transparent_hugepage/enabled; "
                                      + BUFFER.format(mib(1536)),
            "small anonymous pages with holes": f"sieve {mib(2048)} 3 2 >/tmp/sieve.out 2>&1 & "
                                                "while ! grep -q ready /tmp/sieve.out; do sleep 0.2; done",
            "tmpfs, large files": "mkdir /shm; mount -t tmpfs -o size=90% tmpfs /shm; "
                                  f"dd if=/dev/zero of=/shm/large bs=1M count={mib(768)}",
            "page cache, large files": "mkdir /ram; mount -t ramfs ramfs /ram; "
                                       f"dd if=/dev/zero of=/ram/large bs=1M count={mib(512)}",
            "small files, and slab": "mkdir /shm/s; i=0; while [ $i -lt 30000 ]; do "
                                     "echo $i > /shm/s/$i; i=$((i+1)); done",
            "a third of them is gone again": "rm /shm/s/*[036]"}.items():
        guest.run(f"# {what}\n{command}", timeout=900)
    guest.balloon((mib(16384) - mib(5120)) * MIB, timeout=1800)
    guest.plug(mib(12288) * MIB, timeout=1800)


def on_disk(name, size):
    """Memory that may be written out while it is idle: writing the dump reads all of it, also what was never used."""
    return ("-object", f"memory-backend-file,id={name},size={size}M,mem-path=.,share=on")


MACHINE = Machine(
    memory=f"{mib(16384)}M", maxmem="256G", machine="pc,memory-backend=r0",
    devices=("-device", "virtio-balloon-pci,id=b0", *on_disk("r0", mib(16384)), *on_disk("m0", mib(16384)),
             "-device", "virtio-mem-pci,id=vm0,memdev=m0,requested-size=0"),
    # makedumpfile refuses what QEMU writes about a kernel that was moved
    more_append="nokaslr")

CASES["bench"] = Case("bench", "large, memory in mixed use", mixed, machine=MACHINE,
                      formats=("kdump-zlib", "elf"))


#: of the large guest, in GiB, and of the small one that has the same mix
LARGE, SMALL = (int(size) for size in os.environ.get("OFL_BENCH_GIB", "512,32").split(","))


class Patient(Guest):
    """To look at every page of such a guest takes minutes."""

    slower = 10


def spread(guest):
    """A mix that touches little: the guest may have many times the memory of this machine.

    Huge pages of the pool and free pages are never written to, and what the balloon has is
    given back. What is in mixed use is a 64th, and the memmap.
    """
    gib = guest.gib
    guest.plug(gib // 4 * 1024 * MIB, timeout=3600)
    for what, command in {
            "huge pages of hugetlbfs": f"echo {gib * 512 // 8} > /proc/sys/vm/nr_hugepages",
            "transparent huge pages": "echo always > /sys/kernel/mm/transparent_hugepage/enabled; "
                                      + BUFFER.format(gib * 4),
            "small anonymous pages with holes": f"sieve {gib * 4} 3 2 >/tmp/sieve.out 2>&1 & "
                                                "while ! grep -q ready /tmp/sieve.out; do sleep 0.2; done",
            "tmpfs": "mkdir /shm; mount -t tmpfs -o size=90% tmpfs /shm; "
                     f"dd if=/dev/zero of=/shm/large bs=1M count={gib * 4}",
            "page cache": "mkdir /ram; mount -t ramfs ramfs /ram; "
                          f"dd if=/dev/zero of=/ram/large bs=1M count={gib * 4}"}.items():
        guest.run(f"# {what}\n{command}", timeout=900)
    guest.balloon((gib * 3 // 4 - gib // 32) * 1024 * MIB, timeout=3600)
    guest.plug((gib // 4 - gib // 16) * 1024 * MIB, timeout=3600)


def spread_over(gib):
    """The case of so many GiB, three quarters of them there from the start."""
    devices = (*on_disk("r0", gib * 768), *on_disk("m0", gib * 256))
    return Case(f"spread-{gib}", "a mix that touches little", spread, shared=False, machine=Machine(
        memory=f"{gib * 768}M", maxmem=f"{gib * 5 // 4}G", machine="pc,memory-backend=r0",
        devices=(*devices, "-device", "virtio-balloon-pci,id=b0",
                 "-device", "virtio-mem-pci,id=vm0,memdev=m0,requested-size=0"),
        # pages are not to be written to only because somebody gets them
        more_append="nokaslr init_on_alloc=0"), guest=type("Spread", (Patient,), {"gib": gib}))


def get(series, case="bench"):
    """The dump, made when the cache does not have it; a case may be given itself."""
    return dumps.get(series, case)


if __name__ == "__main__":
    print(get("6.1").folder, get("6.1", spread_over(SMALL)).folder, get("6.1", spread_over(LARGE)).folder)
