# SPDX-License-Identifier: GPL-2.0-or-later
"""Two ways, one answer: the same asked in another way gives the same facts.

ask(LINE...) runs command lines in one session and returns what each printed.
Every check yields one line for each difference. Used over recordings by
run_ways.py and over dumps by tests/lab/test_two_ways.py.
"""
import collections
import json
import random
import re

COMMANDS = ["offline", "offrange -a", "offcheck", "offblock", "offowner"]
#: all six; and forms of them that find out something else
SIX = ["offline", "offrange -a", "offcheck -a", "offowner -a", "offblock",
       "offmap"]
FORMS = [*SIX, "offblock -d", "offblock -w -a", "offmap -w", "offmap -s"]

#: how often something was compared, for the figures
compared = collections.Counter()


def documents(ask, *lines):
    return [json.loads(text) for text in ask(*(f"{line} -j" for line in lines))]


def differences(what, one, other, path=""):
    """two documents, member by member"""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted({*one, *other}, key=str):
            yield from differences(what, one.get(key), other.get(key),
                                   f"{path}/{key}")
    elif isinstance(one, list) and isinstance(other, list) and \
            len(one) == len(other):
        for i, pair in enumerate(zip(one, other)):
            yield from differences(what, *pair, f"{path}/{i}")
    else:
        compared["member"] += 1
        if one != other:
            yield f"{what}: {path}: {one!r:.200} and {other!r:.200}"


def rows_differ(what, one, other):
    compared["row"] += len(one) + len(other)
    for row in [r for r in one if r not in other][:3]:
        yield f"{what}: only the first has {row}"
    for row in [r for r in other if r not in one][:3]:
        yield f"{what}: only the second has {row}"
    if len(one) != len(other):
        yield f"{what}: {len(one)} rows and {len(other)}"


# ---- each page instead of what is known to be free or compound ----

def every_page(ask):
    yield from in_ways(ask, "-x")


def in_ways(ask, *ways):
    """every form as it is, and in each of these ways: the same to the letter"""
    lines = [f"{form} {way}".strip() for way in ("", *ways) for form in FORMS]
    found = documents(ask, *lines)
    for at in range(len(FORMS), len(lines)):
        yield from differences(f"{lines[at]} and without",
                               found[at % len(FORMS)], found[at])


def by_processes(form, number):
    """an option for the number of processes: -w of some has another meaning"""
    long = form.split()[0] in ("offblock", "offmap")
    return f"{form} {'--workers' if long else '-w'} {number}"


def readers(ask, forms=FORMS, numbers=(0, 1, 2),
            ends=("", " -x", " -C", " -x -C")):
    """who reads, and in how many processes (a recording has only one way)"""
    for form in forms:
        lines = [form, *((by_processes(form, number) if number else form) + end
                         for number in numbers for end in ends
                         if number or end)]
        plain, *found = documents(ask, *lines)
        for line, document in zip(lines[1:], found):
            yield from differences(f"{line} and without", plain, document)


def some_readers(ask):
    """-C and two processes, of the six commands"""
    yield from readers(ask, SIX, (2,), ("", " -x -C"))
    yield from readers(ask, SIX, (0,), (" -C",))


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


def parts(whole):
    """[(what they are, options)]: filters that share all memory out"""
    row = max(whole["ranges"], key=lambda row: row["pages"],
              default={"start_pfn": 1 << 18, "pages": 2, "section": 8})
    middle = row["start_pfn"] + row["pages"] // 2
    half = [f"-p 0-{middle - 1:x}", f"-p {middle:x}-{(1 << 40) - 1:x}"]
    # the second part begins with a section that is there: others are refused
    after = max(row["section"], min((r["section"] for r in whole["ranges"]
                                     if r["section"] > row["section"]), default=0))
    by_section = ([f"-S 0-{after - 1}"] if after else []) + \
        [f"-S {after}-1048575"]
    zones = sorted({r["zone"] for r in whole["ranges"]} - {None})
    nodes = sorted({r["node"] for r in whole["ranges"]} - {None})
    return [("pfns", half), ("sections", by_section),
            ("zones", [f"-z {zone}" for zone in zones]),
            ("nodes", [f"-n {node}" for node in nodes])]


