#!/usr/bin/env python3
"""Kills `unseal` at places that a seed decides: the case opens again, verifies, and the exhibit is open to
everybody, whole and with its entry, or sealed as it was.

usage: killed_unseal.py INQUIRY CASE KEY PARTY
  CASE   of two parties; KEY is of the one that writes it, PARTY the other one
"""
import os
import random
import shutil
import subprocess
import sys
import time

inquiry, whole, key, party = sys.argv[1:]
chance = random.Random(int(os.environ.get("INQUIRY_TEST_SEED", "7")))
KILLS = 40
case = "killed-unseal.case"
with open("victim", "wb") as f:
    f.write(chance.randbytes(6_000_000))


def run(*arguments):
    return subprocess.run([inquiry, *arguments], capture_output=True, text=True, check=False)


shutil.copy(whole, "sealed-victim.case")
admitted = run("admit", "sealed-victim.case", "--sealed-to", party, "victim", "-k", key)
entry = admitted.stdout.split()[0]
took = None
kills = opened = lost = 0
for round_ in range(10 * KILLS):
    if kills == KILLS:
        break
    for end in ("", "-wal", "-shm", "-journal"):
        if os.path.exists(case + end):
            os.unlink(case + end)
    shutil.copy("sealed-victim.case", case)
    started = time.monotonic()
    process = subprocess.Popen([inquiry, "unseal", case, entry, "-k", key], stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL)
    # The first one is left alone, to know how long it takes.
    while process.poll() is None and (took is None or time.monotonic() < started + deadline):
        time.sleep(0.0005)
    killed = process.poll() is None
    if killed:
        process.kill()
    told = b"unseal" in process.communicate()[0]
    took = took or time.monotonic() - started
    deadline = chance.random() * took
    kills += killed
    log = run("log", "--jsonl", case)
    there = '"type":"exhibit unseal"' in log.stdout
    opened += there
    verified = run("verify", case)
    if log.returncode or verified.returncode or (told and not there):
        print(f"LOST round {round_}: {log.stderr}{verified.stdout}{verified.stderr}")
        lost += 1
    if not there and (run("unseal", case, entry, "-k", key).returncode or
                      run("verify", case).returncode):
        print(f"LOST round {round_}: it does not open afterwards")
        lost += 1
print(f"{kills} kills, {opened} opened")
sys.exit(lost > 0 or kills < KILLS)
