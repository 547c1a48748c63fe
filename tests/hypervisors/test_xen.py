# SPDX-License-Identifier: GPL-2.0-or-later
"""Xen's balloon, seen through the real crash in dumps of guests of a real Xen.

Witnesses: the guest's kpageflags and xen_memory in sysfs, `xl list` in dom0, the frames
that Xen had for the guest when it was dumped, and stock crash.
"""

import re
from collections import Counter

import pytest

from lab import kernels, verdicts
from lab import stock as stock_crash
from lab import truth as t
import claims
from stacks import elf, xen

DRIVER = "xen_balloon"
MIB_PAGES = xen.MIB_PAGES
#: Pages of a case: taken from what the guest had, never populated.
TAKEN = {"pvh": 120 * MIB_PAGES, "core": 120 * MIB_PAGES, "hotplug": 0, "pv": 120 * MIB_PAGES}
#: The hot-added section has room for more than the 80 MiB given; PV memory above `memory` is there from boot,
#: and is the balloon's in 6.1 only.
EXTRA = {"pvh": 0, "core": 0, "hotplug": (128 - 80) * MIB_PAGES, "pv": 128 * MIB_PAGES}


def _extra(dump):
    """Pages that are the balloon's and never were populated."""
    case = dump.case.removeprefix("xen-")
    return 0 if case == "pv" and dump.kernel.series.name != "6.1" else EXTRA[case]


def _reserved(dump):
    """Those of them that are PG_reserved: what is hot-added is not since 6.11."""
    return 0 if dump.case == "xen-hotplug" and dump.kernel.series.name != "6.1" else _extra(dump)


@pytest.fixture(scope="module", params=[pytest.param((series, case.name), id=f"{series}-{case.name}")
                                        for series in kernels.selected()
                                        for case in xen.CASES.values()
                                        if not case.caught and series in (case.only or kernels.SERIES)])
def dump(request):
    """Each guest of Xen with each selected kernel."""
    return xen.get(*request.param)


@pytest.fixture(scope="module")
def case(dump):
    """Its row of the table."""
    return xen.CASES[dump.case.removeprefix("xen-")]


@pytest.fixture(scope="module")
def truth(dump):
    """What the guest and Xen said about it."""
    return dump.truth


@pytest.fixture(scope="module")
def said(dump, ask):
    """What crash with offline.so says."""
    return ask(dump)


@pytest.fixture(scope="module")
def offline(truth):
    """The guest's PageOffline pages by its own word."""
    return t.pfns(truth["offline"])


@pytest.fixture(scope="module")
def stock(dump, tmp_path_factory):
    """Stock crash's list: {pfn: (reference count, names of the page flags)}."""
    return stock_crash.ask(dump, tmp_path_factory.mktemp(f"stock-{dump.name}"))


def _device(said):
    device, = (device for device in said["offowner.json"]["devices"] if device["owner"] == DRIVER)
    return device


# -- without offline.so: do the witnesses agree? -----------------------------------


def test_it_runs_on_xen(truth, case):
    """As the kind of guest that is meant."""
    assert truth["hypervisor"] == ["xen", "PVH" if case.kind == "pvh" else "PV"]


def test_the_guest_has_what_it_was_given(truth, case):
    """Xen's figure, the guest's own, and the case's."""
    given = 400 if case.name == "hotplug" else 200
    assert (truth["xl_list_before"], truth["xl_list"]) == (320, given)
    assert int(truth["xenstore"]["target"]) == given * 1024
    # an HVM guest does not count the frames that Xen keeps for the firmware's sake
    assert 0 <= given * 1024 - truth["balloon"]["current_kb"] < 1024


def test_the_case_is_what_it_is_meant_to_be(dump, truth, case, offline):
    """As many pages as the figures of the case make; the guest's counters say so too."""
    assert len(offline) == TAKEN[case.name] + _extra(dump)
    assert truth["balloon"]["low_kb"] + truth["balloon"]["high_kb"] == len(offline) * 4


def test_xen_has_no_frame_for_them(dump, truth, case, offline):
    """The pages of RAM that Xen has not populated are those that the guest calls offline.

    Since 6.12 there are others: what a PV guest was not given at boot is kept for mapping
    other guests' memory, is no balloon's and bears no mark.
    """
    frames = t.pfns(elf.frames(dump.path))
    assert not offline & frames
    unmarked = set()
    if case.name == "pv" and not _extra(dump):
        unmarked = set(range(case.memory * MIB_PAGES, case.maxmem * MIB_PAGES))
    assert not t.differences(offline | unmarked, t.pfns(elf.system_ram(truth["iomem"])) - frames)


