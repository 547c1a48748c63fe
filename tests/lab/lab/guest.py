# SPDX-License-Identifier: GPL-2.0-or-later
"""One running virtual machine, driven from outside (QMP) and inside (a shell)."""

import base64
import dataclasses
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time

from . import initramfs
from .qmp import Qmp
from .util import SLOWER, LabError, progress

MIB = 1 << 20


@dataclasses.dataclass(frozen=True)
class Machine:
    """How a guest is built.  A case changes what it needs to."""
    memory: str = "1G"
    maxmem: str = "16G"     # "": the machine has no slots for more
    #: the two ways memory is taken away: a balloon, and virtio-mem devices by name
    devices: tuple = ("-device", "virtio-balloon-pci,id=b0",
                      "-object", "memory-backend-ram,id=m0,size=2G",
                      "-device", "virtio-mem-pci,id=vm0,memdev=m0,requested-size=0")
    machine: str = "pc"
    cpus: int = 1
    cpu: str = "max,-cx16"  # with cx16, 6.12 now and then panics under TCG at a cmpxchg16b
    append: str = "console=ttyS0 panic=-1 memhp_default_state=online_movable"
    more_append: str = ""
    modules: tuple = initramfs.MODULES
    files: tuple = ()       # (path in the guest, file here)
    gdb: bool = False       # a gdbstub on the unix socket Guest.gdb
    note: tuple = ("-device", "vmcoreinfo")  # VMCOREINFO into the dump, where the machine has fw_cfg

    def arguments(self):
        """QEMU's arguments that decide what the guest sees."""
        return ["-machine", self.machine, "-accel", "tcg", "-cpu", self.cpu, "-smp", str(self.cpus),
                "-m", f"{self.memory},maxmem={self.maxmem},slots=8" if self.maxmem else self.memory,
                "-nodefaults", "-display", "none", "-no-reboot",
                *self.note, *self.devices,
                "-append", f"{self.append} {self.more_append}".strip()]


@dataclasses.dataclass(frozen=True)
class Result:
    """What a command in the guest gave."""
    status: int
    output: str


