"""Takes a lease on a blob, for good, so that nobody else may replace it.

    azure_lease.py ADDRESS ACCOUNT CONTAINER PATH     the account's key in CARRYALL_TEST_DATABASE
"""
import base64, email.utils, hashlib, hmac, os, sys, urllib.parse, urllib.request

address, account, container, path = sys.argv[1:]
path = urllib.parse.quote(path)
headers = {"x-ms-date": email.utils.formatdate(usegmt=True), "x-ms-lease-action": "acquire", "x-ms-lease-duration": "-1",
           "x-ms-version": "2021-12-02"}
text = "\n".join(["PUT", *[""] * 11, *(f"{name}:{value}" for name, value in headers.items()),
                  f"/{account}/{account}/{container}/{path}", "comp:lease"])
key = base64.b64decode(os.environ["CARRYALL_TEST_DATABASE"])
signature = base64.b64encode(hmac.new(key, text.encode(), hashlib.sha256).digest()).decode()
request = urllib.request.Request(f"{address}/{account}/{container}/{path}?comp=lease", method="PUT", headers={
    **headers, "Authorization": f"SharedKey {account}:{signature}", "Content-Length": "0"})
urllib.request.urlopen(request)
