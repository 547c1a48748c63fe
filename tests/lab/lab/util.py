# SPDX-License-Identifier: GPL-2.0-or-later
"""Paths, progress, and files that are either whole or absent."""

import contextlib
import fcntl
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

LAB = pathlib.Path(__file__).resolve().parent.parent
REPO = LAB.parent.parent
BUILD = pathlib.Path(os.environ.get("OFL_BUILD") or REPO / "build").resolve()
#: times that everything may take on a machine with much else to do
SLOWER = int(os.environ.get("OFL_SLOWER") or 1)
CACHE = pathlib.Path(os.environ.get("OFL_CACHE") or REPO / ".cache").resolve()


class LabError(Exception):
    """Something the lab needs is missing or did not work; the text says what."""


class CannotMake(LabError):
    """A kernel has not what a state takes; the text says what is missing."""


def _to_terminal(text):
    if sys.stderr.isatty():
        print(text, file=sys.stderr, flush=True)


#: Where progress goes; the tests replace it, because pytest hides stderr.
report = [_to_terminal]


def progress(text):
    """Say what takes so long, to a person only: never into a file or a pipe."""
    report[0](f"lab: {text}")


def past_capture(config):
    """In pytest: let progress through to a terminal, past pytest's capture."""
    capture = config.pluginmanager.getplugin("capturemanager")

    def tell(text):
        with capture.global_and_fixture_disabled():
            _to_terminal(text)

    report[0] = tell


def run(command, **options):
    """Run a command, return its output; a failure carries its last lines."""
    done = subprocess.run([str(word) for word in command], text=True, errors="replace",
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)
    if done.returncode:
        tail = "\n".join(done.stdout.splitlines()[-15:])
        raise LabError(f"{' '.join(map(str, command))}: exit status {done.returncode}\n{tail}")
    return done.stdout


@contextlib.contextmanager
def lock(name):
    """One process at a time makes a thing; the others wait and then find it made."""
    folder = CACHE / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / name, "w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def new_folder(target):
    """A folder that appears under its name only when the block ends well."""
    target.parent.mkdir(parents=True, exist_ok=True)
    work = pathlib.Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        yield work
        work.chmod(0o755)
        if target.exists():
            shutil.rmtree(target)
        work.rename(target)
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise


def write_atomic(path, data):
    """Write a file through a rename, so that a reader never sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("wb", dir=path.parent, delete=False) as handle:
        handle.write(data if isinstance(data, bytes) else data.encode())
    os.chmod(handle.name, 0o644)
    os.rename(handle.name, path)


def natural(text):
    """Sort key that puts 6.1.0-9 before 6.1.0-56."""
    parts, digits, word = [], False, ""
    for char in text:
        if word and char.isdigit() != digits:
            parts.append((1, int(word), "") if digits else (0, 0, word))
            word = ""
        digits = char.isdigit()
        word += char
    if word:
        parts.append((1, int(word), "") if digits else (0, 0, word))
    return parts
