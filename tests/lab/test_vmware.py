# SPDX-License-Identifier: GPL-2.0-or-later
"""VMware's balloon: the unmodified driver, and a host that knows which pages it was given (lab/vmware.py)."""

import dataclasses
import json
import re
from collections import Counter

import pytest

from lab import crashes, dumps, kernels, vmware
from lab import truth as t
from lab.session import Session

CASES = SMALL_PAGES, BOTH_KINDS = "vmware-4k", "vmware-2m"
DRIVER = "vmw_balloon"
COMMANDS = {
    "offrange.json": "offrange -j", "offcheck.json": "offcheck -j", "offowner-v": "offowner -v",
    "offowner.json": "offowner -j", "offblock.json": "offblock -j", "block.json": "offblock -j {block}",
    "base": "p/x vmemmap_base", "kmem": "kmem -m {member},_refcount,flags",
}


@dataclasses.dataclass(frozen=True)
class Said:
    """A dump, what the guest and its host said about it, and what crash says."""
    dump: dumps.Dump
    truth: dict
    text: dict

    made = property(lambda self: self.truth["made"])
    #: the pfns that the host was given: of 4 KiB pages, of all of the units, of the units' first pages
    pages = property(lambda self: t.pfns(self.made["pages"]))
    units = property(lambda self: t.pfns(vmware.units(self.made)))
    firsts = property(lambda self: set(self.made["units"]))

    def document(self, name):
        """The JSON document of a command."""
        return json.loads(self.text[name])

    def device(self, name="offowner.json"):
        """VMware's row among the devices."""
        found, = (row for row in self.document(name)["devices"] if row["owner"] == DRIVER)
        return found


def from_debuginfo(dump):
    """More for a session: the same owners from the module's own debug information, where this crash takes modules."""
    if "--no_modules" in dump.kernel.series.flags:
        return {}
    extension = crashes.get(dump.kernel.series.crash).extension
    return {"debuginfo.json": "\n".join((
        f"mod -s {vmware.MODULE} {dump.kernel.debug}/{vmware.MODULE}.ko", f"extend -u {extension}",
        f"extend {extension}", "offowner -j"))}


def without_modules(dump):
    """The dump, for a crash that knows no module."""
    flags = dict.fromkeys((*dump.kernel.series.flags, "--no_modules"))
    series = dataclasses.replace(dump.kernel.series, flags=tuple(flags))
    return dataclasses.replace(dump, kernel=dataclasses.replace(dump.kernel, series=series))


@pytest.fixture(scope="module", params=[pytest.param((series, case), id=f"{series}-{case}")
                                        for series in kernels.selected() for case in CASES
                                        if kernels.SERIES[series].has(case)])
def said(request, tmp_path_factory):
    """Each kernel and kind of page; the dump with both kinds without any module, where the most has to be found."""
    dump = dumps.get(*request.param)
    if dump.case == BOTH_KINDS:
        dump = without_modules(dump)
    truth = dump.truth
    words = {"block": truth["after"]["block"], "member": dump.kernel.series.marked[0]}
    commands = {"extend": f"extend {crashes.get(dump.kernel.series.crash).extension}",
                **{name: command.format(**words) for name, command in COMMANDS.items()}, **from_debuginfo(dump)}
    return Said(dump, truth, Session(dump, commands, tmp_path_factory.mktemp(dump.name)).out)


def of_block(name, pfns):
    """Those pfns that lie in a memory block."""
    return {pfn for pfn in pfns if f"memory{pfn // vmware.BLOCK_PAGES}" == name}


def codes(rows):
    """{code: pages} of a document's rows."""
    found = Counter()
    for row in rows:
        found[row["code"]] += row["pages"]
    return found


# -- the witnesses, without offline.so ----------------------------------------------


