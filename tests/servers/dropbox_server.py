"""A Dropbox, API version 2, over TLS on the loopback, strict about what it is sent.

    dropbox_server.py FOLDER API_PORT CONTENT_PORT CERTIFICATE KEY

Requests and answers pass through the validators that Dropbox generates from its API's specification: unknown fields,
wrong types and malformed paths are refused as Dropbox refuses them. Tokens: "long-lived"; "reader", which has no scope
to write; and those that the refresh token "refresh" gives to the app "app" with the secret "app-secret".

POST /_test/fault takes {"route", "kind", "count", "retry_after"} in place of the last for the route: `rate` (429), `rate_plain` (429 as text), `writes`
(429 too_many_write_operations), `busy` (503), `expire` (401 expired_access_token), `reset` (in the middle of the body),
`lost` (the work is done, and no answer given), `damage` (a bit of the body is turned). POST /_test/revoke revokes the
refresh token. GET /_test/log lists the requests as [route, status, size].
"""

import base64
import json
import os
import secrets
import socket
import ssl
import struct
import sys
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from dropbox import auth, files, stone_serializers, stone_validators

from dropbox_account import Account, Malformed, Refused

# What the scope files.content.write is for.
WRITES = ("files/upload", "files/upload_session/start", "files/upload_session/append_v2", "files/upload_session/finish", "files/delete_v2")

FOLDER, API_PORT, CONTENT_PORT, CERTIFICATE, KEY = sys.argv[1:]
ROUTES = {f"files/{route.name}" + (f"_v{route.version}" if route.version > 1 else ""): route for route in files.ROUTES.values()}
LOCK = threading.RLock()
ACCOUNT = Account(FOLDER, largest_request=150 << 20, quota=1 << 30)
KNOWN = ACCOUNT.routes()
REFRESH_TOKENS, TOKENS, FAULTS, LOG = {"refresh"}, {"long-lived", "reader"}, {}, []


class Unauthorized(Exception):
    """Status 401."""


def summary(error):
    return error[".tag"] + "/..." if isinstance(error, dict) and ".tag" in error else "error"


