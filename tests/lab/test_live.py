# SPDX-License-Identifier: GPL-2.0-or-later
"""A live session: crash inside the guest, on /proc/kcore, while pages come and go."""

import json

import pytest

from lab import crashes, kernels
from lab.guest import MIB, Guest, Machine
from lab.util import LabError

SERIES = "6.12"
COMMANDS = """extend /c/offline.so
offline
offrange -j > /c/first
offrange -j > /c/second
offcheck -j > /c/check
offblock -j > /c/blocks
quit
"""
CRASH = "/c/lib/ld-linux-x86-64.so.2 --library-path /c/lib /c/crash -s --no_modules /c/vmlinux /proc/kcore -i /c/commands"


def _files(folder, kernel):
    """crash, its libraries, our extension and vmlinux: all of it goes into the initramfs."""
    crash = crashes.get("sid")
    (folder / "commands").write_text(COMMANDS)
    files = [("/c/crash", crash.include.parent / "crash"), ("/c/vmlinux", kernel.vmlinux),
             ("/c/offline.so", crash.extension), ("/c/commands", folder / "commands")]
    files += [(f"/c/lib/{path.name}", path) for path in crashes.libraries("sid").iterdir() if path.is_file()]
    return tuple(files)


@pytest.fixture(scope="module")
def live(tmp_path_factory):
    """What the commands said in the guest, and what the guest said before and after."""
    if SERIES not in kernels.selected():
        pytest.skip(f"the live session needs kernel {SERIES}, which OFL_KERNELS does not have")
    folder, kernel = tmp_path_factory.mktemp("live"), kernels.get(SERIES)
    machine = Machine(memory="4G", files=_files(folder, kernel))
    with Guest(kernel, machine, folder) as guest:
        # crash compares kernel and vmlinux with the help of /usr/bin/strings
        guest.run("mkdir -p /usr/bin && ln -s /bin/busybox /usr/bin/strings")
        guest.plug(900 * MIB)
        guest.balloon(3800 * MIB)
        before = guest.run("kpf").output
        ended = guest.run(f"{CRASH} >/c/log 2>&1", timeout=600, check=False)
        after = guest.run("kpf").output
        if ended.status:
            raise LabError(f"crash in the guest ended with {ended.status}:\n{guest.run('cat /c/log').output}")
        told = {name: guest.run(f"cat /c/{name}", timeout=120).output
                for name in ("log", "first", "second", "check", "blocks")}
    return told, before, after


def _pfns(runs):
    """The pfns of kpf's output."""
    pfns = set()
    for line in runs.splitlines():
        what, *numbers = line.split()
        if what == "run":
            start, pages = (int(number, 16) for number in numbers)
            pfns.update(range(start, start + pages))
    return pfns


def test_says_that_it_is_live(live):
    """A reader of it must know that the pages moved underfoot."""
    assert "live" in live[0]["log"]


@pytest.mark.parametrize("name", ("first", "second"))
def test_ranges(live, name):
    """Every page that was offline before and after must have been seen."""
    told, before, after = live
    document = json.loads(told[name])
    seen = {pfn for run in document["ranges"] for pfn in range(run["start_pfn"], run["start_pfn"] + run["pages"])}
    steady = _pfns(before) & _pfns(after)
    assert steady
    assert steady <= seen
    assert seen <= _pfns(before) | _pfns(after)


def test_no_error_is_made_of_movement(live):
    """A page that changes while it is looked at is no broken rule."""
    assert not [f for f in json.loads(live[0]["check"])["findings"] if f["severity"] == "error"]


def test_blocks(live):
    """The verdicts are there, one a block."""
    blocks = json.loads(live[0]["blocks"])["blocks"]
    assert len({block["name"] for block in blocks}) == len(blocks) > 16
