# SPDX-License-Identifier: GPL-2.0-or-later
"""Verdicts against reality: a guest is dumped, then in the same guest every online
block is really offlined, and what offblock says of the dump is held against it.
"""

import dataclasses
import json
import re
import shutil
import tempfile
import time

from . import crashes, holders, kernels, module
from .dumps import Dump, facts, second_chance, settled, write
from .guest import Guest
from .kinds import CAUGHT, PROGRAMS, SCRIPT, key_of, kind_of
from .session import Session
from .util import CACHE, LabError, lock, new_folder, progress, run

#: Seconds that an attempt may take; emulation makes a gigabyte's migration slow.
LIMIT = 20
#: Attempts in one command to the guest.
TOGETHER = 24
#: The reason of a failure is a debug message of the kernel.
SAY_WHY = r"""
    control=/proc/dynamic_debug/control
    for file in mm/memory_hotplug.c drivers/base/memory.c; do echo "file $file +p" >$control; done
    grep -q 'offline_pages =p' $control"""
ERRORS = {"Device or resource busy": "EBUSY", "Invalid argument": "EINVAL", "Cannot allocate memory": "ENOMEM",
          "Interrupted system call": "EINTR", "Operation not permitted": "EPERM"}
SUCCESS, TRYING = "success", "still trying"
DISSOLVE = "failure to dissolve huge pages"     # the one refusal for which the kernel names no page
#: the kernel's word that it has ended a process for its memory, and when
KILLED = re.compile(r"^\[ *(\d+\.\d+)\] Out of memory: Killed process", re.MULTILINE)
FORM = "kdump-zlib"
#: what is asked of each dump
ASKED = {"offblock": "offblock -j", "holders": holders.COMMAND}
#: the kinds that make check tries
TRIED = ("balloon", "made")


# -- in the guest -----------------------------------------------------------------


def _outcome(found):
    """What became of an attempt, from what the guest's shell says."""
    if found["state"] == "offline":
        return SUCCESS
    for text, name in ERRORS.items():
        if text in found["message"]:
            return name
    if found["status"] == "143":  # ended by SIGTERM, when its time was over
        return TRYING
    raise LabError(f"an attempt ended in no known way: {found}")


def _held(text):
    """[[first pfn, pages]] that the kernel may have held before the attempt; None: not told, or too many."""
    *runs, end = text.split() or [""]
    return [[int(number, 16) for number in run.split("+")] for run in runs] if end == "end" else None


def _row(block, text):
    """One row of the truth, from what guest/attempt printed."""
    head, _, messages = text.partition("dmesg\n")
    found = {"message": "", "back": "", **dict(line.split(" ", 1) for line in head.splitlines() if " " in line)}
    outcome = _outcome(found)
    reason = re.findall(r"failed due to (.+)", messages)
    return {"block": block, "zone": found["zone"], "outcome": outcome, "reason": reason[-1] if reason else "",
            "seconds": round(float(found["end"]) - float(found["start"]), 2),
            "back": outcome != SUCCESS or found["back"].split()[:2] == ["online", found["zone"]],
            "pfn": int(found["pfn"], 16) if "pfn" in found else None, "was": found.get("was"),
            "huge": [int(pages) for pages in found.get("huge", "").split()], "held": _held(found.get("held", "")),
            "message": found["message"], "dmesg": [line for line in messages.splitlines() if line]}


def attempts(guest, kind, names):
    """One block after the other; what follows a block that did not come back is marked.

    Many go into one command: the fewer words pass the guest's serial line the better.
    """
    rows, lost = [], []
    for some in (names[i:i + TOGETHER] for i in range(0, len(names), TOGETHER)):
        text = guest.run(f"""for block in {' '.join(some)}; do
            echo "@ $block"; attempt $block {LIMIT * guest.slower}; {kind.mend or ':'}; done""",
                         timeout=60 + len(some) * LIMIT).output
        for name, part in re.findall(r"^@ (\w+)\n(.*?)(?=^@ |\Z)", text, re.MULTILINE | re.DOTALL):
            rows.append({**_row(name, part), "disturbed": list(lost)})
            if any("BUG: Bad page" in line for line in rows[-1]["dmesg"]):
                lost.append(name)   # by its own word the kernel's memory is damaged from now on
            if not rows[-1]["back"]:
                progress(f"{guest.kernel.release} {kind.name}: {name} did not come back: {part}")
                lost.append(name)
    if [row["block"] for row in rows] != names:
        raise LabError(f"{guest.kernel.release} {kind.name}: attempts are missing")
    return rows


