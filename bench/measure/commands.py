"""The commands that are measured, with the environment that tells them what to read.

Addresses and passwords of databases are in the environment or in files, never in arguments.
"""

import os
import pathlib
import zipfile

from load import dataset_name
from process import run
from schema import TABLES

BENCH_DIR = pathlib.Path(os.environ["BENCH_DIR"])
PEERS = pathlib.Path(__file__).parent.parent / "peers"
# Where a command writes; emptied before each.
FOLDER = BENCH_DIR / "output"
# Of the archives. It is no secret: 7-Zip wants it as an argument.
ARCHIVE_PASSWORD = "benchmark-archive"

CARRYALL = "carryall"


def measure(name, engine, shape, scale):
    """Runs Carryall, or the peer of this name, once."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("CARRYALL_", "RUST_LOG"))}
    dataset = dataset_name(shape, scale)
    server = os.environ.get({"postgres": "BENCH_POSTGRES_PID", "mariadb": "BENCH_MARIADB_PID"}.get(engine, ""))
    if name == CARRYALL:
        archive = FOLDER / "export.zip"
        environment |= {"CARRYALL_EXPORT_PASSWORD": ARCHIVE_PASSWORD, "CARRYALL_SOURCE_APP": url(engine, dataset)}
        result = run([os.environ["CARRYALL_BIN"], "export", "--output", str(archive)], environment, FOLDER, server)
        if "failure" not in result:
            check(archive, 1 if shape == "one" else len(TABLES))
        return result
    environment |= {
        "BENCH_ARCHIVE_PASSWORD": ARCHIVE_PASSWORD,
        "BENCH_TABLES": " ".join(TABLES),
        "BENCH_MARIADB_DATABASE": dataset,
        "BENCH_SQLITE": sqlite_file(dataset),
        "PGDATABASE": dataset,
    }
    return run([str(PEERS / f"{name}.sh"), str(FOLDER)], environment, FOLDER, server)


def url(engine, dataset):
    """The address of a data set, as Carryall takes it."""
    if engine == "sqlite":
        return f"sqlite:{sqlite_file(dataset)}"
    if engine == "postgres":
        return f"postgres://bench:{os.environ['PGPASSWORD']}@127.0.0.1:{os.environ['PGPORT']}/{dataset}"
    lines = pathlib.Path(os.environ["BENCH_MARIADB_OPTIONS"]).read_text().split()[1:]
    options = dict(line.split("=", 1) for line in lines)
    return f"mysql://bench:{options['password']}@127.0.0.1:{options['port']}/{dataset}"


def sqlite_file(dataset):
    return str(BENCH_DIR / f"{dataset}.sqlite")


def check(archive, tables):
    """Carryall reads its archive back itself; this is only so that we do not measure something else."""
    with zipfile.ZipFile(archive) as zip_file:
        found = sum(name.endswith(".csv") for name in zip_file.namelist())
    if found != tables:
        raise SystemExit(f"The archive has {found} tables instead of {tables}")
