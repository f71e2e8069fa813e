#!/usr/bin/env python3
"""Unpacks an object, changes a byte of it and packs it again: a whole zstd frame with other content.

usage: repack.py OBJECT >CHANGED
"""
import ctypes
import ctypes.util
import sys

zstd = ctypes.CDLL(ctypes.util.find_library("zstd") or "libzstd.so.1")
for name in ("ZSTD_decompress", "ZSTD_compress", "ZSTD_compressBound"):
    getattr(zstd, name).restype = ctypes.c_size_t
with open(sys.argv[1], "rb") as f:
    packed = f.read()
content = ctypes.create_string_buffer(1 << 24)
length = zstd.ZSTD_decompress(content, ctypes.c_size_t(len(content)), packed, ctypes.c_size_t(len(packed)))
assert length <= len(content)
changed = bytearray(content.raw[:length])
changed[length // 2] ^= 1
room = zstd.ZSTD_compressBound(ctypes.c_size_t(length))
out = ctypes.create_string_buffer(room)
length = zstd.ZSTD_compress(out, ctypes.c_size_t(room), bytes(changed), ctypes.c_size_t(length), 9)
sys.stdout.buffer.write(out.raw[:length])
