"""Makes random tables of random types with random values in the database whose address is CARRYALL_TEST_DATABASE.

    random_postgres.py SEED
"""

import json
import os
import random
import struct
import sys
import uuid

import psycopg
from psycopg.sql import SQL, Identifier

TABLES, ROWS = 30, 200
TYPES = """
    CREATE TYPE mood AS ENUM ('', 'so so', 'a,"b"', 'null', 'ü');
    CREATE TYPE pair AS (a integer, b text);
    CREATE DOMAIN amount AS numeric(20, 4);
    CREATE DOMAIN numbers AS integer[];"""

BOM = "\ufeff"

# What breaks exports, and letters of several scripts.
LETTERS = "aZ09 ,;\"'\\\n\r\t\x01\x7f{}[]()=:.-_/\u00e4\u03b1\u5ba2\U0001f392\u2028" + BOM
WORDS = ["", " ", "NULL", "null", "\\.", "\\N", '""', "{}", "[2:3]={1}", "true", "1", "-0", "=1+1"]


def main(seed):
    # Of this alone is everything drawn, so that the seed says it all.
    dice = Dice(seed)
    with psycopg.connect(os.environ["CARRYALL_TEST_DATABASE"]) as connection:
        connection.execute(TYPES)
        for number in range(TABLES):
            make_table(connection, dice, number)


def make_table(connection, dice, number):
    types = [dice.type() for _ in range(dice.randint(1, 9))]
    # A file that begins with a byte order mark has none for its readers.
    names = [f"{dice.text(12).replace(BOM, '').strip() or 'c'}{place}" for place in range(len(types))]
    table = Identifier(f"{number} {dice.text(20)}")
    columns = SQL(", ").join(SQL("{} {}").format(Identifier(name), SQL(type_[0])) for name, type_ in zip(names, types))
    # What tells rows without any value apart, for a reader who takes such a one for a blank line.
    connection.execute(SQL("CREATE TABLE {} ({}, id serial PRIMARY KEY)").format(table, columns))
    taken = SQL(", ").join(Identifier(name) for name in names)
    rare = [dice.choice([0, 0.02, 0.5]) for _ in types]
    with connection.cursor() as cursor, cursor.copy(SQL("COPY {} ({}) FROM STDIN").format(table, taken)) as copy:
        for _ in range(dice.choice([1, ROWS, ROWS])):
            copy.write_row([None if dice.random() < null else make() for null, (_, make) in zip(rare, types)])


