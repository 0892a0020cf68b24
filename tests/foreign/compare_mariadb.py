"""Compares every value in an archive with the MySQL or MariaDB database that it was made from.

    compare_mariadb.py ARCHIVE PASSWORD ADDRESS

pyzipper opens the archive; DuckDB reads CSV (it tells an empty field from an empty text), and so does Python's own csv;
Python's json reads JSON Lines. PyMySQL reads the database: texts as the bytes that are stored, decoded here by Python's
codecs. None of them shares code with Carryall.
"""

import base64
import datetime
import decimal
import json
import pathlib
import re
import struct
import sys
import tempfile
import urllib.parse

import pymysql
import pyzipper

from lines import read_csv

CODECS = {
    "utf8mb4": "utf-8",
    "utf8mb3": "utf-8",
    "ascii": "ascii",
    "gbk": "gbk",
    "big5": "big5",
    "euckr": "euc_kr",
    "ucs2": "utf-16-be",
    "utf16": "utf-16-be",
    "utf32": "utf-32-be",
    "cp1251": "cp1251",
    "koi8r": "koi8_r",
}
INTEGERS = {"tinyint", "smallint", "mediumint", "int", "bigint", "year"}
TEXTS = {"char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set"}
SYSTEM = {"mysql", "information_schema", "performance_schema", "sys"}


class Number(str):
    """A number of a JSON text, with all its digits."""


def main(archive, password, address):
    connection = connect(address)
    with tempfile.TemporaryDirectory() as folder, pyzipper.AESZipFile(archive) as zip_file:
        zip_file.setpassword(password.encode())
        zip_file.extractall(folder)
        folder = pathlib.Path(folder)
        descriptor = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
        tables = [resource for resource in descriptor["resources"] if "table" in resource.get("carryall", {})]
        for resource in tables:
            check_table(connection, folder, resource)
        exported = {(resource["carryall"]["schema"], resource["carryall"]["table"]) for resource in tables}
        assert exported == listed(connection), f"{exported ^ listed(connection)}: not all tables are in the archive"


def connect(address):
    url = urllib.parse.urlsplit(address)
    connection = pymysql.connect(
        host=url.hostname,
        port=url.port,
        user=url.username,
        password=urllib.parse.unquote(url.password),
        database=url.path[1:] or None,
        charset="utf8mb4",
        autocommit=True,
        local_infile=True,
    )
    # Values stay as the server writes them.
    connection.decoders = {}
    query(connection, "SET time_zone = '+00:00', sql_mode = '', max_statement_time = 0")
    return connection


def query(connection, statement, *values):
    with connection.cursor() as cursor:
        # Values are put in here, since PyMySQL puts none into a statement that holds a %.
        for value in values:
            statement = statement.replace("?", f"X'{value.encode().hex()}'", 1)
        cursor.execute(statement)
        return cursor.fetchall()


def listed(connection):
    """The tables that there are, by the server's own statement and not by its catalog."""
    ((database,),) = query(connection, "SELECT DATABASE()")
    databases = [database] if database else [row[0] for row in query(connection, "SHOW DATABASES")]
    tables = set()
    for name in set(databases) - SYSTEM:
        for table, kind in query(connection, f"SHOW FULL TABLES FROM {quoted(name)}"):
            if kind != "VIEW":
                tables.add((None if database else name, table))
    return tables


def check_table(connection, folder, resource):
    origin = resource["carryall"]
    fields = [field["name"] for field in resource["schema"]["fields"]]
    columns = described(connection, origin["schema"], origin["table"])
    assert list(columns) == fields, f"{origin['table']}: the columns are {list(columns)}, and not {fields}"
    from_ = ".".join(quoted(name) for name in (origin["schema"], origin["table"]) if name)
    expected = query(connection, f"SELECT {', '.join(asked(*item) for item in columns.items())} FROM {from_}")
    path = folder / resource["path"]
    actual = read_csv(path, fields) if path.suffix == ".csv" else read_jsonl(path, fields)
    assert len(actual) == len(expected) == origin["rowCount"], f"{origin['table']}: {len(actual)} rows"
    for number, (want, have) in enumerate(zip(expected, actual), 1):
        for (field, (kind, charset)), wanted, had in zip(columns.items(), want, have):
            right = (had is None) if wanted is None else had is not None and equal(kind, charset, wanted, had)
            assert right, f"{origin['table']}, row {number}, {field} ({kind}): {had!r} is not {wanted!r}"