class Guest:
    """A guest; use it in a `with` block, which ends QEMU."""

    slower = SLOWER     # times that its answers take, at the worst

    def __init__(self, kernel, machine, folder):
        self.kernel, self.machine, self.folder = kernel, machine, pathlib.Path(folder)
        # the name of a unix socket must be short, which the cache folder's may not be
        self.sockets = pathlib.Path(tempfile.mkdtemp(prefix="ofl-lab."))
        self.gdb = self.sockets / "gdb"
        self.process = self.qmp = self.shell = None
        self.made = None        # what the steps of its case returned
        self.sent = 0
        self._answers = self._buffer = None

    def __enter__(self):
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.sockets, ignore_errors=True)

    # -- start: what another architecture has of its own ------------------------

    @staticmethod
    def sources():
        """The files that decide what the guest does, for the cache key."""
        return initramfs.sources()

    @staticmethod
    def emulator():
        """How QEMU is started."""
        return ("qemu-system-x86_64",)

    def lines(self):
        """QEMU's arguments for the ways in and out: the socket `shell`, the file `answers`."""
        return ("-serial", f"unix:{self.sockets}/shell,server=on,wait=off",
                "-debugcon", f"file:{self.folder}/answers")

    def build(self, image):
        """Write the initramfs."""
        initramfs.build(image, self.kernel, self.machine.modules, self.machine.files)

    # -- start ----------------------------------------------------------------

    def _command(self):
        image = self.folder / "initramfs.gz"
        self.build(image)
        arguments = list(self.machine.arguments())
        if self.kernel.series.append:
            arguments[arguments.index("-append") + 1] += f" {self.kernel.series.append}"
        # QEMU must not outlive the tests, however they end
        command = ["setpriv", "--pdeathsig", "KILL", "--", *self.emulator(), *arguments,
                   "-kernel", self.kernel.vmlinuz, "-initrd", image,
                   "-serial", f"file:{self.folder}/console.log", *self.lines(),
                   "-qmp", f"unix:{self.sockets}/qmp,server=on,wait=off"]
        if self.machine.gdb:
            command += ["-gdb", f"unix:{self.gdb},server=on,wait=off"]
        return [str(word) for word in command]

    def _start(self):
        progress(f"booting {self.kernel.release}")
        with open(self.folder / "qemu.log", "wb") as log:
            self.process = subprocess.Popen(self._command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            cwd=self.folder)  # a machine may keep its memory in it
        self.qmp = Qmp(self.sockets / "qmp", lambda: self.process.poll() is None)
        self.shell = socket.socket(socket.AF_UNIX)
        self.shell.connect(str(self.sockets / "shell"))
        self._answers, self._buffer = open(self.folder / "answers", "rb"), b""
        hello = self._answer("0", time.monotonic() + 120 * self.slower, nudge=False)
        if hello.output:
            raise LabError(f"{self.kernel.release}: {hello.output}")

    # -- inside ---------------------------------------------------------------

    def _take(self, ident):
        """The answer with this number, if it is there whole; older ones are dropped."""
        self._buffer += self._answers.read()
        while b"\n" in self._buffer:
            head, rest = self._buffer.split(b"\n", 1)
            number, status, size = head.decode().lstrip("@").split()
            if len(rest) < int(size):
                return None
            self._buffer = rest[int(size):]
            if number == ident:
                return Result(int(status), rest[:int(size)].decode(errors="replace"))
        return None

    def _answer(self, ident, end, nudge=True):
        last = time.monotonic()
        while True:
            found = self._take(ident)
            if found:
                return found
            if self.process.poll() is not None:
                raise LabError(f"the guest ended by itself:\n{self.console_tail()}")
            if time.monotonic() > end:
                raise LabError(f"no answer from the guest in time:\n{self.console_tail()}")
            if nudge and time.monotonic() - last > 1:
                self.shell.sendall(b"\n")  # the emulated serial port stalls now and then; a byte wakes it
                last = time.monotonic()
            time.sleep(0.02)

    def run(self, command, timeout=60, check=True):
        """Run a shell command in the guest."""
        self.sent += 1
        line = f"{self.sent} {base64.b64encode(command.encode()).decode()}\n"
        if len(line) > 4000:
            raise LabError("the command is too long for the guest's serial line")
        self.shell.sendall(line.encode())
        result = self._answer(str(self.sent), time.monotonic() + timeout * self.slower)
        if check and result.status:
            raise LabError(f"in the guest: {command}: exit status {result.status}\n{result.output}")
        return result

    def console_tail(self, lines=12):
        """The end of the kernel's console, for messages."""
        path = self.folder / "console.log"
        return "\n".join(path.read_text(errors="replace").splitlines()[-lines:]) if path.exists() else ""

    # -- outside --------------------------------------------------------------

    def _until(self, what, value, wanted, timeout):
        """Wait until `value()` is `wanted`."""
        end, now = time.monotonic() + timeout * self.slower, value()
        while now != wanted:
            if time.monotonic() > end:
                raise LabError(f"{what}: {now} instead of {wanted}\n{self.console_tail()}")
            time.sleep(0.1)
            now = value()

    def plug(self, size, device="vm0", timeout=60):
        """Ask a virtio-mem device for `size` bytes and wait until it has them."""
        path = f"/machine/peripheral/{device}"
        self.qmp("qom-set", path=path, property="requested-size", value=size)
        self._until(f"virtio-mem {device}", lambda: self.qmp("qom-get", path=path, property="size"), size, timeout)

    def balloon(self, size, timeout=60):
        """Leave the guest `size` bytes of its boot memory."""
        self.qmp("balloon", value=size)
        self._until("balloon", lambda: self.qmp("query-balloon")["actual"], size, timeout)

    def dump(self, path, form):
        """Dump the guest's memory: `form` is elf, kdump-zlib (a stream), or another QEMU has."""
        self.qmp("dump-guest-memory", timeout=300 * self.slower, paging=False, protocol=f"file:{path}", format=form)
