"""Keeps what was measured in BENCH_DIR/results, and writes bench/results.md from all that is there."""

import json
import os
import pathlib
import re

import tables
from load import dataset_name
from machine import describe

RESULTS = pathlib.Path(os.environ["BENCH_DIR"]) / "results"
REPORT = pathlib.Path(__file__).parent.parent / "results.md"

TABLES = {"comparison": tables.comparison, "memory": tables.memory, "api": tables.api}

HEAD = """# What Carryall takes, measured

Written by `make bench`, `make bench-memory` and `make bench-api`; [README.md](README.md) says how.
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


def keep_api(results):
    results["machine"] = describe()
    print(tables.api(results))
    keep("api", results)


def keep(part, results):
    """Puts the section of this part in the place of its last one; those of other parts stay, wherever they were measured."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / f"{part}.json").write_text(json.dumps(results, indent=1))
    sections = re.split(r"^(?=## )", REPORT.read_text(), flags=re.MULTILINE)[1:] if REPORT.exists() else []
    by_heading = {section.split("\n", 1)[0]: section.rstrip() + "\n" for section in sections}
    new = TABLES[part](results)
    by_heading[new.split("\n", 1)[0]] = new.rstrip() + "\n"
    REPORT.write_text("\n".join([HEAD, *by_heading.values()]))
    print(f"Written to {REPORT.relative_to(pathlib.Path.cwd())}")


def csv_bytes(shape, scale):
    """The bytes of a data set as CSV, from any database that holds it."""
    marks = (RESULTS.parent / "loaded").glob(f"*-{dataset_name(shape, scale)}.json")
    mark = max(marks, key=lambda mark: mark.stat().st_mtime)
    return json.loads(mark.read_text())["csv_bytes"]
