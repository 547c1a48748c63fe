# SPDX-License-Identifier: GPL-2.0-or-later
"""offblock against what the kernel does: the part of the verdict campaign that fits here.

`make check-verdicts` runs all kinds of guests; docs/verdicts.md has its figures.
"""

import collections

import pytest

from lab import kernels, verdicts
from lab.module import CannotBuild

TRIED = ("balloon", "made")
#: what these guests are known to hold at the least: attempts, and blocks of a verdict
LEAST = {"balloon": {"attempts": 25, "OFFLINABLE": 10, "DRIVER": 1, "BLOCKED": 2},
         "made": {"attempts": 25, "OFFLINABLE": 3, "SPINS": 1, "BLOCKED": 12}}


@pytest.fixture(scope="module", params=[pytest.param((series, kind), id=f"{series}-{kind}")
                                        for series in kernels.selected() for kind in TRIED])
def tried(request):
    """(kind, its rows): each online block of a guest, judged and tried."""
    try:
        return request.param[1], verdicts.compare(verdicts.get(*request.param))
    except CannotBuild as error:
        pytest.skip(str(error).splitlines()[0])


def test_no_contradiction(tried):
    """What offblock rules out does not happen."""
    contrary = [str(row) for row in tried[1] if row.contradiction]
    assert not contrary, "\n".join(contrary)


def test_enough_was_tried(tried):
    """The guests hold what they are meant to, so that the test above means something."""
    kind, rows = tried
    counts = collections.Counter(row.verdict for row in rows) + collections.Counter(attempts=len(rows))
    assert {name: counts[name] for name, least in LEAST[kind].items() if counts[name] < least} == {}, counts


def test_every_block_came_back(tried):
    """No attempt was made beside blocks that the dump has and the guest no longer had."""
    assert [row.did["block"] for row in tried[1] if not row.did["back"]] == []


def test_reasons(tried):
    """A refusal comes for the reason foretold; a page may have moved since the dump, many have not."""
    reasons = [row.same_reason for row in tried[1] if row.same_reason is not None]
    assert reasons.count(False) <= len(reasons) // 5, [str(row) for row in tried[1] if row.same_reason is False]


@pytest.mark.parametrize("series", kernels.selected())
def test_caught_in_the_middle(series):
    """A block that was being offlined when the dump was made is told as such, without a false error."""
    dump = verdicts.get(series, "caught-pinned")
    block, wrong = verdicts.caught(dump)
    assert not wrong, wrong
    assert block["offline"], "the block was to hold pages whose driver has let go"
