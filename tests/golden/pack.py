#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Make one small fixture of recordings: pack.py RECORDING... >NAME.fixture

Repeated answers are dropped, neighbouring memory is joined, strings become
text lines, and where struct pages in a row differ by the same step from one to
the next, one line says them all: a whole memmap is a few hundred KiB of text.
A comment for each -c TEXT goes on top. Recordings of the same kernel only: an
address with two contents is refused, and so are holes (write those by hand,
see README).
"""
import argparse
import struct
import sys

LINE = 4096             # bytes of memory in a line, at most
FOLD = 3                # struct pages that are worth a group
MASK = (1 << 64) - 1


def words_of(text):
    """memory words of a recording -> bytes"""
    out = bytearray()
    for word in text.split():
        word, _, count = word.partition("*")
        if len(word) == 3 and word[0] == "b":
            data = bytes([int(word[1:], 16)])
        else:
            data = int(word, 16).to_bytes(8, "little")
        out += data * int(count or 1)
    return out


class Memory:
    """what was read, in pieces of LINE bytes: [contents, which of them are known]"""

    def __init__(self):
        self.piece = {}

    def add(self, kva, data):
        """-> False: it is there already, and is something else"""
        while data:
            base = kva - kva % LINE
            room = base + LINE - kva
            if not self._add(base, kva - base, data[:room]):
                return False
            kva, data = kva + room, data[room:]
        return True

    def _add(self, base, at, data):
        piece = self.piece.setdefault(base, (bytearray(LINE), bytearray(LINE)))
        held, known = (part[at:at + len(data)] for part in piece)
        if any(known) and held != data and \
                any(k and h != d for h, k, d in zip(held, known, data)):
            return False
        piece[0][at:at + len(data)] = data
        piece[1][at:at + len(data)] = b"\1" * len(data)
        return True

    def runs(self):
        """-> [(address, bytes)], neighbours joined"""
        runs = []
        for base in sorted(self.piece):
            held, known = self.piece[base]
            at = known.find(1)
            while at >= 0:
                end = (known + b"\0").find(0, at)
                if runs and base + at == runs[-1][0] + len(runs[-1][1]):
                    runs[-1][1].extend(held[at:end])
                else:
                    runs.append((base + at, held[at:end]))
                at = known.find(1, end)
        return runs


def word_of(value):
    return f"{value:x}" if value >> 8 != 0xb else f"0{value:x}"     # b12 is a byte


def counted(words):
    """equal neighbours as WORD*COUNT"""
    said = []
    for word in words:
        if said and said[-1][0] == word and word.isalnum():
            said[-1][1] += 1
        else:
            said.append([word, 1])
    return " ".join(w if n == 1 else f"{w}*{n}" for w, n in said)


def mem_line(kva, data):
    whole = len(data) // 8 * 8
    words = [word_of(value) for value, in struct.iter_unpack("<Q", data[:whole])]
    text = [counted(words)] if words else []
    text += [f"b{b:02x}" for b in data[whole:]]
    return f"mem {kva:x} " + " ".join(text)


def group_line(kva, first, steps, count):
    words = []
    for value, step in zip(first, steps):
        sign = f"+{step:x}" if step < 1 << 63 else f"-{-step & MASK:x}"
        words.append(word_of(value) + (sign if step else ""))
    return f"mem {kva:x} ( {counted(words)} )*{count}"


def plain_lines(kva, data):
    """split a run into strings and words"""
    printable = data[:-1].replace(b"\0", b"").isascii() and data[-1:] == b"\0"
    if printable and data[:-1].replace(b"\0", b"").decode().isprintable() \
            and data.strip(b"\0"):
        for text in bytes(data[:-1]).split(b"\0"):
            if text:
                yield f"text {kva:x} {text.decode()}"
            else:
                yield mem_line(kva, b"\0")
            kva += len(text) + 1
        return
    while data:
        size = LINE - kva % LINE
        yield mem_line(kva, data[:size])
        kva, data = kva + size, data[size:]


def difference(old, new):
    return tuple([(b - a) & MASK for a, b in zip(old, new)])


def series(units):
    """-> (first, count, steps): stretches of units that differ by the same step"""
    at = 0
    while at < len(units):
        end, steps = at + 1, None
        if end < len(units):
            steps = difference(units[at], units[end])
            end += 1
        while end < len(units) and difference(units[end - 1], units[end]) == steps:
            end += 1
        if end - at < FOLD:     # the next stretch may begin with the second one
            end, steps = at + 1, None
        yield at, end - at, steps
        at = end


def lines_of(kva, data, unit):
    """a run, with its struct pages folded"""
    start = -kva % unit
    if len(data) < LINE or unit % 8:
        yield from plain_lines(kva, data)
        return
    units = [u for u in struct.iter_unpack(f"<{unit // 8}Q",
             data[start:start + (len(data) - start) // unit * unit])]
    done = 0
    for at, count, steps in series(units):
        if not steps:
            continue
        begin = start + at * unit
        if begin > done:
            yield from plain_lines(kva + done, data[done:begin])
        yield group_line(kva + begin, units[at], steps, count)
        done = begin + count * unit
    if done < len(data):
        yield from plain_lines(kva + done, data[done:])


def load(paths):
    """-> answers in their order, memory"""
    facts, memory = {}, Memory()
    for path in paths:
        for line in open(path, encoding="utf-8"):
            word, _, rest = line.rstrip("\n").partition(" ")
            if word == "mem":
                kva, _, words = rest.partition(" ")
                if not memory.add(int(kva, 16), words_of(words)):
                    sys.exit(f"{path}: two contents at {kva}")
            elif word in ("excluded", "unreadable"):
                sys.exit(f"{path}: a hole, join it by hand: {line}")
            else:
                facts[line.rstrip("\n")] = True
    return facts, memory


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("-c", dest="comment", action="append", default=[])
    ap.add_argument("recording", nargs="+")
    args = ap.parse_args()
    facts, memory = load(args.recording)
    sizes = [fact.split()[-1] for fact in facts if fact.startswith("struct page ")]
    for comment in args.comment:
        print(f"# {comment}")
    print("\n".join(facts))
    for kva, data in memory.runs():
        print("\n".join(lines_of(kva, data, int((sizes or ["64"])[0]))))


if __name__ == "__main__":
    main()
