#!/usr/bin/env python3
"""Exports as their readers read them: CSV by the csv module, scripts by an IDA that has little more than a name,
and by javac; of files, a case and a published folder; of hostile documents too.

usage: run.py INQUIRY MAKE FORMATS_DIRECTORY
  MAKE          the program that makes the golden samples
  STIX_SCHEMAS  in the environment: the folder schemas/ of OASIS's cti-stix2-json-schemas (branch stix2.1), to validate
                all bundles by these, too
  MISP_SCHEMA   the same for events: the file format/2.5/schema.json of MISP
"""
import csv
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import types
import unicodedata
import uuid

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "golden"))
import schema as checker  # noqa: E402

INQUIRY, MAKE, FORMATS = (os.path.realpath(p) for p in sys.argv[1:4])
HERE = os.path.dirname(os.path.realpath(__file__))
STIX = MISP = None
passed = failed = 0


def check(name, claim, *said):
    global passed, failed
    if claim:
        passed += 1
    else:
        failed += 1
        print("FAILED", name, *said)


def run(*arguments, code=0, data=None):
    done = subprocess.run([INQUIRY, *arguments], input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode != code:
        check(" ".join(arguments), False, "exit", done.returncode, done.stderr.decode(errors="replace"))
    return done.stdout


def save(name, data):
    with open(name, "wb") as f:
        f.write(data)


def cells(data):
    return list(csv.reader(io.StringIO(data.decode("utf-8"), newline="")))


HOSTILE = ["=cmd|'/c calc'!A1", "+1", "-1+1", "@SUM(1)", "\t=1", "\r\n=1", "a;=1", "\"=1", "<script>alert(1)</script>",
           "<svg/onload=alert(1)>", "\u202egpj.exe", "\u2066x\u2069", "\x1b]0;owned\x07", "\x00", "\\u0022+evil()+\\u0022",
           "\"\"\"\nimport os\nos.system('true')\n", "*/ class Evil {} /*", "'); DROP TABLE x;--", "%s%n%x", "{{7*7}}",
           "${jndi:ldap://x}", "A" * (1 << 20), "\ufeff", "\U000e0041", "a|b|c", "@0|0|0", "\x7f\x85\u2028\u2029"]


def hostile_search(text):
    digest = "ab" * 32
    candidate = {"label": text, "sample": text, "sample_sha256": digest, "va": "0x10", "size": 3, "name": text,
                 "probability": None, "similarity": None, "support": None, "how": "exact"}
    function = {"va": "0x401000", "size": 3, "name": text, "standing": "distinctive", "label": text, "families": 1,
                "information": 5, "candidates": [candidate]}
    document = {"schema": "inquiry.search/1", "program": text, "searches": [
        {"file": text, "member": text, "sha256": digest, "base": "0x400000", "arch": text, "corpus": {"file": text},
         "families": [{"label": text}], "libraries": [], "functions": [function]}]}
    return json.dumps(document).replace("null", "0.900").encode()


def hostile_examination(text):
    exhibit = {"file": text, "sha256": "ab" * 32, "md5": text, "size": 5, "strings": [
        {"offset": 1, "encoding": text, "text": text}, {"offset": 9, "text": "http://a.example/" + text},
        {"offset": 20, "text": text + "@evil.example"}, {"offset": 40, "text": "[2001:DB9::0:1]:443 c2.evil.ru"},
        {"offset": 60, "text": "2001:db9::1" + text + "evil.com"}]}
    return json.dumps({"schema": "inquiry.examination/1", "program": text, "exhibits": [exhibit]}).encode()


def hostile_attribution(text):
    ratio = {"log10": None, "least": None, "most": None, "support": text}
    family = {"label": text, "named": True, "ratio": ratio, "posterior_per_10000": 9999, "posterior_words": text}
    return json.dumps({"schema": "inquiry.attribution/1", "program": text, "conclusion": text, "lacks": [text],
                       "exhibits": [{"file": text, "sha256": "ab" * 32}], "families": [family], "none": ratio,
                       "planted": [{"text": text}]}).replace("null", "-0.900").encode()


def inert(text):
    return not any(unicodedata.category(c) in ("Cc", "Cf") and c not in "\r\n\t" for c in text)


def oasis(folder):
    """The same by the schemas that OASIS publishes (cti-stix2-json-schemas), where somebody has them."""
    from jsonschema import Draft202012Validator, FormatChecker, RefResolver

    store = {}
    for place in ("common", "sdos", "sros", "observables"):
        for name in os.listdir(os.path.join(folder, place)):
            with open(os.path.join(folder, place, name), encoding="utf-8") as f:
                store[f"http://here/{place}/{name}"] = json.load(f)
    for schema in store.values():
        schema.pop("$id", None)  # They are found by their places here.

    def faults(bundle):
        for o in bundle["objects"]:
            at = next(u for u in store if u.endswith(f"/{o['type']}.json"))
            resolver = RefResolver(at, store[at], store=store)
            errors = Draft202012Validator(store[at], resolver=resolver, format_checker=FormatChecker()).iter_errors(o)
            yield from (f"{o['id']}: {e.message[:300]}" for e in errors)

    return lambda bundle: list(faults(bundle))


def misp_project(file):
    """The same by the schema of MISP itself (format/2.5/schema.json), where somebody has it."""
    from jsonschema import Draft4Validator, FormatChecker

    with open(file, encoding="utf-8") as f:
        schema = Draft4Validator(json.load(f), format_checker=FormatChecker())
    return lambda event: [f"{'/'.join(map(str, e.absolute_path))}: {e.message[:300]}" for e in schema.iter_errors(event)]


def validator(name, official, where):
    """What finds fault with a document by one of the schemas here and by the official one, where somebody has it; None
    where python has no jsonschema."""
    try:
        from jsonschema import Draft202012Validator
    except ImportError:
        print("skipped: nothing is validated, python3 has no jsonschema")
        return None
    with open(os.path.join(HERE, name), encoding="utf-8") as f:
        schema = Draft202012Validator(json.load(f))
    more = official(where) if where else lambda document: []
    return lambda document: [f"{'/'.join(map(str, e.absolute_path))}: {e.message[:300]}"
                             for e in schema.iter_errors(document)] + more(document)


def references(value, key=""):
    if isinstance(value, dict):
        for k, v in value.items():
            yield from references(v, k)
    elif isinstance(value, list):
        for v in value:
            yield from references(v, key)
    elif isinstance(value, str) and key.endswith(("_ref", "_refs")):
        yield value


def stix_faults(bundle):
    """What the standard asks beyond a schema: names of observables, references, versions."""
    objects = bundle["objects"]
    names = [o["id"] for o in objects]
    if len(set(names)) != len(names):
        yield "an object stands twice"
    space = uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")
    for o in objects:
        yield from (f"{o['id']} refers to {r}, which is not there" for r in references(o) if r not in names)
        if not o["id"].startswith(o["type"] + "--"):
            yield f"{o['id']} is a {o['type']}"
        if o["type"] in ("file", "url", "domain-name", "email-addr", "ipv4-addr", "ipv6-addr"):
            contributing = {k: o[k] for k in ("hashes", "name", "value") if k in o}
            canonical = json.dumps(contributing, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
            if o["id"] != f"{o['type']}--{uuid.uuid5(space, canonical)}":
                yield f"{o['id']} is not named as {canonical} is"
        elif o["type"] != "marking-definition":
            if uuid.UUID(o["id"].split("--")[1]).version != 5:
                yield f"{o['id']} is not of version 5"
            if o["modified"] < o["created"] or (o.get("revoked") and o["modified"] == o["created"]):
                yield f"{o['id']} was modified before it was made"
        if o.get("relationship_type") == "attributed-to":
            yield f"{o['id']} attributes"


def misp_faults(event):
    """What MISP asks beyond a schema: an attribute once by type and value, names of their own, references that lead."""
    own = [(a["type"], a["value"]) for a in event["Attribute"]]
    if len(set(own)) != len(own):
        yield "an attribute stands twice"
    names = [v for k, v in members(event) if k == "uuid"]
    if len(set(names)) != len(names):
        yield "a UUID is of two things"
    attributes = {a["uuid"] for a in event["Attribute"]}
    for o in event["Object"]:
        yield from (f"{r['uuid']} is no reference from {o['uuid']} to an attribute" for r in o.get("ObjectReference", [])
                    if r["referenced_uuid"] not in attributes or r["object_uuid"] != o["uuid"])


def members(value):
    for k, v in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield k, v
        yield from members(v)


def unversioned(first, second, name, version):
    """Things of two exports that differ under one name, though the second is of no later version."""
    def named(document):
        things = [document] + [v for _, v in members(document)]
        return {t[name]: t for t in things if isinstance(t, dict) and name in t and version in t}

    first, second = named(first), named(second)
    return [n for n in set(first) & set(second) if first[n] != second[n] and not first[n][version] < second[n][version]]


def strings(value):
    if isinstance(value, dict):
        for v in value.values():
            yield from strings(v)
    elif isinstance(value, list):
        for v in value:
            yield from strings(v)
    elif isinstance(value, str):
        yield value


# What an IDA has: the parts of its API that the script uses, over a few functions.
class Ida:
    def __init__(self, sha256, base, functions, answer=0):
        self.names = dict(functions)
        self.comments, self.asked, self.said = {}, [], []
        self.base, self.sha256, self.answer = base, sha256, answer

    def modules(self):
        def module(name, **members):
            m = types.ModuleType(name)
            m.__dict__.update(members)
            return m

        def get_func(ea):
            start = max((f for f in self.names if f <= ea < f + 16), default=None)
            return None if start is None else types.SimpleNamespace(start_ea=start)

        def set_name(ea, name, flags):
            # SN_FORCE: a name that another has gets a number.
            taken = [n for a, n in self.names.items() if a != ea]
            self.names[ea] = name if name not in taken else f"{name}_{taken.count(name) - 1}"
            return re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", name) is not None

        def set_func_cmt(function, text, repeatable):
            self.comments[function.start_ea] = text

        def ask_yn(default, text):
            self.asked.append(text)
            return self.answer

        return {m.__name__: m for m in (
            module("ida_nalt", retrieve_input_file_sha256=lambda: bytes.fromhex(self.sha256), get_imagebase=lambda: self.base),
            module("ida_funcs", get_func=get_func, get_func_cmt=lambda f, r: self.comments.get(f.start_ea),
                   set_func_cmt=set_func_cmt),
            module("ida_bytes", get_flags=lambda ea: ea, has_user_name=lambda flags: bool(self.names[flags])),
            module("ida_name", SN_NOWARN=1, SN_FORCE=2, set_name=set_name, get_name=lambda ea: self.names[ea] or "sub"),
            module("ida_kernwin", ask_yn=ask_yn))}

    def load(self, script):
        modules = self.modules()
        kept = {n: sys.modules.get(n) for n in modules}
        sys.modules.update(modules)
        try:
            exec(compile(script, "names.py", "exec"), {"print": lambda *a: self.said.append(" ".join(map(str, a)))})
        finally:
            for name, module in kept.items():
                sys.modules.pop(name)
                if module:
                    sys.modules[name] = module


def ida_tests(script):
    search = json.load(open("search.json"))["searches"][0]
    digest, base = search["sha256"], int(search["base"], 16)
    at = [f["va"] for f in search["functions"] if f["candidates"]]
    first, second = int(at[0], 16), int(at[1], 16)

    ida = Ida("00" * 32, base, {first: ""})
    ida.load(script)
    check("ida_leaves_another_file_alone", ida.names == {first: ""} and "nothing was done" in ida.said[0], ida.said)

    ida = Ida(digest, base, {first: "", second: "mine"})
    ida.load(script)
    check("ida_names_a_function", ida.names[first] == "recipe_1", ida.names)
    check("ida_says_whence", "common/lib" in ida.comments[first] and "0.957" in ida.comments[first], ida.comments)
    check("ida_asks_before_a_name_is_replaced", ida.asked and ida.names[second] == "mine", ida.asked)
    ida.load(script)
    check("ida_twice_is_once", ida.comments[first].count("inquiry") == 1, ida.comments)

    ida = Ida(digest, base, {first: "", first + 0x800000: "recipe_1"})
    ida.load(script)
    ida.load(script)
    check("ida_asks_nothing_of_a_name_that_two_have", ida.names[first] == "recipe_1_0" and not ida.asked, ida.names)

    ida = Ida(digest, base, {first: "", second: "mine"}, answer=1)
    ida.load(script)
    check("ida_replaces_where_told", ida.names[second] == "recipe_2", ida.names)

    ida = Ida(digest, base + 0x10000, {first + 0x10000: ""})
    ida.load(script)
    check("ida_follows_a_rebased_file", ida.names[first + 0x10000] == "recipe_1", ida.names)

    ida = Ida(digest, base, {first - 4: ""})
    ida.load(script)
    check("ida_names_no_middle_of_a_function", ida.names == {first - 4: ""}, ida.names)


def exchange_tests():
    stix = json.loads(run("export", "stix", "harbour.case", "--tlp", "amber"))
    misp = json.loads(run("export", "misp", "harbour.case", "--tlp", "red"))
    for name, document, valid in (("stix", stix, STIX), ("misp", misp, MISP)):
        check(f"{name}_is_valid", not valid or not valid(document), valid and valid(document))
        # The schema is one that finds something.
        wrong = json.loads(json.dumps(document).replace('"result"', '"outcome"').replace("Network activity", "Net")
                           .replace('"opinion": "disagree"', '"opinion": "no"').replace('"to_ids": false', '"to_ids": true'))
        check(f"{name}_that_is_wrong_is_not_valid", not valid or len(valid(wrong)) > 1)
    check("stix_hangs_together", not list(stix_faults(stix)), list(stix_faults(stix)))
    check("misp_hangs_together", not list(misp_faults(misp["Event"])), list(misp_faults(misp["Event"])))
    for name, document, key, version in (("stix", stix, "id", "modified"), ("misp", misp, "uuid", "timestamp")):
        early = json.load(open(f"early.{name}"))
        check(f"what_changed_in_{name}_is_a_later_version", not unversioned(early, document, key, version),
              unversioned(early, document, key, version))
        check(f"the_early_{name}_is_in_the_late_one", {v for k, v in members(early) if k == key} - {early.get("id")} <=
              {v for k, v in members(document) if k == key})
    kinds = {}
    for o in stix["objects"]:
        kinds.setdefault(o["type"], []).append(o)
    by_entry = {int(e["log_index"]): o for o in stix["objects"] for e in o.get("extensions", {}).values()
                if o["type"] != "relationship"}
    check("an_exhibit_is_a_file_that_was_observed", len(kinds["file"]) == len(kinds["observed-data"]) == 2 and
          {f["name"] for f in kinds["file"]} == {"unknown", "stranger"})
    check("an_exhibit_is_never_malware", [m["name"] for m in kinds["malware"]] == ["alpha"] and
          all(m["is_family"] for m in kinds["malware"]))
    check("library_code_is_no_family", "common" not in json.dumps(kinds["malware"]))
    check("results_say_nothing_is_malicious", {m["result"] for m in kinds["malware-analysis"]} == {"unknown"})
    check("a_relationship_has_no_confidence", all("confidence" not in r for r in kinds["relationship"]))
    dispute = next(o for o in kinds["opinion"] if o["opinion"] == "disagree")
    check("a_dispute_is_an_opinion_of_its_entry", dispute["object_refs"] == [by_entry[4]["id"]] and
          dispute["explanation"] == "library-code: It is zlib" and dispute["created"] == "2026-01-01T00:01:40.000Z", dispute)
    claim = next(o for o in kinds["note"] if o["content"] == "unknown shares code with alpha")
    check("a_claim_is_a_note_on_what_it_cites", claim["object_refs"] == [by_entry[1]["id"], by_entry[4]["id"]], claim)
    mistake = next(o for o in kinds["note"] if o["content"] == "a mistake")
    check("what_was_withdrawn_is_revoked", mistake.get("revoked") and mistake["modified"] > mistake["created"], mistake)
    entries = {e["entry"]: e["digest"] for e in json.loads(run("log", "harbour.case", "--json"))["entries"]}
    check("an_object_names_its_entry", all(
        entries[f"{e['log_party']}/{e['log_index']}"] == e["entry_digest"]
        for o in stix["objects"] for e in o.get("extensions", {}).values()))
    note = next(o for o in kinds["note"] if o.get("abstract") == "insufficient-grounds")
    check("a_conclusion_says_what_is_missing", "Missing: uncalibrated" in note["content"] and "confidence" not in note, note)
    check("all_are_marked", all(o["type"] in ("marking-definition", "extension-definition") or "object_marking_refs" in o or
                                o["name"] == "inquiry" for o in stix["objects"]))
    event = misp["Event"]
    check("misp_has_the_case", event["info"] == "The harbour" and event["date"] == "2026-01-01" and
          event["Orgc"]["name"] == "acme" and event["Tag"] == [{"name": "tlp:red"}], event)
    check("misp_has_the_exhibits", [[a["value"] for a in o["Attribute"]][0] for o in event["Object"]] == ["unknown", "stranger"])
    check("misp_has_what_was_said", any("dispute of acme/4: library-code: It is zlib" in a["value"] for a in event["Attribute"]))

    # Two exhibits that hold the same address.
    both = json.loads(hostile_examination("x"))
    both["exhibits"].append(dict(both["exhibits"][0], sha256="cd" * 32, file="y"))
    save("both.json", json.dumps(both).encode())
    event = json.loads(run("export", "misp", "both.json"))["Event"]
    check("misp_has_what_two_exhibits_hold_once", not list(misp_faults(event)) and
          len({tuple(r["referenced_uuid"] for r in o["ObjectReference"]) for o in event["Object"]}) == 1, event)

    # Of documents alone, and what a declared prior gives.
    save("weighed.json", hostile_attribution("very likely"))
    save("exam2.json", hostile_examination("x"))
    stix = json.loads(run("export", "stix", "weighed.json", "exam2.json", "--time", "1767225600"))
    note = next(o for o in stix["objects"] if o["type"] == "note")
    check("a_declared_prior_gives_confidence", note["confidence"] == 99 and note["created"] == "2026-01-01T00:00:00.000Z", note)
    check("words_stand_with_the_ratio", "log10 of the likelihood ratio -0.900 (-0.900 to -0.900): very likely" in note["content"])
    check("documents_have_no_record", "extension-definition" not in {o["type"] for o in stix["objects"]})
    check("indicators_are_observables", {o["value"] for o in stix["objects"] if "value" in o} ==
          {"http://a.example/x", "a.example", "evil.example", "x@evil.example", "2001:db9::1", "c2.evil.ru"})
    again = json.loads(run("export", "stix", "exam2.json", "weighed.json", "--time", "1767225600"))
    check("names_do_not_depend_on_the_order", {o["id"] for o in stix["objects"]} == {o["id"] for o in again["objects"]})
    misp = json.loads(run("export", "misp", "weighed.json"))
    check("misp_has_the_word_of_the_taxonomy", 'estimative-language:likelihood-probability="very-likely"' in
          json.dumps(misp).replace("\\", ""))
    run("export", "stix", "weighed.json", "--tlp", "purple", code=2)


def java_tests():
    if not shutil.which("javac"):
        print("skipped: the script for Ghidra is not compiled, there is no javac")
        return
    shutil.copytree(os.path.join(HERE, "ghidra"), "ghidra-stubs")
    for name in ("search.json", "hostile.json", "many.json"):
        save("InquiryNames.java", run("export", "ghidra", name))
        done = subprocess.run(["javac", "-encoding", "ASCII", "-Xlint:-options", "--release", "11", "-d", "classes", "-cp",
                               "ghidra-stubs", "-sourcepath", "ghidra-stubs", "InquiryNames.java", "ghidra-stubs/Main.java"],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        check(f"ghidra_compiles_{name}", done.returncode == 0, done.stdout.decode(errors="replace")[:2000])
        if name != "search.json" or done.returncode:
            continue
        search = json.load(open("search.json"))["searches"][0]
        digest, base = search["sha256"], int(search["base"], 16)
        at = [int(f["va"], 16) for f in search["functions"] if f["candidates"]]

        def ghidra(digest, image, answer, *functions):
            done = subprocess.run(["java", "-cp", "classes", "Main", digest, hex(image)[2:], answer,
                                   *(f"{a:x}={n}" for a, n in functions)], stdout=subprocess.PIPE)
            return done.stdout.decode()

        said = ghidra("00" * 32, base, "no", (at[0], ""))
        check("ghidra_leaves_another_file_alone", "nothing was done" in said and "recipe" not in said, said)
        said = ghidra(digest, base + 0x100000, "no", (at[0] + 0x100000, ""), (at[1] + 0x100000, "mine"))
        check("ghidra_follows_a_rebased_file", f"{at[0] + 0x100000:x}=recipe_1" in said, said)
        check("ghidra_asks_before_a_name_is_replaced", "=mine" in said and "Replace these?" in said, said)
        check("ghidra_says_whence", "common/lib, probability 0.957" in said, said)
        said = ghidra(digest, base, "yes", (at[1], "mine"))
        check("ghidra_replaces_where_told", "=recipe_2" in said, said)


def main():
    subprocess.run([MAKE, "."], check=True)
    run("corpus", "build", "-q", "known.corpus", "families", "--common", "libraries")
    save("search.json", run("search", "--json", "unknown", "stranger", "-c", "known.corpus"))
    save("words", b"just words")
    save("examination.json", run("examine", "--json", "unknown"))
    save("attribution.json", run("attribute", "--json", "unknown", "-c", "known.corpus"))

    rows = cells(run("export", "matches", "search.json"))
    check("matches_are_rows", len(rows) > 10 and all(len(r) == len(rows[0]) for r in rows))
    one = dict(zip(rows[0], next(r for r in rows if r[2] == "0x401890")))
    check("a_match_says_all", one["label"] == "alpha" and one["sample_name"] == "recipe_15" and one["how"] == "features" and
          one["standing"] == "distinctive" and float(one["probability"]) >= .5, one)
    check("all_is_more", len(cells(run("export", "matches", "--all", "search.json"))) > len(rows))
    names = json.loads(run("export", "names", "--json", "search.json"))
    check("names_json_is_documented", not list(checker.faults(json.dumps(names), FORMATS)))
    table = cells(run("export", "names", "search.json"))
    check("names_are_the_same_in_both", [n["name"] for p in names["programs"] for n in p["names"]] ==
          [r[6] for r in table[1:]])
    check("offsets_are_from_the_base", all(int(r[2], 16) - 0x401000 == int(r[3], 16) for r in table[1:]))
    check("stdin_is_a_document", run("export", "names", "-", data=open("search.json", "rb").read()) ==
          run("export", "names", "search.json"))
    libraries = cells(run("export", "names", "--libraries", "search.json"))[1:]
    families = cells(run("export", "names", "--families", "search.json"))[1:]
    check("libraries_and_families_are_all", len(libraries) + len(families) == len(table) - 1 and
          all(r[8] == "library" for r in libraries) and not any(r[8] == "library" for r in families))
    check("a_label_is_kept_to", {r[7] for r in cells(run("export", "names", "-l", "common", "search.json"))[1:]} == {"common"})

    run("export", "nmaes", "search.json", code=2)
    run("export", "names", code=2)
    run("export", "names", "--families", "--libraries", "search.json", code=2)
    run("export", "matches", "--json", "search.json", code=2)
    run("export", "names", "none.json", code=3)
    run("export", "names", "unknown", code=3)
    run("export", "names", "examination.json", code=3)
    run("export", "names", "search.json", "unknown", code=3)
    run("export", "stix", ".", code=3)
    # What would be ignored is refused: nobody shall think that a table is marked.
    for wrong in (["indicators", "--tlp", "red"], ["stix", "--defang"], ["names", "--all"], ["misp", "-l", "x"],
                  ["matches", "--time", "1"], ["indicators", "--families"]):
        run("export", *wrong, "examination.json", code=2)

    # A line for each exhibit instead of a document.
    save("lines.jsonl", run("examine", "--jsonl", "unknown", "stranger"))
    save("both.json", run("examine", "--json", "unknown", "stranger"))
    lines = json.loads(run("export", "misp", "lines.jsonl"))["Event"]["Object"]
    check("lines_are_documents", lines == json.loads(run("export", "misp", "both.json"))["Event"]["Object"] and
          len(lines) == 2)
    save("lines.jsonl", run("search", "--jsonl", "unknown", "stranger", "-c", "known.corpus"))
    for form in ("matches", "names", "ida"):
        check(f"{form}_of_lines_and_of_a_document_are_the_same_bytes",
              run("export", form, "lines.jsonl") == run("export", form, "search.json"))
    save("lines.jsonl", open("lines.jsonl", "rb").read() + b"{\n")
    check("a_bad_line_costs_nothing_but_itself",
          run("export", "names", "lines.jsonl", code=3) == run("export", "names", "search.json"))

    # Files, case and folder.
    run("key", "new", "acme", "--no-passphrase")
    os.environ.update(INQUIRY_KEY="acme.key", INQUIRY_TIME="1767225600")
    run("open", "harbour.case", "--title", "The harbour", "--id", "00112233445566778899aabbccddeeff")
    run("admit", "harbour.case", "unknown", "stranger")
    run("investigate", "harbour.case", "-c", "known.corpus")
    save("early.stix", run("export", "stix", "harbour.case", "--tlp", "amber"))
    save("early.misp", run("export", "misp", "harbour.case", "--tlp", "red"))
    run("claim", "harbour.case", "unknown shares code with alpha", "--cites", "1,4")
    run("claim", "harbour.case", "--statement", "we were on leave")
    run("dispute", "harbour.case", "4", "--reason", "library-code", "--text", "It is zlib", "--time", "1767225700")
    run("support", "harbour.case", "9", "--cites", "1")
    run("claim", "harbour.case", "a mistake", "--cites", "1")
    run("withdraw", "harbour.case", "13")
    run("publish", "harbour.case", "harbour")
    for form in ("matches", "names", "ida", "ghidra", "indicators", "stix", "misp"):
        of_case = run("export", form, "harbour.case")
        check(f"{form}_of_a_case_and_of_its_folder_are_the_same_bytes", of_case == run("export", form, "harbour"))
        check(f"{form}_twice_is_the_same", of_case == run("export", form, "harbour.case"))
    check("a_case_gives_names_to_its_exhibits",
          {r[0] for r in cells(run("export", "matches", "harbour.case"))[1:]} == {"unknown", "stranger"})
    check("a_case_says_which_entry", all(r[-1].startswith("acme/") for r in cells(run("export", "matches", "harbour"))[1:]))

    exchange_tests()

    # A party that calls a conclusion an examination: the entry is exported, what it passes off is not.
    log = json.loads(run("log", "harbour.case", "--json"))
    liar = next(e for e in log["entries"] if e["type"] == "conclusion")
    liar["type"], liar["made"]["result"] = "examination", hashlib.sha256(open("attribution.json", "rb").read()).hexdigest()
    save("lying.json", json.dumps(log).encode())
    stix = json.loads(run("export", "stix", "lying.json", "attribution.json", code=3))
    check("what_an_entry_passes_off_is_passed_over", not list(stix_faults(stix)) and (not STIX or not STIX(stix)) and
          not any(o["type"] == "note" and o.get("abstract") == "insufficient-grounds" for o in stix["objects"]))

    # A folder that lost a result, and a file that is none: the rest is exported, and it is said.
    whole = cells(run("export", "matches", "harbour"))
    result = next(e["made"]["result"] for e in json.loads(run("log", "harbour.case", "--json"))["entries"]
                  if e.get("made", {}).get("kind") == "search")
    os.chmod(f"harbour/objects/sha256/{result[:2]}", 0o755)
    os.remove(f"harbour/objects/sha256/{result[:2]}/{result}")
    rest = cells(run("export", "matches", "harbour", code=1))
    check("what_is_left_is_exported", 1 < len(rest) < len(whole) and all(r in whole for r in rest))
    check("a_bad_document_costs_nothing_but_itself",
          cells(run("export", "matches", "search.json", "words", code=3)) == cells(run("export", "matches", "search.json")))

    # Hostile documents.
    for i, text in enumerate(HOSTILE):
        save("hostile.json", hostile_search(text))
        save("hostile-exam.json", hostile_examination(text))
        save("hostile-attribution.json", hostile_attribution(text))
        for form in ("matches", "names"):
            data = run("export", form, "hostile.json")
            rows = cells(data)
            check(f"{form}_{i}_stays_a_table", len(rows) == 2 and len(rows[0]) == len(rows[1]), text[:40])
            check(f"{form}_{i}_is_inert", inert(data.decode()) and len(data) < 20000 and
                  not any(c.startswith(tuple("=+-@\t\r")) for c in rows[1]))
        names = run("export", "names", "--json", "hostile.json").decode()
        check(f"json_{i}_is_inert", inert(names) and inert(json.loads(names)["programs"][0]["names"][0]["name"]))
        for form in ("ida", "ghidra"):
            data = run("export", form, "hostile.json").decode("ascii")
            check(f"{form}_{i}_is_printable", all(c in "\n\t" or " " <= c <= "~" for c in data))
        for form, valid in (("stix", STIX), ("misp", MISP)):
            data = run("export", form, "hostile.json", "hostile-exam.json", "hostile-attribution.json")
            document = json.loads(data)
            check(f"{form}_{i}_is_inert", inert(data.decode()) and all(map(inert, strings(document))) and len(data) < 60000)
            check(f"{form}_{i}_is_valid", not valid or not valid(document), text[:40], valid and valid(document))
            check(f"{form}_{i}_hangs_together", not list(misp_faults(document["Event"]) if form == "misp" else
                                                         stix_faults(document)))
        ida = Ida("ab" * 32, 0x400000, {0x401000: ""})
        ida.load(run("export", "ida", "hostile.json").decode("ascii"))
        check(f"ida_{i}_gives_a_name", re.fullmatch("[A-Za-z_][A-Za-z0-9_]{0,200}", ida.names[0x401000]) is not None,
              ida.names)

    many = json.loads(hostile_search("f").replace(b"0.900", b"0"))
    function = many["searches"][0]["functions"][0]
    function["candidates"][0].update(probability=0, similarity=0, support=0)
    many["searches"][0]["functions"] = [dict(function, va=hex(0x401000 + 16 * i)) for i in range(5000)]
    save("many.json", json.dumps(many).encode())
    save("hostile.json", hostile_search("\\u0022+evil()+\\u0022\"*/"))
    ida_tests(run("export", "ida", "search.json").decode("ascii"))
    java_tests()


STIX = validator("stix.schema.json", oasis, os.environ.get("STIX_SCHEMAS"))
MISP = validator("misp.schema.json", misp_project, os.environ.get("MISP_SCHEMA"))
with tempfile.TemporaryDirectory() as work:
    os.chdir(work)
    main()
    os.chdir("/")
print(f"{passed} passed, {failed} failed")
sys.exit(failed > 0)
