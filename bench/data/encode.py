"""Rows in the forms in which the three databases load them.

They work on a column at a time, which is what makes them quick: most columns need no change at all.
"""

from schema import columns

TEXTS = {"text", "word", "json"}


def as_csv(table, rows):
    """What PostgreSQL's COPY reads and writes: NULL is an empty field, an empty text is `""`, bytes are `\\x…`."""
    return lines(",", table, rows, csv_column)


def as_tab_separated(table, rows):
    """What MariaDB's LOAD DATA reads: NULL is `\\N`, and bytes are hexadecimal, for UNHEX."""
    return lines("\t", table, rows, tab_separated_column)


def as_values(table, rows):
    """What SQLite inserts. It turns texts into integers itself, by the type of the column; of fractions it would lose
    the last bit."""
    encoded = [sqlite_column(kind, values) for (_, kind, _), values in zip(columns(table), zip(*rows))]
    return list(zip(*encoded))


def lines(separator, table, rows, encode):
    encoded = [encode(kind, nullable, values) for (_, kind, nullable), values in zip(columns(table), zip(*rows))]
    return ("\n".join(map(separator.join, zip(*encoded))) + "\n").encode()


def csv_column(kind, nullable, values):
    if kind in TEXTS:
        return ["" if v is None else csv_text(v) for v in values]
    if kind == "time":
        return ["" if v is None else v + "+00" for v in values]
    if kind == "blob":
        return ["" if v is None else "\\x" + v for v in values]
    return ["" if v is None else v for v in values] if nullable else values


def csv_text(value):
    if value.isalnum():
        return value
    if not value or value == "\\." or "," in value or '"' in value or "\n" in value or "\r" in value:
        return '"' + value.replace('"', '""') + '"'
    return value


def tab_separated_column(kind, nullable, values):
    if kind in TEXTS:
        return ["\\N" if v is None else tab_separated_text(v) for v in values]
    return ["\\N" if v is None else v for v in values] if nullable else values


def tab_separated_text(value):
    value = value.replace("\\", "\\\\")
    return value.replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


FRACTIONS = {"real", "money", "quantity"}


def sqlite_column(kind, values):
    if kind in FRACTIONS:
        return [None if v is None else float(v) for v in values]
    if kind == "blob":
        return [None if v is None else bytes.fromhex(v) for v in values]
    return values
