# SPDX-License-Identifier: GPL-2.0-or-later
"""Golden cases cut from dumps: what crash printed, and a fixture that says it again without crash."""

import dataclasses
import os
import pathlib
import subprocess
import sys
import tempfile

from . import crashes
from .session import Session
from .util import REPO, LabError, run, write_atomic

GOLDEN = REPO / "tests" / "golden"
#: seconds in crash: a recording is ten times what is read
TIMEOUT = 600


@dataclasses.dataclass(frozen=True)
class Cut:
    """A golden case over all of a dump's memmap: a dump, and what is asked of it."""
    case: str
    why: str
    commands: tuple
    form: str = "kdump-zlib"
    modules: tuple = ()     # whose debug information crash is given: where it is replayed, all layouts are from there


#: in these guests memory32 is full of balloon, memory34 plain, and memory39 what virtio-mem plugged partly
CUTS = {
    "both-whole": Cut("both", "a balloon and a virtio-mem device, a block partly plugged", (
        "offcheck", "offcheck -j", "offowner", "offblock", "offblock memory32", "offblock memory34",
        "offblock memory39", "offblock -j memory39")),
    "orphaned-whole": Cut("orphaned", "as both, and the virtio-mem driver unloaded", (
        "offcheck", "offcheck -j", "offowner", "offblock", "offblock memory39")),
    "numa-whole": Cut("numa", "two nodes with a virtio-mem device each", (
        "offcheck", "offowner", "offowner -n 1", "offblock", "offblock -n 1", "offblock memory34")),
}


def replayer():
    """The program that runs commands over a fixture; make decides what is to be done."""
    build = os.path.relpath(os.environ.get("OFL_BUILD") or REPO / "build", REPO)  # as the Makefile has it
    environment = {key: value for key, value in os.environ.items() if key not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
    run(("make", "-C", REPO, f"BUILD={build}", f"{build}/san/replay"), env=environment)
    return REPO / build / "san" / "replay"


def _record(dump, commands, folder, modules):
    """What crash prints; recordings go to the folder. A document asks what its table asks."""
    script = {"extend": "\n".join((*dump.kernel.types, *(f"mod -s {name} {dump.kernel.debug}/{name}.ko" for name in modules),
                                   f"extend {crashes.get(dump.kernel.series.crash).extension}"))}
    for number, command in enumerate(commands):
        word, *rest = command.split()
        script[f"said-{number}"] = command
        if "-j" not in rest:
            script[f"again-{number}"] = " ".join((word, "-R", str(folder / f"{number}.rec"), *rest))
    out = Session(dump, script, folder, TIMEOUT).out
    for number, command in enumerate(commands):
        if out.get(f"again-{number}", out[f"said-{number}"]) != out[f"said-{number}"]:
            raise LabError(f"{dump.name}: {command} says something else while it is recorded")
    return [out[f"said-{number}"] for number in range(len(commands))]


def _pack(dump, why, folder):
    """The fixture's text."""
    form = "an ELF dump" if dump.form == "elf" else "a kdump"
    done = subprocess.run([sys.executable, GOLDEN / "pack.py", "-c",
                           f"cut from {form} of {dump.kernel.release} (Debian):", "-c", why, *sorted(folder.glob("*.rec"))],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise LabError(f"{dump.name}: pack.py: {done.stderr}")
    return done.stdout


def replay(fixture, commands):
    """What the core says over a fixture, without crash."""
    done = subprocess.run([replayer(), fixture], input="\n".join(commands) + "\n", stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, errors="replace", check=False)
    return done.stdout + done.stderr


def cut(dump, why, commands, folder, modules=()):
    """(fixture, transcript) of commands on a dump.

    The transcript is crash's; that the fixture gives the same is not for the reader to hope.
    """
    folder = pathlib.Path(folder)
    said = _record(dump, commands, folder, modules)
    transcript = "".join(f"$ {command}\n{text}" for command, text in zip(commands, said))
    fixture = _pack(dump, why, folder)
    (folder / "fixture").write_text(fixture)
    again = replay(folder / "fixture", commands)
    if again != transcript:
        (folder / "crash").write_text(transcript)
        (folder / "replay").write_text(again)
        diff = subprocess.run(["diff", "-u", "crash", "replay"], cwd=folder, stdout=subprocess.PIPE, text=True, check=False)
        raise LabError(f"{dump.name}: the fixture does not say what crash said:\n{diff.stdout}")
    return fixture, transcript


def write(name, dump, what):
    """Cut one case into the tree."""
    with tempfile.TemporaryDirectory(prefix="ofl-lab.") as folder:
        fixture, transcript = cut(dump, what.why, what.commands, folder, what.modules)
    texts = {"fixture": fixture, "cmd": "\n".join(what.commands) + "\n", "expect": transcript}
    for suffix, text in texts.items():
        write_atomic(GOLDEN / f"{name}.{suffix}", text)
    print(f"{name}: {len(fixture) >> 10} KiB")
