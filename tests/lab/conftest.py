# SPDX-License-Identifier: GPL-2.0-or-later
"""The dumps and crash sessions that the lab's tests share."""

import re
import sys

import pytest

from lab import crashes, dumps, kernels, util
from lab import truth as t
from lab.cases import CASES
from lab.session import Session

#: One session a dump: crash takes seconds to start.  Every file name says which command it holds.
COMMANDS = {
    "offline": "offline", "offline.json": "offline -j", "offline-v": "offline -v",
    "offrange": "offrange", "offrange.json": "offrange -j",
    "offrange-a": "offrange -a", "offrange-a.json": "offrange -a -j",
}


def pytest_configure(config):
    """Let progress through to a terminal, past pytest's capture."""
    capture = config.pluginmanager.getplugin("capturemanager")

    def report(text):
        with capture.global_and_fixture_disabled():
            if sys.stderr.isatty():
                print(text, file=sys.stderr, flush=True)

    util.report[0] = report


def _all_dumps():
    for series in kernels.selected():
        if series not in kernels.SERIES:
            raise pytest.UsageError(f"OFL_KERNELS: no kernel {series!r}, there are {' '.join(kernels.SERIES)}")
        for case in CASES.values():
            for form in case.formats:
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
def said(dump, tmp_path_factory):
    """What crash with offline.so says about it."""
    extension = crashes.get(dump.kernel.series.crash).extension
    commands = {"extend": f"extend {extension}", **COMMANDS}
    return Session(dump, commands, tmp_path_factory.mktemp(dump.name))


@pytest.fixture(scope="session")
def stock(dump, tmp_path_factory):
    """The second witness: stock crash's list of the struct pages, without offline.so.

    {pfn: (reference count, names of the page flags)}
    """
    member, mask, value = dump.kernel.series.marked
    commands = {"base": "p/x vmemmap_base", "names": "kmem -g", "kmem": f"kmem -m {member},_refcount,flags"}
    out = Session(dump, commands, tmp_path_factory.mktemp(f"stock-{dump.name}")).out
    base = int(re.search(r"0x[0-9a-f]+", out["base"]).group(), 16)
    names = t.page_flags(out["names"])
    return {pfn: (refcount, frozenset(name for bit, name in names if flags & bit))
            for pfn, (refcount, flags) in t.kmem_pages(out["kmem"], base, member, mask, value).items()}
