# SPDX-License-Identifier: GPL-2.0-or-later
"""Guests of Xen, which runs in QEMU: its balloon takes their memory away, dom0 dumps them.

Xen and its tools are Debian's; dom0 is a Debian kernel with an initramfs like the lab's.
dom0 is the guest that the lab talks to, and the guest of Xen is talked to through its
console.  The dump goes to a disk of dom0's, which is a file here.
"""

import base64
import dataclasses
import gzip
import hashlib
import inspect
import json
import pathlib
import re
import shutil
import time

from lab import dumps, initramfs, kernels, kinds, verdicts
from lab.guest import Guest, Machine, Result
from lab.packages import Apt, remove
from lab.util import CACHE, LabError, lock, natural, new_folder, progress, run

from . import elf, xen_pv

HERE = pathlib.Path(__file__).resolve().parent / "xen.d"
CACHED = CACHE / "hypervisors" / "xen"
SUITE = "sid"
#: What dom0 runs of Xen's, and is looked for in the folders of its packages.
PROGRAMS = ("xl", "xenstored", "xenconsoled", "xen-init-dom0", "xen-mfndump", "xenstore-read")
#: Where libraries that those need may come from.
LIBRARIES = ("libxen", "libc6", "libgcc-s1", "libyajl", "liblzma", "libzstd", "libuuid", "libbz2", "zlib1g", "liblz")
MODULES = ("virtio_pci", "virtio_blk", "xen-privcmd", "xenfs", "xen-evtchn", "xen-gntdev", "xen-gntalloc")
DOM0_FILES = ("boot/vmlinuz-*", "*/drivers/virtio/*", "*/drivers/block/virtio_blk*", "*/drivers/xen/*",
              "*/drivers/xen/xenfs/*")
#: QEMU's SMAP stops dom0, its RDTSCP the HVM guests; with its XSAVE registers are lost between
#: guest and dom0, whose programs then fault now and then.
CPU = "max,-smap,-rdtscp,-xsave"
DISK_BYTES = 1 << 30
MIB_PAGES = 256


@dataclasses.dataclass(frozen=True)
class Case:
    """A guest of Xen, and what is done to it before it is dumped."""
    name: str
    why: str
    kind: str               # of guest, in xl's words
    maxmem: int             # MiB
    steps: str              # in dom0
    top: int                # MiB: no page of the guest lies above
    append: str = ""
    memory: int = 320       # MiB
    caught: bool = False    # dumped while its balloon still takes memory
    by_xl: bool = False     # dumped by Xen's own tool: minutes
    only: tuple = ()        # kernels; all if empty
    mend = ""               # what verdicts.attempts() asks a kind of guest for

    def config(self):
        """For xl create."""
        return "\n".join((
            f'name="domu"\ntype="{self.kind}"\nkernel="/guest/vmlinuz"\nramdisk="/guest/initramfs.gz"',
            f'extra="console=hvc0 nokaslr panic=-1 {self.append}"',
            f'memory={self.memory}\nmaxmem={self.maxmem}\nvcpus=1\non_crash="preserve"\ntsc_mode="native"\n'))


CASES = {case.name: case for case in (
    Case("pvh", "memory is given back", "pvh", 320, "xl mem-set domu 200", 320),
    Case("core", "as pvh, by xl dump-core", "pvh", 320, "xl mem-set domu 200", 320, by_xl=True, only=("6.1",)),
    Case("hotplug", "more memory than at boot is allowed, and a part of it given", "pvh", 320,
         "xl mem-max domu 620; xl mem-set domu 400", 1024, "memhp_default_state=online"),
    Case("moving", "as pvh, and the guest is stopped halfway", "pvh", 320, "xl mem-set domu 200", 320, caught=True),
    Case("pv", "a PV guest that was not given all at boot gives back more", "pv", 448, "xl mem-set domu 200", 448),
)}


@dataclasses.dataclass(frozen=True)
class Tools:
    """Xen, dom0's kernel, and Xen's programs with their libraries."""
    folder: pathlib.Path

    xen = property(lambda self: self.folder / "xen")
    vmlinuz = property(lambda self: self.folder / "vmlinuz")
    modules = property(lambda self: self.folder / "modules")
    release = property(lambda self: "Xen " + (self.folder / "version").read_text().strip())

    def files(self):
        """(path in dom0, file here) of programs and libraries."""
        loader = "ld-linux-x86-64.so.2"
        return [(f"xen/{path.name}", path) for path in (self.folder / "bin").iterdir()] + \
            [(f"{'lib64' if path.name == loader else 'lib'}/{path.name}", path)
             for path in (self.folder / "lib").iterdir()]


