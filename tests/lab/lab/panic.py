# SPDX-License-Identifier: GPL-2.0-or-later
"""Dumps as users have them: a kernel panics, and another one writes what makedumpfile leaves.

QEMU's dump is taken of the same guest, right before the panic: what a filter leaves of
the one has to say the same as the other.
"""

import dataclasses
import hashlib
import inspect
import json
import re
import shutil
import subprocess

from . import cases, initramfs, unplug
from .dumps import Dump, facts, second_chance, settled, write
from .guest import Guest, Machine
from .kernels import get as kernel_of
from .util import CACHE, LAB, LabError, lock, new_folder, progress, run

#: What makedumpfile is told, by the name of the dump it makes. Debian's knows no snappy and no zstd.
FILTERED = {
    "zlib-31": "-c -d 31",
    "lzo-1": "-l -d 1",
    "plain-31": "-d 31",
    "elf-17": "-E -d 17",
}
QEMU = "qemu"
CAPTURE = LAB / "guest" / "capture"
PROGRAM = LAB / "guest" / "onpanic.c"
SECONDS = 400
#: the second kernel: one processor, nothing of the first one's devices in use, and none of its DIMMs
#: added, whose content is to be dumped
WORDS = "console=ttyS0 nr_cpus=1 reset_devices acpi_no_memhotplug panic=-1"
PORTS = tuple(word for number, name in enumerate(FILTERED, 1) for word in (
    "-chardev", f"file,id=c{number},path=stream.{name}", "-device", f"virtserialport,chardev=c{number},nr={number}"))
MACHINE = Machine(devices=(*Machine().devices, "-device", "virtio-serial-pci", *PORTS),
                  more_append="crashkernel=256M memory_hotplug.memmap_on_memory=1")
#: memory that comes later: one block each, which keeps its memmap in itself
DIMMS = tuple(f"d{number}" for number in range(4))


#: Was the second kernel loaded after all memory had come? The header of its dump lists memory as it was then;
#: since 6.6 the kernel brings that up to date (CONFIG_CRASH_HOTPLUG).
LATE = {"panic": True, "panic-early": False}


def _key():
    """Changes whenever a dump would come out different."""
    what = [MACHINE.arguments(), FILTERED, WORDS]
    what += [inspect.getsource(part) for part in (cases.both, unplug.plug_dimms, _take)]
    what += [path.read_text() for path in (*initramfs.sources(), CAPTURE, PROGRAM)]
    return hashlib.sha256(json.dumps(what).encode()).hexdigest()[:12]


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
    (folder / "words").write_text("".join(f"{words}\n" for words in FILTERED.values()))
    initramfs.pack(folder / "capture.gz", kernel, ("virtio_pci", "virtio_console"), (
        ("bin/busybox", initramfs.busybox()), ("init", CAPTURE), ("words", folder / "words"), *_needs("makedumpfile")))
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


def _put_together(folder):
    """Each stream becomes the file that makedumpfile would have written; the stream stays, too."""
    console = (folder / "console.log").read_text(errors="replace")
    if console.count("capture: status 0") != len(FILTERED):  # makedumpfile -R of a part of a stream never ends
        raise LabError(f"makedumpfile failed in the second kernel:\n{console[-1500:]}")
    for name in FILTERED:
        stream, target = folder / f"stream.{name}", folder / f"dump.{name}"
        with open(stream, "rb") as source:
            run(("makedumpfile", "-R", target), stdin=source)


def _make(kernel, late, folder):
    machine = dataclasses.replace(MACHINE, files=_files(kernel, folder))
    with Guest(kernel, machine, folder) as guest:
        truth = _take(guest, late, folder)
    _put_together(folder)
    (folder / "truth.json").write_text(json.dumps(truth, indent=1))
    for name in ("initramfs.gz", "answers", "capture.gz", "onpanic", "words"):
        (folder / name).unlink()


def get(series, name):
    """{dump's name: Dump} of a kernel and a panic; "qemu" is the dump that QEMU took before."""
    kernel = kernel_of(series)
    folder = CACHE / "dumps" / kernel.release / f"{name}-{_key()}"
    with lock(f"dump-{series}-{name}"):
        if not folder.exists():
            for old in folder.parent.glob(f"{name}-????????????"):
                shutil.rmtree(old)

            def fill():
                with new_folder(folder) as work:
                    _make(kernel, LATE[name], work)

            second_chance(fill, f"{kernel.release} {name}")
    return {QEMU: Dump(kernel, name, "kdump-zlib", folder),
            **{form: Filtered(kernel, name, form, folder) for form in FILTERED},
            **{f"stream-{form}": Stream(kernel, name, form, folder) for form in FILTERED}}


class Filtered(Dump):
    """What makedumpfile wrote, put together."""
    path = property(lambda self: self.folder / f"dump.{self.form}")
    name = property(lambda self: f"{self.kernel.series.name}-{self.case}-{self.form}")


class Stream(Filtered):
    """What makedumpfile wrote, as it came out (makedumpfile -F)."""
    path = property(lambda self: self.folder / f"stream.{self.form}")