def figures(doc):
    """offline pages, by all that can be added up over parts of the memory"""
    sums = collections.Counter()
    for owner, pages in owners_of(doc).items():
        sums[owner] += pages
    for row in doc.get("classes", []):
        sums[row["device"], row["refcount"], row["outcome"], row["code"]] += \
            row["pages"]
    for row in doc.get("sections", []) if doc["command"] == "offowner" else []:
        sums["section", row["nr"]] += row["offline"]
    for row in doc.get("cells", []):
        sums[row["name"]] += row["offline"]
        sums.update({(row["name"], o): n for o, n in row["owners"].items()})
    if doc["command"] != "offmap":
        sums["offline"] += doc["totals"]["offline"]
    return {key: number for key, number in sums.items() if number}


def parts_are_the_whole(ask):
    """filters that share the memory out: their figures add up"""
    commands = ["offline", "offrange", "offcheck", "offowner -a", "offmap -w"]
    wholes = documents(ask, *commands)
    shares = parts(wholes[1])
    lines = [f"{command} {option}" for _, options in shares
             for option in options for command in commands]
    found = iter(documents(ask, *lines))
    for what, options in shares:
        got = [[next(found) for _ in commands] for _ in options]
        for command, whole, *of_parts in zip(commands, wholes, *got):
            if not of_parts:
                continue
            sums = sum((collections.Counter(figures(doc)) for doc in of_parts),
                       collections.Counter())
            yield from differences(f"{command}, {what} together",
                                   figures(whole), dict(sums))


def blocks_by_filter(ask, seed="a block"):
    """each command of one block, and what others say of that block"""
    ranges, whole, cells = documents(ask, "offrange", "offblock", "offmap")
    blocks = sorted(whole["blocks"], key=lambda row: -row["offline"])
    some = blocks[:2] + random.Random(seed).sample(blocks[2:],
                                                   min(2, len(blocks[2:])))
    lines = [f"{command} -B {row['name']}" for row in some for command in SIX]
    found = iter(documents(ask, *lines))
    # the memmap that a block may hold at its start is not in its pages
    size = max((row["pages"] for row in blocks), default=0)
    for row in some:
        rows = clipped(ranges["ranges"], row["start_pfn"],
                       row["start_pfn"] + size)
        want = collections.Counter()
        for part in rows if row["state"] != "offline" else []:
            want[part["owner"] or "unknown"] += part["pages"]
        for command in SIX:
            doc, what = next(found), f"{command} -B {row['name']}"
            if command == "offblock":
                yield from differences(what, [row], doc["blocks"])
            elif command == "offmap":
                yield from differences(
                    what, [c for c in cells["cells"] if c["name"] == row["name"]],
                    doc["cells"])
            else:
                yield from differences(what, dict(want), owners_of(doc))


def chosen(ask):
    """-V and -O: the rows of the whole that have it"""
    whole, ranges = documents(ask, "offblock", "offrange")
    size = max((row["pages"] for row in whole["blocks"]), default=0)
    verdicts = sorted({row["verdict"] for row in whole["blocks"]})
    owners = sorted({row["owner"] for row in ranges["ranges"]} - {None} |
                    {"orphan"})
    got = documents(ask, *(f"offblock -V {v}" for v in verdicts))
    for verdict, doc in zip(verdicts, got):
        yield from rows_differ(
            f"offblock -V {verdict} and of all", doc["blocks"],
            [row for row in whole["blocks"] if row["verdict"] == verdict])
    commands = ["offrange", "offblock", "offowner"]
    got = iter(documents(ask, *(f"{command} -O {owner}" for owner in owners
                                for command in commands)))
    for owner in owners:
        rows = [row for row in ranges["ranges"] if row["owner"] == owner]
        yield from rows_differ(f"offrange -O {owner} and of all",
                               next(got)["ranges"], rows)
        yield from rows_differ(
            f"offblock -O {owner} and of all", next(got)["blocks"],
            [b for b in whole["blocks"] if b["state"] != "offline" and
             clipped(rows, b["start_pfn"], b["start_pfn"] + size)])
        yield from differences(f"offowner -O {owner} and offrange",
                               {owner: sum(row["pages"] for row in rows)}
                               if rows else {},
                               owners_of(next(got)))


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


