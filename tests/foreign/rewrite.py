"""Writes an archive anew with pyzipper, changed in one way: what somebody with the password could do.

    rewrite.py ARCHIVE PASSWORD NEW_ARCHIVE add|remove|other|rows|twice|nothing|nonsense|bomb
"""

import json
import sys

import pyzipper

archive, password, new, change = sys.argv[1:]
with pyzipper.AESZipFile(archive) as zip_file:
    zip_file.setpassword(password.encode())
    entries = [(name, zip_file.read(name)) for name in zip_file.namelist()]

contents = dict(entries)
descriptor = json.loads(contents["datapackage.json"])
table = next(resource for resource in descriptor["resources"] if resource["path"] == "app/t.csv")
if change == "add":
    entries.append(("app/more.csv", b"a\n1\n"))
elif change == "remove":
    entries.remove(("app/t.csv", contents["app/t.csv"]))
elif change == "other":
    entries = [(name, data.replace(b"x", b"y") if name == "app/t.csv" else data) for name, data in entries]
elif change == "rows":
    table["carryall"]["rowCount"] = 4
elif change == "twice":
    descriptor["resources"].append(table)
elif change == "nothing":
    entries.remove(("datapackage.json", contents["datapackage.json"]))
elif change == "bomb":
    entries = [(name, bytes(1 << 30) if name == "app/t.csv" else data) for name, data in entries]

text = b"nonsense" if change == "nonsense" else json.dumps(descriptor).encode()
entries = [(name, text if name == "datapackage.json" else data) for name, data in entries]
with pyzipper.AESZipFile(new, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES) as zip_file:
    zip_file.setpassword(password.encode())
    for name, data in entries:
        zip_file.writestr(name, data)
