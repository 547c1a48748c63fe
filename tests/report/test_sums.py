# SPDX-License-Identifier: GPL-2.0-or-later
"""offrange -s: its sums are those of the rows, in whatever way they are cut."""
import collections
import json
import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
REPLAY = pathlib.Path(os.environ.get("OFL_BUILD", ROOT / "build")) / "replay"
FIXTURES = ("6.1-both-whole", "6.12-orphaned-whole", "6.1-numa-whole", "6.1-vmware-2m-whole", "6.1-vmware-4k-whole",
            "6.1-xen-whole", "6.1-ppc64-whole")


def replay(fixture, *words):
    """-> what a command prints"""
    return subprocess.run([REPLAY, ROOT / f"tests/golden/{fixture}.fixture", *words], capture_output=True, text=True,
                          check=True).stdout


@pytest.mark.parametrize("fixture", FIXTURES)
def test_sums_are_those_of_the_rows(fixture):
    ranges = json.loads(replay(fixture, "offrange", "-j"))["ranges"]
    expected = collections.Counter()
    for row in ranges:
        expected[row["owner"] or "?", str(row["node"]), row["zone"]] += row["pages"]
    sums, runs = collections.Counter(), 0
    for line in replay(fixture, "offrange", "-s", "-r").splitlines():
        owner, node, zone, refcount, count, pages, size = line.split()
        assert refcount in ("<0", "0", "1", ">1") and int(size) % int(pages) == 0
        sums[owner, node, zone] += int(pages)
        runs += int(count)
    assert sums == expected
    table = replay(fixture, "offrange", "-s").splitlines()
    lengths = [line.split() for line in table[table.index(next(line for line in table if line.startswith("  FROM"))) + 1:-1]]
    assert sum(int(row[1]) for row in lengths) == runs
    assert sum(int(row[2]) for row in lengths) == sum(expected.values())
    bars = [(int(row[1]), len(row[4])) for row in lengths]
    assert max(bars)[1] == 24 and sorted(bars, key=lambda b: b[0]) == sorted(bars)


def test_a_unit_is_one_run():
    """VMware takes 2 MiB, and only the first page of them has a reference: what people see is whole units."""
    rows = replay("6.1-vmware-2m-whole", "offrange", "-v", "-r").splitlines()
    assert len(rows) == 2 and all(row.split()[4] == "1" for row in rows), rows     # two sections
    assert len(json.loads(replay("6.1-vmware-2m-whole", "offrange", "-j"))["ranges"]) > 150
