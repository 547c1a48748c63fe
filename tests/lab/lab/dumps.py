# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs a case on a kernel, and keeps the dump together with the truth about it."""

import dataclasses
import functools
import json
import pathlib
import re
import shutil
import time

from . import dumpedit, kernels
from .cases import CASES
from .util import CACHE, CannotMake, LabError, lock, new_folder, progress, run

#: Printed by the guest, one block a line: name, state, node, zones.
BLOCKS = r"""
    cd /sys/devices/system/memory
    for block in memory*; do
        node=$(cd $block && ls -d node* 2>/dev/null)
        echo "$block $(cat $block/state) ${node#node} $(cat $block/valid_zones 2>/dev/null | tr ' ' ,)"
    done"""
#: QEMU writes kdump as a stream, to be put together by its receiver: "kdump-flat" is left as it is.
SUFFIX = {"elf": "elf", "kdump-zlib": "kdump", "kdump-flat": "flat"}


@dataclasses.dataclass(frozen=True)
class Dump:
    """A dump in one format, and what is known about it from elsewhere."""
    kernel: kernels.Kernel
    case: str
    form: str
    folder: pathlib.Path

    path = property(lambda self: self.folder / f"dump.{SUFFIX[self.form]}")
    name = property(lambda self: f"{self.kernel.series.name}-{self.case}-{SUFFIX[self.form]}")

    @functools.cached_property
    def truth(self):
        """What the guest and QEMU said; asked for a page at a time, so it is read once."""
        return json.loads((self.folder / "truth.json").read_text())


def witness(guest):
    """kpageflags of the guest as [start, pages] runs."""
    *runs, total = guest.run("kpf", timeout=120).output.splitlines()
    found = [[int(word, 16) for word in line.split()[1:]] for line in runs]
    pages = sum(count for _, count in found)
    if total != f"total {pages} {len(found)}":
        raise LabError(f"the witness was cut off: {total!r} after {len(found)} runs of {pages} pages")
    return found


def settled(guest, timeout=60):
    """The witness, once it says the same twice in a row: the drivers have come to rest."""
    end, before = time.monotonic() + timeout, witness(guest)
    while True:
        time.sleep(0.5)
        now = witness(guest)
        if now == before:
            return now
        if time.monotonic() > end:
            raise LabError("the guest's PageOffline pages do not come to rest")
        before = now


def facts(guest):
    """Everything else worth knowing from inside and outside the guest."""
    text = {name: guest.run(command).output for name, command in {
        "release": "uname -r", "iomem": "cat /proc/iomem", "zoneinfo": "cat /proc/zoneinfo",
        "vmstat": "cat /proc/vmstat", "meminfo": "cat /proc/meminfo", "dmesg": "dmesg",
        "block_size": "cat /sys/devices/system/memory/block_size_bytes"}.items()}
    blocks = {}
    for line in guest.run(BLOCKS).output.splitlines():
        name, state, node, zones = (line.split(" ") + ["", ""])[:4]
        blocks[name] = {"state": state, "node": int(node) if node else None, "zones": zones.split(",") if zones else []}
    return {**text, "release": text["release"].strip(), "block_size": int(text["block_size"], 16), "blocks": blocks,
            "boot_bytes": guest.qmp("query-memory-size-summary")["base-memory"],
            "balloon": guest.qmp("query-balloon"), "memory_devices": guest.qmp("query-memory-devices")}


def write(guest, path, form):
    """Dump a guest that is stopped."""
    guest.dump(path, "elf" if form == "elf" else "kdump-zlib")
    if form == "kdump-zlib":
        dumpedit.put_together(path)


def _take(guest, case, folder):
    """Drive the case, dump, and make sure that the truth held while the dump was made."""
    guest.made = case.steps(guest)
    truth = {**facts(guest), "made": guest.made}
    truth["offline"] = settled(guest)
    guest.qmp("stop")
    for form in case.formats:
        progress(f"dumping {guest.kernel.release} {case.name} as {form}")
        write(guest, folder / f"dump.{SUFFIX[form]}", form)
    guest.qmp("cont")
    if witness(guest) != truth["offline"]:
        raise LabError("the guest's PageOffline pages changed around the dump")
    truth["after"] = case.after(guest) if case.after else None
    return truth


def _make(kernel, case, folder):
    with case.guest(kernel, case.machine, folder) as guest:
        truth = _take(guest, case, folder)
    if (folder / "dump.elf").exists():
        run(("fallocate", "--dig-holes", folder / "dump.elf"))  # most of a guest's memory is zeros
    (folder / "truth.json").write_text(json.dumps(truth, indent=1))
    for name in ("initramfs.gz", "answers"):
        (folder / name).unlink()


def _fill(kernel, case, folder):
    with new_folder(folder) as work:
        _make(kernel, case, work)


def outdated(parent, case_name):
    """The folders of a case's dumps, and what lies beside them; not those of a case whose name is longer."""
    return [path for path in parent.glob(f"{case_name}-*") if re.fullmatch(r"[0-9a-f]{12}(\.\w+)?", path.name[len(case_name) + 1:])]


def get(series, case_name, form=None):
    """The dump of a case, made when the cache does not have it; a case may be given itself."""
    case = CASES.get(case_name, case_name)
    kernel, case_name = kernels.get(series), case.name
    folder = CACHE / "dumps" / kernel.release / f"{case_name}-{case.key()}"
    with lock(f"dump-{series}-{case_name}"):
        if not folder.exists():
            for old in outdated(folder.parent, case_name):
                shutil.rmtree(old)
            second_chance(lambda: _fill(kernel, case, folder), f"{kernel.release} {case_name}")
    return Dump(kernel, case_name, form or case.formats[0], folder)


#: {what: why} could not be made, not by a second chance either: the tests that come for it later need not wait
FAILED = {}


def second_chance(make, what):
    """An emulated guest that stumbles over the emulation gets a second chance, and says so; a third it gets not."""
    if what in FAILED:
        raise FAILED[what]
    try:
        make()
    except CannotMake:
        raise
    except LabError as error:
        progress(f"{what}: {error}; once more")
        try:
            make()
        except LabError as again:
            FAILED[what] = again
            raise
