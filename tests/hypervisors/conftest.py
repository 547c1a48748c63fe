# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tests of the hypervisors share: the lab's own code, and crash on a dump."""

import json
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "lab"))

from lab import crashes, util  # noqa: E402  pylint: disable=wrong-import-position
from lab.session import Session  # noqa: E402  pylint: disable=wrong-import-position

#: Asked of every dump.
COMMANDS = {
    "offline": "offline", "offowner": "offowner", "offline.json": "offline -j", "offowner.json": "offowner -j",
    "offrange.json": "offrange -j", "offrange-a.json": "offrange -a -j", "offcheck.json": "offcheck -j",
    "offblock.json": "offblock -j",
}


def pytest_configure(config):
    """Let progress through to a terminal, past pytest's capture."""
    util.past_capture(config)


@pytest.fixture(scope="session")
def ask(tmp_path_factory):
    """ask(dump) -> {name: output, or document if the name ends in .json} of COMMANDS; one session a dump."""
    asked = {}

    def run(dump, more=None):
        if dump.name not in asked:
            extension = crashes.get(dump.kernel.series.crash).extension
            commands = {"extend": f"extend {extension}", **COMMANDS, **(more or {})}
            out = Session(dump, commands, tmp_path_factory.mktemp(dump.name)).out
            asked[dump.name] = {name: json.loads(text) if name.endswith(".json") else text
                                for name, text in out.items()}
        return asked[dump.name]

    return run
