# SPDX-License-Identifier: GPL-2.0-or-later
"""VMware's lists of pages, damaged in the dump: told with the address, and nothing is made of it.

crash reads an ELF dump anew for every command, so one crash sees all of it.
"""

import dataclasses
import struct

import pytest

from lab import dumpedit, dumps, kernels
from lab import truth as t
from lab.talk import Crash

DRIVER = "vmw_balloon"
LIMIT = 60              # seconds of work; a command takes less than one
#: where page->lru is, and the type with the reference count behind it, in each kernel so far
LRU, TYPE = 8, 48
USER, NULL, POISON = 0x7f1234567000, 0, 0xdead000000000100
GOOD = 10               # entries before the damage


class Chain:
    """One of the driver's lists: its entries in their order, and its head."""

    def __init__(self, elf, pfns):
        """`pfns`: of all pages that are on it."""
        self.elf, self.pfns = elf, []
        memmap = next(iter(elf.sections().values()))[1] & ~63
        self.lru = {pfn: memmap + pfn * t.STRUCT_PAGE + LRU for pfn in pfns}
        by_lru = {kva: pfn for pfn, kva in self.lru.items()}
        links = {pfn: struct.unpack_from("<QQ", elf.map, elf.offset(elf.phys(kva))) for pfn, kva in self.lru.items()}
        pfn, = (pfn for pfn, (_, back) in links.items() if back not in by_lru)
        self.head = links[pfn][1]
        while pfn is not None:
            self.pfns.append(pfn)
            last, pfn = pfn, by_lru.get(links[pfn][0])
        assert links[last][0] == self.head and len(self.pfns) == len(pfns)

    def at(self, number):
        """The address of an entry, as its neighbours have it; of the head."""
        return self.lru[self.pfns[number]] if number >= 0 else self.head

    def next_of(self, number):
        """Where in the file the pointer is that leads on from there."""
        return self.elf.offset(self.elf.phys(self.at(number)))


#: {name: (the entry whose pointer is overwritten, -1 is the head; its new value; what is said of it)}
DAMAGE = {
    "loop": (GOOD - 1, lambda c: c.at(2), "loops"),
    "to itself": (GOOD - 1, lambda c: c.at(GOOD - 1), "loops"),
    "user space": (GOOD - 1, lambda c: USER, "points outside the memmap"),
    "NULL": (GOOD - 1, lambda c: NULL, "ends in NULL"),
    "taken off": (GOOD - 1, lambda c: POISON, "points to an entry that was taken off"),
    "between pages": (GOOD - 1, lambda c: c.at(5) + 8, "points outside the memmap"),
    "no section": (GOOD - 1, lambda c: c.at(0) + (1 << 40), "points outside the memmap"),
    "past entries": (GOOD - 1, lambda c: c.at(GOOD + 1), "has an entry that does not point back"),
    "head to user space": (-1, lambda c: USER, "points outside the memmap"),
}


@dataclasses.dataclass
class Bench:
    """A crash that has a private copy of the dump open, and the copy."""
    crash: Crash
    truth: dict
    map: object
    chains: dict

    def damaged(self, where, value):
        """{command: document} while a word of the dump is another one.

        Pages and lists are kept for the next command, so offline.so is loaded anew.
        """
        old = self.map[where:where + 8]
        self.map[where:where + 8] = struct.pack("<Q", value)
        try:
            self.crash.reload()
            return {name: self.crash.document(f"{name} -j", LIMIT)[0] for name in ("offowner", "offcheck")}
        finally:
            self.map[where:where + 8] = old


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    """One for all, of the newest kernel: crash 8.0.2 takes seconds to look up types."""
    folder = tmp_path_factory.mktemp("lists")
    newest = [series for series in kernels.selected() if kernels.SERIES[series].has("vmware-2m")][-1]
    good = dumps.get(newest, "vmware-2m", "elf")
    dump = dataclasses.replace(good, folder=folder)
    elf = dumpedit.Elf(dumpedit.copy(good.path, dump.path), writable=True)
    made = good.truth["made"]
    chains = {"units": Chain(elf, set(made["units"])), "pages": Chain(elf, t.pfns(made["pages"]))}
    crash = Crash(dump, folder)
    yield Bench(crash, good.truth, elf.map, chains)
    crash.end()
    dump.path.unlink()


