# SPDX-License-Identifier: GPL-2.0-or-later
"""offline.so against the guest's own word, on every dump."""

import re

import pytest

from lab import truth as t

STALE_CASES = ("offlined",)


def test_loads(said):
    """crash takes the extension and says so."""
    assert "shared object loaded" in said.out["extend"] + said.transcript


def test_every_page(documents, truth):
    """The central promise: the same pfns as kpageflags."""
    listed = t.pfns(t.ranges(documents["offrange.json"]))
    assert not t.differences(listed, t.pfns(truth["offline"]))


def test_default_shows_no_stale_pages(documents):
    """Without -a there is nothing from sections that are not online."""
    assert not t.ranges(documents["offrange.json"], online=False)


def test_second_witness(documents, stock):
    """Pages, stale ones included, reference counts and flags as `kmem -m` of stock crash has them."""
    said = {row["start_pfn"] + i: (row["refcount"], frozenset(row["flags"]))
            for row in documents["offrange-a.json"]["ranges"] for i in range(row["pages"])}
    assert not t.differences(set(said), set(stock))
    wrong = {pfn: (what, stock[pfn]) for pfn, what in said.items() if what != stock[pfn]}
    assert not wrong, f"{len(wrong)} pages, the first: {dict(list(wrong.items())[:3])}"


@pytest.mark.parametrize("name", ("offline.json", "offrange.json"))
def test_totals(documents, truth, name):
    """Both commands count the same, and nothing is unknown in a complete dump."""
    totals = documents[name]["totals"]
    assert totals["offline"] == t.count(truth["offline"])
    assert totals["unknown"] == 0
    assert totals["scanned"] >= t.count(t.block_pages(truth, "online")) * 0.5


def test_document_frame(documents, truth):
    """The stable names of schema 2, and every document as schema/ says."""
    for name, document in documents.items():
        assert document["schema"] == 2, name
        command = name.split(".")[0].split("-")[0]
        assert document["command"] == ("offrange" if command == "filter" else command)
        assert document["host"]["kernel"] == truth["release"]
        assert document["page_size"] == t.PAGE
        assert document["status"]["result"] in ("ok", "findings"), document["status"]
        assert all({"value", "source"} <= set(fact) for fact in document.get("facts", {}).values())
    assert documents["offline.json"]["facts"]


def test_rows_ascend_and_differ(documents):
    """Ranges ascend, and neighbours that touch differ in something printed."""
    previous = None
    for row in documents["offrange-a.json"]["ranges"]:
        if previous:
            end = previous["start_pfn"] + previous["pages"]
            assert row["start_pfn"] >= end
            if row["start_pfn"] == end:
                same = {key: value for key, value in row.items() if key not in ("start_pfn", "pages")}
                assert same != {key: previous[key] for key in same}
        previous = row


def test_nodes_and_zones(documents, truth):
    """Each range lies on the node and in a zone that the guest's sysfs gives for its block."""
    for row in documents["offrange.json"]["ranges"]:
        name, block = t.block_of(truth, row["start_pfn"])
        assert row["node"] == block["node"], (name, row)
        if len(block["zones"]) == 1 and block["zones"][0] != "none":
            assert row["zone"] == block["zones"][0], (name, row)


def test_sections(documents):
    """A range's section is the one that its pfn lies in."""
    for row in documents["offrange.json"]["ranges"]:
        assert row["section"] == row["start_pfn"] >> t.SECTION_SHIFT


def test_qemu_accounts_for_every_page(documents, truth):
    """Balloon and virtio-mem figures of QEMU add up to what is listed, stale pages included."""
    totals = documents["offline.json"]["totals"]
    assert totals["offline"] + totals["stale"] == t.expected_offline(truth)


def test_each_device_has_what_it_left_out(documents, truth):
    """In a virtio-mem region lie its unplugged pages, and at most the balloon's besides."""
    found = [[row["start_pfn"], row["pages"]] for row in documents["offrange-a.json"]["ranges"]]
    for name, start, end, left_out in t.devices(truth):
        inside = t.count(t.within(found, start, end))
        assert left_out <= inside <= left_out + t.balloon_pages(truth), name


def table(text):
    """[first, pages] of a table's rows: the first column is an inclusive pfn range in hex."""
    rows = re.findall(r"^\s*(?:0x)?([0-9a-f]+)\s*-\s*(?:0x)?([0-9a-f]+)\s", text, re.MULTILINE)
    return [[int(first, 16), int(last, 16) - int(first, 16) + 1] for first, last in rows]


def merged(rows):
    """[first, pages] of neighbours that are alike in what a narrow table shows"""
    runs, before = [], None
    for row in rows:
        like = [row[key] for key in ("owner", "device", "node", "zone")]
        if runs and like == before and sum(runs[-1]) == row["start_pfn"]:
            runs[-1][1] += row["pages"]
        else:
            runs.append([row["start_pfn"], row["pages"]])
        before = like
    return runs


def test_table_equals_json(said, documents):
    """The same rows for people and for scripts."""
    rows = [[row["start_pfn"], row["pages"]] for row in documents["offrange-a.json"]["ranges"]]
    assert table(said.out["offrange-a"]) == rows
    assert table(said.out["offrange"]) == merged(documents["offrange.json"]["ranges"])


def test_table_ends_with_status(said):
    """The last line says how it went, what was scanned and how much of it is unknown."""
    for name in ("offline", "offrange", "offrange-a"):
        last = said.out[name].rstrip("\n").splitlines()[-1]
        assert re.match(r"status: (ok|findings): \d+ pages scanned .*\b0 unknown", last), (name, last)


def test_stale(dump, documents, truth):
    """An offlined block's pages: with -a only, marked, in that block, counted apart."""
    stale = t.ranges(documents["offrange-a.json"], online=False)
    assert documents["offline.json"]["totals"]["stale"] == t.count(stale)
    assert not t.differences(t.pfns(t.ranges(documents["offrange-a.json"])), t.pfns(truth["offline"]))
    offline = t.pfns(t.block_pages(truth, "offline"))
    assert t.pfns(stale) <= offline
    assert bool(stale) == (dump.case in STALE_CASES)
