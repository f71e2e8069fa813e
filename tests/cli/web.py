#!/usr/bin/env python3
"""Holds an inquiry over HTTP, and tries what an enemy would: other names and origins, malformed and slow requests,
long bodies, names that are markup.

usage: web.py INQUIRY MAKE LIAR
  MAKE  the program that makes the golden samples

Where $INQUIRY_TEST_POSTGRES names a database (tests/postgres), the case is in it, and what does not depend on where it is
is not tried again.
  LIAR  tests/make/liar: enters results that the analysis did not give
"""
import html.parser
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse

INQUIRY, MAKE, LIAR = (os.path.realpath(path) for path in sys.argv[1:4])
failed, passed = [], 0

# What a page may consist of. Anything else in one is somebody's markup.
ELEMENTS = set("""html head meta title link script noscript body a header p nav ul li form input main h1 h2 h3 footer bdi
span strong code table caption thead tbody tr th td div dl dt dd time label select option textarea button details summary
pre br
progress svg rect path circle line g text desc figure figcaption""".split())
ATTRIBUTES = set("""lang charset name content rel type href src class aria-label aria-current aria-labelledby role action
placeholder maxlength id tabindex scope title datetime method enctype value rows selected for min max data-swap data-live
viewbox preserveaspectratio x y width height d cx cy r dir http-equiv aria-hidden x1 x2 y1 y2 transform required""".split())

HOSTILE = ['<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', "<svg onload=alert(1)>", "\u202egpj.exe",
           "\x1b]0;owned\x07\x1b[2J", "a\u200bb\ufeffc", "'-alert(1)-'", "{{7*7}}", "javascript:alert(1)", "x" * 900]


def check(name, truth, more=""):
    global passed
    if truth:
        passed += 1
    else:
        failed.append(name)
        print("FAILED", name, str(more)[:400])