def sheet(text, *head):
    """rows of the table whose head begins so; only its last cells hold blanks"""
    rows, names = [], None
    for line in text.splitlines():
        words = line.split()
        if words[:len(head)] == list(head):
            names = words
        elif names and (not words or words[0] in ("status:", "NEXT", "NOTE") or
                        all(w.isalpha() and w.isupper() for w in words)):
            break
        elif names:
            rows.append(dict(zip(names, line.split(None, len(names) - 1))))
    return rows


def sums_of(rows, pages, *keys):
    """{cells: pages}, with what is not known in the words of a table"""
    sums = collections.Counter()
    for row in rows:
        sums[tuple(cell(row[key]).replace("?", "-") for key in keys)] += \
            int(row[pages])
    return {key: number for key, number in sums.items() if number}


def offline_tables(text, doc):
    yield from differences(
        "offline, owners in table and document",
        sums_of(sheet(text, "OWNER"), "OFFPAGES", "OWNER"),
        {(owner,): pages for owner, pages in doc["owners"].items() if pages})
    yield from rows_differ(
        "offline, zones in table and document",
        [(r["NODE"], r["ZONE"], r["SCANNED"], r["OFFPAGES"])
         for r in sheet(text, "NODE")],
        [tuple(str(r[key]) for key in ("node", "zone", "scanned", "offline"))
         for r in doc["zones"]])
    yield from rows_differ(
        "offline, what to do next on the screen and in the document",
        re.findall(r"^NEXT \((.*?)\): (.*)$", text, re.M),
        [(r["about"], r["next"]) for r in doc["next"]])


def check_tables(text, doc):
    yield from differences(
        "offcheck, table and document",
        sums_of(sheet(text, "OWNER"), "PAGES", "OWNER", "DEVICE", "OUTCOME"),
        sums_of(doc["classes"], "pages", "owner", "device", "outcome"))
    yield from rows_differ(
        "offcheck -a, findings in table and document",
        sorted((r["SEVERITY"], r["CODE"]) for r in sheet(text, "SEVERITY")),
        sorted((r["severity"], r["code"]) for r in doc["findings"]))


def owner_tables(text, doc):
    yield from rows_differ(
        "offowner -a, sections in table and document",
        [(int(r["SECTION"], 0), r["OFFPAGES"], r["STALE"])
         for r in sheet(text, "SECTION")],
        [(r["nr"], str(r["offline"]), str(r["stale"]))
         for r in doc["sections"]])
    yield from rows_differ(
        "offowner -a, devices in table and document",
        [tuple(r[key].replace("?", "-") for key in
               ("OWNER", "DEVICE", "FOUND", "EXPECTED", "DIFFERENCE"))
         for r in sheet(text, "OWNER", "DEVICE", "FOUND")
         if r["FOUND"].isdigit()],
        [tuple(cell(r[key]) for key in ("owner", "device", "found", "expected",
                                        "difference"))
         for r in doc["devices"]])


def map_tables(text, doc):
    yield from rows_differ(
        "offmap, legend in table and document",
        [(r["MARK"], r["COUNT"], r["OFFPAGES"]) for r in sheet(text, "MARK")
         if r["MARK"] != "_"],
        [(r["mark"], str(r["count"]), cell(r["offline"]))
         for r in doc["legend"]])
    drawn = "".join(r["MAP"] for r in sheet(text, "FROM"))
    yield from differences("offmap, map and cells",
                           "".join(c["mark"] for c in doc["cells"]),
                           drawn.replace(" ", "").replace("_", ""))


