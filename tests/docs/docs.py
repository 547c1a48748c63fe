#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tables of docs/ and documents against the rows of columns and options.

    docs.py --write ROWS REPLAY	put what the two print between the marks
    docs.py ROWS REPLAY [XML]	compare; exits 1 at a difference

A JSON Schema is a file of schema/, of a command; every document in tests/golden/
is valid by it. A table stands between "<!-- rows: NAME -->" and "<!-- end of rows -->", in docs/.
A transcript, in docs/ or README, stands between "<!-- replay: FIXTURE -->" and
"<!-- end of replay -->", behind the command of each; "FIXTURE at 80" is what a
terminal of 80 columns shows, "FIXTURE without MEMBER" a document that is cut there; an example of a help page, in
manual.c, between "/* replay: FIXTURE: COMMAND */" and "/* end of replay */". Every
document in tests/golden/ is held against the tables "members": each of its
members has a row, with that type, and a command's documents have all of its
rows, but for those that depend on the kernel.
"""
import difflib
import json
import pathlib
import re
import sys
import subprocess
import tempfile
import xml.etree.ElementTree as ET

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
import schemas     # noqa: E402 - lies beside this folder
MARKS = re.compile(r"(<!-- rows: (.*?) -->\n)(.*?)(<!-- end of rows -->\n)", re.S)
MANUAL = ROOT / "src/commands/manual.c"
TYPES = {
    "number": (int,), "number or null": (int, type(None)), "string": (str,),
    "string or null": (str, type(None)), "true or false": (bool,),
    "array of strings": (list,), "array of strings, or null": (list, type(None)),
    "array": (list,), "object": (dict,),
    "hex string": (str,), "hex string or null": (str, type(None)),
    "number, hex string or null": (int, str, type(None)),
}


def tables(rows):
    """{name: text} of what the program prints"""
    text = subprocess.run([rows], capture_output=True, check=True, text=True).stdout
    parts = re.split(r"^@ (.*)\n", text, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2]))


def filled(text, table):
    """the text of a page with its tables as they should be"""
    return MARKS.sub(lambda m: m[1] + "\n" + table[m[2]] + "\n" + m[4], text)


def pages():
    return [*sorted((ROOT / "docs").glob("*.md")), ROOT / "README"]


def said(replay, fixture, command):
    """the lines that a command prints"""
    fixture, _, left_out = fixture.partition(" without ")
    fixture, _, columns = fixture.partition(" at ")
    path = ROOT / "tests/golden" / f"{fixture}.fixture"
    run = subprocess.run([replay, path], input=f"columns {columns or 0}\n{command}\n", capture_output=True, check=True,
                         text=True)
    text = run.stdout
    if left_out:
        text, cuts = re.subn(rf'^  "{left_out}": \{{\n.*?^  \}},?\n', f'  "{left_out}": {{ ... }},\n', text, flags=re.M | re.S)
        assert cuts == 1, (fixture, left_out)
    return text.splitlines()[2:]


def replayed(text, replay):
    """the text of a page, or of manual.c, with its transcripts as they should be"""
    def transcript(match):
        out = []
        for command in re.findall(r"^    crash> (.*)$", match[3], re.M):
            out += ["    crash> " + command, *("    " + line for line in said(replay, match[2], command))]
        return match[1] + "\n" + "\n".join(out) + "\n\n" + match[4]

    def strings(match):
        lines = [line.replace("\\", "\\\\").replace('"', '\\"') for line in said(replay, match[2], match[3])]
        return match[1] + "".join(f'"{line}",\n' for line in lines) + match[4]

    text = re.sub(r"(<!-- replay: (.*?) -->\n)(.*?)(<!-- end of replay -->\n)", transcript, text, flags=re.S)
    return re.sub(r"(/\* replay: (.*?): (.*?) \*/\n).*?(/\* end of replay \*/\n)", strings, text, flags=re.S)


def transcripts(replay):
    """what of the transcripts is not what a command prints"""
    wrong = ""
    for page in [*pages(), MANUAL]:
        text = page.read_text(encoding="utf-8")
        wrong += "".join(difflib.unified_diff(
            text.splitlines(True), replayed(text, replay).splitlines(True), page.name, "replay", n=0))
    return wrong


def differences(table):
    """what is wrong with docs/, or nothing"""
    wrong, used = "", set()
    for page in pages():
        text = page.read_text(encoding="utf-8")
        used |= {m[1] for m in MARKS.findall(text)}
        wrong += "".join(difflib.unified_diff(
            text.splitlines(True), filled(text, table).splitlines(True), page.name, "rows"))
    for name, rows in table.items():
        if name.startswith("schema "):
            path = ROOT / "schema" / f"{name.split()[1]}.json"
            there = path.read_text(encoding="utf-8") if path.exists() else ""
            wrong += "".join(difflib.unified_diff(
                there.splitlines(True), rows.splitlines(True), f"schema/{path.name}", "rows"))
        elif name not in used and rows.count("\n") > 2 and not name.startswith("help "):
            wrong += f"no page of docs/ has the rows of '{name}'\n"
    return wrong


def members(table, command):
    """{path: type} of a command's documents"""
    text = table["members all"] + table["members " + command]
    return dict(re.findall(r"^\| `(.*?)` \| (.*?) \|", text, re.M))


