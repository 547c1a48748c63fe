# SPDX-License-Identifier: GPL-2.0-or-later
"""What guests of two other architectures have in common, and what is done to them."""

import pathlib

from lab import dumps, initramfs, kinds, verdicts
from lab.guest import Guest

from .architecture import PROGRAMS

GUEST = pathlib.Path(__file__).resolve().parent.parent / "guest"
#: Loaded in every guest.
MODULES = ("virtio_pci", "virtio_console", "qemu_fw_cfg", "virtio_balloon", "virtio_mem")


class ForeignGuest(Guest):
    """A guest of another architecture; a subclass says which, and which QEMU."""
    architecture = None

    @staticmethod
    def sources():
        """The files that decide what the guest does."""
        return [GUEST / "init", kinds.SCRIPT, *PROGRAMS]

    def lines(self):
        """Two virtio serial ports: every machine with PCI has them."""
        return ("-device", "virtio-serial-pci",
                "-chardev", f"socket,id=shell,path={self.sockets}/shell,server=on,wait=off",
                "-device", "virtserialport,chardev=shell,name=shell",
                "-chardev", f"file,id=answers,path={self.folder}/answers",
                "-device", "virtserialport,chardev=answers,name=answers")

    def build(self, image):
        """Its own programs and busybox."""
        own = [(f"bin/{path.name}", path) for path in self.architecture.programs()]
        initramfs.pack(image, self.kernel, self.machine.modules, (
            *own, ("bin/attempt", kinds.SCRIPT), ("bin/busybox", self.architecture.root() / "bin/busybox"),
            ("init", GUEST / "init"), *self.machine.files))


# -- what is done to each guest ---------------------------------------------------


def _online(guest):
    """The names of the online memory blocks."""
    return guest.run("""cd /sys/devices/system/memory
        for block in $(ls -d memory* | sort -k 1.7n); do [ $(cat $block/state) != online ] || echo $block; done
        """).output.split()


def prepare(guest):
    """Last of the steps: what attempts to offline need of the kernel is in memory before the dump, too."""
    guest.run(verdicts.SAY_WHY)
    guest.run(f"attempt {_online(guest)[0]} 1")
    dumps.settled(guest)
    guest.run("was save /tmp/was", timeout=120)


def try_blocks(guest):
    """After the dump: every online block is offlined for real, and put back."""
    return verdicts.attempts(guest, kinds.Kind("blocks", "each online block", None), _online(guest))
