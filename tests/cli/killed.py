#!/usr/bin/env python3
"""Kills `admit` and `investigate` at places that a seed decides, a hundred times: the case opens again, holds
all that was printed as entered, and verifies.

usage: killed.py INQUIRY SAMPLES CORPUS
"""
import os
import random
import subprocess
import sys
import time

inquiry, samples, corpus = sys.argv[1:]
chance = random.Random(int(os.environ.get("INQUIRY_TEST_SEED", "5")))
KILLS = 100
case = "killed.case"
subprocess.run([inquiry, "open", case], check=True, capture_output=True)
acknowledged = set()
serial = kills = lost = 0


def files(count):
    """New exhibits: programs whose last bytes nobody has seen before."""
    global serial
    os.makedirs("victims", exist_ok=True)
    for _ in range(count):
        serial += 1
        with open(os.path.join(samples, "unknown"), "rb") as f:
            data = f.read()
        with open(f"victims/{serial}", "wb") as f:
            f.write(data + b"%d" % serial)
        yield f"victims/{serial}"


def run(arguments, seconds):
    """What was printed before it was killed; whether it was."""
    process = subprocess.Popen([inquiry] + arguments, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.0005)
    killed = process.poll() is None
    if killed:
        process.kill()
    out = process.communicate()[0].decode()
    return [line.split()[1] for line in out.splitlines(True) if line.endswith("\n") and "already" not in line], killed


# How long it takes as a rule, so that the kills fall all over it.
started = time.monotonic()
done, _ = run(["admit", case] + list(files(5)), 60)
admitting = time.monotonic() - started
acknowledged.update(done)
started = time.monotonic()
done, _ = run(["investigate", case, "-c", corpus], 60)
investigating = time.monotonic() - started
acknowledged.update(done)
rounds = 0
while kills < KILLS and rounds < 10 * KILLS:
    rounds += 1
    if rounds % 2:
        done, killed = run(["admit", case] + list(files(5)), chance.random() * admitting)
    else:
        done, killed = run(["investigate", case, "-c", corpus], chance.random() * investigating)
    acknowledged.update(done)
    kills += killed
    if kills % 20 == 0 or kills == KILLS:
        log = subprocess.run([inquiry, "verify", case], capture_output=True, text=True, check=False)
        if log.returncode:
            print(f"LOST the case, after {kills} kills: {log.stdout}{log.stderr}")
            lost += 1
            break
log = subprocess.run([inquiry, "log", "--jsonl", case], capture_output=True, text=True, check=True).stdout
there = [line.split('"digest":"')[1][:12] for line in log.splitlines()]
for digest in acknowledged - set(there):
    print(f"LOST {digest}")
    lost += 1
# Nothing was entered twice.
subjects = [line for line in log.splitlines() if '"type":"exhibit open"' in line]
if len({line.split('"sha256":"')[1][:64] for line in subjects}) != len(subjects):
    print("LOST the order: an exhibit is there twice")
    lost += 1
print(f"{kills} kills, {len(acknowledged)} acknowledged, {len(there)} there")
sys.exit(lost > 0 or kills < KILLS)
