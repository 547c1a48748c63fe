#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Make what the tests of make check will ask for, one guest after the other, while other tests run.

A guest keeps one processor busy, and so does crash afterwards. The tests make what is
missing by themselves, and wait for what is in the making: nothing fails here.
"""

import sys

from lab import dumps, kernels, verdicts
from lab.cases import CASES
from lab.util import LabError

#: cases that are tried on the first kernel only
OF_THE_FIRST = ("filtered", "unplug")


def wanted():
    """[(how to get it, series, name)] in the order of the tests: dumps of all kernels, then verdicts."""
    first, *others = kernels.selected()
    found = [(dumps.get, series, name) for name in CASES for series in (first, *others)
             if kernels.SERIES[series].has(name) and (series == first or name not in OF_THE_FIRST)]
    found += [(dumps.get, series, "both") for series in kernels.brief()]
    kinds = [*verdicts.TRIED, "caught-pinned"]
    found += [(verdicts.get, series, kind) for kind in kinds for series in (first, *others)
              if kernels.SERIES[series].has(kind)]
    return [*found, (verdicts.get, first, "caught-balloon")]


def make(get, series, name):
    """One of them; the test that needs it will say what is wrong with it."""
    try:
        get(series, name)
    except LabError as error:
        print(f"{series} {name}: {error}", file=sys.stderr)


def main():
    """Make them."""
    for get, series, name in wanted():
        make(get, series, name)


if __name__ == "__main__":
    main()
