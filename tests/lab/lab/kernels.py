# SPDX-License-Identifier: GPL-2.0-or-later
"""Which kernels the lab boots, and which crash opens their dumps with which flags."""

import dataclasses
import json
import lzma
import os
import pathlib
import tempfile

from . import own
from .packages import NATIVE, Apt, newest_kernel, remove
from .util import CACHE, lock, new_folder, progress, run, write_atomic

#: What is taken from the packages: the kernel, and the drivers the cases use.
IMAGE_FILES = ("boot/vmlinuz-*", "*/modules/*/vmlinuz", "*/drivers/virtio/*", "*/drivers/firmware/qemu_fw_cfg*",
               "*/drivers/misc/vmw_balloon*", "*/drivers/misc/vmw_vmci/*", "*/drivers/hv/*",
               "boot/vmlinux-*", "*/drivers/char/virtio_console*")
DEBUG_FILES = ("*/vmlinux*", "*/drivers/virtio/*", "*/drivers/misc/vmw_balloon*", "*/drivers/hv/*")


@dataclasses.dataclass(frozen=True)
class Series:
    """A row of the kernel table."""
    name: str
    crash: str                 # a name that crashes.get() knows
    flags: tuple = ()          # what that crash needs to open this kernel
    #: for the second witness: struct page member, mask and value that mean PageOffline here,
    #: from include/linux/page-flags.h of these kernels; the extension finds them by itself
    marked: tuple = ("page_type", 0xff000000, 0xf1000000)
    version: str = ""          # where the name is not it
    architecture: str = NATIVE  # Debian's name
    flavour: str = "cloud-amd64"
    build: str = ""            # the one that is taken, where newer ones come and go
    tools: str = ""            # prefix of the binutils that know its files
    append: str = ""           # kernel parameters that its guests need
    untyped: tuple = ()        # modules whose types are in no dump of it: crash is given their debuginfo
    recipe: str = ""           # of a kernel of our own: lab/own.py
    refused: str = ""          # why no dump of it can be looked at, by a word of what is said
    cases: tuple = ()          # the cases and kinds that are tried on it; none: all

    def has(self, case):
        """Is a case, or a kind of guest for the verdicts, tried on it?"""
        return not self.cases or case in self.cases


SERIES = {row.name: row for row in (
    Series("5.10", "system", marked=("_mapcount", 0xf0000100, 0xf0000000), build="5.10.0-32",
           append="no_timer_check",  # it panics for want of a timer interrupt when the emulation is late
           untyped=("virtio_mem", "virtio_balloon"),
           cases=("both", "numa", "orphaned", "balloon")),
    Series("6.1", "system", marked=("_mapcount", 0xf0000100, 0xf0000000)),
    Series("6.12", "sid"),
    Series("7.2", "sid", ("--no_modules",)),
    Series("7.3", "sid", ("--no_modules",)),
    *(Series(f"{name}-rt", crash, version=name, flavour="rt-amd64", cases=("both", "balloon"), **more)
      for name, crash, more in (
          ("6.1", "system", {"marked": ("_mapcount", 0xf0000100, 0xf0000000)}), ("6.12", "sid", {}))),
    *(Series(name, crash, recipe=name, append=own.word(name, "append"), cases=("both", "balloon"), **more)
      for name, crash, more in (
          ("cma-6.12", "sid", {}), ("novmemmap-6.12", "sid", {"refused": "SPARSEMEM_VMEMMAP"}),
          ("slab-6.1", "system", {"marked": ("_mapcount", 0xf0000100, 0xf0000000)}))),
)}
DEFAULT = "6.1 6.12"


def selected():
    """The series to run, from OFL_KERNELS."""
    return (os.environ.get("OFL_KERNELS") or DEFAULT).split()


def brief():
    """Of the series in OFL_BRIEF_KERNELS, those of which one dump and one session have to do."""
    return [name for name in os.environ.get("OFL_BRIEF_KERNELS", "").split() if name not in selected()]


