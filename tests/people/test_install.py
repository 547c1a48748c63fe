# SPDX-License-Identifier: GPL-2.0-or-later
"""make install, make uninstall, make STATIC=1, make dist; and the man pages."""
import re
import subprocess
import tarfile

import pytest

from conftest import ROOT, run


def files(folder):
    """-> what lies below a folder"""
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()}


def assert_docs_are_there(root, prefix):
    """Every file of docs/ that a page or the extension names is where they say it is."""
    extension = next((root / prefix[1:]).rglob("offline.so"))
    assert f"{prefix}/share/doc/offline-so/docs".encode() + b"\0" in extension.read_bytes()
    page = (root / prefix[1:] / "share/man/man7/offline.so.7").read_text().replace("\\-", "-")
    docs, = re.findall(r"(/\S*/docs)$", page, re.M)
    schema, = re.findall(r"(/\S*/schema)$", page, re.M)
    named = {name for path in (root / prefix[1:]).rglob("man7/*.7") for name in re.findall(r"docs/([a-z/]+\.md)", path.read_text())}
    assert {"kernels.md", "holders.md", "output.md"} <= named
    for name in named | {name.decode() for name in re.findall(rb"docs/([a-z/]+\.md)", extension.read_bytes())}:
        assert (root / docs[1:] / name).is_file(), name
    assert (root / schema[1:] / "offblock.json").is_file()


@pytest.mark.parametrize("prefix", ("/usr", "/usr/local"))
def test_install_and_uninstall(build, tmp_path, prefix):
    words = ("make", f"BUILD={build}", f"DESTDIR={tmp_path}", f"PREFIX={prefix}")
    (tmp_path / "usr/share/man/man7").mkdir(parents=True)
    (tmp_path / "usr/share/man/man7/other.7").write_text("")
    said = run(*words, "install")
    at = files(tmp_path / prefix[1:]) - {"share/man/man7/other.7"}
    assert sum(name.endswith("crash/extensions/offline.so") for name in at) == 1
    assert {"bin/offline-report", "share/man/man1/offline-report.1", "share/man/man7/offline.so.7",
            "share/man/man7/offblock.7", "share/offline-so/schema/offblock.json",
            "share/offline-so/schema/offline-report.json", "share/doc/offline-so/docs/output.md"} <= at, at
    assert ("crash does not look there" in said) == (prefix != "/usr")
    run(tmp_path / prefix[1:] / "bin/offline-report", "--help")
    assert_docs_are_there(tmp_path, prefix)
    run(*words, "uninstall")
    assert files(tmp_path) == {"usr/share/man/man7/other.7"}


def test_static_needs_libc_only_but_for_what_has_no_archive(build, tmp_path):
    said = run("make", f"BUILD={tmp_path}", "STATIC=1", tmp_path / "offline.so")
    told = re.search(r"STATIC=1: offline.so needs (.*) beside libc", said)[1].split()
    shared = {re.match(r"lib(.*?)\.so", name)[1] for name in told if name != "nothing"}
    assert bool(shared) == ("fits into a shared object" in said)
    needed = re.findall(r"NEEDED.*\[lib(.*?)\.so", run("readelf", "-d", tmp_path / "offline.so"))
    assert set(needed) - {"c"} == shared, (needed, shared)
    assert not shared & {"json-c", "deflate", "lzo2"}, shared       # Debian's archives of these fit
    exported = run("nm", "-D", "--defined-only", tmp_path / "offline.so").split()[2::3]
    assert not [name for name in exported if not name.startswith("_")], exported
    assert build


def test_man_pages(build):
    pages = [*sorted((build / "man").glob("*.7")), ROOT / "man/offline-report.1"]
    assert len(pages) > 6
    for page in pages:
        done = subprocess.run(["man", "--warnings", "-l", page], capture_output=True, text=True, check=False,
                              env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "MANWIDTH": "80"})
        assert done.returncode == 0 and not done.stderr, (page, done.stderr)
        assert not [line for line in done.stdout.splitlines() if len(line) > 80], page
        lint = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", page], capture_output=True, text=True,
                              check=False).stdout.splitlines()
        assert not [line for line in lint if "missing date" not in line], lint
        for part in "NAME", "SYNOPSIS", "DESCRIPTION", "EXIT STATUS", "EXAMPLES", "SEE ALSO":
            assert f"\n{part}\n" in done.stdout, (page, part)


def test_tarballs_have_what_builds(build, tmp_path):
    run("make", f"BUILD={tmp_path}", "dist")
    for name in (tmp_path / "dist").glob("*.tar.gz"):
        with tarfile.open(name) as tar:
            names = tar.getnames()
        top = {each.split("/")[0] for each in names}
        if name.name.endswith("-crash.tar.gz"):
            assert top == {"offline.c", "offline.mk", "offline-so"} and "offline-so/src/view/view.c" in names
        else:
            assert len(top) == 1 and f"{top.pop()}/tests/unit/test_view.c" in names
    assert build
