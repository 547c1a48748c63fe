# SPDX-License-Identifier: GPL-2.0-or-later
"""The guests of the verdict campaign: what their memory holds when they are dumped.

A kind is a machine and the steps that fill it.  It must be idle afterwards: the
dump and the attempts to offline come one after the other, and mean the same state.
"""

import dataclasses
import hashlib
import inspect
import json
import random
import re
import typing

from . import initramfs, module
from .guest import MIB, Machine
from .util import LAB, CannotMake, LabError

SCRIPT = LAB / "guest" / "attempt"
PROGRAMS = ("hold", "was")      # in every guest
GRIP = ("grip",)                # holds memory that does not move
BALLOON = ("-device", "virtio-balloon-pci,id=b0")
MEM = ("-object", "memory-backend-ram,id=m0,size=4G",
       "-device", "virtio-mem-pci,id=vm0,memdev=m0,requested-size=0")
#: a disk of zeros: its page cache is as real as any
DISK = ("-blockdev", "driver=null-co,size=4294967296,read-zeroes=on,node-name=d0",
        "-device", "virtio-blk-pci,drive=d0")
BLOCK, PAGE = 128 * MIB, 4096
#: MiB that a guest with too big a balloon keeps: less than a block, enough to live
LEFT = 80
#: one block each: the first kernels that could put the memmap there wanted it so
DIMMS = tuple(word for i in range(8) for word in (
    "-object", f"memory-backend-ram,id=d{i},size=128M", "-device", f"pc-dimm,memdev=d{i}"))
CONSOLE = "console=ttyS0 panic=-1"
#: one page of 1 GiB, over eight blocks
GIGANTIC = "default_hugepagesz=1G hugepagesz=1G hugepages=1"
USUAL = Machine(memory="2G", devices=(*BALLOON, *MEM))


def machine(policy="online_movable", **changes):
    """A machine whose new memory blocks are onlined by this policy."""
    append = f"{CONSOLE} memhp_default_state={policy} {changes.pop('append', '')}".strip()
    return dataclasses.replace(USUAL, append=append, **changes)


def sources(more=()):
    """What is in these guests besides the usual."""
    return [SCRIPT, *(LAB / "guest" / f"{name}.c" for name in (*PROGRAMS, *more))]


@dataclasses.dataclass(frozen=True)
class Kind:
    """A row of the table.  `steps` get the running Guest; what they return is kept."""
    name: str
    why: str
    steps: typing.Callable
    machine: Machine = machine()
    module: str = ""         # the folder of our own module that is in the guest
    drivers: tuple = ()      # modules to load by hand, from the kernel's package
    mend: str = ""           # what brings the state back after a block was offlined
    let_go: typing.Callable = None  # instead of attempts: caught in one, which ends well when this is done
    programs: tuple = ()     # of ours, besides the usual
    last: typing.Callable = None    # right before the dump, when everything else has settled
    free: str = ""           # what drops the references, after which a block that kept trying goes
    halt: str = ""           # what ends the work of a guest that was busy until it was dumped

    def key(self):
        """Changes whenever dump or attempts would come out different."""
        what = [self.machine.arguments(), self.machine.modules, bool(self.module), self.drivers, self.mend, self.free]
        what += [inspect.getsource(part) for part in (self.steps, self.let_go, self.last) if part] + _helpers()
        what += [self.halt] * bool(self.halt)
        what += [path.read_text() for path in (*initramfs.sources(), *sources(self.programs))]
        what += [path.read_text() for path in self.module and sorted((LAB / "guest" / self.module).iterdir())]
        return hashlib.sha256(json.dumps(what).encode()).hexdigest()[:12]


# -- what steps are made of -------------------------------------------------------


def hold(guest, what, *amounts, program="hold", timeout=240):
    """Start a holder of memory and wait until it has it."""
    words = " ".join(map(str, amounts))
    guest.run(f"""{program} {what} {words} >/tmp/{what}.out 2>&1 &
        while sleep 0.2; do
            read -r line </tmp/{what}.out
            case $line in ready) exit 0 ;; ?*) echo "$line"; exit 1 ;; esac
        done""", timeout=timeout)


