#!/usr/bin/env python3
"""Kills `pull` at places that a seed decides: the case opens again with all or nothing of what came, verifies, and
takes it in when it is asked again.

usage: killed_pull.py INQUIRY CASE KEY OTHER_CASE OTHER_KEY
"""
import os
import random
import subprocess
import sys
import time

inquiry, case, key, other, other_key = sys.argv[1:]
chance = random.Random(int(os.environ.get("INQUIRY_TEST_SEED", "5")))
KILLS = 15
lost = kills = 0
took = 0.1


def run(*arguments, seconds=60):
    """Its exit code and what it said; -9 where it was killed after that time."""
    process = subprocess.Popen([inquiry, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        out = process.communicate(timeout=seconds)[0]
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return -9, ""
    return process.returncode, out.decode()


def entries():
    code, text = run("log", "--jsonl", case)
    return len(text.splitlines()) if code == 0 else -1


serial = 0
while kills < KILLS and serial < 10 * KILLS:
    serial += 1
    for i in range(3):
        with open(f"victim{i}", "wb") as f:
            f.write(os.urandom(3000))
    run("admit", other, "victim0", "victim1", "victim2", "-k", other_key)
    run("publish", "-q", other, "from-other")
    before = entries()
    started = time.monotonic()
    code, _ = run("pull", case, "from-other", "-k", key, seconds=chance.random() * took)
    if code == -9:
        kills += 1
        after = entries()
        if after not in (before, before + 3):
            print(f"LOST {before} entries became {after}")
            lost += 1
        code, text = run("pull", case, "from-other", "-k", key)
        if code:
            print(f"LOST the way: {text}")
            lost += 1
    elif code == 0:
        # As long as the last one that was left alone: a machine that was busy once would put all kills too late.
        took = 1.1 * (time.monotonic() - started)
    if entries() != before + 3:
        print("LOST entries")
        lost += 1
code, text = run("verify", case)
if code:
    print(f"LOST the case: {text}")
    lost += 1
print(f"{kills} kills")
sys.exit(lost > 0 or kills < KILLS)
