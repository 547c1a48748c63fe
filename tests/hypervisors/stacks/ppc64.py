# SPDX-License-Identifier: GPL-2.0-or-later
"""ppc64le: the cooperative memory manager of pseries, in pages of 64 KiB.

Debian builds its kernels without CMM, so cmm.c comes from Debian's source package of
that very kernel and is built as a module outside of it.  No hypervisor of QEMU's asks
for memory: CMM does so itself with simulate=1, where sysfs takes the amount.

QEMU before 8.0 writes a pseries guest that is little-endian as a big-endian dump, which
crash rejects; a newer one is run from an unpacked folder.
"""

import functools
import pathlib
import tarfile
import tempfile

from lab import dumps, kernels, module
from lab.cases import Case
from lab.guest import MIB, Machine
from lab.packages import Apt
from lab.util import CACHE, LabError, lock, new_folder, progress, run

from . import foreign
from .architecture import SUITE, Architecture
from .emulator import PPC
from .foreign import MODULES, ForeignGuest, prepare, try_blocks

ARCHITECTURE = Architecture("ppc64el", "powerpc64le-linux-gnu", "qemu-ppc64le-static", "powerpc64le")
SOURCES = tuple(f"arch/powerpc/platforms/pseries/{name}" for name in ("cmm.c", "pseries.h"))
VARIABLES = "cmm-variables.ko"
SYSFS = "/sys/devices/system/cmm/cmm0"
LOANED_KB = 300000


# -- the driver -------------------------------------------------------------------


def _cmm(kernel, name="cmm.ko"):
    """The driver for a kernel: cmm.ko, or the same with variables among its symbols."""
    folder = CACHE / "drivers" / f"{kernel.release}-cmm"
    with lock(f"cmm-{kernel.release}"):
        if not folder.exists():
            with new_folder(folder) as work:
                _build(kernel, work)
                _show_variables(work)
    return folder / name


def _show_variables(work):
    """What CONFIG_KALLSYMS_ALL would do: a kernel without it keeps the symbols of code only.

    So its variables are said to be code.  They can be written to all the same in a guest
    with rodata=off; the loader refuses sections that are said to be both.
    """
    flags = [f"--set-section-flags={name}=alloc,load,contents,code,readonly" for name in (".bss", ".data")]
    run((f"{ARCHITECTURE.tools}objcopy", *flags, work / "cmm.ko", work / VARIABLES))


def _build(kernel, work):
    """Build the module from the kernel's source against its headers; only it and its source are kept."""
    series = kernel.series.version
    with tempfile.TemporaryDirectory(dir=CACHE, prefix=".cmm.") as name:
        folder = pathlib.Path(name)
        _unpack_source(kernel, folder)
        headers = _unpack_headers(kernel.release, series, folder)
        (folder / "Makefile").write_text("obj-m := cmm.o\n")
        progress(f"building cmm.ko for {kernel.release}")
        run(("make", "-C", headers, f"M={folder}", "ARCH=powerpc", f"CROSS_COMPILE={ARCHITECTURE.tools}",
             f"CC={ARCHITECTURE.tools}gcc", *module.NEWER_COMPILER, "modules"),
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"}, timeout=300)
        for kept in ("cmm.ko", "cmm.c"):
            (folder / kept).rename(work / kept)


def _unpack_source(kernel, folder):
    """The driver's files out of the packed source of this very kernel."""
    apt, image = Apt(ARCHITECTURE.name), f"linux-image-{kernel.release}"
    apt.unpack((f"linux-source-{kernel.series.version}={apt.versions((image,))[image]}",), folder, ("*.tar.xz",))
    archive, missing = next(folder.rglob("*.tar.xz")), set(SOURCES)
    progress(f"looking for {' and '.join(SOURCES)} in {archive.name}")
    with tarfile.open(archive, mode="r|xz") as members:
        for member in members:
            path = member.name.partition("/")[2]
            if path in missing:
                (folder / pathlib.PurePath(path).name).write_bytes(members.extractfile(member).read())
                missing.discard(path)
            if not missing:
                return
    raise LabError(f"{archive.name} has no {missing}")


def _unpack_headers(release, series, folder):
    """The kernel's headers, with programs that run here."""
    common = f"linux-headers-{release.removesuffix('-powerpc64le')}-common"
    Apt(ARCHITECTURE.name).unpack((f"linux-headers-{release}", common), folder, ("*",))
    Apt().unpack((f"linux-kbuild-{series}",), folder, ("*",), SUITE)
    for path in (folder / "usr/src").glob("*/Makefile"):
        path.write_text(path.read_text().replace("/usr/src/", f"{folder}/usr/src/"))
    return folder / "usr/src" / f"linux-headers-{release}"


# -- the guest --------------------------------------------------------------------


class Ppc64(ForeignGuest):
    """A guest on QEMU's pseries machine."""
    architecture = ARCHITECTURE

    @staticmethod
    def emulator():
        """A newer QEMU, through its own suite's loader."""
        return PPC.command(PPC.folder())


def _loan(guest, kilobytes):
    """Have CMM loan memory, and wait until it has."""
    guest.run(f"""
        [ -d {SYSFS} ] || insmod /lib/modules/cmm.ko simulate=1
        echo {kilobytes} >{SYSFS}/simulate_loan_target_kb
        # the driver looks at it once a second only
        while [ $(cat {SYSFS}/loaned_kb) != {kilobytes // 64 * 64} ]; do sleep 0.2; done""")


def loaned(guest):
    """CMM alone."""
    _loan(guest, LOANED_KB)
    prepare(guest)


def both(guest):
    """Two drivers of the balloon core: CMM loans, takes back, and virtio-balloon has some, too."""
    _loan(guest, LOANED_KB)
    guest.balloon(900 * MIB)
    _loan(guest, LOANED_KB - 100000)
    prepare(guest)


def tried(guest):
    """CMM's own word, and what becomes of each block."""
    counters = {name: int(guest.run(f"cat {SYSFS}/{name}").output) for name in ("loaned_kb", "loaned_target_kb")}
    attempts = try_blocks(guest)
    return {**counters, "attempts": attempts, "offline_then": sum(pages for _, pages in dumps.settled(guest))}


def _machine(driver, more=""):
    return Machine(
        machine="pseries", cpu="power9", modules=MODULES, note=(), append="console=hvc0 panic=-1", more_append=more,
        devices=("-device", "virtio-balloon-pci,id=b0"), files=(("lib/modules/cmm.ko", driver),))


HELPERS = (foreign, _loan)


@functools.lru_cache
def cases(kernel):
    """What is done; the driver is part of the guest."""
    return {case.name: case for case in (
        Case("cmm", "CMM has loaned memory", loaned, machine=_machine(_cmm(kernel, VARIABLES), "rodata=off"),
             formats=("elf", "kdump-zlib"), after=tried, guest=Ppc64, helpers=HELPERS),
        Case("two-balloons", "CMM and virtio-balloon in one guest, no symbols of variables", both,
             machine=_machine(_cmm(kernel)), after=tried, guest=Ppc64, helpers=HELPERS),
    )}


def get(series, case, form=None):
    """A dump; `series` is a Debian kernel's, 6.1."""
    name = ARCHITECTURE.register(series)
    return dumps.get(name, cases(kernels.get(name))[case], form)
