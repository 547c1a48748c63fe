# SPDX-License-Identifier: GPL-2.0-or-later
"""Whose pages: every PageOffline page has an owner, and the owners' records agree with QEMU's."""

import dataclasses
import json
import re
from collections import Counter

import pytest

from lab import crashes, dumps, kernels
from lab import truth as t
from lab.session import Session
from lab.util import run

ORPHANED = "orphaned"


def _devices(document, driver):
    return [device for device in document["devices"] if device["owner"] == driver]


def _owned(document):
    """{driver: pages} of the table of sections."""
    owned = Counter()
    for section in document["sections"]:
        owned.update(section["owners"])
    return owned


def test_every_page_has_an_owner(dump, documents, truth):
    """By section as many pages as the guest itself said, and no orphan but where the driver left."""
    document = documents["offowner.json"]
    by_section = Counter(pfn >> t.SECTION_SHIFT for pfn in t.pfns(truth["offline"]))
    assert {section["nr"]: section["offline"] for section in document["sections"] if section["offline"]} == by_section
    assert sum(_owned(document).values()) == sum(by_section.values())
    assert ("orphan" in _owned(document)) == (ORPHANED in dump.name)


def test_records_and_pages_agree(documents):
    """Each device's own records account for each of its pages."""
    for device in documents["offowner.json"]["devices"]:
        assert device["difference"] in (0, None) or device["explained_by"], device


def test_virtio_mem_is_what_qemu_plugged(dump, documents, truth):
    """Devices are told apart, and each has plugged what QEMU says."""
    found = _devices(documents["offowner.json"], "virtio_mem")
    told = sorted(device["counters"]["plugged_size"] for device in found if "plugged_size" in device["counters"])
    if ORPHANED in dump.name:
        assert told == []
    else:
        assert told == sorted(device["data"]["size"] for device in truth["memory_devices"])


def test_balloon_is_what_qemu_took(documents, truth):
    """The balloon holds what the host gave up."""
    taken = truth["boot_bytes"] - truth["balloon"]["actual"]
    balloons = _devices(documents["offowner.json"], "virtio_balloon")
    assert sum(device["found"] for device in balloons) * t.PAGE == taken
    assert all(device["counters"]["num_pages"] * 4096 == device["found"] * t.PAGE for device in balloons)


def test_findings(dump, documents):
    """Sound records make no finding; pages whose driver left are one."""
    findings = documents["offcheck.json"]["findings"]
    if ORPHANED in dump.name:
        assert {finding["severity"] for finding in findings} == {"warning"}
        assert sum(finding["pages"] for finding in findings) >= _owned(documents["offowner.json"])["orphan"]
    else:
        assert findings == []


#: How the drivers' types may be had, or not; each must come to the same owners.
SITUATIONS = {
    "debuginfo": ((), ("mod -s virtio_mem {debug}/virtio_mem.ko", "mod -s virtio_balloon {debug}/virtio_balloon.ko")),
    "no_modules": (("--no_modules",), ()),
}


#: How often the first command of a session may ask gdb about types, by situation: 40 ms for some of the names.
MOST_ASKED = {"debuginfo": 70, "no_modules": 1, "untyped": 34}


def _asked(out, situation):
    """The first command asked gdb no more than it may, and the one after it nothing."""
    first, again = (int((re.search(r"^GDB +asked about types (\d+) times?$", out[name], re.M) or (0, 0))[1])
                    for name in ("first", "again"))
    assert again == 0
    assert MOST_ASKED[situation] * 3 // 4 <= first <= MOST_ASKED[situation], (situation, first)


def _pages_are_those_of(truth, document):
    """The central promise, with owners' words or without."""
    assert not t.differences(t.pfns(t.ranges(document)), t.pfns(truth["offline"]))
    assert document["totals"]["unknown"] == 0


@pytest.mark.parametrize("series", [series for series in (*kernels.selected(), *kernels.brief())
                                    if kernels.SERIES[series].untyped])
def test_without_types(series, tmp_path):
    """A kernel whose dumps have no types of modules: the same owners, no error, and one hint what would tell more."""
    dump = dumps.get(series, "both", "kdump-zlib")
    extend = f"extend {crashes.get(dump.kernel.series.crash).extension}"
    out = Session(dump, {"poor.json": f"{extend}\noffowner -j", "check.json": "offcheck -j", "block.json": "offblock -j",
                         "range.json": "offrange -j", "first": "\n".join((*dump.kernel.types, "offline -v")), "again": "offline -v",
                         "rich.json": "offowner -j",
                         "rich-range.json": "offrange -j", "rich-check.json": "offcheck -j",
                         "rich-block.json": "offblock -j"}, tmp_path).out
    _asked(out, "untyped")
    documents = {name: json.loads(text) for name, text in out.items() if "." in name}
    _pages_are_those_of(dump.truth, documents["range.json"])
    _pages_are_those_of(dump.truth, documents["rich-range.json"])
    poor, rich = documents["poor.json"], documents["rich.json"]
    assert _owned(poor) == _owned(rich)
    assert rich["status"]["result"] == "ok"
    assert all(device["difference"] == 0 for device in rich["devices"])
    assert not documents["check.json"]["findings"]
    for name in ("poor.json", "check.json", "block.json"):
        status = documents[name]["status"]
        assert status["result"] == "incomplete", name
        assert status["message"].count("try mod -s virtio_mem") == 1, name
    verdicts = {block["verdict"] for block in documents["block.json"]["blocks"] if block["offline"]}
    assert verdicts == {"UNKNOWN"}    # virtio_mem's callback may refuse: whether its device goes is in its struct
    test_virtio_mem_is_what_qemu_plugged(dump, {"offowner.json": rich}, dump.truth)
    test_balloon_is_what_qemu_took({"offowner.json": rich}, dump.truth)
    test_findings(dump, {"offowner.json": rich, "offcheck.json": documents["rich-check.json"]})
    assert "UNKNOWN" not in {block["verdict"] for block in documents["rich-block.json"]["blocks"]}


