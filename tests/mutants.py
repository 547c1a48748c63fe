#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Change the sources a little, one place at a time, and see whether a test notices.

mutants.py [-n 300] [-s SEED] [-d FOLDER] [--quick | --again] [SOURCE...]

Works in a copy of the tree in FOLDER. A change is another operator, another
constant, a negation or a dropped statement, drawn with SEED. What is run of the
unit tests, corpora and recordings is what executes the line (gcov says so), first
without sanitizers, which is quick, then with them; the first failure ends it.
A change that survives and compiles to the same code is no change; any other
survivor needs a test, or an entry in tests/mutants.known. Results are kept in
FOLDER, so that a run goes on where it was stopped. A survivor runs everything
twice, minutes on a busy machine: --quick leaves the sanitizers to --again, which
tries survivors only.
"""
import argparse
import collections
import hashlib
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import time

TOP = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP / "tests/golden"))
import run as golden                                    # noqa: E402

SOURCES = ["src/judge/*.c", "src/owners/*.c", "src/scan/*.c", "src/kernel/block.c",
           "src/kernel/section.c", "src/kernel/page.c", "src/dump/*.c"]
KNOWN = TOP / "tests/mutants.known"

# ---- small changes ----------------------------------------------------------

OPERATORS = {
    "==": ["!="], "!=": ["=="], "<": ["<=", ">="], "<=": ["<", ">"],
    ">": [">=", "<="], ">=": [">", "<"], "&&": ["||"], "||": ["&&"],
    "+": ["-"], "-": ["+"], "*": ["/"], "/": ["*"], "%": ["/"],
    "&": ["|"], "|": ["&"], "<<": [">>"], ">>": ["<<"],
    "+=": ["-="], "-=": ["+="], "|=": ["="], "&=": ["="],
}
BINARY = re.compile(r"(?<= )(?:" + "|".join(
    re.escape(o) for o in sorted(OPERATORS, key=len, reverse=True)) + r")(?= |$)")
CONSTANT = re.compile(r"(?<![\w.])(0[xX][0-9a-fA-F]+|\d+)(?=[uUlL]*\b)")
DECLARES = re.compile(r"(?:const|static|struct|enum|union|unsigned|int|char|bool|"
                      r"size_t|long|u?int\d+_t|return|else|case|default|do|if|for|"
                      r"while|switch)\b")

Change = collections.namedtuple("Change", "path line kind old new")


def masked(text):
    """@text with comments, strings and directives as blanks, nothing moved"""
    def blank(match):
        return re.sub(r"[^\n]", " ", match.group(0))
    text = re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'',
                  blank, text, flags=re.S)
    return re.sub(r"^#(?:[^\n]*\\\n)*[^\n]*", blank, text, flags=re.M)


def closing(line, at):
    """-> where the parenthesis that opens at @at closes, or None"""
    depth = 0
    for i in range(at, len(line)):
        depth += {"(": 1, ")": -1}.get(line[i], 0)
        if not depth:
            return i
    return None


def of_line(line, mask, before):
    """-> (kind, changed line) of everything that can be changed in a line"""
    def put(begin, end, word):
        return line[:begin] + word + line[end:]
    for m in BINARY.finditer(mask):
        for other in OPERATORS[m.group()]:
            yield "operator", put(m.start(), m.end(), other)
    for m in re.finditer(r"\+\+|--", mask):
        yield "operator", put(m.start(), m.end(), "--" if m.group() == "++" else "++")
    for m in CONSTANT.finditer(mask):
        value = int(m.group(1), 0 if m.group(1)[:2] in ("0x", "0X") else 10)
        yield "constant", put(m.start(), m.end(), str(value + 1))
        if value:
            yield "constant", put(m.start(), m.end(), str(value - 1))
    for m in re.finditer(r"\b(?:true|false)\b", mask):
        yield "constant", put(m.start(), m.end(),
                              "false" if m.group() == "true" else "true")
    for m in re.finditer(r"\bif (?=\()", mask):
        end = closing(mask, m.end())
        if end:
            yield "negation", put(m.end(), end + 1, f"(!{line[m.end():end + 1]})")
    for m in re.finditer(r"!(?=[\w(])", mask):
        yield "negation", put(m.start(), m.end(), "")
    body = mask.strip()
    if re.match(r"\t+[\w*+(-]", mask) and body.endswith(";") and \
            body.count("(") == body.count(")") and not DECLARES.match(body) and \
            re.search(r"[;{}:)]$|\belse$", before):
        yield "dropped", re.match(r"\t+", line).group() + ";"


def changes_of(path, text):
    """-> [Change] of a source, in the order of its lines"""
    found, before = [], "{"
    for nr, (line, mask) in enumerate(zip(text.splitlines(),
                                          masked(text).splitlines()), 1):
        found += [Change(path, nr, kind, line, new)
                  for kind, new in of_line(line, mask, before)]
        before = mask.strip() or before
    return found


# ---- a copy of the tree, and what it is tested with -------------------------

class Copy:
    """A scratch copy: builds objects and programs with the Makefile's commands."""

    LINKER = " -fuse-ld=mold" if shutil.which("mold") else ""
    #: what make is told for each of the three builds; "build" is check-unit's
    WORDS = {
        "quick": ["SANFLAGS=-fsanitize=leak", "WARN=-w", "CFLAGS=-O1",
                  "LDFLAGS=" + LINKER],
        "cover": ["SANFLAGS=-fsanitize=leak", "WARN=-w", "CFLAGS=-O0 --coverage",
                  "LDFLAGS=--coverage" + LINKER],
        "build": ["LDFLAGS=" + LINKER],
    }

    def __init__(self, folder):
        self.folder = folder
        self.tree = folder / "tree"
        self.commands = {}

    def sync(self):
        """copy what differs; -> a digest of all of it"""
        names = subprocess.run(["git", "-C", TOP, "ls-files", "-z"], check=True,
                               capture_output=True, text=True).stdout.split("\0")
        digest = hashlib.sha256()
        for name in "src", "include", "tests":
            for path in (self.tree / name).rglob("*"):
                if path.is_file() and str(path.relative_to(self.tree)) not in names:
                    path.unlink()       # it is gone, or has another name now
        for name in filter(None, names):
            source, target = TOP / name, self.tree / name
            if not source.is_file():
                continue
            content = source.read_bytes()
            if name.endswith((".c", ".h", ".fixture", ".cmd", "Makefile")):
                digest.update(name.encode() + b"\0" + content)
            if not target.exists() or target.read_bytes() != content:
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(source, target)
        return digest.hexdigest()

    def make(self, build, *words):
        return subprocess.run(["make", "-C", self.tree, "--no-print-directory", "V=1",
                               f"BUILD={build}", *self.WORDS[build], *words],
                              capture_output=True, text=True, check=False,
                              env={k: v for k, v in os.environ.items()
                                   if not k.startswith("MAKE")})

    def must(self, build, programs):
        run = self.make(build, *sorted({f"{build}/{p.binary}" for p in programs}))
        if run.returncode:
            sys.exit(f"mutants: make in {build}:\n{run.stderr[-3000:]}")

    def command(self, build, target, touched):
        """the shell commands that make @target, of which @touched is a part"""
        if target not in self.commands:     # they are the same for every part
            told = self.make(build, "-n", "-W", touched, target).stdout
            self.commands[target] = [
                line for line in told.replace("\\\n", " ").splitlines()
                if f" -o {target} " in line]
            assert self.commands[target], f"{target} does not depend on {touched}"
        return self.commands[target]

    def run(self, build, target, touched):
        """make @target again, warnings aside; did it go well?"""
        return all(subprocess.run(["sh", "-c", command + " -w"], cwd=self.tree,
                                  capture_output=True, check=False).returncode == 0
                   for command in self.command(build, target, touched))


