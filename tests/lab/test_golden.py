# SPDX-License-Identifier: GPL-2.0-or-later
"""A recording replays to what crash printed for the dump, over all of its memmap.

The golden cases of `make check-unit` stand on that; here it is tried with dumps of today.
"""

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
    """One struct page that is another changes what is said: the transcript comes from the fixture."""
    fixture, commands, transcript = whole
    kva = next(line.split()[3] for line in transcript.splitlines() if line.startswith("warning"))
    changed = tmp_path / "fixture"
    changed.write_text(f"{fixture.read_text()}unreadable {kva} 40\n")
    assert replay(fixture, commands) == transcript
    assert " 1 unknown" in replay(changed, commands)


@pytest.mark.parametrize("name", CUTS)
def test_commands_are_the_ones_in_the_tree(name):
    """The cases in the tree ask what the table has, so that cutting them anew asks nothing else."""
    cases = sorted(GOLDEN.glob(f"*-{name}.cmd"))
    assert cases
    for case in cases:
        assert case.read_text().splitlines() == list(CUTS[name].commands), case
