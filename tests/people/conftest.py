# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tests of pages and packages share."""
import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
#: Nothing that make says to its own children is for these.
ENVIRONMENT = {key: value for key, value in os.environ.items()
               if key not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "MAKEOVERRIDES")}


def run(*words, cwd=ROOT, **more):
    """a program that has to end well; -> what it printed"""
    done = subprocess.run([str(word) for word in words], cwd=cwd, text=True, capture_output=True, check=False,
                          env={**ENVIRONMENT, **more})
    assert done.returncode == 0, (words, done.stdout[-3000:], done.stderr[-3000:])
    return done.stdout + done.stderr


@pytest.fixture(scope="session")
def build():
    """the folder that make built into"""
    return pathlib.Path(os.environ.get("OFL_BUILD", ROOT / "build"))
