# SPDX-License-Identifier: GPL-2.0-or-later
"""Hyper-V: Debian's hv_balloon on the VMBus that QEMU plays, in a nested guest.

QEMU has a VMBus only with KVM, and there is no KVM here.  So an outer guest is
emulated, SVM included; in it runs QEMU on KVM; and on that the guest with the
driver.  The inner guest is driven like any other of the lab: its serial ports and
its QEMU's control socket are passed through the outer guest, which is nothing but
an initramfs.  Dumps go to disks of the outer guest, a disk a dump.
"""

import dataclasses
import hashlib
import inspect
import json
import pathlib
import re
import shlex
import shutil
import socket
import struct
import subprocess
import time
import typing

from lab import dumps, initramfs, kernels, module, verdicts
from lab.guest import Guest, Machine, MIB
from lab.kinds import SCRIPT
from lab.packages import Apt, remove
from lab.qmp import Qmp, QmpError
from lab.util import CACHE, LabError, lock, new_folder, progress

from .emulator import X86

HERE = pathlib.Path(__file__).resolve().parent.parent / "hyperv"
BOOT = 512 * MIB
HOT_ADDED_BLOCK = 256       # the first that QEMU hot-adds, at 32 GiB
GAP_PAGES = 2048
ATTEMPT_SECONDS = 20
#: QEMU aligns the memory to hot-add in the address space to 32 GiB.
MACHINE = Machine(
    memory="512M", maxmem="64G", modules=("qemu_fw_cfg", "hv_vmbus"),
    append="console=ttyS2 panic=-1",
    cpu="host,kvm=off,hv-relaxed,hv-vapic,hv-time,hv-vpindex,hv-runtime,hv-synic,hv-stimer,hv-reset",
    devices=("-global", "PIIX4_PM.disable_s4=1",    # a guest that might hibernate is refused hot-add
             "-device", "vmbus-bridge", "-object", "memory-backend-ram,id=m0,size=512M",
             "-device", "hv-balloon,id=hvb,memdev=m0,status-report=on"))
#: The outer guest: any kernel with KVM will do.
OUTER_SERIES = "6.1"
OUTER_MODULES = ("virtio_pci", "virtio_blk", "virtio_console", "kvm_amd")
OUTER_FILES = ("*/drivers/virtio/*", "virtio_blk.ko*", "virtio_console.ko*", "kvm.ko*", "kvm-amd.ko*", "irqbypass.ko*",
               "ccp.ko*")
OUTER_MEMORY = "2G"
DISK_BYTES = 2 << 30        # sparse
#: The inner guest's serial ports, and all that is passed through the outer guest.
SERIAL = ("answers", "shell", "console")
PORTS = (*SERIAL, "qmp")
#: End of a flattened dump: an offset and a size of -1.
HEADER, END = struct.Struct(">qq"), -1
REPORT_SECONDS = 240        # the driver's first report comes after 45 s of the guest's time


@dataclasses.dataclass(frozen=True)
class Dump:
    """A dump of the inner guest at one of the stages of a case, and what is known about it."""
    kernel: kernels.Kernel
    stage: str
    folder: pathlib.Path

    path = property(lambda self: self.folder / f"{self.stage}.kdump")
    name = property(lambda self: f"{self.kernel.series.name}-hyperv-{self.stage}")
    truth = property(lambda self: json.loads((self.folder / f"{self.stage}.json").read_text()))


def _port(name):
    """Words that make a port of the outer guest a character device of its QEMU."""
    return "-chardev", f"pipe,id={name},path=/dev/vport0p{PORTS.index(name) + 1}"


