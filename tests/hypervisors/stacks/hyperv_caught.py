# SPDX-License-Identifier: GPL-2.0-or-later
"""Hyper-V's driver, stopped in the middle of 2 MiB: counted, and marked in part.

A guest of stacks/hyperv.py with a module of ours that stops the CPU there for good.
"""

import dataclasses
import json

from lab import dumps, kernels, module
from lab.guest import MIB
from lab.util import CACHE, lock, new_folder, progress

from . import hyperv

STAGE = "caught"
UNIT_PAGES = 512            # counted at once
AT_PAGE = 5 * UNIT_PAGES + 100


def _catch(guest):
    """Leave the guest stopped, its driver at work."""
    guest.run("insmod /hvpause.ko")
    guest.run(f"echo {AT_PAGE} > /sys/module/hvpause/parameters/at")
    guest.qmp("balloon", value=hyperv.BOOT - 200 * MIB)
    guest.until("the pause", lambda: "hvpause: here" in guest.console_tail(), 60)
    guest.qmp("stop")


def _make(kernel, folder):
    machine = hyperv.machine(kernel, hyperv.CASES["whole"], folder)
    pause = module.build(kernel, hyperv.HERE / "pause")
    machine = dataclasses.replace(machine, files=(*machine.files, ("hvpause.ko", pause)))
    with hyperv.Nested(kernel, machine, folder, 1) as guest:
        guest.load(False)
        _catch(guest)
        progress(f"dumping {kernel.release} {STAGE}")
        guest.dump(folder / f"{STAGE}.kdump", "kdump-zlib")
        actual = guest.qmp("query-balloon")["actual"]
    (folder / f"{STAGE}.json").write_text(json.dumps({"actual": actual}))
    for path in folder.iterdir():
        if path.suffix not in (".kdump", ".json", ".log"):
            path.unlink()


def _fill(kernel, folder):
    with new_folder(folder) as work:
        _make(kernel, work)


def get(series):
    """The dump, made when the cache does not have it."""
    kernel = kernels.get(series)
    key = hyperv.key(hyperv.CASES["whole"], _catch, *sorted((hyperv.HERE / "pause").iterdir()))
    folder = CACHE / "dumps" / kernel.release / f"hyperv-{STAGE}-{key}"
    with lock(f"dump-{series}-hyperv-{STAGE}"):
        if not folder.exists():
            hyperv.forget(folder)
            dumps.second_chance(lambda: _fill(kernel, folder), f"{kernel.release} Hyper-V {STAGE}")
    return hyperv.Dump(kernel, STAGE, folder)
