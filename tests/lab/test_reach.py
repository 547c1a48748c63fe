# SPDX-License-Identifier: GPL-2.0-or-later
"""make check-reach compares what it runs, also a cell that is named."""

import json
import sys

import pytest

import reach


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
