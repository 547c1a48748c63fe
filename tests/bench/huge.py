#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a GiB costs, and how much memory, on machines of more and more memory that is made up.

    huge.py HUGE FIXTURE [GIB...]

Runs HUGE (huge.c) with each size, and prints one row a command and size: seconds of the
processor without the ones that making struct pages took, milliseconds a GiB, the same
divided by those of the first size, and resident memory at most.  Sizes follow each other
in one run; the kernel of FIXTURE has not been booted with any of them.
"""

import subprocess
import sys

COMMANDS = ("offline", "offline -x", "offcheck", "offblock", "offblock -x")
SIZES = ("1024", "4096", "16384")


def measure(program, fixture, gib, command):
    """-> seconds, MiB, the last line that the command printed"""
    out = subprocess.run((program, fixture, gib), input=f"{command}\n", text=True, check=True,
                         stdout=subprocess.PIPE).stdout
    seconds, making, kib, said = out.split(maxsplit=3)
    return float(seconds) - float(making), int(kib) / 1024, said.strip()


def main():
    """Measure and print."""
    program, fixture, *sizes = sys.argv[1:]
    first = {}
    print("| command | GiB | s | ms a GiB | of the first | MiB |\n|---|---|---|---|---|---|")
    for gib in sizes or SIZES:
        for command in COMMANDS:
            seconds, mib, said = measure(program, fixture, gib, command)
            each = 1000 * seconds / int(gib)
            ratio = each / first.setdefault(command, each)
            print(f"| `{command}` | {gib} | {seconds:.1f} | {each:.2f} | {ratio:.2f} | {mib:.0f} |", flush=True)
            print(f"{command} at {gib} GiB: {said}", file=sys.stderr)


if __name__ == "__main__":
    main()