def online(guest, names, how):
    """Online memory blocks."""
    for name in names:
        guest.run(f"echo online_{how} >/sys/devices/system/memory/{name}/state")


def offline(guest, names):
    """Offline memory blocks."""
    for name in names:
        guest.run(f"echo offline >/sys/devices/system/memory/{name}/state")


def blocks(guest, state, zone=None):
    """The blocks in a state (and a zone), in the order of their numbers."""
    names = guest.run(f"""cd /sys/devices/system/memory; for block in memory*; do
        [ $(cat $block/state) = {state} ] || continue
        [ -z "{zone or ''}" ] || [ "$(cat $block/valid_zones | cut -d' ' -f1)" = "{zone or ''}" ] || continue
        echo $block; done""").output.split()
    return sorted(names, key=lambda name: int(name.removeprefix("memory")))


def _helpers():
    return [inspect.getsource(part) for part in (hold, online, offline, blocks, put, grip, needs)]


def put(guest, state, block, zone):
    """Have our module leave pages of a block, m(ovable) or n(ormal), in a state."""
    pages = BLOCK // PAGE
    start = int(block.removeprefix("memory")) * pages
    guest.run(f"echo {state} {start} {pages} {zone} >/sys/module/offpages/parameters/put", timeout=120)


# -- the kinds --------------------------------------------------------------------


def plain(guest):
    """Nothing happens."""
    guest.run("sync")


def balloon(guest):
    """A block partly plugged, and a balloon that takes half of the boot memory."""
    guest.plug(1700 * MIB)
    guest.balloon(1000 * MIB, timeout=120)


def kernel_zone(guest):
    """All of it in the kernel's zone, where dentries and inodes soon are too."""
    guest.plug(3500 * MIB)
    hold(guest, "anon", 200)
    guest.run("mkdir /tmp/files; hold files 60000 /tmp/files", timeout=240)


def movable_zone(guest):
    """All of it movable, most of it free, the last block partly plugged."""
    guest.plug(3900 * MIB)
    hold(guest, "anon", 300)


def page_cache(guest):
    """Most memory is page cache of a disk, and tmpfs."""
    guest.plug(2048 * MIB)
    guest.run("insmod /lib/modules/virtio_blk.ko; dd if=/dev/zero of=/tmp/fill bs=1M count=400", timeout=240)
    guest.run("dd if=/dev/vda of=/dev/null bs=1M count=1500", timeout=240)


def locked(guest):
    """Anonymous memory, locked, and huge pages that nobody had to ask for."""
    guest.plug(2048 * MIB)
    hold(guest, "mlock", 400)
    hold(guest, "thp", 500)


HUGE = "echo {} >/proc/sys/vm/nr_hugepages; [ $(cat /proc/sys/vm/nr_hugepages) -ge {} ]"


def huge_free(guest):
    """A pool of free huge pages that nobody has asked for."""
    guest.plug(1500 * MIB)
    guest.run(HUGE.format(400, 400), timeout=120)


def huge_used(guest):
    """Half of the pool in use, the rest spare."""
    guest.plug(1500 * MIB)
    guest.run(HUGE.format(500, 500), timeout=120)
    hold(guest, "hugetlb", 400, 400)


def huge_reserved(guest):
    """A few huge pages in use, the rest free but promised."""
    guest.plug(1500 * MIB)
    guest.run(HUGE.format(300, 300), timeout=120)
    hold(guest, "hugetlb", 600, 60)


def slab(guest):
    """Page cache everywhere, then small files: their slabs come where page cache was."""
    guest.plug(1500 * MIB)
    guest.run("insmod /lib/modules/virtio_blk.ko; dd if=/dev/vda of=/dev/null bs=1M count=3400", timeout=240)
    guest.run("mkdir /tmp/files; hold files 250000 /tmp/files; rm -r /tmp/files/*[13579]", timeout=400)


def removed(guest):
    """The driver went while its device had memory plugged."""
    guest.plug(1700 * MIB)
    guest.balloon(1600 * MIB)
    guest.run("rmmod virtio_mem")


