# SPDX-License-Identifier: GPL-2.0-or-later
"""The Debian package and the RPM: built, looked at, installed, loaded, removed."""
import os
import pathlib
import re
import shutil
import subprocess

import pytest

from conftest import ROOT, run

CACHE = pathlib.Path(os.environ.get("OFL_CACHE", ROOT / ".cache"))
#: errors of rpmlint that are none, and a word that they must have
ALLOWED = {
    "no-signature": "", "no-packager-tag": "",      # of what a distribution adds when it builds it
    "no-group-tag": "",                             # Fedora's packages have none
    "bad-manual-page-folder": "offline.so.7",       # which it takes for a page of section "so"
}
VERSION = (ROOT / "VERSION").read_text().strip()


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """the tarball of make dist, unpacked"""
    folder = tmp_path_factory.mktemp("package")
    run("make", f"BUILD={folder}/build", "dist")
    tarball = folder / f"build/dist/offline-so-{VERSION}.tar.gz"
    run("tar", "-xzf", tarball, "-C", folder)
    return folder / f"offline-so-{VERSION}", tarball


@pytest.fixture(scope="module")
def deb(sources):
    """the Debian package"""
    folder, _ = sources
    run("dpkg-buildpackage", "-us", "-uc", "-b", cwd=folder)
    return next(folder.parent.glob("crash-offline_*.deb"))


def test_lintian_has_no_error(deb):
    said = subprocess.run(["lintian", "--allow-root", deb], capture_output=True, text=True, check=False).stdout
    assert not [line for line in said.splitlines() if line.startswith("E:")], said


def test_deb_needs_the_major_version_of_this_crash(deb):
    major = int(re.search(r"^crash (\d+)", run("crash", "--version"), re.M)[1])
    depends = run("dpkg-deb", "-f", deb, "Depends")
    assert f"crash (>= {major}~)" in depends and f"crash (<< {major + 1}~)" in depends


def test_deb_is_installed_loaded_and_removed(deb, tmp_path):
    """offline-report finds what the package installed, and nothing of it stays."""
    dump = next(CACHE.glob("dumps/6.1.*/both-*/dump.kdump"), None)
    assert dump, "no dump of 6.1 in the cache: make check makes one"
    vmlinux = CACHE / "kernels" / dump.parts[-3] / "vmlinux"
    run("dpkg", "-i", deb)
    try:
        there = run("dpkg", "-L", "crash-offline").split()
        run("offline-report", "-q", "-o", tmp_path / "report.json", dump, vmlinux)
    finally:
        run("dpkg", "-P", "crash-offline")
    assert not [path for path in there if os.path.isfile(path)]


def test_rpm(sources, tmp_path):
    """rpmbuild makes one here, too, where no RPM of what it needs is installed."""
    _, tarball = sources
    (tmp_path / "SOURCES").mkdir()
    shutil.copy(tarball, tmp_path / "SOURCES")
    run("rpmbuild", "-bb", "--nodeps", f"--define=_topdir {tmp_path}", ROOT / "packaging/offline-so.spec")
    rpm = next(tmp_path.glob("RPMS/*/crash-offline-1*.rpm"))
    requires = run("rpm", "-qp", "--requires", rpm)
    major = int(re.search(r"^crash (\d+)", run("crash", "--version"), re.M)[1])
    assert f"crash >= {major}\n" in requires and f"crash < {major + 1}\n" in requires, requires
    assert "extensions/offline.so" in run("rpm", "-qpl", rpm)
    said = subprocess.run(["rpmlint", rpm, ROOT / "packaging/offline-so.spec"], capture_output=True, text=True, check=False)
    errors = re.findall(r": E: (\S+)(.*)", said.stdout)
    assert "1 packages and 1 specfiles checked" in said.stdout, said.stdout + said.stderr
    assert not [error for error in errors if error[0] not in ALLOWED or ALLOWED[error[0]] not in error[1]], said.stdout
    assert VERSION in (ROOT / "packaging/offline-so.spec").read_text()
    assert f"({VERSION})" in (ROOT / "debian/changelog").read_text()
