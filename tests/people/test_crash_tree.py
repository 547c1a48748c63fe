# SPDX-License-Identifier: GPL-2.0-or-later
"""In crash's own tree: what make dist makes for it unpacks into extensions/, and make extensions builds it."""
import os
import sys

import pytest

from conftest import ROOT, run

sys.path.insert(0, str(ROOT / "tests/lab"))
from lab import crashes, dumps, packages, util  # noqa: E402  (tests/lab is no package)
from lab.session import Session           # noqa: E402

VERSION = (ROOT / "VERSION").read_text().strip()
#: the suites whose crash the lab has -> the kernel of a dump that it opens
TREES = {"bookworm": "6.1", "sid": "6.12"}
COMMANDS = {name: command for command in ("offline", "offrange", "offowner", "offcheck", "offblock", "offmap")
            for name, command in ((command, command), (f"{command}.json", f"{command} -j"))}


@pytest.fixture(params=TREES)
def tree(request, tmp_path):
    """(suite, crash's tree as it was released)"""
    try:
        packages.Sources(tuple(TREES)).download("crash", request.param, tmp_path)
    except util.LabError as error:
        if "404" not in str(error):
            raise
        pytest.skip(f"this mirror has not all sources of {request.param}'s crash: {str(error).splitlines()[-2]}")
    (tarball,) = [path for path in tmp_path.glob("*.orig.tar.*") if path.suffix != ".asc"]
    (tmp_path / "tree").mkdir()
    run("tar", "-xf", tarball, "-C", tmp_path / "tree", "--strip-components=1")
    return request.param, tmp_path / "tree"


def test_crash_builds_and_loads_it(tree, tmp_path):
    """make extensions of crash makes an offline.so that loads, and says what that of our own Makefile says."""
    suite, folder = tree
    run("make", f"BUILD={tmp_path}/build", "dist")
    run("tar", "-xzf", tmp_path / f"build/dist/offline-so-{VERSION}-crash.tar.gz", "-C", folder / "extensions")
    # crash goes on when an extension does not build: one of its own has its sources fetched
    said = run("make", "extensions", cwd=folder)
    made = folder / "extensions/offline.so"
    assert made.exists(), said[-3000:]
    dump = dumps.get(TREES[suite], "both", "kdump-zlib")
    ours = crashes.get(dump.kernel.series.crash).extension
    out = {}
    for what, extension in (("made", made), ("ours", ours)):
        place = tmp_path / what
        os.mkdir(place)
        out[what] = Session(dump, {"extend": f"extend {extension}", **COMMANDS}, place).out
    assert f"{made}: shared object loaded" in out["made"]["extend"]
    for name in COMMANDS:
        assert out["made"][name] == out["ours"][name], name