@pytest.mark.parametrize("how, which", [*((how, "units") for how in DAMAGE),
                                        *((how, "pages") for how in ("loop", "user space"))])
def test_damaged_list(bench, how, which):
    """One error with both addresses, and no page called an orphan that may be the driver's."""
    chain = bench.chains[which]
    last, value, words = DAMAGE[how]
    documents = bench.damaged(chain.next_of(last), value(chain))
    entries = last + 1
    finding, = (row for row in documents["offowner"]["findings"] if row["code"] == "list-broken")
    assert finding["severity"] == "error"
    addresses = f"at {value(chain):#x} from {chain.at(last):#x}"
    assert finding["reason"].endswith(f" {words}, {addresses}, after {entries} entries")
    assert documents["offowner"]["status"]["result"] != "ok"
    assert [row for row in documents["offcheck"]["findings"] if row["code"] == "list-broken"]
    assert "offline-skip" not in {row["code"] for row in documents["offcheck"]["classes"]}
    assert {document["totals"]["offline"] for document in documents.values()} == {t.count(bench.truth["offline"])}
    device, = (row for row in documents["offowner"]["devices"] if row["owner"] == DRIVER)
    owners = {name for row in documents["offowner"]["sections"] for name in row["owners"]}
    if which == "pages":    # each of them points back to the device
        assert (device["found"], owners) == (bench.truth["made"]["stats"]["current"], {DRIVER})
    else:
        assert device["found"] == entries * 512 + len(bench.chains["pages"].pfns)
        assert owners == {DRIVER, "unknown"}


#: {name: (which page of a unit; its type, None as it was; its references; what that is called, and how bad it is)}
PAGES = {
    "first page not offline": (0, 0xffffffff, 1, "listed-not-offline", "error"),
    "page not offline": (100, 0xffffffff, 0, "listed-not-offline", "error"),
    "first page without reference": (0, None, 0, "listed-bad-ref", "error"),
    "reference of its own": (511, None, 1, "listed-extra-ref", "warning"),
}


@pytest.mark.parametrize("how", PAGES)
def test_damaged_page_of_a_unit(bench, how):
    """Told with its pfn; the list is whole, and who owns what does not depend on it."""
    chain = bench.chains["units"]
    tail, page_type, references, code, severity = PAGES[how]
    pfn = chain.pfns[GOOD] + tail
    where = chain.elf.offset(chain.elf.phys(chain.at(GOOD) - LRU + tail * t.STRUCT_PAGE + TYPE))
    if page_type is None:
        page_type, = struct.unpack_from("<I", bench.map, where)
    documents = bench.damaged(where, references << 32 | page_type)
    finding, = (row for row in documents["offowner"]["findings"] if row["code"].startswith("list"))
    assert (finding["code"], finding["severity"], finding["pfn"]) == (code, severity, pfn)
    device, = (row for row in documents["offowner"]["devices"] if row["owner"] == DRIVER)
    lost = code == "listed-not-offline"
    assert (device["found"], device["difference"]) == (bench.truth["made"]["stats"]["current"] - lost, -lost)
    assert {name for row in documents["offowner"]["sections"] for name in row["owners"]} == {DRIVER}
    assert [row for row in documents["offcheck"]["findings"] if row["code"] == code]


def test_undamaged(bench):
    """What was put back is as good as ever."""
    chain = bench.chains["units"]
    documents = bench.damaged(chain.next_of(-1), chain.at(0))
    assert documents["offowner"]["findings"] == [] and documents["offowner"]["status"]["result"] == "ok"