def _newest(names, pattern):
    """The newest of the package names that match."""
    found = sorted(filter(re.compile(pattern).fullmatch, names), key=natural)
    if not found:
        raise LabError(f"no package {pattern} in the archive")
    return found[-1]


def _needed(path):
    return re.findall(r"\(NEEDED\).*\[(.*)\]", run(("readelf", "-d", path)))


def _take_libraries(root, work):
    """Copy what the programs need, and what that needs."""
    there = {path.name: path for path in sorted(root.rglob("*.so*")) if not path.is_dir()}
    todo = [name for path in (work / "bin").iterdir() for name in _needed(path)]
    todo.append("libgcc_s.so.1")  # the C library opens it when a thread is cancelled
    while todo:
        name = todo.pop()
        if (work / "lib" / name).exists():
            continue
        if name not in there:
            raise LabError(f"{name}, which Xen's programs need, is in none of the packages {' '.join(LIBRARIES)}")
        shutil.copy(there[name], work / "lib" / name)
        todo += _needed(there[name])


def _unpack_xen(apt, work, root):
    names = apt.names("xen-")
    utils = _newest(names, r"xen-utils-[0-9.]+")
    hypervisor = _newest(names, r"xen-hypervisor-[0-9.]+-amd64")
    wanted = [name for name in apt.closure((utils, hypervisor), SUITE)
              if name in (utils, hypervisor, "xenstore-utils") or name.startswith(LIBRARIES)]
    versions = apt.versions(wanted, SUITE)
    apt.unpack([f"{name}={version}" for name, version in versions.items()], root,
               ("boot/xen-*.gz", "*/bin/*", "*.so.*"), SUITE)
    (work / "xen").write_bytes(gzip.decompress(next(root.glob("boot/xen-*.gz")).read_bytes()))
    for name in PROGRAMS:
        found = [path for path in root.rglob(name) if path.is_file() and not path.is_symlink()]
        if not found:
            raise LabError(f"no program {name} in {utils}")
        shutil.copy(found[0], work / "bin" / name)
    _take_libraries(root, work)
    (work / "version").write_text(versions[hypervisor])


def _unpack_dom0(apt, work, root):
    """The cloud kernels cannot be dom0."""
    image = _newest(apt.names("linux-image-6.1.0-"), r"linux-image-6\.1\.0-\d+-amd64")
    apt.unpack((image,), root, DOM0_FILES)
    next(root.glob("boot/vmlinuz-6*")).rename(work / "vmlinuz")
    for path in root.rglob("*.ko"):
        path.rename(work / "modules" / path.name)


def tools():
    """Xen and dom0, fetched and unpacked when the cache does not have them."""
    folder = CACHED / "tools"
    with lock("xen-tools"):
        if not folder.exists():
            with new_folder(folder) as work:
                for name in ("root", "dom0", "bin", "lib", "modules"):
                    (work / name).mkdir()
                _unpack_xen(Apt(), work, work / "root")
                _unpack_dom0(Apt(), work, work / "dom0")
                remove(work / "root")
                remove(work / "dom0")
    return Tools(folder)


@dataclasses.dataclass(frozen=True)
class XenMachine(Machine):
    """The machine that Xen runs on."""
    memory: str = "2G"
    cpu: str = CPU
    append: str = "com1=115200,8n1 console=com1 loglvl=info noreboot dom0_mem=640M,max:1024M"
    modules: tuple = MODULES

    def arguments(self):
        return ["-machine", self.machine, "-accel", "tcg", "-cpu", self.cpu, "-smp", "1", "-m", self.memory,
                "-nodefaults", "-display", "none", "-no-reboot", "-append", self.append]


