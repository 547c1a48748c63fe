# SPDX-License-Identifier: GPL-2.0-or-later
"""The host of VMware's balloon, for the unmodified driver in a guest of QEMU.

The driver asks its host by reading I/O port 0x5670 with a command in its registers.
Here nobody is behind that port, so a breakpoint on each such read plays it: it puts
the answer into the registers and passes over the instruction.  Meanwhile the host
notes which pages it was given, which is what offline.so is later held against.

Registers (drivers/misc/vmw_balloon.c): ecx the command, ebx and esi its arguments;
back come eax the status, ebx the target, and after START ecx the capabilities.  A
batch is a page of 64-bit entries: status in the low five bits, the pfn from bit 12.
"""

import collections
import dataclasses
import re
import struct
import subprocess
import tempfile
import threading
import time

from .gdb import Gdb
from .guest import Machine
from .initramfs import Modules
from .truth import as_runs, pfns
from .util import LAB, LabError, progress

MODULE = "vmw_balloon"
BLOCK_PAGES = 1 << 15
MOVED = 50
LIMIT = 60  # seconds that an attempt to offline a block may take: a page's migration is two calls of the host
MAGIC, PORT = 0x456c6d6f, 0x5670
START, GET_TARGET, LOCK, UNLOCK, GUEST_ID = range(5)
BATCHED_LOCK, BATCHED_UNLOCK, BATCHED_2M_LOCK, BATCHED_2M_UNLOCK = range(6, 10)
GIVEN = {LOCK, BATCHED_LOCK, BATCHED_2M_LOCK}
BATCHED = {BATCHED_LOCK, BATCHED_UNLOCK, BATCHED_2M_LOCK, BATCHED_2M_UNLOCK}
HUGE = {BATCHED_2M_LOCK, BATCHED_2M_UNLOCK}
SUCCESS, PPN_PINNED, WITH_CAPABILITIES = 0, 5, 0x03000000
#: what START says the host can do
BATCHES, UNITS = 1 << 1 | 1 << 2, 1 << 1 | 1 << 2 | 1 << 3
UNIT_PAGES, PFN_SHIFT = 512, 12

#: What makes Linux believe it is on VMware: no other hypervisor, the serial number, and port 0x5658.
USUAL = Machine()
MACHINE = dataclasses.replace(
    USUAL, machine="pc,vmport=on", cpu=f"{USUAL.cpu},-hypervisor", gdb=True, modules=(*USUAL.modules, MODULE),
    devices=(*USUAL.devices, "-smbios", "type=1,serial=VMware-56 4d 00 00"),
    files=(("bin/attempt", LAB / "guest" / "attempt"),))


def port_reads(kernel):
    """{section: offsets} of the driver's reads of a port."""
    with tempfile.NamedTemporaryFile(suffix=".ko") as file:
        file.write(Modules(kernel.modules).data(MODULE))
        file.flush()
        text = subprocess.run(("objdump", "-d", file.name), check=True, capture_output=True, text=True).stdout
    found = {}
    for section, code in re.findall(r"^Disassembly of section (\S+):$(.*?)(?=^Disassembly|\Z)", text, re.M | re.S):
        offsets = [int(offset, 16) for offset in re.findall(r"^\s*([0-9a-f]+):\s+ed\s+in\s", code, re.M)]
        if offsets and section.startswith(".text"):
            found[section] = offsets
    return found


def stats(guest):
    """The driver's own figures, from its file in debugfs: {name: number}, calls of the host by " calls"."""
    text = guest.run("cat /sys/kernel/debug/vmmemctl").output
    return {name + (" calls" if failed else ""): int(value, 0)
            for name, value, failed in re.findall(r"^(.*\S) *: +(\d\w*)( \(.*)?$", text, re.M)}


