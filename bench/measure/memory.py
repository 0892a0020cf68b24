"""Carryall's peak memory and speed as the data grow, and with one table against many.

    memory.py 'SHAPE SCALE' …
"""

import os
import shutil
import sys

import report
from commands import CARRYALL, FOLDER, measure

ENGINES = ("sqlite", "postgres")


def main(*sets):
    rounds = int(os.environ["RUNS"])
    runs = []
    for engine in ENGINES:
        for shape, scale in (name.split() for name in sets):
            results = [measure(CARRYALL, engine, shape, scale) for _ in range(rounds)]
            failure = next((result["failure"] for result in results if "failure" in result), None)
            print(f"{engine:9} {shape} {scale}: {failure or 'measured'}", file=sys.stderr, flush=True)
            runs.append({"engine": engine, "shape": shape, "scale": scale, "results": results})
    shutil.rmtree(FOLDER, ignore_errors=True)
    wanted = [f"many {scale}" for scale in os.environ["MEMORY_SCALES"].split()]
    report.keep_memory({"rounds": rounds, "runs": runs, "skipped": [name for name in wanted if name not in sets]})
    if any("failure" in result for run in runs for result in run["results"]):
        sys.exit("Not everything ran")


if __name__ == "__main__":
    main(*sys.argv[1:])
