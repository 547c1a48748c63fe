# SPDX-License-Identifier: GPL-2.0-or-later
"""QEMU of a newer suite: run here from an unpacked folder, or taken into a guest.

A folder of its own has the program, the libraries it needs, and its firmware, all
flat; it is started through its own loader, as another suite's crash is.
"""

import dataclasses
import pathlib
import re

from lab.packages import Apt, remove
from lab.util import CACHE, LabError, lock, new_folder, run

SUITE = "sid"
LOADER = "ld-linux-x86-64.so.2"


@dataclasses.dataclass(frozen=True)
class Emulator:
    """One of QEMU's programs."""
    program: str
    packages: tuple
    firmware: tuple
    name: str           # of its folder in the cache

    def folder(self):
        """The unpacked QEMU."""
        target = CACHE / "qemu" / self.name
        with lock(f"qemu-{self.name}"):
            if not target.exists():
                with new_folder(target) as work:
                    _unpack(self, work)
        return target

    def command(self, where):
        """The words that start the QEMU that lies in the folder `where`."""
        where = pathlib.PurePath(where)
        return [str(word) for word in (where / LOADER, "--library-path", where, where / self.program, "-L", where)]


X86 = Emulator("qemu-system-x86_64", ("qemu-system-x86", "qemu-system-data", "seabios"),
               ("bios-256k.bin", "kvmvapic.bin", "linuxboot_dma.bin"), SUITE)
PPC = Emulator("qemu-system-ppc64", ("qemu-system-ppc", "qemu-system-data"), ("slof.bin",), f"ppc-{SUITE}")


def _unpack(emulator, work):
    apt, root = Apt(), work / "root"
    root.mkdir()
    wanted = [name for name in apt.closure(emulator.packages, SUITE)
              if name in emulator.packages or name.startswith(("lib", "zlib"))]
    versions = apt.versions(wanted, SUITE)
    apt.unpack([f"{name}={version}" for name, version in versions.items()], root,
               (f"usr/bin/{emulator.program}", *(f"usr/share/*/{name}" for name in emulator.firmware),
                "lib/*/*.so*", "usr/lib/*/*.so*", "usr/lib64/*.so*"), SUITE)
    there = {path.name: path for path in sorted(root.rglob("*"), reverse=True) if not path.is_dir()}
    for name in (emulator.program, LOADER, *emulator.firmware, *_needed(there, emulator.program)):
        (work / name).write_bytes(there[name].read_bytes())
        (work / name).chmod(0o755)
    remove(root)


def _needed(there, program):
    """The libraries that a program needs, and those that they need."""
    found, todo = set(), [program]
    while todo:
        text = run(("objdump", "-p", there[todo.pop()]))
        for name in set(re.findall(r"^\s*NEEDED\s+(\S+)", text, re.MULTILINE)) - found:
            if name not in there:
                raise LabError(f"{program} of {SUITE} needs {name}, which no package has")
            found.add(name)
            todo.append(name)
    return found
