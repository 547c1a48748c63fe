# SPDX-License-Identifier: GPL-2.0-or-later
"""docs/verdicts.md keeps what it says of guests whose dumps are gone (tests/lab/lab/verdictspage.py); boots nothing."""
import pathlib
import re
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/lab"))
import campaign     # noqa: E402  pylint: disable=wrong-import-position
from lab import verdicts, verdictspage     # noqa: E402  pylint: disable=wrong-import-position
from lab.util import LabError     # noqa: E402  pylint: disable=wrong-import-position

RELEASE, NEWER = "6.1.0-56-cloud-amd64, crash 8.0.2", "6.1.0-57-cloud-amd64, crash 8.0.2"


def attempt(kind, number, verdict, outcome="success", **more):
    """An attempt as verdicts.compare() has it."""
    did = {"block": f"memory{number}", "outcome": outcome, "disturbed": [], "was": None, "pfn": None, "seconds": 1.5,
           "reason": "", **{name: value for name, value in more.items() if name != "said"}}
    return verdicts.Row(kind, {"verdict": verdict, "reason": more.get("said", "a reason"), "blocker_pfn": None}, did)


def before():
    """{series: Kernel}: 6.1, where one attempt of slab followed a block that was lost; 6.12, where all counts."""
    rows = [attempt("plain", 0, "BLOCKED", "EINVAL", reason="a reason"), attempt("plain", 1, "OFFLINABLE"),
            attempt("piped", 0, "RETRIES", "still trying"), attempt("piped", 1, "RETRIES", said="one | two"),
            attempt("slab", 0, "MIGRATE", "still trying"), attempt("slab", 1, "MIGRATE", "EBUSY", disturbed=["memory0"]),
            attempt("slab", 2, "BLOCKED", "EBUSY", reason="other"),
            attempt("slab", 3, "BLOCKED", "EBUSY", was="free", pfn=16)]
    caught = "caught-pinned: memory32 is going-offline, RETRIES: why"
    return {"6.1": verdictspage.found(RELEASE, rows, ["piped: skipped, there is none", caught]),
            "6.12": verdictspage.found("6.12, crash 9", rows[:3], [caught])}


def named():
    """The same, with holders: of 6.12 one guest less."""
    kernels = before()
    for series, pages in ("6.1", {"plain": (90, 100), "slab": (9, 10), "caught-pinned": (0, 0)}), ("6.12", {"plain": (100, 100)}):
        kernels[series].named = {kind: verdictspage.Named(*of) for kind, of in pages.items()}
    return kernels


def older(kernels):
    """The page as it was when it had nothing by kind but outcomes."""
    words = verdictspage.text(kernels)
    return "\n".join("|".join(line.split("|")[:-3]) + "|" if line.startswith(("| kind", "| pl", "| pi", "| sl")) else
                     line.replace("|---|---|---:|---:|---:|---:|---:|---:|", "|---|---|---:|---:|---:|---:|")
                     for line in words.split("\n"))


def again(words, tmp_path, new=None):
    """The page after it was read and written, with what was found now."""
    path = tmp_path / "verdicts.md"
    path.write_text(words)
    return verdictspage.text(verdictspage.merged(new or {}, verdictspage.read(path)))


def unmarked(words):
    """Without the marks and the sentence on them."""
    return words.replace(verdictspage.EXPLAINED, " ").replace(verdictspage.EARLIER, "")


def row(words, name):
    """The cells of a kernel's row in all."""
    return re.search(rf"^\| {name} \| (.*) \|$", words, re.M)[1].split(" | ")


def headless(words):
    """Without marks, and without kernels' headings: a page that was half marked names other releases when it is wholly."""
    return re.sub(r"^## \d.*", "", unmarked(words), flags=re.M)


@pytest.mark.parametrize("words", [older(before()), verdictspage.text(before()), verdictspage.text(named()),
                                   (ROOT / "docs/verdicts.md").read_text()],
                         ids=("by outcome only", "without holders", "as now", "docs"))