def states(guest):
    """Blocks never onlined, onlined to both zones, offlined again."""
    guest.plug(900 * MIB)  # the driver waits when more than a gigabyte is not online
    online(guest, blocks(guest, "offline"), "kernel")
    guest.plug(1900 * MIB)
    online(guest, blocks(guest, "offline"), "movable")
    guest.plug(2800 * MIB)
    offline(guest, blocks(guest, "online", "Movable")[1:4])
    hold(guest, "anon", 100)


def pinned(guest):
    """Movable memory with references that no migration gets rid of."""
    guest.plug(1700 * MIB)
    hold(guest, "pin", 300, 512)


MADE = ("ref0", "ref1", "ref2", "dirty", "foreign", "reserved", "offline-reserved", "kernel", "table", "order3",
        "unit", "compound")


def made(guest):
    """Each state that our module makes: in a movable block of its own, and in a kernel one."""
    guest.plug(len(MADE) * BLOCK)
    guest.run("echo online_kernel >/sys/devices/system/memory/auto_online_blocks")
    guest.plug((2 * len(MADE) + 2) * BLOCK)
    guest.run("insmod /lib/modules/offpages.ko")
    for zone, states in (("Movable", MADE), ("Normal", (*MADE, "slab"))):
        for state, block in zip(states, reversed(blocks(guest, "online", zone))):
            put(guest, state, block, zone[0].lower())


def dimms(guest):
    """DIMMs that are there from the start, onlined now, when nobody needs the memory."""
    online(guest, blocks(guest, "offline"), "movable")


def two_nodes(guest):
    """A virtio-mem device on each of two nodes, one shrunk."""
    guest.plug(1000 * MIB, "vm0")
    guest.plug(1000 * MIB, "vm1")
    guest.plug(700 * MIB, "vm1")
    guest.balloon(1600 * MIB)


def needs(guest, symbol):
    """Give up on this kernel if it was built without something."""
    if guest.run(f"grep -q ' {symbol}$' /proc/kallsyms", check=False).status:
        raise CannotMake(f"{guest.kernel.release} has no {symbol}()")


def grip(guest, what, amount):
    """Start a holder of memory that does not move."""
    hold(guest, what, amount, program="grip")


def huge_poisoned(guest):
    """A huge page in use is poisoned."""
    needs(guest, "memory_failure")
    guest.plug(1500 * MIB)
    guest.run(HUGE.format(20, 20), timeout=120)  # none is spare: others would change places with each other
    grip(guest, "poison", 40)


def gigantic_used(guest):
    """The only page of 1 GiB is in use."""
    hold(guest, "gigantic", 1024, 1024)


def ring_buffers(guest):
    """Buffers of an io_uring over small pages and over transparent huge ones."""
    guest.plug(1500 * MIB)
    grip(guest, "uring", 40)
    grip(guest, "uring-thp", 40)


def piped(guest):
    """A page of each transparent huge page lies in a pipe."""
    guest.plug(1500 * MIB)
    grip(guest, "thp-pipe", 60)


def piped_poisoned(guest):
    """A poisoned page of a transparent huge page lies in a pipe."""
    needs(guest, "memory_failure")
    guest.plug(1500 * MIB)
    grip(guest, "poison-thp", 2)


def secret(guest):
    """Memory that even the kernel has no mapping of."""
    needs(guest, "__x64_sys_memfd_secret")
    guest.plug(1500 * MIB)
    # a fault above RLIMIT_MEMLOCK, of all that a user has, ends in SIGBUS on 6.12
    hold(guest, "secret", 24, program="ulimit -l unlimited; grip")


def event_rings(guest):
    """Ring buffers of perf, in memory that was plugged for the kernel."""
    guest.plug(1024 * MIB)
    for _ in range(4):
        grip(guest, "perf", 512)


def referenced(guest):
    """A module holds references to anonymous pages, huge ones and pages of a file."""
    guest.plug(1500 * MIB)
    guest.run("insmod /lib/modules/offpages.ko")
    for what in ("ref-anon", "ref-thp", "ref-file"):
        grip(guest, what, 12)


def balloon_referenced(guest):
    """A module holds references to pages of a balloon, all of which is in memory that is movable."""
    guest.plug(8 * BLOCK)
    guest.balloon(1748 * MIB)
    guest.run("insmod /lib/modules/offpages.ko")
    grip(guest, "ref-balloon", 5)


