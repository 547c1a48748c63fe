# SPDX-License-Identifier: GPL-2.0-or-later
"""The crash programs: the machine's own, and another suite's run from an unpacked folder.

Another suite's crash needs that suite's libraries, and is started through that
suite's own loader; no chroot, no change to the machine.  The extension is built for
each crash with the defs.h of its package, because crash has no ABI check.
"""

import dataclasses
import functools
import os
import pathlib
import re
import shutil

from .packages import Apt, remove
from .util import BUILD, CACHE, REPO, LabError, lock, new_folder, run

#: Libraries that offline.so needs and crash does not.
EXTENSION_LIBRARIES = ("libsmartcols1", "libjson-c5", "libbpf1", "libelf1t64", "libdeflate0", "liblzo2-2", "libzstd1")
LOADER = "ld-linux-x86-64.so.2"


@dataclasses.dataclass(frozen=True)
class Crash:
    """A crash program."""
    name: str
    version: str              # x.y.z
    command: tuple            # how to start it
    include: pathlib.Path     # the folder with its defs.h
    make: tuple = ()          # make's words when it is for another architecture
    slower: int = 1           # by so much, for being emulated

    @functools.cached_property
    def extension(self):
        """offline.so built for this crash; make decides what is to be done.

        The core is that of all crashes of this architecture.
        """
        folder = BUILD / (f"crash-{self.version}-{self.name}" if self.make else f"crash-{self.version}")
        return self._built(folder / "offline.so", f"BUILD={_as_make_calls(folder if self.make else BUILD)}",
                           f"SEAM={_as_make_calls(folder)}")

    @functools.cached_property
    def sanitized(self):
        """The same of the objects of the unit tests, which have the sanitizers' checks in them.

        It is for the machine's own crash, started with their libraries; what they find in ours ends it.
        """
        return self._built(BUILD / "san/offline.so", f"BUILD={_as_make_calls(BUILD)}")

    def _built(self, extension, *words):
        with lock("extension"):    # whichever crash it is for, make looks at the same objects
            environment = {key: value for key, value in os.environ.items()
                           if key not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "MAKEOVERRIDES")}
            run(("make", "-C", REPO, f"CRASH_INCLUDE={self.include}", f"CRASH_VERSION={self.version}",
                 *self.make, *words, _as_make_calls(extension)), env=environment)
        return extension


def _as_make_calls(path):
    """As make by hand names it: of an object under another name make does not know which headers are in it."""
    return path.relative_to(REPO) if path.is_relative_to(REPO) else path


def _system():
    path = shutil.which("crash")
    if not path:
        raise LabError("crash is missing: install the package crash")
    version = re.search(r"crash (\d+\.\d+\.\d+)", run((path, "--version"), stdin=-3)).group(1)
    return Crash("system", version, (path,), pathlib.Path("/usr/include/crash"))


def _folder(suite):
    """crash of a suite, in one folder: crash, defs.h, and all libraries flat in lib/."""
    folder = CACHE / "crash" / suite
    with lock(f"crash-{suite}"):
        if not folder.exists():
            with new_folder(folder) as work:
                _unpack(suite, work)
    return folder


def libraries(suite):
    """The libraries of a suite's crash, its C library and LOADER among them."""
    return _folder(suite) / "lib"


def _unpacked(suite):
    note = _folder(suite)
    version = (note / "version").read_text().strip()
    command = (note / "lib" / LOADER, "--library-path", note / "lib", note / "crash")
    return Crash(suite, version, tuple(map(str, command)), note / "include")


def _unpack(suite, work):
    apt = Apt()
    root, libraries = work / "root", work / "lib"
    root.mkdir()
    libraries.mkdir()
    wanted = [name for name in apt.closure(("crash", *EXTENSION_LIBRARIES), suite)
              if name == "crash" or name.startswith(("lib", "zlib"))]
    versions = apt.versions(wanted, suite)
    apt.unpack([f"{name}={version}" for name, version in versions.items()], root,
               ("usr/bin/crash", "usr/include/crash/*", "lib/*/*.so*", "usr/lib/*/*.so*"), suite)
    for path in sorted(root.rglob("*.so*")):
        if not path.is_dir():
            path.rename(libraries / path.name)
    (root / "usr/bin/crash").rename(work / "crash")
    (root / "usr/include/crash").rename(work / "include")
    (work / "version").write_text(re.match(r"(?:\d+:)?(\d+\.\d+\.\d+)", versions["crash"]).group(1))
    remove(root)


#: Those that are not just another suite's, by name; other architectures' add theirs.
MADE = {"system": _system}


@functools.lru_cache
def get(name):
    """The crash of the kernel table's name: one of MADE, or a Debian suite."""
    return MADE[name]() if name in MADE else _unpacked(name)
