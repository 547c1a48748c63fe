# SPDX-License-Identifier: GPL-2.0-or-later
"""crash of a suite that is older than this machine: offline.so is built against that suite's C library.

The compiler is the machine's own, its headers and libraries are those of an unpacked folder
(--sysroot), and crash is started through the folder's own loader. libbpf is as old there, too.
"""

import os
import re

from .crashes import LOADER, MADE, Crash
from .packages import Apt
from .util import CACHE, lock, new_folder

SUITE = "bullseye"
TRIPLET = "x86_64-linux-gnu"
LIBRARIES = ("libsmartcols1", "libjson-c5", "libbpf0", "libelf1", "libdeflate0", "liblzo2-2", "libzstd1")
HEADERS = ("libc6-dev", "linux-libc-dev", "libcrypt-dev", "libsmartcols-dev", "libjson-c-dev", "libbpf-dev", "libelf-dev",
           "zlib1g-dev", "libdeflate-dev", "liblzo2-dev", "libzstd-dev")


def _unpack(suite, work):
    apt = Apt()
    # t64: a later suite's, which provides what is asked for
    wanted = [name for name in apt.closure(("crash", *LIBRARIES), suite)
              if name.startswith(("crash", "lib", "zlib")) and not name.endswith("t64")]
    versions = apt.versions((*wanted, *HEADERS), suite)
    apt.unpack([f"{name}={version}" for name, version in versions.items()], work, ("*",), suite)
    for link in (path for path in work.rglob("*.so*") if path.is_symlink() and path.readlink().is_absolute()):
        target = os.path.relpath(work / str(link.readlink()).lstrip("/"), link.parent)
        link.unlink()
        link.symlink_to(target)
    (work / "version").write_text(re.match(r"(?:\d+:)?(\d+\.\d+\.\d+)", versions["crash"]).group(1))


def _root(suite):
    """The folder with crash, all libraries, and headers to build with."""
    folder = CACHE / "older" / suite
    with lock(f"older-{suite}"):
        if not folder.exists():
            with new_folder(folder) as work:
                _unpack(suite, work)
    return folder


def crash(suite):
    """The suite's crash, and how make builds the extension for it."""
    root = _root(suite)
    libraries = [root / "lib" / TRIPLET, root / "usr/lib" / TRIPLET]
    command = (root / "lib64" / LOADER, "--library-path", ":".join(map(str, libraries)), root / "usr/bin/crash")
    packages = ("env", f"PKG_CONFIG_LIBDIR={libraries[1]}/pkgconfig", f"PKG_CONFIG_SYSROOT_DIR={root}", "pkg-config")
    make = (f"CC=gcc --sysroot={root}", f"PKG_CONFIG={' '.join(packages)}", "LDFLAGS=" + " ".join(
        f"-Wl,-rpath-link,{folder}" for folder in libraries))
    return Crash(suite, (root / "version").read_text(), tuple(map(str, command)), root / "usr/include/crash", make)


MADE[SUITE] = lambda: crash(SUITE)
