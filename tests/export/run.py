#!/usr/bin/env python3
"""Exports as their readers read them: CSV by the csv module, scripts by an IDA that has little more than a name,
and by javac; of files, a case and a published folder; of hostile documents too.

usage: run.py INQUIRY MAKE FORMATS_DIRECTORY
  MAKE  the program that makes the golden samples
"""
import csv
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

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "golden"))
import schema as checker  # noqa: E402

INQUIRY, MAKE, FORMATS = (os.path.realpath(p) for p in sys.argv[1:4])
HERE = os.path.dirname(os.path.realpath(__file__))
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


def inert(text):
    return not any(unicodedata.category(c) in ("Cc", "Cf") and c not in "\r\n\t" for c in text)


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
            self.names[ea] = name
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

    ida = Ida(digest, base, {first: "", second: "mine"}, answer=1)
    ida.load(script)
    check("ida_replaces_where_told", ida.names[second] == "recipe_2", ida.names)

    ida = Ida(digest, base + 0x10000, {first + 0x10000: ""})
    ida.load(script)
    check("ida_follows_a_rebased_file", ida.names[first + 0x10000] == "recipe_1", ida.names)

    ida = Ida(digest, base, {first - 4: ""})
    ida.load(script)
    check("ida_names_no_middle_of_a_function", ida.names == {first - 4: ""}, ida.names)


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

    # Files, case and folder.
    run("key", "new", "acme", "--no-passphrase")
    os.environ.update(INQUIRY_KEY="acme.key", INQUIRY_TIME="1767225600")
    run("open", "harbour.case", "--title", "The harbour", "--id", "00112233445566778899aabbccddeeff")
    run("admit", "harbour.case", "unknown", "stranger")
    run("investigate", "harbour.case", "-c", "known.corpus")
    run("publish", "harbour.case", "harbour")
    for form in ("matches", "names", "ida", "ghidra", "indicators"):
        of_case = run("export", form, "harbour.case")
        check(f"{form}_of_a_case_and_of_its_folder_are_the_same_bytes", of_case == run("export", form, "harbour"))
        check(f"{form}_twice_is_the_same", of_case == run("export", form, "harbour.case"))
    check("a_case_gives_names_to_its_exhibits",
          {r[0] for r in cells(run("export", "matches", "harbour.case"))[1:]} == {"unknown", "stranger"})
    check("a_case_says_which_entry", all(r[-1].startswith("acme/") for r in cells(run("export", "matches", "harbour"))[1:]))

    # Hostile documents.
    for i, text in enumerate(HOSTILE):
        save("hostile.json", hostile_search(text))
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


with tempfile.TemporaryDirectory() as work:
    os.chdir(work)
    main()
    os.chdir("/")
print(f"{passed} passed, {failed} failed")
sys.exit(failed > 0)
