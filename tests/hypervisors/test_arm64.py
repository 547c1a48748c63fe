# SPDX-License-Identifier: GPL-2.0-or-later
"""virtio-mem and virtio-balloon on arm64, seen through that architecture's crash."""

import claims
import pytest
from lab import truth as t
from stacks import arm64

SECTION = 128 << 20
FORMS = ("kdump-zlib", "elf")


@pytest.fixture(name="dump", scope="session", params=FORMS)
def get_dump(request):
    """The guest with both drivers, in each format."""
    return arm64.get("6.1", "both", request.param)


def test_same_pages(ask, dump):
    """kpageflags is the witness, and QEMU's figures are another."""
    claims.same_pages(ask(dump), dump.truth)
    assert ask(dump)["offline.json"]["totals"]["offline"] == t.expected_offline(dump.truth)


def test_sections(ask, dump):
    """Sections of 128 MiB."""
    claims.sections(ask(dump), dump.truth, SECTION)


def test_owners(ask, dump):
    """Both devices have what QEMU says."""
    said, truth = ask(dump), dump.truth
    (_, _, _, left_out), = t.devices(truth)
    taken = t.balloon_pages(truth)
    devices = claims.owners(said, truth, SECTION, {"virtio_mem": left_out, "virtio_balloon": taken})
    assert {name: device["difference"] for name, device in devices.items()} == {"virtio_mem": 0, "virtio_balloon": 0}
    assert devices["virtio_mem"]["counters"]["plugged_size"] == truth["memory_devices"][0]["data"]["size"]
    assert devices["virtio_balloon"]["counters"]["num_pages"] == taken


def test_no_false_error(ask, dump):
    """The rule and the records hold."""
    claims.no_false_error(ask(dump))


def test_verdicts(ask, dump):
    """Boot memory cannot be offlined on arm64, whatever lies in it; the rest went as foretold."""
    rows = claims.verdicts_hold(dump, ask(dump))
    boot, region = dump.truth["boot_bytes"], dump.truth["memory_devices"][0]["data"]["memaddr"]
    for row in rows:
        start = int(row.did["block"].removeprefix("memory")) * dump.truth["block_size"]
        if start < region:
            assert (row.verdict, row.outcome == "success") == ("BLOCKED", False), str(row)
        else:
            # RETRIES: the guest was stopped while a process that ends gave its last pages back
            assert (row.verdict in ("OFFLINABLE", "DRIVER", "MIGRATE", "RETRIES"), row.outcome) == (True, "success"), \
                str(row)
    assert sum(row.did["reason"] == "notifier failure" for row in rows) >= 3
    assert sum(row.verdict == "BLOCKED" for row in rows) * dump.truth["block_size"] == boot


def test_stale(ask):
    """What an offlined block leaves behind is shown apart, and never counted."""
    dump = arm64.get("6.1", "offlined")
    said, truth = ask(dump), dump.truth
    stale = t.pfns(t.ranges(said["offrange-a.json"], online=False))
    assert not t.differences(t.pfns(t.ranges(said["offrange.json"])), t.pfns(truth["offline"]))
    assert stale and stale <= t.pfns(t.block_pages(truth, "offline"))
    totals = said["offline.json"]["totals"]
    assert (totals["offline"], totals["stale"]) == (t.count(truth["offline"]), len(stale))
    assert totals["offline"] + totals["stale"] == t.expected_offline(truth)
    claims.sections(said, truth, SECTION)
    claims.no_false_error(said)


def test_either_reads(tmp_path):
    """offline.so's own reader of kdump files, whose blocks QEMU makes of 16 pages here: the same bytes as by crash."""
    claims.either_reads(arm64.get("6.1", "both", "kdump-zlib"), tmp_path)
