# SPDX-License-Identifier: GPL-2.0-or-later
"""s390x, which is big-endian: virtio-balloon on QEMU's machine of channel devices.

Standby memory is no more in QEMU, and virtio-mem not yet in 6.1: all memory is of the
boot.  TCG has no EDAT, so there are no huge pages and no hugetlb_cma=; Debian's 6.1 has
neither CONFIG_DMA_CMA nor CONFIG_CRASH_DUMP: of the callbacks that refuse on s390x only
the one of CMA is there, and no area for it.
"""

from lab import dumps
from lab.cases import Case
from lab.guest import MIB, Machine

from . import foreign
from .architecture import Architecture
from .foreign import ForeignGuest, prepare, try_blocks

ARCHITECTURE = Architecture("s390x", "s390x-linux-gnu", "qemu-s390x-static", "s390x")
MACHINE = Machine(memory="2G", maxmem="", machine="s390-ccw-virtio", cpu="max",
                  modules=("virtio_console", "virtio_balloon"), note=(), append="console=ttyS1 panic=-1",
                  devices=("-device", "virtio-balloon-ccw,id=b0"))


class S390x(ForeignGuest):
    """A guest on QEMU's s390-ccw-virtio machine."""
    architecture = ARCHITECTURE
    slower = 4      # a block full of the balloon's pages takes it 20 to 50 seconds

    @staticmethod
    def emulator():
        """The machine's own QEMU."""
        return ("qemu-system-s390x",)

    def lines(self):
        """The two serial ports, on a channel as all of its devices."""
        return tuple(word.replace("-pci", "-ccw") for word in super().lines())


def inflated(guest):
    """More than three blocks' worth is taken of eight."""
    guest.balloon(1200 * MIB, timeout=240)
    prepare(guest)


def offlined(guest):
    """Two blocks go offline and come to no zone; the balloon takes of the rest."""
    for block in ("memory4", "memory6"):
        guest.run(f"echo offline >/sys/devices/system/memory/{block}/state", timeout=120)
    guest.balloon(1600 * MIB, timeout=240)


def tried(guest):
    """What becomes of each block."""
    return {"attempts": try_blocks(guest)}


CASES = {case.name: case for case in (
    Case("balloon", "the balloon has more than three of eight blocks", inflated, machine=MACHINE,
         formats=("elf", "kdump-zlib"), after=tried, guest=S390x, helpers=(foreign,)),
    Case("offlined", "two blocks of boot memory are offline", offlined, machine=MACHINE,
         guest=S390x, helpers=(foreign,)),
)}


def get(series, case, form=None):
    """A dump; `series` is a Debian kernel's, 6.1."""
    return dumps.get(ARCHITECTURE.register(series), CASES[case], form)
