# SPDX-License-Identifier: GPL-2.0-or-later
"""^C, pagers, pipes, full disks and long sessions: the prompt comes back, and nothing is left behind."""

import fcntl
import itertools
import os
import pathlib
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time

import pytest

from lab import crashes, dumps, kernels
from lab.session import command_line
from lab.talk import Crash

INTERRUPTED = re.compile(r"interrupted, (\d+) of (\d+) sections")
#: What crash and libraries say when something was not cleaned up.
NOISE = re.compile(r"Broken pipe|write error|No space left|SIG[A-Z]+|corrupt|double free|invalid|Segmentation", re.I)


@pytest.fixture(scope="module")
def dump():
    """Tens of thousands of rows, and pages that have to be unpacked: the slowest there is."""
    return dumps.get(kernels.selected()[0], "shrunk")


#: What the readline of crash's gdb says to every terminal, before and behind each line that is typed.
PASTING = re.compile(r"\x1b\[\?2004[hl]\r?")


class Terminal:
    """crash on a terminal of its own."""

    def __init__(self, dump, folder, extensions=None, silent=True, **more):
        self.unread = ""
        self.pid, self.tty = pty.fork()
        if not self.pid:
            os.chdir(folder)
            environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "TERM": "vt100", "LC_ALL": "C.UTF-8",
                           "HOME": str(folder), "LINES": "24", "COLUMNS": "80", **more}
            command = command_line(dump)
            flags = ["-s" if silent else "--no_scroll", *(["-x"] if extensions else [])]
            environment |= {"CRASH_EXTENSIONS": str(extensions)} if extensions else {}
            try:
                os.execvpe(command[0], [*command[:-2], *flags, *command[-2:]], environment)
            finally:
                os._exit(127)
        self.begin = self.until("crash> ", 200)
        if not extensions:
            self.ask(f"extend {crashes.get(dump.kernel.series.crash).extension}")

    def until(self, what, seconds=60):
        """What comes until some text does; what is behind it comes next."""
        end = time.monotonic() + seconds
        while what not in self.unread:
            ready, _, _ = select.select([self.tty], [], [], max(0, end - time.monotonic()))
            assert ready, f"no {what!r} in {self.unread[-2000:]!r}"
            try:
                self.unread += os.read(self.tty, 65536).decode(errors="replace")
            except OSError:
                raise AssertionError(f"crash has ended: {self.unread[-2000:]!r}") from None
        text, _, self.unread = self.unread.partition(what)
        return text + what

    def type(self, text):
        """Press keys."""
        os.write(self.tty, text.encode())

    def ask(self, command):
        """A command's output: what comes until the next prompt."""
        self.type(command + "\n")
        self.until("\n")
        return PASTING.sub("", self.until("crash> "))

    def resize(self, columns):
        """Somebody pulls at the window."""
        fcntl.ioctl(self.tty, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))

    def alive(self):
        """The prompt is back and works, and no child is left."""
        assert "= 42" in self.ask("p 6*7")
        assert not children(self.pid)

    def settle(self):
        """After a ^C that may have come too late, when crash itself was at its prompt, which it prints again."""
        self.type("!echo =settled=\n")
        self.until("\n=settled=")
        self.until("crash> ")
        self.ask("p 1")  # gdb answers that it was interrupted

    def interrupt(self, command, seconds):
        """Type a command, ^C after some time, and what came of it; None: too late."""
        self.type(command + "\n")
        self.until("\n")
        time.sleep(seconds)
        self.type("\x03")
        said = " ".join(self.until("crash> ").split())  # a terminal wraps lines
        return said if INTERRUPTED.search(said) else self.settle()

    def end(self):
        """It ignores the milder signals."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.tty)


@pytest.fixture(scope="module")
def terminal(dump, tmp_path_factory):
    """One for all tests that press keys."""
    made = Terminal(dump, tmp_path_factory.mktemp("terminal"))
    yield made
    made.end()


def children(pid):
    """The processes that a process has started and not reaped."""
    return pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def resident(pid):
    """KiB of memory."""
    return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text()).group(1))


def descriptors(pid):
    """{number: what it leads to}"""
    return {name: os.readlink(f"/proc/{pid}/fd/{name}") for name in os.listdir(f"/proc/{pid}/fd")}


def interruptions(terminal, command, document=None, most=30):
    """What came of each ^C that met a command on its way, at moments spread over the time that it takes."""
    command += f" > {document}" if document else ""
    terminal.ask(command)  # the first one loads types and owners, which no ^C has to wait for
    start = time.monotonic()
    terminal.ask(command)
    took, caught = time.monotonic() - start, 0
    for attempt in range(most):
        said = terminal.interrupt(command, took * (attempt % 10 + 1) / 12)
        terminal.alive()
        said = document.read_text() if document else said
        if said and INTERRUPTED.search(said):
            caught += 1
            yield said
    assert caught, f"never caught it in {took:.2f} s"


# -x and -C use nothing that an earlier command has kept, so that there is something to interrupt
@pytest.mark.parametrize("command", ("offline -x", "offline -x -w 2", "offblock -C", "offcheck -C"))
def test_interrupt(terminal, command):
    """^C in the middle of a scan: what was found, and how much of it was looked at."""
    for said in itertools.islice(interruptions(terminal, command), 3):
        found = INTERRUPTED.search(said)
        assert int(found.group(1)) < int(found.group(2))
        assert "status: incomplete" in said


def test_interrupted_document(terminal, tmp_path):
    """A document is whole, whatever happened."""
    for text in itertools.islice(interruptions(terminal, "offcheck -C -j", tmp_path / "out"), 3):
        assert text.endswith("}\n") and '"incomplete"' in text


def test_quitting_pager(terminal):
    """q in the pager, in the middle of tens of thousands of rows."""
    terminal.ask("set scroll on")
    for _ in range(3):
        terminal.type("offrange\n")
        terminal.until("PFN")
        time.sleep(0.3)
        terminal.type("q")
        assert not NOISE.search(terminal.until("crash> "))
        terminal.alive()
    terminal.ask("set scroll off")


@pytest.mark.parametrize("end", ("| head -1", "| true", "> /dev/full", "| sleep 0"))
@pytest.mark.parametrize("command", ("offrange", "offrange -a -j", "offline", "offcheck -j", "offblock", "offowner",
                                     "offmap"))
def test_nobody_reads(terminal, command, end):
    """The command ends without a word, unless output is lost that somebody wants."""
    said = " ".join(terminal.ask(f"{command} {end}").split())
    if end == "> /dev/full":
        lost = f"{command.split()[0]}: the output was not written whole: No space left on device"
        assert said.count(lost) == 1, said
        said = said.replace(lost, "")
    assert not NOISE.search(said), said
    terminal.alive()


def lines(text):
    """What a command printed, without the prompt."""
    return text.rpartition("crash> ")[0].replace("\r", "").splitlines()


@pytest.mark.parametrize("columns", (200, 120, 80, 100))
def test_resized_terminal(terminal, columns):
    """Each command fits the terminal as it is now."""
    terminal.resize(columns)
    for command in "offline -v", "offrange", "offrange -v", "offblock -v", "offblock 0", "offowner", "offcheck", "offmap":
        said = lines(terminal.ask(command))
        assert len(said) > 2 and max(map(len, said)) <= columns, (command, said)
    assert any(len(line) > 80 for line in lines(terminal.ask("offline -v"))) == (columns > 80)
    terminal.resize(80)
    terminal.alive()


def test_progress(dump, tmp_path):
    """A terminal that can clear its line is told how far a long walk is, and the line is gone afterwards.

    crash -s is silent, so a Terminal is not told, unless it asks for that.
    """
    terminal = Terminal(dump, tmp_path, silent=False, OFL_PROGRESS_AFTER="0")
    try:
        said = terminal.ask("offline -C -x -w 1")
        assert re.search(r"\r *\d+%, \d+ of \d+ sections, \d+ s left \x1b\[K", said), said
        assert "\r\x1b[K" in said and len(lines(said)) > 2, said
    finally:
        terminal.end()


@pytest.mark.parametrize("more", ({"TERM": "dumb"}, {"TERM": "dumb", "LC_ALL": "C"}, {"TERM": "dumb", "LC_ALL": "POSIX"}))
def test_dumb_terminal(dump, tmp_path, more):
    """Letters of ASCII and nothing that moves a cursor, whatever the locale is, also in walks that take long."""
    terminal = Terminal(dump, tmp_path, silent=False, OFL_PROGRESS_AFTER="0", **more)
    try:
        for command in ("offline -v", "offrange -s", "offcheck", "offblock", "offblock -v 39", "offowner -v", "offmap",
                        "offline -x -w 1", "offline -C -x -w 1"):
            said = terminal.ask(command)
            assert len(lines(said)) > 2 and said.isascii(), (command, said)
            assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", said), (command, said)
        terminal.alive()
    finally:
        terminal.end()


#: An extension whose functions have names of ours.
BESIDE = """
#include "defs.h"
int ofl_version = 42;
char *ofl_terminal_columns(void) { return "beside"; }
void *ofl_view_table(void) { return "its own table"; }
void cmd_beside(void) { fprintf(fp, "%d %s %s\\n", ofl_version, ofl_terminal_columns(), (char *)ofl_view_table()); }
static struct command_table_entry commands[] = { { "beside", cmd_beside, NULL, 0 }, { NULL } };
void __attribute__((constructor)) beside_init(void) { register_extension(commands); }
void __attribute__((destructor)) beside_fini(void) { }
"""


def neighbour(dump, folder, name, more=""):
    """Build an extension that has names of ours, and more text of C."""
    (folder / f"{name}.c").write_text((BESIDE + more).replace("beside", name))
    subprocess.run(["gcc", "-w", "-shared", "-fPIC", "-DX86_64", f"-I{crashes.get(dump.kernel.series.crash).include}",
                    "-o", folder / f"{name}.so", folder / f"{name}.c"], check=True)


@pytest.mark.parametrize("name", ("aside", "zide"))      # before offline.so, and behind it
def test_beside_other_extensions(dump, tmp_path, name):
    """crash -x loads all extensions of a folder: each keeps its names, whichever of them comes first."""
    crash = crashes.get(dump.kernel.series.crash)
    folder = tmp_path / "extensions"
    folder.mkdir()
    neighbour(dump, folder, name)
    (folder / "offline.so").symlink_to(crash.extension)
    for path in pathlib.Path("/usr/lib/crash/extensions").glob("*.so"):
        if path.name != "offline.so" and crash.name == "system":
            (folder / path.name).symlink_to(path)
    terminal = Terminal(dump, tmp_path, extensions=folder)
    try:
        loaded = terminal.ask("extend")
        assert "offline.so" in loaded and f"{name}.so" in loaded, terminal.begin + loaded
        assert f"42 {name} its own table" in terminal.ask(name)
        assert any(line.startswith("status: ") for line in lines(terminal.ask("offblock")))
        if "echo.so" in loaded:
            assert "hello" in terminal.ask("echo hello")
        terminal.ask(f"extend -u {folder}/{name}.so")
        assert any(line.startswith("status: ") for line in lines(terminal.ask("offmap")))
        assert name not in terminal.ask("extend")
        terminal.alive()
    finally:
        terminal.end()


#: What another extension may have of its own: functions of libraries of ours, which crash shows to all extensions.
OF_LIBRARIES = "".join(f"\nvoid *{name}(void) {{ return 0; }}" for name in ("scols_new_table", "json_object_new_object"))


def test_behind_a_library_of_ours(dump, tmp_path):
    """An extension came first that has functions of a library in it: offline.so says so in a line, and nothing crashes."""
    (tmp_path / "extensions").mkdir()
    neighbour(dump, tmp_path / "extensions", "aside", OF_LIBRARIES)
    terminal = Terminal(dump, tmp_path, extensions=tmp_path / "extensions")
    try:
        said = " ".join(terminal.ask(f"extend {crashes.get(dump.kernel.series.crash).extension}").split())
        assert re.search(r"extend: offline.so is not loaded: \S*/aside.so has a function \w+ of its own, which would be called "
                         r"instead of that of lib\S+; load offline.so first, or build it with make STATIC=1", said), said
        assert "offline.so" not in terminal.ask("extend") and "command not found" in terminal.ask("offline")
        assert "42 aside its own table" in terminal.ask("aside")
        terminal.alive()
    finally:
        terminal.end()


def test_before_a_library_of_ours(terminal, dump, tmp_path):
    """The same extension, loaded behind offline.so: both work."""
    neighbour(dump, tmp_path, "behind", OF_LIBRARIES)
    assert "loaded" in terminal.ask(f"extend {tmp_path}/behind.so")
    assert any(line.startswith("status: ") for line in lines(terminal.ask("offblock")))
    assert '"schema": 2' in terminal.ask("offline -j")
    assert "42 behind its own table" in terminal.ask("behind")
    terminal.ask(f"extend -u {tmp_path}/behind.so")
    terminal.alive()


def test_script(dump, tmp_path):
    """SIGINT while a command of a script runs: that command says so, and the script goes on."""
    # a signal may come to a command behind the one that it was for; to the last of those behind it none does
    names, behind = [f"out{number}" for number in range(8)], [f"out{number}" for number in range(8, 16)]
    lines = ["set scroll off", f"extend {crashes.get(dump.kernel.series.crash).extension}", "offcheck -C -j > warm",
             *(f"offcheck -C -j > {name}" for name in (*names, *behind)), "p 6*7 > after", "quit"]
    (tmp_path / "commands").write_text("\n".join(lines) + "\n")
    command = command_line(dump)
    with open(tmp_path / "log", "wb") as log:
        process = subprocess.Popen([*command[:-2], "-s", *command[-2:], "-i", "commands"], cwd=tmp_path, stdout=log,
                                   stderr=log, stdin=subprocess.DEVNULL,
                                   env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "TERM": "dumb",
                                        "HOME": str(tmp_path)})
        try:
            for name in names[::2]:
                while not (tmp_path / name).exists():
                    assert process.poll() is None
                    time.sleep(0.005)
                time.sleep(0.03)  # the handler is ours by now, and the command is not over
                process.send_signal(signal.SIGINT)
            assert process.wait(120) == 0
        finally:
            process.kill()
            process.wait()
    texts = [(tmp_path / name).read_text() for name in (*names, *behind)]
    assert all(text.endswith("}\n") for text in texts)
    assert any(INTERRUPTED.search(text) for text in texts)
    assert not INTERRUPTED.search(texts[-1])
    assert "= 42" in (tmp_path / "after").read_text()


def test_thousand_commands(tmp_path):
    """Memory, descriptors and children are the same after the first hundred and after a thousand."""
    small = dumps.get(kernels.selected()[0], "both", "kdump-zlib")
    crash = Crash(small, tmp_path)
    kinds = ("offline > /dev/null", "offrange -a -j > /dev/null", "offrange -C -p 100000-10ffff > /dev/null",
             "offrange | head -1 > /dev/null", "offline -j > /dev/full", "offrange -p zz > /dev/null",
             "offline -w 2 -x > /dev/null", "offrange -n 99 > /dev/null", "offblock -B 33 > /dev/null",
             "offcheck -p 100000-1000ff > /dev/null")
    try:
        seen = []
        for number in range(100):
            crash.run("\n".join(kinds), 60)
            if number in (9, 99):
                seen.append((resident(crash.process.pid), descriptors(crash.process.pid)))
            assert not children(crash.process.pid)
    finally:
        crash.end()
    (memory, files), (more, others) = seen
    assert others == files
    assert more - memory < 1024, f"{memory} KiB after 100 commands, {more} KiB after 1000"
