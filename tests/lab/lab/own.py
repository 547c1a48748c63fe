# SPDX-License-Identifier: GPL-2.0-or-later
"""Kernels that Debian does not build: from its linux-source packages, a recipe file each.

A recipe says which package, which kernel parameters, and the options; tests/lab/recipes/common.config
and the compiler's tinyconfig are under it. A kernel takes half an hour of two processors, and is kept.
A build that is broken off begins again where it was, if there is ccache.
"""

import hashlib
import os
import re
import shutil

from .packages import Apt
from .util import LAB, LabError, progress, run

RECIPES = LAB / "recipes"
COMMON = RECIPES / "common.config"
#: programs of the build that a machine may not have
TOOLS = ("flex", "bison", "bc")
#: parts of the sources that no such kernel has
LEFT_OUT = ("arch/[ahlmnprs]*", "drivers/gpu/drm/*/*", "drivers/net/*/*", "drivers/media/*", "sound/*/*", "tools/testing/*")


def text_of(name):
    """A recipe."""
    return (RECIPES / f"{name}.config").read_text()


def word(name, key):
    """What a comment of a recipe says: `# key: words`; empty: nothing."""
    found = re.search(rf"^# {key}: (.*)$", text_of(name), re.MULTILINE)
    return found.group(1) if found else ""


def key(name):
    """Changes with the recipe; a release ends with it."""
    return hashlib.sha256((COMMON.read_text() + text_of(name)).encode()).hexdigest()[:6]


def resolve(name):
    """The kernel of a recipe, as the archive has its sources today."""
    package = word(name, "source")
    version = Apt().versions((package,)).get(package)
    if not version:
        raise LabError(f"recipe {name}: the archive has no package {package}")
    return {"release": f"{re.split('[-+~]', version)[0]}-{name.split('-')[0]}-{key(name)}", "package": f"{package}={version}"}


def _options(config):
    """{option: value} of a .config or a recipe; an option that is not set is "n"."""
    found = dict(re.findall(r"^(CONFIG_\w+)=(.*)$", config, re.MULTILINE))
    return {**dict.fromkeys(re.findall(r"^# (CONFIG_\w+) is not set$", config, re.MULTILINE), "n"), **found}


def _configure(make, place, name, release):
    """Write .config, and make sure that Kconfig took every line."""
    wanted = COMMON.read_text() + text_of(name)
    run((*make, "tinyconfig"))
    with open(place / ".config", "a") as config:
        config.write(f'{wanted}CONFIG_LOCALVERSION="-{release.split("-", 1)[1]}"\n')
    run((*make, "olddefconfig"))
    there = _options((place / ".config").read_text())
    ignored = [option for option, value in _options(wanted).items() if there.get(option, "n") != value]
    if ignored:
        raise LabError(f"recipe {name}: Kconfig does not take {' '.join(ignored)}")


def unpack(name, found, work):
    """Build it, and lay it out as kernels.Kernel names it."""
    missing = [tool for tool in TOOLS if not shutil.which(tool)]
    if missing:
        raise LabError(f"recipe {name}: to build a kernel, install {' '.join(missing)}")
    sources, place = work / "sources", work / "build"
    for folder in (sources, place, work / "modules", work / "debug"):
        folder.mkdir()
    Apt().unpack([found["package"]], work, ("*.tar.xz",))
    archive = next(work.rglob("linux-source-*.tar.xz"))
    run(("tar", "-xJf", archive, "-C", sources, "--strip-components=1", "--exclude=*.dts*",
         *(f"--exclude={found['package'].split('=')[0]}/{part}.[cSh]" for part in LEFT_OUT)))
    archive.unlink()
    compiler = ("CC=ccache gcc",) if shutil.which("ccache") else ()
    make = ("make", "-s", "-C", sources, f"O={place}", f"-j{os.cpu_count()}", *compiler)
    _configure(make, place, name, found["release"])
    progress(f"building {found['release']}")
    run((*make, "bzImage"))
    (place / "arch/x86/boot/bzImage").rename(work / "vmlinuz")
    run(("objcopy", "--remove-relocations=*", place / "vmlinux", work / "vmlinux"))
    for folder in (sources, place, work / "usr"):
        shutil.rmtree(folder)
