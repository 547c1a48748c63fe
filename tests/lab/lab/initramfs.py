# SPDX-License-Identifier: GPL-2.0-or-later
"""The guest's file system: busybox, kernel modules, our small static programs."""

import gzip
import lzma
import pathlib
import re
import shutil

from .util import CACHE, LAB, LabError, lock, new_folder, run

PROGRAMS = ("kpf", "say", "sieve")
#: Loaded in every guest; what a kernel has built in is simply not there as a module.
MODULES = ("virtio_pci", "qemu_fw_cfg", "virtio_balloon", "virtio_mem")


def sources():
    """The files that decide what a guest does, for the cache key."""
    return [LAB / "guest" / "init", *(LAB / "guest" / f"{name}.c" for name in PROGRAMS)]


def programs():
    """Build the guest's programs; they are static because the guest has no libc."""
    folder = CACHE / "guest"
    with lock("guest"):
        newest = max(path.stat().st_mtime for path in sources())
        if not folder.exists() or folder.stat().st_mtime < newest:
            with new_folder(folder) as work:
                for name in PROGRAMS:
                    run(("cc", "-static", "-O2", "-Wall", "-Wextra", "-Werror", "-o", work / name,
                         LAB / "guest" / f"{name}.c"))
    return [folder / name for name in PROGRAMS]


class Modules:
    """The modules of a kernel's package: find one, and what it needs first."""

    def __init__(self, folder):
        self.paths = {}
        for path in folder.iterdir():
            self.paths[path.name.split(".ko")[0].replace("-", "_")] = path

    def data(self, name):
        """A module's bytes, decompressed: busybox does not know .xz."""
        path = self.paths[name]
        return lzma.decompress(path.read_bytes()) if path.suffix == ".xz" else path.read_bytes()

    def order(self, wanted):
        """`wanted` and all they depend on, in the order to load them.

        modules.dep is made at installation, so the packages do not have it; each
        module names what it needs in its .modinfo.
        """
        done = []

        def visit(name):
            name = name.replace("-", "_")
            if name in done or name not in self.paths:
                return
            needs = re.search(rb"\0depends=([^\0]*)\0", self.data(name))
            for other in needs.group(1).decode().split(",") if needs else ():
                visit(other)
            done.append(name)

        for name in wanted:
            visit(name)
        return done


def _member(name, mode, data, inode):
    """One member of a newc cpio archive."""
    header = "070701" + "".join(f"{value:08x}" for value in (
        inode, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0))
    head = header.encode() + name.encode() + b"\0"
    return head + b"\0" * (-len(head) % 4) + data + b"\0" * (-len(data) % 4)


def archive(files):
    """A newc cpio archive of {path: bytes}, all of them executable."""
    folders = sorted({str(parent) for name in files for parent in pathlib.PurePath(name).parents} - {"."})
    whole = b"".join(_member(name, 0o40755, b"", i) for i, name in enumerate(folders, 1))
    whole += b"".join(_member(name, 0o100755, data, 1000 + i) for i, (name, data) in enumerate(files.items()))
    return whole + _member("TRAILER!!!", 0, b"", 0)


def busybox():
    """The machine's own, which is static."""
    found = shutil.which("busybox")
    if not found:
        raise LabError("busybox is missing: install the package busybox-static")
    return found


def build(target, kernel, modules=MODULES, extra=()):
    """Write the initramfs.

    `modules` are loaded at boot.  `extra` are (path in the guest, file here) pairs:
    modules to load by hand later, or programs.
    """
    own = [(f"bin/{path.name}", path) for path in programs()]
    pack(target, kernel, modules, (*own, ("bin/busybox", busybox()), ("init", LAB / "guest" / "init"), *extra))


def pack(target, kernel, modules, extra):
    """Write an initramfs of a kernel's modules and the files given, /init among them."""
    available = Modules(kernel.modules)
    order = available.order(modules)
    files = {}
    files["lib/modules/order"] = "".join(f"{name}.ko\n" for name in order).encode()
    files.update((f"lib/modules/{name}.ko", available.data(name)) for name in order)
    files.update((name.lstrip("/"), pathlib.Path(path).read_bytes()) for name, path in extra)
    target.write_bytes(gzip.compress(archive(files), 1))
