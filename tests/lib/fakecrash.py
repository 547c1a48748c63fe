# SPDX-License-Identifier: GPL-2.0-or-later
"""A crash that has no dump and answers from a recording, for what runs crash from outside."""
import pathlib
import stat

GOLDEN = pathlib.Path(__file__).resolve().parents[1] / "golden"

#: A crash as its callers see it: the words before the commands, and the commands.
REPLAYING = """#!/usr/bin/python3
import subprocess, sys
with open(sys.argv[sys.argv.index("-i") + 1]) as commands:
    for line in commands:
        words = line.split()
        if ">" in words:
            with open(words[-1], "wb") as out:
                subprocess.run([{replay!r}, {fixture!r}, *words[:-2]], stdout=out, check=True)
            if words[0] == {last!r}:
                sys.exit(9)
"""


def put(path, text):
    """a program with this text"""
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def put_replaying(path, replay, fixture, last=None):
    """a crash that has this dump, a name in tests/golden or a file; it dies behind the command `last`"""
    recording = fixture if isinstance(fixture, pathlib.Path) else GOLDEN / f"{fixture}.fixture"
    put(path, REPLAYING.format(replay=str(replay), fixture=str(recording), last=last))
