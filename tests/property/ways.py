# SPDX-License-Identifier: GPL-2.0-or-later
"""Two ways, one answer: the same asked in another way gives the same facts.

ask(LINE...) runs command lines in one session and returns what each printed.
Every check yields one line for each difference. Used over recordings by
run_ways.py and over dumps by tests/lab/test_two_ways.py.
"""
import collections
import json
import random

COMMANDS = ["offline", "offrange -a", "offcheck", "offblock", "offowner"]


def documents(ask, *lines):
    return [json.loads(text) for text in ask(*(f"{line} -j" for line in lines))]


def differences(what, one, other, path=""):
    """two documents, member by member"""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted({*one, *other}):
            yield from differences(what, one.get(key), other.get(key),
                                   f"{path}/{key}")
    elif isinstance(one, list) and isinstance(other, list) and \
            len(one) == len(other):
        for i, pair in enumerate(zip(one, other)):
            yield from differences(what, *pair, f"{path}/{i}")
    elif one != other:
        yield f"{what}: {path}: {one!r:.200} and {other!r:.200}"


def rows_differ(what, one, other):
    for row in [r for r in one if r not in other][:3]:
        yield f"{what}: only the first has {row}"
    for row in [r for r in other if r not in one][:3]:
        yield f"{what}: only the second has {row}"
    if len(one) != len(other):
        yield f"{what}: {len(one)} rows and {len(other)}"


# ---- each page instead of what is known to be free or compound ----

def every_page(ask):
    commands = ["offline", "offrange -a", "offcheck -a", "offowner -a",
                "offblock -a", "offblock -d", "offblock -w -a", "offmap"]
    found = documents(ask, *commands, *(f"{c} -x" for c in commands))
    for command, quick, every in zip(commands, found, found[len(commands):]):
        yield from differences(f"{command} and -x", quick, every)


# ---- filters ----

def clipped(ranges, first, end):
    """the part of each row that is in [first, end)"""
    rows = []
    for row in ranges:
        start = max(row["start_pfn"], first)
        stop = min(row["start_pfn"] + row["pages"], end)
        if start < stop:
            rows.append(row | {"start_pfn": start, "pages": stop - start})
    return rows


def some_ranges(ranges, rng):
    """pfn ranges that begin or end inside of rows, and next to them"""
    for row in rng.sample(ranges, min(3, len(ranges))):
        start, pages = row["start_pfn"], row["pages"]
        first = start + rng.randrange(pages)
        yield first, first + rng.randrange(1, pages + 1)
        yield max(0, start - rng.randrange(1, 64)), start + pages + 3


def filters(ask, seed="a filter"):
    rng = random.Random(seed)
    (whole,) = documents(ask, "offrange")
    ranges = whole["ranges"]
    cases = [(f"-n {n}", [r for r in ranges if r["node"] == n])
             for n in {r["node"] for r in ranges} - {None}]
    cases += [(f"-z {z}", [r for r in ranges if r["zone"] == z])
              for z in {r["zone"] for r in ranges} - {None}]
    cases += [(f"-S {s:#x}", [r for r in ranges if r["section"] == s])
              for s in sorted({r["section"] for r in ranges})[:4]]
    cases += [(f"-p {a:x}-{b - 1:x}", clipped(ranges, a, b))
              for a, b in some_ranges(ranges, rng)]
    got = documents(ask, *(f"offrange {option}" for option, _ in cases))
    for (option, want), doc in zip(cases, got):
        yield from rows_differ(f"offrange {option} and of all", doc["ranges"],
                               want)


def zone_filters(ask):
    (whole,) = documents(ask, "offline")
    nodes = sorted({row["node"] for row in whole["zones"]})
    got = documents(ask, *(f"offline -n {n}" for n in nodes))
    for node, doc in zip(nodes, got):
        yield from rows_differ(
            f"offline -n {node} and of all", doc["zones"],
            [row for row in whole["zones"] if row["node"] == node])


def blocks_alone(ask):
    (whole,) = documents(ask, "offblock")
    got = documents(ask, *(f"offblock {row['name']}"
                           for row in whole["blocks"]))
    for row, doc in zip(whole["blocks"], got):
        yield from differences(f"offblock {row['name']} and in the list",
                               doc["blocks"], [row])


# ---- devices and holders ----

