# SPDX-License-Identifier: GPL-2.0-or-later
"""Dumps as users have them: a kernel panics, and another one writes what makedumpfile leaves.

QEMU's dump is taken of the same guest, right before the panic: what a filter leaves of
the one has to say the same as the other.
"""

import dataclasses
import hashlib
import inspect
import json
import pathlib
import re
import shutil
import subprocess
import tempfile

from . import cases, crashes, initramfs, kernels, unplug
from .dumps import Dump, facts, second_chance, settled, write
from .guest import Guest, Machine
from .packages import Apt
from .util import CACHE, LAB, SLOWER, LabError, lock, new_folder, progress, run

PACKAGE = "makedumpfile"
OWN = "system"
#: What makedumpfile is told, by the name of the dump it makes. Debian's knows no snappy ...
FILTERED = {
    "zlib-31": "-c -d 31",
    "lzo-1": "-l -d 1",
    "plain-31": "-d 31",
    "elf-17": "-E -d 17",
}
#: ... and zstd only since trixie
NEWER = {"zstd-31": "-z -d 31"}
QEMU = "qemu"
#: what makedumpfile --split makes of another dump, {name: (which, its words)}; a part cannot be a stream
SPLIT = {"split-zlib-31": ("elf-17", "-c -d 31")}
PARTS = 3
CAPTURE = LAB / "guest" / "capture"
PROGRAM = LAB / "guest" / "onpanic.c"
SECONDS = 400 * SLOWER
#: the second kernel: one processor, nothing of the first one's devices in use, and none of its DIMMs
#: added, whose content is to be dumped
WORDS = "console=ttyS0 nr_cpus=1 reset_devices acpi_no_memhotplug panic=-1"
#: memory that comes later: one block each, which keeps its memmap in itself
DIMMS = tuple(f"d{number}" for number in range(4))


#: Was the second kernel loaded after all memory had come? The header of its dump lists memory as it was then;
#: since 6.6 the kernel brings that up to date (CONFIG_CRASH_HOTPLUG).
LATE = {"panic": True, "panic-early": False}


def _key(series):
    """Changes whenever a dump would come out different."""
    what = [_machine(series).arguments(), forms(series), WORDS]
    what += [] if _suite(series) == OWN else [_suite(series)]
    what += [inspect.getsource(part) for part in (cases.both, unplug.plug_dimms, _take)]
    what += [path.read_text() for path in (*initramfs.sources(), CAPTURE, PROGRAM)]
    return hashlib.sha256(json.dumps(what).encode()).hexdigest()[:12]


def _suite(series):
    """Whose makedumpfile: the machine's own, or that of the suite whose crash the kernel needs.

    1.7.2 takes slab pages of 6.10 and later for anonymous ones, as PG_slab has become a page type: what
    -d 31 leaves of such a kernel no crash opens (mended in 1.7.6).
    """
    return kernels.SERIES[series].crash


def forms(series):
    """{dump's name: makedumpfile's words} of a kernel."""
    return {**FILTERED, **({} if _suite(series) == OWN else NEWER)}


def _machine(series):
    """The guest, with a port for each stream."""
    names = forms(series)
    # on a machine with much else to do the emulation is late, and 6.12 panics for want of a timer interrupt
    append = "" if _suite(series) == OWN else "no_timer_check "
    ports = (word for number, name in enumerate(names, 1) for word in (
        "-chardev", f"file,id=c{number},path=stream.{name}", "-device", f"virtserialport,chardev=c{number},nr={number}"))
    return Machine(devices=(*Machine().devices, "-device", "virtio-serial-pci", *ports),
                   more_append=f"{append}crashkernel=256M memory_hotplug.memmap_on_memory=1")


def _unpack(suite, work):
    """makedumpfile and the libraries it loads, all in one folder."""
    apt = Apt()
    names = [name for name in apt.closure((PACKAGE,), suite)
             if name == PACKAGE or name.startswith(("lib", "zlib")) and "perl" not in name]
    packages = [f"{name}={version}" for name, version in apt.versions(names, suite).items()]
    with tempfile.TemporaryDirectory(dir=work) as root:
        apt.unpack(packages, root, (f"usr/sbin/{PACKAGE}", f"usr/bin/{PACKAGE}", "usr/lib/*/*.so*"), suite)
        program, loader = (next(pathlib.Path(root).rglob(name)) for name in (PACKAGE, crashes.LOADER))
        loads = run((loader, "--library-path", loader.parent, "--list", program))
        for path in (program, loader, *map(pathlib.Path, re.findall(r"=> (\S+/\S+\.so\S*) \(", loads))):
            shutil.copyfile(path, work / path.name)
    (work / "start").write_text(f"#!/bin/sh\nexec /{suite}/{crashes.LOADER} --library-path /{suite} "
                                f'/{suite}/{PACKAGE} "$@"\n')


def _makedumpfile(suite):
    """The files of makedumpfile by their place in a guest."""
    if suite == OWN:
        return _needs(PACKAGE)
    folder = CACHE / PACKAGE / suite
    with lock(f"{PACKAGE}-{suite}"):
        if not folder.exists():
            with new_folder(folder) as work:
                _unpack(suite, work)
    return [(f"bin/{PACKAGE}", folder / "start"), *((f"{suite}/{path.name}", path) for path in folder.iterdir())]


