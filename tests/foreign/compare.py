"""Compares every value in an archive with the SQLite database that it was made from.

    compare.py ARCHIVE PASSWORD SOURCE=DATABASE …

pyzipper opens the archive, DuckDB reads the CSV (it tells an empty field from an empty text), Python's own sqlite3
reads the database. None of them shares code with Carryall.
"""

import base64
import json
import pathlib
import re
import sqlite3
import struct
import sys
import tempfile

import duckdb
import pyzipper

from lines import read_csv


def main(archive, password, *sources):
    databases = dict(source.split("=", 1) for source in sources)
    with tempfile.TemporaryDirectory() as folder, pyzipper.AESZipFile(archive) as zip_file:
        for entry in zip_file.infolist():
            check_encryption(entry)
        zip_file.setpassword(password.encode())
        zip_file.extractall(folder)
        check_contents(pathlib.Path(folder), databases)


def check_encryption(entry):
    """AE-2 with AES-256, and no checksum of the clear text."""
    assert entry.flag_bits & 1, f"{entry.filename} is not encrypted"
    assert (entry.wz_aes_version, entry.wz_aes_strength) == (2, 3), f"{entry.filename} is not AE-2 with AES-256"
    assert entry.CRC == 0, f"{entry.filename} shows the CRC of its clear text"


def check_contents(folder, databases):
    descriptor = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    described = {resource["path"] for resource in descriptor["resources"]}
    assert found == described | {"datapackage.json"}, f"{found ^ described} is not described"
    recipe = re.search(r"SELECT \* FROM read_csv\(.*?\);", (folder / "README.txt").read_text("utf-8"), re.DOTALL)[0]
    exported = {name: set() for name in databases}
    tables = [resource for resource in descriptor["resources"] if "table" in resource.get("carryall", {})]
    for resource in tables:
        check_recipe(folder, resource, recipe)
        origin = resource["carryall"]
        exported[origin["source"]].add(origin["table"])
        check_table(folder, resource, databases[origin["source"]])
    for name, database in databases.items():
        with sqlite3.connect(database) as connection:
            listed = connection.execute(
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0 AND name NOT LIKE 'sqlite\\_stat%' ESCAPE '\\'"
            )
            assert {row[0] for row in listed} == exported[name], f"not all tables of {name} are in the archive"


def check_recipe(folder, resource, recipe):
    """What README.txt says of reading a table with DuckDB gives the same rows."""
    fields = [field["name"] for field in resource["schema"]["fields"]]
    path = folder / resource["path"]
    if len({field.lower() for field in fields}) == len(fields) > 1 and resource["carryall"]["rowCount"] > 0:
        rows = duckdb.sql(recipe.replace("SOURCE/TABLE.csv", str(path).replace("'", "''"))).fetchall()
        assert rows == read_csv(path, fields), f"{path}: README.txt's way of reading it gives other rows"


def check_table(folder, resource, database):
    table = resource["carryall"]["table"]
    fields = [field["name"] for field in resource["schema"]["fields"]]
    with sqlite3.connect(database) as connection:
        columns = ", ".join(quoted(field) for field in fields)
        expected = connection.execute(f"SELECT {columns} FROM {quoted(table)}").fetchall()
    actual = read_csv(folder / resource["path"], fields)
    assert len(actual) == len(expected) == resource["carryall"]["rowCount"], f"{table}: {len(actual)} rows"
    for number, (want, have) in enumerate(zip(expected, actual), 1):
        for field, wanted, had in zip(fields, want, have):
            assert equal(wanted, had), f"{table}, row {number}, {field}: {had!r} is not {wanted!r}"


def equal(value, text):
    if value is None or text is None:
        return value is None and text is None
    if isinstance(value, float):
        return struct.pack("d", value) == struct.pack("d", float(text)) and not text.isdigit()
    if isinstance(value, bytes):
        return value == base64.b64decode(text, validate=True)
    return str(value) == text


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


main(*sys.argv[1:])
