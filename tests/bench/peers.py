# SPDX-License-Identifier: GPL-2.0-or-later
"""The programs that walk the same memmap, and how to run them.

drgn comes from sid, unpacked next to the lab's crash of sid and started through that
suite's own loader, as that crash is.
"""

import json
import os
import pathlib
import re
import shlex
import subprocess
import sys

from lab.packages import Apt, remove
from lab.util import CACHE, LabError, lock, new_folder, run

HERE = pathlib.Path(__file__).resolve().parent
LOADER = "ld-linux-x86-64.so.2"
DRGN = ("python3-drgn", "python3-numpy")
#: A pattern has as many parts as the paths it is for: Python's own files lie deep.
WANTED = ("usr/bin/python3.*", "lib/*/*.so*", "usr/lib/*/*.so*", "usr/lib/*/*/*.so*",
          *("lib/python3*" + "/*" * depth for depth in range(1, 10)))


def _unpack_drgn(work):
    apt, root = Apt(), work / "root"
    root.mkdir()
    names = [name for name in apt.closure(DRGN, "sid") if name.startswith(("lib", "zlib", "python3"))]
    versions = apt.versions(names, "sid")
    apt.unpack([f"{name}={version}" for name, version in versions.items()], root, WANTED, "sid")
    (work / "lib").mkdir()
    for path in sorted(root.rglob("*-linux-gnu/**/*.so*")):
        # libraries flat, but not those that Python loads by their place
        if "python3" not in str(path) and not path.is_dir() and not (work / "lib" / path.name).exists():
            path.rename(work / "lib" / path.name)
    (work / "version").write_text(versions["python3-drgn"])


def drgn():
    """(version, command) of the newest drgn that can be had."""
    folder = CACHE / "crash" / "drgn-sid"
    with lock("drgn-sid"):
        if not folder.exists():
            with new_folder(folder) as work:
                _unpack_drgn(work)
    python = next(path for path in (folder / "root/usr/bin").glob("python3.*") if path.name[8:].isdigit())
    command = [folder / "lib" / LOADER, "--library-path", folder / "lib", python]
    paths = [folder / "root/usr/lib/python3/dist-packages"]
    environment = {"PYTHONHOME": str(folder / "root/usr"), "PYTHONPATH": ":".join(map(str, paths)),
                   "PATH": "/usr/bin:/bin", "OPENBLAS_NUM_THREADS": "1", "LC_ALL": "C.UTF-8"}
    return (folder / "version").read_text(), [str(word) for word in command], environment


def drgn_walk(dump, vmlinux, memmap, test, rounds):
    """CPU seconds of each round, and the offline pages found."""
    _, command, environment = drgn()
    job = json.dumps({"dump": str(dump), "vmlinux": str(vmlinux), "memmap": memmap, "rounds": rounds, **test})
    done = subprocess.run([*command, HERE / "drgn_walk.py"], input=job, env=environment, text=True,
                          capture_output=True, check=False)
    if done.returncode:
        raise LabError(f"drgn: {done.stderr[-800:]}")
    found = json.loads(done.stdout)
    return found["seconds"], found["offline"]


def makedumpfile_exclude(dump, folder):
    """Seconds of the step that decides about pages, and the offline pages found."""
    out = pathlib.Path(folder) / "unused"
    text = run(("makedumpfile", "-d", "16", "--dry-run", "--message-level", "31", dump, out))
    remove(out)
    step = re.findall(r"STEP \[Excluding unnecessary pages\] *: ([\d.]+) seconds", text)
    pages = re.search(r"Offline pages\s*: (0x[0-9a-f]+)", text)
    if not step or not pages:
        raise LabError(f"makedumpfile says nothing of it:\n{text[-800:]}")
    return sum(map(float, step)), int(pages.group(1), 16)


def build_floor(folder):
    """The small program that does nothing but read, decompress and scan."""
    program = pathlib.Path(folder) / "floor"
    run((*shlex.split(os.environ.get("CC", "gcc")), "-O2", "-Wall", "-Wextra", "-Werror", "-o", program, HERE / "floor.c"))
    return program


def floor(program, dump, codec, memmap, test, rounds):
    """CPU seconds of each round, and the offline pages found."""
    job = "".join(f"{phys} {size}\n" for _, phys, size in memmap)
    done = subprocess.run([program, dump, codec, str(rounds), str(test["struct_page"]), str(test["offset"]),
                           str(test["mask"]), str(test["value"])], input=job, text=True, capture_output=True,
                          check=False)
    if done.returncode:
        raise LabError(f"floor: {done.stderr}")
    *seconds, offline = done.stdout.split()
    return [float(second) for second in seconds], int(offline)


if __name__ == "__main__":
    print(drgn(), file=sys.stderr)