def test_nothing_was_found(words, tmp_path):
    """All stays, marked, and stays so when it is done once more."""
    once = again(words, tmp_path)
    assert headless(once).split("## By kind")[0] == headless(words).split("## By kind")[0]
    assert unmarked(once).split("\n### ")[1:] == unmarked(words).split("\n### ")[1:]
    assert all(" \\* |" in line for line in once.split("\n### ", 1)[1].splitlines() if re.match(r"\| (?!kind)\w", line))
    assert all(re.match(r"- (\*\*|[\w-]+ \\\*)", line) for line in once.splitlines() if line.startswith("- "))
    assert once.count(verdictspage.EXPLAINED.strip()) == 1
    assert again(once, tmp_path) == once


def test_a_kind_is_run_anew(tmp_path):
    """Its rows and lines are the new ones, the rest stays; what was a whole stays a whole, and is said to be."""
    new = {"6.1": verdictspage.found(NEWER, [attempt("slab", number, "MIGRATE") for number in range(5)], [])}
    once = again(older(before()), tmp_path, new)
    assert f"## 6.1 ({NEWER}; marked \\*: {RELEASE})" in once and "## 6.12 (6.12, crash 9)" in once
    assert row(once, "6.1") == ["3", "9", "0", "2", "1 of 6 (16.7 %)", "1 of 2 (50.0 %)"]
    assert row(once, "6.12") == ["2", "3", "0", "0", "none", "0 of 1 (0.0 %)"]
    assert row(once, "all") == ["5", "12", "0", "2", "1 of 6 (16.7 %)", "1 of 3 (33.3 %)"]
    assert "| slab | MIGRATE | 5 |  |  |  |  |  |" in once and "| plain \\* | BLOCKED |  |  | 1 |  | ? | ? |" in once
    assert "- piped \\* memory1: RETRIES, ended after 1.5 s: one | two" in once and "slab memory" not in once
    assert "and with them those of slab as run then; they are in those above: 2 attempts do not count; of 1 called" in once
    assert again(once, tmp_path, new) == once           # nothing is counted twice
    gone = again(once, tmp_path)        # and when its dump is gone, too
    assert re.sub(r"^## .*", "", unmarked(gone), flags=re.M) == re.sub(r"^## .*", "", unmarked(once), flags=re.M)
    assert f"## 6.1 (marked \\*: {NEWER}; {RELEASE})" in gone and again(gone, tmp_path) == gone


def test_holders(tmp_path):
    """Guest by guest, and the sum; what was not run anew stays and is marked, and is in the sum."""
    words = verdictspage.text(named())
    assert "| plain | 90 of 100 (90.0 %) | 100 of 100 (100.0 %) |\n| slab | 9 of 10 (90.0 %) |  |\n" in words
    assert "| caught-pinned | none |  |" in words
    assert words.endswith("| **all** | 99 of 110 (90.0 %) | 100 of 100 (100.0 %) |\n")
    new = {"6.1": verdictspage.found(NEWER, [attempt("slab", 0, "OFFLINABLE")], [], {"slab": (1, 10)})}
    once = again(words, tmp_path, new)
    assert "| plain | 90 of 100 (90.0 %) \\* | 100 of 100 (100.0 %) \\* |\n| slab | 1 of 10 (10.0 %) |  |\n" in once
    assert once.endswith("| **all** | 91 of 110 (82.7 %) | 100 of 100 (100.0 %) |\n")
    assert again(once, tmp_path, new) == once
    for was, now in ("| slab | 9", "| slab | 8"), ("| kind | 6.1 | 6.12 |\n|---|---:|", "| kind | 6.3 | 6.12 |\n|---|---:|"), \
            ("no name may", "a name may"):
        assert was in words
        with pytest.raises(LabError):
            again(words.replace(was, now), tmp_path)


def test_by_kind_figures_go_with_their_kind(tmp_path):
    """A page that has them by kind needs no whole; where nothing failed to count, an older one does not either."""
    slab = verdictspage.found(NEWER, [attempt("slab", 0, "OFFLINABLE")], [])
    once = again(verdictspage.text(before()), tmp_path, {"6.1": slab})
    assert row(once, "6.1") == ["3", "5", "0", "0", "none", "1 of 2 (50.0 %)"] and "together only" not in once
    new = {"6.12": verdictspage.found(NEWER, [attempt("piped", 0, "OFFLINABLE")], [])}
    once = again(older(before()), tmp_path, new)
    assert row(once, "6.12") == ["2", "3", "0", "0", "none", "none"]
    assert "with them those of piped as run then; it is in the figure above: the reason was the same in 1 of 1 cases" in once
    assert again(once, tmp_path, new) == once