class Program:
    """One thing that check-unit runs: a unit test, a recording, a corpus."""

    def __init__(self, copy, name, binary):
        self.copy, self.name, self.binary = copy, name, binary
        self.seconds = 0.0
        self.quick = True

    def arguments(self):
        if self.name.startswith("fuzz_"):
            return sorted((TOP / "tests/fuzz/corpus" / self.name).glob("*"))
        return []

    def passes(self, build, limit=None, env=None):
        """does it pass? leaves the processor time that it took"""
        binary = self.copy.tree / build / self.binary
        before = os.times()
        if self.name.startswith("golden "):
            cmd = self.copy.tree / "tests/golden" / f"{self.name[7:]}.cmd"
            expect = cmd.with_suffix(".expect").read_bytes()
            run = self.limited([binary, cmd.with_suffix(".fixture")], build,
                               limit, env, cmd.open("rb"))
            good = run.returncode == 0 and not run.stderr and run.stdout == expect
        else:
            run = self.limited([binary, *self.arguments()], build, limit, env,
                               subprocess.DEVNULL)
            good = run.returncode == 0
        after = os.times()
        self.seconds = (after.children_user - before.children_user +
                        after.children_system - before.children_system)
        return good

    def limited(self, words, build, limit, env, stdin):
        limit = f"ulimit -t {limit};" if limit else ""
        return subprocess.run(
            ["sh", "-c", f'{limit} exec timeout -k 1 600 "$@"', "sh", *words],
            cwd=self.copy.tree, stdin=stdin, capture_output=True, check=False,
            env=dict(os.environ, OFL_BUILD=build,
                     ASAN_OPTIONS="hard_rss_limit_mb=2000", **(env or {})))


