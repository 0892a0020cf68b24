"""Keeps what was measured in BENCH_DIR/results, and writes bench/results.md from all that is there."""

import json
import os
import pathlib

import tables
from load import dataset_name
from machine import describe

RESULTS = pathlib.Path(os.environ["BENCH_DIR"]) / "results"
REPORT = pathlib.Path(__file__).parent.parent / "results.md"

HEAD = """# What Carryall takes, measured

Written by `make bench` and `make bench-memory`; [README.md](README.md) says how.
"""


def keep_comparison(results, complete):
    """With only some of the peers it is shown, not kept."""
    results |= {"machine": describe(), "csv_bytes": csv_bytes("many", results["scale"])}
    print(tables.comparison(results))
    if complete:
        keep("comparison", results)


def keep_memory(results):
    results["machine"] = describe()
    for run in results["runs"]:
        run["csv_bytes"] = csv_bytes(run["shape"], run["scale"])
    print(tables.memory(results))
    keep("memory", results)


def keep(part, results):
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / f"{part}.json").write_text(json.dumps(results, indent=1))
    parts = [HEAD]
    for part, table in (("comparison", tables.comparison), ("memory", tables.memory)):
        file = RESULTS / f"{part}.json"
        if file.exists():
            parts.append(table(json.loads(file.read_text())))
    REPORT.write_text("\n".join(parts))
    print(f"Written to {REPORT.relative_to(pathlib.Path.cwd())}")


def csv_bytes(shape, scale):
    """The bytes of a data set as CSV, from any database that holds it."""
    marks = (RESULTS.parent / "loaded").glob(f"*-{dataset_name(shape, scale)}.json")
    mark = max(marks, key=lambda mark: mark.stat().st_mtime)
    return json.loads(mark.read_text())["csv_bytes"]
