#!/usr/bin/env python3
"""Writes an ar archive of one program under names that no terminal should be given.

usage: odd_archive.py PROGRAM ARCHIVE
"""
import sys

NAMES = [b"plain.o/", b"\x1b[31mred/", b"\xc2\x9b2Jclear/", b"\xff\xfe/", b"\xe2\x80\xaetxt.o/", b"tab\there/"]

with open(sys.argv[1], "rb") as f:
    program = f.read()
with open(sys.argv[2], "wb") as f:
    f.write(b"!<arch>\n")
    for name in NAMES:
        f.write(b"%-16s%-12d%-6d%-6d%-8s%-10d`\n" % (name, 0, 0, 0, b"100644", len(program)))
        f.write(program + b"\n" * (len(program) % 2))
