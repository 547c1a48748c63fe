# SPDX-License-Identifier: GPL-2.0-or-later
"""Filters let through what they say and nothing else; nonsense is refused with one line."""

import json

import pytest

from conftest import REFUSED

from lab import crashes, dumps, kernels
from lab import truth as t
from lab.session import Session


def test_filters(documents, filters, truth):
    """Each filter gives the guest's pages that it lets through, and counts no others."""
    every = t.pfns(truth["offline"])
    for number, (options, wanted) in enumerate(filters.items()):
        document = documents[f"filter-{number}.json"]
        expected = {pfn for pfn in every if wanted(pfn, t.block_of(truth, pfn)[1])}
        listed = t.pfns(t.ranges(document))
        assert not t.differences(listed, expected), f"offrange {options}"
        assert document["totals"]["offline"] == len(expected), f"offrange {options}"
        assert document["status"]["result"] in ("ok", "findings"), f"offrange {options}"


def test_filters_narrow_what_is_read(documents, filters):
    """One page asked for is one page read."""
    whole = documents["offrange.json"]["totals"]["scanned"]
    for number, options in enumerate(filters):
        scanned = documents[f"filter-{number}.json"]["totals"]["scanned"]
        assert scanned <= whole, options
        if options.startswith("-p") and "-" not in options[2:]:
            assert scanned == 1, options


def test_refusals(said):
    """One line that names the command and what is wrong with it, nothing half printed."""
    for number, (command, word) in enumerate(REFUSED.items()):
        lines = [line for line in said.out[f"refused-{number}"].splitlines() if line]
        assert len(lines) == 1, (command, lines)
        assert lines[0].startswith(command.split()[0] + ":") and word in lines[0], (command, lines)


@pytest.mark.parametrize("series", kernels.selected())
def test_refuses_another_crash(series, tmp_path):
    """Built for another major version of crash it does not load, and the session goes on."""
    dump = dumps.get(series, "both", "elf")
    other = crashes.get("sid" if dump.kernel.series.crash == "system" else "system")
    said = Session(dump, {"extend": f"extend {other.extension}", "after": "p 6*7"}, tmp_path)
    text = said.out["extend"] + said.transcript
    assert f"built for crash {other.version}" in text
    assert "shared object loaded" not in text
    assert "42" in said.out["after"]


@pytest.mark.parametrize("series", kernels.selected())
def test_minimal(series, tmp_path):
    """crash --minimal reads no symbols: one line that says so and what to do, or a document with it, and no more."""
    dump = dumps.get(series, "both", "kdump-zlib")
    extension = crashes.get(dump.kernel.series.crash).extension
    names = "offline", "offrange", "offcheck", "offblock", "offowner", "offmap"
    said = Session(dump, {"extend": f"extend {extension}",
                          **{name: name for name in names}, **{f"{name}-j": f"{name} -j" for name in names},
                          "offblock-one": "offblock memory33", "offline-v": "offline -v"},
                   tmp_path, flags=("--minimal",))
    for name in (*names, "offblock-one", "offline-v"):
        command = name.split("-")[0]
        assert said.out[name].splitlines() == [
            f"{command}: a --minimal session knows no memory layout: start crash without --minimal"], name
    for name in names:
        document = json.loads(said.out[f"{name}-j"])
        assert document["command"] == name and document["status"]["result"] == "failed"
        assert "start crash without --minimal" in document["status"]["message"]
