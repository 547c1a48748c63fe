# SPDX-License-Identifier: GPL-2.0-or-later
"""The picture of offmap in a browser."""
import json
import os
import pathlib
import re

from conftest import ROOT, run

#: What the browser made of the picture: squares with their colours, and what lies below the middle of each.
ASK = """<script>
const told = {squares: [], width: document.querySelector('svg').getBoundingClientRect().width};
for (const g of document.querySelectorAll('svg > g')) {
  const box = g.querySelector('rect').getBoundingClientRect();
  const below = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  told.squares.push([g.querySelector('title').textContent, getComputedStyle(g.querySelector('rect')).fill,
                     below && below.closest('g') === g, box.x, box.right]);
}
told.right = Math.max(...[...document.querySelectorAll('svg *')].map(e => e.getBoundingClientRect().right));
told.bottom = Math.max(...[...document.querySelectorAll('svg text')].map(e => e.getBoundingClientRect().bottom));
told.height = document.querySelector('svg').getBoundingClientRect().height;
document.title = JSON.stringify(told);
</script>"""


def browse(folder, page, *words):
    """-> what Chromium says of a page"""
    return run("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--window-size=1100,300",
               f"--user-data-dir={folder}/profile", *words, f"file://{page}")


def test_picture(build, tmp_path):
    picture, page = tmp_path / "map.svg", tmp_path / "map.html"
    fixture = ROOT / "tests/golden/6.12-orphaned-whole.fixture"
    cells = json.loads(run(build / "replay", fixture, "offmap", "-j", "-g", picture))["cells"]
    page.write_text(f"<!DOCTYPE html><title>x</title><body style='margin:0'>{picture.read_text()}{ASK}</body>")
    told = json.loads(re.search(r"<title>(\{.*?\})</title>", browse(tmp_path, page, "--dump-dom"), re.S)[1]
                      .replace("&quot;", '"').replace("&gt;", ">").replace("&lt;", "<").replace("&amp;", "&"))
    assert [square[0].split()[0] for square in told["squares"]] == [cell["name"] for cell in cells]
    assert all(square[2] for square in told["squares"]), told          # a square's title is what the pointer finds
    assert len({square[1] for square in told["squares"]}) == len({cell["means"] for cell in cells}) == 3
    assert told["right"] <= told["width"] and told["bottom"] <= told["height"], told
    shot = pathlib.Path(os.environ.get("OFL_BUILD", ROOT / "build")) / "results/map.png"
    shot.parent.mkdir(parents=True, exist_ok=True)
    browse(tmp_path, picture, f"--screenshot={shot}")                   # the file itself, for people to look at
    assert shot.stat().st_size > 5000