#: commands whose tables hold all that a document does, and what compares both
TABLES = {"offline": offline_tables, "offcheck -a": check_tables,
          "offowner -a": owner_tables, "offmap": map_tables,
          "offmap -w": map_tables, "offmap -s": map_tables}


def more_tables(ask):
    texts = iter(ask(*(f"{command}{end}" for command in TABLES
                       for end in ("", " -j"))))
    for compare in TABLES.values():
        yield from compare(next(texts), json.loads(next(texts)))


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


CHECKS = [every_page, filters, zone_filters, parts_are_the_whole,
          blocks_by_filter, chosen, blocks_alone, devices, holders, tables,
          more_tables, commands_agree]


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


def less_of(what, rich, poor, unknown):
    """two sums by key: nothing is more but what is not known"""
    for key in sorted({*rich, *poor}, key=str):
        compared["sum"] += 1
        if poor.get(key, 0) > rich.get(key, 0) and not unknown(key):
            yield f"{what}: {key} is {rich.get(key, 0)} and {poor[key]}"


def is_less_owner(owner):
    """words of pages whose owner is known less well"""
    return owner in (None, "unknown", "balloon")


def poorer_totals(what, rich, poor):
    yield from differences(f"{what}, totals", rich["totals"], poor["totals"])
    if (rich["status"]["result"] != "ok") and poor["status"]["result"] == "ok":
        yield (f"{what}: {rich['status']['result']} is ok: "
               f"{poor['status']['message']}")
    yield from less_of(f"{what}, owners", owners_of(rich), owners_of(poor),
                       is_less_owner)


def poorer_classes(what, rich, poor):
    sums = [collections.Counter() for _ in range(2)]
    for doc, sum_ in zip((rich, poor), sums):
        for row in doc["classes"]:
            sum_[row["outcome"]] += row["pages"]
    yield from less_of(f"{what}, outcomes", *sums, lambda key: key == "unknown")
    errors = [{(f["code"], f["start_pfn"], f["pages"]) for f in doc["findings"]
               if f["severity"] == "error"} for doc in (rich, poor)]
    for error in errors[1] - errors[0]:
        yield f"{what}: only the poorer finds {error}"


def poorer_devices(what, rich, poor):
    known = {(row["owner"], row["device"]): row for row in rich["devices"]}
    owners = collections.Counter()
    for row in rich["devices"]:
        owners[row["owner"]] += row["found"]
    for row in poor["devices"]:
        name = f"{row['owner']} {row['device']}"
        is_like = known.get((row["owner"], row["device"]))
        if is_like is None:
            no_device = row["device"] is None and \
                row["found"] <= owners[row["owner"]]
            if not is_less_owner(row["owner"]) and not no_device:
                yield f"{what}: only the poorer has {name}"
        elif row["found"] > is_like["found"] or \
                row["expected"] not in (None, is_like["expected"]):
            yield (f"{what}: {name} has {is_like['found']} of "
                   f"{is_like['expected']} and {row['found']} of "
                   f"{row['expected']}")


def poorer_cells(what, rich, poor):
    means = {cell_["name"]: cell_["means"] for cell_ in rich["cells"]}
    for row in poor["cells"]:
        if row["means"] not in (means.get(row["name"]), "UNKNOWN"):
            yield (f"{what}: {row['name']} is {means.get(row['name'])} and "
                   f"{row['means']}")
    if len(means) != len(poor["cells"]):
        yield f"{what}: {len(means)} cells and {len(poor['cells'])}"


#: what is held against each other of the documents of SIX
POORER = {"offrange -a": poorer, "offcheck -a": poorer_classes,
          "offowner -a": poorer_devices, "offblock": poorer_verdicts,
          "offmap": poorer_cells}


def six(ask):
    """the documents of all commands, for ways that know less or more"""
    return dict(zip(SIX, documents(ask, *SIX)))


def poorer_six(what, rich, poor):
    for command in SIX:
        name = f"{what}, {command}"
        yield from poorer_totals(name, rich[command], poor[command])
        if command in POORER:
            yield from POORER[command](name, rich[command], poor[command])