def programs_of(copy):
    """-> [Program] of check-unit"""
    units = sorted(p.stem for p in (copy.tree / "tests/unit").glob("test_*.c"))
    fuzzers = sorted(p.stem for p in (copy.tree / "tests/fuzz").glob("fuzz_*.c"))
    cases = sorted(p.stem for p in (copy.tree / "tests/golden").glob("*.cmd"))
    return [*(Program(copy, u, f"san/tests/unit/{u}") for u in units),
            *(Program(copy, f, f"san/{f}") for f in fuzzers),
            *(Program(copy, f"golden {c}", "san/replay") for c in cases)]


# ---- which program executes which line --------------------------------------

def lines_run(copy, gcda):
    """-> {source: lines that were executed} of one run's counts"""
    found = collections.defaultdict(set)
    files = [str(p) for p in gcda.rglob("*.gcda") if "/src/" in str(p)]
    for file in files:
        # gcov looks for the notes beside the counts
        notes = pathlib.Path("/" + str(pathlib.Path(file).relative_to(gcda)))
        shutil.copy(notes.with_suffix(".gcno"), pathlib.Path(file).with_suffix(".gcno"))
    out = subprocess.run(["gcov", "--json-format", "--stdout", *files], cwd=gcda,
                         capture_output=True, text=True, check=False).stdout
    for line in out.splitlines():
        for file in json.loads(line)["files"]:
            name = file["file"].replace(str(copy.tree) + "/", "")
            found[name] |= {row["line_number"] for row in file["lines"] if row["count"]}
    return found


def coverage(copy, programs, digest):
    """-> {program: {source: lines}}, kept for the tree of @digest"""
    kept = copy.folder / "coverage.json"
    if kept.exists():
        told = json.loads(kept.read_text(encoding="utf-8"))
        if told["digest"] == digest:
            for p in programs:
                p.seconds, p.quick = told["seconds"][p.name]
            return {name: {f: set(l) for f, l in files.items()}
                    for name, files in told["lines"].items()}
    copy.must("cover", programs)
    found, seconds = {}, {}
    for p in programs:
        gcda = copy.folder / "gcda"
        shutil.rmtree(gcda, ignore_errors=True)
        gcda.mkdir()                    # a program of macros alone counts nothing
        p.passes("cover", env={"GCOV_PREFIX": str(gcda)})
        found[p.name] = lines_run(copy, gcda)
        # one that is about the sanitizers' allocator is run with them only
        p.quick = p.passes("quick")
        if not p.quick and not p.passes("build"):
            sys.exit(f"mutants: {p.name} fails before anything was changed")
        seconds[p.name] = [p.seconds, p.quick]
        print(f"  {p.name}: {sum(map(len, found[p.name].values()))} lines, "
              f"{p.seconds:.1f} s", flush=True)
    kept.write_text(json.dumps({
        "digest": digest, "seconds": seconds,
        "lines": {n: {f: sorted(l) for f, l in files.items()}
                  for n, files in found.items()}}), encoding="utf-8")
    return found