class Page(html.parser.HTMLParser):
    """The elements, attributes and text of a page, and what in it is not this program's."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.odd, self.words, self.links, self.forms = [], [], [], []
        self.feed(text)
        self.text = "".join(self.words)

    def handle_starttag(self, tag, attrs):
        if tag not in ELEMENTS:
            self.odd.append(tag)
        for name, value in attrs:
            if name not in ATTRIBUTES or name.startswith("on"):
                self.odd.append((tag, name))
            if name in ("href", "src", "action"):
                self.links.append(value)
                if not re.match(r"^(/|#|\?)", value or ""):
                    self.odd.append((tag, name, value))
        if tag == "form":
            self.forms.append(dict(attrs))
        if tag == "script" and not dict(attrs).get("src", "").startswith("/assets/"):
            self.odd.append("script")

    def handle_data(self, data):
        self.words.append(data)

    def handle_comment(self, data):
        self.odd.append("comment")


def run(*arguments, code=0, **more):
    done = subprocess.run([INQUIRY, *arguments], capture_output=True, **more)
    if done.returncode != code:
        raise SystemExit("web.py: %s gave %d: %s" % (arguments, done.returncode, done.stderr.decode()))
    return done.stdout


class Server:
    def __init__(self, *arguments, **more):
        self.process = subprocess.Popen([INQUIRY, "serve", *arguments, "--listen", "127.0.0.1:0"],
                                        stdout=subprocess.PIPE, stderr=open("server-err", "wb"), **more)
        line = self.process.stdout.readline().decode()
        found = re.match(r"^http://(127\.0\.0\.1|inquiry-[0-9a-f]{32}\.localhost):([0-9]+)/(?:\?token=([0-9a-f]{32}))?$",
                         line.strip())
        if not found:
            raise SystemExit("web.py: it says " + line + open("server-err").read())
        self.port = int(found.group(2))
        self.host = "%s:%d" % (found.group(1), self.port)
        self.origin = "http://" + self.host
        self.secret, self.token, self.cookie = None, found.group(3), None
        check("who writes needs a token", bool(self.token) == ("--write" in arguments and "--token-file" not in arguments))
        if self.token:
            entered = self.ask("/?token=" + self.token)
            self.cookie = entered.headers["Set-Cookie"].split(";")[0]

    def ask(self, target, method="GET", body=None, headers=None, timeout=60):
        answer = self.ask_once(target, method, body, headers, timeout)
        # What cannot be shown at once comes in a moment.
        while answer.status == 202:
            time.sleep(0.05)
            answer = self.ask_once(target, method, body, headers, timeout)
        return answer

    def ask_once(self, target, method, body, headers, timeout):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        headers = {"Host": self.host, "Cookie": self.cookie, **(headers or {})}
        if body is not None:
            headers["Content-Length"] = str(len(body))
        for name, value in headers.items():
            if value is not None:
                connection.putheader(name, value)
        try:
            connection.endheaders(body)
        except (BrokenPipeError, ConnectionResetError):
            pass
        answer = connection.getresponse()
        answer.body = answer.read()
        connection.close()
        return answer

    def page(self, target, status=200):
        answer = self.ask(target)
        while b'data-live="250"' in answer.body:
            time.sleep(0.05)
            answer = self.ask(target)
        text = answer.body.decode("utf-8")
        page = Page(text)
        page.raw = text
        check("status of " + target, answer.status == status, (answer.status, text))
        check("only this program's markup in " + target, not page.odd, page.odd)
        return page

    def form(self):
        if not self.secret:
            found = re.search(r'name="form" value="([0-9a-f]{32})"', self.page("/verification").raw)
            self.secret = found.group(1)
        return self.secret

    def post(self, target, fields, headers=None, secret=True):
        body = urllib.parse.urlencode([*([("form", self.form())] if secret else []), *fields.items()]).encode()
        return self.ask(target, "POST", body, {"Origin": self.origin,
                        "Content-Type": "application/x-www-form-urlencoded", **(headers or {})})

    def upload(self, name, data, fields=(), to="/admit", **more):
        parts = [("form", self.form()), *fields]
        body = b"".join(b'--XyZ\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (k.encode(), v.encode())
                        for k, v in parts)
        body += b'--XyZ\r\nContent-Disposition: form-data; name="file"; filename="%s"\r\n' % name.encode()
        body += b"Content-Type: application/octet-stream\r\n\r\n" + data + b"\r\n--XyZ--\r\n"
        return self.ask(to, "POST", body, {"Origin": self.origin,
                        "Content-Type": "multipart/form-data; boundary=XyZ"}, **more)

    def job(self, answer, name):
        check(name + " becomes a job", answer.status == 303 and "/jobs/" in answer.headers.get("Location", ""),
              (answer.status, answer.body))
        where = answer.headers.get("Location")
        for _ in range(600):
            page = self.page(where)
            if "data-live" not in page.raw:
                return page
            time.sleep(0.1)
        check(name + " ends", False)
        return page

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(10)


def raw(server, data, wait=5):
    """What comes back for these bytes; None where the connection stayed open and silent."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=wait) as s:
        try:
            s.sendall(data)
            got = b""
            while len(got) < 1 << 20:
                more = s.recv(65536)
                if not more:
                    return got
                got += more
                if b"\r\n\r\n" in got:
                    return got
        except socket.timeout:
            return None
        except ConnectionResetError:
            return b""
    return got


