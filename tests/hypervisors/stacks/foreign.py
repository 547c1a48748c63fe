# SPDX-License-Identifier: GPL-2.0-or-later
"""What two other architectures have in common: their packages, crash, guests.

Nothing of an architecture is installed but its compiler.  Its crash and that crash's
libraries lie unpacked in the cache and are run by QEMU's user emulation, which looks for
what a program opens there first and then on the machine itself: so crash finds both
its libraries and the dump.  The extension is cross-built against the same folder.
"""

import dataclasses
import functools
import os
import pathlib
import re

from lab import crashes, dumps, initramfs, kernels, kinds, verdicts
from lab.guest import Guest
from lab.packages import Apt
from lab.util import CACHE, LAB, lock, new_folder, run

GUEST = pathlib.Path(__file__).resolve().parent.parent / "guest"
SUITE = "bookworm"
CRASH = ("crash", "libsmartcols1", "libjson-c5", "libbpf1", "libelf1")
HEADERS = ("libsmartcols-dev", "libjson-c-dev", "libbpf-dev", "libelf-dev", "zlib1g-dev")
PROGRAMS = tuple(LAB / "guest" / f"{name}.c" for name in ("kpf", "was"))
#: Loaded in every guest.
MODULES = ("virtio_pci", "virtio_console", "qemu_fw_cfg", "virtio_balloon", "virtio_mem")


@dataclasses.dataclass(frozen=True)
class Architecture:
    """An architecture, and its row in the lab's table of kernels."""
    name: str               # Debian's
    triplet: str            # the compiler's
    emulator: str           # QEMU's for one program
    flavour: str            # of Debian's kernels

    tools = property(lambda self: f"{self.triplet}-")

    def register(self, version):
        """The name under which the lab now knows a kernel of this architecture, and its crash."""
        name = f"{version}-{self.name}"
        crashes.MADE[self.name] = functools.partial(crash, self)
        kernels.SERIES[name] = kernels.Series(
            name, self.name, marked=("_mapcount", 0xf0000100, 0xf0000000), version=version,
            architecture=self.name, flavour=self.flavour, tools=self.tools)
        return name

    def root(self):
        """The folder with crash, its libraries, headers to build with, and busybox."""
        folder = CACHE / "foreign" / self.name
        with lock(f"foreign-{self.name}"):
            if not folder.exists():
                with new_folder(folder) as work:
                    self._unpack(work)
        return folder

    def _unpack(self, work):
        apt = Apt(self.name)
        wanted = [name for name in apt.closure(CRASH, SUITE) if name.startswith(("crash", "lib", "zlib"))]
        versions = apt.versions(wanted, SUITE)
        apt.unpack(versions, work, ("usr/bin/crash", "usr/include/crash/*", "*/lib/*.so*", "lib/*.so*", "lib64/*.so*",
                                    f"{self.triplet}/*.so*"), SUITE)
        apt.unpack(HEADERS, work, ("*.h", "*.pc", "*.so"), SUITE)
        apt.unpack(("busybox-static",), work, ("bin/busybox",), SUITE)
        for link in (path for path in work.rglob("*.so*") if path.is_symlink() and path.readlink().is_absolute()):
            target = os.path.relpath(work / str(link.readlink()).lstrip("/"), link.parent)
            link.unlink()
            link.symlink_to(target)
        (work / "version").write_text(re.match(r"(?:\d+:)?(\d+\.\d+\.\d+)", versions["crash"]).group(1))

    def programs(self):
        """The guest's programs, static as those of the lab's other guests."""
        folder = CACHE / "foreign" / f"guest-{self.name}"
        with lock(f"guest-{self.name}"):
            newest = max(path.stat().st_mtime for path in PROGRAMS)
            if not folder.exists() or folder.stat().st_mtime < newest:
                with new_folder(folder) as work:
                    for source in PROGRAMS:
                        run((f"{self.tools}gcc", "-static", "-O2", "-Wall", "-Wextra", "-Werror",
                             "-o", work / source.stem, source))
        return [folder / source.stem for source in PROGRAMS]


def crash(architecture):
    """An architecture's crash, and how make builds the extension for it."""
    root = architecture.root()
    libraries = root / "usr/lib" / architecture.triplet
    packages = ("env", f"PKG_CONFIG_LIBDIR={libraries}/pkgconfig", f"PKG_CONFIG_SYSROOT_DIR={root}",
                "PKG_CONFIG_ALLOW_SYSTEM_CFLAGS=1", "PKG_CONFIG_ALLOW_SYSTEM_LIBS=1", "pkg-config")
    make = (f"CC={architecture.tools}gcc", f"AR={architecture.tools}ar", f"PKG_CONFIG={' '.join(packages)}",
            f"LDFLAGS=-Wl,-rpath-link,{libraries} -Wl,-rpath-link,{root}/lib/{architecture.triplet}")
    command = (architecture.emulator, "-L", str(root), str(root / "usr/bin/crash"))
    return crashes.Crash(architecture.name, (root / "version").read_text(), command, root / "usr/include/crash", make,
                         slower=4)


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