# ---- the trial --------------------------------------------------------------

class Trial:
    """One change after the other, in one copy."""

    def __init__(self, copy, programs, lines, builds):
        self.copy, self.programs, self.lines = copy, programs, lines
        self.builds = builds
        self.noticed_by = collections.Counter()
        self.limits = {p.name: int(5 + 10 * p.seconds) for p in programs}
        self.times = {p.name: p.seconds for p in programs}
        self.assembly = {}

    def suspects(self, change):
        """programs that execute the line, else those that execute its file"""
        def runs(p, line):
            ran = self.lines[p.name].get(change.path, ())
            return line in ran if line else bool(ran)
        those = [p for p in self.programs if runs(p, change.line)] or \
                [p for p in self.programs if runs(p, None)]
        return sorted(those, key=lambda p: (
            self.times[p.name] / (1 + self.noticed_by[change.path, p.name])))

    def same_code(self, change, source):
        """does the compiler make the same of it?"""
        def assembly():
            out = self.copy.folder / "out.s"
            command = self.copy.command("build", f"build/{change.path[:-2]}.o",
                                        change.path)[0]
            command = re.sub(r" -c -o \S+", f" -g0 -S -o {out}", command)
            command = re.sub(r" -MMD -MP", "", command) + " -w"
            subprocess.run(["sh", "-c", command], cwd=self.copy.tree, check=True,
                           capture_output=True)
            return out.read_text(encoding="utf-8")
        mine = assembly()
        if change.path not in self.assembly:
            path = self.copy.tree / change.path
            changed = path.read_text(encoding="utf-8")
            path.write_text(source, encoding="utf-8")
            self.assembly[change.path] = assembly()
            path.write_text(changed, encoding="utf-8")
        return mine == self.assembly[change.path]

    def noticed(self, build, change):
        """with the changed file in place: -> who notices it, None: nobody"""
        obj = f"{build}/san/{change.path[:-2]}.o"
        clean = shutil.copy2(self.copy.tree / obj, self.copy.folder / "clean.o")
        linked = set()
        try:
            if not self.copy.run(build, obj, change.path):
                return "does not compile"
            for program in self.suspects(change):
                if build == "quick" and not program.quick:
                    continue
                binary = f"{build}/{program.binary}"
                if binary not in linked and not self.copy.run(build, binary, obj):
                    return "does not compile"
                linked.add(binary)
                if not program.passes(build, self.limits[program.name]):
                    self.noticed_by[change.path, program.name] += 1
                    return f"noticed by {program.name}"
            return None
        finally:
            shutil.copy(clean, self.copy.tree / obj)
            for binary in linked:
                (self.copy.tree / binary).unlink(missing_ok=True)

    def of(self, change):
        """-> what became of @change: who noticed, or why nobody did"""
        path = self.copy.tree / change.path
        source = path.read_text(encoding="utf-8")
        lines = source.splitlines(keepends=True)
        lines[change.line - 1] = change.new + "\n"
        path.write_text("".join(lines), encoding="utf-8")
        try:
            found = self.noticed("quick", change)
            if not found and self.same_code(change, source):
                found = "same code"
            for build in self.builds[1:]:
                found = found or self.noticed(build, change)
            return found or "survived"
        finally:
            path.write_text(source, encoding="utf-8")