class Dom0(Guest):
    """dom0, and with it the machine that Xen runs on."""

    def _command(self):
        tool = self.kernel
        for name in ("disk0", "disk1"):
            with open(self.folder / name, "wb") as file:
                file.truncate(DISK_BYTES)
        initramfs.build(self.folder / "dom0.gz", tool, self.machine.modules,
                        [*tool.files(), ("init", HERE / "dom0-init"), ("bin/domu", HERE / "domu"),
                         *self.machine.files])
        (self.folder / "dom0").symlink_to(tool.vmlinuz)
        command = ["setpriv", "--pdeathsig", "KILL", "--", "env", "-C", self.folder,
                   "qemu-system-x86_64", *self.machine.arguments(),
                   # a comma or a blank in a file's name would end it: hence the links
                   "-kernel", tool.xen, "-initrd", "dom0 console=hvc0 panic=-1,dom0.gz",
                   "-drive", "file=disk0,format=raw,if=virtio,cache=unsafe",
                   "-drive", "file=disk1,format=raw,if=virtio,cache=unsafe",
                   "-serial", f"file:{self.folder}/console.log",
                   "-serial", f"unix:{self.sockets}/shell,server=on,wait=off",
                   "-debugcon", f"file:{self.folder}/answers",
                   "-qmp", f"unix:{self.sockets}/qmp,server=on,wait=off"]
        return [str(word) for word in command]


class Domu:
    """The guest of Xen, as far as the lab needs one."""

    def __init__(self, dom0, kernel):
        """Create it; it is not up before hello()."""
        self.dom0, self.kernel, self.sent = dom0, kernel, 0
        progress(f"booting {kernel.release} as a guest of {dom0.kernel.release}")
        dom0.run("xl create /guest/domu.cfg", timeout=120)

    def _answer(self, words, timeout):
        said = self.dom0.run(f"domu domu {timeout} {words}", timeout=timeout + 60).output
        found = re.fullmatch(r"(\d+) (\S*) ;\s*", said)
        if not found:
            raise LabError(f"no answer from the guest of Xen: {said}")
        return Result(int(found.group(1)), base64.b64decode(found.group(2)).decode(errors="replace"))

    def hello(self):
        """Wait until it runs its program."""
        self._answer("0", 240)

    def run(self, command, timeout=120, check=True):
        """Run a shell command in it."""
        self.sent += 1
        result = self._answer(f"{self.sent} {base64.b64encode(command.encode()).decode()}", timeout)
        if check and result.status:
            raise LabError(f"in the guest of Xen: {command}: exit status {result.status}\n{result.output}")
        return result


#: Printed by the guest of Xen: file and number, one a line.
BALLOON = """
    cd /sys/devices/system/xen_memory/xen_memory0
    for file in target_kb info/*; do echo "${file##*/} $(cat $file)"; done"""


def _numbers(text):
    return {name: int(value) for name, value in map(str.split, text.splitlines())}


def _at_rest(domu, timeout=120):
    """Wait until the guest has as much as it is asked to have; its own figures."""
    end = time.monotonic() + timeout
    while True:
        found = _numbers(domu.run(BALLOON).output)
        if found["current_kb"] == found["target_kb"]:
            return found
        if time.monotonic() > end:
            raise LabError(f"the guest's balloon does not come to its target: {found}")
        time.sleep(0.5)


def _listed(dom0):
    """MiB that the guest has by Xen's word."""
    return int(dom0.run("xl list domu").output.splitlines()[1].split()[2])


def _facts(dom0, domu):
    text = {name: domu.run(command).output for name, command in {
        "release": "uname -r", "hypervisor": "cat /sys/hypervisor/type /sys/hypervisor/guest_type",
        "iomem": "cat /proc/iomem", "zoneinfo": "cat /proc/zoneinfo", "vmstat": "cat /proc/vmstat",
        "dmesg": "dmesg", "block_size": "cat /sys/devices/system/memory/block_size_bytes"}.items()}
    blocks = {}
    for line in domu.run(dumps.BLOCKS).output.splitlines():
        name, state = line.split(" ")[:2]
        blocks[name] = {"state": state}
    return {**text, "hypervisor": text["hypervisor"].split(), "block_size": int(text["block_size"], 16),
            "blocks": blocks, "xl_list": _listed(dom0), "xl_info": dom0.run("xl info").output,
            "xenstore": {name: dom0.run(f"xenstore-read /local/domain/$(xl domid domu)/memory/{name}").output.strip()
                         for name in ("target", "static-max")}}


def _dump(dom0, case):
    """Have dom0 write the guest's memory to its disks; -> bytes of the dump, of the frames' list."""
    if case.by_xl:
        dom0.run("xl dump-core domu /dev/vda", timeout=1200)
        return elf.length(dom0.folder / "disk0"), 0
    p2m, listed = "", 0
    if case.kind == "pv":
        listed = int(dom0.run("xen-mfndump dump-p2m $(xl domid domu) >/tmp/frames || exit 1; " + xen_pv.TO_P2M +
                              "</tmp/frames >/tmp/p2m; cat /tmp/p2m >/dev/vdb; sync; stat -c %s /tmp/p2m",
                              timeout=120).output)
        p2m = "/tmp/p2m"
    said = dom0.run(f"xendump $(xl domid domu) {case.top * MIB_PAGES} /dev/vda {p2m}", timeout=300).output
    return int(re.search(r"(\d+) bytes", said).group(1)), listed


