"""Filters in front of the tests' Swift: a cache in memory, where others have memcached, and faults."""

import json
import socket
import struct

CACHE = {}
FAULTS, LOG = [], []


class MemoryCache:
    """As much of swift.common.memcached as the proxy and tempauth use. What it keeps does not expire."""

    def get(self, key, **_):
        return CACHE.get(key)

    def set(self, key, value, **_):
        # As JSON, as memcached would give it back.
        CACHE[key] = json.loads(json.dumps(value))

    def delete(self, key, **_):
        CACHE.pop(key, None)

    def incr(self, key, delta=1, **_):
        CACHE[key] = max(0, int(CACHE.get(key) or 0) + delta)
        return CACHE[key]

    def decr(self, key, delta=1, **_):
        return self.incr(key, -delta)

    def set_multi(self, mapping, *_, **__):
        for key, value in mapping.items():
            self.set(key, value)

    def get_multi(self, keys, *_, **__):
        return [self.get(key) for key in keys]


def cache(_settings, **_):
    def filter_of(app):
        def call(environ, start_response):
            environ["swift.cache"] = MemoryCache()
            return app(environ, start_response)

        return call

    return filter_of


def faults(_settings, **_):
    return Faults


class Faults:
    """POST /_test/fault takes {"method", "path", "kind", "skip", "count", "status", "retry_after"}: `path` is a part of it,
    and `skip` requests pass first. Kinds: `status`; `reset` (in the middle of the body); `lost` (the work is done, and
    no answer given); `damage` (the body is another); `lapse` (the token of the request is worthless from now on). GET
    /_test/log lists the requests as [method, path, status]."""

    def __init__(self, app):
        self.app = app

    def __call__(self, environ, start_response):
        path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
        if path.startswith("/_test/"):
            return self.told(path, environ, start_response)
        fault = next((fault for fault in FAULTS if matches(fault, method, path)), {})
        LOG.append(entry := [method, path, 0])

        def started(status, headers, *rest):
            entry[2] = int(status.split()[0])
            return start_response(status, headers, *rest)

        return self.answer(fault, environ, started)

    def answer(self, fault, environ, start_response):
        kind = fault.get("kind")
        if kind == "status":
            headers = [("Content-Length", "0")]
            if fault.get("retry_after") is not None:
                headers.append(("Retry-After", str(fault["retry_after"])))
            start_response(f"{fault['status']} Fault", headers)
            return [b""]
        if kind == "reset":
            environ["wsgi.input"].read(1 << 16)
            return reset(environ)
        if kind == "lapse":
            lapse(environ["HTTP_X_AUTH_TOKEN"])
        if kind == "damage":
            environ["wsgi.input"] = Damaged(environ["wsgi.input"])
        if kind == "lost":
            for _ in self.app(environ, lambda *_: None):
                pass
            return reset(environ)
        return self.app(environ, start_response)

    def told(self, path, environ, start_response):
        if path == "/_test/fault":
            FAULTS.append(json.loads(environ["wsgi.input"].read()))
        body = json.dumps(LOG).encode()
        start_response("200 OK", [("Content-Length", str(len(body))), ("Content-Type", "application/json")])
        return [body]


class Damaged:
    """A body of which the first bit is turned."""

    def __init__(self, body):
        self.body, self.done = body, False

    def __getattr__(self, name):
        return getattr(self.body, name)

    def read(self, *arguments):
        piece = self.body.read(*arguments)
        if piece and not self.done:
            self.done, piece = True, bytes([piece[0] ^ 1]) + piece[1:]
        return piece


def matches(fault, method, path):
    if fault["method"] != method or fault["path"] not in path or fault["count"] < 1:
        return False
    if fault.get("skip", 0) > 0:
        fault["skip"] -= 1
        return False
    fault["count"] -= 1
    return True


def lapse(token):
    for key in [key for key, value in CACHE.items() if key.endswith("/token/" + token) or value == token]:
        del CACHE[key]


def reset(environ):
    connection = environ["eventlet.input"].get_socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.shutdown(socket.SHUT_RDWR)
    return []