def test_all_is_run_anew(tmp_path):
    """Nothing is marked then, and no whole is left; a guest without a result does not take away the earlier one."""
    once = again(older(before()), tmp_path, before())
    assert once == verdictspage.text(before())
    failed = {"6.1": verdictspage.found(NEWER, [], ["slab: no result, it hung", "caught-pinned: skipped, no module"])}
    once = again(older(before()), tmp_path, failed)
    assert "- slab: no result, it hung\n" in once and "| slab \\* | MIGRATE |" in once and row(once, "6.1")[0] == "3"
    assert "- caught-pinned \\*: memory32" in once
    assert again(once, tmp_path, failed) == once


def test_why_an_attempt_does_not_count():
    """By the page that was in the way, or by the huge pages that have come; a block behind a lost one needs no line."""
    rows = [attempt("slab", 0, "OFFLINABLE", "EBUSY", was="free", pfn=16, huge=[0, 512]),
            attempt("slab", 1, "OFFLINABLE", "EBUSY", reason=verdicts.DISSOLVE, huge=[512, 1024]),
            attempt("slab", 2, "OFFLINABLE", "EBUSY", reason=verdicts.DISSOLVE, disturbed=["memory0"])]
    assert verdictspage.found(RELEASE, rows, []).lines == [
        "slab memory0: does not count, pfn 0x10 was free",
        "slab memory1: does not count, 1024 of its pages have come into huge pages"]


def test_a_guest_that_was_slow():
    """The kernel names each page that it could not migrate; where it names none, only the time was short."""
    messages = ["[1.0] migrating pfn 10 failed ret:1", "[2.0] failed due to signal backoff"]
    rows = [attempt("slab", number, "MIGRATE", "still trying", dmesg=messages[number:]) for number in (0, 1)]
    assert verdictspage.found(RELEASE, rows, []).lines == [
        "slab memory0: MIGRATE, did not end: a reason",
        "slab memory1: MIGRATE, did not end: a reason; no page failed to migrate, the guest was slow"]


@pytest.mark.parametrize("was, now", [
    ("| kind | verdict |", "| guest | verdict |"), ("| kernel | guests |", "| kernel | kinds |"),
    ("| 6.1 | 3 | 8 |", "| 6.1 | 3 | 9 |"), ("| plain | OFFLINABLE | 1 |", "| plain | OFFLINABLE | 2 |"),
    ("| plain | OFFLINABLE | 1 |", "| plain | OFFLINABLE | x |"), ("| plain | OFFLINABLE | 1 |", "| plain | PERHAPS | 1 |"),
    ("- piped memory1", "- Piped, memory1"), ("8 attempts;", "eight attempts;"), ("## 6.12 (", "## 6.13 ("),
    ("## In all", "## All"), ("## By kind of guest", "## By guest"), ("8 attempts;", "A remark.\n\n8 attempts;")])
def test_a_page_that_cannot_be_read(was, now, tmp_path):
    """One line, and nothing is dropped."""
    words = older(before())
    assert was in words
    with pytest.raises(LabError, match="verdicts.md: what it says of guests that are gone would be lost") as error:
        again(words.replace(was, now), tmp_path)
    assert "\n" not in str(error.value)


def test_the_campaign_keeps_the_page(tmp_path, monkeypatch, capsys):
    """campaign.py -c with an empty cache; and with a page that it cannot read it ends before it runs anything."""
    monkeypatch.setattr(verdicts, "has", lambda *_: False)
    monkeypatch.setattr(verdicts, "cached_seeds", lambda _: [])
    path = tmp_path / "verdicts.md"
    path.write_text(older(before()))
    assert campaign.main(["-c", "-o", str(path)]) == 0
    assert unmarked(path.read_text()) == older(before()) and path.read_text() in capsys.readouterr().out
    path.write_text("nothing\n")
    monkeypatch.setattr(campaign, "run", None)
    with pytest.raises(LabError):
        campaign.main(["-c", "-o", str(path)])
    assert path.read_text() == "nothing\n"