def _catch(dom0, domu, case):
    """Dump it while memory is being taken away."""
    truth = _facts(dom0, domu)
    dom0.run(f"{case.steps}; xl pause domu")
    truth["xl_list"] = _listed(dom0)
    sizes = _dump(dom0, case)
    dom0.run("xl unpause domu")
    truth["balloon"] = _at_rest(domu)
    if not _listed(dom0) < truth["xl_list"] < case.memory:
        raise LabError(f"the guest was not caught halfway: it had {truth['xl_list']} MiB")
    return truth, sizes


def _take(dom0, kernel, case):
    """Boot the guest, take its memory away, dump it; nothing may have moved meanwhile."""
    domu = Domu(dom0, kernel)
    domu.hello()
    domu.run(verdicts.SAY_WHY)
    before = {"xl_list_before": _listed(dom0), "balloon_before": _at_rest(domu)}
    if case.caught:
        return _catch(dom0, domu, case)
    dom0.run(case.steps)
    balloon = _at_rest(domu)
    truth = {**_facts(dom0, domu), **before, "balloon": balloon, "offline": dumps.settled(domu)}
    dom0.run("xl pause domu")
    progress(f"dumping {kernel.release} {case.name}")
    sizes = _dump(dom0, case)
    dom0.run("xl unpause domu")
    if dumps.witness(domu) != truth["offline"] or _numbers(domu.run(BALLOON).output) != balloon:
        raise LabError("the guest's PageOffline pages changed around the dump")
    names = sorted((name for name, block in truth["blocks"].items() if block["state"] == "online"), key=natural)
    truth["attempts"] = verdicts.attempts(domu, case, names)
    return truth, sizes


def _make(kernel, case, folder):
    run(("cc", "-static", "-O2", "-Wall", "-Wextra", "-Werror", "-o", folder / "xendump", HERE / "xendump.c"))
    initramfs.build(folder / "domu.gz", kernel, (), [("init", HERE / "domu-init"), ("bin/attempt", kinds.SCRIPT)])
    (folder / "domu.cfg").write_text(case.config())
    machine = XenMachine(files=(
        ("bin/xendump", folder / "xendump"), ("guest/vmlinuz", kernel.vmlinuz),
        ("guest/initramfs.gz", folder / "domu.gz"), ("guest/domu.cfg", folder / "domu.cfg")))
    with Dom0(tools(), machine, folder) as dom0:
        truth, sizes = _take(dom0, kernel, case)
    for disk, name, size in zip(("disk0", "disk1"), ("dump.elf", "p2m"), sizes):
        with open(folder / disk, "rb+") as file:
            file.truncate(size)
        (folder / disk).rename(folder / name)
    if case.kind == "pv":
        truth["tables"] = xen_pv.make_plain(folder / "dump.elf", folder / "p2m", kernel.vmlinux)
    run(("fallocate", "--dig-holes", folder / "dump.elf"))
    (folder / "truth.json").write_text(json.dumps(truth, indent=1))
    for name in ("dom0.gz", "domu.gz", "dom0", "xendump", "answers"):
        (folder / name).unlink()


def _key(case):
    """Changes whenever a dump of this case would come out different."""
    what = [case.config(), case.steps, case.top, XenMachine().arguments()]
    what += [inspect.getsource(part) for part in (_make, _take, _catch, _facts, _dump, xen_pv)]
    what += [path.read_text() for path in (*sorted(HERE.iterdir()), *initramfs.sources())]
    return hashlib.sha256(json.dumps(what).encode()).hexdigest()[:12]


def get(series, case_name, form="elf"):
    """The dump of a case, made when the cache does not have it; ELF is all that there is."""
    kernel, case = kernels.get(series), CASES[case_name]
    folder = CACHED / kernel.release / f"{case_name}-{_key(case)}"
    with lock(f"xen-{series}-{case_name}"):
        if not folder.exists():
            for old in folder.parent.glob(f"{case_name}-*"):
                shutil.rmtree(old)

            def fill():
                with new_folder(folder) as work:
                    _make(kernel, case, work)

            dumps.second_chance(fill, f"{kernel.release} on Xen, {case_name}")
    return dumps.Dump(kernel, f"xen-{case_name}", form, folder)