def _here(suite):
    """The words that start makedumpfile on this machine."""
    if suite == OWN:
        return (PACKAGE,)
    _makedumpfile(suite)
    folder = CACHE / PACKAGE / suite
    return (folder / crashes.LOADER, "--library-path", folder, folder / PACKAGE)


def _needs(program):
    """The files of the machine that a program takes, by their place in a guest."""
    path = shutil.which(program)
    if not path:
        raise LabError(f"{program} is missing: install the package {program}")
    libraries = re.findall(r"(/\S+) \(0x", run(("ldd", path)))
    return [(f"bin/{program}", path), *((name.lstrip("/"), name) for name in libraries)]


def _files(kernel, folder):
    """What the guest has to have: the second kernel's files, and the program that loads them."""
    run(("cc", "-static", "-O2", "-Wall", "-Wextra", "-Werror", "-o", folder / "onpanic", PROGRAM))
    series = kernel.series.name
    (folder / "words").write_text("".join(f"{words}\n" for words in forms(series).values()))
    initramfs.pack(folder / "capture.gz", kernel, ("virtio_pci", "virtio_console"), (
        ("bin/busybox", initramfs.busybox()), ("init", CAPTURE), ("words", folder / "words"), *_makedumpfile(_suite(series))))
    return (("bin/onpanic", folder / "onpanic"), ("boot/vmlinuz", kernel.vmlinuz),
            ("boot/capture.gz", folder / "capture.gz"))


def _take(guest, late, folder):
    """Load the second kernel before or after memory is plugged; dump, then panic."""
    load = f"onpanic /boot/vmlinuz /boot/capture.gz '{WORDS}' && rm -r /boot"
    if not late:
        guest.run(load)
    unplug.plug_dimms(guest, DIMMS, 8 + len(DIMMS))
    cases.both(guest)
    if late:
        guest.run(load)
    truth = {**facts(guest), "offline": settled(guest)}
    guest.qmp("stop")
    write(guest, folder / "dump.kdump", "kdump-zlib")
    guest.qmp("cont")
    guest.run("{ sleep 1; echo c >/proc/sysrq-trigger; } &")
    progress(f"{guest.kernel.release}: makedumpfile after a panic")
    try:
        guest.process.wait(SECONDS)
    except subprocess.TimeoutExpired:
        raise LabError(f"the second kernel did not end:\n{guest.console_tail()}") from None
    return truth


def _put_together(folder, names):
    """Each stream becomes the file that makedumpfile would have written; the stream stays, too."""
    console = (folder / "console.log").read_text(errors="replace")
    if console.count("capture: status 0") != len(names):  # makedumpfile -R of a part of a stream never ends
        raise LabError(f"makedumpfile failed in the second kernel:\n{console[-1500:]}")
    for name in names:
        stream, target = folder / f"stream.{name}", folder / f"dump.{name}"
        with open(stream, "rb") as source:
            run(("makedumpfile", "-R", target), stdin=source)


def _make(kernel, late, folder):
    names = forms(kernel.series.name)
    machine = dataclasses.replace(_machine(kernel.series.name), files=_files(kernel, folder))
    with Guest(kernel, machine, folder) as guest:
        truth = _take(guest, late, folder)
    _put_together(folder, names)
    (folder / "truth.json").write_text(json.dumps(truth, indent=1))
    for name in ("initramfs.gz", "answers", "capture.gz", "onpanic", "words"):
        (folder / name).unlink()


def get(series, name):
    """{dump's name: Dump} of a kernel and a panic; "qemu" is the dump that QEMU took before."""
    kernel = kernels.get(series)
    folder = CACHE / "dumps" / kernel.release / f"{name}-{_key(series)}"
    with lock(f"dump-{series}-{name}"):
        if not folder.exists():
            for old in folder.parent.glob(f"{name}-????????????"):
                shutil.rmtree(old)

            def fill():
                with new_folder(folder) as work:
                    _make(kernel, LATE[name], work)

            second_chance(fill, f"{kernel.release} {name}")
    return {QEMU: Dump(kernel, name, "kdump-zlib", folder),
            **{form: Split(kernel, name, form, folder) for form in SPLIT},
            **{form: Filtered(kernel, name, form, folder) for form in forms(series)},
            **{f"stream-{form}": Stream(kernel, name, form, folder) for form in forms(series)}}


class Filtered(Dump):
    """What makedumpfile wrote, put together."""
    path = property(lambda self: self.folder / f"dump.{self.form}")
    name = property(lambda self: f"{self.kernel.series.name}-{self.case}-{self.form}")


class Stream(Filtered):
    """What makedumpfile wrote, as it came out (makedumpfile -F)."""
    path = property(lambda self: self.folder / f"stream.{self.form}")


class Split(Filtered):
    """What makedumpfile --split wrote: the first part, and the others beside it."""

    @property
    def parts(self):
        """All parts, made when they are not there."""
        with lock(f"split-{self.kernel.series.name}-{self.case}"):
            paths = [self.folder / f"dump.{self.form}.{number}" for number in range(PARTS)]
            if not all(path.exists() for path in paths):
                of, words = SPLIT[self.form]
                run((*_here(_suite(self.kernel.series.name)), "--split", *words.split(), self.folder / f"dump.{of}", *paths))
        return paths

    path = property(lambda self: self.parts[0])
    others = property(lambda self: self.parts[1:])
