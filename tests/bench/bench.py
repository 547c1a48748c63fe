#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""How long walks of a large memmap take, ours and others', side by side.

    bench.py [-k SERIES] [-n ROUNDS] [-f FORM,...] [-o RESULTS.json]

A round opens the dump in crash once, runs every command there, and then the programs
that are not crash; rounds follow each other, so that whatever else the machine does
falls on all alike.  What is compared is the median of the CPU seconds, user and system.
Those of a command are what crash's process used between two looks at its clock, less
what two looks in a row cost.  A command that walks the memmap keeps what it saw for the
next one; "unread" commands get a crash of their own, in which only one section was
looked at before, so that types and drivers are known and the memmap is not.  Wall times stand next to them and mean something only
while nothing else runs: see the load.
"""

import argparse
import dataclasses
import hashlib
import json
import os
import pathlib
import re
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "lab")]

# pylint: disable=wrong-import-position
import guest
import peers
from lab import crashes, dumpedit, kernels
from lab.session import command_line
from lab.util import LabError, lock, progress, run

TICK = os.sysconf("SC_CLK_TCK")
#: One look at the clocks of crash, from a shell that crash starts.
CLOCK = ("!(date +%s%N; cat /proc/$PPID/schedstat; cat /proc/$PPID/stat; "
         "grep VmHWM /proc/$PPID/status) > {0}")
#: The same ranges without the columns that ask the drivers' records.
BARE = "offrange -o pfn,phys,pages,size,refcount,flags,node,zone,section,state"
OURS = {"offline": "offline", "offline -x": "offline -x", "offrange": "offrange", "offrange -x": "offrange -x",
        "bare": BARE, "bare -x": BARE + " -x", "offcheck": "offcheck", "offcheck -x": "offcheck -x",
        "offblock": "offblock", "offblock -x": "offblock -x", "offmap": "offmap", "offowner": "offowner"}
#: What is given once more right behind itself, when nothing has changed.
AGAIN = ("offline", "offrange", "offcheck", "offblock", "offowner")
#: What is also measured with nothing kept: in a crash of its own.
UNREAD = {"offline, unread": "offline --workers 1", "offline, unread, -w 2": "offline --workers 2",
          "offrange, unread": "offrange --workers 1", "offrange, unread, -w 2": "offrange --workers 2",
          "offrange, unread, -C": "offrange --workers 1 -C",
          "offline -x, unread, -C": "offline -x --workers 1 -C",
          "offcheck, unread": "offcheck --workers 1", "offcheck, unread, -w 2": "offcheck --workers 2",
          "offblock, unread": "offblock --workers 1", "offblock, unread, -w 2": "offblock --workers 2",
          "offowner, unread": "offowner --workers 1"}
#: {format: what floor.c can take it with}
FORMS = {"zlib": ("zlib", "libdeflate"), "lzo": ("lzo",), "snappy": ("snappy",), "zstd": ("zstd",), "none": ("none",),
         "elf": ("elf",)}
#: what Debian's makedumpfile does not take: QEMU's ELF, and codecs that it was built without
UNFILTERED = ("elf", "snappy", "zstd")
#: how makedumpfile is told; the others are made of what it wrote, as Debian's does not know them all
MAKEDUMPFILE = {"zlib": "-c", "lzo": "-l"}


@dataclasses.dataclass
class Look:
    """The clocks of crash at some moment, in seconds; memory in KiB."""
    wall: float
    cpu: float
    children: float
    peak: int

    @classmethod
    def read(cls, path):
        """From what CLOCK left."""
        wall, sched, stat, peak = path.read_text().splitlines()
        fields = stat.rsplit(")", 1)[1].split()
        return cls(int(wall) / 1e9, int(sched.split()[0]) / 1e9, (int(fields[13]) + int(fields[14])) / TICK,
                   int(peak.split()[1]))


def commands(series):
    """{name: command} of everything that runs inside of crash."""
    found = {"nothing": ""}
    for name, command in OURS.items():
        found[name] = f"{command} --workers 1"
        found[f"{name} -w 2"] = f"{command} --workers 2"
    found["kmem -p"] = "kmem -p > /dev/null"
    member = "_mapcount" if series == "6.1" else "page_type"
    found["kmem -m"] = f"kmem -m {member} > /dev/null"
    return found


def rotated(items, by):
    """The items, beginning elsewhere in each round."""
    items = list(items)
    return items[by % len(items):] + items[:by % len(items)]


def word(name):
    """A file's name."""
    return name.replace(" ", "_").replace(",", "")


