# SPDX-License-Identifier: GPL-2.0-or-later
"""What stands in `make check` for each kind of guest of the verdict campaign: a row of docs/lab.md each.

A guest takes minutes, and `make check` has thirty for everything. So it tries the blocks of some kinds only. Of
others it has a recording: where its first words are what the kernel did, this was tried when it was made. The
rest is what the rule says of pages, or of a block, in unit tests.
"""

import re

from .kinds import CAUGHT, KINDS
from .util import REPO
from .verdicts import TRIED

GOLDEN, UNIT = REPO / "tests" / "golden", REPO / "tests" / "unit"
#: what a recording begins with that was made where the block was tried
TRUTH = re.compile(r"# (The kernel (?:refused|took|never came).*)")
MARKS = "<!-- kinds in make check -->\n", "<!-- end of kinds in make check -->\n"
GUESTS = (*TRIED, *CAUGHT)

#: kind: what stands for it. A guest by its kind; "recording: code in its answer"; a unit test
STANDS = {
    "plain": ("balloon",),
    "boot-movable": ("test_several_zones",),
    "fake-nodes": ("test_less_place_to_go",),
    "four-levels": (),
    "balloon": ("balloon",),
    "kernel-zone": ("made",),
    "movable-zone": ("balloon",),
    "page-cache": ("test_references_of_page_cache",),
    "locked": ("test_references_of_an_anonymous_page", "test_references_of_a_large_folio"),
    "huge-free": ("test_truth_table",),
    "huge-used": ("6.12-hugetlb-swaps: hugetlb-swaps",),
    "huge-reserved": ("test_truth_table",),
    "slab": ("made",),
    "removed": ("6.12-orphaned-whole: offline-held",),
    "states": ("6.12-offlined: OFFLINE",),
    "pinned": ("caught-pinned",),
    "made": ("made",),
    "dimm": ("test_truth_table",),
    "two-nodes": ("7.2-numa-whole: offline-driver",),
    "huge-poisoned": ("6.12-hugetlb-hwpoison: hugetlb-stuck",),
    "gigantic-free": ("6.1-gigantic-free: hugetlb-crosses",),
    "gigantic-used": ("test_gigantic_pages_of_a_block", "test_gigantic_page_and_other_nodes"),
    "huge-optimised": ("6.12-hugetlb-optimized: hugetlb-optimized",),
    "ring-buffers": ("test_references_of_a_large_folio", "test_references_of_a_large_page"),
    "piped": ("test_references_of_a_large_folio", "test_references_of_a_large_page"),
    "piped-poisoned": ("test_poisoned_large_folio", "test_poisoned_large_folio_of_v6_1"),
    "secret": ("test_mappings_that_never_migrate",),
    "event-rings": ("6.12-kernel-page-with-mapping: kernel",),
    "referenced": ("test_references_of_an_anonymous_page", "test_references_of_page_cache"),
    "balloon-referenced": ("balloon-refs: offline-movable-held",),
    "huge-ring": ("test_references_of_huge_pages",),
    "huge-far": ("test_huge_pages_left_on_a_node", "test_memmap_of_huge_pages"),
    "swapping": ("test_no_place_to_go", "test_swap_of_zones_that_take_nothing"),
    "mounted": ("test_buffers_of_a_disk",),
    "poisoned": ("6.12-hwpoison-compound-movable: hwpoison", "6.12-hwpoison-compound-normal: hwpoison"),
    "in-batches": ("6.12-lru-batch: batch",),
    "in-flight": ("test_references_of_an_anonymous_page", "test_references_of_a_large_folio"),
    "traced": ("test_references_of_an_anonymous_page",),
    "huge-mixed": ("test_huge_pages_of_a_block", "test_gigantic_pages_of_a_block", "6.12-hugetlb-hwpoison: hugetlb-stuck"),
    "under-load": ("unplug-charged: fresh", "devices-held: untouched"),
    "under-load-kernel": ("unplug-charged: fresh", "devices-held: untouched"),
    "thp-part": ("test_references_of_a_large_folio",),
    "truncated": ("test_pages_out_of_their_file", "test_truncated_large_folio"),
    "poisoned-parts": ("test_behind_a_poisoned_page", "test_truth_table"),
    "ramfs": ("test_mappings_that_never_migrate",),
    "huge-mount": ("test_huge_pages_of_a_subpool",),
    "huge-full": ("test_no_place_to_go", "test_room_for_huge_pages"),
    "huge-lent": ("test_huge_pages_left_behind",),
    "nowhere": ("test_no_place_to_go",),
    "held": ("made",),      # memory of the kernel, as there; the names have unit tests of their own
    "caught-pinned": ("caught-pinned",),
    "caught-balloon": ("caught-balloon",),
}


def truth(recording):
    """What the kernel did where the recording was made, as its first words have it; empty where nobody tried."""
    with (GOLDEN / f"{recording}.fixture").open(encoding="utf-8", errors="replace") as text:
        found = TRUTH.match(next(text))
    return found[1].rstrip(". ") if found else ""


def how(stand):
    """(how strong it is: 0 tried in make check, 1 tried when it was recorded, 2 the rule alone; words)."""
    if stand in GUESTS:
        return 0, f"guest `{stand}`, tried"
    if ": " not in stand:
        return 2, f"unit: {stand}"
    recording, code = stand.split(": ")
    did = truth(recording)
    return (1 if did else 2), f"recording {recording}, `{code}`" + (f" ({did})" if did else "")


def wrong():
    """What the table names and is not there, or does not hold what it is named for: nothing, one hopes."""
    tests = "".join(path.read_text() for path in sorted(UNIT.glob("test_*.c")))
    kinds = {**KINDS, **CAUGHT}
    yield from (f"{kind}: no row" for kind in kinds if kind not in STANDS)
    yield from (f"{kind}: no kind" for kind in STANDS if kind not in kinds)
    for kind, stands in STANDS.items():
        for stand in stands:
            recording, _, code = stand.partition(": ")
            expected = GOLDEN / f"{recording}.expect"
            if stand in GUESTS or f"static void {stand}(void" in tests:
                continue
            if not code or not expected.exists() or not re.search(rf"(?<![\w-]){code}(?![\w-])", expected.read_text()):
                yield f"{kind}: {stand} is not there"


def text():
    """The table."""
    yield f"{MARKS[0]}| kind | in `make check` |"
    yield "|---|---|"
    for kind in (*KINDS, *CAUGHT):
        yield f"| {kind} | {'; '.join(words for _, words in sorted(map(how, STANDS[kind]))) or 'nothing'} |"
    counts = [min((how(stand)[0] for stand in STANDS[kind]), default=3) for kind in STANDS]
    yield (f"\nOf {len(counts)} kinds {counts.count(0)} are tried in `make check`, {counts.count(1)} have a recording of a "
           f"block that was tried, for {counts.count(2)} the rule alone is tested, and for {counts.count(3)} nothing is."
           f"\n{MARKS[1]}")


if __name__ == "__main__":
    print("\n".join(text()), end="")
