# SPDX-License-Identifier: GPL-2.0-or-later
"""offblock against what the kernel does: the part of the verdict campaign that fits here.

`make check-verdicts` runs all kinds of guests; docs/verdicts.md has its figures.
"""

import collections

import pytest

from lab import holders, kernels, verdicts

#: what these guests are known to hold at the least: attempts, and blocks of a verdict
LEAST = {"balloon": {"attempts": 25, "OFFLINABLE": 10, "DRIVER": 1, "BLOCKED": 2},
         "made": {"attempts": 25, "OFFLINABLE": 3, "SPINS": 1, "BLOCKED": 12}}


@pytest.fixture(scope="module", params=[pytest.param((series, kind), id=f"{series}-{kind}")
                                        for series in kernels.selected() for kind in verdicts.TRIED
                                        if kernels.SERIES[series].has(kind)])
def tried(request):
    """(kind, its rows, its dump, what is said of it): each online block of a guest, judged and tried."""
    dump = verdicts.get(*request.param)
    said = verdicts.told(dump)
    return request.param[1], verdicts.compare(dump, said), dump, said


def test_no_contradiction(tried):
    """What offblock rules out does not happen."""
    contrary = [str(row) for row in tried[1] if row.contradiction]
    assert not contrary, "\n".join(contrary)


def test_enough_was_tried(tried):
    """The guests hold what they are meant to, so that the test above means something."""
    kind, rows, *_ = tried
    counts = collections.Counter(row.verdict for row in rows) + collections.Counter(attempts=len(rows))
    assert {name: counts[name] for name, least in LEAST[kind].items() if counts[name] < least} == {}, counts


def test_every_block_came_back(tried):
    """No attempt was made beside blocks that the dump has and the guest no longer had."""
    assert [row.did["block"] for row in tried[1] if not row.did["back"]] == []


def test_reasons(tried):
    """A refusal comes for the reason foretold; a page may have moved since the dump, many have not."""
    reasons = [row.same_reason for row in tried[1] if row.same_reason is not None]
    assert reasons.count(False) <= len(reasons) // 5, [str(row) for row in tried[1] if row.same_reason is False]


def test_holders(tried):
    """What the guest holds on purpose is named, nothing is named wrong, and little is not named at all."""
    assert verdicts.misnamed(*tried[2:]) == []
    known, pages = holders.share(tried[3]["holders"]["holders"])
    assert known >= holders.IDENTIFIED * pages > 0, (known, pages)


#: one kind on each kernel, the other on the first
IN_THE_MIDDLE = [*((series, "caught-pinned") for series in kernels.selected()
                   if kernels.SERIES[series].has("caught-pinned")),
                 (kernels.selected()[0], "caught-balloon")]


@pytest.mark.parametrize("series, kind", IN_THE_MIDDLE)
def test_caught_in_the_middle(series, kind):
    """A block that was being offlined when the dump was made is told as such, without a false error."""
    block, wrong = verdicts.caught(verdicts.get(series, kind))
    assert not wrong, wrong
    assert block["offline"], "the block was to hold pages that its drivers have"


def _row(verdict, outcome, **more):
    """What a comparison makes of a verdict and an outcome; `more` is what else the guest said."""
    said = {"verdict": verdict, "reason": "unmovable page: slab", "blocker_pfn": 7}
    return verdicts.Row("none", said, {"outcome": outcome, "reason": "", "was": None, "pfn": None,
                                       "disturbed": [], **more})


RULED_OUT = {"OFFLINABLE": {"EBUSY", "EINVAL", "still trying"}, "DRIVER": {"EBUSY", "EINVAL", "still trying"},
             "MIGRATE": {"EBUSY", "EINVAL"}, "RETRIES": {"EBUSY", "EINVAL"}, "UNKNOWN": set(), "SPINS": {"success", "EBUSY", "EINVAL"}, "BLOCKED": {"success", "still trying"},
             "OFFLINE": {"success", "EBUSY", "EINVAL", "still trying"}}


@pytest.mark.parametrize("verdict", RULED_OUT)
def test_what_contradicts(verdict):
    """Each verdict rules out what docs/verdicts.md says it does, and nothing else."""
    outcomes = ("success", "EBUSY", "EINVAL", "still trying")
    assert {outcome for outcome in outcomes if _row(verdict, outcome).contradiction} == RULED_OUT[verdict]