def encode(kind, value):
    return stone_serializers.json_encode(kind, value)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    host = "api"

    def pieces(self):
        left = int(self.headers.get("Content-Length") or 0)
        while left:
            piece = self.rfile.read(min(left, 1 << 16))
            if not piece:
                raise ConnectionError("the client went away")
            left -= len(piece)
            yield piece

    def reply(self, status, body, kind="application/json", extra=()):
        data = body if isinstance(body, bytes) else body.encode()
        self.send_response(status)
        for name, value in (("Content-Type", kind), ("Content-Length", str(len(data))), *extra):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)
        return status

    def text(self, status, text, extra=()):
        return self.reply(status, text, "text/plain; charset=utf-8", extra)

    def error(self, status, error, extra=()):
        return self.reply(status, json.dumps({"error_summary": summary(error), "error": error}), extra=extra)

    def reset(self):
        """Ends the connection so that the other side sees a reset."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(self.connection.detach())
        return 0

    def token(self):
        form = dict(urllib.parse.parse_qsl(b"".join(self.pieces()).decode()))
        key, secret = form.get("client_id"), form.get("client_secret")
        basic = self.headers.get("Authorization") or ""
        if basic.startswith("Basic "):
            key, _, secret = base64.b64decode(basic[6:]).decode().partition(":")
        if (key, secret) != ("app", "app-secret"):
            return self.reply(400, json.dumps({"error": "invalid_client: Invalid client_id or client_secret"}))
        if form.get("grant_type") != "refresh_token" or form.get("refresh_token") not in REFRESH_TOKENS:
            error = {"error": "invalid_grant", "error_description": "refresh token is invalid or revoked"}
            return self.reply(400, json.dumps(error))
        token = "sl.u." + secrets.token_urlsafe(40)
        TOKENS.add(token)
        return self.reply(200, json.dumps({"access_token": token, "token_type": "bearer", "expires_in": 14400}))

    def do_GET(self):
        with LOCK:
            self.reply(200, json.dumps(LOG)) if self.path == "/_test/log" else self.text(404, "not found")

    def do_HEAD(self):
        self.text(405, "")

    def do_POST(self):
        if self.path.startswith("/_test/"):
            told = json.loads(b"".join(self.pieces()) or "null")
            with LOCK:
                FAULTS.update({told["route"]: told}) if self.path == "/_test/fault" else REFRESH_TOKENS.clear()
            return self.reply(200, "null")
        route, body = self.path.removeprefix("/2/").lstrip("/"), os.path.join(FOLDER, secrets.token_hex(12))
        size = int(self.headers.get("Content-Length") or 0)
        with LOCK:
            fault = FAULTS.get(route, {})
            fault["count"] = fault.get("count", 0) - 1
            fault = fault if fault["count"] >= 0 else {}
            LOG.append(entry := [route, 0, size])
        try:
            entry[1] = self.token() if route == "oauth2/token" else self.route(route, body, fault)
        finally:
            if os.path.exists(body):
                os.remove(body)

    def receive(self, body, fault):
        with open(body, "wb") as out:
            for piece in self.pieces():
                if fault == "reset":
                    break
                out.write(piece)
        if fault == "reset":
            raise ConnectionResetError
        if fault == "damage" and os.path.getsize(body):
            with open(body, "r+b") as file:
                first = file.read(1)
                file.seek(0)
                file.write(bytes([first[0] ^ 1]))

    def faulty(self, fault):
        kind, after = fault.get("kind"), fault.get("retry_after") or 0
        if kind == "rate_plain":
            return self.text(429, "Too many requests", [("Retry-After", str(after))])
        if kind in ("rate", "writes"):
            reason = {".tag": "too_many_requests" if kind == "rate" else "too_many_write_operations"}
            return self.error(429, {"reason": reason, "retry_after": after}, [("Retry-After", str(after))])
        return self.text(503, "Service Unavailable") if kind == "busy" else None

    def route(self, name, body, fault):
        route = ROUTES.get(name)
        if route is None or name not in (*KNOWN, "files/download") or route.attrs.get("host", "api") != self.host:
            list(self.pieces())
            return self.text(400, f'Unknown API function: "{name}"')
        try:
            self.receive(body, fault.get("kind"))
            done = self.faulty(fault)
            return self.work(name, route, body, fault.get("kind")) if done is None else done
        except ConnectionResetError:
            return self.reset()
        except Malformed as error:
            return self.text(400, f'Error in call to API function "{name}": {error}')
        except Unauthorized as error:
            return self.error(401, json.loads(encode(stone_validators.Union(auth.AuthError), error.args[0])))
        except Refused as error:
            return self.error(409, json.loads(encode(route.error_type, error.args[0])))

    def work(self, name, route, body, fault):
        with open(body, "rb") as file:
            raw = file.read() if route.attrs.get("style", "rpc") == "rpc" else self.header_argument(route)
        self.authorize(name, fault)
        try:
            argument = stone_serializers.json_decode(route.arg_type, raw.decode() or "null", strict=True)
        except (stone_validators.ValidationError, ValueError) as error:
            raise Malformed(f"request body: {error}")
        with LOCK:
            if name == "files/download":
                metadata, data = ACCOUNT.download(argument)
                extra = [("Dropbox-API-Result", encode(route.result_type, metadata))]
                return self.reply(200, data, "application/octet-stream", extra)
            answer = encode(route.result_type, KNOWN[name](argument, body))
        return self.reset() if fault == "lost" else self.reply(200, answer)

    def header_argument(self, route):
        kind = (self.headers.get("Content-Type") or "").lower()
        if route.attrs["style"] == "upload" and kind != "application/octet-stream":
            raise Malformed(f'Bad HTTP "Content-Type" header: "{kind}"')
        raw = (self.headers.get("Dropbox-API-Arg") or "").encode("latin-1")
        if not raw or any(byte > 0x7E for byte in raw):
            raise Malformed('HTTP header "Dropbox-API-Arg": could not decode input as JSON')
        return raw

    def authorize(self, name, fault):
        token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
        if fault == "expire":
            TOKENS.discard(token)
            raise Unauthorized(auth.AuthError.expired_access_token)
        if token not in TOKENS:
            raise Unauthorized(auth.AuthError.invalid_access_token)
        if token == "reader" and name in WRITES:
            raise Unauthorized(auth.AuthError.missing_scope(auth.TokenScopeError(required_scope="files.content.write")))

    def log_message(self, *_):
        pass


class Content(Handler):
    host = "content"


def serve(port, handler):
    server = ThreadingHTTPServer(("127.0.0.1", int(port)), handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE, KEY)
    # Each connection shakes hands in its own thread.
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.serve_forever()


threading.Thread(target=serve, args=(CONTENT_PORT, Content), daemon=True).start()
serve(API_PORT, Handler)