class Host:
    """Answers the driver as long as the `with` block lasts, in a thread of its own.

    `refuse` of the 2 MiB units that are offered first are not taken; the driver then
    goes on in pages of 4 KiB.  `made` is what inflate() gave, for a host that has pages.
    """

    def __init__(self, guest, capabilities, target, refuse=0, made=None):
        self.guest, self.capabilities, self.target, self.refuse = guest, capabilities, target, refuse
        #: pfns of 4 KiB pages, and of the first pages of units
        self.pages, self.units = (pfns(made["pages"]), set(made["units"])) if made else (set(), set())
        self.calls = dict.fromkeys((*range(5), *range(6, 11)), 0)
        self.asked = 0          # how often the target was asked for since pages last came or went
        #: (command, calls before it, what to do then): once, while the guest stands still in a call
        self.catch = None
        self._gdb = self._failed = None
        self._places = set()    # addresses of the driver's reads
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self):
        for section, offsets in port_reads(self.guest.kernel).items():
            start = int(self.guest.run(f"cat /sys/module/{MODULE}/sections/{section}").output, 16)
            self._places.update(start + offset for offset in offsets)
        self._gdb = Gdb(self.guest.gdb)
        for kva in self._places:
            self._gdb.add_breakpoint(kva)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._end.set()
        self._thread.join()
        if self._failed:
            raise LabError(f"VMware's host: {self._failed!r}") from self._failed

    @property
    def frames(self):
        """What the host has, in pages of 4 KiB."""
        return len(self.pages) + UNIT_PAGES * len(self.units)

    def wait(self, timeout=60):
        """Until the driver has given what it was asked for, and asks on."""
        end = time.monotonic() + timeout
        while self.frames < self.target or not self.asked:
            if self._failed or time.monotonic() > end:
                raise LabError(f"VMware's host has {self.frames} of {self.target} pages\n{self.guest.console_tail()}")
            time.sleep(0.05)
        progress(f"VMware's host has {len(self.pages)} pages and {len(self.units)} units")

    # -- the thread -----------------------------------------------------------

    def _serve(self):
        try:
            self._gdb.go()
            while not self._end.is_set():
                if self._gdb.stopped(0.1):
                    self._answer()
                    self._gdb.go()
            self._gdb.stop()
            if self._gdb.registers()["rip"] in self._places:
                self._answer()  # it came to a breakpoint just then
            self._gdb.leave()
        except Exception as error:  # pylint: disable=broad-exception-caught
            self._failed = error
            self._gdb.close()

    def _answer(self):
        """Be the port."""
        registers = self._gdb.registers()
        command = registers["rcx"]
        if (registers["rip"] not in self._places or (registers["rax"], registers["rdx"]) != (MAGIC, PORT)
                or command not in self.calls):
            raise LabError(f"that is no call of the driver: {registers}")
        if self.catch and (command, self.calls[command]) == self.catch[:2]:
            self.catch[2]()
        self.calls[command] += 1
        answer = {"rax": SUCCESS, "rbx": self.target, "rip": registers["rip"] + 1}
        if command == START:
            answer.update(rax=WITH_CAPABILITIES, rcx=self.capabilities)
        elif command in (*BATCHED, LOCK, UNLOCK):
            self._move(command, registers["rbx"], registers["rsi"])
            self.asked = 0
        self.asked += command == GET_TARGET
        for name, value in answer.items():
            self._gdb.write_register(name, value)

    def _move(self, command, pfn, count):
        """Pages come or go, one by its number or many in a batch."""
        moved = [pfn] if command not in BATCHED else self._batch(pfn << PFN_SHIFT, count, command)
        held = self.units if command in HUGE else self.pages
        if command in GIVEN:
            again = held & set(moved)
            held.update(moved)
        else:
            again = set(moved) - held
            held.difference_update(moved)
        if again:
            raise LabError(f"pages given twice, or taken that were not given: {sorted(again)[:8]}")

    def _batch(self, phys, count, command):
        """The pfns of a batch that the host agrees to; the others get a status."""
        offered = [entry >> PFN_SHIFT for entry in struct.unpack(f"<{count}Q", self._gdb.read(phys, 8 * count))]
        refused = min(self.refuse, count) if command == BATCHED_2M_LOCK else 0
        for i in range(count - refused, count):
            self._gdb.write(phys + 8 * i, struct.pack("<Q", offered[i] << PFN_SHIFT | PPN_PINNED))
        self.refuse -= refused
        return offered[:count - refused]


# -- what cases are made of -------------------------------------------------------


def inflate(guest, capabilities, target, refuse=0):
    """Give the host `target` pages of 4 KiB; what it was given, and the driver's own figures."""
    stats(guest)  # the driver counts from the first time that it is asked
    with Host(guest, capabilities, target, refuse) as host:
        host.wait()
    return {"pages": as_runs(host.pages), "units": sorted(host.units), "stats": stats(guest)}


def units(made):
    """[first pfn, pages] of the units."""
    return [[first, UNIT_PAGES] for first in made["units"]]


def attempt(guest, capabilities, which, caught=None):
    """Really offline a memory block while the host is there: of those with balloon, `which` by number of pages.

    With `caught` the guest is dumped into that file when MOVED pages have moved and the
    next is on its way: its old place is the balloon's no longer, its new one not yet.
    """
    made = guest.made
    # the first block is refused for its two zones, whatever is in it
    held = collections.Counter(pfn // BLOCK_PAGES for pfn in pfns([*made["pages"], *units(made)]) if pfn >= BLOCK_PAGES)
    name = f"memory{which(held, key=held.get)}"
    guest.run("echo 'file mm/memory_hotplug.c +p' >/sys/kernel/debug/dynamic_debug/control")
    with Host(guest, capabilities, made["stats"]["target"], made=made) as host:
        if caught:
            host.catch = BATCHED_LOCK, MOVED, lambda: guest.dump(caught, "kdump-zlib")
        text = guest.run(f"attempt {name} {LIMIT}", timeout=LIMIT + 60).output
    head, _, messages = text.partition("dmesg\n")
    return {"block": name, "reason": "".join(re.findall(r"failed due to (.+)", messages)[-1:]),
            "taken": host.calls[BATCHED_UNLOCK], "given": host.calls[BATCHED_LOCK],
            **dict(line.split(" ", 1) for line in head.splitlines() if " " in line)}
