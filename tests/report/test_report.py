# SPDX-License-Identifier: GPL-2.0-or-later
"""offline-report over a crash that replays recordings, and over one that fails in every way."""
import contextlib
import fcntl
import html.parser
import json
import os
import pathlib
import pty
import re
import stat
import struct
import subprocess
import sys
import termios
import xml.etree.ElementTree as ET

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
REPLAY = pathlib.Path(os.environ.get("OFL_BUILD", ROOT / "build")) / "replay"
GOLDEN = ROOT / "tests/golden"
TOOL = ROOT / "tools/offline-report"
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests/lib")]
import fakecrash   # noqa: E402  pylint: disable=wrong-import-position
import schemas     # noqa: E402  pylint: disable=wrong-import-position


class Bench:
    """A folder with a dump, a vmlinux, an extension and a crash."""

    def __init__(self, folder):
        self.folder = folder
        for name in "dump", "vmlinux", "offline.so":
            (folder / name).write_bytes(b"OSRELEASE=6.1.0-made-up\n" if name == "dump" else b"x")

    def crash(self, text):
        """what runs as crash"""
        fakecrash.put(self.folder / "crash", text)

    def replays(self, fixture, last=None):
        """a crash that has this dump; it dies behind the command `last`"""
        fakecrash.put_replaying(self.folder / "crash", REPLAY, fixture, last)

    def says(self, text, status=1):
        """a crash that says this and ends"""
        self.crash(f"#!/bin/sh\ncat <<'END'\n{text}\nEND\nexit {status}\n")

    def run(self, *words, files=("dump", "vmlinux")):
        """-> the run of offline-report"""
        return subprocess.run([TOOL, "--crash", self.folder / "crash", "--extension", self.folder / "offline.so",
                               *(self.folder / name for name in files), *words],
                              capture_output=True, text=True, check=False, timeout=300)

    def report(self, *words, **files):
        """-> (exit status, document); it is valid, and so is each in it"""
        run = self.run(*words, **files)
        document = json.loads(run.stdout)
        wrong = schemas.wrong(document) + [w for each in document["documents"].values() for w in schemas.wrong(each)]
        assert not wrong, wrong
        assert (document["failure"] is None) == (not run.stderr), run.stderr
        return run.returncode, document


@pytest.fixture
def bench(tmp_path):
    """a folder for one test"""
    return Bench(tmp_path)


@pytest.mark.parametrize("fixture, result", (
    ("6.1-both-whole", "ok"), ("6.12-orphaned-whole", "findings"), ("hole-excluded", "incomplete")))
def test_exit_status_is_the_result(bench, fixture, result):
    bench.replays(fixture)
    status, document = bench.report()
    assert document["status"]["result"] == result, document["status"]
    assert status == ("ok", "findings", "incomplete").index(result)
    assert set(document["documents"]) == {"offline", "offrange", "offcheck", "offblock", "offowner"}
    assert document["host"] == document["documents"]["offline"]["host"]


def test_crash_that_dies_in_the_middle_is_incomplete(bench):
    bench.replays("6.1-both-whole", last="offrange")
    status, document = bench.report()
    assert (status, document["status"]["result"]) == (2, "incomplete")
    assert "offblock: no document" in document["status"]["message"]
    assert set(document["documents"]) == {"offline", "offrange"}


@pytest.mark.parametrize("says, cause, mend", (
    ("extend: libsmartcols.so.1: cannot open shared object file: No such file or directory", "library", "libsmartcols1"),
    ("extend: libsnappy.so.1: cannot open shared object file: No such file or directory", "library", "libsnappy1v5"),
    ("offline.so was built for crash 9.0.2 and this is crash 8.0.2: rebuild it", "extension", "defs.h"),
    ("extend: offline.so is not loaded: /x/aside.so has a function scols_new_table of its own", "extension",
     "the other extension"),
    ("extend: /x/offline.so: undefined symbol: nothing", "extension", "this crash"),
    ("extend: /x/offline.so: not an ELF format object file", "extension", "this machine"),
    ("crash: vmlinux and vmcore do not match!", "vmlinux", "6.1.0-made-up"),
    ("crash: /x/vmlinux: no debugging data available", "vmlinux", "debug information"),
    ("crash: /x/dump: not a supported file format", "dump", "kdump"),
    ("crash: seek error: kernel virtual address: ffff  type: page", "dump", "copy it again"),
    ("something new", "crash", "by hand"),
    ("", "crash", "by hand"),
))
def test_what_failed_and_how_to_mend_it(bench, says, cause, mend):
    bench.says(says)
    status, document = bench.report()
    assert (status, document["status"]["result"]) == (3, "failed")
    assert document["failure"]["cause"] == cause, document["failure"]
    assert mend in document["failure"]["mend"], document["failure"]


