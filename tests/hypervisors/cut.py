#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Cut golden cases from dumps of other architectures and hypervisors: cut.py [NAME...]

As tests/lab/cut.py, which cuts the same of any of the lab's kernels.
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "lab"))

from lab import dumps, goldens, util  # noqa: E402  pylint: disable=wrong-import-position
from stacks import arm64, ppc64, xen  # noqa: E402  pylint: disable=wrong-import-position

CUTS = {
    "6.1-ppc64-whole": (ppc64, goldens.Cut("cmm", "CMM of powerpc, in pages of 64 KiB", (
        "offline", "offcheck", "offowner", "offrange", "offblock", "offblock memory1"))),
    "6.1-arm64": (arm64, goldens.Cut("both", "arm64: boot memory that cannot be offlined, a block partly plugged", (
        "offrange -v -B memory17", "offowner -B memory17", "offblock memory12", "offblock memory23",
        "offcheck -B memory23"))),
    "6.1-xen-whole": (xen, goldens.Cut("pvh", "a PVH guest of Xen that has given 120 MiB back", (
        "offcheck", "offowner -v", "offblock", "offblock memory1"), "elf")),
    "6.1-vmware-2m-whole": (dumps, goldens.Cut("vmware-2m", "VMware's balloon, of units of 2 MiB and of pages", (
        "offcheck", "offowner -v", "offblock", "offblock memory1"), "elf",
        ("vmw_balloon", "virtio_balloon", "virtio_mem"))),
    "6.1-vmware-4k-whole": (dumps, goldens.Cut("vmware-4k", "VMware's balloon, of pages only", (
        "offcheck", "offowner -v", "offblock", "offblock memory32"),
        modules=("vmw_balloon", "virtio_balloon", "virtio_mem"))),
}


def main(names):
    """Cut the cases named, or all."""
    for name in names or CUTS:
        stack, what = CUTS[name]
        dump = stack.get(name.partition("-")[0], what.case, what.form)
        goldens.write(name, dump, what)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (util.LabError, OSError) as failure:
        sys.exit(f"cut: {failure}")
