# SPDX-License-Identifier: GPL-2.0-or-later
"""arm64: virtio-mem and virtio-balloon on QEMU's virt machine."""

from lab import dumps
from lab.cases import Case, both, offlined
from lab.guest import Machine

from . import foreign
from .architecture import Architecture
from .foreign import MODULES, ForeignGuest, prepare, try_blocks

ARCHITECTURE = Architecture("arm64", "aarch64-linux-gnu", "qemu-aarch64-static", "cloud-arm64")
MACHINE = Machine(machine="virt", cpu="cortex-a57", modules=MODULES,
                  append="console=ttyAMA0 panic=-1 memhp_default_state=online_movable")


class Arm64(ForeignGuest):
    """A guest on QEMU's virt machine."""
    architecture = ARCHITECTURE

    @staticmethod
    def emulator():
        """The machine's own QEMU."""
        return ("qemu-system-aarch64",)


def plugged(guest):
    """As the case of the same kind on x86_64."""
    both(guest)
    prepare(guest)


def tried(guest):
    """What becomes of each block."""
    return {"attempts": try_blocks(guest)}


CASES = {case.name: case for case in (
    Case("both", "virtio-mem partly plugged and balloon inflated", plugged, machine=MACHINE,
         formats=("elf", "kdump-zlib"), after=tried, guest=Arm64, helpers=(foreign,)),
    Case("offlined", "a block with unplugged pages is offlined", offlined, machine=MACHINE,
         guest=Arm64, helpers=(foreign,)),
)}


def get(series, case, form=None):
    """A dump; `series` is a Debian kernel's, 6.1."""
    return dumps.get(ARCHITECTURE.register(series), CASES[case], form)