class Nested(Guest):
    """The inner guest."""

    slower = 4      # KVM inside of an emulated machine

    def __init__(self, kernel, machine, folder, disks):
        super().__init__(kernel, machine, folder)
        self.disks = disks
        self.dumped = 0

    # -- start ----------------------------------------------------------------

    def _inner(self):
        """QEMU's command line in the outer guest."""
        words = [*X86.command("/qemu"), *self.machine.arguments(),
                 "-kernel", "/inner/vmlinuz", "-initrd", "/inner/initramfs.gz"]
        words[words.index("tcg")] = "kvm"
        for port in SERIAL:
            words += [*_port(port), "-serial", f"chardev:{port}"]
        words += [*_port("qmp"), "-qmp", "chardev:qmp"]
        return words

    def _outer_image(self):
        """The outer guest's initramfs, not compressed: it would take longer to unpack."""
        available = initramfs.Modules(_outer_modules())
        order = available.order(OUTER_MODULES)
        files = {f"lib/modules/{name}.ko": available.data(name) for name in order}
        files["lib/modules/order"] = "".join(f"{name}.ko\n" for name in order).encode()
        files["bin/busybox"] = pathlib.Path(shutil.which("busybox")).read_bytes()
        files["init"] = (HERE / "init").read_bytes()
        files["qemu/start"] = f"exec {shlex.join(self._inner())}\n".encode()
        files.update((f"qemu/{path.name}", path.read_bytes()) for path in X86.folder().iterdir())
        files["inner/vmlinuz"] = self.kernel.vmlinuz.read_bytes()
        files["inner/initramfs.gz"] = (self.folder / "initramfs.gz").read_bytes()
        (self.folder / "outer.cpio").write_bytes(initramfs.archive(files))

    def _command(self):
        initramfs.build(self.folder / "initramfs.gz", self.kernel, self.machine.modules, self.machine.files)
        self._outer_image()
        command = ["setpriv", "--pdeathsig", "KILL", "--", *X86.command(X86.folder()),
                   "-machine", "pc", "-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "1", "-m", OUTER_MEMORY,
                   "-nodefaults", "-display", "none", "-no-reboot",
                   "-kernel", kernels.get(OUTER_SERIES).vmlinuz, "-initrd", self.folder / "outer.cpio",
                   "-append", "console=ttyS0 panic=-1", "-serial", f"file:{self.folder}/outer.log",
                   "-device", "virtio-serial"]
        for port in PORTS:
            kind = (f"file,id={port},path={self.folder}/{port}{'.log' * (port == 'console')}"
                    if port in ("answers", "console")
                    else f"socket,id={port},path={self.sockets}/{port},server=on,wait=off")
            command += ["-chardev", kind, "-device", f"virtserialport,chardev={port},nr={PORTS.index(port) + 1}"]
        for number in range(self.disks):
            with open(self._disk(number), "wb") as disk:
                disk.truncate(DISK_BYTES)
            command += ["-drive", f"file={self._disk(number)},format=raw,if=virtio,cache=unsafe"]
        return [str(word) for word in command]

    def _disk(self, number):
        return self.folder / f"disk{number}"

    def _start(self):
        progress(f"booting {self.kernel.release} on Hyper-V, nested")
        with open(self.folder / "qemu.log", "wb") as log:
            self.process = subprocess.Popen(self._command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.shell = socket.socket(socket.AF_UNIX)
        self._connect(self.shell, self.sockets / "shell")
        self.qmp = Qmp(self.sockets / "qmp", lambda: self.process.poll() is None, timeout=180)
        self._answers, self._buffer = open(self.folder / "answers", "rb"), b""
        hello = self._answer("0", time.monotonic() + 240, nudge=False)
        if hello.output:
            raise LabError(f"{self.kernel.release}: {hello.output}")

    def _connect(self, shell, path):
        end = time.monotonic() + 20
        while True:
            try:
                return shell.connect(str(path))
            except OSError as error:
                if self.process.poll() is not None or time.monotonic() > end:
                    raise LabError(f"QEMU did not start:\n{(self.folder / 'qemu.log').read_text()}") from error
                time.sleep(0.05)

    # -- the driver -----------------------------------------------------------

    def report(self):
        """The guest's last word about its memory to the host; None before the first."""
        try:
            return self.qmp("query-hv-balloon-status-report")
        except QmpError:
            return None

    def load(self, widened):
        """Load hv_balloon and wait for its first report: before it, nothing is asked of it."""
        if widened:
            self.run("insmod /hvregion.ko")
        self.run("insmod /hv_balloon.ko")
        self.until("the driver's first report", lambda: self.report() is not None, REPORT_SECONDS)

    def until(self, what, done, seconds):
        """Wait until done()."""
        end = time.monotonic() + seconds
        while not done():
            if time.monotonic() > end or self.process.poll() is not None:
                raise LabError(f"{what}: not in {seconds} s\n{self.console_tail()}")
            time.sleep(1)

    def memory(self, size, seconds=120):
        """Ask for `size` bytes of memory, and wait until QEMU says that the guest has it."""
        self.qmp("balloon", value=size)
        self.until(f"{size} bytes of memory", lambda: self.qmp("query-balloon")["actual"] == size, seconds)

    def dump(self, path, form):
        """Dump to the next disk, and take from it what was written."""
        disk = self._disk(self.dumped)
        super().dump(f"/dev/vd{chr(ord('a') + self.dumped)}", form)
        self.dumped += 1
        with open(disk, "r+b") as file:
            file.truncate(_flattened_bytes(file))
        disk.rename(path)


def _flattened_bytes(file):
    """The length of a flattened dump: a header of its own, then pieces, then the end."""
    at = 4096
    while True:
        file.seek(at)
        offset, size = HEADER.unpack(file.read(HEADER.size))
        at += HEADER.size
        if (offset, size) == (END, END):
            return at
        if offset < 0 or size <= 0:
            raise LabError(f"{file.name}: no piece of a flattened dump at {at}")
        at += size


def _outer_modules():
    """Modules of the outer guest's kernel that no other guest needs."""
    release = kernels.get(OUTER_SERIES).release
    folder = CACHE / "hyperv" / release
    with lock(f"hyperv-{release}"):
        if not folder.exists():
            with new_folder(folder) as work:
                Apt().unpack([f"linux-image-{release}"], work, OUTER_FILES)
                for path in list(work.rglob("*.ko*")):
                    path.rename(work / path.name)
                for path in list(work.iterdir()):
                    if path.is_dir():
                        remove(path)
    return folder


# -- cases --------------------------------------------------------------------


def ballooned(guest):
    """Memory goes to the host, from a guest that was never given more."""
    guest.memory(300 * MIB)


def hot_added(guest):
    """All of it comes back, and then a block more."""
    guest.memory(BOOT + 128 * MIB)


def tail(guest):
    """Of a region of two blocks the second is backed in part."""
    guest.memory(BOOT + 200 * MIB)


def gap(guest):
    """More is added, not right behind what there was, in a region that the driver makes larger."""
    guest.run(f"cd /sys/module/hvregion/parameters; echo 0 > announce; echo {GAP_PAGES} > shift")
    guest.memory(BOOT + 400 * MIB)


def gap_ballooned(guest):
    """Then memory goes to the host, hot-added pages too."""
    guest.memory(400 * MIB)


def attempts(guest):
    """{block: offlined or not, and why not}, for the hot-added blocks: tried, and put back."""
    guest.run(verdicts.SAY_WHY)
    found, blocks = {}, dumps.facts(guest)["blocks"]
    for block in sorted(block for block in blocks if int(block[len("memory"):]) >= HOT_ADDED_BLOCK):
        text = guest.run(f"attempt {block} {ATTEMPT_SECONDS}", timeout=180).output
        reason = re.findall(r"failed due to (.+)", text)
        found[block] = {"offlined": "\nstate offline\n" in text, "reason": reason[-1] if reason else "", "text": text}
    return found


@dataclasses.dataclass(frozen=True)
class Case:
    """A guest, driven from stage to stage; each is dumped."""
    stages: tuple
    online: str                 # how the kernel onlines what is added
    widened: bool = False       # regions are larger than what is added
    after: typing.Callable = None


CASES = {"whole": Case((ballooned, hot_added), "online_movable"),
         "partial": Case((tail, gap, gap_ballooned), "online_kernel", widened=True, after=attempts)}
STAGES = tuple(stage.__name__ for case in CASES.values() for stage in case.stages)


def machine(kernel, case, folder):
    """hv_balloon is loaded by hand, behind our module if that is wanted."""
    driver = folder / "hv_balloon.ko"
    driver.write_bytes(initramfs.Modules(kernel.modules).data("hv_balloon"))
    files = [("hv_balloon.ko", driver), ("bin/say", HERE / "say"), ("bin/attempt", SCRIPT)]
    if case.widened:
        files.append(("hvregion.ko", module.build(kernel, HERE / "module")))
    return dataclasses.replace(MACHINE, files=tuple(files), more_append=f"memhp_default_state={case.online}")


def _stage(guest, stage, folder):
    """Drive one stage, dump, and make sure that the truth held while the dump was made."""
    stage(guest)
    truth = {"offline": dumps.settled(guest), **dumps.facts(guest),
             "debugfs": guest.run("cat /sys/kernel/debug/hv-balloon").output, "report": guest.report()}
    guest.qmp("stop")
    progress(f"dumping {guest.kernel.release} {stage.__name__}")
    guest.dump(folder / f"{stage.__name__}.kdump", "kdump-zlib")
    guest.qmp("cont")
    if dumps.witness(guest) != truth["offline"]:
        raise LabError("the guest's PageOffline pages changed around the dump")
    return truth


def _make(kernel, case, folder):
    truth = {}
    with Nested(kernel, machine(kernel, case, folder), folder, len(case.stages)) as guest:
        guest.load(case.widened)
        for stage in case.stages:
            truth[stage.__name__] = _stage(guest, stage, folder)
        if case.after:
            truth[case.stages[-1].__name__]["after"] = case.after(guest)
    for name, known in truth.items():
        (folder / f"{name}.json").write_text(json.dumps(known, indent=1))
    for path in folder.iterdir():
        if path.suffix not in (".kdump", ".json", ".log"):
            path.unlink()


def key(case, *more):
    """Changes whenever a dump of the case would come out different; `more` are functions and files besides."""
    files = [HERE / "init", HERE / "say", *initramfs.sources()]
    files += [*sorted((HERE / "module").iterdir())] if case.widened else []
    files += [SCRIPT] if case.after else []
    functions = [part for part in (*case.stages, case.after, *more) if callable(part)]
    what = [MACHINE.arguments(), MACHINE.modules, case.online, GAP_PAGES, ATTEMPT_SECONDS]
    what += [inspect.getsource(function) for function in functions]
    what += [path.read_text() for path in (*files, *(part for part in more if not callable(part)))]
    return hashlib.sha256(json.dumps(what).encode()).hexdigest()[:12]


def _fill(kernel, case, folder):
    with new_folder(folder) as work:
        _make(kernel, case, work)


def forget(folder):
    """Remove the dumps that this one takes the place of."""
    for old in folder.parent.glob(f"{folder.name.rpartition('-')[0]}-*"):
        shutil.rmtree(old)


def get(series, stage):
    """The dump of a stage, made when the cache does not have it."""
    kernel = kernels.get(series)
    case = next(name for name, case in CASES.items() if stage in (function.__name__ for function in case.stages))
    folder = CACHE / "dumps" / kernel.release / f"hyperv-{case}-{key(CASES[case])}"
    with lock(f"dump-{series}-hyperv-{case}"):
        if not folder.exists():
            forget(folder)
            dumps.second_chance(lambda: _fill(kernel, CASES[case], folder), f"{kernel.release} Hyper-V {case}")
    return Dump(kernel, stage, folder)
