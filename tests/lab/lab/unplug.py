# SPDX-License-Identifier: GPL-2.0-or-later
"""Memory devices that are really unplugged, or refuse: DIMMs, and virtio-mem."""

import time

from .guest import MIB
from .qmp import QmpError
from .util import LabError

#: name of a DIMM, and how its block is onlined; kernel memory goes to what is no DMA zone first
DIMMS = {"d0": "movable", "d1": "kernel"}
SECONDS = 40


def plug_dimms(guest, names, blocks):
    """Add DIMMs of one block each while the guest runs, and wait until it has onlined so many blocks."""
    for name in names:
        guest.qmp("object-add", qom_type="memory-backend-ram", id=name, size=128 * MIB)
        guest.qmp("device_add", driver="pc-dimm", id=f"dimm-{name}", memdev=name)
    guest.run(f"""cd /sys/devices/system/memory; i=0
        while [ $(cat memory*/state | grep -c online) -lt {blocks} ]; do
            sleep 0.2; i=$((i + 1)); [ $i -lt 200 ] || exit 1; done""", timeout=90)


def devices(guest):
    """{device: bytes} by QEMU."""
    return {row["data"].get("id"): row["data"]["size"] for row in guest.qmp("query-memory-devices")}


def settle(guest, name, size):
    """Wait until a virtio-mem device that was asked to shrink has begun to, and gives nothing back any more."""
    sizes = [devices(guest)[name]]
    while sizes[-1] == size or len(set(sizes[-6:])) > 1:
        if len(sizes) > 2 * SECONDS:
            raise LabError(f"{name} does not come to rest: {sizes}")
        time.sleep(0.5)
        sizes.append(devices(guest)[name])
    return sizes[-1]


def shrink(guest, name, size):
    """Plug memory for the kernel, have it used here and there, and ask for all of it back."""
    guest.plug(size, name)
    guest.run("mkdir /tmp/some; i=0; while [ $i -lt 10000 ]; do : >/tmp/some/$i; i=$((i + 1)); done", timeout=200)
    guest.qmp("qom-set", path=f"/machine/peripheral/{name}", property="requested-size", value=0)
    if not settle(guest, name, size):
        raise LabError(f"{name} gave back all of its memory")


def fill(guest):
    """One DIMM with memory that moves, one with the kernel's own; virtio-mem with nothing in it.

    And a virtio-mem device that was asked to shrink, and cannot."""
    policy = "/sys/devices/system/memory/auto_online_blocks"
    guest.run(f"echo online_kernel >{policy}")
    shrink(guest, "vm1", 256 * MIB)
    online = int(guest.run("cat /sys/devices/system/memory/memory*/state | grep -c online").output)
    for number, (name, how) in enumerate(DIMMS.items(), 1):
        guest.run(f"echo online_{how} >{policy}")
        plug_dimms(guest, [name], online + number)
    # dentries and inodes that stay
    guest.run("mkdir /tmp/many; i=0; while [ $i -lt 20000 ]; do : >/tmp/many/$i; i=$((i + 1)); done", timeout=200)
    guest.run(f"echo online_movable >{policy}")
    guest.plug(256 * MIB)


def _gone(guest, name, size):
    """Does QEMU have no more than that of it in the end?"""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        if devices(guest).get(name, 0) <= size:
            return True
        time.sleep(0.2)
    return False


def unplug(guest):
    """{QEMU's name: was it unplugged?}"""
    done = {}
    for name in DIMMS:
        try:
            guest.qmp("device_del", id=f"dimm-{name}")
        except QmpError:
            done[f"dimm-{name}"] = False
            continue
        done[f"dimm-{name}"] = _gone(guest, f"dimm-{name}", 0)
    guest.qmp("qom-set", path="/machine/peripheral/vm0", property="requested-size", value=0)
    done["vm0"] = _gone(guest, "vm0", 0)
    done["vm1"] = not devices(guest)["vm1"]
    return done
