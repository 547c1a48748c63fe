# SPDX-License-Identifier: GPL-2.0-or-later
"""The fleet's page in a browser, and the recipe for many dumps."""
import json
import os
import pathlib
import re
import subprocess
import sys
import time

import pytest

from conftest import ROOT, run

sys.path.insert(0, str(ROOT / "tests/lib"))
import fakecrash   # noqa: E402  pylint: disable=wrong-import-position

TOOL = ROOT / "tools/offline-report"
#: A release of which this machine has no kernel.
RECIPE = "1.0-of-a-recipe"
NUMBER = 200
#: Set the filters one after the other, click on what can be clicked, and write down what is shown then.
ASK = """<script>
const shown = () => rows.filter(row => !row.hidden).length, told = {};
const set = (id, value) => { by(id).value = value; by(id).dispatchEvent(new Event('input')); };
document.querySelector('#fleet th').click();
told.failed = document.querySelector('#fleet tbody tr').className;
document.querySelectorAll('#fleet th[data-sort]')[6].click();
told.still = document.querySelector('#fleet tbody tr').className;
const bad = rows.shift();
bad.remove();
told.red = getComputedStyle(document.querySelector('#fleet tbody tr')).backgroundColor;
told.all = shown();
set('text', 'HOST17'); told.text = shown(); set('text', '');
set('result', 'findings'); told.findings = shown(); set('result', '');
set('owner', [...by('owner').options].map(o => o.value).find(v => v === 'orphan')); told.orphan = shown(); set('owner', '');
document.querySelector('[data-cause-row]').click(); told.cause = shown(); set('cause', '');
document.querySelector('#fleet th').click(); told.first = document.querySelector('#fleet tbody td').textContent;
told.width = document.querySelector('#fleet svg rect').getBoundingClientRect().width;
told.titles = document.querySelectorAll('#fleet svg title').length;
told.marks = [...new Set([...document.querySelectorAll('#fleet svg text')].map(t => t.textContent))].sort().join('');
told.key = [...document.querySelectorAll('.key svg text')].map(t => t.textContent).join('');
told.fills = new Set([...document.querySelectorAll('#fleet svg rect')].map(r => getComputedStyle(r).fill)).size;
document.title = JSON.stringify(told);
</script>"""


@pytest.fixture(scope="module")
def fleet(build, tmp_path_factory):
    """200 documents, a third of each kind, made by offline-report over a crash that replays"""
    folder = tmp_path_factory.mktemp("fleet")
    made = []
    for number, fixture in enumerate(("6.1-both-whole", "6.12-orphaned-whole", "6.1-vmware-2m-whole")):
        documents = {}
        for command in "offline", "offrange", "offcheck", "offblock", "offowner":
            documents[command] = json.loads(run(build / "replay", ROOT / f"tests/golden/{fixture}.fixture", command, "-j"))
        made.append({"schema": 2, "command": "offline-report", "dump": "d", "host": documents["offline"]["host"],
                     "failure": None, "documents": documents,
                     "status": {"result": ("ok", "findings", "ok")[number], "message": "made"}})
    for number in range(NUMBER):
        document = made[number % 3]
        document["host"]["nodename"] = f"host{number:03}"
        (folder / f"{number:03}.json").write_text(json.dumps(document))
    (folder / "zz.json").write_text(json.dumps({
        "schema": 2, "command": "offline-report", "dump": "d", "host": None, "documents": {},
        "failure": {"cause": "dump", "message": "it is short", "mend": "copy it whole"},
        "status": {"result": "failed", "message": "it is short"}}))
    return folder


def browse(page, *words):
    """-> what Chromium says of a page, with no network to ask"""
    return run("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--window-size=1400,1600",
               f"--user-data-dir={page.parent}/profile", *words, f"file://{page}")


def test_page_of_200_dumps(fleet, tmp_path):
    page = tmp_path / "fleet.html"
    done = subprocess.run([TOOL, "--merge", "-o", page, *sorted(fleet.glob("*.json"))], capture_output=True, text=True,
                          check=False)
    assert done.returncode == 3 and f"{NUMBER + 1} dumps: " in done.stdout
    text = page.read_text()
    assert len(text) < 4 << 20
    asking = tmp_path / "asking.html"
    asking.write_text(text.replace("</body>", ASK + "</body>"))
    since = time.monotonic()
    dom = browse(asking, "--dump-dom")
    assert time.monotonic() - since < 60
    told = json.loads(re.search(r"<title>(\{.*?\})</title>", dom)[1].replace("&quot;", '"'))
    assert told["failed"] == told["still"] == "failed" and told["red"] == "rgba(0, 0, 0, 0)", told
    third = [sum(number % 3 == kind for number in range(NUMBER)) for kind in range(3)]
    assert told["all"] == NUMBER and told["text"] == 10 and told["findings"] == told["orphan"] == third[1], told
    assert 0 < told["cause"] <= NUMBER and told["first"] == "host000" and told["width"] > 1, told
    assert told["titles"] > NUMBER and told["fills"] >= 3, told
    assert told["marks"] == "#.dm" and told["key"] == ".dmrs#-?", told


def test_page_is_drawn(fleet, tmp_path):
    """The picture is no blank sheet; it is kept for people to look at."""
    page = tmp_path / "fleet.html"
    subprocess.run([TOOL, "--merge", "-o", page, *sorted(fleet.glob("00*.json"))], capture_output=True, check=False)
    picture = pathlib.Path(os.environ.get("OFL_BUILD", ROOT / "build")) / "results/fleet.png"
    picture.parent.mkdir(parents=True, exist_ok=True)
    browse(page, f"--screenshot={picture}")
    assert picture.stat().st_size > 20000


def test_recipe_for_parallel(build, tmp_path):
    """The lines of docs/report.md, as they stand there."""
    recipe = re.search(r"<!-- recipe: parallel -->\n(.*?)<!-- end of recipe -->", (ROOT / "docs/report.md").read_text(), re.S)[1]
    lines = [line.strip() for line in recipe.splitlines() if line.strip()]
    programs, dumps, out = tmp_path / "bin", tmp_path / "dumps", tmp_path / "out"
    for folder in programs, dumps, out:
        folder.mkdir()
    for name, release in ("one", "1.0-nobody-has-this"), ("two", "1.0-nobody-has-this"), ("three", RECIPE):
        (dumps / f"dump.{name}").write_text(f"OSRELEASE={release}\n")
    (programs / "offline-report").symlink_to(TOOL)
    (programs / "offline.so").write_text("x")
    fakecrash.put_replaying(programs / "crash", build / "replay", "6.1-both-whole")
    vmlinux = pathlib.Path(f"/usr/lib/debug/boot/vmlinux-{RECIPE}")     # where a package would have it
    vmlinux.parent.mkdir(parents=True, exist_ok=True)
    vmlinux.write_text("x")
    environment = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "DUMPS": str(dumps), "HOME": str(tmp_path),
                   "CRASH_EXTENSIONS": str(programs)}
    try:
        done = [subprocess.run(["sh", "-c", line], cwd=out, env=environment, capture_output=True, text=True, check=False)
                for line in lines]
    finally:
        vmlinux.unlink()
    assert done[0].returncode == 2 and done[1].returncode == 3, done      # two of the dumps have no vmlinux
    assert sorted(path.name for path in out.glob("*.json")) == ["1.json", "2.json", "3.json"]
    assert "3 dumps: 1 ok, 2 failed" in done[1].stdout and (out / "fleet.html").exists(), done[1].stdout
    assert "virtio_balloon 224M" in done[1].stdout, done[1].stdout