def huge_ring(guest):
    """Huge pages of the pool are buffers of an io_uring, and none is spare."""
    guest.plug(1024 * MIB)
    guest.run(HUGE.format(300, 300), timeout=120)
    grip(guest, "uring-huge", 600)


def huge_far(guest):
    """Huge pages, half of them in use, on a node that has nothing but movable memory."""
    guest.plug(1024 * MIB, "vm1")
    guest.run("cd /sys/devices/system/node/node1/hugepages/hugepages-2048kB; "
              "echo 200 >nr_hugepages; [ $(cat nr_hugepages) -ge 200 ]", timeout=120)
    hold(guest, "hugetlb", 200, 200)


def swapping(guest):
    """Memory is full of anonymous pages, and some went to a compressed swap in memory."""
    guest.plug(256 * MIB)
    guest.run("""cd /lib/modules
        for name in zsmalloc lz4_compress lz4hc_compress lzo lzo-rle zram; do [ ! -f $name.ko ] || insmod $name.ko; done
        echo 600M >/sys/block/zram0/disksize && mkswap /dev/zram0 && swapon /dev/zram0""")
    free = int(guest.run("sed -n 's/^MemAvailable: *\\([0-9]*\\) kB/\\1/p' /proc/meminfo").output) >> 10
    hold(guest, "anon", free + 100, timeout=400)


def mounted(guest):
    """A file system of a loop device, with files in its page cache."""
    guest.plug(1024 * MIB)
    guest.run("""insmod /lib/modules/loop.ko; dd if=/dev/zero of=/tmp/disk bs=1M count=300
        losetup /dev/loop0 /tmp/disk && mke2fs /dev/loop0 && mkdir /tmp/on && mount -t ext4 /dev/loop0 /tmp/on
        dd if=/dev/zero of=/tmp/on/file bs=1M count=200; sync""", timeout=240)


def poisoned(guest):
    """Compound pages of the kernel whose head is poisoned."""
    needs(guest, "memory_failure")
    guest.plug(2 * BLOCK)
    guest.run("echo online_kernel >/sys/devices/system/memory/auto_online_blocks")
    guest.plug(4 * BLOCK)
    guest.run("insmod /lib/modules/offpages.ko")
    for zone in ("Movable", "Normal"):
        put(guest, "poisoned", blocks(guest, "online", zone)[-1], zone[0].lower())


def poisoned_parts(guest):
    """Poisoned: the first of several pages that are no compound page, and a page that a balloon can migrate."""
    needs(guest, "memory_failure")
    guest.plug(3 * BLOCK)
    guest.run("echo online_kernel >/sys/devices/system/memory/auto_online_blocks")
    guest.plug(5 * BLOCK)
    guest.run("insmod /lib/modules/poisonmod.ko")
    for zone in ("Movable", "Normal"):
        start = int(blocks(guest, "online", zone)[-1].removeprefix("memory")) * BLOCK // PAGE
        guest.run(f"echo {start} {BLOCK // PAGE} {zone[0].lower()} >/sys/module/poisonmod/parameters/first", timeout=120)
    guest.balloon(850 * MIB, timeout=120)
    first = int(blocks(guest, "online", "Movable")[0].removeprefix("memory")) * BLOCK // PAGE
    pages = [int(word, 16) for word in guest.run("kpf | sed -n 's/^run \\(\\w*\\).*/\\1/p'").output.split()]
    guest.run(f"echo {next(pfn for pfn in pages if first <= pfn < first + BLOCK // PAGE)} "
              ">/sys/module/poisonmod/parameters/page")


def ram_files(guest):
    """Files in a file system that has nothing but memory, and no way to migrate it."""
    guest.plug(8 * BLOCK)
    guest.run("mkdir /tmp/ram && mount -t ramfs none /tmp/ram && dd if=/dev/zero of=/tmp/ram/file bs=1M count=300",
              timeout=120)