@pytest.mark.parametrize("situation", SITUATIONS)
def test_types_from_wherever(situation, tmp_path_factory):
    """With the modules' debuginfo loaded, and without crash knowing any module."""
    if "6.1" not in kernels.selected():
        pytest.skip("the situations are tried on kernel 6.1, which OFL_KERNELS does not have")
    flags, before = SITUATIONS[situation]
    dump = dumps.get("6.1", "numa", "kdump-zlib")
    series = dataclasses.replace(dump.kernel.series, flags=flags)
    dump = dataclasses.replace(dump, kernel=dataclasses.replace(dump.kernel, series=series))
    lines = [f"extend {crashes.get(series.crash).extension}", *(line.format(debug=dump.kernel.debug) for line in before)]
    out = Session(dump, {"first": "\n".join([*lines, "offline -v"]), "again": "offline -v",
                         "owner.json": "offowner -j"}, tmp_path_factory.mktemp(situation)).out
    _asked(out, situation)
    document = json.loads(out["owner.json"])
    assert set(_owned(document)) == {"virtio_mem", "virtio_balloon"}
    assert len(_devices(document, "virtio_mem")) == 2
    assert all(device["difference"] == 0 for device in document["devices"])
    layouts = {device["details"]["layout"] for device in _devices(document, "virtio_mem")}
    assert layouts == {"debuginfo" if before else "BTF in the dump"}


#: modules whose files are given, each of another kernel, or without types
DRIVERS = ("virtio_mem", "virtio_balloon")
ALL = ("offline", "offrange", "offowner", "offblock", "offcheck", "offmap")
TAKES_MODULES = [series for series in (*kernels.selected(), *kernels.brief())
                 if "--no_modules" not in kernels.SERIES[series].flags]


def _folder(path, name):
    (path / name).mkdir()
    return path / name


def _build_id(path):
    """As binutils read it."""
    return re.search(r"Build ID: ([0-9a-f]+)", run(("readelf", "-n", path))).group(1)


@pytest.mark.parametrize("series", TAKES_MODULES)
def test_modules_of_another_kernel(series, tmp_path):
    """crash takes them. Each command fails, in one line with all that is needed; what it says to do is what helps."""
    other = next((name for name in ("6.1", *kernels.selected()) if name != series and kernels.unpacked(name)), None)
    if not other:
        pytest.skip("the cache has no other kernel")
    dump, debug = dumps.get(series, "both", "kdump-zlib"), kernels.get(other).debug
    give, drop = "mod -s {0} {1}/{0}.ko", "mod -d {}"
    steps = {
        "balloon": [give.format("virtio_balloon", debug)], "both": [give.format("virtio_mem", debug)],
        "mem": [drop.format("virtio_balloon")], "none": [drop.format("virtio_mem")],
        "right": [give.format(name, dump.kernel.debug) for name in DRIVERS]}
    steps["balloon"].insert(0, f"extend {crashes.get(dump.kernel.series.crash).extension}")
    commands = {f"{step}.{command}": "\n".join((*(lines if command == ALL[0] else ()), f"{command} -j"))
                for step, lines in steps.items() for command in ALL}
    out = {name: json.loads(text) for name, text in Session(dump, commands, tmp_path).out.items()}
    for step, module in (("balloon", "virtio_balloon"), ("both", None), ("mem", "virtio_mem")):
        (result, message), = {(out[f"{step}.{command}"]["status"]["result"], out[f"{step}.{command}"]["status"]["message"])
                              for command in ALL}
        assert result == "failed", step
        wanted = [dump.kernel.release] if module else [dump.kernel.release, *DRIVERS, "mod -d each"]
        for name in [module] if module else []:
            wanted += [f"mod -d {name}", _build_id(debug / f"{name}.ko"), _build_id(dump.kernel.debug / f"{name}.ko")]
        assert not [word for word in wanted if word not in message], message
    fresh = Session(dump, {command: "\n".join((*([steps["balloon"][0]] if command == ALL[0] else ()), f"{command} -j"))
                           for command in ALL}, _folder(tmp_path, "fresh")).out
    assert {command: json.loads(text) for command, text in fresh.items()} == {
        command: out[f"none.{command}"] for command in ALL}
    assert {out[f"right.{command}"]["status"]["result"] for command in ALL} == {"ok"}
    assert _owned(out["right.offowner"]) == _owned(out["none.offowner"])


@pytest.mark.parametrize("series", [series for series in TAKES_MODULES if kernels.SERIES[series].untyped])
def test_module_without_types(series, tmp_path):
    """mod -s of what a machine runs, without debuginfo: the hint says what is missing, and mod -d, mod -s ends it."""
    dump = dumps.get(series, "both", "kdump-zlib")
    extend = f"extend {crashes.get(dump.kernel.series.crash).extension}"
    bare = [f"mod -s {name} {dump.kernel.modules}/{name}.ko" for name in DRIVERS]
    full = [line for name in DRIVERS for line in (f"mod -d {name}", f"mod -s {name} {dump.kernel.debug}/{name}.ko")]
    out = Session(dump, {"poor": "\n".join((extend, *bare, "offowner -j")),
                         "rich": "\n".join((*full, "offowner -j"))}, tmp_path).out
    poor, rich = (json.loads(out[name])["status"] for name in ("poor", "rich"))
    assert poor["result"] == "incomplete"
    for name in DRIVERS:
        assert poor["message"].count(f"mod -d {name}, then mod -s {name} with a file that has debuginfo") == 1
    assert rich["result"] == "ok"
