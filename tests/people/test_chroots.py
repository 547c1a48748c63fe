# SPDX-License-Identifier: GPL-2.0-or-later
"""The Debian package in a chroot that has nothing of this machine: built, looked at, installed, loaded, removed.

A suite has its own compiler, libraries and crash; each opens a dump of the kernel that its users have.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest

from conftest import ROOT, run

sys.path.insert(0, str(ROOT / "tests/lab"))
from lab import dumps, packages, util  # noqa: E402  (tests/lab is no package)

VERSION = (ROOT / "VERSION").read_text().strip()
#: suite -> the kernel of the dump; bullseye has libbpf 0.3, from before btf_is_enum64()
SUITES = {"bullseye": "5.10", "bookworm": "6.1", "sid": "6.12"}


class Chroot:
    """A suite of Debian with what builds the package, and nothing else."""

    def __init__(self, suite, folder):
        self.folder = folder
        mirror, _ = packages.machine_sources()
        run("mmdebstrap", "--variant=apt", "--dpkgopt=force-unsafe-io", "--aptopt=Acquire::Check-Valid-Until false",
            "--include=ca-certificates", suite, folder, mirror)

    def run(self, command, check=True):
        """What a shell in there printed; its /proc goes with it."""
        done = subprocess.run(["unshare", "--mount", "--fork", "--pid", f"--mount-proc={self.folder}/proc",
                               "chroot", self.folder, "sh", "-ec", command], text=True, capture_output=True, check=False,
                              stdin=subprocess.DEVNULL,
                              env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8", "HOME": "/root"})
        assert not check or done.returncode == 0, (command, done.stdout[-3000:], done.stderr[-3000:])
        return done.stdout + done.stderr

    def give(self, path, name):
        """Put a file of this machine in, without a copy where that can be."""
        try:
            os.link(path, self.folder / name)
        except OSError:
            shutil.copyfile(path, self.folder / name)


@pytest.fixture(params=SUITES)
def suite(request):
    """(name, Chroot, dump) with the package's sources in /package/offline-so and what they need installed"""
    place = util.CACHE / "chroots"
    place.mkdir(parents=True, exist_ok=True)
    folder = place / request.param
    shutil.rmtree(folder, ignore_errors=True)
    dump = dumps.get(SUITES[request.param], "both", "kdump-zlib")
    made = Chroot(request.param, folder)
    try:
        (folder / "package").mkdir()
        run("make", f"BUILD={folder}/package/build", "dist")
        tarball = folder / f"package/build/dist/offline-so-{VERSION}.tar.gz"
        run("tar", "-xzf", tarball, "-C", folder / "package")
        next((folder / "package").glob("offline-so-*")).rename(folder / "package/offline-so")
        made.give(dump.path, "dump")
        made.give(dump.kernel.vmlinux, "vmlinux")
        made.run("apt-get -q update && apt-get -q -y --no-install-recommends install build-essential fakeroot lintian python3")
        made.run("cd /package/offline-so && apt-get -q -y --no-install-recommends build-dep ./")
        yield request.param, made, dump
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def test_package(suite):
    """No error of lintian, and offline-report of the installed package says of the dump what the guest said."""
    name, made, dump = suite
    made.run("cd /package/offline-so && dpkg-buildpackage -us -uc -b")
    said = made.run("cd /package && lintian --allow-root *.deb", check=False)
    assert not re.findall(r"^E: .*", said, re.M), said
    made.run("apt-get -q -y --no-install-recommends install /package/crash-offline_*.deb")
    made.run("offline-report -q -o /report.json /dump /vmlinux || [ -s /report.json ]")
    report = json.loads((made.folder / "report.json").read_text())
    said = {command: document["status"] for command, document in report["documents"].items()}
    if name == "bullseye":    # modules have no BTF before 5.11: whose the pages are is not certain without mod -s
        assert report["status"]["result"] == "incomplete" and all(
            "mod -s" in status["message"] for status in said.values() if status["result"] == "incomplete"), said
    else:
        assert report["status"]["result"] in ("ok", "findings"), (report["failure"], said)
    offline = sum(pages for _, pages in dump.truth["offline"])
    assert report["documents"]["offline"]["totals"]["offline"] == offline, name
    made.run("apt-get -q -y purge crash-offline")
    assert not [path for path in made.folder.glob("usr/lib*/**/offline.so") if pathlib.Path(path).exists()]
