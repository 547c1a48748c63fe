# SPDX-License-Identifier: GPL-2.0-or-later
"""What stands in `make check` for each kind of the verdict campaign (tests/lab/lab/stands.py); boots nothing."""

import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "lab"))
from lab import stands     # noqa: E402  pylint: disable=wrong-import-position


def test_what_stands_for_a_kind_is_there():
    """Each kind has a row; each guest is made, each recording has the code, each unit test is run."""
    assert not list(stands.wrong())


def test_the_page_has_the_table():
    """docs/lab.md, by python3 -m lab.stands in tests/lab."""
    assert "\n".join(stands.text()) in (ROOT / "docs" / "lab.md").read_text()