def _start_attempt(guest, block):
    """Begin to offline a block, and give it time; no word with the guest then, its memory may be short."""
    guest.run(f"sh -c 'echo offline >/sys/devices/system/memory/{block}/state' &")
    time.sleep(4)


def _end_attempt(guest, kind, block):
    """Had the attempt ended before the dump, the block would be online for good, or offline too early."""
    kind.let_go(guest)
    text = guest.run(f"""i=0; cd /sys/devices/system/memory/{block}
        while [ $(cat state) != offline ] && [ $i -lt 60 ]; do sleep 0.5; i=$((i + 1)); done; cat state""").output
    if text.strip() != "offline":
        raise LabError(f"the attempt to offline {block} was not under way: it is {text}")


def _take(guest, kind, folder):
    """Bring the guest into the state, dump it, and try every block."""
    guest.run(SAY_WHY)
    made = kind.steps(guest)
    if not kind.let_go:
        guest.run("attempt memory0 1")  # what an attempt needs of the kernel is in memory before the dump, too
        settled(guest)
        if kind.last:
            kind.last(guest)
        guest.run("was save /tmp/was", timeout=120)
    truth = {**facts(guest), "names": holders.names(guest), "made": made, "attempts": []}
    if kind.let_go:
        _start_attempt(guest, made)
    guest.qmp("stop")
    progress(f"dumping {guest.kernel.release} {kind.name}")
    write(guest, folder / "dump.kdump", FORM)
    guest.qmp("cont")
    if kind.halt:
        guest.run(kind.halt, timeout=120)
    if kind.let_go:
        _end_attempt(guest, kind, made)
        return truth
    names = [name for name, block in truth["blocks"].items() if block["state"] == "online"]
    names.sort(key=lambda name: int(name.removeprefix("memory")))
    progress(f"offlining {len(names)} blocks of {guest.kernel.release} {kind.name}")
    truth["attempts"] = attempts(guest, kind, names)
    if kind.free:
        guest.run(kind.free, timeout=120)
        truth["freed"] = attempts(guest, kind, [row["block"] for row in truth["attempts"] if row["outcome"] == TRYING])
    return truth


# -- the cache --------------------------------------------------------------------


def _files(kernel, kind, folder):
    """What goes into the guest besides the usual."""
    files = [("bin/attempt", SCRIPT)]
    for name in (*PROGRAMS, *kind.programs):
        run(("cc", "-static", "-O2", "-Wall", "-Wextra", "-Werror", "-o", folder / name, SCRIPT.parent / f"{name}.c"))
        files.append((f"bin/{name}", folder / name))
    files += [(f"lib/modules/{name}.ko", path) for name, path in kernels.drivers(kernel, kind.drivers).items()]
    if kind.module:
        built = module.build(kernel, SCRIPT.parent / kind.module)
        files.append((f"lib/modules/{built.name}", built))
    return tuple(files)


def _make(kernel, kind, folder):
    machine = dataclasses.replace(kind.machine, files=_files(kernel, kind, folder))
    with Guest(kernel, machine, folder) as guest:
        truth = _take(guest, kind, folder)
    (folder / "truth.json").write_text(json.dumps(truth, indent=1))
    for name in ("initramfs.gz", "answers", *PROGRAMS, *kind.programs):
        (folder / name).unlink()


def _fill(kernel, kind, folder):
    with new_folder(folder) as work:
        _make(kernel, kind, work)


def _place(kernel, name):
    return CACHE / "verdicts" / kernel.release / f"{name}-{key_of(name)}"


def _kept(kernel, name):
    """The newest guest of a kind in the cache: of an earlier form of the kind, where today's is not there."""
    folder = _place(kernel, name)
    if folder.exists():
        return folder
    found = [path for path in folder.parent.glob(f"{name}-*") if re.fullmatch(rf"{name}-[0-9a-f]{{12}}", path.name)]
    return max(found, key=lambda path: path.stat().st_mtime, default=None)


def has(series, name):
    """Is a guest in the cache? A kernel that is not there has none."""
    kernel = kernels.unpacked(series)
    return kernel is not None and _kept(kernel, name) is not None


