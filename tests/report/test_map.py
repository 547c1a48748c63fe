# SPDX-License-Identifier: GPL-2.0-or-later
"""offmap: the map, the document and the picture say the same, and the same as the other commands."""
import json
import os
import pathlib
import re
import subprocess
import xml.etree.ElementTree as ET

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
REPLAY = pathlib.Path(os.environ.get("OFL_BUILD", ROOT / "build")) / "replay"
FIXTURES = ("6.1-both-whole", "6.12-orphaned-whole", "6.1-numa-whole", "6.1-vmware-2m-whole", "7.2-stale")
SVG = "{http://www.w3.org/2000/svg}"


def replay(fixture, *words):
    """-> what a command prints"""
    return subprocess.run([REPLAY, ROOT / f"tests/golden/{fixture}.fixture", *words], capture_output=True, text=True,
                          check=True).stdout


def marks(text):
    """-> {number of block: character} of the rows of a map"""
    return {int(at) + number: mark
            for at, row in re.findall(r"^memory(\d+) +(.*)$", text, re.M)
            for number, mark in enumerate(row.replace(" ", "")) if mark != "_"}


@pytest.mark.parametrize("options", ([], ["-w"]))
@pytest.mark.parametrize("fixture", FIXTURES)
def test_map_document_and_picture(fixture, options, tmp_path):
    picture = tmp_path / "map.svg"
    document = json.loads(replay(fixture, "offmap", "-j", "-g", picture, *options))
    cells = document["cells"]
    assert marks(replay(fixture, "offmap", *options)) == {int(c["name"][6:]): c["mark"] for c in cells}
    squares = ET.parse(picture).getroot().findall(f"{SVG}g")
    assert [g.find(f"{SVG}text").text for g in squares] == [c["mark"] for c in cells]
    for square, cell in zip(squares, cells):
        assert square.find(f"{SVG}title").text.startswith(
            f"{cell['name']} {cell['start_pfn']:#x}-{cell['start_pfn'] + cell['pages'] - 1:#x}: {cell['means']}")
    places = [(r.get("x"), r.get("y")) for g in squares for r in g.findall(f"{SVG}rect")]
    assert len(set(places)) == len(cells)
    for row in document["legend"]:
        assert row["count"] == sum(c["means"] == row["means"] for c in cells)
    assert "http" not in picture.read_text().replace(SVG[1:-1], "")     # asks for nothing


@pytest.mark.parametrize("fixture", FIXTURES)
def test_map_agrees_with_the_others(fixture):
    blocks = json.loads(replay(fixture, "offblock", "-j"))["blocks"]
    cells = json.loads(replay(fixture, "offmap", "-j"))["cells"]
    assert [(b["name"], b["verdict"], b["offline"]) for b in blocks] == \
        [(c["name"], c["means"], c["offline"]) for c in cells]
    owners = json.loads(replay(fixture, "offline", "-j"))["owners"]
    told = {}
    for cell in json.loads(replay(fixture, "offmap", "-w", "-j"))["cells"]:
        for owner, pages in cell["owners"].items():
            told[owner] = told.get(owner, 0) + pages
    assert {o: p for o, p in told.items() if o != "unknown"} == {o: p for o, p in owners.items() if o != "unknown"}