def huge_mount(guest):
    """A private mapping of a file of a hugetlbfs with a size of its own."""
    guest.plug(8 * BLOCK)
    guest.run(HUGE.format(100, 100), timeout=120)
    guest.run("mkdir /tmp/huge && mount -t hugetlbfs -o size=200M none /tmp/huge")
    hold(guest, "200", program="mapped /tmp/huge/file")


def huge_full(guest):
    """Every huge page is in use, and all other memory is locked."""
    guest.plug(2 * BLOCK)
    guest.run(HUGE.format(150, 150), timeout=120)
    hold(guest, "hugetlb", 300, 300)
    free = int(guest.run("sed -n 's/^MemAvailable: *\\([0-9]*\\) kB/\\1/p' /proc/meminfo").output) >> 10
    hold(guest, "mlock", free - 60)


def huge_lent(guest):
    """Some huge pages in use, most of the others promised: as many as are free in a block can be spared, no more."""
    guest.plug(8 * BLOCK)
    guest.run(HUGE.format(300, 300), timeout=120)
    hold(guest, "hugetlb", 480, 180)


def in_flight(guest):
    """Reads with O_DIRECT, into small pages and huge ones, that a device has not answered yet."""
    guest.plug(8 * BLOCK)
    guest.run("insmod /lib/modules/dm-mod.ko")
    hold(guest, "12", program="flight")


def traced(guest):
    """A process is stopped by a debugger, which is reading from it."""
    guest.plug(8 * BLOCK)
    hold(guest, "24", program="tracer")


def huge_mixed(guest):
    """Huge pages of both sizes: in use, promised, spare, and one poisoned where the kernel can."""
    guest.plug(8 * BLOCK)
    guest.run(HUGE.format(64, 64), timeout=120)
    hold(guest, "hugetlb", 40, 40)
    hold(guest, "hugetlb", 60, 20)
    if not guest.run("grep -q ' memory_failure$' /proc/kallsyms", check=False).status:
        grip(guest, "poison", 20)
    hold(guest, "gigantic", 2048, 1024)


def under_load(guest):
    """Four CPUs fork, map, write and free while the dump is made."""
    guest.plug(8 * BLOCK)


def load(guest):
    """The load begins."""
    hold(guest, "24", program="load", timeout=600)


def thp_part(guest):
    """Of transparent huge pages every other small page was given back."""
    guest.plug(8 * BLOCK)
    hold(guest, "part", 300)


def truncated(guest):
    """Pages of a file that was cut off since, in pipes that nobody reads."""
    guest.plug(8 * BLOCK)
    hold(guest, "truncated", 24)


def kernel_memory(guest):
    """Memory plugged for the kernel, most of it free."""
    guest.plug(1024 * MIB)


def in_batches(guest):
    """Truncated page cache that only the batch of the other CPU still holds."""
    for _ in range(4):
        grip(guest, "batch", 12)


def nowhere(guest):
    """Nearly all memory is anonymous, and there is no swap."""
    guest.plug(256 * MIB)
    free = int(guest.run("sed -n 's/^MemAvailable: *\\([0-9]*\\) kB/\\1/p' /proc/meminfo").output) >> 10
    hold(guest, "anon", free - 60)


def caught_pinned(guest):
    """A partly plugged block, all the movable memory there is, with pins in it."""
    guest.plug(100 * MIB)
    hold(guest, "pin", 80, 256)
    return blocks(guest, "online", "Movable")[-1]


def unpin(guest):
    """The holder of the pins goes."""
    guest.run("kill $(pidof hold)")