class Dice(random.Random):
    """Draws types, and texts that PostgreSQL takes for values of them."""

    def type(self):
        """The name of a type, and what draws its values."""
        name, make = self.choice(self.plain())
        # Those of boxes are separated by semicolons.
        if name != "box" and self.random() < 0.3:
            return f"{name}[]", lambda: self.array(make)
        return name, make

    def plain(self):
        whole = lambda bits: lambda: str(self.choice([self.getrandbits(bits) - (1 << bits - 1), 0, -(1 << bits - 1)]))
        span = lambda make: lambda: self.range(make)
        return [
            ("smallint", whole(16)),
            ("integer", whole(32)),
            ("bigint", whole(64)),
            ("oid", lambda: str(self.getrandbits(32))),
            ("numeric", self.number),
            ("numeric(20, 6)", lambda: f"{self.randint(-(10**13), 10**13)}.{self.randint(0, 999999)}"),
            ("amount", lambda: f"{self.randint(-(10**15), 10**15)}.{self.randint(0, 9999):04}"),
            ("money", lambda: f"{self.randint(-(10**16), 10**16)}.{self.randint(0, 99):02}"),
            ("real", lambda: self.float("f", 4)),
            ("double precision", lambda: self.float("d", 8)),
            ("text", lambda: self.text(40)),
            ("varchar(30)", lambda: self.text(30)),
            ("char(9)", lambda: self.text(9)),
            ("name", lambda: self.text(12)),
            ('"char"', lambda: chr(self.randint(1, 127))),
            ("bytea", lambda: "\\x" + self.randbytes(self.randint(0, 30)).hex()),
            ("boolean", lambda: self.choice("tf")),
            ("date", lambda: self.choice([*["infinity", "-infinity"], *[self.date(5874897) for _ in range(8)]])),
            ("time", self.time),
            ("timetz", lambda: self.time() + self.offset()),
            ("timestamp", lambda: self.moment("")),
            ("timestamptz", lambda: self.moment("+00")),
            ("interval", self.interval),
            ("uuid", lambda: str(uuid.UUID(int=self.getrandbits(128)))),
            ("inet", lambda: ".".join(str(self.randint(0, 255)) for _ in range(4)) + self.choice(["", "/8", "/31"])),
            ("cidr", lambda: f"{self.getrandbits(16):x}:{self.getrandbits(16):x}::/{self.randint(32, 128)}"),
            ("macaddr", lambda: self.randbytes(6).hex(":")),
            ("json", lambda: self.json("\n")),
            ("jsonb", lambda: self.json(" ")),
            ("xml", lambda: f"<a b='{self.randint(0, 9)}'>{self.choice(['', 'ü, &lt;', '<b/>'])}</a>"),
            ("bit(5)", lambda: f"{self.getrandbits(5):05b}"),
            ("varbit", lambda: "".join(self.choices("01", k=self.randint(0, 20)))),
            ("point", self.point),
            ("box", lambda: f"{self.point()},{self.point()}"),
            ("lseg", lambda: f"[{self.point()},{self.point()}]"),
            ("path", lambda: f"[{','.join(self.point() for _ in range(self.randint(1, 4)))}]"),
            ("polygon", lambda: f"({','.join(self.point() for _ in range(self.randint(1, 4)))})"),
            ("circle", lambda: f"<{self.point()},{abs(self.gauss(0, 9))!r}>"),
            ("int4range", span(lambda: self.randint(-1000, 1000))),
            ("numrange", span(lambda: self.randint(-1000, 1000) / 8)),
            ("daterange", span(lambda: f"20{self.randint(10, 99)}-01-01")),
            ("int8multirange", lambda: "{" + ",".join(span(lambda: self.randint(-99, 99))() for _ in range(self.randint(0, 3))) + "}"),
            ("mood", lambda: self.choice(["", "so so", 'a,"b"', "null", "ü"])),
            ("pair", lambda: f"({self.choice(['', self.randint(-9, 9)])},{self.choice(['', self.quoted(self.text(9))])})"),
            ("numbers", lambda: self.array(lambda: str(self.randint(-9, 9)))),
            ("tsvector", lambda: " ".join(f"w{self.randint(0, 99)}:{self.randint(1, 99)}{self.choice('ABCD')}" for _ in range(4))),
            ("tsquery", lambda: f"a & (b{self.randint(0, 9)} | !c)"),
            ("pg_lsn", lambda: f"{self.getrandbits(32):X}/{self.getrandbits(32):X}"),
        ]

    def text(self, most):
        return self.choice(WORDS)[:most] if self.random() < 0.2 else "".join(self.choices(LETTERS, k=self.randint(0, most)))

    def number(self):
        digits = "".join(self.choices("0123456789", k=self.randint(1, 60)))
        number = f"{self.choice(['', '-'])}{digits}e{self.randint(-70, 20)}"
        return self.choice(["NaN", "Infinity", "-Infinity", "0.000", *[number] * 12])

    def float(self, kind, size):
        (number,) = struct.unpack(kind, self.randbytes(size))
        return repr(self.choice([number, number, number, 0.1, -0.0, 1e15, 1e16, 123456.0]))

    def date(self, last):
        year, before = self.choice([(self.randint(1900, 2100), ""), (self.randint(1, last), ""), (self.randint(1, 4712), " BC")])
        return f"{year:04}-{self.randint(1, 12):02}-{self.randint(1, 28):02}{before}"

    def time(self):
        fraction = self.choice(["", f".{self.randint(0, 999999):06}", ".5"])
        return self.choice(["24:00:00", *[f"{self.randint(0, 23):02}:{self.randint(0, 59):02}:{self.randint(0, 59):02}{fraction}"] * 9])

    def offset(self):
        return f"{self.choice('+-')}{self.randint(0, 15):02}:{self.randint(0, 59):02}"

    def moment(self, offset):
        date, _, before = self.date(294275).partition(" ")
        return self.choice(["infinity", "-infinity", *[f"{date} {self.time()}{offset} {before}"] * 9])

    def interval(self):
        part = lambda most: self.choice([0, self.randint(-most, most)])
        return f"{part(9999)} years {part(99)} mons {part(9999)} days {part(10**6)} hours {part(10**9)} microseconds"

    def point(self):
        return f"({self.gauss(0, 1000)!r},{self.choice(['-0', 'NaN', '1e300', '0.1'])})"

    def range(self, make):
        low, high = sorted([make(), make()])
        return self.choice(["empty", f"[{low},{high}]", f"[{low},)", f"(,{high})", "(,)"]) if self.random() < 0.5 else f"[{low},{high})"

    def json(self, blank, depth=0):
        scalars = [lambda: "null", lambda: "true", self.integer, lambda: json.dumps(self.text(9).replace("\x00", ""))]
        if depth > 2 or self.random() < 0.4:
            return self.choice(scalars)()
        items = [self.json(blank, depth + 1) for _ in range(self.randint(0, 3))]
        if self.random() < 0.5:
            return f"[{blank}{', '.join(items)}]"
        return "{" + blank + ",".join(f'{json.dumps(self.text(5))} :{blank}{item}' for item in items) + "}"

    def integer(self):
        return f"{self.randint(-(10**25), 10**25)}{self.choice(['', '.50', 'e9'])}"

    def array(self, make):
        """An array's text: of one dimension or two, some with bounds that do not begin at 1, some with NULLs."""
        item = lambda: "NULL" if self.random() < 0.1 else self.quoted(str(make()))
        if self.random() < 0.3:
            rows, width = self.randint(1, 3), self.randint(1, 3)
            body = "{" + ",".join("{" + ",".join(item() for _ in range(width)) + "}" for _ in range(rows)) + "}"
            lower = self.randint(-2, 2)
            return self.choice([body, f"[{lower}:{lower + rows - 1}][3:{width + 2}]={body}"])
        length = self.randint(0, 4)
        body = "{" + ",".join(item() for _ in range(length)) + "}"
        return f"[0:{length - 1}]={body}" if length and self.random() < 0.2 else body

    @staticmethod
    def quoted(text):
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


main(sys.argv[1])
