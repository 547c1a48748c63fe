# SPDX-License-Identifier: GPL-2.0-or-later
"""QEMU's control socket."""

import json
import socket
import time

from .util import LabError


class QmpError(LabError):
    """QEMU refused a command."""


class Qmp:
    """A connection; call it with a command's name and arguments."""

    def __init__(self, path, alive, timeout=20):
        """Connect; `alive` tells whether QEMU still runs."""
        self.events = []
        end = time.monotonic() + timeout
        while True:
            self.socket = socket.socket(socket.AF_UNIX)
            try:
                self.socket.connect(str(path))
                break
            except OSError as error:
                self.socket.close()
                if not alive() or time.monotonic() > end:
                    raise LabError("QEMU did not open its control socket") from error
                time.sleep(0.05)
        self.lines = self.socket.makefile("rb")
        self._next(timeout)
        self("qmp_capabilities")

    def _next(self, timeout):
        self.socket.settimeout(timeout)
        line = self.lines.readline()
        if not line:
            raise LabError("QEMU closed its control socket")
        return json.loads(line)

    def __call__(self, command, timeout=300, **arguments):
        """Run a command, return its answer; events that come meanwhile are kept."""
        names = {key.replace("_", "-"): value for key, value in arguments.items()}
        self.socket.sendall(json.dumps({"execute": command, "arguments": names}).encode() + b"\n")
        while True:
            answer = self._next(timeout)
            if "event" in answer:
                self.events.append(answer)
            elif "error" in answer:
                raise QmpError(f"QMP {command}: {answer['error'].get('desc')}")
            else:
                return answer["return"]
