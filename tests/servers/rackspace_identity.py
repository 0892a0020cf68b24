"""Rackspace's Identity v2.0 (POST /v2.0/tokens) in front of a Swift with tempauth.

Whether user and password are right is Swift's to say, and so is the token that is given out: this only translates. API
keys stand for passwords. There is one region, DFW.
"""

import datetime
import json
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ACCOUNT, REGION = "exports", "DFW"
API_KEYS = {("exporter", "0123456789abcdef0123456789abcdef"): "swift-password"}


def serve(port, swift):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def reply(self, status, body):
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def fault(self, status, kind, message):
            self.reply(status, {kind: {"code": status, "message": message}})

        def do_POST(self):
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.path != "/v2.0/tokens":
                return self.fault(404, "itemNotFound", "Resource Not Found")
            try:
                user, password = credentials(json.loads(raw)["auth"])
            except (ValueError, KeyError, TypeError):
                return self.fault(400, "badRequest", "Invalid request. Could not parse JSON")
            headers = {"X-Auth-User": f"{ACCOUNT}:{user}", "X-Auth-Key": password}
            try:
                with urllib.request.urlopen(urllib.request.Request(f"{swift}/auth/v1.0", headers=headers)) as answer:
                    self.reply(200, access(user, answer.headers["X-Auth-Token"], answer.headers["X-Storage-Url"]))
            except urllib.error.HTTPError as error:
                if error.code != 401:
                    return self.fault(503, "serviceUnavailable", f"Swift answered {error.code}")
                self.fault(401, "unauthorized", "Unable to authenticate user with credentials provided.")

        def do_HEAD(self):
            self.send_response(405)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()


def credentials(auth):
    if "passwordCredentials" in auth:
        return auth["passwordCredentials"]["username"], auth["passwordCredentials"]["password"]
    given = auth["RAX-KSKEY:apiKeyCredentials"]
    return given["username"], API_KEYS.get((given["username"], given["apiKey"]), "no password")


def access(user, token, url):
    expires = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=1)
    account = url.rsplit("/", 1)[1]
    endpoint = {"region": REGION, "tenantId": account, "publicURL": url, "internalURL": "http://snet.invalid/v1/" + account}
    cdn = {"region": REGION, "tenantId": account, "publicURL": "https://cdn.invalid/v1/" + account}
    return {
        "access": {
            "token": {"id": token, "expires": expires.strftime("%Y-%m-%dT%H:%M:%S.000Z"), "tenant": {"id": "930035", "name": "930035"}},
            "user": {"id": "10045567", "name": user, "RAX-AUTH:defaultRegion": REGION, "roles": []},
            "serviceCatalog": [
                {"name": "cloudFilesCDN", "type": "rax:object-cdn", "endpoints": [cdn]},
                {"name": "cloudFiles", "type": "object-store", "endpoints": [endpoint]},
            ],
        }
    }
