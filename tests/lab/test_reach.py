# SPDX-License-Identifier: GPL-2.0-or-later
"""make check-reach compares what it runs, also a cell that is named."""

import json
import sys
import types

import pytest

import reach
from lab import session


@pytest.fixture(name="asked")
def fixture_asked(monkeypatch, tmp_path):
    """What was asked of a kernel with two crashes, and of its panic: no crash is started."""
    asked = []

    def run(kernel, crash, form, home, before):
        asked.append((f"{kernel}/{crash}/{form}", home and home["text"], before))
        return {"text": f"run by {crash}", "ok": True, "out": None, "verdicts": f"of {form}"}

    monkeypatch.setattr(reach, "run", run)
    monkeypatch.setattr(reach, "CACHE", tmp_path)
    monkeypatch.setattr(reach, "sources", lambda: "0" * 12)
    monkeypatch.setattr(reach.kernels, "selected", lambda: ["6.1"])
    monkeypatch.setattr(reach, "forms", lambda kernel: ("elf", "panic/" + reach.panic.QEMU, "panic/zlib-1"))
    return asked


@pytest.fixture(name="crashes_are_there")
def fixture_crashes(monkeypatch):
    """The crashes of the table, without a look at any."""
    versions = {name: types.SimpleNamespace(version=name) for name in reach.CRASHES}
    monkeypatch.setattr(reach.crashes, "get", versions.get)
    monkeypatch.setattr(reach, "size", lambda: 1)


def run_cells(monkeypatch, *names):
    """The command line."""
    monkeypatch.setattr(sys, "argv", ["reach.py", *names])
    assert reach.main() == 0


def test_a_named_cell_is_compared(asked, monkeypatch, tmp_path):
    home = reach.kernels.SERIES["6.1"].crash
    run_cells(monkeypatch, "6.1/sid/elf")
    assert asked == [(f"6.1/{home}/elf", None, None), ("6.1/sid/elf", f"run by {home}", None)]
    del asked[:]
    run_cells(monkeypatch, "6.1/sid/elf")
    assert asked == [("6.1/sid/elf", f"run by {home}", None)]
    assert len(list((tmp_path / "reach").glob("*.json"))) == 2


def test_a_panic_is_compared_with_the_dump_of_right_before(asked, monkeypatch, tmp_path):
    home = reach.kernels.SERIES["6.1"].crash
    of_qemu = f"of panic/{reach.panic.QEMU}"
    run_cells(monkeypatch, "6.1/sid/panic/zlib-1")
    assert asked[1:] == [(f"6.1/{home}/panic/zlib-1", None, of_qemu), ("6.1/sid/panic/zlib-1", f"run by {home}", of_qemu)]
    notes = {path.name: json.loads(path.read_text()) for path in (tmp_path / "reach").iterdir()}
    assert all(note["text"].startswith("run by") for note in notes.values())


def test_nothing_is_run(asked, monkeypatch):
    run_cells(monkeypatch, "-n")
    assert not asked
    with pytest.raises(SystemExit):
        run_cells(monkeypatch, "6.1/sid/elv")


@pytest.mark.usefixtures("crashes_are_there")
def test_the_page_is_read_again(monkeypatch, tmp_path):
    """Dumps of which the same is said have one row; the next run takes every cell out of it again."""
    monkeypatch.setattr(reach.kernels, "selected", lambda: ["6.1", "slab-6.1", "6.1-arm64"])
    found = {f"6.1/{crash}/{form}": {"text": text} for crash, form, text in (
        ("system", "elf", "run: 1"), ("system", "panic/zlib-31", "run: 2"), ("system", "panic/lzo-1", "run: 2"),
        ("sid", "elf", "refused"), ("system", "shape/kernelcore", "run: 3"))}
    found.update({"slab-6.1/system/kdump-zlib": {"text": "run: 4"}, "6.1-arm64/arm64/both/elf": {"text": "run: 5"}})
    page = tmp_path / "page.md"
    page.write_text(reach.table(found))
    lines = page.read_text().splitlines()
    assert "| 6.1 | panic/zlib-31; panic/lzo-1 | not run | run: 2 | not run | not run |" in lines
    assert "| 6.1 | QEMU kdump, `kernelcore=512M` | - | run: 3 | - | - |" in lines
    assert "| 6.1-arm64 | QEMU ELF, `both` | - | run: 5 | - | - |" in lines
    again = reach.written(page)
    assert {name: note["text"] for name, note in again.items()} == {
        name: note["text"] + reach.EARLIER for name, note in found.items()}


def test_verdicts_are_counted(monkeypatch):
    """What the guest did after its dump is held against what is said of each block."""
    rows = [types.SimpleNamespace(did={"block": name}, contradiction=bad, changed=vague)
            for name, bad, vague in (("memory1", False, False), ("memory2", True, False), ("memory3", False, True))]
    monkeypatch.setattr(reach.verdicts, "compare", lambda dump, answers, attempts: rows)
    dump = types.SimpleNamespace(truth={"after": {"attempts": rows}})
    assert reach.tried(dump, [{}] * 4) == (["memory2"], ", 3 verdicts tried, 1 contradicted, 1 that do not count")
    assert reach.tried(types.SimpleNamespace(truth={}), [{}] * 4) == ([], "")


def test_what_is_outdated(tmp_path):
    """A new `both` leaves the guest with other kernel parameters alone."""
    for name in ("both-0123456789ab", "both-0123456789ab.forms", "both-fake-nodes-0123456789ab"):
        (tmp_path / name).mkdir()
    assert sorted(path.name for path in reach.dumps.outdated(tmp_path, "both")) == ["both-0123456789ab", "both-0123456789ab.forms"]


@pytest.mark.parametrize("was, now, wrong", [
    ("MIGRATE", "MIGRATE", False), ("RETRIES", "MIGRATE", False), ("MIGRATE", "RETRIES", True), ("RETRIES", "OFFLINABLE", True),
    ("BLOCKED", "MIGRATE", True)])
def test_verdicts_of_right_before(was, now, wrong):
    """Between QEMU's dump and the panic a program may end, which held pages by then; nothing else changes."""
    documents = [{"command": name, "status": {"result": "ok"}} for name in reach.COMMANDS]
    documents[1].update(ranges=[])
    documents[2].update(sections=[])
    documents[3].update(blocks=[{"name": "memory1", "verdict": now}, {"name": "memory2", "verdict": "BLOCKED"}])
    said, figures = reach.judge(documents, {"offline": []}, {"memory1": was, "memory2": "BLOCKED"})
    assert (said == ["other verdicts: memory1"]) == wrong and (not said) != wrong
    assert was == now or wrong or figures == "0 pages equal, 1 verdicts the same, 1 that had to wait no more"


def test_a_busy_machine(monkeypatch, tmp_path):
    """OFL_SLOWER is for crash, too."""
    waited = []
    monkeypatch.setattr(session, "SLOWER", 4)
    monkeypatch.setattr(session.Session, "_run", lambda self, dump, commands, timeout: waited.append(timeout))
    monkeypatch.setattr(session.crashes, "get", lambda name: types.SimpleNamespace(slower=2))
    dump = types.SimpleNamespace(kernel=types.SimpleNamespace(series=types.SimpleNamespace(crash="any")))
    session.Session(dump, {}, tmp_path)
    session.Session(dump, {}, tmp_path, 7)
    assert waited == [session.TIMEOUT * 8, 28]
