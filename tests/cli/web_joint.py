#!/usr/bin/env python3
"""Two parties hold an inquiry by the forms of their web views alone: each opens or joins the case and builds the corpus; they
seal, unseal and withhold, pull from each other, compare privately, export, and revoke a key.

usage: web_joint.py INQUIRY MAKE LIAR
"""
import json
import os
import re
import shutil
import subprocess
import tempfile

from web import MAKE, Server, check, end, run


def begin(s, fields, name):
    page = s.page("/record")
    check("there is nothing but a form to begin with", {f["action"] for f in page.forms} == {"/open"}, page.forms)
    check("nothing else is there to be had", s.ask("/log.json").headers["Content-Type"].startswith("text/html"))
    check("no other place is joined", s.post("/open", {"from": "/etc"}).status == 403)
    done = s.job(s.post("/open", fields), name)
    check(name + " is done", "done" in done.text and "charter" in done.text, done.text)
    check("a case is opened once", s.post("/open", fields).status == 400)


def corpus(s):
    check("it says that there is none yet", "not been built" in s.page("/corpus").text)
    done = s.job(s.post("/corpus/build", {}), "build")
    check("it is built", "state" in done.text and "failed" not in done.text, done.text)
    done = s.job(s.post("/corpus/calibrate", {}), "calibrate")
    check("it is measured", "failed" not in done.text, done.text)
    info = run("corpus", "info", "known.corpus").decode()
    page = s.page("/corpus")
    check("what is in it is told", all(line.strip() in page.text for line in info.splitlines()), page.text)
    check("nothing else is built", s.post("/corpus/destroy", {}).status == 404)


def entry_of(job):
    return re.search(r"((?:acme|bolt)/[0-9]+) +[0-9a-f]{12}  exhibit", job.text).group(1)


def custody(s, other):
    sealed = entry_of(s.job(s.upload("sealed", b"secret one", [("seal", "bolt")]), "seal"))
    also = entry_of(s.job(s.upload("sealed too", b"secret two", [("seal", "bolt")]), "seal"))
    withheld = entry_of(s.job(s.upload("kept", b"kept back", [("withheld", "third party data")]), "withhold"))
    refused = s.job(s.upload("odd", b"odd", [("seal", "nobody")]), "seal to nobody")
    check("who is no party is sealed nothing", "no party nobody" in refused.text, refused.text)
    log = {e["entry"]: e for e in json.loads(run("log", "--json", "acme.case"))["entries"]}
    check("what is sealed and withheld is entered as that", [log[e]["type"] for e in (sealed, also, withheld)] ==
          ["exhibit sealed", "exhibit sealed", "exhibit withheld"])
    check("the own sealed one can be opened", "/unseal" in {f["action"] for f in s.page("/entries/" + sealed).forms})
    done = s.job(s.upload("", b"", [("entry", sealed)], to="/unseal"), "unseal")
    check("it is opened", "exhibit unseal" in done.text, done.text)
    check("and can be no more", "/unseal" not in {f["action"] for f in s.page("/entries/" + sealed).forms})
    wrong = s.job(s.upload("kept", b"another", [("entry", withheld)], to="/unseal"), "unseal another file")
    check("another file than was withheld is refused", "the file is another file" in wrong.text, wrong.text)
    done = s.job(s.upload("kept", b"kept back", [("entry", withheld)], to="/unseal"), "open what was withheld")
    check("what was withheld is opened", "exhibit unseal" in done.text, done.text)
    check("an entry is a name", s.upload("", b"", [("entry", "--help")], to="/unseal").status == 400)
    return also


def unsealed_by_other(acme, bolt, also):
    acme.job(acme.post("/publish", {}), "publish")
    bolt.job(bolt.post("/pull", {"from": "from-acme"}), "pull")
    done = bolt.job(bolt.upload("", b"", [("entry", also)], to="/unseal"), "open what was sealed to it")
    check("who it was sealed to opens it", "exhibit unseal" in done.text, done.text)
    bolt.job(bolt.post("/publish", {}), "publish")
    acme.job(acme.post("/pull", {"from": "from-bolt"}), "pull")


def third(acme):
    """Who is new comes in when asked to."""
    run("open", "carol.case", "-k", "carol.key", "--join", "from-bolt", "-q")
    run("publish", "carol.case", "from-carol", "-q")
    done = acme.job(acme.post("/pull", {"from": "from-carol"}), "pull from a third party")
    check("a new party is left out, and named", "carol" in done.text and "/record?party=carol" not in acme.page("/").links,
          done.text)
    acme.job(acme.post("/pull", {"from": "from-carol", "accept": " carol,"}), "pull, and let in")
    check("it is let in when asked to", "/record?party=carol" in acme.page("/").links)


def message(s, job, name):
    found = [link for link in job.links if link.startswith("/messages/")]
    check(name + " gives a message", len(found) == 1, job.text)
    answer = s.ask(found[0])
    check(name + " can be fetched", answer.headers["Content-Disposition"].startswith("attachment") and
          answer.body.startswith(b"inquiry blind message"), answer.body[:80])
    return answer.body


