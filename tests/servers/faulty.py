#!/usr/bin/env python3
"""faulty.py DIRECTORY - HTTP servers on 127.0.0.1 that do what servers should not.

The first part of the path says what happens (the functions below). Requests are appended to DIRECTORY/requests as
"SERVER METHOD PATH AUTHORIZATION" and answers to DIRECTORY/requests-answered as "SERVER STATUS PATH", bodies are kept below DIRECTORY/kept, and DIRECTORY/ports tells the ports, NAME=PORT
a line: plain, another (a second server), tls, tls-other-name, tls-expired, tls-unknown (signed by nobody we know).
"""
import base64
import hashlib
import hmac
import http.server
import io
import os
import ssl
import sys
import threading
import time
import zlib

directory = sys.argv[1]
kept = os.path.join(directory, "kept")
os.makedirs(kept, exist_ok=True)
lock = threading.Lock()
counts = {}
ports = {}


def bomb():
    """The same compressed megabyte a thousand times: each ends in a full flush, so the next may follow it."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = deflate.compress(b" " * 1000000) + deflate.flush(zlib.Z_FULL_FLUSH)
    return b"\x1f\x8b\x08\0\0\0\0\0\0\x03" + block * 1000


BOMB = bomb()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", **headers):
        with lock, open(os.path.join(directory, "requests-answered"), "a") as log:
            print(self.server.name, status, self.path, file=log)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def body(self):
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def hang_up(self):
        self.close_connection = True

    def count(self):
        with lock:
            counts[self.path] = counts.get(self.path, 0) + 1
            return counts[self.path]

    def handle_one(self):
        with lock, open(os.path.join(directory, "requests"), "a") as log:
            print(self.server.name, self.command, self.path, self.headers.get("Authorization", "-"), file=log)
        path = self.path.split("?")[0]
        fault = path.split("/")[1].replace("-", "_")
        getattr(self, "fault_" + fault, self.fault_missing)(path)

    do_GET = do_PUT = do_POST = handle_one

    def fault_ok(self, path, pause=0):
        """Keeps the body under the last part of the path, whole or not at all; a GET gives it back."""
        name = os.path.join(kept, os.path.basename(path) or "index")
        if self.command == "GET":
            if not os.path.exists(name):
                return self.fault_missing(path)
            with open(name, "rb") as file:
                content = file.read()
            tag = '"%s"' % hashlib.sha256(content).hexdigest()[:16]
            if self.headers.get("If-None-Match") == tag:
                return self.answer(304, ETag=tag)
            return self.answer(200, content, ETag=tag)
        content = self.body()
        temporary = "%s.%d" % (name, threading.get_ident())
        with open(temporary, "wb") as file:
            file.write(content)
        time.sleep(pause)
        os.rename(temporary, name)
        time.sleep(pause)
        return self.answer(201)

    def fault_slow(self, path):
        """As ok, but thinks before it keeps the body, and again before it says so."""
        self.fault_ok(path, pause=0.015)

    def fault_missing(self, _):
        self.body()
        self.answer(404, b"nothing here\n")

    def fault_closes(self, _):
        if self.command == "GET":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"schema\":")
        else:
            self.rfile.read(1)
        self.hang_up()

    def fault_truncates(self, _):
        """Takes the whole request and closes in the middle of its own answer."""
        self.body()
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nthank")
        self.hang_up()

    def fault_never(self, _):
        self.body()
        time.sleep(60)
        self.hang_up()

    def fault_drips(self, _):
        """An answer of one byte in half a second: something always moves."""
        self.body()
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(100):
            self.wfile.write(b" ")
            self.wfile.flush()
            time.sleep(0.5)
        self.hang_up()

    def fault_twice500(self, path):
        if self.count() <= 2:
            self.body()
            return self.answer(500, b"not yet\n")
        return self.fault_ok(path)

    def fault_always503(self, _):
        self.count()
        self.body()
        self.answer(503, b"never\n")

    def fault_busy(self, path):
        """429 once, with one second to wait."""
        if self.count() == 1:
            self.body()
            return self.answer(429, Retry_After="1")
        return self.fault_ok(path)

    def fault_busy_long(self, _):
        self.body()
        self.answer(429, Retry_After="3600")

    def fault_refuses(self, path):
        """/refuses/403/x"""
        self.count()
        self.body()
        self.answer(int(path.split("/")[2]), b"no\n")

    def fault_echo(self, _):
        self.body()
        self.answer(400, ("you said %s" % self.headers.get("Authorization", "nothing")).encode())

    def secret(self):
        """What the request carries, as a server knows it: bare."""
        word, _, value = self.headers.get("Authorization", "none none").partition(" ")
        if word == "Basic":
            value = base64.b64decode(value).decode().partition(":")[2]
        return value + self.path.partition("?")[2]

    def fault_says(self, _):
        self.body()
        self.answer(400, ("the secret %s is not known here" % self.secret()).encode())

    def fault_says_cut(self, _):
        """255 characters of an answer are quoted, which is in the middle of a secret."""
        self.body()
        self.answer(400, ("x" * 230 + self.secret()).encode())

    def encoded(self):
        """What the request carries in other forms: the header as it came, each letter with a percent sign, in pieces."""
        header, bare = self.headers.get("Authorization", "-").partition(" ")[2], self.secret().rpartition("=")[2]
        return {"header": header, "base64": base64.b64encode(("it was " + bare).encode()).decode(),
                "percent": "".join("%%%02x" % byte for byte in bare.encode()),
                "pieces": " ".join(bare[i:i + 3] for i in range(0, len(bare), 3)), "part": bare[-12:]}

    def fault_says_as(self, path):
        """/says-as/FORM/ - the secret in that form."""
        self.body()
        self.answer(400, ("the secret [%s] is not known here" % self.encoded()[path.split("/")[2]]).encode())

    def fault_says_moved(self, path):
        """What was asked, in the answer to the address that it redirects to."""
        self.body()
        Handler.asked = self.secret()
        self.answer(307, Location="/says-asked/" + os.path.basename(path))

    def fault_says_asked(self, _):
        self.body()
        self.answer(400, ("asked %s" % Handler.asked).encode())

    def fault_says_location(self, _):
        self.body()
        self.answer(307, Location="http://localhost:1/" + self.secret())

    def fault_moved(self, path):
        self.body()
        self.answer(307, Location="/ok/" + os.path.basename(path))

    def fault_moved_host(self, path):
        self.body()
        self.answer(307, Location="http://127.0.0.1:%d/ok/%s" % (ports["another"], os.path.basename(path)))

    def fault_moved_name(self, path):
        self.body()
        self.answer(307, Location="http://localhost:%d/ok/%s" % (ports["plain"], os.path.basename(path)))

    def fault_moved_clear(self, path):
        """From https to http, on the same host."""
        self.body()
        self.answer(307, Location="http://127.0.0.1:%d/ok/%s" % (ports["plain"], os.path.basename(path)))

    def fault_circle(self, path):
        self.body()
        self.answer(307, Location=path)

    def fault_gigabyte(self, _):
        self.body()
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
        block = b" " * 1000000
        try:
            for _ in range(1000):
                self.wfile.write(block)
        except OSError:
            pass
        self.hang_up()

    def fault_bomb(self, _):
        """A gigabyte of spaces, compressed to a megabyte."""
        self.body()
        try:
            self.answer(200, BOMB, Content_Encoding="gzip", ETag='"bomb"')
        except OSError:
            self.hang_up()

    def signature(self, content):
        """What the request's AWS signature should be, from its own scope and list of headers, or None if it has none."""
        try:
            fields = dict(f.strip().split("=", 1) for f in self.headers["Authorization"].split(" ", 1)[1].split(","))
            identity, day, region, service, end = fields["Credential"].split("/")
            digest = self.headers["x-amz-content-sha256"]
        except (AttributeError, KeyError, TypeError, ValueError):
            return None
        if identity != "planted-secret-id" or digest != hashlib.sha256(content).hexdigest():
            return None
        path, _, query = self.path.partition("?")
        names = fields["SignedHeaders"].split(";")
        canonical = "\n".join([self.command, path, query, *["%s:%s" % (n, self.headers[n].strip()) for n in names], "",
                               ";".join(names), digest])
        scope = "/".join([day, region, service, end])
        text = "\n".join(["AWS4-HMAC-SHA256", self.headers["x-amz-date"], scope,
                          hashlib.sha256(canonical.encode()).hexdigest()])
        key = b"AWS4planted-secret-key"
        for part in day, region, service, end:
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        return region, fields["Signature"], hmac.new(key, text.encode(), hashlib.sha256).hexdigest()

    def fault_s3(self, path):
        """As ok for a request that is signed for the region planted-region, and 403 for any other."""
        length = int(self.headers.get("Content-Length", 0))
        content = self.rfile.read(length)
        found = self.signature(content)
        if not found or found[0] != "planted-region" or found[1] != found[2]:
            return self.answer(403, b"SignatureDoesNotMatch\n")
        stream, self.rfile = self.rfile, io.BytesIO(content)
        self.fault_ok(path)
        self.rfile = stream
        return None

    def fault_headers(self, _):
        self.body()
        try:
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            for i in range(100000):
                self.wfile.write(b"X-%d: %s\r\n" % (i, b"x" * 1000))
        except OSError:
            pass
        self.hang_up()


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, *_):
        pass


def start(name, certificate=None):
    server = Server(("127.0.0.1", 0), Handler)
    server.name = name
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(os.path.join(directory, certificate + ".pem"), os.path.join(directory, certificate + ".key"))
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    ports[name] = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()


start("plain")
start("another")
start("tls", "good")
start("tls-other-name", "other")
start("tls-expired", "expired")
with open(os.path.join(directory, "ports.new"), "w") as file:
    for item in ports.items():
        print("%s=%d" % item, file=file)
os.rename(os.path.join(directory, "ports.new"), os.path.join(directory, "ports"))
threading.Event().wait()
