#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a GiB costs in a guest that is many times larger, really booted and really dumped.

    large.py [-n ROUNDS] [-o RESULTS.json]

Two guests have the same mix (guest.py): a small one and a large one, OFL_BENCH_GIB. Rounds of
the two follow each other. A page that is offline has to be one by the guest's own
/proc/kpageflags, and the other way round.
"""

import argparse
import json
import os
import pathlib
import statistics
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "lab")]

# pylint: disable=wrong-import-position
import bench
import guest
import peers
from lab import truth as t
from lab.util import LabError, progress

COMMANDS = {"offline": "offline --workers 1", "offline -x": "offline -x --workers 1",
            "offline -x -w 2": "offline -x --workers 2", "offcheck": "offcheck --workers 1",
            "offcheck -x": "offcheck -x --workers 1", "offblock": "offblock --workers 1",
            "offblock -x": "offblock -x --workers 1", "offowner": "offowner", "offmap": "offmap --workers 1"}
UNREAD = {f"{name}, unread": f"{name} --workers 1" for name in ("offline", "offcheck", "offblock")}
#: what crash itself takes to open the large one is minutes
SECONDS = 3600


class Large(bench.Form):
    """A guest as QEMU writes it, where a page of zeros is there once."""

    def __init__(self, gib):
        dump = guest.get("6.1", guest.spread_over(gib))
        super().__init__(dump, f"{gib} GiB", dump.path, SECONDS)
        self.gib = gib

    def is_right(self, folder):
        """The pages of the guest's own word, and no others; -> how many"""
        self.crash(["offrange -j > ranges"], folder)
        found = json.loads((folder / "ranges").read_text())["ranges"]
        listed = t.pfns([row["start_pfn"], row["pages"]] for row in found if row["online"])
        every = t.pfns(self.dump.truth["offline"])
        if listed != every:
            raise LabError(f"{self.name}: {len(listed ^ every)} pages differ")
        return len(every)

    def round(self, number, folder):
        """{name: CPU seconds}, and KiB of memory beyond crash's own"""
        lines = bench.timed("nothing", "") + bench.timed("first", "offline --workers 1")
        for name, command in bench.rotated(COMMANDS.items(), number * 3):
            lines += bench.timed(name, command)
        self.crash(lines, folder)
        for name, command in UNREAD.items():
            self.crash([f"{command.split()[0]} -S 0x{self.section:x} > /dev/null", *bench.timed(name, command)], folder)
        looks = {name: [bench.Look.read(folder / f"{bench.word(name)}.{end}") for end in (0, 1)]
                 for name in ("nothing", "first", *COMMANDS, *UNREAD)}
        spent = {name: after.cpu - before.cpu + (after.children - before.children if "-w 2" in name else 0)
                 for name, (before, after) in looks.items()}
        most = max(looks[name][1].peak for name in ("first", *COMMANDS))
        return spent, most - looks["first"][0].peak


def measure(forms, rounds, program):
    """{form: {name: [CPU seconds]}}, {form: MiB}"""
    spent, most = {form.name: {} for form in forms}, {form.name: 0 for form in forms}
    memmaps = {form.name: form.memmap() for form in forms}
    for form in forms:      # from here on they are in memory
        peers.floor(program, form.path, "libdeflate", *memmaps[form.name], 1)
    for number in range(rounds):
        for form in forms:
            progress(f"{form.name}: round {number + 1} of {rounds}, load {os.getloadavg()[0]:.1f}")
            with tempfile.TemporaryDirectory() as name:
                one, more = form.round(number, pathlib.Path(name))
            one["floor"] = peers.floor(program, form.path, "libdeflate", *memmaps[form.name], 1)[0][0]
            one = {key: value - (one["nothing"] if key != "floor" else 0) for key, value in one.items()}
            for key, value in one.items():
                spent[form.name].setdefault(key, []).append(value)
            most[form.name] = max(most[form.name], more / 1024)
    return spent, most


def report(forms, spent, most, right):
    """Tables in markdown."""
    print("\n| CPU seconds | " + " | ".join(f"{form.name} | ms a GiB" for form in forms) + " | large / small |")
    print("|---|" + "---|" * (2 * len(forms) + 1))
    for name in [name for name in spent[forms[0].name] if name != "nothing"]:
        each = [statistics.median(spent[form.name][name]) for form in forms]
        per = [1000 * seconds / form.gib for seconds, form in zip(each, forms)]
        print(f"| {name} | " + " | ".join(f"{one:.3f} | {two:.2f}" for one, two in zip(each, per)) + f" | {per[-1] / per[0]:.2f} |")
    for form in forms:
        print(f"\n{form.name}: {right[form.name]} offline pages, those of the guest's own word; "
              f"{most[form.name]:.1f} MiB of memory beyond crash's own")


def main():
    """As the first lines say."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-n", "--rounds", type=int, default=5)
    parser.add_argument("-o", "--output")
    options = parser.parse_args()
    forms, right = [Large(gib) for gib in (guest.SMALL, guest.LARGE)], {}
    for form in forms:
        with tempfile.TemporaryDirectory() as name:
            right[form.name] = form.is_right(pathlib.Path(name))
    with tempfile.TemporaryDirectory() as folder:
        spent, most = measure(forms, options.rounds, peers.build_floor(folder))
    if options.output:
        pathlib.Path(options.output).write_text(json.dumps({"load": os.getloadavg(), "spent": spent, "MiB": most}, indent=1))
    print(f"load {' '.join(f'{load:.1f}' for load in os.getloadavg())}, {os.cpu_count()} processors")
    report(forms, spent, most, right)


if __name__ == "__main__":
    try:
        main()
    except LabError as error:
        sys.exit(f"bench-large: {error}")