def test_host_and_guest_agree(said):
    """The pages that the host was given are those that the guest marks, and as many as its counters say."""
    assert not t.differences(said.pages | said.units, t.pfns(said.truth["offline"]))
    assert said.made["stats"]["current"] == said.made["stats"]["target"] == len(said.pages) + len(said.units)
    events = dict(line.split() for line in said.truth["vmstat"].splitlines())
    assert int(events["balloon_inflate"]) - int(events["balloon_deflate"]) == len(said.pages) + len(said.units)
    assert int(events.get("nr_balloon_pages", len(said.pages))) == len(said.pages)


def test_cases_hold_what_they_are_for(said):
    """Small pages in one, in the other units as well, some of which the host refused."""
    assert said.pages and bool(said.firsts) == (said.dump.case == BOTH_KINDS)
    assert bool(said.made["stats"]["2m-lock calls"]) == bool(said.firsts)


def test_stock_crash_sees_references(said):
    """`kmem -m`: pages and the first of a unit have one reference, the 511 behind it have none."""
    base = int(re.search(r"0x[0-9a-f]+", said.text["base"]).group(), 16)
    stock = t.kmem_pages(said.text["kmem"], base, *said.dump.kernel.series.marked)
    assert not t.differences(set(stock), said.pages | said.units)
    assert not t.differences({pfn for pfn, (count, _) in stock.items() if count == 1}, said.pages | said.firsts)
    assert {count for count, _ in stock.values()} <= {0, 1}


# -- offline.so -----------------------------------------------------------------------


def test_every_page_is_the_drivers(said):
    """offrange: the host's pages, all of this driver, with the references that stock crash sees."""
    ranges = said.document("offrange.json")["ranges"]
    assert not t.differences(t.pfns(t.ranges({"ranges": ranges})), said.pages | said.units)
    assert {row["owner"] for row in ranges} == {DRIVER}
    held = t.pfns([row["start_pfn"], row["pages"]] for row in ranges if row["refcount"] == 1)
    assert not t.differences(held, said.pages | said.firsts)


def test_by_section(said):
    """offowner: in each section as many as the host was given there, and nobody else's."""
    given = Counter(pfn >> t.SECTION_SHIFT for pfn in said.pages | said.units)
    sections = said.document("offowner.json")["sections"]
    assert {row["nr"]: row["owners"] for row in sections if row["offline"]} == \
        {number: {DRIVER: pages} for number, pages in given.items()}


def test_records_are_the_drivers_own(said):
    """offowner: the figures of debugfs and of the host, and no difference."""
    device, stats = said.device(), said.made["stats"]
    assert (device["found"], device["expected"], device["difference"]) == (stats["current"], stats["current"], 0)
    assert device["counters"] == {"isolated_pages": 0, "listed": len(said.pages), "huge_pages": len(said.firsts),
                                  "target": stats["target"], "size": stats["current"]}
    row, = re.findall(rf"^{DRIVER} .* size=.*$", said.text["offowner-v"], re.MULTILINE)
    for word in (f"listed={len(said.pages)}", f"huge_pages={len(said.firsts)}", f"size={stats['current']}"):
        assert word in row.split()
    document = said.document("offowner.json")
    assert document["kernel_counters"]["BALLOON_INFLATE-DEFLATE"] == stats["current"]
    assert document["kernel_counters"].get("NR_BALLOON_PAGES", len(said.pages)) == len(said.pages)
    assert document["findings"] == [] and document["status"]["result"] == "ok"


def test_drivers_that_hold_nothing_are_not_blamed(said):
    """A balloon of virtio and a virtio_mem are there too, without a page."""
    others = [row for row in said.document("offowner.json")["devices"] if row["owner"] != DRIVER]
    assert {row["owner"] for row in others} == {"virtio_balloon", "virtio_mem"}
    assert {row["found"] for row in others} == {0}


def test_no_page_of_a_unit_is_skipped(said):
    """offcheck: a unit's first page is held, and those behind it go with it; neither is a finding."""
    document = said.document("offcheck.json")
    kinds = {"offline-movable": said.pages, "offline-held": said.firsts,
             "offline-unit-tail": said.units - said.firsts}
    assert codes(document["classes"]) == {code: len(pfns) for code, pfns in kinds.items() if pfns}
    assert {row["outcome"] for row in document["classes"] if row["code"] != "offline-movable"} <= {"blocked"}
    assert not [row for row in document["findings"] if row["code"] in kinds]
    assert {row["severity"] for row in document["findings"]} <= {"warning"}


