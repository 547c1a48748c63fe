# SPDX-License-Identifier: GPL-2.0-or-later
"""The second witness: the struct pages as stock crash reads them, without offline.so."""

import re

from . import truth


def commands(dump):
    """What is asked; the names are those that pages() takes the answers by."""
    return {"base": "p/x vmemmap_base", "names": "kmem -g",
            "kmem": f"kmem -m {dump.kernel.series.marked[0]},_refcount,flags"}


def pages(dump, out):
    """{pfn: (reference count, names of the page flags)} of the pages marked offline, from the answers."""
    base = int(re.search(r"0x[0-9a-f]+", out["base"]).group(), 16)
    names = truth.page_flags(out["names"])
    return {pfn: (refcount, frozenset(name for bit, name in names if flags & bit))
            for pfn, (refcount, flags) in truth.kmem_pages(out["kmem"], base, *dump.kernel.series.marked).items()}