def known_survivors():
    """-> {(path, old, new): why}; a block is path, - old, + new, why"""
    found = {}
    if KNOWN.exists():
        for block in KNOWN.read_text(encoding="utf-8").split("\n\n"):
            rows = [r for r in block.splitlines() if not r.startswith("#")]
            if len(rows) >= 4:
                found[rows[0], rows[1][2:], rows[2][2:]] = " ".join(
                    r.strip() for r in rows[3:])
    return found


def summary(results):
    """print survivors and one line of counts; -> how many need a test"""
    known, sums, lost = known_survivors(), collections.Counter(), 0
    for r in results:
        what = r["result"].split(" by ")[0]
        why = known.get((r["path"], r["old"].strip(), r["new"].strip()))
        if what == "survived" and why:
            what = "known"
        sums[what] += 1
        if what == "survived":
            lost += 1
            print(f"{r['path']}:{r['line']}\n- {r['old'].strip()}\n+ {r['new'].strip()}")
    tried = sums["noticed"] + sums["survived"] + sums["known"]
    print(f"mutants: {tried} tried, {sums['noticed']} noticed "
          f"({100 * sums['noticed'] / max(tried, 1):.1f} %), {sums['known']} known to "
          f"change nothing, {lost} survived; {sums['same code']} made the same code, "
          f"{sums['does not compile']} did not compile")
    return lost


def main():
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("-n", type=int, default=300, help="changes to try in all")
    ask.add_argument("-s", "--seed", type=int, default=None)
    ask.add_argument("-d", "--folder", default=TOP / "build/mutants", type=pathlib.Path)
    ask.add_argument("--quick", action="store_true",
                     help="without sanitizers: --again has the last word")
    ask.add_argument("--again", action="store_true",
                     help="try the survivors of the last run again")
    ask.add_argument("sources", nargs="*", default=SOURCES)
    words = ask.parse_args()
    seed = words.seed if words.seed is not None else random.SystemRandom().randrange(2**32)
    print(f"SEED={seed}", flush=True)
    words.folder.mkdir(parents=True, exist_ok=True)
    copy = Copy(words.folder.resolve())
    digest = copy.sync()
    programs = programs_of(copy)
    for build in "quick", "build":
        copy.must(build, programs)
    trial = Trial(copy, programs, coverage(copy, programs, digest),
                  ["quick"] if words.quick else ["quick", "build"])

    log = copy.folder / f"results-{seed}.jsonl"
    told = [json.loads(row) for row in log.read_text(encoding="utf-8").splitlines()] \
        if log.exists() else []
    paths = sorted({str(p.relative_to(TOP)) for s in words.sources for p in TOP.glob(s)})
    drawn = [c for p in paths
             for c in changes_of(p, (TOP / p).read_text(encoding="utf-8"))]
    random.Random(seed).shuffle(drawn)
    if words.again:
        lost = {(r["path"], r["old"], r["new"]) for r in told
                if r["result"] == "survived"}
        told = [r for r in told if r["result"] != "survived"]
        log.write_text("".join(json.dumps(r) + "\n" for r in told), encoding="utf-8")
        drawn.sort(key=lambda c: (c.path, c.old, c.new) not in lost)
        words.n = sum(r["result"].startswith("noticed") for r in told) + len(lost)
    done = {(r["path"], r["old"], r["new"]) for r in told}
    count = sum(r["result"] == "survived" or r["result"].startswith("noticed")
                for r in told)
    for change in drawn:
        if count >= words.n:
            break
        if (change.path, change.old, change.new) in done:
            continue
        began = time.time()
        result = trial.of(change)
        told.append({**change._asdict(), "result": result})
        with log.open("a", encoding="utf-8") as f:
            f.write(json.dumps(told[-1]) + "\n")
        count += result == "survived" or result.startswith("noticed")
        print(f"{count} {change.path}:{change.line} {change.kind}: {result} "
              f"({time.time() - began:.0f} s)", flush=True)
    return 1 if summary(told) else 0


if __name__ == "__main__":
    sys.exit(main())