def pages_and_headers(s):
    for target in ("/", "/exhibits", "/families", "/conclusions", "/record", "/jobs", "/verification", "/search?q=re",
                   "/search?q=" + urllib.parse.quote("<script>"), "/record?type=claim&party=acme", "/record?page=99"):
        s.page(target)
    for target in ("/nothing", "/exhibits/zz", "/exhibits/" + "0" * 64, "/entries/acme/9999", "/entries/acme/x",
                   "/conclusions/acme/0", "/jobs/77", "/jobs/x", "/assets/0/serve.js", "/families/a/b"):
        s.page(target, 404)
    for target in ("/", "/nothing", "/log.json"):
        headers = s.ask(target).headers
        policy = headers["Content-Security-Policy"]
        check("a strict policy on " + target, "default-src 'none'" in policy and "unsafe" not in policy, policy)
        check("no frame around " + target, "frame-ancestors 'none'" in policy)
        for name, value in (("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "same-origin"),
                            ("Cross-Origin-Opener-Policy", "same-origin"), ("Cache-Control", "no-store"),
                            ("Cross-Origin-Resource-Policy", "same-origin"), ("X-Frame-Options", "DENY")):
            check("%s on %s" % (name, target), headers[name] == value, headers[name])
    answer = s.ask("/", "HEAD")
    check("HEAD has no body", answer.status == 200 and answer.body == b"" and answer.headers["Content-Length"] != "0")
    for asset in Page(s.ask("/").body.decode()).links:
        if asset.startswith("/assets/"):
            check(asset, s.ask(asset).status == 200)


def refusals(s):
    for host in ("evil.example", "evil.example:%d" % s.port, "127.0.0.1:1", "localhost", "", None,
                 "127.0.0.1:%d.evil.example" % s.port):
        status = s.ask("/", headers={"Host": host}).status
        check("host %s is refused" % host, status in (400, 421), status)
    check("localhost is a name of it", s.ask("/", headers={"Host": "localhost:%d" % s.port}).status == 200)
    for method in ("PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT", "FOO"):
        status = s.ask("/", method).status
        check(method + " is refused", status in (405, 400, 501), status)
    check("POST to a page is refused", s.post("/record", {}).status == 405)
    for target in ("/%", "/%zz", "/%00", "/../etc/passwd", "/%2e%2e/etc/passwd", "/exhibits/%2e%2e", "/a%2fb", "//", "/a//b",
                   "/\\a", "/%ff", "/exhibits/", "/record?%", "/record?a=%ff", "/record?a=%00", "/record?A=1",
                   "/assets/../serve.js", "/a" * 20, "/record?" + "&".join("a=%d" % i for i in range(99))):
        status = s.ask(target).status
        check("target %s is refused" % target[:40], status in (400, 404, 414), status)
    check("a long target is refused", s.ask("/" + "a" * 20000).status in (400, 414, 431))
    # What writes.
    for headers, name in (({"Origin": "http://evil.example"}, "another origin"), ({"Origin": "null"}, "no origin"),
                          ({"Origin": None}, "an origin left out"), ({"Sec-Fetch-Site": "cross-site"}, "another site"),
                          ({"Origin": "http://127.0.0.1:1"}, "another port"),
                          ({"Origin": s.origin.replace("http", "https")}, "another scheme"),
                          ({"Content-Type": "text/plain"}, "another type")):
        status = s.post("/say", {"way": "claim", "text": "x", "cites": "1"}, headers).status
        check(name + " does not write", status in (403, 415), status)
    for secret in ("", "0" * 32):
        status = s.post("/say", {"form": secret, "way": "claim", "text": "x", "cites": "1"}, secret=False).status
        check("form secret %r does not write" % secret, status == 403, status)
    check("a long form is refused", s.post("/say", {"way": "claim", "text": "x" * 200000}).status in (400, 413))


def malformed(s):
    for data in (b"\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00", b"\x00" * 5000,
                 b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", b"GET / HTTP/1.1\r\n: x\r\n\r\n",
                 b"GET / HTTP/1.1\r\nHost: %s\r\nX: " % s.host.encode() + b"y" * 200000 + b"\r\n\r\n",
                 b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 20000 + b"\r\n",
                 b"POST /say HTTP/1.1\r\nHost: %s\r\nContent-Length: -1\r\n\r\n" % s.host.encode(),
                 b"POST /say HTTP/1.1\r\nHost: %s\r\nContent-Length: 99999999999999999999\r\n\r\n" % s.host.encode(),
                 b"POST /say HTTP/1.1\r\nHost: %s\r\nOrigin: %s\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nabc"
                 % (s.host.encode(), s.origin.encode()),
                 b"POST /say HTTP/1.1\r\nHost: %s\r\nOrigin: %s\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
                 b"\r\n" % (s.host.encode(), s.origin.encode())):
        got = raw(s, data, 3)
        check("malformed %r gives nothing" % data[:40], got is None or got == b"" or not got.startswith(b"HTTP/1.1 200"), got)
    check("and it still answers", s.ask("/").status == 200)
    # A crowd of silent connections does not keep others out for good.
    crowd = []
    for _ in range(100):
        c = socket.create_connection(("127.0.0.1", s.port), timeout=5)
        # Every fifth dawdles over the body of a form.
        c.sendall(b"GET / HTTP/1.1\r\nHost: " if len(crowd) % 5 else
                  b"POST /say HTTP/1.1\r\nHost: %s\r\nOrigin: %s\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                  b"Cookie: %s\r\nContent-Length: 60000\r\n\r\nform=" % (s.host.encode(), s.origin.encode(), s.cookie.encode()))
        crowd.append(c)
    check("others are answered meanwhile", s.ask("/").status == 200)
    started, cut = time.time(), 0
    while time.time() - started < 120 and cut < len(crowd):
        time.sleep(2)
        for c in crowd:
            try:
                c.sendall(b"a")
            except OSError:
                pass
        cut = 0
        for c in crowd:
            c.setblocking(False)
            try:
                # What was answered before it was cut off is read first.
                while c.recv(65536):
                    pass
                cut += 1
            except BlockingIOError:
                pass
            except OSError:
                cut += 1
            c.setblocking(True)
    check("who dawdles is cut off", cut == len(crowd), cut)
    for c in crowd:
        c.close()


def slow_heads(s):
    """Hundreds who never end the head of a request: whoever comes next is answered all the same, because the oldest of them
    makes way, and not because its time is up."""
    most = 512 - 64  # VISITS_MOST and VISITS_SPARE of src/serve/private.h
    crowd, begun = [], time.monotonic()
    for _ in range(2 * most):
        c = socket.create_connection(("127.0.0.1", s.port))
        c.sendall(b"GET / HTTP/1.1\r\nHost: ")
        crowd.append(c)
    # The oldest end first, each at its own time: those that have to are waited for, for as long as that takes.
    for c in crowd[:most]:
        try:
            while c.recv(4096):
                pass
        except OSError:
            pass
    check("a request is answered beside slow heads", s.ask("/").status == 200)
    stay = 0
    for c in crowd[most + 8:]:
        c.setblocking(False)
        try:
            stay += not c.recv(1) == b""
        except BlockingIOError:
            stay += 1
        except OSError:
            pass
    # A few more than must be: connections end when the server comes to look. Where all of this took so long that their
    # time was up, it says nothing.
    check("hardly more of them are cut off than must be", stay > most - 64 or time.monotonic() - begun > 15, stay)
    for c in crowd:
        c.close()


def reading(s, case):
    """The pages say what the documents say."""
    log = json.loads(run("log", "--json", case))
    check("the document is the command's", json.loads(s.ask("/log.json").body) == log)
    record = s.page("/record")
    for entry in log["entries"]:
        check(entry["entry"] + " is in the record", entry["entry"] in record.text)
        page = s.page("/entries/" + entry["entry"])
        check(entry["entry"] + " has its digest", entry["digest"] in page.text)
        check(entry["entry"] + " has its status", entry["status"] in page.text, entry["status"])
        for cited in entry["cites"]:
            check(entry["entry"] + " links what it cites", "/entries/" + cited in page.links)
        made = entry.get("made")
        if not made:
            continue
        result = s.ask("/result.json/" + entry["entry"])
        check("the result of " + entry["entry"], result.body == run("show", "--result", case, entry["entry"]))
        document = json.loads(result.body)
        sha256 = entry["subjects"][0]["sha256"]
        if made["kind"] == "examine":
            exhibit = document["exhibits"][0]
            page = s.page("/exhibits/" + sha256)
            check("the exhibit's digest", exhibit["sha256"] in page.text)
            functions = s.page("/exhibits/%s/functions" % sha256)
            check("how many functions", "Functions of this exhibit: %d" % len(exhibit["functions"]) in functions.text)
            for f in exhibit["functions"][:100]:
                check("function %s" % f["va"], "/exhibits/%s/functions/%s" % (sha256, f["va"]) in functions.links)
            largest = max(f["size"] for f in exhibit["functions"])
            first = re.search(r"functions/(0x[0-9a-f]+)", s.page("/exhibits/%s/functions?order=size" % sha256).raw)
            check("by size", any(f["va"] == first.group(1) and f["size"] == largest for f in exhibit["functions"]))
            imports = s.page("/exhibits/%s/imports" % sha256)
            check("imports", all(i["name"] in imports.text for i in exhibit["imports"] if "name" in i))
            strings = s.page("/exhibits/%s/strings" % sha256)
            check("strings", all(t["text"] in strings.text for t in exhibit["strings"][:50] if t["text"].isprintable()))
            s.page("/exhibits/%s/observations" % sha256)
        elif made["kind"] == "search":
            for f in document["searches"][0]["functions"][:3]:
                page = s.page("/exhibits/%s/functions/%s" % (sha256, f["va"]))
                check("standing of " + f["va"], f["standing"] in page.text)
                for c in f["candidates"]:
                    check("candidate of " + f["va"], c["va"] in page.text and c["label"] in page.text)
            for family in document["searches"][0]["families"]:
                page = s.page("/families/" + urllib.parse.quote(family["label"], safe=""))
                check("family " + family["label"], str(family["distinctive"]) in page.text)
        elif made["kind"] == "attribute":
            page = s.page("/conclusions/" + entry["entry"])
            check("what is missing", ("What is missing" in page.text) == bool(document["lacks"]))


def holding(s, case, samples):
    """The whole of an inquiry, in the browser alone."""
    page = s.page("/act")
    check("there are forms", {"/admit", "/investigate", "/say", "/publish"} <= {f.get("action") for f in page.forms})
    for name in samples:
        done = s.job(s.upload(name, open(name, "rb").read(), [("note", "from a test"), ("source", "here")]), "admit " + name)
        check(name + " is entered", "exhibit open" in done.text, done.text)
    exhibits = s.page("/exhibits")
    check("the exhibits are there", all(name in exhibits.text for name in samples))
    done = s.job(s.post("/investigate", {}), "investigate")
    check("it investigated", "done" in done.text and "attribute" in done.text, done.text)
    said = s.post("/say", {"way": "claim", "text": "They are <b>alike</b>\nand old", "cites": ", acme/1, 2\t0,,"})
    check("a claim leads to its entry", said.status == 303, said.body)
    claim = said.headers["Location"]
    page = s.page(claim)
    check("it says what was said", "They are <b>alike</b>" in page.text)
    refused = s.post("/say", {"way": "claim", "text": "without", "cites": ""})
    check("a claim without grounds is refused", refused.status == 400 and b"no grounds" in refused.body, refused.body)
    for way, more in (("support", {}), ("dispute", {"reason": "library-code", "cites": "acme/1"}), ("withdraw", {})):
        answer = s.post("/say", {"way": way, "entry": claim[len("/entries/"):], "text": "--help", **more})
        check(way + " is entered", answer.status == 303, answer.body)
        check(way + " says it", "--help" in s.page(answer.headers["Location"]).text)
    check("a statement is entered", s.post("/say", {"way": "statement", "text": "-k /etc/passwd"}).status == 303)
    check("its status shows", "withdrawn" in s.page(claim).text)
    check("no other way to answer", s.post("/say", {"way": "open", "text": "x"}).status == 400)
    done = s.job(s.post("/publish", {}), "publish")
    run("verify", "bundle")
    answer = s.post("/verify", {})
    check("verify leads to its page", answer.headers.get("Location") == "/verification", answer.status)
    for _ in range(300):
        page = s.page("/verification")
        if "data-live" not in page.raw:
            break
        time.sleep(0.1)
    check("it holds", "It holds." in page.text, page.text)
    check("found by what was said", claim in s.page("/search?q=ALIKE").links)


def hostile(s):
    for number, text in enumerate(HOSTILE):
        name = text.replace("\x07", "").replace("\x1b", "").replace('"', "%22").replace("/", "_")[:200]
        s.job(s.upload(name, b"exhibit %d" % number, [("note", text if text.isprintable() else "n"), ("source", name)]),
              "admit a hostile name")
        answer = s.post("/say", {"way": "claim", "text": text if "\x1b" not in text else "esc", "cites": "0"})
        check("a hostile claim is entered", answer.status == 303, answer.body)
        s.page(answer.headers.get("Location", "/"))
        s.page("/search?q=" + urllib.parse.quote(name[:60]))
        s.page("/record?party=" + urllib.parse.quote(name[:60]))
        s.page("/families/" + urllib.parse.quote(name[:60], safe=""))
    for target in ("/", "/exhibits", "/record"):
        page = s.page(target)
        check("no control or direction goes out on " + target,
              not re.search("[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]", page.raw))
    for target in s.page("/exhibits").links:
        if re.match(r"^/exhibits/[0-9a-f]{64}$", target):
            s.page(target)


def hostile_program():
    """An exhibit whose symbols and strings are what the names above were, and a megabyte long."""
    names = ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</table></main><h1>owned</h1>", "\u202egpj.exe",
             "&lt;b&gt;", "a b\tc", "n" * (1 << 20)]
    lines = [".globl _start", ".text", "_start:"] + ["call 1f; 1: .byte 0x48,0x31,0xc0"]
    for number, name in enumerate(names):
        quoted = '"%s"' % name
        lines += [".globl " + quoted, ".type %s,@function" % quoted, quoted + ":", "mov $%d, %%eax" % number,
                  "lea s%d(%%rip), %%rdi" % number, "cmp %ebx, %eax", "jl 2f", "add $77, %eax", "2:", "ret",
                  ".size %s, .-%s" % (quoted, quoted)]
    lines.append(".section .rodata")
    texts = ['<script>alert("s")</script>', "\u202eevil\u2066", "\x1b[2J\x1b]0;x\x07text", "s" * (1 << 20),
             "javascript:alert(1)//", "'\"><svg/onload=alert(1)>"]
    for number in range(len(names)):
        data = texts[number % len(texts)].encode()
        lines.append("s%d: .byte %s" % (number, ",".join(map(str, data + b"\0"))))
    subprocess.run(["as", "-o", "hostile.o", "-"], input=("\n".join(lines) + "\n").encode(), check=True)
    subprocess.run(["ld", "-o", "hostile.elf", "hostile.o"], check=True)
    return open("hostile.elf", "rb").read()


def hostile_exhibit(s):
    s.job(s.upload("hostile.elf", hostile_program()), "admit a hostile program")
    done = s.job(s.post("/investigate", {}), "investigate a hostile program")
    check("it was examined", "hostile.elf" in done.text, done.text)
    where = [t for t in s.page("/exhibits").links if t.startswith("/exhibits/")][-1]
    for target in s.page("/exhibits").links:
        if re.match(r"^/exhibits/[0-9a-f]{64}$", target) and "hostile.elf" in s.page(target).text:
            where = target
    for part in ("", "/functions", "/functions?order=name", "/imports", "/strings", "/observations"):
        page = s.page(where + part)
        check("a page of it is not long: " + part, len(page.raw) < 200000, len(page.raw))
        check("no control or direction in it: " + part,
              not re.search("[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]", page.raw))
    functions = s.page(where + "/functions")
    check("its symbols are told as they are", "<script>alert(1)</script>" in functions.text and "U+202E" in functions.text)
    for target in functions.links:
        if target and "/functions/0x" in target:
            check("a function's page is not long", len(s.page(target).raw) < 300000)
    found = s.page("/search?q=" + urllib.parse.quote("<script>"))
    check("what is in it is found, inert", "<script>alert" in found.text)
    for query in ("x" * 100, "%s%n", "\u202e", "..", "'; drop"):
        s.page("/search?q=" + urllib.parse.quote(query))


def others(case):
    """Another party joins, and disagrees; what it published is pulled by a form."""
    run("publish", case, "bundle")
    run("key", "new", "nadir", "--no-passphrase", "-q")
    run("open", "nadir.case", "--party", "nadir", "-k", "nadir.key", "--join", "bundle", "-q")
    run("pull", "nadir.case", "bundle", "-k", "nadir.key", "-q")
    run("dispute", "nadir.case", "acme/3", "-r", "other", "-t", "<b>no</b>", "-k", "nadir.key", "-q")
    run("publish", "nadir.case", "from-nadir")
    s = Server(case, "--write", "-k", "acme.key", "--from", "from-nadir", "--from", "https://127.0.0.1:1/nothing")
    for place in ("/etc", "bundle", "http://127.0.0.1:%d/" % s.port, ""):
        check("nothing is pulled from " + place, s.post("/pull", {"from": place}).status == 403)
    done = s.job(s.post("/pull", {"from": "from-nadir"}), "pull")
    page = s.page("/")
    check("both parties are there", "nadir" in page.text and "<b>no</b>" in page.text, done.text)
    check("its dispute shows", "disputed by nadir" in s.page("/entries/acme/3").text)
    s.page("/record?party=nadir")
    done = s.job(s.post("/pull", {"from": "https://127.0.0.1:1/nothing"}), "a pull that fails")
    check("what cannot be had is said", "failed" in done.text, done.text)
    report = s.ask("/report.html")
    check("the report is a file to keep", report.status == 200 and report.headers["Content-Disposition"].startswith("attachment"))
    s.end()


def garbage(case):
    """Who enters garbage last, as the examination of an exhibit, does not take its pages away."""
    log = json.loads(run("log", "--json", case))
    examined = [e for e in log["entries"] if e.get("made", {}).get("kind") == "examine" and e["subjects"][0]["name"] == "unknown"]
    shutil.copy(case, "garbage.case")
    subprocess.run([LIAR, "garbage.case", "acme.key", examined[-1]["entry"], "0"], check=True, stdout=subprocess.DEVNULL)
    s = Server("garbage.case")
    page = s.page("/exhibits/%s/functions" % examined[-1]["subjects"][0]["sha256"])
    check("what could be read before is shown", "/functions/0x" in page.raw)
    s.end()


def temporary_files():
    return {e for e in os.listdir(os.environ["TMPDIR"])}


def uploads(s):
    before = temporary_files()
    check("a form without a file is refused", s.ask("/admit", "POST", b"", {"Origin": s.origin}).status in (400, 415))
    answer = s.ask("/admit", "POST", b'--XyZ\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nx\r\n--XyZ--\r\n',
                   {"Origin": s.origin, "Content-Type": "multipart/form-data; boundary=XyZ"})
    check("a file before the secret is refused", answer.status == 403, answer.status)
    check("garbage is refused", s.ask("/admit", "POST", b"\x00" * 1000, {"Origin": s.origin,
          "Content-Type": "multipart/form-data; boundary=XyZ"}).status in (400, 403))
    answer = s.ask("/admit", "POST", b"--XyZ\r\nContent-Type: text/plain\r\n\r\nx\r\n--XyZ--\r\n",
                   {"Origin": s.origin, "Content-Type": "multipart/form-data; boundary=XyZ"})
    check("a part without a name is refused", answer.status == 400, answer.status)
    got = raw(s, b"POST /admit HTTP/1.1\r\nHost: %s\r\nOrigin: %s\r\nContent-Type: multipart/form-data; boundary=X\r\n"
              b"Cookie: %s\r\nContent-Length: 9999999999\r\n\r\n" % (s.host.encode(), s.origin.encode(), s.cookie.encode()))
    check("a file that is too long is refused at once", got and b" 413 " in got[:20], got)
    # Killed in the middle of an upload: nothing stays.
    c = socket.create_connection(("127.0.0.1", s.port))
    head = b'--XyZ\r\nContent-Disposition: form-data; name="form"\r\n\r\n%s\r\n' % s.form().encode()
    head += b'--XyZ\r\nContent-Disposition: form-data; name="file"; filename="half"\r\n\r\n'
    c.sendall(b"POST /admit HTTP/1.1\r\nHost: %s\r\nOrigin: %s\r\nContent-Type: multipart/form-data; boundary=XyZ\r\n"
              b"Cookie: %s\r\nContent-Length: 50000000\r\n\r\n" % (s.host.encode(), s.origin.encode(), s.cookie.encode())
              + head + b"z" * 5000000)
    time.sleep(0.5)
    s.process.kill()
    s.process.wait()
    c.close()
    check("nothing is left behind", temporary_files() == before, temporary_files() - before)


def cancelling(case):
    s = Server(case, "--write", "-k", "acme.key", "--corpus", "known.corpus")
    answer = s.post("/investigate", {})
    job = answer.headers["Location"]
    cancelled = s.post(job + "/cancel", {})
    check("cancel leads back", cancelled.status == 303 and cancelled.headers["Location"] == job)
    page = s.job(cancelled, "cancelled")
    check("it is cancelled, or was quicker", "cancelled" in page.text or "done" in page.text, page.text)
    s.end()
    run("verify", case)


def reader(case):
    """Without --write nothing is written."""
    s = Server(case)
    before = run("log", "--json", case)
    check("no forms that write", not {"/say", "/admit"} & {f.get("action") for t in ("/", "/act", "/entries/acme/0")
          for f in Page(s.ask(t).body.decode()).forms})
    for target in ("/say", "/investigate", "/publish", "/pull", "/rerun"):
        check(target + " is refused", s.post(target, {"way": "claim", "text": "x", "cites": "0"}).status == 403)
    check("an upload is refused", s.upload("a", b"b").status == 403)
    check("/act is refused", s.ask("/act").status == 403)
    check("but it verifies", s.post("/verify", {}).status == 303)
    check("nothing was written", run("log", "--json", case) == before)
    s.end()


def printed_token(case):
    """Who writes has the token that was printed; nobody else reads, even."""
    s = Server(case, "--write", "-k", "acme.key")
    cookie, s.cookie = s.cookie, None
    answer = s.ask("/?token=" + s.token)
    check("the printed address lets in, and leads to one without the token", answer.status == 303 and
          answer.headers["Location"] == "/" and s.token not in str(answer.headers) + answer.body.decode(), str(answer.headers))
    check("by a cookie for this port, no script and no other site", answer.headers["Set-Cookie"] ==
          cookie + "; Path=/; HttpOnly; SameSite=Strict" and cookie.startswith("inquiry-%d=" % s.port), cookie)
    for target in ("/", "/act", "/log.json", "/?token=" + "0" * 32, "/?token=", "/exhibits?token=" + s.token):
        answer = s.ask(target)
        check("nobody else reads " + target[:20], answer.status == 401 and b"harbour" not in answer.body.lower(), answer.body)
    # Cookies of an address go to every port of it, so that whoever listens at one could be let in with them.
    for host in ("127.0.0.1", "localhost"):
        there = {"Host": "%s:%d" % (host, s.port)}
        for answer in (s.ask("/?token=" + s.token, headers=there),
                       s.ask("/token", "POST", b"token=" + s.token.encode(), {"Origin": "http://" + there["Host"], **there,
                             "Content-Type": "application/x-www-form-urlencoded"})):
            check("no cookie at %s, and no word of the name" % host, answer.status == 401 and
                  "Set-Cookie" not in answer.headers and s.host.split(".")[0].encode() not in answer.body, answer.body)
    answer = s.ask("/say", "POST", b"form=&way=statement&text=x", {"Origin": s.origin,
                   "Content-Type": "application/x-www-form-urlencoded"})
    check("nobody else writes", answer.status == 401, answer.status)
    answer = s.post("/token", {"token": "%s/?token=%s" % (s.origin, s.token)}, secret=False)
    check("the address can be entered in the form", answer.status == 303 and answer.headers["Set-Cookie"].startswith(cookie))
    s.cookie = cookie
    check("the cookie lets in", s.ask("/act").status == 200)
    check("the token is in no page", s.token not in s.page("/").raw + s.page("/act").raw)
    s.end()
    check("and not among what was said", s.token not in open("server-err").read())


def token(case):
    secret = "correct-horse-battery"
    with open("token", "w", opener=lambda p, f: os.open(p, f, 0o600)) as f:
        f.write(secret + "\n")
    s = Server(case, "--token-file", "token")
    answer = s.ask("/")
    check("without the token there is a form alone", answer.status == 401 and b"harbour" not in answer.body, answer.body)
    for target in ("/log.json", "/exhibits", "/search?q=harbour", "/nothing"):
        answer = s.ask(target)
        check("without the token no " + target, answer.status == 401 and b"harbour" not in answer.body.lower(), answer.body)
    check("a wrong one is refused", s.post("/token", {"token": secret + "x"}, secret=False).status == 401)
    check("a wrong bearer is refused", s.ask("/", headers={"Authorization": "Bearer " + secret[:-1]}).status == 401)
    check("the bearer is let in", s.ask("/", headers={"Authorization": "Bearer " + secret}).status == 200)
    answer = s.post("/token", {"token": secret}, secret=False)
    cookie = answer.headers["Set-Cookie"]
    check("the token becomes a cookie that is not the token", answer.status == 303 and secret not in cookie and
          "HttpOnly" in cookie and "SameSite=Strict" in cookie, cookie)
    check("the cookie is let in", s.ask("/", headers={"Cookie": cookie.split(";")[0]}).status == 200)
    check("another cookie is not", s.ask("/", headers={"Cookie": "inquiry-%d=%s" % (s.port, "0" * 32)}).status == 401)
    s.end()
    done = subprocess.run([INQUIRY, "serve", case, "--listen", "0.0.0.0:0"], capture_output=True)
    check("others are not let in without a token", done.returncode == 2 and b"--token-file" in done.stderr, done.stderr)
    done = subprocess.run([INQUIRY, "serve", case, "--listen", "nowhere"], capture_output=True)
    check("no address is a mistake", done.returncode == 2, done.stderr)
    done = subprocess.run([INQUIRY, "serve", case, "--write"], capture_output=True,
                          env={k: v for k, v in os.environ.items() if k != "INQUIRY_KEY"})
    check("--write needs a key", done.returncode == 2, done.stderr)


def main():
    work = tempfile.mkdtemp()
    os.chdir(work)
    os.mkdir("tmp")
    os.environ["TMPDIR"] = os.path.join(work, "tmp")
    os.environ.pop("INQUIRY_KEY", None)
    try:
        subprocess.run([MAKE, "."], check=True)
        run("corpus", "build", "-q", "known.corpus", "families", "--common", "libraries")
        run("key", "new", "acme", "--no-passphrase", "-q")
        database = os.environ.get("INQUIRY_TEST_POSTGRES")
        case = database + "&schema=harbour" if database else "harbour.case"
        if not database:
            run("open", case, "--party", "acme", "-k", "acme.key", "-q")
        s = Server(case, "--write", "-k", "acme.key", "--corpus", "known.corpus", "--publish", "bundle",
                   "--known", "families")
        if database:
            s.job(s.post("/open", {"title": "harbour"}), "open")
        pages_and_headers(s)
        if not database:
            refusals(s)
        holding(s, case, ["unknown", "stranger"])
        pages_and_headers(s)
        reading(s, case)
        if database:
            s.end()
            others(case)
            run("verify", case)
            return
        hostile(s)
        hostile_exhibit(s)
        malformed(s)
        slow_heads(s)
        uploads(s)
        cancelling(case)
        garbage(case)
        others(case)
        reader(case)
        printed_token(case)
        token(case)
        run("verify", case)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def end():
    print("web: %d claims hold, %d do not" % (passed, len(failed)))
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
    end()
