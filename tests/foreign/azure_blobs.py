"""Lists the blobs of a container, those too of which only blocks are there, and compares with the names that are expected.

    azure_blobs.py ADDRESS ACCOUNT CONTAINER [NAME …]     the account's key in CARRYALL_TEST_DATABASE
"""
import base64, email.utils, hashlib, hmac, os, re, sys, urllib.request

address, account, container, *expected = sys.argv[1:]
date = email.utils.formatdate(usegmt=True)
text = "\n".join(["GET", *[""] * 11, f"x-ms-date:{date}", "x-ms-version:2021-12-02", f"/{account}/{account}/{container}",
                  "comp:list", "include:uncommittedblobs", "restype:container"])
key = base64.b64decode(os.environ["CARRYALL_TEST_DATABASE"])
signature = base64.b64encode(hmac.new(key, text.encode(), hashlib.sha256).digest()).decode()
request = urllib.request.Request(
    f"{address}/{account}/{container}?restype=container&comp=list&include=uncommittedblobs",
    headers={"x-ms-date": date, "x-ms-version": "2021-12-02", "Authorization": f"SharedKey {account}:{signature}"})
names = re.findall("<Name>(.*?)</Name>", urllib.request.urlopen(request).read().decode())
if names != expected:
    sys.exit(f"{names} instead of {expected}")
