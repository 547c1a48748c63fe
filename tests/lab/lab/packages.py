# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian packages from suites the machine itself does not use.

The machine's own apt says where its mirror is.  Our sources list names the same
mirror with more suites, and lives with its own state in the cache folder, so
that nothing outside the cache changes.
"""

import os
import pathlib
import re
import shutil
import subprocess
import tarfile
import tempfile
import time

from .util import CACHE, LabError, lock, natural, new_folder, progress, run

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
SUITES = ("bullseye", "bookworm", "bookworm-backports", "trixie", "trixie-backports", "sid")
SECURITY_SUITES = ("bookworm-security",)
FOREIGN_SUITES = ("bookworm",)  # mirrors are slow to bring the smaller ports up to date elsewhere
NATIVE = "amd64"
FRESH_SECONDS = 24 * 3600  # packages leave the archive when a newer version comes
TARGETS = ("apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE)",
           "Created-By: Packages", "Origin: Debian")


def machine_sources():
    """(main archive URI, security archive URI) as this machine reaches them."""
    lines = run(TARGETS).split("\n")
    if not any(lines):  # apt names only indexes it holds: fetch them, but not into /var
        with tempfile.TemporaryDirectory() as state:
            own = ("-o", f"Dir::State={state}", "-o", f"Dir::Cache={state}", "-o", "APT::Sandbox::User=")
            run(("apt-get", *own, "-q", "update"))
            lines = run((*TARGETS, *own)).split("\n")
    found = dict(reversed(line.split(" ", 1)) for line in lines if " " in line)
    main = next((uri for suite, uri in found.items() if "-" not in suite), None)
    security = next((uri for suite, uri in found.items() if suite.endswith("-security")), None)
    if not main:
        raise LabError("apt has no Debian archive configured: cannot tell where to fetch kernels from")
    return main, security


class Apt:
    """apt with its own sources, state and cache, for one Debian architecture."""

    kind = "deb"

    def __init__(self, architecture=NATIVE):
        self.architecture = architecture
        self.suites = SUITES if architecture == NATIVE else FOREIGN_SUITES
        self.security_suites = SECURITY_SUITES if architecture == NATIVE else ()
        self.folder = CACHE / ("apt" if architecture == NATIVE else f"apt-{architecture}")
        self.config = self.folder / "apt.conf"

    def _prepare(self):
        """Write the configuration and fetch the indexes, unless those of today are there."""
        with lock(self.folder.name):
            if self._is_fresh():
                return
            with new_folder(self.folder) as work:
                self._write(work, work)
                suites = ", ".join((*self.suites, *self.security_suites))
                progress(f"fetching package indexes of {suites} for {self.architecture}")
                run(("apt-get", "-q", "update"), env=self._environment(work / "apt.conf"))
                self._write(work, self.folder)

    def _is_fresh(self):
        """Are the indexes there of today, and of all suites that this tree asks?"""
        if not self.config.exists() or time.time() - self.config.stat().st_mtime >= FRESH_SECONDS:
            return False
        there = set((self.folder / "sources.list").read_text().split())
        return there.issuperset(self.suites) and there.issuperset(self.security_suites)

    def _write(self, work, folder):
        """The configuration in `work`, naming its files as they will be in `folder`."""
        main, security = machine_sources()
        pairs = [(main, suite) for suite in self.suites]
        pairs += [(security, suite) for suite in self.security_suites if security]
        for name in ("state/lists/partial", "cache/archives/partial"):
            (work / name).mkdir(parents=True, exist_ok=True)
        (work / "state/status").touch()
        (work / "sources.list").write_text("".join(
            f"{self.kind} [signed-by={KEYRING}] {uri} {suite} main\n" for uri, suite in pairs))
        options = {
            "Dir::State": folder / "state", "Dir::State::status": folder / "state/status",
            "Dir::Cache": folder / "cache", "Dir::Etc::sourcelist": folder / "sources.list",
            "Dir::Etc::sourceparts": "/dev/null", "Dir::Etc::preferences": "/dev/null",
            "Dir::Etc::preferencesparts": "/dev/null", "Acquire::Languages": "none",
            "APT::Sandbox::User": "", "APT::Architecture": self.architecture,
            # a mirror that lags behind still has kernels to test; signatures count
            "Acquire::Check-Valid-Until": "false",
        }
        (work / "apt.conf").write_text("".join(f'{key} "{value}";\n' for key, value in options.items()))

    @staticmethod
    def _environment(config):
        return {**os.environ, "APT_CONFIG": str(config), "LC_ALL": "C"}

    def _apt(self, *words, **options):
        self._prepare()
        return run(words, env=self._environment(self.config), **options)

    def names(self, prefix):
        """Every package name that begins so."""
        return set(self._apt("apt-cache", "pkgnames", prefix).split())

    def versions(self, packages, suite=None):
        """{package: the version that would be installed}; unknown packages are left out."""
        target = ("-t", suite) if suite else ()
        text = self._apt("apt-cache", *target, "policy", *packages)
        found = re.findall(r"^(\S+):\n  Installed: .*\n  Candidate: (\S+)", text, re.MULTILINE)
        return {name: version for name, version in found if version != "(none)"}

    def closure(self, packages, suite):
        """The packages and all they depend on."""
        text = self._apt("apt-cache", "-t", suite, "--recurse", "--no-recommends", "--no-suggests",
                         "--no-conflicts", "--no-breaks", "--no-replaces", "--no-enhances",
                         "depends", *packages)
        return sorted({line for line in text.splitlines() if re.match(r"[a-z0-9]", line)})

    def unpack(self, packages, target, patterns, suite=None):
        """Fetch packages and unpack the paths that match; the packages are not kept."""
        target_suite = ("-t", suite) if suite else ()
        with tempfile.TemporaryDirectory(dir=CACHE, prefix=".debs.") as folder:
            progress("fetching " + " ".join(packages))
            self._apt("apt-get", "-q", *target_suite, "download", *packages, cwd=folder)
            for deb in sorted(pathlib.Path(folder).glob("*.deb")):
                _unpack_one(deb, target, patterns)
                deb.unlink()


class Sources(Apt):
    """The same for source packages, of which few are wanted: with indexes of its own."""

    kind = "deb-src"

    def __init__(self, suites):
        super().__init__()
        self.suites, self.security_suites, self.folder = suites, (), CACHE / "apt-sources"
        self.config = self.folder / "apt.conf"

    def download(self, package, suite, folder):
        """The files of a source package, as they are in the archive."""
        progress(f"fetching the sources of {package} from {suite}")
        self._apt("apt-get", "-q", "--download-only", "source", f"{package}/{suite}", cwd=folder)


def _unpack_one(deb, target, patterns):
    """Unpack the members that match, in one pass: a kernel's debug package holds 1.7 GB."""
    with subprocess.Popen(("dpkg-deb", "--fsys-tarfile", deb), stdout=subprocess.PIPE) as unpacker:
        with tarfile.open(fileobj=unpacker.stdout, mode="r|") as members:
            for member in members:
                if not member.isdir() and any(pathlib.PurePath(member.name).match(p) for p in patterns):
                    members.extract(member, target)
        unpacker.stdout.read()
    if unpacker.returncode:
        raise LabError(f"{deb.name}: dpkg-deb could not unpack it")