def cached_seeds(series):
    """The names of guests by chance that are in the cache."""
    kernel = kernels.unpacked(series)
    names = [re.match(r"chance-\d+", path.name) for path in _place(kernel, "plain").parent.glob("chance-*")] if kernel else []
    return [found.group() for found in names if found and has(series, found.group())]


def get(series, name, cached=False):
    """The dump of a kind with the attempts in its truth, made when the cache does not have it."""
    kernel, kind = kernels.get(series), kind_of(name)
    if cached:
        return Dump(kernel, name, FORM, _kept(kernel, name))
    folder = _place(kernel, name)
    with lock(f"verdicts-{series}-{name}"):
        if not folder.exists():
            for old in folder.parent.glob(f"{name}-*"):
                if re.fullmatch(rf"{name}-[0-9a-f]{{12}}", old.name):
                    shutil.rmtree(old)
            second_chance(lambda: _fill(kernel, kind, folder), f"{kernel.release} {name}")
    return Dump(kernel, name, FORM, folder)


# -- against each other -----------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Row:
    """A block: what offblock said, and what the kernel did."""
    kind: str
    said: dict
    did: dict

    verdict = property(lambda self: self.said["verdict"])
    outcome = property(lambda self: self.did["outcome"])

    @property
    def refilled(self):
        """Pages of the block that came into huge pages after the dump, where such may be what was refused.

        The guest looks right before the attempt. The kernel names none that it cannot dissolve.
        """
        if self.did["reason"] != DISSOLVE or (self.said["reason"] or "").startswith(DISSOLVE):
            return 0
        return (self.did.get("huge") or [0, 0])[1]

    @property
    def gone(self):
        """Whether what the dump has in the way had gone before an attempt that was not refused.

        The guest looks right before the attempt: the first page of each kind that blocks
        was free by then, or on an LRU list, where no kernel memory is. A block that is refused
        for no page, but as it has two zones or a hole, has nothing that could go.
        """
        held, named = self.did.get("held"), self.said.get("in_the_way", ())
        if held is None or self.said["blocker_pfn"] not in named or self.outcome not in (SUCCESS, TRYING):
            return False
        return not any(start <= pfn < start + pages for start, pages in held for pfn in named)

    @property
    def changed(self):
        """Whether the guest itself says that this is no longer the memory that was dumped.

        Either an earlier block did not come back, or a process was killed for its memory, or the page that the kernel refuses
        to move was free, or another kind of page, in the guest right before the dump.
        That is before: where the dump has that very page in the way, it is the dump's word.
        """
        if self.did["disturbed"] or self.did.get("killed") or self.refilled or self.gone:
            return True
        return (self.outcome != SUCCESS and self.did["was"] in ("free", "other")
                and self.did["pfn"] != self.said.get("blocker_pfn"))

    @property
    def contradiction(self):
        """Whether the kernel did what offblock ruled out."""
        if self.changed:
            return False
        if self.verdict in ("OFFLINABLE", "DRIVER"):
            return self.outcome != SUCCESS
        if self.verdict == "SPINS":
            return self.outcome != TRYING
        if self.verdict in ("MIGRATE", "RETRIES"):
            return self.outcome not in (SUCCESS, TRYING)  # what holds a page may have let go
        if self.verdict == "BLOCKED":  # one that depends on the order says so
            return self.outcome == SUCCESS or self.outcome == TRYING and "not reached" not in (self.said["reason"] or "")
        return self.verdict == "OFFLINE"

    @property
    def same_reason(self):
        """Whether a refusal came for the reason given; None where the kernel gave none."""
        if self.verdict != "BLOCKED" or not self.did["reason"] or self.changed:
            return None
        return self.said["reason"].startswith(self.did["reason"])

    def __str__(self):
        said, did = self.said, self.did
        pfn = f" pfn {said['blocker_pfn']:x}" if said.get("blocker_pfn") is not None else ""
        lines = [f"{self.kind} {did['block']} ({did['zone']}): {self.verdict} [{said['code']}] {said['reason']}{pfn}",
                 f"    really: {self.outcome} after {did['seconds']} s: {did['reason'] or did['message']}"]
        return "\n".join(lines + [f"    | {line}" for line in did["dmesg"][:14]])


