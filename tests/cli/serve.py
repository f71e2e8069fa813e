#!/usr/bin/env python3
"""Serves a folder over http on a port of its own, whose address it prints, and beside it what no honest server
does: redirections without end, to files, and answers without end.

usage: serve.py FOLDER [CERTIFICATE KEY]      with a certificate, over https
"""
import functools
import http.server
import ssl
import sys


class Handler(http.server.SimpleHTTPRequestHandler):
    def do_GET(self):
        first = self.path.split("/")[1]
        if first in ("round", "to-file"):
            self.send_response(302)
            self.send_header("Location", self.path if first == "round" else "file:///etc/hostname")
            self.end_headers()
        elif first == "broken":
            self.send_error(500)
        elif first == "endless":
            self.send_response(200)
            self.end_headers()
            try:
                while True:
                    self.wfile.write(b"x" * 65536)
            except OSError:
                pass
        else:
            super().do_GET()


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=sys.argv[1]))
if len(sys.argv) > 2:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[2], sys.argv[3])
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
print(f"http{'s' if len(sys.argv) > 2 else ''}://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