def kdump(pages=8):
    """a kdump-compressed dump: header, sub header, two bitmaps, descriptors, pages of 100 bytes"""
    block = 4096
    head = bytearray(block)
    head[:8] = b"KDUMP   "
    struct.pack_into("<i", head, 8, 6)
    struct.pack_into("<iiI", head, 428, block, 1, 2)
    sub = b"OSRELEASE=6.1.0-made-up\n".ljust(block, b"\0")
    bitmap = ((1 << pages) - 1).to_bytes(block, "little")
    first = 4 * block + pages * 24
    table = b"".join(struct.pack("<QIIQ", first + 100 * i, 100, 0, 0) for i in range(pages))
    return bytes(head) + sub + bitmap * 2 + table + bytes(100 * pages)


def elf():
    """an ELF dump of one segment"""
    head = b"\x7fELF\2\1\1".ljust(32, b"\0") + struct.pack("<QQIHHH", 64, 0, 0, 64, 56, 1) + bytes(6)
    note = b"OSRELEASE=6.1.0-made-up\n".ljust(4096, b"\0")
    return head + struct.pack("<IIQQQQQQ", 4, 0, 120, 0, 0, len(note), 0, 0) + note


@pytest.mark.parametrize("make", (kdump, elf))
def test_dump_that_was_cut_off(bench, make):
    """crash says nothing of it that could be understood"""
    dump, whole = bench.folder / "dump", make()
    bench.says("")
    for size in len(whole) - 1, len(whole) // 2, 5000:
        if size >= len(whole):
            continue
        dump.write_bytes(whole[:size])
        _, document = bench.report()
        assert document["failure"]["cause"] == "dump" and f"ends at byte {size}," in document["failure"]["message"]
    for text in whole, whole + b"more":
        dump.write_bytes(text)
        assert bench.report()[1]["failure"]["cause"] == "crash"


def test_vmlinux_of_another_kernel(bench):
    """crash says nothing of it that could be understood"""
    bench.says("")
    banner = b"x Linux version %s (made up)\n"
    (bench.folder / "vmlinux").write_bytes(banner % b"%s" + banner % b"6.12.0-other")
    _, document = bench.report()
    assert document["failure"]["cause"] == "vmlinux" and "6.12.0-other" in document["failure"]["message"]
    assert document["failure"]["mend"] == "give the vmlinux of 6.1.0-made-up"
    (bench.folder / "vmlinux").write_bytes(banner % b"6.1.0-made-up")
    assert bench.report()[1]["failure"]["cause"] == "crash"


@pytest.mark.parametrize("gone, cause", (
    ("dump", "dump"), ("vmlinux", "vmlinux"), ("offline.so", "extension"), ("crash", "crash")))
def test_what_is_not_there(bench, gone, cause):
    bench.says("")
    (bench.folder / gone).unlink()
    status, document = bench.report()
    assert (status, document["failure"]["cause"]) == (3, cause)


def test_no_vmlinux_is_installed(bench):
    bench.says("")
    status, document = bench.report(files=("dump",))
    assert (status, document["failure"]["cause"]) == (3, "vmlinux")
    assert "linux-image-6.1.0-made-up-dbg" in document["failure"]["mend"]


def test_crash_that_does_not_end(bench):
    bench.crash("#!/bin/sh\nexec sleep 600\n")
    status, document = bench.report("--timeout", "0.5")
    assert (status, document["failure"]["cause"]) == (3, "crash")
    assert "no end after" in document["failure"]["message"]


