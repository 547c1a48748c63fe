# SPDX-License-Identifier: GPL-2.0-or-later
"""offmap: the map, the document and the picture say the same, and the same as the other commands."""
import json
import os
import pathlib
import re
import subprocess
import xml.etree.ElementTree as ET
from importlib.machinery import SourceFileLoader
from types import ModuleType

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


#: What the colour-blind see of linear RGB (Machado, Oliveira, Fernandes 2009): without red, green, blue cones.
BLIND = {"none": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
         "red": ((.152286, 1.052583, -.204868), (.114503, .786281, .099216), (-.003882, -.048116, 1.051998)),
         "green": ((.367322, .860646, -.227968), (.280085, .672501, .047413), (-.011820, .042940, .968881)),
         "blue": ((1.255528, -.076749, -.178779), (-.078411, .930809, .147602), (.004733, .691367, .303900))}


def lab(colour, matrix):
    """-> the colour as somebody sees it, in CIE Lab"""
    parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= .04045 else ((p + .055) / 1.055) ** 2.4 for p in parts]
    red, green, blue = (min(1, max(0, sum(m * p for m, p in zip(row, linear)))) for row in matrix)
    xyz = ((.4124 * red + .3576 * green + .1805 * blue) / .9505, .2126 * red + .7152 * green + .0722 * blue,
           (.0193 * red + .1192 * green + .9505 * blue) / 1.089)
    x, y, z = (v ** (1 / 3) if v > .008856 else 7.787 * v + 16 / 116 for v in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


@pytest.mark.parametrize("eyes", BLIND)
def test_colours_can_be_told_apart(eyes):
    """Verdicts differ by more than 10 of CIE76 for everybody; 2.3 is what can just be seen."""
    source = (ROOT / "src/commands/map_rows.c").read_text()
    value = dict(re.findall(r'^#define (\w+)\t"?(#\w{6}|\w+)"?(?:, \w+)?$', source, re.M))
    value |= {name: value[value[name]] for name in value if value[name] in value}
    ink = dict(re.findall(r'^#define (\w+)\t\S+, (\w+)$', source, re.M))
    rows = re.findall(r"^OUTCOME\((\w+),.*?'(.)', (\w+)\)$", (ROOT / "include/judge/outcomes.def").read_text(), re.M | re.S)
    looks = {word: (value[colour], mark, value[ink[colour]]) for word, mark, colour in rows}
    del looks["SKIPPED"]                                                # the same word
    assert len(looks) == 8
    loader = SourceFileLoader("report", str(ROOT / "tools/offline-report"))
    report = ModuleType("report")
    loader.exec_module(report)
    assert report.COLOURS == looks                                      # the page is painted alike
    seen = {word: lab(look[0], BLIND[eyes]) for word, look in looks.items()}
    for one in seen:
        for other in seen:
            far = sum((a - b) ** 2 for a, b in zip(seen[one], seen[other])) ** .5
            assert one == other or far > 10, (one, other, far)
