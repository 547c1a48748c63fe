#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Cut golden cases from dumps, all of their memmap: cut.py [-n NAME,...] KERNEL...

Writes tests/golden/KERNEL-NAME.{fixture,cmd,expect}. What is expected is what crash
printed for the dump; a fixture that replays to anything else is refused.
"""

import argparse
import sys

from lab import dumps, util
from lab.goldens import CUTS, write


def main(arguments):
    """Cut each case from each kernel's dump."""
    parser = argparse.ArgumentParser(description="golden cases over whole memmaps")
    parser.add_argument("-n", dest="names", type=lambda text: text.split(","), default=list(CUTS))
    parser.add_argument("kernels", nargs="+")
    given = parser.parse_args(arguments)
    for series in given.kernels:
        for name in given.names:
            what = CUTS[name]
            write(f"{series}-{name}", dumps.get(series, what.case, "kdump-zlib"), what)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (util.LabError, OSError) as failure:
        sys.exit(f"cut: {failure}")