def compare(acme, bolt, exhibit):
    check("a party does not compare with itself", "failed" in acme.job(acme.post("/comparisons/offer",
          {"with": "acme", "text": "domain a.example"}), "offer itself").text)
    check("an exhibit is one", acme.post("/comparisons/offer", {"with": "bolt", "exhibit": "x"}).status == 400)
    job = acme.job(acme.post("/comparisons/offer", {"with": "bolt", "exhibit": exhibit, "text":
                   "domain cdn.example\ndomain update.example\nmutex <script>alert(1)</script>"}), "offer")
    data = message(acme, job, "offer")
    wrong = acme.job(acme.upload("m", data, to="/comparisons/message"), "the own message")
    check("the own message is refused", "failed" in wrong.text, wrong.text)
    job = bolt.job(bolt.upload("m", data, [("text", "domain update.example\ndomain www.example\n"
                               "mutex <script>alert(1)</script>"), ("exhibit", exhibit)], to="/comparisons/answer"), "answer")
    sides = [acme, bolt]
    for number in range(4):
        data = message(sides[(number + 1) % 2], job, "message %d" % (number + 2))
        job = sides[number % 2].job(sides[number % 2].upload("m", data, to="/comparisons/message"), "message")
    data = message(bolt, job, "message 6")
    job = acme.job(acme.upload("m", data, to="/comparisons/message"), "the last message")
    check("the last one is answered by none", "/messages/" not in job.raw, job.text)
    page = acme.page("/comparisons")
    check("what both hold is shown, inert", "update.example" in page.text and "<script>alert(1)" in page.text, page.text)
    check("and what one holds is not", "cdn.example" not in page.raw and "www.example" not in page.raw)
    check("a message is no path", acme.ask("/messages/..%2fx").status in (400, 404))
    check("a job without one has none", acme.ask("/messages/1").status == 404)
    check("garbage is no message", "failed" in acme.job(acme.upload("m", b"garbage", to="/comparisons/message"), "garbage").text)
    check("no message is refused", acme.ask("/comparisons/message", "POST", b"--XyZ--\r\n", {"Origin": acme.origin,
          "Content-Type": "multipart/form-data; boundary=XyZ"}).status in (400, 403))


def export(s):
    page = s.page("/exports")
    found = [link for link in page.links if link.startswith("/exports/")]
    check("all formats are there", len(found) == 7, found)
    for link in found:
        answer = s.ask(link)
        check(link + " is the command's", answer.status == 200 and answer.body ==
              run("export", link.split("/")[2], "acme.case") and
              answer.headers["Content-Disposition"].startswith("attachment"), answer.body[:200])
    check("no other format", s.ask("/exports/exe").status == 404)


def keys(s):
    page = s.page("/keys")
    shown = run("key", "show", "acme.key").decode().split()
    check("the public keys are told", shown[1] in page.text and shown[5] in page.text, page.text)
    for fields in ({"role": "cosigner", "reason": "stolen"}, {"role": "cosigner", "reason": "stolen", "party": "bolt"},
                   {"role": "cosigner", "reason": "", "party": "acme"}):
        check("nothing is revoked by a slip", s.post("/keys/revoke", fields).status == 400)
    done = s.job(s.post("/keys/revoke", {"role": "cosigner", "reason": "stolen", "party": "acme"}), "revoke")
    check("a key is revoked", "key revoke" in done.text, done.text)


def texts(s):
    """What people write is text, whatever a program could take it for."""
    for text in ("@0", "@1", "a", "i", "-", "--", "$(id)", "%s"):
        answer = s.post("/say", {"way": "statement", "text": text})
        check("%s is stated" % text, answer.status == 303 and
              json.loads(run("show", "--json", "acme.case", answer.headers["Location"][9:]))["text"] == text, answer.body)


def main():
    work = tempfile.mkdtemp()
    os.chdir(work)
    os.mkdir("tmp")
    os.environ["TMPDIR"] = os.path.join(work, "tmp")
    os.environ.pop("INQUIRY_KEY", None)
    try:
        subprocess.run([MAKE, "."], check=True)
        run("key", "new", "acme", "--no-passphrase", "-q")
        run("key", "new", "bolt", "--no-passphrase", "-q")
        run("key", "new", "carol", "--no-passphrase", "-q")
        more = ["--corpus", "known.corpus", "--known", "families", "--common", "libraries"]
        acme = Server("acme.case", "--write", "-k", "acme.key", "--publish", "from-acme", "--from", "from-bolt",
                      "--from", "from-carol", *more)
        begin(acme, {"title": "The <b>harbour</b>", "text": "what happened there"}, "open")
        corpus(acme)
        acme.job(acme.upload("unknown", open("unknown", "rb").read()), "admit")
        exhibit = re.search(r"/exhibits/([0-9a-f]{64})", acme.page("/exhibits").raw).group(1)
        done = acme.job(acme.post("/investigate", {}), "investigate")
        check("it investigated with what was built", "attribute" in done.text, done.text)
        acme.job(acme.post("/publish", {}), "publish")
        bolt = Server("bolt.case", "--write", "-k", "bolt.key", "--publish", "from-bolt", "--from", "from-acme", *more)
        begin(bolt, {"from": "from-acme"}, "join")
        check("what was joined is there", "The <b>harbour</b>" in bolt.page("/").text)
        done = bolt.job(bolt.post("/rerun", {}), "rerun")
        check("it came out the same", "reproduced" in done.text, done.text)
        check("it disputes", bolt.post("/say", {"way": "dispute", "entry": "acme/4", "reason": "other", "text": "no"}).status == 303)
        bolt.job(bolt.post("/publish", {}), "publish")
        acme.job(acme.post("/pull", {"from": "from-bolt"}), "pull")
        check("the other party is there", "bolt" in acme.page("/").text)
        also = custody(acme, bolt)
        unsealed_by_other(acme, bolt, also)
        compare(acme, bolt, exhibit)
        third(acme)
        export(acme)
        texts(acme)
        keys(acme)
        for s in (acme, bolt):
            s.end()
        for case in ("acme.case", "bolt.case"):
            run("verify", case)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    end()


main()
