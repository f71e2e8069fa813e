#!/usr/bin/env python3
"""Tampers with each file of a bundle, in several ways, and wants `verify` to find it: exit 1 or 3, and the
file or an entry named.

usage: tamper.py INQUIRY BUNDLE
"""
import ctypes
import ctypes.util
import hashlib
import os
import random
import shutil
import subprocess
import sys

inquiry, bundle = sys.argv[1:]
files = sorted(os.path.relpath(os.path.join(d, f), bundle) for d, _, fs in os.walk(bundle) for f in fs)
chance = random.Random(5)
missed = tried = 0


def flip(b):
    at = chance.randrange(len(b))
    return b[:at] + bytes([b[at] ^ 1 << chance.randrange(8)]) + b[at + 1:]


zstd = ctypes.CDLL(ctypes.util.find_library("zstd") or "libzstd.so.1")
zstd.ZSTD_decompress.restype = ctypes.c_size_t
zstd.ZSTD_decompress.argtypes = [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_char_p, ctypes.c_size_t]


def same_content(name, packed):
    """Whether a changed object still unpacks to what its name says: one bit in some hundreds of a zstd frame is
    padding. What an object holds is proved, not how it is packed."""
    content = ctypes.create_string_buffer(1 << 24)
    length = zstd.ZSTD_decompress(content, len(content), packed, len(packed))
    return (name.startswith("objects/") and length <= len(content) and
            hashlib.sha256(content.raw[:length]).hexdigest() == os.path.basename(name))


WAYS = {
    "flipped": flip,
    "flipped again": flip,
    "cut": lambda b: b[:-1],
    "halved": lambda b: b[:len(b) // 2],
    "emptied": lambda b: b"",
    "longer": lambda b: b + b"\n",
    "twice": lambda b: b + b,
    "dropped": lambda b: None,
}

for name in files:
    path = os.path.join(bundle, name)
    with open(path, "rb") as f:
        before = f.read()
    for way, change in WAYS.items():
        # A proof, or a report, that is not there is nobody's loss; an empty line of a policy, or of alignments, says
        # nothing.
        if (way == "dropped" and name.startswith(("proofs/", "report"))) or (
                way == "longer" and name in ("policy", "alignments.jsonl")):
            continue
        after = change(before)
        if after == before or (after and same_content(name, after)):
            continue
        if after is None:
            os.rename(path, "dropped")
        else:
            with open(path, "wb") as f:
                f.write(after)
        tried += 1
        run = subprocess.run([inquiry, "verify", bundle], capture_output=True, text=True, check=False)
        if run.returncode not in (1, 3) or (run.returncode == 1 and "Failures" not in run.stdout):
            missed += 1
            print(f"MISSED {name} {way}: exit {run.returncode}")
        if after is None:
            os.rename("dropped", path)
        else:
            with open(path, "wb") as f:
                f.write(before)

# Two objects, two logs' tiles, in each other's place.
objects = [f for f in files if f.startswith("objects/")][:2]
shutil.copytree(bundle, "swapped")
for a, b in (objects, objects[::-1]):
    shutil.copy(os.path.join(bundle, a), os.path.join("swapped", b))
tried += 1
if subprocess.run([inquiry, "verify", "swapped"], capture_output=True, check=False).returncode != 1:
    missed += 1
    print("MISSED two objects swapped")
shutil.rmtree("swapped")
assert subprocess.run([inquiry, "verify", bundle], capture_output=True, check=False).returncode == 0
print(f"{tried} tried, {missed} missed")
sys.exit(missed > 0 or tried < 50)