def test_command_line_that_is_wrong_is_no_result():
    for words in (), ("--nonsense",), ("--merge",), ("a", "b", "c"):
        run = subprocess.run([TOOL, *words], capture_output=True, text=True, check=False)
        assert run.returncode == 3 and run.stderr.count("\n") == 1 and not run.stdout, run


def test_output_that_is_full_is_said(bench):
    bench.says("")
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    run = subprocess.run(f"{TOOL} --crash {bench.folder}/crash {bench.folder}/dump > /dev/full", shell=True,
                         capture_output=True, text=True, check=False, env=environment)
    assert run.returncode == 3 and "No space left" in run.stderr and "Traceback" not in run.stderr


def output_of(bench, path):
    """-> the run of offline-report with -o"""
    bench.replays("6.1-both-whole", last="offline")
    return bench.run("-o", str(path))


def test_output_is_no_regular_file(bench):
    link = bench.folder / "full"
    link.symlink_to("/dev/full")
    run = output_of(bench, link)
    assert run.returncode == 3 and "No space left" in run.stderr and str(link) in run.stderr, run
    assert link.is_symlink() and stat.S_ISCHR(os.stat("/dev/full").st_mode)
    pipe = bench.folder / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE) as cat:
        assert output_of(bench, pipe).returncode == 2
        assert json.loads(cat.communicate(timeout=60)[0])["command"] == "offline-report"
    assert stat.S_ISFIFO(os.stat(pipe).st_mode)


def test_output_replaces_one_file_only(bench):
    other, out = bench.folder / "other", bench.folder / "out"
    other.write_text("kept")
    (bench.folder / "out.part").symlink_to(other)
    before = set(os.listdir(bench.folder))
    assert output_of(bench, out).returncode == 2 and json.loads(out.read_text())["command"] == "offline-report"
    assert other.read_text() == "kept" and set(os.listdir(bench.folder)) == before | {"out", "crash"}
    out.chmod(0o600)
    link = bench.folder / "link"
    link.symlink_to(out)
    assert output_of(bench, link).returncode == 2 and link.is_symlink() and out.stat().st_mode & 0o777 == 0o600
    nowhere = output_of(bench, bench.folder / "no" / "out")
    assert nowhere.returncode == 3 and "no/out: No such file" in nowhere.stderr, nowhere.stderr


def test_help_and_man_page_have_every_option():
    said = subprocess.run([TOOL, "--help"], capture_output=True, text=True, check=True).stdout
    page = (ROOT / "man/offline-report.1").read_text().replace("\\-", "-")
    options = {word for line in said.splitlines() for word in re.findall(r"(?<![\w-])--[a-z-]*[a-z]\b(?!-)", line)}
    assert len(options) > 6 and all(option in page for option in options), options


# ---- a fleet ----

@pytest.fixture(scope="module")
def fleet(tmp_path_factory):
    """a folder of documents: three dumps, a failure, a file that is none, and a host that means harm"""
    folder = tmp_path_factory.mktemp("fleet")
    for fixture in "6.1-both-whole", "6.12-orphaned-whole", "6.1-vmware-2m-whole":
        bench = Bench(tmp_path_factory.mktemp(fixture))
        bench.replays(fixture)
        (folder / f"{fixture}.json").write_text(bench.run().stdout)
    bench = Bench(tmp_path_factory.mktemp("failed"))
    bench.says("crash: vmlinux and vmcore do not match!")
    (folder / "failed.json").write_text(bench.run().stdout)
    (folder / "other.json").write_text("{}")
    document = json.loads((folder / "6.1-both-whole.json").read_text())
    document["host"]["nodename"] = "<script>alert(1)</script>\x1b[31m\"'"
    (folder / "hostile.json").write_text(json.dumps(document))
    return folder


def merged(fleet, *words):
    """-> the run of --merge over the fleet"""
    return subprocess.run([TOOL, "--merge", *words, *sorted(fleet.glob("*.json"))], capture_output=True, text=True,
                          check=False)