def documents(dump, **commands):
    """What crash with offline.so says of a dump, as JSON documents."""
    extension = crashes.get(dump.kernel.series.crash).extension
    with tempfile.TemporaryDirectory(prefix="ofl-lab.") as folder:
        extend = "\n".join((*dump.kernel.types, f"extend {extension}"))
        out = Session(dump, {"extend": extend, **commands}, folder).out
    try:
        return {name: json.loads(out[name]) for name in commands}
    except ValueError as error:
        raise LabError(f"{dump.name}: no JSON: {error}: {out}") from error


def told(dump):
    """What is said of a dump: the documents of ASKED, and of a dump made in the middle of an attempt offcheck's."""
    return documents(dump, **ASKED, **({"offcheck": "offcheck -j"} if dump.case in CAUGHT else {}))


def _began(row):
    """When an attempt began, by the guest's clock, or before: as long before its last message as it took."""
    times = [float(time) for line in row["dmesg"] for time in re.findall(r"^\[ *(\d+\.\d+)\]", line)]
    return max(times) - row["seconds"] if times else None


def killed_before(rows, console):
    """For each attempt whether the kernel has killed a process for its memory before it, and after the first.

    What that process held is free then, and what has no place in the dump has one. An attempt without a
    message is not excused, nor is any by what was killed before the dump.
    """
    began = [_began(row) for row in rows]
    first = min((time for time in began if time is not None), default=0)
    killed = [time for time in map(float, KILLED.findall(console)) if time > first]
    return [time is not None and any(before < time for before in killed) for time in began]


def compare(dump, answers=None, attempted=None):
    """Each attempt with the verdict on its block."""
    said = {row["name"]: row for row in (answers or told(dump))["offblock"]["blocks"]}
    attempted = attempted or dump.truth["attempts"]
    missing = {row["block"] for row in attempted} - set(said)
    if missing:
        raise LabError(f"{dump.name}: offblock does not list {sorted(missing)}")
    console = dump.folder / "console.log"
    killed = killed_before(attempted, console.read_text(errors="replace") if console.exists() else "")
    rows = [Row(dump.case, said[row["block"]], {**row, "killed": was}) for row, was in zip(attempted, killed)]
    _name(dump, [row for row in rows if row.contradiction and row.did.get("held") is not None])
    return rows


def _name(dump, rows):
    """Have what is in the way of these blocks named: the first page of each kind that would be refused."""
    asked = {row.said["name"]: f"offblock -j {row.said['name']}" for row in rows}
    told = documents(dump, **asked) if rows else {}
    for row in rows:
        row.said["in_the_way"] = [blocker["first_pfn"] for blocker in told[row.said["name"]]["blockers"]
                                  if blocker["outcome"] in ("blocked", "spins")]


def parts(dump):
    """What offblock of one block says otherwise than the list: a line for each block, none, one hopes."""
    listed = {row["name"]: row for row in documents(dump, offblock="offblock -j")["offblock"]["blocks"]}
    alone = documents(dump, **{name: f"offblock -j {name}" for name in listed})
    return [f"{name}: alone {alone[name]['blocks']}, in the list {row}" for name, row in listed.items()
            if alone[name]["blocks"] != [row]]


def misnamed(dump, answers):
    """Holders that are not named, or wrong: a line for each, none, one hopes."""
    rows = answers["holders"]["holders"]
    return holders.missing(dump, rows) + holders.wrong(dump, rows)


def freed(dump):
    """{block: outcome} of those that kept trying, when tried again without the references that were known."""
    return {row["block"]: row["outcome"] for row in dump.truth.get("freed", ())}


def caught(dump, answers=None):
    """What is wrong with the word on a dump that was made in the middle of an attempt: nothing, one hopes."""
    said = answers or told(dump)
    block = next(row for row in said["offblock"]["blocks"] if row["name"] == dump.truth["made"])
    wrong = [f"{block['name']} is said to be {block['state']}"] if block["state"] != "going-offline" else []
    # it hangs, so neither is true: that it could be offlined, or that it is refused
    wrong += [f"it hangs, and is said to be {block['verdict']}"] if block["verdict"] in ("OFFLINABLE", "BLOCKED") else []
    return block, wrong + [f"false error: {finding}" for finding in said["offcheck"]["findings"]
                           if finding["severity"] == "error"]