def caught_balloon(guest):
    """A block full of balloon, and less free memory than would take it."""
    guest.plug(BLOCK)  # the balloon takes movable memory first
    free = int(guest.run("sed -n 's/^MemFree: *\\([0-9]*\\) kB/\\1/p' /proc/meminfo").output) << 10
    guest.balloon((1024 + LEFT) * MIB - free // MIB * MIB, timeout=120)
    return blocks(guest, "online", "Movable")[-1]


def deflate(guest):
    """The balloon gives its memory back."""
    guest.balloon(1024 * MIB)


GROUP = "/held/pipes"


def held(guest):
    """Kernel memory in each way that has a name, a control group's, and files of each kind in memory."""
    guest.plug(6 * BLOCK)
    guest.run("insmod /lib/modules/holdmod.ko", timeout=60)
    guest.run(f"""mkdir /tmp/groups /tmp/tmpfs /tmp/huge; mount -t cgroup2 none /tmp/groups && cd /tmp/groups
        mkdir -p .{GROUP} && echo +memory >cgroup.subtree_control && echo +memory >held/cgroup.subtree_control
        mount -t tmpfs none /tmp/tmpfs && mkdir /tmp/tmpfs/folder
        dd if=/dev/zero of=/tmp/tmpfs/folder/held bs=1M count=20""")
    guest.run(f"""{HUGE.format(20, 20)} && mount -t hugetlbfs none /tmp/huge && mkdir /tmp/huge/folder &&
        fallocate -l 40M /tmp/huge/folder/held""", timeout=120)
    hold(guest, "pipes", 1024, program=f"sh -c 'echo $$ >/tmp/groups{GROUP}/cgroup.procs; exec held \"$@\"' sh")
    hold(guest, "memfd", 8, program="held")
    hold(guest, "sysv", 8, program="held")
    hold(guest, "uring", 20, program="grip")
    inode = int(guest.run(f"stat -c %i /tmp/groups{GROUP}").output)
    return {"charged": {GROUP: int(guest.run(f"held charged {inode}", timeout=120).output)}}


TWO_NODES = ("-object", "memory-backend-ram,id=r0,size=1G", "-numa", "node,nodeid=0,memdev=r0,cpus=0",
             "-object", "memory-backend-ram,id=r1,size=1G", "-numa", "node,nodeid=1,memdev=r1", *BALLOON,
             "-object", "memory-backend-ram,id=m0,size=2G",
             "-device", "virtio-mem-pci,id=vm0,memdev=m0,node=0,requested-size=0",
             "-object", "memory-backend-ram,id=m1,size=2G",
             "-device", "virtio-mem-pci,id=vm1,memdev=m1,node=1,requested-size=0")

KINDS = {kind.name: kind for kind in (
    Kind("plain", "3 GiB as Debian boots them", plain, machine(memory="3G")),
    Kind("boot-movable", "3 GiB of boot memory, most of it movable", plain,
         machine(memory="3G", append="kernelcore=600M")),
    Kind("fake-nodes", "3 GiB that are said to be four nodes", plain, machine(memory="3G", append="numa=fake=4")),
    Kind("four-levels", "as balloon, with page tables of four levels", balloon, machine(append="no5lvl")),
    Kind("balloon", "virtio-mem partly plugged, and a balloon", balloon),
    Kind("kernel-zone", "virtio-mem onlined to the kernel's zone", kernel_zone, machine("online_kernel")),
    Kind("movable-zone", "virtio-mem onlined movable", movable_zone),
    Kind("page-cache", "full of page cache and tmpfs", page_cache,
         machine(devices=(*BALLOON, *MEM, *DISK)), drivers=("virtio_blk",)),
    Kind("locked", "mlocked memory and transparent huge pages", locked),
    Kind("huge-free", "huge pages, free", huge_free, mend=HUGE.format(400, 0)),
    Kind("huge-used", "huge pages, used and spare", huge_used, mend=HUGE.format(500, 0)),
    Kind("huge-reserved", "huge pages, free but promised", huge_reserved, mend=HUGE.format(300, 0)),
    Kind("slab", "several hundred thousand small files", slab,
         machine("online_kernel", devices=(*BALLOON, *MEM, *DISK)), drivers=("virtio_blk",)),
    Kind("removed", "the virtio-mem driver was unloaded", removed),
    Kind("states", "never onlined, onlined, offlined again", states, machine("offline")),
    Kind("pinned", "movable memory with references", pinned),
    Kind("made", "states that only our module makes", made, machine(memory="1G", append="init_on_alloc=0"),
         module="module"),
    Kind("dimm", "DIMMs whose blocks hold their own memmap", dimms,
         machine("offline", devices=(*BALLOON, *DIMMS), append="memory_hotplug.memmap_on_memory=1")),
    Kind("two-nodes", "two nodes with a virtio-mem device each", two_nodes, machine(devices=TWO_NODES)),
    Kind("huge-poisoned", "huge pages in use, one of them poisoned", huge_poisoned, programs=GRIP,
         mend=HUGE.format(20, 0)),
    Kind("gigantic-free", "a free page of 1 GiB", plain, machine(memory="4G", append=GIGANTIC)),
    Kind("gigantic-used", "a page of 1 GiB in use, and no other", gigantic_used,
         machine(memory="4G", append=GIGANTIC)),
    Kind("huge-optimised", "free huge pages whose memmap is folded", huge_free,
         machine(append="hugetlb_free_vmemmap=on")),    # not mended: new ones would be folded in other blocks
    Kind("ring-buffers", "buffers of an io_uring", ring_buffers, programs=GRIP, free="kill $(pidof grip)"),
    Kind("piped", "parts of transparent huge pages lie in a pipe", piped, programs=GRIP, free="kill $(pidof grip)"),
    Kind("piped-poisoned", "a poisoned part of a transparent huge page lies in a pipe", piped_poisoned, programs=GRIP),
    Kind("secret", "memory of memfd_secret()", secret, machine(append="secretmem.enable=1"), programs=GRIP,
         free="kill $(pidof grip)"),
    Kind("event-rings", "ring buffers of perf", event_rings, machine("online_kernel"), programs=GRIP),
    Kind("referenced", "references that only a module knows of", referenced, programs=GRIP, module="module",
         free="echo 1 >/sys/module/offpages/parameters/unref"),
    Kind("balloon-referenced", "references to pages of a balloon", balloon_referenced, programs=GRIP, module="module",
         free="echo 1 >/sys/module/offpages/parameters/unref"),
    Kind("huge-ring", "huge pages that are buffers of an io_uring", huge_ring, machine("online_kernel"), programs=GRIP,
         mend=HUGE.format(300, 0), free="kill $(pidof grip)"),
    Kind("huge-far", "huge pages on a node with movable memory only", huge_far, machine(devices=TWO_NODES)),
    Kind("swapping", "memory is full, and there is swap on zram", swapping, machine(memory="1G"),
         drivers=("zsmalloc", "lz4_compress", "lz4hc_compress", "lzo", "lzo-rle", "zram")),
    Kind("mounted", "a mounted disk", mounted, drivers=("loop",)),
    Kind("poisoned", "poisoned heads of the kernel's compound pages", poisoned,
         machine(memory="1G", append="init_on_alloc=0"), module="module"),
    Kind("in-batches", "page cache that only another CPU's batch holds", kernel_memory,
         machine("online_kernel", cpus=2), programs=GRIP, last=in_batches),
    Kind("in-flight", "reads with O_DIRECT that a device has not answered", in_flight, drivers=("dm-mod",),
         programs=("flight",), free="kill $(pidof flight)"),
    Kind("traced", "a stopped process that a debugger is reading from", traced, programs=("tracer",),
         free="kill $(pidof tracer)"),
    Kind("huge-mixed", "huge pages of both sizes, used, promised, spare and poisoned", huge_mixed,
         machine(memory="5G", append="hugepagesz=1G hugepages=2"), programs=GRIP, mend=HUGE.format(64, 0)),
    Kind("under-load", "four CPUs under load when the dump is made", under_load, machine(cpus=4), programs=("load",),
         last=load, halt="for i in 1 2 3; do kill -STOP $(pidof load); done; true"),
    Kind("under-load-kernel", "the same, all memory in the kernel's zones", under_load,
         machine("online_kernel", cpus=4), programs=("load",), last=load,
         halt="for i in 1 2 3; do kill -STOP $(pidof load); done; true"),
    Kind("thp-part", "transparent huge pages of which a part was given back", thp_part),
    Kind("truncated", "page cache of a file that was cut off, in pipes", truncated, free="kill $(pidof hold)"),
    Kind("poisoned-parts", "poisoned pages of a driver and of a balloon", poisoned_parts,
         machine(memory="1G", append="init_on_alloc=0"), module="poisonmod", programs=("kpf",)),
    Kind("ramfs", "files in a ramfs", ram_files, machine("online_kernel")),
    Kind("huge-mount", "huge pages of a hugetlbfs with a size of its own", huge_mount, programs=("mapped",),
         mend=HUGE.format(100, 0)),
    Kind("huge-full", "all huge pages in use, no memory for others", huge_full, machine(memory="1G")),
    Kind("huge-lent", "huge pages in use, free ones promised, and a few to spare", huge_lent, mend=HUGE.format(300, 0)),
    Kind("nowhere", "memory is full and there is no swap", nowhere, machine(memory="1G")),
    Kind("held", "kernel memory and files of every kind that has a name", held,
         machine("online_kernel", memory="1G", append="crashkernel=64M"), module="holdmod", programs=("grip", "held")),
)}

#: dumped in the middle of an attempt
CAUGHT = {kind.name: kind for kind in (
    Kind("caught-pinned", "a partly plugged block in the middle of being offlined", caught_pinned,
         machine(memory="1G"), let_go=unpin),
    Kind("caught-balloon", "a block full of balloon in the middle of being offlined", caught_balloon,
         machine(memory="1G"), let_go=deflate),
)}

CHANCE = re.compile(r"chance-(\d+)")


def _fill_by_chance(guest, draw):
    """Most of what is available, in ways that chance.c draws."""
    free = int(guest.run("sed -n 's/^MemAvailable: *\\([0-9]*\\) kB/\\1/p' /proc/meminfo").output) >> 10
    hold(guest, draw.randrange(1 << 32), draw.randrange(10, 80), max(1, free - 300), program="chance")


def _plug_by_chance(guest, draw):
    """Some memory, of which some blocks are onlined by hand, too."""
    guest.plug(draw.randrange(1, 14) * 64 * MIB)
    some = blocks(guest, "offline")
    online(guest, draw.sample(some, draw.randrange(len(some) + 1)), draw.choice(("movable", "kernel")))


def _balloon_by_chance(guest, draw):
    """Up to a third of the boot memory, or what a guest that is full has left to give."""
    size = guest.qmp("query-memory-size-summary")["base-memory"]
    wanted = (size - draw.randrange(size // 3)) // MIB * MIB
    try:
        guest.balloon(wanted, timeout=120)
    except LabError:
        guest.balloon(-(-guest.qmp("query-balloon")["actual"] // MIB) * MIB + 16 * MIB, timeout=120)


def _write_by_chance(path, most):
    return lambda guest, draw: guest.run(f"echo {draw.randrange(1, most)} >{path}", timeout=120)


#: the steps of such a guest: all of them, in an order that its seed decides
BY_CHANCE = (_fill_by_chance, _fill_by_chance, _plug_by_chance, _plug_by_chance, _balloon_by_chance,
             _write_by_chance("/proc/sys/vm/nr_hugepages", 60), _write_by_chance("/proc/sys/vm/compact_memory", 2),
             _write_by_chance("/proc/sys/vm/drop_caches", 4))


def by_chance(name):
    """A guest of which a seed decides everything: machine, devices, and what fills its memory."""
    draw = random.Random(name)
    built = machine(draw.choice(("online_movable", "online_kernel", "offline")), cpus=draw.choice((1, 2)),
                    memory=draw.choice(("1G", "1536M", "2G", "3G")), devices=(*BALLOON, *MEM, *DISK),
                    append=draw.choice(("", "", "kernelcore=600M", "transparent_hugepage=always", "movable_node")))

    def steps(guest):
        draw = random.Random(f"{name} steps")
        guest.run("insmod /lib/modules/virtio_blk.ko")
        for step in draw.sample(BY_CHANCE, len(BY_CHANCE)):
            step(guest, draw)

    return Kind(name, "a seed decides", steps, built, drivers=("virtio_blk",), programs=("chance",))


def kind_of(name):
    """The kind with this name."""
    return by_chance(name) if CHANCE.fullmatch(name) else {**KINDS, **CAUGHT}[name]


#: once, at the start: a file that is edited meanwhile must not change what a dump is kept as
KEYS = {name: kind.key() for name, kind in {**KINDS, **CAUGHT}.items()}


def key_of(name):
    """What a dump of this kind is kept as."""
    return KEYS.setdefault(name, kind_of(name).key())