def flat(value, path, known):
    """-> (path, value) of every member, as rows name them"""
    if path:
        yield path, value
    if isinstance(value, dict) and known.get(path) == "object" or not path:
        if path + "{}" in known:
            for each in value.values():
                yield from flat(each, path + "{}", known | {path + "{}": "object"})
        elif any(p.startswith(path + ".") for p in known) or not path:
            for key, each in value.items():
                yield from flat(each, (path + "." if path else "") + key, known)
    if isinstance(value, list):
        for each in value:
            if isinstance(each, dict):
                yield from flat(each, path + "[]", known | {path + "[]": "object"})


def documents():
    """-> (where, document) of every transcript"""
    for expect in sorted((ROOT / "tests/golden").glob("*.expect")):
        text = expect.read_text(encoding="utf-8")
        for doc in re.findall(r"^\{\n.*?^\}\n", text, re.M | re.S):
            yield expect.name, json.loads(doc)


def undescribed(table):
    """what documents have and rows do not, and the other way round"""
    wrong, seen = set(), {}
    for name, doc in documents():
        known = members(table, doc["command"])
        alias = {p[:-2]: ("array" if p.endswith("[]") else "object")
                 for p in known if p.endswith(("[]", "{}"))}
        known |= alias
        for path, value in flat(doc, "", known):
            seen.setdefault(doc["command"], set()).add(path)
            if path.endswith(("[]", "{}")):
                continue
            if path not in known:
                wrong.add(f"{name}: {doc['command']} has {path}, and no row says what it is\n")
            elif not isinstance(value, TYPES[known[path]]):
                wrong.add(f"{name}: {doc['command']} {path} is {value!r}, no {known[path]}\n")
    for command, paths in [*seen.items(), ("all", set().union(*seen.values()))]:
        for path in re.findall(r"^\| `(.*?)`", table["members " + command], re.M):
            if path not in paths and path.removesuffix("[]").removesuffix("{}") not in paths:
                wrong.add(f"no document of {command} has {path}\n")
    return "".join(sorted(wrong))


def invalid():
    """what is not as schema/ says"""
    return "".join(f"{name}: {doc.get('command')} -j: {wrong}\n"
                   for name, doc in documents() for wrong in schemas.wrong(doc))


def judged_otherwise():
    """where the two that know the schemas differ, over documents that are broken in one place of each kind"""
    seen, told, refused = set(), "", 0
    for name, doc in documents():
        command = doc["command"]
        for path in schemas.inside(doc):
            kind = command, *("[]" if isinstance(key, int) else key for key in path)
            if kind in seen:
                continue
            seen.add(kind)
            for copy in schemas.broken(doc, path):
                no = schemas.refused(copy, command)
                refused += no
                if no == schemas.validator(command).is_valid(copy):
                    told += f"{name}: {command} {'.'.join(kind[1:])}: {'refused' if no else 'valid'} by one only\n"
    return told or ("" if refused > 1000 else f"{refused} were refused\n")


