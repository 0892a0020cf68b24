"""Reads a table's CSV by DuckDB, which tells an empty field from an empty text, and by Python's own csv, which must agree."""

import csv

import duckdb

# Without an escape of NULL in quotes: "" is an empty text.
DIALECT = {
    "delimiter": ",",
    "quotechar": '"',
    "escapechar": '"',
    "na_values": [""],
    "allow_quoted_nulls": False,
    "strict_mode": True,
    "parallel": False,
    "max_line_size": 64 << 20,
}


def read_csv(path, fields):
    """Every field as text or None. The columns are given numbers, since DuckDB's names have no case."""
    columns = {f"c{number}": "VARCHAR" for number in range(len(fields))}
    lines = duckdb.read_csv(str(path), header=False, auto_detect=False, columns=columns, **DIALECT)
    (header,) = lines.limit(1).fetchall()
    assert list(header) == fields, f"{path}: the header is {header}"
    rows = duckdb.read_csv(str(path), header=True, auto_detect=False, columns=columns, **DIALECT).fetchall()
    csv.field_size_limit(1 << 30)
    with open(path, encoding="utf-8", newline="") as file:
        plain = [tuple(line) for line in csv.reader(file, strict=True)]
    without_null = [tuple(field or "" for field in row) for row in rows]
    if len(fields) > 1:
        assert plain == [tuple(fields), *without_null], f"{path}: Python's csv reads other rows"
    return rows
