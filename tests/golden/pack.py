#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Make one small fixture of recordings: pack.py RECORDING... >NAME.fixture

Repeated answers are dropped, neighbouring memory is joined, strings become
text lines. A comment for each -c TEXT goes on top. Recordings of the same
kernel only: an address with two contents is refused, and so are holes (write
those by hand, see README).
"""
import argparse
import sys


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


def join(memory):
    """{address: byte} -> [(address, bytes)], neighbours joined"""
    runs = []
    for kva in sorted(memory):
        if runs and kva == runs[-1][0] + len(runs[-1][1]):
            runs[-1][1].append(memory[kva])
        else:
            runs.append((kva, bytearray([memory[kva]])))
    return runs


def mem_line(kva, data):
    words = []
    whole = len(data) // 8 * 8
    for at in range(0, whole, 8):
        value = int.from_bytes(data[at:at + 8], "little")
        word = f"{value:x}" if value >> 8 != 0xb else f"0{value:x}"     # b12 is a byte
        if words and words[-1][0] == word:
            words[-1][1] += 1
        else:
            words.append([word, 1])
    text = [w if n == 1 else f"{w}*{n}" for w, n in words]
    text += [f"b{b:02x}" for b in data[whole:]]
    return f"mem {kva:x} " + " ".join(text)


def lines_of(kva, data):
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
    step = 4096
    while data:
        size = step - kva % step
        yield mem_line(kva, data[:size])
        kva, data = kva + size, data[size:]


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("-c", dest="comment", action="append", default=[])
    ap.add_argument("recording", nargs="+")
    args = ap.parse_args()
    facts, memory = {}, {}
    for path in args.recording:
        for line in open(path, encoding="utf-8"):
            word, _, rest = line.rstrip("\n").partition(" ")
            if word == "mem":
                kva, _, words = rest.partition(" ")
                for i, byte in enumerate(words_of(words)):
                    if memory.setdefault(int(kva, 16) + i, byte) != byte:
                        sys.exit(f"{path}: two contents at {kva}")
            elif word in ("excluded", "unreadable"):
                sys.exit(f"{path}: a hole, join it by hand: {line}")
            else:
                facts[line.rstrip("\n")] = True
    for comment in args.comment:
        print(f"# {comment}")
    print("\n".join(facts))
    for kva, data in join(memory):
        print("\n".join(lines_of(kva, data)))


if __name__ == "__main__":
    main()
