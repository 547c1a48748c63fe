#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Two ways, one answer, over dumps: what `make check-ways` runs.

two_ways.py [WORD...]
default: every dump in the cache, of the lab's cases and of the verdict campaign; WORD: those with it in their path

A crash that stays answers all that is asked of a dump; a second one is started with --no_modules. Every check of
tests/property/ways.py, and those that need a session. Fails if anything differs.
"""

import dataclasses
import pathlib
import sys
import tempfile

from lab import kernels, talk, util
from lab.session import Session

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "property"))
import ways  # noqa: E402  pylint: disable=wrong-import-position  (tests/property is no package)

#: seconds of work that a command may take
LIMIT = 120
#: what hypervisors' drivers keep, in dumps that have no types of them
DRIVERS = ("virtio_mem", "virtio_balloon")


class Asked:
    """A crash that stays, asked as tests/property/ways.py asks."""

    def __init__(self, dump, folder, flags=()):
        self.crash, self.asked = talk.Crash(dump, folder, flags=flags), 0

    def __call__(self, *lines):
        texts = []
        for line in lines:
            path = self.crash.folder / f"{self.asked}.out"
            said = self.crash.run(f"{line} > {path.name}", LIMIT)
            if not path.exists() or not path.stat().st_size:
                raise ValueError(f"{line}: nothing: {said[-300:]}")
            texts.append(path.read_text(errors="replace"))
            path.unlink()
            self.asked += 1
            Session.must_be_valid(line, texts[-1])
        return texts


# -- what needs a session ---------------------------------------------------------


def kept(ask):
    """What was found before changes nothing: a command of an extension that was loaded anew says the same."""
    warm = ways.documents(ask, *ways.FORMS, *reversed(ways.FORMS))
    for line, *found in zip(ways.FORMS, warm, reversed(warm)):
        ask.crash.reload()
        (fresh,) = ways.documents(ask, line)
        for document in found:
            yield from ways.differences(f"{line}, kept and fresh", fresh, document)


def types(ask, dump, found):
    """With the types of modules, each alone and both, and without: the same, or unknown.

    `found` gets what the session knows as it was, for no_modules(). A command that comes later has the types.
    """
    found.update(ways.six(ask))
    plain = dict(found)
    if "--no_modules" in dump.kernel.series.flags:
        return
    for name in DRIVERS:
        ask.crash.run(f"mod -s {name} {dump.kernel.debug}/{name}.ko", LIMIT)
        ask.crash.reload()
        rich = ways.six(ask)
        yield from ways.poorer_six(f"mod -s {name}", rich, plain)
        plain = rich


def no_modules(dump, folder, found):
    """As a crash that was not to look for modules."""
    ask = Asked(dump, folder, ("--no_modules",))
    try:
        yield from ways.poorer_six("--no_modules", found, ways.six(ask))
    finally:
        ask.crash.end()


def checked(dump, folder, readers=True):
    """(number of commands, what differs) of a dump; not readers: who reads is asked of the main forms only."""
    wrong, found, ask = [], {}, Asked(dump, folder)
    checks = [*ways.CHECKS, ways.readers if readers else ways.some_readers, kept,
              lambda ask: types(ask, dump, found)]
    try:
        for check in checks:
            try:
                wrong += check(ask)
            except (ValueError, KeyError, IndexError, talk.Find) as error:
                wrong.append(f"{getattr(check, '__name__', 'types')}: {type(error).__name__}: {error}")
    finally:
        ask.crash.end()
    if found and "--no_modules" not in dump.kernel.series.flags:
        wrong += no_modules(dump, folder, found)
    return ask.asked, wrong


# -- every dump -------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Found:
    """A dump in the cache, whatever made it."""
    kernel: kernels.Kernel
    path: pathlib.Path

    name = property(lambda self: f"{self.path.parent.parent.name}/{self.path.parent.name}/{self.path.name}")


def every(words):
    """The dumps of this architecture's kernels whose path has one of the words."""
    for series in kernels.SERIES:
        kernel = kernels.unpacked(series)
        for room in ("dumps", "verdicts") if kernel else ():
            found = (util.CACHE / room / kernel.release).glob("*/dump.*")
            for path in sorted(found, key=lambda path: (path.suffix != ".kdump", path)):
                if not words or any(word in str(path) for word in words):
                    yield Found(kernel, path)


def main(words):
    """Each dump on a line, with what differs below it; then the sums. Every way to read the first of a kernel."""
    dumps, commands, faults, kernels_seen = 0, 0, 0, set()
    for dump in every(words):
        first = dump.kernel.release not in kernels_seen
        kernels_seen.add(dump.kernel.release)
        before = ways.compared.total()
        with tempfile.TemporaryDirectory(prefix="ofl-ways.") as folder:
            try:
                asked, wrong = checked(dump, pathlib.Path(folder), readers=first)
            except talk.Find as error:
                asked, wrong = 0, [f"cannot be asked: {error}"]
        print(f"{dump.name}: {asked} commands, {ways.compared.total() - before} comparisons, {len(wrong)} differences",
              flush=True)
        print("".join(f"    {line}\n" for line in wrong), end="", flush=True)
        dumps, commands, faults = dumps + 1, commands + asked, faults + len(wrong)
    print(f"check-ways: {dumps} dumps, {commands} commands, {ways.compared.total()} comparisons, {faults} differences")
    return 1 if faults or not dumps else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
