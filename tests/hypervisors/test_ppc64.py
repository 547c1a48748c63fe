# SPDX-License-Identifier: GPL-2.0-or-later
"""PowerPC's cooperative memory manager, in pages of 64 KiB, seen through that architecture's crash."""

import re

import claims
import pytest
from lab import truth as t
from stacks import ppc64

PAGE, SECTION = 65536, 16 << 20
DUMPS = {"cmm-elf": ("cmm", "elf"), "cmm-kdump": ("cmm", "kdump-zlib"), "two": ("two-balloons", "kdump-zlib")}


@pytest.fixture(name="dump", scope="session", params=DUMPS)
def get_dump(request):
    """The guest in which CMM loans, and the one that has a virtio-balloon besides."""
    return ppc64.get("6.1", *DUMPS[request.param])


@pytest.fixture(name="said", scope="session")
def get_said(ask, dump):
    """What offline.so says; the kernel has no BTF, so a layout takes debuginfo of the module."""
    symbols = f"mod -s virtio_balloon {dump.kernel.debug}/virtio_balloon.ko"
    return ask(dump, {"typed.json": f"{symbols}\noffowner -j"})


@pytest.fixture(name="expected", scope="session")
def get_expected(dump):
    """The pages of each driver: by CMM's sysfs, and by QEMU."""
    truth = dump.truth
    taken = (truth["boot_bytes"] - truth["balloon"]["actual"]) // PAGE
    loaned = truth["after"]["loaned_kb"] * 1024 // PAGE
    return {"cmm": loaned, **({"virtio_balloon": taken} if taken else {})}


def test_witnesses(dump, expected):
    """kpageflags, CMM's sysfs, QEMU, and the events in /proc/vmstat agree with each other."""
    events = dict(re.findall(r"^(balloon_\w+) (\d+)$", dump.truth["vmstat"], re.MULTILINE))
    assert t.count(dump.truth["offline"]) == sum(expected.values())
    assert int(events["balloon_inflate"]) - int(events["balloon_deflate"]) == sum(expected.values())


def _untyped(expected):
    """Debian's ppc64le kernel has no BTF of modules, and CMM is known by its symbols."""
    return "virtio_balloon" if "virtio_balloon" in expected else None


def test_same_pages(said, dump, expected):
    """Page by page, at 64 KiB a page."""
    assert said["offrange.json"]["page_size"] == PAGE
    claims.same_pages(said, dump.truth, _untyped(expected))


def test_sections(said, dump):
    """Sections of 16 MiB, and 16 of them a block."""
    claims.sections(said, dump.truth, SECTION)


def test_owners(said, dump, expected):
    """Every page is in the records of its driver, and as many as its counter says."""
    claims.owners(said, dump.truth, SECTION, expected)
    devices = claims.owners(said, dump.truth, SECTION, expected, "typed.json")
    for name, pages in expected.items():
        assert (devices[name]["found"], devices[name]["expected"], devices[name]["difference"]) == (pages, pages, 0)
        assert devices[name]["counters"]["listed"] == pages
    if "virtio_balloon" in expected:  # its unit is 4 KiB, whatever a page is
        assert devices["virtio_balloon"]["counters"]["num_pages"] == expected["virtio_balloon"] * PAGE // 4096


def test_counter_of_cmm(said, dump, expected):
    """loaned_pages, where the dump says where it is; else that it does not, and the list instead."""
    cmm, = (device for device in said["offowner.json"]["devices"] if device["owner"] == "cmm")
    if dump.case == "cmm":
        assert cmm["counters"]["loaned_pages"] == expected["cmm"]
        assert cmm["counters"]["loaned_pages_target"] == dump.truth["after"]["loaned_target_kb"] * 1024 // PAGE
        assert cmm["note"] is None
    else:
        assert "loaned_pages" not in cmm["counters"]
        assert "not with loaned_pages" in cmm["note"]


def test_no_false_error(said, expected):
    """The rule and the records hold."""
    claims.no_false_error(said, untyped=_untyped(expected))


def test_verdicts(said, dump):
    """Loaned pages migrate; each block was really tried."""
    rows = claims.verdicts_hold(dump, said)
    assert len(rows) == 4
    assert dump.truth["after"]["offline_then"] == t.count(dump.truth["offline"])  # none was given back
    went = [row for row in rows if row.outcome == "success"]
    # RETRIES: the guest was stopped while a process that ends gave its last pages back
    assert {row.verdict for row in went} <= {"MIGRATE", "RETRIES"}
    assert went or dump.case != "cmm"  # a guest with two balloons may have no block without slab


def test_either_reads(tmp_path):
    """offline.so's own reader of kdump files, in pages of 64 KiB: the same bytes as by crash."""
    claims.either_reads(ppc64.get("6.1", "cmm", "kdump-zlib"), tmp_path)
