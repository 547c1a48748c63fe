# SPDX-License-Identifier: GPL-2.0-or-later
"""offblock -d: which memory device can be unplugged, against what became of it in QEMU afterwards."""

import json

import pytest

from lab import crashes, dumps, kernels
from lab.session import Session

#: what may be said of a device that went, and of one that stayed; a page may be referenced for a moment only
WENT, STAYED = {"yes", "retries"}, {"no", "retries"}


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """(what QEMU did, the document, QEMU's devices)"""
    dump = dumps.get(kernels.selected()[0], "unplug")
    extension = crashes.get(dump.kernel.series.crash).extension
    out = Session(dump, {"extend": f"extend {extension}", "devices": "offblock -d -j"},
                  tmp_path_factory.mktemp("devices")).out
    return dump.truth["after"], json.loads(out["devices"]), {
        row["data"]["id"]: row["data"] for row in dump.truth["memory_devices"]}


def row_of(document, address):
    """The device that has an address."""
    found, = (row for row in document["memory_devices"]
              if row["start"] and int(row["start"], 16) <= address <= int(row["end"], 16))
    return found


def test_both_ways_happened(said):
    """The guest is of use only if a device goes and another one stays."""
    assert said[0] == {"dimm-d0": True, "dimm-d1": False, "vm0": True}


def test_each_device_is_found(said):
    """By the addresses that QEMU gave them, with their blocks."""
    _, document, devices = said
    assert len(devices) == 3
    for name, data in devices.items():
        row = row_of(document, data.get("addr", data.get("memaddr")))
        assert row["kind"] == ("virtio_mem" if name == "vm0" else "acpi"), row
        assert row["size"] == data["size"], row


def test_what_became_of_it(said):
    """A device of which offblock says yes was unplugged; one of which it says no is still there."""
    happened, document, devices = said
    assert {"yes", "no"} <= {row["unplug"] for row in document["memory_devices"]}
    for name, data in devices.items():
        row = row_of(document, data.get("addr", data.get("memaddr")))
        assert row["unplug"] in (WENT if happened[name] else STAYED), (name, row)