def test_what_is_held():
    """What the guest prints, or that it was not told all of it."""
    assert verdicts._held("1000+20 104f+1 end") == [[0x1000, 0x20], [0x104f, 1]]    # pylint: disable=protected-access
    assert verdicts._held("end") == []
    assert verdicts._held("1000+20 more") is verdicts._held("1000+2") is verdicts._held("") is None


def test_what_was_killed():
    """A process that was killed before an attempt leaves room that the dump does not have; one killed later does not."""
    console = "[    3.000000] Out of memory: Killed process 9\n[  126.520081] Out of memory: Killed process 136 (hold)\n"
    rows = [{"seconds": 0.1, "dmesg": ["[   41.009308] memory offlining"]}, {"seconds": 20.1, "dmesg": ["[  126.487507] failed"]},
            {"seconds": 3.36, "dmesg": ["[  130.467631] Offlined Pages 32768"]}, {"seconds": 0.1, "dmesg": []}]
    assert verdicts.killed_before(rows, console) == [False, False, True, False], "the last says no time"
    rows[2]["seconds"] = 4.1
    assert not any(verdicts.killed_before(rows, console)), "it was under way"
    assert not any(verdicts.killed_before(rows, "[   99.000000] Memory cgroup out of memory: Killed process 136 (hold)\n"))
    assert _row("RETRIES", "success", killed=True).changed and not _row("RETRIES", "success", killed=False).changed
    assert not _row("OFFLINABLE", "EBUSY", killed=True).contradiction


def test_what_excuses():
    """Only a page that was something else, and that the dump does not have in the way, is an excuse."""
    assert _row("OFFLINABLE", "EBUSY", was="free", pfn=9).changed
    assert _row("OFFLINABLE", "EBUSY", was="other", pfn=9).changed
    assert not _row("OFFLINABLE", "EBUSY", was="same", pfn=9).changed
    assert not _row("BLOCKED", "EBUSY", was="other", pfn=7).changed, "the dump names that page"
    assert _row("BLOCKED", "success", disturbed=["memory1"]).changed
    assert not _row("BLOCKED", "success", was="other", pfn=9).changed, "nothing was refused"
    dissolve = {"reason": verdicts.DISSOLVE, "pfn": None}
    assert _row("OFFLINABLE", "EBUSY", huge=[512, 1024], **dissolve).refilled == 1024
    assert not _row("OFFLINABLE", "EBUSY", huge=[512, 0], **dissolve).changed, "the dump has them, too"
    assert not _row("OFFLINABLE", "EBUSY", **dissolve).changed, "nobody looked"
    assert not _row("OFFLINABLE", "EBUSY", huge=[0, 512]).changed, "refused for another reason"
    foretold = _row("BLOCKED", "EBUSY", huge=[512, 512], **dissolve)
    foretold.said["reason"] = f"{verdicts.DISSOLVE}: free huge page that is reserved"
    assert not foretold.changed, "the dump says so, too"
    for verdict, outcome in ("BLOCKED", "success"), ("BLOCKED", "still trying"), ("SPINS", "success"):
        row = _row(verdict, outcome, held=[[0, 7], [10, 4]])
        assert not row.changed, "nobody knows what was in the way"
        row.said["in_the_way"] = [7, 9]
        assert row.gone and not row.contradiction
        row.said["in_the_way"] = [7, 13]
        assert not row.changed and row.contradiction, "one is held to the end"
        row.did["held"] = None
        assert row.contradiction, "nobody looked, or there was too much to tell"
    zones = _row("BLOCKED", "success", held=[])
    zones.said.update(in_the_way=[9], blocker_pfn=None)
    assert zones.contradiction, "it was not called blocked for that page"
    refused = _row("SPINS", "EBUSY", held=[])
    refused.said["in_the_way"] = [7]
    assert refused.contradiction, "it was refused for what was there"
    reason = {"reason": "unmovable page", "pfn": 7}
    assert _row("BLOCKED", "EBUSY", was="other", **reason).same_reason is True
    assert _row("BLOCKED", "EBUSY", reason="failure to isolate range").same_reason is False
