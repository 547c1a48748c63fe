# SPDX-License-Identifier: GPL-2.0-or-later
"""Two ways, one answer: the same asked in another way gives the same facts, or the poorer way says unknown."""

import itertools
import pathlib
import sys

import pytest

from lab import cases, crashes, dumps, kernels
from lab.session import Session

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "property"))
import ways  # noqa: E402  (tests/property is no package)

#: Options that change who reads, and what is read: the documents are the same to the letter.
READERS = ["-C", "-w 1", "-w 2", "-x -w 2", "-x -C"]
#: What a poorer session asks; all of it in one session for each way to open the dump.
ASKED = ["offrange -a -j", "offblock -j"]


@pytest.fixture(scope="module", params=kernels.selected()[:1])
def dump(request):
    """One dump of one kernel: the recordings of the others are asked by tests/property/run_ways.py."""
    return dumps.get(request.param, "both", "kdump-zlib")


def asker(dump, tmp_path_factory):
    """ask() of tests/property/ways.py over a dump: one start of crash each time."""
    extension = crashes.get(dump.kernel.series.crash).extension
    numbers = itertools.count()

    def run(*lines, before=()):
        folder = tmp_path_factory.mktemp(f"ways-{dump.name}-{next(numbers)}")
        commands = {"extend": "\n".join((*before, f"extend {extension}"))}
        commands.update({str(n): line for n, line in enumerate(lines)})
        said = Session(dump, commands, folder)
        return [said.out[str(n)] for n in range(len(lines))]
    return run


@pytest.fixture(scope="module")
def ask(dump, tmp_path_factory):
    """The one dump, asked."""
    return asker(dump, tmp_path_factory)


#: the other guests, where time is no object: make check-all has this kernel, too
OTHERS = [(series, name) for series in kernels.selected() for name, case in cases.CASES.items()
          if "7.2" in kernels.selected() and case.shared and name != "both" and kernels.SERIES[series].has(name)]


if OTHERS:
    @pytest.mark.parametrize("series, name", OTHERS)
    def test_a_list_equals_its_parts(series, name, tmp_path_factory):
        """offblock, and offblock of each block: the same of every guest."""
        assert not list(ways.blocks_alone(asker(dumps.get(series, name, "kdump-zlib"), tmp_path_factory)))


@pytest.mark.parametrize("check", ways.CHECKS, ids=lambda check: check.__name__)
def test_two_ways(ask, check):
    """-x, filters, a block alone, tables, one command and another."""
    assert not list(check(ask))


def test_readers(ask):
    """Who reads, and in how many processes, changes nothing."""
    commands = [f"{command} {how}" for command in ("offrange -a", "offcheck -a") for how in ("", *READERS)]
    found = ways.documents(ask, *commands)
    for start in 0, len(found) // 2:
        for number in range(start + 1, start + len(found) // 2):
            assert not list(ways.differences(commands[number], found[start], found[number]))


def test_kept(ask, dump):
    """What was found before changes nothing: a command of an extension that was loaded anew says the same."""
    extension = crashes.get(dump.kernel.series.crash).extension
    lines = [*ways.COMMANDS, *reversed(ways.COMMANDS)]
    anew = [f"extend -u {extension}\nextend {extension}\n{line}" for line in ways.COMMANDS]
    found = ways.documents(ask, *lines, *anew)
    fresh = dict(zip(ways.COMMANDS, found[len(lines):]))
    for line, document in zip(lines, found):
        assert not list(ways.differences(f"{line}, kept and fresh", fresh[line], document))


@pytest.mark.parametrize("name", ["virtio_mem", "virtio_balloon"])
def test_types(ask, dump, name):
    """With the types of a module and without: the same, or unknown."""
    if "--no_modules" in dump.kernel.series.flags:
        pytest.skip("this crash cannot load modules of this kernel: it is opened with --no_modules")
    rich = [ways.json.loads(text) for text in
            ask(*ASKED, before=[f"mod -s {name} {dump.kernel.debug}/{name}.ko"])]
    poor = [ways.json.loads(text) for text in ask(*ASKED)]
    assert not list(ways.poorer(f"mod -s {name}", rich[0], poor[0]))
    assert not list(ways.poorer_verdicts(f"mod -s {name}", rich[1], poor[1]))
