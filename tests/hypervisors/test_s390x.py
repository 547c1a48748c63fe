# SPDX-License-Identifier: GPL-2.0-or-later
"""virtio-balloon on s390x, the one that is big-endian, seen through that architecture's crash."""

import claims
import pytest
from lab import truth as t
from stacks import s390x

SECTION = 256 << 20
FORMS = ("kdump-zlib", "elf")
UNTYPED = "virtio_balloon"      # Debian's s390x kernel has no BTF of modules


@pytest.fixture(name="dump", scope="session", params=FORMS)
def get_dump(request):
    """The guest of which the balloon has 848 MiB, in each format."""
    return s390x.get("6.1", "balloon", request.param)


def _symbols(dump):
    return f"mod -s virtio_balloon {dump.kernel.debug}/virtio_balloon.ko"


@pytest.fixture(name="said", scope="session")
def get_said(ask, dump):
    """What offline.so says; of the driver's counters with debuginfo of the module."""
    return ask(dump, {"typed.json": f"{_symbols(dump)}\noffowner -j", "typed": "offowner",
                      "memory2": "offblock memory2"})


def test_same_pages(said, dump):
    """kpageflags is the witness, and QEMU's figure is another."""
    claims.same_pages(said, dump.truth, UNTYPED)
    assert said["offline.json"]["totals"]["offline"] == t.expected_offline(dump.truth)


def test_sections(said, dump):
    """Sections of 256 MiB, one a block."""
    claims.sections(said, dump.truth, SECTION)


def test_owners(said, dump):
    """Every page is in the balloon's list, and as many as its counter says: four bytes of a big-endian word."""
    taken = t.balloon_pages(dump.truth)
    claims.owners(said, dump.truth, SECTION, {"virtio_balloon": taken})
    devices = claims.owners(said, dump.truth, SECTION, {"virtio_balloon": taken}, "typed.json")
    device = devices["virtio_balloon"]
    assert (device["found"], device["expected"], device["difference"]) == (taken, taken, 0)
    assert device["counters"]["num_pages"] == device["counters"]["listed"] == taken


def test_tables(said, dump):
    """What people read says the same as the documents."""
    taken = t.balloon_pages(dump.truth)
    rows = [line.split() for line in said["offline"].splitlines()]
    assert ["virtio_balloon", "-", f"{taken}", "848M", "41.4%", "migrate"] in rows, said["offline"]
    assert f"num_pages={taken} isolated_pages=0 listed={taken}" in said["typed"], said["typed"]


def test_no_false_error(said):
    """The rule and the records hold."""
    claims.no_false_error(said, untyped=UNTYPED)


def test_verdicts(said, dump):
    """Each block was really tried: what is free or the balloon's goes, the ends of the boot's memory do not."""
    rows = claims.verdicts_hold(dump, said)
    assert [row.did["block"] for row in rows] == [f"memory{nr}" for nr in range(8)]
    for row in rows:
        ends = row.did["block"] in ("memory0", "memory7")
        assert (row.verdict == "BLOCKED", row.outcome == "success") == (ends, not ends), str(row)
    assert {row.verdict for row in rows} >= {"BLOCKED", "OFFLINABLE", "MIGRATE"}


def test_callback_of_cma(said):
    """There is no CMA area, so the callback that keeps such memory lets a block pass."""
    assert "notify        passes" in said["memory2"], said["memory2"]
    assert "UNKNOWN" not in said["memory2"]


def test_offline_blocks(ask):
    """Blocks of the boot's memory that are offline: in no zone, none of their pages counted."""
    dump = s390x.get("6.1", "offlined")
    said, truth = ask(dump), dump.truth
    claims.same_pages(said, truth, UNTYPED)
    claims.sections(said, truth, SECTION)
    assert {name for name, row in truth["blocks"].items() if row["state"] == "offline"} == {"memory4", "memory6"}
    verdicts = {row["name"]: row["verdict"] for row in said["offblock.json"]["blocks"]}
    assert {name for name, verdict in verdicts.items() if verdict == "OFFLINE"} == {"memory4", "memory6"}
    totals = said["offline.json"]["totals"]
    assert (totals["offline"], totals["stale"]) == (t.expected_offline(truth), 0)


def test_either_reads(tmp_path):
    """offline.so's own reader of kdump files on a big-endian machine: the same bytes as by crash."""
    dump = s390x.get("6.1", "balloon", "kdump-zlib")
    claims.either_reads(dump, tmp_path, _symbols(dump))
