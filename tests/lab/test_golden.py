# SPDX-License-Identifier: GPL-2.0-or-later
"""A recording replays to what crash printed for the dump, over all of its memmap.

The golden cases of `make check-unit` stand on that; here it is tried with dumps of today.
"""

import re

import pytest

from lab import dumps, kernels
from lab.goldens import CUTS, GOLDEN, cut, replay

#: KiB of a whole memmap's fixture, as text
MOST = 1024


@pytest.fixture(scope="module", params=kernels.selected())
def whole(request, tmp_path_factory):
    """(fixture's path, commands, transcript) of a kernel's dump, cut anew."""
    folder = tmp_path_factory.mktemp("cut")
    what = CUTS["orphaned-whole"]
    _, transcript = cut(dumps.get(request.param, what.case), what.why, what.commands, folder)
    return folder / "fixture", what.commands, transcript


def test_fixture_is_small(whole):
    """Struct pages in a row are said once."""
    assert whole[0].stat().st_size < MOST << 10


def test_fixture_decides(whole, tmp_path):
    """A reference more on one struct page changes what is said: the transcript comes from the fixture."""
    fixture, commands, transcript = whole
    text = fixture.read_text()
    offset = int(next(line.split()[2] for line in text.splitlines() if line.startswith("member page._refcount ")))
    page = re.search(r'"severity": "warning", .*"page_kva": "(0x[0-9a-f]+)"', transcript)[1]
    changed = tmp_path / "fixture"
    changed.write_text(f"{text}mem {int(page, 16) + offset:x} b02 b00 b00 b00\n")
    assert replay(fixture, commands) == transcript
    different = set(replay(changed, commands).splitlines()) - set(transcript.splitlines())
    assert [line for line in different if f'"page_kva": "{page}", "refcount": 2' in line], different


def test_bus_has_the_same_blocks(whole, tmp_path):
    """Where the index of memory blocks is hidden, the bus that they are devices of says the same."""
    fixture, commands, transcript = whole
    changed = tmp_path / "fixture"
    changed.write_text(f"{fixture.read_text()}without symbol memory_blocks\n")
    assert replay(changed, commands) == transcript


@pytest.mark.parametrize("name", CUTS)
def test_commands_are_the_ones_in_the_tree(name):
    """The cases in the tree ask what the table has, so that cutting them anew asks nothing else."""
    cases = sorted(GOLDEN.glob(f"*-{name}.cmd"))
    assert cases
    for case in cases:
        assert case.read_text().splitlines() == list(CUTS[name].commands), case
