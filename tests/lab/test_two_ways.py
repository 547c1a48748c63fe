# SPDX-License-Identifier: GPL-2.0-or-later
"""Two ways, one answer: the same asked in another way gives the same facts, or the poorer way says unknown.

One dump of each kernel, which a crash that stays answers for; the recordings of other guests are asked by
tests/property/run_ways.py, and every dump of the cache by two_ways.py.
"""

import pytest
import two_ways
import ways     # found by two_ways

from lab import cases, dumps, kernels

WHICH = [series for series in kernels.selected() if kernels.SERIES[series].has("both")]
#: the other guests, where time is no object: make check-all has this kernel, too
OTHERS = [(series, name) for series in WHICH for name, case in cases.CASES.items()
          if "7.2" in WHICH and case.shared and name != "both" and kernels.SERIES[series].has(name)]
#: what changes nothing for who asks later: two_ways.types() would
CHECKS = [*ways.CHECKS, ways.some_readers, two_ways.kept]


@pytest.fixture(scope="module", params=WHICH)
def dump(request):
    """A dump of each kernel."""
    return dumps.get(request.param, "both", "kdump-zlib")


@pytest.fixture(scope="module")
def ask(dump, tmp_path_factory):
    """The dump, asked."""
    asked = two_ways.Asked(dump, tmp_path_factory.mktemp(f"ways-{dump.name}"))
    yield asked
    asked.crash.end()


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_two_ways(ask, check):
    """-x, -C, processes, filters, a block alone, tables, one command and another, kept and fresh."""
    assert not list(check(ask))


def test_types(ask, dump, tmp_path):
    """With the types of modules, without, and as a crash that was not to look for modules."""
    found = {}
    assert not list(two_ways.types(ask, dump, found))
    if "--no_modules" not in dump.kernel.series.flags:
        assert not list(two_ways.no_modules(dump, tmp_path, found))


if OTHERS:
    @pytest.mark.parametrize("series, name", OTHERS)
    def test_other_guests(series, name, tmp_path):
        """All of it, in one test for each guest."""
        assert not two_ways.checked(dumps.get(series, name, "kdump-zlib"), tmp_path, readers=False)[1]
