# SPDX-License-Identifier: GPL-2.0-or-later
"""A crash that stays, and gets one command at a time through a pipe."""

import json
import os
import pathlib
import queue
import re
import subprocess
import threading
import time

from . import crashes
from .session import command_line


def reader(text):
    """Who reads the dump, by `offline -v`."""
    found = re.search(r"^READER +(.*)$", text, re.MULTILINE)
    return found.group(1) if found else ""


class Find(Exception):
    """offline.so did what it must not do."""


class Crash:
    """A crash that stays: it gets commands through a pipe, one at a time."""

    def __init__(self, dump, folder, load=True, flags=()):
        """Start it, with more flags if need be, and load the extension."""
        self.folder, self.lines, self.marks = pathlib.Path(folder), queue.Queue(), 0
        *head, vmlinux, path = command_line(dump)
        self.process = subprocess.Popen(
            [*head, *flags, "-s", vmlinux, path], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, errors="replace",
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "TERM": "dumb", "LC_ALL": "C.UTF-8", "HOME": str(folder)})
        threading.Thread(target=self._read, daemon=True).start()
        self.extension = crashes.get(dump.kernel.series.crash).extension
        self.run("set scroll off", 120)
        if load:
            self.run(f"extend {self.extension}", 60)

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(line)
        self.lines.put(None)

    def run(self, command, limit):
        """What a command prints beside its own output; Find if it does not end, or crash with it."""
        self.marks += 1
        mark, said, before = f"=={self.marks}==", [], self.seconds()
        try:
            self.process.stdin.write(f"{command}\n!echo; echo {mark}\n")
            self.process.stdin.flush()
        except OSError as error:
            raise Find(f"{command}: crash died") from error
        end = time.monotonic() + max(120, 10 * limit)
        while True:
            try:
                line = self.lines.get(timeout=1)
            except queue.Empty:
                # other work on the machine is no hang: crash's own time counts
                if self.seconds() - before > limit or time.monotonic() > end:
                    raise Find(f"{command}: no end after {self.seconds() - before:.0f} s of work") from None
                continue
            if line is None:
                raise Find(f"{command}: crash died ({self.process.wait()}): {''.join(said)[-500:]}")
            if line.strip() == mark:
                return "".join(said)
            said.append(line)

    def seconds(self):
        """Processor time that crash has used."""
        try:
            words = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return 0
        return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")

    def document(self, command, limit):
        """The JSON document of a command, and the seconds of work it took."""
        out = self.folder / "out"
        out.unlink(missing_ok=True)
        start = self.seconds()
        said = self.run(f"{command} > out", limit)
        took = self.seconds() - start
        text = out.read_text() if out.exists() else ""
        try:
            return json.loads(text), took
        except ValueError as error:
            raise Find(f"{command}: no document ({error}): {text[:300]!r} {said[-300:]!r}") from None

    def reload(self):
        """Forget everything offline.so knows."""
        self.run(f"extend -u {self.extension}", 60)
        self.run(f"extend {self.extension}", 60)

    def end(self):
        """In batch crash ignores the milder signals."""
        self.process.kill()
        self.process.wait()
