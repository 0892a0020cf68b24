"""Loads a data set into databases, all of them in one pass, unless it is there from the last time.

    load.py many|one SCALE postgres|mariadb|sqlite …

The data set `many` has all tables, `one` has a single one of the same bytes. A file in BENCH_DIR/loaded marks what a
database holds; it names the bytes of the data as CSV, which is what speeds are counted in, and the hash of this folder,
so a change of the generator loads anew. Exits with 0 if everything was there, with 3 if something was loaded, and
with 4 if the disk has no room for it.
"""

import contextlib
import hashlib
import json
import os
import pathlib
import shutil
import signal
import sys
from concurrent.futures import ThreadPoolExecutor

import encode
from blocks import blocks, in_order, make_rows
from engines import ENGINES

LOADED = 3
NO_ROOM = 4
# At scale 1, of the CSV; a database takes less than twice as much.
CSV_BYTES = 1.2e9


def main(shape, scale, *engines):
    name = dataset_name(shape, scale)
    folder = pathlib.Path(os.environ["BENCH_DIR"]) / "loaded"
    folder.mkdir(parents=True, exist_ok=True)
    marks = {engine: folder / f"{engine}-{name}.json" for engine in engines}
    generator = hash_of_generator()
    missing = [engine for engine, mark in marks.items() if not is_marked(mark, generator)]
    if not has_room(folder, float(scale), len(missing)):
        return NO_ROOM
    if not missing:
        return 0
    print(f"Loading {name} into {', '.join(missing)}", file=sys.stderr)
    for engine in missing:
        marks[engine].unlink(missing_ok=True)
    rows, csv_bytes = load(shape, float(scale), name, missing)
    for engine in missing:
        marks[engine].write_text(json.dumps({"generator": generator, "rows": rows, "csv_bytes": csv_bytes}))
    return LOADED


def dataset_name(shape, scale):
    """A name that is good for a database, too: `many_0p02`."""
    return f"{shape}_{float(scale):g}".replace(".", "p")


def has_room(folder, scale, databases):
    """Whether these databases fit, beside what a peer writes, and some gigabytes for the servers' logs."""
    needed = scale * CSV_BYTES * (2 * databases + 1.5) + (3e9 if databases else 0)
    free = shutil.disk_usage(folder).free
    if free < needed:
        gigabytes = f"{needed / 1e9:.0f} GB needed, {free / 1e9:.0f} free"
        print(f"There is no room for scale {scale:g}: {gigabytes}", file=sys.stderr)
    return free >= needed


def load(shape, scale, name, engines):
    databases = [ENGINES[engine](name) for engine in engines]
    jobs = ((block, engines) for block in blocks(shape, scale))
    rows = csv_bytes = 0
    # The databases take a block at the same time.
    made = in_order(make_block, jobs, os.cpu_count() or 1)
    with ThreadPoolExecutor(len(databases)) as pool, contextlib.closing(made):
        for table, block_rows, block_bytes, encoded in made:
            rows += block_rows
            csv_bytes += block_bytes
            for written in [pool.submit(d.write, table, e) for d, e in zip(databases, encoded)]:
                written.result()
        for finished in [pool.submit(database.finish) for database in databases]:
            finished.result()
    return rows, csv_bytes


def make_block(job):
    block, engines = job
    rows = make_rows(block)
    csv = encode.as_csv(block.table, rows)
    encoded = [csv if engine == "postgres" else ENGINES[engine].encode(block.table, rows) for engine in engines]
    return block.table, len(rows), len(csv), encoded


def is_marked(mark, generator):
    return mark.exists() and json.loads(mark.read_text())["generator"] == generator


def hash_of_generator():
    digest = hashlib.sha256()
    for file in sorted(pathlib.Path(__file__).parent.glob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main(*sys.argv[1:]))
