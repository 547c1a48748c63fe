# SPDX-License-Identifier: GPL-2.0-or-later
"""What must hold on every architecture, whatever the size of a page or of a section."""

import json
import re
from collections import Counter

from lab import crashes, verdicts
from lab import truth as t
from lab.session import Session


def sound(status, untyped=None):
    """ok; where the dump has no types of a driver's module, incomplete for that reason alone."""
    if untyped is None:
        assert status["result"] == "ok", status
        return
    parts = status["message"].split("; ")
    assert status["result"] == "incomplete", status
    assert parts[-2:] == [f"which driver owns a page is less certain without types of {untyped}: mod -s loads them",
                          f"try mod -s {untyped}"], status
    assert not any("not known" in part or "cannot" in part for part in parts[:-2]), status


def same_pages(said, truth, untyped=None):
    """offrange lists what kpageflags of the guest does, page by page; nothing is unknown."""
    assert not t.differences(t.pfns(t.ranges(said["offrange.json"])), t.pfns(truth["offline"]))
    for name in ("offline.json", "offrange.json"):
        totals = said[name]["totals"]
        assert totals["offline"] == t.count(truth["offline"]), name
        assert totals["unknown"] == 0, name
        sound(said[name]["status"], untyped)
        assert said[name]["host"]["kernel"] == truth["release"]


def sections(said, truth, section_bytes):
    """Section, node and zone of each range are the guest's; the sections cover its blocks."""
    page = said["offrange.json"]["page_size"]
    for row in said["offrange-a.json"]["ranges"]:
        assert row["section"] == row["start_pfn"] * page // section_bytes
        assert (row["start_pfn"] + row["pages"] - 1) * page // section_bytes == row["section"]
        block = truth["blocks"][f"memory{row['start_pfn'] * page // truth['block_size']}"]
        assert row["node"] == (block["node"] or 0)  # a kernel without CONFIG_NUMA names none
        assert block["zones"] in ([row["zone"]], ["none"]) or block["state"] == "offline", (row, block)
    blocks = {row["name"]: row for row in said["offblock.json"]["blocks"]}
    assert set(blocks) == set(truth["blocks"])
    assert {name: row["state"] for name, row in blocks.items()} == {
        name: row["state"] for name, row in truth["blocks"].items()}
    assert {row["pages"] * page for row in blocks.values()} == {truth["block_size"]}


def owners(said, truth, section_bytes, expected, document="offowner.json"):
    """Every page has an owner, by section as many as the guest has; `expected` are the owners' pages."""
    document, page = said[document], said[document]["page_size"]
    by_section = Counter(pfn * page // section_bytes for pfn in t.pfns(truth["offline"]))
    assert {row["nr"]: row["offline"] for row in document["sections"] if row["offline"]} == by_section
    owned = Counter()
    for row in document["sections"]:
        owned.update(row["owners"])
    assert owned == expected
    return {device["owner"]: device for device in document["devices"]}


def no_false_error(said, document="offcheck.json", untyped=None):
    """Sound records and pages make no finding."""
    assert said[document]["findings"] == []
    sound(said[document]["status"], untyped)


def held_only(said, pages):
    """So many pages block because their driver holds them, as rows say; nothing is wrong with any of them."""
    document = said["offcheck.json"]
    classes = Counter()
    for row in document["classes"]:
        classes[row["code"]] += row["pages"]
    assert set(classes) <= {"offline-held", "offline-reserved"} and classes.total() == pages, classes
    assert {row["severity"] for row in document["findings"]} <= {"info"}, document["findings"]


def verdicts_hold(dump, said):
    """No verdict on a block is contradicted by the kernel, and a refusal comes for the reason given."""
    blocks = {row["name"]: row for row in said["offblock.json"]["blocks"]}
    rows = [verdicts.Row(dump.name, blocks[row["block"]], row) for row in dump.truth["after"]["attempts"]]
    assert [str(row) for row in rows if row.contradiction] == []
    assert [str(row) for row in rows if row.same_reason is False] == []
    return rows


#: Commands that read much of the memmap, and ask for JSON.
WALKS = ("offrange", "offline", "offblock")


def either_reads(dump, folder, symbols=""):
    """offline.so reads a kdump itself, and prints the same bytes as when crash reads; `symbols` load missing types."""
    asked = {f"{who}-{walk}": f"{walk} -j{option}" for walk in WALKS for who, option in (("we", ""), ("crash", " -C"))}
    extension = crashes.get(dump.kernel.series.crash).extension
    out = Session(dump, {"extend": f"{symbols}\nextend {extension}".lstrip(), **asked, "we": "offline -v", "crash": "offline -v -C"},
                  folder).out
    readers = [re.search(r"^READER +(.*)$", out[name], re.MULTILINE).group(1) for name in ("we", "crash")]
    assert readers[0].startswith("offline.so itself") and readers[1] == "crash: -C", readers
    for walk in WALKS:
        assert json.loads(out[f"we-{walk}"])["status"]["result"] == "ok", walk
        assert out[f"we-{walk}"] == out[f"crash-{walk}"], walk
    assert not t.differences(t.pfns(t.ranges(json.loads(out["we-offrange"]))), t.pfns(dump.truth["offline"]))