def of_device(row, blocks):
    """what a device's row has to say of the blocks that name the device"""
    mine = [b for b in blocks if b["device"] == row["device"]]
    return row | {"verdicts": dict(collections.Counter(b["verdict"] for b in mine)),
                  "offline": sum(b["offline"] for b in mine)}


def devices(ask):
    """-d and not; each device and its blocks; a block of it alone"""
    plain, whole = documents(ask, "offblock", "offblock -d")
    yield from rows_differ("offblock and offblock -d", plain["blocks"],
                           whole["blocks"])
    rows = whole["memory_devices"]
    yield from rows_differ("offblock -d, devices and blocks", rows,
                           [of_device(row, whole["blocks"]) for row in rows])
    named = {b["device"] for b in whole["blocks"]} - {None}
    if not named <= {row["device"] for row in rows}:
        yield f"offblock -d: no row for one of {named}"
    firsts = {b["device"]: b["name"] for b in reversed(whole["blocks"])}
    cases = [(firsts[row["device"]], row) for row in rows
             if row["device"] in firsts]
    got = documents(ask, *(f"offblock -d -B {name}" for name, _ in cases))
    for (name, row), doc in zip(cases, got):
        alone = [r for r in doc["memory_devices"] if r["device"] == row["device"]]
        keep = ["kind", "start", "end", "ranges", "detail", "evidence"]
        yield from differences(f"offblock -d -B {name} and in the list",
                               [[r[k] for k in keep] for r in alone],
                               [[row[k] for k in keep]])
        for r in alone:
            yield from rows_differ(f"offblock -d -B {name}, its blocks", [r],
                                   [of_device(r, doc["blocks"])])
            if r["unplug"] == "yes" != row["unplug"]:
                yield f"{name} alone promises more than all of {row['device']}"


def holders(ask):
    """-w of all blocks, of one, of one that is explained; and not at all"""
    plain, whole = documents(ask, "offblock", "offblock -w -a")
    yield from rows_differ("offblock and offblock -w", plain["blocks"],
                           whole["blocks"])
    names = sorted({row["block"] for row in whole["holders"]})
    some = names[:2] + names[2:][-1:]
    got = documents(ask, *(f"offblock -w -a {how}{name}" for name in some
                           for how in ("-B ", "")))
    for i, name in enumerate(some):
        rows = [r for r in whole["holders"] if r["block"] == name]
        block = [b for b in whole["blocks"] if b["name"] == name]
        for doc in got[2 * i:2 * i + 2]:
            yield from rows_differ(f"offblock -w {name} and in the list",
                                   doc["holders"], rows)
            yield from rows_differ(f"offblock -w {name} and in the list",
                                   doc["blocks"], block)


# ---- tables and documents ----

def cell(value):
    return "-" if value in (None, "") else str(value)


def table_rows(text):
    """[{header: cell}] of a table whose cells hold no blanks, but for the last"""
    lines = text.splitlines()
    at = [i for i, line in enumerate(lines) if line.split()[:1] and
          line.split()[0] in ("PFN", "BLOCK", "DEVICE")]
    if not at:
        return []
    head = lines[at[0]].split()
    return [dict(zip(head, line.split(None, len(head) - 1)))
            for line in lines[at[0] + 1:]
            if line and not line.startswith(("status:", "NEXT"))]


def members(name, blocks):
    """those of a row "memory32-33", which stands for neighbours that are alike"""
    first, _, last = name.removeprefix("memory").partition("-")
    return [b for b in blocks if int(first) <=
            int(b["name"].removeprefix("memory")) <= int(last or first)]


def together(name, blocks):
    """what a row of a table has to say of its blocks"""
    of_row = members(name, blocks)
    return (name, str(sum(b["offline"] for b in of_row)),
            ",".join(sorted({b["verdict"] for b in of_row})))


def device_tables(text, doc):
    rows = table_rows(text.partition("\nstatus:")[0])
    yield from rows_differ(
        "offblock -d, table and document",
        sorted((r["DEVICE"], r["UNPLUG"]) for r in rows),
        sorted((cell(r["device"]), r["unplug"]) for r in doc["memory_devices"]))


