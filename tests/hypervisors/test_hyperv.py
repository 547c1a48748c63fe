# SPDX-License-Identifier: GPL-2.0-or-later
"""Hyper-V's dynamic memory, seen through the real crash: Debian's hv_balloon, unmodified.

Witnesses: the guest's kpageflags, the driver's own debugfs file, QEMU's figures,
and stock crash.
"""

import dataclasses
import json
import re

import pytest
import claims
from stacks import hyperv, hyperv_caught

from lab import crashes, kernels, stock
from lab import truth as t
from lab.session import Session

OWNER = "hv_balloon"
#: PageOffline pages that the stages come to; ballooning takes what it takes, but these are fixed.
PAGES = {"ballooned": 212 << 8, "hot_added": 0, "tail": 56 << 8, "gap": 112 << 8, "gap_ballooned": (512 + 112) << 8}
UNBACKED = {"ballooned": 0, "hot_added": 0, "tail": 56 << 8, "gap": 112 << 8, "gap_ballooned": 112 << 8}
#: Until 6.10 pages that are not backed kept the mark of pages never onlined.
RESERVED = ("6.1",)


@pytest.fixture(scope="module", params=[pytest.param((series, stage), id=f"{series}-{stage}")
                                        for series in kernels.selected() for stage in hyperv.STAGES])
def dump(request):
    """Each stage on each selected kernel."""
    return hyperv.get(*request.param)


@pytest.fixture(scope="module")
def said(dump, ask):
    """What crash says, with offline.so and without it."""
    return ask(dump, {"offowner-v": "offowner -v", **stock.commands(dump)})


@pytest.fixture(scope="module")
def device(said):
    """The only device that there is."""
    devices = said["offowner.json"]["devices"]
    assert [row["owner"] for row in devices] == [OWNER]
    return devices[0]


def _driver(truth):
    """The figures of the driver's debugfs file."""
    return {name: int(value) for name, value in re.findall(r"^(\w+)\s*: (\d+)", truth["debugfs"], re.MULTILINE)}


def _span(text):
    first, last = (int(word, 16) for word in text.split("-"))
    return set(range(first, last + 1))


def _regions(device):
    """(all pfns of the regions, those of them that are backed), as -v has them."""
    everything, backed = set(), set()
    for name, text in device["details"].items():
        if re.fullmatch(r"region\d+", name):
            region, covered, gaps = re.fullmatch(r"(\S+) covered (\S+)(?: but for (\S+))?", text).groups()
            everything |= _span(region)
            backed |= _span(covered).difference(*map(_span, gaps.split(",") if gaps else ()))
    return everything, backed


def test_every_page_is_the_drivers(said, dump):
    """The pages of kpageflags, as many as there must be, and nobody else's."""
    ranges = said["offrange.json"]["ranges"]
    assert not t.differences(t.pfns(t.ranges(said["offrange.json"])), t.pfns(dump.truth["offline"]))
    assert t.count(dump.truth["offline"]) == PAGES[dump.stage]
    assert all((row["owner"], row["refcount"]) == (OWNER, 1) for row in ranges)
    sections = said["offowner.json"]["sections"]
    assert sum(section["owners"].get(OWNER, 0) for section in sections) == PAGES[dump.stage]
    assert said["offline.json"]["totals"]["unknown"] == 0


def test_records(device, dump):
    """The driver's figures are those that it tells in the guest, and account for every page."""
    told, counters = _driver(dump.truth), device["counters"]
    assert device["difference"] == 0 and device["found"] == PAGES[dump.stage], device
    assert {name: counters[f"num_pages_{name}"] for name in ("ballooned", "added", "onlined")} == {
        name: told[f"pages_{name}"] for name in ("ballooned", "added", "onlined")}
    assert counters["unbacked"] == UNBACKED[dump.stage]
    assert set(device["evidence"]) == ({"range"} if UNBACKED[dump.stage] else set()) | (
        {"counter"} if told["pages_ballooned"] else set())
    assert device["details"]["layout"] == "BTF in the dump"


def test_kernels_own_count(said, device):
    """NR_BALLOON_PAGES, where a kernel has it, counts ballooned pages, and no others."""
    counted = said["offowner.json"]["kernel_counters"].get("NR_BALLOON_PAGES")
    assert counted in (None, device["counters"]["num_pages_ballooned"])


def test_qemu_accounts_for_every_page(said, dump):
    """What Linux has blocks for, less what QEMU says the guest has, is offline."""
    blocks = t.count(t.block_pages(dump.truth, "online"))
    assert blocks - dump.truth["balloon"]["actual"] // t.PAGE == said["offline.json"]["totals"]["offline"]


def test_the_host_was_told(device, dump):
    """The status report that QEMU got counts ballooned pages as committed."""
    assert device["counters"]["num_pages_ballooned"] <= dump.truth["report"]["committed"] // t.PAGE