def described(connection, schema, table):
    """The kind and the charset of each column."""
    rows = query(
        connection,
        "SELECT column_name, data_type, character_set_name FROM information_schema.columns "
        f"WHERE BINARY table_schema = {'?' if schema else 'BINARY DATABASE()'} AND BINARY table_name = ? "
        "ORDER BY ordinal_position",
        *([schema] if schema else []),
        table,
    )
    return {name: (kind.lower(), charset) for name, kind, charset in rows}


def asked(name, kind_and_charset):
    kind, charset = kind_and_charset
    name = quoted(name)
    if kind == "float":
        return f"CAST({name} AS DOUBLE)"
    return f"CAST({name} AS BINARY)" if charset else name


def quoted(name):
    return "`" + name.replace("`", "``") + "`"


def read_jsonl(path, fields):
    """Every field as a text, a Number or None."""
    rows = []
    for line in path.read_bytes().split(b"\n")[:-1]:
        row = json.loads(line.decode(), parse_int=Number, parse_float=Number)
        assert list(row) == fields, f"{path}: {list(row)}"
        rows.append(tuple(row.values()))
    return rows


def equal(kind, charset, value, text):
    """Whether `text` of the archive is the `value` of the database, to the last bit."""
    # In JSON Lines, what has its type in JSON has it there.
    number = kind in INTEGERS | {"bit", "float", "double"}
    assert not JSONL or isinstance(text, Number) == number, f"{text!r} is of the wrong type"
    if kind in INTEGERS:
        return str(int(value)) == text
    if kind == "bit":
        return str(int.from_bytes(value, "big")) == text
    if kind == "decimal":
        plain = re.fullmatch(r"-?(0|[1-9]\d*)(\.\d+)?", text)
        return plain and decimal.Decimal(value).as_tuple() == decimal.Decimal(text).as_tuple()
    if kind == "float":
        digits = re.sub(r"e.*|\D", "", text).strip("0")
        return struct.pack("f", float(value)) == struct.pack("f", float(text)) and len(digits) <= 9
    if kind == "double":
        return struct.pack("d", float(value)) == struct.pack("d", float(text))
    if kind in {"date", "time", "datetime", "timestamp"}:
        return moment(kind, value) == text
    if charset:
        return decoded(charset, value) == text
    if isinstance(value, bytes):
        return value == base64.b64decode(text, validate=True)
    return value == text


def moment(kind, value):
    """In ISO 8601 if it is a moment of the calendar and of a day, else as the server writes it."""
    value = re.sub(r"(\.\d*?)0+$", r"\1", value).removesuffix(".") if "." in value else value
    if kind in {"date", "time"}:
        return value
    day, time = value.split(" ")
    try:
        datetime.date.fromisoformat(day)
    except ValueError:
        return value
    return f"{day}T{time}{'Z' if kind == 'timestamp' else ''}"


def decoded(charset, value):
    if charset == "sjis":
        # MySQL has the backslash where others have the wide one.
        return value.decode("shift_jis").replace("\N{FULLWIDTH REVERSE SOLIDUS}", "\\")
    if charset != "latin1":
        return value.decode(CODECS[charset])
    # MySQL's latin1 is Windows-1252, with the controls of ISO 8859-1 where Windows has nothing.
    return "".join(chr(byte) if byte in b"\x81\x8d\x8f\x90\x9d" else bytes([byte]).decode("cp1252") for byte in value)


JSONL = False
if __name__ == "__main__":
    with pyzipper.AESZipFile(sys.argv[1]) as opened:
        JSONL = any(name.endswith(".jsonl") for name in opened.namelist())
    main(*sys.argv[1:])
