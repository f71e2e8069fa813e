#!/usr/bin/env python3
"""Checks that every member and every word of formats/*.schema.json is explained in formats/*.md, and that
the examples there are as the schemas have it.

usage: documented.py FORMATS_DIRECTORY
"""
import json
import os
import re
import sys

import schema as checker

PAGES = {"examination": "examination", "search": "search", "corpus": "search", "corpus-check": "search",
         "comparison": "comparison", "alignment": "comparison", "key": "case", "entered": "case", "log": "case",
         "entry": "case", "publication": "case", "pull": "case", "fork": "case", "verification": "case", "names": "export",
         "attribution": "finding", "calibration": "finding", "blind": "blind", "blind-result": "blind"}
# Explained once for all of them, on the first page.
SHARED = "examination"


def names(schema):
    if isinstance(schema, list):
        for each in schema:
            yield from names(each)
    elif isinstance(schema, dict):
        for key, value in schema.items():
            if key == "properties":
                yield from value
            if key == "enum":
                yield from (v for v in value if isinstance(v, str))
            else:
                yield from names(value)


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


missing = 0
for path in sorted(os.listdir(sys.argv[1])):
    if path.endswith(".schema.json") and path.removesuffix(".schema.json") not in PAGES:
        print(f"{path}: no page is said to explain it")
        missing += 1
for name_of, page in PAGES.items():
    text = read(f"{sys.argv[1]}/{page}.md") + read(f"{sys.argv[1]}/{SHARED}.md")
    for name in sorted(set(names(json.loads(read(f"{sys.argv[1]}/{name_of}.schema.json"))))):
        if f"`{name}`" not in text:
            print(f"{name_of}.schema.json: {page}.md does not explain `{name}`")
            missing += 1
for page in sorted(set(PAGES.values())):
    for example in re.findall(r"```json\n(.*?)```", read(f"{sys.argv[1]}/{page}.md"), re.DOTALL):
        for fault in checker.faults(example, sys.argv[1]):
            print(f"{page}.md: {fault}")
            missing += 1
sys.exit(missing > 0)
