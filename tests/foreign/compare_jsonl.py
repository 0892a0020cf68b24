"""Compares every value in an archive of JSON Lines with the SQLite database that it was made from: its kind too.

    compare_jsonl.py ARCHIVE PASSWORD SOURCE=DATABASE …
"""

import base64
import json
import sqlite3
import struct
import sys

import pyzipper

# By SQLite's rules for the affinity of columns, as the descriptor's readers would see them.
archive, password, *sources = sys.argv[1:]
databases = dict(source.split("=", 1) for source in sources)


def kind_of(declared):
    declared = declared.upper()
    if "INT" in declared or any(word in declared for word in ("CHAR", "CLOB", "TEXT")):
        return "text"
    if "BLOB" in declared:
        return "base64"
    if any(word in declared for word in ("REAL", "FLOA", "DOUB", "NUMERIC", "DECIMAL")):
        return "number"
    return "text"


def value_of(read, kind):
    """The value that a JSON value stands for, by what README.txt says."""
    if isinstance(read, dict):
        ((kind, read),) = read.items()
    if not isinstance(read, str):
        return read
    if kind == "base64":
        return base64.b64decode(read, validate=True)
    return float(read.replace("INF", "inf")) if kind == "number" else read


def same(one, other):
    if type(one) is not type(other):
        return False
    return struct.pack("d", one) == struct.pack("d", other) if isinstance(one, float) else one == other


with pyzipper.AESZipFile(archive) as zip_file:
    zip_file.setpassword(password.encode())
    descriptor = json.loads(zip_file.read("datapackage.json"))
    tables = [resource for resource in descriptor["resources"] if "table" in resource.get("carryall", {})]
    assert tables
    for resource in tables:
        origin = resource["carryall"]
        fields = resource["schema"]["fields"]
        names = [field["name"] for field in fields]
        kinds = [kind_of(field["carryall"]["nativeType"]) for field in fields]
        columns = ", ".join('"' + name.replace('"', '""') + '"' for name in names)
        table = '"' + origin["table"].replace('"', '""') + '"'
        expected = sqlite3.connect(databases[origin["source"]]).execute(f"SELECT {columns} FROM {table}").fetchall()
        lines = zip_file.read(resource["path"]).split(b"\n")
        assert lines.pop() == b"", "the last line has no end"
        assert len(lines) == len(expected) == origin["rowCount"], table
        for line, row in zip(lines, expected):
            pairs = json.loads(line, object_pairs_hook=lambda pairs: pairs if len(pairs) == len(names) and [p[0] for p in pairs] == names else dict(pairs))
            assert [name for name, _ in pairs] == names
            for (name, read), kind, wanted in zip(pairs, kinds, row):
                read = dict(read) if isinstance(read, list) else read
                assert same(value_of(read, kind), wanted), f"{table}, {name}: {read!r} is not {wanted!r}"