def test_stock_crash_sees_the_same_pages(stock, offline):
    """`kmem -m` over the dump equals kpageflags in the guest, pfn by pfn."""
    assert not t.differences(set(stock), offline)


# -- offline.so ---------------------------------------------------------------------


def test_ranges(said, stock, offline):
    """Every page, with the reference count and the flags that stock crash reads."""
    rows = said["offrange.json"]["ranges"]
    assert not t.differences(t.pfns(t.ranges(said["offrange.json"])), offline)
    for row in rows:
        for pfn in range(row["start_pfn"], row["start_pfn"] + row["pages"]):
            refcount, flags = stock[pfn]
            assert (row["refcount"], "reserved" in row["flags"]) == (refcount, "reserved" in flags), hex(pfn)
    assert {row["refcount"] for row in rows} == {1}


def test_every_page_is_the_balloons(said, offline):
    """By section as many pages as the guest said, all of one owner."""
    document = said["offowner.json"]
    by_section = Counter(pfn >> t.SECTION_SHIFT for pfn in offline)
    assert {section["nr"]: section["owners"] for section in document["sections"] if section["offline"]} == \
        {section: {DRIVER: pages} for section, pages in by_section.items()}
    assert [device["owner"] for device in document["devices"]] == [DRIVER]


def test_records(said, truth, offline):
    """The driver's records are those of its sysfs, and account for every page."""
    device = _device(said)
    counters, balloon = device["counters"], truth["balloon"]
    assert counters["listed"] == len(offline)
    for counter, file in (("balloon_low", "low_kb"), ("balloon_high", "high_kb"), ("current_pages", "current_kb"),
                          ("target_pages", "target_kb")):
        assert counters[counter] * 4 == balloon[file], counter
    assert (device["found"], device["expected"], device["difference"]) == (len(offline), len(offline), 0)
    assert not device["explained_by"]


def test_reserved(said, dump):
    """As many PG_reserved pages as there should be."""
    assert sum(row["pages"] for row in said["offrange.json"]["ranges"] if "reserved" in row["flags"]) == \
        _reserved(dump)


def test_no_false_errors(said, offline):
    """Sound records, and pages that block: nothing else is to be found."""
    claims.held_only(said, len(offline))
    assert {finding["severity"] for finding in said["offcheck.json"]["findings"]} <= {"warning"}


def test_blocks(dump, said, truth):
    """The guest was asked to offline every block; nothing that offblock ruled out happened."""
    blocks = {row["name"]: row for row in said["offblock.json"]["blocks"]}
    rows = [verdicts.Row(dump.case, blocks[row["block"]], row) for row in truth["attempts"]]
    assert [str(row) for row in rows if row.contradiction] == []
    full = {row.did["block"]: row.outcome for row in rows if row.said["offline"]}
    assert full and "success" not in full.values(), full


def test_node_stat(said, truth, offline):
    """The kernel's own count, where it has one."""
    found = re.search(r"^nr_balloon_pages (\d+)$", truth["vmstat"], re.MULTILINE)
    if not found:
        pytest.skip("this kernel does not count balloon pages")
    assert int(found.group(1)) == len(offline)
    assert said["offowner.json"]["kernel_counters"]["NR_BALLOON_PAGES"] == len(offline)


# -- in the middle -------------------------------------------------------------------


@pytest.mark.parametrize("series", kernels.selected())
def test_caught_halfway(series, ask):
    """A guest that was stopped while it gave memory back: all pages have their owner, and nothing is an error."""
    dump = xen.get(series, "moving")
    said = ask(dump)
    document = said["offowner.json"]
    owned = Counter()
    for section in document["sections"]:
        owned.update(section["owners"])
    device = _device(said)
    assert set(owned) == {DRIVER} and owned[DRIVER] == device["found"]
    assert 0 < device["found"] < TAKEN["pvh"]
    # what is marked and not yet given back is still mapped: a batch at most
    assert 0 <= device["found"] - (320 - dump.truth["xl_list"]) * MIB_PAGES <= 2 * 512
    assert device["difference"] == 0 or device["explained_by"]
    assert "error" not in {finding["severity"] for finding in said["offcheck.json"]["findings"]}
