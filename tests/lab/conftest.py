# SPDX-License-Identifier: GPL-2.0-or-later
"""The dumps and crash sessions that the lab's tests share."""

import json
import os

import pytest

from lab import crashes, dumps, kernels, util
from lab import stock as stock_crash
from lab import truth as t
from lab.cases import CASES
from lab.session import Session

#: One session a dump: crash takes seconds to start.  Every file name says which command it holds.
COMMANDS = {
    "offline": "offline", "offline.json": "offline -j", "offline-v": "offline -v",
    "offrange": "offrange", "offrange.json": "offrange -j",
    "offrange-a": "offrange -a", "offrange-a.json": "offrange -a -j",
    "offowner": "offowner", "offowner.json": "offowner -j", "offcheck.json": "offcheck -j",
}

#: And in a kdump, which offline.so reads itself: what each of its commands says of every page ...
OWN = {"offrange-x.json": "offrange -a -x -j", "offblock.json": "offblock -j",
       "offrange-x-w1": "offrange -a -x -w 1 -j", "offrange-x-w2": "offrange -a -x -w 2 -j"}
#: ... and what it says when crash reads: behind the others, as it forgets what was kept of them.
BY_CRASH = {f"{name}.by-crash": f"{command} -C" for name, command in {**COMMANDS, **OWN}.items()
            if name.endswith(".json") or name == "offline-v"}

#: Commands that must be refused with one line, and a word of that line.
REFUSED = {
    "offrange -y": "-y", "offrange -p": "-p", "offrange -p zz": "zz", "offrange -p 5-3": "5-3",
    "offrange -p 1-": "1-", "offrange -n 99": "99", "offrange -n x": "x", "offrange -z Nowhere": "Nowhere",
    "offrange -o nosuch": "nosuch", "offrange extra": "extra", "offrange -a -": "-", "offline -y": "-y",
}


def pytest_configure(config):
    """Let progress through to a terminal, past pytest's capture."""
    util.past_capture(config)
    config.addinivalue_line("markers", "xdist_group(name): tests that one process runs, as they share what they ask")


@pytest.hookimpl(tryfirst=True)  # xdist's own looks at the marks once, and would come before
def pytest_collection_modifyitems(items):
    """The tests of one dump go to one process, so that one crash answers them all; those of a file do alike."""
    for item in items:
        params = item.callspec.params if hasattr(item, "callspec") else {}
        group = "-".join(params["dump"]) if "dump" in params else item.path.stem
        item.add_marker(pytest.mark.xdist_group(group))


def pytest_collection_finish(session):
    """Where several processes run the tests: had xdist not taken the groups, each would make what others have."""
    if "PYTEST_XDIST_WORKER" in os.environ and session.config.getvalue("loadgroup"):
        assert all("@" in item.nodeid for item in session.items), "xdist has not seen the groups of tests"


def _all_dumps():
    for series in kernels.selected():
        if series not in kernels.SERIES:
            raise pytest.UsageError(f"OFL_KERNELS: no kernel {series!r}, there are {' '.join(kernels.SERIES)}")
        for case in CASES.values():
            for form in case.formats if case.shared and kernels.SERIES[series].has(case.name) else ():
                if form == "kdump-flat":
                    continue    # test_reader.py: crash gives the same of it as of what it is made into
                yield pytest.param((series, case.name, form), id=f"{series}-{case.name}-{dumps.SUFFIX[form]}")


@pytest.fixture(scope="session", params=_all_dumps())
def dump(request):
    """Each dump of each selected kernel."""
    return dumps.get(*request.param)


@pytest.fixture(scope="session")
def truth(dump):
    """What the guest and QEMU said about it."""
    return dump.truth


@pytest.fixture(scope="session")
def filters(truth):
    """{options: which (pfn, facts of its block) they let through}, made to cut through this dump's ranges."""
    start, pages = max(truth["offline"], key=lambda run: run[1])
    low, high = start + pages // 3, start + pages // 2
    section = start >> t.SECTION_SHIFT
    block = t.block_of(truth, start)[0]

    def inside(pfn, _):
        return low <= pfn <= high

    return {
        f"-p {low:x}-{high:x}": inside,
        f"-p 0x{low:X}-0x{high:x}": inside,
        f"-p {start:x}": lambda pfn, _: pfn == start,
        f"-P {low * t.PAGE:x}-{high * t.PAGE + t.PAGE - 1:x}": inside,
        f"-S {section:#x}": lambda pfn, _: pfn >> t.SECTION_SHIFT == section,
        f"-S {section:#x}-{section + 1:#x}": lambda pfn, _: pfn >> t.SECTION_SHIFT in (section, section + 1),
        f"-B {block}": lambda pfn, _: t.block_of(truth, pfn)[0] == block,
        f"-B {block[len('memory'):]}": lambda pfn, _: t.block_of(truth, pfn)[0] == block,
        "-n 0": lambda _, facts: facts["node"] == 0,
        "-z Movable": lambda _, facts: "Movable" in facts["zones"],
        "-z DMA32": lambda _, facts: "DMA32" in facts["zones"],
        f"-n 0 -z Movable -p {low:x}-ffffffff": lambda pfn, facts: pfn >= low and facts["node"] == 0,
        "-p 0": lambda pfn, _: pfn == 0,
    }


@pytest.fixture(scope="session")
def said(dump, filters, tmp_path_factory):
    """What crash with offline.so says about it.

    Stock crash is asked before it has the extension: a session costs eight seconds before
    its first command.  The refused commands come next: what follows shows that the session
    goes on.
    """
    extension = crashes.get(dump.kernel.series.crash).extension
    commands = stock_crash.commands(dump)
    commands["extend"] = "\n".join((*dump.kernel.types, f"extend {extension}"))
    commands.update((f"refused-{number}", command) for number, command in enumerate(REFUSED))
    commands.update(COMMANDS)
    commands.update((f"filter-{number}.json", f"offrange {options} -j") for number, options in enumerate(filters))
    commands.update({**OWN, **BY_CRASH})
    return Session(dump, commands, tmp_path_factory.mktemp(dump.name))


@pytest.fixture(scope="session")
def documents(said):
    """The JSON documents of a session, by file name."""
    found = {}
    for name, text in said.out.items():
        if name.endswith(".json"):
            try:
                found[name] = json.loads(text)
            except ValueError as error:
                pytest.fail(f"{name} is not JSON ({error}): {text[:500]!r}")
    return found


@pytest.fixture(scope="session")
def stock(dump, said):
    """The second witness: stock crash's list of the struct pages, from before it had offline.so.

    {pfn: (reference count, names of the page flags)}
    """
    return stock_crash.pages(dump, said.out)