@dataclasses.dataclass(frozen=True)
class Kernel:
    """An unpacked kernel."""
    series: Series
    release: str
    folder: pathlib.Path

    vmlinuz = property(lambda self: self.folder / "vmlinuz")
    vmlinux = property(lambda self: self.folder / "vmlinux")
    modules = property(lambda self: self.folder / "modules")
    debug = property(lambda self: self.folder / "debug")

    @property
    def types(self):
        """crash's commands that load the types which its dumps lack."""
        return tuple(f"mod -s {name} {self.debug}/{name}.ko" for name in self.series.untyped)


def _folder(release):
    return CACHE / "kernels" / release


def _resolved(series):
    """The kernel chosen for a series.

    A kernel that is unpacked stays chosen, so that a second run needs no network and
    reuses its dumps; without one, the newest is looked up.
    """
    note = CACHE / "resolved" / f"{series.name}.json"
    if note.exists():
        found = json.loads(note.read_text())
        if _folder(found["release"]).exists() and found["release"].endswith(own.key(series.recipe) if series.recipe else ""):
            return found
    if series.recipe:
        found = own.resolve(series.recipe)
        write_atomic(note, json.dumps(found))
        return found
    release, image, debug = newest_kernel(Apt(series.architecture), series.version or series.name, series.flavour,
                                          series.build)
    found = {"release": release, "image": image, "debug": debug}
    write_atomic(note, json.dumps(found))
    return found


def get(name):
    """The kernel of a series, fetched and unpacked when the cache does not have it."""
    series = SERIES[name]
    with lock(f"kernel-{name}"):
        found = _resolved(series)
        kernel = Kernel(series, found["release"], _folder(found["release"]))
        if not kernel.folder.exists():
            with new_folder(kernel.folder) as work:
                if series.recipe:
                    own.unpack(series.recipe, found, work)
                else:
                    _unpack(series, found, work)
    return kernel


def unpacked(name):
    """The kernel of a series if the cache has it; None: it has not."""
    note = CACHE / "resolved" / f"{name}.json"
    release = json.loads(note.read_text())["release"] if note.exists() else ""
    return Kernel(SERIES[name], release, _folder(release)) if release and _folder(release).exists() else None


def drivers(kernel, names):
    """{name: path} of modules that few guests need, by their files' names: fetched on their own, decompressed.

    One that the kernel has not is not in it: as a rule it is built in.
    """
    folder = CACHE / "drivers" / kernel.release
    with lock(f"driver-{kernel.release}"):
        missing = [name for name in names if not (folder / name).exists()]
        if missing:
            with tempfile.TemporaryDirectory(dir=CACHE, prefix=".drivers.") as work:
                Apt(kernel.series.architecture).unpack(_resolved(kernel.series)["image"], work,
                                                       [f"{name}.ko*" for name in missing])
                for name in missing:
                    _keep_driver(pathlib.Path(work), folder / name)
    paths = {name: folder / name / f"{name}.ko" for name in names}
    return {name: path for name, path in paths.items() if path.exists()}


def _keep_driver(work, folder):
    """A folder with the module of its name, or without: the kernel was asked."""
    with new_folder(folder) as kept:
        for found in work.rglob(f"{folder.name}.ko*"):
            data = found.read_bytes()
            (kept / f"{folder.name}.ko").write_bytes(lzma.decompress(data) if found.suffix == ".xz" else data)


def _unpack(series, found, work):
    """Lay the files of the packages out as Kernel names them."""
    apt, image, debug = Apt(series.architecture), work / "image", work / "debuginfo"
    for folder, packages, files in ((image, found["image"], IMAGE_FILES), (debug, [found["debug"]], DEBUG_FILES)):
        folder.mkdir()
        apt.unpack(packages, folder, files)
    next(path for path in image.rglob("vmlinu*") if path.is_file()).rename(work / "vmlinuz")
    progress(f"shrinking vmlinux of {found['release']}")
    # crash does not use the relocations, and they are half of the file
    run((f"{series.tools}objcopy", "--remove-relocations=*", next(debug.rglob("vmlinux*")), work / "vmlinux"))
    for folder, target in ((image, "modules"), (debug, "debug")):
        (work / target).mkdir()
        for path in folder.rglob("*.ko*"):
            path.rename(work / target / path.name)
        remove(folder)
