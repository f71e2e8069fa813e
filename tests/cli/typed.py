#!/usr/bin/env python3
"""Types a passphrase at a terminal, as a person does: twice for a new key, wrongly once, then rightly.

usage: typed.py INQUIRY KEY CASE
"""
import os
import pty
import sys


def run(arguments, lines):
    """The exit code, and all that the terminal showed."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ["TERM"] = "dumb"
        os.execv(arguments[0], arguments)
    shown = b""
    while True:
        try:
            data = os.read(terminal, 4096)
        except OSError:
            break
        if not data:
            break
        shown += data
        if lines and shown.rstrip(b" ").endswith(b":"):
            os.write(terminal, lines.pop(0))
            shown += b"|"
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), shown


inquiry, key, case = sys.argv[1:]
code, shown = run([inquiry, "key", "new", "typist", "-o", key], [b"horse one\n", b"horse two\n"])
assert code == 2 and b"differ" in shown and not os.path.exists(key), (code, shown)
code, shown = run([inquiry, "key", "new", "typist", "-o", key], [b"\n"])
assert code == 2 and not os.path.exists(key), (code, shown)
code, shown = run([inquiry, "key", "new", "typist", "-o", key], [b"\x03"])
assert code != 0 and not os.path.exists(key), (code, shown)
code, shown = run([inquiry, "key", "new", "typist", "-o", key], [b"horse\n", b"wrong\x15horsx\x7fe\n"])
assert code == 0 and b"horse" not in shown, (code, shown)
code, shown = run([inquiry, "open", case, "-k", key], [b"horses\n"])
assert code == 3 and b"passphrase is wrong" in shown and not os.path.exists(case), (code, shown)
code, shown = run([inquiry, "open", case, "-k", key], [b"horse\n"])
assert code == 0 and os.path.exists(case), (code, shown)