#: "1 pages", but not the number of a table's column before a word of the next
MANY = re.compile(
    r"\b1 (?:more |reserved |offline |memory |ZONE_DEVICE |struct )*"
    r"(?:pages|sections|blocks|rows|findings|errors|warnings|infos|entries|bytes|nodes|regions|devices)\b(?! +\d)"
    r"|\b1 of \d+ \w+ (?:were|are|have)\b|\b(?!1 )\d+ of \d+ \w+ (?:was|is|has)\b")


def plurals(table):
    """one thing is no plural, wherever something is printed"""
    wrong = ""
    texts = {p.name: p.read_text(encoding="utf-8")
             for p in [*sorted((ROOT / "tests/golden").glob("*.expect")), *pages()]}
    for name, text in (texts | table).items():
        wrong += "".join(f"{name}: {line}\n" for line in text.splitlines() if MANY.search(line))
    return wrong


#: words that are gone, and where: in a header, anywhere in what is printed, anywhere
GONE = (
    (re.compile(r"^(?=.*[A-Z])[A-Z ]*\b(RESULT|OFFLINING|DRIVER|WHAT|OFFLINE)\b[A-Z ]*$"), "header"),
    (re.compile(r'"(?:complaints|on_offlining|driver|what)":|"result": "(?:passes|blocks)|"(?:skipped|migrates|blocks)"(?!:)'), "printed"),
    (re.compile(r"^ *(skipped|migrates|blocks)\b(?! offline$| for other)|\bvmballoon\b|\b(?:virtio|hv|xen)-balloon\b|\bvirtio-mem\b"), "printed"),
    (re.compile(r"(?i)\b(books?|complain(?:t|s)?|outside-books|whoever|his|say over|leads to|since ever)\b"),
     "anywhere"),
)


def man_pages(build):
    """{name: text} as a reader sees the words of each"""
    paths = [*sorted((build / "man").glob("*.7")), ROOT / "man/offline-report.1"]
    return {f"man {p.name}": p.read_text(encoding="utf-8").replace("\\-", "-") for p in paths}


def reports(replay):
    """{name: text} of what offline-report prints of a dump with findings, of a fleet, and of itself"""
    tool, host = ROOT / "tools/offline-report", {"nodename": "a", "kernel": "6.1", "date": "2026-11-30"}
    fixture = ROOT / "tests/golden/6.12-orphaned-whole.fixture"
    documents = {command: json.loads(subprocess.run([replay, fixture, command, "-j"], capture_output=True, check=True).stdout)
                 for command in ("offline", "offrange", "offcheck", "offblock", "offowner")}
    report = {"schema": 2, "command": "offline-report", "dump": "d", "host": host, "failure": None, "documents": documents,
              "status": {"result": "findings", "message": "made"}}
    with tempfile.TemporaryDirectory() as name:
        path = pathlib.Path(name, "report.json")
        path.write_text(json.dumps(report), encoding="utf-8")
        page = pathlib.Path(name, "page.html")
        table = subprocess.run([tool, "--merge", "-o", page, path], capture_output=True, check=False, text=True).stdout
        text = page.read_text(encoding="utf-8").partition("</style>")[2]
        text = re.sub(r"<[^>]*>", " ", re.sub(r"</?(?:tr|p|table|div|h1)\b[^>]*>", "\n", text))
    usage = subprocess.run([tool, "--help"], capture_output=True, check=True, text=True).stdout
    assert "orphan" in table and "orphan" in text and "--merge" in usage
    return {"offline-report --merge": table, "the page of offline-report": text, "offline-report --help": usage}


def words_that_are_gone(table, build, replay):
    """no word that people.md's vocabulary replaced is printed, or in a page"""
    printed = {p.name: p.read_text(encoding="utf-8") for p in sorted((ROOT / "tests/golden").glob("*.expect"))}
    printed |= {name: text for name, text in table.items() if name.startswith("help ")}
    man = man_pages(build)
    if len(man) < 8:
        return "the man pages are not built: make man\n"
    printed |= man | reports(replay)
    owners = sorted((ROOT / "docs/owners").glob("*.md"))
    told = {p.name: p.read_text(encoding="utf-8") for p in [*pages(), *owners]} | table
    wrong = ""
    for name, text in (printed | told).items():
        for line in text.splitlines():
            for gone, where in GONE:
                found = gone.search(line.strip() if where == "header" else line)
                if found and not line.startswith("$ ") and (where != "printed" or name in printed):
                    wrong += f"{name}: '{found[0].strip()}' in: {line.strip()[:120]}\n"
    return wrong


