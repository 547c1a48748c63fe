#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The rooms of the sources, and the arrows between them.

house.py BUILD XML      check the tree, and check each check on a made-up tree
house.py --figures [BUILD]      how large things are

A file is ROOM/STEM: src/ROOM/STEM.c and include/ROOM/STEM.h are one. An arrow
goes from a file to each file that it includes, or of which it uses a symbol
(nm over the objects in BUILD). Which room may stand on which is declared in
the table "Rooms" of docs/design.md, and nowhere else.
"""
import collections
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ET

TOP = pathlib.Path(__file__).resolve().parent.parent
MOST_LINES = 60

# what is wrong today, an arrow or a room a line; the list may only become shorter
ALLOWED = """
"""

# files that may write to a stream, beside offline.c and src/crash; help.c writes to memory
MAY_PRINT = {"src/commands/help.c", "src/view/out.c", "src/view/svg.c", "src/target/record.c"}
PRINTS = re.compile(r"\b(?:f?printf|f?puts|f?putc|putchar|fwrite|perror|vf?printf)\(")
FACT = re.compile(r"\bOFL_F_\w+")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)


def code_of(text):
    """@text without comments and strings, in the same lines"""
    def blank(match):
        word = match.group(0)
        return "\n" * word.count("\n") if word[0] == "/" else word[0] * 2
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'',
                  blank, text, flags=re.S)


def functions_of(text):
    """-> [(name, first line, lines)]: kernel style, braces in column 0

    A function begins where its declaration does and ends with its brace.
    """
    lines = code_of(text).splitlines()
    found, begin = [], None
    for nr, line in enumerate(lines):
        if line == "{":
            head = nr - 1
            while head and lines[head][:1] in ("\t", " "):
                head -= 1
            name = re.search(r"(\w+)\(", lines[head])
            begin = (name.group(1), head) if name else None
        elif line == "}" and begin:
            found.append((begin[0], begin[1] + 1, nr - begin[1] + 1))
            begin = None
    return found


def rooms_of(page):
    """-> {room: set of the rooms that it may use, its own among them}

    Rows are | `room` | stands on | what lies there |; a room may use what it
    stands on and what that stands on.
    """
    direct = {}
    part = re.search(r"^## Rooms\n(.*?)(?=^## |\Z)", page, re.M | re.S)
    for row in re.findall(r"^\| *`(\w+)/?` *\|([^|\n]*)\|", part.group(1) if part else "",
                          re.M):
        direct[row[0]] = set(re.findall(r"`(\w+)/?`", row[1]))
    def below(room):
        found = {room}
        for other in direct.get(room, ()):
            found |= below(other)
        return found
    return {room: below(room) for room in direct}


#: in names, too; what is printed has a longer list, in tests/docs
GONE = re.compile(r"(?i)(?:\b|(?<=_))(?:books?|whoever|his|say over|since[ _]ever)(?=\b|_)")


class House:
    """A tree of sources: files, arrows with a reason each, and what is wrong."""

    def __init__(self, top, symbols, allowed=()):
        self.top = pathlib.Path(top)
        self.symbols = symbols
        self.allowed = set(allowed)
        self.texts = {}
        for path in sorted([self.top / "offline.c", *self.top.glob("src/**/*.c"),
                            *self.top.glob("src/**/*.h"),
                            *self.top.glob("include/**/*.h"),
                            *self.top.glob("include/**/*.def")]):
            if path.exists():
                self.texts[str(path.relative_to(self.top))] = \
                    path.read_text(encoding="utf-8")
        #: but for the two that have the words in a list
        self.tests = {str(path.relative_to(self.top)): path.read_text(encoding="utf-8")
                      for kind in ("c", "h", "py") for path in sorted(self.top.glob(f"tests/**/*.{kind}"))
                      if path.name not in ("house.py", "docs.py")}
        page = self.top / "docs/design.md"
        self.rooms = rooms_of(page.read_text(encoding="utf-8")) if page.exists() else {}
        self.arrows = self.find_arrows()

    @staticmethod
    def file(path):
        """src/scan/note.c and include/scan/note.h are scan/note"""
        return re.sub(r"^(?:src|include)/|\.(?:[ch]|def)$", "", path)

    @staticmethod
    def room(file):
        return file.rpartition("/")[0] or file

    def find_arrows(self):
        """-> {(file, file): why}"""
        arrows = {}
        known = {self.file(path) for path in self.texts}
        for path, text in self.texts.items():
            for mark, name in INCLUDE.findall(text):
                to = re.sub(r"\.(?:h|def)$", "", name)
                if mark == '"' and to in known and to != self.file(path):
                    arrows.setdefault((self.file(path), to),
                                      f"{path} includes {name}")
        home = {name: file for file, (defined, _) in self.symbols.items()
                for name in defined}
        for file, (_, used) in sorted(self.symbols.items()):
            for name in sorted(used):
                if home.get(name, file) != file:
                    arrows.setdefault((file, home[name]), f"{file} uses {name}")
        return arrows

    def tolerated(self, what):
        return what in self.allowed

    def unused(self):
        """what is allowed and would be no finding any more"""
        everything, unused = self.allowed, []
        for what in sorted(everything):
            self.allowed = everything - {what}
            if not any([*self.check_circles(), *self.check_rooms(),
                        *self.check_declared()]):
                unused.append(what)
        self.allowed = everything
        return unused

    def facts(self):
        """-> {fact: by which commands it is asked for} of the tables"""
        return {"OFL_F_" + name: asked for path, text in self.texts.items()
                if path.startswith("include/layout/facts_")
                for name, asked in re.findall(r'^FACT\((\w+), ".*?", (\w+),', text, re.M)}

    # ---- the checks: each yields what is wrong, in one line a finding ----

    def check_circles(self):
        """no file is needed by what it needs itself"""
        to = collections.defaultdict(set)
        for a, b in self.arrows:
            if not self.tolerated(f"{a} -> {b}"):
                to[a].add(b)
        for circle in circles_of(to):
            yield "circle: " + ", ".join(
                f"{a} -> {b} ({self.arrows[a, b]})"
                for a, b in zip(circle, circle[1:] + circle[:1]))

    def check_rooms(self):
        """a room uses what it stands on, nothing beside or above it"""
        for (a, b), why in sorted(self.arrows.items()):
            here, there = self.room(a), self.room(b)
            if there not in self.rooms.get(here, {here}) and \
                    not self.tolerated(f"{a} -> {b}"):
                yield f"{here} does not stand on {there}: {why}"

    def check_declared(self):
        """the rooms of the table are those of the tree"""
        there = {self.room(self.file(path)) for path in self.texts}
        for room in sorted(there ^ set(self.rooms)):
            if not self.tolerated(room):
                yield f"room {room} is " + (
                    "not in the table of docs/design.md" if room in there
                    else "declared in docs/design.md and not there")

    def check_crash(self):
        """one room knows crash"""
        for path, text in self.texts.items():
            if any(pathlib.PurePath(name).name == "defs.h" for _, name in INCLUDE.findall(text)) and \
                    not re.match(r"offline\.c$|(?:src|include)/crash/", path):
                yield f"{path} includes defs.h"

    def check_headers(self):
        """a header lies in the room of its source"""
        sources = {pathlib.Path(p).stem: p for p in self.texts if p.endswith(".c")}
        home = {name: file for file, (defined, _) in self.symbols.items()
                for name in defined}
        for path, text in self.texts.items():
            if not path.endswith(".h"):
                continue
            file = self.file(path)
            source = sources.get(pathlib.Path(path).stem)
            if source and f"src/{file}.c" not in self.texts:
                yield f"{path} is the header of {source}"
            for name in re.findall(r"^\w[^\n=;{]*?\b(\w+)\(", code_of(text), re.M):
                if name in home and self.room(home[name]) != self.room(file):
                    yield f"{path} declares {name}, which {home[name]} defines"

    def check_functions(self):
        """a function fits a screen and a half"""
        for path, text in self.texts.items():
            for name, line, lines in functions_of(text):
                if lines > MOST_LINES:
                    yield f"{path}:{line}: {name}() has {lines} lines"

    def check_prints(self):
        """analysis hands its text to the view"""
        for path, text in self.texts.items():
            if path not in MAY_PRINT and not path.startswith(("offline", "src/crash/")):
                for call in PRINTS.findall(code_of(text)):
                    yield f"{path} calls {call})"

    def check_facts(self):
        """each fact is read somewhere: a name in the table and nowhere else is none"""
        read = collections.Counter()
        for path, text in self.texts.items():
            read.update(FACT.findall(code_of(text)))
        for name in self.facts():
            if not read[name]:
                yield f"{name} is asked for, and nothing reads it"

    def check_late_facts(self):
        """what only commands with holders ask for is read by holders alone: others would not know it, or by chance"""
        late = {name for name, asked in self.facts().items() if asked == "HOLDERS"}
        for path, text in self.texts.items():
            if self.room(self.file(path)) not in ("layout", "holders"):
                for name in sorted(late & set(FACT.findall(code_of(text)))):
                    yield f"{path} reads {name}, which only commands that name holders ask for"

    def check_words(self):
        """comments, too, are written in the words of the pages"""
        for path, text in {**self.texts, **self.tests}.items():
            for nr, line in enumerate(text.splitlines(), 1):
                for word in GONE.findall(line):
                    yield f"{path}:{nr}: {word}"

    def checks(self):
        """-> [(name of the check, what is wrong)]"""
        return [(name[6:], list(getattr(self, name)())) for name in dir(self)
                if name.startswith("check_")]


def circles_of(to):
    """-> a circle of each knot of files (Tarjan), shortest way round"""
    index, low, stack, knots = {}, {}, [], []

    def visit(a):
        index[a] = low[a] = len(index)
        stack.append(a)
        for b in sorted(to.get(a, ())):
            if b not in index:
                visit(b)
                low[a] = min(low[a], low[b])
            elif b in stack:
                low[a] = min(low[a], index[b])
        if low[a] == index[a]:
            at = stack.index(a)
            knots.append(stack[at:])
            del stack[at:]

    for a in sorted(to):
        if a not in index:
            visit(a)
    return [shortest(knot, to) for knot in knots if len(knot) > 1]


def shortest(knot, to):
    """the shortest circle through any of @knot"""
    best = None
    for start in sorted(knot):
        came, queue = {start: None}, [start]
        for a in queue:
            if start in to[a]:
                way = [a]
                while came[way[-1]] is not None:
                    way.append(came[way[-1]])
                if not best or len(way) < len(best):
                    best = way[::-1]
                break
            for b in sorted(to[a]):
                if b in knot and b not in came:
                    came[b] = a
                    queue.append(b)
    return best


def symbols_of(build, top=TOP):
    """-> {file: (defined, used)} of the objects whose sources are there"""
    objects = {}
    for folder in build / "san", build:
        for source in [*top.glob("src/**/*.c"), top / "offline.c"]:
            path = source.relative_to(top)
            obj = folder / path.with_suffix(".o")
            if obj.exists():
                objects.setdefault(House.file(str(path)), obj)
    found = {}
    for file, obj in objects.items():
        out = subprocess.run(["nm", "-g", obj], capture_output=True, text=True,
                             check=True).stdout
        rows = [line.split() for line in out.splitlines()]
        found[file] = ({r[-1] for r in rows if r[-2] not in "Uw"},
                       {r[-1] for r in rows if r[-2] in "Uw"})
    return found


# ---- each check on a made-up tree -------------------------------------------

class MadeUp(unittest.TestCase):
    """A house of two rooms in which nothing is wrong, and one thing at a time."""

    TREE = {
        "docs/design.md": "## Rooms\n| Room | Stands on | |\n|---|---|---|\n"
                          "| `low` | | |\n| `high` | `low` | |\n"
                          "| `crash` | `high` | |\n| `offline` | `crash` | |\n",
        "offline.c": '#include <defs.h>\n#include "crash/seam.h"\n',
        "include/low/a.h": "int a(void);\n",
        "include/low/b.h": "int b(void);\n",
        "include/high/c.h": '#include "low/a.h"\nint c(void);\n',
        "include/crash/seam.h": '#include "high/c.h"\n',
        "src/low/a.c": '#include "low/a.h"\nint a(void)\n{\n\treturn 1;\n}\n',
        "src/low/b.c": '#include "low/b.h"\n#include "low/a.h"\n',
        "src/high/c.c": '#include "high/c.h"\n/* "low/a.h" printf( */\n',
        "src/crash/seam.c": '#include "crash/seam.h"\n#include <defs.h>\n',
    }
    SYMBOLS = {"low/a": ({"a"}, set()), "low/b": ({"b"}, {"a"}),
               "high/c": ({"c"}, {"a", "b"})}

    def house(self, change=None, symbols=None, allowed=()):
        with tempfile.TemporaryDirectory() as top:
            for name, text in {**self.TREE, **(change or {})}.items():
                path = pathlib.Path(top) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            return House(top, {**self.SYMBOLS, **(symbols or {})}, allowed)

    def wrong(self, check, *args, **more):
        """the findings of @check; the other checks have none"""
        found = dict(self.house(*args, **more).checks())
        mine = found.pop(check)
        self.assertEqual({k: v for k, v in found.items() if v}, {})
        return "\n".join(mine)

    def test_nothing_is_wrong(self):
        self.assertEqual([w for _, w in self.house().checks() if w], [])

    def test_circle_of_includes(self):
        wrong = self.wrong("circles", {"src/low/a.c": '#include "low/b.h"\n'})
        self.assertIn("low/a -> low/b (src/low/a.c includes low/b.h), low/b -> low/a",
                      wrong)

    def test_circle_of_symbols(self):
        wrong = self.wrong("circles", symbols={"low/a": ({"a"}, {"b"})})
        self.assertIn("low/a -> low/b (low/a uses b)", wrong)

    def test_circle_of_three(self):
        wrong = self.wrong("circles", {
            "src/low/a.c": '#include "low/d.h"\n', "include/low/d.h": "\n",
            "src/low/d.c": '#include "low/b.h"\n'})
        self.assertEqual(wrong.count("->"), 3)

    def test_allowed_arrow_is_tolerated_alone(self):
        change = {"src/low/a.c": '#include "low/b.h"\n'}
        self.assertEqual(self.wrong("circles", change,
                                    allowed=["low/a -> low/b"]), "")
        both = ["low/a -> low/b", "high/c -> low/a", "x -> y"]
        self.assertEqual(self.house(change, allowed=both).unused(),
                         ["high/c -> low/a", "x -> y"])

    def test_include_of_a_room_above(self):
        # of another file, so that there is no circle besides
        wrong = self.wrong("rooms", {"src/low/d.c": '#include "high/c.h"\n'})
        self.assertEqual(wrong, "low does not stand on high: "
                                "src/low/d.c includes high/c.h")

    def test_symbol_of_a_room_above(self):
        wrong = self.wrong("rooms", {"src/low/d.c": "\n"},
                           symbols={"low/d": (set(), {"c"})})
        self.assertIn("low/d uses c", wrong)

    def test_room_that_is_not_declared(self):
        self.assertIn("room attic is not in the table",
                      self.wrong("declared", {"src/attic/d.c": "\n"}))

    def test_room_that_is_not_there(self):
        page = self.TREE["docs/design.md"] + "| `cellar` | | |\n"
        self.assertIn("room cellar is declared",
                      self.wrong("declared", {"docs/design.md": page}))

    def test_crash_is_known(self):
        self.assertEqual(self.wrong("crash", {"src/low/d.c": "# include <defs.h>\n"}),
                         "src/low/d.c includes defs.h")
        self.assertEqual(self.wrong("crash", {"src/low/d.c": "#include <crash/defs.h>\n"}),
                         "src/low/d.c includes defs.h")

    def test_words(self):
        self.assertEqual(self.wrong("words", {"src/low/d.c": "/* whoever\n * asks */\n"}), "src/low/d.c:1: whoever")
        self.assertEqual(self.wrong("words", {"tests/unit/d.py": "def test_books():\n"}), "tests/unit/d.py:1: books")

    def test_header_elsewhere(self):
        self.assertIn("include/high/d.h is the header of src/low/d.c",
                      self.wrong("headers", {"include/high/d.h": "\n",
                                             "src/low/d.c": "\n"}))

    def test_declaration_elsewhere(self):
        self.assertIn("include/high/c.h declares b, which low/b defines",
                      self.wrong("headers", {"include/high/c.h":
                                             '#include "low/a.h"\nint b(void);\n'}))

    def test_long_function(self):
        body = "static int\tf(int a,\n\t\tint b)\n{\n" + "\ta++;\n" * 57 + "}\n"
        self.assertEqual(self.wrong("functions", {"src/low/d.c": "\n" + body}),
                         "src/low/d.c:2: f() has 61 lines")

    def test_fact_that_nothing_reads(self):
        tree = {"include/layout/facts_x.def": 'FACT(READ, "read", LATE,\n\t1)\nFACT(LOST, "a, lost", EARLY, HEX,\n\t1)\n',
                "src/low/d.c": "x(OFL_F_READ); /* OFL_F_LOST */\n",
                "docs/design.md": self.TREE["docs/design.md"] + "| `layout` | | |\n"}
        self.assertEqual(self.wrong("facts", tree),
                         "OFL_F_LOST is asked for, and nothing reads it")

    def test_fact_of_holders(self):
        tree = {"include/layout/facts_x.def": 'FACT(A, "a", LATE,\n\t1)\nFACT(B, "b", HOLDERS,\n\t1)\nFACT(C, "c", HOLDERS,\n\t1)\n',
                "src/low/d.c": "x(OFL_F_A, OFL_F_C); /* OFL_F_B */\n",
                "src/holders/e.c": "x(OFL_F_B);\n",
                "docs/design.md": self.TREE["docs/design.md"] + "| `layout` | | |\n| `holders` | `layout` | |\n"}
        self.assertEqual(self.wrong("late_facts", tree),
                         "src/low/d.c reads OFL_F_C, which only commands that name holders ask for")

    def test_function_that_fits(self):
        body = "int f(void)\n{\n" + "\ta++;\n" * 57 + "}\n"
        self.assertEqual(self.wrong("functions", {"src/low/d.c": body}), "")

    def test_print(self):
        self.assertEqual(self.wrong("prints", {
            "src/low/d.c": 'int d(void)\n{\n\tsnprintf(x, 1, "puts(");\n'
                           '\treturn fputs("", stdout);\n}\n'}),
            "src/low/d.c calls fputs()")

    def test_symbols_are_read(self):
        with tempfile.TemporaryDirectory() as top:
            top = pathlib.Path(top)
            for name in "src/low", "build/san/src/low":
                (top / name).mkdir(parents=True)
            (top / "src/low/a.c").write_text(
                "int b(void);\nint here;\nstatic int mine(void) { return b(); }\n"
                "int a(void) { return mine() + here; }\n", encoding="utf-8")
            subprocess.run(["gcc", "-c", "-o", top / "build/san/src/low/a.o",
                            top / "src/low/a.c"], check=True)
            self.assertEqual(symbols_of(top / "build", top),
                             {"low/a": ({"a", "here"}, {"b"})})


# ---- figures ----------------------------------------------------------------

def figures(build):
    """how large things are, one a line"""
    house = House(TOP, symbols_of(build) if build else {})
    code = {p: t for p, t in house.texts.items() if p.endswith(".c")}
    lengths = sorted((lines, name) for path, text in house.texts.items()
                     for name, _, lines in functions_of(text))
    sizes = sorted((text.count("\n"), path) for path, text in house.texts.items())
    public = {p: len(re.findall(r"^\w[^\n=;{]*?\b\w+\([^;{]*\);", code_of(t), re.M))
              for p, t in house.texts.items() if p.endswith(".h")}
    most = max(public, key=public.get)
    to = collections.defaultdict(set)
    for a, b in house.arrows:
        to[a].add(b)
    tests = [p for p in (TOP / "tests").glob("**/*") if p.suffix in (".c", ".h", ".py")]
    tested = sum(p.read_text(encoding="utf-8").count("\n") for p in tests)
    lines = [n for n, _ in lengths]
    whole = sum(n for n, _ in sizes)
    print(f"functions       {len(lines)}: median {statistics.median(lines):g}, "
          f"p90 {lines[len(lines) * 9 // 10]}, longest {lines[-1]} ({lengths[-1][1]})")
    print(f"files           {len(code)} sources, {len(public)} headers")
    print(f"largest file    {sizes[-1][0]} lines ({sizes[-1][1]})")
    print(f"circles         {len(circles_of(to))}"
          + ("" if build else " (by includes alone)"))
    for circle in circles_of(to):
        print("                " + " -> ".join(circle + circle[:1]))
    print(f"rooms           {len({House.room(f) for f in map(House.file, code)})}")
    print(f"public          {sum(public.values())} functions, "
          f"{sum(public.values()) / len(public):.1f} a header, "
          f"most {public[most]} ({most})")
    print(f"tests to code   {tested} to {whole} lines, {tested / whole:.2f}")


# ---- results ----------------------------------------------------------------

def run_self_tests(suite):
    """each check on a made-up tree"""
    for test in unittest.defaultTestLoader.loadTestsFromTestCase(MadeUp):
        result = unittest.TestResult()
        test.run(result)
        yield test.id().rpartition(".")[2], [why for _, why in
                                             result.failures + result.errors]


def main():
    if sys.argv[1:2] == ["--figures"]:
        return figures(pathlib.Path(sys.argv[2]) if sys.argv[2:] else None)
    build, xml = map(pathlib.Path, sys.argv[1:3])
    house = House(TOP, symbols_of(build), filter(None, ALLOWED.splitlines()))
    suite = ET.Element("testsuite", name="house")
    bad = 0
    for name, wrong in [*house.checks(), *run_self_tests(suite)]:
        case = ET.SubElement(suite, "testcase", classname="house", name=name)
        if wrong:
            bad += 1
            ET.SubElement(case, "failure", message=wrong[0]).text = "\n".join(wrong)
            print(f"FAIL house {name}\n  " + "\n  ".join(wrong))
    for what in house.unused():
        print(f"house: allowed and not needed any more: {what}")
    suite.set("tests", str(len(suite)))
    suite.set("failures", str(bad))
    ET.ElementTree(suite).write(xml, encoding="unicode")
    print(f"house: {len(house.texts)} files, {len(house.arrows)} arrows, "
          f"{len(house.allowed)} allowed, {bad} failures")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
