# SPDX-License-Identifier: GPL-2.0-or-later
"""offline.so with AddressSanitizer and UndefinedBehaviorSanitizer in it, inside the real crash."""

import re

import pytest

from lab import crashes, dumps, kernels
from lab.session import Session
from lab.util import LabError, run

#: All commands, what they refuse, what they keep for each other, and workers.
COMMANDS = (
    "offrange", "offrange -x -w 1", "offline -v", "offline -w 2 -j", "offrange -w 3 -a -j", "offrange -p zz",
    "offrange -x -w 2 -j", "offcheck -a", "offcheck -j", "offblock", "offblock -j", "offblock 39", "offowner -a -v",
    "offowner -j", "offrange -C -x", "offrange -R recorded -j", "offrange | head -1", "help offrange")
#: Ends with the next report or the file: one report.
REPORT = re.compile(r"(?:==\d+==ERROR|[^\n]*runtime error:).*?(?=\n==\d+==ERROR|\n[^\n]*runtime error:|\Z)", re.S)
#: A frame or a place of ours, not of crash or of the sanitizers.
OURS = re.compile(r"offline\.so|\b(src|offline)\S*\.c:")


def preload():
    """The libraries that have to be there before everything else."""
    return ":".join(str(run(("gcc", f"-print-file-name={name}"), stdin=-3)).strip()
                    for name in ("libasan.so", "libubsan.so"))


def session(dump, extension, folder, environment=None):
    """The outputs of all commands, and of a second life of the extension."""
    folder.mkdir()
    commands = {"extend": f"extend {extension}", **{f"{number}": command for number, command in enumerate(COMMANDS)}}
    commands["again"] = f"extend -u {extension}\nextend {extension}\noffrange"
    return Session(dump, commands, folder, 900, environment)


def test_no_report(tmp_path):
    """No sanitizer has anything to say of offline.so, and what it prints is the same."""
    dump = dumps.get(kernels.selected()[0], "both", "kdump-zlib")
    crash = crashes.get(dump.kernel.series.crash)
    if crash.name != "system":
        pytest.skip(f"the sanitizers' libraries are not of the suite whose crash opens {dump.name}")
    options = f"halt_on_error=0:log_path={tmp_path / 'report'}:print_stacktrace=1"
    environment = {"LD_PRELOAD": preload(), "UBSAN_OPTIONS": options,
                   # crash's own: it frees with the wrong operator, reads past strings, and never frees
                   "ASAN_OPTIONS": f"{options}:detect_leaks=0:alloc_dealloc_mismatch=0:replace_str=0"}
    try:
        checked, ended = session(dump, crash.sanitized, tmp_path / "checked", environment), ""
    except LabError as error:   # as after each report about our own code
        checked, ended = None, str(error)
    said = [path.read_text(errors="replace") for path in tmp_path.glob("report*")]
    said.append(checked.transcript if checked else ended)
    reports = [text for one in said for text in REPORT.findall(one) if OURS.search(text)]
    assert checked and not reports, reports[0] if reports else ended
    plain = session(dump, crash.extension, tmp_path / "plain")
    assert {name: text for name, text in checked.out.items() if name != "extend"} == \
           {name: text for name, text in plain.out.items() if name != "extend"}
