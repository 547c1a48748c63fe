# SPDX-License-Identifier: GPL-2.0-or-later
"""offblock -d and offowner -v: what can be unplugged, and by whom it is held, against what QEMU and stock crash say."""

import json
import re

import pytest

from lab import crashes, dumps, kernels
from lab.session import Session

#: what may be said of a device that went, and of one that stayed; a page may be referenced for a moment only
WENT, STAYED = {"yes", "retries"}, {"no", "retries"}


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    """(the dump, the answers)"""
    dump = dumps.get(kernels.selected()[0], "unplug")
    extension = crashes.get(dump.kernel.series.crash).extension
    return dump, Session(dump, {"extend": f"extend {extension}", "devices": "offblock -d -j",
                                "shrinking": "offowner -v -j", "base": "p/x vmemmap_base"},
                         tmp_path_factory.mktemp("devices")).out


@pytest.fixture(scope="module")
def said(answers):
    """(what QEMU did, the document, QEMU's devices)"""
    dump, out = answers
    return dump.truth["after"], json.loads(out["devices"]), {
        row["data"]["id"]: row["data"] for row in dump.truth["memory_devices"]}


def row_of(document, address):
    """The device that has an address."""
    found, = (row for row in document["memory_devices"]
              if row["start"] and int(row["start"], 16) <= address <= int(row["end"], 16))
    return found


def test_both_ways_happened(said):
    """The guest is of use only if a device goes and another one stays."""
    assert said[0] == {"dimm-d0": True, "dimm-d1": False, "vm0": True, "vm1": False}


def test_each_device_is_found(said):
    """By the addresses that QEMU gave them, with their blocks."""
    _, document, devices = said
    assert len(devices) == 4
    for name, data in devices.items():
        row = row_of(document, data.get("addr", data.get("memaddr")))
        assert row["kind"] == ("virtio_mem" if name in ("vm0", "vm1") else "acpi"), row
        # of vm1 sub-blocks were unplugged, not whole blocks
        assert row["size"] == data["size"] or name == "vm1", row


def test_what_became_of_it(said):
    """A device of which offblock says yes was unplugged; one of which it says no is still there."""
    happened, document, devices = said
    assert {"yes", "no"} <= {row["unplug"] for row in document["memory_devices"]}
    for name, data in devices.items():
        row = row_of(document, data.get("addr", data.get("memaddr")))
        assert row["unplug"] in (WENT if happened[name] else STAYED), (name, row)


def test_what_keeps_a_device_from_shrinking(answers, said):
    """All that QEMU still counts is there, and none of it could go: the driver had tried each sub-block."""
    document, data = json.loads(answers[1]["shrinking"]), said[2]["vm1"]
    rows = document["shrinking"]
    every = [row for row in rows if row["kind"] == "all"]
    assert sum(row["size"] for row in every) == data["size"] > 0
    assert {row["unplug"] for row in every} <= {"blocked", "retries"}
    for row in rows:
        assert (row["requested"], row["plugged"]) == (0, data["size"])
        assert row["sub_block_size"] == data["block-size"]
        assert data["memaddr"] <= row["first_pfn"] * 4096 < data["memaddr"] + data["max-size"]
    # each sub-block is held by somebody
    assert sum(row["sub_blocks"] for row in rows if row["kind"] != "all") >= sum(row["sub_blocks"] for row in every)


def test_who_keeps_it(answers, tmp_path_factory):
    """Stock crash finds the same slab caches at the first pages."""
    dump, out = answers
    base = int(re.search(r"0x[0-9a-f]+", out["base"]).group(), 16)
    slabs = {row["name"]: row["first_pfn"] for row in json.loads(out["shrinking"])["shrinking"] if row["kind"] == "slab"}
    assert {"shmem_inode_cache", "dentry"} <= set(slabs)
    found = Session(dump, {f"slab-{number}": f"kmem {base + pfn * 64:x}" for number, pfn in enumerate(slabs.values())},
                    tmp_path_factory.mktemp("kept")).out
    wrong = {}
    for number, name in enumerate(slabs):
        text = found[f"slab-{number}"]
        if not re.search(rf"^CACHE .*\n.*\b{re.escape(name)}$", text, re.M):
            wrong[name] = text
    assert not wrong