def sends_to_itself(name, text):
    """-> lines NEXT, and members next, that name the command that prints them"""
    command, options, wrapped = "", [], ""
    for line in [*text.splitlines(), "$ end"]:
        if wrapped and line.startswith("  "):
            wrapped += " " + line.strip()
            continue
        for said in re.findall(r'^NEXT[^:]*: (.*)|"next": "(.*?)"', wrapped):
            if any(other == command and (not more or "-v" in options)
                   for other, more in re.findall(r"\b(off[a-z]+)( -v)?\b", said[0] or said[1])):
                yield f"{name}: {command} {' '.join(options)}: {said[0] or said[1]}\n"
        wrapped = line
        if line.startswith("$ "):
            command, *options = line.split()[1:]


def nexts(_):
    """what to do next is never what was done just now"""
    return "".join(line for path in sorted((ROOT / "tests/golden").glob("*.expect"))
                   for line in sends_to_itself(path.name, path.read_text(encoding="utf-8")))


#: an error is one line, and a table of man or docs/ is no line of a terminal
ONE_LINE = re.compile(r"^(?:offline|offrange|offcheck|offblock|offowner|offmap): ")


def too_wide(name, text):
    """-> lines that a terminal breaks, in what was printed for one"""
    columns = 0
    for line in text.splitlines():
        if line.startswith("$ "):
            columns = int(line.split()[2]) if line.startswith("$ columns ") else columns
            continue
        if columns >= 80 and len(line) > columns and not ONE_LINE.match(line):
            yield f"{name}: {len(line)} columns: {line}\n"


def widths(table):
    """no line is wider than the terminal, of what is printed for one; and help pages fit 80"""
    wrong, seen = "", 0
    for path in sorted((ROOT / "tests/golden").glob("*.expect")):
        text = path.read_text(encoding="utf-8")
        seen += "$ columns 80" in text
        wrong += "".join(too_wide(path.name, text))
    for page in pages():
        for fixture, text in re.findall(r"<!-- replay: .*? at (\d+) -->\n(.*?)<!-- end of replay", page.read_text(encoding="utf-8"), re.S):
            lines = [line[4:] if not line.startswith("    crash> ") else "$ " + line[11:] for line in text.splitlines()]
            wrong += "".join(too_wide(page.name, f"$ columns {fixture}\n" + "\n".join(lines)))
    for name, text in table.items():
        if name.startswith("help "):
            wrong += "".join(f"{name}: {len(line)} columns: {line}\n"
                             for line in text.splitlines() if len(line) > 80)
    return wrong or ("" if seen > 4 else "no golden case has 80 columns\n")


def main():
    args = sys.argv[1:]
    write = args[0] == "--write"
    table, replay = tables(args[write]), pathlib.Path(args[write + 1]).resolve()
    if write:
        for page in [*pages(), MANUAL]:
            text = page.read_text(encoding="utf-8")
            page.write_text(replayed(filled(text, table), replay), encoding="utf-8")
        for name, rows in table.items():
            if name.startswith("schema "):
                (ROOT / "schema" / f"{name.split()[1]}.json").write_text(rows, encoding="utf-8")
        return 0
    suite = ET.Element("testsuite", name="docs", skipped="0")
    failed = 0
    for name, wrong in ("tables of docs", differences(table)), ("documents", undescribed(table)), \
            ("schemas", invalid()), ("judges of schemas", judged_otherwise()), ("plurals", plurals(table)), \
            ("words that are gone", words_that_are_gone(table, pathlib.Path(args[0]).resolve().parents[1], replay)), ("widths", widths(table)), ("next", nexts(table)), \
            ("transcripts", transcripts(replay)):
        case = ET.SubElement(suite, "testcase", classname="docs", name=name)
        if wrong:
            failed += 1
            ET.SubElement(case, "failure", message="differs").text = wrong
            print(f"FAIL docs {name}; make docs writes them\n{wrong}", end="")
    suite.set("tests", str(len(suite)))
    suite.set("failures", str(failed))
    if len(args) > 2:
        ET.ElementTree(suite).write(args[2], encoding="unicode")
    print(f"docs: {len(suite) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
