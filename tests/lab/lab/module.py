# SPDX-License-Identifier: GPL-2.0-or-later
"""Our own kernel modules, built for a Debian kernel from that kernel's header packages.

The headers are unpacked into the cache, never installed.  Those of a newer suite
come with tools for a newer C library, which are run as that suite's crash is; and
with options for a newer compiler, which are left out.
"""

import hashlib
import pathlib
import re
import shutil
import subprocess

from . import crashes
from .packages import Apt
from .util import CACHE, LAB, LabError, lock, new_folder, progress, run

SOURCE = LAB / "guest" / "module"
#: Kconfig's answers that hold for a newer compiler than ours; make variables override them.
NEWER_COMPILER = ("CONFIG_CC_HAS_MIN_FUNCTION_ALIGNMENT=", "KCFLAGS=-Wno-attributes")
WRAPPER = '#!/bin/sh\nexec {loader} --library-path {libraries} "$0.elf" "$@"\n'


class CannotBuild(LabError):
    """This machine cannot build a module for that kernel; the text says why."""


def _headers(kernel):
    """The unpacked headers of a kernel."""
    folder = CACHE / "headers" / kernel.release
    with lock(f"headers-{kernel.release}"):
        if not folder.exists():
            with new_folder(folder) as work:
                _unpack(kernel, work, folder)
    return folder / "usr/src" / f"linux-headers-{kernel.release}"


def _packages(apt, release):
    """The headers, what they include, and the tools they are built with."""
    version = release.removesuffix("-cloud-amd64")
    tools = [f"linux-kbuild-{version}", f"linux-kbuild-{'.'.join(version.split('.')[:2])}"]
    there = apt.names("linux-kbuild-")
    return [f"linux-headers-{release}", f"linux-headers-{version}-common",
            *[name for name in tools if name in there][:1]]


def _unpack(kernel, work, target):
    """Unpack the packages, and make them name each other where they now are."""
    apt = Apt()
    apt.unpack(_packages(apt, kernel.release), work, ("*",))
    for path in (work / "usr/src").glob("*/Makefile"):
        path.write_text(path.read_text().replace("/usr/src/", f"{target}/usr/src/"))
    for path in (work / "usr/src").glob("*/vmlinux"):
        path.unlink()  # would only be used to write BTF, which takes pahole
    for path in (work / "usr/lib").rglob("*"):
        if path.is_file() and not path.is_symlink() and path.stat().st_mode & 0o100:
            _make_runnable(path)


def _make_runnable(path):
    """Start a program through another suite's loader if this machine's C library is too old for it."""
    with open(path, "rb") as file:
        if file.read(4) != b"\x7fELF":
            return
    said = subprocess.run((path,), stdin=subprocess.DEVNULL, capture_output=True, check=False).stderr
    if b"GLIBC_" in said:
        libraries = crashes.libraries("sid")
        path.rename(f"{path}.elf")
        path.write_text(WRAPPER.format(loader=libraries / crashes.LOADER, libraries=libraries))
        path.chmod(0o755)


def _compiler(headers):
    """make's words for the compiler: the one the kernel was built with, or the machine's own."""
    wanted = re.search(r"\bgcc-\d+", (headers / ".kernelvariables").read_text()).group()
    return () if shutil.which(wanted) else ("CC=gcc", *NEWER_COMPILER)


def build(kernel, source=SOURCE):
    """The path of the module in `source` for this kernel; CannotBuild when it cannot be had."""
    text = b"".join(path.read_bytes() for path in sorted(source.iterdir()))
    folder = CACHE / "module" / f"{kernel.release}-{hashlib.sha256(text).hexdigest()[:12]}"
    with lock(f"module-{kernel.release}"):
        if not folder.exists():
            with new_folder(folder) as work:
                _make(kernel, source, work)
    return next(folder.glob("*.ko"))


def _make(kernel, source, work):
    headers = _headers(kernel)
    for path in source.iterdir():
        shutil.copy(path, work / path.name)
    progress(f"building our module for {kernel.release}")
    try:
        run(("make", "-C", headers, f"M={pathlib.Path(work).resolve()}", *_compiler(headers), "modules"),
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"}, timeout=300)
    except (LabError, OSError, subprocess.TimeoutExpired) as error:
        raise CannotBuild(f"no module for {kernel.release}: {error}") from error