def timed(name, command):
    """Lines for crash: a command between two looks at the clock."""
    out = "" if ">" in command or not command else f" > {shlex.quote(word(name))}"
    return [CLOCK.format(word(name) + ".0"), *([command + out] if command else []), CLOCK.format(word(name) + ".1")]


def listed(ranges, sections, struct_page):
    """[virtual, physical, bytes] of the pages of the memmap that have a struct page of these ranges, each once."""
    pages = set()
    for row in ranges:
        first, last = row["start_pfn"] * struct_page, (row["start_pfn"] + row["pages"]) * struct_page - 1
        pages.update(range(first // 4096, last // 4096 + 1))
    found = []
    for page in sorted(pages):
        size = next(iter(sections.values()))[2]
        virtual, physical, _ = sections[page * 4096 // size]
        at = page * 4096 % size
        if found and found[-1][0] + found[-1][2] == virtual + at and found[-1][1] + found[-1][2] == physical + at:
            found[-1][2] += 4096
        else:
            found.append([virtual + at, physical + at, 4096])
    return found


class Form:
    """The dump in one format."""

    def __init__(self, dump, name, path, seconds=600):
        self.dump, self.name, self.path, self.seconds = dump, name, path, seconds
        self.command = [*command_line(dump)[:-1], str(path)]
        self.extension = crashes.get(dump.kernel.series.crash).extension

    def crash(self, lines, folder):
        """Run lines in crash, in a folder."""
        (folder / "commands").write_text("\n".join(["set scroll off", f"extend {self.extension}", *lines, "quit\n"]))
        environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "TERM": "dumb", "LC_ALL": "C.UTF-8",
                       "HOME": str(folder)}
        words = [*self.command[:-2], "-s", *self.command[-2:], "-i", "commands"]
        done = subprocess.run(["timeout", "-s", "KILL", str(self.seconds), *words], cwd=folder, stdin=subprocess.DEVNULL,
                              env=environment, capture_output=True, text=True, errors="replace", check=False)
        if done.returncode:
            raise LabError(f"crash: {done.returncode}\n{done.stdout[-1000:]}")

    def memmap(self):
        """[virtual, physical, bytes] of the memmap, as stock crash sees it, and the test for an offline page."""
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            self.crash(["offline -j > offline", "offrange -j > ranges", "kmem -n > sections"], folder)
            said = json.loads((folder / "offline").read_text())
            ranges = json.loads((folder / "ranges").read_text())["ranges"]
            self.section = ranges[0]["section"]
            fact = {key: row["value"] for key, row in said["facts"].items()}
            test = {"struct_page": fact["sizeof(page)"], "offset": fact["page.page_type"], **said["recognition"]}
            size = said["section_size"] // said["page_size"] * test["struct_page"]
            rows = [line.split() for line in (folder / "sections").read_text().splitlines()
                    if re.match(r"\s*\d+  [0-9a-f]{16}  [0-9a-f]{16}  [0-9a-f]{16}  +PMO", line)]
            starts = [int(row[3], 16) for row in rows]
            both = [at for start in starts for at in (start, start + size - 4096)]
            self.crash([f"vtop {at:x} >> vtop" for at in both], folder)
            pairs = re.findall(r"^VIRTUAL\s+PHYSICAL\s*\n([0-9a-f]+)\s+([0-9a-f]+)", (folder / "vtop").read_text(), re.M)
        where = {int(virtual, 16): int(physical, 16) for virtual, physical in pairs}
        for start in starts:
            if where[start + size - 4096] != where[start] + size - 4096:
                raise LabError(f"the memmap at {start:x} is not contiguous")
        memmap = [[start, where[start], size] for start in starts]
        self.listed = listed(ranges, {int(row[0]): found for row, found in zip(rows, memmap)}, test["struct_page"])
        return memmap, test

    def round(self, number, folder):
        """{name: (CPU seconds, wall seconds)}, {name: hash} and KiB of memory beyond crash's own."""
        todo = commands(self.dump.kernel.series.name)
        lines = timed("first", "offline -w 1")
        for name in rotated(todo, number * 3):
            lines += timed(name, todo[name])
            if name in AGAIN:
                lines += timed(f"{name}, again", todo[name])
        self.crash(lines, folder)
        for name, command in UNREAD.items():
            self.crash([f"{command.split()[0]} -S 0x{self.section:x} > /dev/null", *timed(name, command)], folder)
        spent, digest, looks = {}, {}, {}
        for name in ("first", *todo, *(f"{name}, again" for name in AGAIN), *UNREAD):
            looks[name] = [Look.read(folder / f"{word(name)}.{end}") for end in (0, 1)]
            before, after = looks[name]
            spent[name] = (after.cpu - before.cpu + (after.children - before.children if "-w 2" in name else 0),
                           after.wall - before.wall)
            if (folder / word(name)).exists():
                digest[name] = hashlib.sha256((folder / word(name)).read_bytes()).hexdigest()[:16]
        ours = [pair[1].peak for name, pair in looks.items()
                if name.split()[0] in OURS and name not in UNREAD]
        return spent, digest, max(ours) - looks["first"][0].peak


def _convert(dump, name, folder):
    """The dump with its pages compressed by what we name, in a folder that keeps it."""
    path = folder / name
    if path.exists():
        return
    progress(f"converting the dump: {name}")
    work = path.with_suffix(".new")
    work.unlink(missing_ok=True)
    if name in MAKEDUMPFILE:    # pages of zeros are stored once; nothing else is left out
        run(("makedumpfile", MAKEDUMPFILE[name], "-d", "1", dump.path, work))
    else:
        _convert(dump, "zlib", folder)
        dumpedit.recompressed(folder / "zlib", work, name)
    work.rename(path)


def forms(series, wanted):
    """The dump in all formats, from the cache if they are there."""
    dump = guest.get(series)
    folder = dump.folder.parent / f"{dump.folder.name}.forms"
    folder.mkdir(exist_ok=True)
    with lock(f"bench-{series}"):
        for name in wanted:
            if name != "elf":
                _convert(dump, name, folder)
    return [Form(dump, name, dump.folder / "dump.elf" if name == "elf" else folder / name) for name in wanted]


def _look_outside(form, memmap, test, program, folder):
    """One round of everything that is not crash."""
    spent, offline = {}, set()
    for codec in FORMS[form.name]:
        seconds, pages = peers.floor(program, form.path, codec, memmap, test, 1)
        spent[f"floor, {codec}"] = (seconds[0], None)
        offline.add(pages)
        # of what lists have: the struct pages of offline pages, read once
        seconds, pages = peers.floor(program, form.path, codec, form.listed, test, 1)
        spent[f"list floor, {codec}"] = (seconds[0], None)
        offline.add(pages)
    seconds, pages = peers.drgn_walk(form.path, form.dump.kernel.vmlinux, memmap, test, 2)
    spent["drgn"] = (seconds[-1], None)
    offline.add(pages)
    if form.name not in UNFILTERED:
        seconds, pages = peers.makedumpfile_exclude(form.path, folder)
        spent["makedumpfile, wall"] = (seconds, None)
        offline.add(pages)
    return spent, offline


def measure(form, rounds, program):
    """All rounds of a format."""
    memmap, test = form.memmap()
    spent, digests, offline, peak = {}, {}, set(), 0
    peers.floor(program, form.path, FORMS[form.name][0], memmap, test, 1)   # from here on it is in memory
    for number in range(rounds):
        progress(f"{form.name}: round {number + 1} of {rounds}, load {os.getloadavg()[0]:.1f}")
        with tempfile.TemporaryDirectory() as name:
            inside, digest, more = form.round(number, pathlib.Path(name))
            outside, pages = _look_outside(form, memmap, test, program, name)
        offline |= pages
        peak = max(peak, more)
        for key, value in {**inside, **outside}.items():
            spent.setdefault(key, []).append(value)
        for key, value in digest.items():
            digests.setdefault(re.split("[ ,]", key)[0].replace("first", "offline"), set()).add(value)
    if len(offline) != 1 or any(len(found) != 1 for found in digests.values()):
        raise LabError(f"{form.name}: not all say the same: {offline} {digests}")
    nothing = [statistics.median(column) for column in zip(*spent.pop("nothing"))]
    inside = (*OURS, *(f"{name} -w 2" for name in OURS), *(f"{name}, again" for name in AGAIN), *UNREAD, "kmem -p", "kmem -m", "first")
    return {"cpu": {key: statistics.median(value[0] for value in values) - (nothing[0] if key in inside else 0)
                    for key, values in spent.items()},
            "wall": {key: statistics.median(value[1] for value in values) - (nothing[1] if key in inside else 0)
                     for key, values in spent.items() if values[0][1] is not None},
            "memmap_MiB": sum(size for _, _, size in memmap) >> 20, "offline": offline.pop(),
            "hashes": {key: found.pop() for key, found in digests.items()}, "KiB": peak}


def ratios(cpu, wall):
    """{what: (ratio, what the issue asks for on zlib)}"""
    best = min(value for key, value in cpu.items() if key.startswith("floor"))
    best_list = min(value for key, value in cpu.items() if key.startswith("list floor"))
    found = {}
    for state in ("", ", unread"):
        found[f"kmem -p / offrange{state}"] = (cpu["kmem -p"] / cpu[f"offrange{state}"], ">= 8")
        found[f"kmem -m / offrange{state}"] = (cpu["kmem -m"] / cpu[f"offrange{state}"], ">= 5")
        found[f"drgn / offline{state}"] = (cpu["drgn"] / cpu[f"offline{state}"], ">= 3")
    found["kmem -p / first offline"] = (cpu["kmem -p"] / cpu["first"], "")
    found["first offline beyond its walk, seconds"] = (cpu["first"] - cpu["offline, unread"], "<= 0.12")
    found["offline -x / floor"] = (cpu["offline -x"] / best, "<= 1.15; ELF 1.5")
    found["offowner, unread / list floor"] = (cpu["offowner, unread"] / best_list, "<= 1.2")
    for name in ("offline -x", "offblock -x"):
        found[f"{name} / -w 2, wall"] = (wall[name] / wall[f"{name} -w 2"], ">= 1.6")
    for name in ("offline, unread", "offrange, unread", "offcheck, unread", "offblock, unread"):
        found[f"{name} / -w 2, wall"] = (wall[name] / wall[f"{name}, -w 2"], ">= 1.6")
    for name in ("offcheck", "offblock"):
        found[f"{name} -x / offline -x"] = (cpu[f"{name} -x"] / cpu["offline -x"], "<= 1.3")
        found[f"{name}, unread / offline, unread"] = (cpu[f"{name}, unread"] / cpu["offline, unread"], "<= 1.3")
    for name in AGAIN:
        found[f"{name}, again / unread"] = (cpu[f"{name}, again"] / cpu[f"{name}, unread"], "<= 0.1")
    return found


def report(results):
    """Tables in markdown."""
    names = list(results)
    keys = list(dict.fromkeys(key for found in results.values() for key in found["cpu"]))
    print("\n| CPU seconds (wall) | " + " | ".join(names) + " |\n|---|" + "---|" * len(names))
    for key in keys:
        cells = []
        for found in results.values():
            cpu, wall = found["cpu"].get(key), found["wall"].get(key)
            cells.append("" if cpu is None else f"{cpu:.3f}" + (f" ({wall:.2f})" if wall is not None else ""))
        print(f"| {key} | " + " | ".join(cells) + " |")
    print("\n| ratio | " + " | ".join(names) + " | asked |\n|---|" + "---|" * (len(names) + 1))
    tables = [ratios(found["cpu"], found["wall"]) for found in results.values()]
    for key, (_, asked) in tables[0].items():
        print(f"| {key} | " + " | ".join(f"{table[key][0]:.2f}" for table in tables) + f" | {asked} |")
    for name, found in results.items():
        print(f"\n{name}: {found['memmap_MiB']} MiB of memmap, {found['offline']} offline pages, "
              f"hashes {found['hashes']}, {found['KiB']} KiB of memory beyond crash's own")


def main():
    """As the first lines say."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-k", "--kernel", default="6.1", choices=list(kernels.SERIES))
    parser.add_argument("-n", "--rounds", type=int, default=5)
    parser.add_argument("-f", "--forms", default=",".join(FORMS))
    parser.add_argument("-o", "--output")
    options = parser.parse_args()
    if not shutil.which("makedumpfile"):
        raise LabError("makedumpfile is missing")
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        program = peers.build_floor(folder)
        for form in forms(options.kernel, options.forms.split(",")):
            results[form.name] = measure(form, options.rounds, program)
    if options.output:
        pathlib.Path(options.output).write_text(json.dumps(
            {"load": os.getloadavg(), "processors": os.cpu_count(), "results": results}, indent=1))
    print(f"load {' '.join(f'{load:.1f}' for load in os.getloadavg())}, {os.cpu_count()} processors")
    report(results)


if __name__ == "__main__":
    try:
        main()
    except LabError as error:
        sys.exit(f"bench: {error}")