def tables(ask):
    texts = ask("offrange -a", "offrange -a -j", "offblock", "offblock -j",
                "offblock -d", "offblock -d -j")
    yield from device_tables(texts[4], json.loads(texts[5]))
    rows, doc = table_rows(texts[0]), json.loads(texts[1])
    rows = [r for r in rows if not r["STATE"].startswith("unknown:")]
    yield from rows_differ(
        "offrange, table and document",
        [(r["PFN"].split("-")[0], r["PAGES"], r["REFCOUNT"], r["NODE"],
          r["ZONE"], r["OWNER"].replace("?", "-"),
          r["DEVICE"].replace("?", "-")) for r in rows],
        [(f"{r['start_pfn']:#x}", str(r["pages"]), cell(r["refcount"]),
          cell(r["node"]), cell(r["zone"]), cell(r["owner"]),
          cell(r["device"])) for r in doc["ranges"]])
    rows, doc = table_rows(texts[2].partition("\nVERDICT ")[0]), \
        json.loads(texts[3])
    yield from rows_differ(
        "offblock, table and document",
        [(r["BLOCK"], r["OFFPAGES"], r["VERDICT"]) for r in rows],
        [together(r["BLOCK"], doc["blocks"]) for r in rows])
    blocks = sum(len(members(r["BLOCK"], doc["blocks"])) for r in rows)
    if blocks != len(doc["blocks"]):
        yield f"offblock: {blocks} in the table, {len(doc['blocks'])} in all"


# ---- one command and another ----

def owners_of(doc):
    """pages by owner, in whatever way the command says it"""
    sums = collections.Counter()
    if doc["command"] == "offline":
        sums.update(doc["owners"])
    for row in doc.get("ranges", []):
        if row["online"]:
            sums[row["owner"] or "unknown"] += row["pages"]
    for row in doc.get("classes", []):
        sums[row["owner"]] += row["pages"]
    for row in doc.get("sections", []) if doc["command"] == "offowner" else []:
        sums.update(row["owners"])
    return {owner: pages for owner, pages in sums.items() if pages}


def commands_agree(ask):
    docs = documents(ask, *COMMANDS)
    totals = docs[0]["totals"]
    for doc in docs[1:]:
        yield from differences(f"totals of offline and {doc['command']}",
                               totals, doc["totals"])
        if doc["command"] != "offblock":
            yield from differences(f"owners of offline and {doc['command']}",
                                   owners_of(docs[0]), owners_of(doc))
    blocks = sum(row["offline"] for row in docs[3]["blocks"])
    if blocks != totals["offline"]:
        yield f"offblock has {blocks} offline pages, offline {totals['offline']}"


CHECKS = [every_page, filters, zone_filters, blocks_alone, devices, holders,
          tables, commands_agree]


# ---- ways that know less ----

#: drivers whose pages point to a balloon: "balloon" without their types
BALLOONS = {"virtio_balloon", "vmw_balloon", "cmm"}


def owner_by_page(doc):
    """[(first pfn, end, owner)]"""
    return [(r["start_pfn"], r["start_pfn"] + r["pages"], r["owner"])
            for r in doc["ranges"]]


def poorer(what, rich, poor):
    """same pages and blocks; an owner or a verdict may be unknown"""
    merged = [clipped(doc["ranges"], 0, 1 << 52) for doc in (rich, poor)]
    pages = [sum(row["pages"] for row in rows) for rows in merged]
    if pages[0] != pages[1]:
        yield f"{what}: {pages[0]} offline pages and {pages[1]}"
    for start, end, owner in owner_by_page(rich):
        for row in clipped(poor["ranges"], start, end):
            is_less = row["owner"] in (owner, None, "unknown") or \
                (row["owner"] == "balloon" and owner in BALLOONS)
            if not is_less:
                yield (f"{what}: pfn {row['start_pfn']:x} is of {owner} and "
                       f"of {row['owner']}")


def poorer_verdicts(what, rich, poor):
    verdicts = {row["name"]: row["verdict"] for row in rich["blocks"]}
    for row in poor["blocks"]:
        if row["verdict"] not in (verdicts.get(row["name"]), "UNKNOWN"):
            yield (f"{what}: {row['name']} is {verdicts.get(row['name'])} and "
                   f"{row['verdict']}")
    if len(verdicts) != len(poor["blocks"]):
        yield f"{what}: {len(verdicts)} blocks and {len(poor['blocks'])}"
