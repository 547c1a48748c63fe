# SPDX-License-Identifier: GPL-2.0-or-later
"""What is done to a guest before it is dumped.

A case is a machine, the steps that take memory away, and the dump formats wanted.
The steps are ordinary functions that get the running Guest.  Steps for after the
dump (`after`) may try things that cannot be undone.  What either returns is kept with
the truth; what the first did, the others find in `guest.made`.
"""

import dataclasses
import hashlib
import inspect
import json
import typing

from . import gdb, unplug, vmware
from .guest import MIB, Guest, Machine


@dataclasses.dataclass(frozen=True)
class Case:
    """A row of the case table."""
    name: str
    why: str
    steps: typing.Callable
    machine: Machine = Machine()
    formats: tuple = ("kdump-zlib",)
    after: typing.Callable = None
    shared: bool = True     # False: only the test that asks for it gets it
    guest: type = Guest     # another architecture's, or what runs on another hypervisor
    helpers: tuple = ()     # modules that steps are made of, if any but the guest's

    def key(self):
        """Changes whenever a dump of this case would come out different."""
        # the stream is what a kdump is made of: the dumps are the same with it and without it
        formats = [form for form in self.formats if form != "kdump-flat"]
        what = [self.machine.arguments(), self.machine.modules, formats]
        what += [inspect.getsource(part) for part in (self.steps, self.after, *self.helpers) if part]
        what += [path.read_text() for path in self.guest.sources()]
        what += [hashlib.sha256(open(path, "rb").read()).hexdigest() for _, path in self.machine.files]
        return hashlib.sha256(json.dumps(what).encode()).hexdigest()[:12]


def both(guest):
    """900 MiB are not a whole number of memory blocks, so one is left partly plugged."""
    guest.plug(900 * MIB)
    guest.balloon(800 * MIB)


def shrunk(guest):
    """Both drivers take memory from a guest whose free pages lie scattered, and give some back."""
    guest.plug(1200 * MIB)
    guest.run("sieve 800 2 1 >/tmp/sieve.out 2>&1 & while ! grep -q ready /tmp/sieve.out; do sleep 0.2; done",
              timeout=120)
    guest.balloon(600 * MIB, timeout=120)
    guest.plug(900 * MIB, timeout=180)
    guest.balloon(800 * MIB)


def numa(guest):
    """Memory comes and goes on two nodes; only one of them is left with whole blocks."""
    guest.plug(300 * MIB, "vm0")
    guest.plug(512 * MIB, "vm1")
    guest.plug(420 * MIB, "vm1")
    guest.balloon(900 * MIB)


def offlined(guest):
    """The partly plugged block is offlined: what it holds is no longer to be trusted."""
    both(guest)
    guest.run("""
        for block in /sys/devices/system/memory/memory*; do
            [ "$(cat $block/state)" = online ] && last=${block##*/memory} && [ "$last" -gt "${max:-0}" ] && max=$last
        done
        echo offline > /sys/devices/system/memory/memory$max/state
        [ "$(cat /sys/devices/system/memory/memory$max/state)" = offline ]
        """)


def orphaned(guest):
    """The driver goes while its memory stays: nobody is left to give references back."""
    both(guest)
    guest.run("rmmod virtio_mem")


def vmware_4k(guest):
    """Movable memory is taken first: a block of it is full, and a part of the next."""
    guest.plug(256 * MIB)
    return vmware.inflate(guest, vmware.BATCHES, 33100)


def offline_the_emptiest(guest):
    """A block with few pages of the balloon, for which there is room elsewhere; dumped in the middle of it."""
    folder = guest.folder / "caught"
    folder.mkdir()
    return vmware.attempt(guest, vmware.BATCHES, min, folder / "dump.kdump")


def vmware_2m(guest):
    """The host has no use for 16 of the units, so the rest comes in pages of 4 KiB."""
    return vmware.inflate(guest, vmware.UNITS, 50000, refuse=16)


def offline_the_fullest(guest):
    """A block with many units."""
    return vmware.attempt(guest, vmware.UNITS, max)


TWO_NODES = Machine(devices=(
    "-object", "memory-backend-ram,id=r0,size=512M", "-numa", "node,nodeid=0,memdev=r0,cpus=0",
    "-object", "memory-backend-ram,id=r1,size=512M", "-numa", "node,nodeid=1,memdev=r1",
    "-device", "virtio-balloon-pci,id=b0",
    "-object", "memory-backend-ram,id=m0,size=1G",
    "-device", "virtio-mem-pci,id=vm0,memdev=m0,node=0,requested-size=0",
    "-object", "memory-backend-ram,id=m1,size=1G",
    "-device", "virtio-mem-pci,id=vm1,memdev=m1,node=1,requested-size=0"))

ONE_AFTER_THE_OTHER = Machine(append="console=ttyS0 panic=-1", devices=Machine.devices + (
    "-object", "memory-backend-ram,id=m1,size=512M", "-device", "virtio-mem-pci,id=vm1,memdev=m1,requested-size=0"))

# makedumpfile -e translates with four levels of page tables only; the layout is the same each time because it once
# dropped nothing of a guest, and the addresses that KASLR had drawn were what that guest had of its own
FOUR_LEVELS = Machine(more_append="no5lvl nokaslr")

CASES = {case.name: case for case in (
    Case("both", "virtio-mem partly plugged and balloon inflated", both,
         formats=("elf", "kdump-zlib", "kdump-flat")),
    Case("shrunk", "both driven back and forth on fragmented memory", shrunk),
    Case("numa", "two nodes with a virtio-mem device each", numa, machine=TWO_NODES),
    Case("filtered", "as both, for makedumpfile -e", both, machine=FOUR_LEVELS, formats=("elf",), shared=False),
    Case("offlined", "a block with unplugged pages is offlined", offlined),
    Case("orphaned", "virtio_mem is unloaded while its memory is plugged", orphaned),
    Case("unplug", "memory devices that are really unplugged afterwards", unplug.fill, machine=ONE_AFTER_THE_OTHER,
         after=unplug.unplug, shared=False, helpers=(unplug,)),
    Case("vmware-4k", "VMware's balloon of 4 KiB pages", vmware_4k, machine=vmware.MACHINE,
         after=offline_the_emptiest, shared=False, helpers=(gdb, vmware)),
    Case("vmware-2m", "VMware's balloon of 2 MiB units, and of pages", vmware_2m, machine=vmware.MACHINE,
         formats=("elf",), after=offline_the_fullest, shared=False, helpers=(gdb, vmware)),
)}
