# SPDX-License-Identifier: GPL-2.0-or-later
"""QEMU's gdbstub: breakpoints, registers and physical memory of a guest, without gdb."""

import socket
import struct

from .util import LabError

#: QEMU's packets hold 4096 characters, two a byte.
AT_ONCE = 2000
NAMES = ("rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "rsp",
         "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "rip")


class Gdb:
    """A connection.  The guest stands still from connecting until go() or leave()."""

    def __init__(self, path, timeout=20):
        """Connect to a unix socket."""
        self.socket, self.timeout, self.buffer = socket.socket(socket.AF_UNIX), timeout, b""
        self.socket.connect(str(path))
        # registers one by one are for those only who have asked what registers there are
        self._ask("qXfer:features:read:target.xml:0,10")
        self._told("Qqemu.PhyMemMode:1", "OK")

    def _send(self, text):
        data = text.encode()
        self.socket.sendall(b"$%s#%02x" % (data, sum(data) & 255))

    def _packet(self, timeout):
        """The next packet; None if none comes in time."""
        self.socket.settimeout(timeout)
        while True:
            start = self.buffer.find(b"$")
            end = self.buffer.find(b"#", start)
            if 0 <= start < end <= len(self.buffer) - 3:
                text, self.buffer = self.buffer[start + 1:end].decode("latin-1"), self.buffer[end + 3:]
                self.socket.sendall(b"+")
                return text
            try:
                data = self.socket.recv(65536)
            except TimeoutError:
                return None
            if not data:
                raise LabError("QEMU closed its gdb socket")
            self.buffer += data

    def _ask(self, text):
        """The answer to a request.  That the guest stopped may be said before it, also when we know."""
        self._send(text)
        while True:
            answer = self._packet(self.timeout)
            if answer is None:
                raise LabError(f"the gdbstub does not answer {text[:40]!r}")
            if not answer.startswith("T"):
                return answer

    def _told(self, text, wanted):
        answer = self._ask(text)
        if answer != wanted:
            raise LabError(f"the gdbstub answers {text[:40]!r} with {answer!r}")

    def registers(self):
        """{name: value} of the general ones."""
        return dict(zip(NAMES, struct.unpack_from(f"<{len(NAMES)}Q", bytes.fromhex(self._ask("g")))))

    def write_register(self, name, value):
        """Change one register."""
        self._told(f"P{NAMES.index(name):x}={struct.pack('<Q', value).hex()}", "OK")

    def read(self, phys, size):
        """Physical memory."""
        data = b""
        while len(data) < size:
            part = self._ask(f"m{phys + len(data):x},{min(AT_ONCE, size - len(data)):x}")
            if part.startswith("E"):
                raise LabError(f"the gdbstub cannot read {phys:#x}: {part}")
            data += bytes.fromhex(part)
        return data

    def write(self, phys, data):
        """Write a few bytes of physical memory."""
        self._told(f"M{phys:x},{len(data):x}:{data.hex()}", "OK")

    def add_breakpoint(self, kva):
        """Stop before the instruction there."""
        self._told(f"Z0,{kva:x},1", "OK")

    def go(self):
        """Let the guest run."""
        self._send("c")

    def stopped(self, timeout):
        """Whether the guest has stopped by itself in this time."""
        return bool(self._packet(timeout))

    def stop(self):
        """Stop the guest; it may have come to a breakpoint at the same time."""
        self.socket.sendall(b"\x03")
        if not self.stopped(self.timeout):
            raise LabError("the gdbstub does not stop the guest")

    def leave(self):
        """Let the stopped guest run on, without breakpoints."""
        self._told("D", "OK")
        self.close()

    def close(self):
        """End the connection and nothing else."""
        self.socket.close()