def test_regions(device, dump):
    """What the host has added is backed, by -v; the rest of the regions is offline."""
    everything, backed = _regions(device)
    added = re.findall(r"hvregion: range ([0-9a-f]+)\+([0-9a-f]+)", dump.truth["dmesg"])
    if added:
        assert not t.differences(backed, t.pfns([int(start, 16), int(pages, 16)] for start, pages in added))
    assert len(backed) == device["counters"]["num_pages_added"]
    offline = t.pfns(dump.truth["offline"])
    assert everything - backed <= offline
    assert len(everything - backed) == UNBACKED[dump.stage]
    assert len(offline - (everything - backed)) == device["counters"]["num_pages_ballooned"]


def test_verbose_has_the_regions(said, device):
    """The lines for people name the regions as the document does."""
    for name, text in device["details"].items():
        assert re.search(rf"^{OWNER}\s+{name}\s+{re.escape(str(text))}$", said["offowner-v"], re.MULTILINE), name


def test_kinds(said, device, dump):
    """Pages that are not backed have a flag of their own until 6.10; ballooned ones never had."""
    everything, backed = _regions(device)
    reserved = dump.kernel.series.name in RESERVED
    for row in said["offrange.json"]["ranges"]:
        unbacked = row["start_pfn"] in everything - backed
        assert row["flags"] == (["reserved"] if unbacked and reserved else []), row


def test_second_witness(said, dump):
    """Pages, reference counts and flags as `kmem -m` of stock crash has them."""
    assert stock.pages(dump, said) == {
        row["start_pfn"] + i: (row["refcount"], frozenset(row["flags"]))
        for row in said["offrange-a.json"]["ranges"] for i in range(row["pages"])}


def test_no_false_error(said, dump):
    """Held pages are named as such, and nothing is wrong with them."""
    claims.held_only(said, PAGES[dump.stage])
    assert said["offowner.json"]["findings"] == []


def test_blocks(said, dump):
    """A block with such pages is blocked; where it was tried, the kernel thought so too."""
    blocks = {block["name"]: block for block in said["offblock.json"]["blocks"]}
    assert all(block["verdict"] == "BLOCKED" for block in blocks.values() if block["offline"])
    tried = dump.truth.get("after", {})
    assert bool(tried) == (dump.stage == "gap_ballooned")
    for name, attempt in tried.items():
        verdict, reason = blocks[name]["verdict"], blocks[name]["reason"]
        assert verdict != "OFFLINABLE" or attempt["offlined"], (blocks[name], attempt)
        if verdict == "BLOCKED":
            assert not attempt["offlined"] and reason.startswith(attempt["reason"]), (blocks[name], attempt)


@pytest.mark.parametrize("series", kernels.selected())
def test_caught_at_work(series, ask):
    """Pages that are counted and not yet marked: a difference, explained, and no error anywhere."""
    dump = hyperv_caught.get(series)
    said = ask(dump)
    device, = said["offowner.json"]["devices"]
    missing = -hyperv_caught.AT_PAGE % hyperv_caught.UNIT_PAGES
    assert (device["found"], device["difference"]) == (hyperv_caught.AT_PAGE, -missing)
    assert device["explained_by"] == "state is DM_BALLOON_UP"
    assert {row["owner"] for row in said["offrange.json"]["ranges"]} == {OWNER}
    claims.held_only(said, hyperv_caught.AT_PAGE)
    assert {(row["severity"], row["code"]) for row in said["offcheck.json"]["findings"]} == {
        ("info", "counter-mismatch")}
    assert {row["severity"] for row in said["offowner.json"]["findings"]} <= {"info"}


#: How the driver's types may be had, or not; each must come to the same.
SITUATIONS = ("debuginfo", "no_modules")


def _debuginfo(dump):
    """The command that loads the driver's types; where crash cannot read modules, gdb still can."""
    path = dump.kernel.debug / "hv_balloon.ko"
    if "--no_modules" in dump.kernel.series.flags:
        return f"gdb add-symbol-file {path} 0"
    return f"mod -s hv_balloon {path}"


@pytest.mark.parametrize("situation", SITUATIONS)
@pytest.mark.parametrize("series", kernels.selected())
def test_types_from_wherever(series, situation, tmp_path):
    """With the module's debuginfo loaded, and without crash knowing any module.

    gdb is not asked about modules where crash knows none: the dump's BTF has the same.
    """
    dump = hyperv.get(series, "gap_ballooned")
    row, lines = dump.kernel.series, []
    asked = situation == "debuginfo" and "--no_modules" not in row.flags
    if situation == "debuginfo":
        lines.append(_debuginfo(dump))
    elif "--no_modules" not in row.flags:
        row = dataclasses.replace(row, flags=(*row.flags, "--no_modules"))
    dump = dataclasses.replace(dump, kernel=dataclasses.replace(dump.kernel, series=row))
    lines.insert(0, f"extend {crashes.get(row.crash).extension}")
    out = Session(dump, {"owner.json": "\n".join([*lines, "offowner -j"])}, tmp_path).out
    device, = json.loads(out["owner.json"])["devices"]
    assert (device["found"], device["difference"]) == (PAGES[dump.stage], 0)
    assert device["details"]["layout"] == ("debuginfo" if asked else "BTF in the dump")