def test_merged_table(fleet):
    run = merged(fleet)
    head, *lines = run.stdout.splitlines()
    assert run.returncode == 3 and head.split()[:3] == ["HOST", "KERNEL", "DATE"]
    row, = (line for line in lines if line.startswith("6.1-both-whole.json"))
    assert "348M" in row and "2G" in row and "17.0%" in row and "3 of 16" in row, row
    assert lines[-1].startswith("6 dumps: ") and lines[-1].endswith(", 2 failed")
    assert {line.split()[0] for line in lines[:2]} == {"failed.json", "other.json"}, lines      # nobody overlooks them
    assert any(line.startswith("failed.json") and "do not match" in line for line in lines)
    assert all(line.split()[3:8] == ["-"] * 5 for line in lines[:2]), lines                     # nothing is not 0
    assert "2 dumps are not in these sums." in run.stdout
    assert any(line.startswith("CAUSE") and "SIZE OF BLOCKS" in line for line in lines)
    assert "\x1b" not in run.stdout


@pytest.mark.parametrize("columns", (80, 120, 200))
def test_merged_table_fits_a_terminal(fleet, columns):
    """Nothing of it is lost: the words are those that a pipe gets."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    environment = {key: value for key, value in os.environ.items() if key not in ("COLUMNS", "LINES")}
    with subprocess.Popen([TOOL, "--merge", *sorted(fleet.glob("*.json"))], stdout=theirs, stderr=subprocess.PIPE,
                          env=environment) as run:
        os.close(theirs)
        said = b""
        with contextlib.suppress(OSError):      # EIO, when the other end is closed
            while part := os.read(ours, 65536):
                said += part
        assert run.wait() == 3 and not run.stderr.read()
    os.close(ours)
    text = said.decode().replace("\r", "")
    assert max(map(len, text.splitlines())) <= columns, text
    assert sorted(text.split()) == sorted(merged(fleet).stdout.split())


def test_unknown_is_not_ok(fleet, tmp_path):
    """Blocks and pages that nothing is known of are counted as such, and a share is a lower limit then."""
    bench = Bench(tmp_path)
    bench.replays("screens-hole")
    (tmp_path / "hole.json").write_text(bench.run().stdout)
    run = subprocess.run([TOOL, "--merge", "-o", tmp_path / "page.html", tmp_path / "hole.json", fleet / "6.1-both-whole.json"],
                         capture_output=True, text=True, check=False)
    row, = (line for line in run.stdout.splitlines() if line.startswith("hole.json"))
    assert "1 of 16, 15 unknown" in row and "2047M" in row and "at least 0.0%" in row and "incomplete" in row, row
    assert "nothing is known of 2047M" in run.stdout and "2 dumps: 1 ok, 1 incomplete" in run.stdout, run.stdout
    page = (tmp_path / "page.html").read_text()
    assert page.count('<tr class="incomplete"') == 1 and "offline: incomplete" in page
    assert "1 of 16, 15 unknown" in page and "nothing is known of 2047M" in page


def test_causes_are_sorted_by_size(fleet):
    text = merged(fleet).stdout
    rows = [line.split() for line in text[text.index("\nCAUSE"):].strip().partition("\n\n")[0].splitlines()[1:]]
    unit = {u: 1024 ** i for i, u in enumerate("BKMGT")}
    sizes = [float(row[2][:-1]) * unit[row[2][-1]] for row in rows]
    assert len(sizes) > 3 and sizes == sorted(sizes, reverse=True)


def test_page_is_self_contained_and_harmless(fleet, tmp_path):
    page = tmp_path / "fleet.html"
    merged(fleet, "-o", page)
    text = page.read_text()
    assert "<script>alert" not in text and "\x1b" not in text
    assert "default-src 'none'" in text
    assert not any(word in text for word in ("http://", "https://", " src=", "<link", "@import", "url("))
    assert text.count(" data-text=") == 6 and text.count('<tr class="failed"') == 2 and text.count("<svg viewBox=") > 6
    assert merged(fleet, "-o", page).returncode == 3 and page.read_text() == text    # the same bytes


# ---- a dump that means harm ----

#: A title, C1 in one byte and in two, no UTF-8, right to left, a tag, an end of CDATA, an attribute's end.
HARM = (b"6.1\x1b]0;t\x07\x9b2J\xc2\x9b2J\xff\xe2\x80\xae\xef\xbf\xbf<i onload=x>]]>\"' onload='x <b c=\"&amp;"
        b"<img src=x>\r\t\b\x7f")


class Tags(html.parser.HTMLParser):
    """The tags and attributes of a page."""

    def __init__(self):
        super().__init__()
        self.seen = set()

    def handle_starttag(self, tag, attrs):
        self.seen |= {tag, *(f"{tag} {name}" for name, _ in attrs)}


def tags(text):
    """-> {tag, tag attribute}"""
    parser = Tags()
    parser.feed(text)
    return parser.seen


def is_plain(text):
    """nothing that a terminal does not just show"""
    return all(c == "\n" or c.isprintable() for c in text) and not set(text) & set("\x9b\u202e\uffff")


@pytest.fixture(name="harmful")
def make_harmful(tmp_path):
    """a recording whose texts mean harm, also such of 64 KiB"""
    for fixture in "6.1-both-whole", "6.1-unplug":
        (tmp_path / f"{fixture}.fixture").write_bytes((GOLDEN / f"{fixture}.fixture").read_bytes())

    def harmful(fixture, harm):
        lines = [b"include %s.fixture" % fixture.encode(), b"release " + harm, b"nodename " + harm, b"crash " + harm,
                 b"vmcoreinfo OSRELEASE=" + harm]
        # what iomem calls memory, and what modules call their functions
        names = re.findall(rb"^symbol_(?:at|in) ([0-9a-f]+) ", (GOLDEN / f"{fixture}.fixture").read_bytes(), re.M)
        lines += [b"symbol_%s %s %s" % (kind, kva, harm) for kva in names for kind in (b"at", b"in")]
        path = tmp_path / "harmful.fixture"
        path.write_bytes(b"\n".join(lines) + b"\n")
        return path
    return harmful


@pytest.mark.parametrize("harm", (HARM, HARM * 400), ids=("short", "64KiB"))
def test_harmful_dump(bench, harmful, tmp_path, harm):
    """Document, messages, table, page and picture of such a dump do nothing but say what it holds."""
    path = harmful("6.1-both-whole", harm)
    bench.replays(path)
    (bench.folder / "dump").write_bytes(b"OSRELEASE=" + harm + b"\n")
    run = bench.run()
    assert is_plain(run.stdout + run.stderr) and run.stdout.isascii()
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "one.json").write_text(run.stdout)
    # a crash that dies over it, with the dump's bytes as its last words
    bench.says("crash: " + harm.replace(b"'", b"").decode("latin-1"))
    run = bench.run()
    assert is_plain(run.stdout + run.stderr)
    (documents / "two.json").write_text(run.stdout)
    page = tmp_path / "page.html"
    table = merged(documents, "-o", page)
    assert is_plain(table.stdout + table.stderr)
    text = page.read_text()
    assert is_plain(text)
    good = tmp_path / "good"
    good.mkdir()
    bench.replays("6.1-both-whole")
    (good / "one.json").write_text(bench.run().stdout)
    bench.says("crash: no")
    (good / "two.json").write_text(bench.run().stdout)
    merged(good, "-o", tmp_path / "good.html")
    assert tags(text) == tags((tmp_path / "good.html").read_text())


@pytest.mark.parametrize("options", ([], ["-w"]))
def test_harmful_picture(harmful, tmp_path, options):
    """A picture stays an XML document of the same elements."""
    found = []
    for name, fixture in ("good", GOLDEN / "6.1-both-whole.fixture"), ("bad", harmful("6.1-both-whole", HARM)):
        picture = tmp_path / f"{name}.svg"
        subprocess.run([REPLAY, fixture, "offmap", "-g", picture, *options], capture_output=True, check=True)
        assert is_plain(picture.read_text())
        found.append({(e.tag, *sorted(e.keys())) for e in ET.parse(picture).iter()})
    assert found[0] == found[1]
