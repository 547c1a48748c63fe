# SPDX-License-Identifier: GPL-2.0-or-later
"""Other architectures: their packages, their crash, and offline.so built for that.

Nothing of an architecture is installed but its compiler.  Its crash and that crash's
libraries lie unpacked in the cache and are run by QEMU's user emulation, which looks for
what a program opens there first and then on the machine itself: so crash finds both
its libraries and the dump.  The extension is cross-built against the same folder.
"""

import dataclasses
import functools
import os
import re

from lab import crashes, kernels
from lab.packages import Apt
from lab.util import CACHE, LAB, lock, new_folder, run

SUITE = "bookworm"
CRASH = ("crash", "libsmartcols1", "libjson-c5", "libbpf1", "libelf1", "libdeflate0", "liblzo2-2", "libzstd1")
HEADERS = ("libsmartcols-dev", "libjson-c-dev", "libbpf-dev", "libelf-dev", "zlib1g-dev", "libdeflate-dev",
           "liblzo2-dev", "libzstd-dev")
PROGRAMS = tuple(LAB / "guest" / f"{name}.c" for name in ("kpf", "was"))


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
        folder, wanted = CACHE / "foreign" / self.name, " ".join((SUITE, *CRASH, *HEADERS))
        note = folder / "packages"
        with lock(f"foreign-{self.name}"):
            if not note.exists() or note.read_text() != wanted:
                with new_folder(folder) as work:
                    self._unpack(work)
                    (work / note.name).write_text(wanted)
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
