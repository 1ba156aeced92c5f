#!/usr/bin/env python3
"""store.py DIRECTORY - a server on 127.0.0.1 that keeps what is PUT, gives it back to GET, and takes whatever is POSTed. The port is
in DIRECTORY/store.port."""
import http.server
import pathlib
import sys

directory = pathlib.Path(sys.argv[1])
kept = {}


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def answer(self, status, body=b""):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_PUT(self):
        path = self.path.partition("?")[0]
        kept[path] = self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(201)

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(204)

    def do_GET(self):
        body = kept.get(self.path.partition("?")[0])
        self.answer(200 if body else 404, body or b"")


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
(directory / "store.port").write_text(str(server.server_port))
server.serve_forever()
