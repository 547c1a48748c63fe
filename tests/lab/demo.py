#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""offline.so at work on the dump of a real kernel: what `make demo` runs.

demo.py [OFFLINE.SO]    default: build/offline.so
"""

import os
import pathlib
import shlex
import subprocess
import sys
import tempfile

from lab import dumps, session
from lab.util import REPO, LabError

SHOWN = ("offline", "offrange")
INTRODUCTION = """\
A dump of Linux {release}: virtio-mem left 124 MiB of its blocks unplugged,
a balloon took 224 MiB.  (crash 8.0.2 warns about a stack when it opens a dump of
a running guest; that does not concern memory.)
"""


def shorter(word):
    """A path as one would type it here."""
    path = pathlib.Path(word)
    if path.is_absolute() and path.exists():
        relative = os.path.relpath(path)
        return min(word, relative, key=len)
    return word


def show(dump, extension):
    """Run crash on the dump, with its output as it is."""
    with tempfile.TemporaryDirectory(prefix="ofl-demo.") as home:
        script = pathlib.Path(home) / "commands"
        lines = ["set scroll off > /dev/null"]
        for shown in (f"extend {shorter(str(extension))}", *SHOWN):
            # crash shows no prompt in batch, and its own echo would take the > for a redirection
            lines += [f"!printf '\\ncrash> %s\\n' {shlex.quote(shown)}", shown]
        script.write_text("\n".join([*lines, "quit"]) + "\n")
        command = [*session.command_line(dump), "-s", "-i", str(script)]
        # crash in batch ignores the milder signals, and would wait for input if its script broke off;
        # an own HOME keeps a .crashrc from loading the extension a second time
        return subprocess.run(command, stdin=subprocess.DEVNULL, timeout=session.TIMEOUT,
                              env={**os.environ, "HOME": home}, check=False).returncode


def main(arguments):
    """Make or reuse the dump, show the commands, say how to go on."""
    extension = pathlib.Path(arguments[0] if arguments else REPO / "build" / "offline.so").resolve()
    if not extension.exists():
        raise LabError(f"{extension} is missing: run make")
    dump = dumps.get("6.1", "both", "kdump-zlib")
    print(INTRODUCTION.format(release=dump.kernel.release), flush=True)
    status = show(dump, extension)
    print("\nTo go on by hand:\n\n  "
          + " ".join(shlex.quote(shorter(word)) for word in session.command_line(dump))
          + f"\n  crash> extend {shorter(str(extension))}\n  crash> help offline\n")
    return status


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (LabError, OSError, subprocess.TimeoutExpired) as problem:
        sys.exit(f"demo: {problem}")