def test_verdicts(said):
    """offblock: no block that has pages of the balloon can just be offlined, and none with a unit at all."""
    for row in said.document("offblock.json")["blocks"]:
        assert row["offline"] == len(of_block(row["name"], said.pages | said.units))
        if of_block(row["name"], said.firsts):
            assert row["verdict"] == "BLOCKED", row
        elif row["offline"]:
            assert row["verdict"] in ("MIGRATE", "BLOCKED"), row


def test_every_reason(said):
    """offblock of one block: all of its units, as such."""
    name = said.truth["after"]["block"]
    found = codes(row for row in said.document("block.json")["blockers"] if row["owner"])
    units = of_block(name, said.units)
    firsts = of_block(name, said.firsts)
    assert found == +Counter({"offline-movable": len(of_block(name, said.pages)), "offline-held": len(firsts),
                              "offline-unit-tail": len(units - firsts)})


def test_the_kernel_does_as_foretold(said):
    """The block was really offlined after the dump: units stay, pages are taken elsewhere with the host's help."""
    did = said.truth["after"]
    row, = (row for row in said.document("offblock.json")["blocks"] if row["name"] == did["block"])
    if said.firsts:
        assert (row["verdict"], did["state"]) == ("BLOCKED", "online") and "busy" in did["message"]
        assert did["reason"] and row["reason"].startswith(did["reason"])
    else:
        moved = len(of_block(did["block"], said.pages))
        assert (row["verdict"], did["state"]) == ("MIGRATE", "offline")
        assert did["taken"] == did["given"] == moved > 0


@pytest.mark.parametrize("series", [series for series in kernels.selected() if kernels.SERIES[series].has(SMALL_PAGES)])
def test_caught_in_a_migration(series, tmp_path):
    """Dumped while one page is on its way from here to there: told as such, no error, nobody's page."""
    good = dumps.get(series, SMALL_PAGES)
    dump, truth = dataclasses.replace(good, folder=good.folder / "caught"), good.truth
    commands = {name: f"{name} -j" for name in ("offowner", "offcheck", "offblock")}
    extension = crashes.get(good.kernel.series.crash).extension
    said = Said(dump, truth, Session(dump, {"extend": f"extend {extension}", **commands}, tmp_path).out)
    block, = (row for row in said.document("offblock")["blocks"] if row["name"] == truth["after"]["block"])
    left = len(of_block(block["name"], said.pages)) - vmware.MOVED
    assert (block["state"], block["verdict"]) == ("going-offline", "MIGRATE")
    assert block["offline"] in (left, left - 1)     # up to 6.12 the page's mark goes first
    device = said.device("offowner")
    assert device["counters"]["isolated_pages"] == left
    assert device["counters"]["size"] == said.made["stats"]["current"]
    assert device["difference"] == 0 or (device["difference"], "conf_sem" in device["explained_by"]) == (-1, True)
    assert {name for row in said.document("offowner")["sections"] for name in row["owners"]} == {DRIVER}
    assert codes(said.document("offcheck")["classes"])["offline-isolated"] == block["offline"]
    assert {row["severity"] for row in said.document("offcheck")["findings"]} == {"info"}


# -- types from wherever ----------------------------------------------------------------


def test_layout_from_btf(said):
    """Without debug information of the module its layout comes from the dump itself."""
    assert said.device()["details"]["layout"] == "BTF in the dump"


def test_layout_from_debuginfo(said):
    """With it, to the same end."""
    if "debuginfo.json" not in said.text:
        pytest.skip("in this session crash takes no modules")
    usual, device = said.device(), said.device("debuginfo.json")
    assert device["details"]["layout"] == "debuginfo"
    assert {**device, "details": None} == {**usual, "details": None}