def newest_kernel(apt, series, flavour="cloud-amd64", build=""):
    """(release, image packages, debug package) of the newest kernel of a series and a flavour.

    Point versions come and go in the archive, and one without its debug package is
    of no use here.  Where a whole 7.x series has gone the newest 7.x takes its place.
    `build` is the one that is wanted: of a suite that gets no more point releases it stays.
    """
    names = apt.names("linux-")
    patterns = [re.escape(build) if build else re.escape(series) + r"\.\S*"]
    if series.startswith("7.") and not build:
        patterns.append(r"7\.\d+\.\S*")
    for pattern in patterns:
        wanted = re.compile(rf"linux-image-({pattern}-{flavour})-dbg")
        releases = [m.group(1) for m in map(wanted.fullmatch, names) if m]
        for release in sorted(releases, key=natural, reverse=True):
            debug = f"linux-image-{release}-dbg"
            split = [f"linux-binary-{release}", f"linux-modules-{release}"]
            image = split if names.issuperset(split) else [f"linux-image-{release}"]
            versions = apt.versions((debug, *image))
            if len(versions) == 1 + len(image) and len(set(versions.values())) == 1:
                return release, image, debug
    raise LabError(f"no {series} kernel {flavour} with debug symbols in {', '.join(apt.suites)}")


def remove(path):
    """Delete a file or a folder that may be absent."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
