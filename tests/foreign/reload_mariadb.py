"""Loads the CSV of an archive by LOAD DATA into tables like those it was made from, and compares the two as stored.

    reload_mariadb.py ARCHIVE PASSWORD ADDRESS

The server's CHECKSUM TABLE compares: it sees every byte of every row, also what looks alike as text.
"""

import csv
import json
import pathlib
import sys
import tempfile

import pyzipper

from compare_mariadb import connect, query, quoted, read_csv


def main(archive, password, address):
    connection = connect(address)
    query(connection, "SET foreign_key_checks = 0, sql_mode = 'ALLOW_INVALID_DATES'")
    with tempfile.TemporaryDirectory() as folder, pyzipper.AESZipFile(archive) as zip_file:
        zip_file.setpassword(password.encode())
        zip_file.extractall(folder)
        folder = pathlib.Path(folder)
        descriptor = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
        for resource in descriptor["resources"]:
            if "table" in resource.get("carryall", {}):
                reload(connection, folder, resource)


def reload(connection, folder, resource):
    table, fields = resource["carryall"]["table"], resource["schema"]["fields"]
    names = [field["name"] for field in fields]
    # LOAD DATA takes the word NULL for NULL if it is not quoted; nothing else tells it from an empty text.
    rows = read_csv(folder / resource["path"], names)
    path = folder / "reload.csv"
    with open(path, "w", encoding="utf-8", newline="") as file:
        for row in rows:
            file.write(",".join("NULL" if value is None else quote(value) for value in row) + "\n")
    query(connection, f"CREATE TABLE reloaded LIKE {quoted(table)}")
    variables = ", ".join(f"@c{number}" for number in range(len(fields)))
    kept = [(number, field) for number, field in enumerate(fields) if "generated" not in field["carryall"]]
    values = ", ".join(f"{quoted(field['name'])} = {taken(number, field)}" for number, field in kept)
    query(
        connection,
        f"LOAD DATA LOCAL INFILE '{path}' INTO TABLE reloaded CHARACTER SET utf8mb4 "
        "FIELDS TERMINATED BY ',' ENCLOSED BY '\"' ESCAPED BY '' LINES TERMINATED BY '\\n' "
        f"({variables}) SET {values}",
    )
    warnings = query(connection, "SHOW WARNINGS")
    sums = [query(connection, f"CHECKSUM TABLE {name} EXTENDED")[0][1] for name in (quoted(table), "reloaded")]
    assert sums[0] == sums[1], f"{table}: loaded from its CSV it has another checksum {warnings}"
    query(connection, "DROP TABLE reloaded")


def quote(value):
    return '"' + value.replace('"', '""') + '"'


def taken(number, field):
    """How a field is turned into what the column holds."""
    native = field["carryall"]["nativeType"].split("(")[0].split(" ")[0]
    if native in {"binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob", "geometry", "point", "polygon"}:
        return f"FROM_BASE64(@c{number})"
    if native == "bit":
        return f"CAST(@c{number} AS UNSIGNED)"
    if native == "year":
        # The number 0 is the year 0000; the text '0' would be 2000.
        return f"@c{number} + 0"
    if native in {"datetime", "timestamp"}:
        return f"REPLACE(REPLACE(@c{number}, 'T', ' '), 'Z', '')"
    return f"@c{number}"


main(*sys.argv[1:])
