"""The three databases that a data set is loaded into, block by block, without a file between.

Each creates an empty database, takes the rows of one table after the other in the form `encode` makes, and puts what
it holds in order at the end. The clients of PostgreSQL and MariaDB find server and password in the environment, which
bench/servers.sh sets.
"""

import os
import pathlib
import sqlite3
import subprocess

import encode
from schema import columns, create_table


class Client:
    """A database behind a server, loaded by one process of its client a table, from a pipe."""

    def __init__(self, name):
        self.name = name
        self.table = None
        self.process = None
        self.create()

    def write(self, table, encoded):
        if table != self.table:
            self.end_table()
            self.table = table
            self.process = subprocess.Popen(self.load_command(table), stdin=subprocess.PIPE)
        self.process.stdin.write(encoded)

    def end_table(self):
        if self.process:
            self.process.stdin.close()
            if self.process.wait():
                raise SystemExit(f"{self.table} could not be loaded into {self.name}")

    def finish(self):
        self.end_table()


class Postgres(Client):
    encode = staticmethod(encode.as_csv)

    def create(self):
        statements = (
            "SET client_min_messages = warning", f"DROP DATABASE IF EXISTS {self.name}", f"CREATE DATABASE {self.name}",
        )  # fmt: skip
        run(["psql", "-qX", "-d", "postgres", *(word for statement in statements for word in ("-c", statement))])

    def load_command(self, table):
        # In the transaction that creates the table, COPY can freeze the rows and need not log them.
        return [
            "psql", "-qX", "-d", self.name, "-v", "ON_ERROR_STOP=1", "--single-transaction",
            "-c", create_table("postgres", table), "-c", f"\\copy {table} from pstdin with (format csv, freeze)",
        ]  # fmt: skip

    def finish(self):
        super().finish()
        run(["psql", "-qX", "-d", self.name, "-c", "VACUUM (FREEZE, ANALYZE)"])


class Mariadb(Client):
    encode = staticmethod(encode.as_tab_separated)

    def create(self):
        create = f"CREATE DATABASE {self.name} CHARACTER SET utf8mb4"
        run([*self.client(), "-e", f"DROP DATABASE IF EXISTS {self.name}; {create}"])

    def load_command(self, table):
        names = ", ".join("@" + name if kind == "blob" else name for name, kind, _ in columns(table))
        blobs = ", ".join(f"{name} = UNHEX(@{name})" for name, kind, _ in columns(table) if kind == "blob")
        load = (
            f"LOAD DATA LOCAL INFILE '/dev/stdin' INTO TABLE {table} CHARACTER SET utf8mb4"
            rf" FIELDS TERMINATED BY '\t' ESCAPED BY '\\' LINES TERMINATED BY '\n' ({names})"
        )
        if blobs:
            load += f" SET {blobs}"
        return [*self.client(), "--local-infile=1", self.name, "-e", f"{create_table('mariadb', table)}; {load}"]

    def client(self):
        return ["mariadb", "--defaults-file=" + os.environ["BENCH_MARIADB_OPTIONS"], "--default-character-set=utf8mb4"]


class Sqlite:
    encode = staticmethod(encode.as_values)

    def __init__(self, name):
        path = pathlib.Path(os.environ["BENCH_DIR"]) / f"{name}.sqlite"
        path.unlink(missing_ok=True)
        self.connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self.connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN")
        self.created = set()

    def write(self, table, rows):
        if table not in self.created:
            self.created.add(table)
            self.connection.execute(create_table("sqlite", table))
        self.connection.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)

    def finish(self):
        self.connection.execute("COMMIT")
        self.connection.execute("ANALYZE")
        self.connection.close()


ENGINES = {"postgres": Postgres, "mariadb": Mariadb, "sqlite": Sqlite}


def run(command):
    subprocess.run(command, check=True)
