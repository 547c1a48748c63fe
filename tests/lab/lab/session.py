# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs crash on a dump: many commands, one start, one file of output a command."""

import json
import pathlib
import shlex
import subprocess
import sys

from . import crashes
from .util import SLOWER, LabError

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2]))
import schemas     # noqa: E402  pylint: disable=wrong-import-position

TIMEOUT = 300


def command_line(dump):
    """The words that open a dump in the crash that can."""
    series = dump.kernel.series
    return [*crashes.get(series.crash).command, *series.flags, str(dump.kernel.vmlinux), str(dump.path)]


class Session:
    """What one run of crash printed.  `out[name]` is a command's output."""

    def __init__(self, dump, commands, folder, timeout=None, environment=None, flags=()):
        """Run the commands, given as {name: command}, with their output below `folder`.

        A command may have several lines (as a key, the last line's output counts).
        Each command's wall time is in `seconds`.  `environment` is added to crash's,
        `flags` to its command line.
        """
        self.folder = pathlib.Path(folder)
        self.environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "TERM": "dumb", "LC_ALL": "C.UTF-8",
                            "HOME": str(self.folder), **(environment or {})}
        self.flags = flags
        self.transcript = self._run(dump, commands, (timeout or TIMEOUT * crashes.get(dump.kernel.series.crash).slower) * SLOWER)
        self.out, self.seconds = {}, {}
        for name in commands:
            path = self.folder / name
            if not path.exists():
                raise LabError(f"crash never came to {commands[name]!r}:\n{self.transcript[-2000:]}")
            self.out[name] = path.read_text(errors="replace")
            before, after = (self.folder / f"{name}.time").read_text().split()
            self.seconds[name] = (int(after) - int(before)) / 1e9
            self.must_be_valid(commands[name], self.out[name])

    @staticmethod
    def must_be_valid(command, text):
        """A whole document is as its schema says; what is none is for the tests to judge."""
        try:
            document = json.loads(text)
        except ValueError:
            return
        wrong = schemas.wrong(document) if isinstance(document, dict) and "schema" in document else []
        assert not wrong, (command, wrong)

    def _script(self, commands):
        """crash's input: redirections keep outputs apart, the shell's clock is read around them."""
        lines = ["set scroll off"]
        for name, command in commands.items():
            *before, last = command.splitlines()
            clock = f"!date +%s%N >> {shlex.quote(name + '.time')}"
            lines += [*before, clock, f"{last} > {name}", clock]
        return "\n".join([*lines, "quit"]) + "\n"

    def _run(self, dump, commands, timeout):
        (self.folder / "commands").write_text(self._script(commands))
        with open(self.folder / "transcript", "wb") as log:
            command = [*command_line(dump)[:-2], *self.flags, "-s", *command_line(dump)[-2:], "-i", "commands"]
            process = subprocess.Popen(command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                       env=self.environment)
            try:
                status = process.wait(timeout)
            except subprocess.TimeoutExpired:
                status = f"no end after {timeout} s"
            finally:
                process.kill()  # in batch crash ignores the milder signals
                process.wait()
        text = (self.folder / "transcript").read_text(errors="replace")
        if status:
            raise LabError(f"crash on {dump.name}: {status}\n{text[-2000:]}")
        return text
